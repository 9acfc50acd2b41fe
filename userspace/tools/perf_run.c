// SPDX-License-Identifier: GPL-2.0
/*
 * weft perf: the loop of a test. Where it has one flow in one direction, calls wait in the
 * kernel and a timer interrupts them when something is due, so that nothing is measured but
 * those calls. Else sockets do not wait, and epoll tells which is ready.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "perf_run.h"

/* How often to look at the other end, ns. */
#define TICK		(100 * PERF_MS)
/* An interrupt that comes before the call that it is for comes again after, us. */
#define AGAIN		10000
/* A test that moves nothing for so long is dead, ns. */
#define IDLE_MAX	(60 * PERF_SECOND)
#define EVENTS		64

volatile sig_atomic_t perf_interrupted;

uint64_t perf_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * PERF_SECOND + (uint64_t)ts.tv_nsec;
}

/* Time that all processors together had nothing to do, ns. */
uint64_t perf_idle(void)
{
	unsigned long long idle = 0, iowait = 0;
	FILE *file = fopen("/proc/stat", "re");

	if (!file)
		return 0;
	if (fscanf(file, "cpu %*u %*u %*u %llu %llu", &idle, &iowait) != 2)
		idle = 0;
	fclose(file);
	return (idle + iowait) * (PERF_SECOND / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* --- flows --------------------------------------------------------------------------- */

/* A socket of a flow is there. Returns 0, or -1 with errno. */
int perf_run_add(struct perf_run *run, struct perf_flow *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	f->events = events;
	if (run->epoll < 0)
		return 0;
	if (fcntl(f->fd, F_SETFL, O_NONBLOCK))
		return -1;
	return epoll_ctl(run->epoll, EPOLL_CTL_ADD, f->fd, &ev);
}

/* Changes what a flow waits for. */
void perf_run_want(struct perf_run *run, struct perf_flow *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	if (run->epoll < 0 || f->events == events)
		return;
	f->events = events;
	if (epoll_ctl(run->epoll, EPOLL_CTL_MOD, f->fd, &ev))
		perf_run_fail(run, f, errno);
}

void perf_run_close(struct perf_flow *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/* The flow has done what it had to; its socket stays until the results are there. */
void perf_run_done(struct perf_run *run, struct perf_flow *f)
{
	f->send = false;
	f->receive = false;
	run->open--;
	if (run->epoll >= 0 && f->fd >= 0)
		epoll_ctl(run->epoll, EPOLL_CTL_DEL, f->fd, NULL);
}

void perf_run_fail(struct perf_run *run, struct perf_flow *f, int err)
{
	if (!run->error) {
		run->error = err;
		run->failed = (uint32_t)(f - run->flow);
	}
	run->result.failed = true;
	perf_run_close(f);
	perf_run_done(run, f);
}

/* --- what is measured ------------------------------------------------------------------ */

static void begin_window(struct perf_run *run, uint64_t now)
{
	struct perf_flow *f;

	run->began = now;
	run->idle = perf_idle();
	for (f = run->flow; f < run->flow + run->flows; f++) {
		f->count.sent_window = f->count.sent;
		f->count.received_window = f->count.received;
	}
}

static void end_window(struct perf_run *run, uint64_t now)
{
	uint64_t processors = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t all = (now - run->began) * processors, idle = perf_idle() - run->idle;
	struct perf_flow *f;

	run->ended = now;
	run->result.window = now - run->began;
	run->result.busy = all > idle ? all - idle : 0;
	for (f = run->flow; f < run->flow + run->flows; f++) {
		f->count.sent_window = f->count.sent - f->count.sent_window;
		f->count.received_window = f->count.received - f->count.received_window;
	}
}

static void print_line(struct perf_run *run, uint64_t now)
{
	struct perf_line line = {
		.from = run->told.to,
		.to = now - run->plan.start,
		.sent = run->total.sent - run->told.sent,
		.received = run->total.received - run->told.received,
		.transactions = run->total.transactions - run->told.transactions,
		.omitted = !run->began,
	};

	run->told = run->total;
	run->told.to = line.to;
	if (run->line)
		run->line(&line, run->arg);
}

/* --- what is due ------------------------------------------------------------------------ */

/* No flow begins anything any more. */
static void stop(struct perf_run *run)
{
	struct perf_flow *f;

	if (run->stop)
		return;
	run->stop = true;
	if (run->params->mode == PERF_BULK)
		for (f = run->flow; f < run->flow + run->flows; f++)
			perf_bulk_stop(run, f);
	if (run->listener >= 0)
		run->open = 0;
}

/* The test as a whole cannot go on. */
static void give_up(struct perf_run *run, int err)
{
	if (!run->error)
		run->error = err;
	run->failed = UINT32_MAX;
	run->result.failed = true;
	run->open = 0;
}

/* The client's part is done, or is to be. */
void perf_run_tell_end(struct perf_run *run)
{
	const struct perf_message m = { .type = PERF_END };

	if (!run->end_told && perf_control_write(run->control->fd, &m))
		give_up(run, errno);
	run->end_told = true;
}

/* The client may have ended the test, or one end itself. Behind the end come results. */
static void look_at_control(struct perf_run *run)
{
	struct perf_message m;
	int code;

	if (run->end_told)
		return;
	code = perf_control_read(run->control, &m, 0);
	if (code == PERF_MESSAGE && m.type == PERF_END && !run->client) {
		run->end_told = true;
		stop(run);
	} else if (code != PERF_NOTHING) {
		give_up(run, ECONNABORTED);
	}
}

static void look_at_progress(struct perf_run *run, uint64_t now)
{
	uint64_t sum = run->total.sent + run->total.received;

	if (sum != run->moved_sum) {
		run->moved_sum = sum;
		run->moved = now;
	} else if (now - run->moved > IDLE_MAX) {
		give_up(run, ETIMEDOUT);
	}
}

/* Interrupts a call that waits when the next thing is due. */
static void set_timer(const struct perf_run *run, uint64_t now)
{
	uint64_t left = run->due > now ? (run->due - now) / 1000 + 1 : 1;
	const struct itimerval timer = {
		.it_value.tv_usec = (suseconds_t)left,
		.it_interval.tv_usec = AGAIN,
	};

	if (run->epoll < 0)
		setitimer(ITIMER_REAL, &timer, NULL);
}

static void stop_timer(void)
{
	const struct itimerval off = { .it_value.tv_sec = 0 };

	setitimer(ITIMER_REAL, &off, NULL);
}

static void look_at_time(struct perf_run *run, uint64_t now)
{
	bool interrupted = run->client && perf_interrupted;
	uint64_t left;

	if (perf_plan_line(&run->plan, now) && !run->ended)
		print_line(run, now);
	if (!run->began && now >= run->plan.begin)
		begin_window(run, now);
	if (run->began && !run->ended &&
	    (interrupted || (run->plan.end && now >= run->plan.end))) {
		end_window(run, now);
		/* A server answers what it is asked until the client ends the test. */
		if (run->client || run->params->mode == PERF_BULK)
			stop(run);
		if (interrupted)
			perf_run_tell_end(run);
	}
	look_at_control(run);
	look_at_progress(run, now);
	left = perf_plan_left(&run->plan, now);
	run->due = now + (left < TICK ? left : TICK);
	set_timer(run, now);
}

/* --- the loop ---------------------------------------------------------------------------- */

static void service(struct perf_run *run, struct perf_flow *f, uint32_t events)
{
	if (run->params->mode == PERF_BULK)
		perf_bulk_service(run, f, events);
	else if (run->params->mode == PERF_RR)
		perf_rr_service(run, f);
	else if (run->client)
		perf_crr_ask(run, f);
	else
		perf_crr_answer(run, f);
}

static void wait_and_service(struct perf_run *run, uint64_t now)
{
	uint64_t left = run->due > now ? run->due - now : 0;
	struct epoll_event ev[EVENTS];
	struct perf_flow *f;
	int i, n;

	n = epoll_wait(run->epoll, ev, EVENTS, (int)((left + PERF_MS - 1) / PERF_MS));
	for (i = 0; i < n; i++) {
		f = ev[i].data.ptr;
		if (!f)
			perf_crr_accept(run);
		else if (f->fd >= 0 && (f->send || f->receive))
			service(run, f, ev[i].events);
	}
}

/* One flow whose calls wait. */
static void service_only(struct perf_run *run)
{
	if (run->listener >= 0 && run->flow->fd < 0)
		perf_crr_accept(run);
	else
		service(run, run->flow, EPOLLIN | EPOLLOUT);
}

static bool is_single(const struct perf_params *p)
{
	return p->flows == 1 && !p->bidir;
}

/* What a flow begins with. */
static int start_flow(struct perf_run *run, struct perf_flow *f)
{
	const struct perf_params *p = run->params;

	f->left = p->amount ? p->amount : UINT64_MAX;
	if (p->mode == PERF_BULK) {
		f->send = p->bidir || p->reverse != run->client;
		f->receive = p->bidir || p->reverse == run->client;
	} else {
		f->send = true;
		f->receive = true;
		f->in = run->client ? 0 : p->request;
	}
	if (p->mode == PERF_CRR)
		return 0;
	return perf_run_add(run, f, (f->receive ? EPOLLIN : 0U) |
			    (f->send && (run->client || p->mode == PERF_BULK) ? EPOLLOUT : 0U));
}

static int start_listener(struct perf_run *run)
{
	struct epoll_event ev = { .events = EPOLLIN };

	if (run->epoll < 0)
		return 0;
	if (fcntl(run->listener, F_SETFL, O_NONBLOCK))
		return -1;
	return epoll_ctl(run->epoll, EPOLL_CTL_ADD, run->listener, &ev);
}

/* Gets ready for the flows, whose sockets are there. Returns 0, or -1 with errno. */
int perf_run_init(struct perf_run *run)
{
	const struct perf_params *p = run->params;
	uint32_t room = p->length;

	run->epoll = -1;
	run->file = -1;
	room = room > p->request ? room : p->request;
	room = room > p->response ? room : p->response;
	run->room = room;
	run->buffer = malloc(room);
	if (!run->buffer)
		return -1;
	memset(run->buffer, 'w', room);
	if (!is_single(p)) {
		run->epoll = epoll_create1(EPOLL_CLOEXEC);
		if (run->epoll < 0)
			return -1;
	}
	if (p->zerocopy) {
		run->file = memfd_create("weft-perf", MFD_CLOEXEC);
		if (run->file < 0 || write(run->file, run->buffer, room) != (ssize_t)room)
			return -1;
	}
	run->latency = calloc(1, sizeof(*run->latency));
	return run->latency ? 0 : -1;
}

static void start(struct perf_run *run)
{
	uint64_t now = perf_now();
	struct perf_flow *f;

	perf_plan_init(&run->plan, run->params, run->interval, now);
	run->moved = now;
	run->open = run->flows;
	look_at_time(run, now);
	for (f = run->flow; f < run->flow + run->flows; f++)
		if (start_flow(run, f))
			perf_run_fail(run, f, errno);
	if (run->listener >= 0 && start_listener(run))
		give_up(run, errno);
	if (run->client && run->params->mode == PERF_CRR)
		for (f = run->flow; f < run->flow + run->flows; f++)
			perf_crr_begin(run, f);
}

/* Runs the test until this end has done its part. */
void perf_run(struct perf_run *run)
{
	uint64_t now;

	start(run);
	while (run->open) {
		now = perf_now();
		if (now >= run->due)
			look_at_time(run, now);
		if (!run->open)
			break;
		if (run->epoll < 0)
			service_only(run);
		else
			wait_and_service(run, now);
	}
	stop_timer();
	now = perf_now();
	if (!run->began)
		begin_window(run, now);
	if (!run->ended)
		end_window(run, now);
	/* What goes through after the time that is measured is in no line. */
	if (run->interval && !run->plan.end)
		print_line(run, now);
	run->result.flows = perf_counted(run->params);
}

/* What the sockets themselves know, once all has arrived. */
void perf_run_sum_up(struct perf_run *run)
{
	uint64_t segments, sum = 0;
	struct perf_flow *f;

	run->result.retransmits = PERF_UNKNOWN;
	if (!run->protocol->retransmits || run->params->mode == PERF_CRR)
		return;
	for (f = run->flow; f < run->flow + run->flows; f++) {
		if (f->fd < 0)
			continue;
		if (run->protocol->retransmits(f->fd, &segments))
			return;
		sum += segments;
	}
	run->result.retransmits = sum;
}

void perf_run_free(struct perf_run *run)
{
	struct perf_flow *f;

	for (f = run->flow; f < run->flow + run->flows; f++)
		perf_run_close(f);
	if (run->listener >= 0)
		close(run->listener);
	if (run->epoll >= 0)
		close(run->epoll);
	if (run->file >= 0)
		close(run->file);
	free(run->flow);
	free(run->buffer);
	free(run->latency);
}
