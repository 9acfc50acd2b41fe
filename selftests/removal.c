// SPDX-License-Identifier: GPL-2.0
/*
 * Devices and namespaces that go while something is under way: addresses that are not
 * yet in use, fragments that wait for the rest, paths that were learned, sockets that
 * are bound and connected, packets that are sent, received and forwarded. Nothing of
 * them is left, and the rest goes on. (neigh_removal.c has neighbours in each state.)
 *
 * lab: --nodes 1 --nic none
 * timeout: 200
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include "sock.h"
#include "wire.h"

#define PORT	7000
#define ROUNDS	3

static int weft, home;

/* Runs commands in the shell; the test goes on if one fails, and has failed. */
#define RUN(commands)	CHECK(!netns_run("set -e; " commands))

/* This namespace and "far" with a veth pair, and an address at both ends. */
static void make_link(void)
{
	RUN("ip link add near type veth peer name far netns far;"
	    "ip link set near address 02:00:00:00:00:01 up;"
	    "ip -n far link set far address 02:00:00:00:00:02 up;"
	    "weft addr add 7::1/16 dev near nodad;"
	    "weft -n far addr add 7::2/16 dev far nodad");
}

static int nothing_left(const char *file)
{
	char buf[4096];

	netns_read(file, buf, sizeof(buf));
	return !strstr(buf, "0007");
}

static struct sock_name peer(int port)
{
	struct sock_name n = sock_any(weft, port);

	n.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, 0, 2 } } };
	return n;
}

/* Probes are still to be sent, or an answer is waited for. */
static void tentative_addresses(void)
{
	long probes = netns_counter("OutNeighSolicits");

	RUN("ip link add near type veth peer name far; ip link set near up;"
	    "ip link set far up; sysctl -qw net.weft.dad_transmits=3;"
	    "weft addr add 7::1/16 dev near; weft addr add 7::2/16 dev near;"
	    "weft addr show dev near | grep -q tentative");
	while (netns_counter("OutNeighSolicits") == probes)
		usleep(1000);
	RUN("weft addr show dev near | grep -q tentative; ip link del near;"
	    "sysctl -qw net.weft.dad_transmits=1");
	CHECK(nothing_left("weft/addr"));
	RUN("ip netns add brief; ip -n brief link add near type veth peer name far;"
	    "ip -n brief link set near up; weft -n brief addr add 7::1/16 dev near;"
	    "ip netns del brief");
}

/* First halves of packets: their time ends when the device is long gone. */
static void fragments_that_wait(void)
{
	struct wire_frame f = {
		.eth = { .h_dest = WIRE_MAC(1), .h_source = WIRE_MAC(2),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4, .hop_limit = 64,
			 .next = WEFT_PROTO_FRAGMENT, .len = htons(24 + 520),
			 .src = { { { 0, 7, 0, 0, 0, 0, 0, 2 } } },
			 .dst = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } } },
		.len = sizeof(f.eth) + 24 + 520,
	};
	struct weft_frag_hdr frag = { .next = WEFT_PROTO_CONTROL,
				      .offset = htons(WEFT_FRAG_MORE) };
	long times = netns_counter("DropFragTime"), reqds = netns_counter("ReasmReqds");
	int i;

	make_link();
	RUN("sysctl -qw net.weft.frag_time=1");
	CHECK(!netns_join("far"));
	CHECK(!wire_open("far"));
	CHECK(!setns(home, CLONE_NEWNET));
	for (i = 0; i < 10; i++) {
		frag.id = htonl(0x10000 + i);
		memcpy(f.body, &frag, sizeof(frag));
		wire_put(&f);
	}
	while (netns_counter("ReasmReqds") < reqds + 10)
		usleep(1000);
	RUN("ip link del near");
	while (netns_counter("DropFragTime") < times + 10)
		usleep(1000);
	close(wire_fd);
}

/* What was learned about a path is forgotten with the device that leads there. */
static void learned_paths(void)
{
	make_link();
	RUN("ip netns exec far sysctl -qw net.weft.forwarding=1;"
	    "ip -n far link add narrow type veth peer name end; ip -n far link set narrow mtu 1000;"
	    "ip -n far link set narrow up; ip -n far link set end up;"
	    "weft -n far addr add 8::1/32 dev narrow nodad; weft route add 8::/32 via 7::2;"
	    "weft ping -q -c 1 -W 1 -s 1200 8::2 >/dev/null || :;"
	    "weft route get 8::2 | grep -q 'mtu 1000'; ip link del near;"
	    "! weft route get 8::2 2>/dev/null");
	make_link();
	RUN("weft route add 8::/32 via 7::2; ! weft route get 8::2 | grep -q mtu;"
	    "ip -n far link del narrow; ip link del near");
}

/* A socket outlives its device, and is not moved to another of its name. */
static void sockets(void)
{
	struct sock_name to = peer(PORT), any = sock_any(weft, PORT);
	int bound, tied, connected, err;
	char c;

	make_link();
	bound = sock_dgram(weft);
	any.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
	CHECK(!bind(bound, &any.sa, any.len));
	tied = sock_dgram(weft);
	CHECK(!setsockopt(tied, SOL_SOCKET, SO_BINDTODEVICE, "near", 4));
	connected = sock_dgram(weft);
	CHECK(!connect(connected, &to.sa, to.len));
	CHECK(sendto(bound, "x", 1, 0, &to.sa, to.len) == 1);
	CHECK(sendto(tied, "x", 1, 0, &to.sa, to.len) == 1);
	CHECK(send(connected, "x", 1, 0) == 1);

	RUN("ip link del near");
	CHECK(sendto(bound, "x", 1, 0, &to.sa, to.len) < 0 && errno == ENETUNREACH);
	CHECK(sendto(tied, "x", 1, 0, &to.sa, to.len) < 0 &&
	      (errno == ENETUNREACH || errno == ENODEV));
	/* Nobody answered before the device went: that is told first. */
	err = send(connected, "x", 1, 0) < 0 ? errno : 0;
	if (err != ENETUNREACH)
		err = send(connected, "x", 1, 0) < 0 ? errno : 0;
	CHECK(err == ENETUNREACH);
	CHECK(recv(connected, &c, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);

	make_link();
	CHECK(send(connected, "x", 1, 0) == 1);
	CHECK(sendto(bound, "x", 1, 0, &to.sa, to.len) == 1);
	CHECK(sendto(tied, "x", 1, 0, &to.sa, to.len) < 0);
	RUN("ip link del near");
	close(bound);
	close(tied);
	close(connected);
}

/* --- traffic --------------------------------------------------------------------------- */

/* A process that sends datagrams, long ones too, from where we are to @to, for ever. */
static pid_t traffic(struct sock_name to)
{
	static char data[5000];
	pid_t pid = fork();
	int fd, i;

	if (pid)
		return pid;
	fd = sock_dgram(weft);
	for (i = 0;; i++) {
		sendto(fd, data, i % 8 ? 100 : sizeof(data), MSG_DONTWAIT, &to.sa, to.len);
		/* Errors of the device that is not there come and go. */
		sock_get(fd, SOL_SOCKET, SO_ERROR);
		if (i % 16 == 0)
			usleep(1000);
	}
}

/* Waits until more of these have been counted here. */
static void wait_for_more(const char *pattern)
{
	long n = netns_counter(pattern) + 50;
	int i;

	for (i = 0; i < 10000 && netns_counter(pattern) < n; i++)
		usleep(1000);
	CHECK(netns_counter(pattern) >= n);
}

/* Either end of the pair, by turns, while both send. */
static void packets_sent_and_received(void)
{
	struct sock_name to = peer(PORT), back = peer(PORT);
	pid_t there, here;
	int i;

	back.weft.sweft_addr.a8[7] = 1;
	make_link();
	here = traffic(to);
	CHECK(!netns_join("far"));
	there = traffic(back);
	CHECK(!setns(home, CLONE_NEWNET));
	for (i = 0; i < ROUNDS; i++) {
		wait_for_more("InReceives");
		wait_for_more("OutRequests");
		CHECK(!netns_run(i % 2 ? "ip link del near" : "ip -n far link del far"));
		CHECK(nothing_left("weft/addr") && nothing_left("weft/neigh"));
		make_link();
	}
	CHECK(!netns_kill(here));
	CHECK(!netns_kill(there));
	RUN("weft ping -q -c 1 7::2 >/dev/null; ip link del near");
}

/* The device that a router sends by, and then the router's whole namespace. */
static void packets_forwarded(void)
{
	struct sock_name to = peer(PORT);
	pid_t sender;
	int i;

	to.weft.sweft_addr = (struct weft_addr){ { { 0, 9, 0, 0, 0, 0, 0, 2 } } };
	for (i = 0; i < ROUNDS; i++) {
		RUN("ip netns add router; ip netns exec router sysctl -qw net.weft.forwarding=1;"
		    "ip link add near type veth peer name r1 netns router;"
		    "ip -n router link add r2 type veth peer name far netns far;"
		    "ip link set near up; ip -n router link set r1 up;"
		    "ip -n router link set r2 up; ip -n far link set far up;"
		    "weft addr add 7::1/16 dev near nodad; weft -n router addr add 7::2/16 dev r1 nodad;"
		    "weft -n router addr add 9::1/16 dev r2 nodad;"
		    "weft -n far addr add 9::2/16 dev far nodad;"
		    "weft -n far route add default via 9::1; weft route add 9::/16 via 7::2");
		sender = traffic(to);
		CHECK(!netns_join("far"));
		wait_for_more("InReceives");
		if (i % 2)
			RUN("ip -n router link del r2");
		CHECK(!setns(home, CLONE_NEWNET));
		wait_for_more("OutRequests");
		RUN("ip netns del router");
		CHECK(!netns_kill(sender));
		/* The end of a namespace takes its devices away in its own time. */
		RUN("while ip link show near >/dev/null 2>&1; do sleep 0.01; done;"
		    "while ip -n far link show far >/dev/null 2>&1; do sleep 0.01; done");
		CHECK(nothing_left("weft/addr"));
	}
}

/*
 * A namespace goes while others send to it and it sends to them: it has no name any more,
 * and its last process is killed.
 */
static void namespaces(void)
{
	struct sock_name to = peer(PORT), back = peer(PORT);
	pid_t here, there;
	int i;

	back.weft.sweft_addr.a8[7] = 1;
	for (i = 0; i < ROUNDS; i++) {
		make_link();
		here = traffic(to);
		CHECK(!netns_join("far"));
		there = traffic(back);
		CHECK(!setns(home, CLONE_NEWNET));
		RUN("ip netns del far; ip netns add far; ip -n far link set lo up");
		wait_for_more("OutRequests");
		wait_for_more("InReceives");
		CHECK(!netns_kill(there));
		RUN("while ip link show near >/dev/null 2>&1; do sleep 0.01; done");
		CHECK(!netns_kill(here));
		CHECK(nothing_left("weft/addr") && nothing_left("weft/neigh"));
	}
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() ||
	    netns_run("ip netns add far && ip link set lo up && ip -n far link set lo up"))
		return 1;
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	TAP_RUN(tentative_addresses);
	TAP_RUN(fragments_that_wait);
	TAP_RUN(learned_paths);
	TAP_RUN(sockets);
	TAP_RUN(packets_sent_and_received);
	TAP_RUN(packets_forwarded);
	TAP_RUN(namespaces);
	netns_run("ip netns del far");
	return tap_done();
}
