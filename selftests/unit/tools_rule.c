// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/rule_*.c */
#include "rule.h"
#include "tools.h"

#define FAMILY	18

/* Reads a rule, puts it into a message and reads that; -1 when one fails. */
static int make(const char *line, struct rule *rule)
{
	struct args a = words(line);
	struct nl_request r;

	if (rule_read(&a, rule) != CLI_OK)
		return -1;
	if (!(rule->given & RULE_ACTION))
		rule->action = FR_ACT_TO_TBL;
	rule_put(&r, FAMILY, RTM_NEWRULE, 0, rule);
	return rule_parse(&r.nlh, FAMILY, rule);
}

static void prints(int where, const char *line, bool save, const char *should)
{
	struct rule rule;
	struct out o;

	CHECK(!make(line, &rule));
	print_begin(&o);
	rule_print(&o, &rule, save);
	print_end(&o, __FILE__, where, should);
}

static void come_out_as_they_went_in(void)
{
	static const char *const lines[] = {
		"pref 50 from all lookup main",
		"pref 50 not from 7::/16 to 8::1 lookup 100",
		"pref 50 from all fwmark 0x3 lookup 100",
		"pref 50 from all fwmark 0x3/0xff iif eth0 oif x lookup 100",
		"pref 50 from all uidrange 0-4294967295 lookup 4000000000",
		"pref 50 from all lookup main suppress_prefixlength 0",
		"pref 50 from all goto 60",
		"pref 50 from all nop",
		"pref 4294967295 from all blackhole",
		"pref 50 from all unreachable",
		"pref 50 from all prohibit proto static",
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		prints(__LINE__, lines[i], true, lines[i]);
}

static void have_other_words_too(void)
{
	prints(__LINE__, "priority 7 dev eth0 table main sup_pl 3", false,
	       "7:\tfrom all iif eth0 lookup main suppress_prefixlength 3");
	prints(__LINE__, "from all to default order 7 lookup local", false,
	       "7:\tfrom all lookup local");
	prints(__LINE__, "fwmark 16/16 pref 1 bla", false,
	       "1:\tfrom all fwmark 0x10/0x10 blackhole");
}

static void are_json(void)
{
	cli.json = true;
	prints(__LINE__,
	       "pref 5 not from 7::/16 to 8::1 fwmark 1/2 iif eth0 uidrange 3-4 lookup main proto static",
	       false,
	       "{\"priority\":5,\"not\":true,\"src\":\"7::\",\"srclen\":16,\"dst\":\"8::1\",\"fwmark\":\"0x1\",\"fwmask\":\"0x2\",\"iif\":\"eth0\",\"uid_start\":3,\"uid_end\":4,\"table\":\"main\",\"protocol\":\"static\"}");
	prints(__LINE__, "pref 5 goto 7", false,
	       "{\"priority\":5,\"src\":\"all\",\"goto\":7}");
	prints(__LINE__, "pref 5 nop", false,
	       "{\"priority\":5,\"src\":\"all\",\"nop\":true}");
	cli.json = false;
}

static void tell_their_state(void)
{
	struct fib_rule_hdr *hdr;
	struct nl_request r;
	struct rule rule;
	struct out o;

	CHECK(!make("pref 5 iif x oif y goto 7", &rule));
	rule_put(&r, FAMILY, RTM_NEWRULE, 0, &rule);
	hdr = mnl_nlmsg_get_payload(&r.nlh);
	hdr->flags = FIB_RULE_UNRESOLVED | FIB_RULE_IIF_DETACHED |
		     FIB_RULE_OIF_DETACHED;
	nl_put_u32(&r, FRA_SUPPRESS_PREFIXLEN, UINT32_MAX);
	CHECK(!rule_parse(&r.nlh, FAMILY, &rule));
	print_begin(&o);
	rule_print(&o, &rule, false);
	print_end(&o, __FILE__, __LINE__,
		  "5:\tfrom all iif x [detached] oif y [detached] goto 7 [unresolved]");
	print_begin(&o);
	rule_print(&o, &rule, true);
	print_end(&o, __FILE__, __LINE__,
		  "pref 5 from all iif x oif y goto 7");
	CHECK(!(rule.given & RULE_SUPPRESS));
}

static void refusals(void)
{
	static const char *const lines[] = {
		"frob", "from", "from x", "to 7::/65", "fwmark", "fwmark x",
		"fwmark 0x100000000", "fwmark 1/", "fwmark /1",
		"fwmark 00000000000000000000001/1", "uidrange 1",
		"uidrange 2-1", "uidrange 1-2-3", "uidrange -1", "pref -1",
		"iif abcdefghijklmnop", "oif a/b", "table nonesuch",
		"suppress_prefixlength 65", "lookup 5 nop", "goto 5 nop",
		"pref 5 pref 5", "proto 256",
	};
	struct rule rule;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!make(lines[i], &rule)) {
			printf("# taken: %s\n", lines[i]);
			CHECK(false);
		}
}

static bool like(const char *line, const char *filter)
{
	struct rule rule, f;
	struct args a;

	CHECK(!make(line, &rule));
	a = words(filter);
	CHECK(rule_read(&a, &f) == CLI_OK);
	return rule_is_like(&rule, &f);
}

static void filters(void)
{
	const char *line = "pref 5 from 7::/16 fwmark 1/3 iif eth0 lookup 100";

	CHECK(like(line, "") && like(line, "from 7::/16"));
	CHECK(!like(line, "from 7::/15") && !like(line, "from 8::/16"));
	CHECK(!like(line, "to 7::/16") && like(line, "to all"));
	CHECK(!like(line, "from all"));
	CHECK(like(line, "fwmark 1") && !like(line, "fwmark 1/1"));
	CHECK(like(line, "fwmark 1/3") && !like(line, "fwmark 2/3"));
	CHECK(like(line, "iif eth0") && !like(line, "iif eth1"));
	CHECK(!like(line, "oif eth0"));
	CHECK(like(line, "table 100") && !like(line, "table 101"));
	CHECK(like(line, "pref 5") && !like(line, "pref 6"));
	CHECK(!like(line, "not") && like("not from 7::1", "not"));
	CHECK(!like(line, "nop") && like("nop", "nop"));
	CHECK(!like(line, "proto static") && like("proto static", "proto static"));
	CHECK(!like(line, "uidrange 0-0"));
	CHECK(!like(line, "suppress_prefixlength 0"));
	CHECK(like("suppress_prefixlength 0", "suppress_prefixlength 0"));
}

int main(void)
{
	be_quiet();
	TAP_RUN(come_out_as_they_went_in);
	TAP_RUN(have_other_words_too);
	TAP_RUN(are_json);
	TAP_RUN(tell_their_state);
	TAP_RUN(refusals);
	TAP_RUN(filters);
	return tap_done();
}
