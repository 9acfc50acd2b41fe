// SPDX-License-Identifier: GPL-2.0
/* The interface: up, down and every change of it. */

#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/tso.h>

#include "compat_workqueue.h"
#include "ring.h"
#include "tx.h"
#include "xsk.h"

/* Device counters of 32 bits are read before they can wrap: 10 s is plenty. */
#define WEFTNIC_SERVICE_PERIOD	(10 * HZ)

static bool weftnic_is_gone(struct weftnic_adapter *ad)
{
	if (ad->hw->is_gone)
		return ad->hw->is_gone(ad);
	return readl(ad->bar + ad->hw->alive_reg) == ~0U;
}

/**
 * weftnic_read_all_ones() - decide what a register of all ones means
 * @ad: adapter
 *
 * A device that was pulled out answers every read so. If its status register,
 * which never does, does too, it is gone: its registers are not touched again,
 * and the stack stops using it; the service sees to what is in the rings. Any
 * context.
 *
 * Return: all ones, whatever the case.
 */
u32 weftnic_read_all_ones(struct weftnic_adapter *ad)
{
	if (READ_ONCE(ad->regs) && weftnic_is_gone(ad)) {
		WRITE_ONCE(ad->regs, NULL);
		netif_device_detach(ad->netdev);
		dev_err(&ad->pdev->dev, "device is gone\n");
		weftnic_service_soon(ad, 0);
	}
	return ~0U;
}

/**
 * weftnic_service_soon() - run the service work
 * @ad: adapter
 * @delay: in jiffies
 *
 * Does nothing while the interface is down. Any context.
 */
void weftnic_service_soon(struct weftnic_adapter *ad, unsigned long delay)
{
	if (test_bit(WEFTNIC_UP, &ad->flags))
		mod_delayed_work(system_percpu_wq, &ad->service, delay);
}

static bool weftnic_tx_waiting(struct weftnic_adapter *ad)
{
	unsigned int i;

	for (i = 0; i < ad->n_vectors; i++)
		if (READ_ONCE(ad->vec[i].tx->next_to_clean) !=
		    READ_ONCE(ad->vec[i].tx->next_to_use))
			return true;
	return false;
}

static void weftnic_link_update(struct weftnic_adapter *ad)
{
	struct weftnic_link link;

	ad->hw->link(ad, &link);
	if (!memcmp(&link, &ad->link, sizeof(link)) &&
	    link.up == netif_carrier_ok(ad->netdev))
		return;
	ad->link = link;
	if (link.up) {
		netif_carrier_on(ad->netdev);
		if (link.speed == SPEED_UNKNOWN)
			netif_info(ad, link, ad->netdev, "link up\n");
		else
			netif_info(ad, link, ad->netdev,
				   "link up, %u Mbit/s, %s duplex, flow control %s\n",
				   link.speed,
				   link.duplex == DUPLEX_FULL ? "full" : "half",
				   link.rx_pause ? (link.tx_pause ? "rx/tx" :
						    "rx") :
				   link.tx_pause ? "tx" : "off");
		return;
	}
	netif_carrier_off(ad->netdev);
	netif_info(ad, link, ad->netdev, "link down\n");
	/* Frames that cannot leave any more would be held without limit. */
	if (weftnic_tx_waiting(ad))
		schedule_work(&ad->reset_work);
}

/*
 * Short of buffers no interrupt may come to make a poll look for more; and
 * sockets may have asked for frames to be sent when there was no link.
 */
static void weftnic_rescue(struct weftnic_adapter *ad)
{
	unsigned int i;

	for (i = 0; i < ad->n_vectors; i++) {
		struct weftnic_vector *vec = &ad->vec[i];

		if (weftnic_rx_lack(vec->rx) < vec->rx->mask / 2 &&
		    !vec->tx->xsk)
			continue;
		local_bh_disable();
		napi_schedule(&vec->napi);
		local_bh_enable();
	}
}

/**
 * weftnic_service_task() - what has to be looked after while up
 * @work: &weftnic_adapter.service
 *
 * Process context; ends before weftnic_down() goes on.
 */
void weftnic_service_task(struct work_struct *work)
{
	struct weftnic_adapter *ad = container_of(work, struct weftnic_adapter,
						  service.work);
	unsigned int i;

	weftnic_link_update(ad);
	if (!READ_ONCE(ad->regs)) {
		schedule_work(&ad->reset_work);
		return;
	}
	for (i = 0; ad->hw->tx_paused && i < ad->n_vectors; i++)
		weftnic_tx_watch(&ad->vec[i]);
	weftnic_rescue(ad);
	weftnic_update_hw_stats(ad);
	if (test_bit(WEFTNIC_UP, &ad->flags))
		schedule_delayed_work(&ad->service,
				      round_jiffies_relative(WEFTNIC_SERVICE_PERIOD));
}

/* Start the device with the rings that the vectors have. rtnl held. */
static void weftnic_up(struct weftnic_adapter *ad)
{
	unsigned int i;

	weftnic_filter_sync(ad);
	ad->hw->start(ad);
	if (ad->netdev->features & NETIF_F_LOOPBACK)
		ad->hw->set_loopback(ad, true);
	for (i = 0; i < ad->n_vectors; i++)
		napi_enable(&ad->vec[i].napi);
	weftnic_channels_show(ad);
	set_bit(WEFTNIC_UP, &ad->flags);
	for (i = 0; i < ad->n_vectors; i++)
		ad->hw->irq_arm(&ad->vec[i], false);
	netif_tx_start_all_queues(ad->netdev);
	/* Who found it gone meanwhile has stopped them in vain. */
	if (!READ_ONCE(ad->regs))
		netif_tx_stop_all_queues(ad->netdev);
	weftnic_service_soon(ad, 0);
}

/*
 * Stop the device and everything that uses its rings, which stay, empty of
 * frames and of sockets' chunks. rtnl held. No transmit runs or begins: the
 * queues are stopped under their locks, and without WEFTNIC_UP a reclaim does
 * not wake them. No poll: NAPI is off, and its last act, to enable interrupts,
 * is over. No interrupt: masked after that and waited for. A handler that runs
 * for another device on the line finds NAPI off.
 */
static void weftnic_down(struct weftnic_adapter *ad)
{
	unsigned int i;

	clear_bit(WEFTNIC_UP, &ad->flags);
	netif_tx_disable(ad->netdev);
	cancel_delayed_work_sync(&ad->service);
	weftnic_channels_hide(ad);
	for (i = 0; i < ad->n_vectors; i++)
		napi_disable(&ad->vec[i].napi);
	synchronize_net();
	ad->hw->irq_mask(ad);
	weftnic_irqs_synchronize(ad);
	for (i = 0; i < ad->n_vectors; i++)
		weftnic_dim_stop(&ad->vec[i]);
	/* A poll or handler may have asked for the service once more. */
	cancel_delayed_work_sync(&ad->service);
	ad->hw->stop(ad);
	weftnic_update_hw_stats(ad);
	for (i = 0; i < ad->n_vectors; i++) {
		WRITE_ONCE(ad->vec[i].tx_armed, false);
		ad->vec[i].tx_since = 0;
		weftnic_tx_ring_drop(ad->vec[i].tx);
		weftnic_rx_ring_drop(ad->vec[i].rx);
		if (ad->vec[i].rx->xsk)
			weftnic_rx_ring_empty(ad->vec[i].rx);
		netdev_tx_reset_queue(netdev_get_tx_queue(ad->netdev, i));
	}
}

/**
 * weftnic_open() - ndo_open
 * @dev: interface
 *
 * rtnl held. Return: 0 or -errno, with nothing left behind.
 */
int weftnic_open(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	struct weftnic_rings rings;
	int err;

	if (!READ_ONCE(ad->regs))
		return -ENODEV;
	err = weftnic_rings_alloc(ad, &ad->cfg, &rings);
	if (err)
		return err;
	err = weftnic_irqs_request(ad);
	if (err) {
		weftnic_rings_free(&rings);
		return err;
	}
	weftnic_rings_install(ad, &rings);
	netif_carrier_off(dev);
	weftnic_up(ad);
	if (!READ_ONCE(ad->regs)) {
		weftnic_stop(dev);
		return -ENODEV;
	}
	return 0;
}

/**
 * weftnic_stop() - ndo_stop
 * @dev: interface
 *
 * rtnl held. After a failed resume there are no rings to stop.
 *
 * Return: 0.
 */
int weftnic_stop(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	struct weftnic_rings rings;

	if (test_bit(WEFTNIC_UP, &ad->flags))
		weftnic_down(ad);
	netif_carrier_off(dev);
	memset(&ad->link, 0, sizeof(ad->link));
	weftnic_irqs_release(ad);
	weftnic_rings_take(ad, &rings);
	weftnic_rings_free(&rings);
	return 0;
}

/**
 * weftnic_give_back() - let the stack use the interface again
 * @ad: adapter; detached
 *
 * Not if its device is gone, be that found at this very moment. Process context.
 */
void weftnic_give_back(struct weftnic_adapter *ad)
{
	netif_device_attach(ad->netdev);
	if (!READ_ONCE(ad->regs))
		netif_device_detach(ad->netdev);
}

/* The stack's queues are as many as the rings that were just installed. */
static int weftnic_set_queues(struct weftnic_adapter *ad, u16 queues)
{
	int err = netif_set_real_num_queues(ad->netdev, queues, queues);

	if (err)
		return err;
	ad->n_vectors = queues;
	weftnic_rss_spread(ad);
	weftnic_irqs_spread(ad);
	return 0;
}

/**
 * weftnic_reconfigure() - change what the rings are made of
 * @ad: adapter
 * @cfg: new configuration
 *
 * The new rings are built while the old ones run, so that lack of memory
 * changes nothing. rtnl held.
 *
 * Return: 0, -ENOMEM, or -ENODEV while the device is detached.
 */
int weftnic_reconfigure(struct weftnic_adapter *ad,
			const struct weftnic_config *cfg)
{
	struct weftnic_rings fresh, old;
	int err;

	if (!netif_running(ad->netdev)) {
		err = weftnic_set_queues(ad, cfg->queues);
		if (!err)
			ad->cfg = *cfg;
		return err;
	}
	if (!netif_device_present(ad->netdev))
		return -ENODEV;
	err = weftnic_rings_alloc(ad, cfg, &fresh);
	if (err)
		return err;
	netif_device_detach(ad->netdev);
	weftnic_down(ad);
	err = weftnic_set_queues(ad, cfg->queues);
	if (!err) {
		weftnic_rings_take(ad, &old);
		weftnic_rings_install(ad, &fresh);
		ad->cfg = *cfg;
	} else {
		old = fresh;
	}
	weftnic_up(ad);
	weftnic_give_back(ad);
	weftnic_rings_free(&old);
	return err;
}

/**
 * weftnic_switch_xsk() - give a queue chunks of AF_XDP sockets, or take them away
 * @ad: adapter
 * @queue: its queue pair
 * @pool: chunks, mapped, or NULL for none any more
 *
 * The rings stay: this needs no memory, and so cannot fail. rtnl held.
 */
void weftnic_switch_xsk(struct weftnic_adapter *ad, unsigned int queue,
			struct xsk_buff_pool *pool)
{
	bool up = test_bit(WEFTNIC_UP, &ad->flags);
	struct weftnic_vector *vec = &ad->vec[queue];

	if (up) {
		netif_device_detach(ad->netdev);
		weftnic_down(ad);
	}
	ad->cfg.xsk[queue] = pool;
	if (vec->rx) {
		weftnic_rx_ring_empty(vec->rx);
		weftnic_xsk_set_rx(vec->rx, &ad->cfg);
		vec->tx->xsk = pool;
	}
	if (up) {
		weftnic_up(ad);
		weftnic_give_back(ad);
	}
}

/**
 * weftnic_change_mtu() - ndo_change_mtu
 * @dev: interface
 * @mtu: within the limits that the net_device states
 *
 * Within one layout of receive buffers nothing has to stop. rtnl held.
 *
 * Return: 0 or -errno.
 */
int weftnic_change_mtu(struct net_device *dev, int mtu)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	struct weftnic_config cfg = ad->cfg;
	bool was_jumbo = cfg.mtu > ETH_DATA_LEN;
	bool jumbo = mtu > ETH_DATA_LEN;
	int err = 0;

	cfg.mtu = mtu;
	if (!weftnic_xdp_fits(cfg.prog, mtu)) {
		netif_err(ad, drv, dev, "MTU %d needs an XDP program for frames of several buffers\n",
			  mtu);
		return -EINVAL;
	}
	if (!weftnic_xsk_fits(&cfg)) {
		netif_err(ad, drv, dev, "MTU %d needs larger chunks of AF_XDP sockets\n",
			  mtu);
		return -EINVAL;
	}
	if (jumbo == was_jumbo)
		ad->cfg = cfg;
	else
		err = weftnic_reconfigure(ad, &cfg);
	if (!err)
		WRITE_ONCE(dev->mtu, mtu);
	return err;
}

/**
 * weftnic_set_mac() - ndo_set_mac_address
 * @dev: interface, up or down
 * @addr: struct sockaddr
 *
 * rtnl held. Return: 0 or -EADDRNOTAVAIL.
 */
int weftnic_set_mac(struct net_device *dev, void *addr)
{
	int err = eth_prepare_mac_addr_change(dev, addr);

	if (err)
		return err;
	eth_commit_mac_addr_change(dev, addr);
	weftnic_filter_change(netdev_priv(dev));
	return 0;
}

/**
 * weftnic_fix_features() - ndo_fix_features
 * @dev: interface
 * @features: wished
 *
 * One bit of the device strips tags and allows to insert them, so the second
 * needs the first. An XDP program gets frames as they were on the wire, and
 * could not send on a tag that was taken off.
 *
 * Return: features that can be had together.
 */
netdev_features_t weftnic_fix_features(struct net_device *dev,
				       netdev_features_t features)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (ad->cfg.prog)
		features &= ~NETIF_F_HW_VLAN_CTAG_RX;
	if (!(features & NETIF_F_HW_VLAN_CTAG_RX))
		features &= ~NETIF_F_HW_VLAN_CTAG_TX;
	return features;
}

/**
 * weftnic_set_features() - ndo_set_features
 * @dev: interface
 * @features: result of weftnic_fix_features()
 *
 * rtnl held. Return: 0, 1 with the features already set, or -errno of a device that
 * does not go round in a loop, and nothing has changed.
 */
int weftnic_set_features(struct net_device *dev, netdev_features_t features)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	netdev_features_t changed = dev->features ^ features;
	int err;

	if (changed & NETIF_F_LOOPBACK) {
		err = ad->hw->set_loopback(ad, features & NETIF_F_LOOPBACK);
		if (err)
			return err;
		weftnic_service_soon(ad, HZ / 10);
	}
	/* The stack tells of VLANs only while the filter is on. */
	if (changed & ~features & NETIF_F_HW_VLAN_CTAG_FILTER)
		vlan_drop_rx_ctag_filter_info(dev);
	dev->features = features;
	if (changed & features & NETIF_F_HW_VLAN_CTAG_FILTER)
		vlan_get_rx_ctag_filter_info(dev);
	if (changed & NETIF_F_HW_VLAN_CTAG_RX) {
		spin_lock_bh(&ad->filter_lock);
		ad->hw->set_vlan_strip(ad);
		spin_unlock_bh(&ad->filter_lock);
	}
	if (changed & NETIF_F_HW_VLAN_CTAG_FILTER)
		weftnic_filter_change(ad);
	return 1;
}

/*
 * Weft's streams: the offsets and flags that the device works on must be where
 * it expects them. It would leave CWR in all segments. QEMU's ends what is a
 * multiple of the MSS with a segment more, without payload: none is to bear
 * FIN a second time.
 */
static bool weftnic_can_segment_stream(const struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr = weftnic_tx_stream_hdr(skb);
	unsigned int trans = skb_checksum_start_offset(skb);
	unsigned int hdr_len;

	if (skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb->csum_offset != offsetof(struct weft_stream_hdr, check) ||
	    trans != skb_network_offset(skb) + sizeof(struct weft_hdr) ||
	    trans + sizeof(*hdr) > skb_headlen(skb))
		return false;
	hdr_len = weftnic_tx_headers(skb);
	if (hdr->len < sizeof(*hdr) || hdr_len >= WEFTNIC_TSO_HDR_LEN ||
	    hdr_len > skb_headlen(skb) || hdr_len >= skb->len ||
	    hdr->flags & WEFT_STREAM_CWR)
		return false;
	return !(hdr->flags & WEFT_STREAM_FIN) ||
	       (skb->len - hdr_len) % skb_shinfo(skb)->gso_size;
}

/*
 * TCP segmentation: headers of at most 255 bytes; for IPv6, which the driver
 * cuts up itself, no extension headers and no more descriptors than half a ring.
 * SCTP's own large packets only look as if the device could.
 */
static bool weftnic_can_segment(struct weftnic_adapter *ad, struct sk_buff *skb)
{
	unsigned int net = skb_network_offset(skb);
	unsigned int hdr_len;

	if (weftnic_tx_is_stream(skb))
		return weftnic_can_segment_stream(skb);
	if (!skb_is_gso_tcp(skb))
		return false;
	hdr_len = skb_tcp_all_headers(skb);
	if (hdr_len >= WEFTNIC_TSO_HDR_LEN || hdr_len > skb_headlen(skb))
		return false;
	if (!weftnic_tx_is_soft_tso(skb, ad->hw->soft_tso6))
		return true;
	return skb_transport_offset(skb) == net + sizeof(struct ipv6hdr) &&
	       weftnic_tx_need(skb, true) <= ad->cfg.tx_count / 2;
}

/*
 * Of a frame that asks for something. Offsets given to the device have eight bits.
 * What parses frames takes a short one's padding for payload (QEMU).
 */
static noinline netdev_features_t
weftnic_offload_check(struct sk_buff *skb, struct net_device *dev,
		      netdev_features_t features)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_checksum_start_offset(skb) + skb->csum_offset > U8_MAX)
		features &= ~(NETIF_F_CSUM_MASK | NETIF_F_GSO_MASK);
	if (skb->len < ETH_ZLEN &&
	    features & (NETIF_F_IP_CSUM | NETIF_F_IPV6_CSUM))
		features &= ~NETIF_F_CSUM_MASK;
	if (skb_is_gso(skb) && !weftnic_can_segment(netdev_priv(dev), skb))
		features &= ~NETIF_F_GSO_MASK;
	return vlan_features_check(skb, features);
}

/**
 * weftnic_features_check() - ndo_features_check
 * @skb: frame
 * @dev: interface
 * @features: what the stack would leave to the device
 *
 * What it cannot do the stack does before the frame comes here.
 *
 * Return: what may be left to the device.
 */
netdev_features_t weftnic_features_check(struct sk_buff *skb,
					 struct net_device *dev,
					 netdev_features_t features)
{
	if (!skb_is_gso(skb) && skb->ip_summed != CHECKSUM_PARTIAL)
		return features;
	return weftnic_offload_check(skb, dev, features);
}

/**
 * weftnic_detach() - stop using the device, which may lose its state
 * @ad: adapter
 *
 * Rings and interrupt stay. rtnl held.
 */
void weftnic_detach(struct weftnic_adapter *ad)
{
	netif_device_detach(ad->netdev);
	if (test_bit(WEFTNIC_UP, &ad->flags))
		weftnic_down(ad);
}

/**
 * weftnic_attach() - begin anew with a device that weftnic_detach() left
 * @ad: adapter
 *
 * rtnl held.
 *
 * Return: 0 or -errno; then the device stays detached, without a link.
 */
int weftnic_attach(struct weftnic_adapter *ad)
{
	int err = READ_ONCE(ad->regs) ? ad->hw->reset(ad) : -ENODEV;

	if (err) {
		netif_err(ad, drv, ad->netdev, "reset failed: %d\n", err);
		netif_carrier_off(ad->netdev);
		return err;
	}
	pci_set_master(ad->pdev);
	if (netif_running(ad->netdev))
		weftnic_up(ad);
	weftnic_give_back(ad);
	return 0;
}

/**
 * weftnic_reset() - get a device going that has stopped to work
 * @ad: adapter
 *
 * With one that is gone nothing goes on, but the frames in its rings, which
 * somebody may be waiting for, are given back. Process context; takes rtnl.
 *
 * Return: 0, also while the interface is down, or -errno of a device that does
 * not come back.
 */
int weftnic_reset(struct weftnic_adapter *ad)
{
	int err = 0;

	rtnl_lock();
	if (test_bit(WEFTNIC_UP, &ad->flags)) {
		weftnic_detach(ad);
		err = weftnic_attach(ad);
		if (!err)
			ad->resets++;
	}
	rtnl_unlock();
	return err;
}

/**
 * weftnic_reset_task() - reset a device, and tell of the fault if it is one
 * @work: &weftnic_adapter.reset_work
 */
void weftnic_reset_task(struct work_struct *work)
{
	struct weftnic_adapter *ad = container_of(work, struct weftnic_adapter,
						  reset_work);
	const char *fault = xchg(&ad->fault, NULL);

	if (fault)
		weftnic_health_report(ad, fault);
	else
		weftnic_reset(ad);
}
