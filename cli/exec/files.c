/* SPDX-License-Identifier: BSD-2-Clause */
/* Running and startup configuration, saving and loading. */
#include <errno.h>
#include <string.h>

#include "cli/exec/files.h"
#include "cli/privilege.h"
#include "daemon/archive.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "parser/config.h"
#include "parser/render.h"

exec_fn show_running_config, show_startup_config, exec_write;

void
show_running_config(struct session *s, const void *values)
{
	const struct cfg_show_running_config *v = values;
	struct router *r = session_router(s);
	struct buf b = {0};

	if (v->if_) {
		struct cfg_interface key = { .if_ = v->if_ };
		struct rec *i = store_find(r->store, store_root(r->store), ROW_INTERFACE, &key);
		struct buf body = {0};

		if (!i) {
			out(s, "%%Invalid interface %s\n", v->if_);
			return;
		}
		render_block(&body, r->store, i, session_level(s) < PRIVILEGE_MAX ? privilege_levels(r->privileges) : NULL,
		    session_level(s));
		buf_printf(&b, "Building configuration...\n\nCurrent configuration : %zu bytes\n!\n%send\n\n", body.n + 6,
		    buf_str(&body));
		buf_wipe(&body);
	} else {
		router_running_config(r, v->has & HAS_SHOW_RUNNING_CONFIG_WHAT && v->what == SHOW_RUNNING_CONFIG_WHAT_ALL,
		    session_level(s), &b);
		buf_putc(&b, '\n');
	}
	out_text(s, buf_str(&b), b.n);
	buf_wipe(&b);
}

void
show_startup_config(struct session *s, const void *values)
{
	struct buf b = {0};
	int err = router_read_startup(session_router(s), &b);

	(void)values;
	if (err == -ENOENT)
		out(s, "startup-config is not present\n");
	else if (err)
		out(s, "%%Error opening nvram:/startup-config (%s)\n", strerror(-err));
	else {
		out(s, "Using %zu out of 67108864 bytes\n", b.n);
		out_text(s, buf_str(&b), b.n);
		if (b.n && b.d[b.n - 1] != '\n')
			out(s, "\n");
		out(s, "\n");
	}
	buf_wipe(&b);
}

void
files_save(struct session *s)
{
	int err;

	out(s, "Building configuration...\n");
	err = router_save(session_router(s));
	if (!err)
		archive_saved_startup(session_router(s));
	if (err)
		out(s, "%%Error opening nvram:/startup-config (%s)\n", strerror(-err));
	else
		out(s, "[OK]\n");
}

void
exec_write(struct session *s, const void *values)
{
	const struct cfg_write *v = values;

	if (v->has && v->what == WRITE_WHAT_TERMINAL) {
		struct cfg_show_running_config none = {0};

		show_running_config(s, &none);
		return;
	}
	if (v->has && v->what == WRITE_WHAT_ERASE) {
		exec_erase(s, values);
		return;
	}
	files_save(s);
}
