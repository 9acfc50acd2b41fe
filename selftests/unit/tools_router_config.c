// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/router_config.c, with the tokens and values that it reads */
#include "router_config.h"
#include "router_value.h"
#include "tools.h"

static struct router_config config;
static char told[8192];

/* Parses a text; what is told stands in @told. */
static unsigned int parse_bytes(const char *text, size_t len)
{
	FILE *f = fmemopen(told, sizeof(told), "w");
	unsigned int errors;

	told[0] = '\0';
	router_config_free(&config);
	errors = router_config_parse(text, len, "f", f, &config);
	fclose(f);
	return errors;
}

static unsigned int parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

/* A text that is right. */
static void good(const char *text)
{
	CHECK(!parse(text));
	CHECK_STR(told, "");
}

/* A text with one error. */
static void bad(const char *text, const char *should)
{
	CHECK(parse(text) == 1);
	told[strcspn(told, "\n")] = '\0';
	CHECK_STR(told, should);
}

/* The same of a statement of a link, which begins in column 10. */
static void bad_in_link(const char *statement, const char *should)
{
	char text[512];

	snprintf(text, sizeof(text), "link e0 { %s }", statement);
	bad(text, should);
}

static void defaults(void)
{
	const struct router_link *l;

	good("link eth0 { prefix 7::/16; prefix 8::/32; route 9::/16; }");
	CHECK(config.n_links == 1);
	l = &config.link[0];
	CHECK_STR(l->name, "eth0");
	CHECK(l->min == 200 && l->max == 600 && l->lifetime == 1800);
	CHECK(!l->pref && !l->mtu && !l->hop_limit && !l->reachable && !l->retrans);
	CHECK(l->n_prefixes == 2 && l->n_routes == 1);
	CHECK(l->prefix[0].len == 16 && l->prefix[0].addr.a8[1] == 7);
	CHECK(l->prefix[0].valid == 2592000 && l->prefix[0].preferred == 604800);
	CHECK(l->prefix[0].onlink && l->prefix[0].autoconf);
	CHECK(l->prefix[1].len == 32 && !l->prefix[1].autoconf);
	CHECK(l->route[0].lifetime == 1800 && !l->route[0].pref);
}

static void everything(void)
{
	const struct router_link *l;

	good("# a comment\n"
	     "link eth0 {\n"
	     "\tinterval 30..60; lifetime 3m; preference high; mtu 1400;\n"
	     "\thop-limit 32; reachable 30s; retrans 500ms; # another\n"
	     "\tprefix 7::/16 { valid 1d; preferred 4h; onlink off; auto off; };\n"
	     "\tprefix 6::/16 { valid forever; preferred forever; }\n"
	     "\troute 8::/16 { lifetime 30m; preference low; }\n"
	     "\troute 9::/20 { lifetime 0; }\n"
	     "}\n"
	     "link eth1 { interval 8; lifetime 0; }\n");
	CHECK(config.n_links == 2);
	l = router_config_find(&config, "eth0");
	CHECK(l == &config.link[0]);
	CHECK(l->min == 30 && l->max == 60 && l->lifetime == 180);
	CHECK(l->pref == WEFT_RA_PREF_HIGH && l->mtu == 1400 && l->hop_limit == 32);
	CHECK(l->reachable == 30000 && l->retrans == 500);
	CHECK(l->prefix[0].valid == 86400 && l->prefix[0].preferred == 14400);
	CHECK(!l->prefix[0].onlink && !l->prefix[0].autoconf);
	CHECK(l->prefix[1].valid == ROUTER_FOREVER);
	CHECK(l->prefix[1].preferred == ROUTER_FOREVER);
	CHECK(l->route[0].lifetime == 1800 && l->route[0].pref == WEFT_RA_PREF_LOW);
	CHECK(l->route[1].len == 20 && !l->route[1].lifetime);
	l = router_config_find(&config, "eth1");
	CHECK(l && l->min == 3 && l->max == 8 && !l->lifetime);
	CHECK(!router_config_find(&config, "eth2"));
	good("link e { prefix 7::/16 { valid 1h; } }");
	CHECK(config.link[0].prefix[0].preferred == 3600);
}

static void tokens_that_are_missing(void)
{
	bad("", "f:1:1: there is no link");
	bad("  # nothing", "f:1:12: there is no link");
	bad("link", "f:1:5: end of file is not the name of a device");
	bad("link e0", "f:1:8: end of file is not '{'");
	bad("link e0 {", "f:1:10: end of file is not '}'");
	bad("link e0 { mtu }", "f:1:15: '}' is not a number from 576 to 65535");
	bad("link e0 { mtu 600 }", "f:1:19: '}' is not ';'");
	bad("link e0 { } }", "f:1:13: '}' is not expected here: no block is open");
	bad("frob e0 { mtu 600; }\nlink e0 { }", "f:1:1: 'frob' is not one of 'link'");
	CHECK(parse("link e0 {\n\tfrob { a; b { c; } };\n\tmtu 600;\n}") == 1);
	CHECK(!strncmp(told, "f:2:2: 'frob' is not one of 'interval', 'lifetime', 'pref", 57));
	CHECK(strstr(told, "'hop-limit', 'reachable', 'retrans', 'prefix', 'route'\n"));
	bad_in_link("prefix 7::/16 mtu 600;", "f:1:25: 'mtu' is not '{' or ';'");
	bad("link {", "f:1:6: '{' is not the name of a device");
	bad("link a23456789012345f { }",
	    "f:1:6: 'a23456789012345f' is not the name of a device");
	bad("link a/b { }", "f:1:6: 'a/b' is not the name of a device");
}

static void bytes_that_no_file_has(void)
{
	CHECK(parse_bytes("link e0 { mtu \0; }", 18) == 1);
	CHECK(!strncmp(told, "f:1:15: '\\x00' is not a number", 30));
	CHECK(parse_bytes("\377", 1) == 1);
	CHECK_STR(told, "f:1:1: '\\xff' is not one of 'link'\n");
}

static void numbers_have_ranges(void)
{
	bad_in_link("mtu 575;", "f:1:15: '575' is not a number from 576 to 65535");
	bad_in_link("mtu 65536;", "f:1:15: '65536' is not a number from 576 to 65535");
	bad_in_link("mtu 99999999999;",
		    "f:1:15: '99999999999' is not a number from 576 to 65535");
	bad_in_link("mtu -1;", "f:1:15: '-1' is not a number from 576 to 65535");
	bad_in_link("hop-limit 0;", "f:1:21: '0' is not a number from 1 to 255");
	bad_in_link("hop-limit 256;", "f:1:21: '256' is not a number from 1 to 255");
	bad_in_link("reachable 0;", "f:1:21: '0' is not a time from 100 to 3600000 ms");
	bad_in_link("reachable 2h;", "f:1:21: '2h' is not a time from 100 to 3600000 ms");
	bad_in_link("retrans 1x;", "f:1:19: '1x' is not a time from 100 to 3600000 ms");
	bad_in_link("lifetime 9001;",
		    "f:1:20: '9001' is not a time from 0 to 9000 seconds");
	bad_in_link("lifetime 100ms;",
		    "f:1:20: '100ms' is not a time from 0 to 9000 seconds");
	bad_in_link("preference best;",
		    "f:1:22: 'best' is not 'low', 'medium' or 'high'");
}

#define BEGINS		"the interval begins at 3 seconds to three quarters of its end"
#define LIFETIME	"the lifetime is 0 or at least the interval"

static void intervals_have_a_shape(void)
{
	bad_in_link("interval x;", "f:1:20: 'x' is not a time or two as 200..600");
	bad_in_link("interval 5..;", "f:1:20: '5..' is not a time or two as 200..600");
	bad_in_link("interval 3;", "f:1:20: the interval ends at 4 to 1800 seconds");
	bad_in_link("interval 1801;", "f:1:20: the interval ends at 4 to 1800 seconds");
	bad_in_link("interval 2..8;", "f:1:20: " BEGINS ", 6");
	bad_in_link("interval 7..8;", "f:1:20: " BEGINS ", 6");
	bad_in_link("interval 60; lifetime 59;", "f:1:33: " LIFETIME ", 60 seconds");
	bad_in_link("lifetime 599;", "f:1:20: " LIFETIME ", 600 seconds");
	good("link e { interval 4; } link f { interval 3..4; } link g { interval 1800; }");
	CHECK(config.link[0].min == 3 && config.link[1].min == 3);
	CHECK(config.link[2].lifetime == 5400);
}

static void prefixes_have_rules(void)
{
	bad_in_link("prefix 7::;", "f:1:18: '7::' is not a prefix as 7::/16");
	bad_in_link("prefix 7::/65;", "f:1:18: '7::/65' is not a prefix as 7::/16");
	bad_in_link("prefix 7:1::/16;",
		    "f:1:18: '7:1::/16' has bits behind its length, the prefix is 7::/16");
	bad_in_link("prefix fe80::/16;",
		    "f:1:18: 'fe80::/16' is not a prefix of global addresses");
	bad_in_link("route ff0e::/16;",
		    "f:1:17: 'ff0e::/16' is not a prefix of global addresses");
	bad_in_link("route ::/0;", "f:1:17: '::/0' is not a prefix of global addresses");
	bad_in_link("prefix ::1/64;",
		    "f:1:18: '::1/64' is not a prefix of global addresses");
	bad_in_link("prefix 0:4:a00::/40;",
		    "f:1:18: hosts have addresses of this prefix from IPv4");
	good("link e { route 0:4:a00::/40; }");
	bad_in_link("prefix 7::/16 { valid 1h; preferred 2h; }",
		    "f:1:47: the preferred lifetime is longer than the valid one");
	bad_in_link("prefix 7::/32 { auto on; }",
		    "f:1:32: hosts make addresses only of prefixes of 16 bits, not of 32");
	bad_in_link("prefix 7::/16 { valid 5x; }",
		    "f:1:33: '5x' is not a time as 90, 90s, 30m, 12h or 7d, or 'forever'");
	bad_in_link("prefix 7::/16 { onlink yes; }",
		    "f:1:34: 'yes' is not 'on' or 'off'");
}

static void nothing_stands_twice(void)
{
	bad_in_link("mtu 600; mtu 600;", "f:1:20: 'mtu' stands there twice");
	bad_in_link("prefix 7::/16; prefix 7::/16;",
		    "f:1:33: the prefix overlaps 7::/16 in line 1");
	bad_in_link("prefix 7::/16; prefix 7:1::/32;",
		    "f:1:33: the prefix overlaps 7::/16 in line 1");
	bad_in_link("prefix 7:1::/32; prefix 7::/16;",
		    "f:1:35: the prefix overlaps 7:1::/32 in line 1");
	bad_in_link("route 7::/16; route 7::/16;",
		    "f:1:31: the route stands in line 1 too");
	good("link e { prefix 7::/16; route 7::/16; route 7:1::/32; }");
	bad("link e { }\nlink e { }", "f:2:6: link 'e' stands in line 1 too");
	bad("link e { prefix 7::/16; }\nlink f { prefix 7::/16; }",
	    "f:2:17: the prefix is that of link 'e' in line 1");
}

static void announcements_have_room(void)
{
	char text[2048];
	size_t i, n = (size_t)sprintf(text, "link e {");

	for (i = 0; i < ROUTER_PREFIXES_MAX; i++)
		n += (size_t)sprintf(text + n, " prefix %zx::/16;", i + 1);
	strcpy(text + n, " }");
	good(text);
	CHECK(config.link[0].n_prefixes == ROUTER_PREFIXES_MAX);
	strcpy(text + n, " route 9::/16; }");
	CHECK(parse(text) == 1);
	CHECK(strstr(told, "more prefixes and routes than an announcement holds"));
	n = (size_t)sprintf(text, "link e {");
	for (i = 0; i < ROUTER_ROUTES_MAX; i++)
		n += (size_t)sprintf(text + n, " route %zx::/16;", i + 1);
	strcpy(text + n, " }");
	good(text);
	CHECK(config.link[0].n_routes == ROUTER_ROUTES_MAX);
}

static void all_errors_are_told(void)
{
	char text[4096] = "link e {";
	unsigned int i, lines = 0;

	CHECK(parse("link e {\n\tmtu 1;\n\thop-limit 0;\n\tprefix 7::/16 { auto x; valid y; }\n"
		    "\tlifetime 1;\n}\nlink f { mtu 2 }\n") == 6);
	CHECK(strstr(told, "f:2:6: ") && strstr(told, "f:3:12: ") && strstr(told, "f:4:23: "));
	CHECK(strstr(told, "f:4:32: ") && strstr(told, "f:5:11: ") && strstr(told, "f:7:14: "));
	for (i = 0; i < 100; i++)
		strcat(text, " frob;");
	strcat(text, "}");
	CHECK(parse(text) == 100);
	for (i = 0; told[i]; i++)
		lines += told[i] == '\n';
	CHECK(lines == ROUTER_ERRORS_MAX + 1);
	CHECK(strstr(told, "f: no more errors are told\n"));
}

static void long_words_are_cut(void)
{
	char text[512];

	snprintf(text, sizeof(text), "link e { mtu %0300d; }", 600);
	CHECK(parse(text) == 1);
	CHECK(strlen(told) < 200);
}

int main(void)
{
	TAP_RUN(defaults);
	TAP_RUN(everything);
	TAP_RUN(tokens_that_are_missing);
	TAP_RUN(bytes_that_no_file_has);
	TAP_RUN(numbers_have_ranges);
	TAP_RUN(intervals_have_a_shape);
	TAP_RUN(prefixes_have_rules);
	TAP_RUN(nothing_stands_twice);
	TAP_RUN(announcements_have_room);
	TAP_RUN(all_errors_are_told);
	TAP_RUN(long_words_are_cut);
	router_config_free(&config);
	return tap_done();
}
