// SPDX-License-Identifier: GPL-2.0
/*
 * Fragmentation: a packet longer than the way's MTU is sent in parts, by its source
 * or, if the packet allows it, by a gateway.
 */
#include <linux/siphash.h>
#include <net/netns/hash.h>
#include "fragment.h"
#include "header.h"
#include "input.h"
#include "output.h"
#include "stats.h"

#define WEFT_FRAG_HEADERS	(WEFT_HDR_LEN + WEFT_FRAG_LEN)

/* --- identification ------------------------------------------------------------ */

#define WEFT_FRAG_ID_SLOTS	2048
/* The smallest with a top half; those below are a gateway's. */
#define WEFT_FRAG_ID_MIN	0x10000

static atomic_t weft_frag_ids[WEFT_FRAG_ID_SLOTS];
static siphash_aligned_key_t weft_frag_id_key;

/*
 * Each pair of addresses counts on from a secret place of its own, so that its
 * identifications do not repeat and tell nothing about those of other pairs, also
 * where several pairs share a counter.
 */
static __be32 weft_fragment_id(const struct net *net, const struct weft_hdr *hdr)
{
	const struct {
		struct weft_addr src;
		struct weft_addr dst;
		u64 mix;
	} __aligned(SIPHASH_ALIGNMENT) pair = {
		.src = hdr->src, .dst = hdr->dst, .mix = net_hash_mix(net),
	};
	u64 hash;
	u32 id;

	net_get_random_once(&weft_frag_id_key, sizeof(weft_frag_id_key));
	hash = siphash(&pair, sizeof(pair), &weft_frag_id_key);
	id = upper_32_bits(hash) +
	     atomic_inc_return(&weft_frag_ids[hash % WEFT_FRAG_ID_SLOTS]);
	if (id < WEFT_FRAG_ID_MIN)
		id = upper_32_bits(hash) +
		     atomic_add_return(WEFT_FRAG_ID_MIN,
				       &weft_frag_ids[hash % WEFT_FRAG_ID_SLOTS]);
	return cpu_to_be32(id);
}

/* --- taking apart ---------------------------------------------------------------- */

/**
 * struct weft_fragmenter - a packet on its way to pieces
 * @skb: the packet, its data at the network header
 * @frag: fragment header of all pieces but for the offset
 * @pos: of the next piece in @skb, bytes
 * @left: bytes from @pos to the packet's end
 * @offset: of the next piece in the whole packet, bytes
 * @max: bytes in a piece at most, a multiple of 8
 * @more: the packet is itself a fragment, and not the last
 * @link: bytes of link-layer header in front of @skb's data that the pieces get too
 * @check: the checksum that was left to the device
 * @check_pos: where it belongs in @skb, bytes; 0 if the packet has all
 */
struct weft_fragmenter {
	struct sk_buff		*skb;
	struct weft_frag_hdr	frag;
	unsigned int		pos;
	unsigned int		left;
	unsigned int		offset;
	unsigned int		max;
	bool			more;
	unsigned int		link;
	__sum16			check;
	unsigned int		check_pos;
};

static void weft_fragment_headers(struct sk_buff *piece,
				  const struct weft_fragmenter *f,
				  unsigned int len)
{
	struct weft_frag_hdr *frag;
	struct weft_hdr *hdr;
	u16 offset = f->offset;

	if (len < f->left || f->more)
		offset |= WEFT_FRAG_MORE;
	hdr = skb_put_data(piece, weft_hdr(f->skb), sizeof(*hdr));
	hdr->len = cpu_to_be16(WEFT_FRAG_HEADERS + len);
	hdr->next = WEFT_PROTO_FRAGMENT;
	frag = skb_put_data(piece, &f->frag, sizeof(*frag));
	frag->offset = cpu_to_be16(offset);
}

static void weft_fragment_link(struct sk_buff *piece,
			       const struct weft_fragmenter *f)
{
	if (!f->link)
		return;
	memcpy(skb_push(piece, f->link), f->skb->data - f->link, f->link);
	skb_reset_mac_header(piece);
	skb_reset_mac_len(piece);
}

/* The packet's data; the checksum lies in the first piece. */
static int weft_fragment_data(struct sk_buff *piece,
			      const struct weft_fragmenter *f, unsigned int len)
{
	u8 *data = skb_put(piece, len);

	if (skb_copy_bits(f->skb, f->pos, data, len))
		return -EFAULT;
	if (f->check_pos >= f->pos && f->check_pos + sizeof(f->check) <= f->pos + len)
		memcpy(data + f->check_pos - f->pos, &f->check, sizeof(f->check));
	return 0;
}

/* The next piece, with all that is known about the packet; NULL without memory. */
static struct sk_buff *weft_fragment_next(struct weft_fragmenter *f)
{
	unsigned int headroom = LL_RESERVED_SPACE(f->skb->dev) + f->link;
	unsigned int len = weft_frag_part(f->left, f->max, f->more);
	struct sk_buff *piece;

	piece = alloc_skb(headroom + WEFT_FRAG_HEADERS + len +
			  f->skb->dev->needed_tailroom, GFP_ATOMIC);
	if (!piece)
		return NULL;
	skb_copy_header(piece, f->skb);
	skb_gso_reset(piece);
	piece->ip_summed = CHECKSUM_NONE;
	skb_reserve(piece, headroom);
	skb_reset_network_header(piece);
	weft_fragment_headers(piece, f, len);
	skb_set_transport_header(piece, WEFT_HDR_LEN);
	if (weft_fragment_data(piece, f, len)) {
		kfree_skb(piece);
		return NULL;
	}
	weft_fragment_link(piece, f);
	if (f->skb->sk)
		skb_set_owner_w(piece, f->skb->sk);
	f->pos += len;
	f->left -= len;
	f->offset += len;
	return piece;
}

/* Sends the pieces until one fails: the others are worth nothing without it. */
static int weft_fragment_send(struct net *net, struct weft_fragmenter *f,
			      const struct weft_flow *flow)
{
	struct sk_buff *piece;
	int err;

	while (f->left) {
		piece = weft_fragment_next(f);
		if (!piece)
			return -ENOMEM;
		err = weft_output_link(net, piece, flow);
		if (err)
			return err;
		weft_count(net, WEFT_MIB_FRAG_CREATES);
	}
	return 0;
}

/* Sums up what was left to the device; the packet itself may be another's too. */
static int weft_fragment_sum(struct weft_fragmenter *f)
{
	int start = skb_checksum_start_offset(f->skb);
	unsigned int pos = start + f->skb->csum_offset;

	if (start < (int)WEFT_HDR_LEN ||
	    pos + sizeof(f->check) > WEFT_HDR_LEN + f->max)
		return -EINVAL;
	f->check = csum_fold(skb_checksum(f->skb, start, f->skb->len - start, 0)) ?:
		   CSUM_MANGLED_0;
	f->check_pos = pos;
	return 0;
}

/* A packet that is no fragment yet. */
static int weft_fragment_prepare(struct weft_fragmenter *f, struct sk_buff *skb,
				 __be32 id, unsigned int mtu)
{
	*f = (struct weft_fragmenter) {
		.skb = skb,
		.frag = { .next = weft_hdr(skb)->next, .id = id },
		.pos = WEFT_HDR_LEN,
		.left = skb->len - WEFT_HDR_LEN,
		.max = ALIGN_DOWN(mtu - WEFT_FRAG_HEADERS, 8),
	};
	if (mtu < WEFT_MTU_MIN)
		return -EMSGSIZE;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return weft_fragment_sum(f);
	return 0;
}

/* The pieces of a fragment are pieces of the same packet. */
static enum weft_drop weft_fragment_again(struct weft_fragmenter *f)
{
	const struct weft_frag_hdr *frag;
	enum weft_drop reason;

	if (!pskb_may_pull(f->skb, WEFT_FRAG_HEADERS))
		return WEFT_DROP_FRAG_SHORT;
	frag = (const struct weft_frag_hdr *)(f->skb->data + WEFT_HDR_LEN);
	reason = weft_frag_check(frag, f->left);
	if (reason)
		return reason;
	f->frag = *frag;
	f->pos += WEFT_FRAG_LEN;
	f->left -= WEFT_FRAG_LEN;
	f->offset = weft_frag_offset(frag);
	f->more = weft_frag_more(frag);
	return WEFT_DROP_NONE;
}

/**
 * weft_fragment_output() - send a packet of this node's own in fragments
 * @net: namespace
 * @skb: packet from its network header on, longer than the way's MTU; its device
 *	and protocol are set. Consumed. Its owner, priority, mark and time are those
 *	of the fragments too.
 * @flow: its way, from weft_route_output()
 *
 * Context: RCU read lock, the one that @flow was found under.
 * Return: 0; -ENOMEM; -EMSGSIZE if the way's MTU is below WEFT_MTU_MIN; else what
 * weft_output() returns.
 */
int weft_fragment_output(struct net *net, struct sk_buff *skb,
			 const struct weft_flow *flow)
{
	struct weft_fragmenter f;
	int err;

	err = weft_fragment_prepare(&f, skb, weft_fragment_id(net, weft_hdr(skb)),
				    flow->mtu);
	if (!err)
		err = weft_fragment_send(net, &f, flow);
	if (err) {
		weft_count(net, WEFT_MIB_FRAG_FAILS);
		kfree_skb(skb);
	} else {
		weft_count(net, WEFT_MIB_FRAG_OKS);
		consume_skb(skb);
	}
	return err;
}

/**
 * weft_fragment_forward() - forward a packet in fragments
 * @net: namespace
 * @skb: packet of another node, longer than weft_fragment_mtu(), with WEFT_FLAG_FRAGOK
 *	or put together here. Its data begins with the network header, which is as it is
 *	to be sent: its hop limit is already one less. weft_hdr(), weft_cb(), skb->dev (the
 *	device that it leaves through) and skb->protocol are set. It may be a fragment.
 * @flow: its way
 *
 * The identification is the packet id, that of a fragment stays. No fragment is
 * longer than the longest that the packet came in, if it was put together here. Each
 * fragment is sent and counted by weft_output_link(), as the caller sends a packet
 * that needs no fragments.
 *
 * Context: softirq, RCU read lock, the one that @flow was found under.
 * Return: WEFT_DROP_NONE if @skb was consumed: it was sent, or a device refused a
 * fragment, which is counted. Else why the caller must drop it.
 */
enum weft_drop weft_fragment_forward(struct net *net, struct sk_buff *skb,
				     const struct weft_flow *flow)
{
	enum weft_drop reason = WEFT_DROP_NONE;
	struct weft_fragmenter f;
	int err;

	err = weft_fragment_prepare(&f, skb,
				    cpu_to_be32(be16_to_cpu(weft_hdr(skb)->id)),
				    weft_fragment_mtu(skb, flow->mtu));
	if (err)
		reason = err == -EMSGSIZE ? WEFT_DROP_TOO_BIG : WEFT_DROP_CHECKSUM;
	else if (weft_hdr(skb)->next == WEFT_PROTO_FRAGMENT)
		reason = weft_fragment_again(&f);
	if (!reason) {
		err = weft_fragment_send(net, &f, flow);
		if (err == -ENOMEM)
			reason = WEFT_DROP_NO_MEMORY;
	}
	weft_count(net, err || reason ? WEFT_MIB_FRAG_FAILS : WEFT_MIB_FRAG_OKS);
	if (!reason)
		consume_skb(skb);
	return reason;
}

/* All pieces as a list, the last one in the first one's prev. */
static struct sk_buff *weft_fragment_list(struct weft_fragmenter *f)
{
	struct sk_buff *first = NULL, *last = NULL, *piece;

	while (f->left) {
		piece = weft_fragment_next(f);
		if (!piece) {
			kfree_skb_list(first);
			return ERR_PTR(-ENOMEM);
		}
		if (first)
			last->next = piece;
		else
			first = piece;
		last = piece;
		weft_count(dev_net(f->skb->dev), WEFT_MIB_FRAG_CREATES);
	}
	first->prev = last;
	return first;
}

/**
 * weft_fragment_segment() - fragments of a packet that comes to a device for which
 * it is too large
 * @skb: WEFT_GSO_WHOLE, checked, from its network header on, the link-layer header
 *	in front of it
 *
 * What is counted is of the device's namespace, and so is the identification: it is
 * a source's, unknown to the source.
 *
 * Context: any, RCU read lock.
 * Return: the fragments with link-layer headers, or an error.
 */
struct sk_buff *weft_fragment_segment(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	struct weft_fragmenter f;
	struct sk_buff *list;
	int err;

	err = weft_fragment_prepare(&f, skb, weft_fragment_id(net, weft_hdr(skb)),
				    WEFT_FRAG_HEADERS + skb_shinfo(skb)->gso_size);
	f.link = skb->data - skb_mac_header(skb);
	list = err ? ERR_PTR(err) : weft_fragment_list(&f);
	weft_count(net, IS_ERR(list) ? WEFT_MIB_FRAG_FAILS : WEFT_MIB_FRAG_OKS);
	return list;
}
