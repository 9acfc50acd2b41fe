/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replays the traces in trace/, which tell what a reference model made of the same
 * acknowledgments, losses and pauses. reference/traces tells of their form.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "congestion.h"
#include "tap.h"

/* The first sequence number: soon they wrap. */
#define REPLAY_ISN	0xfffe0000U

/**
 * struct replay - a replay
 * @name: of the trace
 * @cc: what is tested
 * @acked: bytes acknowledged
 * @sent: bytes to be sent after the window is compared
 * @permille: how much windows may differ, in thousandths
 * @bytes: how much they may differ in addition; -1: a segment
 * @worst: the most that windows differed, bytes
 * @worst_permille: the same in thousandths
 */
struct replay {
	const char *name;
	struct weft_cc cc;
	u32 acked;
	u32 sent;
	long permille;
	long bytes;
	long worst;
	long worst_permille;
};

static inline bool replay_init(struct replay *r, const char *args)
{
	char name[WEFT_CC_NAME_MAX + 1];
	unsigned int mss;

	if (sscanf(args, "%16s %u", name, &mss) != 2)
		return false;
	weft_cc_init(&r->cc, weft_cc_find(name, sizeof(name)), mss);
	if (r->bytes < 0)
		r->bytes = mss;
	return true;
}

static inline bool replay_acks(struct replay *r, const char *args)
{
	unsigned int interval, count, bytes, rtt, rtt_step, srtt, nxt, nxt_step, limited, i;
	unsigned long long now;
	u32 before;

	if (sscanf(args, "%llu %u %u %u %u %u %u %u %u %u", &now, &interval, &count, &bytes,
		   &rtt, &rtt_step, &srtt, &nxt, &nxt_step, &limited) != 10)
		return false;
	for (i = 0; i < count; i++) {
		struct weft_cc_ack ack = {
			.now = now + (u64)i * interval,
			.bytes = bytes,
			.in_flight = r->cc.cwnd,
			.rtt = rtt + i * rtt_step,
			.srtt = srtt,
			.una = REPLAY_ISN + r->acked + bytes,
			.nxt = REPLAY_ISN + nxt + i * nxt_step,
			.limited = limited,
		};

		before = r->cc.cwnd;
		weft_cc_acked(&r->cc, &ack);
		if (r->cc.cwnd < before)
			return false;
		r->acked += bytes;
	}
	return true;
}

static inline bool replay_recovery(struct replay *r, const char *args)
{
	unsigned int flight;

	if (sscanf(args, "%u", &flight) != 1)
		return false;
	weft_cc_congested(&r->cc, flight);
	return r->cc.recovering;
}

static inline bool replay_recovered(struct replay *r, const char *args)
{
	(void)args;
	weft_cc_recovered(&r->cc);
	return !r->cc.recovering;
}

static inline bool replay_loss(struct replay *r, const char *args)
{
	return replay_recovery(r, args) && replay_recovered(r, args);
}

static inline bool replay_prr(struct replay *r, const char *args)
{
	unsigned int delivered, flight, safe;

	if (sscanf(args, "%u %u %u %u", &delivered, &flight, &safe, &r->sent) != 4)
		return false;
	weft_cc_recovering(&r->cc, delivered, flight, safe);
	return true;
}

static inline bool replay_timeout(struct replay *r, const char *args)
{
	unsigned int flight, first;
	unsigned long long now;

	if (sscanf(args, "%llu %u %u", &now, &flight, &first) != 3)
		return false;
	weft_cc_timeout(&r->cc, flight, first, now);
	return true;
}

static inline bool replay_idle(struct replay *r, const char *args)
{
	unsigned int idle, rto;
	unsigned long long now;

	if (sscanf(args, "%llu %u %u", &now, &idle, &rto) != 3)
		return false;
	weft_cc_idle(&r->cc, idle, rto, now);
	return true;
}

static inline bool replay_undo(struct replay *r, const char *args)
{
	(void)args;
	weft_cc_undo(&r->cc);
	return true;
}

static const struct {
	const char *name;
	bool (*run)(struct replay *r, const char *args);
} replay_events[] = {
	{ "init ", replay_init },
	{ "acks ", replay_acks },
	{ "loss ", replay_loss },
	{ "timeout ", replay_timeout },
	{ "idle ", replay_idle },
	{ "undo ", replay_undo },
	{ "recovery ", replay_recovery },
	{ "prr ", replay_prr },
	{ "recovered ", replay_recovered },
};

static inline bool replay_event(struct replay *r, const char *line)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(replay_events); i++) {
		size_t n = strlen(replay_events[i].name);

		if (!strncmp(line, replay_events[i].name, n))
			return replay_events[i].run(r, line + n);
	}
	return false;
}

static inline bool replay_near(struct replay *r, u32 is, u32 should)
{
	long off = labs((long)is - (long)should);

	r->worst = off > r->worst ? off : r->worst;
	if (off * 1000 > r->worst_permille * should)
		r->worst_permille = off * 1000 / should;
	return off <= r->bytes + (long)should / 1000 * r->permille;
}

/* What comes behind "=". A window of 0 is not compared. */
static inline bool replay_compare(struct replay *r, const char *result)
{
	unsigned int cwnd, ssthresh, css;

	if (!result || sscanf(result, "= %u %u %u", &cwnd, &ssthresh, &css) != 3)
		return false;
	if ((!cwnd || replay_near(r, r->cc.cwnd, cwnd)) &&
	    replay_near(r, r->cc.ssthresh, ssthresh) && r->cc.hystart.css == css)
		return true;
	printf("# cwnd %u, ssthresh %u, css %d\n", r->cc.cwnd, r->cc.ssthresh,
	       r->cc.hystart.css);
	return false;
}

static inline FILE *replay_open(const char *name)
{
	const char *slash = strrchr(__FILE__, '/');
	char path[512];

	snprintf(path, sizeof(path), "%.*strace/%s.txt",
		 slash ? (int)(slash - __FILE__) + 1 : 0, __FILE__, name);
	return fopen(path, "r");
}

/*
 * Windows may differ by @permille, and by @bytes or a segment (-1). Returns how many
 * events there were.
 */
static inline unsigned int replay(const char *name, long permille, long bytes)
{
	struct replay r = { .name = name, .permille = permille, .bytes = bytes };
	FILE *f = replay_open(name);
	unsigned int n = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		bool ok;

		if (line[0] == '#')
			continue;
		n++;
		ok = replay_event(&r, line) && replay_compare(&r, strchr(line, '='));
		weft_cc_sent(&r.cc, r.sent);
		r.sent = 0;
		if (!ok) {
			printf("# %s, event %u: %s", name, n, line);
			n = 0;
			break;
		}
	}
	if (f)
		fclose(f);
	printf("# %s: %u events, at most %ld bytes, %ld.%ld %% off\n", name, n, r.worst,
	       r.worst_permille / 10, r.worst_permille % 10);
	CHECK(n > 1);
	return n;
}

#endif /* REPLAY_H */
