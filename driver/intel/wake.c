// SPDX-License-Identifier: GPL-2.0
/* Wake on LAN (6, 13.6): which frames make a sleeping device wake the machine. */

#include <linux/ethtool.h>

#include "intel.h"

/* What ethtool calls them, and the device's filters (13.6.2). */
static const struct {
	u32 wol;
	u32 wufc;
} intel_wake[] = {
	{ WAKE_PHY, E1000_WUFC_LNKC },
	{ WAKE_MAGIC, E1000_WUFC_MAG },
	{ WAKE_UCAST, E1000_WUFC_EX },
	{ WAKE_MCAST, E1000_WUFC_MC },
	{ WAKE_BCAST, E1000_WUFC_BC },
};

/**
 * intel_wake_modes() - what can wake the machine
 * @ad: adapter
 *
 * Nothing can where the slot gives the device no power to listen with.
 *
 * Return: WAKE_* bits of ethtool.
 */
u32 intel_wake_modes(struct weftnic_adapter *ad)
{
	u32 modes = 0;
	unsigned int i;

	if (!pci_pme_capable(ad->pdev, PCI_D3hot))
		return 0;
	for (i = 0; i < ARRAY_SIZE(intel_wake); i++)
		modes |= intel_wake[i].wol;
	return modes;
}

/**
 * intel_set_wake() - tell the device what to wake the machine for
 * @ad: adapter, stopped; it is about to lose its driver's attention
 * @modes: WAKE_* bits, some of intel_wake_modes(); 0 for nothing
 *
 * Process context.
 */
void intel_set_wake(struct weftnic_adapter *ad, u32 modes)
{
	u32 wufc = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(intel_wake); i++)
		if (modes & intel_wake[i].wol)
			wufc |= intel_wake[i].wufc;
	weftnic_write(ad, E1000_WUS, ~0U);
	weftnic_write(ad, E1000_WUFC, wufc);
	weftnic_write(ad, E1000_WUC, wufc ? E1000_WUC_PME_EN : 0);
}
