/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the 82540EM and 82574L back ends share. */
#ifndef WEFTNIC_INTEL_H
#define WEFTNIC_INTEL_H

#include "../weftnic.h"
#include "regs.h"

/* Queue pairs of the device that has most of them, the 82574L. */
#define INTEL_MAX_QUEUES	2

/**
 * struct intel_params - what differs between the devices in shared code
 * @eerd_addr_shift: where in E1000_EERD the word's number is
 * @eerd_done: its bit that tells of an answer
 * @mdio_owner: register in which MDIO is asked for, 0 if nobody else uses it
 * @pause_high: bytes in the receive buffer from which on to ask for silence, so
 *	that one largest frame still fits; a multiple of 8
 * @pause_low: bytes at which to end it, likewise
 * @mpe: all-multicast is RCTL.MPE; else a hash table of ones, which spares a write
 *	of RCTL
 */
struct intel_params {
	u8 eerd_addr_shift;
	u32 eerd_done;
	u32 mdio_owner;
	u16 pause_high;
	u16 pause_low;
	bool mpe;
};

/**
 * struct intel_ints - a vector's interrupt causes, E1000_INT_*
 * @rx: always wanted
 * @tx: transmit completion, wanted only while a frame waits for it
 */
struct intel_ints {
	u32 rx;
	u32 tx;
};

/**
 * struct intel - the back end's private part of an adapter
 * @params: what differs between the devices
 * @ints: causes by vector; written before any interrupt
 * @rctl: receive control register, as written
 * @itr: interrupt throttling by vector, as written
 * @mta: multicast table, as written
 * @vfta: VLAN table, as written
 * @ra: receive addresses, low and high registers, as written
 * @reta: redirection table of RSS, as written (rtnl)
 * @rssrk: key of RSS, as written (rtnl)
 * @ledctl: what the lights did before ethtool -p
 * @bmcr: the PHY's control register before it was put in a loop
 *
 * QEMU's model stops reception for a second whenever the receive control
 * register is written, whatever the value, and on silicon each write of a
 * table costs a bus cycle. So every such register is shadowed and written only
 * when it changes. filter_lock guards @rctl and the filters; @itr belongs to
 * who sets a vector's moderation, of whom there is one at a time.
 */
struct intel {
	const struct intel_params *params;
	struct intel_ints ints[INTEL_MAX_QUEUES];
	u32 rctl;
	u32 itr[INTEL_MAX_QUEUES];
	u32 mta[E1000_MTA_WORDS];
	u32 vfta[E1000_VFTA_WORDS];
	u32 ra[E1000_RA_COUNT][2];
	u32 reta[E1000_RETA_WORDS];
	u32 rssrk[E1000_RSSRK_WORDS];
	u32 ledctl;
	u16 bmcr;
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
void intel_write_table(struct weftnic_adapter *ad, u32 reg, u32 *shadow,
		       const u32 *want, unsigned int words);
void intel_write_rctl(struct weftnic_adapter *ad, u32 rctl);

/* nvm.c */
int intel_read_eeprom(struct weftnic_adapter *ad, u16 offset, u16 *word);
int intel_test_eeprom(struct weftnic_adapter *ad);
int intel_read_mac(struct weftnic_adapter *ad);

/* selftest.c */
int intel_test_registers(struct weftnic_adapter *ad);
void intel_set_led(struct weftnic_adapter *ad, enum ethtool_phys_id_state state);

/* phy.c */
int intel_phy_lock(struct weftnic_adapter *ad);
void intel_phy_unlock(struct weftnic_adapter *ad);
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

/* rings.c */
void intel_start_rings(struct weftnic_vector *vec);
void intel_clear_rings(struct weftnic_adapter *ad, unsigned int index);
void intel_start_tx(struct weftnic_adapter *ad, u32 tctl);
void intel_start_rx(struct weftnic_adapter *ad, u32 rxcsum);
void intel_set_vlan_strip(struct weftnic_adapter *ad);
void intel_stop(struct weftnic_adapter *ad);
void intel_irq_init(struct weftnic_adapter *ad);
void intel_irq_arm(struct weftnic_vector *vec, bool tx);
void intel_irq_arm_tx(struct weftnic_vector *vec);
bool intel_tx_paused(struct weftnic_adapter *ad);
void intel_irq_mask(struct weftnic_adapter *ad);
void intel_irq_raise(struct weftnic_vector *vec);
irqreturn_t intel_irq(int irq, void *data);

/* 82540em_rings.c */
void em540_tx_flush(struct weftnic_tx_ring *ring);
int em540_poll(struct napi_struct *napi, int budget);
netdev_tx_t em540_xmit(struct sk_buff *skb, struct net_device *dev);
int em540_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags);
void em540_repost(struct weftnic_rx_ring *rx);

/* 82574l_rings.c */
void em574_tx_flush(struct weftnic_tx_ring *ring);
int em574_poll(struct napi_struct *napi, int budget);
netdev_tx_t em574_xmit(struct sk_buff *skb, struct net_device *dev);
int em574_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags);
void em574_repost(struct weftnic_rx_ring *rx);
irqreturn_t em574_irq_queue(int irq, void *data);
irqreturn_t em574_irq_other(int irq, void *data);

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

/* What both devices have of struct weftnic_hw_ops. */
#define INTEL_HW_OPS \
	.priv_size		= sizeof(struct intel), \
	.irq			= intel_irq, \
	.alive_reg		= E1000_STATUS, \
	.ring_min		= 128, \
	.ring_max		= 4096, \
	.tx_desc_size		= sizeof(struct intel_txd), \
	.max_usecs		= 16000, \
	.hw_stats		= intel_hw_stats, \
	.n_hw_stats		= INTEL_N_HW_STATS, \
	.set_filter		= intel_set_filter, \
	.set_vlan_strip		= intel_set_vlan_strip, \
	.link			= intel_link, \
	.irq_arm		= intel_irq_arm, \
	.irq_arm_tx		= intel_irq_arm_tx, \
	.tx_paused		= intel_tx_paused, \
	.irq_mask		= intel_irq_mask, \
	.get_link_ksettings	= intel_get_link_ksettings, \
	.set_link_ksettings	= intel_set_link_ksettings, \
	.restart_autoneg	= intel_restart_autoneg, \
	.set_pause		= intel_set_pause, \
	.read_eeprom		= intel_read_eeprom, \
	.eeprom_words		= INTEL_EEPROM_WORDS, \
	.sum_totals		= intel_sum_totals, \
	.mac_stats		= intel_mac_stats, \
	.ctrl_stats		= intel_ctrl_stats, \
	.rmon_stats		= intel_rmon_stats, \
	.pause_stats		= intel_pause_stats, \
	.irq_raise		= intel_irq_raise, \
	.set_loopback		= intel_set_loopback, \
	.test_registers		= intel_test_registers, \
	.test_eeprom		= intel_test_eeprom, \
	.set_led		= intel_set_led, \
	.wake_modes		= intel_wake_modes, \
	.set_wake		= intel_set_wake

#endif /* WEFTNIC_INTEL_H */
