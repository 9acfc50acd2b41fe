// SPDX-License-Identifier: GPL-2.0
/*
 * Intel 82540EM: life cycle. Sections are those of the 8254x Software
 * Developer's Manual (317453); chapter 14 is its initialization sequence.
 */

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>

#include "intel.h"

/*
 * Of the 64 KiB packet buffer: a frame must be 80 bytes smaller than the
 * transmit part (3.3.7), so 16 KiB would not do for the largest MTU.
 */
#define EM540_RX_KIB		40

/* 16128 bytes of frame with its FCS, without a tag. */
#define EM540_MAX_MTU		16110

/* Registers of a dump, none of which reading changes. */
static const u32 em540_regs[] = {
	E1000_CTRL, E1000_STATUS, E1000_FCAL, E1000_FCAH, E1000_FCT,
	E1000_VET, E1000_ITR, E1000_IMS, E1000_RCTL, E1000_FCTTV,
	E1000_TCTL, E1000_TIPG, E1000_PBA, E1000_FCRTL, E1000_FCRTH,
	E1000_RDBAL, E1000_RDBAH, E1000_RDLEN, E1000_RDH, E1000_RDT,
	E1000_RDTR, E1000_RADV, E1000_TDBAL, E1000_TDBAH, E1000_TDLEN,
	E1000_TDH, E1000_TDT, E1000_TIDV, E1000_TXDCTL, E1000_TADV,
	E1000_RXCSUM, E1000_MANC, E1000_RAL(0), E1000_RAH(0),
};

static int em540_reset(struct weftnic_adapter *ad)
{
	struct intel *intel = intel_priv(ad);
	unsigned int tries;

	intel_irq_mask(ad);
	intel_stop(ad);
	weftnic_write(ad, E1000_PBA, EM540_RX_KIB);
	weftnic_write(ad, E1000_CTRL,
		      weftnic_read(ad, E1000_CTRL) | E1000_CTRL_RST);
	/* The EEPROM is read anew, in which time registers do not answer. */
	usleep_range(10000, 11000);
	for (tries = 0; weftnic_read(ad, E1000_CTRL) & E1000_CTRL_RST; tries++) {
		if (tries == 10)
			return -EIO;
		usleep_range(1000, 2000);
	}
	if (!ad->regs)
		return -ENODEV;

	intel_irq_mask(ad);
	weftnic_read(ad, E1000_ICR);

	/* Silicon has cleared these, QEMU has not. */
	intel->rctl = 0;
	weftnic_write(ad, E1000_RCTL, 0);
	intel->itr[0] = 0;
	weftnic_write(ad, E1000_ITR, 0);
	spin_lock_bh(&ad->filter_lock);
	intel_clear_filters(ad);
	spin_unlock_bh(&ad->filter_lock);
	intel_phy_enable(ad);
	return 0;
}

static const struct intel_params em540_params = {
	.eerd_addr_shift	= 8,
	.eerd_done		= BIT(4),
	/* Of 40 KiB; the largest frame fits above the first. */
	.pause_high		= 22 * 1024,
	.pause_low		= 20 * 1024,
};

static int em540_probe(struct weftnic_adapter *ad)
{
	int err;

	intel_priv(ad)->params = &em540_params;
	intel_irq_init(ad);
	err = em540_reset(ad);
	if (err) {
		dev_err(&ad->pdev->dev, "device does not come out of reset\n");
		return err;
	}
	err = intel_phy_probe(ad);
	if (err)
		return err;
	return intel_read_mac(ad);
}

/* Interrupt throttling counts in units of 256 ns (13.4.18). */
static void em540_set_moderation(struct weftnic_vector *vec)
{
	struct intel *intel = intel_priv(vec->adapter);
	u32 itr = vec->usecs * 1000 / 256;

	if (itr == intel->itr[0])
		return;
	intel->itr[0] = itr;
	weftnic_write(vec->adapter, E1000_ITR, itr);
}

static void em540_start(struct weftnic_adapter *ad)
{
	struct weftnic_vector *vec = &ad->vec[0];

	em540_repost(vec->rx);
	intel_start_rings(vec);
	em540_set_moderation(vec);
	intel_start_tx(ad, 0);
	intel_start_rx(ad, 0);
}

static const struct net_device_ops em540_netdev_ops = {
	.ndo_start_xmit		= em540_xmit,
	.ndo_xdp_xmit		= em540_xdp_xmit,
	WEFTNIC_NETDEV_OPS,
};

const struct weftnic_hw_ops em540_hw_ops = {
	.name			= "Intel 82540EM",
	.netdev_ops		= &em540_netdev_ops,
	.poll			= em540_poll,
	.max_queues		= 1,
	.rx_desc_size		= sizeof(struct em540_rxd),
	.max_mtu		= EM540_MAX_MTU,
	/* On plain PCI it hangs with addresses that take two address cycles. */
	.dma_bits		= 32,
	.soft_tso6		= true,
	/* The last two of the second line together are Weft's streams. */
	.features		= NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_RXCSUM |
				  NETIF_F_TSO | NETIF_F_TSO6 |
				  NETIF_F_TSO_MANGLEID | NETIF_F_GSO_SCTP |
				  NETIF_F_HW_VLAN_CTAG_TX |
				  NETIF_F_HW_VLAN_CTAG_RX |
				  NETIF_F_HW_VLAN_CTAG_FILTER,
	.features_off		= NETIF_F_LOOPBACK,
	.regs			= em540_regs,
	.n_regs			= ARRAY_SIZE(em540_regs),
	.probe			= em540_probe,
	.reset			= em540_reset,
	.start			= em540_start,
	.stop			= intel_stop,
	.set_moderation		= em540_set_moderation,
	INTEL_HW_OPS,
};
