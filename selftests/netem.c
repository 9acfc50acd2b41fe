// SPDX-License-Identifier: GPL-2.0
/*
 * Bad links: datagrams with a number and a content of their own cross a link that loses,
 * disorders, doubles and changes them, alone and before a router. What comes is right and
 * comes no more often than the link doubled it; what does not come was lost by the link or
 * is in the counters, frame by frame. Long datagrams and neighbours' messages, too.
 *
 * Chance decides here, and netem of 6.1 takes no seed: each bound is at least five
 * standard deviations away from what is expected, odds below one in a million.
 *
 * lab: --nodes 1 --nic none
 * timeout: 120
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include "sock.h"
#include "rtnl.h"

#define PORT		7000
#define DATAGRAMS	1000
#define SIZE		512
#define LONG_DATAGRAMS	60
#define LONG_SIZE	20000

/**
 * struct datagram - what is sent
 * @number: which of a flow it is
 * @flow: which flow
 * @content: bytes that follow from both
 */
struct datagram {
	unsigned int number;
	unsigned int flow;
	unsigned char content[LONG_SIZE];
};

/**
 * struct flow - what became of the datagrams of one flow
 * @sent: how many were sent
 * @wrong: how many came with another content, length or number
 * @total: how many came
 * @distinct: how many of them for the first time
 * @thrice: how many came more than twice
 * @late: how many came after one with a higher number
 * @came: how often each came
 */
struct flow {
	int sent, wrong, total, distinct, thrice, late;
	unsigned char came[DATAGRAMS];
};

static int weft, from, to, mvrp;
static unsigned int flow_id;

/* --- namespaces ------------------------------------------------------------------ */

static long counter(const char *ns, const char *pattern)
{
	CHECK(!netns_join(ns));
	return netns_counter(pattern);
}

static int socket_in(const char *ns, int port)
{
	int fd;

	CHECK(!netns_join(ns));
	fd = sock_bound(weft, port);
	CHECK(!sock_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20));
	CHECK(!sock_set(fd, SOL_SOCKET, SO_SNDBUFFORCE, 64 << 20));
	return fd;
}

/* --- flows -------------------------------------------------------------------------- */

static void fill(struct datagram *d, unsigned int n, int size)
{
	unsigned int x = n * 2654435761U + flow_id, i;

	d->number = n;
	d->flow = flow_id;
	for (i = 0; i < size - offsetof(struct datagram, content); i++) {
		x = x * 1664525 + 1013904223;
		d->content[i] = x >> 24;
	}
}

static void take(struct flow *f, int size)
{
	static struct datagram got, want;
	static unsigned int highest;
	int n;

	while ((n = recv(to, &got, sizeof(got), MSG_DONTWAIT)) >= 0) {
		f->total++;
		fill(&want, got.number, size);
		if (n != size || got.number >= DATAGRAMS || memcmp(&got, &want, size)) {
			f->wrong++;
			continue;
		}
		if (f->distinct && got.number < highest)
			f->late++;
		if (!f->distinct || got.number > highest)
			highest = got.number;
		if (!f->came[got.number])
			f->distinct++;
		else if (f->came[got.number] > 1)
			f->thrice++;
		f->came[got.number]++;
	}
}

static void send_all(struct flow *f, struct sock_name *dst, int count, int size)
{
	static struct datagram d;

	flow_id++;
	for (f->sent = 0; f->sent < count; f->sent++) {
		fill(&d, f->sent, size);
		CHECK(sendto(from, &d, size, 0, &dst->sa, dst->len) == size);
		if (f->sent % 20 == 0)
			take(f, size);
	}
}

static struct sock_name destination(unsigned char net, unsigned char last)
{
	struct sock_name n = sock_any(weft, PORT);

	n.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, net, 0, 0, 0, last } } };
	return n;
}

/* --- where frames are lost ------------------------------------------------------------ */

/**
 * struct link_count - frames at the ends of the bad link, and what became of them
 * @dropped: lost by netem
 * @crossed: came through, copies too
 * @waiting: are in netem's queue
 * @arrived: received by the device
 * @foreign: were no frame of ours any more
 * @drops: packets dropped by the nodes
 */
struct link_count {
	long dropped, crossed, waiting, arrived, foreign, drops;
};

static long number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? atol(at + strlen(key)) : 0;
}

/*
 * Our EtherType with one bit wrong is MVRP's, which the kernel's VLANs may listen to: such
 * a frame is in no counter of the device, but here.
 */
static long count_mvrp(void)
{
	static long n;
	char buf[4096];

	while (recv(mvrp, buf, sizeof(buf), MSG_DONTWAIT) >= 0)
		n++;
	return n;
}

static int listen_to_mvrp(void)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_MVRP) };

	CHECK(!netns_join("r"));
	ll.sll_ifindex = if_nametoindex("r1");
	mvrp = socket(AF_PACKET, SOCK_RAW, 0);
	return bind(mvrp, (struct sockaddr *)&ll, sizeof(ll));
}

/* What the nodes behind the link tell. */
static void count_nodes(struct link_count *c)
{
	char buf[4096];

	c->drops = counter("b", "Drop*");
	c->drops += counter("r", "Drop*");
	netns_read("dev", buf, sizeof(buf));
	if (sscanf(strstr(buf, "r1:"), "r1: %*d %ld %*d %ld", &c->arrived, &c->foreign) != 2)
		printf("# no device r1\n");
	c->foreign += count_mvrp();
}

static struct link_count count_link(void)
{
	FILE *tc = popen("tc -n a -s -j qdisc show dev a1 root", "r");
	struct link_count c = {};
	char buf[4096] = "";

	if (tc && !fread(buf, 1, sizeof(buf) - 1, tc))
		printf("# tc says nothing\n");
	if (tc)
		pclose(tc);
	c.dropped = number_after(buf, "\"drops\":");
	c.crossed = number_after(buf, "\"packets\":");
	c.waiting = number_after(buf, "\"qlen\":");
	count_nodes(&c);
	return c;
}

static struct link_count since(const struct link_count *old)
{
	struct link_count c = count_link();

	c.arrived -= old->arrived;
	c.foreign -= old->foreign;
	c.drops -= old->drops;
	return c;
}

static void spoil(const char *how)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "tc -n a qdisc replace dev a1 root handle 1: netem limit 100000 %s", how);
	CHECK(!netns_run("tc -n a qdisc del dev a1 root 2>/dev/null || :"));
	CHECK(!netns_run(command));
}

/* All counters, to find a frame that none of the expected ones has. */
static void tell_all(void)
{
	static const char *const files[] = { "weft/stat", "dev", "softnet_stat" };
	char command[128];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		snprintf(command, sizeof(command),
			 "for n in a r b; do ip netns exec $n sed \"s/^/# $n: /\" /proc/net/%s; done",
			 files[i]);
		CHECK(!netns_run(command));
	}
}

/*
 * Sends a flow to node @net over a link that is @how, and waits until all frames are
 * accounted for.
 */
static struct link_count cross(const char *how, unsigned char net, struct flow *f)
{
	struct sock_name dst = destination(net, 2);
	struct link_count begin, c;
	int tries = 0;

	memset(f, 0, sizeof(*f));
	begin = count_link();
	spoil(how);
	send_all(f, &dst, DATAGRAMS, SIZE);
	do {
		usleep(10000);
		take(f, SIZE);
		c = since(&begin);
	} while (tries++ < 500 && (c.waiting || c.arrived != c.crossed ||
				   f->total + c.drops + c.foreign != c.arrived));
	printf("# %s: sent %d, lost %ld, doubled %ld, dropped %ld, not ours %ld, came %d\n",
	       how, f->sent, c.dropped, c.crossed + c.dropped - f->sent, c.drops,
	       c.foreign, f->total);
	if (c.crossed != c.arrived || f->total + c.drops + c.foreign != c.arrived)
		tell_all();
	CHECK(c.crossed == c.arrived);
	CHECK(f->total + c.drops + c.foreign == c.arrived);
	CHECK(!f->wrong);
	CHECK(!f->thrice);
	CHECK(f->total - f->distinct <= c.crossed + c.dropped - f->sent);
	return c;
}

/* Of DATAGRAMS by chance 0.3: 300, with a standard deviation of 14.5. */
static void a_third(long n)
{
	CHECK(n > 220 && n < 380);
}

static void lose(unsigned char net)
{
	struct link_count c;
	struct flow f;

	c = cross("loss 30%", net, &f);
	a_third(c.dropped);
	CHECK(f.distinct == f.sent - c.dropped && f.total == f.distinct);
	CHECK(!c.drops && !f.late);
}

static void disorder(unsigned char net)
{
	struct flow f;

	/* A third does not wait: how many that overtakes is a matter of speed. */
	cross("delay 20ms reorder 30%", net, &f);
	CHECK(f.distinct == f.sent && f.total == f.distinct);
	CHECK(f.late > 100);
}

static void doubling(unsigned char net)
{
	struct link_count c;
	struct flow f;

	c = cross("duplicate 30%", net, &f);
	CHECK(f.distinct == f.sent);
	a_third(f.total - f.distinct);
	CHECK(f.total == c.crossed);
}

/*
 * One bit of each such frame is another, which the checksum never misses. Bits of the
 * source MAC, the class, the packet id and the like change nothing of the datagram.
 */
static void change(unsigned char net)
{
	struct link_count c;
	struct flow f;
	long sums = counter("r", "DropChecksum") + counter("b", "DropChecksum");

	c = cross("corrupt 30%", net, &f);
	CHECK(f.distinct == f.sent - c.drops - c.foreign && f.total == f.distinct);
	CHECK(c.drops + c.foreign > 180 && c.drops < 380);
	CHECK(counter("r", "DropChecksum") + counter("b", "DropChecksum") - sums > 150);
}

static void all_of_it(unsigned char net)
{
	struct flow f;

	cross("delay 20ms 10ms loss 10% duplicate 10% corrupt 10%", net, &f);
	CHECK(f.distinct > 700 && f.distinct < 900);
	CHECK(f.total > f.distinct);
}

static void each(unsigned char net)
{
	lose(net);
	disorder(net);
	doubling(net);
	change(net);
	all_of_it(net);
}

/* Node r has an address on each side; b is behind it. */
static void a_bad_link(void)
{
	to = socket_in("r", PORT);
	each(1);
	close(to);
}

static void a_bad_link_before_a_router(void)
{
	to = socket_in("b", PORT);
	each(2);
}

/* The frame of a datagram to @dst, as it leaves: its length. */
static int captured(struct sock_name *dst, unsigned char *frame, int room)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd, n = -1;

	CHECK(!netns_join("r"));
	ll.sll_ifindex = if_nametoindex("r1");
	fd = socket(AF_PACKET, SOCK_RAW, ll.sll_protocol);
	CHECK(!bind(fd, (struct sockaddr *)&ll, sizeof(ll)));
	CHECK(sendto(from, "right", 5, 0, &dst->sa, dst->len) == 5);
	if (sock_wait(fd, POLLIN))
		n = recv(fd, frame, room, 0);
	close(fd);
	return n;
}

/* What became of frames so far: arrived as they were sent, or counted. */
static long accounted(void)
{
	struct link_count c = {};
	static long right;
	char buf[16];
	int n;

	count_nodes(&c);
	while ((n = recv(to, buf, sizeof(buf), MSG_DONTWAIT)) >= 0) {
		CHECK(n == 5 && !memcmp(buf, "right", 5));
		right++;
	}
	return right + c.drops + c.foreign;
}

/* So many, and no more, are accounted for within two seconds. */
static bool comes(long wanted)
{
	int tries;

	for (tries = 0; accounted() < wanted && tries < 200; tries++)
		usleep(10000);
	return accounted() == wanted;
}

/* One frame for each bit of the headers and the content, and that bit wrong. */
static void each_bit_before_a_router(void)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	struct sock_name dst = destination(2, 2);
	unsigned char frame[2048];
	bool counted;
	int fd, n, bit;
	long before;

	CHECK(!netns_run("tc -n a qdisc del dev a1 root 2>/dev/null || :"));
	CHECK(!netns_run("ip netns exec a ethtool -K a1 tx off"));
	before = accounted();
	n = captured(&dst, frame, sizeof(frame));
	CHECK(n == ETH_HLEN + 24 + 8 + 5);
	CHECK(comes(before + 1));
	CHECK(!netns_join("a"));
	ll.sll_ifindex = if_nametoindex("a1");
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	for (bit = 0; bit < n * 8; bit++) {
		before = accounted();
		frame[bit / 8] ^= 1 << bit % 8;
		CHECK(sendto(fd, frame, n, 0, (struct sockaddr *)&ll, sizeof(ll)) == n);
		frame[bit / 8] ^= 1 << bit % 8;
		counted = comes(before + 1);
		if (!counted)
			printf("# bit %d of byte %d: %ld\n", bit % 8, bit / 8,
			       accounted() - before);
		CHECK(counted);
	}
	close(fd);
}

/* A packet of 14 fragments, each lost by chance 0.05: 0.49 of 60 become whole. */
static void long_datagrams(void)
{
	long oks = counter("b", "ReasmOKs"), fails = counter("b", "ReasmFails");
	struct sock_name dst = destination(2, 2);
	struct flow f = {};
	int i;

	CHECK(!netns_run("ip netns exec b sysctl -qw net.weft.frag_time=1"));
	spoil("loss 5%");
	send_all(&f, &dst, LONG_DATAGRAMS, LONG_SIZE);
	for (i = 0; i < 1000 && counter("b", "ReasmOKs") - oks +
	     counter("b", "ReasmFails") - fails < f.sent; i++)
		usleep(20000);
	take(&f, LONG_SIZE);
	printf("# %d of %d became whole\n", f.total, f.sent);
	CHECK(!f.wrong && f.total == f.distinct);
	CHECK(f.distinct > 8 && f.distinct < 51);
	CHECK(counter("b", "ReasmOKs") - oks == f.distinct);
	CHECK(counter("b", "ReasmFails") - fails == f.sent - f.distinct);
}

/*
 * Both ways lose 0.3: a question and its answer come through by chance 0.49, one of three
 * by 0.87. A neighbour that failed is asked again after a second, so one of six that is
 * not found in ten rounds of three has odds of one in ten million.
 */
static void neighbours(void)
{
	struct sock_name dst;
	int i, n, round, found = 0;
	struct timespec begin, end;

	spoil("loss 30%");
	CHECK(!netns_run("tc -n r qdisc add dev r1 root netem loss 30%"));
	CHECK(!netns_run("weft -n a route add 7:1::/32 dev a1"));
	for (i = 0; i < 6; i++) {
		char command[80];

		snprintf(command, sizeof(command),
			 "weft -n r addr add 7:1::1%d/32 dev r1 nodad", i);
		CHECK(!netns_run(command));
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (round = 0; round < 500 && found != 0x3f; round++) {
		CHECK(!netns_join("a"));
		for (i = 0; i < 6; i++) {
			dst = destination(1, 0x10 + i);
			n = found & 1 << i ? 0 :
			    sendto(from, "?", 1, 0, &dst.sa, dst.len);
			CHECK(n >= 0 || errno == EHOSTUNREACH);
			n = netns_neigh(&dst.weft.sweft_addr, NULL);
			if (n & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE))
				found |= 1 << i;
		}
		usleep(100000);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("# found after %ld s\n", (long)(end.tv_sec - begin.tv_sec));
	CHECK(found == 0x3f);
}

static int set_up(void)
{
	/* Nothing else is to be sent that would be counted. */
	return netns_run("for n in a r b; do ip netns add $n; ip -n $n link set lo up;"
			 "ip netns exec $n sysctl -qew net.ipv6.conf.all.disable_ipv6=1;"
			 "ip netns exec $n sysctl -qew net.ipv6.conf.default.disable_ipv6=1;"
			 "done; :") ||
	       netns_run("ip -n a link add a1 type veth peer name r1 netns r") ||
	       netns_run("ip -n r link add r2 type veth peer name b1 netns b") ||
	       netns_run("ip -n a link set a1 up; ip -n r link set r1 up;"
			 "ip -n r link set r2 up; ip -n b link set b1 up") ||
	       /* Else the pairs carry long packets whole. */
	       netns_run("ip netns exec a ethtool -K a1 tx-sctp-segmentation off;"
			 "ip netns exec r ethtool -K r2 tx-sctp-segmentation off") ||
	       netns_run("for l in a/a1 r/r1 r/r2 b/b1; do d=${l#*/};"
			 "weft -n ${l%/*} link set $d accept_ra never 2>/dev/null;"
			 "done; :") ||
	       /* Routes to single addresses: of no other is anybody asked. */
	       netns_run("weft -n a addr add 7:1::1/64 dev a1 nodad;"
			 "weft -n r addr add 7:1::2/64 dev r1 nodad;"
			 "weft -n r addr add 7:2::1/64 dev r2 nodad;"
			 "weft -n b addr add 7:2::2/64 dev b1 nodad") ||
	       netns_run("weft -n a route add 7:1::2 dev a1;"
			 "weft -n r route add 7:1::1 dev r1;"
			 "weft -n r route add 7:2::2 dev r2;"
			 "weft -n b route add 7:2::1 dev b1") ||
	       netns_run("weft -n a route add 7:2::2 via 7:1::2") ||
	       netns_run("weft -n b route add 7:1::1 via 7:2::1") ||
	       netns_run("ip netns exec r sysctl -qw net.weft.forwarding=1");
}

/* Neighbours that nobody has to ask for, so that frames can be counted. */
static int set_neighbours(void)
{
	static const char add[] =
		"mac=$(ip netns exec %s cat /sys/class/net/%s/address);"
		"weft -n %s neigh add %s dev %s lladdr $mac";
	static const char *const them[4][5] = {
		{ "r", "r1", "a", "7:1::2", "a1" }, { "a", "a1", "r", "7:1::1", "r1" },
		{ "b", "b1", "r", "7:2::2", "r2" }, { "r", "r2", "b", "7:2::1", "b1" },
	};
	char command[256];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		snprintf(command, sizeof(command), add, them[i][0], them[i][1],
			 them[i][2], them[i][3], them[i][4]);
		if (netns_run(command))
			return -1;
	}
	return 0;
}

int main(void)
{
	setlinebuf(stdout);
	weft = netns_weft_family();
	if (set_up() || set_neighbours() || listen_to_mvrp())
		return 1;
	from = socket_in("a", 0);
	TAP_RUN(a_bad_link);
	TAP_RUN(a_bad_link_before_a_router);
	TAP_RUN(each_bit_before_a_router);
	TAP_RUN(long_datagrams);
	TAP_RUN(neighbours);
	CHECK(!netns_run("for n in a r b; do ip netns del $n; done"));
	return tap_done();
}
