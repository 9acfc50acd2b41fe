// SPDX-License-Identifier: GPL-2.0
/* The end of a NAPI poll, off the fast path. */

#include <linux/netdevice.h>

#include "poll.h"

DEFINE_PER_CPU(struct weftnic_poll, weftnic_poll);

/**
 * weftnic_poll_flush() - ring the doorbells that waited for a poll's end
 * @poll: this CPU's, over
 *
 * Softirq context.
 */
void weftnic_poll_flush(struct weftnic_poll *poll)
{
	struct weftnic_tx_ring *ring = poll->late;

	poll->late = NULL;
	while (ring) {
		struct weftnic_tx_ring *next = ring->late_next;

		__netif_tx_lock(ring->txq, smp_processor_id());
		ring->late = false;
		ring->vec->adapter->hw->tx_flush(ring);
		__netif_tx_unlock(ring->txq);
		ring = next;
	}
}
