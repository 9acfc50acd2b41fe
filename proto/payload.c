// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes of a message, from the program into a packet.
 *
 * Short ones stand behind the headers. Longer ones go into pages that the program's
 * thread has for that (sk_page_frag()): such a page is used again as soon as the
 * packets that it was in are gone, while a buffer of its own for each packet is
 * cleared each time on kernels that initialise what they allocate.
 */
#include <linux/skbuff.h>
#include <linux/uio.h>
#include "message.h"
#include "payload.h"
#include "socket.h"
#include "zerocopy.h"

/* Ethernet with a VLAN tag; weft_output() makes more where a device wants it. */
#define WEFT_HEADROOM		(32 + sizeof(struct weft_hdr))

/* With the headers and what the kernel keeps of a packet, 1 KiB. */
#define WEFT_LINEAR_MAX		(SKB_WITH_OVERHEAD(1024) - WEFT_HEADROOM)

/* Room for headers and @linear bytes, charged to the socket; waits for it. */
static struct sk_buff *weft_payload_alloc(struct sock *sk, size_t linear, int flags,
					  int *err)
{
	struct sk_buff *skb;

	skb = sock_alloc_send_skb(sk, WEFT_HEADROOM + linear, flags & MSG_DONTWAIT,
				  err);
	if (skb) {
		skb_reserve(skb, WEFT_HEADROOM);
		skb_put(skb, linear);
	}
	return skb;
}

/* A page's worth of the message behind what @skb has; bytes or a negative errno. */
static int weft_payload_page(struct sock *sk, struct sk_buff *skb,
			     struct msghdr *msg, size_t len)
{
	struct page_frag *page = sk_page_frag(sk);
	int i = skb_shinfo(skb)->nr_frags;

	if (i == MAX_SKB_FRAGS)
		return -EMSGSIZE;
	if (!skb_page_frag_refill(32, page, sk->sk_allocation))
		return -ENOBUFS;
	len = min_t(size_t, len, page->size - page->offset);
	if (copy_page_from_iter(page->page, page->offset, len, &msg->msg_iter) != len)
		return -EFAULT;
	get_page(page->page);
	skb_fill_page_desc(skb, i, page->page, page->offset, len);
	page->offset += len;
	skb->len += len;
	skb->data_len += len;
	skb->truesize += len;
	refcount_add(len, &sk->sk_wmem_alloc);
	return len;
}

/* @len bytes behind the @header, first into the linear part. */
static int weft_payload_copy(struct sock *sk, struct sk_buff *skb, struct msghdr *msg,
			     size_t header, size_t len)
{
	size_t linear = skb->len - header;
	int n;

	if (!copy_from_iter_full(skb->data + header, linear, &msg->msg_iter))
		return -EFAULT;
	len -= linear;
	while (len) {
		n = weft_payload_page(sk, skb, msg, len);
		if (n < 0)
			return n;
		len -= n;
	}
	return 0;
}

/**
 * weft_payload_packet() - put bytes of a message into a packet
 * @ws: socket, which is charged
 * @msg: message
 * @len: how many of its bytes, from where it stands
 * @uarg: of weft_zerocopy_begin()
 * @err: negative errno
 *
 * The transport header and, of a copied message, at least the first 8 bytes are in the
 * linear part. Waits for room in the send buffer. Context: process.
 *
 * Return: the packet with room for headers, or NULL.
 */
struct sk_buff *weft_payload_packet(struct weft_sock *ws, struct msghdr *msg,
				    size_t len, struct ubuf_info *uarg, int *err)
{
	size_t header = ws->proto->header_len, linear = header + len;
	bool pages = uarg && weft_zerocopy_fits(msg, len);
	struct sk_buff *skb;

	if (pages)
		linear = header;
	else if (linear > WEFT_LINEAR_MAX)
		linear = sizeof(struct weft_ctl_hdr);
	skb = weft_payload_alloc(&ws->sk, linear, msg->msg_flags, err);
	if (!skb)
		return NULL;
	if (pages) {
		*err = weft_zerocopy_fill(skb, msg, len, uarg);
	} else {
		weft_zerocopy_copied(uarg);
		*err = weft_payload_copy(&ws->sk, skb, msg, header, len);
	}
	if (!*err)
		return skb;
	kfree_skb(skb);
	return NULL;
}
