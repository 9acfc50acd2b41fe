/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules of a router, written as `weft filter` reads them, and packets that meet them: frames
 * from one of three links to another, which are described in a few words.
 */
#ifndef FILTER_WIRE_H
#define FILTER_WIRE_H

#include "track.h"

#define OTHER		2	/* a third link, "other"; what comes from there goes left */
#define FENCE_PORT	9	/* all rules let that pass */

/* The packet behind all others is of no connection, so that it comes whatever is full. */
#define FENCE \
	"chain fence { type filter hook prerouting priority raw;\n" \
	"dgram dport 9 notrack\n}\n"
#define FORWARD \
	"chain forward { type filter hook forward priority filter; policy drop;\n" \
	"ct state untracked dgram dport 9 accept\n"

static int weft;

/**
 * struct spec - a packet; what is 0 is what most packets have
 * @from: LEFT, RIGHT or OTHER
 * @next: WEFT_PROTO_*; a datagram
 * @sport: source port; 1000
 * @dport: destination port; 53
 * @type: of a control message, or @code
 * @code: code
 * @flags: of a stream segment
 * @src: end of the source address; 1
 * @dst: end of the destination address; 1
 * @class: class
 * @ecn: ECN field
 * @hops: hop limit; 64
 * @len: payload; 10 bytes
 * @frag: offset in bytes and WEFT_FRAG_MORE: a fragment
 * @quote: an error that quotes the datagram from this port on the other side
 * @wrong: the checksum
 */
struct spec {
	int from, next, sport, dport, type, code, flags, src, dst, class, ecn, hops, len, frag;
	int quote, wrong;
};

/* --- rules --------------------------------------------------------------------------- */

/* Puts rules in force: @begin, @fmt and what belongs to it, @end. */
static inline int filter_say(const char *begin, const char *fmt, va_list ap, const char *end)
{
	static char rules[8192];
	FILE *f = popen("weft filter -f -", "w");
	int bad;

	vsnprintf(rules, sizeof(rules), fmt, ap);
	if (!f)
		return -1;
	fprintf(f, "%s%s%s", begin, rules, end);
	bad = pclose(f);
	if (bad)
		printf("# not loaded: %s\n", rules);
	return bad;
}

/* What is in a table "t", in place of the ruleset before. */
static inline int load(const char *fmt, ...)
{
	va_list ap;
	int bad;

	va_start(ap, fmt);
	bad = filter_say("flush ruleset\ntable t {\n", fmt, ap, "\n}\n");
	va_end(ap);
	return bad;
}

/* The same in place of that table alone. */
static inline int load_table(const char *fmt, ...)
{
	va_list ap;
	int bad;

	va_start(ap, fmt);
	bad = filter_say("destroy table t\ntable t {\n", fmt, ap, "\n}\n");
	va_end(ap);
	return bad;
}

/* How many packets each counter has seen, in the order of the listing: "2 0 1". */
static inline const char *counts(void)
{
	static char line[256];
	const char *at = said("weft filter list ruleset 2>&1");
	size_t n = 0;

	line[0] = 0;
	while ((at = strstr(at, "counter packets "))) {
		at += strlen("counter packets ");
		n += snprintf(line + n, sizeof(line) - n, "%s%ld", n ? " " : "",
			      strtol(at, NULL, 10));
		if (n >= sizeof(line))
			break;
	}
	return line;
}

/* A rule ends when no packet and no dump sees it any more, a little after it was deleted. */
static inline int table_ends(void)
{
	int i;

	for (i = 0; i < 200 && counted("count"); i++)
		usleep(50000);
	return counted("count") == 0;
}

/* --- packets ------------------------------------------------------------------------- */

static inline struct wire_frame spec_stream(const struct spec *s, int sport, int dport)
{
	struct weft_stream_hdr hdr = { .sport = htons(sport), .dport = htons(dport),
				       .len = sizeof(hdr), .flags = s->flags };
	unsigned char body[600] = {};
	struct wire_frame f;

	memcpy(body, &hdr, sizeof(hdr));
	f = packet(s->from, WEFT_PROTO_STREAM, body, sizeof(hdr) + s->len);
	wire_sum_at(&f, sizeof(hdr) + s->len, 14);
	return f;
}

/* A fragment of a datagram: its first, with the ports, or a later one. */
static inline struct wire_frame spec_fragment(const struct spec *s, const struct wire_frame *whole)
{
	size_t len = s->frag & WEFT_FRAG_MORE ? WEFT_FRAG_DATA_MIN : 16;
	unsigned char body[600] = { WEFT_PROTO_DGRAM, 0, s->frag >> 8, s->frag & 0xff, 1, 2, 3, 4 };

	if (s->frag == WEFT_FRAG_MORE)
		memcpy(body + 8, whole->body, len);
	return packet(s->from, WEFT_PROTO_FRAGMENT, body, 8 + len);
}

static inline struct wire_frame spec_error(const struct spec *s)
{
	struct wire_frame about = dgram(!s->from, s->quote, 53, 10);
	size_t len = ntohs(about.hdr.len);
	unsigned char body[600] = { WEFT_CTL_UNREACH, WEFT_UNREACH_PORT };

	memcpy(body + 8, &about.hdr, len);
	return packet(s->from, WEFT_PROTO_CONTROL, body, 8 + len);
}

static inline struct wire_frame spec_body(const struct spec *s)
{
	int sport = s->sport ?: 1000, dport = s->dport ?: 53;
	unsigned char control[] = { s->type, s->code, 0, 0, sport >> 8, sport & 0xff, 0, 1 };
	struct wire_frame f;

	if (s->quote)
		return spec_error(s);
	if (s->type || s->code)
		return packet(s->from, WEFT_PROTO_CONTROL, control, sizeof(control));
	if (s->flags || s->next == WEFT_PROTO_STREAM)
		return spec_stream(s, sport, dport);
	if (s->next)
		return packet(s->from, s->next, control, sizeof(control));
	f = dgram(s->from, sport, dport, s->len ?: 10);
	return s->frag ? spec_fragment(s, &f) : f;
}

/* Where the checksum of a packet is, -1 if it has none. */
static inline int spec_sum_at(const struct wire_frame *f)
{
	switch (f->hdr.next) {
	case WEFT_PROTO_CONTROL:
		return 2;
	case WEFT_PROTO_DGRAM:
		return 6;
	case WEFT_PROTO_STREAM:
		return 14;
	}
	return -1;
}

static inline struct wire_frame spec_frame(const struct spec *s)
{
	struct wire_frame f = spec_body(s);
	int at = spec_sum_at(&f);

	f.hdr.vc |= s->class;
	f.hdr.flags |= s->ecn;
	f.hdr.hop_limit = s->hops ?: 64;
	f.hdr.src.a8[7] = s->src ?: 1;
	f.hdr.dst.a8[7] = s->dst ?: 1;
	if (at >= 0)
		wire_sum_at(&f, ntohs(f.hdr.len) - sizeof(f.hdr), at);
	if (s->wrong)
		f.body[at] ^= 1;
	return f;
}

/* What nodes say to neighbours and routers by themselves. */
static inline int is_chatter(const struct wire_frame *f)
{
	return f->hdr.next == WEFT_PROTO_CONTROL && f->body[0] >= WEFT_CTL_GROUP_QUERY;
}

static inline int is_fence(const struct wire_frame *f)
{
	return f->hdr.next == WEFT_PROTO_DGRAM && f->body[2] == FENCE_PORT >> 8 &&
	       f->body[3] == (FENCE_PORT & 0xff);
}

/*
 * How many packets came to a side before one that is sent behind them, of which the last is
 * left in @last. A packet that is not there then was dropped: no time has to be waited for.
 */
static inline int arrived(int side, struct wire_frame *last)
{
	struct wire_frame f;
	int n = 0;

	wire_fd = ends[side];
	while (wire_get(&f, 30000)) {
		if (is_fence(&f))
			return n;
		if (is_chatter(&f))
			continue;
		n++;
		if (last)
			*last = f;
	}
	CHECK(!"the packet behind all others came");
	return n;
}

/* Sends packets of one kind through the router. Returns how many came to the other side. */
static inline int crosses(const struct spec *s, int n, struct wire_frame *last)
{
	struct wire_frame f = spec_frame(s), fence = dgram(s->from, 1, FENCE_PORT, 1);

	while (n--)
		put(s->from, &f);
	put(s->from, &fence);
	return arrived(!s->from, last);
}

static inline int through(const struct spec *s)
{
	return crosses(s, 1, NULL);
}

/* --- set-up -------------------------------------------------------------------------- */

/* One CPU, so that packets do not overtake each other; the third link; an address. */
static inline int filter_wire_begin(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	weft = netns_weft_family();
	if (sched_setaffinity(0, sizeof(one), &one) || set("enable", 0) ||
	    netns_run("set -e; ip link add other type veth peer name else;"
		      "ip link set other address 02:00:00:00:00:31;"
		      "ip link set else address 02:00:00:00:00:32;"
		      "weft link set other accept_ra never; weft link set else accept_ra never;"
		      "ip link set other up; ip link set else up;"
		      "weft addr add 7:9::9/64 dev lo nodad;") ||
	    wire_open("else"))
		return -1;
	ends[OTHER] = wire_fd;
	return 0;
}

#endif /* FILTER_WIRE_H */
