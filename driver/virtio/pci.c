// SPDX-License-Identifier: GPL-2.0
/*
 * virtio over PCI (virtio 1.2, 4.1): where the device's structures are, its
 * status, its features and its queues.
 */

#include <linux/delay.h>

#include "virtio.h"

/* How long a reset may take (2.4.2), in milliseconds. */
#define VNET_RESET_MS		500

/* What a device that is gone reads as. */
#define VNET_GONE		0xff

/* --- finding the structures (4.1.4) ----------------------------------------- */

/*
 * Map the first structure of a type that lies in a BAR of memory, as far as
 * @want, and behind its capability's common part read @extra, if given.
 */
static int vnet_pci_map_area(struct pci_dev *pdev, u8 type, u32 min,
			     struct vnet_pci_area *area, u32 *extra)
{
	u8 pos = pci_find_capability(pdev, PCI_CAP_ID_VNDR), seen, bar;
	u32 offset, len;
	int tries;

	for (tries = 0; pos && tries < 48; tries++) {
		pci_read_config_byte(pdev, pos + VIRTIO_PCI_CAP_CFG_TYPE, &seen);
		pci_read_config_byte(pdev, pos + VIRTIO_PCI_CAP_BAR, &bar);
		pci_read_config_dword(pdev, pos + VIRTIO_PCI_CAP_OFFSET, &offset);
		pci_read_config_dword(pdev, pos + VIRTIO_PCI_CAP_LENGTH, &len);
		if (seen == type && bar < PCI_STD_NUM_BARS && len >= min &&
		    pci_resource_flags(pdev, bar) & IORESOURCE_MEM &&
		    offset < pci_resource_len(pdev, bar) &&
		    len <= pci_resource_len(pdev, bar) - offset)
			break;
		pos = pci_find_next_capability(pdev, pos, PCI_CAP_ID_VNDR);
	}
	if (!pos || tries == 48)
		return -ENODEV;
	if (extra)
		pci_read_config_dword(pdev, pos + VIRTIO_PCI_NOTIFY_CAP_MULT,
				      extra);
	area->base = pci_iomap_range(pdev, bar, offset, len);
	area->len = len;
	return area->base ? 0 : -EIO;
}

static void vnet_pci_unmap_area(struct pci_dev *pdev,
				struct vnet_pci_area *area)
{
	if (area->base)
		pci_iounmap(pdev, area->base);
	area->base = NULL;
}

/**
 * vnet_pci_map() - find and map the device's structures
 * @ad: adapter
 *
 * Process context.
 *
 * Return: 0; -ENODEV if it is not a virtio 1.0 device; or another -errno. What
 * was mapped is left for vnet_pci_unmap(), on error too.
 */
int vnet_pci_map(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	struct pci_dev *pdev = ad->pdev;
	int err;

	err = vnet_pci_map_area(pdev, VIRTIO_PCI_CAP_COMMON_CFG,
				sizeof(struct virtio_pci_common_cfg),
				&vn->common, NULL);
	if (err == -ENODEV) {
		dev_err(&pdev->dev,
			"a legacy virtio device: only virtio 1.0 and later will do\n");
		return err;
	}
	if (!err)
		err = vnet_pci_map_area(pdev, VIRTIO_PCI_CAP_NOTIFY_CFG,
					sizeof(u16), &vn->notify,
					&vn->notify_multiplier);
	if (!err)
		err = vnet_pci_map_area(pdev, VIRTIO_PCI_CAP_ISR_CFG,
					sizeof(u8), &vn->isr, NULL);
	if (!err)
		err = vnet_pci_map_area(pdev, VIRTIO_PCI_CAP_DEVICE_CFG,
					ETH_ALEN, &vn->config, NULL);
	if (err) {
		dev_err(&pdev->dev, "virtio structures missing\n");
		return err;
	}
	ad->bar = vn->common.base;
	return 0;
}

/**
 * vnet_pci_unmap() - undo vnet_pci_map()
 * @ad: adapter
 */
void vnet_pci_unmap(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);

	vnet_pci_unmap_area(ad->pdev, &vn->config);
	vnet_pci_unmap_area(ad->pdev, &vn->isr);
	vnet_pci_unmap_area(ad->pdev, &vn->notify);
	vnet_pci_unmap_area(ad->pdev, &vn->common);
}

/**
 * vnet_pci_has_config() - the device's configuration has a field
 * @vn: device
 * @end: where the field ends, in bytes
 *
 * Return: that.
 */
bool vnet_pci_has_config(const struct vnet *vn, size_t end)
{
	return vn->config.len >= end;
}

/* --- status (2.1) ------------------------------------------------------------ */

/**
 * vnet_pci_status() - read the device status
 * @ad: adapter
 *
 * Notices a device that is gone. Any context.
 *
 * Return: VIRTIO_CONFIG_S_*.
 */
u8 vnet_pci_status(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	u8 status = VNET_GONE;

	if (READ_ONCE(ad->regs))
		status = ioread8(vnet_common(vn, device_status));
	if (unlikely(status == VNET_GONE))
		weftnic_read_all_ones(ad);
	return status;
}

/**
 * vnet_pci_is_gone() - decide whether the device was pulled out
 * @ad: adapter, whose registers are mapped
 *
 * No device sets all bits of its status. Any context.
 *
 * Return: that.
 */
bool vnet_pci_is_gone(struct weftnic_adapter *ad)
{
	return ioread8(vnet_common(vnet_priv(ad), device_status)) == VNET_GONE;
}

static void vnet_pci_add_status(struct weftnic_adapter *ad, u8 bits)
{
	u8 status = vnet_pci_status(ad);

	if (READ_ONCE(ad->regs))
		iowrite8(status | bits,
			 vnet_common(vnet_priv(ad), device_status));
}

/**
 * vnet_pci_reset() - reset the device (2.4)
 * @ad: adapter
 *
 * Afterwards it has forgotten its queues and neither accesses memory nor
 * interrupts. Sleeps; bounded.
 *
 * Return: 0, -EIO if it does not come out of reset, -ENODEV if it is gone.
 */
int vnet_pci_reset(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	unsigned int tries;

	if (!READ_ONCE(ad->regs))
		return -ENODEV;
	iowrite8(0, vnet_common(vn, device_status));
	for (tries = 0; vnet_pci_status(ad); tries++) {
		if (!READ_ONCE(ad->regs))
			return -ENODEV;
		if (tries == VNET_RESET_MS)
			return -EIO;
		usleep_range(1000, 1100);
	}
	return 0;
}

/* --- features (2.2, 3.1.1) ---------------------------------------------------- */

static u64 vnet_pci_offered(struct vnet *vn)
{
	u64 features;

	iowrite32(1, vnet_common(vn, device_feature_select));
	features = (u64)ioread32(vnet_common(vn, device_feature)) << 32;
	iowrite32(0, vnet_common(vn, device_feature_select));
	return features | ioread32(vnet_common(vn, device_feature));
}

/**
 * vnet_pci_claim() - tell the device of a driver, and learn what it offers
 * @ad: adapter, reset
 *
 * The device's configuration may be read from here on. Process context.
 *
 * Return: 0, or -ENODEV if it is gone.
 */
int vnet_pci_claim(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);

	vnet_pci_add_status(ad, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	vnet_pci_add_status(ad, VIRTIO_CONFIG_S_DRIVER);
	if (!READ_ONCE(ad->regs))
		return -ENODEV;
	vn->offered = vnet_pci_offered(vn);
	return 0;
}

/**
 * vnet_pci_negotiate() - agree with the device on features
 * @ad: adapter, claimed
 * @features: those to be used, of what it offers
 *
 * Process context.
 *
 * Return: 0, or -EIO if the device does not accept them.
 */
int vnet_pci_negotiate(struct weftnic_adapter *ad, u64 features)
{
	struct vnet *vn = vnet_priv(ad);

	iowrite32(0, vnet_common(vn, guest_feature_select));
	iowrite32(lower_32_bits(features), vnet_common(vn, guest_feature));
	iowrite32(1, vnet_common(vn, guest_feature_select));
	iowrite32(upper_32_bits(features), vnet_common(vn, guest_feature));
	vnet_pci_add_status(ad, VIRTIO_CONFIG_S_FEATURES_OK);
	if (vnet_pci_status(ad) & VIRTIO_CONFIG_S_FEATURES_OK &&
	    READ_ONCE(ad->regs))
		return 0;
	return -EIO;
}

/**
 * vnet_pci_driver_ok() - let the device use its queues
 * @ad: adapter
 */
void vnet_pci_driver_ok(struct weftnic_adapter *ad)
{
	vnet_pci_add_status(ad, VIRTIO_CONFIG_S_DRIVER_OK);
}

/**
 * vnet_pci_fail() - tell the device that it is given up (2.1)
 * @ad: adapter
 */
void vnet_pci_fail(struct weftnic_adapter *ad)
{
	vnet_pci_add_status(ad, VIRTIO_CONFIG_S_FAILED);
}

/* --- queues (4.1.5.1) ----------------------------------------------------------- */

/**
 * vnet_pci_queue_max() - how long a queue may be
 * @ad: adapter
 * @index: number of the virtqueue
 *
 * rtnl held, or before the interface is there.
 *
 * Return: slots, a power of two; 0 if the device has no such queue.
 */
u16 vnet_pci_queue_max(struct weftnic_adapter *ad, u16 index)
{
	struct vnet *vn = vnet_priv(ad);
	u16 size;

	if (!READ_ONCE(ad->regs) ||
	    index >= ioread16(vnet_common(vn, num_queues)))
		return 0;
	iowrite16(index, vnet_common(vn, queue_select));
	size = ioread16(vnet_common(vn, queue_size));
	if (size > VNET_RING_MAX)
		return VNET_RING_MAX;
	return size ? rounddown_pow_of_two(size) : 0;
}

static void vnet_pci_write_address(void __iomem *low, void __iomem *high,
				   dma_addr_t dma)
{
	iowrite32(lower_32_bits(dma), low);
	iowrite32(upper_32_bits(dma), high);
}

/* The doorbell must lie in what is mapped, whatever the device says. */
static int vnet_pci_set_notify(struct vnet *vn, struct vnet_vq *vq)
{
	u64 offset = ioread16(vnet_common(vn, queue_notify_off));

	offset *= vn->notify_multiplier;
	if (offset + sizeof(u16) > vn->notify.len || offset % sizeof(u16))
		return -EIO;
	vq->notify = vn->notify.base + offset;
	return 0;
}

/**
 * vnet_pci_set_queue() - tell the device where a queue is, and enable it
 * @ad: adapter, before DRIVER_OK
 * @vq: virtqueue, initialized
 * @dma: bus address of its memory
 * @vector: entry of the MSI-X table, or VIRTIO_MSI_NO_VECTOR
 *
 * rtnl held.
 *
 * Return: 0, or -EIO if the device does not take it so.
 */
int vnet_pci_set_queue(struct weftnic_adapter *ad, struct vnet_vq *vq,
		       dma_addr_t dma, u16 vector)
{
	struct vnet *vn = vnet_priv(ad);
	u16 slots = vq->mask + 1;
	int err;

	if (vnet_pci_queue_max(ad, vq->index) < slots)
		return -EIO;
	iowrite16(slots, vnet_common(vn, queue_size));
	vnet_pci_write_address(vnet_common(vn, queue_desc_lo),
			       vnet_common(vn, queue_desc_hi), dma);
	vnet_pci_write_address(vnet_common(vn, queue_avail_lo),
			       vnet_common(vn, queue_avail_hi),
			       dma + vnet_vq_driver_offset(slots));
	vnet_pci_write_address(vnet_common(vn, queue_used_lo),
			       vnet_common(vn, queue_used_hi),
			       dma + vnet_vq_device_offset(slots, vn->packed));
	if (vector != VIRTIO_MSI_NO_VECTOR) {
		iowrite16(vector, vnet_common(vn, queue_msix_vector));
		if (ioread16(vnet_common(vn, queue_msix_vector)) != vector)
			return -EIO;
	}
	err = vnet_pci_set_notify(vn, vq);
	if (err)
		return err;
	iowrite16(1, vnet_common(vn, queue_enable));
	return 0;
}

/**
 * vnet_pci_set_config_vector() - choose the interrupt for configuration changes
 * @ad: adapter
 * @vector: entry of the MSI-X table
 *
 * Return: 0, or -EIO if the device does not take it.
 */
int vnet_pci_set_config_vector(struct weftnic_adapter *ad, u16 vector)
{
	struct vnet *vn = vnet_priv(ad);

	iowrite16(vector, vnet_common(vn, msix_config));
	return ioread16(vnet_common(vn, msix_config)) == vector ? 0 : -EIO;
}

/**
 * vnet_pci_read_reg() - read a field of the common configuration, for ethtool -d
 * @ad: adapter
 * @reg: offset of the field
 *
 * Fields are read in their own width. Return: the value.
 */
u32 vnet_pci_read_reg(struct weftnic_adapter *ad, u32 reg)
{
	struct vnet *vn = vnet_priv(ad);

	if (!READ_ONCE(ad->regs))
		return ~0U;
	if (reg < offsetof(struct virtio_pci_common_cfg, msix_config))
		return ioread32(vn->common.base + reg);
	if (reg == offsetof(struct virtio_pci_common_cfg, device_status) ||
	    reg == offsetof(struct virtio_pci_common_cfg, config_generation))
		return ioread8(vn->common.base + reg);
	if (reg < offsetof(struct virtio_pci_common_cfg, queue_desc_lo))
		return ioread16(vn->common.base + reg);
	return ioread32(vn->common.base + reg);
}
