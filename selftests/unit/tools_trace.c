// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/trace_probe.c and trace_print.c */
#include <arpa/inet.h>
#include <stdlib.h>

#include "cli.h"
#include "trace.h"
#include "tap.h"

static struct trace t;

static void start(unsigned int max, unsigned int queries, unsigned int parallel)
{
	memset(&t, 0, sizeof(t));
	t.first = 1;
	t.max = max;
	t.queries = queries;
	t.parallel = parallel;
	t.wait = 3;
	trace_begin(&t);
}

/* Sends what may be sent; returns how many. */
static unsigned int send_all(double now)
{
	unsigned int n, sent = 0;

	while (trace_next(&t, &n)) {
		trace_sent(&t, n, now);
		sent++;
	}
	return sent;
}

static void answer(unsigned int n, double now, unsigned int from, int type,
		   int code, uint32_t mtu)
{
	struct trace_answer a = { .type = (uint8_t)type, .code = (uint8_t)code,
				  .mtu = mtu };

	a.from.sweft_addr.a8[1] = 7;
	a.from.sweft_addr.a32[1] = htonl(from);
	trace_take(&t, n, now, &a);
}

/* A line of routers, the destination at hop @end, answers what is on its way. */
static void line_answers(unsigned int end, double now)
{
	unsigned int n, hop;

	for (n = 0; n < t.max * t.queries; n++) {
		hop = trace_hop(&t, n);
		if (t.probe[n].state != TRACE_SENT)
			continue;
		if (hop < end)
			answer(n, now, hop, WEFT_CTL_TIME, 0, 0);
		else
			answer(n, now, end, WEFT_CTL_ECHO_REPLY, 0, 0);
	}
}

static void finds_the_end(void)
{
	unsigned int parallel;

	for (parallel = 1; parallel < 40; parallel++) {
		start(30, 3, parallel);
		while (!trace_done(&t)) {
			CHECK(send_all(1) <= parallel);
			line_answers(4, 1.5);
		}
		CHECK(t.reached && t.last == 4 && !t.in_flight);
		CHECK(t.probe[3].rtt == 0.5);
	}
}

static void gives_up_what_is_silent(void)
{
	start(5, 2, 4);
	CHECK(send_all(1) == 4 && send_all(1) == 0);
	CHECK(trace_expire(&t, 2) == 4);
	CHECK(trace_expire(&t, 4) == 7 && !t.in_flight);
	CHECK(trace_hop_done(&t, 1) && trace_hop_done(&t, 2) && !trace_hop_done(&t, 3));
	/* Too late. */
	answer(0, 5, 1, WEFT_CTL_TIME, 0, 0);
	CHECK(t.probe[0].state == TRACE_LOST);
	CHECK(send_all(5) == 4);
	trace_expire(&t, 8);
	CHECK(send_all(8) == 2);
	trace_expire(&t, 11);
	CHECK(trace_done(&t) && !t.reached && t.last == 5);
}

static void ignores_nonsense(void)
{
	start(5, 2, 4);
	send_all(1);
	answer(9, 2, 1, WEFT_CTL_TIME, 0, 0);
	answer(TRACE_PROBES + 5, 2, 1, WEFT_CTL_TIME, 0, 0);
	answer(0, 2, 1, WEFT_CTL_TIME, 0, 0);
	answer(0, 3, 2, WEFT_CTL_ECHO_REPLY, 0, 0);
	CHECK(t.in_flight == 3 && t.last == 5 && t.probe[0].rtt == 1);
}

/* Probes beyond the end do not keep others from being sent. */
static void outlives_probes_beyond_the_end(void)
{
	start(30, 1, 8);
	CHECK(send_all(1) == 8);
	answer(1, 2, 2, WEFT_CTL_UNREACH, WEFT_UNREACH_NOROUTE, 0);
	CHECK(t.last == 2 && !t.reached && t.in_flight == 7);
	trace_expire(&t, 4);
	CHECK(!t.in_flight && trace_done(&t));
}

static void asks_again_for_the_mtu(void)
{
	unsigned int n, i;

	start(5, 2, 1);
	t.mtu = 65535;
	CHECK(send_all(1) == 1);
	trace_link_mtu(&t, 0, 1500);
	CHECK(t.mtu == 1500 && t.told[1] == 1500 && trace_next(&t, &n) && n == 0);
	CHECK(send_all(1) == 1);
	answer(0, 2, 1, WEFT_CTL_TOOBIG, 0, 1300);
	CHECK(t.mtu == 1300 && t.told[1] == 1300 && !t.in_flight);
	/* A larger one is no news; the same for ever is a fault of somebody's. */
	for (i = 0; i < TRACE_RESENDS - 2; i++) {
		CHECK(send_all(1) == 1);
		answer(0, 2, 1, WEFT_CTL_TOOBIG, 0, 1400);
	}
	CHECK(t.mtu == 1300 && t.probe[0].state == TRACE_WAITING);
	CHECK(send_all(1) == 1);
	answer(0, 2, 1, WEFT_CTL_TOOBIG, 0, 1400);
	CHECK(t.probe[0].state == TRACE_LOST && trace_next(&t, &n) && n == 1);
}

static void marks_are_those_of_traceroute(void)
{
	static const struct { int type, code; bool udp; const char *mark; } cases[] = {
		{ WEFT_CTL_TIME, 0, false, NULL },
		{ WEFT_CTL_TIME, 1, false, "!<3-1>" },
		{ WEFT_CTL_ECHO_REPLY, 0, false, NULL },
		{ WEFT_CTL_UNREACH, 0, false, "!N" },
		{ WEFT_CTL_UNREACH, 1, false, "!X" },
		{ WEFT_CTL_UNREACH, 2, false, "!S" },
		{ WEFT_CTL_UNREACH, 3, false, "!H" },
		{ WEFT_CTL_UNREACH, 4, false, "!<1-4>" },
		{ WEFT_CTL_UNREACH, 4, true, NULL },
		{ WEFT_CTL_UNREACH, 5, true, "!P" },
		{ WEFT_CTL_UNREACH, 6, true, "!<1-6>" },
		{ WEFT_CTL_PARAM, 0, false, "!<4-0>" },
	};
	struct trace_answer a = { 0 };
	const char *mark;
	char buf[16];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		t.udp = cases[i].udp;
		a.type = (uint8_t)cases[i].type;
		a.code = (uint8_t)cases[i].code;
		mark = trace_mark(&t, &a, buf);
		if (!cases[i].mark)
			CHECK(!mark);
		else
			CHECK_STR(mark, cases[i].mark);
	}
	t.udp = false;
}

static void prints(unsigned int hop, const char *should)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	trace_print_hop(f, &t, hop, true);
	fclose(f);
	CHECK_STR(text, should);
	free(text);
}

static void prints_a_hop_in_a_line(void)
{
	start(5, 3, 15);
	send_all(1);
	answer(0, 1.001, 1, WEFT_CTL_TIME, 0, 0);
	answer(1, 1.002, 1, WEFT_CTL_TIME, 0, 0);
	answer(2, 1.003, 2, WEFT_CTL_TIME, 0, 0);
	answer(4, 1.25, 3, WEFT_CTL_UNREACH, 0, 0);
	t.told[1] = 1300;
	trace_expire(&t, 9);
	prints(1, " 1  7::1  1.000 ms  2.000 ms  7::2  3.000 ms  F=1300\n");
	prints(2, " 2  *  7::3  250.000 ms !N  *\n");
	prints(3, " 3  *  *  *\n");
}

int main(void)
{
	TAP_RUN(finds_the_end);
	TAP_RUN(gives_up_what_is_silent);
	TAP_RUN(ignores_nonsense);
	TAP_RUN(outlives_probes_beyond_the_end);
	TAP_RUN(asks_again_for_the_mtu);
	TAP_RUN(marks_are_those_of_traceroute);
	TAP_RUN(prints_a_hop_in_a_line);
	return tap_done();
}
