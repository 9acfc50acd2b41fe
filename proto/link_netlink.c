// SPDX-License-Identifier: GPL-2.0
/* rtnetlink: what can be set for each device, in IFLA_AF_SPEC of its link. */
#include <net/netlink.h>
#include "compat_rtnetlink.h"
#include "device.h"
#include "extack.h"
#include "link_netlink.h"
#include "router.h"

/* What routers announce is not set by hand. */
#define WEFT_LINK_READ_ONLY \
	{ .type = NLA_REJECT, .reject_message = "weft: routers announce this" }

static const struct nla_policy weft_link_policy[WEFT_LINK_MAX + 1] = {
	[WEFT_LINK_FORWARDING]	= NLA_POLICY_MAX(NLA_U8, WEFT_FORWARDING_DEFAULT),
	[WEFT_LINK_ACCEPT_RA]	= NLA_POLICY_MAX(NLA_U8, WEFT_ACCEPT_ALWAYS),
	[WEFT_LINK_ACCEPT_REDIRECTS] = NLA_POLICY_MAX(NLA_U8, WEFT_ACCEPT_ALWAYS),
	[WEFT_LINK_SEND_REDIRECTS] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEFT_LINK_HOP_LIMIT]	= WEFT_LINK_READ_ONLY,
	[WEFT_LINK_MTU]		= WEFT_LINK_READ_ONLY,
	[WEFT_LINK_REACHABLE]	= WEFT_LINK_READ_ONLY,
	[WEFT_LINK_RETRANS]	= WEFT_LINK_READ_ONLY,
};

static int weft_link_fill(struct sk_buff *skb, const struct net_device *dev,
			  u32 ext_filter_mask)
{
	const struct weft_dev *wdev = weft_dev_get(dev_net(dev), dev->ifindex);

	if (!wdev)
		return -ENODATA;
	if (nla_put_u8(skb, WEFT_LINK_FORWARDING, READ_ONCE(wdev->forwarding)) ||
	    nla_put_u8(skb, WEFT_LINK_ACCEPT_RA, READ_ONCE(wdev->accept_ra)) ||
	    nla_put_u8(skb, WEFT_LINK_ACCEPT_REDIRECTS,
		       READ_ONCE(wdev->accept_redirects)) ||
	    nla_put_u8(skb, WEFT_LINK_SEND_REDIRECTS,
		       READ_ONCE(wdev->send_redirects)) ||
	    nla_put_u8(skb, WEFT_LINK_HOP_LIMIT, READ_ONCE(wdev->hop_limit)) ||
	    nla_put_u32(skb, WEFT_LINK_MTU, READ_ONCE(wdev->mtu)) ||
	    nla_put_u32(skb, WEFT_LINK_REACHABLE, READ_ONCE(wdev->reachable_ms)) ||
	    nla_put_u32(skb, WEFT_LINK_RETRANS, READ_ONCE(wdev->retrans_ms)))
		return -EMSGSIZE;
	return 0;
}

static size_t weft_link_size(const struct net_device *dev, u32 ext_filter_mask)
{
	return 5 * nla_total_size(sizeof(u8)) + 3 * nla_total_size(sizeof(u32));
}

static int weft_link_parse(const struct net_device *dev, const struct nlattr *attr,
			   struct nlattr **tb, struct netlink_ext_ack *extack)
{
	if (!dev || !weft_dev_get(dev_net(dev), dev->ifindex))
		return weft_refuse(extack, "the device cannot carry Weft",
				   -EAFNOSUPPORT);
	return nla_parse_nested(tb, WEFT_LINK_MAX, attr, weft_link_policy, extack);
}

static int weft_link_validate(const struct net_device *dev,
			      const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[WEFT_LINK_MAX + 1];

	return weft_link_parse(dev, attr, tb, extack);
}

static void weft_link_set_u8(u8 *setting, const struct nlattr *attr)
{
	if (attr)
		WRITE_ONCE(*setting, nla_get_u8(attr));
}

static int weft_link_set(struct net_device *dev, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[WEFT_LINK_MAX + 1];
	struct weft_dev *wdev;
	int err;

	err = weft_link_parse(dev, attr, tb, extack);
	if (err)
		return err;
	wdev = weft_dev_get(dev_net(dev), dev->ifindex);
	weft_link_set_u8(&wdev->forwarding, tb[WEFT_LINK_FORWARDING]);
	weft_link_set_u8(&wdev->accept_ra, tb[WEFT_LINK_ACCEPT_RA]);
	weft_link_set_u8(&wdev->accept_redirects, tb[WEFT_LINK_ACCEPT_REDIRECTS]);
	weft_link_set_u8(&wdev->send_redirects, tb[WEFT_LINK_SEND_REDIRECTS]);
	weft_dev_set_forwarding(wdev);
	return 0;
}

static struct rtnl_af_ops weft_link_ops = {
	.fill_link_af		= weft_link_fill,
	.get_link_af_size	= weft_link_size,
	.validate_link_af	= weft_link_validate,
	.set_link_af		= weft_link_set,
};

int weft_link_netlink_init(void)
{
	weft_link_ops.family = weft_family;
	return rtnl_af_register(&weft_link_ops);
}

void weft_link_netlink_exit(void)
{
	rtnl_af_unregister(&weft_link_ops);
}
