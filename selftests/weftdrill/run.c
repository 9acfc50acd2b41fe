// SPDX-License-Identifier: GPL-2.0
/* Runs a script: each event at its time, each segment of Weft against an event. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "names.h"
#include "run.h"
#include "show.h"

/* How late and how early something may be: so much, or the tenth part. */
#define LATE_US		30000
#define EARLY_US	15000
/* The longest single wait, so that a machine that stalls is noticed. */
#define STEP_US		10000
/* Waking up that much later than asked for is no stall. */
#define STALL_US	3000
/* For what may come at any time. */
#define ANY_US		(5 * DRILL_US)
/* After the last event nothing may come for so long. */
#define QUIET_US	20000

/* Microseconds since the script began. */
long long run_now(const struct drill_run *run)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * DRILL_US + t.tv_nsec / 1000 - run->begin;
}

/* --- telling ----------------------------------------------------------------------- */

/* A line of what happened. */
__attribute__((format(printf, 3, 4)))
static void trace(struct drill_run *run, long long at, const char *format, ...)
{
	va_list args;

	fprintf(run->trace, "#   %10.6f ", at / 1e6);
	va_start(args, format);
	vfprintf(run->trace, format, args);
	va_end(args);
	fputc('\n', run->trace);
}

static void trace_seen(struct drill_run *run, const struct drill_seen *seen)
{
	fprintf(run->trace, "#   %10.6f ", seen->at / 1e6);
	peer_show(run, run->trace, seen);
	fputc('\n', run->trace);
}

static void trace_packet(struct drill_run *run, const struct drill_packet *p)
{
	fprintf(run->trace, "#   %10.6f ", run_now(run) / 1e6);
	show_packet(run->trace, p);
	fputc('\n', run->trace);
}

__attribute__((format(printf, 3, 4)))
static bool fail(struct drill_run *run, const struct drill_event *e, const char *format,
		 ...)
{
	va_list args;

	printf("# %s:%d: ", run->name, e->line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return false;
}

/* --- waiting ----------------------------------------------------------------------- */

/* Takes what came into the queue. */
static void read_frames(struct drill_run *run)
{
	static unsigned char buf[DRILL_FRAME_MAX];
	struct drill_seen seen = { 0 };
	ssize_t n;

	for (;;) {
		n = read(run->tap, buf, sizeof(buf));
		if (n <= 0)
			return;
		seen.at = run_now(run);
		seen.frame = buf;
		seen.frame_len = n;
		if (!drill_frame_read(&seen) || run->tail - run->head == RUN_QUEUE)
			continue;
		seen.frame = malloc(n);
		if (!seen.frame)
			abort();
		memcpy(seen.frame, buf, n);
		drill_frame_read(&seen);
		run->queue[run->tail++ % RUN_QUEUE] = seen;
	}
}

static bool queue_empty(const struct drill_run *run)
{
	return run->head == run->tail;
}

/* Waits for a frame or for @fd, if that is one, a step long at most. */
static void wait_step(struct drill_run *run, long long us, int fd)
{
	struct pollfd p[] = { { .fd = run->tap, .events = POLLIN },
			      { .fd = fd, .events = POLLIN } };
	struct timespec t;
	long long late;

	if (us > STEP_US)
		us = STEP_US;
	if (us < 0)
		us = 0;
	t = (struct timespec){ .tv_nsec = us * 1000 };
	ppoll(p, 2, &t, NULL);
	late = run_now(run) - run->awake - us;
	if (late > STALL_US)
		run->stall += late;
	read_frames(run);
	run->awake = run_now(run);
}

/* How long the machine stood still since the last event. */
static long long stalled(const struct drill_run *run)
{
	return run->stall - run->last_stall;
}

/* Before that time a thing of this event is too early. */
static long long earliest(const struct drill_run *run, const struct drill_time *t)
{
	long long slack = t->from / 10;

	if (t->any)
		return 0;
	if (slack < EARLY_US)
		slack = EARLY_US;
	return (t->relative ? run->last_begin : 0) + t->from - slack;
}

/* After that time it is too late. */
static long long latest(const struct drill_run *run, const struct drill_time *t)
{
	long long slack = t->to / 10;

	if (t->any)
		return run->last_end + ANY_US * run->patience;
	if (slack < LATE_US)
		slack = LATE_US;
	return (t->relative ? run->last_end : 0) + t->to + stalled(run) +
	       (long long)(slack * run->patience);
}

static void happened(struct drill_run *run, long long begin, long long end)
{
	run->last_begin = begin;
	run->last_end = end;
	run->last_stall = run->stall;
	run->awake = run_now(run);
}

/*
 * When a segment may have been sent that was seen at @at: earlier by what the machine
 * stood still.
 */
static long long sent_after(const struct drill_run *run, long long at)
{
	return at - stalled(run) > run->last_begin ? at - stalled(run) : run->last_begin;
}

/* Waits for the time of something that the tool does; Weft must be silent until then. */
static bool wait_for_turn(struct drill_run *run, const struct drill_event *e)
{
	long long when = (e->time.relative ? run->last_end : 0) + e->time.from;

	do {
		wait_step(run, when - run_now(run), -1);
		if (!queue_empty(run)) {
			trace_seen(run, &run->queue[run->head % RUN_QUEUE]);
			return fail(run, e, "a segment that nobody expected");
		}
	} while (run_now(run) < when);
	return true;
}

/* --- events ------------------------------------------------------------------------ */

static bool expect_packet(struct drill_run *run, const struct drill_event *e)
{
	char why[128] = "";
	FILE *f = fmemopen(why, sizeof(why), "w");
	struct drill_seen *seen;
	bool good;

	while (queue_empty(run) && run_now(run) < latest(run, &e->time))
		wait_step(run, latest(run, &e->time) - run_now(run), -1);
	if (queue_empty(run)) {
		fclose(f);
		trace_packet(run, &e->packet);
		return fail(run, e, "expected as in the last line, got nothing");
	}
	seen = &run->queue[run->head % RUN_QUEUE];
	good = peer_match(run, &e->packet, seen, f);
	fclose(f);
	trace_seen(run, seen);
	if (!good) {
		trace_packet(run, &e->packet);
		return fail(run, e, "%s: expected as in the last line, got what is above",
			    why);
	}
	if (seen->at < earliest(run, &e->time) || seen->at > latest(run, &e->time))
		return fail(run, e, "at %.6f, expected at %.6f to %.6f", seen->at / 1e6,
			    earliest(run, &e->time) / 1e6, latest(run, &e->time) / 1e6);
	happened(run, sent_after(run, seen->at), seen->at);
	free(seen->frame);
	run->head++;
	return true;
}

static bool send_packet(struct drill_run *run, const struct drill_event *e)
{
	char why[128] = "";
	FILE *f = fmemopen(why, sizeof(why), "w");
	long long begin = run_now(run);
	bool good;

	if (e->kind == DRILL_ERROR) {
		trace(run, begin, "< control message %d, code %d", e->error.type,
		      e->error.code);
		good = peer_error(run, &e->error, f);
	} else {
		trace_packet(run, &e->packet);
		good = peer_send(run, &e->packet, f);
	}
	fclose(f);
	happened(run, begin, run_now(run));
	return good || fail(run, e, "%s", why);
}

static bool result_right(const struct drill_result *r, long got)
{
	return r->said ? got >= r->from && got <= r->to : got >= 0;
}

static void result_show(const struct drill_event *e, long n, char *text, size_t size)
{
	const char *name = n < 0 ? strerrorname_np(-n) : NULL;
	const struct drill_word *w = drill_events;
	size_t used = 0;

	snprintf(text, size, "%ld", n);
	if (e->call.verb == DRILL_STATE && n >= 0)
		name = drill_word_name(drill_states, n);
	if (name)
		snprintf(text, size, "%s", name);
	if (e->call.verb != DRILL_POLL || n <= 0 || e->kind == DRILL_END)
		return;
	for (; w->name; w++)
		if (w->n & n && used < size)
			used += snprintf(text + used, size - used, "%s%s", used ? "|" : "",
					 w->name);
}

static bool check_result(struct drill_run *run, const struct drill_event *e, long got)
{
	char is[64], should[64];

	result_show(e, got, is, sizeof(is));
	trace(run, run_now(run), "line %d: %s", e->line, is);
	if (result_right(&e->result, got))
		return true;
	result_show(e, e->result.from, should, sizeof(should));
	return fail(run, e, "gave %s, expected %s%s", is,
		    e->result.said ? should : "no error",
		    e->result.from != e->result.to ? " or more" : "");
}

static bool make_call(struct drill_run *run, const struct drill_event *e)
{
	long long begin = run_now(run);
	long got = call_do(run, &e->call, MSG_DONTWAIT);
	struct timespec tick = { .tv_nsec = 1000000 };

	while (call_is_look(&e->call) && !result_right(&e->result, got) &&
	       run_now(run) < begin + LATE_US * run->patience) {
		nanosleep(&tick, NULL);
		got = call_do(run, &e->call, MSG_DONTWAIT);
	}
	if (e->call.verb == DRILL_COUNTER && got >= 0)
		run_kept(run, e->call.word)->n += got;
	happened(run, begin, run_now(run));
	return check_result(run, e, got);
}

static bool start_call(struct drill_run *run, const struct drill_event *e)
{
	long long begin = run_now(run);
	int err = call_start(run, &e->call);

	trace(run, begin, "line %d: starts", e->line);
	happened(run, begin, run_now(run));
	return !err || fail(run, e, "cannot start: %s", strerror(-err));
}

/* Waits for the end of a call in the background; segments may come before that. */
static bool end_call(struct drill_run *run, const struct drill_event *e)
{
	struct drill_task *task = NULL;
	long long done = 0;
	char c;
	int i;

	for (i = run->n_tasks - 1; i >= 0; i--)
		if (run->task[i].sock && !strcmp(run->task[i].sock->name, e->call.sock))
			task = &run->task[i];
	if (!task)
		return fail(run, e, "no call of %s was started", e->call.sock);
	do {
		wait_step(run, latest(run, &e->time) - run_now(run), task->wake[0]);
		done = __atomic_load_n(&task->done, __ATOMIC_ACQUIRE);
	} while (!done && run_now(run) < latest(run, &e->time));
	if (!done)
		return fail(run, e, "the call has not ended");
	if (done < earliest(run, &e->time))
		return fail(run, e, "the call ended at %.6f, expected at %.6f or later",
			    done / 1e6, earliest(run, &e->time) / 1e6);
	if (read(task->wake[0], &c, 1))
		return fail(run, e, "the call has not ended well");
	call_end(task);
	happened(run, done, run_now(run));
	return check_result(run, e, task->result);
}

static bool run_event(struct drill_run *run, const struct drill_event *e)
{
	if (e->kind == DRILL_PACKET && e->packet.out)
		return expect_packet(run, e);
	if (e->kind == DRILL_END)
		return end_call(run, e);
	if (!wait_for_turn(run, e))
		return false;
	switch (e->kind) {
	case DRILL_PACKET:
	case DRILL_ERROR:
		return send_packet(run, e);
	case DRILL_CALL:
		return make_call(run, e);
	case DRILL_START:
		return start_call(run, e);
	case DRILL_ISN:
		run_conn(run, e->packet.conn)->them_isn = e->isn;
		break;
	default:
		break;
	}
	happened(run, run_now(run), run_now(run));
	return true;
}

/**
 * run_script - run a script
 * @run: as it is before; @name, @tap and @patience are set
 * @script: the script
 * @line: tells which line it is at
 *
 * Return: true if all went as the script says; else it was told on standard output why
 * not, and what happened.
 */
bool run_script(struct drill_run *run, const struct drill_script *script,
		volatile int *line)
{
	struct drill_event end = { .kind = DRILL_QUIET,
				   .time = { .relative = true, .from = QUIET_US } };
	char *text = NULL;
	size_t size, i;
	bool good = true;

	run->trace = open_memstream(&text, &size);
	run->begin = run_now(run);
	for (i = 0; i < script->n_events && good; i++) {
		if (script->event[i].kind == DRILL_DONE)
			break;
		*line = script->event[i].line;
		good = run_event(run, &script->event[i]);
	}
	end.line = *line;
	if (good && i == script->n_events)
		good = wait_for_turn(run, &end);
	peer_hang_up(run);
	fclose(run->trace);
	if (!good)
		fputs(text, stdout);
	free(text);
	return good;
}
