// SPDX-License-Identifier: GPL-2.0
/*
 * Random workloads over bad paths: whatever a path does to packets, and whatever programs
 * do to their sockets, what comes is what was sent, none lost, none doubled, none stuck.
 *
 *	stream_random [--seconds S] [--workloads N] [--lanes L] [--seed X [--only I]] [--verbose]
 *
 * Rounds of workloads run side by side, each round in a lane of its own; all of a round,
 * its path and its workloads, follows from a seed. A workload that fails tells it, and
 * --seed with --only runs it alone.
 *
 * lab: --nodes 1 --nic none
 * timeout: 400
 */
#include <getopt.h>
#include <signal.h>
#include "random_workload.h"

#define PORT_BYTES	7000
#define PORT_MESSAGES	7001
#define ROUND		16
#define FAILURES_MAX	5
/* Silence of a connection beyond what its timers say, and in a handshake; ms. */
#define SILENCE		5000
#define SILENCE_OPENING	130000
/* A workload may take so long, and so long more for each KiB; ms. */
#define LIMIT		240000
#define LIMIT_KB	400
/* So long before that, its path loses nothing more: the longest timeout, and some. */
#define EASED		(SILENCE_OPENING + SILENCE)
/* So long the end that closed first knows the connection at least, ms. */
#define TIME_WAIT	60000

/**
 * struct round - the workloads of a lane
 * @seed: all that there is of it
 * @p: for the path's changes
 * @begun: ms
 * @running: workloads
 * @n: how many
 * @work: they
 */
struct round {
	uint64_t seed;
	struct prng p;
	int64_t begun;
	int running, n;
	struct workload work[ROUND];
};

static int weft, n_lanes = 4, only = -1;
static long wanted = 1000000, seconds = 60;
static struct prng seeds;
static bool seed_given, verbose;
static struct lane lanes[LANES_MAX];
static struct round rounds[LANES_MAX];
static int listeners[LANES_MAX][2];
static int64_t begun, stop_at;

static struct {
	long workloads, bytes, messages, resets, failed, again;
	int64_t slowest;
} sum;

/* --- what went wrong --------------------------------------------------------------------- */

static void end_workload(struct workload *w)
{
	struct round *round = &rounds[w->lane - lanes];
	int64_t took = now_ms() - w->start_at;
	int i;

	for (i = 0; i < 2; i++) {
		if (w->end[i].fd >= 0)
			close(w->end[i].fd);
		w->end[i].fd = -1;
		sum.bytes += w->flow[i].got;
	}
	w->done = true;
	round->running--;
	sum.workloads++;
	sum.messages += w->messages;
	sum.resets += w->ending != ENDING_ORDERLY;
	if (took > sum.slowest)
		sum.slowest = took;
}

static void fail(struct workload *w, const char *why, int err)
{
	printf("# %s%s%s\n", why, err ? ": " : "", err ? strerror(err) : "");
	workload_print(w);
	lane_print_drops(w->lane);
	CHECK(!"a workload is as it should be");
	sum.failed++;
	end_workload(w);
}

/* --- beginning them ---------------------------------------------------------------------- */

/* What both ends of a connection get before it is used. */
static void begin_end(struct workload *w, int i)
{
	struct end *e = &w->end[i];

	CHECK(!sock_set(e->fd, SOL_WEFT, WEFT_SYNCNT, 10));
	if (!e->messages && prng_chance(&e->p, 20)) {
		e->zerocopy = true;
		CHECK(!sock_set(e->fd, SOL_WEFT, WEFT_ZEROCOPY, 1));
	}
	if (w->ending == ENDING_ORDERLY || i == w->actor)
		return;
	/* A reset may be lost: who waits for it asks. */
	CHECK(!sock_set(e->fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	CHECK(!sock_set(e->fd, SOL_WEFT, WEFT_KEEPIDLE, 2));
	CHECK(!sock_set(e->fd, SOL_WEFT, WEFT_KEEPINTVL, 1));
	CHECK(!sock_set(e->fd, SOL_WEFT, WEFT_KEEPCNT, 30));
}

static void connect_workload(struct workload *w)
{
	struct sock_name to = lane_name(1, w->messages ? PORT_MESSAGES : PORT_BYTES), own;
	struct end *e = &w->end[0];

	lane_enter(w->lane, NODE_A);
	e->fd = socket(weft, (w->messages ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_NONBLOCK |
		       SOCK_CLOEXEC, 0);
	CHECK(e->fd >= 0);
	begin_end(w, 0);
	if (prng_chance(&w->p, w->change))
		end_change(e);
	own.len = sizeof(own.weft);
	if ((connect(e->fd, &to.sa, to.len) && errno != EINPROGRESS) ||
	    getsockname(e->fd, &own.sa, &own.len))
		fail(w, "connect", errno);
	w->port = own.weft.sweft_port;
}

static void accept_one(struct lane *lane, int fd, bool messages, const struct sock_name *from)
{
	struct round *round = &rounds[lane - lanes];
	int i;

	for (i = 0; i < round->n; i++) {
		struct workload *w = &round->work[i];

		if (w->done || w->met || w->messages != messages || w->end[0].fd < 0 ||
		    w->port != from->weft.sweft_port)
			continue;
		w->end[1].fd = fd;
		w->met = true;
		w->moved_at = now_ms();
		begin_end(w, 1);
		return;
	}
	close(fd);
}

static void accept_all(int i)
{
	struct sock_name from;
	int j, fd;

	for (j = 0; j < 2; j++)
		for (;;) {
			from.len = sizeof(from.weft);
			fd = accept4(listeners[i][j], &from.sa, &from.len,
				     SOCK_NONBLOCK | SOCK_CLOEXEC);
			if (fd < 0)
				break;
			accept_one(&lanes[i], fd, j, &from);
		}
}

/* --- running them ------------------------------------------------------------------------ */

static bool passive(const struct workload *w, int i)
{
	return w->ending != ENDING_ORDERLY && i != w->actor;
}

/* A call has failed: is that what had to be? */
static void failed_call(struct workload *w, int i, int err, const char *call)
{
	struct end *e = &w->end[i];

	if (err == EAGAIN)
		return;
	if (err == ENOBUFS) {
		sum.again++;
		e->send_at = now_ms() + 10;
		return;
	}
	if (!passive(w, i) || w->end[!i].fd >= 0 ||
	    (err != ECONNRESET && !(err == EPIPE && w->ending == ENDING_EARLY))) {
		fail(w, call, err);
		return;
	}
	close(e->fd);
	e->fd = -1;
}

static bool sent_all(const struct flow *f)
{
	return f->sent == f->total && !f->begun;
}

/* The end that ends it has nothing more to wait for. */
static bool exhausted(const struct workload *w)
{
	const struct end *e = &w->end[w->actor];

	return sent_all(e->out) && sent_all(e->in) && e->in->got == e->in->total;
}

/* Is there something to be read? */
static bool unread(const struct end *e)
{
	struct msghdr msg = {};

	if (!e->messages)
		return end_waiting(e, SIOCINQ);
	return recvmsg(e->fd, &msg, MSG_PEEK | MSG_DONTWAIT) >= 0 && msg.msg_flags & MSG_EOR;
}

/* Ends the workload if its time has come. Returns true if no more is to be read. */
static bool act(struct workload *w)
{
	struct end *e = &w->end[w->actor];
	struct linger linger = { 1, 0 };

	if (w->ending == ENDING_ORDERLY || !w->open || !w->met || e->fd < 0 ||
	    (e->out->sent + e->in->got < w->act_at && !exhausted(w)))
		return false;
	if (w->ending == ENDING_UNREAD && !unread(e) &&
	    e->in->got < e->in->total && w->end[!w->actor].fd >= 0)
		return true;
	if (w->ending == ENDING_RESET || (w->ending == ENDING_UNREAD && !unread(e)))
		CHECK(!setsockopt(e->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	close(e->fd);
	e->fd = -1;
	w->moved_at = now_ms();
	return true;
}

static void ended(struct workload *w, int i)
{
	struct end *e = &w->end[i];

	if (passive(w, i) && (w->ending != ENDING_EARLY || w->end[!i].fd >= 0))
		fail(w, "the end of what comes without a reason", 0);
	else if (!passive(w, i) && e->in->got != e->in->total)
		fail(w, "not all came", 0);
	else if (passive(w, i) && !w->messages && e->in->got != e->in->sent)
		fail(w, "not all came before the end", 0);
}

static void read_end(struct workload *w, int i)
{
	struct end *e = &w->end[i];
	const char *wrong = NULL;
	int calls, err = 0;

	for (calls = 0; calls < 4 && !err && !e->eof && e->read_at <= now_ms(); calls++) {
		err = end_receive(e, &wrong);
		if (!err)
			w->moved_at = now_ms();
		if (wrong) {
			fail(w, wrong, 0);
			return;
		}
	}
	if (err)
		failed_call(w, i, err, "receive");
	else if (e->eof)
		ended(w, i);
}

static void write_end(struct workload *w, int i)
{
	struct end *e = &w->end[i];
	int calls, err = 0;

	if (w->waits == i && !e->eof)
		return;
	for (calls = 0; calls < 4 && !err && !sent_all(e->out) && e->send_at <= now_ms(); calls++) {
		err = end_send(e);
		if (!err)
			w->moved_at = now_ms();
	}
	if (err) {
		failed_call(w, i, err, "send");
	} else if (sent_all(e->out) && !e->shut && e->send_at <= now_ms() &&
		   (w->ending == ENDING_ORDERLY || passive(w, i))) {
		e->shut = true;
		e->shut_at = now_ms();
		if (shutdown(e->fd, SHUT_WR) && !(errno == ENOTCONN && passive(w, i)))
			fail(w, "shutdown", errno);
	}
}

/*
 * Has the other end all of it? One that has, and closed, forgets the connection after
 * TIME_WAIT, whether its last acknowledgment came through or not: then it answers RST.
 */
static bool delivered(struct workload *w, int i)
{
	const struct end *e = &w->end[i];
	socklen_t len = sizeof(int);
	int err = 0;

	if (!end_waiting(e, SIOCOUTQ))
		return true;
	if (!getsockopt(e->fd, SOL_SOCKET, SO_ERROR, &err, &len) && !err)
		return false;
	if (err == ECONNRESET && w->end[!i].fd < 0 && now_ms() - e->shut_at >= TIME_WAIT)
		return true;
	fail(w, "the end of what was sent", err);
	return false;
}

/* Closed when all is done: on bad paths not before the other has all of it. */
static void close_end(struct workload *w, int i)
{
	struct end *e = &w->end[i];

	if (!e->shut || !e->eof ||
	    (path_badness(&w->lane->path) > 10 && !passive(w, i) && !delivered(w, i)))
		return;
	close(e->fd);
	e->fd = -1;
}

static void run_end(struct workload *w, int i, int events)
{
	struct end *e = &w->end[i];
	socklen_t len = sizeof(int);
	int err = 0;

	if (!i && !w->open) {
		if (!(events & (POLLOUT | POLLERR | POLLHUP)))
			return;
		if (getsockopt(e->fd, SOL_SOCKET, SO_ERROR, &err, &len) || err) {
			fail(w, "connect", err);
			return;
		}
		w->open = true;
		w->moved_at = now_ms();
	}
	end_drain(e);
	if (i == w->actor && act(w))
		return;
	if (events & (POLLIN | POLLERR | POLLHUP))
		read_end(w, i);
	if (!w->done && e->fd >= 0 && events & (POLLOUT | POLLERR | POLLHUP))
		write_end(w, i);
	if (!w->done && e->fd >= 0)
		close_end(w, i);
}

/* --- watching them ----------------------------------------------------------------------- */

/* Segments of both ends, and the longest time that a timer may wait, ms. */
static uint64_t pulse(const struct workload *w, int64_t *wait)
{
	struct weft_info info;
	uint64_t segs = 0;
	socklen_t len;
	int i;

	*wait = w->met ? 0 : SILENCE_OPENING;
	for (i = 0; i < 2; i++) {
		len = sizeof(info);
		if (w->end[i].fd < 0 ||
		    getsockopt(w->end[i].fd, SOL_WEFT, WEFT_INFO, &info, &len)) {
			*wait = SILENCE_OPENING;
			continue;
		}
		segs += info.segs_out;
		if (info.rto / 1000 > *wait)
			*wait = info.rto / 1000;
	}
	return segs;
}

static int64_t kb(const struct flow *f)
{
	return f->total >> 10;
}

static void watch(struct workload *w)
{
	int64_t now = now_ms(), wait;
	uint64_t segs;

	if (now - w->moved_at < SILENCE)
		return;
	segs = pulse(w, &wait);
	if (segs != w->segs || w->alive_at < w->moved_at) {
		w->segs = segs;
		w->alive_at = now;
	}
	if (now - w->alive_at > wait + SILENCE)
		fail(w, "stuck", 0);
	else if (now - w->start_at > LIMIT + LIMIT_KB * (kb(&w->flow[0]) + kb(&w->flow[1])))
		fail(w, "too slow", 0);
}

static void tick(struct workload *w)
{
	int i = prng_below(&w->p, 2);

	if (w->done)
		return;
	if (w->end[0].fd < 0 && !w->open) {
		if (now_ms() >= w->start_at)
			connect_workload(w);
		return;
	}
	if (w->end[0].fd < 0 && w->end[1].fd < 0) {
		end_workload(w);
		return;
	}
	if (w->end[i].fd >= 0 && prng_chance(&w->p, w->change))
		end_change(&w->end[i]);
	watch(w);
}

/* --- the loop ---------------------------------------------------------------------------- */

static void next_round(int i)
{
	struct round *round = &rounds[i];

	memset(round, 0, sizeof(*round));
	round->seed = seed_given ? seeds.state : prng_next(&seeds);
	round->p.state = round->seed;
	lanes[i].path = path_make(&round->p);
	lane_begin(&lanes[i], i);
}

static void fill_round(int i)
{
	struct round *round = &rounds[i];

	round->begun = now_ms();
	for (round->n = 0; round->n < ROUND; round->n++) {
		workload_make(&round->work[round->n], round->seed, &lanes[i], round->n);
		round->work[round->n].done = only >= 0 && only != round->n;
		round->running += !round->work[round->n].done;
	}
}

/*
 * Of a path that loses a third each way, chance alone doubles a timeout up to its bound,
 * two minutes, once in some hundred times. What has not ended by its time is to have had a
 * timeout after which all came through: then it is stuck.
 */
static void ease(int i)
{
	struct path *path = &lanes[i].path;

	if (path->eased || now_ms() - rounds[i].begun < LIMIT - EASED)
		return;
	path->eased = true;
	lane_begin(&lanes[i], i);
}

static bool more(void)
{
	return now_ms() < stop_at && sum.workloads < wanted && sum.failed < FAILURES_MAX;
}

static void run_lane(int i)
{
	struct round *round = &rounds[i];
	int j;

	if (!lane_ready(&lanes[i]))
		return;
	if (round->seed && !round->n)
		fill_round(i);
	if (!round->running) {
		if (!more() || (seed_given && round->seed))
			return;
		next_round(i);
		return;
	}
	lane_change(&lanes[i], &round->p);
	ease(i);
	for (j = 0; j < round->n; j++)
		tick(&round->work[j]);
}

/* What an end waits for, 0 if it pauses. */
static int events_of(const struct workload *w, int i)
{
	const struct end *e = &w->end[i];
	int64_t now = now_ms();
	int events = 0;

	if (!i && !w->open)
		return POLLOUT;
	if (!e->eof && e->read_at <= now)
		events |= POLLIN;
	if (!e->shut && e->send_at <= now && !(w->waits == i && !e->eof) &&
	    (!sent_all(e->out) || w->ending == ENDING_ORDERLY || passive(w, i)))
		events |= POLLOUT;
	return events;
}

static void poll_all(void)
{
	static struct pollfd fds[LANES_MAX * (2 + 2 * ROUND)];
	static struct { struct workload *w; int i; } of[LANES_MAX * (2 + 2 * ROUND)];
	struct workload *w;
	int i, j, n = 0;

	for (i = 0; i < n_lanes; i++) {
		for (j = 0; j < 2 * rounds[i].n; j++) {
			w = &rounds[i].work[j / 2];
			if (w->done || w->end[j % 2].fd < 0)
				continue;
			of[n].w = w;
			of[n].i = j % 2;
			fds[n].events = events_of(w, j % 2);
			fds[n].fd = fds[n].events ? w->end[j % 2].fd : -1;
			n++;
		}
	}
	poll(fds, n, 5);
	for (i = 0; i < n; i++)
		if (!of[i].w->done && of[i].w->end[of[i].i].fd >= 0)
			run_end(of[i].w, of[i].i, fds[i].fd < 0 ? 0 : fds[i].revents);
	for (i = 0; i < n_lanes; i++)
		accept_all(i);
}

static bool busy(void)
{
	int i;

	for (i = 0; i < n_lanes; i++)
		if (rounds[i].running || lanes[i].pid || (rounds[i].seed && !rounds[i].n))
			return true;
	return false;
}

/* What has not ended yet, from time to time. */
static void report(void)
{
	static int64_t last;
	int i, j;

	if (!verbose || now_ms() - last < 10000)
		return;
	last = now_ms();
	printf("# %ld s: %ld workloads, %ld bytes\n", (last - begun) / 1000, sum.workloads,
	       sum.bytes);
	for (i = 0; i < n_lanes; i++)
		for (j = 0; j < rounds[i].n; j++)
			if (!rounds[i].work[j].done && last - rounds[i].work[j].start_at > 30000) {
				workload_print(&rounds[i].work[j]);
				lane_print_drops(&lanes[i]);
			}
}

static void workloads(void)
{
	int i;

	begun = now_ms();
	stop_at = begun + 1000 * seconds;
	do {
		report();
		for (i = 0; i < n_lanes; i++)
			run_lane(i);
		poll_all();
	} while (sum.failed < FAILURES_MAX && (busy() || (more() && !seed_given)));
	printf("# %ld in %ld s, %ld of messages, %ld with resets, %ld bytes, slowest %ld s\n",
	       sum.workloads, (now_ms() - begun) / 1000, sum.messages,
	       sum.resets, sum.bytes, sum.slowest / 1000);
	CHECK(sum.workloads);
}

/* --- afterwards -------------------------------------------------------------------------- */

/* Sockets of streams in this namespace, and the memory of all in pages. */
static void protocol(long *sockets, long *memory)
{
	FILE *f = fopen("/proc/thread-self/net/protocols", "r");
	char line[256];

	*sockets = *memory = -1;
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "WEFT-STREAM %*d %ld %ld", sockets, memory) == 2)
			break;
	if (f)
		fclose(f);
}

static long sockets_left(long *memory)
{
	long n = 0, sockets;
	int i;

	for (i = 0; i < n_lanes; i++) {
		lane_enter(&lanes[i], NODE_A);
		protocol(&sockets, memory);
		n += sockets;
		lane_enter(&lanes[i], NODE_B);
		protocol(&sockets, memory);
		n += sockets;
	}
	return n;
}

static void nothing_is_left(void)
{
	int64_t until = now_ms() + 140000;
	long sockets, memory;
	int i, j;

	for (i = 0; i < n_lanes; i++) {
		lane_heal(&lanes[i], i);
		for (j = 0; j < 2; j++)
			close(listeners[i][j]);
	}
	do {
		usleep(50000);
		sockets = sockets_left(&memory);
	} while (sockets && now_ms() < until);
	printf("# %ld sockets, %ld pages\n", sockets, memory);
	CHECK(!sockets);
	/* Each processor may have a MiB of them at hand. */
	CHECK(memory >= -256 * sysconf(_SC_NPROCESSORS_ONLN) &&
	      memory <= 256 * sysconf(_SC_NPROCESSORS_ONLN));
}

static void no_memory_was_missing(void)
{
	int i, node;

	for (i = 0; i < n_lanes; i++)
		for (node = 0; node < NODES; node++) {
			lane_enter(&lanes[i], node);
			CHECK(netns_counter("DropNoMemory") == 0);
			CHECK(netns_counter("DropNetMemory") == 0);
		}
}

static int listen_in(struct lane *lane, int type, int port)
{
	struct sock_name name = lane_name(1, port);
	int fd;

	lane_enter(lane, NODE_B);
	fd = socket(weft, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	CHECK(fd >= 0 && !bind(fd, &name.sa, name.len) && !listen(fd, 100));
	return fd;
}

static int set_up(void)
{
	int i;

	signal(SIGPIPE, SIG_IGN);
	if (pool_init() || pipe2(end_pipe, O_CLOEXEC))
		return -1;
	for (i = 0; i < n_lanes; i++) {
		if (lane_set_up(&lanes[i], i))
			return -1;
		listeners[i][0] = listen_in(&lanes[i], SOCK_STREAM, PORT_BYTES);
		listeners[i][1] = listen_in(&lanes[i], SOCK_SEQPACKET, PORT_MESSAGES);
	}
	return 0;
}

static int options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "seconds", 1, NULL, 's' }, { "workloads", 1, NULL, 'w' },
		{ "lanes", 1, NULL, 'l' }, { "seed", 1, NULL, 'S' },
		{ "only", 1, NULL, 'o' }, { "verbose", 0, NULL, 'v' }, {}
	};
	int c;

	seeds.state = now_ms() * 0x9e3779b97f4a7c15ULL ^ getpid();
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 's')
			seconds = atol(optarg);
		else if (c == 'w')
			wanted = atol(optarg);
		else if (c == 'l')
			n_lanes = atoi(optarg);
		else if (c == 'o')
			only = atoi(optarg);
		else if (c == 'v')
			verbose = true;
		else if (c == 'S')
			seeds.state = strtoull(optarg, NULL, 0);
		else
			return -1;
		seed_given |= c == 'S';
	}
	if (seed_given)
		n_lanes = 1;
	return n_lanes < 1 || n_lanes > LANES_MAX ? -1 : 0;
}

int main(int argc, char **argv)
{
	setlinebuf(stdout);
	weft = netns_weft_family();
	if (options(argc, argv) || set_up())
		return 1;
	TAP_RUN(workloads);
	TAP_RUN(nothing_is_left);
	TAP_RUN(no_memory_was_missing);
	CHECK(!netns_run("for n in $(ip netns list | cut -d' ' -f1); do ip netns del $n; done"));
	return tap_done();
}
