// SPDX-License-Identifier: GPL-2.0
/* Errors: they are of the connection that the packet which they quote was of. */
#include "addr.h"
#include "header.h"
#include "track.h"
#include "track_hook.h"
#include "track_packet.h"
#include "track_table.h"

/* What tells whose the quoted packet was: no more is read. */
#define WEFT_TRACK_QUOTE_LEN	(sizeof(struct weft_hdr) + sizeof(struct weft_frag_hdr) + \
				 sizeof(struct weft_stream_hdr))

/* The ends of the quoted packet. An echo's type and identifier lie behind its headers. */
static void weft_track_quoted(struct weft_track_tuple *tuple, const struct weft_quote *quote,
			      const u8 *data, const struct nf_hook_state *state, u16 zone)
{
	struct weft_ctl_hdr ctl;

	*tuple = (struct weft_track_tuple) {
		.src = quote->src,
		.dst = quote->dst,
		.link = weft_track_link(&quote->src, &quote->dst, state),
		.sport = quote->sport,
		.dport = quote->dport,
		.zone = zone,
		.proto = quote->proto,
	};
	if (quote->proto != WEFT_PROTO_CONTROL)
		return;
	memcpy(&ctl, data + quote->header_len, sizeof(ctl));
	tuple->type = ctl.type;
	tuple->sport = ctl.echo.id;
	tuple->dport = ctl.echo.id;
}

static bool weft_track_quote_sent(struct weft_track *track, const struct weft_quote *quote,
				  bool reply)
{
	bool sent;

	if (quote->proto != WEFT_PROTO_STREAM)
		return true;
	spin_lock_bh(&track->lock);
	sent = weft_track_stream_sent(&track->stream, quote->seq, reply);
	spin_unlock_bh(&track->lock);
	return sent;
}

/* Is it from this node? Nobody else can have sent it then. */
static bool weft_track_own(const struct nf_hook_state *state)
{
	return state->hook == NF_INET_LOCAL_OUT;
}

static bool weft_track_error_parse(const struct sk_buff *skb, struct weft_quote *quote,
				   u8 *data)
{
	unsigned int offset = WEFT_HDR_LEN + WEFT_CTL_LEN;
	unsigned int len = min_t(unsigned int, skb->len - offset, WEFT_TRACK_QUOTE_LEN);

	return !skb_copy_bits(skb, offset, data, len) && weft_quote_parse(quote, data, len) &&
	       weft_addr_equal(&quote->src, &weft_hdr(skb)->dst);
}

/**
 * weft_track_error() - which connection is an error of?
 * @tn: namespace
 * @skb: packet from its network header on: an error with its control header; what is
 *	known of it is filled in
 * @state: of the hook
 *
 * It must go to the source of the packet that it quotes, and quote what that may have
 * sent. One that this node sends about a packet which went no further, and whose connection
 * never came to be, is related too, but to nothing.
 *
 * Context: RCU read lock.
 */
void weft_track_error(struct weft_track_net *tn, struct sk_buff *skb,
		      const struct nf_hook_state *state)
{
	struct weft_track_cb *cb = weft_track_cb(skb);
	u8 data[WEFT_TRACK_QUOTE_LEN] = {};
	struct weft_track_tuple tuple;
	struct weft_track *track;
	struct weft_quote quote;
	bool reply;

	cb->state = WEFT_TRACK_INVALID;
	if (!weft_track_error_parse(skb, &quote, data))
		return;
	weft_track_quoted(&tuple, &quote, data, state, cb->zone);
	track = weft_track_find(tn, &tuple, &reply);
	if (track ? !weft_track_quote_sent(track, &quote, reply) : !weft_track_own(state))
		return;
	cb->state = WEFT_TRACK_RELATED;
	if (!track)
		return;
	cb->track = track;
	cb->reply = !reply;
}
