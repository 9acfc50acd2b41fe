/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Large packets on their way between two namespaces, "oa" and "ob", with "om" between
 * them: made, sent and looked at.
 */
#ifndef PATHS_H
#define PATHS_H

#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdbool.h>
#include "sock.h"

#define PORT		4000
#define HEADERS		(ETH_HLEN + sizeof(struct weft_hdr) + \
			 sizeof(struct weft_dgram_hdr))
#define FRAME_MAX	(ETH_HLEN + 1500)

static int weft;
static char out[65536], in[65536];
static int home;

/* --- namespaces ------------------------------------------------------------------- */

static inline void enter(const char *ns)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY);
	CHECK(fd >= 0 && !setns(fd, CLONE_NEWNET));
	close(fd);
}

static inline int ifindex(const char *ns, const char *dev)
{
	enter(ns);
	return if_nametoindex(dev);
}

/* Waits until the device at each end has its address. */
static inline bool ready(const char *ns, int last)
{
	char buf[8192], want[32];
	int i;

	enter(ns);
	snprintf(want, sizeof(want), "fe8002000000000%d", last);
	for (i = 0; i < 100; i++) {
		netns_read("weft/addr", buf, sizeof(buf));
		if (strstr(buf, want))
			return true;
		usleep(50000);
	}
	return false;
}

/* New namespaces, and what @commands makes of them: devices a0 in oa and b0 in ob. */
static inline bool path(const char *commands)
{
	CHECK(!setns(home, CLONE_NEWNET));
	return !netns_run("for n in oa ob om; do ip netns add $n; ip -n $n link set lo up; done") &&
	       !netns_run(commands) &&
	       !netns_run("ip -n oa link set a0 up; ip -n ob link set b0 up") &&
	       ready("oa", 1) && ready("ob", 2);
}

static inline void path_end(void)
{
	CHECK(!netns_run("for n in oa ob om; do ip netns del $n; done"));
}

#define VETH \
	"ip -n oa link add a0 address 02:00:00:00:00:01 type veth " \
	"peer name b0 address 02:00:00:00:00:02 netns ob;"

#define UNTIL(command) \
	"timeout 60 sh -c \"until " command "; do sleep 0.1; done\" >&2"

/* The cards of the guest as ends of the path, or as the bridge's second port. */
#define NIC_A \
	"ip link set eth0 down; ip link set eth0 netns oa;" \
	"ip -n oa link set eth0 name a0 address 02:00:00:00:00:01;"
#define NIC_M \
	"ip link set eth0 down; ip link set eth0 netns om;" \
	"ip -n om link set eth0 name m2 address 02:00:00:00:00:03;"
#define NIC_B \
	"ip link set eth1 down; ip link set eth1 netns ob;" \
	"ip -n ob link set eth1 name b0 address 02:00:00:00:00:02;"

/* Back to what other tests expect. */
static inline void nic_back(const char *ns, const char *name, const char *nic, int mac)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "N='ip -n %s link set'; $N %s down; $N %s address 52:54:00:57:01:%02d;"
		 "$N %s name %s; $N %s netns 1",
		 ns, name, name, mac, name, nic, nic);
	CHECK(!netns_run(command));
}

#define GATEWAY \
	"ip -n oa link add a0 address 02:00:00:00:00:01 type veth peer name m1 netns om;" \
	"ip -n ob link add b0 address 02:00:00:00:00:02 type veth peer name m2 netns om;" \
	"for d in m1 m2; do ip -n om link set $d up; done;" \
	"ip -n oa link set a0 up; ip -n ob link set b0 up;" \
	"ip netns exec om sysctl -qw net.weft.forwarding=1;" \
	"weft -n oa addr add 7:1::1/32 dev a0 nodad; weft -n om addr add 7:1::fe/32 dev m1 nodad;" \
	"weft -n om addr add 7:2::fe/32 dev m2 nodad; weft -n ob addr add 7:2::2/32 dev b0 nodad;" \
	"weft -n oa route add default via 7:1::fe; weft -n ob route add default via 7:2::fe;"

/* --- captures --------------------------------------------------------------------- */

/**
 * struct capture - what crosses a device
 * @fd: packet socket
 * @frames: how many
 * @longest: bytes of the longest with its link-layer header
 */
struct capture {
	int fd;
	int frames;
	int longest;
};

static inline struct capture capture(const char *ns, const char *dev)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = ifindex(ns, dev) };
	struct capture c = { .fd = socket(AF_PACKET, SOCK_RAW, 0) };

	CHECK(!sock_set(c.fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22));
	CHECK(ll.sll_ifindex && !bind(c.fd, (struct sockaddr *)&ll, sizeof(ll)));
	return c;
}

static inline void capture_end(struct capture *c)
{
	struct ethhdr eth;
	int n;

	while ((n = recv(c->fd, &eth, sizeof(eth), MSG_DONTWAIT | MSG_TRUNC)) > 0) {
		if (ntohs(eth.h_proto) != WEFT_ETHERTYPE_DEFAULT || n < 200)
			continue;
		c->frames++;
		c->longest = n > c->longest ? n : c->longest;
	}
	close(c->fd);
}

/* --- messages --------------------------------------------------------------------- */

static inline int receiver(bool merged)
{
	int fd;

	enter("ob");
	fd = sock_bound(weft, PORT);
	CHECK(!sock_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_COALESCE, merged));
	return fd;
}

static inline int sender(void)
{
	struct sock_name to;
	int fd;

	enter("oa");
	to = sock_link(PORT, 2, if_nametoindex("a0"));
	fd = sock_dgram(weft);
	CHECK(!sock_set(fd, SOL_SOCKET, SO_SNDBUFFORCE, 1 << 22));
	CHECK(!connect(fd, &to.sa, to.len));
	return fd;
}

/* Takes what one message became. Returns how many messages it came as. */
static inline int take(int fd, int len, int size)
{
	int at = 0, messages = 0, n;

	while (at < len && sock_wait(fd, POLLIN) & POLLIN) {
		n = recv(fd, in, sizeof(in), 0);
		CHECK(n > 0 && n <= len - at && (n % size == 0 || at + n == len));
		if (n <= 0 || n > len - at || memcmp(in, out + at, n)) {
			CHECK(!"the same bytes");
			break;
		}
		at += n;
		messages++;
	}
	CHECK(at == len);
	return messages;
}

/* Sends @len bytes in datagrams of @size. Returns how many messages came. */
static inline int carry(int len, int size, bool merged)
{
	int to = receiver(merged), from = sender(), messages;

	CHECK(!sock_set(from, SOL_WEFT, WEFT_SEGMENT, size < len ? size : 0));
	CHECK(send(from, out, len, 0) == len);
	messages = take(to, len, size);
	CHECK(recv(to, in, sizeof(in), MSG_DONTWAIT) == -1);
	close(from);
	close(to);
	return messages;
}

enum { ONE = 1, SPLIT = 0 };

/*
 * A long packet and trains from end to end, seen on a device: whole, or as frames of
 * the MTU at most.
 */
static inline void seen_there(const char *ns, const char *dev, int whole, int train, int mtu)
{
	struct capture c = capture(ns, dev);

	CHECK(carry(60001, 60001, false) == 1);
	capture_end(&c);
	CHECK(c.longest == (whole ? (int)HEADERS + 60001 : ETH_HLEN + mtu) ||
	      (!whole && c.longest > mtu - 8 && c.longest <= ETH_HLEN + mtu));
	CHECK(whole ? c.frames == 1 : c.frames > 60001 / mtu);

	c = capture(ns, dev);
	CHECK(carry(20003, 501, false) == 40);
	capture_end(&c);
	CHECK(c.longest == (int)HEADERS + (train ? 20003 : 501));
	CHECK(c.frames == (train ? 1 : 40));
	if (train && !strcmp(ns, "ob"))
		CHECK(carry(20003, 501, true) == 1);
}

static inline void seen(const char *ns, const char *dev, int whole, int train)
{
	seen_there(ns, dev, whole, train, 1500);
}

static inline long counter(const char *ns, const char *name)
{
	enter(ns);
	return netns_counter(name);
}

/* Before all else. */
static inline void path_init(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = i * 7 + i / 251;
	weft = netns_weft_family();
	home = open("/proc/self/ns/net", O_RDONLY);
}

#endif /* PATHS_H */
