// SPDX-License-Identifier: GPL-2.0
/* weft filter: text to messages and back, rule by rule and as whole rulesets. */
#include <time.h>

#include "filter.h"
#include "filter_field.h"
#include "filter_json.h"
#include "tools.h"
#include "filter_trip.h"

/* What a rule becomes when the kernel has had it; to be freed, NULL if it is refused. */
static char *rule_after(const char *rule)
{
	char *text = NULL, *all, *from, *to, *result = NULL;
	struct filter_trip t;

	if (asprintf(&text,
		     "table t {\nmap m { type port : verdict; }\n"
		     "map k { type addr . port : mark; }\n"
		     "chain c {\n%s\n}\n}\n", rule) < 0)
		abort();
	filter_trip_begin(&t, text, strlen(text));
	if (t.commands && t.known) {
		all = filter_trip_print(&t, false, false);
		from = strstr(all, "chain c {\n\t\t") + strlen("chain c {\n\t\t");
		to = strstr(from, "\n\t}\n");
		*to = '\0';
		result = strdup(from);
		free(all);
	}
	filter_trip_end(&t);
	free(text);
	return result;
}

static void check_rule(int line, const char *rule, const char *should)
{
	char *once = rule_after(rule), *twice = once ? rule_after(once) : NULL;

	should = should ? should : rule;
	tap_check_str(__FILE__, line, once, should);
	tap_check_str(__FILE__, line, twice, should);
	free(once);
	free(twice);
}

/* Printed as it was written, or as something else; and then the same for ever. */
#define SAME(rule) check_rule(__LINE__, rule, NULL)
#define BECOMES(rule, should) check_rule(__LINE__, rule, should)

static void check_refused(int line, const char *rule)
{
	char *text = rule_after(rule);

	if (text)
		tap_check_str(__FILE__, line, text, "(refused)");
	free(text);
}

#define REFUSED(rule) check_refused(__LINE__, rule)

/* --- matches ------------------------------------------------------------------------ */

static void addresses(void)
{
	SAME("src 7::1 accept");
	SAME("dst != 7::/16 drop");
	SAME("src 7::1-7::5 drop");
	BECOMES("src 7::-7:ffff:ffff:ffff drop", "src 7::/16 drop");
	SAME("src ::/0 accept");
	BECOMES("src 7::1/64 accept", "src 7::1 accept");
	SAME("src { 7::1, 8::/16, a::1-a::9 } accept");
	BECOMES("src {8::1,7::1} accept", "src { 7::1, 8::1 } accept");
	SAME("src @s accept");
	SAME("src != @s accept");
	SAME("cast group drop");
	BECOMES("cast multicast drop", "cast group drop");
	REFUSED("src 7::1/16 drop");
	REFUSED("src 7::5-7::1 drop");
	REFUSED("src 10.0.0.1 drop");
	REFUSED("src 7::/65 drop");
	REFUSED("src { } drop");
}

static void ports(void)
{
	SAME("stream dport 80 accept");
	SAME("dgram sport 1000-2000 accept");
	SAME("dport 80 accept");
	BECOMES("proto stream dport 80 accept", "stream dport 80 accept");
	BECOMES("proto dgram stream dport 80 accept", "proto dgram stream dport 80 accept");
	SAME("stream sport 1 stream dport 2 accept");
	SAME("stream sport 1 dgram dport 2 accept");
	SAME("proto stream length 100 stream dport 80 accept");
	SAME("proto stream src . dport @s accept");
	SAME("stream dport { 22, 80, 1000-2000 } accept");
	BECOMES("stream dport http accept", "stream dport 80 accept");
	BECOMES("stream dport != { ssh } accept", "stream dport != { 22 } accept");
	SAME("proto dgram accept");
	SAME("proto != control accept");
	SAME("proto { control, stream } accept");
	SAME("proto 99 accept");
	BECOMES("dport >= 1024 accept", "dport 1024-65535 accept");
	BECOMES("dport < 1024 accept", "dport 0-1023 accept");
	REFUSED("dport 65536 accept");
	REFUSED("dport nosuchservice accept");
	REFUSED("dport < 0 accept");
	REFUSED("dport > 65535 accept");
	REFUSED("stream length 5 accept");
}

static void headers(void)
{
	SAME("class 3 ecn ce hoplimit 64 length >= 1400 accept");
	BECOMES("length > 1399 accept", "length >= 1400 accept");
	SAME("length <= 100 accept");
	SAME("length 100-200 accept");
	SAME("hoplimit != 1-5 drop");
	SAME("fragment later drop");
	SAME("control type echo-request accept");
	SAME("control type { echo-request, echo-reply } accept");
	SAME("control type unreachable control code 4 accept");
	BECOMES("control type packet-too-big accept", "control type too-big accept");
	BECOMES("control type 128 accept", "control type echo-request accept");
	SAME("control type 7 accept");
	REFUSED("class 16 accept");
	REFUSED("control type nothing accept");
}

static void sets_of_bits(void)
{
	SAME("stream flags syn,ack accept");
	SAME("stream flags != rst accept");
	SAME("stream flags == syn accept");
	SAME("stream flags & (syn | ack) == syn accept");
	BECOMES("stream flags syn / syn,ack accept", "stream flags & (syn | ack) == syn accept");
	BECOMES("stream flags & (fin|syn|rst|ack) != syn accept",
		"stream flags & (fin | syn | rst | ack) != syn accept");
	SAME("stream flags == 0x0 drop");
	SAME("stream flags & (0x0) == 0x0 drop");
	SAME("stream flags & (0x0) != 0x0 drop");
	BECOMES("stream flags & 0xff == 0x02 drop", "stream flags == syn drop");
	SAME("stream flags & (fin | syn | rst | psh | ack | ece | cwr | 0x20) != syn drop");
	SAME("ct state new accept");
	SAME("ct state established,related accept");
	BECOMES("ct state related , established accept", "ct state established,related accept");
	SAME("ct state { new, established } accept");
	SAME("ct state vmap { invalid : drop, established : accept }");
	REFUSED("stream flags 0 drop");
	REFUSED("stream flags bogus drop");
}

static void devices(void)
{
	SAME("iif \"eth0\" accept");
	BECOMES("iif eth0 accept", "iif \"eth0\" accept");
	SAME("oif 4711 accept");
	SAME("iifname \"eth0\" accept");
	SAME("iifname != \"eth*\" accept");
	BECOMES("oifname eth0.100 accept", "oifname \"eth0.100\" accept");
	SAME("iifname { \"br*\", \"eth0\", \"verylongname123\" } accept");
	SAME("oifname \"verylongnam*\" accept");
	BECOMES("meta oifname \"a\" accept", "oifname \"a\" accept");
	REFUSED("iif nosuchdevice0 accept");
	REFUSED("iifname \"averylongname123\" accept");
	REFUSED("iifname \"\" accept");
}

static void metadata(void)
{
	SAME("meta mark 0x00000001 accept");
	BECOMES("mark 1 accept", "meta mark 0x00000001 accept");
	BECOMES("meta mark 0x1/0xff accept", "meta mark & 0x000000ff == 0x00000001 accept");
	SAME("meta mark & 0x0000ff00 != 0x00000100 accept");
	BECOMES("meta mark & 0xffffffff == 5 accept", "meta mark 0x00000005 accept");
	SAME("skuid \"root\" accept");
	BECOMES("meta skgid 0 accept", "skgid \"root\" accept");
	SAME("skuid 4000000-4000010 accept");
	SAME("ct direction reply ct mark 0x00000005 ct label 3 ct zone 7 accept");
	SAME("ct packets >= 10 ct bytes <= 1000 accept");
	SAME("ct status 0x00000002 accept");
	SAME("probability 10% accept");
	SAME("probability 0.5% accept");
	SAME("probability 33.333% accept");
	SAME("probability 100% accept");
	SAME("cgroup level 1 4711 accept");
	BECOMES("cgroup 4711 level 2 accept", "cgroup level 2 4711 accept");
	REFUSED("cgroup 4711 accept");
	REFUSED("cgroup \"no/such/group\" accept");
	REFUSED("probability 0% accept");
	REFUSED("probability 101% accept");
	REFUSED("skuid nosuchuser accept");
	REFUSED("ct label 128 accept");
}

static void times(void)
{
	SAME("meta day \"Sunday\" accept");
	BECOMES("meta day saturday accept", "meta day \"Saturday\" accept");
	SAME("meta hour \"08:00\"-\"17:00\" accept");
	SAME("meta hour \"22:00\"-\"06:00\" accept");
	SAME("meta hour != \"08:00\"-\"17:00:30\" accept");
	SAME("meta time >= \"2026-01-01 00:00:00\" accept");
	BECOMES("meta time \"2026-01-01\"-\"2026-06-30 12:30\" accept",
		"meta time \"2026-01-01 00:00:00\"-\"2026-06-30 12:30:00\" accept");
	REFUSED("meta hour \"24:00\" accept");
	REFUSED("meta hour \"8:\" accept");
	REFUSED("meta time \"yesterday\" accept");
	REFUSED("meta day \"Someday\" accept");
}

/* Clocks are 5:45 ahead of UTC there. */
static void times_elsewhere(void)
{
	struct filter_trip t;
	const char *text = "table t {\nchain c {\nmeta hour \"05:45\" accept\n}\n}\n";

	setenv("TZ", "Asia/Kathmandu", 1);
	tzset();
	filter_trip_begin(&t, text, strlen(text));
	CHECK(t.known && t.ruleset.tables->chains->rules->exprs->first[0] == 0);
	filter_trip_end(&t);
	times();
	setenv("TZ", "America/New_York", 1);
	tzset();
	times();
	/* The second one of two, an hour after the first. */
	BECOMES("meta time 1793514600 accept", "meta time 1793514600 accept");
	setenv("TZ", "UTC", 1);
	tzset();
}

static void concatenations(void)
{
	SAME("src . dport { 7::1 . 80, 8::/16 . 1000-2000 } accept");
	SAME("src . dst . proto . sport . dport @s accept");
	SAME("iifname . src != { \"eth*\" . 7::1, \"lo\" . 7::2 } accept");
	SAME("src . dport vmap @m");
	SAME("ct state . dport vmap { new . 22 : accept, established . 22 : jump d }");
	REFUSED("src . dst . proto . sport . dport . class @s accept");
	REFUSED("src . dport 7::1 . 80 accept");
	REFUSED("src . dport { 7::1 } accept");
	REFUSED("src . dport { 7::1 . 80 . 90 } accept");
}

/* --- statements --------------------------------------------------------------------- */

static void verdicts(void)
{
	SAME("accept");
	SAME("drop");
	SAME("continue");
	SAME("return");
	SAME("jump web");
	SAME("goto \"a name\"");
	SAME("jump \"weft\"");
	SAME("dport vmap { 22 : accept, 80 : jump web, 1000-2000 : goto x }");
	SAME("dport vmap @m");
	BECOMES("dport vmap {22:accept,80:drop} comment x",
		"dport vmap { 22 : accept, 80 : drop } comment \"x\"");
	SAME("accept comment \"it \\\"was\\\" a \\\\\"");
	REFUSED("jump");
	REFUSED("accept drop");
	REFUSED("dport vmap { 22 }");
	REFUSED("dport { 22 : accept }");
	REFUSED("dport vmap { 22 : maybe }");
	REFUSED("jump averyveryveryverylongnameofachain0");
}

static void limits(void)
{
	SAME("limit rate 10/second burst 5 packets accept");
	BECOMES("limit rate 10/minute accept", "limit rate 10/minute burst 5 packets accept");
	SAME("limit rate over 3/hour burst 1 packets drop");
	SAME("limit rate 10 mbytes/second accept");
	SAME("limit rate over 10 kbytes/day burst 1 mbytes drop");
	BECOMES("limit rate 2048 bytes/second accept", "limit rate 2 kbytes/second accept");
	SAME("limit rate 10/second burst 5 packets per src . dport accept");
	SAME("limit rate 10/30s burst 5 packets accept");
	SAME("quota 10 mbytes accept");
	SAME("quota over 1000 bytes used 10 bytes drop");
	BECOMES("quota until 1024 bytes used 0 bytes accept", "quota 1 kbytes accept");
	SAME("counter packets 0 bytes 0 accept");
	BECOMES("counter accept", "counter packets 0 bytes 0 accept");
	SAME("counter packets 18446744073709551615 bytes 5");
	REFUSED("limit rate 0/second accept");
	REFUSED("limit rate 10/fortnight accept");
	REFUSED("limit rate 10 accept");
	REFUSED("quota 18446744073709551615 kbytes accept");
	REFUSED("counter packets 5");
}

static void assignments(void)
{
	SAME("meta mark set 0x00000001 accept");
	BECOMES("mark set 1", "meta mark set 0x00000001");
	SAME("meta mark set meta mark & 0xffffff00 | 0x00000005");
	BECOMES("meta mark set mark or 0x1", "meta mark set meta mark & 0xfffffffe | 0x00000001");
	SAME("ct mark set 0x00000007");
	SAME("ct label set 5");
	SAME("ct zone set 9");
	SAME("class set 3");
	SAME("meta mark set dport map { 80 : 0x00000001, 443 : 0x00000002 }");
	SAME("ct mark set src . dport map @k");
	REFUSED("class set 16");
	REFUSED("ct label set 128");
	REFUSED("ct state set 1");
	REFUSED("meta mark set dport");
	REFUSED("meta mark set dport map { 80 : accept }");
}

static void updates(void)
{
	SAME("add @s { src }");
	SAME("add @s { src timeout 10s }");
	SAME("update @s { src . dport timeout 1h30m limit rate 5/second burst 5 packets } drop");
	SAME("delete @s { src }");
	REFUSED("add @s src");
	REFUSED("add s { src }");
	REFUSED("delete @s { src timeout 5s }");
}

static void others(void)
{
	SAME("log");
	SAME("log prefix \"in: \" level debug");
	BECOMES("log level warn prefix \"x\"", "log prefix \"x\"");
	SAME("log prefix \"x\" group 5 snaplen 100 queue-threshold 10");
	SAME("trace");
	BECOMES("meta nftrace set 1 accept", "trace accept");
	SAME("notrack");
	SAME("reject");
	SAME("stream dport 80 reject with reset");
	SAME("reject with unreachable prohibited");
	BECOMES("reject with unreachable port", "reject");
	REFUSED("log level loud");
	REFUSED("log group 1 level warn");
	REFUSED("log snaplen 5");
	REFUSED("reject with flowers");
	REFUSED("meta nftrace set 0");
	REFUSED("frobnicate");
}

/* A rule has 32 expressions at most. */
static void many_expressions(void)
{
	char text[400] = "";
	int i;

	for (i = 0; i < 32; i++)
		strcat(text, i ? " class 1" : "class 1");
	SAME(text);
	strcat(text, " class 1");
	REFUSED(text);
}

/* --- whole rulesets ----------------------------------------------------------------- */

static const char whole[] =
	"table weft filter {\n"
	"\tcomment \"all of it\"\n"
	"\n"
	"\tset blocked {\n"
	"\t\ttype addr\n"
	"\t\tflags interval,timeout\n"
	"\t\ttimeout 1h\n"
	"\t\tcomment \"bad ones\"\n"
	"\t\telements = { 7::1 timeout 5m comment \"why\", 8::/16 }\n"
	"\t}\n"
	"\n"
	"\tset seen {\n"
	"\t\ttype addr . port\n"
	"\t\tsize 1000\n"
	"\t\tflags dynamic\n"
	"\t}\n"
	"\n"
	"\tmap ports {\n"
	"\t\ttype port : verdict\n"
	"\t\tflags interval\n"
	"\t\telements = {\n"
	"\t\t\t22 : accept,\n"
	"\t\t\t80 : jump web,\n"
	"\t\t\t443 : jump web,\n"
	"\t\t\t1000-2000 : drop,\n"
	"\t\t\t3000 : return\n"
	"\t\t}\n"
	"\t}\n"
	"\n"
	"\tmap marks {\n"
	"\t\ttype ifname . proto : mark\n"
	"\t\telements = { \"eth0\" . stream : 0x00000001 }\n"
	"\t}\n"
	"\n"
	"\tchain input {\n"
	"\t\ttype filter hook input priority filter; policy drop;\n"
	"\t\tct state established,related accept\n"
	"\t\tsrc @blocked counter packets 0 bytes 0 drop\n"
	"\t\tstream dport vmap @ports\n"
	"\t\tadd @seen { src . dport }\n"
	"\t\tmeta mark set iifname . proto map @marks\n"
	"\t}\n"
	"\n"
	"\tchain early {\n"
	"\t\tcomment \"before\"\n"
	"\t\ttype filter hook prerouting priority raw - 5; policy accept;\n"
	"\t}\n"
	"\n"
	"\tchain late {\n"
	"\t\ttype filter hook output priority 100; policy accept;\n"
	"\t}\n"
	"\n"
	"\tchain web {\n"
	"\t\tdport { 80, 443 } accept comment \"the web\"\n"
	"\t}\n"
	"}\n"
	"table weft other {\n"
	"\tflags dormant\n"
	"}\n";

static void check_ruleset(int line, const char *text, const char *should)
{
	struct filter_trip t;
	char *printed_text;

	filter_trip_begin(&t, text, strlen(text));
	if (*t.told)
		tap_check_str(__FILE__, line, t.told, "");
	CHECK(t.known);
	printed_text = filter_trip_print(&t, false, false);
	tap_check_str(__FILE__, line, printed_text, should);
	free(printed_text);
	filter_trip_end(&t);
}

static void rulesets(void)
{
	check_ruleset(__LINE__, whole, whole);
	check_ruleset(__LINE__, "", "");
	check_ruleset(__LINE__, "table a {}", "table weft a {\n}\n");
	check_ruleset(__LINE__, "table weft \"x y\" { chain \"1\" { drop; }; }",
		      "table weft \"x y\" {\n\tchain \"1\" {\n\t\tdrop\n\t}\n}\n");
	check_ruleset(__LINE__, "table weft {}", "table weft \"weft\" {\n}\n");
	check_ruleset(__LINE__,
		      "add table t; add chain t c { type filter hook forward priority -5; }\n"
		      "add rule weft t c accept\nadd t c drop\n"
		      "add set t s { type ct_state; }; add element t s { new }",
		      "table weft t {\n\tset s {\n\t\ttype ct_state\n\t\telements = { new }\n\t}\n"
		      "\n\tchain c {\n\t\ttype filter hook forward priority filter - 5; policy accept;\n"
		      "\t\taccept\n\t\tdrop\n\t}\n}\n");
	check_ruleset(__LINE__,
		      "table t { chain c { type filter hook input priority 2147483647; }\n"
		      "chain d { type filter hook input priority -2147483648; }; }",
		      "table weft t {\n"
		      "\tchain c {\n\t\ttype filter hook input priority 2147483647; policy accept;\n\t}\n"
		      "\n\tchain d {\n\t\ttype filter hook input priority -2147483648; policy accept;\n\t}\n"
		      "}\n");
}

/* The kernel may take ranges of several fields in this order, and not in another one. */
static void order_of_elements(void)
{
	const char *text =
		"table weft t {\n"
		"\tset s {\n\t\ttype addr . port\n\t\tflags interval\n"
		"\t\telements = { 7::1 . 82, ::/0 . 47-53237, 7::2 . 18 }\n\t}\n"
		"\n\tchain c {\n\t\tsrc . dport { 7::1 . 82, ::/0 . 47-53237 } drop\n\t}\n}\n";

	check_ruleset(__LINE__, text, text);
	check_ruleset(__LINE__,
		      "table t { set s { type addr . port; flags interval; elements = { 7::2 . 18, 7::1 . 82 }; }; }",
		      "table weft t {\n\tset s {\n\t\ttype addr . port\n\t\tflags interval\n"
		      "\t\telements = { 7::1 . 82, 7::2 . 18 }\n\t}\n}\n");
}

static void definitions(void)
{
	check_ruleset(__LINE__,
		      "define web = { 80, 443 }\ndefine all = { 22, $web }\n"
		      "define net = 7::/16\nredefine net = 8::/16\n"
		      "define long = \\\n1000-2000\n"
		      "table t { chain c {\nsrc $net dport $all drop\ndport $long drop\n"
		      "dport { $web, 1 } drop # $nothing\n} }",
		      "table weft t {\n\tchain c {\n\t\tsrc 8::/16 dport { 22, 80, 443 } drop\n"
		      "\t\tdport 1000-2000 drop\n\t\tdport { 1, 80, 443 } drop\n\t}\n}\n");
	check_ruleset(__LINE__,
		      "define a = 5\nundefine a\ndefine a = 6\ntable t {\nchain c { dport $a drop; }; }",
		      "table weft t {\n\tchain c {\n\t\tdport 6 drop\n\t}\n}\n");
}

static void stateless(void)
{
	const char *text =
		"table t { set s { type addr; flags timeout;\n"
		"elements = { 7::1 timeout 5s expires 3s }; }\n"
		"chain c { counter packets 5 bytes 6 quota 10 bytes used 3 bytes drop; }; }";
	struct filter_trip t;
	char *is;

	filter_trip_begin(&t, text, strlen(text));
	is = filter_trip_print(&t, false, true);
	CHECK(strstr(is, "elements = { 7::1 timeout 5s }\n"));
	CHECK(strstr(is, "\t\tcounter quota 10 bytes drop\n"));
	free(is);
	is = filter_trip_print(&t, false, false);
	CHECK(strstr(is, "elements = { 7::1 timeout 5s expires 3s }\n"));
	free(is);
	filter_trip_end(&t);
}

static void numeric(void)
{
	filter_numeric = true;
	BECOMES("proto stream skuid root control type echo-request accept",
		"proto 6 skuid 0 control type 128 accept");
	BECOMES("ct state established,new meta day Monday accept",
		"ct state 0x6 meta day 1 accept");
	filter_numeric = false;
}

/* Many rules with sets of their own, and a set of many elements, in more than one message. */
static void large(void)
{
	struct filter_trip t;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int i;

	fputs("table t {\nset s { type addr; elements = {", f);
	for (i = 0; i < 20000; i++)
		fprintf(f, "7::%x:%x,\n", i >> 8, i & 255);
	fputs("}\n}\nchain c {\n", f);
	for (i = 0; i < 2000; i++)
		fprintf(f, "dport { %d, %d } drop\n", i + 1, i + 5000);
	fputs("}\n}\n", f);
	fclose(f);
	filter_trip_begin(&t, text, len);
	CHECK(t.known && t.ruleset.tables->sets->n_elems == 20000);
	free(text);
	text = filter_trip_print(&t, false, false);
	CHECK(strstr(text, "dport { 2000, 6999 } drop\n\t}\n}\n"));
	filter_trip_end(&t);
	free(text);
}

/* --- JSON, nft ---------------------------------------------------------------------- */

static void json(void)
{
	static const char text[] =
		"table t {\n"
		"map m { type addr . port : verdict; elements = { 7::1 . 80 : accept }; }\n"
		"chain c { type filter hook input priority -5; policy drop;\n"
		"stream dport 1-5 src 7::/16 ct state new limit rate 1/second jump c\n}; }";
	static const char *const should[] = {
		"{\"weft_filter\":[{\"metainfo\":{\"version\":\"test\",",
		"\"json_schema_version\":1}},{\"table\":{\"family\":\"weft\",",
		"\"name\":\"t\"}},{\"chain\":{\"family\":\"weft\",\"table\":\"t\",",
		"\"name\":\"c\",\"type\":\"filter\",\"hook\":\"input\",\"prio\":-5,",
		"\"policy\":\"drop\"}},{\"map\":{\"family\":\"weft\",\"name\":\"m\",",
		"\"table\":\"t\",\"type\":[\"addr\",\"port\"],\"map\":\"verdict\",\"elem\":[[",
		"{\"concat\":[\"7::1\",80]},{\"accept\":null}]]}},{\"rule\":{",
		"\"family\":\"weft\",\"table\":\"t\",\"chain\":\"c\",\"expr\":[{\"match\":{",
		"\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"stream\",",
		"\"field\":\"dport\"}},\"right\":{\"range\":[1,5]}}},{\"match\":{",
		"\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"weft\",",
		"\"field\":\"src\"}},\"right\":{\"prefix\":{\"addr\":\"7::\",\"len\":16}}}},{",
		"\"match\":{\"op\":\"in\",\"left\":{\"ct\":{\"key\":\"state\"}},\"right\":[",
		"\"new\"]}},{\"limit\":{\"rate\":1,\"per\":\"second\",\"burst\":5}},{",
		"\"jump\":{\"target\":\"c\"}}]}}]}\n",
	};
	struct filter_style style = { NULL, false, true };
	struct filter_trip t;
	char *is = NULL, *all = NULL;
	size_t len = 0, all_len = 0, i;
	FILE *out = open_memstream(&is, &len), *whole_out = open_memstream(&all, &all_len);
	struct json j;

	for (i = 0; i < MNL_ARRAY_SIZE(should); i++)
		fputs(should[i], whole_out);
	fclose(whole_out);

	filter_trip_begin(&t, text, strlen(text));
	json_init(&j, out, false);
	filter_json_begin(&j);
	filter_json_all(&j, &style, t.ruleset.tables);
	filter_json_end(&j);
	fclose(out);
	CHECK_STR(is, all);
	free(is);
	free(all);
	filter_trip_end(&t);
}

static void check_nft(int line, const char *rule, bool egress, const char *should)
{
	struct filter_source src = { "f", rule, strlen(rule), stderr };
	char *is = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&is, &len);

	filter_nft(&src, egress, out);
	fclose(out);
	tap_check_str(__FILE__, line, is, should);
	free(is);
}

#define NFT(rule, should) check_nft(__LINE__, rule, false, should)
#define TYPE " meta protocol 0x88b5 "
#define PART "@nh,56,8 44 "
#define FIRST PART "@nh,208,16 0-7 "

static void nft(void)
{
	NFT("src 7::/16 drop", "@nh,64,16 0x0007" TYPE "drop\n");
	NFT("dst != 7::1 counter accept",
	    "@nh,128,64 != 0x0007000000000001" TYPE "counter accept\n");
	NFT("stream dport { 80, 443 } drop",
	    "@nh,56,8 != 44 @nh,56,8 6 @nh,208,16 { 80, 443 }" TYPE "drop\n"
	    FIRST "@nh,192,8 6 @nh,272,16 { 80, 443 }" TYPE "drop\n");
	NFT("proto dgram drop", "@nh,56,8 != 44 @nh,56,8 17" TYPE "drop\n"
	    PART "@nh,192,8 17" TYPE "drop\n");
	NFT("fragment later drop", "@nh,56,8 44 @nh,208,16 8-65535" TYPE "drop\n");
	NFT("cast broadcast drop", "@nh,128,64 0xffffffffffffffff" TYPE "drop\n");
	NFT("iifname \"eth*\" class 3 accept", "iifname \"eth*\" @nh,4,4 3" TYPE "accept\n");
	NFT("drop", "meta protocol 0x88b5 drop\n");
	NFT("ct state new drop", "");
	NFT("oifname \"eth0\" drop", "");
	NFT("src @s drop", "");
	NFT("reject", "");
	NFT("dport 80 limit rate 1/second drop", "");
	NFT("src 7::1 drop comment \"a \\\"b\\\"\"", "");
	NFT("src 7::1 drop more", "");
	check_nft(__LINE__, "oifname \"eth0\" drop", true, "oifname \"eth0\"" TYPE "drop\n");
	check_nft(__LINE__, "iifname \"eth0\" drop", true, "");
}

int main(void)
{
	be_quiet();
	setenv("TZ", "UTC", 1);
	TAP_RUN(addresses);
	TAP_RUN(ports);
	TAP_RUN(headers);
	TAP_RUN(sets_of_bits);
	TAP_RUN(devices);
	TAP_RUN(metadata);
	TAP_RUN(times);
	TAP_RUN(times_elsewhere);
	TAP_RUN(concatenations);
	TAP_RUN(verdicts);
	TAP_RUN(limits);
	TAP_RUN(assignments);
	TAP_RUN(updates);
	TAP_RUN(others);
	TAP_RUN(many_expressions);
	TAP_RUN(rulesets);
	TAP_RUN(order_of_elements);
	TAP_RUN(definitions);
	TAP_RUN(stateless);
	TAP_RUN(numeric);
	TAP_RUN(large);
	TAP_RUN(json);
	TAP_RUN(nft);
	return tap_done();
}
