// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink: neighbours are added, changed, removed, listed and announced in the way
 * of every other family.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include "neigh.h"
#include "neigh_proxy.h"

/* --- telling ------------------------------------------------------------------------ */

static int weft_neigh_fill_attrs(struct sk_buff *skb,
				 const struct weft_neigh *neigh, u8 state)
{
	unsigned long now = jiffies;
	struct nda_cacheinfo info = {
		.ndm_confirmed = jiffies_to_clock_t(now - READ_ONCE(neigh->confirmed)),
		.ndm_used = jiffies_to_clock_t(now - READ_ONCE(neigh->used)),
		.ndm_updated = jiffies_to_clock_t(now - READ_ONCE(neigh->updated)),
	};
	u8 protocol = READ_ONCE(neigh->protocol);
	u8 mac[ETH_ALEN];

	weft_neigh_mac(neigh, mac);
	if (nla_put(skb, NDA_DST, sizeof(neigh->key.addr), &neigh->key.addr) ||
	    (state & WEFT_NUD_VALID && nla_put(skb, NDA_LLADDR, ETH_ALEN, mac)) ||
	    (protocol && nla_put_u8(skb, NDA_PROTOCOL, protocol)))
		return -EMSGSIZE;
	if (neigh->key.proxy)
		return 0;
	if (nla_put_u32(skb, NDA_PROBES, READ_ONCE(neigh->probes)) ||
	    nla_put(skb, NDA_CACHEINFO, sizeof(info), &info))
		return -EMSGSIZE;
	return 0;
}

static int weft_neigh_fill(struct sk_buff *skb, const struct weft_neigh *neigh,
			   int event, u32 portid, u32 seq, int flags)
{
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;

	nlh = nlmsg_put(skb, portid, seq, event, sizeof(*ndm), flags);
	if (!nlh)
		return -EMSGSIZE;
	ndm = nlmsg_data(nlh);
	memset(ndm, 0, sizeof(*ndm));
	ndm->ndm_family = weft_family;
	ndm->ndm_ifindex = neigh->key.ifindex;
	/* Pairs with weft_neigh_put_state(): the MAC is no older than the state. */
	ndm->ndm_state = smp_load_acquire(&neigh->state);
	ndm->ndm_flags = READ_ONCE(neigh->flags);
	ndm->ndm_type = RTN_UNICAST;
	if (weft_neigh_fill_attrs(skb, neigh, ndm->ndm_state)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

static size_t weft_neigh_msgsize(void)
{
	return NLMSG_ALIGN(sizeof(struct ndmsg)) +
	       nla_total_size(sizeof(struct weft_addr)) +
	       nla_total_size(ETH_ALEN) + nla_total_size(sizeof(u8)) +
	       nla_total_size(sizeof(u32)) +
	       nla_total_size(sizeof(struct nda_cacheinfo));
}

/**
 * weft_neigh_notify() - tell listeners of a change
 * @event: RTM_NEWNEIGH or RTM_DELNEIGH
 * @neigh: the neighbour
 *
 * Context: the table's lock.
 */
void weft_neigh_notify(int event, const struct weft_neigh *neigh)
{
	struct net *net = dev_net(neigh->wdev->dev);
	struct sk_buff *skb;
	int err = -ENOBUFS;

	if (!rtnl_has_listeners(net, RTNLGRP_NEIGH))
		return;
	skb = nlmsg_new(weft_neigh_msgsize(), GFP_ATOMIC);
	if (!skb)
		goto failed;
	err = weft_neigh_fill(skb, neigh, event, 0, 0, 0);
	if (err < 0) {
		WARN_ON_ONCE(err == -EMSGSIZE);
		kfree_skb(skb);
		goto failed;
	}
	rtnl_notify(skb, net, 0, RTNLGRP_NEIGH, NULL, GFP_ATOMIC);
	return;

failed:
	rtnl_set_sk_err(net, RTNLGRP_NEIGH, err);
}

/* --- requests ----------------------------------------------------------------------- */

static const struct nla_policy weft_neigh_policy[NDA_MAX + 1] = {
	[NDA_DST]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[NDA_LLADDR]	= NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[NDA_PROTOCOL]	= { .type = NLA_U8 },
};

static const struct nla_policy weft_neigh_dump_policy[NDA_MAX + 1] = {
	[NDA_IFINDEX]	= { .type = NLA_U32 },
};

/**
 * struct weft_neigh_req - a request about one neighbour
 * @wdev: its device
 * @addr: its address
 * @mac: its MAC, NULL if none was given
 * @state: NUD_*
 * @flags: NTF_*
 * @protocol: RTPROT_*, 0 if none was given
 * @mode: NLM_F_*
 */
struct weft_neigh_req {
	struct weft_dev		*wdev;
	struct weft_addr	addr;
	const u8		*mac;
	u16			state;
	u8			flags;
	u8			protocol;
	u16			mode;
};

/* Of other addresses the MAC is known without an entry. */
static int weft_neigh_check_addr(const struct weft_addr *addr,
				 struct netlink_ext_ack *extack)
{
	if (weft_addr_linklocal(addr) || weft_addr_group(addr)) {
		NL_SET_ERR_MSG(extack,
			       "weft: link-local addresses and groups contain their MAC");
		return -EINVAL;
	}
	if (weft_addr_any(addr) || weft_addr_node_only(addr)) {
		NL_SET_ERR_MSG(extack, "weft: not an address of a neighbour");
		return -EINVAL;
	}
	return 0;
}

static int weft_neigh_req_dev(struct net *net, struct weft_neigh_req *req,
			      int ifindex, struct netlink_ext_ack *extack)
{
	if (!ifindex) {
		NL_SET_ERR_MSG(extack, "weft: device is missing");
		return -EINVAL;
	}
	req->wdev = weft_dev_get(net, ifindex);
	if (!req->wdev) {
		NL_SET_ERR_MSG(extack,
			       "weft: no such device, or it cannot carry Weft");
		return -ENODEV;
	}
	if (weft_dev_loopback(req->wdev->dev)) {
		NL_SET_ERR_MSG(extack, "weft: the loopback device has no neighbours");
		return -EINVAL;
	}
	return 0;
}

static int weft_neigh_req_parse(struct net *net, struct weft_neigh_req *req,
				const struct nlmsghdr *nlh,
				struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NDA_MAX + 1];
	const struct ndmsg *ndm;
	int err;

	err = nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, weft_neigh_policy,
			  extack);
	if (err < 0)
		return err;
	ndm = nlmsg_data(nlh);
	memset(req, 0, sizeof(*req));
	if (!tb[NDA_DST]) {
		NL_SET_ERR_MSG(extack, "weft: address is missing");
		return -EINVAL;
	}
	nla_memcpy(&req->addr, tb[NDA_DST], sizeof(req->addr));
	err = weft_neigh_check_addr(&req->addr, extack);
	if (err)
		return err;
	req->state = ndm->ndm_state;
	req->flags = ndm->ndm_flags;
	req->mode = nlh->nlmsg_flags;
	if (tb[NDA_LLADDR])
		req->mac = nla_data(tb[NDA_LLADDR]);
	if (tb[NDA_PROTOCOL])
		req->protocol = nla_get_u8(tb[NDA_PROTOCOL]);
	return weft_neigh_req_dev(net, req, ndm->ndm_ifindex, extack);
}

/* What hands may set. */
static int weft_neigh_req_check(const struct weft_neigh_req *req,
				struct netlink_ext_ack *extack)
{
	if (req->flags & ~(NTF_PROXY | NTF_ROUTER)) {
		NL_SET_ERR_MSG(extack, "weft: unknown flags");
		return -EOPNOTSUPP;
	}
	if (req->mac && !is_valid_ether_addr(req->mac)) {
		NL_SET_ERR_MSG(extack, "weft: not the MAC of one node");
		return -EINVAL;
	}
	if (req->flags & NTF_PROXY) {
		if (!req->mac && !(req->flags & NTF_ROUTER))
			return 0;
		NL_SET_ERR_MSG(extack, "weft: a proxy has neither MAC nor flags");
		return -EINVAL;
	}
	if (!(req->state & WEFT_NUD_VALID) || hweight16(req->state) != 1) {
		NL_SET_ERR_MSG(extack,
			       "weft: state must be permanent, noarp, reachable, stale, delay or probe");
		return -EINVAL;
	}
	return 0;
}

/* The entry of a request, or NULL; @err is 0 if the mode allows what is asked. */
static struct weft_neigh *weft_neigh_req_find(const struct weft_neigh_req *req,
					      int *err,
					      struct netlink_ext_ack *extack)
{
	struct net_device *dev = req->wdev->dev;
	struct weft_neigh *neigh;

	neigh = weft_neigh_find(dev_net(dev), dev->ifindex, &req->addr,
				req->flags & NTF_PROXY);
	*err = 0;
	if (neigh && (req->mode & NLM_F_EXCL || !(req->mode & NLM_F_REPLACE))) {
		NL_SET_ERR_MSG(extack, "weft: the neighbour is there already");
		*err = -EEXIST;
	} else if (!neigh && !(req->mode & NLM_F_CREATE)) {
		NL_SET_ERR_MSG(extack, "weft: no such neighbour");
		*err = -ENOENT;
	}
	return neigh;
}

static int weft_neigh_errno(enum weft_drop reason, struct netlink_ext_ack *extack)
{
	switch (reason) {
	case WEFT_DROP_NONE:
		return 0;
	case WEFT_DROP_NEIGH_FAILED:
		NL_SET_ERR_MSG(extack, "weft: the device is down");
		return -ENETDOWN;
	case WEFT_DROP_NEIGH_FULL:
		NL_SET_ERR_MSG(extack, "weft: too many neighbours");
		return -ENOBUFS;
	default:
		return -ENOMEM;
	}
}

/* RCU, the table is locked. Puts @fresh there if it must, and takes it then. */
static int weft_neigh_req_apply(struct weft_neigh_table *table,
				const struct weft_neigh_req *req,
				struct weft_neigh **fresh,
				struct weft_neigh_work *work,
				struct netlink_ext_ack *extack)
{
	struct weft_neigh *neigh;
	enum weft_drop reason;
	int err;

	neigh = weft_neigh_req_find(req, &err, extack);
	if (err)
		return err;
	if (!req->mac && (!neigh || !(neigh->state & WEFT_NUD_VALID))) {
		NL_SET_ERR_MSG(extack, "weft: MAC is missing");
		return -EINVAL;
	}
	if (!neigh) {
		reason = weft_neigh_insert(table, *fresh, req->state);
		if (reason)
			return weft_neigh_errno(reason, extack);
		neigh = *fresh;
		*fresh = NULL;
	}
	neigh->flags = req->flags;
	if (req->protocol)
		neigh->protocol = req->protocol;
	return weft_neigh_errno(weft_neigh_set(table, neigh, req->state, req->mac,
					       work), extack);
}

static int weft_neigh_req_set(struct net *net, const struct weft_neigh_req *req,
			      struct netlink_ext_ack *extack)
{
	struct weft_neigh_table *table = &weft_net(net)->neigh;
	struct weft_neigh_work work;
	struct weft_neigh *fresh;
	int err;

	fresh = weft_neigh_alloc(req->wdev, &req->addr, GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return -ENOMEM;
	weft_neigh_work_init(&work);
	rcu_read_lock();
	weft_neigh_lock(table);
	err = weft_neigh_req_apply(table, req, &fresh, &work, extack);
	weft_neigh_unlock(table);
	weft_neigh_finish(net, &work);
	rcu_read_unlock();
	kfree(fresh);
	return err;
}

/* A proxy has nothing that could be replaced but who set it. */
static int weft_neigh_req_proxy(const struct weft_neigh_req *req,
				struct netlink_ext_ack *extack)
{
	struct weft_neigh *neigh;
	int err;

	rcu_read_lock();
	neigh = weft_neigh_req_find(req, &err, extack);
	rcu_read_unlock();
	if (err)
		return err;
	if (neigh) {
		WRITE_ONCE(neigh->protocol, req->protocol);
		return 0;
	}
	neigh = weft_neigh_alloc(req->wdev, &req->addr, GFP_KERNEL_ACCOUNT);
	if (!neigh)
		return -ENOMEM;
	neigh->protocol = req->protocol;
	err = weft_neigh_proxy_add(neigh);
	if (err == -ENETDOWN)
		NL_SET_ERR_MSG(extack, "weft: the device is down");
	if (err)
		kfree(neigh);
	return err;
}

static int weft_rtm_newneigh(struct sk_buff *skb, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);
	struct weft_neigh_req req;
	int err;

	err = weft_neigh_req_parse(net, &req, nlh, extack);
	if (!err)
		err = weft_neigh_req_check(&req, extack);
	if (err)
		return err;
	return req.flags & NTF_PROXY ? weft_neigh_req_proxy(&req, extack) :
				       weft_neigh_req_set(net, &req, extack);
}

static int weft_rtm_delneigh(struct sk_buff *skb, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);
	struct weft_neigh_table *table = &weft_net(net)->neigh;
	bool proxy;
	struct weft_neigh_req req;
	struct weft_neigh *neigh;
	int err;

	err = weft_neigh_req_parse(net, &req, nlh, extack);
	if (err)
		return err;
	proxy = req.flags & NTF_PROXY;
	rcu_read_lock();
	weft_neigh_lock(table);
	neigh = weft_neigh_find(net, req.wdev->dev->ifindex, &req.addr, proxy);
	if (neigh && !proxy)
		weft_neigh_remove(table, neigh, WEFT_DROP_NEIGH_FAILED);
	weft_neigh_unlock(table);
	rcu_read_unlock();
	if (!neigh) {
		NL_SET_ERR_MSG(extack, "weft: no such neighbour");
		return -ENOENT;
	}
	/* RTNL keeps a proxy where it is. */
	if (proxy)
		weft_neigh_proxy_del(neigh);
	return 0;
}

/* --- questions ---------------------------------------------------------------------- */

/* Values that only changes have; NTF_PROXY alone chooses what is asked for. */
static int weft_neigh_ask_check(const struct nlmsghdr *nlh,
				struct netlink_ext_ack *extack)
{
	const struct ndmsg *ndm;

	if (nlh->nlmsg_len < nlmsg_msg_size(sizeof(*ndm))) {
		NL_SET_ERR_MSG(extack, "weft: neighbour header is too short");
		return -EINVAL;
	}
	ndm = nlmsg_data(nlh);
	if (ndm->ndm_pad1 || ndm->ndm_pad2 || ndm->ndm_state || ndm->ndm_type ||
	    ndm->ndm_flags & ~NTF_PROXY) {
		NL_SET_ERR_MSG(extack, "weft: neighbour header has values");
		return -EINVAL;
	}
	return 0;
}

static int weft_rtm_getneigh(struct sk_buff *skb, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);
	u32 portid = NETLINK_CB(skb).portid;
	struct weft_neigh_req req;
	struct weft_neigh *neigh;
	struct sk_buff *answer;
	int err;

	err = weft_neigh_ask_check(nlh, extack);
	if (!err)
		err = weft_neigh_req_parse(net, &req, nlh, extack);
	if (err)
		return err;
	answer = nlmsg_new(weft_neigh_msgsize(), GFP_KERNEL);
	if (!answer)
		return -ENOBUFS;
	err = -ENOENT;
	rcu_read_lock();
	neigh = weft_neigh_find(net, req.wdev->dev->ifindex, &req.addr,
				req.flags & NTF_PROXY);
	if (neigh)
		err = weft_neigh_fill(answer, neigh, RTM_NEWNEIGH, portid,
				      nlh->nlmsg_seq, 0);
	rcu_read_unlock();
	if (!err)
		return rtnl_unicast(answer, net, portid);
	kfree_skb(answer);
	if (!neigh)
		NL_SET_ERR_MSG(extack, "weft: no such neighbour");
	return err;
}

/* The only device that a dump is about, 0 for all, and whether it is of proxies. */
static int weft_neigh_dump_request(const struct netlink_callback *cb, u32 *ifindex,
				   bool *proxy)
{
	struct nlattr *tb[NDA_MAX + 1];
	const struct ndmsg *ndm = nlmsg_data(cb->nlh);
	int err;

	*ifindex = 0;
	*proxy = false;
	if (!cb->strict_check) {
		if (nlmsg_len(cb->nlh) >= (int)sizeof(*ndm))
			*proxy = ndm->ndm_flags == NTF_PROXY;
		return 0;
	}
	err = weft_neigh_ask_check(cb->nlh, cb->extack);
	if (!err)
		err = nlmsg_parse(cb->nlh, sizeof(*ndm), tb, NDA_MAX,
				  weft_neigh_dump_policy, cb->extack);
	if (err)
		return err;
	*proxy = ndm->ndm_flags & NTF_PROXY;
	*ifindex = tb[NDA_IFINDEX] ? nla_get_u32(tb[NDA_IFINDEX]) :
				     ndm->ndm_ifindex;
	if (*ifindex && !weft_dev_get(sock_net(cb->skb->sk), *ifindex)) {
		NL_SET_ERR_MSG(cb->extack,
			       "weft: no such device, or it cannot carry Weft");
		return -ENODEV;
	}
	return 0;
}

/* cb->args[0]: number of the last entry told. */
static int weft_rtm_dumpneigh(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_neigh_table *table = &weft_net(sock_net(skb->sk))->neigh;
	const struct weft_neigh *neigh;
	bool proxy;
	u32 only;
	int err;

	err = weft_neigh_dump_request(cb, &only, &proxy);
	if (err)
		return err;
	rcu_read_lock();
	list_for_each_entry_rcu(neigh, &table->all, link) {
		if (neigh->id <= (unsigned long)cb->args[0] ||
		    neigh->key.proxy != proxy ||
		    (only && neigh->key.ifindex != only))
			continue;
		if (weft_neigh_fill(skb, neigh, RTM_NEWNEIGH,
				    NETLINK_CB(cb->skb).portid,
				    cb->nlh->nlmsg_seq,
				    NLM_F_MULTI | (only ? NLM_F_DUMP_FILTERED : 0)))
			break;
		cb->args[0] = neigh->id;
	}
	rcu_read_unlock();
	return skb->len;
}

static struct rtnl_msg_handler weft_neigh_handlers[] = {
	{ .owner = THIS_MODULE, .msgtype = RTM_NEWNEIGH,
	  .doit = weft_rtm_newneigh },
	{ .owner = THIS_MODULE, .msgtype = RTM_DELNEIGH,
	  .doit = weft_rtm_delneigh },
	{ .owner = THIS_MODULE, .msgtype = RTM_GETNEIGH,
	  .doit = weft_rtm_getneigh, .dumpit = weft_rtm_dumpneigh },
};

int weft_neigh_netlink_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(weft_neigh_handlers); i++)
		weft_neigh_handlers[i].protocol = weft_family;
	return rtnl_register_many(weft_neigh_handlers);
}

void weft_neigh_netlink_exit(void)
{
	rtnl_unregister_many(weft_neigh_handlers);
}
