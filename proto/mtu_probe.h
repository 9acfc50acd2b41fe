/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding the MTU of a path by probes (RFC 8899, Datagram Packetization Layer Path
 * MTU Discovery), for a transport whose receiver acknowledges what it got. Pure:
 * builds in user space as well.
 *
 * The transport embeds a struct weft_mtu_probe and asks weft_mtu_probe_next() for a
 * size when it could send a probe: a packet of this length, filled with padding or
 * with data that may be lost, never fragmented, one at a time. It tells what becomes
 * of it, and when @due has come calls weft_mtu_probe_timeout(). Sizes are total
 * lengths of packets. The time, ms, is of any clock that does not go back.
 */
#ifndef WEFT_MTU_PROBE_H
#define WEFT_MTU_PROBE_H

#include <linux/types.h>
#include <linux/weft.h>

/*
 * MIN_PLPMTU and BASE_PLPMTU (section 5.1.2) are one: every link of Weft carries
 * WEFT_MTU_MIN, so a path that does not is broken.
 */
#define WEFT_MTU_BASE		WEFT_MTU_MIN
/* Losses of a size, or of full packets in a row, that mean too big: MAX_PROBES. */
#define WEFT_MTU_PROBES		3
/* The search ends when what is found is less than this below what is too big. */
#define WEFT_MTU_STEP		8
/* A search takes no more probes than this if none but those too big are lost. */
#define WEFT_MTU_SEARCH_MAX	48

/* A time that does not come. */
#define WEFT_MTU_NEVER		(~0ULL)

/* Timers of section 5.1.1, ms. */
#define WEFT_MTU_PROBE_MS	15000	/* PROBE_TIMER: nobody told of the probe */
#define WEFT_MTU_CONFIRM_MS	120000	/* CONFIRMATION_TIMER */
#define WEFT_MTU_RAISE_MS	600000	/* PMTU_RAISE_TIMER */

/**
 * enum weft_mtu_state - phases of section 5.2
 * @WEFT_MTU_STATE_BASE: it is to be seen whether the base size passes
 * @WEFT_MTU_STATE_SEARCHING: sizes above @mtu are tried
 * @WEFT_MTU_STATE_COMPLETE: the MTU is known
 * @WEFT_MTU_STATE_ERROR: not even the base size passes
 */
enum weft_mtu_state {
	WEFT_MTU_STATE_BASE,
	WEFT_MTU_STATE_SEARCHING,
	WEFT_MTU_STATE_COMPLETE,
	WEFT_MTU_STATE_ERROR,
};

/**
 * struct weft_mtu_probe - the search for the MTU of a path
 * @state: enum weft_mtu_state
 * @lost: probes of the size that is tried that were lost, PROBE_COUNT
 * @full_lost: packets of size @mtu lost in a row
 * @fresh: @top itself has not been tried
 * @mtu: what is known to pass, PLPMTU: the transport's packets are no longer
 * @top: the largest size that may pass
 * @max: of the first link, MAX_PLPMTU
 * @probed: size of the probe on its way, PROBED_SIZE; 0 if there is none
 * @due: when weft_mtu_probe_timeout() is to be called, ms; WEFT_MTU_NEVER
 * @raise: when larger sizes are tried again, ms
 *
 * Belongs to the transport, which serialises all calls.
 */
struct weft_mtu_probe {
	u8	state;
	u8	lost;
	u8	full_lost;
	bool	fresh;
	u32	mtu;
	u32	top;
	u32	max;
	u32	probed;
	u64	due;
	u64	raise;
};

void weft_mtu_probe_init(struct weft_mtu_probe *p, unsigned int max, u64 now);
void weft_mtu_probe_set_max(struct weft_mtu_probe *p, unsigned int max, u64 now);
void weft_mtu_probe_connected(struct weft_mtu_probe *p, u64 now);
unsigned int weft_mtu_probe_next(const struct weft_mtu_probe *p, u64 now);
void weft_mtu_probe_sent(struct weft_mtu_probe *p, unsigned int size, u64 now);
void weft_mtu_probe_acked(struct weft_mtu_probe *p, unsigned int size, u64 now);
void weft_mtu_probe_lost(struct weft_mtu_probe *p, u64 now);
void weft_mtu_probe_too_big(struct weft_mtu_probe *p, unsigned int mtu, u64 now);
void weft_mtu_probe_full_acked(struct weft_mtu_probe *p, u64 now);
bool weft_mtu_probe_full_lost(struct weft_mtu_probe *p);
void weft_mtu_probe_timeout(struct weft_mtu_probe *p, u64 now);

#endif /* WEFT_MTU_PROBE_H */
