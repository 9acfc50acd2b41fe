// SPDX-License-Identifier: GPL-2.0
/* weft perf: the client. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "perf_end.h"

/* Until what is still under way has come to the server, ns. */
#define RESULT_PATIENCE	(600 * PERF_SECOND)

/**
 * struct client - a client and its test
 * @args: the command line
 * @server: where control messages go to
 * @local: where connections come from, if @args says so
 * @control: that connection
 * @run: the test
 * @token: shows the server what belongs to the test
 * @result: what the server counted
 * @count: the same, of each flow
 * @report: what is printed
 */
struct client {
	const struct perf_args *args;
	union perf_address server;
	union perf_address local;
	struct perf_control control;
	struct perf_run run;
	uint64_t token;
	struct perf_result result;
	struct perf_count *count;
	struct perf_report report;
};

static int tell_errno(const char *what)
{
	cli_error("cannot %s: %s", what, weft_strerror(errno));
	return CLI_ERROR;
}

static int resolve(struct client *c)
{
	const struct perf_args *a = c->args;
	const struct perf_protocol *pr = c->run.protocol;

	if (pr->resolve(a->address, a->port, &c->server))
		return CLI_ERROR;
	if (!a->local)
		return CLI_OK;
	c->run.local = &c->local;
	return pr->resolve(a->local, NULL, &c->local) ? CLI_ERROR : CLI_OK;
}

/* Reads the message that is next; all but @type is an error. */
static int expect(struct client *c, enum perf_message_type type, uint64_t wait,
		  struct perf_message *m)
{
	int code = perf_control_read(&c->control, m, wait);

	if (code == PERF_MESSAGE && m->type == type)
		return CLI_OK;
	if (code == PERF_MESSAGE && m->type == PERF_REFUSE)
		cli_error("the server refuses: %s", m->text);
	else
		cli_error("control connection: %s", perf_control_error(code));
	return CLI_ERROR;
}

/* Asks the server for the test. */
static int ask(struct client *c)
{
	struct perf_message m = { .type = PERF_REQUEST, .params = c->args->params };

	c->control.fd = perf_socket_connect(c->run.protocol, NULL, &c->server, c->run.local);
	if (c->control.fd < 0)
		return tell_errno("connect");
	if (perf_control_write(c->control.fd, &m))
		return tell_errno("send");
	if (expect(c, PERF_ACCEPT, PERF_PATIENCE, &m))
		return CLI_ERROR;
	c->token = m.token;
	c->run.peer = c->server;
	c->run.protocol->set_port(&c->run.peer, m.port);
	return CLI_OK;
}

/* Opens the connections that last for the whole test. */
static int open_flows(struct client *c)
{
	struct perf_message m = { .type = PERF_FLOW, .flow_token = c->token };
	struct perf_run *run = &c->run;
	uint32_t i;

	for (i = 0; i < run->flows && run->params->mode != PERF_CRR; i++) {
		run->flow[i].fd = perf_socket_connect(run->protocol, run->params, &run->peer,
						      run->local);
		if (run->flow[i].fd < 0)
			return tell_errno("connect a flow");
		m.flow_index = i;
		if (perf_control_write(run->flow[i].fd, &m))
			return tell_errno("send on a flow");
	}
	return expect(c, PERF_GO, PERF_PATIENCE, &m);
}

static int take_results(struct client *c)
{
	struct perf_message m;
	uint32_t i, n = c->run.result.flows;

	if (expect(c, PERF_RESULT, RESULT_PATIENCE, &m))
		return CLI_ERROR;
	c->result = m.result;
	c->count = calloc(n, sizeof(*c->count));
	if (!c->count)
		return tell_errno("keep the results");
	for (i = 0; i < n; i++) {
		if (expect(c, PERF_COUNT, PERF_PATIENCE, &m))
			return CLI_ERROR;
		if (m.index != i || c->result.flows != n) {
			cli_error("the server's results are of another test");
			return CLI_ERROR;
		}
		c->count[i] = m.count;
	}
	perf_run_sum_up(&c->run);
	c->report.remote = &c->result;
	c->report.count = c->count;
	return CLI_OK;
}

/* Tells what went wrong at either end. */
static int tell_failure(const struct client *c)
{
	const struct perf_run *run = &c->run;

	if (run->error && run->failed == UINT32_MAX)
		cli_error("the test ended early: %s", weft_strerror(run->error));
	else if (run->error)
		cli_error("flow %u: %s", run->failed, weft_strerror(run->error));
	else if (c->result.failed)
		cli_error("the server tells of a failure");
	return run->error || c->result.failed ? CLI_ERROR : CLI_OK;
}

static int test(struct client *c)
{
	int code;

	code = open_flows(c);
	if (code)
		return code;
	if (perf_run_init(&c->run))
		return tell_errno("begin");
	perf_report_begin(&c->report);
	perf_run(&c->run);
	perf_interrupted = 0;
	perf_run_tell_end(&c->run);
	code = take_results(c);
	perf_report_end(&c->report);
	return tell_failure(c) ? CLI_ERROR : code;
}

int perf_client(const struct perf_args *a)
{
	const struct perf_protocol *pr = perf_protocol_find(a->protocol);
	struct client c = {
		.args = a,
		.control.fd = -1,
		.run = { .params = &a->params, .protocol = pr, .client = true, .listener = -1,
			 .epoll = -1, .file = -1, .interval = a->interval,
			 .line = perf_report_line },
		.report = { .params = &a->params, .protocol = pr, .json = a->json },
	};
	const char *wrong = perf_end_check(pr, &a->params);
	char text[PERF_ADDRESS_TEXT];
	int code;

	if (wrong) {
		cli_error("%s", wrong);
		return CLI_ERROR;
	}
	c.run.control = &c.control;
	c.run.arg = &c.report;
	c.report.run = &c.run;
	c.report.peer = text;
	code = resolve(&c);
	if (code)
		return code;
	pr->format(&c.server, text, sizeof(text));
	if (perf_end_flows(&c.run, a->params.flows))
		return tell_errno("have so many flows");
	code = ask(&c);
	if (!code)
		code = test(&c);
	perf_run_free(&c.run);
	free(c.count);
	free(c.report.line);
	if (c.control.fd >= 0)
		close(c.control.fd);
	return code;
}
