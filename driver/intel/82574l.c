// SPDX-License-Identifier: GPL-2.0
/*
 * Intel 82574L: life cycle, MSI-X, receive side scaling. What is not told here
 * is as with the 82540EM. Names in capitals are those of the "82574 GbE
 * Controller Family Datasheet".
 */

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/iopoll.h>

#include "intel.h"

/*
 * Of the 40 KiB packet buffer. What is left to transmission holds a frame of the
 * largest MTU, as it must.
 */
#define EM574_RX_KIB		26

/*
 * 9234 bytes of frame with its FCS, without a tag: what the silicon bears. QEMU
 * takes up to 16 KiB.
 */
#define EM574_MAX_MTU		9216

/* Moderation of the interrupt that is no queue's, in units of 256 ns: 4 ms. */
#define EM574_OTHER_EITR	15625

/* Registers of a dump, none of which reading changes. */
static const u32 em574_regs[] = {
	E1000_CTRL, E1000_STATUS, E1000_EECD, E1000_CTRL_EXT, E1000_FCAL,
	E1000_FCAH, E1000_FCT, E1000_VET, E1000_ITR, E1000_IMS, E1000_EIAC,
	E1000_IAM, E1000_IVAR, E1000_EITR(0), E1000_EITR(1), E1000_EITR(2),
	E1000_EITR(3), E1000_EITR(4), E1000_RCTL, E1000_FCTTV, E1000_TCTL,
	E1000_TIPG, E1000_EXTCNF_CTRL, E1000_PBA, E1000_FCRTL, E1000_FCRTH,
	E1000_RDBAL, E1000_RDBAH, E1000_RDLEN, E1000_RDH, E1000_RDT,
	E1000_RDTR, E1000_RXDCTL, E1000_RADV,
	E1000_RDBAL + E1000_QUEUE_STRIDE, E1000_RDBAH + E1000_QUEUE_STRIDE,
	E1000_RDLEN + E1000_QUEUE_STRIDE, E1000_RDH + E1000_QUEUE_STRIDE,
	E1000_RDT + E1000_QUEUE_STRIDE, E1000_RXDCTL + E1000_QUEUE_STRIDE,
	E1000_TDBAL, E1000_TDBAH, E1000_TDLEN, E1000_TDH, E1000_TDT,
	E1000_TIDV, E1000_TXDCTL, E1000_TADV, E1000_TARC,
	E1000_TDBAL + E1000_QUEUE_STRIDE, E1000_TDBAH + E1000_QUEUE_STRIDE,
	E1000_TDLEN + E1000_QUEUE_STRIDE, E1000_TDH + E1000_QUEUE_STRIDE,
	E1000_TDT + E1000_QUEUE_STRIDE, E1000_TXDCTL + E1000_QUEUE_STRIDE,
	E1000_TARC + E1000_QUEUE_STRIDE, E1000_RXCSUM, E1000_RFCTL,
	E1000_RAL(0), E1000_RAH(0), E1000_MRQC, E1000_MANC, E1000_GCR,
	E1000_GCR2, E1000_RETA(0), E1000_RSSRK(0),
};

static void em574_update(struct weftnic_adapter *ad, u32 reg, u32 clear,
			 u32 set)
{
	weftnic_write(ad, reg, (weftnic_read(ad, reg) & ~clear) | set);
}

/* --- reset ----------------------------------------------------------------- */

/* No request of the device may be under way on the bus when it is reset. */
static void em574_stop_master(struct weftnic_adapter *ad)
{
	u32 status;

	em574_update(ad, E1000_CTRL, 0, E1000_CTRL_GIO_STOP);
	if (read_poll_timeout(weftnic_read, status, !(status & E1000_STATUS_GIO),
			      100, 80000, false, ad, E1000_STATUS) && ad->regs)
		dev_warn(&ad->pdev->dev, "requests are under way at reset\n");
}

/*
 * Reset; the EEPROM is read anew, and the PHY set up from it. The firmware must
 * not be at the PHY meanwhile. If it does not let go, the reset ends that.
 */
static int em574_reset_mac(struct weftnic_adapter *ad)
{
	bool locked = !intel_phy_lock(ad);
	u32 eecd;
	int err;

	em574_update(ad, E1000_CTRL, E1000_CTRL_GIO_STOP, E1000_CTRL_RST);
	usleep_range(10000, 11000);
	err = read_poll_timeout(weftnic_read, eecd, eecd & E1000_EECD_AUTO_RD,
				1000, 20000, false, ad, E1000_EECD);
	msleep(25);
	if (locked)
		intel_phy_unlock(ad);
	if (!ad->regs)
		return -ENODEV;
	return err ? -EIO : 0;
}

/* Reserved bits whose reset values are to be changed, and the errata's. */
static void em574_init_bits(struct weftnic_adapter *ad)
{
	em574_update(ad, E1000_CTRL, BIT(29), 0);
	em574_update(ad, E1000_CTRL_EXT, BIT(23), BIT(22));
	em574_update(ad, E1000_TARC, GENMASK(30, 27), BIT(26));
	em574_update(ad, E1000_GCR, 0, BIT(22));
	em574_update(ad, E1000_GCR2, 0, BIT(0));
}

/* Silicon has cleared some of these, QEMU none. */
static void em574_clear(struct weftnic_adapter *ad)
{
	struct intel *intel = intel_priv(ad);
	unsigned int i;

	intel->rctl = 0;
	weftnic_write(ad, E1000_RCTL, 0);
	memset(intel->itr, 0, sizeof(intel->itr));
	weftnic_write(ad, E1000_ITR, 0);
	for (i = 0; i < E1000_N_EITR; i++)
		weftnic_write(ad, E1000_EITR(i), 0);
	memset(intel->reta, 0, sizeof(intel->reta));
	for (i = 0; i < E1000_RETA_WORDS; i++)
		weftnic_write(ad, E1000_RETA(i), 0);
	memset(intel->rssrk, 0, sizeof(intel->rssrk));
	for (i = 0; i < E1000_RSSRK_WORDS; i++)
		weftnic_write(ad, E1000_RSSRK(i), 0);
	spin_lock_bh(&ad->filter_lock);
	intel_clear_filters(ad);
	spin_unlock_bh(&ad->filter_lock);
}

static int em574_reset(struct weftnic_adapter *ad)
{
	int err;

	intel_irq_mask(ad);
	em574_stop_master(ad);
	intel_stop(ad);
	weftnic_write(ad, E1000_PBA, EM574_RX_KIB);
	err = em574_reset_mac(ad);
	if (err)
		return err;

	intel_irq_mask(ad);
	weftnic_read(ad, E1000_ICR);
	em574_clear(ad);
	em574_init_bits(ad);
	intel_phy_enable(ad);
	return 0;
}

static const struct intel_params em574_params = {
	.eerd_addr_shift	= 2,
	.eerd_done		= BIT(1),
	.mdio_owner		= E1000_EXTCNF_CTRL,
	.pause_high		= 16 * 1024,
	.pause_low		= 14 * 1024,
	.mpe			= true,
};

/* Causes by vector; the first arms the link's too. */
static void em574_irq_init(struct weftnic_adapter *ad)
{
	struct intel_ints *ints = intel_priv(ad)->ints;
	unsigned int q;

	if (!ad->msix) {
		intel_irq_init(ad);
		return;
	}
	for (q = 0; q < ad->max_vectors; q++) {
		ints[q].rx = E1000_INT_RXQ(q);
		ints[q].tx = E1000_INT_TXQ(q);
	}
	ints[0].rx |= E1000_INT_OTHER | E1000_INT_LSC;
}

static int em574_probe(struct weftnic_adapter *ad)
{
	int err;

	intel_priv(ad)->params = &em574_params;
	ad->rss.usable = true;
	em574_irq_init(ad);
	/* The link to the device may not come back from sleep (errata). */
	pci_disable_link_state(ad->pdev,
			       PCIE_LINK_STATE_L0S | PCIE_LINK_STATE_L1);
	err = em574_reset(ad);
	if (err) {
		dev_err(&ad->pdev->dev, "device does not come out of reset\n");
		return err;
	}
	err = intel_phy_probe(ad);
	if (err)
		return err;
	return intel_read_mac(ad);
}

/* --- start and stop -------------------------------------------------------- */

/*
 * EITR counts in units of 256 ns. Both interrupts of a queue schedule the same
 * poll, so they have the same.
 */
static void em574_set_moderation(struct weftnic_vector *vec)
{
	struct weftnic_adapter *ad = vec->adapter;
	struct intel *intel = intel_priv(ad);
	u32 itr = vec->usecs * 1000 / 256;

	if (itr == intel->itr[vec->index])
		return;
	intel->itr[vec->index] = itr;
	if (!ad->msix) {
		weftnic_write(ad, E1000_ITR, itr);
		return;
	}
	weftnic_write(ad, E1000_EITR(2 * vec->index), itr);
	weftnic_write(ad, E1000_EITR(2 * vec->index + 1), itr);
}

/*
 * With MSI-X a message clears its cause by EIAC and masks it. For that silicon
 * wants EIAME, and the causes in IAM. QEMU masks what is in EIAC while IAME is
 * off, which on silicon concerns accesses to ICR only; it takes EIAME for an
 * order to forget IAM, which hurts nobody. So a poll ends with one write of IMS,
 * and that is all. The cause "other" is cleared by its handler.
 */
static void em574_start_irqs(struct weftnic_adapter *ad)
{
	u32 ivar = 0, causes = 0, ext = E1000_CTRL_EXT_DRV_LOAD;
	unsigned int q;

	if (ad->msix) {
		for (q = 0; q < ad->max_vectors; q++) {
			ivar |= E1000_IVAR_RXQ(q, 2 * q);
			ivar |= E1000_IVAR_TXQ(q, 2 * q + 1);
			causes |= E1000_INT_RXQ(q) | E1000_INT_TXQ(q);
		}
		ivar |= E1000_IVAR_OTHER(2 * q);
		ext |= E1000_CTRL_EXT_EIAME;
		weftnic_write(ad, E1000_EITR(2 * q), EM574_OTHER_EITR);
	}
	weftnic_write(ad, E1000_IVAR, ivar);
	weftnic_write(ad, E1000_EIAC, causes);
	weftnic_write(ad, E1000_IAM, causes);
	em574_update(ad, E1000_CTRL_EXT,
		     E1000_CTRL_EXT_IAME | E1000_CTRL_EXT_EIAME, ext);
}

/* Four table entries, or bytes of the key, are in a register, the first lowest. */
static int em574_set_rss(struct weftnic_adapter *ad)
{
	struct intel *intel = intel_priv(ad);
	u32 reta[E1000_RETA_WORDS] = {}, rssrk[E1000_RSSRK_WORDS] = {};
	unsigned int i;

	static_assert(WEFTNIC_RSS_TABLE == 4 * E1000_RETA_WORDS);
	static_assert(WEFTNIC_RSS_KEY == 4 * E1000_RSSRK_WORDS);

	for (i = 0; i < WEFTNIC_RSS_TABLE; i++)
		if (ad->rss.table[i])
			reta[i / 4] |= E1000_RETA_QUEUE << i % 4 * 8;
	for (i = 0; i < WEFTNIC_RSS_KEY; i++)
		rssrk[i / 4] |= (u32)ad->rss.key[i] << i % 4 * 8;
	intel_write_table(ad, E1000_RSSRK(0), intel->rssrk, rssrk,
			  E1000_RSSRK_WORDS);
	intel_write_table(ad, E1000_RETA(0), intel->reta, reta,
			  E1000_RETA_WORDS);
	return 0;
}

/*
 * Descriptors are written back one by one, so that none waits for others. RSS is
 * on with one queue too, for the hash. Extended descriptors are what carries
 * it, in the place of the packet checksum, which nobody needs.
 */
static void em574_start(struct weftnic_adapter *ad)
{
	const u32 dctl = E1000_DCTL_GRAN | FIELD_PREP(E1000_DCTL_WTHRESH, 1);
	unsigned int q;

	for (q = 0; q < ad->n_vectors; q++) {
		struct weftnic_vector *vec = &ad->vec[q];
		u32 queue = q * E1000_QUEUE_STRIDE;

		em574_repost(vec->rx);
		intel_start_rings(vec);
		em574_set_moderation(vec);
		weftnic_write(ad, E1000_RXDCTL + queue, dctl);
		weftnic_write(ad, E1000_TXDCTL + queue,
			      dctl | E1000_TXDCTL_ONE |
			      FIELD_PREP(E1000_DCTL_PTHRESH, 31) |
			      FIELD_PREP(E1000_DCTL_HTHRESH, 1));
	}
	for (; q < INTEL_MAX_QUEUES; q++)
		intel_clear_rings(ad, q);
	em574_start_irqs(ad);
	em574_set_rss(ad);
	weftnic_write(ad, E1000_MRQC, E1000_MRQC_RSS | E1000_MRQC_TCP4 |
		      E1000_MRQC_IP4 | E1000_MRQC_TCP6 | E1000_MRQC_IP6);
	weftnic_write(ad, E1000_RFCTL, E1000_RFCTL_EXTEN | E1000_RFCTL_ACK_DIS);
	intel_start_tx(ad, E1000_TCTL_MULR);
	intel_start_rx(ad, E1000_RXCSUM_PCSD);
}

static void em574_stop(struct weftnic_adapter *ad)
{
	intel_stop(ad);
	em574_update(ad, E1000_CTRL_EXT, E1000_CTRL_EXT_DRV_LOAD, 0);
}

static const struct net_device_ops em574_netdev_ops = {
	.ndo_start_xmit		= em574_xmit,
	.ndo_xdp_xmit		= em574_xdp_xmit,
	WEFTNIC_NETDEV_OPS,
};

const struct weftnic_hw_ops em574_hw_ops = {
	.name			= "Intel 82574L",
	.netdev_ops		= &em574_netdev_ops,
	.poll			= em574_poll,
	.tx_flush		= em574_tx_flush,
	.irq_queue		= em574_irq_queue,
	.irq_other		= em574_irq_other,
	.max_queues		= INTEL_MAX_QUEUES,
	.rx_desc_size		= sizeof(struct em574_rxd),
	.max_mtu		= EM574_MAX_MTU,
	.dma_bits		= 64,
	/* QEMU sums up TCP and UDP of IP only, wherever the offsets point. */
	.features		= NETIF_F_SG | NETIF_F_IP_CSUM |
				  NETIF_F_IPV6_CSUM | NETIF_F_RXCSUM |
				  NETIF_F_RXHASH | NETIF_F_TSO |
				  NETIF_F_HW_VLAN_CTAG_TX |
				  NETIF_F_HW_VLAN_CTAG_RX |
				  NETIF_F_HW_VLAN_CTAG_FILTER,
	/* QEMU before 8.0 cuts frames where IPv4 would be fragmented. */
	.features_off		= NETIF_F_TSO6 | NETIF_F_LOOPBACK,
	.regs			= em574_regs,
	.n_regs			= ARRAY_SIZE(em574_regs),
	.probe			= em574_probe,
	.reset			= em574_reset,
	.start			= em574_start,
	.stop			= em574_stop,
	.set_moderation		= em574_set_moderation,
	.set_rss		= em574_set_rss,
	INTEL_HW_OPS,
};
