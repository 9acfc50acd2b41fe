// SPDX-License-Identifier: GPL-2.0
/*
 * SOCK_DGRAM as a program sees it, over the loopback device of a network
 * namespace of its own.
 *
 * lab: --nodes 1 --nic none
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <linux/weft.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "netns.h"
#include "tap.h"

#define PORT		4000
#define LOOPBACK_MAX	(65535 - 32)

static const struct weft_addr loopback = WEFT_ADDR_LOOPBACK_INIT;

static struct sockaddr_weft name_of(const struct weft_addr *addr, int port)
{
	struct sockaddr_weft sa = {
		.sweft_family = netns_weft_family(),
		.sweft_port = htons(port),
	};

	if (addr)
		sa.sweft_addr = *addr;
	return sa;
}

static int dgram(void)
{
	return socket(netns_weft_family(), SOCK_DGRAM, 0);
}

static int bind_to(int fd, const struct weft_addr *addr, int port)
{
	struct sockaddr_weft sa = name_of(addr, port);

	return bind(fd, (struct sockaddr *)&sa, sizeof(sa)) ? errno : 0;
}

static int connect_to(int fd, const struct weft_addr *addr, int port)
{
	struct sockaddr_weft sa = name_of(addr, port);

	return connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ? errno : 0;
}

static int bound(int port)
{
	int fd = dgram();

	CHECK(fd >= 0);
	CHECK(bind_to(fd, NULL, port) == 0);
	return fd;
}

static int connected(int port)
{
	int fd = dgram();

	CHECK(connect_to(fd, &loopback, port) == 0);
	return fd;
}

static ssize_t send_to(int fd, const void *data, size_t len, int port)
{
	struct sockaddr_weft sa = name_of(&loopback, port);

	return sendto(fd, data, len, 0, (struct sockaddr *)&sa, sizeof(sa));
}

static void message_arrives_with_its_sender(void)
{
	int server = bound(PORT), client = bound(PORT + 1);
	struct sockaddr_weft from;
	socklen_t len = sizeof(from);
	char buf[16] = "";

	CHECK(send_to(client, "hello", 5, PORT) == 5);
	CHECK(recvfrom(server, buf, sizeof(buf), 0, (struct sockaddr *)&from,
		       &len) == 5);
	CHECK_STR(buf, "hello");
	CHECK(len == sizeof(from));
	CHECK(from.sweft_family == netns_weft_family());
	CHECK(from.sweft_port == htons(PORT + 1));
	CHECK(from.sweft_scope == 0);
	CHECK(!memcmp(&from.sweft_addr, &loopback, sizeof(loopback)));
	close(server);
	close(client);
}

static void empty_message_is_a_message(void)
{
	int server = bound(PORT), client = connected(PORT);
	char c;

	CHECK(send(client, "", 0, 0) == 0);
	CHECK(recv(server, &c, 1, 0) == 0);
	CHECK(recv(server, &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	close(server);
	close(client);
}

static void largest_message_passes_and_a_larger_one_does_not(void)
{
	static char out[LOOPBACK_MAX + 1], in[LOOPBACK_MAX + 1];
	int server = bound(PORT), client = connected(PORT), i;

	for (i = 0; i < (int)sizeof(out); i++)
		out[i] = i * 7 + i / 251;
	CHECK(send(client, out, LOOPBACK_MAX, 0) == LOOPBACK_MAX);
	CHECK(recv(server, in, sizeof(in), 0) == LOOPBACK_MAX);
	CHECK(!memcmp(in, out, LOOPBACK_MAX));
	CHECK(send(client, out, LOOPBACK_MAX + 1, 0) == -1 && errno == EMSGSIZE);
	close(server);
	close(client);
}

static void peek_truncate_and_dontwait(void)
{
	int server = bound(PORT), client = connected(PORT);
	struct iovec iov;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	char buf[4];

	CHECK(send(client, "abcdefgh", 8, 0) == 8);
	CHECK(recv(server, buf, 4, MSG_PEEK) == 4);
	CHECK(recv(server, buf, 4, MSG_PEEK | MSG_TRUNC) == 8);
	iov.iov_base = buf;
	iov.iov_len = sizeof(buf);
	CHECK(recvmsg(server, &msg, 0) == 4);
	CHECK(msg.msg_flags & MSG_TRUNC);
	CHECK(!memcmp(buf, "abcd", 4));
	CHECK(recv(server, buf, 4, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	CHECK(recv(server, buf, 4, MSG_ERRQUEUE) == -1 && errno == EAGAIN);
	CHECK(recv(server, buf, 4, MSG_OOB) == -1 && errno == EOPNOTSUPP);
	CHECK(send(client, "x", 1, MSG_OOB) == -1 && errno == EOPNOTSUPP);
	close(server);
	close(client);
}

static void scattered_message_is_one_message(void)
{
	struct iovec out[3] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } };
	struct msghdr msg = { .msg_iov = out, .msg_iovlen = 3 };
	int server = bound(PORT), client = connected(PORT);
	char buf[8] = "";

	CHECK(sendmsg(client, &msg, 0) == 5);
	CHECK(recv(server, buf, sizeof(buf), 0) == 5);
	CHECK_STR(buf, "abcde");
	close(server);
	close(client);
}

static void poll_select_and_epoll_agree(void)
{
	int server = bound(PORT), client = connected(PORT), ep = epoll_create1(0);
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT };
	struct pollfd p = { .fd = server, .events = POLLIN | POLLOUT };
	struct timeval none = { 0 };
	fd_set set;
	char c;

	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, server, &ev) == 0);
	CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
	CHECK(epoll_wait(ep, &ev, 1, 0) == 1 && ev.events == EPOLLOUT);
	CHECK(send(client, "x", 1, 0) == 1);
	CHECK(poll(&p, 1, 1000) == 1 && p.revents == (POLLIN | POLLOUT));
	CHECK(epoll_wait(ep, &ev, 1, 0) == 1 &&
	      ev.events == (EPOLLIN | EPOLLOUT));
	FD_ZERO(&set);
	FD_SET(server, &set);
	CHECK(select(server + 1, &set, NULL, NULL, &none) == 1);
	CHECK(recv(server, &c, 1, 0) == 1);
	CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
	close(ep);
	close(server);
	close(client);
}

static void nonblocking_and_timeout(void)
{
	struct timeval tv = { .tv_usec = 10000 };
	int fd = bound(PORT);
	char c;

	CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == 0);
	CHECK(recv(fd, &c, 1, 0) == -1 && errno == EAGAIN);
	CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	CHECK(recv(fd, &c, 1, 0) == -1 && errno == EAGAIN);
	close(fd);
}

static void ports_are_exclusive_unless_shared_by_both(void)
{
	int a = bound(PORT), b = dgram(), on = 1;

	CHECK(bind_to(b, NULL, PORT) == EADDRINUSE);
	CHECK(bind_to(b, &loopback, PORT) == EADDRINUSE);
	CHECK(setsockopt(b, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0);
	CHECK(bind_to(b, NULL, PORT) == EADDRINUSE);
	CHECK(setsockopt(a, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0);
	CHECK(bind_to(b, NULL, PORT) == 0);
	CHECK(bind_to(b, NULL, PORT + 1) == EINVAL);
	close(a);
	close(b);
	a = bound(PORT);
	close(a);
}

static void best_match_gets_the_message(void)
{
	int any = dgram(), mine = dgram(), peer = dgram(), on = 1;
	int other = bound(PORT + 2), client = bound(PORT + 1);
	char c;

	CHECK(setsockopt(any, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0);
	CHECK(setsockopt(mine, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0);
	CHECK(setsockopt(peer, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0);
	CHECK(bind_to(mine, &loopback, PORT) == 0);
	CHECK(bind_to(peer, NULL, PORT) == 0);
	CHECK(connect_to(peer, &loopback, PORT + 1) == 0);
	CHECK(bind_to(any, NULL, PORT) == 0);

	CHECK(send_to(client, "p", 1, PORT) == 1);
	CHECK(recv(peer, &c, 1, 0) == 1 && c == 'p');
	CHECK(send_to(other, "m", 1, PORT) == 1);
	CHECK(recv(mine, &c, 1, 0) == 1 && c == 'm');
	CHECK(recv(any, &c, 1, MSG_DONTWAIT) == -1);
	close(any);
	close(mine);
	close(peer);
	close(other);
	close(client);
}

static void kernel_chooses_ports_from_its_range(void)
{
	struct sockaddr_weft sa;
	socklen_t len = sizeof(sa);
	int fd = bound(0), port;

	CHECK(getsockname(fd, (struct sockaddr *)&sa, &len) == 0);
	port = ntohs(sa.sweft_port);
	CHECK(port >= 32768 && port <= 60999);
	CHECK(getpeername(fd, (struct sockaddr *)&sa, &len) == -1 &&
	      errno == ENOTCONN);
	close(fd);
}

static void connect_chooses_a_source_and_can_be_undone(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int server = bound(PORT), fd = connected(PORT);
	struct sockaddr_weft sa;
	socklen_t len = sizeof(sa);

	CHECK(getsockname(fd, (struct sockaddr *)&sa, &len) == 0);
	CHECK(!memcmp(&sa.sweft_addr, &loopback, sizeof(loopback)));
	CHECK(getpeername(fd, (struct sockaddr *)&sa, &len) == 0);
	CHECK(sa.sweft_port == htons(PORT));
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(connect(fd, &none, sizeof(none)) == 0);
	CHECK(send(fd, "x", 1, 0) == -1 && errno == EDESTADDRREQ);
	CHECK(getsockname(fd, (struct sockaddr *)&sa, &len) == 0);
	CHECK(sa.sweft_port == 0);
	close(fd);
	close(server);
}

static void connected_socket_hears_only_its_peer(void)
{
	int fd = bound(PORT), peer = bound(PORT + 1), other = bound(PORT + 2);
	char c;

	CHECK(connect_to(fd, &loopback, PORT + 1) == 0);
	CHECK(send_to(other, "o", 1, PORT) == 1);
	CHECK(send_to(peer, "p", 1, PORT) == 1);
	CHECK(recv(fd, &c, 1, 0) == 1 && c == 'p');
	CHECK(recv(fd, &c, 1, MSG_DONTWAIT) == -1);
	close(fd);
	close(peer);
	close(other);
}

static void refusal_reaches_a_connected_socket_once(void)
{
	struct pollfd p = { .fd = connected(PORT), .events = POLLIN };
	int err, fd = dgram();
	socklen_t len = sizeof(err);
	char c;

	CHECK(send(p.fd, "x", 1, 0) == 1);
	CHECK(poll(&p, 1, 1000) == 1 && (p.revents & POLLERR));
	CHECK(recv(p.fd, &c, 1, MSG_DONTWAIT) == -1 && errno == ECONNREFUSED);
	CHECK(recv(p.fd, &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	CHECK(send(p.fd, "x", 1, 0) == 1);
	CHECK(poll(&p, 1, 1000) == 1);
	CHECK(getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &err, &len) == 0);
	CHECK(err == ECONNREFUSED);
	/* One that is not connected does not hear of it. */
	CHECK(send_to(fd, "x", 1, PORT) == 1);
	CHECK(recv(fd, &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	close(fd);
	close(p.fd);
}

static void shutdown_ends_both_directions(void)
{
	int server = bound(PORT), fd = connected(PORT), free = dgram();
	char c;

	CHECK(shutdown(fd, SHUT_WR) == 0);
	CHECK(send(fd, "x", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE);
	CHECK(shutdown(fd, SHUT_RD) == 0);
	CHECK(recv(fd, &c, 1, 0) == 0);
	CHECK(shutdown(fd, 7) == -1 && errno == EINVAL);
	CHECK(shutdown(free, SHUT_RDWR) == -1 && errno == ENOTCONN);
	close(free);
	close(fd);
	close(server);
}

/* Datagrams that came to a socket or to its full queue. */
static long arrived(void)
{
	return netns_counter("InDgrams") + netns_counter("DropRcvbuf");
}

static void full_queue_drops_and_counts(void)
{
	int server = bound(PORT), client = connected(PORT), i, size = 4096;
	long before = netns_counter("DropRcvbuf"), got = 0;
	static char buf[1000];
	long all = arrived() + 100;

	CHECK(setsockopt(server, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) == 0);
	for (i = 0; i < 100; i++)
		CHECK(send(client, buf, sizeof(buf), 0) == sizeof(buf));
	/* A busy kernel delivers later, in a thread of its own. */
	for (i = 0; arrived() < all && i < 500; i++)
		usleep(10000);
	while (recv(server, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		got++;
	CHECK(got > 0 && got < 100);
	CHECK(netns_counter("DropRcvbuf") - before == 100 - got);
	close(server);
	close(client);
}

static void send_buffer_limits(void)
{
	int fd = connected(PORT), size = 4096;
	static char buf[60000];

	CHECK(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0);
	CHECK(send(fd, buf, 1000, 0) == 1000);
	close(fd);
}

static void filter_decides_and_is_counted(void)
{
	/* Accepts what begins with 'y' after the datagram header. */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 8),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'y', 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { .len = 4, .filter = code };
	int server = bound(PORT), client = connected(PORT);
	long before = netns_counter("DropFilter");
	char c;

	CHECK(setsockopt(server, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			 sizeof(prog)) == 0);
	CHECK(send(client, "no", 2, 0) == 2);
	CHECK(send(client, "yes", 3, 0) == 3);
	CHECK(recv(server, &c, 1, 0) == 1 && c == 'y');
	CHECK(recv(server, &c, 1, MSG_DONTWAIT) == -1);
	CHECK(netns_counter("DropFilter") - before == 1);
	close(server);
	close(client);
}

static void timestamp_comes_with_the_message(void)
{
	char buf[8], control[CMSG_SPACE(sizeof(struct timeval))];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control) };
	int server = bound(PORT), client = connected(PORT), on = 1;
	struct cmsghdr *cmsg;

	CHECK(setsockopt(server, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on)) == 0);
	CHECK(send(client, "x", 1, 0) == 1);
	CHECK(recvmsg(server, &msg, 0) == 1);
	cmsg = CMSG_FIRSTHDR(&msg);
	CHECK(cmsg && cmsg->cmsg_level == SOL_SOCKET &&
	      cmsg->cmsg_type == SO_TIMESTAMP);
	close(server);
	close(client);
}

static void queue_sizes_by_ioctl(void)
{
	int server = bound(PORT), client = connected(PORT), n = -1;

	CHECK(ioctl(server, SIOCINQ, &n) == 0 && n == 0);
	CHECK(send(client, "abc", 3, 0) == 3);
	CHECK(ioctl(server, SIOCINQ, &n) == 0 && n == 3);
	CHECK(ioctl(client, SIOCOUTQ, &n) == 0 && n == 0);
	CHECK(ioctl(server, SIOCETHTOOL + 0x100, &n) == -1);
	close(server);
	close(client);
}

static void low_ports_need_a_capability(void)
{
	pid_t pid = fork();
	int fd, status;

	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		fd = dgram();
		_exit(!(bind_to(fd, NULL, 1023) == EACCES &&
			bind_to(fd, NULL, 1024) == 0));
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	fd = bound(80);
	close(fd);
}

static void two_messages_by_one_call(void)
{
	struct iovec iov[2] = { { "a", 1 }, { "bb", 2 } };
	struct mmsghdr out[2] = {
		{ .msg_hdr = { .msg_iov = &iov[0], .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &iov[1], .msg_iovlen = 1 } },
	};
	int server = bound(PORT), client = connected(PORT);
	char buf[4];

	CHECK(sendmmsg(client, out, 2, 0) == 2);
	CHECK(recv(server, buf, sizeof(buf), 0) == 1);
	CHECK(recv(server, buf, sizeof(buf), 0) == 2);
	close(server);
	close(client);
}

int main(void)
{
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	TAP_RUN(message_arrives_with_its_sender);
	TAP_RUN(empty_message_is_a_message);
	TAP_RUN(largest_message_passes_and_a_larger_one_does_not);
	TAP_RUN(peek_truncate_and_dontwait);
	TAP_RUN(scattered_message_is_one_message);
	TAP_RUN(poll_select_and_epoll_agree);
	TAP_RUN(nonblocking_and_timeout);
	TAP_RUN(ports_are_exclusive_unless_shared_by_both);
	TAP_RUN(best_match_gets_the_message);
	TAP_RUN(kernel_chooses_ports_from_its_range);
	TAP_RUN(connect_chooses_a_source_and_can_be_undone);
	TAP_RUN(connected_socket_hears_only_its_peer);
	TAP_RUN(refusal_reaches_a_connected_socket_once);
	TAP_RUN(shutdown_ends_both_directions);
	TAP_RUN(full_queue_drops_and_counts);
	TAP_RUN(send_buffer_limits);
	TAP_RUN(filter_decides_and_is_counted);
	TAP_RUN(timestamp_comes_with_the_message);
	TAP_RUN(queue_sizes_by_ioctl);
	TAP_RUN(low_ports_need_a_capability);
	TAP_RUN(two_messages_by_one_call);
	return tap_done();
}
