/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receive side scaling in weftnic's struct ethtool_ops: one struct for table, key
 * and hash since 6.8; the fields of a flow type are asked for by a call of their
 * own since 6.17, and so is the number of rings since 6.19. To be included after
 * weftnic.h.
 */
#ifndef WEFT_COMPAT_ETHTOOL_H
#define WEFT_COMPAT_ETHTOOL_H

#include <linux/ethtool.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
struct ethtool_rxfh_param {
	u8 hfunc;
	u32 *indir;
	u8 *key;
};

static inline int compat_get_rxfh(struct net_device *dev, u32 *indir, u8 *key,
				  u8 *hfunc)
{
	struct ethtool_rxfh_param param = { .indir = indir, .key = key };
	int err = weftnic_get_rxfh(dev, &param);

	if (hfunc)
		*hfunc = param.hfunc;
	return err;
}

static inline int compat_set_rxfh(struct net_device *dev, const u32 *indir,
				  const u8 *key, const u8 hfunc)
{
	struct ethtool_rxfh_param param = {
		.hfunc = hfunc, .indir = (u32 *)indir, .key = (u8 *)key,
	};

	return weftnic_set_rxfh(dev, &param, NULL);
}

#define COMPAT_RXFH_OPS \
	.get_rxfh		= compat_get_rxfh, \
	.set_rxfh		= compat_set_rxfh
#else
#define COMPAT_RXFH_OPS \
	.get_rxfh		= weftnic_get_rxfh, \
	.set_rxfh		= weftnic_set_rxfh
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
struct ethtool_rxfh_fields {
	u32 data;
	u32 flow_type;
};

static inline int compat_get_fields(struct net_device *dev,
				    struct ethtool_rxnfc *nfc)
{
	struct ethtool_rxfh_fields fields = { .flow_type = nfc->flow_type };
	int err = weftnic_get_rxfh_fields(dev, &fields);

	nfc->data = fields.data;
	return err;
}
#else
static inline int compat_get_fields(struct net_device *dev,
				    struct ethtool_rxnfc *nfc)
{
	return -EOPNOTSUPP;
}
#endif

static inline int compat_get_rxnfc(struct net_device *dev,
				   struct ethtool_rxnfc *nfc, u32 *rules)
{
	if (nfc->cmd == ETHTOOL_GRXFH)
		return compat_get_fields(dev, nfc);
	if (nfc->cmd != ETHTOOL_GRXRINGS)
		return -EOPNOTSUPP;
	nfc->data = weftnic_get_rx_ring_count(dev);
	return 0;
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define COMPAT_RXNFC_OPS \
	.get_rxnfc		= compat_get_rxnfc
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define COMPAT_RXNFC_OPS \
	.get_rxfh_fields	= weftnic_get_rxfh_fields, \
	.get_rxnfc		= compat_get_rxnfc
#else
#define COMPAT_RXNFC_OPS \
	.get_rxfh_fields	= weftnic_get_rxfh_fields, \
	.get_rx_ring_count	= weftnic_get_rx_ring_count
#endif

#endif /* WEFT_COMPAT_ETHTOOL_H */
