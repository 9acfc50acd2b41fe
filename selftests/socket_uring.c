// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets through io_uring, whose rings are made by hand: send, receive, with messages
 * and addresses, wait, without copying, and a request that ends with the socket.
 *
 * lab: --nodes 1 --nic none
 */
#include "uring.h"

#define PORT	4000

static int weft, server, fd;

static void begin(void)
{
	server = sock_bound(weft, PORT);
	fd = sock_connected(weft, PORT);
}

static void end(void)
{
	close(server);
	close(fd);
}

static void send_and_receive(void)
{
	char in[16] = "";

	begin();
	uring_request(IORING_OP_SEND, fd, "hello", 5, 1);
	uring_submit(1);
	CHECK(uring_done() == 5);
	uring_request(IORING_OP_RECV, server, in, sizeof(in), 2);
	uring_submit(1);
	CHECK(uring_done() == 5 && !memcmp(in, "hello", 5));
	/* Read and write do the same. */
	uring_request(IORING_OP_WRITE, fd, "again", 5, 3);
	uring_submit(1);
	CHECK(uring_done() == 5);
	uring_request(IORING_OP_READ, server, in, sizeof(in), 4);
	uring_submit(1);
	CHECK(uring_done() == 5 && !memcmp(in, "again", 5));
	end();
}

static void a_receiver_that_waits(void)
{
	struct uring_outcome cqe;
	char in[16] = "";

	begin();
	uring_request(IORING_OP_RECV, server, in, sizeof(in), 1);
	uring_submit(1);
	uring_request(IORING_OP_SEND, fd, "late", 4, 2);
	uring_submit(1);
	cqe = uring_result();
	CHECK(cqe.res == 4);
	cqe = uring_result();
	CHECK(cqe.res == 4 && !memcmp(in, "late", 4));
	end();
}

static void messages_with_addresses(void)
{
	struct sock_name to = sock_loopback(weft, PORT), from = { .len = 0 };
	struct iovec out = { "hello", 5 };
	struct msghdr send_msg = { .msg_name = &to.sa, .msg_namelen = to.len,
				   .msg_iov = &out, .msg_iovlen = 1 };
	char data[16];
	struct iovec in = { data, sizeof(data) };
	struct msghdr recv_msg = { .msg_name = &from.sa,
				   .msg_namelen = sizeof(from.weft),
				   .msg_iov = &in, .msg_iovlen = 1 };

	begin();
	uring_request(IORING_OP_SENDMSG, fd, &send_msg, 1, 1);
	uring_submit(1);
	CHECK(uring_done() == 5);
	uring_request(IORING_OP_RECVMSG, server, &recv_msg, 1, 2);
	uring_submit(1);
	CHECK(uring_done() == 5 && !memcmp(data, "hello", 5));
	CHECK(recv_msg.msg_namelen == sizeof(from.weft));
	CHECK(from.weft.sweft_family == weft && from.weft.sweft_addr.a8[7] == 1);
	end();
}

static void poll_wakes(void)
{
	struct io_uring_sqe *sqe;

	begin();
	sqe = uring_request(IORING_OP_POLL_ADD, server, NULL, 0, 1);
	sqe->poll32_events = POLLIN;
	uring_submit(1);
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(uring_done() & POLLIN);
	end();
}

/* The end of reading wakes who waits. */
static void shutdown_ends_a_receiver(void)
{
	char in[16];

	begin();
	uring_request(IORING_OP_RECV, fd, in, sizeof(in), 1);
	uring_submit(1);
	CHECK(!shutdown(fd, SHUT_RD));
	CHECK(uring_done() == 0);
	end();
}

static void an_error_is_the_result(void)
{
	char in[16];

	begin();
	close(server);
	uring_request(IORING_OP_RECV, fd, in, sizeof(in), 1);
	uring_submit(1);
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(uring_done() == -ECONNREFUSED);
	uring_request(IORING_OP_SEND, fd, NULL, 65504, 2);
	uring_submit(1);
	CHECK(uring_done() == -EMSGSIZE);
	close(fd);
}

/* Two results: the send, and that the bytes are needed no more. */
static void send_without_copying(void)
{
	static char out[30000], in[30000];
	struct uring_outcome cqe;
	int raw = socket(weft, SOCK_RAW, 99);

	begin();
	memset(out, 7, sizeof(out));
	uring_request(URING_SEND_ZC, fd, out, sizeof(out), 1);
	uring_submit(1);
	cqe = uring_result();
	CHECK(cqe.res == sizeof(out) && cqe.flags & URING_MORE);
	CHECK(recv(server, in, sizeof(in), 0) == sizeof(in));
	CHECK(!memcmp(in, out, sizeof(in)));
	cqe = uring_result();
	CHECK(!cqe.res && cqe.flags & URING_NOTIF);
	/* The socket's own numbers are not used for it. */
	CHECK(!(sock_wait(fd, POLLOUT) & POLLERR));
	uring_request(URING_SEND_ZC, raw, out, 100, 2);
	uring_submit(1);
	cqe = uring_result();
	CHECK(cqe.res == -EOPNOTSUPP);
	if (cqe.flags & URING_MORE)
		uring_result();
	close(raw);
	end();
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") || uring_set_up())
		return 1;
	TAP_RUN(send_and_receive);
	TAP_RUN(a_receiver_that_waits);
	TAP_RUN(messages_with_addresses);
	TAP_RUN(poll_wakes);
	TAP_RUN(shutdown_ends_a_receiver);
	TAP_RUN(an_error_is_the_result);
	TAP_RUN(send_without_copying);
	return tap_done();
}
