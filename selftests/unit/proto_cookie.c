// SPDX-License-Identifier: GPL-2.0
/* What a SYN cookie keeps of a SYN. */
#include "cookie.h"
#include "tap.h"

/* What is left of @said. */
static struct weft_cookie kept(u32 stamp, const struct weft_cookie *said)
{
	struct weft_cookie cookie;

	weft_cookie_said(&cookie, weft_cookie_stamp(stamp, said));
	return cookie;
}

static u16 kept_mss(u16 mss)
{
	struct weft_cookie said = { .mss = mss };

	return kept(12345, &said).mss;
}

static void steps_of_the_mss(void)
{
	CHECK(kept_mss(0) == 64);
	CHECK(kept_mss(64) == 64);
	CHECK(kept_mss(519) == 64);
	CHECK(kept_mss(520) == 520);
	CHECK(kept_mss(1223) == 520);
	CHECK(kept_mss(1280 - 56) == 1224);
	CHECK(kept_mss(1400 - 56) == 1344);
	CHECK(kept_mss(1492 - 56) == 1344);
	CHECK(kept_mss(1500 - 56) == 1444);
	CHECK(kept_mss(4096 - 56) == 4040);
	CHECK(kept_mss(9000 - 56) == 8944);
	CHECK(kept_mss(65478) == 8944);
	CHECK(kept_mss(65535 - 56) == 65479);
	CHECK(kept_mss(65535) == 65479);
}

static void an_mss_is_rounded_down(void)
{
	unsigned int mss;

	for (mss = 64; mss <= 65535; mss++)
		CHECK(kept_mss(mss) <= mss && kept_mss(mss) >= 64);
}

static void a_stamp_does_not_run_ahead(void)
{
	static const u32 now[] = { 0, 1, 30, 31, 32, 0x7fffffff, 0x80000000, 0xffffffff };
	struct weft_cookie said = { .mss = 1444 }, is;
	unsigned int i, ecn, kind;
	u32 stamp;

	for (i = 0; i < sizeof(now) / sizeof(now[0]); i++) {
		for (ecn = 0; ecn < 2; ecn++) {
			for (kind = 0; kind < 2; kind++) {
				said.ecn = ecn;
				said.kind = kind;
				stamp = weft_cookie_stamp(now[i], &said);
				CHECK(now[i] - stamp < 32);
				is = kept(now[i], &said);
				CHECK(is.mss == 1444 && is.ecn == ecn && is.kind == kind);
			}
		}
	}
}

/* All 32 values are of different SYNs, and each comes back to itself. */
static void no_bit_is_wasted(void)
{
	struct weft_cookie said;
	u32 bits;

	for (bits = 0; bits < 32; bits++) {
		weft_cookie_said(&said, 0xabcde000 | bits);
		CHECK(weft_cookie_bits(weft_cookie_stamp(0, &said)) == bits);
		CHECK(weft_cookie_bits(0xabcde000 | bits) == bits);
	}
}

static void unknown_kinds_are_bytes(void)
{
	struct weft_cookie said = { .mss = 520, .kind = 2 };

	CHECK(kept(0, &said).kind == WEFT_STREAM_KIND_BYTES);
}

static void cookies_of_two_minutes(void)
{
	static const u32 hash[WEFT_COOKIE_MINUTES] = { 0x12345678, 0x9abcdef0 };

	CHECK(weft_cookie_match(0x12345678, hash));
	CHECK(weft_cookie_match(0x9abcdef0, hash));
	CHECK(!weft_cookie_match(0x12345679, hash));
	CHECK(!weft_cookie_match(0, hash));
}

int main(void)
{
	TAP_RUN(steps_of_the_mss);
	TAP_RUN(an_mss_is_rounded_down);
	TAP_RUN(a_stamp_does_not_run_ahead);
	TAP_RUN(no_bit_is_wasted);
	TAP_RUN(unknown_kinds_are_bytes);
	TAP_RUN(cookies_of_two_minutes);
	return tap_done();
}
