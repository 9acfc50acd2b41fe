// SPDX-License-Identifier: GPL-2.0
/* What is looked after while the interface is up: link, hangs, a device that is gone. */

#include "compat_workqueue.h"
#include "ring.h"

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
 * Does nothing while the interface is down, unless a reset has failed. Any context.
 */
void weftnic_service_soon(struct weftnic_adapter *ad, unsigned long delay)
{
	if (READ_ONCE(ad->flags))
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
 * weftnic_service_task() - what has to be looked after while up, or stuck
 * @work: &weftnic_adapter.service
 *
 * Process context; ends before weftnic_down() goes on.
 */
void weftnic_service_task(struct work_struct *work)
{
	struct weftnic_adapter *ad = container_of(work, struct weftnic_adapter,
						  service.work);
	unsigned int i;

	if (test_bit(WEFTNIC_STUCK, &ad->flags)) {
		schedule_work(&ad->reset_work);
		return;
	}
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
