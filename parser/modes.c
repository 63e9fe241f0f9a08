/* SPDX-License-Identifier: BSD-2-Clause */
/* What IOS calls a configuration mode in `privilege MODE ...`: mostly what its prompt says after config-. */
#include "parser/modes.h"

#include <string.h>
#include <strings.h>

#include "gen/grammar.h"
#include "parser/config.h"

/* IOS's names of modes, where they are not what follows config- in the prompt. */
static const struct { const char *name, *prompt; } modes[] = {
	{ "interface", "config-if" }, { "subinterface", "config-subif" }, { "ipenacl", "config-ext-nacl" },
	{ "ipsnacl", "config-std-nacl" }, { "isakmp", "config-isakmp" }, { "crypto-transform", "cfg-crypto-trans" },
	{ "dhcp", "dhcp-config" }, { "vrf", "config-vrf" },
};

bool
mode_named(int mode, const char *name)
{
	const char *prompt = G_STR(g_modes[mode].prompt);

	if (strcasecmp(name, "exec") == 0)
		return mode == MODE_EXEC;
	if (strcasecmp(name, "configure") == 0)
		return mode == MODE_GLOBAL;
	if (mode == MODE_EXEC || mode == MODE_GLOBAL)
		return false;
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (strcasecmp(modes[i].name, name) == 0)
			return strcmp(modes[i].prompt, prompt) == 0;
	return strncmp(prompt, "config-", 7) == 0 && strcasecmp(prompt + 7, name) == 0;
}

bool
mode_name_known(const char *name)
{
	for (unsigned i = 0; i < g_nmodes; i++)
		if (mode_named((int)i, name))
			return true;
	return false;
}
