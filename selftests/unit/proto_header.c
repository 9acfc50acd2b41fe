// SPDX-License-Identifier: GPL-2.0
/* proto/header.c and proto/addr.h */
#include <errno.h>
#include <stdlib.h>

#include "addr.h"
#include "header.h"
#include "tap.h"

static const struct weft_addr any = WEFT_ADDR_ANY_INIT;
static const struct weft_addr loopback = WEFT_ADDR_LOOPBACK_INIT;
static const struct weft_addr allnodes = WEFT_ADDR_ALLNODES_INIT;
static const struct weft_addr link_a = { { { 0xfe, 0x80, 2, 0, 0, 0, 0, 1 } } };
static const struct weft_addr link_b = { { { 0xfe, 0x80, 2, 0, 0, 0, 0, 2 } } };

static struct weft_hdr good(u8 next, unsigned int len)
{
	return (struct weft_hdr){
		.vc = WEFT_VERSION << 4, .len = cpu_to_be16(len),
		.hop_limit = 64, .next = next, .src = link_a, .dst = link_b,
	};
}

static void kinds_of_addresses(void)
{
	struct weft_addr a = link_a;

	CHECK(weft_addr_any(&any) && !weft_addr_any(&loopback));
	CHECK(weft_addr_loopback(&loopback) && !weft_addr_loopback(&any));
	CHECK(weft_addr_group(&allnodes) && weft_addr_allnodes(&allnodes));
	CHECK(weft_addr_linklocal(&link_a) && !weft_addr_linklocal(&allnodes));
	CHECK(weft_addr_equal(&a, &link_a) && !weft_addr_equal(&a, &link_b));
	CHECK(weft_addr_needs_scope(&link_a) && weft_addr_needs_scope(&allnodes));
	CHECK(!weft_addr_needs_scope(&loopback));
	a = allnodes;
	a.a8[1] = 0x0e;
	CHECK(!weft_addr_needs_scope(&a) && !weft_addr_allnodes(&a));
}

static void macs(void)
{
	const u8 mac[6] = { 0x52, 0x54, 0, 0x57, 2, 0 };
	const u8 group[6] = { 0x03, 0x57, 0, 0, 0, 1 };
	struct weft_addr a;
	u8 got[6];

	weft_addr_from_mac(&a, mac);
	CHECK(weft_addr_linklocal(&a));
	CHECK(weft_addr_mac(&a, got) && !memcmp(got, mac, 6));
	CHECK(weft_addr_mac(&allnodes, got) && !memcmp(got, group, 6));
	a.a8[2] |= 1;
	CHECK(!weft_addr_mac(&a, got));
	memset(&a.a8[2], 0, 6);
	CHECK(!weft_addr_mac(&a, got));
}

static void header_lengths(void)
{
	struct weft_hdr h = good(WEFT_PROTO_NONE, 24);

	CHECK(weft_hdr_check(&h, 24) == WEFT_DROP_NONE);
	CHECK(weft_hdr_check(&h, 60) == WEFT_DROP_NONE);
	h.len = cpu_to_be16(61);
	CHECK(weft_hdr_check(&h, 60) == WEFT_DROP_LENGTH);
	h.len = cpu_to_be16(23);
	CHECK(weft_hdr_check(&h, 60) == WEFT_DROP_LENGTH);
	h.len = cpu_to_be16(0xffff);
	CHECK(weft_hdr_check(&h, 0xffff) == WEFT_DROP_NONE);
	CHECK(weft_hdr_check(&h, 0xfffe) == WEFT_DROP_LENGTH);
}

static void header_versions_and_class(void)
{
	struct weft_hdr h = good(WEFT_PROTO_NONE, 24);
	int vc;

	for (vc = 0; vc < 256; vc++) {
		h.vc = vc;
		CHECK((weft_hdr_check(&h, 24) == WEFT_DROP_VERSION) ==
		      (vc >> 4 != WEFT_VERSION));
		CHECK(weft_hdr_class(&h) == (vc & 15));
	}
}

static void header_addresses(void)
{
	struct weft_hdr h = good(WEFT_PROTO_NONE, 24);

	h.dst = allnodes;
	CHECK(weft_hdr_check(&h, 24) == WEFT_DROP_NONE);
	h.dst = any;
	CHECK(weft_hdr_check(&h, 24) == WEFT_DROP_ADDRESS);
	h = good(WEFT_PROTO_NONE, 24);
	h.src = any;
	CHECK(weft_hdr_check(&h, 24) == WEFT_DROP_ADDRESS);
	h.src = allnodes;
	CHECK(weft_hdr_check(&h, 24) == WEFT_DROP_ADDRESS);
}

static void datagram_headers(void)
{
	struct weft_dgram_hdr d = { cpu_to_be16(1), cpu_to_be16(2),
				    cpu_to_be16(8), 0 };

	CHECK(weft_dgram_check(&d, 8) == WEFT_DROP_NONE);
	CHECK(weft_dgram_check(&d, 9) == WEFT_DROP_DGRAM_SHORT);
	d.sport = 0;
	CHECK(weft_dgram_check(&d, 8) == WEFT_DROP_DGRAM_PORT);
	d.sport = d.dport;
	d.dport = 0;
	CHECK(weft_dgram_check(&d, 8) == WEFT_DROP_DGRAM_PORT);
}

/* The quote lies in a buffer of just its size, so that a read behind it shows. */
static bool parse(struct weft_quote *q, const void *data, size_t len)
{
	void *copy = malloc(len ?: 1);
	bool ok;

	memcpy(copy, data, len);
	ok = weft_quote_parse(q, copy, len);
	free(copy);
	return ok;
}

static void quotes(void)
{
	struct {
		struct weft_hdr hdr;
		struct weft_dgram_hdr dgram;
	} p = { good(WEFT_PROTO_DGRAM, 1000),
		{ cpu_to_be16(5), cpu_to_be16(6), cpu_to_be16(976), 0 } };
	struct weft_ctl_hdr ctl = { .type = WEFT_CTL_ECHO_REQUEST,
				    .echo.id = cpu_to_be16(9) };
	struct weft_quote q;
	size_t n;

	for (n = 0; n < sizeof(p); n++)
		CHECK(!parse(&q, &p, n));
	CHECK(parse(&q, &p, sizeof(p)));
	CHECK(q.proto == WEFT_PROTO_DGRAM && q.sport == cpu_to_be16(5) &&
	      q.dport == cpu_to_be16(6));
	CHECK(weft_addr_equal(&q.src, &link_a) && weft_addr_equal(&q.dst, &link_b));

	p.hdr.next = WEFT_PROTO_CONTROL;
	memcpy(&p.dgram, &ctl, sizeof(ctl));
	CHECK(parse(&q, &p, sizeof(p)) && q.sport == cpu_to_be16(9) && !q.dport);
	ctl.type = WEFT_CTL_UNREACH;
	memcpy(&p.dgram, &ctl, sizeof(ctl));
	CHECK(!parse(&q, &p, sizeof(p)));
	p.hdr.next = WEFT_PROTO_NONE;
	CHECK(!parse(&q, &p, sizeof(p)));
}

static void errnos(void)
{
	CHECK(weft_unreach_errno(WEFT_UNREACH_PORT) == ECONNREFUSED);
	CHECK(weft_unreach_errno(WEFT_UNREACH_NOROUTE) == ENETUNREACH);
	CHECK(weft_unreach_errno(WEFT_UNREACH_PROTO) == EPROTONOSUPPORT);
	CHECK(weft_unreach_errno(6) == 0);
	CHECK(weft_unreach_errno(255) == 0);
}

static void when_errors_may_be_sent(void)
{
	struct weft_hdr h = good(WEFT_PROTO_DGRAM, 24);
	u8 query = WEFT_CTL_ECHO_REQUEST, error = WEFT_CTL_UNREACH;

	CHECK(weft_error_allowed(&h, NULL, 0));
	h.next = WEFT_PROTO_CONTROL;
	CHECK(!weft_error_allowed(&h, NULL, 0));
	CHECK(weft_error_allowed(&h, &query, 1));
	CHECK(!weft_error_allowed(&h, &error, 1));
	h.dst = allnodes;
	CHECK(!weft_error_allowed(&h, &query, 1));
}

int main(void)
{
	TAP_RUN(kinds_of_addresses);
	TAP_RUN(macs);
	TAP_RUN(header_lengths);
	TAP_RUN(header_versions_and_class);
	TAP_RUN(header_addresses);
	TAP_RUN(datagram_headers);
	TAP_RUN(quotes);
	TAP_RUN(errnos);
	TAP_RUN(when_errors_may_be_sent);
	return tap_done();
}
