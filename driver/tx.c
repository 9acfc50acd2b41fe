// SPDX-License-Identifier: GPL-2.0
/* Transmit, off the fast path. */

#include <linux/bitops.h>
#include <net/checksum.h>

#include "tx.h"

/* How long frames may be with the device without one of them being reported. */
#define WEFTNIC_TX_PATIENCE	(5 * HZ)

/**
 * weftnic_tx_unwind() - take back the descriptors of an skb half written
 * @ring: transmit ring
 * @first: its first descriptor
 *
 * None of them has been announced to the device. netif_tx_lock held.
 */
void weftnic_tx_unwind(struct weftnic_tx_ring *ring, u16 first)
{
	while (ring->next_to_use != first) {
		ring->next_to_use = (ring->next_to_use - 1) & ring->mask;
		weftnic_tx_unmap(ring, &ring->buf[ring->next_to_use]);
	}
	/* A context descriptor may have been among them. */
	memset(ring->ctx, 0, sizeof(ring->ctx));
}

/**
 * weftnic_tx_soft_header() - write one segment's headers
 * @ring: transmit ring; the headers go to the slot of the next descriptor
 * @skb: TCP/IPv6 skb prepared by tcp_v6_gso_csum_prep()
 * @tso: where in the skb the segment begins
 * @payload: its bytes, headers excluded
 * @last: it is the skb's last
 *
 * The checksum field gets the sum of the pseudo header, to which the device
 * adds the rest. netif_tx_lock held.
 */
void weftnic_tx_soft_header(struct weftnic_tx_ring *ring, struct sk_buff *skb,
			    struct tso_t *tso, unsigned int payload, bool last)
{
	u8 *hdr = ring->hdr + ring->next_to_use * WEFTNIC_TSO_HDR_LEN;
	struct tcphdr *th;
	__wsum sum;

	tso_build_hdr(skb, hdr, tso, payload, last);
	th = (struct tcphdr *)(hdr + skb_transport_offset(skb));
	sum = csum_add(csum_unfold(th->check),
		       (__force __wsum)htons(tso->tlen + payload));
	th->check = ~csum_fold(sum);
}

/**
 * weftnic_tx_timeout() - ndo_tx_timeout
 * @dev: interface
 * @txqueue: queue that made no progress
 *
 * Timer context, or the service's.
 */
void weftnic_tx_timeout(struct net_device *dev, unsigned int txqueue)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	struct weftnic_tx_ring *ring = ad->vec[txqueue].tx;

	ad->tx_timeouts++;
	netif_err(ad, tx_err, dev,
		  "transmit queue %u hangs: to clean %u, batch %u, to use %u\n",
		  txqueue, ring->next_to_clean, ring->batch_start,
		  ring->next_to_use);
	WRITE_ONCE(ad->fault, "a transmit queue hangs");
	schedule_work(&ad->reset_work);
}

static u64 weftnic_tx_done(struct weftnic_vector *vec)
{
	unsigned int start;
	u64 done;

	do {
		start = u64_stats_fetch_begin(&vec->tx_syncp);
		done = u64_stats_read(&vec->tx_stats.packets);
	} while (u64_stats_fetch_retry(&vec->tx_syncp, start));
	return done;
}

/**
 * weftnic_tx_watch() - look for a hang that the stack does not see
 * @vec: vector of a device that has weftnic_hw_ops.tx_paused
 *
 * The stack takes for a hang only what stops its queue; senders that wait for the
 * memory of a few frames would do so for ever. Of the service, from time to time.
 */
void weftnic_tx_watch(struct weftnic_vector *vec)
{
	struct weftnic_adapter *ad = vec->adapter;
	u64 done = weftnic_tx_done(vec);

	if (READ_ONCE(vec->tx->next_to_clean) == READ_ONCE(vec->tx->next_to_use) ||
	    !ad->link.up || ad->hw->tx_paused(ad)) {
		vec->tx_since = 0;
	} else if (!vec->tx_since || done != vec->tx_seen) {
		vec->tx_seen = done;
		vec->tx_since = jiffies | 1;
	} else if (time_after(jiffies, vec->tx_since + WEFTNIC_TX_PATIENCE)) {
		vec->tx_since = 0;
		weftnic_tx_timeout(ad->netdev, vec->index);
	}
}
