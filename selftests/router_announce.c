// SPDX-License-Identifier: GPL-2.0
/*
 * A host and the routers of its link, which a packet socket plays: what announcements
 * make, change and end, what becomes of it with the device and its settings, and how
 * the host asks.
 *
 * lab: --nodes 1 --nic none
 * timeout: 400
 */
#include <time.h>
#include "router.h"
#include "rtnl.h"
#include "sock.h"

static int family;

/* --- traffic ------------------------------------------------------------------------------- */

/* A datagram to some address far away; errno. */
static int send_far(int fd, size_t len)
{
	struct sock_name to = sock_any(family, 4242);
	static char data[4096];

	to.weft.sweft_addr = (struct weft_addr){ { { 0x99, 0x99, [7] = 1 } } };
	return sendto(fd, data, len, 0, &to.sa, to.len) < 0 ? errno : 0;
}

/* The next frame with a datagram, or a fragment of one, that the host sent. */
static int next_datagram(struct wire_frame *f)
{
	while (wire_get(f, 5000))
		if (f->hdr.next == WEFT_PROTO_DGRAM ||
		    f->hdr.next == WEFT_PROTO_FRAGMENT)
			return 1;
	return 0;
}

/* By which router does the way lead? -1 if nothing came out. */
static int way(int fd, struct wire_frame *f)
{
	wire_drain();
	if (send_far(fd, 10) || !next_datagram(f))
		return -1;
	return f->eth.h_dest[5];
}

/* --- solicitations --------------------------------------------------------------------------- */

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000;
}

static int is_solicit(const struct wire_frame *f)
{
	return f->hdr.next == WEFT_PROTO_CONTROL &&
	       f->body[0] == WEFT_CTL_ROUTER_SOLICIT;
}

static int solicit_within(struct wire_frame *f, int ms)
{
	while (wire_get(f, ms))
		if (is_solicit(f))
			return 1;
	return 0;
}

static int next_solicit(struct wire_frame *f)
{
	return solicit_within(f, 20000);
}

static void hosts_ask(void)
{
	static const unsigned char mac[] = { 3, 0x57, 0, 0, 0, 2 };
	static const struct weft_addr routers = WEFT_ADDR_ALLROUTERS_INIT;
	static const unsigned char zero[4];
	struct wire_frame f;
	long at[3] = {};
	int i;

	for (i = 0; i < 3; i++) {
		if (!next_solicit(&f))
			break;
		at[i] = now_ms();
		CHECK(!memcmp(f.eth.h_dest, mac, sizeof(mac)));
		CHECK(!memcmp(&f.hdr.dst, &routers, sizeof(routers)));
		CHECK(f.hdr.src.a8[0] == 0xfe && f.hdr.src.a8[7] == 1);
		CHECK(f.hdr.hop_limit == 255 && ntohs(f.hdr.len) == 32);
		CHECK(!f.body[1] && !memcmp(f.body + 4, zero, 4));
	}
	CHECK(i == 3);
	/* Four seconds, and they may be read late. */
	printf("# solicitations %ld and %ld ms apart\n", at[1] - at[0], at[2] - at[1]);
	CHECK(at[1] - at[0] >= 2000 && at[2] - at[0] >= 6000);
	CHECK(!solicit_within(&f, 5000));
	CHECK(netns_counter("OutRouterSolicits") == 3);
}

static void solicitations_are_for_programs(void)
{
	struct weft_ctl_hdr ask = { .type = WEFT_CTL_ROUTER_SOLICIT };
	struct wire_frame f = wire_control(2, &ask, sizeof(ask), 255), got;
	long in = netns_counter("InRouterSolicits");
	long bad = netns_counter("DropNeighbour");

	wire_put(&f);
	CHECK(wire_until_now(&got, 1) == 0);
	CHECK(netns_counter("InRouterSolicits") == in + 1);
	f = wire_control(2, &ask, sizeof(ask), 254);
	wire_put(&f);
	CHECK(wire_until_now(&got, 1) == 0);
	CHECK(netns_counter("InRouterSolicits") == in + 1);
	CHECK(netns_counter("DropNeighbour") == bad + 1);
}

/* --- what announcements make ---------------------------------------------------------------- */

/* All that there is, from router 2. */
static void announce_all(void)
{
	ra_begin(33, 0, 1800);
	ra_times(20000, 500);
	ra_both(7, 86400, 14400);
	ra_mtu(1280);
	ra_route((struct weft_addr){ { { 0x0a, 0xbc } } }, 12, 0x08, 600);
	ra_send(2);
}

static void announcements_are_obeyed(void)
{
	announce_all();
	HAS(ADDRS, "7:200:0:1/16 scope global dynamic noprefixroute proto kernel_ra");
	HAS(ADDRS, "valid_lft 86");
	CHECK(strstr(said, "preferred_lft 14") || strstr(said, "preferred_lft 13"));
	HAS(ROUTES, "default via fe80:200:0:2 dev us proto ra metric 1024 expires 1");
	HAS(ROUTES, "7::/16 dev us proto ra scope link metric 257 expires 8");
	HAS(ROUTES, "ab0::/12 via fe80:200:0:2 dev us proto ra metric 1023 expires ");
	HAS(LINK, "hoplimit 33 mtu 1280 reachable 20000 retrans 500");
	/* Zero says nothing, and what is not told stays. */
	ra_begin(0, 0, 1800);
	ra_send(2);
	ra_begin(0, 0, 0);
	ra_send(3);
	ra_begin(34, 0, 1800);
	ra_send(2);
	HAS(LINK, "hoplimit 34 mtu 1280 reachable 20000 retrans 500");
	HAS(ROUTES, "default via fe80:200:0:2 dev us proto ra metric 1024");
	CHECK(count(said, "default") == 1);
	HAS("weft -j route show default", "\"protocol\":\"ra\"");
	CHECK(strstr(said, "\"expires\":1"));
}

static void packets_obey(void)
{
	int fd = sock_dgram(family);
	struct sock_name to = sock_any(family, 4242);
	struct wire_frame f;
	long sum = 0;

	announce_all();
	HAS(LINK, "hoplimit 33 mtu 1280");
	CHECK(way(fd, &f) == 2);
	CHECK(f.hdr.hop_limit == 33 && f.hdr.src.a8[1] == 7);
	CHECK(send_far(fd, 1400) == 0);
	while (sum < 1400 && next_datagram(&f)) {
		CHECK(f.hdr.next == WEFT_PROTO_FRAGMENT);
		CHECK(f.len <= 14 + 1280);
		sum += ntohs(f.hdr.len) - 32;
	}
	CHECK(sum == 1400 + 8);
	/* To a neighbour, and as a probe, not more either. */
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_MTU_DISCOVER, WEFT_PMTUDISC_PROBE));
	CHECK(send_far(fd, 1280 - 32) == 0 && send_far(fd, 1281 - 32) == EMSGSIZE);
	to.weft.sweft_addr = (struct weft_addr){ { { 0xfe, 0x80, 2, [7] = 2 } } };
	to.weft.sweft_scope = if_nametoindex("us");
	CHECK(!connect(fd, &to.sa, to.len));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_MTU) == 1280);
	wire_drain();
	CHECK(send(fd, "", 1, 0) == 1 && next_datagram(&f) && f.hdr.hop_limit == 33);
	CHECK(!netns_run("ip link set us mtu 1000"));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_MTU) == 1000);
	CHECK(!netns_run("ip link set us mtu 1500"));
	close(fd);
}

static void preferences(void)
{
	int fd = sock_dgram(family);
	struct wire_frame f;

	ra_begin(0, 0, 0);
	ra_send(2);
	ra_begin(0, WEFT_RA_PREF_LOW, 1800);
	ra_send(3);
	ra_begin(0, 0x80, 1800);
	ra_send(4);
	settle();
	HAS(ROUTES, "default via fe80:200:0:3 dev us proto ra metric 1025");
	HAS(ROUTES, "default via fe80:200:0:4 dev us proto ra metric 1024");
	CHECK(way(fd, &f) == 4);
	ra_begin(0, WEFT_RA_PREF_HIGH, 1800);
	ra_send(3);
	settle();
	HAS(ROUTES, "default via fe80:200:0:3 dev us proto ra metric 1023");
	CHECK(count(said, "default") == 2);
	CHECK(way(fd, &f) == 3);
	close(fd);
}

/* Router 3 is preferred, for a second; then 4; then that ends itself. */
static void routers_fail(void)
{
	int fd = sock_dgram(family), i;
	struct wire_frame f;

	ra_begin(0, WEFT_RA_PREF_HIGH, 1);
	ra_send(3);
	HAS_NOT(ROUTES, "fe80:200:0:3");
	for (i = 0; i < 10; i++)
		CHECK(way(fd, &f) == 4);
	ra_begin(0, 0, 0);
	ra_send(4);
	HAS_NOT(ROUTES, "default");
	CHECK(send_far(fd, 10) == ENETUNREACH);
	close(fd);
}

static void lifetimes(void)
{
	/* On the link for a second only, not cut at once, and for ever. */
	ra_begin(0, 0, 0);
	ra_both(0x11, 0xffffffff, 0xffffffff);
	ra_send(2);
	HAS(ADDRS, "11:200:0:1/16 scope global noprefixroute proto kernel_ra");
	HAS(ADDRS, "valid_lft forever preferred_lft forever");
	HAS(ROUTES, "11::/16 dev us proto ra scope link metric 257\n");
	ra_begin(0, 0, 0);
	ra_both(0x11, 1, 1);
	ra_send(2);
	HAS(ADDRS, "11:200:0:1/16 scope global dynamic");
	CHECK(strstr(said, "valid_lft 7200sec") || strstr(said, "valid_lft 719"));
	HAS(ADDRS, "11:200:0:1/16 scope global dynamic deprecated");
	HAS_NOT(ROUTES, "11::/16");
	/* A short one of one that is new, and what was left of it. */
	ra_begin(0, 0, 0);
	ra_prefix(PREFIX(0x12), 16, WEFT_RA_AUTO, 1, 1);
	ra_prefix(PREFIX(0x13), 16, WEFT_RA_ONLINK, 1000, 1000);
	ra_send(2);
	HAS(ROUTES, "13::/16 dev us proto ra");
	CHECK(!strstr(said, "12::/16"));
	CHECK(!strstr(ask(ADDRS), "13:200:0:1"));
	HAS_NOT(ADDRS, "12:200:0:1");
	ra_begin(0, 0, 0);
	ra_prefix(PREFIX(0x13), 16, WEFT_RA_ONLINK, 0, 0);
	ra_prefix(PREFIX(0x14), 16, WEFT_RA_AUTO, 0, 0);
	ra_route((struct weft_addr){ { { 0x0a, 0xbc } } }, 12, 0, 0);
	ra_send(2);
	settle();
	HAS_NOT(ROUTES, "13::/16");
	CHECK(!strstr(said, "ab0::/12"));
	CHECK(!strstr(ask(ADDRS), "14:200:0:1"));
}

/* The old prefix is deprecated: who uses it goes on, new traffic uses the new one. */
static void renumbering(void)
{
	int old = sock_dgram(family), new = sock_dgram(family);
	struct sock_name from = sock_any(family, 0);
	struct wire_frame f;

	ra_begin(0, 0, 1800);
	ra_both(7, 86400, 86400);
	ra_send(2);
	settle();
	from.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 2, [7] = 1 } } };
	CHECK(!bind(old, &from.sa, from.len));
	ra_begin(0, 0, 1800);
	ra_both(7, 7200, 0);
	ra_both(8, 86400, 86400);
	ra_send(2);
	HAS(ADDRS, "7:200:0:1/16 scope global dynamic deprecated");
	HAS(ADDRS, "8:200:0:1/16 scope global dynamic noprefixroute");
	CHECK(way(old, &f) == 2 && f.hdr.src.a8[1] == 7);
	CHECK(way(new, &f) == 2 && f.hdr.src.a8[1] == 8);
	close(old);
	close(new);
}

/* What was set by hand is not an announcement's to change. */
static void by_hand(void)
{
	CHECK(!netns_run("weft addr add 21:200:0:1/16 dev us nodad"));
	CHECK(!netns_run("weft route add 22::/16 via fe80:200:0:7 dev us metric 1024"));
	ra_begin(0, 0, 0);
	ra_both(0x21, 100, 100);
	ra_route(PREFIX(0x22), 16, 0, 1000);
	ra_send(2);
	settle();
	ra_begin(0, 0, 0);
	ra_both(0x21, 0, 0);
	ra_route(PREFIX(0x22), 16, 0, 0);
	ra_send(2);
	settle();
	HAS(ADDRS, "21:200:0:1/16 scope global nodad");
	HAS(ROUTES, "22::/16 via fe80:200:0:7 dev us");
	CHECK(count(said, "22::/16") == 1 && count(said, "21::/16") == 1);
	CHECK(!netns_run("weft addr del 21:200:0:1/16 dev us"));
	/* Their routes do not depend on each other. */
	ra_begin(0, 0, 0);
	ra_prefix(PREFIX(0x23), 16, WEFT_RA_ONLINK, 1000, 1000);
	ra_send(2);
	HAS(ROUTES, "23::/16 dev us proto ra");
	CHECK(!netns_run("weft addr add 23::5/16 dev us nodad"));
	HAS(ROUTES, "23::/16 dev us proto kernel");
	ra_begin(0, 0, 0);
	ra_prefix(PREFIX(0x23), 16, WEFT_RA_ONLINK, 0, 0);
	ra_send(2);
	HAS_NOT(ROUTES, "23::/16 dev us proto ra");
	CHECK(strstr(said, "23::/16 dev us proto kernel"));
	CHECK(!netns_run("weft addr del 23::5/16 dev us"));
	CHECK(!netns_run("weft route del 22::/16"));
	/* And a learned route may be removed by hand: it comes again. */
	ra_begin(0, 0, 1800);
	ra_send(2);
	HAS(ROUTES, "default via fe80:200:0:2");
	CHECK(!netns_run("weft route del default"));
	ra_begin(0, 0, 1800);
	ra_send(2);
	HAS(ROUTES, "default via fe80:200:0:2");
}

/* --- when they are obeyed -------------------------------------------------------------------- */

/* After @off nothing is learned, even from what is heard; after @on it is. */
static void depends_on(const char *off, const char *on, int hears)
{
	struct wire_frame got;

	announce_all();
	HAS(ROUTES, "default via");
	CHECK(!netns_run(off));
	nothing_is_left();
	announce_all();
	CHECK(!hears || wire_until_now(&got, 0) == 0);
	nothing_is_left();
	wire_drain();
	CHECK(!netns_run(on));
	CHECK(next_solicit(&got));
	announce_all();
	HAS(ROUTES, "default via");
}

static void settings_decide(void)
{
	depends_on("weft link set us accept_ra never", "weft link set us accept_ra host",
		   1);
	depends_on("weft link set us forwarding on", "weft link set us forwarding default",
		   1);
	depends_on("sysctl -qw net.weft.forwarding=1", "sysctl -qw net.weft.forwarding=0",
		   1);
	CHECK(!netns_run("weft link set us accept_ra always forwarding on"));
	settle();
	HAS(ROUTES, "default via");
	CHECK(!netns_run("weft link set us accept_ra host forwarding off"));
	HAS(ROUTES, "default via");
	CHECK(!netns_run("weft link set us forwarding default"));
}

/* What is asked of the link's settings in our family. */
static struct rtnl_answer set_link(int type, const void *val, int len)
{
	struct ifinfomsg ifi = { .ifi_index = if_nametoindex("us") };
	struct rtnl_request req = rtnl_request(RTM_SETLINK, 0, &ifi, sizeof(ifi));
	struct {
		struct rtattr family, setting;
		char val[8];
	} spec = {
		.family = { 2 * sizeof(struct rtattr) + 8, family | NLA_F_NESTED },
		.setting = { sizeof(struct rtattr) + len, type },
	};
	int nl = rtnl_open(0);
	struct rtnl_answer a;

	memcpy(spec.val, val, len);
	rtnl_put(&req, IFLA_AF_SPEC | NLA_F_NESTED, &spec,
		 sizeof(spec) - 8 + NLMSG_ALIGN(len));
	((struct rtattr *)((char *)&req + NLMSG_LENGTH(sizeof(ifi))))[1].rta_len =
		2 * sizeof(struct rtattr) + NLMSG_ALIGN(len);
	a = rtnl_ask(nl, &req);
	close(nl);
	return a;
}

static void wrong_settings_are_refused(void)
{
	static const int numbers[] = { WEFT_LINK_MTU, WEFT_LINK_REACHABLE,
				       WEFT_LINK_RETRANS };
	unsigned char byte = WEFT_ACCEPT_HOST;
	unsigned int word = 1280, i;
	static char before[4096];
	struct rtnl_answer a;

	CHECK(!set_link(WEFT_LINK_ACCEPT_RA, &byte, 1).err);
	snprintf(before, sizeof(before), "%s", ask(LINK));
	byte = 3;
	CHECK(set_link(WEFT_LINK_ACCEPT_RA, &byte, 1).err == ERANGE);
	CHECK(set_link(WEFT_LINK_ACCEPT_REDIRECTS, &byte, 1).err == ERANGE);
	CHECK(set_link(WEFT_LINK_SEND_REDIRECTS, &byte, 1).err == ERANGE);
	CHECK(set_link(WEFT_LINK_ACCEPT_RA, &word, 0).err);
	CHECK(set_link(WEFT_LINK_MAX + 1, &word, 4).err);
	a = set_link(WEFT_LINK_HOP_LIMIT, &byte, 1);
	CHECK(a.err == EINVAL);
	CHECK_STR(a.why, "weft: routers announce this");
	for (i = 0; i < 3; i++)
		CHECK(set_link(numbers[i], &word, 4).err == EINVAL);
	CHECK_STR(ask(LINK), before);
}

static void devices_go_down(void)
{
	depends_on("ip link set us down", "ip link set us up", 0);
	depends_on("ip link set us mtu 500", "ip link set us mtu 1500", 0);
}

static void macs_change(void)
{
	struct wire_frame f;

	announce_all();
	HAS(ADDRS, "7:200:0:1/16");
	wire_drain();
	CHECK(!netns_run("ip link set us address 02:00:00:00:00:0b"));
	CHECK(!strstr(ask(ADDRS), "7:200:0:1/16"));
	CHECK(next_solicit(&f) && f.hdr.src.a8[7] == 0x0b);
	HAS(ROUTES, "default via fe80:200:0:2");
	announce_all();
	HAS(ADDRS, "7:200:0:b/16 scope global");
	CHECK(!netns_run("ip link set us address 02:00:00:00:00:01"));
	CHECK(!strstr(ask(ADDRS), "7:200:0:b/16"));
	announce_all();
	HAS(ADDRS, "7:200:0:1/16 scope global");
}

/* As every other, unless another node has it. */
static void duplicates_are_looked_for(void)
{
	struct weft_neigh_solicit probe = {
		.ctl = { .type = WEFT_CTL_NEIGH_SOLICIT,
			 .flags = htonl(WEFT_NEIGH_PROBE) },
		.target = { { { 0, 0x32, 2, [7] = 1 } } },
	};
	struct wire_frame f;

	CHECK(!netns_run("sysctl -qw net.weft.dad_transmits=1"));
	ra_begin(0, 0, 0);
	ra_times(0, 1000);
	ra_both(0x31, 1000, 1000);
	ra_both(0x32, 1000, 1000);
	ra_send(2);
	HAS(ADDRS, "32:200:0:1/16 scope global dynamic tentative");
	f = wire_control(5, &probe, sizeof(probe), 255);
	wire_put(&f);
	HAS(ADDRS, "32:200:0:1/16 scope global dynamic tentative dadfailed");
	HAS(ADDRS, "31:200:0:1/16 scope global dynamic noprefixroute");
	CHECK(!netns_run("sysctl -qw net.weft.dad_transmits=0"));
}

static int run(void)
{
	family = netns_weft_family();
	if (netns_run("weft link set us accept_ra host"))
		return 1;
	TAP_RUN(hosts_ask);
	if (netns_run("sysctl -qw net.weft.dad_transmits=0"))
		return 1;
	TAP_RUN(solicitations_are_for_programs);
	TAP_RUN(announcements_are_obeyed);
	TAP_RUN(packets_obey);
	TAP_RUN(preferences);
	TAP_RUN(routers_fail);
	TAP_RUN(lifetimes);
	TAP_RUN(renumbering);
	TAP_RUN(by_hand);
	TAP_RUN(settings_decide);
	TAP_RUN(wrong_settings_are_refused);
	TAP_RUN(devices_go_down);
	TAP_RUN(macs_change);
	TAP_RUN(duplicates_are_looked_for);
	return tap_done();
}

int main(void)
{
	return wire_main(run);
}
