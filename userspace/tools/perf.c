// SPDX-License-Identifier: GPL-2.0
/* weft perf: how fast streams are. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cli.h"
#include "perf_end.h"

/* Files beside those of flows. */
#define FILES_SPARE	32

static void print_usage(FILE *out)
{
	fputs("usage: weft perf -s [-1J] [-B ADDRESS] [-p PORT]\n"
	      "       weft perf [-dJmNRZ] [-B ADDRESS] [-C ALGORITHM] [-i SECS] [-l LENGTH]\n"
	      "                 [-n AMOUNT | -t SECS [-O SECS]] [-P FLOWS] [-p PORT] [-w BUFFER]\n"
	      "                 [--rr REQUEST[,RESPONSE] | --crr[=REQUEST[,RESPONSE]]] SERVER\n"
	      "       --tcp, --sctp or --tipc: measure that, not Weft\n", out);
}

/* NULL if the protocol can do the test here; else why not. */
const char *perf_end_check(const struct perf_protocol *pr, const struct perf_params *p)
{
	if (p->messages && !pr->messages)
		return "there are no messages";
	if (p->bidir && !pr->half_close)
		return "a connection ends in both directions at once";
	if (*p->congestion && !pr->congestion)
		return "there is no choice of congestion control";
	return perf_socket_try(pr, p);
}

/* Makes room for flows, among the open files too. Returns 0, or -1 with errno. */
int perf_end_flows(struct perf_run *run, uint32_t n)
{
	struct rlimit limit;
	uint32_t i;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -1;
	if (limit.rlim_cur < n + FILES_SPARE) {
		limit.rlim_cur = n + FILES_SPARE;
		if (limit.rlim_cur > limit.rlim_max)
			limit.rlim_max = limit.rlim_cur;
		if (setrlimit(RLIMIT_NOFILE, &limit))
			return -1;
	}
	run->flow = calloc(n, sizeof(*run->flow));
	if (!run->flow)
		return -1;
	run->flows = n;
	for (i = 0; i < n; i++)
		run->flow[i].fd = -1;
	return 0;
}

static void interrupt(int number)
{
	if (number == SIGINT)
		perf_interrupted = 1;
}

/* These interrupt calls that wait. */
static void catch_signals(bool server)
{
	const struct sigaction act = { .sa_handler = interrupt };

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGALRM, &act, NULL);
	sigaction(SIGCHLD, &act, NULL);
	if (!server)
		sigaction(SIGINT, &act, NULL);
}

int cmd_perf(int argc, char **argv)
{
	struct perf_args args;
	int code;

	if (argc == 2 && !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return CLI_OK;
	}
	code = perf_args_parse(&args, argc, argv);
	if (code == CLI_SYNTAX) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	if (code != CLI_OK)
		return code;
	catch_signals(args.server);
	return args.server ? perf_server(&args) : perf_client(&args);
}
