// SPDX-License-Identifier: GPL-2.0
/* The send buffer: a ring of chunks, each a run of bytes in a page. */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <net/sock.h>
#include "sendbuf.h"
#include "seq.h"

static struct weft_chunk *weft_chunk(const struct weft_sendbuf *buf, u32 n)
{
	return &buf->ring[n & buf->mask];
}

/**
 * weft_sendbuf_init() - an empty buffer
 * @buf: buffer
 * @seq: sequence number of the byte that comes first
 */
void weft_sendbuf_init(struct weft_sendbuf *buf, u32 seq)
{
	buf->ring = buf->first;
	buf->mask = WEFT_SENDBUF_INLINE - 1;
	buf->head = 0;
	buf->tail = 0;
	buf->cursor = 0;
	buf->seq = seq;
	buf->end = seq;
	buf->block = (struct page_frag) {};
	INIT_LIST_HEAD(&buf->blocks);
	buf->n_blocks = 0;
}

/* --- where bytes are copied to ------------------------------------------------------ */

/* The oldest block, if it is of no use to anybody else. */
static struct page *weft_sendbuf_block_again(struct weft_sendbuf *buf)
{
	struct page *page = list_first_entry_or_null(&buf->blocks, struct page, lru);

	if (!page || page_ref_count(page) != 1)
		return NULL;
	list_del(&page->lru);
	buf->n_blocks--;
	return page;
}

/* The present block is full. */
static void weft_sendbuf_block_full(struct weft_sendbuf *buf)
{
	struct page *page = buf->block.page;

	buf->block.page = NULL;
	if (!page)
		return;
	if (buf->n_blocks == WEFT_SENDBUF_BLOCKS) {
		put_page(page);
		return;
	}
	list_add_tail(&page->lru, &buf->blocks);
	buf->n_blocks++;
}

static bool weft_sendbuf_block_next(struct weft_sendbuf *buf, gfp_t gfp)
{
	struct page *page = weft_sendbuf_block_again(buf);

	weft_sendbuf_block_full(buf);
	/* Without a block single pages do: nobody is to wait for one. */
	gfp = (gfp & ~__GFP_DIRECT_RECLAIM) | __GFP_COMP | __GFP_NORETRY | __GFP_NOWARN;
	if (!page)
		page = alloc_pages(gfp, WEFT_SENDBUF_ORDER);
	if (!page)
		return false;
	buf->block = (struct page_frag) { .page = page, .size = WEFT_SENDBUF_BLOCK };
	return true;
}

/**
 * weft_sendbuf_room() - where the next bytes of a program may be copied to
 * @buf: buffer
 * @sk: its socket
 * @len: how many there are
 *
 * Who sends much gets blocks that are used again and again: new pages would have to be
 * cleared. Context: process, socket lock.
 *
 * Return: a page with some room, or NULL without memory.
 */
struct page_frag *weft_sendbuf_room(struct weft_sendbuf *buf, struct sock *sk, size_t len)
{
	struct page_frag *frag = &buf->block;

	if (buf->end - buf->seq + len >= WEFT_SENDBUF_BLOCK &&
	    ((frag->page && frag->offset < frag->size) ||
	     weft_sendbuf_block_next(buf, sk->sk_allocation)))
		return frag;
	frag = sk_page_frag(sk);
	return sk_page_frag_refill(sk, frag) ? frag : NULL;
}

/**
 * weft_sendbuf_rest() - give up the blocks: nothing is sent for now
 * @buf: buffer
 *
 * Context: socket lock.
 */
void weft_sendbuf_rest(struct weft_sendbuf *buf)
{
	struct page *page, *next;

	weft_sendbuf_block_full(buf);
	list_for_each_entry_safe(page, next, &buf->blocks, lru)
		put_page(page);
	INIT_LIST_HEAD(&buf->blocks);
	buf->n_blocks = 0;
}

/* --- chunks --------------------------------------------------------------------------- */

/* Chunks of the first ring that is allocated. */
#define WEFT_SENDBUF_RING	8

/* Twice as many chunks. */
static int weft_sendbuf_grow(struct weft_sendbuf *buf)
{
	u32 n = max_t(u32, 2 * (buf->mask + 1), WEFT_SENDBUF_RING), i;
	struct weft_chunk *ring;

	if (n > WEFT_SENDBUF_CHUNKS)
		return -ENOBUFS;
	ring = kvmalloc_array(n, sizeof(*ring), GFP_KERNEL);
	if (!ring)
		return -ENOBUFS;
	for (i = buf->head; i != buf->tail; i++)
		ring[i & (n - 1)] = *weft_chunk(buf, i);
	if (buf->ring != buf->first)
		kvfree(buf->ring);
	buf->ring = ring;
	buf->mask = n - 1;
	return 0;
}

/* Does the run go on where the last chunk ends? */
static bool weft_sendbuf_continues(const struct weft_sendbuf *buf,
				   const struct page *page, unsigned int offset,
				   const struct ubuf_info *uarg)
{
	const struct weft_chunk *last = weft_chunk(buf, buf->tail - 1);

	return buf->head != buf->tail && last->page == page &&
	       last->offset + last->len == offset && last->uarg == uarg;
}

/**
 * weft_sendbuf_page() - append bytes of a page
 * @buf: buffer
 * @page: page; the buffer takes a reference of its own
 * @offset: of the first byte
 * @len: bytes
 * @uarg: who is told when the page is needed no more, or NULL; the buffer takes a
 *	reference of its own
 *
 * Context: process, socket lock.
 * Return: 0, or -ENOBUFS without memory or with too many pieces.
 */
int weft_sendbuf_page(struct weft_sendbuf *buf, struct page *page,
		      unsigned int offset, unsigned int len,
		      struct ubuf_info *uarg)
{
	struct weft_chunk *chunk;

	if (weft_sendbuf_continues(buf, page, offset, uarg)) {
		weft_chunk(buf, buf->tail - 1)->len += len;
		buf->end += len;
		return 0;
	}
	if (buf->tail - buf->head > buf->mask && weft_sendbuf_grow(buf))
		return -ENOBUFS;
	chunk = weft_chunk(buf, buf->tail++);
	*chunk = (struct weft_chunk) {
		.page = page,
		.offset = offset,
		.len = len,
		.seq = buf->end,
		.uarg = uarg,
	};
	get_page(page);
	if (uarg)
		net_zcopy_get(uarg);
	buf->end += len;
	return 0;
}

/**
 * weft_sendbuf_copy() - append bytes of a program
 * @buf: buffer
 * @frag: page with room, from weft_sendbuf_room()
 * @from: the bytes
 * @len: how many there are at most
 *
 * Context: process, socket lock.
 * Return: how many were appended, -EFAULT or -ENOBUFS.
 */
int weft_sendbuf_copy(struct weft_sendbuf *buf, struct page_frag *frag,
		      struct iov_iter *from, unsigned int len)
{
	/* The page is one of lowmem. */
	len = min_t(unsigned int, len, frag->size - frag->offset);
	if (!copy_from_iter_full(page_address(frag->page) + frag->offset, len, from))
		return -EFAULT;
	if (weft_sendbuf_page(buf, frag->page, frag->offset, len, NULL))
		return -ENOBUFS;
	frag->offset += len;
	return len;
}

static void weft_chunk_put(struct weft_chunk *chunk)
{
	put_page(chunk->page);
	net_zcopy_put(chunk->uarg);
}

/**
 * weft_sendbuf_uarg() - who is told of the page that was appended last
 * @buf: buffer
 *
 * Return: what weft_chunk.uarg is, without a reference; NULL if there is no page.
 */
struct ubuf_info *weft_sendbuf_uarg(const struct weft_sendbuf *buf)
{
	return buf->head == buf->tail ? NULL : weft_chunk(buf, buf->tail - 1)->uarg;
}

/**
 * weft_sendbuf_cut() - forget what was appended last
 * @buf: buffer
 * @end: one behind the last byte that stays
 */
void weft_sendbuf_cut(struct weft_sendbuf *buf, u32 end)
{
	struct weft_chunk *chunk;

	while (weft_seq_after(buf->end, end)) {
		chunk = weft_chunk(buf, buf->tail - 1);
		if (weft_seq_before(chunk->seq, end)) {
			chunk->len = end - chunk->seq;
			buf->end = end;
			return;
		}
		buf->end = chunk->seq;
		weft_chunk_put(chunk);
		buf->tail--;
	}
}

/**
 * weft_sendbuf_ack() - bytes are needed no more
 * @buf: buffer
 * @una: the first one that still is
 *
 * Return: how many were given up.
 */
u32 weft_sendbuf_ack(struct weft_sendbuf *buf, u32 una)
{
	u32 before = buf->seq, n;
	struct weft_chunk *chunk;

	una = weft_seq_min(una, buf->end);
	while (weft_seq_before(buf->seq, una)) {
		chunk = weft_chunk(buf, buf->head);
		n = min(chunk->len, una - chunk->seq);
		chunk->offset += n;
		chunk->seq += n;
		chunk->len -= n;
		buf->seq += n;
		if (!chunk->len) {
			weft_chunk_put(chunk);
			buf->head++;
		}
	}
	return buf->seq - before;
}

/* The chunk that a byte of the buffer is in: mostly the one read last, or the next. */
static u32 weft_sendbuf_find(struct weft_sendbuf *buf, u32 seq)
{
	u32 low = buf->head, high = buf->tail - 1, middle = buf->cursor;
	const struct weft_chunk *chunk;

	if (middle - low > high - low)
		middle = low;
	for (;;) {
		chunk = weft_chunk(buf, middle);
		if (seq - chunk->seq < chunk->len)
			return middle;
		if (weft_seq_before(seq, chunk->seq))
			high = middle - 1;
		else
			low = middle + 1;
		/* In order is the rule. */
		middle = low == buf->cursor + 1 ? low : low + (high - low) / 2;
	}
}

/**
 * weft_sendbuf_fill() - give a packet a run of bytes
 * @buf: buffer
 * @skb: packet without pages
 * @seq: the first byte
 * @len: bytes at most
 *
 * A packet is told of by one struct ubuf_info at most, so that it ends where another
 * one's bytes begin. Context: socket lock.
 *
 * Return: how many bytes it has got.
 */
unsigned int weft_sendbuf_fill(struct weft_sendbuf *buf, struct sk_buff *skb,
			       u32 seq, unsigned int len)
{
	u32 n = weft_sendbuf_find(buf, seq), skip;
	struct weft_chunk *chunk = weft_chunk(buf, n);
	struct ubuf_info *uarg = chunk->uarg;
	unsigned int done = 0, part;
	int i;

	for (i = 0; i < MAX_SKB_FRAGS && done < len && n != buf->tail; i++, n++) {
		chunk = weft_chunk(buf, n);
		if (chunk->uarg != uarg)
			break;
		skip = seq + done - chunk->seq;
		part = min(chunk->len - skip, len - done);
		get_page(chunk->page);
		skb_fill_page_desc(skb, i, chunk->page, chunk->offset + skip, part);
		done += part;
	}
	buf->cursor = n - 1;
	skb->len += done;
	skb->data_len += done;
	skb->truesize += done;
	if (uarg)
		skb_zcopy_set(skb, uarg, NULL);
	return done;
}

/* From a run, which may cross pages. */
static void weft_chunk_read(const struct weft_chunk *chunk, void *to, u32 skip, u32 len)
{
	u32 offset = chunk->offset + skip, n;
	void *from;

	while (len) {
		n = min_t(u32, len, PAGE_SIZE - offset_in_page(offset));
		from = kmap_local_page(chunk->page + (offset >> PAGE_SHIFT));
		memcpy(to, from + offset_in_page(offset), n);
		kunmap_local(from);
		to += n;
		offset += n;
		len -= n;
	}
}

/**
 * weft_sendbuf_read() - copy a run of bytes
 * @buf: buffer
 * @to: where to
 * @seq: the first byte
 * @len: bytes, all in the buffer
 *
 * Context: socket lock.
 *
 * Return: false if somebody is to be told of the pages, and nothing useful was copied.
 */
bool weft_sendbuf_read(struct weft_sendbuf *buf, void *to, u32 seq, unsigned int len)
{
	u32 n = weft_sendbuf_find(buf, seq), skip, part;
	const struct weft_chunk *chunk;

	for (; len; n++) {
		chunk = weft_chunk(buf, n);
		if (chunk->uarg)
			return false;
		skip = seq - chunk->seq;
		part = min(chunk->len - skip, len);
		weft_chunk_read(chunk, to, skip, part);
		to += part;
		seq += part;
		len -= part;
	}
	buf->cursor = n - 1;
	return true;
}

/**
 * weft_sendbuf_purge() - give up all bytes
 * @buf: buffer; it is empty then
 */
void weft_sendbuf_purge(struct weft_sendbuf *buf)
{
	weft_sendbuf_cut(buf, buf->seq);
	weft_sendbuf_rest(buf);
	if (buf->ring != buf->first)
		kvfree(buf->ring);
	weft_sendbuf_init(buf, buf->end);
}
