// SPDX-License-Identifier: GPL-2.0
/*
 * Receive filters (virtio 1.2, 5.1.6.5.1 to 5.1.6.5.3).
 *
 * The stack asks with a spinlock held, and a command takes the time until the
 * device's other half gets to run. So a work does it, at once but not before
 * the stack's call returns.
 */

#include <linux/etherdevice.h>

#include "virtio.h"

/* &vnet.rx_mode */
#define VNET_PROMISC		BIT(0)
#define VNET_ALLMULTI		BIT(1)

/**
 * struct vnet_wish - what the stack asks of the filters
 * @mac: the interface's address
 * @rx_mode: VNET_PROMISC and VNET_ALLMULTI
 * @table: both lists, ready to be sent
 * @table_len: their bytes
 * @vlans: identifiers to let through
 */
struct vnet_wish {
	u8 mac[ETH_ALEN];
	u8 rx_mode;
	u8 table[2 * sizeof(__le32) + VNET_MAX_ADDRS * ETH_ALEN];
	size_t table_len;
	DECLARE_BITMAP(vlans, VLAN_N_VID);
};

/* Append a list to the table, as far as there is room. */
static bool vnet_filter_list(struct vnet_wish *wish,
			     const struct netdev_hw_addr_list *list)
{
	size_t at = wish->table_len + sizeof(__le32);
	const struct netdev_hw_addr *ha;
	__le32 n = cpu_to_le32(list->count);
	bool fits = true;

	if (at + list->count * ETH_ALEN > sizeof(wish->table)) {
		fits = false;
		n = 0;
	}
	memcpy(wish->table + wish->table_len, &n, sizeof(n));
	if (fits)
		netdev_hw_addr_list_for_each(ha, list) {
			memcpy(wish->table + at, ha->addr, ETH_ALEN);
			at += ETH_ALEN;
		}
	wish->table_len = at;
	return fits;
}

/* A consistent copy of what is asked. */
static void vnet_filter_wish(struct vnet *vn, struct vnet_wish *wish)
{
	struct weftnic_adapter *ad = vn->ad;
	struct net_device *dev = ad->netdev;

	memset(wish, 0, sizeof(*wish));
	netif_addr_lock_bh(dev);
	ether_addr_copy(wish->mac, dev->dev_addr);
	if (dev->flags & IFF_PROMISC)
		wish->rx_mode |= VNET_PROMISC;
	if (dev->flags & IFF_ALLMULTI)
		wish->rx_mode |= VNET_ALLMULTI;
	if (!vnet_filter_list(wish, &dev->uc))
		wish->rx_mode |= VNET_PROMISC;
	if (!vnet_filter_list(wish, &dev->mc))
		wish->rx_mode |= VNET_ALLMULTI;
	netif_addr_unlock_bh(dev);

	spin_lock_bh(&ad->filter_lock);
	if (!(dev->features & NETIF_F_HW_VLAN_CTAG_FILTER))
		bitmap_fill(wish->vlans, VLAN_N_VID);
	else
		bitmap_copy(wish->vlans, ad->vlans, VLAN_N_VID);
	spin_unlock_bh(&ad->filter_lock);
}

/* What the device cannot filter for must not get lost: let everything in. */
static void vnet_filter_mac(struct vnet *vn, struct vnet_wish *wish)
{
	if (ether_addr_equal(vn->mac, wish->mac))
		return;
	if (vnet_has(vn, VIRTIO_NET_F_CTRL_MAC_ADDR) &&
	    !vnet_ctrl_command(vn, VIRTIO_NET_CTRL_MAC,
			       VIRTIO_NET_CTRL_MAC_ADDR_SET, wish->mac,
			       ETH_ALEN))
		ether_addr_copy(vn->mac, wish->mac);
	else
		wish->rx_mode |= VNET_PROMISC;
}

static void vnet_filter_mode(struct vnet *vn, u8 wanted, u8 bit, u8 cmd)
{
	u8 on = !!(wanted & bit);

	if (on == !!(vn->rx_mode & bit))
		return;
	if (!vnet_ctrl_command(vn, VIRTIO_NET_CTRL_RX, cmd, &on, sizeof(on)))
		vn->rx_mode ^= bit;
}

static void vnet_filter_vlans(struct vnet *vn, const struct vnet_wish *wish)
{
	DECLARE_BITMAP(changed, VLAN_N_VID);
	unsigned int vid;

	bitmap_xor(changed, vn->vlans, wish->vlans, VLAN_N_VID);
	for_each_set_bit(vid, changed, VLAN_N_VID) {
		bool add = test_bit(vid, wish->vlans);
		__le16 id = cpu_to_le16(vid);

		if (!vnet_ctrl_command(vn, VIRTIO_NET_CTRL_VLAN,
				       add ? VIRTIO_NET_CTRL_VLAN_ADD :
					     VIRTIO_NET_CTRL_VLAN_DEL,
				       &id, sizeof(id)))
			__change_bit(vid, vn->vlans);
	}
}

/**
 * vnet_filter_apply() - bring the device's filters to what the stack asks
 * @vn: device, running
 *
 * Only differences are sent, but for the table of addresses. Process context.
 */
void vnet_filter_apply(struct vnet *vn)
{
	struct vnet_wish *wish = kmalloc(sizeof(*wish), GFP_KERNEL);

	if (!wish)
		return;
	mutex_lock(&vn->ctrl_lock);
	vnet_filter_wish(vn, wish);
	vnet_filter_mac(vn, wish);
	if (vnet_has(vn, VIRTIO_NET_F_CTRL_RX)) {
		vnet_ctrl_command(vn, VIRTIO_NET_CTRL_MAC,
				  VIRTIO_NET_CTRL_MAC_TABLE_SET, wish->table,
				  wish->table_len);
		vnet_filter_mode(vn, wish->rx_mode, VNET_PROMISC,
				 VIRTIO_NET_CTRL_RX_PROMISC);
		vnet_filter_mode(vn, wish->rx_mode, VNET_ALLMULTI,
				 VIRTIO_NET_CTRL_RX_ALLMULTI);
	}
	if (vnet_has(vn, VIRTIO_NET_F_CTRL_VLAN))
		vnet_filter_vlans(vn, wish);
	mutex_unlock(&vn->ctrl_lock);
	kfree(wish);
}

/**
 * vnet_filter_forget() - the device was reset: it lets in what it does then
 * @vn: device, whose configuration may be read
 *
 * That is: everything but tagged frames (5.1.6.5.1, 5.1.6.5.3). rtnl held.
 */
void vnet_filter_forget(struct vnet *vn)
{
	mutex_lock(&vn->ctrl_lock);
	vn->rx_mode = VNET_PROMISC;
	bitmap_zero(vn->vlans, VLAN_N_VID);
	eth_zero_addr(vn->mac);
	if (vnet_has(vn, VIRTIO_NET_F_MAC))
		vnet_read_mac(vn, vn->mac);
	mutex_unlock(&vn->ctrl_lock);
}

/**
 * vnet_filter_task() - do what vnet_set_filter() was asked
 * @work: &vnet.filter_work
 */
void vnet_filter_task(struct work_struct *work)
{
	struct vnet *vn = container_of(work, struct vnet, filter_work);

	vnet_filter_apply(vn);
}

/**
 * vnet_filter_wait() - wait until vnet_set_filter() has had its effect
 * @ad: adapter
 *
 * rtnl held, which the work does not take. A device that does not answer is
 * asked one more command at most.
 */
void vnet_filter_wait(struct weftnic_adapter *ad)
{
	flush_work(&vnet_priv(ad)->filter_work);
}

/**
 * vnet_set_filter() - have the filters brought to what the stack asks
 * @ad: adapter
 *
 * filter_lock held. While the device is not running there is nothing to do:
 * vnet_start() will.
 */
void vnet_set_filter(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);

	if (READ_ONCE(vn->live))
		schedule_work(&vn->filter_work);
}
