// SPDX-License-Identifier: GPL-2.0
/* rtnetlink: groups of devices are listed and announced, and joined and left by hand. */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include "extack.h"
#include "group.h"
#include "ifaddr.h"

static const struct nla_policy weft_group_policy[IFA_MAX + 1] = {
	[IFA_MULTICAST]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
};

static int weft_group_scope_of(const struct weft_addr *addr)
{
	switch (weft_addr_scope(addr)) {
	case WEFT_SCOPE_NODE:
		return RT_SCOPE_HOST;
	case WEFT_SCOPE_LINK:
		return RT_SCOPE_LINK;
	case WEFT_SCOPE_GLOBAL:
		break;
	}
	return RT_SCOPE_UNIVERSE;
}

static int weft_group_fill(struct sk_buff *skb, const struct weft_group *group,
			   int event, u32 portid, u32 seq, int flags)
{
	const struct weft_filter *filter = rtnl_dereference(group->filter);
	u32 users = group->counts.include + group->counts.exclude;
	struct ifaddrmsg *ifm;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, portid, seq, event, sizeof(*ifm), flags);
	if (!nlh)
		return -EMSGSIZE;
	ifm = nlmsg_data(nlh);
	ifm->ifa_family = weft_family;
	ifm->ifa_prefixlen = 8 * sizeof(group->addr);
	ifm->ifa_flags = IFA_F_PERMANENT;
	ifm->ifa_scope = weft_group_scope_of(&group->addr);
	ifm->ifa_index = group->wdev->dev->ifindex;
	if (nla_put(skb, IFA_MULTICAST, sizeof(group->addr), &group->addr) ||
	    nla_put_u32(skb, WEFT_IFA_USERS, users) ||
	    (group->by_hand && nla_put_flag(skb, WEFT_IFA_BY_HAND)) ||
	    nla_put_u8(skb, WEFT_IFA_MODE, filter->mode) ||
	    (filter->n && nla_put(skb, WEFT_IFA_SOURCES,
				  filter->n * sizeof(filter->source[0]),
				  filter->source))) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

static size_t weft_group_msgsize(void)
{
	return NLMSG_ALIGN(sizeof(struct ifaddrmsg)) +
	       nla_total_size(sizeof(struct weft_addr)) +
	       nla_total_size(sizeof(u32)) + nla_total_size(0) +
	       nla_total_size(sizeof(u8)) +
	       nla_total_size(WEFT_GROUP_SOURCES_MAX * sizeof(struct weft_addr));
}

/**
 * weft_group_notify() - tell listeners that a group or its filter has changed
 * @event: WEFT_RTM_NEWMULTICAST or WEFT_RTM_DELMULTICAST
 * @group: the group
 *
 * Context: RTNL.
 */
void weft_group_notify(int event, const struct weft_group *group)
{
	struct net *net = dev_net(group->wdev->dev);
	struct sk_buff *skb;
	int err = -ENOBUFS;

	if (!rtnl_has_listeners(net, WEFT_RTNLGRP_GROUP))
		return;
	skb = nlmsg_new(weft_group_msgsize(), GFP_KERNEL);
	if (!skb)
		goto failed;
	err = weft_group_fill(skb, group, event, 0, 0, 0);
	if (err < 0) {
		WARN_ON_ONCE(err == -EMSGSIZE);
		kfree_skb(skb);
		goto failed;
	}
	rtnl_notify(skb, net, 0, WEFT_RTNLGRP_GROUP, NULL, GFP_KERNEL);
	return;
failed:
	rtnl_set_sk_err(net, WEFT_RTNLGRP_GROUP, err);
}

static int weft_group_req_parse(struct net *net, struct weft_dev **wdev,
				struct weft_addr *addr, const struct nlmsghdr *nlh,
				struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IFA_MAX + 1];
	struct ifaddrmsg *ifm;
	int err;

	err = nlmsg_parse(nlh, sizeof(*ifm), tb, IFA_MAX, weft_group_policy, extack);
	if (err < 0)
		return err;
	if (!tb[IFA_MULTICAST])
		return weft_refuse(extack, "group is missing", -EINVAL);
	nla_memcpy(addr, tb[IFA_MULTICAST], sizeof(*addr));
	if (!weft_addr_joinable(addr))
		return weft_refuse(extack, "not a group that can be joined", -EINVAL);
	ifm = nlmsg_data(nlh);
	*wdev = weft_dev_get(net, ifm->ifa_index);
	if (!*wdev)
		return weft_refuse(extack,
				   "no such device, or it cannot carry Weft",
				   -ENODEV);
	return 0;
}

static int weft_rtm_newmulticast(struct sk_buff *skb, struct nlmsghdr *nlh,
				 struct netlink_ext_ack *extack)
{
	struct weft_addr addr;
	struct weft_dev *wdev;
	int err;

	err = weft_group_req_parse(sock_net(skb->sk), &wdev, &addr, nlh, extack);
	if (err)
		return err;
	err = weft_group_by_hand(wdev, &addr, true);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_MOD(extack, "the device was joined to this group by hand");
	else if (err == -ENOBUFS)
		NL_SET_ERR_MSG_MOD(extack, "the device is a member of too many groups");
	else if (err)
		NL_SET_ERR_MSG_MOD(extack, "no memory for a group");
	return err;
}

static int weft_rtm_delmulticast(struct sk_buff *skb, struct nlmsghdr *nlh,
				 struct netlink_ext_ack *extack)
{
	struct weft_addr addr;
	struct weft_dev *wdev;
	int err;

	err = weft_group_req_parse(sock_net(skb->sk), &wdev, &addr, nlh, extack);
	if (err)
		return err;
	err = weft_group_by_hand(wdev, &addr, false);
	if (err)
		NL_SET_ERR_MSG_MOD(extack, "the device was not joined to this group by hand");
	return err;
}

/* cb->args: interface index to go on from, groups of it already told. */
static int weft_group_dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct weft_dev *wdev)
{
	struct weft_group *group;
	long n = 0;
	int err;

	list_for_each_entry(group, &wdev->groups, link) {
		if (n++ < cb->args[1])
			continue;
		err = weft_group_fill(skb, group, WEFT_RTM_NEWMULTICAST,
				      NETLINK_CB(cb->skb).portid,
				      cb->nlh->nlmsg_seq, NLM_F_MULTI);
		if (err)
			return err;
		cb->args[1] = n;
	}
	cb->args[1] = 0;
	return 0;
}

static int weft_rtm_getmulticast(struct sk_buff *skb, struct netlink_callback *cb)
{
	return weft_dump_devs(skb, cb, weft_group_dump_dev);
}

static struct rtnl_msg_handler weft_group_handlers[] = {
	{ .owner = THIS_MODULE, .msgtype = WEFT_RTM_NEWMULTICAST,
	  .doit = weft_rtm_newmulticast },
	{ .owner = THIS_MODULE, .msgtype = WEFT_RTM_DELMULTICAST,
	  .doit = weft_rtm_delmulticast },
	{ .owner = THIS_MODULE, .msgtype = RTM_GETMULTICAST,
	  .dumpit = weft_rtm_getmulticast },
};

int weft_group_netlink_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(weft_group_handlers); i++)
		weft_group_handlers[i].protocol = weft_family;
	return rtnl_register_many(weft_group_handlers);
}

void weft_group_netlink_exit(void)
{
	rtnl_unregister_many(weft_group_handlers);
}
