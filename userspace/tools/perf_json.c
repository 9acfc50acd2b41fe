// SPDX-License-Identifier: GPL-2.0
/* weft perf: results for programs. */
#include "cli.h"
#include "json.h"
#include "perf_report.h"

static const char *const modes[] = {
	[PERF_BULK] = "bulk",
	[PERF_RR] = "rr",
	[PERF_CRR] = "crr",
};

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

static void print_params(struct json *j, const struct perf_report *r)
{
	const struct perf_params *p = r->params;

	json_string(j, "mode", modes[p->mode]);
	json_string(j, "protocol", r->protocol->name);
	json_string(j, "peer", r->peer);
	json_uint(j, "flows", p->flows);
	if (p->mode == PERF_BULK) {
		json_uint(j, "length", p->length);
		json_bool(j, "reverse", p->reverse);
		json_bool(j, "bidir", p->bidir);
		json_bool(j, "zerocopy", p->zerocopy);
	} else {
		json_uint(j, "request", p->request);
		json_uint(j, "response", p->response);
	}
	json_bool(j, "messages", p->messages);
	json_bool(j, "nodelay", p->nodelay);
	if (p->buffer)
		json_uint(j, "buffer", p->buffer);
	if (*p->congestion)
		json_string(j, "congestion", p->congestion);
	if (p->duration)
		json_double(j, "time", p->duration / 1e3);
	else
		json_uint(j, "amount", p->amount);
	json_double(j, "omit", p->omit / 1e3);
}

static void print_lines(struct json *j, const struct perf_report *r)
{
	const struct perf_line *l;

	json_open(j, "intervals", '[');
	for (l = r->line; l < r->line + r->lines; l++) {
		json_open(j, NULL, '{');
		json_double(j, "start", seconds(l->from));
		json_double(j, "end", seconds(l->to));
		json_uint(j, "sent", l->sent);
		json_uint(j, "received", l->received);
		json_uint(j, "transactions", l->transactions);
		json_bool(j, "omitted", l->omitted);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void print_count(struct json *j, const char *name, const struct perf_count *c, uint64_t ns)
{
	json_open(j, name, '{');
	json_uint(j, "sent", c->sent);
	json_uint(j, "received", c->received);
	json_double(j, "sent_bits_per_second", perf_rate(c->sent_window, ns));
	json_double(j, "received_bits_per_second", perf_rate(c->received_window, ns));
	json_close(j, '}');
}

static void print_end(struct json *j, const char *name, const struct perf_result *res,
		      const struct perf_count *count)
{
	struct perf_count sum = perf_count_sum(count, res->flows);

	json_open(j, name, '{');
	json_uint(j, "sent", sum.sent);
	json_uint(j, "received", sum.received);
	json_double(j, "sent_bits_per_second", perf_rate(sum.sent_window, res->window));
	json_double(j, "received_bits_per_second", perf_rate(sum.received_window, res->window));
	json_double(j, "seconds", seconds(res->window));
	json_double(j, "busy_seconds", seconds(res->busy));
	if (res->retransmits != PERF_UNKNOWN)
		json_uint(j, "retransmits", res->retransmits);
	json_bool(j, "failed", res->failed);
	json_close(j, '}');
}

static void print_flows(struct json *j, const struct perf_report *r, const struct perf_count *mine)
{
	uint32_t i;

	json_open(j, "each", '[');
	for (i = 0; i < r->run->result.flows; i++) {
		json_open(j, NULL, '{');
		print_count(j, "client", &mine[i], r->run->result.window);
		print_count(j, "server", &r->count[i], r->remote->window);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_double(j, "fairness", perf_report_fairness(r, mine));
}

static void print_latency(struct json *j, const struct perf_run *run)
{
	const struct perf_latency *l = run->latency;

	json_uint(j, "transactions", run->result.transactions);
	json_double(j, "transactions_per_second",
		    perf_per_second(run->result.transactions, run->result.window));
	json_open(j, "latency_ns", '{');
	json_uint(j, "min", l->min);
	json_double(j, "mean", perf_latency_mean(l));
	json_uint(j, "p50", perf_latency_percentile(l, 50));
	json_uint(j, "p90", perf_latency_percentile(l, 90));
	json_uint(j, "p99", perf_latency_percentile(l, 99));
	json_uint(j, "max", l->max);
	json_close(j, '}');
}

/* The whole of it, at the end: what a program reads is all or nothing. */
void perf_json_print(const struct perf_report *r, const struct perf_count *mine)
{
	struct json j;

	json_init(&j, stdout, cli.pretty);
	json_open(&j, NULL, '{');
	print_params(&j, r);
	print_lines(&j, r);
	print_end(&j, r->run->client ? "client" : "server", &r->run->result, mine);
	if (r->remote) {
		print_end(&j, "server", r->remote, r->count);
		print_flows(&j, r, mine);
	}
	if (r->run->client && r->params->mode != PERF_BULK)
		print_latency(&j, r->run);
	json_close(&j, '}');
	fflush(stdout);
}
