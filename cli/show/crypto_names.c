/* SPDX-License-Identifier: BSD-2-Clause */
/* How IOS spells states, algorithms, times and selectors; charon's words come in. */
#include <stdio.h>
#include <string.h>

#include "cli/show/crypto.h"
#include "lib/ip4.h"

/*
 * charon does not tell which main mode message it is at. What it does tell:
 * the peer's cookie (the peer has answered), an algorithm (a proposal is
 * chosen), and in its log the key exchange. NAT findings come with that, too.
 */
const char *
crypto_ike_state(const struct sa_ike *ike)
{
	if (crypto_ike_up(ike))
		return "QM_IDLE";
	if (strncmp(ike->state, "DELET", 5) == 0 || strcmp(ike->state, "DESTROYING") == 0)
		return "MM_NO_STATE";
	if (strstr(ike->tasks, "XAUTH"))
		return "CONF_XAUTH";
	if (strstr(ike->tasks, "MODE_CONFIG"))
		return "CONF_ADDR";
	if (strstr(ike->tasks, "AGGRESSIVE"))
		return ike->spi_r && *ike->encr ? "AG_INIT_EXCH" : "AG_NO_STATE";
	if (!ike->spi_r || !*ike->encr)
		return "MM_NO_STATE";
	if (ike->keyed || ike->nat_local || ike->nat_remote || ike->remote_port == 4500)
		return "MM_KEY_EXCH";
	return "MM_SA_SETUP";
}

enum encr { E_NONE, E_DES, E_3DES, E_AES, E_GCM, E_GMAC };

static enum encr
encr_of(const char *word)
{
	if (strstr(word, "3DES"))
		return E_3DES;
	if (strstr(word, "DES"))
		return E_DES;
	if (strstr(word, "GMAC"))
		return E_GMAC;
	if (strstr(word, "GCM"))
		return E_GCM;
	return strstr(word, "AES") ? E_AES : E_NONE;
}

/* 0: none, 5: MD5, 1: SHA-1, otherwise the bits of SHA-2. */
static int
hash_of(const char *word)
{
	if (strstr(word, "MD5"))
		return 5;
	if (strstr(word, "SHA1"))
		return 1;
	if (strstr(word, "SHA2_256"))
		return 256;
	if (strstr(word, "SHA2_384"))
		return 384;
	return strstr(word, "SHA2_512") ? 512 : 0;
}

void
crypto_encr_short(const char *word, unsigned bits, char out[16])
{
	static const char *const names[] = { "NULL", "DES", "3DES", "AES", "AES-GCM", "AES-GMAC" };
	enum encr e = encr_of(word);

	if (e >= E_AES && bits > 128)
		snprintf(out, 16, "AES%u%s", bits, names[e] + 3);
	else
		snprintf(out, 16, "%s", names[e]);
}

void
crypto_hash_short(const char *word, char out[16])
{
	int h = hash_of(word);

	if (h > 5)
		snprintf(out, 16, "SHA%d", h);
	else
		strcpy(out, h == 5 ? "MD5" : h == 1 ? "SHA" : "");
}

void
crypto_transform(const struct sa_child *c, struct buf *out)
{
	static const char *const names[] = { "null", "des", "3des", "aes", "gcm", "gmac" };
	enum encr e = encr_of(c->encr);
	int h = hash_of(c->integ);
	const char *proto = c->ah ? "ah" : "esp";

	if (!c->ah && e >= E_AES && c->encr_bits > 128)
		buf_printf(out, "esp-%u-%s ", c->encr_bits, names[e]);
	else if (!c->ah)
		buf_printf(out, "esp-%s ", names[e]);
	if (h > 5)
		buf_printf(out, "%s-sha%d-hmac ", proto, h);
	else if (h)
		buf_printf(out, "%s-%s-hmac ", proto, h == 5 ? "md5" : "sha");
}

unsigned
crypto_iv_size(const struct sa_child *c)
{
	return c->ah ? 0 : encr_of(c->encr) == E_AES ? 16 : 8;
}

static const struct {
	int number;
	const char *word, *size;
} groups[] = {
	{ 1, "MODP_768", "768 bit" }, { 2, "MODP_1024", "1024 bit" }, { 5, "MODP_1536", "1536 bit" },
	{ 14, "MODP_2048", "2048 bit" }, { 15, "MODP_3072", "3072 bit" }, { 16, "MODP_4096", "4096 bit" },
	{ 19, "ECP_256", "256 bit" }, { 20, "ECP_384", "384 bit" }, { 21, "ECP_521", "521 bit" },
	{ 24, "MODP_2048_256", "2048 bit, 256 bit subgroup" },
};

int
crypto_dh_number(const char *word)
{
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
		if (strcmp(groups[i].word, word) == 0)
			return groups[i].number;
	return 0;
}

const char *
crypto_dh_size(int group)
{
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
		if (groups[i].number == group)
			return groups[i].size;
	return "unknown";
}

void
crypto_clock(uint32_t s, char out[16])
{
	snprintf(out, 16, "%02u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
}

void
crypto_uptime(uint32_t s, char out[16])
{
	const uint32_t day = 86400, week = 7 * day, year = 365 * day;

	if (s < day)
		crypto_clock(s, out);
	else if (s < week)
		snprintf(out, 16, "%ud%02uh", s / day, s % day / 3600);
	else if (s < year)
		snprintf(out, 16, "%uw%ud", s / week, s % week / day);
	else
		snprintf(out, 16, "%uy%uw", s / year, s % year / week);
}

static void
end_text(const struct prefix4 *p, uint16_t port, struct buf *out)
{
	if (p->len == 32)
		buf_printf(out, "host %s ", ip4_s(p->addr));
	else
		buf_printf(out, "%s/%s ", ip4_s(p->addr), ip4_s(ip4_mask(p->len)));
	if (port)
		buf_printf(out, "port %u ", port);
}

void
crypto_flow_text(const struct obj_selector *sel, struct buf *out)
{
	if (sel->proto)
		buf_printf(out, "permit %u ", sel->proto);
	else
		buf_puts(out, "permit ip ");
	end_text(&sel->src, sel->src_port, out);
	end_text(&sel->dst, sel->dst_port, out);
}
