// SPDX-License-Identifier: GPL-2.0
/* weft perf: requests and responses, in one connection or in one each. */
#include <sys/epoll.h>
#include <unistd.h>

#include "perf_run.h"

/* How a transfer went; errno tells of the last one. */
enum went {
	WENT_WHOLE,
	WENT_ON,	/* the rest later */
	WENT_EOF,
	WENT_WRONG,
};

/* Flow that bytes are counted of. */
static struct perf_count *count_of(struct perf_run *run, struct perf_flow *f)
{
	return run->params->mode == PERF_CRR ? &run->flow->count : &f->count;
}

static enum went push(struct perf_run *run, struct perf_flow *f)
{
	ssize_t n;

	while (f->out) {
		n = send(f->fd, run->buffer, f->out, MSG_NOSIGNAL);
		if (n < 0)
			return perf_again(errno) ? WENT_ON : WENT_WRONG;
		f->out -= (uint32_t)n;
		count_of(run, f)->sent += (uint64_t)n;
		run->total.sent += (uint64_t)n;
	}
	return WENT_WHOLE;
}

static enum went pull(struct perf_run *run, struct perf_flow *f)
{
	ssize_t n;

	while (f->in) {
		n = recv(f->fd, run->buffer, f->in, 0);
		if (!n)
			return WENT_EOF;
		if (n < 0)
			return perf_again(errno) ? WENT_ON : WENT_WRONG;
		f->in -= (uint32_t)n;
		count_of(run, f)->received += (uint64_t)n;
		run->total.received += (uint64_t)n;
	}
	return WENT_WHOLE;
}

/* Sends what is left, then receives what is. */
static enum went exchange(struct perf_run *run, struct perf_flow *f)
{
	enum went went = push(run, f);

	perf_run_want(run, f, went == WENT_ON ? EPOLLOUT : EPOLLIN);
	return went == WENT_WHOLE ? pull(run, f) : went;
}

static void begin(struct perf_run *run, struct perf_flow *f)
{
	f->since = perf_now();
	f->out = run->params->request;
	f->in = run->params->response;
}

/* A transaction is whole; those that are partly outside of the window are not counted. */
static void end(struct perf_run *run, struct perf_flow *f)
{
	uint64_t now = perf_now();

	run->total.transactions++;
	if (f->left != UINT64_MAX)
		f->left--;
	if (!run->began || run->ended || f->since < run->began)
		return;
	run->result.transactions++;
	perf_latency_add(run->latency, now - f->since);
}

static bool has_more(const struct perf_run *run, const struct perf_flow *f)
{
	return f->left && !run->stop;
}

/* --- one connection ------------------------------------------------------------------ */

static enum went ask(struct perf_run *run, struct perf_flow *f)
{
	enum went went;

	begin(run, f);
	went = push(run, f);
	perf_run_want(run, f, went == WENT_ON ? EPOLLOUT : EPOLLIN);
	return went == WENT_WHOLE ? WENT_ON : went;
}

static void rr_ask(struct perf_run *run, struct perf_flow *f)
{
	enum went went = f->in ? exchange(run, f) : ask(run, f);

	if (went == WENT_WHOLE) {
		end(run, f);
		if (!has_more(run, f)) {
			/* The other end may be faster with it. */
			shutdown(f->fd, run->protocol->half_close ? SHUT_WR : SHUT_RDWR);
			perf_run_done(run, f);
			return;
		}
		went = ask(run, f);
	}
	if (went != WENT_ON)
		perf_run_fail(run, f, went == WENT_EOF ? ECONNRESET : errno);
}

static void rr_answer(struct perf_run *run, struct perf_flow *f)
{
	enum went went = exchange(run, f);

	if (went == WENT_WHOLE) {
		run->total.transactions++;
		f->out = run->params->response;
		f->in = run->params->request;
		went = push(run, f);
		perf_run_want(run, f, went == WENT_ON ? EPOLLOUT : EPOLLIN);
	}
	if (went == WENT_EOF && f->in == run->params->request)
		perf_run_done(run, f);
	else if (went == WENT_EOF || went == WENT_WRONG)
		perf_run_fail(run, f, went == WENT_EOF ? ECONNRESET : errno);
}

void perf_rr_service(struct perf_run *run, struct perf_flow *f)
{
	if (run->client)
		rr_ask(run, f);
	else
		rr_answer(run, f);
}

/* --- a connection for each -------------------------------------------------------------- */

/* The socket for the next transaction, and its connection. */
static int crr_open(struct perf_run *run, struct perf_flow *f)
{
	const struct perf_protocol *pr = run->protocol;

	begin(run, f);
	f->fd = perf_socket_open(pr, run->params);
	if (f->fd < 0 || (run->local && bind(f->fd, &run->local->sa, pr->len)) ||
	    perf_run_add(run, f, EPOLLOUT))
		return -1;
	f->connecting = connect(f->fd, &run->peer.sa, pr->len);
	return f->connecting && !perf_again(errno) ? -1 : 0;
}

void perf_crr_begin(struct perf_run *run, struct perf_flow *f)
{
	if (crr_open(run, f))
		perf_run_fail(run, f, errno);
}

/* The response is whole; the server closes, and so do we. */
static enum went crr_end(struct perf_run *run, struct perf_flow *f)
{
	char byte;
	ssize_t n = recv(f->fd, &byte, 1, 0);

	if (n < 0)
		return perf_again(errno) ? WENT_ON : WENT_WRONG;
	if (n) {
		errno = EPROTO;
		return WENT_WRONG;
	}
	perf_run_close(f);
	end(run, f);
	if (has_more(run, f))
		perf_crr_begin(run, f);
	else
		perf_run_done(run, f);
	return WENT_ON;
}

void perf_crr_ask(struct perf_run *run, struct perf_flow *f)
{
	enum went went = WENT_WHOLE;

	if (f->connecting) {
		f->connecting = perf_socket_finish(f->fd);
		if (f->connecting)
			went = perf_again(errno) ? WENT_ON : WENT_WRONG;
	}
	if (went == WENT_WHOLE)
		went = exchange(run, f);
	if (went == WENT_WHOLE)
		went = crr_end(run, f);
	if (went != WENT_ON)
		perf_run_fail(run, f, went == WENT_EOF ? ECONNRESET : errno);
}

/* A client that leaves early harms nobody else. */
void perf_crr_answer(struct perf_run *run, struct perf_flow *f)
{
	enum went went = WENT_WHOLE;

	if (f->in) {
		went = pull(run, f);
		if (went == WENT_WHOLE)
			f->out = run->params->response;
	}
	if (went == WENT_WHOLE)
		went = push(run, f);
	if (went == WENT_ON) {
		perf_run_want(run, f, f->in ? EPOLLIN : EPOLLOUT);
		return;
	}
	if (went == WENT_WHOLE)
		run->total.transactions++;
	if (run->protocol->rude_close)
		shutdown(f->fd, SHUT_RDWR);
	perf_run_close(f);
}

static struct perf_flow *free_flow(const struct perf_run *run)
{
	struct perf_flow *f;

	for (f = run->flow; f < run->flow + run->flows; f++)
		if (f->fd < 0)
			return f;
	return NULL;
}

/* Takes a connection; one too many, or of another node, is closed. */
void perf_crr_accept(struct perf_run *run)
{
	struct perf_flow *f = free_flow(run);
	union perf_address peer;
	socklen_t len = sizeof(peer);
	int fd = accept4(run->listener, &peer.sa, &len, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (!f || !run->protocol->same_node(&peer, &run->peer)) {
		close(fd);
		return;
	}
	f->fd = fd;
	f->in = run->params->request;
	f->out = 0;
	if (perf_run_add(run, f, EPOLLIN))
		perf_run_close(f);
}
