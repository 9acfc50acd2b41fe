/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the 82540EM back end share. */
#ifndef WEFTNIC_INTEL_H
#define WEFTNIC_INTEL_H

#include "../weftnic.h"
#include "regs.h"

/**
 * struct intel - the back end's private part of an adapter
 * @rctl: receive control register, as written
 * @itr: interrupt throttling register, as written
 * @mta: multicast table, as written
 * @vfta: VLAN table, as written
 * @ra: receive addresses, low and high registers, as written
 * @ledctl: what the lights did before ethtool -p
 *
 * QEMU's model stops reception for a second whenever the receive control
 * register is written, whatever the value, and on silicon each write of a
 * table costs a bus cycle. So every such register is shadowed and written only
 * when it changes. filter_lock guards all but @itr, which rtnl does.
 */
struct intel {
	u32 rctl;
	u32 itr;
	u32 mta[E1000_MTA_WORDS];
	u32 vfta[E1000_VFTA_WORDS];
	u32 ra[E1000_RA_COUNT][2];
	u32 ledctl;
};

/* Words of the EEPROM that its checksum is over; the devices have no more. */
#define INTEL_EEPROM_WORDS	64

/* The index of a counter in intel_hw_stats and in its totals. */
enum intel_counter {
	INTEL_CRC_ERRORS,
	INTEL_RX_ERRORS,
	INTEL_MISSED,
	INTEL_SINGLE_COLL,
	INTEL_EXCESS_COLL,
	INTEL_MULTI_COLL,
	INTEL_LATE_COLL,
	INTEL_COLLISIONS,
	INTEL_LENGTH_ERRORS,
	INTEL_XON_RX,
	INTEL_XON_TX,
	INTEL_XOFF_RX,
	INTEL_XOFF_TX,
	INTEL_RX_64,
	INTEL_RX_127,
	INTEL_RX_255,
	INTEL_RX_511,
	INTEL_RX_1023,
	INTEL_RX_MAX,
	INTEL_RX_GOOD,
	INTEL_RX_BROADCAST,
	INTEL_RX_MULTICAST,
	INTEL_TX_GOOD,
	INTEL_RX_BYTES,
	INTEL_TX_BYTES,
	INTEL_NO_BUFFER,
	INTEL_UNDERSIZE,
	INTEL_FRAGMENTS,
	INTEL_OVERSIZE,
	INTEL_JABBER,
	INTEL_TX_64,
	INTEL_TX_127,
	INTEL_TX_255,
	INTEL_TX_511,
	INTEL_TX_1023,
	INTEL_TX_MAX,
	INTEL_TX_MULTICAST,
	INTEL_TX_BROADCAST,
	INTEL_TSO,
	INTEL_TSO_FAIL,
	INTEL_N_HW_STATS,
};

static inline struct intel *intel_priv(const struct weftnic_adapter *ad)
{
	return ad->priv;
}

/* filter.c */
void intel_clear_filters(struct weftnic_adapter *ad);
void intel_set_filter(struct weftnic_adapter *ad);
void intel_write_rctl(struct weftnic_adapter *ad, u32 rctl);

/* nvm.c */
int intel_read_eeprom(struct weftnic_adapter *ad, u16 offset, u16 *word);
int intel_test_eeprom(struct weftnic_adapter *ad);
int intel_read_mac(struct weftnic_adapter *ad);

/* selftest.c */
int intel_test_registers(struct weftnic_adapter *ad);
void intel_set_led(struct weftnic_adapter *ad, enum ethtool_phys_id_state state);

/* phy.c */
int intel_phy_probe(struct weftnic_adapter *ad);
void intel_phy_enable(struct weftnic_adapter *ad);
void intel_link(struct weftnic_adapter *ad, struct weftnic_link *link);
int intel_get_link_ksettings(struct weftnic_adapter *ad,
			     struct ethtool_link_ksettings *ks);
int intel_set_link_ksettings(struct weftnic_adapter *ad,
			     const struct ethtool_link_ksettings *ks);
int intel_restart_autoneg(struct weftnic_adapter *ad);
int intel_set_pause(struct weftnic_adapter *ad);
int intel_set_loopback(struct weftnic_adapter *ad, bool on);

/* datapath.c */
irqreturn_t em540_irq(int irq, void *data);
int em540_poll(struct napi_struct *napi, int budget);
netdev_tx_t em540_xmit(struct sk_buff *skb, struct net_device *dev);
int em540_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags);
void em540_start_rings(struct weftnic_adapter *ad);
void em540_irq_arm(struct weftnic_vector *vec, bool tx);
void em540_irq_arm_tx(struct weftnic_vector *vec);
void em540_irq_mask(struct weftnic_adapter *ad);
void em540_irq_raise(struct weftnic_vector *vec);

/* counters.c */
extern const struct weftnic_hw_stat intel_hw_stats[];
void intel_sum_totals(struct weftnic_adapter *ad,
		      struct weftnic_hw_totals *totals);
void intel_mac_stats(struct weftnic_adapter *ad,
		     struct ethtool_eth_mac_stats *mac);
void intel_ctrl_stats(struct weftnic_adapter *ad,
		      struct ethtool_eth_ctrl_stats *ctrl);
void intel_rmon_stats(struct weftnic_adapter *ad,
		      struct ethtool_rmon_stats *rmon);
void intel_pause_stats(struct weftnic_adapter *ad,
		       struct ethtool_pause_stats *pause);

/* wake.c */
u32 intel_wake_modes(struct weftnic_adapter *ad);
void intel_set_wake(struct weftnic_adapter *ad, u32 modes);

#endif /* WEFTNIC_INTEL_H */
