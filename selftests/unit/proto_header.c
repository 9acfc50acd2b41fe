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

static struct weft_frag_hdr fragment(unsigned int offset, bool more)
{
	return (struct weft_frag_hdr){
		.next = WEFT_PROTO_DGRAM,
		.offset = cpu_to_be16(offset | (more ? WEFT_FRAG_MORE : 0)),
	};
}

/* Of a fragment with so many bytes of data. */
static enum weft_drop check_fragment(unsigned int offset, bool more,
				     unsigned int data)
{
	struct weft_frag_hdr f = fragment(offset, more);

	return weft_frag_check(&f, WEFT_FRAG_LEN + data);
}

static void fragments(void)
{
	struct weft_frag_hdr f = fragment(0, true);
	unsigned int n;

	/* What is not there is not read. */
	for (n = 0; n <= WEFT_FRAG_LEN; n++)
		CHECK(weft_frag_check(n < WEFT_FRAG_LEN ? NULL : &f, n) ==
		      WEFT_DROP_FRAG_SHORT);
	CHECK(check_fragment(0, false, 1) == WEFT_DROP_FRAG_ATOMIC);
	CHECK(check_fragment(0, false, 1000) == WEFT_DROP_FRAG_ATOMIC);
	CHECK(check_fragment(8, false, 1) == WEFT_DROP_NONE);
	CHECK(check_fragment(0, true, 256) == WEFT_DROP_NONE);
	CHECK(check_fragment(0, true, 248) == WEFT_DROP_FRAG_TINY);
	CHECK(check_fragment(800, true, 8) == WEFT_DROP_FRAG_TINY);
	CHECK(check_fragment(0, true, 257) == WEFT_DROP_FRAG_LENGTH);
	CHECK(check_fragment(0, true, 1) == WEFT_DROP_FRAG_LENGTH);
	f.next = WEFT_PROTO_FRAGMENT;
	CHECK(weft_frag_check(&f, 264) == WEFT_DROP_FRAG_NESTED);
	/* Bits without a meaning have none. */
	f = fragment(0, false);
	f.offset |= cpu_to_be16(6);
	f.reserved = 0xff;
	CHECK(weft_frag_check(&f, 264) == WEFT_DROP_FRAG_ATOMIC);
	f.offset |= cpu_to_be16(1);
	CHECK(weft_frag_check(&f, 264) == WEFT_DROP_NONE);
}

static void fragments_of_packets_too_long(void)
{
	const unsigned int end = WEFT_LEN_MAX - WEFT_HDR_LEN;
	struct weft_frag_hdr f;

	CHECK(end % 8 == 7);
	CHECK(check_fragment(end - 7, false, 7) == WEFT_DROP_NONE);
	CHECK(check_fragment(end - 7, false, 8) == WEFT_DROP_FRAG_LENGTH);
	CHECK(check_fragment(65528, false, 1) == WEFT_DROP_FRAG_LENGTH);
	CHECK(check_fragment(end - 7 - 256, true, 256) == WEFT_DROP_NONE);
	CHECK(check_fragment(end - 7 - 248, true, 256) == WEFT_DROP_FRAG_LENGTH);
	CHECK(check_fragment(65528, true, 60000) == WEFT_DROP_FRAG_LENGTH);

	f = fragment(65528, false);
	CHECK(weft_frag_wrong_field(&f, 20) == 26);
	f = fragment(65528, true);
	CHECK(weft_frag_wrong_field(&f, 264) == 26);
	CHECK(weft_frag_wrong_field(&f, 265) == 2);
}

/* Cuts so many bytes; what is wrong with the parts, 0 if nothing. */
static int cut(unsigned int left, unsigned int max, bool more)
{
	unsigned int part, last = 0;
	int wrong = 0;

	while (left && !wrong) {
		part = weft_frag_part(left, max, more);
		if (!part || part > max || part > left)
			return 1;
		left -= part;
		if ((left || more) && (part % 8 || part < WEFT_FRAG_DATA_MIN))
			wrong = 2;
		/* Only what a gateway cuts again may end with two shorter ones. */
		if (left && !more && last && part != last)
			wrong = 3;
		last = part;
	}
	return wrong;
}

static void parts_of_packets(void)
{
	static const unsigned int maxima[] = { 544, 552, 1464, 8968, 65496 };
	unsigned int i, len, failed = 0;

	for (i = 0; i < sizeof(maxima) / sizeof(maxima[0]); i++)
		for (len = 1; len <= WEFT_LEN_MAX; len++) {
			failed += cut(len, maxima[i], false) != 0;
			if (len % 8 == 0 && len >= WEFT_FRAG_DATA_MIN)
				failed += cut(len, maxima[i], true) != 0;
		}
	CHECK(!failed);
	CHECK(weft_frag_part(552, 544, false) == 544);
	CHECK(weft_frag_part(552, 544, true) == 280);
	CHECK(weft_frag_part(800, 544, true) == 544);
	CHECK(weft_frag_part(544, 544, true) == 544);
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
	      q.dport == cpu_to_be16(6) && q.header_len == sizeof(p.hdr));
	CHECK(weft_addr_equal(&q.src, &link_a) && weft_addr_equal(&q.dst, &link_b));

	p.hdr.next = WEFT_PROTO_CONTROL;
	memcpy(&p.dgram, &ctl, sizeof(ctl));
	CHECK(parse(&q, &p, sizeof(p)) && q.sport == cpu_to_be16(9) && !q.dport);
	ctl.type = WEFT_CTL_UNREACH;
	memcpy(&p.dgram, &ctl, sizeof(ctl));
	CHECK(!parse(&q, &p, sizeof(p)));
	/* Raw sockets send anything; what has no port is told by its next header. */
	ctl.type = WEFT_CTL_NEIGH_SOLICIT;
	memcpy(&p.dgram, &ctl, sizeof(ctl));
	CHECK(parse(&q, &p, sizeof(p)) && !q.sport && !q.dport);
	p.hdr.next = 200;
	CHECK(parse(&q, &p, sizeof(p.hdr)));
	CHECK(q.proto == 200 && !q.sport && !q.dport);
	CHECK(!parse(&q, &p, sizeof(p.hdr) - 1));
}

static void quotes_of_fragments(void)
{
	struct {
		struct weft_hdr hdr;
		struct weft_frag_hdr frag;
		struct weft_dgram_hdr dgram;
	} p = { good(WEFT_PROTO_FRAGMENT, 1000), fragment(0, true),
		{ cpu_to_be16(5), cpu_to_be16(6), cpu_to_be16(976), 0 } };
	struct weft_quote q;
	size_t n;

	for (n = 0; n < sizeof(p); n++)
		CHECK(!parse(&q, &p, n));
	CHECK(parse(&q, &p, sizeof(p)));
	CHECK(q.proto == WEFT_PROTO_DGRAM && q.sport == cpu_to_be16(5) &&
	      q.dport == cpu_to_be16(6) &&
	      q.header_len == sizeof(p.hdr) + sizeof(p.frag));
	/* A later fragment has no ports, and a fragment in a fragment is none. */
	p.frag.offset = cpu_to_be16(8);
	CHECK(!parse(&q, &p, sizeof(p)));
	p.frag = fragment(0, true);
	p.frag.next = WEFT_PROTO_FRAGMENT;
	CHECK(!parse(&q, &p, sizeof(p)));
}

static void errnos(void)
{
	CHECK(weft_error_errno(WEFT_CTL_UNREACH, WEFT_UNREACH_PORT) ==
	      ECONNREFUSED);
	CHECK(weft_error_errno(WEFT_CTL_UNREACH, WEFT_UNREACH_NOROUTE) ==
	      ENETUNREACH);
	CHECK(weft_error_errno(WEFT_CTL_UNREACH, WEFT_UNREACH_PROTO) ==
	      EPROTONOSUPPORT);
	CHECK(weft_error_errno(WEFT_CTL_UNREACH, 6) == 0);
	CHECK(weft_error_errno(WEFT_CTL_UNREACH, 255) == 0);
	CHECK(weft_error_errno(WEFT_CTL_TOOBIG, 0) == EMSGSIZE);
	CHECK(weft_error_errno(WEFT_CTL_TIME, WEFT_TIME_HOP_LIMIT) ==
	      EHOSTUNREACH);
	CHECK(weft_error_errno(WEFT_CTL_PARAM, 0) == EPROTO);
	CHECK(weft_error_errno(0, 0) == 0);
	CHECK(weft_error_errno(WEFT_CTL_ECHO_REQUEST, 0) == 0);
}

/* What a program that makes the network header itself may put there. */
static void sendable_headers(void)
{
	struct weft_hdr h = good(200, 100);

	CHECK(!weft_hdr_sendable(&h, 100));
	CHECK(weft_hdr_sendable(&h, 99) == -EINVAL);
	CHECK(weft_hdr_sendable(&h, 101) == -EINVAL);
	h.flags = WEFT_ECN_MASK | WEFT_FLAG_FRAGOK;
	CHECK(!weft_hdr_sendable(&h, 100));
	h.flags = 0x08;
	CHECK(weft_hdr_sendable(&h, 100) == -EINVAL);
	h = good(200, 100);
	h.hop_limit = 0;
	CHECK(weft_hdr_sendable(&h, 100) == -EINVAL);
	h = good(200, 100);
	h.vc = 2 << 4;
	CHECK(weft_hdr_sendable(&h, 100) == -EINVAL);
	h = good(200, 100);
	h.src = allnodes;
	CHECK(weft_hdr_sendable(&h, 100) == -EINVAL);
}

static void when_errors_may_be_sent(void)
{
	struct weft_hdr h = good(WEFT_PROTO_DGRAM, 24);
	u8 query = WEFT_CTL_ECHO_REQUEST, error = WEFT_CTL_UNREACH;

	CHECK(weft_error_allowed(WEFT_CTL_TIME, &h, NULL, 0));
	h.next = WEFT_PROTO_CONTROL;
	CHECK(!weft_error_allowed(WEFT_CTL_TIME, &h, NULL, 0));
	CHECK(weft_error_allowed(WEFT_CTL_TIME, &h, &query, 1));
	CHECK(!weft_error_allowed(WEFT_CTL_TIME, &h, &error, 1));
	h.dst = allnodes;
	CHECK(!weft_error_allowed(WEFT_CTL_TIME, &h, &query, 1));
}

static void when_errors_may_be_sent_about_fragments(void)
{
	struct weft_hdr h = good(WEFT_PROTO_FRAGMENT, 300);
	struct {
		struct weft_frag_hdr frag;
		u8 type;
	} p = { fragment(0, true), WEFT_CTL_ECHO_REQUEST };

	p.frag.next = WEFT_PROTO_CONTROL;
	CHECK(weft_error_allowed(WEFT_CTL_TIME, &h, &p, WEFT_ERROR_PEEK));
	CHECK(!weft_error_allowed(WEFT_CTL_TIME, &h, &p, WEFT_FRAG_LEN));
	CHECK(!weft_error_allowed(WEFT_CTL_TIME, &h, &p, WEFT_FRAG_LEN - 1));
	p.type = WEFT_CTL_TIME;
	CHECK(!weft_error_allowed(WEFT_CTL_TIME, &h, &p, WEFT_ERROR_PEEK));
	CHECK(!weft_error_allowed(WEFT_CTL_PARAM, &h, &p, WEFT_ERROR_PEEK));
	p.frag.next = WEFT_PROTO_DGRAM;
	CHECK(weft_error_allowed(WEFT_CTL_TIME, &h, &p, WEFT_FRAG_LEN));
	p.frag.offset = cpu_to_be16(8);
	CHECK(!weft_error_allowed(WEFT_CTL_TIME, &h, &p, WEFT_ERROR_PEEK));
	CHECK(weft_error_allowed(WEFT_CTL_PARAM, &h, &p, WEFT_ERROR_PEEK));
	h.dst = allnodes;
	CHECK(!weft_error_allowed(WEFT_CTL_PARAM, &h, &p, WEFT_ERROR_PEEK));
}

static const struct weft_addr target = { { { 0, 7, 0, 0, 1, 2, 3, 4 } } };

static void solicited_node_groups(void)
{
	const struct weft_addr want = { { { 0xff, 2, 0, 1, 1, 2, 3, 4 } } };
	const u8 mac[6] = { 0x03, 0x57, 1, 2, 3, 4 };
	struct weft_addr group;
	u8 got[6];

	weft_solicited_node(&target, &group);
	CHECK(weft_addr_equal(&group, &want));
	CHECK(weft_addr_solicited(&group) && !weft_addr_solicited(&allnodes));
	CHECK(weft_addr_mac(&group, got) && !memcmp(got, mac, 6));
}

/* The message lies in a buffer of just its size. */
static enum weft_drop neigh_check(const struct weft_hdr *h, const void *data,
				  size_t len)
{
	void *copy = malloc(len ?: 1);
	enum weft_drop reason;

	memcpy(copy, data, len);
	reason = weft_neigh_check(h, copy, len);
	free(copy);
	return reason;
}

static struct weft_hdr neighbour(void)
{
	struct weft_hdr h = good(WEFT_PROTO_CONTROL, 48);

	h.hop_limit = WEFT_HOP_LIMIT_NEIGH;
	return h;
}

static void neighbours_have_a_length(void)
{
	static const struct { u8 type; size_t len; } least[] = {
		{ WEFT_CTL_ROUTER_SOLICIT, 8 }, { WEFT_CTL_ROUTER_ANNOUNCE, 16 },
		{ WEFT_CTL_NEIGH_SOLICIT, 24 }, { WEFT_CTL_NEIGH_ANNOUNCE, 16 },
		{ WEFT_CTL_REDIRECT, 24 }, { WEFT_CTL_GROUP_QUERY, 24 },
		{ WEFT_CTL_GROUP_REPORT, 8 },
	};
	struct weft_hdr h = neighbour();
	u8 msg[64] = {};
	size_t i, n;

	for (i = 0; i < sizeof(least) / sizeof(least[0]); i++) {
		msg[0] = least[i].type;
		for (n = 0; n <= sizeof(msg); n++)
			CHECK(neigh_check(&h, msg, n) ==
			      (n < least[i].len ? WEFT_DROP_NEIGHBOUR :
						  WEFT_DROP_NONE));
	}
	for (i = 0; i < 256; i++) {
		msg[0] = i;
		CHECK((neigh_check(&h, msg, sizeof(msg)) == WEFT_DROP_NONE) ==
		      (i == WEFT_CTL_GROUP_QUERY || i == WEFT_CTL_GROUP_REPORT ||
		       (i >= WEFT_CTL_ROUTER_SOLICIT && i <= WEFT_CTL_REDIRECT)));
	}
}

static void neighbours_are_on_the_link(void)
{
	u8 msg[24] = { WEFT_CTL_NEIGH_SOLICIT };
	struct weft_hdr h = neighbour();
	int i;

	for (i = 0; i < 256; i++) {
		h.hop_limit = i;
		CHECK((neigh_check(&h, msg, 24) == WEFT_DROP_NONE) == (i == 255));
	}
	h = neighbour();
	h.src = target;
	CHECK(neigh_check(&h, msg, 24) == WEFT_DROP_NEIGHBOUR);
	h.src = loopback;
	CHECK(neigh_check(&h, msg, 24) == WEFT_DROP_NEIGHBOUR);
	/* A link-local address whose MAC is a group's, or none. */
	h.src = link_a;
	h.src.a8[2] |= 1;
	CHECK(neigh_check(&h, msg, 24) == WEFT_DROP_NEIGHBOUR);
	memset(&h.src.a8[2], 0, 6);
	CHECK(neigh_check(&h, msg, 24) == WEFT_DROP_NEIGHBOUR);
	h = neighbour();
	msg[1] = 1;
	CHECK(neigh_check(&h, msg, 24) == WEFT_DROP_NEIGHBOUR);
}

static void probes_have_no_asker(void)
{
	struct weft_neigh_solicit msg = {
		.ctl.type = WEFT_CTL_NEIGH_SOLICIT, .target = target,
		.asker = target,
	};
	struct weft_hdr h = neighbour();

	CHECK(neigh_check(&h, &msg, sizeof(msg)) == WEFT_DROP_NONE);
	msg.ctl.flags = cpu_to_be32(WEFT_NEIGH_PROBE);
	CHECK(neigh_check(&h, &msg, sizeof(msg)) == WEFT_DROP_NEIGHBOUR);
	msg.asker = any;
	CHECK(neigh_check(&h, &msg, sizeof(msg)) == WEFT_DROP_NONE);
}

static void answers_go_to_one(void)
{
	struct weft_neigh_announce msg = {
		.ctl.type = WEFT_CTL_NEIGH_ANNOUNCE, .target = target,
		.ctl.flags = cpu_to_be32(WEFT_NEIGH_SOLICITED),
	};
	struct weft_hdr h = neighbour();

	CHECK(neigh_check(&h, &msg, sizeof(msg)) == WEFT_DROP_NONE);
	h.dst = allnodes;
	CHECK(neigh_check(&h, &msg, sizeof(msg)) == WEFT_DROP_NEIGHBOUR);
	msg.ctl.flags = cpu_to_be32(WEFT_NEIGH_OVERRIDE | WEFT_NEIGH_ROUTER);
	CHECK(neigh_check(&h, &msg, sizeof(msg)) == WEFT_DROP_NONE);
}

int main(void)
{
	TAP_RUN(kinds_of_addresses);
	TAP_RUN(macs);
	TAP_RUN(header_lengths);
	TAP_RUN(header_versions_and_class);
	TAP_RUN(header_addresses);
	TAP_RUN(datagram_headers);
	TAP_RUN(fragments);
	TAP_RUN(fragments_of_packets_too_long);
	TAP_RUN(parts_of_packets);
	TAP_RUN(quotes);
	TAP_RUN(quotes_of_fragments);
	TAP_RUN(errnos);
	TAP_RUN(sendable_headers);
	TAP_RUN(when_errors_may_be_sent);
	TAP_RUN(when_errors_may_be_sent_about_fragments);
	TAP_RUN(solicited_node_groups);
	TAP_RUN(neighbours_have_a_length);
	TAP_RUN(neighbours_are_on_the_link);
	TAP_RUN(probes_have_no_asker);
	TAP_RUN(answers_go_to_one);
	return tap_done();
}
