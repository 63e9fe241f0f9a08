/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's life, and apply(): operations into the tables, kernel to the
 * tables, status to the engine (see internal.h).
 *
 * The order of nl_sync() is the safe one: devices exist before what names
 * them; policies are in before a device comes up and gets its addresses, and
 * go away after the addresses did.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "backends/netlink/internal.h"
#include "lib/log.h"
#include "lib/xalloc.h"

static bool
sysctl_set(const char *name, const char *value)
{
	char path[160];
	bool ok = false;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		ok = write(fd, value, strlen(value)) >= 0;
		close(fd);
	}
	return ok;
}

/* Sets a number that is lower; one that is not there is left so. */
static void
raise_limit(const char *name, long least)
{
	char path[160], text[32];
	long now = least;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	if ((f = fopen(path, "re")) != NULL) {
		if (fscanf(f, "%ld", &now) != 1)
			now = least;
		fclose(f);
	}
	snprintf(text, sizeof(text), "%ld", least);
	if (now < least)
		sysctl_set(name, text);
}

/* What a router needs; a device's own values count beside those of "all". */
static const struct {
	const char *name, *value;
} dev_sysctl[] = {
    {"rp_filter", "0"}, {"send_redirects", "0"}, {"accept_redirects", "0"}, {"promote_secondaries", "1"},
}, ip_sysctl[] = {
    {"ipv4/ip_forward", "1"},
    /* traceroute shows the address of the interface a probe came in by, as IOS does */
    {"ipv4/icmp_errors_use_inbound_ifaddr", "1"},
    /* how long one ACQUIRE holds back the next of its flow; charon.plugins.kernel-netlink sets it, too */
    {"core/xfrm_acq_expires", "10"},
};

void
nl_dev_sysctls(const char *dev)
{
	char name[96];

	for (size_t i = 0; i < sizeof(dev_sysctl) / sizeof(dev_sysctl[0]); i++) {
		snprintf(name, sizeof(name), "ipv4/conf/%s/%s", dev, dev_sysctl[i].name);
		sysctl_set(name, dev_sysctl[i].value);
	}
}

/*
 * A keepalive of the peer comes out of the tunnel as a packet with an address
 * of our own as its source, to be forwarded back to the peer.
 */
void
nl_gre_sysctls(const char *dev)
{
	char name[96];

	snprintf(name, sizeof(name), "ipv4/conf/%s/accept_local", dev);
	sysctl_set(name, "1");
}

static void
sysctls(void)
{
	for (size_t i = 0; i < sizeof(ip_sysctl) / sizeof(ip_sysctl[0]); i++)
		if (!sysctl_set(ip_sysctl[i].name, ip_sysctl[i].value))
			log_msg("PLATFORM", 4, "SYSCTL", "cannot set %s to %s: %s", ip_sysctl[i].name,
			    ip_sysctl[i].value, strerror(errno));
	nl_dev_sysctls("all");
	nl_dev_sysctls("default");
	/* ospfd joins a group on every interface by one socket; 20 is the kernel's own idea */
	raise_limit("ipv4/igmp_max_memberships", 1000000);
	/*
	 * The memory of one socket's memberships: 20480 octets, those of 426, before Linux 6.8. Until then it is a setting of
	 * the machine, and cannot be seen from another network namespace than the first.
	 */
	raise_limit("core/optmem_max", 1 << 20);
}

void
nl_report(struct netlink *nl, uint64_t id, const struct nl_status *st)
{
	int err = st ? st->err : 0;

	engine_result(nl->engine, id, err, err ? (st->text ? st->text : nl_wording(err)) : NULL);
}

void
nl_sync(struct netlink *nl)
{
	links_create(nl);
	policies_install(nl);
	links_set(nl);
	addresses_sync(nl);
	policies_remove(nl);
	links_remove(nl);
}

static void
apply(void *ctx, const struct plan_op *ops, size_t n)
{
	struct netlink *nl = ctx;

	nl_settle(nl);	/* what events left to do has owners of its own to tell */
	for (size_t i = 0; i < n; i++)
		switch ((ops[i].now ? ops[i].now : ops[i].was)->kind) {
		case OBJ_LINK:
			link_op(nl, &ops[i]);
			break;
		case OBJ_ADDRESS:
			address_op(nl, &ops[i]);
			break;
		case OBJ_POLICY:
			policy_op(nl, &ops[i]);
			break;
		case OBJ_REACH:
			reach_op(nl, &ops[i]);
			break;
		default:
			break;
		}
	nl_sync(nl);
	nl->first_apply = false;
	for (size_t i = 0; i < n; i++) {
		const struct obj *o = ops[i].now ? ops[i].now : ops[i].was;
		const struct nl_status *st = NULL;
		struct dev *d;

		if (o->kind == OBJ_LINK)
			st = (d = dev_find(nl, o->link.dev)) ? &d->st : NULL;
		else if (o->kind == OBJ_ADDRESS)
			st = address_status(nl, &o->address);
		else if (o->kind == OBJ_POLICY)
			st = policy_status(nl, &o->policy);
		else if (o->kind != OBJ_REACH)
			continue;
		nl_report(nl, o->id, st);
	}
	policies_settle(nl, false);
}

struct netlink *
netlink_create(struct ev_loop *loop, struct engine *e, const struct observer *obs)
{
	struct netlink *nl = xcalloc(1, sizeof(*nl));

	nl->loop = loop;
	nl->engine = e;
	nl->obs = obs;
	announce_init(nl);
	nl->driver = (struct driver){
	    .name = "netlink",
	    .kinds = OBJ_BIT(OBJ_LINK) | OBJ_BIT(OBJ_ADDRESS) | OBJ_BIT(OBJ_POLICY) | OBJ_BIT(OBJ_REACH),
	    .ctx = nl,
	    .apply = apply,
	};
	return nl;
}

struct driver *
netlink_driver(struct netlink *nl)
{
	return &nl->driver;
}

static void
loopback_up(struct netlink *nl)
{
	struct nl_status st = {0};
	struct nl_batch b;
	void *p;
	struct ifinfomsg *ifi;

	nl_batch_init(&b, &nl->rt);
	nl_batch_msg(&b, RTM_NEWLINK, 0, sizeof(*ifi), &p, &st);
	ifi = p;
	ifi->ifi_index = (int)if_nametoindex("lo");
	ifi->ifi_flags = ifi->ifi_change = IFF_UP;
	nl_batch_end(&b);
	nl_status_clear(&st);
}

int
netlink_start(struct netlink *nl)
{
	int err;

	if (nl->running)
		return 0;
	if ((err = nl_open(&nl->rt, NETLINK_ROUTE, 0, 4 << 20)) < 0 ||
	    (err = nl_open(&nl->xfrm, NETLINK_XFRM, 0, 4 << 20)) < 0)
		goto fail;
	nl->running = true;
	nl->first_apply = true;
	if ((err = policies_flush_kernel(nl)) < 0)
		goto fail;
	sysctls();
	loopback_up(nl);
	/* Events first, then the dump, so that nothing falls between them. */
	if ((err = monitor_start(nl)) < 0 || (err = reach_start(nl)) < 0 || (err = monitor_resync(nl)) < 0)
		goto fail;
	engine_driver_up(nl->engine, &nl->driver);
	return 0;
fail:
	log_msg("PLATFORM", 3, "NETLINK", "kernel interface is not available: %s", nl_wording(err));
	netlink_stop(nl);
	return err;
}

void
netlink_stop(struct netlink *nl)
{
	monitor_stop(nl);
	reach_stop(nl);
	announce_stop(nl);
	nl_close(&nl->rt);
	nl_close(&nl->xfrm);
	policies_free(nl);
	devs_free(nl);
	nl->running = false;
}

void
netlink_destroy(struct netlink *nl)
{
	if (nl == NULL)
		return;
	netlink_stop(nl);
	free(nl);
}
