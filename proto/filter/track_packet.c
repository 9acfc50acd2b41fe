// SPDX-License-Identifier: GPL-2.0
/* A packet as connection tracking reads it. The data begins with the network header. */
#include "addr.h"
#include "header.h"
#include "input.h"
#include "stream_header.h"
#include "track_packet.h"

/**
 * weft_track_link() - on which link do these addresses mean something?
 * @src: source
 * @dst: destination
 * @state: of the hook
 *
 * Context: any.
 * Return: the index of the device that the packet came by or leaves through, 0 if the
 * addresses mean the same everywhere.
 */
u32 weft_track_link(const struct weft_addr *src, const struct weft_addr *dst,
		    const struct nf_hook_state *state)
{
	const struct net_device *dev = state->in ?: state->out;

	return dev && (weft_addr_needs_scope(src) || weft_addr_needs_scope(dst)) ?
	       dev->ifindex : 0;
}

static enum weft_track_kind weft_track_parse_dgram(struct weft_track_packet *packet,
						   const struct sk_buff *skb,
						   unsigned int len)
{
	const struct weft_dgram_hdr *dgram;
	struct weft_dgram_hdr room;

	dgram = skb_header_pointer(skb, WEFT_HDR_LEN, sizeof(room), &room);
	if (!dgram)
		return WEFT_TRACK_KIND_WRONG;
	/* The first length of a train is that of one datagram. */
	if (!skb_is_gso(skb) && weft_dgram_check(dgram, len))
		return WEFT_TRACK_KIND_WRONG;
	if (!dgram->sport || !dgram->dport)
		return WEFT_TRACK_KIND_WRONG;
	packet->tuple.sport = dgram->sport;
	packet->tuple.dport = dgram->dport;
	return WEFT_TRACK_KIND_FLOW;
}

static enum weft_track_kind weft_track_parse_stream(struct weft_track_packet *packet,
						    const struct sk_buff *skb,
						    unsigned int len)
{
	const struct weft_stream_hdr *hdr;
	struct weft_stream_hdr room;

	hdr = skb_header_pointer(skb, WEFT_HDR_LEN, sizeof(room), &room);
	if (!hdr || weft_stream_check(hdr, len))
		return WEFT_TRACK_KIND_WRONG;
	packet->tuple.sport = hdr->sport;
	packet->tuple.dport = hdr->dport;
	packet->seg = (struct weft_track_segment) {
		.seq = be32_to_cpu(hdr->seq),
		.ack = be32_to_cpu(hdr->ack),
		.window = be32_to_cpu(hdr->window),
		.flags = hdr->flags,
	};
	packet->seg.end = packet->seg.seq + len - hdr->len +
			  !!(hdr->flags & WEFT_STREAM_SYN) +
			  !!(hdr->flags & WEFT_STREAM_FIN);
	return WEFT_TRACK_KIND_FLOW;
}

static enum weft_track_kind weft_track_parse_control(struct weft_track_packet *packet,
						     const struct sk_buff *skb)
{
	const struct weft_ctl_hdr *ctl;
	struct weft_ctl_hdr room;

	ctl = skb_header_pointer(skb, WEFT_HDR_LEN, sizeof(room), &room);
	if (!ctl)
		return WEFT_TRACK_KIND_WRONG;
	packet->tuple.type = ctl->type;
	if (!(ctl->type & WEFT_CTL_INFO))
		return WEFT_TRACK_KIND_ERROR;
	if (weft_track_neighbourly(ctl->type))
		return WEFT_TRACK_KIND_NEIGHBOUR;
	if (ctl->type != WEFT_CTL_ECHO_REQUEST && ctl->type != WEFT_CTL_ECHO_REPLY)
		return WEFT_TRACK_KIND_WRONG;
	packet->tuple.sport = ctl->echo.id;
	packet->tuple.dport = ctl->echo.id;
	return WEFT_TRACK_KIND_FLOW;
}

/**
 * weft_track_parse() - read a packet
 * @packet: filled in
 * @skb: the packet
 * @state: of the hook that it is in
 * @zone: in which its connection is looked for
 *
 * Context: any.
 */
void weft_track_parse(struct weft_track_packet *packet, const struct sk_buff *skb,
		      const struct nf_hook_state *state, u16 zone)
{
	const struct weft_hdr *hdr = weft_hdr(skb);
	unsigned int len = skb->len - WEFT_HDR_LEN;

	memset(packet, 0, sizeof(*packet));
	packet->tuple.src = hdr->src;
	packet->tuple.dst = hdr->dst;
	packet->tuple.proto = hdr->next;
	packet->tuple.zone = zone;
	packet->tuple.link = weft_track_link(&hdr->src, &hdr->dst, state);
	switch (hdr->next) {
	case WEFT_PROTO_DGRAM:
		packet->kind = weft_track_parse_dgram(packet, skb, len);
		return;
	case WEFT_PROTO_STREAM:
		packet->kind = weft_track_parse_stream(packet, skb, len);
		return;
	case WEFT_PROTO_CONTROL:
		packet->kind = weft_track_parse_control(packet, skb);
		return;
	case WEFT_PROTO_FRAGMENT:
		packet->kind = WEFT_TRACK_KIND_WRONG;
		return;
	}
	packet->kind = WEFT_TRACK_KIND_FLOW;
}

/**
 * weft_track_sums() - is the checksum of a packet right?
 * @skb: the packet, as PREROUTING sees it
 *
 * What the device has verified is not summed again. Context: softirq.
 * Return: true also for protocols that have none.
 */
bool weft_track_sums(struct sk_buff *skb)
{
	enum weft_drop wrong;

	switch (weft_hdr(skb)->next) {
	case WEFT_PROTO_DGRAM:
	case WEFT_PROTO_STREAM:
	case WEFT_PROTO_CONTROL:
		__skb_pull(skb, WEFT_HDR_LEN);
		wrong = weft_input_checksum(skb);
		__skb_push(skb, WEFT_HDR_LEN);
		return !wrong;
	}
	return true;
}
