/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The send buffer: bytes that a program wrote and the peer has not acknowledged, in
 * pages. Packets are made of references to the pages, as often as needed.
 */
#ifndef WEFT_SENDBUF_H
#define WEFT_SENDBUF_H

#include <linux/mm_types.h>
#include <linux/skbuff.h>

#define WEFT_SENDBUF_INLINE	1
/* Pieces of a send buffer at most. */
#define WEFT_SENDBUF_CHUNKS	65536
/* Blocks that large writes are copied to: how large, and how many are used again. */
#define WEFT_SENDBUF_ORDER	3
#define WEFT_SENDBUF_BLOCK	(PAGE_SIZE << WEFT_SENDBUF_ORDER)
#define WEFT_SENDBUF_BLOCKS	128

/**
 * struct weft_chunk - a run of bytes in a page
 * @page: with a reference; the first of a compound one
 * @offset: of the first byte
 * @len: bytes
 * @seq: sequence number of the first byte
 * @uarg: who is told when the page is needed no more, with a reference; or NULL
 */
struct weft_chunk {
	struct page	*page;
	u32		offset;
	u32		len;
	u32		seq;
	struct ubuf_info *uarg;
};

/**
 * struct weft_sendbuf - bytes to be sent, and sent but not acknowledged
 * @ring: chunks; @first while they are few
 * @mask: one less than the length of @ring, a power of two
 * @head: number of the first chunk, counted for ever
 * @tail: number behind the last one
 * @seq: sequence number of the first byte
 * @end: one behind the last
 * @cursor: number of the chunk that was read last
 * @first: for connections that send little: a run of bytes in a page
 * @block: where bytes are copied to while there are many, with a reference
 * @blocks: those that are full, in the order of their use, each with a reference
 * @n_blocks: how many
 *
 * A block is used again when nobody else has a reference to it any more: neither a chunk,
 * nor a packet, nor a receiver on this machine. Changed under the socket lock.
 */
struct weft_sendbuf {
	struct weft_chunk	*ring;
	u32			mask;
	u32			head;
	u32			tail;
	u32			seq;
	u32			end;
	u32			cursor;
	struct weft_chunk	first[WEFT_SENDBUF_INLINE];
	struct page_frag	block;
	struct list_head	blocks;
	unsigned int		n_blocks;
};

struct iov_iter;
struct sock;

void weft_sendbuf_init(struct weft_sendbuf *buf, u32 seq);
int weft_sendbuf_copy(struct weft_sendbuf *buf, struct page_frag *frag,
		      struct iov_iter *from, unsigned int len);
int weft_sendbuf_page(struct weft_sendbuf *buf, struct page *page,
		      unsigned int offset, unsigned int len,
		      struct ubuf_info *uarg);
struct ubuf_info *weft_sendbuf_uarg(const struct weft_sendbuf *buf);
void weft_sendbuf_cut(struct weft_sendbuf *buf, u32 end);
u32 weft_sendbuf_ack(struct weft_sendbuf *buf, u32 una);
unsigned int weft_sendbuf_fill(struct weft_sendbuf *buf, struct sk_buff *skb,
			       u32 seq, unsigned int len);
bool weft_sendbuf_read(struct weft_sendbuf *buf, void *to, u32 seq, unsigned int len);
void weft_sendbuf_purge(struct weft_sendbuf *buf);
struct page_frag *weft_sendbuf_room(struct weft_sendbuf *buf, struct sock *sk, size_t len);
void weft_sendbuf_rest(struct weft_sendbuf *buf);

#endif /* WEFT_SENDBUF_H */
