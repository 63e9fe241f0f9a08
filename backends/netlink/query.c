/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions about the kernel's present state, for show commands; see netlink.h. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "backends/netlink/internal.h"

/* A dump request with `extra` bytes of header, zero but for the family. */
static int
ask(struct nl_sock *k, uint16_t type, size_t extra, struct buf *out)
{
	char mem[NL_MSG_MAX];
	struct nlmsghdr *req = mnl_nlmsg_put_header(mem);
	void *p = mnl_nlmsg_put_extra_header(req, extra);

	req->nlmsg_type = type;
	req->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (type == RTM_GETADDR)
		((struct ifaddrmsg *)p)->ifa_family = AF_INET;
	else if (type == RTM_GETNEIGH)
		((struct ndmsg *)p)->ndm_family = AF_INET;
	return nl_query(k, req, out);
}

void
dev_ask_index(struct netlink *nl, struct dev *d)
{
	char mem[128];
	struct nlmsghdr *req = mnl_nlmsg_put_header(mem);
	const struct nlmsghdr *nlh;
	struct buf answer = {0};
	int len, ifindex = 0;

	mnl_nlmsg_put_extra_header(req, sizeof(struct ifinfomsg));
	req->nlmsg_type = RTM_GETLINK;
	req->nlmsg_flags = NLM_F_REQUEST;
	mnl_attr_put_strz(req, IFLA_IFNAME, d->name);
	if (nl_query(&nl->rt, req, &answer) == 0)
		NL_EACH(nlh, len, &answer)
			if (nlh->nlmsg_type == RTM_NEWLINK && mnl_nlmsg_get_payload_len(nlh) >= sizeof(struct ifinfomsg))
				ifindex = ((const struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index;
	dev_set_index(nl, d, ifindex);
	buf_free(&answer);
}

int
netlink_each_link(struct netlink *nl, void (*each)(void *arg, const struct nl_link *l), void *arg)
{
	const struct nlmsghdr *nlh;
	struct buf all = {0};
	struct nl_link l;
	int len, err = ask(&nl->rt, RTM_GETLINK, sizeof(struct ifinfomsg), &all);

	if (err == 0)
		NL_EACH(nlh, len, &all)
			if (link_decode(nlh, &l))
				each(arg, &l);
	buf_free(&all);
	return err;
}

int
netlink_each_address(struct netlink *nl, void (*each)(void *arg, const struct nl_address *a), void *arg)
{
	const struct nlmsghdr *nlh;
	struct buf all = {0};
	struct nl_address a;
	int len, err = ask(&nl->rt, RTM_GETADDR, sizeof(struct ifaddrmsg), &all);

	if (err == 0)
		NL_EACH(nlh, len, &all)
			if (address_decode(nlh, &a))
				each(arg, &a);
	buf_free(&all);
	return err;
}

int
netlink_each_neighbour(struct netlink *nl, void (*each)(void *arg, const struct nl_neighbour *n), void *arg)
{
	const struct nlmsghdr *nlh;
	struct buf all = {0};
	struct nl_neighbour n;
	int len, err = ask(&nl->rt, RTM_GETNEIGH, sizeof(struct ndmsg), &all);

	if (err == 0)
		NL_EACH(nlh, len, &all)
			if (neighbour_decode(nlh, &n) && !(n.state & NUD_NOARP))
				each(arg, &n);
	buf_free(&all);
	return err;
}

int
netlink_each_sa(struct netlink *nl, void (*each)(void *arg, const struct nl_sa *sa), void *arg)
{
	const struct nlmsghdr *nlh;
	struct buf all = {0};
	struct nl_sa sa;
	/* No header: the kernel would take attributes right after the message header as filters. */
	int len, err = ask(&nl->xfrm, XFRM_MSG_GETSA, 0, &all);

	if (err == 0)
		NL_EACH(nlh, len, &all)
			if (sa_decode(nlh, &sa))
				each(arg, &sa);
	buf_free(&all);
	return err;
}

/* Name and MTU of one device, without a dump of all. */
static int
one_link(struct netlink *nl, struct nl_path *out)
{
	char mem[128];
	struct nlmsghdr *req = mnl_nlmsg_put_header(mem);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(req, sizeof(*ifi));
	struct buf all = {0};
	struct nl_link l;
	int err;

	req->nlmsg_type = RTM_GETLINK;
	req->nlmsg_flags = NLM_F_REQUEST;
	ifi->ifi_index = out->ifindex;
	err = nl_query(&nl->rt, req, &all);
	if (err == 0 && mnl_nlmsg_ok((const void *)all.d, (int)all.n) && link_decode((const void *)all.d, &l)) {
		memcpy(out->dev, l.dev, sizeof(out->dev));
		if (out->mtu == 0)
			out->mtu = l.mtu;
	}
	buf_free(&all);
	return err;
}

int
netlink_route_get(struct netlink *nl, uint32_t dst, struct nl_path *out)
{
	char mem[128];
	struct nlmsghdr *req = mnl_nlmsg_put_header(mem);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(req, sizeof(*rtm));
	const struct nlattr *a, *m;
	const struct nlmsghdr *nlh;
	struct buf all = {0};
	int err;

	memset(out, 0, sizeof(*out));
	req->nlmsg_type = RTM_GETROUTE;
	req->nlmsg_flags = NLM_F_REQUEST;
	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = 32;
	mnl_attr_put_u32(req, RTA_DST, htonl(dst));
	err = nl_query(&nl->rt, req, &all);
	nlh = (const void *)all.d;
	if (err == 0 && (!mnl_nlmsg_ok(nlh, (int)all.n) || nlh->nlmsg_type != RTM_NEWROUTE ||
	    nlh->nlmsg_len < NLMSG_HDRLEN + sizeof(*rtm)))
		err = -EBADMSG;
	if (err)
		goto out;
	rtm = mnl_nlmsg_get_payload(nlh);
	if (rtm->rtm_type == RTN_BLACKHOLE || rtm->rtm_type == RTN_UNREACHABLE || rtm->rtm_type == RTN_PROHIBIT)
		err = -EHOSTUNREACH;
	mnl_attr_for_each(a, nlh, sizeof(*rtm)) {
		uint16_t type = mnl_attr_get_type(a);

		if (type == RTA_METRICS) {
			mnl_attr_for_each_nested(m, a)
				if (mnl_attr_get_type(m) == RTAX_MTU && mnl_attr_validate(m, MNL_TYPE_U32) >= 0)
					out->mtu = mnl_attr_get_u32(m);
			continue;
		}
		if ((type != RTA_OIF && type != RTA_PREFSRC && type != RTA_GATEWAY) ||
		    mnl_attr_validate(a, MNL_TYPE_U32) < 0)
			continue;
		if (type == RTA_OIF)
			out->ifindex = (int)mnl_attr_get_u32(a);
		else if (type == RTA_PREFSRC)
			out->src = ntohl(mnl_attr_get_u32(a));
		else
			out->gateway = ntohl(mnl_attr_get_u32(a));
	}
	if (err == 0 && out->ifindex)
		err = one_link(nl, out);
out:
	buf_free(&all);
	return err;
}

int
netlink_flush_sas(struct netlink *nl)
{
	struct nl_status st = {0};
	struct nl_batch b;
	void *p;
	int err;

	if (nl->xfrm.s == NULL)
		return -ENOTCONN;
	nl_batch_init(&b, &nl->xfrm);
	nl_batch_msg(&b, XFRM_MSG_FLUSHSA, 0, sizeof(struct xfrm_usersa_flush), &p, &st);
	((struct xfrm_usersa_flush *)p)->proto = 255;	/* IPSEC_PROTO_ANY */
	nl_batch_end(&b);
	err = st.err == -ESRCH ? 0 : st.err;
	nl_status_clear(&st);
	return err;
}
