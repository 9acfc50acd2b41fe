/* SPDX-License-Identifier: GPL-2.0 */
/* weft perf: what is printed. */
#ifndef WEFT_PERF_REPORT_H
#define WEFT_PERF_REPORT_H

#include "perf_run.h"

/**
 * struct perf_report - what is known of a test
 * @params: what was done
 * @protocol: what carried it
 * @peer: the other end, as a text
 * @json: print JSON
 * @run: this end; NULL until it has run
 * @remote: what the other end counted; NULL if it has not told
 * @count: the same, of each flow
 * @line: the lines so far; kept for JSON
 * @lines: how many
 */
struct perf_report {
	const struct perf_params *params;
	const struct perf_protocol *protocol;
	const char *peer;
	bool json;
	const struct perf_run *run;
	const struct perf_result *remote;
	const struct perf_count *count;
	struct perf_line *line;
	size_t lines;
};

struct perf_count perf_count_sum(const struct perf_count *count, uint32_t n);
struct perf_count *perf_run_counts(const struct perf_run *run);
double perf_report_fairness(const struct perf_report *r, const struct perf_count *mine);

void perf_report_begin(const struct perf_report *r);
void perf_report_line(const struct perf_line *line, void *arg);
void perf_report_end(const struct perf_report *r);
void perf_json_print(const struct perf_report *r, const struct perf_count *mine);

#endif /* WEFT_PERF_REPORT_H */
