// SPDX-License-Identifier: GPL-2.0
/* rtnetlink: what a router knows of the listeners on its links is listed. */
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include "ifaddr.h"
#include "listener.h"

/* The time that is left, ms. */
static u32 weft_listener_left(u64 due)
{
	u64 now = get_jiffies_64();

	return due > now ? min_t(u64, jiffies64_to_msecs(due - now), U32_MAX) : 0;
}

static int weft_listener_fill_sources(struct sk_buff *skb,
				      const struct weft_listen *state)
{
	struct weft_mdb_source *source;
	struct nlattr *attr;
	unsigned int i;

	if (!state->n)
		return 0;
	attr = nla_reserve(skb, WEFT_MDB_SOURCES, state->n * sizeof(*source));
	if (!attr)
		return -EMSGSIZE;
	source = nla_data(attr);
	for (i = 0; i < state->n; i++) {
		source[i].addr = state->source[i].addr;
		source[i].expires = weft_listener_left(state->source[i].expires);
	}
	return 0;
}

static int weft_listener_fill_group(struct sk_buff *skb,
				    const struct weft_listener *listener)
{
	const struct weft_listen *state = &listener->state;

	if (nla_put(skb, WEFT_MDB_GROUP, sizeof(struct weft_addr),
		    &listener->group->addr) ||
	    nla_put_u8(skb, WEFT_MDB_MODE, state->mode) ||
	    (state->mode == WEFT_FILTER_EXCLUDE &&
	     nla_put_u32(skb, WEFT_MDB_EXPIRES, weft_listener_left(state->expires))))
		return -EMSGSIZE;
	return weft_listener_fill_sources(skb, state);
}

static int weft_listener_fill_querier(struct sk_buff *skb, const struct weft_dev *wdev)
{
	const struct weft_ifaddr *own = rtnl_dereference(wdev->linklocal);
	const struct weft_querier *querier = &wdev->querier;

	if (querier->other)
		return nla_put(skb, WEFT_MDB_QUERIER, sizeof(querier->addr),
			       &querier->addr) ?: nla_put_flag(skb, WEFT_MDB_OTHER);
	if (querier->below || !own)
		return 0;
	return nla_put(skb, WEFT_MDB_QUERIER, sizeof(own->addr), &own->addr);
}

/* The device, or with @listener a group on its link. */
static int weft_listener_fill(struct sk_buff *skb, const struct netlink_callback *cb,
			      const struct weft_dev *wdev,
			      const struct weft_listener *listener)
{
	struct ifaddrmsg *ifm;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, RTM_NEWMDB,
			sizeof(*ifm), NLM_F_MULTI);
	if (!nlh)
		return -EMSGSIZE;
	ifm = nlmsg_data(nlh);
	memset(ifm, 0, sizeof(*ifm));
	ifm->ifa_family = weft_family;
	ifm->ifa_index = wdev->dev->ifindex;
	if (listener ? weft_listener_fill_group(skb, listener) :
		       weft_listener_fill_querier(skb, wdev)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* From position cb->args[1] on; 0 is the device itself. The table's lock. */
static int weft_listener_dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
				  const struct weft_dev *wdev)
{
	const struct weft_listener *listener;
	int n = 1;

	if (!wdev->querier.on)
		return 0;
	if (!cb->args[1]) {
		if (weft_listener_fill(skb, cb, wdev, NULL))
			return -EMSGSIZE;
		cb->args[1] = n;
	}
	list_for_each_entry(listener, &wdev->querier.listeners, dev_link) {
		if (n++ < cb->args[1])
			continue;
		if (weft_listener_fill(skb, cb, wdev, listener))
			return -EMSGSIZE;
		cb->args[1] = n;
	}
	return 0;
}

static int weft_rtm_getmdb(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(skb->sk);
	struct weft_net *wn = weft_net(net);
	struct weft_dev *wdev;
	unsigned long index;
	int only, err;

	err = weft_dump_request(net, cb, cb->extack, &only);
	if (err)
		return err;
	xa_for_each_start(&wn->devs, index, wdev, cb->args[0]) {
		if (only && index != only)
			continue;
		if (index != cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = index;
		spin_lock_bh(&wn->listeners.lock);
		err = weft_listener_dump_dev(skb, cb, wdev);
		spin_unlock_bh(&wn->listeners.lock);
		if (err)
			return skb->len;
		cb->args[0] = index + 1;
		cb->args[1] = 0;
	}
	return skb->len;
}

static struct rtnl_msg_handler weft_listener_handlers[] = {
	{ .owner = THIS_MODULE, .msgtype = RTM_GETMDB, .dumpit = weft_rtm_getmdb },
};

int weft_listener_netlink_init(void)
{
	weft_listener_handlers[0].protocol = weft_family;
	return rtnl_register_many(weft_listener_handlers);
}

void weft_listener_netlink_exit(void)
{
	rtnl_unregister_many(weft_listener_handlers);
}
