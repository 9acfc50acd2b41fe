// SPDX-License-Identifier: GPL-2.0
/* recvmsg() of streams and its like: from the receive queue to the program. */
#include <linux/fs.h>
#include <linux/splice.h>
#include <net/busy_poll.h>
#include <net/rps.h>
#include "errqueue.h"
#include "net.h"
#include "stream.h"

/* --- what there is ------------------------------------------------------------------------ */

/**
 * weft_stream_readable() - could a program read?
 * @st: socket
 * @target: bytes that are wanted at least
 *
 * Context: any; without the socket lock a guess. Return: true if it could.
 */
bool weft_stream_readable(const struct weft_stream *st, int target)
{
	int bytes = READ_ONCE(st->rcv.nxt) - READ_ONCE(st->rcv.read);

	if (st->kind == WEFT_STREAM_KIND_MESSAGES)
		return READ_ONCE(st->rcv.messages);
	/* FIN has a number, but is no byte. */
	if (sock_flag(&st->ws.sk, SOCK_DONE))
		bytes--;
	if (bytes <= 0)
		return false;
	return bytes >= target || weft_stream_room(st) <= st->rcv.mss;
}

/* Bytes that were not read. */
u32 weft_recv_bytes(const struct weft_stream *st)
{
	u32 bytes = st->rcv.nxt - st->rcv.read;

	return bytes && sock_flag(&st->ws.sk, SOCK_DONE) ? bytes - 1 : bytes;
}

/* The length of the message whose first part begins at the read pointer. */
static u32 weft_recv_message_len(struct weft_stream *st)
{
	struct weft_part_hdr hdr;
	u32 offset = 0, len = 0, part;

	do {
		if (!weft_recv_peek(st, offset, &hdr, sizeof(hdr)))
			return len;
		part = be32_to_cpu(hdr.len) & ~WEFT_PART_END;
		len += part;
		offset += sizeof(hdr) + part;
	} while (!(hdr.len & cpu_to_be32(WEFT_PART_END)));
	return len;
}

/**
 * weft_stream_readable_bytes() - SIOCINQ
 * @st: socket
 *
 * Context: socket lock. Return: bytes that can be read; of messages, those of the next.
 */
u32 weft_stream_readable_bytes(struct weft_stream *st)
{
	if (st->kind == WEFT_STREAM_KIND_MESSAGES)
		return st->rcv.messages ? weft_recv_message_len(st) : 0;
	return weft_recv_bytes(st);
}

/* --- after reading ---------------------------------------------------------------- */

/* Payload that the buffer has room for when nothing waits. */
static u32 weft_recv_buffer(const struct weft_stream *st)
{
	return (u64)READ_ONCE(st->ws.sk.sk_rcvbuf) * st->rcv.ratio >> 8;
}

/* Room has come: the peer is told if it is worth a segment. */
static void weft_recv_window(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	if (!weft_stream_in(sk, WEFT_RECEIVING))
		return;
	if (!weft_window_update(&st->rcv.window, st->rcv.nxt, weft_stream_room(st),
				weft_recv_buffer(st), st->rcv.mss))
		return;
	weft_stream_tick(st);
	weft_stream_send_ack(st);
}

/* The buffer grows with what the program reads in a round trip. */
static void weft_recv_tune(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	u64 wanted;

	if (sk->sk_userlocks & SOCK_RCVBUF_LOCK)
		return;
	wanted = weft_window_tune(&st->rcv.window, st->rcv.copied, weft_recv_buffer(st),
				  st->now);
	if (!wanted)
		return;
	wanted = min_t(u64, div_u64(wanted << 8, st->rcv.ratio), WEFT_STREAM_RCVBUF_MAX);
	if (wanted > sk->sk_rcvbuf)
		WRITE_ONCE(sk->sk_rcvbuf, wanted);
}

/* The read pointer has moved by @n bytes. */
static void weft_recv_passed(struct weft_stream *st, u32 n)
{
	WRITE_ONCE(st->rcv.read, st->rcv.read + n);
	st->rcv.copied += n;
}

/* A segment that was read goes. */
static void weft_recv_eat(struct sock *sk, struct sk_buff *skb)
{
	__skb_unlink(skb, &sk->sk_receive_queue);
	if (likely(skb->destructor == sock_rfree)) {
		skb->destructor = NULL;
		skb->sk = NULL;
		atomic_sub(skb->truesize, &sk->sk_rmem_alloc);
		sk_mem_uncharge(sk, skb->truesize);
	}
	consume_skb(skb);
}

static u32 weft_recv_offset(const struct weft_stream *st, struct sk_buff *skb, u32 seq)
{
	return seq - weft_stream_cb(skb)->piece.seq;
}

/* Segments before the read pointer go. */
static void weft_recv_clean(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	struct sk_buff *skb;

	while ((skb = skb_peek(&sk->sk_receive_queue)) &&
	       weft_recv_offset(st, skb, st->rcv.read) >= skb->len)
		weft_recv_eat(sk, skb);
}

static void weft_recv_done(struct weft_stream *st)
{
	weft_recv_clean(st);
	weft_stream_account(st);
	weft_stream_tick(st);
	weft_recv_tune(st);
	weft_recv_window(st);
}

/* --- reading ---------------------------------------------------------------------- */

/* The segment that a byte of the queue is in. */
static struct sk_buff *weft_recv_find(struct weft_stream *st, u32 seq)
{
	struct sk_buff *skb;

	skb_queue_walk(&weft_stream_sk(st)->sk_receive_queue, skb)
		if (weft_recv_offset(st, skb, seq) < skb->len)
			return skb;
	return NULL;
}

/* Copies bytes from the read pointer plus @offset on; false if they are not all there. */
bool weft_recv_peek(struct weft_stream *st, u32 offset, void *to, unsigned int len)
{
	u32 seq = st->rcv.read + offset, at, n;
	struct sk_buff *skb;

	while (len) {
		skb = weft_recv_find(st, seq);
		if (!skb)
			return false;
		at = weft_recv_offset(st, skb, seq);
		n = min(len, skb->len - at);
		if (skb_copy_bits(skb, at, to, n))
			return false;
		to += n;
		seq += n;
		len -= n;
	}
	return true;
}

/*
 * The bytes of a page. They are no object of a slab: that they leave it whole, as the core
 * checks for each copy, is not in question.
 */
static size_t weft_recv_frag(const skb_frag_t *frag, u32 at, u32 len, struct iov_iter *to)
{
	u32 offset, n, passed;
	size_t copied = 0;
	struct page *page;
	void *from;

	skb_frag_foreach_page(frag, skb_frag_off(frag) + at, len, page, offset, n, passed) {
		from = kmap_local_page(page);
		copied += _copy_to_iter(from + offset, n, to);
		kunmap_local(from);
	}
	return copied;
}

/*
 * What a packet, without those behind it, has of @len bytes from @at on; both tell then
 * what is left. False if it could not be copied.
 */
static bool weft_recv_packet(const struct sk_buff *skb, u32 *at, struct iov_iter *to,
			     size_t *len)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	u32 size = skb_headlen(skb), n;
	size_t copied;
	int i;

	for (i = 0; *len; size = skb_frag_size(&info->frags[i++])) {
		if (*at < size) {
			n = min_t(size_t, size - *at, *len);
			copied = i ? weft_recv_frag(&info->frags[i - 1], *at, n, to) :
				     copy_to_iter(skb->data + *at, n, to);
			*len -= copied;
			if (copied < n)
				return false;
			*at = 0;
		} else {
			*at -= size;
		}
		if (i == info->nr_frags)
			break;
	}
	return true;
}

/*
 * Bytes from @at on in a segment, or in several that were merged: packets with pages of
 * their own hang behind the first then. False if not all can be copied; none is then.
 */
static bool weft_recv_segment(const struct sk_buff *skb, u32 at, struct iov_iter *to,
			      size_t len)
{
	const struct sk_buff *behind;
	size_t left = len;

	if (!weft_recv_packet(skb, &at, to, &left))
		goto fault;
	skb_walk_frags(skb, behind) {
		if (!left)
			break;
		if (!weft_recv_packet(behind, &at, to, &left))
			goto fault;
	}
	return true;
fault:
	iov_iter_revert(to, len - left);
	return false;
}

/* Bytes from @seq on to the program: how many, or -EFAULT. @msg may be NULL: skipped. */
static int weft_recv_copy(struct weft_stream *st, struct msghdr *msg, u32 seq, size_t len)
{
	struct sk_buff *skb = weft_recv_find(st, seq);
	size_t copied = 0, n;
	u32 at;

	while (skb && copied < len) {
		at = weft_recv_offset(st, skb, seq);
		n = min_t(size_t, len - copied, skb->len - at);
		if (msg && !weft_recv_segment(skb, at, &msg->msg_iter, n))
			return copied ?: -EFAULT;
		copied += n;
		seq += n;
		st->rcv.came = skb->tstamp;
		skb = skb_queue_is_last(&weft_stream_sk(st)->sk_receive_queue, skb) ?
		      NULL : skb_queue_next(&weft_stream_sk(st)->sk_receive_queue, skb);
	}
	return copied;
}

/* Why there is nothing: 1 to wait, 0 at the end, or a negative errno. */
static int weft_recv_nothing(struct sock *sk)
{
	if (sock_flag(sk, SOCK_DONE))
		return 0;
	if (sk->sk_err)
		return sock_error(sk);
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		return 0;
	/* It was never connected, or is no more. */
	return sk->sk_state == TCP_CLOSE ? -ENOTCONN : 1;
}

/* Waits for more: 1 if there may be some, else as weft_recv_nothing(). */
static int weft_recv_wait(struct sock *sk, long *timeo)
{
	struct sk_buff *last = skb_peek_tail(&sk->sk_receive_queue);
	int why = weft_recv_nothing(sk);

	if (why <= 0)
		return why;
	weft_stream_ack_held(weft_stream(sk));
	if (!*timeo)
		return -EAGAIN;
	if (signal_pending(current))
		return sock_intr_errno(*timeo);
	why = sk_wait_data(sk, timeo, last);
	return why < 0 ? why : 1;
}

/* Bytes without boundaries. */
static int weft_recv_stream(struct weft_stream *st, struct msghdr *msg, size_t len,
			    int flags, long timeo)
{
	struct sock *sk = weft_stream_sk(st);
	int target = sock_rcvlowat(sk, flags & MSG_WAITALL, len), n;
	int peek_offset = max(sk_peek_offset(sk, flags), 0);
	size_t copied = 0;
	u32 seq;

	for (;;) {
		seq = st->rcv.read + (flags & MSG_PEEK ? peek_offset + copied : 0);
		n = weft_recv_copy(st, flags & MSG_TRUNC ? NULL : msg, seq, len - copied);
		if (n < 0)
			return copied ?: n;
		copied += n;
		if (!(flags & MSG_PEEK)) {
			weft_recv_passed(st, n);
			weft_recv_clean(st);
		}
		/* No bytes are wanted: are there any? */
		if (copied >= target || (!len && weft_recv_find(st, seq)))
			break;
		/* The rest may have come while a program held the lock. */
		if (copied && (sk->sk_err || sk->sk_state == TCP_CLOSE ||
			       sk->sk_shutdown & RCV_SHUTDOWN || !timeo ||
			       signal_pending(current)))
			break;
		if (n && !(flags & MSG_PEEK))
			weft_recv_done(st);
		n = weft_recv_wait(sk, &timeo);
		if (n <= 0)
			return copied ?: n;
	}
	if (flags & MSG_PEEK)
		sk_peek_offset_fwd(sk, copied);
	else
		sk_peek_offset_bwd(sk, copied);
	return copied;
}

/* The parts of a message to the program; all of it is there. */
static int weft_recv_parts(struct weft_stream *st, struct msghdr *msg, size_t len,
			   u32 *passed)
{
	struct weft_part_hdr hdr;
	size_t copied = 0, part, n;
	u32 offset = 0;
	int ret;

	do {
		if (!weft_recv_peek(st, offset, &hdr, sizeof(hdr)))
			return -EFAULT;
		offset += sizeof(hdr);
		part = be32_to_cpu(hdr.len) & ~WEFT_PART_END;
		n = min(part, len - copied);
		if (n) {
			ret = weft_recv_copy(st, msg, st->rcv.read + offset, n);
			if (ret < (int)n)
				return -EFAULT;
		}
		copied += n;
		offset += part;
		if (n < part)
			msg->msg_flags |= MSG_TRUNC;
	} while (!(hdr.len & cpu_to_be32(WEFT_PART_END)));
	*passed = offset;
	return copied;
}

/* A message; what the program has no room for is lost. */
static int weft_recv_message(struct weft_stream *st, struct msghdr *msg, size_t len,
			     int flags, long timeo)
{
	struct sock *sk = weft_stream_sk(st);
	u32 passed, whole;
	int n;

	while (!st->rcv.messages) {
		n = weft_recv_wait(sk, &timeo);
		if (n <= 0)
			return n;
	}
	whole = flags & MSG_TRUNC ? weft_recv_message_len(st) : 0;
	n = weft_recv_parts(st, msg, len, &passed);
	if (n < 0)
		return n;
	msg->msg_flags |= MSG_EOR;
	if (!(flags & MSG_PEEK)) {
		st->rcv.messages--;
		weft_recv_passed(st, passed);
	}
	return flags & MSG_TRUNC ? whole : n;
}

/* When the last byte came, as with TCP; a segment from before it was asked for has no time. */
static void weft_recv_stamp(struct sock *sk, struct msghdr *msg, ktime_t came)
{
	struct sk_buff *skb;

	if (!came || (!sock_flag(sk, SOCK_RCVTSTAMP) &&
		      !(READ_ONCE(sk->sk_tsflags) & SOF_TIMESTAMPING_SOFTWARE)))
		return;
	/* The segment itself may be gone; the core wants one. */
	skb = alloc_skb(0, GFP_KERNEL);
	if (!skb)
		return;
	skb->tstamp = came;
	sock_recv_timestamp(msg, sk, skb);
	consume_skb(skb);
}

/**
 * weft_stream_recvmsg() - receive bytes, or a message
 * @sock: socket
 * @msg: where they go
 * @len: room, bytes
 * @flags: MSG_PEEK, MSG_WAITALL, MSG_TRUNC, MSG_DONTWAIT, MSG_ERRQUEUE
 *
 * Context: process.
 * Return: bytes received, 0 when the peer sends no more; -ENOTCONN, -EAGAIN, -EINTR,
 * -EFAULT, or what ended the connection.
 */
int weft_stream_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags)
{
	struct sock *sk = sock->sk;
	struct weft_stream *st = weft_stream(sk);
	ktime_t came;
	long timeo;
	int ret;

	if (flags & MSG_ERRQUEUE)
		return weft_errqueue_recv(&st->ws, msg, len);
	if (sk_can_busy_loop(sk) && skb_queue_empty_lockless(&sk->sk_receive_queue) &&
	    sk->sk_state == TCP_ESTABLISHED)
		sk_busy_loop(sk, flags & MSG_DONTWAIT);
	lock_sock(sk);
	timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	if (sk->sk_state == TCP_LISTEN)
		ret = -ENOTCONN;
	else if (flags & MSG_OOB)
		ret = -EINVAL;
	else if (st->kind == WEFT_STREAM_KIND_MESSAGES)
		ret = weft_recv_message(st, msg, len, flags, timeo);
	else
		ret = weft_recv_stream(st, msg, len, flags, timeo);
	/* Also behind an empty message, which has a header. */
	if (ret >= 0 && !(flags & MSG_PEEK))
		weft_recv_done(st);
	came = st->rcv.came;
	release_sock(sk);
	msg->msg_namelen = 0;
	if (ret > 0)
		weft_recv_stamp(sk, msg, came);
	return ret;
}

/* --- splice, read_sock ------------------------------------------------------------ */

/**
 * weft_stream_read_sock() - give what has come to a function of the kernel
 * @sk: socket
 * @desc: for @actor
 * @actor: takes bytes of a segment; how many it took, or a negative errno
 *
 * Context: socket lock. Return: bytes taken, or -ENOTCONN or a negative errno of @actor.
 */
int weft_stream_read_sock(struct sock *sk, read_descriptor_t *desc,
			  sk_read_actor_t actor)
{
	struct weft_stream *st = weft_stream(sk);
	struct sk_buff *skb;
	int copied = 0, n;
	u32 at;

	if (sk->sk_state == TCP_LISTEN)
		return -ENOTCONN;
	while (desc->count && (skb = weft_recv_find(st, st->rcv.read))) {
		at = weft_recv_offset(st, skb, st->rcv.read);
		n = actor(desc, skb, at, skb->len - at);
		if (n <= 0) {
			if (!copied)
				copied = n;
			break;
		}
		copied += n;
		weft_recv_passed(st, n);
		weft_recv_clean(st);
	}
	if (copied > 0)
		weft_recv_done(st);
	return copied;
}

/**
 * struct weft_splice - for weft_splice_actor()
 * @pipe: where bytes go
 * @flags: SPLICE_F_*
 */
struct weft_splice {
	struct pipe_inode_info	*pipe;
	unsigned int		flags;
};

static int weft_splice_actor(read_descriptor_t *desc, struct sk_buff *skb,
			     unsigned int offset, size_t len)
{
	struct weft_splice *splice = desc->arg.data;
	int n = skb_splice_bits(skb, skb->sk, offset, splice->pipe,
				min(desc->count, len), splice->flags);

	if (n > 0)
		desc->count -= n;
	return n;
}

/**
 * weft_stream_splice_read() - splice() from a socket
 * @sock: socket of SOCK_STREAM
 * @pos: unused
 * @pipe: where bytes go
 * @len: how many at most
 * @flags: SPLICE_F_*
 *
 * Context: process. Return: bytes, or a negative errno as weft_stream_recvmsg().
 */
ssize_t weft_stream_splice_read(struct socket *sock, loff_t *pos,
				struct pipe_inode_info *pipe, size_t len,
				unsigned int flags)
{
	struct weft_splice splice = { .pipe = pipe, .flags = flags };
	read_descriptor_t desc = { .arg.data = &splice, .count = len };
	struct sock *sk = sock->sk;
	ssize_t done = 0;
	long timeo;
	int n;

	if (weft_stream(sk)->kind == WEFT_STREAM_KIND_MESSAGES)
		return -EINVAL;
	if (*pos)
		return -ESPIPE;
	sock_rps_record_flow(sk);
	lock_sock(sk);
	timeo = sock_rcvtimeo(sk, sock->file->f_flags & O_NONBLOCK);
	while (desc.count) {
		n = weft_stream_read_sock(sk, &desc, weft_splice_actor);
		if (n > 0)
			done += n;
		/* The pipe is full, or has what there is. */
		if (n < 0 || done) {
			done = done ?: n;
			break;
		}
		n = weft_recv_wait(sk, &timeo);
		if (n <= 0) {
			done = n;
			break;
		}
	}
	release_sock(sk);
	return done;
}
