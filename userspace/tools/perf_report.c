// SPDX-License-Identifier: GPL-2.0
/* weft perf: results for people; those for programs are in perf_json.c. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli.h"
#include "perf_report.h"

/* Flows that have a line each. */
#define FLOWS_SHOWN	16

static const char *const modes[] = {
	[PERF_BULK] = "bulk",
	[PERF_RR] = "requests and responses",
	[PERF_CRR] = "connections",
};

/* --- sums ---------------------------------------------------------------------------- */

struct perf_count perf_count_sum(const struct perf_count *count, uint32_t n)
{
	struct perf_count sum = { 0 };

	for (; n; n--, count++) {
		sum.sent += count->sent;
		sum.received += count->received;
		sum.sent_window += count->sent_window;
		sum.received_window += count->received_window;
	}
	return sum;
}

/* What each flow counted; the caller frees it. NULL: no memory. */
struct perf_count *perf_run_counts(const struct perf_run *run)
{
	struct perf_count *count = calloc(run->result.flows, sizeof(*count));
	uint32_t i;

	for (i = 0; count && i < run->result.flows; i++)
		count[i] = run->flow[i].count;
	return count;
}

/* Of what arrived at either end. */
double perf_report_fairness(const struct perf_report *r, const struct perf_count *mine)
{
	uint32_t i, n = r->run->result.flows;
	uint64_t *value = calloc(n, sizeof(*value));
	double index;

	if (!value)
		return 0;
	for (i = 0; i < n; i++)
		value[i] = mine[i].received_window + r->count[i].received_window;
	index = perf_fairness(value, n);
	free(value);
	return index;
}

/* --- as text -------------------------------------------------------------------------- */

static void print_amount(const char *what, uint64_t bytes, uint64_t window, uint64_t ns)
{
	char size[24], rate[24];

	printf("  %s %s, %s", what,
	       perf_format((double)bytes, "Bytes", 1024, size, sizeof(size)),
	       perf_format(perf_rate(window, ns), "bit/s", 1000, rate, sizeof(rate)));
}

static void print_test(const struct perf_report *r)
{
	const struct perf_params *p = r->params;

	printf("%s: %s by %s, %u flow%s", r->peer, modes[p->mode], r->protocol->name, p->flows,
	       p->flows > 1 ? "s" : "");
	if (p->mode == PERF_BULK)
		printf(", %s of %u bytes", p->messages ? "messages" : "writes", p->length);
	else
		printf(", %u and %u bytes", p->request, p->response);
}

/* A client tells at once what it does, a server when it is done. */
void perf_report_begin(const struct perf_report *r)
{
	if (r->json || !r->run->client)
		return;
	print_test(r);
	putchar('\n');
	fflush(stdout);
}

static void keep_line(struct perf_report *r, const struct perf_line *line)
{
	struct perf_line *more = reallocarray(r->line, r->lines + 1, sizeof(*more));

	/* Without memory for it the line is missing, no more. */
	if (!more)
		return;
	r->line = more;
	more[r->lines++] = *line;
}

void perf_report_line(const struct perf_line *line, void *arg)
{
	struct perf_report *r = arg;
	uint64_t ns = line->to - line->from;

	if (r->json) {
		keep_line(r, line);
		return;
	}
	printf("%.2f-%.2f s", (double)line->from / 1e9, (double)line->to / 1e9);
	if (r->params->mode == PERF_BULK) {
		if (line->sent || !line->received)
			print_amount("sent", line->sent, line->sent, ns);
		if (line->received)
			print_amount("received", line->received, line->received, ns);
	} else {
		printf("  %" PRIu64 " transactions, %.0f/s", line->transactions,
		       perf_per_second(line->transactions, ns));
	}
	puts(line->omitted ? "  omitted" : "");
	fflush(stdout);
}

/* --- the end ------------------------------------------------------------------------- */

static void print_end(const char *who, const struct perf_result *res,
		      const struct perf_count *count)
{
	struct perf_count sum = perf_count_sum(count, res->flows);

	fputs(who, stdout);
	if (sum.sent)
		print_amount("sent", sum.sent, sum.sent_window, res->window);
	if (sum.received)
		print_amount("received", sum.received, sum.received_window, res->window);
	if (sum.sent && res->retransmits != PERF_UNKNOWN)
		printf("  %" PRIu64 " retransmits", res->retransmits);
	putchar('\n');
}

static void print_flows(const struct perf_report *r, const struct perf_count *mine)
{
	uint64_t ns = r->run->result.window, far = r->remote->window;
	uint32_t i;

	for (i = 0; i < r->run->result.flows; i++) {
		printf("flow %u", i);
		if (r->count[i].received)
			print_amount("to server", r->count[i].received,
				     r->count[i].received_window, far);
		if (mine[i].received)
			print_amount("to client", mine[i].received, mine[i].received_window, ns);
		putchar('\n');
	}
}

static void print_transactions(const struct perf_run *run)
{
	const struct perf_latency *l = run->latency;

	printf("%" PRIu64 " transactions, %.0f/s\n", run->result.transactions,
	       perf_per_second(run->result.transactions, run->result.window));
	printf("latency min/p50/p90/p99/max = %.3f/%.3f/%.3f/%.3f/%.3f ms\n",
	       (double)l->min / 1e6, (double)perf_latency_percentile(l, 50) / 1e6,
	       (double)perf_latency_percentile(l, 90) / 1e6,
	       (double)perf_latency_percentile(l, 99) / 1e6, (double)l->max / 1e6);
}

void perf_report_end(const struct perf_report *r)
{
	struct perf_count *mine;

	mine = perf_run_counts(r->run);
	if (!mine) {
		cli_error("out of memory");
		return;
	}
	if (r->json) {
		perf_json_print(r, mine);
		free(mine);
		return;
	}
	if (!r->run->client)
		print_test(r);
	print_end(r->run->client ? "client" : ":", &r->run->result, mine);
	if (r->remote)
		print_end("server", r->remote, r->count);
	if (r->remote && r->params->mode == PERF_BULK && r->params->flows > 1) {
		if (r->params->flows <= FLOWS_SHOWN)
			print_flows(r, mine);
		printf("fairness %.3f\n", perf_report_fairness(r, mine));
	}
	if (r->run->client && r->params->mode != PERF_BULK)
		print_transactions(r->run);
	fflush(stdout);
	free(mine);
}
