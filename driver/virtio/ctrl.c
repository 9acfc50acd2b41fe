// SPDX-License-Identifier: GPL-2.0
/* The control queue (virtio 1.2, 5.1.6.5): one command at a time. */

#include <linux/delay.h>

#include "virtio.h"

/* Slots: a command takes one or two. */
#define VNET_CTRL_SLOTS		16

/* A device answers at once; after that time it is taken for dead. */
#define VNET_CTRL_TIMEOUT_MS	1000

/**
 * struct vnet_cmd - a command, in memory that the device shares
 * @hdr: class and command
 * @data: what goes with it
 * @ack: VIRTIO_NET_OK or VIRTIO_NET_ERR; the device writes it, and nothing else
 */
struct vnet_cmd {
	struct virtio_net_ctrl_hdr hdr;
	u8 data[VNET_CMD_MAX];
	u8 ack;
};

/**
 * vnet_ctrl_init() - allocate the control queue, if the device has one
 * @ad: adapter
 *
 * Process context. Return: 0 or -ENOMEM; vnet_ctrl_exit() undoes it, on error
 * too.
 */
int vnet_ctrl_init(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	struct device *dev = &ad->pdev->dev;

	if (!vnet_has(vn, VIRTIO_NET_F_CTRL_VQ))
		return 0;
	vn->ctrl_size = VNET_CTRL_SLOTS * VNET_SLOT_SIZE;
	vn->ctrl_mem = dma_alloc_coherent(dev, vn->ctrl_size, &vn->ctrl_dma,
					  GFP_KERNEL);
	vn->cmd = dma_alloc_coherent(dev, sizeof(*vn->cmd), &vn->cmd_dma,
				     GFP_KERNEL);
	if (!vn->ctrl_mem || !vn->cmd)
		return -ENOMEM;
	return vnet_vq_alloc(vn, &vn->ctrl, VNET_CTRL_SLOTS);
}

/**
 * vnet_ctrl_exit() - undo vnet_ctrl_init()
 * @ad: adapter
 */
void vnet_ctrl_exit(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	struct device *dev = &ad->pdev->dev;

	vnet_vq_free(&vn->ctrl);
	if (vn->cmd)
		dma_free_coherent(dev, sizeof(*vn->cmd), vn->cmd, vn->cmd_dma);
	if (vn->ctrl_mem)
		dma_free_coherent(dev, vn->ctrl_size, vn->ctrl_mem,
				  vn->ctrl_dma);
	vn->cmd = NULL;
	vn->ctrl_mem = NULL;
}

/* It is behind all pairs that the device has, used or not (5.1.2). */
static u16 vnet_ctrl_index(struct vnet *vn)
{
	u16 pairs = 1;

	if (vnet_has_pairs(vn))
		pairs = ioread16(vnet_config(vn, max_virtqueue_pairs));
	return 2 * pairs;
}

/**
 * vnet_ctrl_start() - give the device the control queue
 * @ad: adapter, before DRIVER_OK
 *
 * It never interrupts: commands wait for their answers by looking. With one at a time
 * there are no batches. rtnl held.
 *
 * Return: 0, or -EIO if the device does not take it.
 */
int vnet_ctrl_start(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);

	if (!vn->ctrl_mem)
		return 0;
	vnet_vq_init(&vn->ctrl, vn->ctrl_mem, VNET_CTRL_SLOTS,
		     vn->agreed & ~BIT_ULL(VIRTIO_F_IN_ORDER));
	vn->ctrl.index = vnet_ctrl_index(vn);
	vn->ctrl_dead = false;
	vn->ops->disarm(&vn->ctrl);
	return vnet_pci_set_queue(ad, &vn->ctrl, vn->ctrl_dma,
				  VIRTIO_MSI_NO_VECTOR);
}

/*
 * Mostly it is there at once; then sleep. Who was kept from running for long looks once
 * more before giving up.
 */
static bool vnet_ctrl_wait(struct vnet *vn)
{
	unsigned long end = jiffies + msecs_to_jiffies(VNET_CTRL_TIMEOUT_MS);
	struct vnet_done done;
	bool late = false;

	while (!vn->ops->pop_pair(&vn->ctrl, &done)) {
		if (vn->ctrl.broken || late || !READ_ONCE(vn->ad->regs))
			return false;
		usleep_range(20, 50);
		late = time_after(jiffies, end);
	}
	return !done.bad;
}

/**
 * vnet_ctrl_command() - have the device do something
 * @vn: device, its queues running
 * @class: VIRTIO_NET_CTRL_*
 * @cmd: of that class
 * @data: what goes with it
 * @len: its bytes, at most those of a table of addresses
 *
 * ctrl_lock held; sleeps, at most VNET_CTRL_TIMEOUT_MS. A device that does not
 * answer is asked no more until it is reset.
 *
 * Return: 0, -EIO if the device refuses, -ETIMEDOUT if it does not answer.
 */
int vnet_ctrl_command(struct vnet *vn, u8 class, u8 cmd, const void *data,
		      size_t len)
{
	if (vn->ctrl_dead || !vn->ctrl_mem)
		return -ETIMEDOUT;
	if (WARN_ON_ONCE(len > sizeof(vn->cmd->data)))
		return -EINVAL;
	vn->cmd->hdr.class = class;
	vn->cmd->hdr.cmd = cmd;
	memcpy(vn->cmd->data, data, len);
	vn->cmd->ack = VIRTIO_NET_ERR;
	vn->ops->post_pair(&vn->ctrl, vn->cmd_dma, sizeof(vn->cmd->hdr) + len,
			   vn->cmd_dma + offsetof(struct vnet_cmd, ack),
			   sizeof(vn->cmd->ack));
	if (vn->ops->kick(&vn->ctrl))
		iowrite16(vn->ctrl.index, vn->ctrl.notify);
	if (!vnet_ctrl_wait(vn)) {
		vn->ctrl_errors++;
		vn->ctrl_dead = true;
		netdev_err(vn->ad->netdev,
			   "control command %u.%u is not answered\n", class, cmd);
		return -ETIMEDOUT;
	}
	if (READ_ONCE(vn->cmd->ack) == VIRTIO_NET_OK)
		return 0;
	vn->ctrl_errors++;
	return -EIO;
}

/**
 * vnet_ctrl_set_queues() - choose how many queue pairs are in use (5.1.6.5.5)
 * @ad: adapter, running
 *
 * That command ends receive side scaling, so where there is that, its own does it.
 * rtnl held. Return: 0 or -errno.
 */
int vnet_ctrl_set_queues(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	__le16 pairs = cpu_to_le16(ad->n_vectors);
	int err;

	if (vnet_has(vn, VIRTIO_NET_F_RSS))
		return vnet_start_rss(ad);
	if (!vnet_has(vn, VIRTIO_NET_F_MQ))
		return 0;
	mutex_lock(&vn->ctrl_lock);
	err = vnet_ctrl_command(vn, VIRTIO_NET_CTRL_MQ,
				VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET, &pairs,
				sizeof(pairs));
	mutex_unlock(&vn->ctrl_lock);
	return err;
}
