// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/perf_args.c, perf_params.c, perf_message.c, perf_latency.c, perf_plan.c */
#include <limits.h>

#include "cli.h"
#include "perf.h"
#include "tools.h"

/* --- the command line ---------------------------------------------------------------- */

static struct perf_args args;

/* Reads a command line; the words stay until the next one. */
static int parse(const char *line)
{
	struct args a = words(line);
	int n = 0;

	while (a.word[n])
		n++;
	return perf_args_parse(&args, n, a.word);
}

static void defaults(void)
{
	CHECK(parse("perf node2") == CLI_OK);
	CHECK(!args.server && !args.once && !args.json && !args.local);
	CHECK_STR(args.address, "node2");
	CHECK_STR(args.port, "5201");
	CHECK_STR(args.protocol, "weft");
	CHECK(args.interval == PERF_SECOND);
	CHECK(args.params.mode == PERF_BULK && args.params.flows == 1);
	CHECK(args.params.length == 131072 && args.params.duration == 10000);
	CHECK(!args.params.amount && !args.params.omit && !args.params.buffer);
	CHECK(!args.params.nodelay && !*args.params.congestion);
}

static void server(void)
{
	CHECK(parse("perf -s -1 -B 7::1 -p 80 -J") == CLI_OK);
	CHECK(args.server && args.once && args.json);
	CHECK_STR(args.address, "7::1");
	CHECK_STR(args.port, "80");
	CHECK(parse("perf -s --tcp") == CLI_OK && !args.address);
	CHECK_STR(args.protocol, "tcp");
	CHECK(parse("perf -s node2") == CLI_SYNTAX);
	CHECK(parse("perf -s -R") == CLI_USAGE);
	CHECK(parse("perf -s -t 3") == CLI_USAGE);
	CHECK(parse("perf -s --rr 1") == CLI_USAGE);
}

static void bulk(void)
{
	const struct perf_params *p = &args.params;

	CHECK(parse("perf -c 7::1 -R -P 8 -t 2.5 -O 0.25 -l 1400 -w 1M -C newreno -N -i 0.5") ==
	      CLI_OK);
	CHECK(p->reverse && p->nodelay && p->flows == 8 && p->length == 1400);
	CHECK(p->duration == 2500 && p->omit == 250 && p->buffer == 1 << 20);
	CHECK_STR(p->congestion, "newreno");
	CHECK(args.interval == PERF_SECOND / 2);
	CHECK(parse("perf 7::1 --bidir -n 3G -i 0 -B 7::2") == CLI_OK);
	CHECK(p->bidir && p->amount == 3ULL << 30 && !p->duration && !args.interval);
	CHECK_STR(args.local, "7::2");
	CHECK(parse("perf 7::1 -n 1 -t 1") == CLI_OK && !p->amount && p->duration == 1000);
	CHECK(parse("perf 7::1 -Z --sctp") == CLI_OK && p->zerocopy);
	CHECK_STR(args.protocol, "sctp");
	CHECK(parse("perf 7::1 -m --tipc") == CLI_OK && p->messages);
	CHECK_STR(args.protocol, "tipc");
}

static void transactions(void)
{
	const struct perf_params *p = &args.params;

	CHECK(parse("perf 7::1 --rr 100") == CLI_OK);
	CHECK(p->mode == PERF_RR && p->request == 100 && p->response == 100 && p->nodelay);
	CHECK(parse("perf 7::1 --rr=1,10K -n 500") == CLI_OK);
	CHECK(p->request == 1 && p->response == 10240 && p->amount == 500);
	CHECK(parse("perf 7::1 --crr") == CLI_OK);
	CHECK(p->mode == PERF_CRR && p->request == 1 && p->response == 1);
	CHECK(parse("perf 7::1 --crr=64,1000") == CLI_OK);
	CHECK(p->request == 64 && p->response == 1000);
	CHECK(parse("perf 7::1 --rr 1,") == CLI_USAGE);
	CHECK(parse("perf 7::1 --rr ,1") == CLI_USAGE);
	CHECK(parse("perf 7::1 --rr 0") == CLI_USAGE);
	CHECK(parse("perf 7::1 --rr 1,2,3") == CLI_USAGE);
	CHECK(parse("perf 7::1 --rr 1 -R") == CLI_USAGE);
	CHECK(parse("perf 7::1 --crr -Z") == CLI_USAGE);
}

static void refused_lines(void)
{
	CHECK(parse("perf") == CLI_SYNTAX);
	CHECK(parse("perf a b") == CLI_SYNTAX);
	CHECK(parse("perf 7::1 -x") == CLI_SYNTAX);
	CHECK(parse("perf 7::1 -t") == CLI_SYNTAX);
	CHECK(parse("perf 7::1 -1") == CLI_USAGE);
	CHECK(parse("perf 7::1 -P 0") == CLI_USAGE);
	CHECK(parse("perf 7::1 -P 10001") == CLI_USAGE);
	CHECK(parse("perf 7::1 -t 0") == CLI_USAGE);
	CHECK(parse("perf 7::1 -t 86401") == CLI_USAGE);
	CHECK(parse("perf 7::1 -n 0") == CLI_USAGE);
	CHECK(parse("perf 7::1 -l 0") == CLI_USAGE);
	CHECK(parse("perf 7::1 -l 17M") == CLI_USAGE);
	CHECK(parse("perf 7::1 -i 0.001") == CLI_USAGE);
	CHECK(parse("perf 7::1 -i x") == CLI_USAGE);
	CHECK(parse("perf 7::1 -O 1 -n 5") == CLI_USAGE);
	CHECK(parse("perf 7::1 -R -d") == CLI_USAGE);
	CHECK(parse("perf 7::1 -m -Z") == CLI_USAGE);
	CHECK(parse("perf 7::1 -m -l 300000") == CLI_USAGE);
	CHECK(parse("perf 7::1 -C abcdefghijklmnop") == CLI_USAGE);
	CHECK(parse("perf 7::1 -C a\001") == CLI_USAGE);
}

static void sizes(void)
{
	uint64_t size;

	CHECK(!perf_size_parse("7", 1, 9, &size) && size == 7);
	CHECK(!perf_size_parse("2k", 1, 4096, &size) && size == 2048);
	CHECK(!perf_size_parse("2M", 1, 4U << 20, &size) && size == 2U << 20);
	CHECK(!perf_size_parse("18446744073709551615", 0, UINT64_MAX, &size) &&
	      size == UINT64_MAX);
	CHECK(perf_size_parse("18446744073709551616", 0, UINT64_MAX, &size));
	CHECK(perf_size_parse("17179869184G", 0, UINT64_MAX, &size));
	CHECK(perf_size_parse("5k", 1, 4096, &size));
	CHECK(perf_size_parse("0", 1, 9, &size) && perf_size_parse("10", 1, 9, &size));
	CHECK(perf_size_parse("", 0, 9, &size) && perf_size_parse("k", 0, 9, &size));
	CHECK(perf_size_parse("-1", 0, 9, &size) && perf_size_parse("1kb", 0, 9999, &size));
	CHECK(perf_size_parse("1T", 0, UINT64_MAX, &size));
	CHECK(perf_size_parse("000000000000000000000000000001", 0, 9, &size));
}

/* --- control messages ------------------------------------------------------------------- */

static uint8_t wire[PERF_MESSAGE_MAX];
static struct perf_message got;

/* Encodes, decodes, and encodes again: the same. Returns the length. */
static int round_trip(const struct perf_message *m)
{
	uint8_t again[PERF_MESSAGE_MAX];
	size_t len = perf_message_encode(m, wire), i;

	CHECK(len <= PERF_MESSAGE_MAX);
	for (i = 0; i < len; i++)
		CHECK(perf_message_decode(wire, i, &got) == 0);
	if (perf_message_decode(wire, len, &got) != (int)len)
		return -1;
	CHECK(got.type == m->type);
	CHECK(perf_message_encode(&got, again) == len && !memcmp(wire, again, len));
	return (int)len;
}

static struct perf_message request(void)
{
	struct perf_message m = { .type = PERF_REQUEST };

	m.params = (struct perf_params){
		.mode = PERF_RR, .messages = true, .nodelay = true, .flows = 10, .length = 1000,
		.request = 100, .response = 10000, .buffer = 1 << 20, .duration = 10000,
		.omit = 1000, .congestion = "cubic",
	};
	return m;
}

static void message_request(void)
{
	struct perf_message m = request();

	CHECK(round_trip(&m) == 64);
	CHECK(got.params.mode == PERF_RR && got.params.messages && got.params.nodelay);
	CHECK(!got.params.reverse && !got.params.bidir && !got.params.zerocopy);
	CHECK(got.params.flows == 10 && got.params.length == 1000);
	CHECK(got.params.request == 100 && got.params.response == 10000);
	CHECK(got.params.buffer == 1 << 20 && got.params.duration == 10000);
	CHECK(got.params.omit == 1000 && !got.params.amount);
	CHECK_STR(got.params.congestion, "cubic");
	m.params.mode = PERF_BULK;
	m.params.messages = false;
	m.params.omit = 0;
	m.params.duration = 0;
	m.params.amount = PERF_BYTES_MAX;
	m.params.zerocopy = true;
	m.params.bidir = true;
	CHECK(round_trip(&m) == 64);
	CHECK(got.params.amount == PERF_BYTES_MAX && got.params.zerocopy && got.params.bidir);
}

static void message_wire(void)
{
	static const uint8_t flow[] = {
		'W', 'P', 'R', 'F', 1, 4, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x12, 0x34,
		0, 0, 0, 0,
	};
	struct perf_message m = { .type = PERF_FLOW, .flow_token = 0x0102030405060708,
				  .flow_index = 0x1234 };

	CHECK(round_trip(&m) == (int)sizeof(flow) && !memcmp(wire, flow, sizeof(flow)));
	CHECK(got.flow_token == m.flow_token && got.flow_index == 0x1234);
}

static void message_others(void)
{
	struct perf_message m = { .type = PERF_ACCEPT, .token = UINT64_MAX, .port = 65536 };

	CHECK(round_trip(&m) == 24 && got.token == UINT64_MAX && got.port == 65536);
	m = (struct perf_message){ .type = PERF_GO };
	CHECK(round_trip(&m) == 8);
	m = (struct perf_message){ .type = PERF_END };
	CHECK(round_trip(&m) == 8);
	m = (struct perf_message){ .type = PERF_REFUSE, .text = "no" };
	CHECK(round_trip(&m) == 10);
	CHECK_STR(got.text, "no");
	memset(m.text, 'x', sizeof(m.text));
	CHECK(round_trip(&m) == PERF_MESSAGE_MAX && strlen(got.text) == PERF_TEXT_MAX);
	m = (struct perf_message){ .type = PERF_RESULT, .result = { 1, 2, 3, 5, 4, true } };
	CHECK(round_trip(&m) == 48 && got.result.retransmits == 5);
	CHECK(got.result.window == 1 && got.result.busy == 2 && got.result.transactions == 3);
	CHECK(got.result.flows == 4 && got.result.failed);
	m = (struct perf_message){ .type = PERF_COUNT, .index = 9, .count = { 4, 5, 2, 3 } };
	CHECK(round_trip(&m) == 48);
	CHECK(got.index == 9 && got.count.sent == 4 && got.count.received == 5);
	CHECK(got.count.sent_window == 2 && got.count.received_window == 3);
}

/* A byte of a request is changed: what does the decoder say? */
static int spoiled(size_t at, uint8_t value)
{
	struct perf_message m = request();
	size_t len = perf_message_encode(&m, wire);

	wire[at] = value;
	return perf_message_decode(wire, len, &got);
}

static void message_spoiled(void)
{
	CHECK(spoiled(0, 'X') == PERF_BAD_MESSAGE);
	CHECK(spoiled(4, 2) == PERF_BAD_VERSION);
	CHECK(spoiled(5, 0) == PERF_BAD_MESSAGE);
	CHECK(spoiled(5, 9) == PERF_BAD_MESSAGE);
	CHECK(spoiled(6, 1) == PERF_BAD_MESSAGE);
	CHECK(spoiled(7, 55) == PERF_BAD_MESSAGE);
	CHECK(spoiled(8, PERF_MODES) == PERF_BAD_MESSAGE);
	CHECK(spoiled(9, 0x20) == PERF_BAD_MESSAGE);
	CHECK(spoiled(11, 1) == PERF_BAD_MESSAGE);
	CHECK(spoiled(12, 1) == PERF_BAD_MESSAGE);		/* flows */
	CHECK(spoiled(15, 0) == PERF_BAD_MESSAGE);
	CHECK(spoiled(16, 2) == PERF_BAD_MESSAGE);		/* length */
	CHECK(spoiled(20, 2) == PERF_BAD_MESSAGE);		/* request */
	CHECK(spoiled(24, 2) == PERF_BAD_MESSAGE);		/* response */
	CHECK(spoiled(28, 0x80) == PERF_BAD_MESSAGE);		/* buffer */
	CHECK(spoiled(32, 0x80) == PERF_BAD_MESSAGE);		/* duration */
	CHECK(spoiled(36, 0x80) == PERF_BAD_MESSAGE);		/* omit */
	CHECK(spoiled(47, 1) == PERF_BAD_MESSAGE);		/* amount and duration */
	CHECK(spoiled(48, 1) == PERF_BAD_MESSAGE);		/* congestion */
	CHECK(spoiled(60, 'x') == PERF_BAD_MESSAGE);
	CHECK(spoiled(63, 'x') == PERF_BAD_MESSAGE);
	CHECK(spoiled(48, 'x') == 64);
}

static void message_hostile(void)
{
	struct perf_message m = { .type = PERF_REFUSE, .text = "no" };
	size_t len = perf_message_encode(&m, wire);

	wire[8] = 0x1b;
	CHECK(perf_message_decode(wire, len, &got) == PERF_BAD_MESSAGE);
	wire[7] = 0;
	CHECK(perf_message_decode(wire, len, &got) == PERF_BAD_MESSAGE);
	wire[7] = PERF_TEXT_MAX + 1;
	CHECK(perf_message_decode(wire, sizeof(wire), &got) == PERF_BAD_MESSAGE);
	m = (struct perf_message){ .type = PERF_RESULT, .result.flows = PERF_FLOWS_MAX + 1 };
	CHECK(round_trip(&m) == -1);
	m = (struct perf_message){ .type = PERF_COUNT, .index = PERF_FLOWS_MAX };
	CHECK(round_trip(&m) == -1);
	m = (struct perf_message){ .type = PERF_COUNT, .count = { .sent_window = 1 } };
	CHECK(round_trip(&m) == -1);
	m = (struct perf_message){ .type = PERF_COUNT, .count = { .received_window = 1 } };
	CHECK(round_trip(&m) == -1);
}

/* --- latencies ----------------------------------------------------------------------------- */

static struct perf_latency latency;

static void latency_exact(void)
{
	unsigned int i;

	memset(&latency, 0, sizeof(latency));
	CHECK(perf_latency_percentile(&latency, 50) == 0 && perf_latency_mean(&latency) == 0);
	for (i = 1; i <= 100; i++)
		perf_latency_add(&latency, i);
	CHECK(latency.n == 100 && latency.min == 1 && latency.max == 100);
	CHECK(perf_latency_mean(&latency) == 50.5);
	CHECK(perf_latency_percentile(&latency, 0) == 1);
	CHECK(perf_latency_percentile(&latency, 1) == 1);
	CHECK(perf_latency_percentile(&latency, 50) == 50);
	CHECK(perf_latency_percentile(&latency, 90) == 90);
	CHECK(perf_latency_percentile(&latency, 99) == 99);
	CHECK(perf_latency_percentile(&latency, 99.5) == 100);
	CHECK(perf_latency_percentile(&latency, 100) == 100);
}

/* One time alone is itself; that of two is within 1/256, at every magnitude. */
static void latency_magnitudes(void)
{
	unsigned int shift;
	uint64_t ns, p;

	for (shift = 0; shift < 64; shift++) {
		for (ns = (1ULL << shift) - 1; ns <= (1ULL << shift) + 1 && ns; ns++) {
			memset(&latency, 0, sizeof(latency));
			perf_latency_add(&latency, ns);
			CHECK(perf_latency_percentile(&latency, 50) == ns);
			perf_latency_add(&latency, UINT64_MAX);
			p = perf_latency_percentile(&latency, 50);
			CHECK(p >= ns && p - ns <= ns / 256);
			CHECK(perf_latency_percentile(&latency, 100) >= UINT64_MAX / 256 * 255);
		}
	}
}

static void latency_order(void)
{
	uint64_t ns = 1, last = 0, p;
	double percent;

	memset(&latency, 0, sizeof(latency));
	for (; ns < 1ULL << 40; ns += ns / 3 + 1)
		perf_latency_add(&latency, ns);
	for (percent = 0; percent <= 100; percent += 0.5) {
		p = perf_latency_percentile(&latency, percent);
		CHECK(p >= last && p >= latency.min && p <= latency.max);
		last = p;
	}
}

/* --- times and rates -------------------------------------------------------------------------- */

static struct perf_plan plan;

static void plan_by_time(void)
{
	const struct perf_params p = { .duration = 2000, .omit = 500 };

	perf_plan_init(&plan, &p, PERF_SECOND, 1000);
	CHECK(plan.start == 1000 && plan.begin == 1000 + PERF_SECOND / 2);
	CHECK(plan.end == plan.begin + 2 * PERF_SECOND);
	CHECK(perf_plan_left(&plan, 1000) == PERF_SECOND / 2);
	CHECK(perf_plan_left(&plan, plan.begin - 1) == 1);
	CHECK(perf_plan_left(&plan, plan.begin) == PERF_SECOND / 2);
	CHECK(!perf_plan_line(&plan, 1000 + PERF_SECOND - 1));
	CHECK(perf_plan_line(&plan, 1000 + PERF_SECOND));
	CHECK(!perf_plan_line(&plan, 1000 + PERF_SECOND));
	CHECK(perf_plan_left(&plan, 1000 + PERF_SECOND) == PERF_SECOND);
	CHECK(perf_plan_line(&plan, 1000 + 2 * PERF_SECOND));
	CHECK(perf_plan_left(&plan, 1000 + 2 * PERF_SECOND) == PERF_SECOND / 2);
}

static void plan_by_amount(void)
{
	const struct perf_params p = { .amount = 7 };

	perf_plan_init(&plan, &p, 0, 1000);
	CHECK(plan.begin == 1000 && !plan.end);
	CHECK(perf_plan_left(&plan, 1000) == UINT64_MAX);
	CHECK(!perf_plan_line(&plan, UINT64_MAX));
}

static void plan_missed_lines(void)
{
	const struct perf_params p = { .amount = 7 };

	perf_plan_init(&plan, &p, 10, 1000);
	CHECK(perf_plan_line(&plan, 1037));
	CHECK(plan.line == 1030 && perf_plan_left(&plan, 1037) == 3);
	CHECK(!perf_plan_line(&plan, 1039) && perf_plan_line(&plan, 1040));
}

static void rates(void)
{
	CHECK(perf_rate(125, PERF_SECOND) == 1000);
	CHECK(perf_rate(125, 0) == 0);
	CHECK(perf_rate(0, PERF_SECOND) == 0);
	CHECK(perf_per_second(50, PERF_SECOND / 2) == 100);
}

static void fairness(void)
{
	const uint64_t equal[] = { 5, 5, 5, 5 }, one[] = { 5, 0, 0, 0 }, none[] = { 0, 0 };
	const uint64_t two[] = { 1, 3 };

	CHECK(perf_fairness(equal, 4) == 1);
	CHECK(perf_fairness(one, 4) == 0.25);
	CHECK(perf_fairness(none, 2) == 1);
	CHECK(perf_fairness(two, 2) == 0.8);
}

static const char *format(double value, unsigned int base)
{
	static char buf[32];

	return perf_format(value, "B", base, buf, sizeof(buf));
}

static void numbers_as_text(void)
{
	CHECK_STR(format(0, 1000), "0.00 B");
	CHECK_STR(format(9.99, 1000), "9.99 B");
	CHECK_STR(format(9.999, 1000), "10.0 B");
	CHECK_STR(format(99.99, 1000), "100 B");
	CHECK_STR(format(999.4, 1000), "999 B");
	CHECK_STR(format(999.6, 1000), "1.00 KB");
	CHECK_STR(format(1000, 1024), "1000 B");
	CHECK_STR(format(1048576, 1024), "1.00 MB");
	CHECK_STR(format(1e10, 1000), "10.0 GB");
	CHECK_STR(format(1e22, 1000), "10000 EB");
}

int main(void)
{
	be_quiet();
	TAP_RUN(defaults);
	TAP_RUN(server);
	TAP_RUN(bulk);
	TAP_RUN(transactions);
	TAP_RUN(refused_lines);
	TAP_RUN(sizes);
	TAP_RUN(message_request);
	TAP_RUN(message_wire);
	TAP_RUN(message_others);
	TAP_RUN(message_spoiled);
	TAP_RUN(message_hostile);
	TAP_RUN(latency_exact);
	TAP_RUN(latency_magnitudes);
	TAP_RUN(latency_order);
	TAP_RUN(plan_by_time);
	TAP_RUN(plan_by_amount);
	TAP_RUN(plan_missed_lines);
	TAP_RUN(rates);
	TAP_RUN(fairness);
	TAP_RUN(numbers_as_text);
	return tap_done();
}
