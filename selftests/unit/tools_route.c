// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/route_*.c */
#include "route.h"
#include "tools.h"

#define FAMILY	18

/* Reads a route, puts it into a message and reads that; -1 when one fails. */
static int make(const char *line, struct route *route)
{
	struct args a = words(line);
	struct nl_request r;

	if (route_read(&a, route) != CLI_OK)
		return -1;
	if (!(route->given & ROUTE_TYPE))
		route->type = RTN_UNICAST;
	if (!(route->given & ROUTE_PROTO))
		route->proto = RTPROT_BOOT;
	route_put(&r, FAMILY, RTM_NEWROUTE, 0, route);
	return route_parse(&r.nlh, FAMILY, route);
}

static void prints(int where, const char *line, enum route_form form,
		   const char *should)
{
	struct route route;
	struct out o;

	CHECK(!make(line, &route));
	print_begin(&o);
	route_print(&o, &route, form);
	print_end(&o, __FILE__, where, should);
}

#define PRINTS(line, should) prints(__LINE__, line, ROUTE_OF_ANY, should)

static void come_out_as_they_went_in(void)
{
	static const char *const lines[] = {
		"7::/16 dev eth0",
		"7::1 via fe80::1 dev eth0 proto static metric 1024",
		"default via fe80::1 dev eth1 src 7::1 metric 20",
		"blackhole 7::/16",
		"unreachable 7::1 metric 4294967295",
		"7::/16 dev eth0 expires 100sec mtu 1400 hoplimit 255",
		"7::/16 dev eth0 table 100 proto ra scope link",
		"7::/16 via 8::1 dev eth0 onlink",
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		PRINTS(lines[i], lines[i]);
}

static void have_other_words_too(void)
{
	PRINTS("to 7::/16 via fe80::1%eth1", "7::/16 via fe80::1 dev eth1");
	PRINTS("7::/16 oif eth0 preference 5 protocol 77",
	       "7::/16 dev eth0 proto 77 metric 5");
	PRINTS("unicast any dev eth0 table main", "default dev eth0");
	PRINTS("7::/16 dev eth0 expires forever", "7::/16 dev eth0");
	PRINTS("::/64 dev eth0", ":: dev eth0");
}

static void have_next_hops(void)
{
	const char *line =
		"7::/16 metric 5 nexthop via 8::2%eth0 weight 256 nexthop dev eth1 via 8::1 onlink";

	PRINTS(line, "7::/16 metric 5\n"
	       "\tnexthop via 8::2 dev eth0 weight 256\n"
	       "\tnexthop via 8::1 dev eth1 weight 1 onlink");
	prints(__LINE__, line, ROUTE_SAVED,
	       "unicast 7::/16 table main proto boot scope global metric 5 nexthop via 8::2 dev eth0 weight 256 nexthop via 8::1 dev eth1 weight 1 onlink");
}

static void have_many_next_hops(void)
{
	static char line[ROUTE_HOPS * 32];
	static struct route route;
	char *word[ROUTE_HOPS * 3 + 6], **w = word;
	struct args a = { .word = word };
	struct nl_request r;
	int i;

	*w++ = strcpy(line, "7::/16");
	for (i = 0; i <= ROUTE_HOPS; i++) {
		*w++ = (char *)(uintptr_t)"nexthop";
		*w++ = (char *)(uintptr_t)"via";
		*w++ = (char *)(uintptr_t)"8::1";
	}
	*w = NULL;
	CHECK(route_read(&a, &route) == CLI_USAGE);
	w[-3] = NULL;
	a.word = word;
	CHECK(route_read(&a, &route) == CLI_OK && route.hops == ROUTE_HOPS);
	route.type = RTN_UNICAST;
	route_put(&r, FAMILY, RTM_NEWROUTE, 0, &route);
	CHECK(!route_parse(&r.nlh, FAMILY, &route));
	CHECK(route.hops == ROUTE_HOPS);
}

static void are_json(void)
{
	cli.json = true;
	PRINTS("7::/16 via fe80::1 dev eth0 mtu 1400 metric 5 onlink",
	       "{\"dst\":\"7::/16\",\"gateway\":\"fe80::1\",\"dev\":\"eth0\",\"metric\":5,\"flags\":[\"onlink\"],\"metrics\":[{\"mtu\":1400}]}");
	PRINTS("7::/16 nexthop dev eth0 nexthop dev eth1 weight 2",
	       "{\"dst\":\"7::/16\",\"flags\":[],\"nexthops\":[{\"dev\":\"eth0\",\"weight\":1,\"flags\":[]},{\"dev\":\"eth1\",\"weight\":2,\"flags\":[]}]}");
	cli.json = false;
}

static void tell_their_state(void)
{
	struct rta_cacheinfo info = { .rta_expires = 100 * 590 };
	struct nl_request r;
	struct route route;
	struct out o;

	CHECK(!make("7::/16 via fe80::1 dev eth0", &route));
	route_put(&r, FAMILY, RTM_NEWROUTE, 0, &route);
	((struct rtmsg *)mnl_nlmsg_get_payload(&r.nlh))->rtm_flags =
		RTNH_F_DEAD | RTNH_F_LINKDOWN;
	nl_put(&r, RTA_CACHEINFO, sizeof(info), &info);
	CHECK(!route_parse(&r.nlh, FAMILY, &route));
	print_begin(&o);
	route_print(&o, &route, ROUTE_OF_ANY);
	print_end(&o, __FILE__, __LINE__,
		  "7::/16 via fe80::1 dev eth0 dead linkdown expires 590sec");
	print_begin(&o);
	route_print(&o, &route, ROUTE_SAVED);
	print_end(&o, __FILE__, __LINE__,
		  "unicast 7::/16 via fe80::1 dev eth0 table main proto boot scope global expires 590sec");
}

static void refusals(void)
{
	static const char *const lines[] = {
		"", "dev eth0", "7::/16 8::/16", "7::/16 via", "7::/16 via x",
		"7::/16 dev eth0 via fe80::1%eth1",
		"7::/16 via fe80::1%eth1 dev eth0",
		"7::/16 dev nodev", "7::/16 metric -1", "7::/16 mtu 575",
		"7::/16 mtu 65536", "7::/16 hoplimit 0", "7::/16 hoplimit 256",
		"7::/16 expires 0", "7::/16 pref high", "7::/16 src 7::/16",
		"7::/16 nexthop", "7::/16 nexthop weight 1",
		"7::/16 nexthop dev eth0 weight 0",
		"7::/16 nexthop dev eth0 weight 257",
		"7::/16 dev eth0 nexthop dev eth0",
		"7::/16 table x", "blackhole unreachable 7::/16",
		"7::/16 dev eth0 dev eth0", "7::/65 dev eth0",
	};
	struct route route;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!make(lines[i], &route)) {
			printf("# taken: %s\n", lines[i]);
			CHECK(false);
		}
}

static void messages_of_others_are_none(void)
{
	struct nl_request r;
	struct route route;

	CHECK(!make("7::/16 dev eth0", &route));
	route_put(&r, FAMILY, RTM_NEWROUTE, 0, &route);
	CHECK(route_parse(&r.nlh, FAMILY + 1, &route));
	r.nlh.nlmsg_type = RTM_NEWADDR;
	CHECK(route_parse(&r.nlh, FAMILY, &route));
	nl_request(&r, RTM_NEWROUTE, 0, sizeof(struct rtmsg) - 4);
	CHECK(route_parse(&r.nlh, FAMILY, &route));
}

/* --- filters ---------------------------------------------------------------------- */

static bool has(const char *filter, const char *line)
{
	struct route_filter f;
	struct route route;
	struct args a;

	CHECK(!make(line, &route));
	a = words(filter);
	CHECK(route_filter_read(&a, &f) == CLI_OK);
	return route_filter_has(&f, &route);
}

static void filters_by_prefix(void)
{
	CHECK(has("", "7::/16 dev eth0"));
	CHECK(has("7::/16", "7::/16 dev eth0"));
	CHECK(!has("7::/17", "7::/16 dev eth0"));
	CHECK(!has("7::", "7::/16 dev eth0"));
	CHECK(has("exact default", "default dev eth0"));
	CHECK(!has("default", "7::/16 dev eth0"));
	CHECK(has("root 7::/16", "7::1 dev eth0"));
	CHECK(has("root default", "7::1 dev eth0"));
	CHECK(!has("root 7::/16", "default dev eth0"));
	CHECK(!has("root 8::/16", "7::1 dev eth0"));
	CHECK(has("match 7::1", "7::/16 dev eth0"));
	CHECK(has("to match 7::1", "default dev eth0"));
	CHECK(!has("match 7::/15", "7::/16 dev eth0"));
	CHECK(!has("match 8::1", "7::/16 dev eth0"));
}

static void filters_by_the_rest(void)
{
	const char *line = "7::/16 via fe80::1 dev eth0 src 7::1 metric 5";
	const char *two = "7::/16 nexthop dev eth0 nexthop via 8::1";

	CHECK(has("dev eth0 via fe80::1 metric 5 src 7::1 proto boot", line));
	CHECK(!has("dev eth1", line) && !has("via fe80::2", line));
	CHECK(!has("metric 6", line) && !has("src 7::2", line));
	CHECK(!has("proto static", line) && !has("scope link", line));
	CHECK(has("type unicast", line) && has("unicast", line));
	CHECK(!has("type blackhole", line) && !has("cache", line));
	CHECK(has("dev eth0", two) && has("via 8::1", two));
	CHECK(!has("dev eth1", two) && !has("via 8::2", two));
	CHECK(!has("", "7::/16 dev eth0 table 5"));
	CHECK(has("table 5", "7::/16 dev eth0 table 5"));
	CHECK(has("table all", "7::/16 dev eth0 table 5"));
	CHECK(!has("table 5", line));
}

static void filters_that_are_none(void)
{
	static const char *const lines[] = {
		"7::/16 8::/16", "frob", "root", "table nonesuch", "type frob",
		"via x", "dev nodev", "metric x", "proto x",
	};
	struct route_filter f;
	struct args a;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		a = words(lines[i]);
		CHECK(route_filter_read(&a, &f) != CLI_OK);
	}
}

int main(void)
{
	be_quiet();
	TAP_RUN(come_out_as_they_went_in);
	TAP_RUN(have_other_words_too);
	TAP_RUN(have_next_hops);
	TAP_RUN(have_many_next_hops);
	TAP_RUN(are_json);
	TAP_RUN(tell_their_state);
	TAP_RUN(refusals);
	TAP_RUN(messages_of_others_are_none);
	TAP_RUN(filters_by_prefix);
	TAP_RUN(filters_by_the_rest);
	TAP_RUN(filters_that_are_none);
	return tap_done();
}
