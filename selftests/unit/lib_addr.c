// SPDX-License-Identifier: GPL-2.0
/* userspace/lib/addr.c */
#include <errno.h>

#include "internal.h"
#include "tap.h"

static const char *reformat(const char *text)
{
	static char buf[WEFT_ADDRSTRLEN];
	struct weft_addr addr;

	if (weft_addr_parse(text, &addr))
		return NULL;
	return weft_addr_format(&addr, buf, sizeof(buf));
}

static void parses_groups(void)
{
	struct weft_addr addr;

	CHECK(!weft_addr_parse("1:22:333:abCD", &addr));
	CHECK(!memcmp(addr.a8, "\x00\x01\x00\x22\x03\x33\xab\xcd", 8));
	CHECK(!weft_addr_parse("fe80:5254:12:3456", &addr));
	CHECK(!memcmp(addr.a8, "\xfe\x80\x52\x54\x00\x12\x34\x56", 8));
}

static void parses_gaps(void)
{
	struct weft_addr addr;

	CHECK(!weft_addr_parse("::", &addr) && weft_addr_is_any(&addr));
	CHECK(!weft_addr_parse("::1", &addr) && weft_addr_is_loopback(&addr));
	CHECK(!weft_addr_parse("7::", &addr));
	CHECK(!memcmp(addr.a8, "\0\x07\0\0\0\0\0\0", 8));
	CHECK(!weft_addr_parse("7::1", &addr));
	CHECK(!memcmp(addr.a8, "\0\x07\0\0\0\0\0\x01", 8));
	CHECK(!weft_addr_parse("1:2::3", &addr));
	CHECK(!memcmp(addr.a8, "\0\x01\0\x02\0\0\0\x03", 8));
	CHECK(!weft_addr_parse("1::2:3", &addr));
	CHECK(!memcmp(addr.a8, "\0\x01\0\0\0\x02\0\x03", 8));
}

static void refuses_malformed_addresses(void)
{
	static const char *const bad[] = {
		"", ":", ":::", "1", "1:2", "1:2:3", "1:2:3:4:5", "1:2:3:4::",
		"::1:2:3:4", "1::2:3:4", "1::2::3", "1:2:3:", ":1:2:3", "12345::",
		"g::", "7::1 ", " 7::1", "7::1%eth0", "7::1/16", "+1::", "-1::",
		"0x7::1", "7::1\n", "7:::1", "[7::1]", "1.2.3.4", "::1.2.3.4",
		"00007::", "\xff::1",
	};
	struct weft_addr addr;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&addr, 0x5a, sizeof(addr));
		if (weft_addr_parse(bad[i], &addr) != WEFT_EAI_ADDRESS)
			printf("# accepted: \"%s\"\n", bad[i]);
		CHECK(weft_addr_parse(bad[i], &addr) == WEFT_EAI_ADDRESS);
		CHECK(addr.a8[0] == 0x5a && addr.a8[7] == 0x5a);
	}
}

static void formats_as_rfc5952(void)
{
	CHECK_STR(reformat("0:0:0:0"), "::");
	CHECK_STR(reformat("0:0:0:1"), "::1");
	CHECK_STR(reformat("1:0:0:0"), "1::");
	CHECK_STR(reformat("0007:0000:0000:0001"), "7::1");
	CHECK_STR(reformat("FE80:ABCD:0EF0:1"), "fe80:abcd:ef0:1");
	CHECK_STR(reformat("1:0:0:2"), "1::2");
	CHECK_STR(reformat("0:0:1:0"), "::1:0");
	CHECK_STR(reformat("0:1:0:0"), "0:1::");
	/* A single zero group is written out. */
	CHECK_STR(reformat("1:0:2:3"), "1:0:2:3");
	CHECK_STR(reformat("0:1:0:1"), "0:1:0:1");
	CHECK_STR(reformat("::1:2:3"), "0:1:2:3");
	CHECK_STR(reformat("ffff:ffff:ffff:ffff"), "ffff:ffff:ffff:ffff");
}

/* Every pattern of zero and other groups comes back as it was. */
static void formats_what_it_parses(void)
{
	char buf[WEFT_ADDRSTRLEN];
	struct weft_addr a, b;
	int bits, i;

	for (bits = 0; bits < 81; bits++) {
		int rest = bits;

		for (i = 0; i < 4; i++, rest /= 3)
			a.a16[i] = (__be16)(rest % 3 == 2 ? 0xffff : rest % 3);
		CHECK(weft_addr_format(&a, buf, sizeof(buf)) == buf);
		CHECK(!weft_addr_parse(buf, &b) && weft_addr_equal(&a, &b));
	}
}

static void respects_the_buffer(void)
{
	struct weft_addr addr;
	char buf[WEFT_PREFIXSTRLEN];

	CHECK(!weft_addr_parse("1111:2222:3333:4444", &addr));
	CHECK(weft_addr_format(&addr, buf, WEFT_ADDRSTRLEN) == buf);
	errno = 0;
	CHECK(!weft_addr_format(&addr, buf, WEFT_ADDRSTRLEN - 1));
	CHECK(errno == ENOSPC);
	CHECK(!weft_addr_format(&addr, buf, 0));
	CHECK(weft_prefix_format(&addr, 64, buf, WEFT_PREFIXSTRLEN) == buf);
	CHECK_STR(buf, "1111:2222:3333:4444/64");
	CHECK(!weft_prefix_format(&addr, 64, buf, WEFT_PREFIXSTRLEN - 1));
	CHECK(!weft_prefix_format(&addr, 65, buf, sizeof(buf)));
	CHECK(errno == EINVAL);
}

static void parses_prefixes(void)
{
	struct weft_addr addr;
	unsigned int len = 99;

	CHECK(!weft_prefix_parse("7::/16", &addr, &len) && len == 16);
	CHECK(!weft_prefix_parse("7::1", &addr, &len) && len == 64);
	CHECK(!weft_prefix_parse("::/0", &addr, &len) && len == 0);
	CHECK(!weft_prefix_parse("7::1/64", &addr, &len) && len == 64);
	CHECK(addr.a8[7] == 1);
	len = 99;
	CHECK(weft_prefix_parse("7::/65", &addr, &len) == WEFT_EAI_PREFIX);
	CHECK(weft_prefix_parse("7::/", &addr, &len) == WEFT_EAI_PREFIX);
	CHECK(weft_prefix_parse("7::/-1", &addr, &len) == WEFT_EAI_PREFIX);
	CHECK(weft_prefix_parse("7::/016", &addr, &len) == WEFT_EAI_PREFIX);
	CHECK(weft_prefix_parse("7::/1 ", &addr, &len) == WEFT_EAI_PREFIX);
	CHECK(weft_prefix_parse("7::/1/2", &addr, &len) == WEFT_EAI_PREFIX);
	CHECK(weft_prefix_parse("7::/18446744073709551617", &addr, &len) ==
	      WEFT_EAI_PREFIX);
	CHECK(weft_prefix_parse("/16", &addr, &len) == WEFT_EAI_ADDRESS);
	CHECK(weft_prefix_parse("7:/16", &addr, &len) == WEFT_EAI_ADDRESS);
	CHECK(len == 99);
}

static void masks(void)
{
	struct weft_addr addr;
	unsigned int len;

	for (len = 0; len <= 70; len++) {
		unsigned long long want = 0, got = 0;
		int i;

		memset(&addr, 0xff, sizeof(addr));
		weft_addr_mask(&addr, len);
		for (i = 0; i < 8; i++)
			got = got << 8 | addr.a8[i];
		if (len)
			want = ~0ULL << (len < 64 ? 64 - len : 0);
		CHECK(got == want);
	}
}

static void makes_linklocal_addresses(void)
{
	struct weft_addr addr;
	char buf[WEFT_ADDRSTRLEN];

	weft_addr_from_mac((const unsigned char *)"\x52\x54\x00\x12\x34\x56",
			   &addr);
	CHECK_STR(weft_addr_format(&addr, buf, sizeof(buf)),
		  "fe80:5254:12:3456");
}

static void classifies(void)
{
	struct weft_addr a;

	CHECK(!weft_addr_parse("fe80:1:2:3", &a));
	CHECK(weft_addr_is_linklocal(&a) && weft_addr_needs_scope(&a));
	CHECK(!weft_addr_parse("fe81:1:2:3", &a));
	CHECK(!weft_addr_is_linklocal(&a) && !weft_addr_needs_scope(&a));
	CHECK(!weft_addr_parse("ff02::1", &a));
	CHECK(weft_addr_is_multicast(&a) && weft_addr_needs_scope(&a));
	CHECK(!weft_addr_parse("ff01::1", &a) && weft_addr_needs_scope(&a));
	CHECK(!weft_addr_parse("ff0e::1", &a));
	CHECK(weft_addr_is_multicast(&a) && !weft_addr_needs_scope(&a));
	CHECK(!weft_addr_parse("::1", &a));
	CHECK(weft_addr_is_loopback(&a) && !weft_addr_is_any(&a));
	CHECK(!weft_addr_parse("::101", &a) && !weft_addr_is_loopback(&a));
	CHECK(!weft_addr_parse("::1:1", &a) && !weft_addr_is_loopback(&a));
}

int main(void)
{
	TAP_RUN(parses_groups);
	TAP_RUN(parses_gaps);
	TAP_RUN(refuses_malformed_addresses);
	TAP_RUN(formats_as_rfc5952);
	TAP_RUN(formats_what_it_parses);
	TAP_RUN(respects_the_buffer);
	TAP_RUN(parses_prefixes);
	TAP_RUN(masks);
	TAP_RUN(makes_linklocal_addresses);
	TAP_RUN(classifies);
	return tap_done();
}
