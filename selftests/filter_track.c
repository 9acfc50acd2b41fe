// SPDX-License-Identifier: GPL-2.0
/*
 * Rules and connections together: a stateful router, and what rules write into connections
 * and read from them.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 * timeout: 200
 */
#include <stdbool.h>
#include "filter_wire.h"

/* --- a stateful router ----------------------------------------------------------------- */

static void only_one_side_begins(void)
{
	static const struct spec in = { .from = RIGHT, .sport = 53, .dport = 1000 };
	static const struct spec wrong = { .wrong = 1 };
	static const struct spec out = {};

	CHECK(!load(FENCE FORWARD "ct state established,related counter accept\n"
		    "ct state invalid counter drop\niif near1 ct state new counter accept\n"
		    "counter\n}"));
	forget();
	CHECK(through(&in) == 0);
	CHECK_STR(counts(), "0 0 0 1");
	CHECK_STR(said("weft track list"), "");
	CHECK(through(&out) == 1);
	CHECK(through(&in) == 1);
	CHECK(through(&wrong) == 0);
	CHECK_STR(counts(), "1 1 1 1");
	CHECK(through(&out) == 1);
	CHECK_STR(counts(), "2 1 1 1");
	CHECK(strstr(said("weft track list"), "answered assured"));
}

static void streams_too(void)
{
	long before;

	opened();
	CHECK(says(LEFT, A, 0, 0, 100));
	CHECK(says(RIGHT, A, 0, 100, 100));
	before = strtol(strrchr(counts(), ' '), NULL, 10);
	port++;
	CHECK(!says(RIGHT, S, -1, 0, 0));
	CHECK(strtol(strrchr(counts(), ' '), NULL, 10) == before + 1);
	CHECK_STR(known(), "");
	port--;
	CHECK(says(LEFT, F | A, 100, 100, 0));
	CHECK(is("stream FIN-WAIT"));
}

/* An answer to nothing, a segment in the middle: dropped by the rule for these. */
static void what_is_invalid_stays_out(void)
{
	static const struct spec reply = { .type = WEFT_CTL_ECHO_REPLY };
	static const struct spec middle = { .flags = A };
	long before = counted("invalid");

	CHECK(through(&reply) == 0);
	CHECK(through(&middle) == 0);
	CHECK(counted("invalid") == before + 2);
}

/* --- what rules write ------------------------------------------------------------------ */

static void marks_and_labels_stay(void)
{
	static const struct spec out = {}, in = { .from = RIGHT, .sport = 53, .dport = 1000 };

	CHECK(!load(FENCE FORWARD "ct state new ct mark set 0x12 ct label set 3 counter accept\n"
		    "ct direction reply ct mark 0x12 ct label 3 counter accept\ncounter\n}"));
	forget();
	port = 1000;
	CHECK(through(&out) == 1);
	CHECK(is("mark 0x12 labels 0x8"));
	CHECK(through(&in) == 1);
	CHECK_STR(counts(), "1 1 0");
	/* Others may change them, and rules see that. */
	CHECK(!netns_run("set -- $(weft track list sport 1000); weft track set id $2 mark 0x13"));
	CHECK(through(&in) == 0);
	CHECK_STR(counts(), "1 1 1");
}

/* The same addresses and ports, twice. */
static void zones_are_apart(void)
{
	static const struct spec one = { .class = 1 }, two = { .class = 2 };
	static const struct spec in = { .from = RIGHT, .sport = 53, .dport = 1000, .class = 2 };

	CHECK(!load("chain zones { type filter hook prerouting priority raw;\n"
		    "dport 9 notrack\nclass 1 ct zone set 1\nclass 2 ct zone set 2\n}\n"
		    FORWARD "ct zone 1 counter accept\n"
		    "ct zone 2 ct state established counter accept\n"
		    "ct zone 2 counter accept\n}"));
	forget();
	CHECK(through(&one) == 1);
	CHECK(through(&two) == 1);
	CHECK(through(&in) == 1);
	CHECK_STR(counts(), "1 1 1");
	CHECK(counted("count") == 2);
	CHECK(!strstr(said("weft track list zone 1"), "answered"));
	CHECK(strstr(said("weft track list zone 2"), "answered"));
	CHECK(strstr(said("weft -s track flush zone 1"), "deleted 1 "));
	CHECK(strstr(said("weft track list"), "zone 2"));
}

/*
 * What neighbours tell each other is untracked too, and comes when it wants: the first two
 * counters of the rules below have it. How many packets are untracked beside it.
 */
static long untracked_others(void)
{
	char first[64];
	long heard, told, n;

	do {
		snprintf(first, sizeof(first), "%s", counts());
		n = counted("untracked");
	} while (strcmp(first, counts()));
	CHECK(sscanf(first, "%ld %ld", &heard, &told) == 2);
	return n - heard - told;
}

static void untracked_packets_leave_nothing(void)
{
	static const struct spec out = {}, in = { .from = RIGHT, .sport = 53, .dport = 1000 };
	static const struct spec other = { .dport = 54 };
	long before, untracked, new;

	forget();
	CHECK(!load("chain heard { type filter hook prerouting priority -400;\n"
		    "proto control counter\n}\n"
		    "chain told { type filter hook output priority -400;\n"
		    "proto control counter\n}\n"
		    "chain raw { type filter hook prerouting priority raw;\n"
		    "dport { 9, 53 } notrack\nsport 53 notrack\n}\n"
		    FORWARD "ct state untracked counter accept\nct state new counter accept\n}"));
	before = untracked_others();
	CHECK(through(&out) == 1);
	CHECK(through(&in) == 1);
	CHECK(counted("count") == 0);
	/* Two, and those behind them. */
	CHECK(untracked_others() == before + 4);
	CHECK(through(&other) == 1);
	CHECK(sscanf(counts(), "%*d %*d %ld %ld", &untracked, &new) == 2);
	CHECK(untracked == 2 && new == 1);
	CHECK(counted("count") == 1);
}

static void counters_agree(void)
{
	static const struct spec out = { .len = 90 };
	static const struct spec in = { .from = RIGHT, .sport = 53, .dport = 1000, .len = 50 };

	CHECK(!load(FENCE FORWARD "ct direction original counter accept\n"
		    "ct packets > 7 counter drop\nct direction reply counter accept\n}"));
	forget();
	CHECK(crosses(&out, 3, NULL) == 3);
	CHECK(crosses(&in, 4, NULL) == 4);
	CHECK_STR(counts(), "3 0 4");
	CHECK(strstr(said("weft track list"), "packets 3 bytes 366 "));
	CHECK(strstr(text, "packets 4 bytes 328"));
	CHECK(through(&in) == 0);
	CHECK_STR(counts(), "3 1 4");
	CHECK(strstr(said("weft filter list table t"), "counter packets 4 bytes 328 accept"));
}

/* The table is there for as long as a rule wants it. */
static void rules_keep_the_table(void)
{
	static const struct spec any = {};

	CHECK(!load(FENCE FORWARD "ct state new accept\n}"));
	forget();
	CHECK(through(&any) == 1);
	CHECK(counted("count") == 1);
	CHECK(!load("chain forward { type filter hook forward priority filter; policy accept; }"));
	CHECK(table_ends());
	CHECK(!load("chain none { ct direction reply\n}"));
	CHECK(counted("count") == 0);
}

static int run(void)
{
	/* None ends by time, however slow the machine. */
	if (filter_wire_begin() ||
	    set("timeout_dgram", 600) || set("timeout_dgram_replied", 600))
		return 1;
	TAP_RUN(only_one_side_begins);
	TAP_RUN(streams_too);
	TAP_RUN(what_is_invalid_stays_out);
	TAP_RUN(marks_and_labels_stay);
	TAP_RUN(zones_are_apart);
	TAP_RUN(untracked_packets_leave_nothing);
	TAP_RUN(counters_agree);
	TAP_RUN(rules_keep_the_table);
	return tap_done();
}

int main(void)
{
	return track_main(run);
}
