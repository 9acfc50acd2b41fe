// SPDX-License-Identifier: GPL-2.0
/* userspace/lib/sockaddr.c */
#include <arpa/inet.h>
#include <errno.h>

#include "internal.h"
#include "stubs.h"
#include "tap.h"

static const char *reformat(const char *text)
{
	static char buf[WEFT_SOCKADDRSTRLEN];
	struct sockaddr_weft sa;

	if (weft_sockaddr_parse(text, &sa))
		return NULL;
	return weft_sockaddr_format(&sa, buf, sizeof(buf));
}

static void parses_all_forms(void)
{
	struct sockaddr_weft sa;

	CHECK(!weft_sockaddr_parse("[fe80::1%eth0]:80", &sa));
	CHECK(sa.sweft_family == 18);
	CHECK(sa.sweft_port == htons(80));
	CHECK(sa.sweft_scope == 2);
	CHECK(sa.sweft_addr.a8[0] == 0xfe && sa.sweft_addr.a8[7] == 1);
	CHECK_STR(reformat("7::1"), "7::1");
	CHECK_STR(reformat("[7::1]"), "7::1");
	CHECK_STR(reformat("[7::1]:65535"), "[7::1]:65535");
	CHECK_STR(reformat("[7::1]:0"), "7::1");
	CHECK_STR(reformat("fe80::1%eth1"), "fe80::1%eth1");
	CHECK_STR(reformat("[fe80::1%eth1]"), "fe80::1%eth1");
	CHECK_STR(reformat("[FF02::1%eth1]:9"), "[ff02::1%eth1]:9");
	CHECK_STR(reformat("::"), "::");
}

static void takes_indices_as_devices(void)
{
	CHECK_STR(reformat("fe80::1%2"), "fe80::1%eth0");
	CHECK_STR(reformat("fe80::1%77"), "fe80::1%77");
	CHECK_STR(reformat("[fe80::1%2147483647]:1"),
		  "[fe80::1%2147483647]:1");
	CHECK(!reformat("fe80::1%2147483648"));
	CHECK(!reformat("fe80::1%0"));
	CHECK(!reformat("fe80::1%02"));
}

static void refuses(const char *text, int want)
{
	struct sockaddr_weft sa;
	int got = weft_sockaddr_parse(text, &sa);

	if (got != want)
		printf("# \"%s\": %s\n", text, weft_eai_strerror(got));
	CHECK(got == want);
}

static void refuses_malformed_text(void)
{
	refuses("", WEFT_EAI_SYNTAX);
	refuses("[7::1", WEFT_EAI_SYNTAX);
	refuses("[7::1]80", WEFT_EAI_SYNTAX);
	refuses("[7::1]:", WEFT_EAI_PORT);
	refuses("[]:80", WEFT_EAI_SYNTAX);
	refuses("[7::1]]:80", WEFT_EAI_SYNTAX);
	refuses("7::1]", WEFT_EAI_ADDRESS);
	refuses("fe80::1%", WEFT_EAI_SYNTAX);
	refuses("%eth0", WEFT_EAI_SYNTAX);
	refuses("[[7::1]]", WEFT_EAI_SYNTAX);
	refuses("7::1:2:3:4", WEFT_EAI_ADDRESS);
	refuses("name", WEFT_EAI_ADDRESS);
	refuses("name:80", WEFT_EAI_ADDRESS);
	refuses("fe80::1%nodev", WEFT_EAI_DEVICE);
	refuses("fe80::1%eth0:80", WEFT_EAI_DEVICE);
	refuses("fe80::1%averyverylongdevicename", WEFT_EAI_DEVICE);
	refuses("7::1%eth0", WEFT_EAI_SCOPE);
	refuses("::1%eth0", WEFT_EAI_SCOPE);
	refuses("ff0e::1%eth0", WEFT_EAI_SCOPE);
}

static void refuses_bad_ports(void)
{
	refuses("[7::1]:65536", WEFT_EAI_PORT);
	refuses("[7::1]:-1", WEFT_EAI_PORT);
	refuses("[7::1]:+1", WEFT_EAI_PORT);
	refuses("[7::1]: 1", WEFT_EAI_PORT);
	refuses("[7::1]:1 ", WEFT_EAI_PORT);
	refuses("[7::1]:080", WEFT_EAI_PORT);
	refuses("[7::1]:0x50", WEFT_EAI_PORT);
	refuses("[7::1]:4294967376", WEFT_EAI_PORT);
	refuses("[7::1]:80:80", WEFT_EAI_PORT);
	refuses("[7::1]:http", WEFT_EAI_PORT);
}

static void needs_the_module(void)
{
	stub_family = -1;
	refuses("[7::1]:80", WEFT_EAI_FAMILY);
	stub_family = 18;
}

static void respects_the_buffer(void)
{
	char buf[WEFT_SOCKADDRSTRLEN];
	struct sockaddr_weft sa = {
		.sweft_port = 0xffff,
		.sweft_scope = 4294967295U,
	};
	size_t i;

	memset(&sa.sweft_addr, 0xff, sizeof(sa.sweft_addr));
	CHECK_STR(weft_sockaddr_format(&sa, buf, sizeof(buf)),
		  "[ffff:ffff:ffff:ffff%4294967295]:65535");
	for (i = 0; i <= strlen("[ffff:ffff:ffff:ffff%4294967295]:65535"); i++) {
		errno = 0;
		CHECK(!weft_sockaddr_format(&sa, buf, i) && errno == ENOSPC);
	}
	CHECK(weft_sockaddr_format(&sa, buf, i));
}

int main(void)
{
	TAP_RUN(parses_all_forms);
	TAP_RUN(takes_indices_as_devices);
	TAP_RUN(refuses_malformed_text);
	TAP_RUN(refuses_bad_ports);
	TAP_RUN(needs_the_module);
	TAP_RUN(respects_the_buffer);
	return tap_done();
}
