/* SPDX-License-Identifier: GPL-2.0 */
/* Commands of weft filter by chance: most of them right, some with a word too many. */
#ifndef FILTER_TEXT_H
#define FILTER_TEXT_H

#include <stdarg.h>
#include <stdio.h>
#include "random.h"

#define TEXT_MAX	8192

/* What commands are about. Elements stay for longer than a test takes. */
static const char text_base[] =
	"table t0 {\n"
	"  set s0 { type addr; flags interval,timeout; }\n"
	"  set s1 { type port; }\n"
	"  set s2 { type addr . port; flags interval; }\n"
	"  set s3 { type addr; flags dynamic,timeout; timeout 1d; size 50; }\n"
	"  map m0 { type port : verdict; flags interval; }\n"
	"  map m1 { type addr : mark; }\n"
	"  chain c0 { }; chain c1 { }; chain c2 { }\n"
	"  chain in { type filter hook input priority filter; policy accept; }\n"
	"  chain out { type filter hook output priority raw - 5; policy accept; }\n"
	"}\n"
	"table t1 { chain c0 { type filter hook prerouting priority 7; }; chain c1 { }; }\n";

static char text[TEXT_MAX];
static size_t text_len;
static struct prng text_prng;

/* One of a list of strings. */
#define WORD(...) \
	text_word((const char *const[]){ __VA_ARGS__ }, \
		  sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static inline const char *text_word(const char *const *words, size_t n)
{
	return words[prng_below(&text_prng, n)];
}

static inline void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text + text_len, sizeof(text) - text_len, format, args);
	va_end(args);
	text_len = text_len + n < sizeof(text) ? text_len + n : sizeof(text) - 1;
}

static inline bool chance(int percent)
{
	return prng_chance(&text_prng, percent);
}

static inline unsigned int below(unsigned int n)
{
	return prng_below(&text_prng, n);
}

/* --- values ------------------------------------------------------------------------------ */

static inline void say_addr(void)
{
	if (chance(80))
		say("%s", WORD("7::1", "7::2", "8:1::5", "::1", "ff02::1", "9:9:9:9"));
	else
		say("%x:%x:%x:%x", below(65536), below(65536), below(65536), below(65536));
}

static inline void say_addrs(void)
{
	if (chance(60))
		say_addr();
	else
		say("%s", WORD("7::/16", "8::/33", "::/0", "7::1-7::5", "9::/64", "a::-b::ffff"));
}

static inline void say_ports(void)
{
	unsigned int first = below(chance(80) ? 100 : 65536);

	say("%u", first);
	if (chance(30))
		say("-%u", first + below(65536 - first));
}

static inline void say_time(void)
{
	say("%ud%s", 1 + below(9), WORD("", "3h", "2h5m", "7s", "20ms"));
}

static inline void say_list(void (*one)(void))
{
	unsigned int n = 1 + below(4);

	say("{ ");
	one();
	while (--n) {
		say(", ");
		one();
	}
	say(" }");
}

static inline void say_verdict(void)
{
	switch (below(6)) {
	case 0:
		say("jump c%u", below(3));
		break;
	case 1:
		say("goto c%u", below(3));
		break;
	default:
		say("%s", WORD("accept", "continue", "return", "drop"));
	}
}

static inline void say_string(void)
{
	say("\"%s\"", WORD("x", "two words", "a \\\"b\\\"", "\\\\", "#;{", "", "t\xc3\xa4"));
}

static inline void say_services(void)
{
	say_ports();
	say(" : ");
	say_verdict();
}

/* --- rules --------------------------------------------------------------------------------- */

static inline void say_field(void)
{
	say("%s ", WORD("src", "dst", "src . dport", "dport", "iifname . proto", "ct mark",
			"stream dport", "dst . sport . proto", "meta mark", "class"));
}

static inline void say_match(void)
{
	switch (below(18)) {
	case 0:
		say("%s %s", WORD("src", "dst"), chance(20) ? "!= " : "");
		say_addrs();
		break;
	case 1:
		say("%s ", WORD("src", "dst"));
		say_list(say_addrs);
		break;
	case 2:
		say("%s ", WORD("dport", "sport", "stream dport", "dgram sport", "dport !="));
		say_ports();
		break;
	case 3:
		say("%s ", WORD("dport", "stream sport", "dgram dport"));
		say_list(say_ports);
		break;
	case 4:
		say("src @%s", WORD("s0", "s0", "s3", "s1"));
		break;
	case 5:
		say("%s @%s", WORD("dport", "src . dport", "dst . sport"), WORD("s1", "s2"));
		break;
	case 6:
		say("%s", WORD("proto stream", "proto { control, 99 }", "proto != 17", "ecn ce",
			       "ecn { ect0, ect1 }", "cast group", "fragment later"));
		break;
	case 7:
		say("class %s%u", chance(20) ? "!= " : "", below(17));
		break;
	case 8:
		say("length %s %u", WORD(">", "<", ">=", "<=", "!=", "=="), below(70000));
		break;
	case 9:
		say("hoplimit %s %u", WORD(">", "<", "!=", ""), below(260));
		break;
	case 10:
		say("stream flags %s", WORD("syn", "syn,ack", "== syn", "!= rst,fin",
					    "& (syn | ack) == syn", "0x3"));
		break;
	case 11:
		say("control type %s", WORD("echo-request", "{ unreachable, too-big }", "200"));
		break;
	case 12:
		say("%s", WORD("iif lo", "iifname \"eth*\"", "oifname \"lo\"", "iifname != \"a b\"",
			       "iifname { \"a*\", \"b\" }", "oif != lo"));
		break;
	case 13:
		say("%s 0x%x/0x%x", WORD("meta mark", "ct mark", "mark !="), below(16), below(256));
		break;
	case 14:
		say("ct %s", WORD("state new", "state established,related", "state != invalid",
				  "direction reply", "label 5", "zone 7", "packets > 5",
				  "bytes 100-200", "status 2"));
		break;
	case 15:
		say("%s", WORD("skuid root", "skgid 5", "skuid != 1000-2000"));
		break;
	case 16:
		say("meta %s", WORD("hour \"22:00\"-\"06:00\"", "day Monday", "day { Sunday, 3 }",
				    "time > \"2026-01-01 00:00:00\"", "hour \"07:30\""));
		break;
	default:
		say("probability %u.%u%%", below(101), below(10));
	}
	say(" ");
}

static inline void say_limit(void)
{
	say("limit rate %s%u%s/%s", chance(30) ? "over " : "", 1 + below(1000),
	    WORD("", "", " kbytes", " mbytes"), WORD("second", "minute", "hour", "day", "week"));
	if (chance(30))
		say(" burst %u %s", 1 + below(50), WORD("packets", "packets", "bytes"));
	if (chance(30))
		say(" per %s", WORD("src", "src . dport", "iifname"));
}

static inline void say_statement(void)
{
	switch (below(11)) {
	case 0:
	case 1:
		say("counter");
		if (chance(30))
			say(" packets %u bytes %u", below(100), below(100000));
		break;
	case 2:
		say_limit();
		break;
	case 3:
		say("quota %s%u %s", WORD("", "over ", "until "), 1 + below(1000),
		    WORD("bytes", "kbytes", "mbytes", "gbytes"));
		break;
	case 4:
		say("%s set %u", WORD("meta mark", "ct mark", "ct label", "class", "ct zone"),
		    below(chance(80) ? 16 : 100000));
		break;
	case 5:
		say("meta mark set meta mark & 0x%x | 0x%x", below(256), below(16));
		break;
	case 6:
		say("%s @s3 { src%s%s }", WORD("add", "update", "delete"),
		    chance(30) ? " timeout 2d" : "", chance(30) ? " limit rate 3/minute" : "");
		break;
	case 7:
		say("log prefix ");
		say_string();
		say(" %s", WORD("level debug", "group 5", "group 0 snaplen 20",
				"group 7 queue-threshold 3"));
		break;
	case 8:
		say("%s", WORD("trace", "notrack", "meta nftrace set 1"));
		break;
	case 9:
		say("%s set %s map ", WORD("meta mark", "ct mark"), WORD("dport", "sport"));
		say("{ %u : %u, %u : 0x%x }", below(50), below(50), 50 + below(50), below(50));
		break;
	default:
		say("meta mark set src map @m1");
	}
	say(" ");
}

static inline void say_end(void)
{
	switch (below(5)) {
	case 0:
		say("dport vmap %s", chance(50) ? "@m0" : "");
		if (text[text_len - 1] == ' ')
			say_list(say_services);
		break;
	case 1:
		say("reject %s", WORD("", "with reset", "with unreachable node",
				      "with unreachable prohibited"));
		break;
	default:
		say_verdict();
	}
	say(" ");
}

static inline void say_rule(void)
{
	unsigned int matches = below(4), statements = below(3);

	while (matches--)
		say_match();
	while (statements--)
		say_statement();
	if (chance(70) || text[text_len - 1] != ' ')
		say_end();
	if (chance(15)) {
		say("comment ");
		say_string();
	}
}

/* --- commands ------------------------------------------------------------------------------ */

static inline const char *say_chain(void)
{
	return WORD("in", "in", "out", "c0", "c1", "c2", "nonesuch");
}

static inline void say_elem_s0(void)
{
	say_addrs();
	if (chance(30)) {
		say(" timeout ");
		say_time();
	}
	if (chance(10)) {
		say(" comment ");
		say_string();
	}
}

static inline void say_elem_s1(void)
{
	say("%u", below(200));
}

static inline void say_elem_s2(void)
{
	say_addrs();
	say(" . ");
	say_ports();
}

static inline void say_elem_m1(void)
{
	say_addr();
	say(" : %u", below(1000));
}

static inline void say_elements(void)
{
	static const struct {
		const char *name;
		void (*elem)(void);
	} sets[] = {
		{ "s0", say_elem_s0 }, { "s1", say_elem_s1 }, { "s2", say_elem_s2 },
		{ "s3", say_elem_s0 }, { "m0", say_services }, { "m1", say_elem_m1 },
	};
	unsigned int i = below(6);

	say("%s element t0 %s ", WORD("add", "add", "add", "create", "delete", "destroy", "get"),
	    sets[i].name);
	say_list(sets[i].elem);
}

static inline void say_set(void)
{
	bool map = chance(30);

	say("add %s t%u n%u { type %s%s; ", map ? "map" : "set", below(2), below(4),
	    WORD("addr", "port", "addr . port", "ifname . proto", "mark", "class . ecn . hoplimit",
		 "uid", "ct_state", "hour"), map ? WORD(" : verdict", " : mark") : "");
	if (chance(60))
		say("flags %s; ", WORD("interval", "timeout", "dynamic", "interval,timeout",
				       "dynamic,timeout", "constant"));
	if (chance(20)) {
		say("timeout ");
		say_time();
		say("; ");
	}
	if (chance(20))
		say("size %u; ", below(1000));
	if (chance(20)) {
		say("comment ");
		say_string();
		say("; ");
	}
	say("}");
}

static inline void say_table(void)
{
	say("table t%u {\n", below(3));
	if (chance(20))
		say("flags dormant\n");
	say("chain d%u {\n", below(4));
	if (chance(40))
		say("type filter hook %s priority %s%d; policy %s\n",
		    WORD("prerouting", "input", "forward", "output", "postrouting"),
		    WORD("", "", "filter + ", "raw - ", "-"), below(400),
		    WORD("accept", "accept", "drop"));
	if (chance(80))
		say_rule();
	say("\n}\n}");
}

static inline void say_command(void)
{
	switch (below(16)) {
	case 0 ... 5:
		say("add rule t0 %s ", say_chain());
		say_rule();
		break;
	case 6:
		say("insert rule t0 %s %s%u ", say_chain(), WORD("index ", "position "), below(9));
		say_rule();
		break;
	case 7:
		if (chance(60)) {
			say("%s rule t0 %s handle %u", WORD("delete", "destroy"), say_chain(),
			    below(60));
			break;
		}
		say("replace rule t0 %s handle %u ", say_chain(), below(60));
		say_rule();
		break;
	case 8 ... 9:
		say_elements();
		break;
	case 10:
		say_set();
		break;
	case 11:
		say_table();
		break;
	case 12:
		say("%s chain t%u %s%u", WORD("add", "create", "delete", "destroy"), below(2),
		    WORD("c", "d"), below(4));
		break;
	case 13:
		say("%s %s t%u n%u", WORD("delete", "destroy", "flush"), WORD("set", "map"),
		    below(2), below(4));
		break;
	case 14:
		say("flush chain t%u %s", below(2), say_chain());
		break;
	default:
		say("%s", WORD("list chain t0 in", "delete table t1", "flush table t1",
			       "define a = { 1, 2 }\nadd rule t0 c0 dport $a drop"));
	}
	say("\n");
}

/* Takes a word away, puts another in its place, or before it. */
static inline void text_break(void)
{
	const char *word = WORD("", "", "{", "}", ";", "drop", "!=", "7::1", "80", "jump c0", ".",
				":", "@s1", "\"", "\\", "0x", "-", "/", "set", "$a", "src", "\x01",
				"99999999999999999999", "add", "counter", "timeout 3d", ",");
	size_t at = below(text_len), end = at, len = strlen(word);

	while (at && text[at - 1] != ' ' && text[at - 1] != '\n')
		at--;
	end = at;
	while (chance(70) && end < text_len && text[end] != ' ' && text[end] != '\n')
		end++;
	if (text_len - (end - at) + len >= sizeof(text))
		return;
	memmove(text + at + len, text + end, text_len - end);
	memcpy(text + at, word, len);
	text_len = text_len - (end - at) + len;
	text[text_len] = 0;
}

/* Makes an input: a few commands, which are one transaction; or what must stand alone. */
static inline void text_make(void)
{
	unsigned int n = 1 + below(chance(70) ? 2 : 8);

	text_len = 0;
	text[0] = 0;
	if (chance(3)) {
		say("%s", WORD("reset ruleset\n", "reset rule t0 in\n", "list chain t0 in\n",
			       "list tables\nlist ruleset\n"));
		return;
	}
	while (n--)
		say_command();
	if (chance(20))
		text_break();
}

#endif /* FILTER_TEXT_H */
