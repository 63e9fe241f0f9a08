/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interface names: the types of IOS, their abbreviations, and the names under
 * which the kernel knows them. Those of class IF_OTHER have no device here.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parser/types.h"

struct iftype {
	const char *name, *brief, *kernel, *help;
	enum if_class class;
	int rank;	/* place in running-config */
	bool common;	/* of several types with a beginning, the one that is meant: "e0/0" */
};

static const struct iftype iftypes[] = {
	{ "ATM", "AT", "atm", "ATM interface", IF_OTHER, 12, false },
	{ "Async", "As", "as", "Async interface", IF_OTHER, 13, false },
	{ "BRI", "BR", "br", "ISDN Basic Rate Interface", IF_OTHER, 14, true },
	{ "BVI", "BV", "bvi", "Bridge-Group Virtual Interface", IF_OTHER, 21, false },
	{ "Cellular", "Ce", "ce", "Cellular WAN interface", IF_OTHER, 15, false },
	{ "Dialer", "Di", "di", "Dialer interface", IF_OTHER, 20, true },
	{ "Dot11Radio", "Do", "do", "Dot11 interface", IF_OTHER, 16, false },
	{ "Embedded-Service-Engine", "EM", "em", "Embedded service engine", IF_OTHER, 8, false },
	{ "Ethernet", "Et", "e", "IEEE 802.3", IF_PHYSICAL, 4, true },
	{ "FastEthernet", "Fa", "fa", "FastEthernet IEEE 802.3", IF_PHYSICAL, 5, true },
	{ "GigabitEthernet", "Gi", "gi", "GigabitEthernet IEEE 802.3z", IF_PHYSICAL, 6, true },
	{ "Group-Async", "Gr", "gr", "Async group interface", IF_OTHER, 17, false },
	{ "Loopback", "Lo", "lo", "Loopback interface", IF_LOOPBACK, 0, true },
	{ "Multilink", "Mu", "mu", "Multilink-group interface", IF_OTHER, 18, true },
	{ "NVI", "NV", "nv", "NAT virtual interface", IF_OTHER, 22, false },
	{ "Null", "Nu", "nu", "Null interface", IF_NULL, 3, true },
	{ "Port-channel", "Po", "po", "Ethernet Channel of interfaces", IF_OTHER, 2, true },
	{ "Serial", "Se", "se", "Serial", IF_OTHER, 11, true },
	{ "TenGigabitEthernet", "Te", "te", "Ten Gigabit Ethernet", IF_PHYSICAL, 7, false },
	{ "Tunnel", "Tu", "tu", "Tunnel interface", IF_TUNNEL, 1, false },
	{ "Virtual-Access", "Vi", "va", "Virtual access interface", IF_ACCESS, 24, false },
	{ "Virtual-PPP", "Vp", "vp", "Virtual PPP interface", IF_OTHER, 25, false },
	{ "Virtual-Template", "Vt", "vt", "Virtual template interface", IF_TEMPLATE, 26, false },
	{ "Vlan", "Vl", "vl", "Catalyst Vlans", IF_OTHER, 19, true },
};
#define NTYPE (sizeof iftypes / sizeof iftypes[0])

/* The type whose name begins with the n letters at s; NULL when none or several do and none of them is the common one. */
static const struct iftype *
find_type(const char *s, size_t n)
{
	const struct iftype *found = NULL;
	bool several = false;

	for (size_t i = 0; i < NTYPE; i++) {
		if (strncasecmp(iftypes[i].name, s, n) != 0)
			continue;
		if (iftypes[i].name[n] == '\0')
			return &iftypes[i];
		several |= found && found->common == iftypes[i].common;
		if (!found || iftypes[i].common)
			found = &iftypes[i];
	}
	return several && !(found->common) ? NULL : found;
}

/* "0/0", "12", "0/1.100" -> canonical numbers; false when malformed for the class. */
static bool
parse_numbers(const char *s, size_t len, enum if_class class, char *out, size_t cap)
{
	size_t i = 0, n = 0;
	int parts = 0;

	if (len == 0 || len > 24)
		return false;
	for (;;) {
		unsigned long v = 0;
		size_t digits = 0;

		for (; i < len && isdigit((unsigned char)s[i]); i++, digits++)
			v = v * 10 + (unsigned long)(s[i] - '0');
		if (digits == 0 || digits > 10 || v > 2147483647ul)
			return false;
		n += (size_t)snprintf(out + n, cap - n, "%lu", v);
		if (i == len)
			break;
		if ((class != IF_PHYSICAL && class != IF_OTHER) || !strchr(class == IF_OTHER ? "/.:" : "/.", s[i]) || ++parts > 4)
			return false;
		if (s[i] == '.' && memchr(s + i + 1, '/', len - i - 1))
			return false;
		out[n++] = s[i++];
	}
	return true;
}

int
ifname_parse(const struct lexed *lx, int i, char out[40])
{
	const struct token *t = &lx->tok[i];
	const struct iftype *type;
	const char *num;
	size_t letters = 0, numlen;
	int used = 1;

	while (letters < t->len && (isalpha((unsigned char)t->s[letters]) || t->s[letters] == '-'))
		letters++;
	if (letters == 0 || letters > 24 || !(type = find_type(t->s, letters)))
		return 0;
	num = t->s + letters;
	numlen = t->len - letters;
	if (numlen == 0) {
		if (i + 1 >= lx->n)
			return 0;
		num = t[1].s;
		numlen = t[1].len;
		used = 2;
	}
	int k = snprintf(out, 40, "%s", type->name);

	return parse_numbers(num, numlen, type->class, out + k, 40 - (size_t)k) ? used : 0;
}

static const struct iftype *
type_of(const char *name, const char **numbers)
{
	size_t n = strcspn(name, "0123456789");

	*numbers = name + n;
	for (size_t i = 0; i < NTYPE; i++)
		if (strlen(iftypes[i].name) == n && strncasecmp(iftypes[i].name, name, n) == 0)
			return &iftypes[i];
	return NULL;
}

void
ifname_short(const char *name, char *out, size_t len)
{
	const char *num;
	const struct iftype *t = type_of(name, &num);

	snprintf(out, len, "%s%s", t ? t->brief : "", t ? num : name);
}

void
ifname_types(const char *prefix, size_t len, void (*cb)(void *, const char *, const char *), void *ctx)
{
	for (size_t i = 0; i < NTYPE; i++)
		if (strncasecmp(iftypes[i].name, prefix, len) == 0)
			cb(ctx, iftypes[i].name, iftypes[i].help);
}

void
ifname_kernel(const char *name, char out[16])
{
	const char *num;
	const struct iftype *t = type_of(name, &num);

	snprintf(out, 16, "%s%s", t ? t->kernel : "", num);
	for (char *p = out; *p; p++)
		if (*p == '/')
			*p = '-';
}

/* ports: by slot and port (gi0-1); the others by a number alone (tu0) */
static bool
from_device(const char *dev, bool port, char out[40])
{
	size_t n = strcspn(dev, "0123456789");

	if (!dev[n])
		return false;
	for (size_t i = 0; i < NTYPE; i++) {
		const struct iftype *t = &iftypes[i];
		int k;

		if ((t->class == IF_PHYSICAL) != port || strlen(t->kernel) != n || strncmp(t->kernel, dev, n) != 0)
			continue;
		k = snprintf(out, 40, "%s", t->name);
		if (strlen(dev + n) >= 40 - (size_t)k || (strchr(dev + n, '-') != NULL) != port)
			return false;
		for (const char *p = dev + n;; p++) {
			if (*p && !isdigit((unsigned char)*p) && *p != '-' && *p != '.')
				return false;
			out[k++] = *p == '-' ? '/' : *p;
			if (!*p)
				return true;
		}
	}
	return false;
}

bool
ifname_from_kernel(const char *dev, char out[40])
{
	return from_device(dev, true, out);
}

bool
ifname_from_device(const char *dev, char out[40])
{
	return from_device(dev, true, out) || from_device(dev, false, out);
}

enum if_class
ifname_class(const char *name)
{
	const char *num;
	const struct iftype *t = type_of(name, &num);

	return t ? t->class : IF_OTHER;
}

int
ifname_compare(const char *a, const char *b)
{
	const char *na, *nb;
	const struct iftype *ta = type_of(a, &na), *tb = type_of(b, &nb);

	if (ta != tb)
		return (ta ? ta->rank : 99) - (tb ? tb->rank : 99);
	while (*na && *nb) {
		char *ea, *eb;
		unsigned long va = strtoul(na, &ea, 10), vb = strtoul(nb, &eb, 10);

		if (va != vb)
			return va < vb ? -1 : 1;
		na = *ea ? ea + 1 : ea;
		nb = *eb ? eb + 1 : eb;
	}
	return *na ? 1 : *nb ? -1 : 0;
}
