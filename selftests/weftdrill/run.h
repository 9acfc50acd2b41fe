/* SPDX-License-Identifier: GPL-2.0 */
/* A script as it runs. */
#ifndef RUN_H
#define RUN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include "script.h"
#include "wire.h"

#define RUN_SOCKS	32
#define RUN_CONNS	64
#define RUN_TASKS	8
#define RUN_KEPT	32
#define RUN_QUEUE	1024
#define RUN_SENT	128

/**
 * struct drill_sock - a socket
 * @name: in the script
 * @fd: its descriptor, -1 when it is closed
 * @messages: it is a SOCK_SEQPACKET
 * @sent: bytes written to it; of messages, of the one that is not complete
 * @received: bytes read from it
 */
struct drill_sock {
	char name[DRILL_NAME];
	int fd;
	bool messages;
	uint32_t sent, received;
};

/**
 * struct drill_sent - a segment with payload that Weft sent
 * @seq: its number
 * @end: behind its last
 * @stamp: its time stamp
 */
struct drill_sent {
	uint32_t seq, end, stamp;
};

/**
 * struct drill_conn - what the peer knows of a connection
 * @name: in the script
 * @us: Weft's port, 0 before it is known
 * @them: the peer's
 * @us_isn: Weft's initial sequence number, 0 before it is known
 * @us_known: it is
 * @them_isn: the peer's
 * @win: window that the peer told last
 * @stamp_known: @stamp and @edge are valid
 * @stamp: Weft's last time stamp
 * @edge: the right edge of Weft's window
 * @recent: TS.Recent of the peer (RFC 7323, 4.3)
 * @acked: Last.ACK.sent of the peer
 * @n_out: how many there were of @out
 * @out: the last segments with numbers, in a ring
 * @acked_us: what Weft acknowledged last
 * @sent: behind what the peer sent last
 * @last: Weft's last segment, allocated
 * @last_len: bytes of it
 */
struct drill_conn {
	char name[DRILL_NAME];
	uint16_t us, them;
	uint32_t us_isn;
	bool us_known;
	uint32_t them_isn, win;
	bool stamp_known;
	uint32_t stamp, edge, recent, acked, acked_us, sent;
	unsigned int n_out;
	struct drill_sent out[RUN_SENT];
	unsigned char *last;
	size_t last_len;
};

/**
 * struct drill_task - a call in the background
 * @run: the script
 * @call: the call
 * @thread: who runs it
 * @sock: its socket
 * @wake: readable when it is done
 * @result: what it gave
 * @done: when, microseconds
 */
struct drill_task {
	struct drill_run *run;
	const struct drill_call *call;
	pthread_t thread;
	struct drill_sock *sock;
	int wake[2];
	long result;
	long long done;
};

/**
 * struct drill_kept - a number with a name
 * @name: of a value, or of a counter
 * @n: the number
 */
struct drill_kept {
	char name[64];
	long long n;
};

/**
 * struct drill_run - a script as it runs; times count from its begin
 * @name: of the script
 * @tap: descriptor of the far end
 * @begin: when it began, CLOCK_MONOTONIC
 * @last_begin: when the last event began
 * @last_end: when it had happened
 * @stall: how much later than asked for the tool was woken, in all
 * @last_stall: the same at the last event
 * @awake: when the tool last did something
 * @patience: what tolerances are multiplied with
 * @port: of the last bind
 * @n_socks: how many @sock there are
 * @sock: sockets
 * @n_conns: how many @conn there are
 * @conn: connections
 * @n_tasks: how many @task there are
 * @task: calls in the background
 * @n_kept: how many @kept there are
 * @kept: time stamps and counters
 * @head: the first of @queue
 * @tail: behind its last
 * @queue: segments that came and that no event has taken
 * @trace: what happened, for a failure
 */
struct drill_run {
	const char *name;
	int tap;
	long long begin, last_begin, last_end, stall, last_stall, awake;
	double patience;
	int port;
	int n_socks;
	struct drill_sock sock[RUN_SOCKS];
	int n_conns;
	struct drill_conn conn[RUN_CONNS];
	int n_tasks;
	struct drill_task task[RUN_TASKS];
	int n_kept;
	struct drill_kept kept[RUN_KEPT];
	unsigned int head, tail;
	struct drill_seen queue[RUN_QUEUE];
	FILE *trace;
};

long long run_now(const struct drill_run *run);
bool run_script(struct drill_run *run, const struct drill_script *script,
		volatile int *line);
struct drill_conn *run_conn(struct drill_run *run, const char *name);
struct drill_kept *run_kept(struct drill_run *run, const char *name);
uint32_t run_stamp(const struct drill_run *run);

struct drill_sock *call_sock(struct drill_run *run, const char *name);
long call_do(struct drill_run *run, const struct drill_call *call, int flags);
bool call_is_look(const struct drill_call *call);
int call_start(struct drill_run *run, const struct drill_call *call);
void call_end(struct drill_task *task);

bool peer_send(struct drill_run *run, const struct drill_packet *p, FILE *why);
bool peer_error(struct drill_run *run, const struct drill_error *e, FILE *why);
bool peer_match(struct drill_run *run, const struct drill_packet *p,
		const struct drill_seen *seen, FILE *why);
void peer_hang_up(struct drill_run *run);
void peer_show(struct drill_run *run, FILE *f, const struct drill_seen *seen);

#endif /* RUN_H */
