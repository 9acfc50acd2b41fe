// SPDX-License-Identifier: GPL-2.0
/*
 * Large packets on their way between two namespaces, "oa" and "ob": where a link carries
 * them whole, where they are taken apart, and that the same bytes arrive in any case.
 *
 * lab: --nodes 1 --nic e1000 --nic e1000
 * timeout: 180
 */
#include "paths.h"

/* --- paths ------------------------------------------------------------------------ */

static void veth_carries_them(void)
{
	CHECK(path(VETH));
	seen("ob", "b0", ONE, ONE);
	CHECK(counter("oa", "FragCreates") == 0 && counter("ob", "ReasmReqds") == 0);
	CHECK(carry(65000, 1400, true) == 1);
	CHECK(carry(128, 1, false) == 128);
	CHECK(carry(65503, 65503, false) == 1);
	path_end();
}

static void veth_without_the_features(void)
{
	CHECK(path(VETH));
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx-udp-segmentation off"));
	seen("ob", "b0", ONE, SPLIT);
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx-sctp-segmentation off"));
	seen("ob", "b0", SPLIT, SPLIT);
	CHECK(counter("oa", "FragOKs") > 0);
	path_end();
}

static void veth_without_checksums(void)
{
	CHECK(path(VETH));
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx off >/dev/null"));
	seen("ob", "b0", SPLIT, SPLIT);
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 sg off >/dev/null"));
	seen("ob", "b0", SPLIT, SPLIT);
	CHECK(counter("ob", "DropChecksum") == 0);
	path_end();
}

#define BRIDGE \
	"ip -n oa link add a0 address 02:00:00:00:00:01 type veth peer name m1 netns om;" \
	"ip -n ob link add b0 address 02:00:00:00:00:02 type veth peer name m2 netns om;" \
	"ip -n om link add br0 type bridge; ip -n om link set br0 up;" \
	"for d in m1 m2; do ip -n om link set $d master br0 up; done;"

static void a_bridge_carries_them(void)
{
	CHECK(path(BRIDGE));
	seen("ob", "b0", ONE, ONE);
	CHECK(!netns_run("ip netns exec om ethtool -K m2 tx-sctp-segmentation off"));
	seen("om", "m1", ONE, ONE);
	seen("ob", "b0", SPLIT, SPLIT);
	CHECK(counter("oa", "FragCreates") == 0 && counter("om", "FragCreates") > 0);
	CHECK(!netns_run("ip netns exec om ethtool -K m2 tx off sg off >/dev/null"));
	seen("ob", "b0", SPLIT, SPLIT);
	path_end();
}

static void vlans_carry_them(void)
{
	CHECK(path(VETH
		   "ip -n oa link set a0 name a1 up; ip -n ob link set b0 name b1 up;"
		   "ip -n oa link add a0 link a1 type vlan id 5;"
		   "ip -n ob link add b0 link b1 type vlan id 5;"));
	seen("ob", "b1", ONE, ONE);
	CHECK(!netns_run("ip netns exec oa ethtool -K a1 tx-sctp-segmentation off"));
	seen("ob", "b1", SPLIT, SPLIT);
	CHECK(!netns_run("ip netns exec oa ethtool -K a1 tx-vlan-hw-insert off"));
	seen("ob", "b1", SPLIT, SPLIT);
	path_end();
}

static void a_nic_gets_frames(void)
{
	CHECK(path(NIC_A NIC_B));
	seen("oa", "a0", SPLIT, SPLIT);
	seen("ob", "b0", SPLIT, SPLIT);
	CHECK(counter("ob", "DropChecksum") == 0);
	nic_back("oa", "a0", "eth0", 0);
	nic_back("ob", "b0", "eth1", 1);
	path_end();
}

/* The source's link carries it whole, and a bridge brings it to a NIC. */
static void a_bridge_to_a_nic(void)
{
	CHECK(path("ip -n oa link add a0 address 02:00:00:00:00:01 type veth peer name m1 netns om;"
		   NIC_M NIC_B
		   "ip -n om link add br0 type bridge; ip -n om link set br0 up;"
		   "for d in m1 m2; do ip -n om link set $d master br0 up; done;"));
	CHECK(!netns_run(UNTIL("weft -n oa ping -c 1 fe80:200:0:2%a0")));
	seen("om", "m1", ONE, ONE);
	seen("ob", "b0", SPLIT, SPLIT);
	CHECK(counter("oa", "FragCreates") == 0 && counter("ob", "DropChecksum") == 0);
	nic_back("om", "m2", "eth0", 0);
	nic_back("ob", "b0", "eth1", 1);
	path_end();
}

/* --- gateways --------------------------------------------------------------------- */

static const struct weft_addr far = { { { 0, 7, 0, 2, 0, 0, 0, 2 } } };

static int sender_to(const struct weft_addr *addr, int discover)
{
	struct sock_name to = sock_any(weft, PORT);
	int fd;

	to.weft.sweft_addr = *addr;
	enter("oa");
	fd = sock_dgram(weft);
	CHECK(!sock_set(fd, SOL_SOCKET, SO_SNDBUFFORCE, 1 << 22));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_MTU_DISCOVER, discover));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_IF, if_nametoindex("a0")));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_HOPS, 2));
	CHECK(!connect(fd, &to.sa, to.len));
	return fd;
}

static int far_sender(int discover)
{
	return sender_to(&far, discover);
}

/* Sends @len bytes in datagrams of @size to the far side; they arrive. */
static void far_carry(int fd, int to, int len, int size)
{
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_SEGMENT, size < len ? size : 0));
	CHECK(send(fd, out, len, 0) == len);
	take(to, len, size);
}

static void a_gateway_forwards_them(void)
{
	struct capture c;
	int fd, to;

	CHECK(path(GATEWAY));
	fd = far_sender(WEFT_PMTUDISC_WANT);
	to = receiver(false);
	far_carry(fd, to, 100, 100);
	c = capture("ob", "b0");
	far_carry(fd, to, 60001, 60001);
	far_carry(fd, to, 20003, 501);
	capture_end(&c);
	CHECK(c.frames == 2 && c.longest == (int)HEADERS + 60001);
	CHECK(counter("om", "OutForwarded") >= 41);
	close(to);
	close(fd);
	path_end();
}

/* Waits until the namespace has counted so many. */
static bool counts(const char *ns, const char *name, long n)
{
	int i;

	for (i = 0; i < 100 && counter(ns, name) < n; i++)
		usleep(50000);
	return counter(ns, name) >= n;
}

/* A long packet's fragments would be too long for the next link, and so would a datagram. */
static void too_big_for_the_next_link(void)
{
	struct capture c;
	int fd, to;

	CHECK(path(GATEWAY "ip -n om link set m2 mtu 1000; ip -n ob link set b0 mtu 1000;"));
	to = receiver(false);
	fd = far_sender(WEFT_PMTUDISC_WANT);
	CHECK(send(fd, out, 60000, 0) == 60000);
	CHECK(counts("oa", "InTooBigs", 1));
	CHECK(counter("om", "DropTooBig") == 1);
	CHECK(recv(to, in, sizeof(in), MSG_DONTWAIT) == -1);
	c = capture("ob", "b0");
	far_carry(fd, to, 60001, 60001);
	far_carry(fd, to, 20003, 900);
	capture_end(&c);
	CHECK(c.frames == 2 && counter("om", "DropTooBig") == 1);
	CHECK(!netns_run("ip netns exec om ethtool -K m2 tx-sctp-segmentation off"));
	c = capture("ob", "b0");
	far_carry(fd, to, 60001, 60001);
	far_carry(fd, to, 20003, 900);
	capture_end(&c);
	CHECK(c.longest <= ETH_HLEN + 1000 && c.frames >= 60 + 23);
	close(fd);
	close(to);
	path_end();
}

static void a_train_that_is_too_big(void)
{
	int fd, to;

	CHECK(path(GATEWAY "ip -n om link set m2 mtu 1000; ip -n ob link set b0 mtu 1000;"));
	to = receiver(false);
	fd = far_sender(WEFT_PMTUDISC_WANT);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_SEGMENT, 1400));
	CHECK(send(fd, out, 14000, 0) == 14000);
	CHECK(counts("oa", "InTooBigs", 1));
	CHECK(counter("om", "DropTooBig") == 10);
	CHECK(send(fd, out, 14000, 0) == -1 && errno == EMSGSIZE);
	CHECK(recv(to, in, sizeof(in), MSG_DONTWAIT) == -1);
	close(fd);
	close(to);
	path_end();
}

/* The source lets gateways fragment: the next link decides what goes on it. */
static void a_gateway_makes_smaller_fragments(void)
{
	struct capture c;
	int fd, to;

	CHECK(path(GATEWAY "ip -n om link set m2 mtu 1000; ip -n ob link set b0 mtu 1000;"));
	to = receiver(false);
	fd = far_sender(WEFT_PMTUDISC_DONT);
	far_carry(fd, to, 100, 100);
	c = capture("ob", "b0");
	far_carry(fd, to, 60001, 60001);
	capture_end(&c);
	CHECK(c.frames == 1);
	CHECK(!netns_run("ip netns exec om ethtool -K m2 tx-sctp-segmentation off"));
	c = capture("ob", "b0");
	far_carry(fd, to, 60001, 60001);
	far_carry(fd, to, 14001, 1400);
	capture_end(&c);
	CHECK(c.longest <= ETH_HLEN + 1000 && c.frames > 60 + 20);
	CHECK(counter("om", "DropTooBig") == 0 && counter("oa", "InTooBigs") == 0);
	close(fd);
	close(to);
	path_end();
}

/* A member on the far side, of which the gateway has heard. */
static int group_receiver(const struct weft_addr *group)
{
	struct weft_group_req req = { .group = *group, .ifindex = ifindex("ob", "b0") };
	int to = receiver(false);

	CHECK(!setsockopt(to, SOL_WEFT, WEFT_GROUP_JOIN, &req, sizeof(req)));
	CHECK(!netns_run(UNTIL("weft -n om group listeners dev m2 | grep -q ^ff0e::9")));
	return to;
}

/* The same to a group: every next link has its own MTU. */
static void a_gateway_makes_smaller_fragments_for_a_group(void)
{
	static const struct weft_addr group = { { { 0xff, 0x0e, 0, 0, 0, 0, 0, 9 } } };
	struct capture c;
	int fd, to;

	CHECK(path(GATEWAY "ip -n om link set m2 mtu 1000; ip -n ob link set b0 mtu 1000;"));
	to = group_receiver(&group);
	fd = sender_to(&group, WEFT_PMTUDISC_DONT);
	c = capture("ob", "b0");
	far_carry(fd, to, 20000, 20000);
	capture_end(&c);
	CHECK(c.frames == 1);
	far_carry(fd, to, 14001, 1400);
	CHECK(!netns_run("ip netns exec om ethtool -K m2 tx-sctp-segmentation off"));
	c = capture("ob", "b0");
	far_carry(fd, to, 20000, 20000);
	far_carry(fd, to, 14001, 1400);
	capture_end(&c);
	CHECK(c.longest > ETH_HLEN + 900 && c.longest <= ETH_HLEN + 1000);
	CHECK(c.frames >= 20 + 20);
	CHECK(counter("om", "DropTooBig") == 0 && counter("oa", "InTooBigs") == 0);
	close(fd);
	fd = sender_to(&group, WEFT_PMTUDISC_WANT);
	far_carry(fd, to, 900, 900);
	CHECK(send(fd, out, 20000, 0) == 20000);
	CHECK(counts("om", "DropTooBig", 1));
	CHECK(counter("oa", "InTooBigs") == 0);
	close(fd);
	close(to);
	path_end();
}

/* --- merging ---------------------------------------------------------------------- */

/* Sends @n datagrams one by one; returns how many messages they came as. */
static int singles(int n, int size, bool merged)
{
	int to = receiver(merged), from = sender(), i, messages;
	struct mmsghdr mmsg[64] = {};
	struct iovec iov[64];

	for (i = 0; i < n; i++) {
		iov[i] = (struct iovec){ out + i * size, size };
		mmsg[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	CHECK(sendmmsg(from, mmsg, n, 0) == n);
	messages = take(to, n * size, size);
	close(from);
	close(to);
	return messages;
}

/*
 * Datagrams that a device brings together come as fewer messages where they are wanted
 * so, whatever their lengths, and as themselves elsewhere.
 */
static void merged_where_wanted(void)
{
	int i, least = 40;

	for (i = 0; i < 10 && least == 40; i++) {
		int n = carry(20003, 501, true);

		least = n < least ? n : least;
	}
	CHECK(least < 40);
	CHECK(carry(20003, 501, false) == 40);
	CHECK(carry(59999, 1467, true) <= 41);
	CHECK(carry(1001, 10, true) <= 101);
	CHECK(singles(40, 1000, false) == 40);
	CHECK(singles(40, 1000, true) <= 40);
	CHECK(carry(60001, 60001, true) == 1);
	CHECK(counter("ob", "DropChecksum") == 0);
}

static void a_nic_merges_datagrams(void)
{
	CHECK(path(NIC_A NIC_B));
	merged_where_wanted();
	CHECK(!netns_run("ip netns exec ob ethtool -K b0 gro off"));
	CHECK(carry(20003, 501, true) == 40);
	CHECK(!netns_run("ip netns exec ob ethtool -K b0 gro on"));
	nic_back("oa", "a0", "eth0", 0);
	nic_back("ob", "b0", "eth1", 1);
	path_end();
}

/* A bridge that merged them for nobody gives them to a NIC as they came. */
static void veth_merges_datagrams(void)
{
	CHECK(path(VETH));
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tso off tx-sctp-segmentation off"));
	CHECK(!netns_run("ip netns exec ob ethtool -K b0 gro on"));
	merged_where_wanted();
	path_end();
}

int main(void)
{
	path_init();
	TAP_RUN(veth_carries_them);
	TAP_RUN(veth_without_the_features);
	TAP_RUN(veth_without_checksums);
	TAP_RUN(a_bridge_carries_them);
	TAP_RUN(vlans_carry_them);
	TAP_RUN(a_nic_gets_frames);
	TAP_RUN(a_bridge_to_a_nic);
	TAP_RUN(a_gateway_forwards_them);
	TAP_RUN(too_big_for_the_next_link);
	TAP_RUN(a_train_that_is_too_big);
	TAP_RUN(a_gateway_makes_smaller_fragments);
	TAP_RUN(a_gateway_makes_smaller_fragments_for_a_group);
	TAP_RUN(a_nic_merges_datagrams);
	TAP_RUN(veth_merges_datagrams);
	return tap_done();
}
