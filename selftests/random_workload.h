/* SPDX-License-Identifier: GPL-2.0 */
/* One workload of stream_random.c: a connection, what happens to it, and what to tell of it. */
#ifndef RANDOM_WORKLOAD_H
#define RANDOM_WORKLOAD_H

#include "random_end.h"
#include "random_path.h"

/* A flow has at most so many times the most bytes of a call. */
#define CALLS		250

/**
 * enum ending - how a workload ends
 * @ENDING_ORDERLY: both ends send all that they have to and close
 * @ENDING_RESET: one end closes with SO_LINGER and no time
 * @ENDING_UNREAD: one end closes when something waits to be read
 * @ENDING_EARLY: one end closes while the other may still send
 */
enum ending { ENDING_ORDERLY, ENDING_RESET, ENDING_UNREAD, ENDING_EARLY };

static const char *const ending_names[] = { "orderly", "reset", "unread", "early" };

/**
 * struct workload - a connection and what happens to it
 * @round: seed of its round
 * @index: in its round
 * @lane: where it runs
 * @messages: SOCK_SEQPACKET
 * @ending: how it ends
 * @actor: which end ends it, unless it is orderly
 * @act_at: when so many bytes were sent and received by that end
 * @waits: an end that sends nothing before the other has sent all; -1 for none
 * @change: percent of ticks in which an option changes
 * @flow: what A sends, what B sends
 * @end: A, which connects, and B
 * @p: for all else
 * @port: A's port
 * @start_at: ms
 * @open: A's connect() has succeeded
 * @met: B was accepted
 * @done: it is over
 * @moved_at: when something came or was sent last, ms
 * @alive_at: when either end had sent a segment last, ms
 * @segs: segments that both had sent then
 */
struct workload {
	uint64_t round;
	unsigned int index;
	struct lane *lane;
	bool messages;
	enum ending ending;
	int actor;
	uint64_t act_at;
	int waits;
	uint32_t change;
	struct flow flow[2];
	struct end end[2];
	struct prng p;
	uint16_t port;
	int64_t start_at;
	bool open, met, done;
	int64_t moved_at, alive_at;
	uint64_t segs;
};

/* --- telling of it ----------------------------------------------------------------------- */

static inline void workload_print_end(const struct end *e, const char *name)
{
	struct weft_info i = {};
	socklen_t len = sizeof(i);

	printf("#   %s: sent %lu of %lu, got %lu of %lu%s%s", name, e->out->sent, e->out->total,
	       e->in->got, e->in->total, e->shut ? ", shut" : "", e->eof ? ", eof" : "");
	if (e->fd < 0 || getsockopt(e->fd, SOL_WEFT, WEFT_INFO, &i, &len)) {
		printf(", no socket\n");
		return;
	}
	printf(", inq %d, outq %d, pause %ld %ld\n", end_waiting(e, SIOCINQ),
	       end_waiting(e, SIOCOUTQ), e->send_at - now_ms(), e->read_at - now_ms());
	printf("#     state %u recovery %u backoff %u probes %u rto %u rtt %u min %u mss %u/%u\n",
	       i.state, i.recovery, i.backoff, i.probes, i.rto, i.rtt, i.min_rtt, i.snd_mss,
	       i.rcv_mss);
	printf("#     cwnd %u ssthresh %u in_flight %u unacked %u sacked %u lost %u notsent %u\n"
	       "#     snd_wnd %u rcv_wnd %u space %u\n",
	       i.cwnd, i.ssthresh, i.in_flight, i.unacked, i.sacked, i.lost,
	       i.notsent, i.snd_wnd, i.rcv_wnd, i.rcv_space);
	printf("#     sent %u ms ago, heard %u, data %u; timeouts %u tlps %u undone %u dsacks %u; "
	       "bytes sent %llu acked %llu again %llu received %llu twice %llu; "
	       "segs out %llu in %llu data %llu %llu again %llu aside %llu\n",
	       i.last_data_sent, i.last_recv, i.last_data_recv, i.timeouts, i.tlps, i.undone,
	       i.dsacks, i.bytes_sent, i.bytes_acked, i.bytes_retrans, i.bytes_received,
	       i.bytes_duplicate, i.segs_out, i.segs_in, i.data_segs_out, i.data_segs_in,
	       i.segs_retrans, i.segs_out_of_order);
}

static inline void lane_print_drops(const struct lane *lane)
{
	static const char names[] = "arb";
	char name[64];
	long n;
	FILE *f;
	int i;

	for (i = 0; i < NODES; i++) {
		lane_enter(lane, i);
		f = fopen("/proc/thread-self/net/weft/stat", "r");
		printf("#   %c:", names[i]);
		while (f && fscanf(f, "%63s %ld", name, &n) == 2)
			if (n && (!strncmp(name, "Drop", 4) || strstr(name, "Discards") ||
				  strstr(name, "Fail") || strstr(name, "Abort")))
				printf(" %s %ld", name, n);
		printf("\n");
		if (f)
			fclose(f);
	}
}

static inline void workload_print(const struct workload *w)
{
	printf("# after %ld ms: --seed 0x%lx --only %u\n", now_ms() - w->start_at, w->round,
	       w->index);
	path_print(&w->lane->path);
	printf("#   %s, %s, end %d at %lu, waits %d, changes %u%%, met %d\n",
	       w->messages ? "messages" : "bytes", ending_names[w->ending], w->actor, w->act_at,
	       w->waits, w->change, w->met);
	workload_print_end(&w->end[0], "A");
	workload_print_end(&w->end[1], "B");
}

/* --- making it --------------------------------------------------------------------------- */

/* Bytes of a flow at most, so that a round takes seconds and not hours. */
static inline uint32_t workload_flow_max(const struct path *path)
{
	int bad = path_badness(path);
	uint32_t max = !bad ? 4 << 20 : bad <= 3 ? 1 << 20 : bad <= 10 ? 300000 :
		       bad <= 25 ? 60000 : 20000;

	return path->rate ? least(max, path->rate * 60) : max;
}

static inline void workload_make_end(struct workload *w, int i)
{
	struct end *e = &w->end[i];
	struct prng *p = &w->p;

	*e = (struct end){
		.fd = -1,
		.messages = w->messages,
		.out = &w->flow[i],
		.in = &w->flow[!i],
		.p = { prng_next(p) },
		.call_max = 1 + prng_size(p, CALL_MAX - 1),
		.pause = prng_pick(p, 0, 0, 5, 20),
		.pause_ms = prng_pick(p, 2, 50, 500),
	};
	/* Of many small calls one that pauses for long would be many. */
	if (e->call_max < 1000)
		e->pause_ms = 2;
}

static inline void workload_make_flow(struct workload *w, int i, uint32_t max)
{
	struct prng *p = &w->p;
	struct prng lens = { prng_next(p) };
	uint32_t call;

	w->flow[i] = (struct flow){
		.base = prng_below(p, POOL_SIZE),
		.message_max = 1 + prng_size(p, prng_chance(p, 20) ? MESSAGE_MAX - 1 : 20000),
		.sent_lens = lens,
		.got_lens = lens,
	};
	/* Some thousand calls at most. */
	call = w->messages ? w->flow[i].message_max :
	       least(w->end[0].call_max, w->end[1].call_max);
	if (prng_chance(p, 95))
		w->flow[i].total = prng_size(p, least(max, CALLS * (uint64_t)call));
}

static inline void workload_make(struct workload *w, uint64_t seed, struct lane *lane, int i)
{
	struct prng *p = &w->p;
	int kind;

	memset(w, 0, sizeof(*w));
	w->round = seed;
	w->index = i;
	w->lane = lane;
	w->p.state = seed ^ (i + 1) * 0xd1342543de82ef95ULL;
	kind = prng_below(p, 20);
	w->messages = prng_chance(p, 30);
	w->ending = kind < 14 ? ENDING_ORDERLY : kind < 16 ? ENDING_RESET :
		    kind < 18 ? ENDING_UNREAD : ENDING_EARLY;
	w->actor = prng_below(p, 2);
	w->waits = prng_chance(p, 10) ? prng_pick(p, 0, 1) : -1;
	w->change = prng_pick(p, 0, 0, 5, 30);
	workload_make_end(w, 0);
	workload_make_end(w, 1);
	workload_make_flow(w, 0, workload_flow_max(&lane->path));
	workload_make_flow(w, 1, prng_chance(p, 50) ? 1000 : workload_flow_max(&lane->path));
	w->act_at = prng_below(p, w->flow[0].total + w->flow[1].total + 1);
	if (w->ending != ENDING_ORDERLY)
		w->waits = -1;
	w->start_at = now_ms() + prng_below(p, 300);
	w->moved_at = w->start_at;
	w->alive_at = w->start_at;
}

#endif /* RANDOM_WORKLOAD_H */
