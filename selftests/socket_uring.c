// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets through io_uring, whose rings are made by hand: send, receive, with messages
 * and addresses, wait, without copying, and a request that ends with the socket.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/io_uring.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "sock.h"

#define PORT	4000
#define ENTRIES	8

/* What older headers of the kernel lack. */
#define URING_SEND_ZC	47
#define URING_MORE	2U
#define URING_NOTIF	8U

static int weft, ring, server, fd;
static struct io_uring_params params;
static struct io_uring_sqe *sqes;
static char *sq, *cq;

static void *map(size_t len, off_t what)
{
	return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		    ring, what);
}

static int set_up(void)
{
	ring = syscall(SYS_io_uring_setup, ENTRIES, &params);
	if (ring < 0) {
		perror("# io_uring_setup");
		return -1;
	}
	sq = map(params.sq_off.array + params.sq_entries * sizeof(__u32),
		 IORING_OFF_SQ_RING);
	cq = map(params.cq_off.cqes +
		 params.cq_entries * sizeof(struct io_uring_cqe),
		 IORING_OFF_CQ_RING);
	sqes = map(params.sq_entries * sizeof(*sqes), IORING_OFF_SQES);
	return sq == MAP_FAILED || cq == MAP_FAILED || sqes == MAP_FAILED ? -1 : 0;
}

/* Puts a request in; its number comes back with the result. */
static struct io_uring_sqe *request(int op, int file, void *data, int len,
				    int number)
{
	__u32 *tail = (void *)(sq + params.sq_off.tail);
	__u32 mask = *(__u32 *)(sq + params.sq_off.ring_mask);
	__u32 *array = (void *)(sq + params.sq_off.array);
	struct io_uring_sqe *sqe = &sqes[*tail & mask];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = op;
	sqe->fd = file;
	sqe->addr = (unsigned long)data;
	sqe->len = len;
	sqe->user_data = number;
	array[*tail & mask] = *tail & mask;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return sqe;
}

static void submit(int n)
{
	CHECK(syscall(SYS_io_uring_enter, ring, n, 0, 0, NULL, 0) == n);
}

struct outcome {
	int res;
	__u32 flags;
};

/* The next result. */
static struct outcome result(void)
{
	__u32 *head = (void *)(cq + params.cq_off.head);
	__u32 *tail = (void *)(cq + params.cq_off.tail);
	__u32 mask = *(__u32 *)(cq + params.cq_off.ring_mask);
	struct io_uring_cqe *cqe = (void *)(cq + params.cq_off.cqes);
	struct outcome o;

	while (*head == __atomic_load_n(tail, __ATOMIC_ACQUIRE))
		if (syscall(SYS_io_uring_enter, ring, 0, 1,
			    IORING_ENTER_GETEVENTS, NULL, 0) < 0)
			break;
	cqe += *head & mask;
	o = (struct outcome){ cqe->res, cqe->flags };
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return o;
}

static int done(void)
{
	return result().res;
}

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
	request(IORING_OP_SEND, fd, "hello", 5, 1);
	submit(1);
	CHECK(done() == 5);
	request(IORING_OP_RECV, server, in, sizeof(in), 2);
	submit(1);
	CHECK(done() == 5 && !memcmp(in, "hello", 5));
	/* Read and write do the same. */
	request(IORING_OP_WRITE, fd, "again", 5, 3);
	submit(1);
	CHECK(done() == 5);
	request(IORING_OP_READ, server, in, sizeof(in), 4);
	submit(1);
	CHECK(done() == 5 && !memcmp(in, "again", 5));
	end();
}

static void a_receiver_that_waits(void)
{
	struct outcome cqe;
	char in[16] = "";

	begin();
	request(IORING_OP_RECV, server, in, sizeof(in), 1);
	submit(1);
	request(IORING_OP_SEND, fd, "late", 4, 2);
	submit(1);
	cqe = result();
	CHECK(cqe.res == 4);
	cqe = result();
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
	request(IORING_OP_SENDMSG, fd, &send_msg, 1, 1);
	submit(1);
	CHECK(done() == 5);
	request(IORING_OP_RECVMSG, server, &recv_msg, 1, 2);
	submit(1);
	CHECK(done() == 5 && !memcmp(data, "hello", 5));
	CHECK(recv_msg.msg_namelen == sizeof(from.weft));
	CHECK(from.weft.sweft_family == weft && from.weft.sweft_addr.a8[7] == 1);
	end();
}

static void poll_wakes(void)
{
	struct io_uring_sqe *sqe;

	begin();
	sqe = request(IORING_OP_POLL_ADD, server, NULL, 0, 1);
	sqe->poll32_events = POLLIN;
	submit(1);
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(done() & POLLIN);
	end();
}

/* The end of reading wakes who waits. */
static void shutdown_ends_a_receiver(void)
{
	char in[16];

	begin();
	request(IORING_OP_RECV, fd, in, sizeof(in), 1);
	submit(1);
	CHECK(!shutdown(fd, SHUT_RD));
	CHECK(done() == 0);
	end();
}

static void an_error_is_the_result(void)
{
	char in[16];

	begin();
	close(server);
	request(IORING_OP_RECV, fd, in, sizeof(in), 1);
	submit(1);
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(done() == -ECONNREFUSED);
	request(IORING_OP_SEND, fd, NULL, 65504, 2);
	submit(1);
	CHECK(done() == -EMSGSIZE);
	close(fd);
}

/* Two results: the send, and that the bytes are needed no more. */
static void send_without_copying(void)
{
	static char out[30000], in[30000];
	struct outcome cqe;
	int raw = socket(weft, SOCK_RAW, 99);

	begin();
	memset(out, 7, sizeof(out));
	request(URING_SEND_ZC, fd, out, sizeof(out), 1);
	submit(1);
	cqe = result();
	CHECK(cqe.res == sizeof(out) && cqe.flags & URING_MORE);
	CHECK(recv(server, in, sizeof(in), 0) == sizeof(in));
	CHECK(!memcmp(in, out, sizeof(in)));
	cqe = result();
	CHECK(!cqe.res && cqe.flags & URING_NOTIF);
	/* The socket's own numbers are not used for it. */
	CHECK(!(sock_wait(fd, POLLOUT) & POLLERR));
	request(URING_SEND_ZC, raw, out, 100, 2);
	submit(1);
	cqe = result();
	CHECK(cqe.res == -EOPNOTSUPP);
	if (cqe.flags & URING_MORE)
		result();
	close(raw);
	end();
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") || set_up())
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
