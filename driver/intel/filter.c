// SPDX-License-Identifier: GPL-2.0
/*
 * Receive filters (13.5): sixteen exact addresses, of either kind, a multicast
 * hash of 4096 bits and a table of the 4096 VLAN identifiers.
 *
 * The receive control register is written as rarely as can be (see struct
 * intel): all-multicast is a full hash table, not the register's own bit, and
 * the VLAN filter is on from the start. What is left are promiscuous mode, more
 * unicast addresses than there are registers, and the feature switches.
 */

#include <linux/etherdevice.h>

#include "intel.h"

/* Write RCTL if it changes. While reception is off only the shadow does. */
void intel_write_rctl(struct weftnic_adapter *ad, u32 rctl)
{
	struct intel *intel = intel_priv(ad);
	bool touched = (intel->rctl | rctl) & E1000_RCTL_EN;

	if (intel->rctl == rctl)
		return;
	intel->rctl = rctl;
	if (touched)
		weftnic_write(ad, E1000_RCTL, rctl);
}

/**
 * intel_write_table() - write the registers of a table that change
 * @ad: adapter
 * @reg: the first
 * @shadow: what they are
 * @want: what they are to be
 * @words: how many
 */
void intel_write_table(struct weftnic_adapter *ad, u32 reg, u32 *shadow,
		       const u32 *want, unsigned int words)
{
	unsigned int i;

	for (i = 0; i < words; i++) {
		if (shadow[i] == want[i])
			continue;
		shadow[i] = want[i];
		weftnic_write(ad, reg + 4 * i, want[i]);
	}
}

/* An exact address. The entry is off while its halves do not match. */
static void intel_write_ra(struct weftnic_adapter *ad, unsigned int n,
			   const u8 *addr)
{
	u32 *shadow = intel_priv(ad)->ra[n];
	u32 low = 0, high = 0;

	if (addr) {
		low = addr[0] | addr[1] << 8 | addr[2] << 16 |
		      (u32)addr[3] << 24;
		high = addr[4] | addr[5] << 8 | E1000_RAH_AV;
	}
	if (shadow[0] == low && shadow[1] == high)
		return;
	weftnic_write(ad, E1000_RAH(n), 0);
	weftnic_write(ad, E1000_RAL(n), low);
	weftnic_write(ad, E1000_RAH(n), high);
	shadow[0] = low;
	shadow[1] = high;
}

/**
 * intel_clear_filters() - empty every filter after a reset
 * @ad: adapter
 *
 * The tables are undefined after power-on (14.4), so all words are written,
 * whatever the shadows say. filter_lock held.
 */
void intel_clear_filters(struct weftnic_adapter *ad)
{
	struct intel *intel = intel_priv(ad);
	unsigned int i;

	for (i = 0; i < E1000_MTA_WORDS; i++)
		weftnic_write(ad, E1000_MTA(i), 0);
	for (i = 0; i < E1000_VFTA_WORDS; i++)
		weftnic_write(ad, E1000_VFTA(i), 0);
	for (i = 0; i < E1000_RA_COUNT; i++) {
		weftnic_write(ad, E1000_RAL(i), 0);
		weftnic_write(ad, E1000_RAH(i), 0);
	}
	memset(intel->mta, 0, sizeof(intel->mta));
	memset(intel->vfta, 0, sizeof(intel->vfta));
	memset(intel->ra, 0, sizeof(intel->ra));
}

/* Bits 47 to 36 of the address, with RCTL.MO of 0 (13.5.1). */
static unsigned int intel_hash(const u8 *addr)
{
	return (addr[4] >> 4 | addr[5] << 4) & 0xfff;
}

/* The hash of the groups that come after the first @exact ones. */
static void intel_hash_groups(struct weftnic_adapter *ad, unsigned int exact,
			      u32 *mta)
{
	struct net_device *dev = ad->netdev;
	struct netdev_hw_addr *ha;

	if (dev->flags & (IFF_ALLMULTI | IFF_PROMISC)) {
		memset(mta, 0xff, E1000_MTA_WORDS * sizeof(*mta));
		return;
	}
	memset(mta, 0, E1000_MTA_WORDS * sizeof(*mta));
	netdev_for_each_mc_addr(ha, dev) {
		unsigned int hash = intel_hash(ha->addr);

		if (exact)
			exact--;
		else
			mta[hash / 32] |= BIT(hash % 32);
	}
}

/* The first @exact groups, from the last register down. */
static void intel_set_groups(struct weftnic_adapter *ad, unsigned int exact)
{
	unsigned int n = E1000_RA_COUNT, end = E1000_RA_COUNT - exact;
	struct netdev_hw_addr *ha;

	netdev_for_each_mc_addr(ha, ad->netdev) {
		if (n == end)
			return;
		intel_write_ra(ad, --n, ha->addr);
	}
	while (n > end)
		intel_write_ra(ad, --n, NULL);
}

static void intel_set_vlans(struct weftnic_adapter *ad)
{
	struct intel *intel = intel_priv(ad);
	u32 vfta[E1000_VFTA_WORDS];

	if (ad->netdev->flags & IFF_PROMISC)
		memset(vfta, 0xff, sizeof(vfta));
	else
		bitmap_to_arr32(vfta, ad->vlans, VLAN_N_VID);
	intel_write_table(ad, E1000_VFTA(0), intel->vfta, vfta, E1000_VFTA_WORDS);
}

/* As many unicast addresses as there are registers for. */
static void intel_set_unicast(struct weftnic_adapter *ad)
{
	struct net_device *dev = ad->netdev;
	struct netdev_hw_addr *ha;
	unsigned int n = 1;

	intel_write_ra(ad, 0, dev->dev_addr);
	netdev_for_each_uc_addr(ha, dev) {
		if (n == E1000_RA_COUNT)
			break;
		intel_write_ra(ad, n++, ha->addr);
	}
}

/*
 * Groups get the registers that unicast leaves, since the hash lets others in too
 * (with QEMU's 82540EM even unicast frames to others). While a group moves from one
 * to the other it is in both: the hash is filled first and cleared last.
 */
static void intel_set_addresses(struct weftnic_adapter *ad)
{
	unsigned int exact = E1000_RA_COUNT - 1, i;
	u32 mta[E1000_MTA_WORDS], both[E1000_MTA_WORDS];
	struct intel *intel = intel_priv(ad);

	exact -= min_t(unsigned int, exact, netdev_uc_count(ad->netdev));
	intel_hash_groups(ad, exact, mta);
	for (i = 0; i < E1000_MTA_WORDS; i++)
		both[i] = mta[i] | intel->mta[i];
	intel_write_table(ad, E1000_MTA(0), intel->mta, both, E1000_MTA_WORDS);
	intel_set_unicast(ad);
	intel_set_groups(ad, exact);
	intel_write_table(ad, E1000_MTA(0), intel->mta, mta, E1000_MTA_WORDS);
}

/**
 * intel_set_filter() - bring the filters to what the net_device asks
 * @ad: adapter
 *
 * filter_lock held; the address lists are the caller's to keep still.
 */
void intel_set_filter(struct weftnic_adapter *ad)
{
	struct intel *intel = intel_priv(ad);
	struct net_device *dev = ad->netdev;
	u32 rctl = intel->rctl & ~(E1000_RCTL_UPE | E1000_RCTL_MPE | E1000_RCTL_VFE);

	if (netdev_uc_count(dev) >= E1000_RA_COUNT || dev->flags & IFF_PROMISC)
		rctl |= E1000_RCTL_UPE;
	if (dev->features & NETIF_F_HW_VLAN_CTAG_FILTER)
		rctl |= E1000_RCTL_VFE;
	intel_set_addresses(ad);
	intel_set_vlans(ad);
	intel_write_rctl(ad, rctl);
}
