/* SPDX-License-Identifier: GPL-2.0 */
/* weft perf: a test while it runs; client and server do it alike. */
#ifndef WEFT_PERF_RUN_H
#define WEFT_PERF_RUN_H

#include "perf_control.h"
#include "perf_socket.h"

/**
 * struct perf_line - what happened since the line before
 * @from: ns since the start
 * @to: ns since the start
 * @sent: bytes
 * @received: bytes
 * @transactions: how many ended
 * @omitted: before what is measured
 */
struct perf_line {
	uint64_t from;
	uint64_t to;
	uint64_t sent;
	uint64_t received;
	uint64_t transactions;
	bool omitted;
};

/**
 * struct perf_flow - one connection, or one after the other
 * @fd: the socket; -1: there is none
 * @events: what is waited for
 * @send: something will still be sent
 * @receive: something may still come
 * @connecting: the connection is in the making
 * @out: bytes that the transaction still has to send
 * @in: bytes that it still has to receive
 * @since: when it began, ns
 * @left: what is left of the amount; UINT64_MAX without one
 * @count: bytes; those of the window are the ones at its beginning until it ends
 */
struct perf_flow {
	int fd;
	uint32_t events;
	bool send;
	bool receive;
	bool connecting;
	uint32_t out;
	uint32_t in;
	uint64_t since;
	uint64_t left;
	struct perf_count count;
};

/**
 * struct perf_run - a test at one end
 * @params: what is done
 * @protocol: what carries it
 * @control: the connection to the other end
 * @peer: client: where to connect to
 * @local: client: where from, or NULL
 * @interval: ns between lines, 0: none
 * @line: prints a line
 * @arg: for @line
 * @client: the end that asked for the test
 * @listener: server of PERF_CRR: for the connections; else -1
 * @flow: as many as @flows
 * @flows: of @params, or more for connections that end while others begin
 * @open: how many of them are not done
 * @epoll: waits for all of them; -1 where there is one and calls may wait
 * @file: with as many bytes as a write, for sendfile(); else -1
 * @buffer: for what is read and written
 * @room: bytes in it
 * @plan: when what happens
 * @due: when to look at @plan
 * @began: when what is measured began; 0: it has not
 * @ended: when it ended; 0: it has not
 * @idle: processor time that was not used when it began, ns
 * @stop: begin nothing new
 * @end_told: the client has told the server to end the test
 * @total: sums since the start
 * @told: sums when the last line was printed
 * @moved: when bytes last went through, ns
 * @moved_sum: @total.sent + @total.received at that time
 * @latency: of the transactions; client
 * @result: for the other end
 * @error: errno of the first failure; 0: none
 * @failed: the flow that had it
 */
struct perf_run {
	const struct perf_params *params;
	const struct perf_protocol *protocol;
	struct perf_control *control;
	union perf_address peer;
	const union perf_address *local;
	uint64_t interval;
	void (*line)(const struct perf_line *line, void *arg);
	void *arg;
	bool client;
	int listener;

	struct perf_flow *flow;
	uint32_t flows;
	uint32_t open;
	int epoll;
	int file;
	uint8_t *buffer;
	size_t room;

	struct perf_plan plan;
	uint64_t due;
	uint64_t began;
	uint64_t ended;
	uint64_t idle;
	bool stop;
	bool end_told;
	struct perf_line total;
	struct perf_line told;
	uint64_t moved;
	uint64_t moved_sum;
	struct perf_latency *latency;
	struct perf_result result;
	int error;
	uint32_t failed;
};

extern volatile sig_atomic_t perf_interrupted;

uint64_t perf_now(void);
uint64_t perf_idle(void);

int perf_run_init(struct perf_run *run);
void perf_run(struct perf_run *run);
void perf_run_tell_end(struct perf_run *run);
void perf_run_sum_up(struct perf_run *run);
void perf_run_free(struct perf_run *run);

/* For what flows do. */
int perf_run_add(struct perf_run *run, struct perf_flow *f, uint32_t events);
void perf_run_want(struct perf_run *run, struct perf_flow *f, uint32_t events);
void perf_run_close(struct perf_flow *f);
void perf_run_done(struct perf_run *run, struct perf_flow *f);
void perf_run_fail(struct perf_run *run, struct perf_flow *f, int err);

/* Flows that bytes are counted of: those of PERF_CRR come and go. */
static inline uint32_t perf_counted(const struct perf_params *p)
{
	return p->mode == PERF_CRR ? 1 : p->flows;
}

/* True when a call would have waited, or was asked to look at the time. */
static inline bool perf_again(int err)
{
	return err == EAGAIN || err == EINTR || err == EINPROGRESS;
}

/* perf_bulk.c */
void perf_bulk_service(struct perf_run *run, struct perf_flow *f, uint32_t events);
void perf_bulk_stop(struct perf_run *run, struct perf_flow *f);

/* perf_transaction.c */
void perf_rr_service(struct perf_run *run, struct perf_flow *f);
void perf_crr_begin(struct perf_run *run, struct perf_flow *f);
void perf_crr_ask(struct perf_run *run, struct perf_flow *f);
void perf_crr_answer(struct perf_run *run, struct perf_flow *f);
void perf_crr_accept(struct perf_run *run);

#endif /* WEFT_PERF_RUN_H */
