// SPDX-License-Identifier: GPL-2.0
/* Stream headers and their options. */
#include <stdlib.h>
#include "stream_header.h"
#include "tap.h"

/* A header and room for all options that its length can tell of. */
struct segment {
	struct weft_stream_hdr hdr;
	u8 options[224];
};

static struct segment sound(u8 flags)
{
	return (struct segment) {
		.hdr = {
			.sport = cpu_to_be16(1), .dport = cpu_to_be16(2), .len = 32,
			.flags = flags,
		},
	};
}

/* The options are these bytes. */
static bool parse(const void *bytes, unsigned int n, u8 flags,
		  struct weft_stream_opts *opts)
{
	struct segment s = sound(flags);
	struct weft_stream_hdr *hdr;
	bool sound;

	s.hdr.len += n;
	memcpy(s.options, bytes, n);
	/* Of its exact size, so that a byte too far is seen. */
	hdr = malloc(s.hdr.len);
	memcpy(hdr, &s, s.hdr.len);
	sound = weft_stream_opts_parse(hdr, opts);
	free(hdr);
	return sound;
}

#define PARSE(flags, opts, ...) \
	parse((const u8 []) { __VA_ARGS__ }, sizeof((const u8 []) { __VA_ARGS__ }), \
	      flags, opts)

static void lengths(void)
{
	struct segment s = sound(WEFT_STREAM_ACK);
	int len;

	CHECK(weft_stream_check(&s.hdr, 32) == WEFT_DROP_NONE);
	CHECK(weft_stream_check(&s.hdr, 65000) == WEFT_DROP_NONE);
	CHECK(weft_stream_check(&s.hdr, 31) == WEFT_DROP_STREAM_SHORT);
	CHECK(weft_stream_check(NULL, 31) == WEFT_DROP_STREAM_SHORT);
	CHECK(weft_stream_check(NULL, 0) == WEFT_DROP_STREAM_SHORT);
	for (len = 0; len < 256; len++) {
		s.hdr.len = len;
		CHECK((weft_stream_check(&s.hdr, 100) == WEFT_DROP_NONE) ==
		      (len >= 32 && len <= 100 && len % 4 == 0));
		CHECK(weft_stream_check(&s.hdr, 100) == WEFT_DROP_NONE ||
		      weft_stream_check(&s.hdr, 100) == WEFT_DROP_STREAM_SHORT);
	}
}

static void ports(void)
{
	struct segment s = sound(WEFT_STREAM_ACK);

	s.hdr.sport = 0;
	CHECK(weft_stream_check(&s.hdr, 32) == WEFT_DROP_STREAM_PORT);
	s = sound(WEFT_STREAM_ACK);
	s.hdr.dport = 0;
	CHECK(weft_stream_check(&s.hdr, 32) == WEFT_DROP_STREAM_PORT);
	s = sound(WEFT_STREAM_ACK);
	s.hdr.stream = cpu_to_be16(1);
	CHECK(weft_stream_check(&s.hdr, 32) == WEFT_DROP_STREAM_PORT);
	s = sound(WEFT_STREAM_ACK);
	s.hdr.reserved = 0xffff;
	CHECK(weft_stream_check(&s.hdr, 32) == WEFT_DROP_NONE);
}

static void flags(void)
{
	int f;

	for (f = 0; f < 256; f++) {
		struct segment s = sound(f);
		bool syn = f & WEFT_STREAM_SYN, fin = f & WEFT_STREAM_FIN;
		bool rst = f & WEFT_STREAM_RST, ack = f & WEFT_STREAM_ACK;
		bool nonsense = (syn && (fin || rst)) || (fin && !ack) ||
				!(syn || rst || ack);

		CHECK(weft_stream_check(&s.hdr, 32) ==
		      (nonsense ? WEFT_DROP_STREAM_FLAGS : WEFT_DROP_NONE));
	}
}

static void the_order_of_checks(void)
{
	struct segment s = sound(0);

	s.hdr.sport = 0;
	s.hdr.len = 28;
	CHECK(weft_stream_check(&s.hdr, 32) == WEFT_DROP_STREAM_SHORT);
	s.hdr.len = 32;
	CHECK(weft_stream_check(&s.hdr, 32) == WEFT_DROP_STREAM_PORT);
	s.hdr.sport = 1;
	CHECK(weft_stream_check(&s.hdr, 32) == WEFT_DROP_STREAM_FLAGS);
}

static void no_options(void)
{
	struct weft_stream_opts opts = { .mss = 1, .kind = 1, .n_sacks = 1 };
	struct segment s = sound(WEFT_STREAM_SYN);

	CHECK(weft_stream_opts_parse(&s.hdr, &opts));
	CHECK(!opts.mss && !opts.kind && !opts.n_sacks);
}

static void options_of_syn(void)
{
	struct weft_stream_opts opts;

	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 2, 4, 0x05, 0xa4, 64, 4, 1, 0));
	CHECK(opts.mss == 1444 && opts.kind == WEFT_STREAM_KIND_MESSAGES && !opts.n_sacks);
	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 1, 1, 1, 1, 2, 4, 0xff, 0xff));
	CHECK(opts.mss == 65535 && opts.kind == WEFT_STREAM_KIND_BYTES);
	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 64, 4, 0xff, 0));
	CHECK(opts.kind == 0xff);
	/* Without SYN they say nothing. */
	CHECK(PARSE(WEFT_STREAM_ACK, &opts, 2, 4, 0x05, 0xa4, 64, 4, 1, 0));
	CHECK(!opts.mss && !opts.kind);
}

static void small_mss(void)
{
	struct weft_stream_opts opts;

	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 2, 4, 0, 0) && opts.mss == 64);
	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 2, 4, 0, 63) && opts.mss == 64);
	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 2, 4, 0, 65) && opts.mss == 65);
}

static void unknown_options(void)
{
	struct weft_stream_opts opts;

	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 3, 3, 9, 1, 2, 4, 1, 0) && opts.mss == 256);
	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 255, 2, 1, 1, 2, 4, 1, 0) && opts.mss == 256);
	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 7, 8, 2, 4, 1, 0, 0, 0) && !opts.mss);
}

static void what_ends_options(void)
{
	struct weft_stream_opts opts;

	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 0, 2, 0, 0, 2, 4, 1, 0) && !opts.mss);
	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 2, 4, 1, 0, 0, 9, 9, 9) && opts.mss == 256);
	CHECK(PARSE(WEFT_STREAM_SYN, &opts, 1, 1, 1, 0));
}

static void cut_options(void)
{
	struct weft_stream_opts opts;

	CHECK(!PARSE(WEFT_STREAM_SYN, &opts, 1, 1, 1, 2));
	CHECK(!PARSE(WEFT_STREAM_SYN, &opts, 1, 1, 2, 4));
	CHECK(!PARSE(WEFT_STREAM_SYN, &opts, 1, 2, 4, 0));
	CHECK(!PARSE(WEFT_STREAM_SYN, &opts, 3, 0, 1, 1));
	CHECK(!PARSE(WEFT_STREAM_SYN, &opts, 3, 1, 1, 1));
	CHECK(!PARSE(WEFT_STREAM_SYN, &opts, 3, 5, 1, 1));
	CHECK(!PARSE(WEFT_STREAM_SYN, &opts, 3, 255, 1, 1));
}

static void wrong_lengths(void)
{
	struct weft_stream_opts opts;
	u8 bytes[32] = { 0 };
	int kind, len;
	bool right;

	for (len = 2; len <= 32; len++) {
		for (kind = 2; kind < 256; kind++) {
			bytes[0] = kind;
			bytes[1] = len;
			right = kind == WEFT_STREAM_OPT_SACK ? len > 2 && len % 8 == 2 :
				kind != WEFT_STREAM_OPT_MSS &&
				kind != WEFT_STREAM_OPT_KIND ? true : len == 4;
			CHECK(parse(bytes, 32, WEFT_STREAM_SYN, &opts) == right);
			CHECK(parse(bytes, 32, WEFT_STREAM_ACK, &opts) == right);
		}
	}
}

static void sacks(void)
{
	struct weft_stream_opts opts;

	CHECK(PARSE(WEFT_STREAM_ACK, &opts, 1, 1, 5, 18,
		    0, 0, 0, 9, 0, 0, 0x12, 0x34, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1));
	CHECK(opts.n_sacks == 2);
	CHECK(opts.sack[0].seq == 9 && opts.sack[0].end == 0x1234);
	CHECK(opts.sack[1].seq == 0xffffffff && opts.sack[1].end == 1);
	/* One that does not end after its beginning is as if it were not there. */
	CHECK(PARSE(WEFT_STREAM_ACK, &opts, 1, 1, 5, 26, 0, 0, 0, 9, 0, 0, 0, 9,
		    0, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 2));
	CHECK(opts.n_sacks == 1 && opts.sack[0].seq == 1 && opts.sack[0].end == 2);
	CHECK(PARSE(WEFT_STREAM_RST, &opts, 1, 1, 5, 10, 0, 0, 0, 9, 0, 0, 0, 10));
	CHECK(!opts.n_sacks);
}

static void many_sacks(void)
{
	struct weft_stream_opts opts;
	u8 bytes[220] = { 1, 1, 5, 218 };
	int i;

	for (i = 0; i < 27; i++) {
		bytes[4 + 8 * i + 3] = 2 * i;
		bytes[4 + 8 * i + 7] = 2 * i + 1;
	}
	CHECK(parse(bytes, sizeof(bytes), WEFT_STREAM_ACK, &opts));
	CHECK(opts.n_sacks == WEFT_SACK_MAX);
	CHECK(opts.sack[3].seq == 6 && opts.sack[3].end == 7);
	/* The same in many options. */
	for (i = 0; i < 22; i++)
		memcpy(bytes + 10 * i, (const u8 []) { 5, 10, 0, 0, 0, i, 0, 0, 1, 0 }, 10);
	CHECK(parse(bytes, sizeof(bytes), WEFT_STREAM_ACK, &opts));
	CHECK(opts.n_sacks == WEFT_SACK_MAX && opts.sack[3].seq == 3);
}

static void what_is_written(void)
{
	static const u8 syn[] = { 2, 4, 0x05, 0xa4, 64, 4, 1, 0 };
	static const u8 ack[] = { 1, 1, 5, 10, 1, 2, 3, 4, 5, 6, 7, 8 };
	struct weft_stream_opts opts = {
		.mss = 1444, .kind = WEFT_STREAM_KIND_MESSAGES, .n_sacks = 1,
		.sack = { { 0x01020304, 0x05060708 } },
	};
	struct segment s = sound(WEFT_STREAM_SYN | WEFT_STREAM_ACK);

	weft_stream_opts_write(&s.hdr, &opts);
	CHECK(s.hdr.len == 40 && !memcmp(s.options, syn, sizeof(syn)));
	CHECK(!s.options[8]);
	s = sound(WEFT_STREAM_ACK);
	weft_stream_opts_write(&s.hdr, &opts);
	CHECK(s.hdr.len == 44 && !memcmp(s.options, ack, sizeof(ack)));
	CHECK(!s.options[12]);
	s = sound(WEFT_STREAM_RST);
	weft_stream_opts_write(&s.hdr, &opts);
	CHECK(s.hdr.len == 32 && !s.options[0]);
	opts.kind = WEFT_STREAM_KIND_BYTES;
	s = sound(WEFT_STREAM_SYN);
	weft_stream_opts_write(&s.hdr, &opts);
	CHECK(s.hdr.len == 36 && !memcmp(s.options, syn, 4) && !s.options[4]);
}

static void what_is_written_is_read(void)
{
	struct weft_stream_opts is, should = { .mss = 8944, .kind = 1 };
	unsigned int n, f;

	for (n = 0; n <= WEFT_SACK_MAX; n++) {
		should.n_sacks = n;
		if (n)
			should.sack[n - 1] = (struct weft_range) { 0xfffffff0 + n, n };
		for (f = 0; f < 256; f++) {
			struct segment s = sound(f);
			bool syn = f & WEFT_STREAM_SYN;
			unsigned int reported = !syn && f & WEFT_STREAM_ACK ? n : 0;

			weft_stream_opts_write(&s.hdr, &should);
			CHECK(s.hdr.len - 32U == weft_stream_opts_len(&should, f));
			CHECK(s.hdr.len - 32U <= WEFT_STREAM_OPTS_MAX && s.hdr.len % 4 == 0);
			CHECK(weft_stream_opts_parse(&s.hdr, &is));
			CHECK(is.mss == (syn ? 8944 : 0) && is.kind == syn);
			CHECK(is.n_sacks == reported &&
			      !memcmp(is.sack, should.sack, reported * sizeof(is.sack[0])));
		}
	}
}

int main(void)
{
	TAP_RUN(lengths);
	TAP_RUN(ports);
	TAP_RUN(flags);
	TAP_RUN(the_order_of_checks);
	TAP_RUN(no_options);
	TAP_RUN(options_of_syn);
	TAP_RUN(small_mss);
	TAP_RUN(unknown_options);
	TAP_RUN(what_ends_options);
	TAP_RUN(cut_options);
	TAP_RUN(wrong_lengths);
	TAP_RUN(sacks);
	TAP_RUN(many_sacks);
	TAP_RUN(what_is_written);
	TAP_RUN(what_is_written_is_read);
	return tap_done();
}
