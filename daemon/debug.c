/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which debugging is on, and the lines of other programs that become its own:
 * see debug.h.
 *
 * A line of charon, "Nov 22 04:36:18.751 39[IKE] <CONNECTION|7> text", belongs
 * to an IKE SA, here number 7; lines of none are about connections that are
 * loaded, and are no debugging. Whether the SA is one of IKEv1 or IKEv2 is
 * read from its lines, and remembered, because most do not say it.
 */
#include "daemon/debug.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/gre/keepalive.h"
#include "daemon/routing.h"
#include "lib/buf.h"
#include "lib/ip4.h"
#include "lib/log.h"
#include "lib/xalloc.h"
#include "parser/types.h"

#define NVERSION 4096	/* IKE SAs whose version is remembered, by the lowest bits of their number */

struct debug {
	struct debug_ops ops;
	void *ctx;
	unsigned on;			/* 1 << enum debug_option */
	uint8_t version[NVERSION];	/* 0: not known */
	uint32_t said_of;		/* the SA of the last line */
	bool said_ipsec;		/* and whether it was about IPsec */
};

#define BIT(o) (1u << (o))
#define CRYPTO (BIT(DEBUG_CRYPTO_ENGINE) | BIT(DEBUG_CRYPTO_IKEV2) | BIT(DEBUG_CRYPTO_IPSEC) | BIT(DEBUG_CRYPTO_ISAKMP))

static const char crypto[] = "Cryptographic Subsystem", ospf[] = "OSPF", tunnel[] = "Tunnel", bgp[] = "IP routing";

/* Options may share a command of FRR. */
static const struct option {
	const char *heading, *text;
	enum frr_daemon daemon;
	const char *command[3];
} options[DEBUG_NOPTION] = {
	[DEBUG_CRYPTO_ENGINE] = { crypto, "Crypto Engine debugging is %s" },
	[DEBUG_CRYPTO_IKEV2] = { crypto, "IKEV2 default debugging is %s" },
	[DEBUG_CRYPTO_IPSEC] = { crypto, "Crypto IPSEC debugging is %s" },
	[DEBUG_CRYPTO_ISAKMP] = { crypto, "Crypto ISAKMP debugging is %s" },
	[DEBUG_OSPF_ADJ] = { ospf, "OSPF adjacency debugging is %s", FRR_OSPFD, { "debug ospf nsm", "debug ospf ism" } },
	[DEBUG_OSPF_EVENTS] = { ospf, "OSPF events debugging is %s", FRR_OSPFD, { "debug ospf event" } },
	[DEBUG_OSPF_FLOOD] = { ospf, "OSPF flooding debugging is %s", FRR_OSPFD, { "debug ospf lsa flooding" } },
	[DEBUG_OSPF_HELLO] = { ospf, "OSPF hello debugging is %s", FRR_OSPFD, { "debug ospf packet hello" } },
	[DEBUG_OSPF_LSA] = { ospf, "OSPF lsa-generation debugging is %s", FRR_OSPFD, { "debug ospf lsa generate" } },
	[DEBUG_OSPF_PACKET] = { ospf, "OSPF packet debugging is %s", FRR_OSPFD,
	    { "debug ospf packet dd", "debug ospf packet ls-request" } },
	[DEBUG_TUNNEL_KEEPALIVE] = { tunnel, "Tunnel keepalive debugging is %s" },
	[DEBUG_BGP] = { bgp, "BGP debugging is %s for address family: IPv4 Unicast", FRR_BGPD, { "debug bgp neighbor-events" } },
	[DEBUG_BGP_EVENTS] = { bgp, "BGP events debugging is %s", FRR_BGPD, { "debug bgp neighbor-events", "debug bgp nht" } },
	[DEBUG_BGP_KEEPALIVES] = { bgp, "BGP keepalives debugging is %s", FRR_BGPD, { "debug bgp keepalives" } },
	[DEBUG_BGP_UPDATES] = { bgp, "BGP updates debugging is %s", FRR_BGPD, { "debug bgp updates" } },
};

struct debug *
debug_new(const struct debug_ops *ops, void *ctx)
{
	struct debug *d = xcalloc(1, sizeof *d);

	d->ops = *ops;
	d->ctx = ctx;
	return d;
}

void
debug_free(struct debug *d)
{
	free(d);
}

bool
debug_is_on(const struct debug *d, enum debug_option o)
{
	return d->on & BIT(o);
}

const char *
debug_text(enum debug_option o)
{
	return options[o].text;
}

const char *
debug_heading(enum debug_option o)
{
	return options[o].heading;
}

/* --- switching --- */

/* Does an option that is on have it? */
static bool
has_command(const struct debug *d, const char *command)
{
	for (int o = 0; o < DEBUG_NOPTION; o++)
		for (int i = 0; d->on & BIT(o) && options[o].command[i]; i++)
			if (strcmp(options[o].command[i], command) == 0)
				return true;
	return false;
}

static void
tell_frr(struct debug *d, enum debug_option o)
{
	for (int i = 0; options[o].command[i]; i++)
		d->ops.frr(d->ctx, options[o].daemon, options[o].command[i], has_command(d, options[o].command[i]));
}

void
debug_set(struct debug *d, enum debug_option o, bool on)
{
	unsigned was = d->on;

	d->on = on ? d->on | BIT(o) : d->on & ~BIT(o);
	if (d->on == was)
		return;
	if (o == DEBUG_TUNNEL_KEEPALIVE)
		d->ops.keepalives(d->ctx, on);
	else if (!(BIT(o) & CRYPTO))
		tell_frr(d, o);
	else if (!(was & CRYPTO) != !(d->on & CRYPTO))
		d->ops.charon(d->ctx, on);
}

void
debug_clear(struct debug *d)
{
	for (int o = 0; o < DEBUG_NOPTION; o++)
		debug_set(d, (enum debug_option)o, false);
}

/* --- lines --- */

static bool
has_any(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strstr(text, *words))
			return true;
	return false;
}

/* Connections are named by engine/ike.c; an SA that a peer has begun has none before its peer is known. */
static int
version_of(struct debug *d, uint32_t id, const char *name, const char *text)
{
	static const char *const v1[] = { "IKEv1", "Main Mode", "Aggressive Mode", "ID_PROT ", "AGGRESSIVE ", "QUICK_MODE ",
		"INFORMATIONAL_V1 ", "TRANSACTION ", NULL };
	static const char *const v2[] = { "IKEv2", "IKE_SA_INIT ", "IKE_AUTH ", "CREATE_CHILD_SA ", "INFORMATIONAL ", NULL };
	uint8_t *v = &d->version[id % NVERSION];

	if (*name) {
		const char *ikev2 = strstr(name, "-ikev2-"), *isakmp = strstr(name, "-isakmp-");

		*v = ikev2 && (!isakmp || ikev2 < isakmp) ? 2 : 1;	/* (the rest is the name of a profile) */
	}
	else if (strstr(text, " is initiating a"))	/* the first that is said of it: a number may have been another SA's */
		*v = has_any(text, v1) ? 1 : 2;
	else if (has_any(text, v1))
		*v = 1;
	else if (has_any(text, v2))
		*v = 2;
	return *v;
}

/* What is about IPsec SAs more than about the negotiation's messages; lines that go on with one are indented. */
static bool
about_ipsec(struct debug *d, uint32_t id, const char *text)
{
	static const char *const words[] = { "CHILD_SA", "traffic selectors", "ESP:", "AH:", "SPI", NULL };

	if (*text != ' ' || d->said_of != id)
		d->said_ipsec = has_any(text, words);
	d->said_of = id;
	return d->said_ipsec;
}

void
debug_charon_line(struct debug *d, const char *text)
{
	char group[4], name[128] = "";
	unsigned long id;
	const char *p = strchr(text, '['), *end, *number;
	bool ipsec;
	int version;

	if (!(d->on & CRYPTO) || !p || sscanf(p, "[%3[A-Z]]", group) != 1 || strlen(group) != 3 || strncmp(p + 4, "] <", 3) != 0 || !(end = strstr(p, "> ")))
		return;
	p += 7;
	for (number = end; number > p && isdigit((unsigned char)number[-1]); number--)
		;
	/* a connection's name has no blanks; but it may have what stands around it here */
	if (number > p && number[-1] == '|')
		snprintf(name, sizeof name, "%.*s", (int)(number - 1 - p), p);
	else if (number > p)
		return;
	id = strtoul(number, NULL, 10);
	text = end + 2;
	version = version_of(d, (uint32_t)id, name, text);
	ipsec = about_ipsec(d, (uint32_t)id, text) || strcmp(group, "CHD") == 0;
	if (strcmp(group, "KNL") == 0 || strcmp(group, "ESP") == 0) {
		if (d->on & BIT(DEBUG_CRYPTO_ENGINE))
			log_debug("CRYPTO_ENGINE:(%u):%s", d->ops.conn_id(d->ctx, (uint32_t)id), text);
	} else if (d->on & BIT(DEBUG_CRYPTO_IPSEC) && ipsec)
		log_debug("IPSEC:(%u):%s", d->ops.conn_id(d->ctx, (uint32_t)id), text);
	else if (strcmp(group, "CHD") == 0)
		return;
	else if (d->on & BIT(DEBUG_CRYPTO_ISAKMP) && version != 2)
		log_debug("ISAKMP:(%u):%s", d->ops.conn_id(d->ctx, (uint32_t)id), text);
	else if (d->on & BIT(DEBUG_CRYPTO_IKEV2) && version != 1)
		log_debug("IKEv2:(SA ID = %u):%s", d->ops.conn_id(d->ctx, (uint32_t)id), text);
}

void
debug_charon_gone(struct debug *d)
{
	memset(d->version, 0, sizeof d->version);
	d->said_of = 0;
	d->said_ipsec = false;
}

/* Devices become interfaces: "on gi0-1:10.0.0.2" -> "on GigabitEthernet0/1:10.0.0.2". */
static void
put_text(struct buf *b, const char *text)
{
	while (*text) {
		char word[16], name[40];
		size_t n = 0;

		while (isalnum((unsigned char)text[n]) || text[n] == '-')
			n++;
		if (n == 0) {
			buf_putc(b, *text++);
			continue;
		}
		if (n < sizeof word && isdigit((unsigned char)text[n - 1]) && islower((unsigned char)*text)) {
			snprintf(word, sizeof word, "%.*s", (int)n, text);
			if (ifname_from_device(word, name)) {
				buf_puts(b, name);
				text += n;
				continue;
			}
		}
		buf_put(b, text, n);
		text += n;
	}
}

void
debug_keepalive(struct debug *d, const struct gre_packet *p)
{
	char name[40], src[IP4_STRLEN], dst[IP4_STRLEN], after[32];

	if (!(d->on & BIT(DEBUG_TUNNEL_KEEPALIVE)))
		return;
	if (!ifname_from_device(p->dev, name))
		snprintf(name, sizeof name, "%s", p->dev);
	snprintf(after, sizeof after, "counter=%u", p->missed);
	log_debug("%s: %s, %s->%s (len=%u ttl=%u), %s", name, p->received ? "keepalive received" : "sending keepalive",
	    ip4_str(p->src, src), ip4_str(p->dst, dst), p->length, p->ttl, p->received ? "resetting counter" : after);
}

void
debug_frr_line(struct debug *d, enum frr_daemon daemon, const char *text)
{
	const char *name = daemon == FRR_OSPFD ? "OSPF" : "BGP", *p = routing_log_text(daemon, text);
	struct buf b = {0};
	bool any = false;

	for (int o = 0; o < DEBUG_NOPTION; o++)
		any |= d->on & BIT(o) && options[o].command[0] && options[o].daemon == daemon;
	if (!any || !p)
		return;
	buf_printf(&b, "%s: ", name);
	put_text(&b, p);
	log_debug("%s", buf_str(&b));
	buf_free(&b);
}
