// SPDX-License-Identifier: GPL-2.0
/* What is known of a connection, for WEFT_INFO and sock_diag. */
#include "header.h"
#include "route.h"
#include "stream.h"

static u32 weft_info_ms(unsigned long since)
{
	return jiffies_to_msecs(jiffies - since);
}

static u32 weft_info_flags(const struct weft_stream *st)
{
	u32 flags = 0;

	if (st->snd.ecn)
		flags |= WEFT_INFO_ECN;
	if (st->rcv.marks || st->snd.marked)
		flags |= WEFT_INFO_ECN_SEEN;
	if (st->kind == WEFT_STREAM_KIND_MESSAGES)
		flags |= WEFT_INFO_MESSAGES;
	if (!st->snd.limited)
		flags |= WEFT_INFO_APP_LIMITED;
	return flags;
}

static void weft_info_send(const struct weft_send *snd, struct weft_info *info)
{
	u32 srtt = weft_rtt_smoothed(&snd->rtt);

	info->recovery = snd->recovery;
	info->backoff = snd->backoff;
	info->probes = snd->probes;
	info->rto = weft_rtt_rto(&snd->rtt, snd->backoff);
	info->snd_mss = snd->mss;
	info->pmtu = snd->mss + WEFT_HDR_LEN + WEFT_STREAM_LEN;
	info->rtt = srtt;
	info->rttvar = snd->rtt.rttvar4 >> 2;
	info->min_rtt = snd->rtt.min;
	info->cwnd = snd->cc.cwnd;
	info->ssthresh = snd->cc.ssthresh;
	info->in_flight = weft_scoreboard_in_flight(&snd->board);
	info->unacked = snd->board.out;
	info->sacked = snd->board.sacked;
	info->lost = snd->board.lost;
	info->snd_wnd = snd->wnd;
	info->reordering = weft_rack_window(&snd->rack, srtt, snd->rtt.min, false, false);
	info->timeouts = snd->timeouts;
	info->tlps = snd->tlps;
	info->undone = snd->undone;
	info->dsacks = snd->dsacks;
	info->reorder_seen = snd->reorders;
	info->pacing_rate = weft_cc_pacing_rate(&snd->cc, srtt);
	info->bytes_sent = snd->bytes;
	info->bytes_acked = snd->acked;
	info->bytes_retrans = snd->bytes_resent;
	info->bytes_lost = snd->lost;
	info->segs_out = snd->segs;
	info->data_segs_out = snd->segs_data;
	info->segs_retrans = snd->segs_resent;
	info->marks_told = snd->marked;
}

static void weft_info_recv(const struct weft_recv *rcv, struct weft_info *info)
{
	info->ato = WEFT_DELACK_US;
	info->rcv_mss = rcv->mss;
	info->rcv_rtt = rcv->window.rtt;
	info->rcv_wnd = rcv->window.right - rcv->nxt;
	info->rcv_space = rcv->window.space;
	info->last_data_recv = rcv->data_at ? weft_info_ms(rcv->data_at) : 0;
	info->last_recv = weft_info_ms(rcv->heard);
	info->bytes_received = rcv->bytes;
	info->bytes_duplicate = rcv->duplicates;
	info->segs_in = rcv->segs;
	info->data_segs_in = rcv->segs_data;
	info->segs_out_of_order = rcv->out_of_order;
	info->marks_in = rcv->marks;
}

/**
 * weft_stream_info() - what is known of a connection
 * @sk: socket
 * @info: filled in
 *
 * Context: socket lock.
 */
void weft_stream_info(struct sock *sk, struct weft_info *info)
{
	struct weft_stream *st = weft_stream(sk);

	memset(info, 0, sizeof(*info));
	info->state = sk->sk_state;
	if (sk->sk_state == TCP_LISTEN) {
		info->unacked = READ_ONCE(sk->sk_ack_backlog);
		info->sacked = READ_ONCE(sk->sk_max_ack_backlog);
		return;
	}
	info->flags = weft_info_flags(st);
	weft_info_send(&st->snd, info);
	weft_info_recv(&st->rcv, info);
	info->notsent = weft_stream_unsent(st);
	if (st->snd.last)
		info->last_data_sent = div_u64(weft_clock() - st->snd.last, USEC_PER_MSEC);
	strscpy(info->cc, st->snd.cc.ops->name, sizeof(info->cc));
}
