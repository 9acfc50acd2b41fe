// SPDX-License-Identifier: GPL-2.0
/*
 * Socket options of the level SOL_WEFT beside their like in IPv6 and UDP: the same
 * values are taken, the same are refused with the same errno, and what was set is
 * what is read. Then what the options of both levels do to packets.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/udp.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include "sock.h"

#define PORT	4000

/* From headers that do not go together. */
#ifndef SOL_UDP
#define SOL_UDP		17
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND	78
#endif

static int weft;

/**
 * struct option - an option and its like
 * @name: WEFT_*
 * @level: of the other
 * @like: its name
 */
struct option {
	int name;
	int level;
	int like;
};

static const struct option options[] = {
	{ WEFT_CLASS, SOL_IPV6, IPV6_TCLASS },
	{ WEFT_MTU_DISCOVER, SOL_IPV6, IPV6_MTU_DISCOVER },
	{ WEFT_RECVPKTINFO, SOL_IPV6, IPV6_RECVPKTINFO },
	{ WEFT_RECVHOPLIMIT, SOL_IPV6, IPV6_RECVHOPLIMIT },
	{ WEFT_RECVCLASS, SOL_IPV6, IPV6_RECVTCLASS },
	{ WEFT_RECVERR, SOL_IPV6, IPV6_RECVERR },
	{ WEFT_FREEBIND, SOL_IPV6, IPV6_FREEBIND },
	{ WEFT_GROUP_IF, SOL_IPV6, IPV6_MULTICAST_IF },
	{ WEFT_GROUP_HOPS, SOL_IPV6, IPV6_MULTICAST_HOPS },
	{ WEFT_SEGMENT, SOL_UDP, UDP_SEGMENT },
	{ WEFT_HOP_LIMIT, SOL_IPV6, IPV6_UNICAST_HOPS },
};

#define N_OPTIONS	(sizeof(options) / sizeof(options[0]))

static void a_value_is_taken_or_refused_as_by_ipv6(void)
{
	static const int values[] = { -2, -1, 1, 255, 256, 65536, 4711 };
	int fd6, fd, err6, err;
	unsigned int i, j;

	for (i = 0; i < N_OPTIONS; i++) {
		const struct option *o = &options[i];

		for (j = 0; j < sizeof(values) / sizeof(values[0]); j++) {
			/* Classes have 4 bits. */
			if (o->name == WEFT_CLASS && values[j] == 255)
				continue;
			/* The interface index -1 is none. */
			if (o->name == WEFT_GROUP_IF && values[j] < 0)
				continue;
			fd6 = sock_dgram(AF_INET6);
			fd = sock_dgram(weft);
			err6 = sock_set(fd6, o->level, o->like, values[j]);
			err = sock_set(fd, SOL_WEFT, o->name, values[j]);
			if (err != err6)
				printf("# %d = %d: Weft gives %s, IPv6 %s\n",
				       o->name, values[j], strerror(err),
				       strerror(err6));
			CHECK(err == err6);
			close(fd6);
			close(fd);
		}
	}
}

static void what_was_set_is_read(void)
{
	int fd = sock_dgram(weft), fd6 = sock_dgram(AF_INET6);
	unsigned int i;

	for (i = 0; i < N_OPTIONS; i++) {
		const struct option *o = &options[i];
		int first = sock_get(fd, SOL_WEFT, o->name);
		int first6 = sock_get(fd6, o->level, o->like);

		if (first != first6)
			printf("# %d: Weft has %d, IPv6 %d\n", o->name, first,
			       first6);
		CHECK(first == first6);
		CHECK(!sock_set(fd, SOL_WEFT, o->name, 1));
		CHECK(sock_get(fd, SOL_WEFT, o->name) == 1);
		/* The loopback device may well be the interface for groups. */
		if (o->name == WEFT_HOP_LIMIT)
			continue;
		CHECK(!sock_set(fd, SOL_WEFT, o->name, 0));
		CHECK(sock_get(fd, SOL_WEFT, o->name) == 0);
	}
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_HOP_LIMIT, -1));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_HOP_LIMIT) == 64);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_HOPS, -1));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_GROUP_HOPS) == 1);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_CLASS, -1));
	CHECK(!sock_set(fd, SOL_SOCKET, SO_PRIORITY, 5));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_CLASS) == 5);
	close(fd);
	close(fd6);
}

static int set_raw(int fd, int level, int name, const void *val, socklen_t len)
{
	return setsockopt(fd, level, name, val, len) ? errno : 0;
}

static void lengths_and_pointers(void)
{
	int fd = sock_dgram(weft), fd6 = sock_dgram(AF_INET6);
	long val = 1;
	socklen_t len;
	unsigned int i;

	for (i = 0; i < N_OPTIONS; i++) {
		const struct option *o = &options[i];

		for (len = 0; len <= sizeof(val); len++)
			CHECK(set_raw(fd, SOL_WEFT, o->name, &val, len) ==
			      set_raw(fd6, o->level, o->like, &val, len));
		CHECK(set_raw(fd, SOL_WEFT, o->name, (void *)8, 4) == EFAULT);
		CHECK(set_raw(fd, SOL_WEFT, o->name, &val, -1) ==
		      set_raw(fd6, o->level, o->like, &val, -1));
		len = -1;
		CHECK(getsockopt(fd, SOL_WEFT, o->name, &val, &len) == -1 &&
		      errno == EINVAL);
		/* A value is cut to the room there is. */
		len = 1;
		CHECK(!getsockopt(fd, SOL_WEFT, o->name, &val, &len) && len == 1);
		len = 8;
		CHECK(!getsockopt(fd, SOL_WEFT, o->name, &val, &len) && len == 4);
		CHECK(getsockopt(fd, SOL_WEFT, o->name, (void *)8, &len) == -1 &&
		      errno == EFAULT);
	}
	close(fd);
	close(fd6);
}

static void options_that_a_socket_does_not_have(void)
{
	int fd = sock_dgram(weft), echo, i;
	static const int names[] = { 0, -1, 1000, WEFT_PKTINFO, WEFT_HDRINCL,
				     WEFT_CTL_FILTER, 0x7fffffff };

	for (i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++) {
		CHECK(sock_set(fd, SOL_WEFT, names[i], 1) == ENOPROTOOPT);
		CHECK(sock_get(fd, SOL_WEFT, names[i]) == -ENOPROTOOPT);
	}
	CHECK(sock_set(fd, SOL_WEFT, WEFT_MTU, 1500) == ENOPROTOOPT);
	CHECK(sock_set(fd, SOL_IPV6, IPV6_TCLASS, 1) == ENOPROTOOPT);
	CHECK(sock_get(fd, SOL_IPV6, IPV6_TCLASS) == -ENOPROTOOPT);
	echo = socket(weft, SOCK_DGRAM, WEFT_PROTO_CONTROL);
	CHECK(sock_set(echo, SOL_WEFT, WEFT_SEGMENT, 100) == ENOPROTOOPT);
	CHECK(sock_set(echo, SOL_WEFT, WEFT_HOP_LIMIT, 3) == 0);
	close(echo);
	close(fd);
}

static void mtu_is_that_of_the_way_to_the_peer(void)
{
	struct sock_name n = sock_link(PORT, 2, if_nametoindex("us"));
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = sock_dgram(weft);

	CHECK(sock_get(fd, SOL_WEFT, WEFT_MTU) == -ENOTCONN);
	CHECK(!connect(fd, &n.sa, n.len));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_MTU) == 1500);
	CHECK(!netns_run("ip link set us mtu 1300"));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_MTU) == 1300);
	CHECK(!netns_run("ip link set us mtu 1500"));
	CHECK(!connect(fd, &none, sizeof(none)));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_MTU) == -ENOTCONN);
	close(fd);
}

/* A message to ourselves, and what its receiver is told of it. */
static int hop_limit_and_class(int fd, int server, int *class)
{
	struct sock_name to = sock_loopback(weft, PORT);
	struct sock_message m;

	CHECK(sendto(fd, "x", 1, 0, &to.sa, to.len) == 1);
	CHECK(sock_receive(server, &m, 0) == 1);
	*class = sock_cmsg_int(&m, SOL_WEFT, WEFT_CLASS);
	return sock_cmsg_int(&m, SOL_WEFT, WEFT_HOP_LIMIT);
}

static void hop_limit_and_class_are_in_the_packets(void)
{
	int server = sock_bound(weft, PORT), fd = sock_dgram(weft), class;

	CHECK(!sock_set(server, SOL_WEFT, WEFT_RECVHOPLIMIT, 1));
	CHECK(!sock_set(server, SOL_WEFT, WEFT_RECVCLASS, 1));
	CHECK(hop_limit_and_class(fd, server, &class) == 64 && class == 0);
	CHECK(!sock_set(fd, SOL_SOCKET, SO_PRIORITY, 200));
	CHECK(hop_limit_and_class(fd, server, &class) == 64 && class == 15);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_HOP_LIMIT, 255));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_CLASS, 3));
	CHECK(hop_limit_and_class(fd, server, &class) == 255 && class == 3);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_HOP_LIMIT, -1));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_CLASS, -1));
	CHECK(hop_limit_and_class(fd, server, &class) == 64 && class == 15);
	CHECK(!sock_set(server, SOL_WEFT, WEFT_RECVHOPLIMIT, 0));
	CHECK(hop_limit_and_class(fd, server, &class) == -1 && class == 15);
	close(fd);
	close(server);
}

/* Of packets to groups, seen by the neighbour that they go to. */
static void groups_have_a_device_and_hops_of_their_own(void)
{
	struct sock_name all = sock_any(weft, PORT);
	int server = sock_bound(weft, PORT), fd = sock_dgram(weft);
	struct sock_message m;

	all.weft.sweft_addr = (struct weft_addr)WEFT_ADDR_ALLNODES_INIT;
	CHECK(!sock_set(server, SOL_WEFT, WEFT_RECVHOPLIMIT, 1));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_HOP_LIMIT, 99));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_LOOP, 0));
	CHECK(sendto(fd, "x", 1, 0, &all.sa, all.len) == -1 && errno == EINVAL);
	CHECK(sock_set(fd, SOL_WEFT, WEFT_GROUP_IF, 4711) == ENODEV);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_IF, if_nametoindex("us")));
	CHECK(sendto(fd, "x", 1, 0, &all.sa, all.len) == 1);
	CHECK(sock_wait(server, POLLIN));
	CHECK(sock_receive(server, &m, MSG_DONTWAIT) == 1);
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_HOP_LIMIT) == 1);
	CHECK(m.name.weft.sweft_scope == if_nametoindex("them"));
	/* With no hop at all it goes nowhere. */
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_HOPS, 0));
	CHECK(sendto(fd, "y", 1, 0, &all.sa, all.len) == 1);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_HOPS, 9));
	CHECK(sendto(fd, "z", 1, 0, &all.sa, all.len) == 1);
	CHECK(sock_wait(server, POLLIN));
	CHECK(sock_receive(server, &m, MSG_DONTWAIT) == 1 && m.data[0] == 'z');
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_HOP_LIMIT) == 9);
	/* A socket of one device has no groups on another. */
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "us", 3));
	CHECK(sock_set(fd, SOL_WEFT, WEFT_GROUP_IF, if_nametoindex("them")) ==
	      EINVAL);
	close(fd);
	close(server);
}

static void freebind_binds_before_the_address_is_here(void)
{
	struct sock_name n = sock_any(weft, PORT), to = sock_loopback(weft, PORT + 1);
	int fd = sock_dgram(weft);

	n.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
	CHECK(bind(fd, &n.sa, n.len) == -1 && errno == EADDRNOTAVAIL);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_FREEBIND, 1));
	CHECK(!bind(fd, &n.sa, n.len));
	/* But nobody sends from an address that is not his. */
	CHECK(sendto(fd, "x", 1, 0, &to.sa, to.len) == -1 &&
	      errno == EADDRNOTAVAIL);
	close(fd);
	fd = sock_dgram(weft);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_FREEBIND, 1));
	n.weft.sweft_addr = (struct weft_addr)WEFT_ADDR_ALLNODES_INIT;
	n.weft.sweft_scope = if_nametoindex("us");
	CHECK(!bind(fd, &n.sa, n.len));
	close(fd);
}

/* Both families give the same, or the same error. */
static void socket_level_is_alike(void)
{
	static const int names[] = { SO_TYPE, SO_PROTOCOL, SO_REUSEADDR,
		SO_REUSEPORT, SO_SNDBUF, SO_RCVBUF, SO_RCVLOWAT, SO_PRIORITY,
		SO_MARK, SO_BUSY_POLL, SO_INCOMING_CPU, SO_PEEK_OFF,
		SO_SELECT_ERR_QUEUE, SO_BROADCAST, SO_DONTROUTE, SO_NO_CHECK,
		SO_ACCEPTCONN, SO_RXQ_OVFL, SO_ERROR };
	int fd6 = sock_dgram(AF_INET6), fd = sock_dgram(weft), v6, v;
	unsigned int i;

	CHECK(sock_get(fd, SOL_SOCKET, SO_DOMAIN) == weft);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		v6 = sock_get(fd6, SOL_SOCKET, names[i]);
		v = sock_get(fd, SOL_SOCKET, names[i]);
		if (v != v6)
			printf("# get %d: Weft %d, IPv6 %d\n", names[i], v, v6);
		CHECK(v == v6);
		/* The core keeps SO_REUSEPORT to IP: WEFT_REUSEPORT. */
		if (names[i] == SO_REUSEPORT)
			continue;
		v6 = sock_set(fd6, SOL_SOCKET, names[i], 2);
		v = sock_set(fd, SOL_SOCKET, names[i], 2);
		if (v != v6)
			printf("# set %d: Weft %d, IPv6 %d\n", names[i], v, v6);
		CHECK(v == v6);
		CHECK(sock_get(fd6, SOL_SOCKET, names[i]) ==
		      sock_get(fd, SOL_SOCKET, names[i]));
	}
	CHECK(sock_set(fd, SOL_SOCKET, SO_REUSEPORT, 1) == EOPNOTSUPP);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_REUSEPORT, 1));
	CHECK(sock_get(fd, SOL_SOCKET, SO_REUSEPORT) == 1);
	close(fd);
	close(fd6);
}

/* Peeks that go on, and start again where reading took something away. */
static void peek_offset(int family)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	struct sock_message m;
	char buf[8];

	CHECK(!sock_set(server, SOL_SOCKET, SO_PEEK_OFF, 0));
	CHECK(send(fd, "abcdef", 6, 0) == 6);
	CHECK(send(fd, "", 0, 0) == 0);
	CHECK(send(fd, "gh", 2, 0) == 2);
	CHECK(recv(server, buf, 2, MSG_PEEK) == 2 && !memcmp(buf, "ab", 2));
	CHECK(recv(server, buf, 2, MSG_PEEK) == 2 && !memcmp(buf, "cd", 2));
	CHECK(sock_get(server, SOL_SOCKET, SO_PEEK_OFF) == 4);
	CHECK(recv(server, buf, 8, MSG_PEEK) == 2 && !memcmp(buf, "ef", 2));
	CHECK(recv(server, buf, 8, MSG_PEEK) == 0);
	CHECK(recv(server, buf, 8, MSG_PEEK) == 2 && !memcmp(buf, "gh", 2));
	CHECK(recv(server, buf, 8, MSG_PEEK | MSG_DONTWAIT) == -1);
	CHECK(sock_receive(server, &m, 0) == 6);
	CHECK(sock_get(server, SOL_SOCKET, SO_PEEK_OFF) == 2);
	CHECK(sock_receive(server, &m, 0) == 0);
	CHECK(sock_receive(server, &m, 0) == 2);
	CHECK(sock_get(server, SOL_SOCKET, SO_PEEK_OFF) == 0);
	close(fd);
	close(server);
}

static void peek_offsets_are_alike(void)
{
	peek_offset(AF_INET6);
	peek_offset(weft);
}

/* Bound to another device after bind(): hears that one alone. */
static void a_device_after_bind(void)
{
	struct sock_name to = sock_link(PORT, 2, if_nametoindex("us"));
	int server = sock_bound(weft, PORT), fd = sock_dgram(weft);
	struct sock_message m;

	CHECK(!setsockopt(server, SOL_SOCKET, SO_BINDTODEVICE, "them", 5));
	CHECK(sendto(fd, "l", 1, 0, &to.sa, to.len) == 1);
	CHECK(sock_wait(server, POLLIN));
	CHECK(sock_receive(server, &m, MSG_DONTWAIT) == 1);
	to = sock_loopback(weft, PORT);
	CHECK(sendto(fd, "l", 1, 0, &to.sa, to.len) == 1);
	CHECK(sock_receive(server, &m, MSG_DONTWAIT) == -EAGAIN);
	CHECK(!setsockopt(server, SOL_SOCKET, SO_BINDTODEVICE, "", 0));
	CHECK(sendto(fd, "l", 1, 0, &to.sa, to.len) == 1);
	CHECK(sock_receive(server, &m, 0) == 1);
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
	TAP_RUN(a_value_is_taken_or_refused_as_by_ipv6);
	TAP_RUN(what_was_set_is_read);
	TAP_RUN(lengths_and_pointers);
	TAP_RUN(options_that_a_socket_does_not_have);
	TAP_RUN(mtu_is_that_of_the_way_to_the_peer);
	TAP_RUN(hop_limit_and_class_are_in_the_packets);
	TAP_RUN(groups_have_a_device_and_hops_of_their_own);
	TAP_RUN(freebind_binds_before_the_address_is_here);
	TAP_RUN(socket_level_is_alike);
	TAP_RUN(peek_offsets_are_alike);
	TAP_RUN(a_device_after_bind);
	return tap_done();
}
