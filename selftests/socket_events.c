// SPDX-License-Identifier: GPL-2.0
/*
 * How a socket tells of what happens, and how it is passed on: epoll, signals, time-outs,
 * descriptors; and options of the core that no other test has. UDP over IPv6 is asked
 * the same.
 *
 * lab: --nodes 1 --nic none
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include "sock.h"

#define PORT	4000

static int weft;

static void in_both(void (*fn)(int family))
{
	fn(AF_INET6);
	fn(weft);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* --- epoll ----------------------------------------------------------------------------- */

/* What is there now, or comes within @ms. */
static int events_within(int epoll, int ms)
{
	struct epoll_event e = { 0 };

	return epoll_wait(epoll, &e, 1, ms) == 1 ? (int)e.events : 0;
}

static int events(int epoll)
{
	return events_within(epoll, 0);
}

static int watch(int fd, int what)
{
	struct epoll_event e = { .events = what };
	int epoll = epoll_create1(0);

	CHECK(epoll >= 0 && !epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
	return epoll;
}

static void edges(int family)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	int epoll = watch(server, EPOLLIN | EPOLLET);
	char c;

	CHECK(!events(epoll));
	CHECK(send(fd, "1", 1, 0) == 1 && sock_wait(server, POLLIN));
	CHECK(events(epoll) == EPOLLIN);
	/* Still there, but nothing new. */
	CHECK(!events(epoll));
	CHECK(send(fd, "2", 1, 0) == 1);
	CHECK(events_within(epoll, 5000) == EPOLLIN && !events(epoll));
	CHECK(recv(server, &c, 1, 0) == 1 && !events(epoll));
	CHECK(recv(server, &c, 1, 0) == 1);
	close(epoll);
	close(server);
	close(fd);
}

static void epoll_tells_edges(void)
{
	in_both(edges);
}

static void ends(int family)
{
	int fd = sock_connected(family, PORT);
	int epoll = watch(fd, EPOLLIN | EPOLLRDHUP);

	CHECK(!shutdown(fd, SHUT_RD));
	CHECK(events(epoll) == (EPOLLIN | EPOLLRDHUP));
	CHECK(!shutdown(fd, SHUT_WR));
	CHECK(events(epoll) == (EPOLLIN | EPOLLRDHUP | EPOLLHUP));
	close(epoll);
	close(fd);
}

static void epoll_tells_the_end_of_directions(void)
{
	in_both(ends);
}

static void failures(int family)
{
	int fd = sock_connected(family, PORT), epoll = watch(fd, EPOLLIN);

	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(sock_wait(fd, POLLIN) & POLLERR);
	CHECK(events(epoll) == EPOLLERR || events(epoll) == (EPOLLIN | EPOLLERR));
	CHECK(sock_get(fd, SOL_SOCKET, SO_ERROR) == ECONNREFUSED);
	CHECK(!events(epoll));
	close(epoll);
	close(fd);
}

static void epoll_tells_errors_once_they_are_there(void)
{
	in_both(failures);
}

/* --- signals ----------------------------------------------------------------------------- */

static volatile sig_atomic_t signals;

static void on_signal(int sig)
{
	(void)sig;
	signals = signals + 1;
}

static void signal_of(int family)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT), i;

	signals = 0;
	signal(SIGIO, on_signal);
	CHECK(!fcntl(server, F_SETOWN, getpid()));
	CHECK(fcntl(server, F_GETOWN) == getpid());
	CHECK(!fcntl(server, F_SETFL, O_ASYNC));
	CHECK(send(fd, "x", 1, 0) == 1);
	for (i = 0; i < 500 && !signals; i++)
		usleep(10000);
	CHECK(signals > 0);
	signal(SIGIO, SIG_DFL);
	close(server);
	close(fd);
}

static void a_message_signals(void)
{
	in_both(signal_of);
}

/* --- time-outs ------------------------------------------------------------------------- */

static void time_outs(int family)
{
	struct timeval wait = { .tv_usec = 50000 };
	struct timespec deadline = { .tv_nsec = 50000000 };
	struct iovec iov[3];
	struct mmsghdr msgs[3] = { 0 };
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT), i;
	char in[3][8];
	double start;

	for (i = 0; i < 3; i++) {
		iov[i] = (struct iovec){ in[i], 8 };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	CHECK(!setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
	start = now();
	CHECK(recv(server, in, 1, 0) < 0 && errno == EAGAIN && now() - start > 0.04);
	CHECK(send(fd, "1", 1, 0) == 1 && send(fd, "22", 2, 0) == 2);
	/* The deadline is looked at after each message. */
	CHECK(recvmmsg(server, msgs, 3, 0, &deadline) == 2);
	CHECK(msgs[0].msg_len == 1 && msgs[1].msg_len == 2);
	CHECK(recvmmsg(server, msgs, 3, MSG_DONTWAIT, NULL) < 0 && errno == EAGAIN);
	CHECK(send(fd, "1", 1, 0) == 1 && send(fd, "22", 2, 0) == 2);
	CHECK(sock_wait(server, POLLIN));
	CHECK(recvmmsg(server, msgs, 3, MSG_WAITFORONE, NULL) == 2);
	close(server);
	close(fd);
}

static void receiving_ends_in_time(void)
{
	in_both(time_outs);
}

/* A queueing discipline holds what was sent: the send buffer stays full. */
static void sending_ends_in_time(void)
{
	struct sock_name to = sock_any(weft, PORT);
	struct timeval wait = { .tv_usec = 50000 };
	char out[1000] = "";
	int fd = sock_dgram(weft), i, n = 0;
	double start = 0;

	CHECK(!netns_run("ip link add dummy0 type dummy && ip link set dummy0 up"));
	CHECK(!netns_run("tc qdisc add dev dummy0 root fq maxrate 8kbit initial_quantum 1514"));
	to.weft.sweft_addr = (struct weft_addr){ { { 0xfe, 0x80, 2, 0, 0, 0, 0, 9 } } };
	to.weft.sweft_scope = if_nametoindex("dummy0");
	CHECK(!sock_set(fd, SOL_SOCKET, SO_SNDBUF, 8000));
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)));
	for (i = 0; i < 100 && n >= 0; i++) {
		start = now();
		n = sendto(fd, out, sizeof(out), 0, &to.sa, to.len);
	}
	CHECK(n < 0 && errno == EAGAIN && now() - start > 0.04);
	CHECK(i > 1 && i < 100);
	CHECK(!(sock_wait(fd, 0) & POLLOUT));
	CHECK(!netns_run("ip link del dummy0"));
	/* What the device dropped makes room. */
	CHECK(sock_wait(fd, POLLOUT) == POLLOUT);
	close(fd);
}

/* --- descriptors ------------------------------------------------------------------------ */

static int receive_descriptor(int from)
{
	char c, control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec iov = { &c, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	int fd = -1;

	if (recvmsg(from, &msg, 0) == 1 && CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* To another process in another namespace: the socket stays in its own. */
static int receiver(int from)
{
	char in[8];
	int fd;

	tap_failed_checks = 0;
	if (netns_enter())
		return 1;
	fd = receive_descriptor(from);
	CHECK(fd >= 0 && recv(fd, in, sizeof(in), 0) == 5);
	CHECK(!memcmp(in, "hello", 5));
	return tap_failed_checks;
}

static void a_socket_is_passed_on(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT);
	struct sock_name name = sock_any(weft, PORT);
	int pair[2], status, copy;
	pid_t pid;

	CHECK(!socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(receiver(pair[1]));
	CHECK(sock_send_with(pair[0], NULL, "x", 1, SOL_SOCKET, SCM_RIGHTS, &server,
			     sizeof(server)) == 1);
	copy = dup(server);
	close(server);
	/* The port is taken as long as somebody has the socket. */
	server = sock_dgram(weft);
	CHECK(bind(server, &name.sa, name.len) &&
	      errno == EADDRINUSE);
	close(copy);
	CHECK(send(fd, "hello", 5, 0) == 5);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	CHECK(!bind(server, &name.sa, name.len));
	close(server);
	close(fd);
	close(pair[0]);
	close(pair[1]);
}

/* --- options ----------------------------------------------------------------------------- */

static int ebpf(int result)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = result },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (unsigned long)code, .insn_cnt = 2,
		.license = (unsigned long)"GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static void filters_of(int family)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	int none = ebpf(0), ten = ebpf(8 + 10);
	char in[32];

	CHECK(none >= 0 && ten >= 0);
	CHECK(!sock_set(server, SOL_SOCKET, SO_ATTACH_BPF, none));
	CHECK(send(fd, "lost", 4, 0) == 4);
	CHECK(!sock_set(server, SOL_SOCKET, SO_ATTACH_BPF, ten));
	CHECK(send(fd, "twelve bytes", 12, 0) == 12);
	CHECK(recv(server, in, sizeof(in), 0) == 10);
	CHECK(!sock_set(server, SOL_SOCKET, SO_DETACH_BPF, 0));
	CHECK(sock_set(server, SOL_SOCKET, SO_DETACH_FILTER, 0) == ENOENT);
	CHECK(send(fd, "twelve bytes", 12, 0) == 12);
	CHECK(recv(server, in, sizeof(in), 0) == 12);
	CHECK(!sock_set(server, SOL_SOCKET, SO_ATTACH_BPF, ten));
	CHECK(!sock_set(server, SOL_SOCKET, SO_LOCK_FILTER, 1));
	CHECK(sock_set(server, SOL_SOCKET, SO_ATTACH_BPF, none) == EPERM);
	CHECK(sock_set(server, SOL_SOCKET, SO_DETACH_BPF, 0) == EPERM);
	CHECK(sock_set(server, SOL_SOCKET, SO_LOCK_FILTER, 0) == EPERM);
	CHECK(sock_get(server, SOL_SOCKET, SO_LOCK_FILTER) == 1);
	close(none);
	close(ten);
	close(server);
	close(fd);
}

static void programs_filter(void)
{
	in_both(filters_of);
}

static __u64 number(int fd, int name)
{
	__u64 n = 0;
	socklen_t len = sizeof(n);

	CHECK(!getsockopt(fd, SOL_SOCKET, name, &n, &len) && len == sizeof(n));
	return n;
}

static void what_the_core_tells(int family)
{
	int fd = sock_dgram(family), other = sock_dgram(family);

	CHECK(number(fd, SO_COOKIE) && number(fd, SO_COOKIE) == number(fd, SO_COOKIE));
	CHECK(number(fd, SO_COOKIE) != number(other, SO_COOKIE));
	CHECK(number(fd, SO_NETNS_COOKIE) == number(other, SO_NETNS_COOKIE));
	CHECK(sock_get(fd, SOL_SOCKET, SO_INCOMING_NAPI_ID) == 0);
	CHECK(sock_get(fd, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM);
	CHECK(sock_get(fd, SOL_SOCKET, SO_ACCEPTCONN) == 0);
	CHECK(sock_set(fd, SOL_SOCKET, SO_BINDTOIFINDEX, 1) == 0);
	CHECK(sock_get(fd, SOL_SOCKET, SO_BINDTOIFINDEX) == 1);
	CHECK(sock_set(fd, SOL_SOCKET, SO_BINDTOIFINDEX, 0) == 0);
	CHECK(sock_set(fd, SOL_SOCKET, SO_BINDTOIFINDEX, -1) == EINVAL);
	close(fd);
	close(other);
}

static void numbers_of_sockets(void)
{
	in_both(what_the_core_tells);
}

static void counts(int family)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT), n;

	CHECK(!ioctl(server, FIONREAD, &n) && n == 0);
	CHECK(send(fd, "hello", 5, 0) == 5 && sock_wait(server, POLLIN));
	CHECK(!ioctl(server, FIONREAD, &n) && n == 5);
	CHECK(ioctl(server, 0x5421 /* FIONBIO */, &(int){ 1 }) == 0);
	CHECK(recv(server, &n, sizeof(n), 0) == 4);
	CHECK(recv(server, &n, sizeof(n), 0) < 0 && errno == EAGAIN);
	close(server);
	close(fd);
}

static void bytes_that_wait_are_counted(void)
{
	in_both(counts);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	TAP_RUN(epoll_tells_edges);
	TAP_RUN(epoll_tells_the_end_of_directions);
	TAP_RUN(epoll_tells_errors_once_they_are_there);
	TAP_RUN(a_message_signals);
	TAP_RUN(receiving_ends_in_time);
	TAP_RUN(sending_ends_in_time);
	TAP_RUN(a_socket_is_passed_on);
	TAP_RUN(programs_filter);
	TAP_RUN(numbers_of_sockets);
	TAP_RUN(bytes_that_wait_are_counted);
	return tap_done();
}
