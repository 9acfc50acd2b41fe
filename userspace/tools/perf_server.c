// SPDX-License-Identifier: GPL-2.0
/* weft perf: the server, a process for each test. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>

#include "cli.h"
#include "perf_end.h"

/* Tests at once. */
#define TESTS_MAX	64
/* What a new connection has to show what it belongs to, ns. */
#define FLOW_PATIENCE	(5 * PERF_SECOND)
/* How long the client may need to do its part after us, ns. */
#define END_PATIENCE	(600 * PERF_SECOND)
/* Connections of PERF_CRR that end while others begin. */
#define CRR_SPARE	16

/**
 * struct session - a client and its test
 * @control: the connection that it asked on
 * @local: the address that it asked at; then that of the listener for the test
 * @params: the test
 * @token: what its flows must show
 * @listener: for its flows; -1: there is none
 * @run: the test
 * @report: what is printed
 */
struct session {
	struct perf_control control;
	union perf_address local;
	struct perf_params params;
	uint64_t token;
	int listener;
	struct perf_run run;
	struct perf_report report;
};

/* --- one test --------------------------------------------------------------------------- */

static int refuse(struct session *s, const char *why)
{
	struct perf_message m = { .type = PERF_REFUSE };

	cli_error("%s: %s", s->report.peer, why);
	snprintf(m.text, sizeof(m.text), "%s", why);
	perf_control_write(s->control.fd, &m);
	return CLI_ERROR;
}

static int refuse_errno(struct session *s, const char *what)
{
	char why[PERF_TEXT_MAX];

	snprintf(why, sizeof(why), "cannot %s: %s", what, strerror(errno));
	return refuse(s, why);
}

/* Reads what the client asks for. */
static int take_request(struct session *s)
{
	struct perf_message m;
	const char *wrong;
	int code;

	code = perf_control_read(&s->control, &m, PERF_PATIENCE);
	if (code != PERF_MESSAGE)
		return refuse(s, perf_control_error(code));
	if (m.type != PERF_REQUEST)
		return refuse(s, "this is no request");
	s->params = m.params;
	wrong = perf_end_check(s->run.protocol, &s->params);
	return wrong ? refuse(s, wrong) : CLI_OK;
}

/* Gets ready for the test and tells the client where. */
static int accept_request(struct session *s)
{
	const struct perf_params *p = &s->params;
	struct perf_message m = { .type = PERF_ACCEPT };

	if (perf_end_flows(&s->run, p->flows + (p->mode == PERF_CRR ? CRR_SPARE : 0)))
		return refuse_errno(s, "have so many flows");
	if (perf_run_init(&s->run))
		return refuse_errno(s, "begin");
	s->run.protocol->set_port(&s->local, 0);
	s->listener = perf_socket_listen(s->run.protocol, p, &s->local);
	if (s->listener < 0)
		return refuse_errno(s, "listen");
	if (getrandom(&s->token, sizeof(s->token), 0) != sizeof(s->token))
		return refuse_errno(s, "begin");
	m.token = s->token;
	m.port = s->run.protocol->port(&s->local);
	return perf_control_write(s->control.fd, &m) ? CLI_ERROR : CLI_OK;
}

/* A flow shows what it belongs to. Returns 0 if it is ours. */
static int take_flow(struct session *s, int fd, const union perf_address *peer)
{
	struct perf_control c = { .fd = fd };
	struct perf_message m;

	if (!s->run.protocol->same_node(peer, &s->run.peer) ||
	    perf_control_read(&c, &m, FLOW_PATIENCE) != PERF_MESSAGE || c.have ||
	    m.type != PERF_FLOW || m.flow_token != s->token ||
	    m.flow_index >= s->params.flows || s->run.flow[m.flow_index].fd >= 0 ||
	    perf_socket_set(fd, s->run.protocol, &s->params))
		return -1;
	s->run.flow[m.flow_index].fd = fd;
	return 0;
}

/* Waits for the flows, until @until. */
static int take_flows(struct session *s, uint64_t until)
{
	struct pollfd pfd = { .fd = s->listener, .events = POLLIN };
	uint32_t missing = s->params.flows;
	union perf_address peer;
	socklen_t len;
	int fd;

	while (missing && perf_now() < until) {
		if (poll(&pfd, 1, 1000) <= 0)
			continue;
		len = sizeof(peer);
		fd = accept4(s->listener, &peer.sa, &len, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		if (take_flow(s, fd, &peer))
			close(fd);
		else
			missing--;
	}
	return missing ? refuse(s, "not all flows came") : CLI_OK;
}

/* The client ends the test; nothing is told before. */
static int wait_for_end(struct session *s)
{
	struct perf_message m;

	if (s->run.end_told)
		return CLI_OK;
	if (perf_control_read(&s->control, &m, END_PATIENCE) == PERF_MESSAGE &&
	    m.type == PERF_END)
		return CLI_OK;
	cli_error("%s: did not end the test", s->report.peer);
	return CLI_ERROR;
}

static int tell_results(struct session *s)
{
	struct perf_message m = { .type = PERF_RESULT };
	uint32_t i;

	perf_run_sum_up(&s->run);
	m.result = s->run.result;
	m.result.transactions = s->run.total.transactions;
	if (perf_control_write(s->control.fd, &m))
		return CLI_ERROR;
	memset(&m, 0, sizeof(m));
	m.type = PERF_COUNT;
	for (i = 0; i < s->run.result.flows; i++) {
		m.index = i;
		m.count = s->run.flow[i].count;
		if (perf_control_write(s->control.fd, &m))
			return CLI_ERROR;
	}
	return CLI_OK;
}

static int run(struct session *s)
{
	struct perf_message m = { .type = PERF_GO };

	/* The deadline leaves time for connections through a path that loses packets. */
	if (s->params.mode == PERF_CRR)
		s->run.listener = s->listener;
	else if (take_flows(s, perf_now() + 4 * PERF_PATIENCE))
		return CLI_ERROR;
	if (perf_control_write(s->control.fd, &m))
		return CLI_ERROR;
	perf_report_begin(&s->report);
	perf_run(&s->run);
	if (s->run.error)
		cli_error("%s: %s", s->report.peer, weft_strerror(s->run.error));
	if (wait_for_end(s) || tell_results(s))
		return CLI_ERROR;
	perf_report_end(&s->report);
	return s->run.result.failed ? CLI_ERROR : CLI_OK;
}

/* Serves one client; in a process of its own. */
static int serve(const struct perf_args *a, int fd)
{
	const struct perf_protocol *pr = perf_protocol_find(a->protocol);
	struct session s = {
		.control.fd = fd,
		.listener = -1,
		.run = { .protocol = pr, .listener = -1, .epoll = -1, .file = -1 },
		.report = { .protocol = pr, .json = a->json },
	};
	socklen_t peer_len = sizeof(s.run.peer), len = sizeof(s.local);
	char text[PERF_ADDRESS_TEXT];

	if (getpeername(fd, &s.run.peer.sa, &peer_len) || getsockname(fd, &s.local.sa, &len))
		return CLI_ERROR;
	s.run.control = &s.control;
	s.run.params = &s.params;
	s.report.run = &s.run;
	s.report.params = &s.params;
	s.report.peer = pr->format(&s.run.peer, text, sizeof(text));
	/* The process ends, and with it all that the test holds. */
	return take_request(&s) || accept_request(&s) || run(&s) ? CLI_ERROR : CLI_OK;
}

/* --- all tests ---------------------------------------------------------------------------- */

/* Children that have ended are forgotten; the status of the last one is kept. */
static unsigned int reap(unsigned int children, int flags, int *code)
{
	int status;

	while (children && waitpid(-1, &status, flags) > 0) {
		children--;
		*code = WIFEXITED(status) ? WEXITSTATUS(status) : CLI_ERROR;
	}
	return children;
}

/* Returns 1 if there is a process more. */
static int start_test(const struct perf_args *a, int listener, int fd)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		close(listener);
		exit(serve(a, fd));
	}
	if (pid < 0)
		cli_error("cannot begin a test: %s", strerror(errno));
	close(fd);
	return pid > 0;
}

static int serve_all(const struct perf_args *a, int listener)
{
	unsigned int children = 0;
	int fd, code = CLI_OK;

	for (;;) {
		children = reap(children, WNOHANG, &code);
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0 && perf_again(errno))
			continue;
		if (fd < 0 && errno != ECONNABORTED && errno != EMFILE) {
			cli_error("cannot accept: %s", weft_strerror(errno));
			return CLI_ERROR;
		}
		if (fd < 0)
			continue;
		if (children == TESTS_MAX)
			close(fd);
		else
			children += (unsigned int)start_test(a, listener, fd);
		if (a->once && children) {
			reap(children, 0, &code);
			return code;
		}
	}
}

int perf_server(const struct perf_args *a)
{
	const struct perf_protocol *pr = perf_protocol_find(a->protocol);
	char text[PERF_ADDRESS_TEXT];
	union perf_address local;
	int fd, code;

	if (pr->resolve(a->address, a->port, &local))
		return CLI_ERROR;
	fd = perf_socket_listen(pr, NULL, &local);
	if (fd < 0) {
		cli_error("cannot listen: %s", weft_strerror(errno));
		return CLI_ERROR;
	}
	if (!a->json)
		printf("listening on %s\n", pr->format(&local, text, sizeof(text)));
	fflush(stdout);
	code = serve_all(a, fd);
	close(fd);
	return code;
}
