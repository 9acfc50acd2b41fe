// SPDX-License-Identifier: GPL-2.0
/* weft filter: tokens, commands, where errors are, and messages that are malformed. */
#include <linux/genetlink.h>

#include "filter_field.h"
#include "filter_lex.h"
#include "tools.h"
#include "filter_trip.h"

/* --- tokens ------------------------------------------------------------------------- */

static struct filter_lexer lex;
static struct filter_arena arena;

static void begin(const char *text)
{
	filter_free(&arena);
	filter_lex_init(&lex, &arena, text, strlen(text));
}

static bool is_token(enum filter_token kind, const char *text)
{
	bool is = lex.token == kind && !strcmp(lex.text, text);

	if (!is)
		printf("# token %d '%s' should be %d '%s'\n", lex.token, lex.text, kind, text);
	filter_lex_next(&lex);
	return is;
}

#define WORD(text)	is_token(FILTER_WORD, text)
#define MARK(text)	is_token(FILTER_MARK, text)
#define LINE(text)	is_token(FILTER_NEWLINE, text)

static void plain_words(void)
{
	begin("add echo-request eth0.100 eth* 0x1f 1000-2000 10/second 0.5% _a");
	CHECK(WORD("add") && WORD("echo-request"));
	CHECK(WORD("eth0.100") && WORD("eth*"));
	CHECK(WORD("0x1f") && WORD("1000"));
	CHECK(MARK("-") && WORD("2000"));
	CHECK(WORD("10") && MARK("/") && WORD("second"));
	CHECK(WORD("0.5") && MARK("%") && WORD("_a"));
	CHECK(is_token(FILTER_END, "end of file") && is_token(FILTER_END, "end of file"));
}

static void addresses(void)
{
	begin("7::1 ::1 :: 7::/16 7::1-7::5 1:2:3:4 {7::1:accept} 7:: : drop\n"
	      "80:accept fe80::1%x a::. 1");
	CHECK(WORD("7::1") && WORD("::1") && WORD("::"));
	CHECK(WORD("7::") && MARK("/") && WORD("16"));
	CHECK(WORD("7::1") && MARK("-") && WORD("7::5"));
	CHECK(WORD("1:2:3:4") && MARK("{"));
	/* An 'a' belongs to the address: a blank must stand there, as with nft. */
	CHECK(lex.token == FILTER_WORD);
	while (!(lex.token == FILTER_MARK && !strcmp(lex.text, "}")))
		filter_lex_next(&lex);
	CHECK(MARK("}") && WORD("7::") && MARK(":"));
	CHECK(WORD("drop") && LINE("end of line"));
	CHECK(WORD("80") && MARK(":"));
	CHECK(WORD("accept") && WORD("fe80::1"));
	CHECK(MARK("%") && WORD("x") && WORD("a::"));
	CHECK(MARK(".") && WORD("1"));
	begin("7::1: x");
	CHECK(WORD("7::1") && MARK(":") && WORD("x"));
}

static void marks_and_lines(void)
{
	begin("a;b\nc # d ; e\n\\\nf \\\r\n g == != <= >= < > = & |");
	CHECK(WORD("a") && LINE(";") && WORD("b"));
	CHECK(LINE("end of line") && WORD("c"));
	CHECK(LINE("end of line") && lex.pos.line == 4);
	CHECK(WORD("f") && lex.pos.line == 5 && lex.pos.column == 2);
	CHECK(WORD("g") && MARK("==") && MARK("!="));
	CHECK(MARK("<=") && MARK(">=") && MARK("<"));
	CHECK(MARK(">") && MARK("=") && MARK("&"));
	CHECK(MARK("|") && is_token(FILTER_END, "end of file"));
}

static void strings(void)
{
	char text[400];

	begin("\"a b\" \"\" \"q\\\"\\\\\\n\" \"x");
	CHECK(is_token(FILTER_STRING, "a b") && is_token(FILTER_STRING, ""));
	CHECK(is_token(FILTER_STRING, "q\"\\\n"));
	CHECK(is_token(FILTER_BAD, "the quote is not closed"));
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	begin(text);
	CHECK(is_token(FILTER_BAD, "the word is too long"));
	begin("^");
	CHECK(is_token(FILTER_BAD, "'^' does not belong here"));
	begin("\001");
	CHECK(is_token(FILTER_BAD, "the byte \\x01 does not belong here"));
	filter_free(&arena);
}

/* --- errors ------------------------------------------------------------------------- */

static void check_error(int line, const char *text, const char *should)
{
	struct filter_trip t;

	filter_trip_begin(&t, text, strlen(text));
	CHECK(!t.commands);
	tap_check_str(__FILE__, line, t.told, should);
	filter_trip_end(&t);
}

#define ERROR(text, should) check_error(__LINE__, text, should)

static void places(void)
{
	ERROR("table t {\n\tchain c {\n\t\tsrc 7::x drop\n\t}\n}\n",
	      "f:3:7: src '7': not an address\n\t\tsrc 7::x drop\n\t\t    ^\n");
	ERROR("table t {\n chain c {\n  dport 80 acept\n }\n}\n",
	      "f:3:12: 'acept': expected a field or a statement\n  dport 80 acept\n           ^\n");
	ERROR("frob", "f:1:1: 'frob': expected a command, 'table' or 'define'\nfrob\n^\n");
	ERROR("table t {", "f:1:10: end of file: expected chain, set, map, flags or comment\n"
	      "table t {\n         ^\n");
	ERROR("add rule t c dport", "f:1:19: end of file: expected a value\n"
	      "add rule t c dport\n                  ^\n");
	ERROR("add rule t c\n", "f:1:13: end of line: expected a rule\n"
	      "add rule t c\n            ^\n");
	ERROR("add rule t c \"x", "f:1:14: the quote is not closed\n"
	      "add rule t c \"x\n             ^\n");
	ERROR("table t { set s { flags interval; }\n}",
	      "f:1:17: the set has no type\ntable t { set s { flags interval; }\n                ^\n");
	ERROR("table t { set s { type addr; elements = { 7::/16 }; }; }",
	      "f:1:43: a range: the set has no flag 'interval'\n"
	      "table t { set s { type addr; elements = { 7::/16 }; }; }\n"
	      "                                          ^\n");
	ERROR("table t { } table u { }", "f:1:13: 'table': expected the end of the command\n"
	      "table t { } table u { }\n            ^\n");
}

static void other_errors(void)
{
	ERROR("add rule t c dport $web drop", "f:1:20: '$web' is not defined\n"
	      "add rule t c dport $web drop\n                   ^\n");
	ERROR("define a = 1\ndefine a = 2\n",
	      "f:2:8: 'a': it is defined already; 'redefine' changes that\n"
	      "define a = 2\n       ^\n");
	ERROR("define a =\n", "f:1:8: 'a': the definition is empty\ndefine a =\n       ^\n");
	ERROR("define a = {\n", "f:1:8: 'a': a brace is not closed\n"
	      "define a = {\n       ^\n");
	ERROR("include \"x\"\n", "f:1:1: 'include': expected a command, 'table' or 'define'\n"
	      "include \"x\"\n^\n");
	ERROR("insert table t\n", "f:1:1: 'insert' is for other things\ninsert table t\n^\n");
	ERROR("add element t s { 7::1 }\n", "f:1:15: there is no set 's' in table 't'\n"
	      "add element t s { 7::1 }\n              ^\n");
	ERROR("delete rule t c 5\n", "f:1:17: '5': expected 'handle'\n"
	      "delete rule t c 5\n                ^\n");
	ERROR("table t { chain c { policy drop; }; }",
	      "f:1:21: only a chain with a hook has a policy\n"
	      "table t { chain c { policy drop; }; }\n"
	      "                    ^\n");
	ERROR("add chain t c { type filter hook input priority 2147483648; }",
	      "f:1:49: a priority is -2147483648 to 2147483647\n"
	      "add chain t c { type filter hook input priority 2147483648; }\n"
	      "                                                ^\n");
	ERROR("add chain t c { type filter hook input priority raw - 2147483400; }",
	      "f:1:49: a priority is -2147483648 to 2147483647\n"
	      "add chain t c { type filter hook input priority raw - 2147483400; }\n"
	      "                                                ^\n");
	ERROR("table averyveryveryverylongnameofatable {}",
	      "f:1:7: the name of a table has 31 bytes at most\n"
	      "table averyveryveryverylongnameofatable {}\n      ^\n");
}

/* Of a long line, the part around the error is shown. */
static void long_lines(void)
{
	char text[1000];
	struct filter_trip t;
	int n;

	n = snprintf(text, sizeof(text), "table t { chain c { dport { ");
	while (n < 600)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "80, ");
	snprintf(text + n, sizeof(text) - (size_t)n, "bad, 80 } drop; }; }");
	filter_trip_begin(&t, text, strlen(text));
	CHECK(strstr(t.told, "\n80, 80, ") || strstr(t.told, " 80, 80, "));
	CHECK(strlen(t.told) < 400 && strstr(t.told, "bad, 80 } drop"));
	CHECK(strchr(t.told, '^') - strstr(t.told, "bad, 80") ==
	      (long)strlen("bad, 80 } drop; }; }\n") + 70);
	filter_trip_end(&t);
}

/* Braces within braces within braces end somewhere. */
static void deep(void)
{
	char text[2000] = "table t { chain c { dport ";
	struct filter_trip t;

	memset(text + strlen(text), '{', 1900);
	filter_trip_begin(&t, text, strlen(text));
	CHECK(!t.commands && strstr(t.told, "expected an element"));
	filter_trip_end(&t);
}

/* --- commands ----------------------------------------------------------------------- */

static struct filter_trip trip;

static const struct filter_command *parse(const char *text)
{
	filter_trip_end(&trip);
	filter_trip_begin(&trip, text, strlen(text));
	return trip.commands;
}

static void commands(void)
{
	const struct filter_command *c;

	c = parse("list ruleset");
	CHECK(c && c->op == FILTER_LIST && c->noun == FILTER_RULESET && !c->next);
	c = parse("list chain weft a b; list tables");
	CHECK(c && c->noun == FILTER_CHAIN && !strcmp(c->table, "a") && !strcmp(c->chain, "b"));
	CHECK(c && c->next && c->next->noun == FILTER_TABLES);
	c = parse("delete rule t c handle 7");
	CHECK(c && c->op == FILTER_DELETE && c->noun == FILTER_RULE && c->handle == 7);
	c = parse("insert rule t c position 5 accept");
	CHECK(c && c->op == FILTER_INSERT && c->position == 5 && !c->has_index && c->rule_new);
	c = parse("add rule t c index 0 accept");
	CHECK(c && c->op == FILTER_ADD && c->has_index && !c->index);
	c = parse("replace rule t c handle 9 drop");
	CHECK(c && c->op == FILTER_REPLACE && c->handle == 9 && c->rule_new);
	c = parse("delete chain t handle 4");
	CHECK(c && c->noun == FILTER_CHAIN && c->handle == 4 && !c->chain[0]);
	c = parse("flush ruleset; flush table t; flush chain t c; flush set t s");
	CHECK(c && c->op == FILTER_FLUSH && c->next->next->next->noun == FILTER_SET);
	c = parse("reset rule t c handle 3");
	CHECK(c && c->op == FILTER_RESET && c->handle == 3 && !c->next);
	c = parse("destroy table t; create table t");
	CHECK(c && c->op == FILTER_DESTROY && c->next->op == FILTER_CREATE);
	/* Of one kind each. */
	CHECK(!parse("reset ruleset; reset ruleset"));
	CHECK(!parse("add table t; reset ruleset"));
	CHECK(!parse("add table t; list ruleset"));
	CHECK(!parse("table t { set s { type addr; }; }\nget element t s { 7::1 }"));
	filter_trip_end(&trip);
	memset(&trip, 0, sizeof(trip));
}

/* What a block has comes in an order in which it can be made: chains before what leads there. */
static void order(void)
{
	const struct filter_command *c;

	c = parse("table t {\nchain a { jump b; }\n"
		  "map m { type port : verdict; elements = { 1 : jump b }; }\n"
		  "chain b { }\n}\n");
	CHECK(c && c->noun == FILTER_TABLE && c->pos.line == 1);
	c = c->next;
	CHECK(c && c->noun == FILTER_CHAIN && c->next->noun == FILTER_CHAIN);
	c = c->next->next;
	CHECK(c && c->noun == FILTER_MAP && c->next->noun == FILTER_ELEMENT);
	c = c->next->next;
	CHECK(c && c->noun == FILTER_RULE && c->pos.line == 2 && !c->next);
	filter_trip_end(&trip);
	memset(&trip, 0, sizeof(trip));
}

/* --- messages ----------------------------------------------------------------------- */

static uint16_t cmd_of(const struct nlmsghdr *nlh)
{
	return ((const struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->cmd;
}

/* What a batch has, and that each message can be found again. */
static void batches(void)
{
	const struct filter_command *c = parse("table t { chain c { dport { 1, 2 } drop; }; }");
	struct filter_batch b;
	const struct nlmsghdr *nlh = NULL;
	static const uint16_t cmds[] = {
		WEFT_FILTER_CMD_BEGIN, WEFT_FILTER_CMD_NEW_TABLE, WEFT_FILTER_CMD_NEW_CHAIN,
		WEFT_FILTER_CMD_NEW_SET, WEFT_FILTER_CMD_NEW_ELEM, WEFT_FILTER_CMD_NEW_RULE,
		WEFT_FILTER_CMD_COMMIT,
	};
	uint32_t gen = 7;
	size_t i = 0;

	filter_batch_init(&b, 20, 1);
	filter_batch_begin(&b, &gen);
	for (; c; c = c->next)
		filter_batch_command(&b, c);
	filter_batch_end(&b, false);
	CHECK(b.n == MNL_ARRAY_SIZE(cmds));
	while ((nlh = nl_messages_next(&b.m, nlh)) && i < b.n) {
		CHECK(cmd_of(nlh) == cmds[i] && nlh->nlmsg_flags & NLM_F_ACK);
		CHECK((const char *)nlh == b.m.data + b.origin[i].at);
		i++;
	}
	CHECK(i == b.n && !b.origin[0].pos.line && b.origin[5].pos.line == 1);
	CHECK(b.origin[4].elems && b.origin[4].elems[1].pos.column == 32);
	filter_batch_free(&b);
	filter_batch_init(&b, 20, 1);
	filter_batch_end(&b, true);
	CHECK(cmd_of(nl_messages_next(&b.m, NULL)) == WEFT_FILTER_CMD_CHECK);
	filter_batch_free(&b);
	filter_trip_end(&trip);
	memset(&trip, 0, sizeof(trip));
}

/* A byte of a message is another, behind messages that are good. */
static void take_spoiled(const struct filter_batch *b, const struct nlmsghdr *nlh, size_t at,
			 unsigned char value)
{
	struct nlmsghdr *copy = malloc(nlh->nlmsg_len);
	struct filter_ruleset *r = &trip.ruleset;
	char *text;

	memcpy(copy, nlh, nlh->nlmsg_len);
	((unsigned char *)copy)[at] = value;
	filter_ruleset_init(r);
	CHECK(filter_ruleset_take(r, (const void *)(b->m.data + b->origin[0].at)));
	CHECK(filter_ruleset_take(r, (const void *)(b->m.data + b->origin[1].at)));
	filter_ruleset_take(r, copy);
	filter_ruleset_finish(r);
	text = filter_trip_print(&trip, true, false);
	CHECK(text);
	free(text);
	filter_free(&r->arena);
	free(copy);
}

/* Each message with each of its bytes changed: it is understood or refused. */
static void spoiled_messages(void)
{
	const struct filter_command *c =
		parse("table t {\nmap m { type addr . ifname : verdict;\n"
		      "elements = { 7::1 . \"e\" : jump c }; }\n"
		      "chain c { type filter hook input priority 0; policy drop\n"
		      "src 7::/16 log prefix \"x\" limit rate 1/second per src \\\n"
		      "update @m { src timeout 5s limit rate 1/day } reject with reset; }; }");
	const struct nlmsghdr *nlh = NULL;
	static const unsigned char values[] = { 0, 1, 0x7f, 0xff };
	struct filter_batch b;
	size_t at, v;

	filter_batch_init(&b, 20, 1);
	for (; c; c = c->next)
		filter_batch_command(&b, c);
	filter_free(&trip.ruleset.arena);
	while ((nlh = nl_messages_next(&b.m, nlh))) {
		for (at = sizeof(*nlh); at < nlh->nlmsg_len; at++)
			for (v = 0; v < sizeof(values); v++)
				take_spoiled(&b, nlh, at, values[v]);
	}
	filter_ruleset_init(&trip.ruleset);
	filter_batch_free(&b);
	filter_trip_end(&trip);
	memset(&trip, 0, sizeof(trip));
}

/* --- times and numbers -------------------------------------------------------------- */

static void check_time(int line, const char *text, uint64_t should, const char *shown)
{
	char *is = NULL;
	size_t len = 0;
	uint64_t ms;
	FILE *out;

	CHECK(filter_time_read(text, &ms) && ms == should);
	out = open_memstream(&is, &len);
	filter_time_print(out, should);
	fclose(out);
	tap_check_str(__FILE__, line, is, shown);
	free(is);
}

static void durations(void)
{
	uint64_t ms;

	check_time(__LINE__, "5", 5000, "5s");
	check_time(__LINE__, "1d2h3m4s5ms", 93784005, "1d2h3m4s5ms");
	check_time(__LINE__, "90m", 5400000, "1h30m");
	check_time(__LINE__, "0s", 0, "0s");
	CHECK(!filter_time_read("", &ms) && !filter_time_read("s", &ms));
	CHECK(!filter_time_read("5x", &ms) && !filter_time_read("99999999999999999999s", &ms));
	CHECK(!filter_time_read("9999999999999999d", &ms));
}

static void prefixes(void)
{
	const struct filter_field *addr = filter_field(WEFT_FILTER_F_SRC);
	const struct filter_field *name = filter_field(WEFT_FILTER_F_IIFNAME);
	uint64_t first[2], last[2];
	unsigned int len;

	for (len = 0; len < 64; len++) {
		first[0] = UINT64_MAX;
		first[1] = 0;
		filter_prefix_range(addr, len, first, last);
		CHECK(filter_prefix_len(addr, first, last) == (int)len);
	}
	for (len = 0; len < 128; len++) {
		first[0] = UINT64_MAX;
		first[1] = UINT64_MAX;
		filter_prefix_range(name, len, first, last);
		CHECK(filter_prefix_len(name, first, last) == (int)len);
	}
	first[0] = 1;
	last[0] = 2;
	first[1] = 0;
	last[1] = 0;
	CHECK(filter_prefix_len(addr, first, last) == -1);
}

/* Each field can be found by its name, and has a type that finds a field of its kind. */
static void fields(void)
{
	const struct filter_field *f, *other;
	char first[32], *second;
	unsigned int i;

	for (i = 1; i <= WEFT_FILTER_F_MAX; i++) {
		f = filter_field(i);
		CHECK(f);
		if (!f)
			continue;
		snprintf(first, sizeof(first), "%s", f->name);
		second = strchr(first, ' ');
		if (second)
			*second++ = '\0';
		CHECK(filter_field_find(first, second) == i);
		CHECK(!second || filter_field_begins(first));
		other = filter_field(filter_field_of_type(f->type));
		CHECK(other && other->kind == f->kind && other->bits == f->bits);
	}
	CHECK(!filter_field(0) && !filter_field(WEFT_FILTER_F_MAX + 1) && !filter_field(70000));
	CHECK(!filter_field_find("ct", NULL) && !filter_field_find("sr", NULL));
}

int main(void)
{
	be_quiet();
	TAP_RUN(plain_words);
	TAP_RUN(addresses);
	TAP_RUN(marks_and_lines);
	TAP_RUN(strings);
	TAP_RUN(places);
	TAP_RUN(other_errors);
	TAP_RUN(long_lines);
	TAP_RUN(deep);
	TAP_RUN(commands);
	TAP_RUN(order);
	TAP_RUN(batches);
	TAP_RUN(spoiled_messages);
	TAP_RUN(durations);
	TAP_RUN(prefixes);
	TAP_RUN(fields);
	return tap_done();
}
