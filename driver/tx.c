// SPDX-License-Identifier: GPL-2.0
/* Transmit, off the fast path. */

#include <linux/bitops.h>
#include <net/checksum.h>

#include "tx.h"

DEFINE_PER_CPU(struct weftnic_poll, weftnic_poll);

/**
 * weftnic_tx_flush_late() - ring the doorbells that waited for a poll's end
 * @poll: this CPU's, over
 *
 * Softirq context.
 */
void weftnic_tx_flush_late(struct weftnic_poll *poll)
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
