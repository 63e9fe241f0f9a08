/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snmpd.conf from the snmp-server lines.
 *
 * A community is a security name ("c1") that com2sec gives to its sources, a
 * group of its own and an access line; a source that an access list denies gets
 * one without a group, and snmpd drops what comes from there. Views get names made from their own, so
 * that no text of the configuration is read as a directive. Whatever a view
 * includes, some subtrees stay out of it: those that tell of snmpd itself and
 * who may ask it, and the host's processes and packages, which are not the
 * router's. Nothing can be written.
 */
#include "daemon/snmp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backends/netlink/netlink.h"
#include "cli/show/platform.h"
#include "daemon/router.h"
#include "engine/snmp.h"
#include "lib/hash.h"
#include "lib/ip4.h"
#include "parser/secret.h"
#include "parser/types.h"

#define LINK_SECONDS 5		/* how often the agent looks at the interfaces for linkUp and linkDown */
#define INTERNAL "_confterm"
#define VIEW_LEN 24

/* "text" with what would end it escaped; control characters are left out. */
static void
quoted(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_putc(b, '\\');
		if ((unsigned char)*s >= ' ')
			buf_putc(b, *s);
	}
	buf_putc(b, '"');
}

/* An object with a fixed text. */
static void
object(struct buf *b, const char *oid, const char *text)
{
	buf_printf(b, "override %s octet_str ", oid);
	quoted(b, text);
	buf_putc(b, '\n');
}

static const char *
view_name(const char *name, char out[VIEW_LEN])
{
	snprintf(out, VIEW_LEN, "v%016" PRIx64, hash_mix(hash_str(HASH_INIT, name)));
	return out;
}

/* --- interfaces --- */

struct naming {
	struct buf *b;
	struct store *st;
};

static void
name_link(void *arg, const struct nl_link *l)
{
	struct naming *n = arg;
	const struct cfg_interface_description *d;
	const struct rec *r;
	char name[40], brief[40], oid[64];

	if (!ifname_from_device(l->dev, name))
		return;
	r = store_defined(n->st, REF_INTERFACE, name);
	d = r ? store_leaf(n->st, r, ROW_INTERFACE_DESCRIPTION) : NULL;
	ifname_short(name, brief, sizeof brief);
	snprintf(oid, sizeof oid, ".1.3.6.1.2.1.2.2.1.2.%d", l->ifindex);		/* ifDescr */
	object(n->b, oid, name);
	snprintf(oid, sizeof oid, ".1.3.6.1.2.1.31.1.1.1.1.%d", l->ifindex);	/* ifName */
	object(n->b, oid, brief);
	snprintf(oid, sizeof oid, ".1.3.6.1.2.1.31.1.1.1.18.%d", l->ifindex);	/* ifAlias */
	object(n->b, oid, d ? d->text : "");
}

/* --- who may --- */

static void
views(struct buf *b, struct store *st)
{
	static const char *const kept_out[] = { ".1.3.6.1.4.1.8072", ".1.3.6.1.4.1.2021", ".1.3.6.1.6.3.12", ".1.3.6.1.6.3.13",
		".1.3.6.1.6.3.15", ".1.3.6.1.6.3.16", ".1.3.6.1.6.3.18", ".1.3.6.1.2.1.88",
		".1.3.6.1.2.1.25.4", ".1.3.6.1.2.1.25.5", ".1.3.6.1.2.1.25.6" };
	char name[VIEW_LEN], oid[SNMP_OID_MAX];
	bool is_default = false;

	for (const struct rec *r = store_first(st, store_root(st), ROW_SNMP_VIEW); r; r = store_next(r)) {
		const struct cfg_snmp_view *v = rec_values(r);

		if (r->negated || snmp_oid(v->oid, oid))
			continue;
		is_default |= strcmp(v->name, "v1default") == 0;
		buf_printf(b, "view %s %s %s\n", view_name(v->name, name),
		    v->what == SNMP_VIEW_WHAT_INCLUDED ? "included" : "excluded", oid);
		for (size_t i = 0; i < sizeof kept_out / sizeof kept_out[0]; i++)
			buf_printf(b, "view %s excluded %s\n", name, kept_out[i]);
	}
	if (is_default)
		return;
	buf_printf(b, "view %s included .1\n", view_name("v1default", name));
	for (size_t i = 0; i < sizeof kept_out / sizeof kept_out[0]; i++)
		buf_printf(b, "view %s excluded %s\n", name, kept_out[i]);
}

static const char *
sources(struct store *st, const struct cfg_snmp_community *v, struct snmp_source from[SNMP_SOURCES], size_t *n)
{
	const struct rec *list = v->acl ? store_defined(st, REF_ACL, v->acl) : NULL;

	*n = 0;
	if (v->acl6)
		return "an IPv6 access list is not supported";
	return snmp_sources(list, list && list->row == ROW_ACL_STD ? store_first(st, list, ROW_ACL_STD_ACE) : NULL, from, n);
}

const char *
snmp_community_refused(struct store *st, const struct rec *r)
{
	struct snmp_source from[SNMP_SOURCES];
	size_t n;

	return sources(st, rec_values(r), from, &n);
}

static void
community(struct snmp_conf *c, struct store *st, const struct rec *r, unsigned number)
{
	const struct cfg_snmp_community *v = rec_values(r);
	char view[VIEW_LEN], clear[SECRET_MAX];
	struct snmp_source from[SNMP_SOURCES];
	size_t n;

	if (sources(st, v, from, &n))
		return;
	if (v->type == SNMP_COMMUNITY_TYPE_7) {
		if (!secret_reveal(v->community, clear))
			return;
	} else
		snprintf(clear, sizeof clear, "%s", v->community);
	c->wanted = true;
	for (size_t i = 0; i < n; i++) {
		buf_printf(&c->rest, "com2sec %c%u %s/%s ", from[i].permit ? 'c' : 'd', number, ip4_s(from[i].addr), ip4_s(~from[i].wild));
		quoted(&c->rest, clear);
		buf_putc(&c->rest, '\n');
	}
	explicit_bzero(clear, sizeof clear);
	view_name(v->view ? v->view : "v1default", view);
	buf_printf(&c->rest, "group c%u v1 c%u\ngroup c%u v2c c%u\naccess c%u \"\" any noauth exact %s none none\n", number, number,
	    number, number, number, view);
}

static void
user(struct snmp_conf *c, const struct cfg_snmp_user *u)
{
	if (snmp_user(u))
		return;
	c->wanted = true;
	buf_printf(&c->start, "createUser %s", u->name);
	if (u->auth) {
		buf_puts(&c->start, u->hash == SNMP_USER_HASH_MD5 ? " MD5 " : " SHA ");
		quoted(&c->start, u->auth);
	}
	if (u->priv) {
		buf_puts(&c->start, u->cipher == SNMP_USER_CIPHER_DES ? " DES " : " AES ");
		quoted(&c->start, u->priv);
	}
	buf_putc(&c->start, '\n');
	buf_printf(&c->rest, "group g-%s usm %s\n", u->group, u->name);
}

static void
group(struct buf *b, const struct cfg_snmp_group *g)
{
	char read[VIEW_LEN];

	if (snmp_group(g))
		return;
	view_name(g->read ? g->read : "v1default", read);
	buf_printf(b, "access g-%s \"\" usm %s exact %s none none\n", g->name, g->security == SNMP_GROUP_SECURITY_PRIV ? "priv" :
	    g->security == SNMP_GROUP_SECURITY_AUTH ? "auth" : "noauth", read);
}

/* --- notifications --- */

bool
snmp_notifies(struct store *st, const char *sub)
{
	static const char *const kinds[] = { "linkup", "linkdown", "authentication", "coldstart", "warmstart" };

	for (size_t i = 0; !sub && i < sizeof kinds / sizeof kinds[0]; i++)
		if (snmp_notifies(st, kinds[i]))
			return true;
	if (!sub)
		return false;
	if (store_flag(st, store_root(st), ROW_SNMP_TRAPS_ALL))
		return true;
	for (const struct rec *r = store_first(st, store_root(st), ROW_SNMP_TRAPS); r; r = store_next(r))
		if (!r->negated && snmp_traps_has(rec_values(r), sub))
			return true;
	return false;
}

static void
monitor(struct buf *b, const char *name, unsigned notification, const char *test)
{
	/* ifIndex, ifAdminStatus, ifOperStatus go along, and ifDescr as IOS has it */
	buf_printf(b, "notificationEvent %sEvent .1.3.6.1.6.3.1.1.5.%u .1.3.6.1.2.1.2.2.1.1 .1.3.6.1.2.1.2.2.1.7 "
	    ".1.3.6.1.2.1.2.2.1.8 .1.3.6.1.2.1.2.2.1.2\n"
	    "monitor -S -r %d -e %sEvent \"%s\" .1.3.6.1.2.1.2.2.1.8 %s\n", name, notification, LINK_SECONDS, name, name, test);
}

struct present {
	uint32_t addr;
	bool found;
};

static void
same_address(void *arg, const struct nl_address *a)
{
	struct present *p = arg;

	p->found |= a->addr == p->addr;
}

/*
 * The address that notifications come from, 0: whichever is next to the host.
 * One that the machine does not have now (its interface is down) is passed
 * over: snmpd would send nothing.
 */
static uint32_t
source(struct router *r, bool informs)
{
	const struct rec *root = store_root(r->store);
	const struct cfg_snmp_trap_source *all = store_leaf(r->store, root, ROW_SNMP_TRAP_SOURCE);
	const char *name = all ? all->if_ : NULL;
	struct present p = {0};

	for (const struct rec *x = store_first(r->store, root, ROW_SNMP_SOURCE); x; x = store_next(x)) {
		const struct cfg_snmp_source *v = rec_values(x);

		if (!x->negated && informs == (v->what == SNMP_SOURCE_WHAT_INFORMS))
			name = v->if_;
	}
	p.addr = name ? configured_address(r->store, name) : 0;
	if (p.addr && r->netlink)
		netlink_each_address(r->netlink, same_address, &p);
	return p.found ? p.addr : 0;
}

static void
sink(struct buf *b, struct router *r, const struct cfg_snmp_host *h)
{
	bool informs = h->what == SNMP_HOST_WHAT_INFORMS;
	uint32_t from = source(r, informs);

	buf_puts(b, "trapsess ");
	if (from)
		buf_printf(b, "-s %s ", ip4_s(from));
	buf_printf(b, "-v %s %s-c ", h->version == SNMP_HOST_VERSION_1 ? "1" : "2c", informs ? "-Ci " : "");
	quoted(b, h->community);
	buf_printf(b, " udp:%s:%u\n", h->server, h->port);
}

static void
notifications(struct snmp_conf *c, struct router *router, const struct snmp_secrets *own)
{
	struct store *st = router->store;
	bool up = snmp_notifies(st, "linkup"), down = snmp_notifies(st, "linkdown"), bad = snmp_notifies(st, "authentication"),
	    any = snmp_notifies(st, NULL), told = false;

	for (const struct rec *r = store_first(st, store_root(st), ROW_SNMP_HOST); r && any; r = store_next(r)) {
		const struct cfg_snmp_host *h = rec_values(r);

		if (r->negated || snmp_host(h) || !snmp_host_wants(h, "snmp"))
			continue;
		sink(&c->rest, router, h);
		told = true;
	}
	if (!told)
		return;
	c->wanted = true;
	buf_printf(&c->rest, "authtrapenable %d\n", bad ? 1 : 2);
	if (!up && !down)
		return;
	/* the agent asks itself, as a user of its own with a password that nobody knows */
	buf_printf(&c->start, "createUser " INTERNAL " SHA \"%s\"\niquerySecName " INTERNAL "\nrouser " INTERNAL " auth\n", own->monitor);
	if (up)
		monitor(&c->start, "linkUp", 4, "== 1");
	if (down)
		monitor(&c->start, "linkDown", 3, "!= 1");
}

/* --- all of it --- */

static void
system_group(struct buf *b, struct router *r)
{
	const struct rec *root = store_root(r->store);
	const struct cfg_snmp_location *location = store_leaf(r->store, root, ROW_SNMP_LOCATION);
	const struct cfg_snmp_contact *contact = store_leaf(r->store, root, ROW_SNMP_CONTACT);

	/* unlike the others these take the rest of the line as it is; and what is not set here could be set by SNMP */
	buf_printf(b, "sysdescr %s\nsysname %s\nsysservices 78\n", PLATFORM_SOFTWARE, router_hostname(r));
	if (location)
		buf_printf(b, "syslocation %s\n", location->text);
	if (contact)
		buf_printf(b, "syscontact %s\n", contact->text);
}

void
snmp_conf_make(struct snmp_conf *c, struct router *r, const struct snmp_secrets *own)
{
	const struct rec *root = store_root(r->store);
	const struct cfg_snmp_chassis_id *chassis = store_leaf(r->store, root, ROW_SNMP_CHASSIS_ID);
	struct naming naming = { &c->names, r->store };
	unsigned number = 0;

	memset(c, 0, sizeof *c);
	buf_puts(&c->rest, "# written by confterm\nagentaddress udp:161\ndontLogTCPWrappersConnects yes\n");
	system_group(&c->rest, r);
	views(&c->rest, r->store);
	for (const struct rec *x = store_first(r->store, root, ROW_SNMP_COMMUNITY); x; x = store_next(x))
		if (!x->negated)
			community(c, r->store, x, ++number);
	for (const struct rec *x = store_first(r->store, root, ROW_SNMP_USER); x; x = store_next(x))
		if (!x->negated)
			user(c, rec_values(x));
	for (const struct rec *x = store_first(r->store, root, ROW_SNMP_GROUP); x; x = store_next(x))
		if (!x->negated)
			group(&c->rest, rec_values(x));
	notifications(c, r, own);
	if (!c->wanted)
		return;
	/* show snmp asks for the agent's own counters */
	buf_printf(&c->rest, "com2sec local 127.0.0.1 \"%s\"\ngroup local v2c local\nview local included .1.3.6.1.2.1.11\n"
	    "access local \"\" v2c noauth exact local none none\n", own->counters);
	if (!store_leaf(r->store, root, ROW_SNMP_LOCATION))
		object(&c->names, ".1.3.6.1.2.1.1.6.0", "");
	if (!store_leaf(r->store, root, ROW_SNMP_CONTACT))
		object(&c->names, ".1.3.6.1.2.1.1.4.0", "");
	if (chassis)
		object(&c->names, ".1.3.6.1.4.1.9.3.6.3.0", chassis->text);	/* chassisId, where IOS has it */
	if (r->netlink)
		netlink_each_link(r->netlink, name_link, &naming);
}

void
snmp_conf_free(struct snmp_conf *c)
{
	buf_wipe(&c->names);
	buf_wipe(&c->start);
	buf_wipe(&c->rest);
	memset(c, 0, sizeof *c);
}
