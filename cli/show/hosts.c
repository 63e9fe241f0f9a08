/* SPDX-License-Identifier: BSD-2-Clause */
/* show hosts: the names that are configured. Nobody is asked for others: there is no DNS client. */
#include "cli/exec.h"
#include "lib/buf.h"
#include "lib/ip4.h"

exec_fn show_hosts;

void
show_hosts(struct session *s, const void *values)
{
	struct store *st = session_store(s);
	const struct rec *root = store_root(st);
	const struct cfg_ip_domain_name *domain = store_leaf(st, root, ROW_IP_DOMAIN_NAME);
	struct buf b = {0};
	const char *comma = "";

	(void)values;
	if (domain)
		buf_printf(&b, "Default domain is %s\n", domain->name);
	else
		buf_puts(&b, "Default domain is not set\n");
	if (store_first(st, root, ROW_IP_DOMAIN_LIST)) {
		buf_puts(&b, "Domain list: ");
		for (const struct rec *r = store_first(st, root, ROW_IP_DOMAIN_LIST); r; r = store_next(r), comma = ", ")
			buf_printf(&b, "%s%s", comma, ((const struct cfg_ip_domain_list *)rec_values(r))->name);
		buf_putc(&b, '\n');
	}
	buf_puts(&b, "Name/address lookup uses static mappings\n\nCodes: UN - unknown, EX - expired, OK - OK, ?? - revalidate\n"
	    "       temp - temporary, perm - permanent\n       NA - Not Applicable None - Not defined\n\n"
	    "Host                      Port  Flags      Age Type   Address(es)\n");
	for (const struct rec *r = store_first(st, root, ROW_IP_HOST); r; r = store_next(r)) {
		const struct cfg_ip_host *h = rec_values(r);

		buf_printf(&b, "%-25s ", h->name);
		if (h->has & HAS_IP_HOST_PORT)
			buf_printf(&b, "%-5u ", h->port);
		else
			buf_puts(&b, "None  ");
		buf_puts(&b, "(perm, OK)  0   IP   ");
		for (size_t i = 0; i < sizeof h->addr / sizeof h->addr[0] && h->addr[i]; i++)
			buf_printf(&b, " %s", ip4_s(h->addr[i]));
		buf_putc(&b, '\n');
	}
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
}
