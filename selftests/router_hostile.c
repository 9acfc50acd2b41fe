// SPDX-License-Identifier: GPL-2.0
/*
 * A host and hostile routers: broken announcements, a flood of honest ones, and
 * devices that go while announcements wait.
 *
 * lab: --nodes 1 --nic none
 * timeout: 400
 */
#include "router.h"

#define FLOOD	5000

/* --- broken -------------------------------------------------------------------------- */

static const struct weft_addr linklocal = { { { 0xfe, 0x80, 0x12, 0x34 } } };
static const struct weft_addr group = { { { 0xff, 0x0e } } };
static const struct weft_addr mapped = { { { 0, 0, 0, 4, 10 } } };
static const struct weft_addr loopback = WEFT_ADDR_LOOPBACK_INIT;
static const struct weft_addr any = WEFT_ADDR_ANY_INIT;

#define BOTH	(WEFT_RA_ONLINK | WEFT_RA_AUTO)

/* Options that mean nothing, all in good announcements. */
static void add_senseless(int n)
{
	static const unsigned char odd[] = { WEFT_RA_PREFIX, 1, 16, BOTH, 0, 0, 0, 9 };
	static const unsigned char short_route[] = { WEFT_RA_ROUTE, 1, 16, 0, [7] = 9 };
	static const unsigned char unknown[] = { 77, 2, [15] = 1 };
	static const unsigned char long_mtu[] = { WEFT_RA_MTU, 2, [6] = 5, [15] = 0 };

	switch (n) {
	case 0: return ra_prefix(PREFIX(0x41), 65, BOTH, 1000, 1000);
	case 1: return ra_prefix(PREFIX(0x41), 255, BOTH, 1000, 1000);
	case 2: return ra_prefix(PREFIX(0x41), 16, BOTH, 1000, 1001);
	case 3: return ra_prefix(group, 16, BOTH, 1000, 1000);
	case 4: return ra_prefix(group, 8, BOTH, 1000, 1000);
	case 5: return ra_prefix(linklocal, 16, BOTH, 1000, 1000);
	case 6: return ra_prefix(linklocal, 64, BOTH, 1000, 1000);
	case 7: return ra_prefix(mapped, 40, BOTH, 1000, 1000);
	case 8: return ra_prefix(loopback, 64, BOTH, 1000, 1000);
	case 9: return ra_prefix(any, 16, WEFT_RA_AUTO, 1000, 1000);
	case 10: return ra_prefix(PREFIX(0x41), 17, WEFT_RA_AUTO, 1000, 1000);
	case 11: return ra_prefix(PREFIX(0x41), 16, 0x3f, 1000, 1000);
	case 12: return ra_mtu(575);
	case 13: return ra_mtu(1501);
	case 14: return ra_mtu(0xffffffff);
	case 15: return ra_route(PREFIX(0x41), 65, 0, 1000);
	case 16: return ra_route(any, 0, 0, 1000);
	case 17: return ra_route(PREFIX(0x41), 16, 0x10, 1000);
	case 18: return ra_route(linklocal, 48, 0, 1000);
	case 19: return ra_route(group, 16, 0, 1000);
	case 20: return ra_route(loopback, 64, 0, 1000);
	case 21: return ra_add(odd, sizeof(odd));
	case 22: return ra_add(short_route, sizeof(short_route));
	case 23: return ra_add(unknown, sizeof(unknown));
	case 24: return ra_add(long_mtu, sizeof(long_mtu));
	}
}

#define SENSELESS	25

/* Broken as a whole: dropped. */
static struct wire_frame broken(int n)
{
	unsigned char zero[8] = { WEFT_RA_MTU, 0, 0, 0, 0, 0, 4, 0xd0 };
	unsigned char cut[8] = { WEFT_RA_PREFIX, 3, 16, BOTH };
	struct wire_frame f;

	ra_begin(77, 0, 1800);
	ra_both(0x42, 1000, 1000);
	if (n == 0)
		ra_add(zero, 8);
	if (n == 1)
		ra_add(cut, 8);
	if (n == 2)
		ra_add(cut, 1);
	if (n == 3)
		ra_len = sizeof(struct weft_router_announce) - 1;
	if (n == 4)
		ra[1] = 1;
	f = ra_frame(2);
	if (n == 5)
		f.hdr.hop_limit = 254;
	if (n == 6)
		f.hdr.src = (struct weft_addr){ { { 0, 7, 2, [7] = 2 } } };
	if (n == 7)
		f.hdr.src = (struct weft_addr){ { { 0xfe, 0x80, 3, [7] = 2 } } };
	if (n >= 5)
		wire_sum(&f, ra_len);
	return f;
}

#define BROKEN	8

static void broken_ones_change_nothing(void)
{
	static char addrs[4096], routes[4096];
	long dropped, in, before;
	struct wire_frame f, got;
	int i;

	CHECK(!netns_run("ip link set us down && ip link set us up"));
	settle();
	snprintf(addrs, sizeof(addrs), "%s", ask(ADDRS));
	snprintf(routes, sizeof(routes), "%s", ask(ROUTES));
	for (i = 0; i < BROKEN; i++) {
		dropped = netns_counter("DropNeighbour");
		in = netns_counter("InRouterAnnounces");
		f = broken(i);
		wire_put(&f);
		CHECK(wire_until_now(&got, 0) == 0);
		if (netns_counter("DropNeighbour") != dropped + 1 ||
		    netns_counter("InRouterAnnounces") != in)
			printf("# broken %d was taken\n", i);
		CHECK(netns_counter("DropNeighbour") == dropped + 1);
		CHECK(netns_counter("InRouterAnnounces") == in);
	}
	in = netns_counter("InRouterAnnounces");
	before = ra_sent;
	for (i = 0; i < SENSELESS; i++) {
		if (i % 8 == 0)
			settle();
		ra_begin(0, 0, 0);
		add_senseless(i);
		ra_send(2);
	}
	settle();
	CHECK(netns_counter("InRouterAnnounces") == in + ra_sent - before);
	CHECK_STR(ask(ADDRS), addrs);
	CHECK_STR(ask(ROUTES), routes);
	HAS(LINK, "mtu 0 reachable 30000");
	/* What comes after a senseless option is still read. */
	ra_begin(0, 0, 0);
	add_senseless(23);
	add_senseless(0);
	ra_both(0x43, 1000, 1000);
	ra_times(1, 0xffffffff);
	ra_send(2);
	HAS(ADDRS, "43:200:0:1/16");
	HAS(LINK, "reachable 100 retrans 3600000");
}

static long slab_kb(void)
{
	char line[128];
	long kb = 0;
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Slab: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

/* An announcement of router @n with prefixes and routes that no other has. */
static struct wire_frame flooding(int n)
{
	struct weft_addr prefix = { { { 0x10 + n / 4096, n / 16, n * 16 } } };
	struct wire_frame f;

	ra_begin(0, 0, 1800);
	ra_both(n % 250 + 1, 1000, 1000);
	ra_prefix(prefix, 28, WEFT_RA_ONLINK, 1000, 1000);
	prefix.a8[0] += 0x20;
	ra_route(prefix, 28, 0, 1000);
	f = ra_frame(2);
	f.hdr.src.a8[5] = 1;
	f.hdr.src.a8[6] = n >> 8;
	f.hdr.src.a8[7] = n;
	memcpy(f.eth.h_source, &f.hdr.src.a8[2], sizeof(f.eth.h_source));
	wire_sum(&f, ra_len);
	return f;
}

static void floods_are_bounded(void)
{
	long in, dropped, slab = slab_kb();
	struct wire_frame f;
	int i, routes;

	CHECK(!netns_run("ip link set us down && ip link set us up"));
	in = netns_counter("InRouterAnnounces");
	dropped = netns_counter("DropRouterQueue");
	for (i = 0; i < FLOOD; i++) {
		f = flooding(i);
		wire_put(&f);
	}
	CHECK(wire_until_now(&f, 0) == 0);
	dropped = netns_counter("DropRouterQueue") - dropped;
	CHECK(netns_counter("InRouterAnnounces") == in + FLOOD);
	CHECK(dropped > 0 && dropped < FLOOD);
	/* Then so slowly that all are obeyed: as many as there is room for. */
	for (; i < FLOOD + 80; i++) {
		if (i % 8 == 0)
			settle();
		f = flooding(i);
		wire_put(&f);
	}
	settle();
	CHECK(count(ask(ADDRS), "kernel_ra") == 16);
	routes = count(ask(ROUTES), "proto ra");
	CHECK(count(said, "default") == 16 && routes == 16 + 16 + 64);
	printf("# %d announcements: %ld did not fit into the queue, slabs grew by %ld kB\n",
	       FLOOD, dropped, slab_kb() - slab);
	CHECK(!netns_run("ip link set us down && ip link set us up"));
	nothing_is_left();
}

/* --- removal ------------------------------------------------------------------------- */

/* Announcements wait, and what they make is there, when the device goes. */
static void removed_by(const char *command)
{
	int n, fd = wire_fd;

	CHECK(!netns_run("ip link add r0 type veth peer name r1"));
	CHECK(!netns_run("ip link set r1 up && ip link set r0 up"));
	CHECK(!wire_open("r1"));
	for (n = 0; n < 40; n++) {
		struct wire_frame f = flooding(n);

		wire_put(&f);
		if (n == 20)
			HAS(ROUTES, "dev r0 proto ra");
	}
	CHECK(!netns_run(command));
	HAS_NOT(ROUTES, "dev r0 proto ra");
	close(wire_fd);
	wire_fd = fd;
}

static void devices_are_removed(void)
{
	removed_by("ip link del r0");
	removed_by("ip link set r0 down && ip link set r0 up && ip link del r0");
	removed_by("ip netns add gone && ip link set r0 netns gone && ip netns del gone");
	removed_by("weft link set r0 accept_ra never && ip link del r0");
	removed_by("ip link set r0 address 02:00:00:00:77:01 && ip link del r0");
}

/* A namespace that ends while announcements wait in it. */
static void namespaces_end(void)
{
	pid_t pid = fork();
	int i, status;

	if (!pid) {
		if (netns_enter() ||
		    netns_run("ip link add r0 type veth peer name r1") ||
		    netns_run("ip link set r1 up && ip link set r0 up") ||
		    wire_open("r1"))
			_exit(1);
		for (i = 0; i < 40; i++) {
			struct wire_frame f = flooding(i);

			wire_put(&f);
		}
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && !status);
}

static int run(void)
{
	if (netns_run("weft link set us accept_ra host") ||
	    netns_run("sysctl -qw net.weft.dad_transmits=0"))
		return 1;
	TAP_RUN(broken_ones_change_nothing);
	TAP_RUN(floods_are_bounded);
	TAP_RUN(devices_are_removed);
	TAP_RUN(namespaces_end);
	return tap_done();
}

int main(void)
{
	return wire_main(run);
}
