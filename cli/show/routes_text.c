/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads lines like these (code, selected, in the kernel or why not; then columns):
 *
 *	S>  10.3.0.0/16 [1/0] via 1.3.1.1 (recursive), weight 1, 00:04:28
 *	  *                     via 202.101.1.10, e0-0, weight 1, 00:04:28
 *	O>* 0.0.0.0/0 [110/1] via 192.168.13.1, e0-0, weight 1, 00:03:27
 *	  *                   via 192.168.23.2, e0-1, weight 1, 00:03:27
 *	C>* 10.1.1.0/24 is directly connected, lo0, 00:04:28
 *	S>* 10.9.0.0/16 [1/0] unreachable (blackhole), weight 1, 00:04:28
 *
 * A next hop further right than the one before was found by resolving that one.
 */
#include "cli/show/routes_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MAXLINE 512

struct reader {
	json_t *all, *protocols, *nexthops;
	size_t column;		/* of the first next hop of the route being read */
};

static const char *
protocol_name(char code)
{
	static const struct {
		char code;
		const char *name;
	} names[] = {
		{ 'K', "kernel" }, { 'C', "connected" }, { 'L', "local" }, { 'S', "static" }, { 'R', "rip" }, { 'O', "ospf" },
		{ 'I', "isis" }, { 'B', "bgp" }, { 'E', "eigrp" }, { 'N', "nhrp" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].code == code)
			return names[i].name;
	return "";
}

/* The values of a few words are shared between all routes. */
static json_t *
protocol(struct reader *r, char code)
{
	const char *name = protocol_name(code);
	json_t *j = json_object_get(r->protocols, name);

	if (!j)
		json_object_set_new(r->protocols, name, j = json_string(name));
	return j;
}

/* p: "via 1.3.1.1, e0-0, weight 1, 00:04:28" and its like. */
static void
nexthop(struct reader *r, const char *p, size_t column, bool in_kernel)
{
	json_t *n = json_object();
	const char *comma = strchr(p, ',');

	if (strncmp(p, "via ", 4) == 0)
		json_object_set_new(n, "ip", json_stringn(p + 4, strcspn(p + 4, ", ")));
	else if (strncmp(p, "unreachable", 11) == 0)
		json_object_set_new(n, "blackhole", json_true());
	if (strncmp(p, "unreachable", 11) != 0 && comma && comma[1] == ' ' && strncmp(comma + 2, "weight ", 7) != 0 &&
	    strchr(comma + 2, ','))
		json_object_set_new(n, "interfaceName", json_stringn(comma + 2, strcspn(comma + 2, ", ")));
	if (!strstr(p, " inactive"))
		json_object_set_new(n, "active", json_true());
	if (in_kernel)
		json_object_set_new(n, "fib", json_true());
	if (column > r->column)
		json_object_set_new(n, "resolver", json_true());
	json_array_append_new(r->nexthops, n);
}

static void
route(struct reader *r, const char *line)
{
	const char *p = line + 4, *uptime = strrchr(line, ',');
	size_t len = strcspn(p, " ");
	unsigned distance = 0, metric = 0;
	json_t *o, *list;
	char key[64];

	if (len == 0 || len >= sizeof key || !memchr(p, '/', len) || !isdigit((unsigned char)*p))
		return;
	memcpy(key, p, len);
	key[len] = '\0';
	p += len + (p[len] == ' ');
	if (sscanf(p, "[%u/%u]", &distance, &metric) == 2) {
		p += strcspn(p, " ");
		p += *p == ' ';
	}
	o = json_object();
	r->nexthops = json_array();
	r->column = (size_t)(p - line);
	json_object_set(o, "protocol", protocol(r, line[0]));
	json_object_set_new(o, "distance", json_integer(distance));
	json_object_set_new(o, "metric", json_integer(metric));
	if (line[1] == '>')
		json_object_set_new(o, "selected", json_true());
	if (line[1] == '>' && line[2] != 'q' && line[2] != 'r')
		json_object_set_new(o, "installed", json_true());
	if (uptime)
		json_object_set_new(o, "uptime", json_string(uptime + 1 + (uptime[1] == ' ')));
	json_object_set_new(o, "nexthops", r->nexthops);
	nexthop(r, p, r->column, line[2] == '*');
	list = json_object_get(r->all, key);
	if (!list)
		json_object_set_new(r->all, key, list = json_array());
	json_array_append_new(list, o);
}

json_t *
routes_from_text(const char *text, size_t len)
{
	struct reader r = { .all = json_object(), .protocols = json_object() };
	const char *end = text + len;
	char line[MAXLINE];

	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t n = nl ? (size_t)(nl - text) : (size_t)(end - text);

		if (n > 5 && n < sizeof line) {
			memcpy(line, text, n);
			line[n] = '\0';
			while (n && (line[n - 1] == '\r' || line[n - 1] == ' '))
				line[--n] = '\0';
			if (isupper((unsigned char)line[0]) && (line[1] == '>' || line[1] == ' ')) {
				route(&r, line);
			} else if (line[0] == ' ' && line[1] == ' ' && r.nexthops) {
				size_t column = 3 + strspn(line + 3, " ");

				if (line[column])
					nexthop(&r, line + column, column, line[2] == '*');
			}
		} else {
			r.nexthops = NULL;
		}
		text = nl ? nl + 1 : end;
	}
	json_decref(r.protocols);
	return r.all;
}
