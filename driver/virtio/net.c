// SPDX-License-Identifier: GPL-2.0
/*
 * virtio-net (virtio 1.2, 5.1): life cycle and link; the tables of operations,
 * one for each ring format.
 *
 * The device is reset whenever the interface goes down, for there is no other
 * way to take its queues away. So everything from the features on is done anew
 * in vnet_start(), which is also what makes a reset, a resume and a migration
 * to another device work.
 */

#include <linux/etherdevice.h>

#include "virtio.h"

#define VNET_REG(field)	offsetof(struct virtio_pci_common_cfg, field)

/* Fields of ethtool -d; those of a queue are of the one last looked at. */
static const u32 vnet_regs[] = {
	VNET_REG(device_feature_select), VNET_REG(device_feature),
	VNET_REG(guest_feature_select), VNET_REG(guest_feature),
	VNET_REG(msix_config), VNET_REG(num_queues),
	VNET_REG(device_status), VNET_REG(config_generation),
	VNET_REG(queue_select), VNET_REG(queue_size),
	VNET_REG(queue_msix_vector), VNET_REG(queue_enable),
	VNET_REG(queue_notify_off), VNET_REG(queue_desc_lo),
	VNET_REG(queue_desc_hi), VNET_REG(queue_avail_lo),
	VNET_REG(queue_avail_hi), VNET_REG(queue_used_lo),
	VNET_REG(queue_used_hi),
};

/* Begin anew; whether that was not yet under way. Any context. */
static bool vnet_broken(struct weftnic_adapter *ad, const char *why)
{
	WRITE_ONCE(ad->fault, why);
	return schedule_work(&ad->reset_work);
}

/**
 * vnet_queue_broken() - a queue is of no use any more: begin anew
 * @ad: adapter
 * @why: what happened, a constant
 *
 * Any context.
 *
 * Return: that was not yet under way.
 */
bool vnet_queue_broken(struct weftnic_adapter *ad, const char *why)
{
	WRITE_ONCE(vnet_priv(ad)->disorder, true);
	return vnet_broken(ad, why);
}

/* --- from probe to remove ------------------------------------------------------- */

static void vnet_announce_task(struct work_struct *work)
{
	struct vnet *vn = container_of(work, struct vnet, announce_work);

	netdev_notify_peers(vn->ad->netdev);
	rtnl_lock();
	if (vn->live) {
		mutex_lock(&vn->ctrl_lock);
		vnet_ctrl_command(vn, VIRTIO_NET_CTRL_ANNOUNCE,
				  VIRTIO_NET_CTRL_ANNOUNCE_ACK, NULL, 0);
		mutex_unlock(&vn->ctrl_lock);
	}
	rtnl_unlock();
}

static void vnet_unmap(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);

	cancel_work_sync(&vn->announce_work);
	vnet_ctrl_exit(ad);
	vnet_pci_unmap(ad);
}

static const struct weftnic_hw_ops vnet_packed_hw_ops;

static int vnet_map(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	int err;

	vn->ad = ad;
	vn->ops = &vnet_split_ops;
	mutex_init(&vn->ctrl_lock);
	INIT_WORK(&vn->filter_work, vnet_filter_task);
	INIT_WORK(&vn->announce_work, vnet_announce_task);
	err = vnet_pci_map(ad);
	if (err)
		goto err;
	ad->regs = ad->bar;
	err = vnet_learn(ad);
	if (err)
		goto err;
	if (vnet_has(vn, VIRTIO_F_RING_PACKED)) {
		vn->packed = true;
		vn->ops = &vnet_packed_ops;
		ad->hw = &vnet_packed_hw_ops;
	}
	err = vnet_ctrl_init(ad);
	if (err)
		goto err;
	return 0;

err:
	if (READ_ONCE(ad->regs))
		vnet_pci_fail(ad);
	vnet_unmap(ad);
	return err;
}

static int vnet_probe(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	u8 mac[ETH_ALEN] = {};

	if (vnet_has(vn, VIRTIO_NET_F_MAC))
		vnet_read_mac(vn, mac);
	if (is_valid_ether_addr(mac))
		eth_hw_addr_set(ad->netdev, mac);
	else
		eth_hw_addr_random(ad->netdev);
	ad->netdev->needed_headroom = sizeof(struct vnet_hdr);
	return vnet_pci_reset(ad);
}

/* --- up and down ------------------------------------------------------------------ */

static u16 vnet_vector(const struct weftnic_adapter *ad, u16 index)
{
	return ad->msix ? index : VIRTIO_MSI_NO_VECTOR;
}

static int vnet_start_pair(struct weftnic_adapter *ad, unsigned int q)
{
	struct weftnic_rx_ring *rx = ad->vec[q].rx;
	struct weftnic_tx_ring *tx = ad->vec[q].tx;
	int err;

	err = vnet_pci_set_queue(ad, &vnet_rx(rx)->vq, rx->desc_dma,
				 vnet_vector(ad, vnet_rx_index(q)));
	if (err)
		return err;
	return vnet_pci_set_queue(ad, &vnet_tx(tx)->vq, tx->desc_dma,
				  vnet_vector(ad, vnet_tx_index(q)));
}

/*
 * Initialization (3.1.1), to DRIVER_OK. The device was reset before, or did not
 * come out of it and has lost the bus: then nothing is begun.
 */
static int vnet_bring_up(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	unsigned int q;
	int err;

	err = vnet_pci_reset(ad);
	if (err)
		return err;
	pci_set_master(ad->pdev);
	err = vnet_pci_claim(ad);
	if (err)
		return err;
	/* Rings and the interface's features were made for these. */
	if (vn->features & ~vn->offered)
		return -EIO;
	err = vnet_pci_negotiate(ad, vn->agreed);
	if (err)
		return err;
	if (ad->msix) {
		err = vnet_pci_set_config_vector(ad, 2 * ad->max_vectors);
		if (err)
			return err;
	}
	for (q = 0; q < ad->n_vectors; q++) {
		err = vnet_start_pair(ad, q);
		if (err)
			return err;
	}
	err = vnet_ctrl_start(ad);
	if (err)
		return err;
	vnet_filter_forget(vn);
	vnet_pci_driver_ok(ad);
	return 0;
}

/* What goes on with a device that does not start: no link, and no traffic. */
static void vnet_start_with(struct weftnic_adapter *ad,
			    void (*restart)(struct weftnic_vector *vec),
			    void (*announce)(struct weftnic_vector *vec))
{
	struct vnet *vn = vnet_priv(ad);
	unsigned int q;
	int err;

	vn->agreed = vnet_wanted_features(ad);
	for (q = 0; q < ad->n_vectors; q++)
		restart(&ad->vec[q]);
	err = vnet_bring_up(ad);
	if (err) {
		netdev_err(ad->netdev, "device does not start: %d\n", err);
		vnet_pci_fail(ad);
		return;
	}
	for (q = 0; q < ad->n_vectors; q++)
		announce(&ad->vec[q]);
	if (vnet_ctrl_set_queues(ad))
		netdev_err(ad->netdev, "device refuses %u queue pairs\n",
			   ad->n_vectors);
	vnet_filter_apply(vn);
	WRITE_ONCE(vn->live, true);
	/* Something may have changed meanwhile. */
	schedule_work(&vn->filter_work);
}

static void vnet_split_start(struct weftnic_adapter *ad)
{
	vnet_start_with(ad, vnet_split_restart, vnet_split_announce);
}

static void vnet_packed_start(struct weftnic_adapter *ad)
{
	vnet_start_with(ad, vnet_packed_restart, vnet_packed_announce);
}

static void vnet_stop(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	unsigned int q;
	int err;

	WRITE_ONCE(vn->live, false);
	if (!netif_running(ad->netdev))
		WRITE_ONCE(vn->disorder, false);
	cancel_work_sync(&vn->filter_work);
	err = vnet_pci_reset(ad);
	/* It may not write to what is given back now. */
	if (err)
		pci_clear_master(ad->pdev);
	if (err == -EIO)
		netdev_err(ad->netdev, "device does not come out of reset\n");
	for (q = 0; q < ad->n_vectors; q++) {
		vnet_tx_ring_drop(ad->vec[q].tx);
		vnet_rx_ring_gather(ad->vec[q].rx);
	}
}

/* With an XDP program the device says nothing of checksums and joins nothing. */
static netdev_features_t vnet_fix_features(struct net_device *dev,
					   netdev_features_t features)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (ad->cfg.prog)
		features &= ~(NETIF_F_RXCSUM | NETIF_F_GRO_HW);
	return weftnic_fix_features(dev, features);
}

/* What was negotiated is changed by a reset. */
static int vnet_set_features(struct net_device *dev, netdev_features_t features)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	int ret = weftnic_set_features(dev, features);

	if (test_bit(WEFTNIC_UP, &ad->flags) && READ_ONCE(ad->regs) &&
	    vnet_priv(ad)->agreed != vnet_wanted_features(ad)) {
		weftnic_detach(ad);
		weftnic_attach(ad);
	}
	return ret;
}

/* --- link (5.1.4.2) ------------------------------------------------------------------ */

static void vnet_link(struct weftnic_adapter *ad, struct weftnic_link *link)
{
	struct vnet *vn = vnet_priv(ad);
	u16 status = VIRTIO_NET_S_LINK_UP;
	u8 device = vnet_pci_status(ad);

	memset(link, 0, sizeof(*link));
	link->speed = SPEED_UNKNOWN;
	link->duplex = DUPLEX_UNKNOWN;
	if (!READ_ONCE(vn->live) || !READ_ONCE(ad->regs))
		return;
	if (device & VIRTIO_CONFIG_S_NEEDS_RESET)
		vnet_broken(ad, "the device asks for a reset");
	if (vnet_has(vn, VIRTIO_NET_F_STATUS))
		status = ioread16(vnet_config(vn, status));
	link->up = status & VIRTIO_NET_S_LINK_UP;
	if (vnet_has(vn, VIRTIO_NET_F_GUEST_ANNOUNCE) &&
	    status & VIRTIO_NET_S_ANNOUNCE)
		schedule_work(&vn->announce_work);
	if (!vnet_has(vn, VIRTIO_NET_F_SPEED_DUPLEX))
		return;
	link->speed = ioread32(vnet_config(vn, speed));
	if (!ethtool_validate_speed(link->speed))
		link->speed = SPEED_UNKNOWN;
	link->duplex = ioread8(vnet_config(vn, duplex));
	if (!ethtool_validate_duplex(link->duplex))
		link->duplex = DUPLEX_UNKNOWN;
}

static int vnet_get_link_ksettings(struct weftnic_adapter *ad,
				   struct ethtool_link_ksettings *ks)
{
	struct weftnic_link link;

	vnet_link(ad, &link);
	ks->base.speed = link.speed;
	ks->base.duplex = link.duplex;
	ks->base.port = PORT_OTHER;
	return 0;
}

/* --- interrupts (4.1.4.5, 4.1.5.3) ---------------------------------------------------- */

static irqreturn_t vnet_irq_queue(int irq, void *data)
{
	struct weftnic_vector *vec = data;

	napi_schedule_irqoff(&vec->napi);
	return IRQ_HANDLED;
}

static irqreturn_t vnet_irq_other(int irq, void *data)
{
	weftnic_service_soon(data, 0);
	return IRQ_HANDLED;
}

/* The only one: a read of the status clears it, and tells what it is about. */
static irqreturn_t vnet_irq(int irq, void *data)
{
	struct weftnic_adapter *ad = data;
	u8 isr;

	if (unlikely(!READ_ONCE(ad->regs)))
		return IRQ_NONE;
	isr = ioread8(vnet_priv(ad)->isr.base);
	if (!isr || isr == 0xff)
		return IRQ_NONE;
	if (isr & VIRTIO_PCI_ISR_CONFIG)
		weftnic_service_soon(ad, 0);
	napi_schedule_irqoff(&ad->vec[0].napi);
	return IRQ_HANDLED;
}

/* Nothing to do: NAPI is off, and vnet_stop() resets the device. */
static void vnet_irq_mask(struct weftnic_adapter *ad)
{
}

/* --- the tables ------------------------------------------------------------------------ */

static const struct net_device_ops vnet_split_netdev_ops = {
	.ndo_start_xmit		= vnet_split_xmit,
	.ndo_xdp_xmit		= vnet_split_xdp_xmit,
	.ndo_fix_features	= vnet_fix_features,
	.ndo_set_features	= vnet_set_features,
	WEFTNIC_NETDEV_BASE_OPS,
};

static const struct net_device_ops vnet_packed_netdev_ops = {
	.ndo_start_xmit		= vnet_packed_xmit,
	.ndo_xdp_xmit		= vnet_packed_xdp_xmit,
	.ndo_fix_features	= vnet_fix_features,
	.ndo_set_features	= vnet_set_features,
	WEFTNIC_NETDEV_BASE_OPS,
};

#define VNET_HW_OPS(format) \
	.name			= "virtio-net, " #format " rings", \
	.priv_size		= sizeof(struct vnet), \
	.netdev_ops		= &vnet_##format##_netdev_ops, \
	.poll			= vnet_##format##_poll, \
	.tx_flush		= vnet_##format##_tx_flush, \
	.irq			= vnet_irq, \
	.irq_queue		= vnet_irq_queue, \
	.irq_other		= vnet_irq_other, \
	.max_queues		= WEFTNIC_MAX_VECTORS, \
	.ring_min		= VNET_RING_MIN, \
	.ring_max		= VNET_RING_MAX, \
	.rx_desc_size		= VNET_SLOT_SIZE, \
	.tx_desc_size		= VNET_SLOT_SIZE, \
	.max_mtu		= VNET_MAX_MTU, \
	.dma_bits		= 64, \
	.regs			= vnet_regs, \
	.n_regs			= ARRAY_SIZE(vnet_regs), \
	.read_reg		= vnet_pci_read_reg, \
	.map			= vnet_map, \
	.unmap			= vnet_unmap, \
	.is_gone		= vnet_pci_is_gone, \
	.rx_ring_init		= vnet_rx_ring_init, \
	.rx_ring_exit		= vnet_rx_ring_exit, \
	.tx_ring_init		= vnet_tx_ring_init, \
	.tx_ring_exit		= vnet_tx_ring_exit, \
	.probe			= vnet_probe, \
	.reset			= vnet_pci_reset, \
	.start			= vnet_##format##_start, \
	.stop			= vnet_stop, \
	.set_filter		= vnet_set_filter, \
	.set_rss		= vnet_set_rss, \
	.filter_wait		= vnet_filter_wait, \
	.link			= vnet_link, \
	.irq_arm		= vnet_##format##_irq_arm, \
	.irq_mask		= vnet_irq_mask, \
	.get_link_ksettings	= vnet_get_link_ksettings

static const struct weftnic_hw_ops vnet_packed_hw_ops = {
	VNET_HW_OPS(packed),
};

/* The one that a device begins with, until it turns out to want the other. */
const struct weftnic_hw_ops vnet_hw_ops = {
	VNET_HW_OPS(split),
};
