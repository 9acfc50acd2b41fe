/* SPDX-License-Identifier: GPL-2.0 */
/* Polls and interrupts of virtio-net, as templates for split.c and packed.c. */
#ifndef WEFTNIC_VIRTIO_POLL_H
#define WEFTNIC_VIRTIO_POLL_H

#include "rx.h"
#include "tx.h"
#include "xsk.h"

/*
 * Ask for a receive interrupt; poll again if a frame has just come. The poll is over,
 * and another CPU may begin the next one at any time: what it asks for at its end must
 * not be replaced by what was right before.
 */
static __always_inline void vnet_irq_arm(struct weftnic_vector *vec,
					 const struct vnet_vq_ops *ops)
{
	struct vnet_vq *vq = &vnet_rx(vec->rx)->vq;
	bool more;
	u16 popped;

	do {
		popped = READ_ONCE(vq->popped);
		more = ops->arm(vq, 0);
	} while (unlikely(popped != READ_ONCE(vq->popped)));
	if (unlikely(more) && napi_schedule_prep(&vec->napi)) {
		ops->disarm(vq);
		__napi_schedule(&vec->napi);
	}
}

/*
 * A budget of 0 is netpoll's, to reclaim only. While a poll is under way
 * receive interrupts are not asked for: they were when it was scheduled, and
 * that wish is fulfilled.
 */
static __always_inline int vnet_poll(struct napi_struct *napi, int budget,
				     const struct vnet_vq_ops *ops)
{
	struct weftnic_vector *vec = container_of(napi, struct weftnic_vector,
						  napi);
	bool complete;
	int done;

	if (unlikely(!budget)) {
		vnet_tx_poll_nowait(vec->tx, ops);
		return 0;
	}
	weftnic_poll_begin(vec);
	if (likely(!vec->tx->xsk))
		done = vnet_rx_poll(vec->rx, budget, ops);
	else
		done = vnet_xsk_poll(vec, budget, ops);
	vnet_tx_poll_end(vec->tx, ops);
	complete = done < budget && napi_complete_done(napi, done);
	weftnic_poll_end();
	if (likely(complete))
		vnet_irq_arm(vec, ops);
	return done;
}

#endif /* WEFTNIC_VIRTIO_POLL_H */
