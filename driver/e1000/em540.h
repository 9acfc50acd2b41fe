/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the 82540EM back end share. */
#ifndef WEFTNIC_EM540_H
#define WEFTNIC_EM540_H

#include "../weftnic.h"
#include "regs.h"

/**
 * struct em540 - the back end's private part of an adapter
 * @rctl: receive control register, as written
 * @itr: interrupt throttling register, as written
 * @mta: multicast table, as written
 * @vfta: VLAN table, as written
 * @ra: receive addresses, low and high registers, as written
 *
 * QEMU's model stops reception for a second whenever the receive control
 * register is written, whatever the value, and on silicon each write of a
 * table costs a bus cycle. So every such register is shadowed and written only
 * when it changes. filter_lock guards all but @itr, which rtnl does.
 */
struct em540 {
	u32 rctl;
	u32 itr;
	u32 mta[E1000_MTA_WORDS];
	u32 vfta[E1000_VFTA_WORDS];
	u32 ra[E1000_RA_COUNT][2];
};

/* The index of a counter in em540_hw_stats and in its totals. */
enum em540_counter {
	EM540_CRC_ERRORS,
	EM540_RX_ERRORS,
	EM540_MISSED,
	EM540_SINGLE_COLL,
	EM540_EXCESS_COLL,
	EM540_MULTI_COLL,
	EM540_LATE_COLL,
	EM540_COLLISIONS,
	EM540_LENGTH_ERRORS,
	EM540_XON_RX,
	EM540_XON_TX,
	EM540_XOFF_RX,
	EM540_XOFF_TX,
	EM540_RX_64,
	EM540_RX_127,
	EM540_RX_255,
	EM540_RX_511,
	EM540_RX_1023,
	EM540_RX_MAX,
	EM540_RX_GOOD,
	EM540_RX_BROADCAST,
	EM540_RX_MULTICAST,
	EM540_TX_GOOD,
	EM540_RX_BYTES,
	EM540_TX_BYTES,
	EM540_NO_BUFFER,
	EM540_UNDERSIZE,
	EM540_FRAGMENTS,
	EM540_OVERSIZE,
	EM540_JABBER,
	EM540_TX_64,
	EM540_TX_127,
	EM540_TX_255,
	EM540_TX_511,
	EM540_TX_1023,
	EM540_TX_MAX,
	EM540_TX_MULTICAST,
	EM540_TX_BROADCAST,
	EM540_TSO,
	EM540_TSO_FAIL,
	EM540_N_HW_STATS,
};

static inline struct em540 *em540_priv(const struct weftnic_adapter *ad)
{
	return ad->priv;
}

/* filter.c */
void em540_clear_filters(struct weftnic_adapter *ad);
void em540_set_filter(struct weftnic_adapter *ad);
void em540_write_rctl(struct weftnic_adapter *ad, u32 rctl);

/* nvm.c */
int em540_read_eeprom(struct weftnic_adapter *ad, u16 offset, u16 *word);
int em540_read_mac(struct weftnic_adapter *ad);

/* phy.c */
int em540_phy_probe(struct weftnic_adapter *ad);
void em540_phy_enable(struct weftnic_adapter *ad);
void em540_link(struct weftnic_adapter *ad, struct weftnic_link *link);
int em540_get_link_ksettings(struct weftnic_adapter *ad,
			     struct ethtool_link_ksettings *ks);
int em540_set_link_ksettings(struct weftnic_adapter *ad,
			     const struct ethtool_link_ksettings *ks);
int em540_restart_autoneg(struct weftnic_adapter *ad);
int em540_set_pause(struct weftnic_adapter *ad);

/* datapath.c */
irqreturn_t em540_irq(int irq, void *data);
int em540_poll(struct napi_struct *napi, int budget);
netdev_tx_t em540_xmit(struct sk_buff *skb, struct net_device *dev);
void em540_start_rings(struct weftnic_adapter *ad);
void em540_irq_arm(struct weftnic_vector *vec, bool tx);
void em540_irq_arm_tx(struct weftnic_vector *vec);
void em540_irq_mask(struct weftnic_adapter *ad);

/* counters.c */
extern const struct weftnic_hw_stat em540_hw_stats[];
void em540_sum_totals(struct weftnic_adapter *ad,
		      struct weftnic_hw_totals *totals);

#endif /* WEFTNIC_EM540_H */
