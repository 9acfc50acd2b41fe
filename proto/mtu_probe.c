// SPDX-License-Identifier: GPL-2.0
/* Finding the MTU of a path by probes (RFC 8899). See mtu_probe.h. */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include "mtu_probe.h"

/*
 * Sizes that paths often have: links, and Ethernet less the headers of tunnels. They
 * are tried before others (section 5.3.2).
 */
static const u16 weft_mtu_plateaus[] = {
	1280, 1400, 1420, 1450, 1500, 4096, 8950, 9000, 16384, 32768,
};

static bool weft_mtu_is_plateau(unsigned int size)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(weft_mtu_plateaus); i++)
		if (weft_mtu_plateaus[i] == size)
			return true;
	return false;
}

/* The middle one of those from @low + 1 to @high; 0 if there is none. */
static unsigned int weft_mtu_middle_plateau(unsigned int low, unsigned int high)
{
	unsigned int i, first = 0, n = 0;

	for (i = 0; i < ARRAY_SIZE(weft_mtu_plateaus); i++) {
		if (weft_mtu_plateaus[i] <= low)
			first = i + 1;
		else if (weft_mtu_plateaus[i] <= high)
			n++;
	}
	return n ? weft_mtu_plateaus[first + n / 2] : 0;
}

/*
 * The size to try next: the largest first, since most paths carry what their first
 * link does, then plateaus; above one that passed just the next step, then halves.
 */
static unsigned int weft_mtu_candidate(const struct weft_mtu_probe *p)
{
	unsigned int plateau;

	if (p->fresh)
		return p->top;
	if (weft_mtu_is_plateau(p->mtu))
		return min_t(unsigned int, p->mtu + WEFT_MTU_STEP, p->top);
	plateau = weft_mtu_middle_plateau(p->mtu, p->top);
	return plateau ?: p->mtu + (p->top - p->mtu + 1) / 2;
}

static void weft_mtu_complete(struct weft_mtu_probe *p, u64 now)
{
	p->state = WEFT_MTU_STATE_COMPLETE;
	p->raise = now + WEFT_MTU_RAISE_MS;
	p->due = now + WEFT_MTU_CONFIRM_MS;
}

/* On with the search, unless it has come to its end. */
static void weft_mtu_search(struct weft_mtu_probe *p, u64 now)
{
	unsigned int left = p->top - p->mtu;

	p->state = WEFT_MTU_STATE_SEARCHING;
	p->lost = 0;
	p->due = WEFT_MTU_NEVER;
	if (!left || (!p->fresh && left < WEFT_MTU_STEP))
		weft_mtu_complete(p, now);
}

/* Back to what every path carries, to search up to @top. */
static void weft_mtu_restart(struct weft_mtu_probe *p, unsigned int top)
{
	p->state = WEFT_MTU_STATE_BASE;
	p->lost = 0;
	p->full_lost = 0;
	p->probed = 0;
	p->mtu = WEFT_MTU_BASE;
	p->top = top;
	p->fresh = true;
	p->due = WEFT_MTU_NEVER;
}

static u32 weft_mtu_bounded(unsigned int max)
{
	return clamp_t(unsigned int, max, WEFT_MTU_BASE, WEFT_LEN_MAX);
}

/**
 * weft_mtu_probe_init() - begin with a path of which nothing is known
 * @p: filled in; state BASE, sections 5.1.3 and 5.2
 * @max: MTU of the first link, or of the path as far as it is known
 * @now: ms
 */
void weft_mtu_probe_init(struct weft_mtu_probe *p, unsigned int max, u64 now)
{
	*p = (struct weft_mtu_probe) { .max = weft_mtu_bounded(max), .raise = now };
	weft_mtu_restart(p, p->max);
}

/**
 * weft_mtu_probe_set_max() - the first link has another MTU, or is another one
 * @p: search
 * @max: its MTU
 * @now: ms
 *
 * Packets are at most that long from now on. Of another path nothing is known
 * (section 5.1.3, MAX_PLPMTU; section 5.3.3): a larger one is searched again.
 */
void weft_mtu_probe_set_max(struct weft_mtu_probe *p, unsigned int max, u64 now)
{
	u32 bounded = weft_mtu_bounded(max);

	if (bounded == p->max)
		return;
	p->max = bounded;
	p->mtu = min(p->mtu, p->max);
	p->top = p->max;
	p->fresh = true;
	p->probed = 0;
	if (p->state == WEFT_MTU_STATE_SEARCHING ||
	    p->state == WEFT_MTU_STATE_COMPLETE)
		weft_mtu_search(p, now);
}

/**
 * weft_mtu_probe_connected() - packets of the base size were acknowledged
 * @p: search
 * @now: ms
 *
 * As by a handshake: no probe of the base size is needed (section 5.2, BASE).
 */
void weft_mtu_probe_connected(struct weft_mtu_probe *p, u64 now)
{
	if (p->state == WEFT_MTU_STATE_BASE || p->state == WEFT_MTU_STATE_ERROR)
		weft_mtu_search(p, now);
}

/**
 * weft_mtu_probe_next() - the probe to send now
 * @p: search
 * @now: ms
 *
 * Return: its size, bytes; 0 for none. In state COMPLETE it is the MTU itself, when
 * nothing has shown for CONFIRMATION_TIMER that it still passes.
 */
unsigned int weft_mtu_probe_next(const struct weft_mtu_probe *p, u64 now)
{
	if (p->probed)
		return 0;
	switch (p->state) {
	case WEFT_MTU_STATE_BASE:
		return WEFT_MTU_BASE;
	case WEFT_MTU_STATE_SEARCHING:
		return weft_mtu_candidate(p);
	case WEFT_MTU_STATE_COMPLETE:
		return now >= p->due && p->mtu > WEFT_MTU_BASE ? p->mtu : 0;
	}
	/* ERROR: now and then, until the path is there again. */
	return now >= p->due ? WEFT_MTU_BASE : 0;
}

/**
 * weft_mtu_probe_sent() - a probe is on its way
 * @p: search
 * @size: what weft_mtu_probe_next() said
 * @now: ms
 */
void weft_mtu_probe_sent(struct weft_mtu_probe *p, unsigned int size, u64 now)
{
	p->probed = size;
	p->due = now + WEFT_MTU_PROBE_MS;
}

/**
 * weft_mtu_probe_acked() - a probe has arrived
 * @p: search
 * @size: its size; it may be one that was taken for lost
 * @now: ms
 *
 * Section 5.3.1: what has passed is the MTU from now on.
 */
void weft_mtu_probe_acked(struct weft_mtu_probe *p, unsigned int size, u64 now)
{
	if (size > p->max || size < WEFT_MTU_BASE)
		return;
	if (size == p->probed)
		p->probed = 0;
	if (p->state == WEFT_MTU_STATE_COMPLETE && size <= p->mtu) {
		if (size == p->mtu)
			weft_mtu_probe_full_acked(p, now);
		return;
	}
	/* A late one: what seemed too big is not. */
	if (size > p->top) {
		p->top = p->max;
		p->fresh = true;
	}
	if (size == p->top)
		p->fresh = false;
	if (size > p->mtu) {
		p->mtu = size;
		p->full_lost = 0;
	}
	if (!p->probed)
		weft_mtu_search(p, now);
}

/* The last probe of a size was lost. */
static void weft_mtu_give_up(struct weft_mtu_probe *p, unsigned int size, u64 now)
{
	p->lost = 0;
	switch (p->state) {
	case WEFT_MTU_STATE_SEARCHING:
		p->top = size - 1;
		p->fresh = false;
		weft_mtu_search(p, now);
		break;
	case WEFT_MTU_STATE_COMPLETE:
		weft_mtu_restart(p, p->mtu);
		break;
	default:
		p->state = WEFT_MTU_STATE_ERROR;
		p->due = now + WEFT_MTU_PROBE_MS;
	}
}

/**
 * weft_mtu_probe_lost() - the probe on its way was lost
 * @p: search
 * @now: ms
 *
 * It tells nothing of congestion (section 3, item 7). After WEFT_MTU_PROBES of a size
 * that is too big (section 5.3.1); if it was the base size, state ERROR.
 */
void weft_mtu_probe_lost(struct weft_mtu_probe *p, u64 now)
{
	unsigned int size = p->probed;

	if (!size)
		return;
	p->probed = 0;
	/* At once again, in state COMPLETE too. */
	p->due = p->state == WEFT_MTU_STATE_SEARCHING ? WEFT_MTU_NEVER : now;
	if (++p->lost >= WEFT_MTU_PROBES)
		weft_mtu_give_up(p, size, now);
}

/**
 * weft_mtu_probe_too_big() - a packet too big came back
 * @p: search
 * @mtu: what it says
 * @now: ms
 *
 * The caller has seen that it quotes a packet of the connection (section 4.6.1). It is
 * used as section 4.6.2 has it, and never believed to raise anything: one below the
 * MTU starts the search anew, up to what it says; one between the MTU and the probe is
 * tried next; others are nonsense.
 */
void weft_mtu_probe_too_big(struct weft_mtu_probe *p, unsigned int mtu, u64 now)
{
	if (mtu < WEFT_MTU_BASE)
		return;
	if (mtu < p->mtu) {
		weft_mtu_restart(p, mtu);
		/* The router answered: the path is there. */
		weft_mtu_search(p, now);
	} else if (p->state == WEFT_MTU_STATE_SEARCHING && p->probed &&
		   mtu < p->probed) {
		p->probed = 0;
		p->top = mtu;
		p->fresh = true;
		weft_mtu_search(p, now);
	}
}

/**
 * weft_mtu_probe_full_acked() - a packet of the MTU's size has arrived
 * @p: search
 * @now: ms
 *
 * It confirms the MTU as a probe would (section 5.1.1, CONFIRMATION_TIMER).
 */
void weft_mtu_probe_full_acked(struct weft_mtu_probe *p, u64 now)
{
	p->full_lost = 0;
	if (p->state == WEFT_MTU_STATE_COMPLETE && !p->probed) {
		p->lost = 0;
		p->due = min_t(u64, now + WEFT_MTU_CONFIRM_MS, p->raise);
	}
}

/**
 * weft_mtu_probe_full_lost() - a packet of the MTU's size was lost
 * @p: search
 *
 * WEFT_MTU_PROBES in a row, none of that size having passed between them, mean a black
 * hole (section 4.3): the MTU falls to the base size, and the search begins anew.
 *
 * Return: true if so; what is in flight must be sent again in smaller packets.
 */
bool weft_mtu_probe_full_lost(struct weft_mtu_probe *p)
{
	if (p->mtu == WEFT_MTU_BASE || ++p->full_lost < WEFT_MTU_PROBES)
		return false;
	weft_mtu_restart(p, p->mtu);
	return true;
}

/**
 * weft_mtu_probe_timeout() - the time @due has come
 * @p: search
 * @now: ms
 *
 * A probe of which nothing was heard is lost (PROBE_TIMER); after PMTU_RAISE_TIMER
 * larger sizes are tried again. Does nothing before that.
 */
void weft_mtu_probe_timeout(struct weft_mtu_probe *p, u64 now)
{
	if (now < p->due)
		return;
	if (p->probed) {
		weft_mtu_probe_lost(p, now);
	} else if (p->state == WEFT_MTU_STATE_COMPLETE && now >= p->raise) {
		p->top = p->max;
		p->fresh = true;
		weft_mtu_search(p, now);
	}
}
