/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Selectors to and from charon's text. charon keeps ICMP type and code in the
 * port: it wants "type * 256 + code" and prints "type" or "type(code)"; and it
 * prints ports by their service's name when /etc/services has one.
 */
#include "backends/vici/ts.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	uint8_t num;
} protos[] = {
	{"icmp", 1}, {"igmp", 2}, {"ipencap", 4}, {"tcp", 6}, {"udp", 17}, {"gre", 47}, {"esp", 50},
	{"ah", 51}, {"eigrp", 88}, {"ospf", 89}, {"ipip", 94}, {"pim", 103}, {"l2tp", 115}, {"sctp", 132},
};

char *
vici_ts_format(const struct obj_selector *sel, bool remote, char out[VICI_TS_STRLEN])
{
	const struct prefix4 *p = remote ? &sel->dst : &sel->src;
	unsigned port = remote ? sel->dst_port : sel->src_port;
	char addr[IP4_STRLEN];
	int n;

	if (sel->has_icmp)
		port = (sel->src_port & 255u) << 8 | (sel->dst_port & 255u);
	n = snprintf(out, VICI_TS_STRLEN, "%s/%u", ip4_str(p->addr, addr), p->len);
	if (port || sel->has_icmp)
		snprintf(out + n, VICI_TS_STRLEN - (size_t)n, "[%u/%u]", sel->proto, port);
	else if (sel->proto)
		snprintf(out + n, VICI_TS_STRLEN - (size_t)n, "[%u]", sel->proto);
	return out;
}

/* A number 0..max that makes up the whole of s. */
static bool
number(const char *s, unsigned long max, unsigned long *out)
{
	char *end;

	if (!isdigit((unsigned char)*s))
		return false;
	*out = strtoul(s, &end, 10);
	return *end == '\0' && *out <= max;
}

static bool
parse_proto(const char *s, uint8_t *out)
{
	unsigned long n;
	struct protoent *pe;

	if (number(s, 255, &n)) {
		*out = (uint8_t)n;
		return true;
	}
	for (size_t i = 0; i < sizeof protos / sizeof *protos; i++)
		if (strcmp(s, protos[i].name) == 0) {
			*out = protos[i].num;
			return true;
		}
	if (strcmp(s, "any") == 0 || !(pe = getprotobyname(s)))
		return strcmp(s, "any") == 0;
	*out = (uint8_t)pe->p_proto;
	return true;
}

static bool
parse_port(const char *s, uint8_t proto, unsigned *out)
{
	unsigned long n;
	struct servent *se;

	if (strcmp(s, "any") == 0 || strcmp(s, "opaque") == 0 || (isdigit((unsigned char)*s) && strchr(s, '-')))
		return true;
	if (number(s, 65535, &n)) {
		*out = (unsigned)n;
		return true;
	}
	se = getservbyname(s, proto == 6 ? "tcp" : proto == 17 ? "udp" : NULL);
	if (se)
		*out = ntohs((uint16_t)se->s_port);
	return se != NULL;
}

/* "8", "8(3)": IPPROTO_ICMP only. */
static bool
parse_icmp(const char *s, struct obj_selector *sel)
{
	unsigned type, code = 0;
	char tail = '\0';

	if (strchr(s, '-'))
		return true;
	if (!isdigit((unsigned char)*s) || (sscanf(s, "%3u(%3u%c", &type, &code, &tail) == 3 && tail != ')') ||
	    type > 255 || code > 255)
		return false;
	sel->has_icmp = true;
	sel->src_port = (uint16_t)type;
	sel->dst_port = (uint16_t)code;
	return true;
}

/* "A/len", "A..B", "A". */
static bool
parse_addr(char *s, struct prefix4 *out)
{
	char *slash = strchr(s, '/'), *dots = strstr(s, "..");
	unsigned long len = 32;
	uint32_t to;

	if (slash) {
		*slash = '\0';
		if (!number(slash + 1, 32, &len))
			return false;
	} else if (dots) {
		*dots = '\0';
		if (!ip4_parse(dots + 2, &to))
			return false;
	}
	if (!ip4_parse(s, &out->addr))
		return false;
	if (dots && !slash)
		len = out->addr == to ? 32 : (unsigned long)__builtin_clz(out->addr ^ to);
	out->len = (uint8_t)len;
	out->addr &= ip4_mask(out->len);
	return true;
}

bool
vici_ts_parse(struct obj_selector *sel, bool remote, const char *text)
{
	struct obj_selector s = *sel;
	char tmp[128], *open, *slash;
	size_t n = strlen(text);
	uint8_t proto = 0;
	unsigned port = 0;

	if (n >= sizeof tmp)
		return false;
	memcpy(tmp, text, n + 1);
	open = strchr(tmp, '[');
	if (open) {
		if (tmp[n - 1] != ']')
			return false;
		tmp[n - 1] = '\0';
		*open++ = '\0';
		slash = strchr(open, '/');
		if (slash)
			*slash++ = '\0';
		if (!parse_proto(open, &proto))
			return false;
		if (slash && (proto == 1 ? !parse_icmp(slash, &s) : !parse_port(slash, proto, &port)))
			return false;
	}
	if (!parse_addr(tmp, remote ? &s.dst : &s.src))
		return false;
	if (proto)
		s.proto = proto;
	if (!s.has_icmp)
		*(remote ? &s.dst_port : &s.src_port) = (uint16_t)port;
	*sel = s;
	return true;
}
