/* SPDX-License-Identifier: GPL-2.0 */
/* weft perf: the two ends of a test, and what they share. */
#ifndef WEFT_PERF_END_H
#define WEFT_PERF_END_H

#include <unistd.h>

#include "perf_report.h"

int perf_client(const struct perf_args *a);
int perf_server(const struct perf_args *a);

/* perf.c */
const char *perf_end_check(const struct perf_protocol *pr, const struct perf_params *p);
int perf_end_flows(struct perf_run *run, uint32_t n);

#endif /* WEFT_PERF_END_H */
