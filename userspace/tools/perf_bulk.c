// SPDX-License-Identifier: GPL-2.0
/* weft perf: flows that carry as much as they can. */
#include <sys/epoll.h>
#include <sys/sendfile.h>

#include "perf_run.h"

/* Calls for one flow before the time and the other flows are looked at. */
#define CALLS	4

/* What is still waited for; the flow is done when that is nothing. */
static void wait_for_rest(struct perf_run *run, struct perf_flow *f)
{
	uint32_t events = (f->send ? EPOLLOUT : 0U) | (f->receive ? EPOLLIN : 0U);

	if (events)
		perf_run_want(run, f, events);
	else
		perf_run_done(run, f);
}

/* Nothing more will be sent. The other end sees that behind the last byte. */
void perf_bulk_stop(struct perf_run *run, struct perf_flow *f)
{
	if (!f->send)
		return;
	f->send = false;
	if (shutdown(f->fd, run->protocol->half_close ? SHUT_WR : SHUT_RDWR)) {
		perf_run_fail(run, f, errno);
		return;
	}
	wait_for_rest(run, f);
}

static ssize_t write_some(const struct perf_run *run, const struct perf_flow *f, size_t len)
{
	off_t offset = 0;

	if (run->file >= 0)
		return sendfile(f->fd, run->file, &offset, len);
	return send(f->fd, run->buffer, len, MSG_NOSIGNAL);
}

static void send_some(struct perf_run *run, struct perf_flow *f)
{
	size_t len = run->params->length;
	unsigned int i;
	ssize_t n;

	for (i = 0; i < CALLS && f->left; i++) {
		if (len > f->left)
			len = f->left;
		n = write_some(run, f, len);
		if (n < 0 && perf_again(errno))
			return;
		if (n < 0) {
			perf_run_fail(run, f, errno);
			return;
		}
		f->count.sent += (uint64_t)n;
		run->total.sent += (uint64_t)n;
		if (f->left != UINT64_MAX)
			f->left -= (uint64_t)n;
		if ((size_t)n < len)
			return;
	}
	if (!f->left)
		perf_bulk_stop(run, f);
}

static void receive_some(struct perf_run *run, struct perf_flow *f)
{
	unsigned int i;
	ssize_t n;

	for (i = 0; i < CALLS; i++) {
		n = recv(f->fd, run->buffer, run->params->length, 0);
		if (n < 0 && perf_again(errno))
			return;
		if (n < 0) {
			perf_run_fail(run, f, errno);
			return;
		}
		if (!n) {
			f->receive = false;
			wait_for_rest(run, f);
			return;
		}
		f->count.received += (uint64_t)n;
		run->total.received += (uint64_t)n;
	}
}

void perf_bulk_service(struct perf_run *run, struct perf_flow *f, uint32_t events)
{
	/* The calls tell best what is wrong. */
	if (events & (EPOLLERR | EPOLLHUP))
		events |= EPOLLIN | EPOLLOUT;
	if (f->receive && events & EPOLLIN)
		receive_some(run, f);
	if (f->send && events & EPOLLOUT)
		send_some(run, f);
}
