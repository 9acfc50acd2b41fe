/* SPDX-License-Identifier: GPL-2.0 */
/* What connection tracking reads of a packet. */
#ifndef WEFT_TRACK_PACKET_H
#define WEFT_TRACK_PACKET_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include "track_stream.h"
#include "track_tuple.h"

/**
 * enum weft_track_kind - what a packet is
 * @WEFT_TRACK_KIND_WRONG: its headers are
 * @WEFT_TRACK_KIND_FLOW: one that can be of a connection
 * @WEFT_TRACK_KIND_ERROR: a control message about another packet
 * @WEFT_TRACK_KIND_NEIGHBOUR: one between neighbours
 */
enum weft_track_kind {
	WEFT_TRACK_KIND_WRONG,
	WEFT_TRACK_KIND_FLOW,
	WEFT_TRACK_KIND_ERROR,
	WEFT_TRACK_KIND_NEIGHBOUR,
};

/**
 * struct weft_track_packet - a packet
 * @kind: what it is
 * @tuple: its ends, of a flow
 * @seg: what it says, of a stream
 */
struct weft_track_packet {
	enum weft_track_kind		kind;
	struct weft_track_tuple		tuple;
	struct weft_track_segment	seg;
};

void weft_track_parse(struct weft_track_packet *packet, const struct sk_buff *skb,
		      const struct nf_hook_state *state, u16 zone);
bool weft_track_sums(struct sk_buff *skb);
u32 weft_track_link(const struct weft_addr *src, const struct weft_addr *dst,
		    const struct nf_hook_state *state);

#endif /* WEFT_TRACK_PACKET_H */
