// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink: addresses are added, removed, listed and announced in the way of
 * every other family.
 */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include "device.h"

static const struct nla_policy weft_ifaddr_policy[IFA_MAX + 1] = {
	[IFA_ADDRESS]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[IFA_LOCAL]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[IFA_FLAGS]	= { .type = NLA_U32 },
	[IFA_PROTO]	= { .type = NLA_U8 },
};

static int weft_ifaddr_scope(const struct weft_ifaddr *ifa)
{
	if (weft_addr_loopback(&ifa->addr))
		return RT_SCOPE_HOST;
	return weft_addr_linklocal(&ifa->addr) ? RT_SCOPE_LINK :
						 RT_SCOPE_UNIVERSE;
}

/* Hundredths of a second since boot, as struct ifa_cacheinfo has it. */
static u32 weft_cstamp(unsigned long when)
{
	return (when - INITIAL_JIFFIES) * 100UL / HZ;
}

static int weft_ifaddr_fill(struct sk_buff *skb, const struct weft_ifaddr *ifa,
			    int event, u32 portid, u32 seq, int flags)
{
	struct ifa_cacheinfo info = {
		.ifa_prefered = U32_MAX,
		.ifa_valid = U32_MAX,
		.cstamp = weft_cstamp(ifa->created),
		.tstamp = weft_cstamp(ifa->created),
	};
	struct ifaddrmsg *ifm;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, portid, seq, event, sizeof(*ifm), flags);
	if (!nlh)
		return -EMSGSIZE;
	ifm = nlmsg_data(nlh);
	ifm->ifa_family = weft_family;
	ifm->ifa_prefixlen = ifa->prefix_len;
	ifm->ifa_flags = ifa->flags;
	ifm->ifa_scope = weft_ifaddr_scope(ifa);
	ifm->ifa_index = ifa->wdev->dev->ifindex;

	if (nla_put(skb, IFA_LOCAL, sizeof(ifa->addr), &ifa->addr) ||
	    nla_put(skb, IFA_ADDRESS, sizeof(ifa->addr), &ifa->addr) ||
	    nla_put_u32(skb, IFA_FLAGS, ifa->flags) ||
	    nla_put_u8(skb, IFA_PROTO, ifa->proto) ||
	    nla_put(skb, IFA_CACHEINFO, sizeof(info), &info)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

static size_t weft_ifaddr_msgsize(void)
{
	return NLMSG_ALIGN(sizeof(struct ifaddrmsg)) +
	       2 * nla_total_size(sizeof(struct weft_addr)) +
	       nla_total_size(sizeof(u32)) + nla_total_size(sizeof(u8)) +
	       nla_total_size(sizeof(struct ifa_cacheinfo));
}

/**
 * weft_netlink_notify() - tell listeners that an address came or went
 * @event: RTM_NEWADDR or RTM_DELADDR
 * @ifa: the address
 * @portid: who asked for the change, 0 for the kernel
 * @nlh: their request, NULL if there was none
 *
 * Context: RTNL.
 */
void weft_netlink_notify(int event, const struct weft_ifaddr *ifa, u32 portid,
			 const struct nlmsghdr *nlh)
{
	struct net *net = dev_net(ifa->wdev->dev);
	struct sk_buff *skb;
	int err = -ENOBUFS;

	skb = nlmsg_new(weft_ifaddr_msgsize(), GFP_KERNEL);
	if (!skb)
		goto failed;
	err = weft_ifaddr_fill(skb, ifa, event, portid,
			       nlh ? nlh->nlmsg_seq : 0, 0);
	if (err < 0) {
		WARN_ON_ONCE(err == -EMSGSIZE);
		kfree_skb(skb);
		goto failed;
	}
	rtnl_notify(skb, net, portid, WEFT_RTNLGRP_IFADDR, nlh, GFP_KERNEL);
	return;
failed:
	rtnl_set_sk_err(net, WEFT_RTNLGRP_IFADDR, err);
}

/**
 * struct weft_ifaddr_req - what RTM_NEWADDR and RTM_DELADDR ask for
 * @wdev: device
 * @like: address, prefix length and origin
 * @found: the device's own one of that address, NULL if it has none
 */
struct weft_ifaddr_req {
	struct weft_dev *wdev;
	struct weft_ifaddr like;
	struct weft_ifaddr *found;
};

/* IFA_LOCAL is the address; a lone IFA_ADDRESS means the same. */
static int weft_ifaddr_req_addr(struct weft_addr *addr, struct nlattr **tb,
				struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[IFA_LOCAL] ?: tb[IFA_ADDRESS];

	if (!attr) {
		NL_SET_ERR_MSG(extack, "weft: address is missing");
		return -EINVAL;
	}
	if (tb[IFA_LOCAL] && tb[IFA_ADDRESS] &&
	    nla_memcmp(tb[IFA_LOCAL], nla_data(tb[IFA_ADDRESS]),
		       sizeof(*addr))) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFA_ADDRESS],
				    "weft: peer addresses are not supported");
		return -EINVAL;
	}
	nla_memcpy(addr, attr, sizeof(*addr));
	return 0;
}

static int weft_ifaddr_req_parse(struct net *net, struct weft_ifaddr_req *req,
				 const struct nlmsghdr *nlh,
				 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IFA_MAX + 1];
	struct ifaddrmsg *ifm;
	int err;

	err = nlmsg_parse(nlh, sizeof(*ifm), tb, IFA_MAX, weft_ifaddr_policy,
			  extack);
	if (err < 0)
		return err;
	ifm = nlmsg_data(nlh);
	memset(req, 0, sizeof(*req));
	err = weft_ifaddr_req_addr(&req->like.addr, tb, extack);
	if (err)
		return err;
	if (ifm->ifa_prefixlen > 8 * sizeof(struct weft_addr)) {
		NL_SET_ERR_MSG(extack, "weft: prefix length exceeds 64");
		return -EINVAL;
	}
	req->wdev = weft_dev_get(net, ifm->ifa_index);
	if (!req->wdev) {
		NL_SET_ERR_MSG(extack,
			       "weft: no such device, or it cannot carry Weft");
		return -ENODEV;
	}
	req->like.prefix_len = ifm->ifa_prefixlen;
	req->like.flags = IFA_F_PERMANENT;
	if (tb[IFA_PROTO])
		req->like.proto = nla_get_u8(tb[IFA_PROTO]);
	req->found = weft_ifaddr_find(req->wdev, &req->like.addr);
	return 0;
}

/* Addresses that nobody may add by hand (doc/protocol.md, "Addresses"). */
static int weft_ifaddr_assignable(const struct weft_addr *addr,
				  struct netlink_ext_ack *extack)
{
	if (weft_addr_any(addr) || weft_addr_group(addr)) {
		NL_SET_ERR_MSG(extack, "weft: not an address of one node");
		return -EADDRNOTAVAIL;
	}
	if (weft_addr_loopback(addr) || weft_addr_linklocal(addr)) {
		NL_SET_ERR_MSG(extack,
			       "weft: loopback and link-local addresses are made by the kernel");
		return -EINVAL;
	}
	return 0;
}

static int weft_rtm_newaddr(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	struct weft_ifaddr_req req;
	struct weft_ifaddr *ifa;
	int err;

	err = weft_ifaddr_req_parse(sock_net(skb->sk), &req, nlh, extack);
	if (err)
		return err;
	err = weft_ifaddr_assignable(&req.like.addr, extack);
	if (err)
		return err;
	if (req.found && nlh->nlmsg_flags & NLM_F_REPLACE &&
	    req.found->prefix_len == req.like.prefix_len)
		return 0;
	err = weft_ifaddr_add(req.wdev, &req.like, &ifa);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack, "weft: the device has this address");
	if (err)
		return err;
	weft_netlink_notify(RTM_NEWADDR, ifa, NETLINK_CB(skb).portid, nlh);
	return 0;
}

static int weft_rtm_deladdr(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	struct weft_ifaddr_req req;
	int err;

	err = weft_ifaddr_req_parse(sock_net(skb->sk), &req, nlh, extack);
	if (err)
		return err;
	if (req.found && req.found == rtnl_dereference(req.wdev->linklocal)) {
		NL_SET_ERR_MSG(extack,
			       "weft: loopback and link-local addresses are made by the kernel");
		return -EPERM;
	}
	if (!req.found || req.found->prefix_len != req.like.prefix_len) {
		NL_SET_ERR_MSG(extack, "weft: the device has no such address");
		return -EADDRNOTAVAIL;
	}
	weft_netlink_notify(RTM_DELADDR, req.found, NETLINK_CB(skb).portid, nlh);
	weft_ifaddr_del(req.found);
	return 0;
}

/* With strict checking a dump may name one device and nothing else. */
static int weft_dump_ifindex(const struct nlmsghdr *nlh, int *ifindex,
			     struct netlink_ext_ack *extack)
{
	const struct ifaddrmsg *ifm;

	if (nlh->nlmsg_len < nlmsg_msg_size(sizeof(*ifm))) {
		NL_SET_ERR_MSG(extack, "weft: address dump header is too short");
		return -EINVAL;
	}
	ifm = nlmsg_data(nlh);
	if (ifm->ifa_prefixlen || ifm->ifa_flags || ifm->ifa_scope) {
		NL_SET_ERR_MSG(extack, "weft: address dump header has values");
		return -EINVAL;
	}
	if (nlmsg_attrlen(nlh, sizeof(*ifm))) {
		NL_SET_ERR_MSG(extack, "weft: address dump takes no attributes");
		return -EINVAL;
	}
	*ifindex = ifm->ifa_index;
	return 0;
}

/* cb->args: interface index to go on from, addresses of it already told. */
static int weft_dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct weft_dev *wdev)
{
	struct weft_ifaddr *ifa;
	long n = 0;
	int err;

	list_for_each_entry(ifa, &wdev->addrs, link) {
		if (n++ < cb->args[1])
			continue;
		err = weft_ifaddr_fill(skb, ifa, RTM_NEWADDR,
				       NETLINK_CB(cb->skb).portid,
				       cb->nlh->nlmsg_seq, NLM_F_MULTI);
		if (err)
			return err;
		cb->args[1] = n;
	}
	cb->args[1] = 0;
	return 0;
}

/* The only device that a dump is about, 0 for all; 0, or a negative errno. */
static int weft_dump_request(struct net *net, const struct netlink_callback *cb,
			     struct netlink_ext_ack *extack, int *only)
{
	int err;

	*only = 0;
	if (cb->strict_check) {
		err = weft_dump_ifindex(cb->nlh, only, extack);
		if (err)
			return err;
	}
	if (*only && !weft_dev_get(net, *only)) {
		NL_SET_ERR_MSG(extack,
			       "weft: no such device, or it cannot carry Weft");
		return -ENODEV;
	}
	return 0;
}

static int weft_rtm_getaddr(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct rtgenmsg *gen = nlmsg_data(cb->nlh);
	struct net *net = sock_net(skb->sk);
	bool ours = gen->rtgen_family == weft_family;
	struct weft_dev *wdev;
	unsigned long index;
	int only, err;

	/* What others answer in a dump of all families is no error. */
	err = weft_dump_request(net, cb, ours ? cb->extack : NULL, &only);
	if (err)
		return ours ? err : skb->len;
	xa_for_each_start(&weft_net(net)->devs, index, wdev, cb->args[0]) {
		if (only && index != only)
			continue;
		if (index != cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = index;
		if (weft_dump_dev(skb, cb, wdev))
			return skb->len;
		cb->args[0] = index + 1;
	}
	return skb->len;
}

static struct rtnl_msg_handler weft_rtnl_handlers[] = {
	{ .owner = THIS_MODULE, .msgtype = RTM_NEWADDR,
	  .doit = weft_rtm_newaddr },
	{ .owner = THIS_MODULE, .msgtype = RTM_DELADDR,
	  .doit = weft_rtm_deladdr },
	{ .owner = THIS_MODULE, .msgtype = RTM_GETADDR,
	  .dumpit = weft_rtm_getaddr },
};

int weft_netlink_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(weft_rtnl_handlers); i++)
		weft_rtnl_handlers[i].protocol = weft_family;
	return rtnl_register_many(weft_rtnl_handlers);
}

void weft_netlink_exit(void)
{
	rtnl_unregister_many(weft_rtnl_handlers);
}
