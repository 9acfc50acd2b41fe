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
#include "dad.h"
#include "device.h"
#include "extack.h"
#include "ifaddr.h"

static const struct nla_policy weft_ifaddr_policy[IFA_MAX + 1] = {
	[IFA_ADDRESS]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[IFA_LOCAL]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[IFA_FLAGS]	= { .type = NLA_U32 },
	[IFA_PROTO]	= { .type = NLA_U8 },
	[IFA_CACHEINFO]	= NLA_POLICY_EXACT_LEN(sizeof(struct ifa_cacheinfo)),
	[IFA_RT_PRIORITY] = { .type = NLA_U32 },
};

static int weft_ifaddr_scope(const struct weft_ifaddr *ifa)
{
	if (weft_addr_node_only(&ifa->addr))
		return RT_SCOPE_HOST;
	return weft_addr_linklocal(&ifa->addr) ? RT_SCOPE_LINK :
						 RT_SCOPE_UNIVERSE;
}

/* Hundredths of a second since boot, as struct ifa_cacheinfo has it. */
static u32 weft_cstamp(u64 when)
{
	return (when - INITIAL_JIFFIES) * 100 / HZ;
}

static int weft_ifaddr_fill(struct sk_buff *skb, const struct weft_ifaddr *ifa,
			    int event, u32 portid, u32 seq, int flags)
{
	struct ifa_cacheinfo info = {
		.ifa_prefered = weft_ifaddr_left(ifa, ifa->preferred),
		.ifa_valid = weft_ifaddr_left(ifa, ifa->valid),
		.cstamp = weft_cstamp(ifa->created),
		.tstamp = weft_cstamp(ifa->updated),
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
	    (ifa->metric && nla_put_u32(skb, IFA_RT_PRIORITY, ifa->metric)) ||
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
	       2 * nla_total_size(sizeof(u32)) + nla_total_size(sizeof(u8)) +
	       nla_total_size(sizeof(struct ifa_cacheinfo));
}

/**
 * weft_ifaddr_notify() - tell listeners that an address came or went
 * @event: RTM_NEWADDR or RTM_DELADDR
 * @ifa: the address
 * @portid: who asked for the change, 0 for the kernel
 * @nlh: their request, NULL if there was none
 *
 * Context: RTNL.
 */
void weft_ifaddr_notify(int event, const struct weft_ifaddr *ifa, u32 portid,
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

	if (!attr)
		return weft_refuse(extack, "address is missing", -EINVAL);
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

static int weft_ifaddr_req_lifetimes(struct weft_ifaddr *like,
				     const struct nlattr *attr,
				     struct netlink_ext_ack *extack)
{
	struct ifa_cacheinfo info = {
		.ifa_valid = WEFT_FOREVER,
		.ifa_prefered = WEFT_FOREVER,
	};

	if (attr)
		nla_memcpy(&info, attr, sizeof(info));
	if (!info.ifa_valid)
		return weft_refuse(extack, "valid lifetime is 0", -EINVAL);
	if (info.ifa_prefered > info.ifa_valid)
		return weft_refuse(extack, "preferred lifetime exceeds the valid one",
				   -EINVAL);
	like->valid = info.ifa_valid;
	like->preferred = info.ifa_prefered;
	if (like->valid == WEFT_FOREVER)
		like->flags |= IFA_F_PERMANENT;
	if (!like->preferred)
		like->flags |= IFA_F_DEPRECATED;
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
	if (ifm->ifa_prefixlen > 8 * sizeof(struct weft_addr))
		return weft_refuse(extack, "prefix length exceeds 64", -EINVAL);
	req->wdev = weft_dev_get(net, ifm->ifa_index);
	if (!req->wdev)
		return weft_refuse(extack,
				   "no such device, or it cannot carry Weft",
				   -ENODEV);
	req->like.prefix_len = ifm->ifa_prefixlen;
	if (tb[IFA_PROTO])
		req->like.proto = nla_get_u8(tb[IFA_PROTO]);
	if (tb[IFA_RT_PRIORITY])
		req->like.metric = nla_get_u32(tb[IFA_RT_PRIORITY]);
	err = weft_ifaddr_req_lifetimes(&req->like, tb[IFA_CACHEINFO], extack);
	if (err)
		return err;
	req->like.flags |= (tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) :
					    ifm->ifa_flags) &
			   (IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
	req->found = weft_ifaddr_find(req->wdev, &req->like.addr);
	return 0;
}

/* Addresses that nobody may add by hand (doc/protocol.md, "Addresses"). */
static int weft_ifaddr_assignable(const struct weft_addr *addr,
				  struct netlink_ext_ack *extack)
{
	if (weft_addr_any(addr) || weft_addr_group(addr))
		return weft_refuse(extack, "not an address of one node",
				   -EADDRNOTAVAIL);
	if (weft_addr_loopback(addr) || weft_addr_linklocal(addr))
		return weft_refuse(extack,
				   "loopback and link-local addresses are made by the kernel",
				   -EINVAL);
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
	    req.found->prefix_len == req.like.prefix_len) {
		weft_ifaddr_change(req.found, &req.like);
		weft_ifaddr_notify(RTM_NEWADDR, req.found,
				   NETLINK_CB(skb).portid, nlh);
		return 0;
	}
	if (!req.found && !(nlh->nlmsg_flags & NLM_F_CREATE) &&
	    nlh->nlmsg_flags & NLM_F_REPLACE)
		return weft_refuse(extack, "the device has no such address",
				   -ENOENT);
	err = weft_ifaddr_add(req.wdev, &req.like, &ifa);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_MOD(extack, "the device has this address");
	if (err)
		return err;
	weft_dad_start(ifa);
	weft_ifaddr_notify(RTM_NEWADDR, ifa, NETLINK_CB(skb).portid, nlh);
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
	if (req.found && req.found == rtnl_dereference(req.wdev->linklocal))
		return weft_refuse(extack,
				   "loopback and link-local addresses are made by the kernel",
				   -EPERM);
	if (!req.found || req.found->prefix_len != req.like.prefix_len)
		return weft_refuse(extack, "the device has no such address",
				   -EADDRNOTAVAIL);
	weft_ifaddr_notify(RTM_DELADDR, req.found, NETLINK_CB(skb).portid, nlh);
	weft_ifaddr_del(req.found);
	return 0;
}

/* With strict checking a dump may name one device and nothing else. */
static int weft_dump_ifindex(const struct nlmsghdr *nlh, int *ifindex,
			     struct netlink_ext_ack *extack)
{
	const struct ifaddrmsg *ifm;

	if (nlh->nlmsg_len < nlmsg_msg_size(sizeof(*ifm)))
		return weft_refuse(extack, "address dump header is too short",
				   -EINVAL);
	ifm = nlmsg_data(nlh);
	if (ifm->ifa_prefixlen || ifm->ifa_flags || ifm->ifa_scope)
		return weft_refuse(extack, "address dump header has values",
				   -EINVAL);
	if (nlmsg_attrlen(nlh, sizeof(*ifm)))
		return weft_refuse(extack, "address dump takes no attributes",
				   -EINVAL);
	*ifindex = ifm->ifa_index;
	return 0;
}

/* A dump of Weft's alone; else of all families. */
static bool weft_dump_is_ours(const struct netlink_callback *cb)
{
	const struct rtgenmsg *gen = nlmsg_data(cb->nlh);

	return gen->rtgen_family == weft_family;
}

/*
 * cb->args: interface index to go on from, addresses of it already told.
 *
 * Who asks for all families is not told of the address that cannot be removed: `ip addr
 * flush` removes whatever it is told of until there is nothing left.
 */
static int weft_dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct weft_dev *wdev)
{
	struct weft_ifaddr *ifa;
	long n = 0;
	int err;

	list_for_each_entry(ifa, &wdev->addrs, link) {
		if (n++ < cb->args[1])
			continue;
		if (ifa == rtnl_dereference(wdev->linklocal) &&
		    !weft_dump_is_ours(cb))
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

/**
 * weft_dump_request() - read what a dump of something of devices is about
 * @net: namespace
 * @cb: the dump
 * @extack: told why, may be NULL
 * @only: interface index of the only device, 0 for all
 *
 * Return: 0, -EINVAL or -ENODEV.
 */
int weft_dump_request(struct net *net, const struct netlink_callback *cb,
		      struct netlink_ext_ack *extack, int *only)
{
	int err;

	*only = 0;
	if (cb->strict_check) {
		err = weft_dump_ifindex(cb->nlh, only, extack);
		if (err)
			return err;
	}
	if (*only && !weft_dev_get(net, *only))
		return weft_refuse(extack,
				   "no such device, or it cannot carry Weft",
				   -ENODEV);
	return 0;
}

/**
 * weft_dump_devs() - tell what all devices have
 * @skb: the answer
 * @cb: the dump; args[0] is the interface index to go on from, args[1] is for @tell and
 *	0 for a new device
 * @tell: tells what a device has; a negative errno if there is no room for more
 *
 * A strict request may name one device. Context: RTNL.
 *
 * Return: bytes of the answer, or a negative errno.
 */
int weft_dump_devs(struct sk_buff *skb, struct netlink_callback *cb,
		   int (*tell)(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct weft_dev *wdev))
{
	struct net *net = sock_net(skb->sk);
	bool ours = weft_dump_is_ours(cb);
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
		if (tell(skb, cb, wdev))
			return skb->len;
		cb->args[0] = index + 1;
	}
	return skb->len;
}

static int weft_rtm_getaddr(struct sk_buff *skb, struct netlink_callback *cb)
{
	return weft_dump_devs(skb, cb, weft_dump_dev);
}

static struct rtnl_msg_handler weft_rtnl_handlers[] = {
	{ .owner = THIS_MODULE, .msgtype = RTM_NEWADDR,
	  .doit = weft_rtm_newaddr },
	{ .owner = THIS_MODULE, .msgtype = RTM_DELADDR,
	  .doit = weft_rtm_deladdr },
	{ .owner = THIS_MODULE, .msgtype = RTM_GETADDR,
	  .dumpit = weft_rtm_getaddr },
};

int weft_ifaddr_netlink_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(weft_rtnl_handlers); i++)
		weft_rtnl_handlers[i].protocol = weft_family;
	return rtnl_register_many(weft_rtnl_handlers);
}

void weft_ifaddr_netlink_exit(void)
{
	rtnl_unregister_many(weft_rtnl_handlers);
}
