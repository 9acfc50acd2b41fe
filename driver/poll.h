/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NAPI polls of this driver, and the doorbells that wait for their end: those for the
 * frames that are sent from within a poll, an ACK or a forwarded one.
 */
#ifndef WEFTNIC_POLL_H
#define WEFTNIC_POLL_H

#include <linux/irqflags.h>
#include <linux/percpu.h>

#include "ring.h"

/**
 * struct weftnic_poll - the NAPI poll that runs on a CPU
 * @vec: whose it is, until its own transmit ring has been looked after
 * @running: it has begun and not ended
 * @late: other rings whose doorbells wait for its end, and @vec's if it was late.
 *	None is freed meanwhile: that takes an RCU grace period
 *
 * Its CPU's own, BHs off.
 */
struct weftnic_poll {
	struct weftnic_vector *vec;
	bool running;
	struct weftnic_tx_ring *late;
};

DECLARE_PER_CPU(struct weftnic_poll, weftnic_poll);

void weftnic_poll_flush(struct weftnic_poll *poll);

/*
 * A poll is running on this CPU, and it is this vector's: pages go straight back
 * to the ring's pool. With interrupts off (netpoll) it may be what was interrupted.
 */
static __always_inline bool
weftnic_tx_in_own_poll(const struct weftnic_tx_ring *ring)
{
	return this_cpu_read(weftnic_poll.vec) == ring->vec && !irqs_disabled();
}

/*
 * The doorbell can wait for the end of the poll that runs on this CPU, or of that
 * on another which this ring waits for already. netif_tx_lock held.
 */
static __always_inline bool weftnic_tx_may_wait(struct weftnic_tx_ring *ring)
{
	struct weftnic_poll *poll = this_cpu_ptr(&weftnic_poll);

	if (likely(!poll->running) || irqs_disabled())
		return false;
	if (poll->vec != ring->vec && !ring->late) {
		ring->late = true;
		ring->late_next = poll->late;
		poll->late = ring;
	}
	return true;
}

/* From here to weftnic_poll_end() frames sent on this CPU may wait. */
static __always_inline void weftnic_poll_begin(struct weftnic_vector *vec)
{
	struct weftnic_poll *poll = this_cpu_ptr(&weftnic_poll);

	poll->vec = vec;
	poll->running = true;
}

/*
 * Ring the doorbells that wait. After napi_complete_done(), which gives the stack
 * the last of the frames received: so the poll may run elsewhere again.
 */
static __always_inline void weftnic_poll_end(void)
{
	struct weftnic_poll *poll = this_cpu_ptr(&weftnic_poll);

	poll->running = false;
	if (unlikely(poll->late))
		weftnic_poll_flush(poll);
}

#endif /* WEFTNIC_POLL_H */
