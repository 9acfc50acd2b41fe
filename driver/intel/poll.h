/* SPDX-License-Identifier: GPL-2.0 */
/* The NAPI poll of a queue pair, as a template: each back end instantiates it. */
#ifndef WEFTNIC_INTEL_POLL_H
#define WEFTNIC_INTEL_POLL_H

#include "../rx.h"
#include "../tx.h"
#include "../xsk.h"
#include "intel.h"

/*
 * @budget is the most descriptors to receive, 0 from netpoll, to reclaim only.
 *
 * Return: descriptors received, or @budget to be called again.
 */
static __always_inline int intel_poll(struct weftnic_vector *vec, int budget,
				      const struct weftnic_rxd_ops *rxd,
				      const struct weftnic_txd_ops *txd)
{
	bool complete, tx;
	int done;

	if (unlikely(!budget)) {
		weftnic_tx_poll_nowait(vec->tx, txd);
		return 0;
	}
	weftnic_poll_begin(vec);
	if (likely(!vec->tx->xsk))
		done = weftnic_rx_poll(vec->rx, budget, rxd, txd);
	else
		done = weftnic_xsk_poll(vec, budget, rxd, txd);
	tx = weftnic_tx_poll_end(vec->tx, txd);
	complete = done < budget && napi_complete_done(&vec->napi, done);
	weftnic_poll_end();
	if (likely(complete)) {
		weftnic_dim_sample(vec);
		intel_irq_arm(vec, tx);
	}
	return done;
}

#endif /* WEFTNIC_INTEL_POLL_H */
