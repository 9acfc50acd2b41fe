/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A router between two links that tracks connections: what comes from the left and goes to
 * the right is written and read as frames, and what the router makes of it is asked of
 * `weft track`.
 */
#ifndef TRACK_H
#define TRACK_H

#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <time.h>
#include "wire.h"

enum { LEFT, RIGHT };

#define S WEFT_STREAM_SYN
#define A WEFT_STREAM_ACK
#define F WEFT_STREAM_FIN
#define R WEFT_STREAM_RST

/* Where the numbers of the two sides begin, and what both offer. */
#define ISN_LEFT	0xfffffff0U
#define ISN_RIGHT	1000U
#define WINDOW		10000U

static int ends[3];
static unsigned short port = 1000;	/* of the connection that is made: each has its own */

static inline double track_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* --- what the router knows ----------------------------------------------------------- */

static char text[1 << 16];

/* The output of a command. */
static inline const char *said(const char *fmt, ...)
{
	char command[512];
	size_t n = 0;
	va_list ap;
	FILE *f;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	f = popen(command, "r");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		pclose(f);
	}
	text[n] = 0;
	return text;
}

/* The connection of the present port. */
static inline const char *known(void)
{
	return said("weft track list sport %u 2>&1", port);
}

static inline int is(const char *what)
{
	const char *line = known();

	if (strstr(line, what))
		return 1;
	printf("# no \"%s\" in: %s\n", what, line);
	return 0;
}

/* It has so many seconds left, or some less. */
static inline int has_time(long seconds)
{
	const char *at = strstr(known(), "timeout ");
	long left = at ? strtol(at + strlen("timeout "), NULL, 10) : -1;

	if (left > seconds - 15 && left <= seconds)
		return 1;
	printf("# not %ld seconds: %s\n", seconds, text);
	return 0;
}

static inline long counted(const char *name)
{
	return strtol(said("weft track stat | sed -n 's/^%s //p'", name), NULL, 10);
}

static inline int set(const char *name, int value)
{
	char command[128];

	snprintf(command, sizeof(command), "sysctl -qw net.weft.track.%s=%d", name, value);
	return netns_run(command);
}

static inline int forget(void)
{
	return netns_run("weft track flush");
}

/* --- packets ------------------------------------------------------------------------- */

static inline struct weft_addr host(int side)
{
	return (struct weft_addr){ { { 0, 7, 0, side + 1, 0, 0, 0, 1 } } };
}

/* A packet from one side to the other. */
static inline struct wire_frame packet(int from, int next, const void *body, size_t len)
{
	struct wire_frame f = {
		.eth = { .h_dest = WIRE_MAC(0x10 * (from + 1) + 1),
			 .h_source = WIRE_MAC(0x10 * (from + 1) + 2),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4, .len = htons(sizeof(f.hdr) + len),
			 .hop_limit = 64, .next = next,
			 .src = host(from), .dst = host(!from) },
		.len = sizeof(f.eth) + sizeof(f.hdr) + len,
	};

	memcpy(f.body, body, len);
	return f;
}

/* Sends it. */
static inline void put(int from, const struct wire_frame *f)
{
	wire_fd = ends[from];
	wire_put(f);
}

/* The next packet from one side to the other; what the router says itself is skipped. */
static inline int got(int from, struct wire_frame *f, int ms)
{
	struct weft_addr src = host(from);

	wire_fd = ends[!from];
	while (wire_get(f, ms))
		if (!memcmp(&f->hdr.src, &src, sizeof(src)))
			return 1;
	return 0;
}

/* Sends it; true if the other side gets a packet, which is left in @f. */
static inline int passes(int from, struct wire_frame *f)
{
	put(from, f);
	return got(from, f, 1000);
}

static inline struct wire_frame echo(int from, int type, int id)
{
	unsigned char body[] = { type, 0, 0, 0, id >> 8, id & 0xff, 0, 1, 'x', 'y' };
	struct wire_frame f = packet(from, WEFT_PROTO_CONTROL, body, sizeof(body));

	wire_sum(&f, sizeof(body));
	return f;
}

static inline struct wire_frame dgram(int from, int sport, int dport, size_t len)
{
	unsigned char body[600] = { sport >> 8, sport & 0xff, dport >> 8, dport & 0xff,
				    (len + 8) >> 8, (len + 8) & 0xff };
	struct wire_frame f = packet(from, WEFT_PROTO_DGRAM, body, len + 8);

	wire_sum_at(&f, len + 8, 6);
	return f;
}

static inline struct wire_frame segment(int from, int flags, unsigned int seq,
					unsigned int ack, unsigned int len)
{
	struct weft_stream_hdr hdr = {
		.sport = htons(from == LEFT ? port : 80),
		.dport = htons(from == LEFT ? 80 : port),
		.seq = htonl(seq), .ack = htonl(ack), .len = sizeof(hdr), .flags = flags,
		.window = htonl(WINDOW),
	};
	unsigned char body[600] = {};
	struct wire_frame f;

	memcpy(body, &hdr, sizeof(hdr));
	f = packet(from, WEFT_PROTO_STREAM, body, sizeof(hdr) + len);
	wire_sum_at(&f, sizeof(hdr) + len, 14);
	return f;
}

/* A segment whose numbers count from behind the SYN of each side. */
static inline int says(int from, int flags, unsigned int seq, unsigned int ack, unsigned int len)
{
	unsigned int mine = from == LEFT ? ISN_LEFT : ISN_RIGHT;
	unsigned int other = from == LEFT ? ISN_RIGHT : ISN_LEFT;
	struct wire_frame f = segment(from, flags, mine + 1 + seq,
				      flags & A ? other + 1 + ack : 0, len);

	return passes(from, &f);
}

/* It is sent on, since no rule says otherwise, but belongs to nothing. */
static inline int invalid(int from, int flags, unsigned int seq, unsigned int ack, unsigned int len)
{
	long before = counted("invalid");

	return says(from, flags, seq, ack, len) && counted("invalid") == before + 1;
}

static inline void opened(void)
{
	port++;
	CHECK(says(LEFT, S, -1, 0, 0));
	CHECK(says(RIGHT, S | A, -1, 0, 0));
	CHECK(says(LEFT, A, 0, 0, 0));
}

/* Stays on a CPU, if there is that one. */
static inline void stay_on(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* Goes to the other CPU, if there is one. */
static inline void aside(void)
{
	stay_on(1);
}

/*
 * A process that sends datagrams and their answers, of always other connections. It rests as
 * long as it works: a debug kernel's bookkeeping for each packet waits for RCU, and on one
 * CPU that is always busy there is ever more of it.
 */
static inline pid_t talk(void)
{
	pid_t pid = fork();
	struct wire_frame f;
	double begin;
	int i, n;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	aside();
	for (i = 0;; i += n) {
		begin = track_now();
		for (n = 0; n < 40; n++) {
			f = dgram(LEFT, 1024 + (i + n) % 60000, 53, 10);
			put(LEFT, &f);
			f = dgram(RIGHT, 53, 1024 + (i + n) % 60000, 10);
			put(RIGHT, &f);
		}
		while (got(LEFT, &f, 0) || got(RIGHT, &f, 0))
			;
		usleep((track_now() - begin) * 1e6);
	}
}

/* --- set-up -------------------------------------------------------------------------- */

/* Runs a command for each of the two links, which is $n in it. */
static inline int for_both(const char *command)
{
	char line[256];

	snprintf(line, sizeof(line), "for n in 1 2; do %s || exit 1; done", command);
	return netns_run(line);
}

/* The far ends, in a namespace of theirs, and what is written to and read from them. */
static inline int set_up_ends(void)
{
	if (netns_enter() || for_both("ip link add near$n type veth peer name far$n") ||
	    for_both("ip link set near$n address 02:00:00:00:00:${n}1") ||
	    for_both("ip link set far$n address 02:00:00:00:00:${n}2") ||
	    for_both("weft link set far$n accept_ra never") ||
	    for_both("ip link set far$n up") || wire_open("far1"))
		return -1;
	ends[LEFT] = wire_fd;
	if (wire_open("far2"))
		return -1;
	ends[RIGHT] = wire_fd;
	return 0;
}

static inline int set_up_router(void)
{
	return netns_run("ip link set lo up") ||
	       for_both("weft link set near$n accept_ra never") ||
	       for_both("ip link set near$n up") ||
	       for_both("ethtool -K near$n tx-sctp-segmentation off") ||
	       for_both("weft route add 7:$n::/32 dev near$n") ||
	       for_both("weft neigh add 7:$n::1 lladdr 02:00:00:00:00:${n}2 dev near$n") ||
	       netns_run("sysctl -qw net.weft.forwarding=1") || set("enable", 1);
}

/* Runs @run in the namespace of the router. */
static inline int track_main(int (*run)(void))
{
	int ready[2], go[2], status;
	char command[128], c;
	pid_t pid;

	if (set_up_ends() || pipe(ready) || pipe(go)) {
		perror("# set-up");
		return 1;
	}
	pid = fork();
	if (!pid) {
		if (netns_enter() || write(ready[1], "", 1) != 1 || read(go[0], &c, 1) != 1)
			return 1;
		return set_up_router() ? 1 : run();
	}
	if (read(ready[0], &c, 1) != 1)
		return 1;
	snprintf(command, sizeof(command),
		 "ip link set near1 netns %d && ip link set near2 netns %d", pid, pid);
	if (netns_run(command) || write(go[1], "", 1) != 1)
		return 1;
	return waitpid(pid, &status, 0) == pid && !status ? 0 : 1;
}

#endif /* TRACK_H */
