// SPDX-License-Identifier: GPL-2.0
/*
 * Streams through io_uring: accept, connect, send, receive, wait, shut down, splice,
 * without copying, in a chain, and taken back. TCP is asked the same.
 *
 * lab: --nodes 1 --nic none
 */
#include <signal.h>
#include "stream.h"
#include "uring.h"

/* What older headers of the kernel lack. */
#define URING_ACCEPT_MULTISHOT	1

#define BULK	400000

static char out[BULK], in[BULK];

/* What became of a request, which is told with its number. */
static void tell_result(int number)
{
	struct uring_outcome o = uring_result();

	TELL((long)o.number == number ? o.res : -1000 - (long)o.number);
}

static void send_and_receive(void)
{
	int fd[2];

	stream_pair(fd);
	uring_request(IORING_OP_SEND, fd[0], "hello", 5, 1);
	uring_submit(1);
	tell_result(1);
	uring_request(IORING_OP_RECV, fd[1], in, sizeof(in), 2);
	uring_submit(1);
	tell_result(2);
	CHECK(!memcmp(in, "hello", 5));
	uring_request(IORING_OP_WRITE, fd[0], "again", 5, 3);
	uring_submit(1);
	tell_result(3);
	uring_request(IORING_OP_READ, fd[1], in, 3, 4);
	uring_submit(1);
	tell_result(4);
	uring_request(IORING_OP_READ, fd[1], in, 100, 5);
	uring_submit(1);
	tell_result(5);
	stream_close_pair(fd);
}

/* Who waits gets what comes; who wants all gets all. */
static void receivers_that_wait(void)
{
	struct io_uring_sqe *sqe;
	int fd[2];

	stream_pair(fd);
	uring_request(IORING_OP_RECV, fd[1], in, sizeof(in), 1);
	uring_submit(1);
	CHECK(send(fd[0], "late", 4, 0) == 4);
	tell_result(1);
	sqe = uring_request(IORING_OP_RECV, fd[1], in, 10, 2);
	sqe->msg_flags = MSG_WAITALL;
	uring_submit(1);
	CHECK(send(fd[0], "hello", 5, 0) == 5);
	usleep(20000);
	CHECK(send(fd[0], "world", 5, 0) == 5);
	tell_result(2);
	CHECK(!memcmp(in, "helloworld", 10));
	sqe = uring_request(IORING_OP_RECV, fd[1], in, 10, 3);
	sqe->msg_flags = MSG_DONTWAIT;
	uring_submit(1);
	tell_result(3);
	stream_close_pair(fd);
}

static void connections(void)
{
	int listener = stream_listener(0, 8), none = stream_new(), fd, peer, i;
	struct sock_name to = sock_loopback(stream_family, stream_port(listener));
	struct io_uring_sqe *sqe;
	struct uring_outcome o;
	int result[2] = { -1, -1 };

	uring_request(IORING_OP_ACCEPT, listener, NULL, 0, 1);
	uring_submit(1);
	fd = stream_new();
	sqe = uring_request(IORING_OP_CONNECT, fd, &to.sa, 0, 2);
	sqe->off = to.len;
	uring_submit(1);
	/* Either may be told first. */
	for (i = 0; i < 2; i++) {
		o = uring_result();
		result[o.number == 2] = o.res;
	}
	peer = result[0];
	TELL(result[1]);
	CHECK(peer >= 0);
	TELL(stream_state(peer));
	uring_request(IORING_OP_SHUTDOWN, fd, NULL, SHUT_WR, 3);
	uring_submit(1);
	tell_result(3);
	uring_request(IORING_OP_RECV, peer, in, sizeof(in), 4);
	uring_submit(1);
	tell_result(4);
	uring_request(IORING_OP_CLOSE, peer, NULL, 0, 5);
	uring_submit(1);
	tell_result(5);
	close(fd);
	/* Nobody listens there. */
	CHECK(!stream_bind(none, 0));
	to = sock_loopback(stream_family, stream_port(none));
	fd = stream_new();
	sqe = uring_request(IORING_OP_CONNECT, fd, &to.sa, 0, 6);
	sqe->off = to.len;
	uring_submit(1);
	tell_result(6);
	close(fd);
	close(none);
	close(listener);
}

/* One request takes all connections until it is taken back. */
static void accept_goes_on(void)
{
	int listener = stream_listener(0, 8), client[3], i;
	struct io_uring_sqe *sqe;
	struct uring_outcome o;

	sqe = uring_request(IORING_OP_ACCEPT, listener, NULL, 0, 1);
	sqe->ioprio = URING_ACCEPT_MULTISHOT;
	uring_submit(1);
	for (i = 0; i < 3; i++) {
		client[i] = stream_new();
		CHECK(!stream_connect(client[i], stream_port(listener)));
		o = uring_result();
		TELL(o.res >= 0);
		TELL(o.flags & URING_MORE);
		close(o.res);
	}
	uring_request(IORING_OP_ASYNC_CANCEL, -1, (void *)1, 0, 2);
	uring_submit(1);
	for (i = 0; i < 2; i++) {
		o = uring_result();
		CHECK(o.number == 2 ? !o.res : o.res == -ECANCELED);
	}
	for (i = 0; i < 3; i++)
		close(client[i]);
	close(listener);
}

static void waiting(void)
{
	struct io_uring_sqe *sqe;
	int fd[2];

	stream_pair(fd);
	sqe = uring_request(IORING_OP_POLL_ADD, fd[1], NULL, 0, 1);
	sqe->poll32_events = POLLIN | POLLRDHUP;
	uring_submit(1);
	CHECK(send(fd[0], "x", 1, 0) == 1);
	tell_result(1);
	CHECK(stream_drain(fd[1], 1) == 1);
	sqe = uring_request(IORING_OP_POLL_ADD, fd[1], NULL, 0, 2);
	sqe->poll32_events = POLLIN | POLLRDHUP;
	uring_submit(1);
	CHECK(!shutdown(fd[0], SHUT_WR));
	tell_result(2);
	sqe = uring_request(IORING_OP_POLL_ADD, fd[1], NULL, 0, 3);
	uring_submit(1);
	stream_reset(fd[0]);
	tell_result(3);
	close(fd[1]);
}

/* What waits ends with the connection, or is taken back. */
static void what_waits_ends(void)
{
	struct uring_outcome o;
	int fd[2], i;

	stream_pair(fd);
	uring_request(IORING_OP_RECV, fd[1], in, sizeof(in), 1);
	uring_submit(1);
	CHECK(!shutdown(fd[1], SHUT_RD));
	tell_result(1);
	stream_close_pair(fd);
	stream_pair(fd);
	uring_request(IORING_OP_RECV, fd[1], in, sizeof(in), 2);
	uring_submit(1);
	stream_reset(fd[0]);
	tell_result(2);
	close(fd[1]);
	stream_pair(fd);
	uring_request(IORING_OP_RECV, fd[1], in, sizeof(in), 3);
	uring_submit(1);
	uring_request(IORING_OP_ASYNC_CANCEL, -1, (void *)3, 0, 4);
	uring_submit(1);
	for (i = 0; i < 2; i++) {
		o = uring_result();
		CHECK(o.number == 4 ? !o.res : o.res == -ECANCELED);
	}
	stream_close_pair(fd);
}

/* More than the buffers hold: the request goes on as there is room. */
static void a_long_send(void)
{
	struct io_uring_sqe *sqe;
	int fd[2];

	stream_pair(fd);
	CHECK(!sock_set(fd[0], SOL_SOCKET, SO_SNDBUF, 20000));
	CHECK(!sock_set(fd[1], SOL_SOCKET, SO_RCVBUF, 20000));
	sqe = uring_request(IORING_OP_SEND, fd[0], out, BULK, 1);
	sqe->msg_flags = MSG_WAITALL;
	uring_submit(1);
	TELL(stream_read(fd[1], in, BULK));
	tell_result(1);
	CHECK(!memcmp(in, out, BULK));
	stream_close_pair(fd);
}

/* Into a pipe and out of it, one after the other. */
static void a_chain(void)
{
	struct io_uring_sqe *sqe;
	int a[2], b[2], p[2];

	stream_pair(a);
	stream_pair(b);
	CHECK(!pipe(p) && send(a[0], "hello", 5, 0) == 5);
	CHECK(sock_wait(a[1], POLLIN));
	sqe = uring_request(IORING_OP_SPLICE, p[1], NULL, 5, 1);
	sqe->splice_fd_in = a[1];
	sqe->splice_off_in = -1;
	sqe->off = -1;
	sqe->flags = IOSQE_IO_LINK;
	sqe = uring_request(IORING_OP_SPLICE, b[0], NULL, 5, 2);
	sqe->splice_fd_in = p[0];
	sqe->splice_off_in = -1;
	sqe->off = -1;
	sqe->flags = IOSQE_IO_LINK;
	uring_request(IORING_OP_SHUTDOWN, b[0], NULL, SHUT_WR, 3);
	uring_submit(3);
	tell_result(1);
	tell_result(2);
	tell_result(3);
	TELL(stream_read(b[1], in, 100));
	CHECK(!memcmp(in, "hello", 5));
	close(p[0]);
	close(p[1]);
	stream_close_pair(a);
	stream_close_pair(b);
}

/* Two results: the send, and that the bytes are needed no more. */
static void send_without_copying(void)
{
	struct uring_outcome o;
	int fd[2];

	stream_pair(fd);
	uring_request(URING_SEND_ZC, fd[0], out, 30000, 1);
	uring_submit(1);
	o = uring_result();
	TELL(o.res);
	TELL(o.flags & URING_MORE);
	TELL(stream_read(fd[1], in, 30000));
	CHECK(!memcmp(in, out, 30000));
	o = uring_result();
	TELL(o.res);
	TELL(o.flags & URING_NOTIF);
	/* The socket's own numbers are not used for it. */
	TELL(stream_events(fd[0]));
	stream_close_pair(fd);
}

int main(void)
{
	stream_pattern(out, sizeof(out), 3);
	signal(SIGPIPE, SIG_IGN);
	if (netns_enter() || netns_run("ip link set lo up") || uring_set_up())
		return 1;
	STREAM_RUN(send_and_receive);
	STREAM_RUN(receivers_that_wait);
	STREAM_RUN(connections);
	STREAM_RUN(accept_goes_on);
	STREAM_RUN(waiting);
	STREAM_RUN(what_waits_ends);
	STREAM_RUN(a_long_send);
	STREAM_RUN(a_chain);
	STREAM_RUN(send_without_copying);
	return stream_done();
}
