// SPDX-License-Identifier: GPL-2.0
/*
 * Redirects that a host must not believe: malformed ones, those of others than the
 * router that it uses, and those to where nothing can lead.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 * timeout: 240
 */
#include <linux/if_ether.h>
#include <linux/weft.h>
#include "wire.h"

#define ROUTER	2
#define OTHER	3

/* 8::1, which is reached by the router. */
static const struct weft_addr far_node = { { { 0, 8, 0, 0, 0, 0, 0, 1 } } };
static const struct weft_addr better = WIRE_LINK(OTHER);

static struct weft_redirect redirect_of(const struct weft_addr *target,
					const struct weft_addr *dst)
{
	struct weft_redirect msg = {
		.ctl.type = WEFT_CTL_REDIRECT,
		.target = *target,
		.dst = *dst,
	};

	return msg;
}

/* Puts it on the wire and waits until it was looked at. */
static void deliver(const struct wire_frame *f)
{
	struct wire_frame rest;

	wire_put(f);
	CHECK(wire_until_now(&rest, 1) >= 0);
}

static int believed(void)
{
	return !system("weft route show cache | grep -q .");
}

static void forget(void)
{
	CHECK(!netns_run("weft route flush cache"));
	CHECK(!believed());
}

/* One is dropped with this counter. */
static void refused(const struct wire_frame *f, const char *counter)
{
	long before = netns_counter(counter);

	deliver(f);
	CHECK(netns_counter(counter) == before + 1);
}

static void refused_redirect(const struct weft_addr *target,
			     const struct weft_addr *dst, const char *counter)
{
	struct weft_redirect msg = redirect_of(target, dst);
	struct wire_frame f = wire_control(ROUTER, &msg, sizeof(msg), 255);

	refused(&f, counter);
}

static void good_ones_are_believed(void)
{
	struct weft_redirect msg = redirect_of(&better, &far_node);
	struct wire_frame f = wire_control(ROUTER, &msg, sizeof(msg), 255);

	deliver(&f);
	CHECK(believed());
	CHECK(!netns_run("weft route get 8::1 | grep -q 'via fe80:200:0:3 '"));
	CHECK(!netns_run("weft route get 8::2 | grep -q 'via fe80:200:0:2 '"));
	/* Now the other one is the router in use. */
	forget();
	msg = redirect_of(&far_node, &far_node);
	f = wire_control(ROUTER, &msg, sizeof(msg), 255);
	deliver(&f);
	CHECK(!netns_run("weft route get 8::1 | grep -qv via"));
	forget();
}

static void only_the_router_in_use_is_believed(void)
{
	struct weft_redirect msg = redirect_of(&better, &far_node);
	struct wire_frame f = wire_control(OTHER, &msg, sizeof(msg), 255);
	long before = netns_counter("DropRedirect");

	refused(&f, "DropRedirect");
	CHECK(!believed());
	f = wire_control(ROUTER, &msg, sizeof(msg), 255);
	deliver(&f);
	CHECK(believed());
	/* The one that was left has no say any more. */
	deliver(&f);
	CHECK(netns_counter("DropRedirect") == before + 2);
	forget();
}

static void they_come_from_the_link(void)
{
	struct weft_redirect msg = redirect_of(&better, &far_node);
	struct wire_frame f;
	int hops;

	for (hops = 1; hops < 255; hops += 127) {
		f = wire_control(ROUTER, &msg, sizeof(msg), hops);
		refused(&f, "DropNeighbour");
	}
	f = wire_control(ROUTER, &msg, sizeof(msg), 255);
	f.hdr.src = (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, 0, 2 } } };
	wire_sum(&f, sizeof(msg));
	refused(&f, "DropNeighbour");
	CHECK(!believed());
}

static void they_are_whole(void)
{
	struct weft_redirect msg = redirect_of(&better, &far_node);
	struct wire_frame f;
	size_t len;

	for (len = 8; len < sizeof(msg); len++) {
		f = wire_control(ROUTER, &msg, len, 255);
		refused(&f, "DropNeighbour");
	}
	msg.ctl.code = 1;
	f = wire_control(ROUTER, &msg, sizeof(msg), 255);
	refused(&f, "DropNeighbour");
	msg.ctl.code = 0;
	f = wire_control(ROUTER, &msg, sizeof(msg), 255);
	f.body[2] ^= 1;
	refused(&f, "DropChecksum");
	CHECK(!believed());
}

static void targets_are_neighbours(void)
{
	static const struct weft_addr bad[] = {
		WEFT_ADDR_ANY_INIT, WEFT_ADDR_LOOPBACK_INIT, WEFT_ADDR_ALLNODES_INIT,
		{ { { 0, 8, 0, 0, 0, 0, 0, 2 } } },
		{ { { 0xfe, 0x80, 0, 0, 0, 0, 0, 0 } } },
		{ { { 0xfe, 0x80, 3, 0, 0, 0, 0, 1 } } },
		{ { { 0xfe, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } } },
	};
	struct weft_addr own = WIRE_LINK(1);
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused_redirect(&bad[i], &far_node, "DropNeighbour");
	refused_redirect(&own, &far_node, "DropRedirect");
	CHECK(!believed());
}

static void destinations_are_far_nodes(void)
{
	static const struct weft_addr bad[] = {
		WEFT_ADDR_ANY_INIT, WEFT_ADDR_LOOPBACK_INIT, WEFT_ADDR_ALLNODES_INIT,
		{ { { 0xff, 0x0e, 0, 0, 0, 0, 0, 9 } } },
		WIRE_LINK(9),
	};
	static const struct weft_addr own = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
	static const struct weft_addr near = { { { 0, 7, 0, 0, 0, 0, 0, 9 } } };
	static const struct weft_addr nowhere = { { { 0, 9, 0, 0, 0, 0, 0, 1 } } };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refused_redirect(&better, &bad[i], "DropNeighbour");
		refused_redirect(&bad[i], &bad[i], "DropNeighbour");
	}
	refused_redirect(&better, &own, "DropRedirect");
	refused_redirect(&better, &near, "DropRedirect");
	refused_redirect(&better, &nowhere, "DropRedirect");
	CHECK(!believed());
}

static void they_are_not_for_all(void)
{
	struct weft_redirect msg = redirect_of(&better, &far_node);
	struct wire_frame f = wire_control(ROUTER, &msg, sizeof(msg), 255);

	f.hdr.dst = (struct weft_addr)WEFT_ADDR_ALLNODES_INIT;
	wire_sum(&f, sizeof(msg));
	refused(&f, "DropNeighbour");
	CHECK(!believed());
}

/* Many destinations: what is remembered has bounds. */
static void a_flood_is_bounded(void)
{
	struct weft_addr dst = far_node;
	struct weft_redirect msg;
	struct wire_frame f;
	int i;

	for (i = 0; i < 5000; i++) {
		dst.a8[5] = i >> 8;
		dst.a8[6] = i;
		msg = redirect_of(&better, &dst);
		f = wire_control(ROUTER, &msg, sizeof(msg), 255);
		wire_put(&f);
	}
	CHECK(wire_until_now(&f, 1) >= 0);
	CHECK(believed());
	CHECK(!netns_run("test $(weft route show cache | grep -c via) -le 4096"));
	forget();
}

static int set_up(void)
{
	return netns_run("weft addr add 7::1/16 dev us nodad") ||
	       netns_run("weft route add 8::/16 via fe80:200:0:2 dev us");
}

static int run(void)
{
	if (set_up())
		return 1;
	TAP_RUN(good_ones_are_believed);
	TAP_RUN(only_the_router_in_use_is_believed);
	TAP_RUN(they_come_from_the_link);
	TAP_RUN(they_are_whole);
	TAP_RUN(targets_are_neighbours);
	TAP_RUN(destinations_are_far_nodes);
	TAP_RUN(they_are_not_for_all);
	TAP_RUN(a_flood_is_bounded);
	return tap_done();
}

int main(void)
{
	return wire_main(run);
}
