// SPDX-License-Identifier: GPL-2.0
/* sendmsg() of streams: from the program into the send buffer. */
#include <linux/uio.h>
#include <net/sockcm.h>
#include "compat_stream.h"
#include "net.h"
#include "stream.h"
#include "zerocopy.h"

/* Segments are made while a large write is still being copied. */
#define WEFT_SEND_PUSH		(2 * WEFT_STREAM_BURST_MAX)

/**
 * weft_stream_write_space() - sk_write_space: there is room in the send buffer
 * @sk: socket
 *
 * Context: socket lock, or none from the core.
 */
void weft_stream_write_space(struct sock *sk)
{
	struct socket *sock = sk->sk_socket;
	struct socket_wq *wq;

	/* Pairs with the barrier in poll(): it sees the room, or we the bit. */
	smp_mb();
	if (!sock || !test_bit(SOCK_NOSPACE, &sock->flags) || !__sk_stream_is_writeable(sk, 1))
		return;
	clear_bit(SOCK_NOSPACE, &sock->flags);
	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
	if (wq && wq->fasync_list && !(sk->sk_shutdown & SEND_SHUTDOWN))
		sock_wake_async(wq, SOCK_WAKE_SPACE, POLL_OUT);
	rcu_read_unlock();
}

/* Waits for the handshake, as with TCP. */
static int weft_send_connected(struct sock *sk, int flags)
{
	long timeo = sock_sndtimeo(sk, flags & MSG_DONTWAIT);

	if (weft_stream_in(sk, WEFT_SENDING))
		return 0;
	if (weft_stream_in(sk, TCPF_LISTEN))
		return -EPIPE;
	return sk_stream_wait_connect(sk, &timeo);
}

static int weft_send_error(struct sock *sk)
{
	if (sk->sk_err)
		return sock_error(sk);
	return sk->sk_shutdown & SEND_SHUTDOWN ? -EPIPE : 0;
}

/* Waits for room; what there is goes out first. */
static int weft_send_wait(struct sock *sk, int flags)
{
	long timeo = sock_sndtimeo(sk, flags & MSG_DONTWAIT);
	int err;

	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	weft_stream_tick(weft_stream(sk));
	weft_stream_push(weft_stream(sk), false);
	err = sk_stream_wait_memory(sk, &timeo);
	return err ?: weft_send_error(sk);
}

/* Bytes that count in the send buffer. */
static bool weft_send_charge(struct sock *sk, int bytes)
{
	if (!sk_wmem_schedule(sk, bytes))
		return false;
	sk_wmem_queued_add(sk, bytes);
	sk_mem_charge(sk, bytes);
	return true;
}

static void weft_send_uncharge(struct sock *sk, int bytes)
{
	sk_wmem_queued_add(sk, -bytes);
	sk_mem_uncharge(sk, bytes);
}

/* Copies at most @len bytes; how many, or a negative errno. */
static int weft_send_copy(struct weft_stream *st, struct iov_iter *from, size_t len)
{
	struct sock *sk = weft_stream_sk(st);
	struct page_frag *frag = weft_sendbuf_room(&st->snd.buf, sk, len);
	int n;

	if (!frag)
		return -ENOBUFS;
	len = min_t(size_t, len, frag->size - frag->offset);
	if (!weft_send_charge(sk, len))
		return -ENOBUFS;
	n = weft_sendbuf_copy(&st->snd.buf, frag, from, len);
	if (n < 0)
		weft_send_uncharge(sk, len);
	else
		st->snd.end += n;
	return n;
}

/* A page of the program; how many bytes of it, or a negative errno. */
static int weft_send_page(struct weft_stream *st, struct iov_iter *from, size_t len,
			  struct ubuf_info *uarg)
{
	struct sock *sk = weft_stream_sk(st);
	struct page *page;
	size_t offset;
	ssize_t n;
	int err;

	n = iov_iter_get_pages2(from, &page, min_t(size_t, len, PAGE_SIZE), 1, &offset);
	if (n <= 0)
		return n ?: -EFAULT;
	err = weft_send_charge(sk, n) ? 0 : -ENOBUFS;
	if (!err) {
		err = weft_sendbuf_page(&st->snd.buf, page, offset, n, uarg);
		if (err)
			weft_send_uncharge(sk, n);
	}
	put_page(page);
	if (err) {
		iov_iter_revert(from, n);
		return err;
	}
	st->snd.end += n;
	return n;
}

/* Into the buffer, as it is asked for. */
static int weft_send_some(struct weft_stream *st, struct msghdr *msg, size_t len,
			  struct ubuf_info *uarg)
{
	if (uarg || weft_msg_splices(msg))
		return weft_send_page(st, &msg->msg_iter, len, uarg);
	return weft_send_copy(st, &msg->msg_iter, len);
}

/* What was written may be sent, unless there is more to come. */
static void weft_send_push(struct weft_stream *st, int flags, bool all)
{
	st->snd.more = all && flags & MSG_MORE;
	if (all && !st->snd.more)
		st->snd.pushed = st->snd.end;
	/* The program answers what it has received. */
	if (time_before(jiffies, st->rcv.data_at + usecs_to_jiffies(WEFT_DELACK_US)))
		st->rcv.talks = true;
	weft_stream_tick(st);
	weft_stream_push(st, false);
}

/* Bytes without boundaries: how many were taken, or a negative errno. */
static int weft_send_bytes(struct weft_stream *st, struct msghdr *msg, size_t len,
			   struct ubuf_info *uarg)
{
	struct sock *sk = weft_stream_sk(st);
	size_t copied = 0, since = 0;
	int n;

	while (copied < len) {
		n = weft_send_error(sk);
		if (!n && !sk_stream_memory_free(sk))
			n = weft_send_wait(sk, msg->msg_flags);
		if (n < 0)
			return copied ?: n;
		n = weft_send_some(st, msg, min_t(size_t, len - copied, sk->sk_sndbuf), uarg);
		if (n == -ENOBUFS) {
			n = weft_send_wait(sk, msg->msg_flags);
			if (n < 0)
				return copied ?: n;
			continue;
		}
		if (n < 0)
			return copied ?: n;
		copied += n;
		since += n;
		if (since >= WEFT_SEND_PUSH && copied < len) {
			weft_send_push(st, msg->msg_flags, false);
			since = 0;
		}
	}
	return copied;
}

/* A part of a message, whole or not at all: its length, or a negative errno. */
static int weft_send_part(struct weft_stream *st, struct msghdr *msg, size_t len)
{
	struct sock *sk = weft_stream_sk(st);
	bool more = msg->msg_flags & MSG_MORE;
	struct weft_part_hdr hdr = weft_part_hdr(len, !more);
	struct kvec vec = { .iov_base = &hdr, .iov_len = sizeof(hdr) };
	u32 begin = st->snd.end;
	struct iov_iter from;
	size_t done = 0;
	int n;

	if (!weft_part_fits(st->snd.message, len, !more))
		return -EMSGSIZE;
	while (!sk_stream_memory_free(sk)) {
		n = weft_send_wait(sk, msg->msg_flags);
		if (n)
			return n;
	}
	iov_iter_kvec(&from, ITER_SOURCE, &vec, 1, sizeof(hdr));
	for (n = 1; n > 0 && iov_iter_count(&from); )
		n = weft_send_copy(st, &from, iov_iter_count(&from));
	while (n > 0 && done < len) {
		n = weft_send_copy(st, &msg->msg_iter, len - done);
		done += max(n, 0);
	}
	if (n < 0) {
		weft_send_uncharge(sk, st->snd.end - begin);
		weft_sendbuf_cut(&st->snd.buf, begin);
		st->snd.end = begin;
		return n;
	}
	st->snd.message = more ? st->snd.message + sizeof(hdr) + len : 0;
	return len;
}

static int weft_send_locked(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct weft_stream *st = weft_stream(sk);
	struct sockcm_cookie sockc;
	struct ubuf_info *uarg;
	int ret;

	sockcm_init(&sockc, sk);
	if (msg->msg_controllen) {
		ret = sock_cmsg_send(sk, msg, &sockc);
		if (ret)
			return ret;
	}
	ret = weft_send_connected(sk, msg->msg_flags);
	if (!ret)
		ret = weft_send_error(sk);
	if (ret)
		return ret;
	sk_clear_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	weft_stamp_begin(st);
	if (st->kind == WEFT_STREAM_KIND_MESSAGES) {
		ret = weft_send_part(st, msg, len);
	} else {
		ret = weft_zerocopy_begin(&st->ws, msg, len,
					  weft_sendbuf_uarg(&st->snd.buf), &uarg);
		if (ret)
			return ret;
		ret = weft_send_bytes(st, msg, len, uarg);
		if (ret < 0)
			net_zcopy_put_abort(uarg, true);
		else
			net_zcopy_put(uarg);
	}
	/* No bytes say nothing of those before them, but an empty message is one. */
	if (ret > 0 || (!ret && st->kind == WEFT_STREAM_KIND_MESSAGES)) {
		weft_stamp_add(st, sockc.tsflags);
		weft_send_push(st, msg->msg_flags, true);
	}
	return ret;
}

/**
 * weft_stream_sendmsg() - send bytes, or a message
 * @sock: socket
 * @msg: bytes; MSG_MORE: wait for more; of SOCK_SEQPACKET, the message goes on
 * @len: how many there are
 *
 * Context: process.
 * Return: how many were taken; -EPIPE (with SIGPIPE) if the connection is closed,
 * -EMSGSIZE if the message is too long, -EAGAIN, -EINTR, or what ended the connection.
 */
int weft_stream_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct sock *sk = sock->sk;
	int ret;

	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	lock_sock(sk);
	ret = weft_send_locked(sk, msg, len);
	if (ret < 0)
		ret = sk_stream_error(sk, msg->msg_flags, ret);
	/* Waiters of edge-triggered epoll are told again. */
	if (ret == -EAGAIN)
		sk->sk_write_space(sk);
	weft_stream_account(weft_stream(sk));
	release_sock(sk);
	return ret;
}
