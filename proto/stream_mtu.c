// SPDX-License-Identifier: GPL-2.0
/*
 * Black holes: packets of full size get lost and nobody says why. After three timeouts
 * in a row segments are as short as any path carries, and probes, which are longer
 * segments with data, look for the path's MTU (RFC 8899, mtu_probe.c).
 */
#include "exception.h"
#include "header.h"
#include "net.h"
#include "stream.h"

/* Data behind a probe, in segments: their acknowledgments show that it was lost. */
#define WEFT_PROBE_BEHIND	4

static u64 weft_mtu_now(const struct weft_stream *st)
{
	return div_u64(st->now, USEC_PER_MSEC);
}

/**
 * weft_stream_mtu_limit() - the longest segment that the path is known to carry
 * @st: socket
 * @mss: by what is known else, bytes of options and payload
 *
 * Context: socket lock. Return: bytes of options and payload.
 */
u32 weft_stream_mtu_limit(const struct weft_stream *st, u32 mss)
{
	if (!st->snd.searching)
		return mss;
	return min(mss, st->snd.mtu.mtu - WEFT_HDR_LEN - WEFT_STREAM_LEN);
}

/* What nobody has heard of may be too long for the path. */
static void weft_mtu_suspect(struct weft_stream *st, const struct weft_seg *seg)
{
	struct weft_send *snd = &st->snd;
	u32 len = WEFT_HDR_LEN + WEFT_STREAM_LEN + min_t(u32, seg->end - seg->seq, seg->mss);

	if (snd->backoff + 1 < WEFT_MTU_PROBES || len <= WEFT_MTU_BASE)
		return;
	weft_mtu_probe_init(&snd->mtu, WEFT_HDR_LEN + WEFT_STREAM_LEN + snd->mss,
			    weft_mtu_now(st));
	snd->searching = true;
}

/**
 * weft_stream_mtu_timeout() - nothing was acknowledged for too long
 * @st: socket with segments that are not acknowledged
 *
 * weft_stream_set_mss() must follow. Context: socket lock.
 */
void weft_stream_mtu_timeout(struct weft_stream *st)
{
	const struct weft_seg *seg = weft_scoreboard_first(&st->snd.board);
	struct weft_send *snd = &st->snd;

	/* Who wants fragments knows better. */
	if (READ_ONCE(st->ws.opts.mtu_discover) == WEFT_PMTUDISC_DONT)
		return;
	if (!snd->searching) {
		weft_mtu_suspect(st, seg);
		return;
	}
	weft_mtu_probe_lost(&snd->mtu, weft_mtu_now(st));
	if (seg->end - seg->seq >= snd->mss)
		weft_mtu_probe_full_lost(&snd->mtu);
}

/* The search is over: others that go there need not make their own. */
static void weft_mtu_found(struct weft_stream *st)
{
	struct weft_mtu_probe *p = &st->snd.mtu;

	if (p->mtu == p->max)
		st->snd.searching = false;
	else
		weft_exception_probed_mtu(sock_net(weft_stream_sk(st)), &st->ws.faddr, p->mtu);
}

/**
 * weft_stream_mtu_acked() - new data was acknowledged
 * @st: socket that searches
 * @bytes: how much
 *
 * Context: socket lock.
 */
void weft_stream_mtu_acked(struct weft_stream *st, u32 bytes)
{
	struct weft_mtu_probe *p = &st->snd.mtu;
	bool complete = p->state == WEFT_MTU_STATE_COMPLETE;
	u64 now = weft_mtu_now(st);

	if (p->probed && !weft_seq_before(st->snd.una, st->snd.probe_end))
		weft_mtu_probe_acked(p, p->probed, now);
	else if (p->state == WEFT_MTU_STATE_BASE)
		weft_mtu_probe_connected(p, now);
	else if (bytes >= st->snd.mss)
		weft_mtu_probe_full_acked(p, now);
	weft_mtu_probe_timeout(p, now);
	if (!complete && p->state == WEFT_MTU_STATE_COMPLETE)
		weft_mtu_found(st);
	weft_stream_set_mss(st);
}

/**
 * weft_stream_mtu_lost() - was the probe lost, and nothing else?
 * @st: socket that searches, with segments found lost
 *
 * Context: socket lock. Return: true if so: it tells nothing of congestion.
 */
bool weft_stream_mtu_lost(struct weft_stream *st)
{
	struct weft_send *snd = &st->snd;
	struct weft_seg *seg;
	u32 len;

	if (!snd->mtu.probed || !weft_seq_before(snd->una, snd->probe_end))
		return false;
	seg = weft_scoreboard_find(&snd->board, snd->probe_end - 1);
	if (!seg || !(seg->flags & WEFT_SEG_LOST))
		return false;
	len = seg->end - seg->seq;
	weft_mtu_probe_lost(&snd->mtu, weft_mtu_now(st));
	return snd->board.lost == len;
}

/**
 * weft_stream_mtu_too_big() - a router says what the path carries
 * @st: socket
 * @mtu: bytes
 *
 * Context: socket lock.
 */
void weft_stream_mtu_too_big(struct weft_stream *st, u32 mtu)
{
	if (st->snd.searching)
		weft_mtu_probe_too_big(&st->snd.mtu, mtu, weft_mtu_now(st));
}

/**
 * weft_stream_mtu_probe() - is a probe to be sent now?
 * @st: socket
 *
 * Context: socket lock. Return: how many bytes of new data it is to have; 0 for none.
 */
u32 weft_stream_mtu_probe(struct weft_stream *st)
{
	struct weft_send *snd = &st->snd;
	u32 size, payload, wanted;

	if (!snd->searching || snd->recovery != WEFT_RECOVERY_NONE || snd->board.lost ||
	    !weft_reorder_empty(&st->rcv.reorder))
		return 0;
	size = weft_mtu_probe_next(&snd->mtu, weft_mtu_now(st));
	payload = size - WEFT_HDR_LEN - WEFT_STREAM_LEN;
	if (!size || payload <= snd->mss)
		return 0;
	wanted = payload + WEFT_PROBE_BEHIND * snd->mss;
	if (weft_stream_unsent(st) < wanted || wanted > snd->wnd ||
	    weft_scoreboard_in_flight(&snd->board) + wanted > snd->cc.cwnd)
		return 0;
	return payload;
}

/**
 * weft_stream_mtu_sent() - the probe has left
 * @st: socket
 * @payload: bytes of data in it; it ends at weft_send.nxt
 *
 * Context: socket lock.
 */
void weft_stream_mtu_sent(struct weft_stream *st, u32 payload)
{
	st->snd.probe_end = st->snd.nxt;
	weft_mtu_probe_sent(&st->snd.mtu, WEFT_HDR_LEN + WEFT_STREAM_LEN + payload,
			    weft_mtu_now(st));
}
