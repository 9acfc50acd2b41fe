// SPDX-License-Identifier: GPL-2.0
/*
 * Large packets: marked on the way down, taken apart at the last moment, by the core
 * for a device that cannot carry them or here for those who want single packets.
 */
#include <linux/export.h>
#include <net/gso.h>
#include <net/sock.h>
#include "checksum.h"
#include "fragment.h"
#include "gso.h"
#include "header.h"
#include "input.h"
#include "segment.h"
#include "stats.h"
#include "stream.h"

/* What a packet of each kind has in front of @gso_size bytes on the wire. */
static_assert(sizeof(struct weft_hdr) + sizeof(struct weft_frag_hdr) ==
	      sizeof(struct weft_dgram_hdrs));

/* --- marks ----------------------------------------------------------------------- */

static void weft_gso_mark(struct sk_buff *skb, unsigned int type,
			  unsigned int size, unsigned int segments)
{
	skb_shinfo(skb)->gso_size = size;
	skb_shinfo(skb)->gso_segs = segments;
	skb_shinfo(skb)->gso_type = type;
}

/**
 * weft_gso_mark_train() - a datagram stands for several
 * @skb: packet of our own; its data begins with the datagram header
 * @size: bytes of payload of each datagram but the last, less than there are; not 0
 */
void weft_gso_mark_train(struct sk_buff *skb, unsigned int size)
{
	weft_gso_mark(skb, WEFT_GSO_TRAIN, size,
		      weft_train_count(skb->len - WEFT_DGRAM_LEN, size));
}

/**
 * weft_gso_mark_stream() - a segment of a stream stands for several
 * @skb: segment of our own; its data begins with the stream header, which says how long
 *	it is. At most WEFT_RUN_MAX bytes of payload follow. Nobody else looks at the marks
 *	of a clone.
 * @mss: bytes of payload of each segment but the last. With the options at least
 *	WEFT_STREAM_MSS_MIN
 *
 * The segments are copies of the header with their own sequence numbers and consecutive
 * packet ids; FIN and PSH are of the last one, CWR of the first. A packet of no more than
 * @mss bytes of payload gets no marks. Marks of before are forgotten.
 */
void weft_gso_mark_stream(struct sk_buff *skb, unsigned int mss)
{
	unsigned int bytes = skb->len - ((struct weft_stream_hdr *)skb->data)->len;

	if (bytes > mss)
		weft_gso_mark(skb, WEFT_GSO_STREAM, mss, weft_train_count(bytes, mss));
	else
		skb_gso_reset(skb);
}

/* Bytes of payload in fragments of a path. */
static unsigned int weft_gso_part(unsigned int mtu)
{
	return ALIGN_DOWN(mtu - WEFT_DGRAM_HDRS_LEN, 8);
}

/**
 * weft_gso_mark_whole() - let a device carry a packet that is longer than the MTU
 * @skb: packet from its network header on
 * @dev: the device
 * @mtu: of the way: fragments will be no longer; at least WEFT_MTU_MIN
 *
 * Devices that would have it taken apart at once are given the fragments.
 *
 * Return: false if the packet must be fragmented here.
 */
bool weft_gso_mark_whole(struct sk_buff *skb, const struct net_device *dev,
			 unsigned int mtu)
{
	unsigned int size = weft_gso_part(mtu);
	unsigned int segments = DIV_ROUND_UP(skb->len - WEFT_HDR_LEN, size);

	if (skb->ip_summed != CHECKSUM_PARTIAL || mtu < WEFT_MTU_MIN ||
	    weft_hdr(skb)->next == WEFT_PROTO_FRAGMENT ||
	    !net_gso_ok(dev->features, WEFT_GSO_WHOLE) ||
	    !(dev->features & NETIF_F_HW_CSUM) ||
	    skb->len + dev->hard_header_len >= READ_ONCE(dev->gso_max_size) ||
	    segments > READ_ONCE(dev->gso_max_segs))
		return false;
	weft_gso_mark(skb, WEFT_GSO_WHOLE, size, segments);
	return true;
}

/*
 * What goes in front of @gso_size bytes on the wire; the transport header is @offset
 * bytes into the data.
 */
static unsigned int weft_gso_headers(const struct sk_buff *skb, unsigned int offset)
{
	const u8 *len;
	u8 buf;

	if (!weft_gso_stream(skb))
		return WEFT_DGRAM_HDRS_LEN;
	offset += offsetof(struct weft_stream_hdr, len);
	len = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return WEFT_HDR_LEN + (len ? *len : sizeof(struct weft_stream_hdr));
}

/**
 * weft_gso_longest_part() - what a large packet needs of a link
 * @skb: packet of a checked kind, skb_is_gso()
 * @offset: of the transport header in its data, bytes
 *
 * Return: bytes of the longest packet or fragment that it stands for.
 */
unsigned int weft_gso_longest_part(const struct sk_buff *skb, unsigned int offset)
{
	return weft_gso_headers(skb, offset) + skb_shinfo(skb)->gso_size;
}
EXPORT_SYMBOL_GPL(weft_gso_longest_part);

/**
 * weft_gso_octets() - how much is it on the wire?
 * @skb: packet, of any kind; its data begins with the network header
 *
 * Return: bytes of all packets that it stands for, with their network headers.
 */
unsigned int weft_gso_octets(const struct sk_buff *skb)
{
	unsigned int more = weft_gso_packets(skb) - 1;

	return skb->len + (more ? more * weft_gso_headers(skb, WEFT_HDR_LEN) : 0);
}
EXPORT_SYMBOL_GPL(weft_gso_octets);

static bool weft_gso_train_sound(const struct sk_buff *skb, unsigned int len)
{
	const struct skb_shared_info *info = skb_shinfo(skb);

	return weft_hdr(skb)->next == WEFT_PROTO_DGRAM && len > WEFT_DGRAM_LEN &&
	       skb->csum_offset == offsetof(struct weft_dgram_hdr, check) &&
	       info->gso_segs <= WEFT_TRAIN_MAX &&
	       info->gso_segs == weft_train_count(len - WEFT_DGRAM_LEN, info->gso_size);
}

/* Leaves the whole stream header in the linear part. */
static bool weft_gso_stream_sound(struct sk_buff *skb, unsigned int len)
{
	unsigned int offset = skb_transport_offset(skb);

	if (weft_hdr(skb)->next != WEFT_PROTO_STREAM ||
	    skb->csum_offset != offsetof(struct weft_stream_hdr, check) ||
	    !pskb_may_pull(skb, offset + sizeof(struct weft_stream_hdr)) ||
	    !weft_run_sound((void *)(skb->data + offset), len, skb_shinfo(skb)->gso_size,
			    skb_shinfo(skb)->gso_segs))
		return false;
	return pskb_may_pull(skb, offset + skb->data[offset +
					offsetof(struct weft_stream_hdr, len)]);
}

/* Nothing is given up for a claim about segments: only what we make ourselves. */
static bool weft_gso_sound(struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int len = skb->len - skb_transport_offset(skb);

	if (skb->ip_summed != CHECKSUM_PARTIAL || info->gso_size == GSO_BY_FRAGS ||
	    skb_checksum_start_offset(skb) != skb_transport_offset(skb))
		return false;
	if (weft_gso_train(skb))
		return weft_gso_train_sound(skb, len);
	if (weft_gso_stream(skb))
		return weft_gso_stream_sound(skb, len);
	return weft_gso_whole(skb) && weft_hdr(skb)->next != WEFT_PROTO_FRAGMENT &&
	       info->gso_size >= weft_gso_part(WEFT_MTU_MIN) &&
	       !(info->gso_size % 8);
}

/**
 * weft_gso_forget() - a packet is only what its headers say
 * @skb: packet
 *
 * Return: WEFT_DROP_NONE or WEFT_DROP_NO_MEMORY.
 */
enum weft_drop weft_gso_forget(struct sk_buff *skb)
{
	/* A packet tap may see the same marks. */
	if (skb_unclone(skb, GFP_ATOMIC))
		return WEFT_DROP_NO_MEMORY;
	skb_gso_reset(skb);
	return WEFT_DROP_NONE;
}

/**
 * weft_gso_check() - may the marks of a received packet be believed?
 * @skb: packet with marks; its header is checked, its data begins after it
 *
 * Other marks than ours, as a guest or a program with a packet socket may make, are
 * forgotten. Context: softirq.
 *
 * Return: WEFT_DROP_NONE or WEFT_DROP_NO_MEMORY.
 */
enum weft_drop weft_gso_check(struct sk_buff *skb)
{
	return weft_gso_sound(skb) ? WEFT_DROP_NONE : weft_gso_forget(skb);
}

/**
 * weft_gso_refit() - a whole is to go in smaller fragments
 * @skb: the packet
 * @mtu: of the way, at least WEFT_MTU_MIN
 *
 * Return: WEFT_DROP_NONE or WEFT_DROP_NO_MEMORY.
 */
enum weft_drop weft_gso_refit(struct sk_buff *skb, unsigned int mtu)
{
	unsigned int size = weft_gso_part(mtu);

	if (skb_unclone(skb, GFP_ATOMIC))
		return WEFT_DROP_NO_MEMORY;
	weft_gso_mark(skb, WEFT_GSO_WHOLE, size, DIV_ROUND_UP(skb->len, size));
	return WEFT_DROP_NONE;
}

/* --- trains and runs taken apart --------------------------------------------------- */

/* The headers and, where no device will fill it in, the checksum of a datagram. */
static void weft_gso_datagram(struct sk_buff *seg, unsigned int n)
{
	struct weft_dgram_hdrs *hdrs = (struct weft_dgram_hdrs *)skb_network_header(seg);
	unsigned int len = seg->len - skb_transport_offset(seg);

	weft_train_segment(hdrs, n, len - WEFT_DGRAM_LEN);
	hdrs->dgram.check = ~csum_fold(weft_pseudo_sum(&hdrs->net.src, &hdrs->net.dst,
						      len, WEFT_PROTO_DGRAM));
	if (seg->ip_summed != CHECKSUM_PARTIAL)
		hdrs->dgram.check = gso_make_checksum(seg, 0) ?: CSUM_MANGLED_0;
}

/* The same for a segment of a run whose segments have @size bytes of payload. */
static void weft_gso_stream_segment(struct sk_buff *seg, unsigned int n, unsigned int size)
{
	struct weft_stream_hdrs *hdrs = (struct weft_stream_hdrs *)skb_network_header(seg);
	unsigned int len = seg->len - skb_transport_offset(seg);

	weft_run_segment(hdrs, n, size, len, !seg->next);
	hdrs->stream.check = ~csum_fold(weft_pseudo_sum(&hdrs->net.src, &hdrs->net.dst,
						       len, WEFT_PROTO_STREAM));
	if (seg->ip_summed != CHECKSUM_PARTIAL)
		hdrs->stream.check = gso_make_checksum(seg, 0) ?: CSUM_MANGLED_0;
}

/* Each packet is charged to the sender; the large one's own charge goes over to them. */
static void weft_gso_charge(struct sk_buff *segs, struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	struct sk_buff *seg;
	int more = -(int)skb->truesize;

	for (seg = segs; seg; seg = seg->next) {
		seg->sk = sk;
		seg->destructor = skb->destructor;
		more += seg->truesize;
	}
	if (more >= 0)
		refcount_add(more, &sk->sk_wmem_alloc);
	else
		WARN_ON_ONCE(refcount_sub_and_test(-more, &sk->sk_wmem_alloc));
	skb->sk = NULL;
	skb->destructor = NULL;
}

/* Received packets are not. */
static bool weft_gso_charged(const struct sk_buff *skb)
{
	return skb->destructor == sock_wfree || skb->destructor == weft_stream_wfree;
}

/*
 * A time stamp that was asked for is that of the first datagram, or of the last byte of
 * a stream.
 */
static void weft_gso_stamp(struct sk_buff *segs, const struct sk_buff *skb)
{
	struct skb_shared_info *info = skb_shinfo(weft_gso_stream(skb) ? segs->prev : segs);

	info->tx_flags |= skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP;
	info->tskey = skb_shinfo(skb)->tskey;
}

/* Of a train or a run with sound marks; its data begins with the network header. */
static struct sk_buff *weft_gso_split(struct sk_buff *skb,
				      netdev_features_t features)
{
	void (*destructor)(struct sk_buff *skb) = skb->destructor;
	bool charged = weft_gso_charged(skb);
	struct sk_buff *segs, *seg;
	unsigned int n = 0;

	__skb_pull(skb, weft_gso_headers(skb, WEFT_HDR_LEN));
	if (charged)
		skb->destructor = NULL;
	segs = skb_segment(skb, features & ~NETIF_F_GSO_MASK);
	skb->destructor = destructor;
	if (IS_ERR_OR_NULL(segs))
		return segs;
	for (seg = segs; seg; seg = seg->next) {
		if (weft_gso_stream(skb))
			weft_gso_stream_segment(seg, n++, skb_shinfo(skb)->gso_size);
		else
			weft_gso_datagram(seg, n++);
	}
	if (charged)
		weft_gso_charge(segs, skb);
	weft_gso_stamp(segs, skb);
	return segs;
}

/**
 * weft_gso_each() - take a train or a run apart and give its packets to a function
 * @net: namespace
 * @skb: received packet with sound marks; its data begins after the network header.
 *	Consumed if WEFT_DROP_NONE is returned
 * @take: takes one, its data where @skb's was, or says why it is dropped
 * @data: for @take
 *
 * They share the pages; no checksum is summed. Context: softirq.
 *
 * Return: WEFT_DROP_NONE or WEFT_DROP_NO_MEMORY.
 */
enum weft_drop weft_gso_each(struct net *net, struct sk_buff *skb,
			     enum weft_drop (*take)(struct net *net,
						    struct sk_buff *skb,
						    void *data),
			     void *data)
{
	struct sk_buff *seg, *next;
	enum weft_drop reason;

	if (!pskb_may_pull(skb, weft_gso_headers(skb, 0) - WEFT_HDR_LEN))
		return WEFT_DROP_NO_MEMORY;
	__skb_push(skb, WEFT_HDR_LEN);
	seg = weft_gso_split(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(seg))
		return WEFT_DROP_NO_MEMORY;
	skb_list_walk_safe(seg, seg, next) {
		skb_mark_not_on_list(seg);
		__skb_pull(seg, skb_transport_offset(seg));
		reason = take(net, seg, data);
		if (reason)
			weft_drop(net, seg, reason);
	}
	consume_skb(skb);
	return WEFT_DROP_NONE;
}

/**
 * weft_gso_segment() - packet_offload's gso_segment
 * @skb: packet from its network header on, for a device that cannot carry it
 * @features: of the device
 *
 * Marks that are not ours, or not true, are refused: the core drops the packet.
 *
 * Context: any, RCU read lock.
 * Return: single packets with their link-layer headers, the last one in the first
 * one's prev; or an error.
 */
struct sk_buff *weft_gso_segment(struct sk_buff *skb,
				 netdev_features_t features)
{
	if (!pskb_may_pull(skb, WEFT_DGRAM_HDRS_LEN))
		return ERR_PTR(-EINVAL);
	skb_reset_network_header(skb);
	skb_reset_mac_len(skb);
	skb_set_transport_header(skb, WEFT_HDR_LEN);
	if (!weft_gso_sound(skb))
		return ERR_PTR(-EPROTONOSUPPORT);
	return weft_gso_several(skb) ? weft_gso_split(skb, features) :
				       weft_fragment_segment(skb);
}
