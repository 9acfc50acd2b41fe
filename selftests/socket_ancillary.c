// SPDX-License-Identifier: GPL-2.0
/*
 * Ancillary data: what sendmsg() may say about one message, what recvmsg() tells,
 * and what is refused, beside UDP over IPv6 where both have it.
 *
 * lab: --nodes 1 --nic none
 */
#include <net/if.h>
#include <stddef.h>
#include "sock.h"

#define PORT	4000

#ifndef SO_RCVMARK
#define SO_RCVMARK	75
#endif

static int weft;
static unsigned int us, them;

/* A message to a port of this node with one int that goes with it. */
static int send_int(int family, int fd, int level, int type, int val, size_t len)
{
	struct sock_name to = sock_loopback(family, PORT);

	int vals[2] = { val, 0 };

	return sock_send_with(fd, &to, "x", 1, level, type, vals, len);
}

static void hop_limit_and_class_of_one_message(void)
{
	int server = sock_bound(weft, PORT), fd = sock_dgram(weft);
	struct sock_message m;

	CHECK(!sock_set(server, SOL_WEFT, WEFT_RECVHOPLIMIT, 1));
	CHECK(!sock_set(server, SOL_WEFT, WEFT_RECVCLASS, 1));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_CLASS, 2));
	CHECK(send_int(weft, fd, SOL_WEFT, WEFT_HOP_LIMIT, 7, 4) == 1);
	CHECK(sock_receive(server, &m, 0) == 1);
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_HOP_LIMIT) == 7);
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_CLASS) == 2);
	CHECK(send_int(weft, fd, SOL_WEFT, WEFT_CLASS, 9, 4) == 1);
	CHECK(sock_receive(server, &m, 0) == 1);
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_HOP_LIMIT) == 64);
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_CLASS) == 9);
	CHECK(send_int(weft, fd, SOL_WEFT, WEFT_HOP_LIMIT, -1, 4) == 1);
	CHECK(send_int(weft, fd, SOL_WEFT, WEFT_CLASS, -1, 4) == 1);
	close(fd);
	close(server);
}

static void bad_values_are_refused_as_by_ipv6(void)
{
	static const struct { int val; size_t len; } cases[] = {
		{ 300, 4 }, { -2, 4 }, { 1, 2 }, { 1, 1 }, { 1, 8 },
	};
	int fd6 = sock_dgram(AF_INET6), fd = sock_dgram(weft), err6, err, i;

	for (i = 0; i < (int)(sizeof(cases) / sizeof(cases[0])); i++) {
		err6 = send_int(AF_INET6, fd6, SOL_IPV6, IPV6_HOPLIMIT,
				cases[i].val, cases[i].len);
		err = send_int(weft, fd, SOL_WEFT, WEFT_HOP_LIMIT, cases[i].val,
			       cases[i].len);
		if (err != err6)
			printf("# case %d: Weft %d, IPv6 %d\n", i, err, err6);
		CHECK(err == err6 && err == -EINVAL);
		err6 = send_int(AF_INET6, fd6, SOL_IPV6, IPV6_TCLASS,
				cases[i].val, cases[i].len);
		err = send_int(weft, fd, SOL_WEFT, WEFT_CLASS, cases[i].val,
			       cases[i].len);
		CHECK(err == err6 && err == -EINVAL);
		err6 = send_int(AF_INET6, fd6, SOL_SOCKET, SO_TXTIME,
				cases[i].val, cases[i].len);
		err = send_int(weft, fd, SOL_SOCKET, SO_TXTIME, cases[i].val,
			       cases[i].len);
		CHECK(err == err6 && err == -EINVAL);
	}
	CHECK(send_int(weft, fd, SOL_WEFT, WEFT_HOP_LIMIT, 0, 4) == -EINVAL);
	CHECK(send_int(weft, fd, SOL_WEFT, WEFT_HOP_LIMIT, 1 << 30, 4) == -EINVAL);
	CHECK(send_int(weft, fd, SOL_WEFT, WEFT_CLASS, 16, 4) == -EINVAL);
	CHECK(send_int(weft, fd, SOL_WEFT, 4711, 1, 4) == -EINVAL);
	CHECK(send_int(weft, fd, SOL_WEFT, WEFT_MTU, 1, 4) == -EINVAL);
	/* Levels of others are left alone, as IPv6 does. */
	CHECK(send_int(weft, fd, SOL_IPV6, IPV6_TCLASS, 1, 4) == 1);
	CHECK(send_int(AF_INET6, fd6, SOL_WEFT, WEFT_CLASS, 1, 4) == 1);
	close(fd);
	close(fd6);
}

static void a_cut_header_is_refused(void)
{
	char control[CMSG_SPACE(4)] __attribute__((aligned(8))) = {};
	struct sock_name to = sock_loopback(weft, PORT);
	struct iovec iov = { "x", 1 };
	struct msghdr msg = { .msg_name = &to.sa, .msg_namelen = to.len,
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c = (struct cmsghdr *)control;
	int fd = sock_dgram(weft);

	*c = (struct cmsghdr){ .cmsg_len = sizeof(*c) - 1,
			       .cmsg_level = SOL_WEFT,
			       .cmsg_type = WEFT_HOP_LIMIT };
	CHECK(sendmsg(fd, &msg, 0) == -1 && errno == EINVAL);
	c->cmsg_len = sizeof(control) + 1;
	CHECK(sendmsg(fd, &msg, 0) == -1 && errno == EINVAL);
	c->cmsg_len = sizeof(*c);
	CHECK(sendmsg(fd, &msg, 0) == -1 && errno == EINVAL);
	close(fd);
}

static int send_info(int fd, const struct sock_name *to, struct weft_addr addr,
		     unsigned int ifindex)
{
	struct weft_pktinfo info = { .addr = addr, .ifindex = ifindex };

	return sock_send_with(fd, to, "x", 1, SOL_WEFT, WEFT_PKTINFO, &info,
			      sizeof(info));
}

static void pktinfo_names_source_and_device(void)
{
	struct weft_addr any = {}, loop = WEFT_ADDR_LOOPBACK_INIT;
	struct weft_addr own = sock_link(0, 1, 0).weft.sweft_addr;
	struct weft_addr other = sock_link(0, 2, 0).weft.sweft_addr;
	struct weft_addr foreign = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
	struct weft_addr group = WEFT_ADDR_ALLNODES_INIT;
	struct sock_name to = sock_link(PORT, 2, 0), here = sock_loopback(weft, PORT);
	int server = sock_bound(weft, PORT), fd = sock_dgram(weft);
	const struct weft_pktinfo *got;
	struct sock_message m;

	CHECK(!sock_set(server, SOL_WEFT, WEFT_RECVPKTINFO, 1));
	/* The device makes up for the scope. */
	CHECK(sendto(fd, "x", 1, 0, &to.sa, to.len) == -1 && errno == EINVAL);
	CHECK(send_info(fd, &to, any, us) == 1);
	CHECK(sock_wait(server, POLLIN) && sock_receive(server, &m, 0) == 1);
	got = sock_cmsg(&m, SOL_WEFT, WEFT_PKTINFO);
	CHECK(got && got->ifindex == them &&
	      !memcmp(&got->addr, &to.weft.sweft_addr, 8));
	CHECK(!memcmp(&m.name.weft.sweft_addr, &own, 8));
	CHECK(m.name.weft.sweft_scope == them);
	to.weft.sweft_scope = us;
	CHECK(send_info(fd, &to, own, us) == 1);
	CHECK(send_info(fd, &to, own, 0) == 1);
	CHECK(send_info(fd, &to, any, them) == -EINVAL);
	CHECK(send_info(fd, &to, any, 4711) == -EINVAL);
	CHECK(send_info(fd, &here, any, 4711) == -ENODEV);
	CHECK(send_info(fd, &here, any, -1) == -ENODEV);
	/* Sources are addresses of the node, link-local ones of the device. */
	CHECK(send_info(fd, &to, other, us) == -EINVAL);
	CHECK(send_info(fd, &to, foreign, us) == -EINVAL);
	CHECK(send_info(fd, &to, group, us) == -EINVAL);
	CHECK(send_info(fd, &here, foreign, 0) == -EINVAL);
	CHECK(send_info(fd, &here, own, 0) == -EINVAL);
	CHECK(send_info(fd, &here, loop, 0) == 1);
	CHECK(send_info(fd, &to, loop, us) == -ENETUNREACH);
	close(fd);
	close(server);
}

static void loopback_pktinfo_is_like_ipv6(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT);
	int server6 = sock_bound(AF_INET6, PORT);
	int fd6 = sock_connected(AF_INET6, PORT);
	const struct weft_pktinfo *got;
	const struct in6_pktinfo *got6;
	struct sock_message m, m6;

	CHECK(!sock_set(server, SOL_WEFT, WEFT_RECVPKTINFO, 1));
	CHECK(!sock_set(server6, SOL_IPV6, IPV6_RECVPKTINFO, 1));
	CHECK(send(fd, "x", 1, 0) == 1 && send(fd6, "x", 1, 0) == 1);
	CHECK(sock_receive(server, &m, 0) == 1);
	CHECK(sock_receive(server6, &m6, 0) == 1);
	got = sock_cmsg(&m, SOL_WEFT, WEFT_PKTINFO);
	got6 = sock_cmsg(&m6, SOL_IPV6, IPV6_PKTINFO);
	CHECK(got && got6 && got->ifindex == got6->ipi6_ifindex);
	/* Peeking tells as much. */
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(sock_receive(server, &m, MSG_PEEK) == 1);
	CHECK(sock_cmsg(&m, SOL_WEFT, WEFT_PKTINFO));
	close(fd6);
	close(server6);
	close(fd);
	close(server);
}

/* Too little room for the data: MSG_CTRUNC, and the message all the same. */
static void room_for_ancillary_data(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT);
	char control[CMSG_SPACE(4) - 4], buf[4];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control) };

	CHECK(!sock_set(server, SOL_WEFT, WEFT_RECVPKTINFO, 1));
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(recvmsg(server, &msg, 0) == 1);
	CHECK(msg.msg_flags & MSG_CTRUNC);
	close(fd);
	close(server);
}

static void drops_are_told(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT), i;
	struct sock_message m;

	CHECK(!sock_set(server, SOL_SOCKET, SO_RXQ_OVFL, 1));
	CHECK(!sock_set(server, SOL_SOCKET, SO_RCVBUF, 2304));
	for (i = 0; i < 50; i++)
		CHECK(send(fd, "0123456789", 10, 0) == 10);
	while (sock_receive(server, &m, MSG_DONTWAIT) > 0)
		;
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(sock_receive(server, &m, 0) == 1);
	CHECK(sock_cmsg_int(&m, SOL_SOCKET, SO_RXQ_OVFL) > 0);
	close(fd);
	close(server);
}

/* The mark crosses the loopback device, and its receiver may ask for it. */
static void mark_needs_a_capability_and_is_set(void)
{
	int server = sock_bound(weft, PORT), fd, status, mark = 7;
	struct sock_name to = sock_loopback(weft, PORT);
	struct sock_message m;
	pid_t pid = fork();

	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		fd = sock_dgram(weft);
		_exit(sock_send_with(fd, &to, "x", 1, SOL_SOCKET, SO_MARK,
				     &mark, 4) != -EPERM);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	fd = sock_dgram(weft);
	CHECK(!sock_set(server, SOL_SOCKET, SO_RCVMARK, 1));
	CHECK(sock_send_with(fd, &to, "x", 1, SOL_SOCKET, SO_MARK, &mark, 4) == 1);
	CHECK(sock_receive(server, &m, 0) == 1);
	CHECK(sock_cmsg_int(&m, SOL_SOCKET, SO_MARK) == 7);
	CHECK(!sock_set(fd, SOL_SOCKET, SO_MARK, 8));
	CHECK(sendto(fd, "x", 1, 0, &to.sa, to.len) == 1);
	CHECK(sock_receive(server, &m, 0) == 1);
	CHECK(sock_cmsg_int(&m, SOL_SOCKET, SO_MARK) == 8);
	close(fd);
	close(server);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("ip link add us address 02:00:00:00:00:01 type veth peer name them") ||
	    netns_run("ip link set them address 02:00:00:00:00:02") ||
	    netns_run("ip link set them up") || netns_run("ip link set us up"))
		return 1;
	us = if_nametoindex("us");
	them = if_nametoindex("them");
	TAP_RUN(hop_limit_and_class_of_one_message);
	TAP_RUN(bad_values_are_refused_as_by_ipv6);
	TAP_RUN(a_cut_header_is_refused);
	TAP_RUN(pktinfo_names_source_and_device);
	TAP_RUN(loopback_pktinfo_is_like_ipv6);
	TAP_RUN(room_for_ancillary_data);
	TAP_RUN(drops_are_told);
	TAP_RUN(mark_needs_a_capability_and_is_set);
	return tap_done();
}
