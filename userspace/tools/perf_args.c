// SPDX-License-Identifier: GPL-2.0
/* weft perf: the command line. */
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "perf.h"

#define LENGTH_DEFAULT		131072
#define SECONDS_DEFAULT		10
#define INTERVAL_MIN		0.01

/* Options without a letter. */
enum {
	OPT_RR = 256,
	OPT_CRR,
	OPT_TCP,
	OPT_SCTP,
	OPT_TIPC,
};

static const struct option long_options[] = {
	{ "server", no_argument, NULL, 's' },
	{ "client", no_argument, NULL, 'c' },
	{ "one-off", no_argument, NULL, '1' },
	{ "bind", required_argument, NULL, 'B' },
	{ "port", required_argument, NULL, 'p' },
	{ "reverse", no_argument, NULL, 'R' },
	{ "bidir", no_argument, NULL, 'd' },
	{ "parallel", required_argument, NULL, 'P' },
	{ "time", required_argument, NULL, 't' },
	{ "bytes", required_argument, NULL, 'n' },
	{ "length", required_argument, NULL, 'l' },
	{ "window", required_argument, NULL, 'w' },
	{ "zerocopy", no_argument, NULL, 'Z' },
	{ "congestion", required_argument, NULL, 'C' },
	{ "messages", no_argument, NULL, 'm' },
	{ "no-delay", no_argument, NULL, 'N' },
	{ "omit", required_argument, NULL, 'O' },
	{ "interval", required_argument, NULL, 'i' },
	{ "json", no_argument, NULL, 'J' },
	{ "rr", required_argument, NULL, OPT_RR },
	{ "crr", optional_argument, NULL, OPT_CRR },
	{ "tcp", no_argument, NULL, OPT_TCP },
	{ "sctp", no_argument, NULL, OPT_SCTP },
	{ "tipc", no_argument, NULL, OPT_TIPC },
	{ 0 }
};

/* Reads a number of bytes, with or without K, M or G: 1024, its square, its cube. */
int perf_size_parse(const char *text, uint64_t min, uint64_t max, uint64_t *size)
{
	size_t digits = strspn(text, "0123456789");
	unsigned int shift = 0;
	unsigned long number;
	char plain[24];

	if (!digits || digits >= sizeof(plain))
		return -1;
	memcpy(plain, text, digits);
	plain[digits] = '\0';
	if (cli_number(plain, 0, ULONG_MAX, &number))
		return -1;
	switch (text[digits]) {
	case '\0':
		break;
	case 'k':
	case 'K':
		shift = 10;
		break;
	case 'm':
	case 'M':
		shift = 20;
		break;
	case 'g':
	case 'G':
		shift = 30;
		break;
	default:
		return -1;
	}
	if ((shift && text[digits + 1]) || number > max >> shift || number << shift < min)
		return -1;
	*size = (uint64_t)number << shift;
	return 0;
}

static int take_size(const char *text, uint32_t max, uint32_t *size)
{
	uint64_t value;

	if (perf_size_parse(text, 1, max, &value))
		return -1;
	*size = (uint32_t)value;
	return 0;
}

/* Seconds, kept in ms. */
static int take_ms(const char *text, double min, double max, uint32_t *ms)
{
	double seconds;

	if (cli_seconds(text, min, max, &seconds))
		return -1;
	*ms = (uint32_t)(seconds * 1000 + 0.5);
	return 0;
}

static int take_interval(const char *text, uint64_t *ns)
{
	double seconds;

	if (cli_seconds(text, 0, PERF_SECONDS_MAX, &seconds) ||
	    (seconds > 0 && seconds < INTERVAL_MIN))
		return -1;
	*ns = (uint64_t)(seconds * 1e9);
	return 0;
}

/* REQUEST[,RESPONSE]; as long as the request without the latter. */
static int take_transaction(const char *text, struct perf_params *p)
{
	const char *comma = strchr(text, ',');
	char request[24];
	size_t len = comma ? (size_t)(comma - text) : strlen(text);

	if (len >= sizeof(request))
		return -1;
	memcpy(request, text, len);
	request[len] = '\0';
	if (take_size(request, PERF_LENGTH_MAX, &p->request))
		return -1;
	p->response = p->request;
	return comma ? take_size(comma + 1, PERF_LENGTH_MAX, &p->response) : 0;
}

static int take_congestion(const char *text, struct perf_params *p)
{
	size_t len = strlen(text);

	if (!len || len >= PERF_NAME_MAX)
		return -1;
	memset(p->congestion, 0, PERF_NAME_MAX);
	memcpy(p->congestion, text, len);
	return 0;
}

/* Options whose value may be malformed. */
static int take_value(struct perf_args *a, int opt, const char *value)
{
	struct perf_params *p = &a->params;
	unsigned long number;

	switch (opt) {
	case 'P':
		if (cli_number(value, 1, PERF_FLOWS_MAX, &number))
			return -1;
		p->flows = (uint32_t)number;
		return 0;
	case 't':
		p->amount = 0;
		return take_ms(value, 0.001, PERF_SECONDS_MAX, &p->duration);
	case 'n':
		p->duration = 0;
		return perf_size_parse(value, 1, PERF_BYTES_MAX, &p->amount);
	case 'O':
		return take_ms(value, 0, PERF_OMIT_MAX, &p->omit);
	case 'l':
		return take_size(value, PERF_LENGTH_MAX, &p->length);
	case 'w':
		return take_size(value, PERF_BUFFER_MAX, &p->buffer);
	case 'C':
		return take_congestion(value, p);
	case 'i':
		return take_interval(value, &a->interval);
	}
	p->mode = opt == OPT_RR ? PERF_RR : PERF_CRR;
	p->nodelay = true;
	return take_transaction(value ? value : "1", p);
}

/* Switches and names; 1 if the option is one with a value to be read. */
static int take_switch(struct perf_args *a, int opt, const char *value)
{
	switch (opt) {
	case 's':
		a->server = true;
		return 0;
	case '1':
		a->once = true;
		return 0;
	case 'c':
		return 0;
	case 'B':
		a->local = value;
		return 0;
	case 'p':
		a->port = value;
		return 0;
	case 'R':
		a->params.reverse = true;
		return 0;
	case 'd':
		a->params.bidir = true;
		return 0;
	case 'Z':
		a->params.zerocopy = true;
		return 0;
	case 'm':
		a->params.messages = true;
		return 0;
	case 'N':
		a->params.nodelay = true;
		return 0;
	case 'J':
		a->json = true;
		return 0;
	case OPT_TCP:
		a->protocol = "tcp";
		return 0;
	case OPT_SCTP:
		a->protocol = "sctp";
		return 0;
	case OPT_TIPC:
		a->protocol = "tipc";
		return 0;
	}
	return 1;
}

static const char *name_of(int opt)
{
	const struct option *o;

	for (o = long_options; o->val != opt; o++)
		continue;
	return o->name;
}

/* Options that say something of a test are the client's. */
static bool is_of_server(int opt)
{
	return opt >= OPT_TCP || (opt < OPT_RR && strchr("s1BpJ", opt));
}

/* What the words without an option are, and whether all of them go together. */
static int check(struct perf_args *a, int argc, char **argv, const char *client_option)
{
	const char *wrong;

	if (a->server) {
		if (argc)
			return CLI_SYNTAX;
		if (client_option) {
			cli_error("--%s is the client's", client_option);
			return CLI_USAGE;
		}
		a->address = a->local;
		return CLI_OK;
	}
	if (argc != 1)
		return CLI_SYNTAX;
	if (a->once) {
		cli_error("-1 goes with -s");
		return CLI_USAGE;
	}
	a->address = argv[0];
	wrong = perf_params_check(&a->params);
	if (wrong) {
		cli_error("%s", wrong);
		return CLI_USAGE;
	}
	return CLI_OK;
}

/* Options may stand between the other words. Returns one of enum cli_code. */
int perf_args_parse(struct perf_args *a, int argc, char **argv)
{
	const char *client_option = NULL;
	int opt;

	*a = (struct perf_args){
		.params = { .flows = 1, .length = LENGTH_DEFAULT,
			    .duration = SECONDS_DEFAULT * 1000 },
		.protocol = "weft",
		.port = PERF_PORT,
		.interval = PERF_SECOND,
		.json = cli.json,
	};
	optind = 0;
	while ((opt = getopt_long(argc, argv, "sc1B:p:RdP:t:n:l:w:ZC:mNO:i:J", long_options,
				  NULL)) != -1) {
		if (opt == '?')
			return CLI_SYNTAX;
		if (!is_of_server(opt))
			client_option = name_of(opt);
		if (!take_switch(a, opt, optarg) || !take_value(a, opt, optarg))
			continue;
		cli_error("bad value for --%s: '%s'", name_of(opt), optarg);
		return CLI_USAGE;
	}
	return check(a, argc - optind, argv + optind, client_option);
}
