// SPDX-License-Identifier: GPL-2.0
/* proto/announce.c */
#include <stdlib.h>

#include "addr.h"
#include "announce.h"
#include "tap.h"

#define FOREVER	0xffffffffU
#define BOTH	(WEFT_RA_ONLINK | WEFT_RA_AUTO)

static const struct weft_addr seven = { { { 0, 7, 1, 2, 3, 4, 5, 6 } } };
static u8 msg[256];
static unsigned int len;

static void begin(u8 hop_limit, u8 pref, u16 lifetime, u32 reachable, u32 retrans)
{
	struct weft_router_announce ra = {
		.ctl = { .type = WEFT_CTL_ROUTER_ANNOUNCE,
			 .ra = { hop_limit, pref, cpu_to_be16(lifetime) } },
		.reachable = cpu_to_be32(reachable), .retrans = cpu_to_be32(retrans),
	};

	memcpy(msg, &ra, sizeof(ra));
	len = sizeof(ra);
}

static void add(const void *option, unsigned int n)
{
	memcpy(msg + len, option, n);
	len += n;
}

static void add_prefix(struct weft_addr prefix, u8 prefix_len, u8 flags, u32 valid,
		       u32 preferred)
{
	struct weft_ra_prefix p = {
		.type = WEFT_RA_PREFIX, .len = 3, .prefix_len = prefix_len,
		.flags = flags, .valid = cpu_to_be32(valid),
		.preferred = cpu_to_be32(preferred), .prefix = prefix,
	};

	add(&p, sizeof(p));
}

static void add_mtu(u32 mtu)
{
	struct weft_ra_mtu m = { WEFT_RA_MTU, 1, 0, cpu_to_be32(mtu) };

	add(&m, sizeof(m));
}

static void add_route(struct weft_addr prefix, u8 prefix_len, u8 pref, u32 lifetime)
{
	struct weft_ra_route r = {
		.type = WEFT_RA_ROUTE, .len = 2, .prefix_len = prefix_len,
		.pref = pref, .lifetime = cpu_to_be32(lifetime), .prefix = prefix,
	};

	add(&r, sizeof(r));
}

static bool parses(void)
{
	struct weft_announce told;

	return weft_announce_parse(&told, msg, len);
}

static int pref_of(u8 bits)
{
	struct weft_announce told;

	begin(0, bits, 0, 0, 0);
	CHECK(weft_announce_parse(&told, msg, len));
	return told.pref;
}

static u32 time_of(u32 ms)
{
	struct weft_announce told;

	begin(0, 0, 0, ms, ms);
	CHECK(weft_announce_parse(&told, msg, len));
	CHECK(told.reachable_ms == told.retrans_ms);
	return told.retrans_ms;
}

static void fields(void)
{
	struct weft_announce told;

	begin(64, WEFT_RA_PREF_HIGH, 1800, 30000, 1000);
	CHECK(weft_announce_parse(&told, msg, len));
	CHECK(told.hop_limit == 64 && told.lifetime == 1800 && told.pref == 1);
	CHECK(told.reachable_ms == 30000 && told.retrans_ms == 1000);
	CHECK(pref_of(0) == 0 && pref_of(0x40) == 1 && pref_of(0xc0) == -1);
	CHECK(pref_of(0x80) == 0 && pref_of(0x3f) == 0);
	CHECK(time_of(0) == 0 && time_of(1) == 100 && time_of(99) == 100);
	CHECK(time_of(3600000) == 3600000 && time_of(FOREVER) == 3600000);
}

static void option_lengths(void)
{
	static const u8 zero[8] = { WEFT_RA_MTU, 0 };
	static const u8 unknown[16] = { 99, 2 };
	unsigned int cut;

	begin(0, 0, 0, 0, 0);
	CHECK(parses());
	for (cut = 0; cut < sizeof(struct weft_router_announce); cut++) {
		len = cut;
		CHECK(!parses());
	}
	begin(0, 0, 0, 0, 0);
	add(unknown, 16);
	add_mtu(1280);
	CHECK(parses());
	for (cut = 1; cut < 8; cut++) {
		len--;
		CHECK(!parses());
	}
	begin(0, 0, 0, 0, 0);
	add_mtu(1280);
	add(zero, 8);
	CHECK(!parses());
	begin(0, 0, 0, 0, 0);
	add(unknown, 8);
	CHECK(!parses());
	begin(0, 0, 0, 0, 0);
	add(unknown, 1);
	CHECK(!parses());
}

/* The first option that means something; its type is 0 if none does. */
static struct weft_announce_option first(void)
{
	struct weft_announce_option opt = {};

	CHECK(parses());
	if (!weft_announce_option(msg, len, 0, &opt))
		opt.type = 0;
	begin(0, 0, 0, 0, 0);
	return opt;
}

static struct weft_announce_option prefix(struct weft_addr addr, u8 n, u8 flags,
					  u32 valid, u32 preferred)
{
	begin(0, 0, 0, 0, 0);
	add_prefix(addr, n, flags, valid, preferred);
	return first();
}

static void prefixes(void)
{
	static const struct weft_addr linklocal = { { { 0xfe, 0x80, 1 } } };
	static const struct weft_addr group = { { { 0xff, 0x0e } } };
	static const struct weft_addr mapped = { { { 0, 0, 0, 4, 10 } } };
	static const struct weft_addr loopback = WEFT_ADDR_LOOPBACK_INIT;
	static const struct weft_addr any = WEFT_ADDR_ANY_INIT;
	struct weft_announce_option o = prefix(seven, 16, 0xff, 100, 50);

	CHECK(o.type == WEFT_RA_PREFIX && o.flags == BOTH && o.prefix_len == 16);
	CHECK(o.valid == 100 && o.preferred == 50);
	CHECK(weft_addr_key(&o.prefix) == 7ULL << 48);
	CHECK(prefix(seven, 15, BOTH, 1, 1).flags == WEFT_RA_ONLINK);
	CHECK(prefix(seven, 17, BOTH, 1, 1).flags == WEFT_RA_ONLINK);
	CHECK(prefix(seven, 64, BOTH, 1, 1).flags == WEFT_RA_ONLINK);
	CHECK(prefix(seven, 0, BOTH, 1, 1).flags == WEFT_RA_ONLINK);
	CHECK(prefix(seven, 16, BOTH, FOREVER, FOREVER).valid == FOREVER);
	CHECK(prefix(seven, 16, BOTH, 0, 0).type);
	CHECK(!prefix(seven, 65, BOTH, 1, 1).type);
	CHECK(!prefix(seven, 255, BOTH, 1, 1).type);
	CHECK(!prefix(seven, 16, BOTH, 1, 2).type);
	CHECK(!prefix(linklocal, 16, BOTH, 1, 1).type);
	CHECK(!prefix(linklocal, 64, BOTH, 1, 1).type);
	CHECK(prefix(linklocal, 6, BOTH, 1, 1).type);
	CHECK(!prefix(group, 8, BOTH, 1, 1).type);
	CHECK(!prefix(group, 16, BOTH, 1, 1).type);
	CHECK(!prefix(mapped, 32, BOTH, 1, 1).type);
	CHECK(!prefix(mapped, 64, BOTH, 1, 1).type);
	CHECK(!prefix(loopback, 64, BOTH, 1, 1).type);
	CHECK(!prefix(any, 64, BOTH, 1, 1).type);
	CHECK(prefix(any, 16, BOTH, 1, 1).flags == WEFT_RA_ONLINK);
}

static struct weft_announce_option route(struct weft_addr addr, u8 n, u8 pref)
{
	begin(0, 0, 0, 0, 0);
	add_route(addr, n, pref, 600);
	return first();
}

static void routes_and_mtus(void)
{
	static const struct weft_addr linklocal = { { { 0xfe, 0x80, 1 } } };
	static const struct weft_addr mapped = { { { 0, 0, 0, 4, 10 } } };
	struct weft_announce_option o = route(seven, 32, 0x08);

	CHECK(o.type == WEFT_RA_ROUTE && o.prefix_len == 32 && o.valid == 600);
	CHECK(o.pref == 1 && weft_addr_key(&o.prefix) == 0x0007010200000000ULL);
	CHECK(route(seven, 32, 0x18).pref == -1 && route(seven, 32, 0xe7).pref == 0);
	CHECK(route(seven, 64, 0).type && route(mapped, 40, 0).type);
	CHECK(!route(seven, 32, 0x10).type);
	CHECK(!route(seven, 0, 0).type && !route(seven, 65, 0).type);
	CHECK(!route(linklocal, 16, 0).type);
	begin(0, 0, 0, 0, 0);
	add_mtu(WEFT_MTU_MIN - 1);
	add_mtu(FOREVER);
	CHECK(first().mtu == FOREVER);
	add_mtu(WEFT_MTU_MIN);
	CHECK(first().mtu == WEFT_MTU_MIN);
}

/* Skipped: other types, and known ones of another length. */
static void options_come_in_order(void)
{
	static const u8 unknown[16] = { 99, 2 };
	static const u8 prefix_of_8[8] = { WEFT_RA_PREFIX, 1 };
	static const u8 mtu_of_16[16] = { WEFT_RA_MTU, 2 };
	static const u8 route_of_24[24] = { WEFT_RA_ROUTE, 3, 16 };
	struct weft_announce_option opt;
	unsigned int at;

	begin(0, 0, 0, 0, 0);
	add(unknown, 16);
	add(prefix_of_8, 8);
	add_mtu(1400);
	add(mtu_of_16, 16);
	add(route_of_24, 24);
	add_route(seven, 16, 0, 1);
	add(unknown, 16);
	CHECK(parses());
	at = weft_announce_option(msg, len, 0, &opt);
	CHECK(at && opt.type == WEFT_RA_MTU && opt.mtu == 1400);
	at = weft_announce_option(msg, len, at, &opt);
	CHECK(at && opt.type == WEFT_RA_ROUTE);
	CHECK(!weft_announce_option(msg, len, at, &opt));
	CHECK(!weft_announce_option(msg, len, len, &opt));
	CHECK(!weft_announce_option(msg, len, len + 1, &opt));
}

/* RFC 4862, section 5.5.3 (e). */
static void valid_lifetimes(void)
{
	CHECK(weft_announce_valid(7201, FOREVER) == 7201);
	CHECK(weft_announce_valid(7200, FOREVER) == 7200);
	CHECK(weft_announce_valid(0, 86400) == 7200);
	CHECK(weft_announce_valid(0, 7201) == 7200);
	CHECK(weft_announce_valid(0, 7200) == 7200);
	CHECK(weft_announce_valid(0, 100) == 100);
	CHECK(weft_announce_valid(99, 100) == 100);
	CHECK(weft_announce_valid(101, 100) == 101);
	CHECK(weft_announce_valid(0, 0) == 0);
	CHECK(weft_announce_valid(FOREVER, 1) == FOREVER);
}

int main(void)
{
	TAP_RUN(fields);
	TAP_RUN(option_lengths);
	TAP_RUN(prefixes);
	TAP_RUN(routes_and_mtus);
	TAP_RUN(options_come_in_order);
	TAP_RUN(valid_lifetimes);
	return tap_done();
}
