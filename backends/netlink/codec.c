/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the kernel's messages and our structs. Nothing here does I/O or
 * keeps state, and every length is checked before it is believed: the tests
 * feed these functions with garbage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "backends/netlink/internal.h"

/* The value of an attribute into a struct of known size; a shorter one leaves the tail zero. */
static void
attr_copy(const struct nlattr *a, void *to, size_t size)
{
	size_t n = mnl_attr_get_payload_len(a);

	memset(to, 0, size);
	memcpy(to, mnl_attr_get_payload(a), n < size ? n : size);
}

static uint32_t
attr_u32(const struct nlattr *a)
{
	uint32_t v;

	attr_copy(a, &v, sizeof(v));
	return v;
}

static void
attr_string(const struct nlattr *a, char *to, size_t size)
{
	attr_copy(a, to, size);
	to[size - 1] = '\0';
}

/*
 * The fixed part of a message into a struct of ours: messages are aligned to 4
 * bytes only. The kernel pads all it sends; a length that is not a multiple of
 * 4 is damage, and would let libmnl's attribute loop read beyond the end.
 */
static bool
fixed_part(const struct nlmsghdr *nlh, void *to, size_t size)
{
	if (nlh->nlmsg_len % NLMSG_ALIGNTO || nlh->nlmsg_len < NLMSG_HDRLEN + size)
		return false;
	memcpy(to, mnl_nlmsg_get_payload(nlh), size);
	return true;
}

void
xsel_encode(const struct obj_selector *s, int ifindex, struct xfrm_selector *out)
{
	memset(out, 0, sizeof(*out));
	out->family = AF_INET;
	out->saddr.a4 = htonl(s->src.addr & ip4_mask(s->src.len));
	out->daddr.a4 = htonl(s->dst.addr & ip4_mask(s->dst.len));
	out->prefixlen_s = s->src.len;
	out->prefixlen_d = s->dst.len;
	out->proto = s->proto;
	out->ifindex = ifindex;
	/* For ICMP the kernel compares the type with sport, the code with dport. */
	out->sport = htons(s->src_port);
	out->sport_mask = s->has_icmp ? 0xffff : htons(selector_port_mask(s->src_port, s->src_port_mask));
	out->dport = htons(s->dst_port);
	out->dport_mask = s->has_icmp ? 0xffff : htons(selector_port_mask(s->dst_port, s->dst_port_mask));
}

bool
xsel_decode(const struct xfrm_selector *x, struct obj_selector *out)
{
	memset(out, 0, sizeof(*out));
	if ((x->family != AF_INET && x->family != AF_UNSPEC) || x->prefixlen_s > 32 || x->prefixlen_d > 32)
		return false;
	out->src.len = x->prefixlen_s;
	out->dst.len = x->prefixlen_d;
	out->src.addr = ntohl(x->saddr.a4) & ip4_mask(out->src.len);
	out->dst.addr = ntohl(x->daddr.a4) & ip4_mask(out->dst.len);
	out->proto = x->proto;
	out->has_icmp = x->proto == IPPROTO_ICMP && x->sport_mask;
	if (x->sport_mask)
		out->src_port = ntohs(x->sport);
	if (x->dport_mask)
		out->dst_port = ntohs(x->dport);
	return true;
}

bool
policy_encode(const struct obj_policy *p, int ifindex, struct xfrm_userpolicy_info *info, struct xfrm_user_tmpl *tmpl)
{
	static const uint8_t dirs[] = {
	    [POLICY_OUT] = XFRM_POLICY_OUT,
	    [POLICY_IN] = XFRM_POLICY_IN,
	    [POLICY_FWD] = XFRM_POLICY_FWD,
	};

	memset(info, 0, sizeof(*info));
	xsel_encode(&p->sel, ifindex, &info->sel);
	info->lft.soft_byte_limit = info->lft.hard_byte_limit = XFRM_INF;
	info->lft.soft_packet_limit = info->lft.hard_packet_limit = XFRM_INF;
	info->priority = p->priority;
	info->dir = dirs[p->dir];
	info->action = p->action == POLICY_BLOCK ? XFRM_POLICY_BLOCK : XFRM_POLICY_ALLOW;
	info->share = XFRM_SHARE_ANY;
	if (p->action != POLICY_PROTECT)
		return false;
	memset(tmpl, 0, sizeof(*tmpl));
	tmpl->family = AF_INET;
	tmpl->id.proto = p->ah ? IPPROTO_AH : IPPROTO_ESP;
	tmpl->id.daddr.a4 = htonl(p->tmpl_dst);
	tmpl->saddr.a4 = htonl(p->tmpl_src);
	tmpl->reqid = p->reqid;
	tmpl->mode = p->mode == IPSEC_TUNNEL ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT;
	tmpl->share = XFRM_SHARE_ANY;
	tmpl->aalgos = tmpl->ealgos = tmpl->calgos = ~0u;
	return true;
}

bool
acquire_decode(const struct nlmsghdr *nlh, struct acquire *out)
{
	struct xfrm_user_acquire ua;
	const struct nlattr *a;
	struct xfrm_user_tmpl tmpl;
	bool found = false;

	memset(out, 0, sizeof(*out));
	if (nlh->nlmsg_type != XFRM_MSG_ACQUIRE || !fixed_part(nlh, &ua, sizeof(ua)))
		return false;
	if (ua.policy.sel.family != AF_INET || !xsel_decode(&ua.policy.sel, &out->policy))
		return false;
	/* The packet's own selector, as the larval SA got it; all zero when the kernel has none. */
	if (!xsel_decode(&ua.sel, &out->packet))
		memset(&out->packet, 0, sizeof(out->packet));
	out->tmpl_src = ntohl(ua.saddr.a4);
	out->tmpl_dst = ntohl(ua.id.daddr.a4);
	mnl_attr_for_each(a, nlh, sizeof(ua)) {
		if (mnl_attr_get_type(a) != XFRMA_TMPL || mnl_attr_get_payload_len(a) < sizeof(tmpl) || found)
			continue;
		attr_copy(a, &tmpl, sizeof(tmpl));
		out->reqid = tmpl.reqid;
		found = true;
	}
	return found;
}

bool
sa_decode(const struct nlmsghdr *nlh, struct nl_sa *out)
{
	struct xfrm_usersa_info u;
	const struct nlattr *a;

	memset(out, 0, sizeof(*out));
	if (nlh->nlmsg_type != XFRM_MSG_NEWSA || !fixed_part(nlh, &u, sizeof(u)))
		return false;
	if (u.family != AF_INET || u.id.spi == 0)
		return false;
	out->spi = ntohl(u.id.spi);
	out->proto = u.id.proto;
	out->src = ntohl(u.saddr.a4);
	out->dst = ntohl(u.id.daddr.a4);
	out->reqid = u.reqid;
	out->mode = u.mode == XFRM_MODE_TUNNEL ? IPSEC_TUNNEL : IPSEC_TRANSPORT;
	out->bytes = u.curlft.bytes;
	out->packets = u.curlft.packets;
	out->window = u.replay_window;
	out->out_of_window = u.stats.replay_window;
	out->replayed = u.stats.replay;
	out->integrity_failed = u.stats.integrity_failed;
	mnl_attr_for_each(a, nlh, sizeof(u)) {
		struct xfrm_replay_state r;
		struct xfrm_replay_state_esn e;

		switch (mnl_attr_get_type(a)) {
		case XFRMA_ENCAP:
			out->encap = true;
			break;
		case XFRMA_REPLAY_VAL:
			attr_copy(a, &r, sizeof(r));
			out->seq_in = r.seq;
			out->seq_out = r.oseq;
			break;
		case XFRMA_REPLAY_ESN_VAL:
			attr_copy(a, &e, sizeof(e));
			out->seq_in = (uint64_t)e.seq_hi << 32 | e.seq;
			out->seq_out = (uint64_t)e.oseq_hi << 32 | e.oseq;
			out->window = e.replay_window;
			break;
		}
	}
	return true;
}

static void
stats_decode(const struct nlattr *a, struct nl_link *out)
{
	struct rtnl_link_stats64 s;

	attr_copy(a, &s, sizeof(s));
	out->rx_packets = s.rx_packets;
	out->tx_packets = s.tx_packets;
	out->rx_bytes = s.rx_bytes;
	out->tx_bytes = s.tx_bytes;
	out->rx_errors = s.rx_errors;
	out->tx_errors = s.tx_errors;
	out->rx_dropped = s.rx_dropped;
	out->tx_dropped = s.tx_dropped;
	out->multicast = s.multicast;
	out->rx_crc_errors = s.rx_crc_errors;
	out->rx_frame_errors = s.rx_frame_errors;
	out->rx_over_errors = s.rx_over_errors;
	out->collisions = s.collisions;
}

bool
link_decode(const struct nlmsghdr *nlh, struct nl_link *out)
{
	struct ifinfomsg ifi;
	const struct nlattr *a, *b;
	bool has_carrier = false;

	memset(out, 0, sizeof(*out));
	if ((nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK) ||
	    !fixed_part(nlh, &ifi, sizeof(ifi)))
		return false;
	if (ifi.ifi_family != AF_UNSPEC || ifi.ifi_index <= 0)
		return false;	/* AF_BRIDGE: about a bridge's port, not about a device */
	out->ifindex = ifi.ifi_index;
	out->admin_up = (ifi.ifi_flags & IFF_UP) != 0;
	out->loopback = (ifi.ifi_flags & IFF_LOOPBACK) != 0;
	mnl_attr_for_each(a, nlh, sizeof(ifi)) {
		switch (mnl_attr_get_type(a)) {
		case IFLA_IFNAME:
			attr_string(a, out->dev, sizeof(out->dev));
			break;
		case IFLA_IFALIAS:
			attr_string(a, out->alias, sizeof(out->alias));
			break;
		case IFLA_MTU:
			out->mtu = attr_u32(a);
			break;
		case IFLA_OPERSTATE:
			attr_copy(a, &out->oper, 1);
			break;
		case IFLA_CARRIER:
			has_carrier = true;
			attr_copy(a, &out->carrier, 1);
			break;
		case IFLA_ADDRESS:
			if (mnl_attr_get_payload_len(a) == sizeof(out->hwaddr)) {
				attr_copy(a, out->hwaddr, sizeof(out->hwaddr));
				out->hwlen = sizeof(out->hwaddr);
			}
			break;
		case IFLA_STATS64:
			stats_decode(a, out);
			break;
		case IFLA_LINKINFO:
			mnl_attr_for_each_nested(b, a)
				if (mnl_attr_get_type(b) == IFLA_INFO_KIND)
					attr_string(b, out->kind, sizeof(out->kind));
			break;
		}
	}
	if (!has_carrier)
		out->carrier = (ifi.ifi_flags & IFF_RUNNING) != 0;
	return out->dev[0] != '\0';
}

bool
address_decode(const struct nlmsghdr *nlh, struct nl_address *out)
{
	struct ifaddrmsg ifa;
	const struct nlattr *a;
	bool local = false, found = false;

	memset(out, 0, sizeof(*out));
	if ((nlh->nlmsg_type != RTM_NEWADDR && nlh->nlmsg_type != RTM_DELADDR) ||
	    !fixed_part(nlh, &ifa, sizeof(ifa)))
		return false;
	if (ifa.ifa_family != AF_INET || ifa.ifa_prefixlen > 32)
		return false;
	out->ifindex = (int)ifa.ifa_index;
	out->len = ifa.ifa_prefixlen;
	out->scope = ifa.ifa_scope;
	out->secondary = (ifa.ifa_flags & IFA_F_SECONDARY) != 0;
	mnl_attr_for_each(a, nlh, sizeof(ifa)) {
		/* IFA_ADDRESS is the peer's on a point-to-point device; IFA_LOCAL is always ours. */
		if (mnl_attr_get_type(a) == IFA_LOCAL || (mnl_attr_get_type(a) == IFA_ADDRESS && !local)) {
			out->addr = ntohl(attr_u32(a));
			local |= mnl_attr_get_type(a) == IFA_LOCAL;
			found = true;
		}
	}
	return found;
}

bool
neighbour_decode(const struct nlmsghdr *nlh, struct nl_neighbour *out)
{
	struct ndmsg nd;
	struct nda_cacheinfo ci;
	const struct nlattr *a;
	bool found = false;

	memset(out, 0, sizeof(*out));
	if (nlh->nlmsg_type != RTM_NEWNEIGH || !fixed_part(nlh, &nd, sizeof(nd)) || nd.ndm_family != AF_INET)
		return false;
	out->ifindex = nd.ndm_ifindex;
	out->state = nd.ndm_state;
	mnl_attr_for_each(a, nlh, sizeof(nd)) {
		uint16_t len = mnl_attr_get_payload_len(a);

		if (mnl_attr_get_type(a) == NDA_DST && len >= sizeof(uint32_t)) {
			out->addr = ntohl(attr_u32(a));
			found = true;
		} else if (mnl_attr_get_type(a) == NDA_LLADDR && len == sizeof(out->hwaddr)) {
			memcpy(out->hwaddr, mnl_attr_get_payload(a), sizeof(out->hwaddr));
			out->hwlen = sizeof(out->hwaddr);
		} else if (mnl_attr_get_type(a) == NDA_CACHEINFO && len >= sizeof(ci)) {
			memcpy(&ci, mnl_attr_get_payload(a), sizeof(ci));
			out->age = ci.ndm_confirmed / 100;	/* in 1/100 s (USER_HZ) */
		}
	}
	return found;
}
