// SPDX-License-Identifier: GPL-2.0
/*
 * Messages that are sent in parts, from files and pipes, many by one call and by
 * io_uring; beside UDP over IPv6.
 *
 * lab: --nodes 1 --nic none
 */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include "sock.h"

#define PORT	4000

static int weft;
static char out[70000], in[70000];

static void more(int family)
{
	struct sock_name to = sock_loopback(family, PORT);
	struct sock_name other = sock_loopback(family, PORT + 1);
	int server = sock_bound(family, PORT), fd = sock_dgram(family);
	int second = sock_bound(family, PORT + 1);

	/* The first part says where it goes. */
	CHECK(sendto(fd, "ab", 2, MSG_MORE, &to.sa, to.len) == 2);
	CHECK(sendto(fd, "", 0, MSG_MORE, &to.sa, to.len) == 0);
	CHECK(sendto(fd, "c", 1, MSG_MORE, &other.sa, other.len) == 1);
	CHECK(recv(server, in, sizeof(in), MSG_DONTWAIT) == -1);
	CHECK(sendto(fd, "def", 3, 0, &to.sa, to.len) == 3);
	CHECK(recv(server, in, sizeof(in), 0) == 6 && !memcmp(in, "abcdef", 6));
	CHECK(recv(second, in, sizeof(in), MSG_DONTWAIT) == -1);
	/* An empty end. */
	CHECK(sendto(fd, "x", 1, MSG_MORE, &to.sa, to.len) == 1);
	CHECK(sendto(fd, "", 0, 0, &to.sa, to.len) == 0);
	CHECK(recv(server, in, sizeof(in), 0) == 1);
	CHECK(sendto(fd, "", 0, MSG_MORE, &to.sa, to.len) == 0);
	CHECK(sendto(fd, "", 0, 0, &to.sa, to.len) == 0);
	CHECK(recv(server, in, sizeof(in), 0) == 0);
	close(second);
	close(fd);
	close(server);
}

static void more_is_to_come(void)
{
	more(AF_INET6);
	more(weft);
}

static void many_parts(int family, int parts, int size)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT), i;
	int len = parts * size;

	CHECK(!sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 21));
	for (i = 0; i < parts; i++)
		CHECK(send(fd, out + i * size, size,
			   i < parts - 1 ? MSG_MORE : 0) == size);
	memset(in, 0, sizeof(in));
	CHECK(recv(server, in, sizeof(in), 0) == len);
	CHECK(!memcmp(in, out, len));
	/* Too much: all parts are lost, and the next message is a new one. */
	CHECK(send(fd, out, 40000, MSG_MORE) == 40000);
	CHECK(send(fd, out, 40000, 0) == -1 && errno == EMSGSIZE);
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(recv(server, in, sizeof(in), 0) == 1);
	/* Closed with a part held back. */
	CHECK(send(fd, "x", 1, MSG_MORE) == 1);
	close(fd);
	CHECK(recv(server, in, sizeof(in), MSG_DONTWAIT) == -1);
	close(server);
}

static void large_messages_in_parts(void)
{
	many_parts(AF_INET6, 100, 600);
	many_parts(weft, 100, 600);
	many_parts(weft, 3, 20000);
	many_parts(weft, 1000, 1);
}

static void the_header_of_an_echo_in_parts(void)
{
	struct weft_ctl_hdr req = { .type = WEFT_CTL_ECHO_REQUEST }, reply;
	int fd = socket(weft, SOCK_DGRAM, WEFT_PROTO_CONTROL);
	struct sock_name to = sock_loopback(weft, 0);
	char *p = (char *)&req;

	CHECK(!connect(fd, &to.sa, to.len));
	req.echo.seq = htons(7);
	CHECK(send(fd, p, 1, MSG_MORE) == 1);
	CHECK(send(fd, p + 1, 6, MSG_MORE) == 6);
	CHECK(send(fd, p + 7, 1, 0) == 1);
	CHECK(recv(fd, &reply, sizeof(reply), 0) == sizeof(reply));
	CHECK(reply.type == WEFT_CTL_ECHO_REPLY && reply.echo.seq == htons(7));
	CHECK(send(fd, p, 7, MSG_MORE) == 7);
	CHECK(send(fd, p, 0, 0) == -1 && errno == EINVAL);
	close(fd);
	fd = socket(weft, SOCK_RAW, WEFT_PROTO_DGRAM);
	CHECK(!connect(fd, &to.sa, to.len));
	CHECK(send(fd, out, 5, MSG_MORE) == 5);
	CHECK(send(fd, out, 1, 0) == -1 && errno == EINVAL);
	close(fd);
}

static int file_of(int len)
{
	int fd = memfd_create("data", 0);

	CHECK(write(fd, out, len) == len);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* How many messages a file of so many bytes becomes. */
static int from_file(int family, int len)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	int file = file_of(len), n, sum = 0, count = 0;

	CHECK(sendfile(fd, file, NULL, len) == len);
	while ((n = recv(server, in + sum, sizeof(in) - sum, MSG_DONTWAIT)) > 0) {
		sum += n;
		count++;
	}
	CHECK(sum == len && !memcmp(in, out, len));
	close(file);
	close(fd);
	close(server);
	return count;
}

static void files_are_messages(void)
{
	static const int lens[] = { 1, 4096, 5000, 20000, 60000 };
	unsigned int i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		CHECK(from_file(weft, lens[i]) == 1);
}

static void from_pipe(int family)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	int pipe_fd[2];

	CHECK(!pipe(pipe_fd));
	CHECK(write(pipe_fd[1], out, 3000) == 3000);
	CHECK(splice(pipe_fd[0], NULL, fd, NULL, 3000, 0) == 3000);
	CHECK(recv(server, in, sizeof(in), 0) == 3000 && !memcmp(in, out, 3000));
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(splice(server, NULL, pipe_fd[1], NULL, 10, 0) == 1);
	CHECK(read(pipe_fd[0], in, 1) == 1 && in[0] == 'x');
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	close(fd);
	close(server);
}

static void pipes_are_messages(void)
{
	from_pipe(AF_INET6);
	from_pipe(weft);
}

static void many_by_one_call(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT), i;
	struct mmsghdr msgs[8] = {};
	struct iovec iov[8];
	char c[8];

	for (i = 0; i < 8; i++) {
		c[i] = 'a' + i;
		iov[i] = (struct iovec){ &c[i], 1 };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	CHECK(sendmmsg(fd, msgs, 8, 0) == 8);
	memset(c, 0, sizeof(c));
	CHECK(recvmmsg(server, msgs, 8, MSG_WAITFORONE, NULL) == 8);
	CHECK(!memcmp(c, "abcdefgh", 8));
	CHECK(recvmmsg(server, msgs, 8, MSG_DONTWAIT, NULL) == -1 &&
	      errno == EAGAIN);
	/* A part of a message is one even when all is waited for. */
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(recv(server, in, 10, MSG_WAITALL) == 1);
	close(fd);
	close(server);
}

/**
 * struct ring - io_uring with one entry, by its system calls
 * @fd: of the ring
 * @sq: submission queue
 * @cq: completion queue
 * @sqe: entry
 * @p: what the kernel told of the queues
 */
struct ring {
	int fd;
	char *sq;
	char *cq;
	struct io_uring_sqe *sqe;
	struct io_uring_params p;
};

static int ring_open(struct ring *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = syscall(SYS_io_uring_setup, 1, &r->p);
	if (r->fd < 0)
		return -1;
	r->sq = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		     IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		     IORING_OFF_CQ_RING);
	r->sqe = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		      IORING_OFF_SQES);
	return r->sqe == MAP_FAILED ? -1 : 0;
}

/* Does one thing and returns its result. */
static int ring_do(struct ring *r, int op, int fd, const void *data, int len)
{
	unsigned int *tail = (void *)(r->sq + r->p.sq_off.tail);
	unsigned int *array = (void *)(r->sq + r->p.sq_off.array);
	unsigned int *head = (void *)(r->cq + r->p.cq_off.head);
	unsigned int mask = *(unsigned int *)(r->cq + r->p.cq_off.ring_mask);
	struct io_uring_cqe *cqes = (void *)(r->cq + r->p.cq_off.cqes);
	int res;

	*r->sqe = (struct io_uring_sqe){ .opcode = op, .fd = fd,
		.addr = (unsigned long)data, .len = len };
	array[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	CHECK(syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS,
		      NULL, 0) == 1);
	res = cqes[__atomic_load_n(head, __ATOMIC_ACQUIRE) & mask].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

static void *later(void *arg)
{
	int fd = *(int *)arg;

	usleep(50000);
	CHECK(send(fd, "late", 4, 0) == 4);
	return NULL;
}

static void by_a_ring(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT);
	struct iovec iov = { in, sizeof(in) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	pthread_t thread;
	struct ring r;

	if (ring_open(&r)) {
		printf("# no io_uring in this kernel\n");
		return;
	}
	CHECK(ring_do(&r, IORING_OP_SEND, fd, "hello", 5) == 5);
	CHECK(ring_do(&r, IORING_OP_RECV, server, in, sizeof(in)) == 5);
	iov = (struct iovec){ out, 2000 };
	CHECK(ring_do(&r, IORING_OP_SENDMSG, fd, &msg, 1) == 2000);
	iov = (struct iovec){ in, sizeof(in) };
	CHECK(ring_do(&r, IORING_OP_RECVMSG, server, &msg, 1) == 2000);
	CHECK(!memcmp(in, out, 2000));
	CHECK(ring_do(&r, IORING_OP_SEND, fd, out, 65536) == -EMSGSIZE);
	/* One that waits. */
	CHECK(!pthread_create(&thread, NULL, later, &fd));
	CHECK(ring_do(&r, IORING_OP_RECV, server, in, sizeof(in)) == 4);
	pthread_join(thread, NULL);
	close(r.fd);
	close(fd);
	close(server);
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = i * 7 + i / 251;
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	TAP_RUN(more_is_to_come);
	TAP_RUN(large_messages_in_parts);
	TAP_RUN(the_header_of_an_echo_in_parts);
	TAP_RUN(files_are_messages);
	TAP_RUN(pipes_are_messages);
	TAP_RUN(many_by_one_call);
	TAP_RUN(by_a_ring);
	return tap_done();
}
