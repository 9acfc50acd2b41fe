// SPDX-License-Identifier: GPL-2.0
/* The interface: up, down and every change of it. */

#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "ring.h"
#include "xsk.h"

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
	/* What has waited in the stack is sent, too. */
	netif_tx_wake_all_queues(ad->netdev);
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
 * weftnic_detach() - stop using the device, which may lose its state
 * @ad: adapter
 *
 * Rings and interrupt stay. No reset is tried again. rtnl held.
 */
void weftnic_detach(struct weftnic_adapter *ad)
{
	netif_device_detach(ad->netdev);
	if (test_bit(WEFTNIC_UP, &ad->flags))
		weftnic_down(ad);
	if (test_and_clear_bit(WEFTNIC_STUCK, &ad->flags))
		cancel_delayed_work_sync(&ad->service);
}

/**
 * weftnic_attach() - begin anew with a device that weftnic_detach() left
 * @ad: adapter
 *
 * rtnl held.
 *
 * Return: 0 or -errno; then the device stays detached, without a link. Unless
 * it is gone, its reset is tried again from time to time, be the interface up
 * or down.
 */
int weftnic_attach(struct weftnic_adapter *ad)
{
	int err = READ_ONCE(ad->regs) ? ad->hw->reset(ad) : -ENODEV;

	if (err) {
		pci_clear_master(ad->pdev);
		weftnic_health_update(ad, false);
		netif_carrier_off(ad->netdev);
		if (!READ_ONCE(ad->regs)) {
			clear_bit(WEFTNIC_STUCK, &ad->flags);
			return err;
		}
		if (!test_and_set_bit(WEFTNIC_STUCK, &ad->flags))
			netif_err(ad, drv, ad->netdev,
				  "reset failed: %d, is tried again\n", err);
		weftnic_service_soon(ad, WEFTNIC_SERVICE_PERIOD);
		return err;
	}
	if (test_and_clear_bit(WEFTNIC_STUCK, &ad->flags))
		netif_info(ad, drv, ad->netdev, "reset did not fail again\n");
	weftnic_health_update(ad, true);
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
 * Return: 0, also while the interface is down and nothing is amiss, or -errno of
 * a device that does not come back.
 */
int weftnic_reset(struct weftnic_adapter *ad)
{
	int err = 0;

	rtnl_lock();
	if (test_bit(WEFTNIC_UP, &ad->flags))
		weftnic_detach(ad);
	else if (!test_bit(WEFTNIC_STUCK, &ad->flags))
		goto unlock;
	err = weftnic_attach(ad);
	if (!err)
		ad->resets++;
unlock:
	rtnl_unlock();
	return err;
}

/**
 * weftnic_reset_task() - reset a device, and tell of a fault and its end
 * @work: &weftnic_adapter.reset_work
 */
void weftnic_reset_task(struct work_struct *work)
{
	struct weftnic_adapter *ad = container_of(work, struct weftnic_adapter,
						  reset_work);
	bool stuck = test_bit(WEFTNIC_STUCK, &ad->flags);
	const char *fault = xchg(&ad->fault, NULL);

	if (fault)
		weftnic_health_report(ad, fault);
	else if (!weftnic_reset(ad) && stuck)
		weftnic_health_recovered(ad);
}
