// SPDX-License-Identifier: GPL-2.0
/* rtnetlink: what can be set for each device, in IFLA_AF_SPEC of its link. */
#include <net/netlink.h>
#include "compat_rtnetlink.h"
#include "device.h"
#include "extack.h"
#include "link_netlink.h"

static const struct nla_policy weft_link_policy[WEFT_LINK_MAX + 1] = {
	[WEFT_LINK_FORWARDING]	= NLA_POLICY_MAX(NLA_U8, WEFT_FORWARDING_DEFAULT),
};

static int weft_link_fill(struct sk_buff *skb, const struct net_device *dev,
			  u32 ext_filter_mask)
{
	const struct weft_dev *wdev = weft_dev_get(dev_net(dev), dev->ifindex);

	if (!wdev)
		return -ENODATA;
	if (nla_put_u8(skb, WEFT_LINK_FORWARDING, READ_ONCE(wdev->forwarding)))
		return -EMSGSIZE;
	return 0;
}

static size_t weft_link_size(const struct net_device *dev, u32 ext_filter_mask)
{
	return nla_total_size(sizeof(u8));
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
	if (tb[WEFT_LINK_FORWARDING])
		WRITE_ONCE(wdev->forwarding,
			   nla_get_u8(tb[WEFT_LINK_FORWARDING]));
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
