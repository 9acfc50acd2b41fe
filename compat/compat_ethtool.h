/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receive side scaling in struct ethtool_ops: one struct for table, key and hash
 * since 6.8, questions for a flow type's fields by a call of their own since 6.17
 * and for the number of rings since 6.19.
 *
 * COMPAT_RSS_DEFINE(prefix) bridges prefix_get_rxfh(), prefix_set_rxfh(),
 * prefix_get_rxfh_fields() and prefix_get_rx_ring_count(), which
 * COMPAT_RSS_OPS(prefix) puts into a struct ethtool_ops.
 */
#ifndef WEFT_COMPAT_ETHTOOL_H
#define WEFT_COMPAT_ETHTOOL_H

#include <linux/ethtool.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
struct ethtool_rxfh_param {
	u8 hfunc;
	u32 indir_size;
	u32 *indir;
	u32 key_size;
	u8 *key;
};

#define COMPAT_RXFH_DEFINE(prefix) \
static int prefix##_compat_get_rxfh(struct net_device *dev, u32 *indir, \
				    u8 *key, u8 *hfunc) \
{ \
	struct ethtool_rxfh_param p = { .indir = indir, .key = key }; \
	int err = prefix##_get_rxfh(dev, &p); \
	\
	if (hfunc) \
		*hfunc = p.hfunc; \
	return err; \
} \
\
static int prefix##_compat_set_rxfh(struct net_device *dev, \
				    const u32 *indir, const u8 *key, \
				    const u8 hfunc) \
{ \
	struct ethtool_rxfh_param p = { \
		.hfunc = hfunc, .indir = (u32 *)indir, .key = (u8 *)key, \
	}; \
	\
	return prefix##_set_rxfh(dev, &p, NULL); \
}
#define COMPAT_RXFH_OPS(prefix) \
	.get_rxfh = prefix##_compat_get_rxfh, \
	.set_rxfh = prefix##_compat_set_rxfh
#else
#define COMPAT_RXFH_DEFINE(prefix)
#define COMPAT_RXFH_OPS(prefix) \
	.get_rxfh = prefix##_get_rxfh, \
	.set_rxfh = prefix##_set_rxfh
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
struct ethtool_rxfh_fields {
	u32 data;
	u32 flow_type;
	u32 rss_context;
};

#define COMPAT_RXNFC_FIELDS(prefix, dev, nfc) \
({ \
	struct ethtool_rxfh_fields _f = { .flow_type = (nfc)->flow_type }; \
	int _err = prefix##_get_rxfh_fields(dev, &_f); \
	\
	(nfc)->data = _f.data; \
	_err; \
})
#define COMPAT_FIELDS_OPS(prefix)
#else
#define COMPAT_RXNFC_FIELDS(prefix, dev, nfc) (-EOPNOTSUPP)
#define COMPAT_FIELDS_OPS(prefix) \
	.get_rxfh_fields = prefix##_get_rxfh_fields,
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define COMPAT_RXNFC_DEFINE(prefix) \
static int prefix##_compat_get_rxnfc(struct net_device *dev, \
				     struct ethtool_rxnfc *nfc, u32 *rules) \
{ \
	if (nfc->cmd == ETHTOOL_GRXFH) \
		return COMPAT_RXNFC_FIELDS(prefix, dev, nfc); \
	if (nfc->cmd != ETHTOOL_GRXRINGS) \
		return -EOPNOTSUPP; \
	nfc->data = prefix##_get_rx_ring_count(dev); \
	return 0; \
}
#define COMPAT_RXNFC_OPS(prefix) .get_rxnfc = prefix##_compat_get_rxnfc
#else
#define COMPAT_RXNFC_DEFINE(prefix)
#define COMPAT_RXNFC_OPS(prefix) \
	.get_rx_ring_count = prefix##_get_rx_ring_count
#endif

#define COMPAT_RSS_DEFINE(prefix) \
	COMPAT_RXFH_DEFINE(prefix) \
	COMPAT_RXNFC_DEFINE(prefix)
#define COMPAT_RSS_OPS(prefix) \
	COMPAT_FIELDS_OPS(prefix) \
	COMPAT_RXFH_OPS(prefix), \
	COMPAT_RXNFC_OPS(prefix)

#endif /* WEFT_COMPAT_ETHTOOL_H */
