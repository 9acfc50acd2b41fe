/* SPDX-License-Identifier: GPL-2.0 */
/* weft perf: what is measured, and how both ends tell each other. Pure. */
#ifndef WEFT_PERF_H
#define WEFT_PERF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PERF_PORT		"5201"
#define PERF_FLOWS_MAX		10000
#define PERF_LENGTH_MAX		(16U << 20)
#define PERF_BUFFER_MAX		0x40000000U
#define PERF_BYTES_MAX		0x4000000000000000ULL
#define PERF_SECONDS_MAX	86400
#define PERF_OMIT_MAX		3600
#define PERF_MS			1000000ULL	/* ns */
#define PERF_SECOND		1000000000ULL	/* ns */
/* Name of a congestion control algorithm with its NUL, as TCP_CA_NAME_MAX. */
#define PERF_NAME_MAX		16

enum perf_mode {
	PERF_BULK,	/* as many bytes as go through */
	PERF_RR,	/* a request, its response, the next request */
	PERF_CRR,	/* the same, each in a connection of its own */
	PERF_MODES
};

/**
 * struct perf_params - a test, as client and server must both know it
 * @mode: what is done
 * @reverse: bulk: the server sends, not the client
 * @bidir: bulk: both send
 * @messages: SOCK_SEQPACKET
 * @nodelay: no Nagle's algorithm
 * @zerocopy: bulk: by sendfile()
 * @flows: how many at once
 * @length: bytes of each write and read
 * @request: bytes of a request
 * @response: bytes of a response
 * @buffer: SO_SNDBUF and SO_RCVBUF; 0 leaves them alone
 * @duration: ms that are measured; 0 if @amount ends the test
 * @omit: ms before them that are not
 * @amount: of each flow and direction: bytes, or transactions; 0 if @duration ends it
 * @congestion: algorithm; empty for the system's
 */
struct perf_params {
	enum perf_mode mode;
	bool reverse;
	bool bidir;
	bool messages;
	bool nodelay;
	bool zerocopy;
	uint32_t flows;
	uint32_t length;
	uint32_t request;
	uint32_t response;
	uint32_t buffer;
	uint32_t duration;
	uint32_t omit;
	uint64_t amount;
	char congestion[PERF_NAME_MAX];
};

const char *perf_params_check(const struct perf_params *p);

/* --- the command line, perf_args.c ---------------------------------------------- */

/**
 * struct perf_args - the command line
 * @params: the test; of a client
 * @server: be the server
 * @once: server: end after one test
 * @json: print JSON
 * @protocol: name of what carries the test
 * @address: to connect to; of a server, to listen on, or NULL
 * @local: client: to connect from, or NULL
 * @port: of the server
 * @interval: ns between lines; 0: none
 */
struct perf_args {
	struct perf_params params;
	bool server;
	bool once;
	bool json;
	const char *protocol;
	const char *address;
	const char *local;
	const char *port;
	uint64_t interval;
};

int perf_args_parse(struct perf_args *a, int argc, char **argv);
int perf_size_parse(const char *text, uint64_t min, uint64_t max, uint64_t *size);

/* --- control messages, perf_message.c ------------------------------------------- */

#define PERF_MESSAGE_MAGIC	0x57505246	/* WPRF */
#define PERF_MESSAGE_VERSION	1
#define PERF_MESSAGE_HDR	8
#define PERF_MESSAGE_MAX	128
#define PERF_TEXT_MAX		(PERF_MESSAGE_MAX - PERF_MESSAGE_HDR)

enum perf_message_type {
	PERF_REQUEST	= 1,	/* client: the test */
	PERF_ACCEPT	= 2,	/* server: connect there */
	PERF_REFUSE	= 3,	/* server: no, and why */
	PERF_FLOW	= 4,	/* client, first in each connection: it belongs to a test */
	PERF_GO		= 5,	/* server: all connections are there */
	PERF_END	= 6,	/* client: it has done its part */
	PERF_RESULT	= 7,	/* server: what it counted in all */
	PERF_COUNT	= 8,	/* server: what it counted of a flow; one for each */
};

/**
 * struct perf_count - the bytes of a flow at one end
 * @sent: in all
 * @received: in all
 * @sent_window: in the time that is measured
 * @received_window: in the time that is measured
 */
struct perf_count {
	uint64_t sent;
	uint64_t received;
	uint64_t sent_window;
	uint64_t received_window;
};

#define PERF_UNKNOWN	UINT64_MAX

/**
 * struct perf_result - what one end counted
 * @window: the time that was measured, ns
 * @busy: processor time that the node spent in it, ns
 * @transactions: of all flows in it
 * @retransmits: segments that all flows sent again; PERF_UNKNOWN: it is not known
 * @flows: how many perf_count belong to it
 * @failed: not all went as it should
 */
struct perf_result {
	uint64_t window;
	uint64_t busy;
	uint64_t transactions;
	uint64_t retransmits;
	uint32_t flows;
	bool failed;
};

/**
 * struct perf_message - a control message
 * @type: which of the others count
 * @params: of PERF_REQUEST
 * @token: of PERF_ACCEPT: what a flow of the test shows
 * @port: of PERF_ACCEPT: where to connect to
 * @text: of PERF_REFUSE
 * @flow_token: of PERF_FLOW: the same
 * @flow_index: of PERF_FLOW: which flow, from 0
 * @index: of PERF_COUNT: the same
 * @result: of PERF_RESULT
 * @count: of PERF_COUNT
 */
struct perf_message {
	enum perf_message_type type;
	union {
		struct perf_params params;
		struct {
			uint64_t token;
			uint32_t port;
		};
		char text[PERF_TEXT_MAX + 1];
		struct {
			uint64_t flow_token;
			uint32_t flow_index;
		};
		struct perf_result result;
		struct {
			uint32_t index;
			struct perf_count count;
		};
	};
};

/* What perf_message_decode() returns when it is no message. */
enum {
	PERF_BAD_MESSAGE	= -1,
	PERF_BAD_VERSION	= -2,
};

size_t perf_message_encode(const struct perf_message *m, uint8_t *buf);
int perf_message_decode(const uint8_t *buf, size_t len, struct perf_message *m);

/* --- latencies, perf_latency.c ----------------------------------------------------- */

#define PERF_LATENCY_BITS	8
#define PERF_LATENCY_WIDTH	256U	/* 2^PERF_LATENCY_BITS */
#define PERF_LATENCY_SLOTS	((65 - PERF_LATENCY_BITS) * PERF_LATENCY_WIDTH)

/**
 * struct perf_latency - a histogram of times
 * @n: how many
 * @min: the shortest, ns
 * @max: the longest, ns
 * @sum: of all, ns
 * @slot: how many there are of each length. Lengths below PERF_LATENCY_WIDTH have a slot
 *	each, and each power of two above has PERF_LATENCY_WIDTH of equal width
 */
struct perf_latency {
	uint64_t n;
	uint64_t min;
	uint64_t max;
	double sum;
	uint64_t slot[PERF_LATENCY_SLOTS];
};

void perf_latency_add(struct perf_latency *l, uint64_t ns);
uint64_t perf_latency_percentile(const struct perf_latency *l, double percent);
double perf_latency_mean(const struct perf_latency *l);

/* --- times and rates, perf_plan.c ----------------------------------------------------- */

/**
 * struct perf_plan - when what happens in a test; all times in ns
 * @start: of the test
 * @begin: of what is measured
 * @end: of it; 0 if something else ends the test
 * @interval: between lines; 0: none
 * @line: when the last line was due, or @start
 */
struct perf_plan {
	uint64_t start;
	uint64_t begin;
	uint64_t end;
	uint64_t interval;
	uint64_t line;
};

void perf_plan_init(struct perf_plan *plan, const struct perf_params *p, uint64_t interval,
		    uint64_t now);
uint64_t perf_plan_left(const struct perf_plan *plan, uint64_t now);
bool perf_plan_line(struct perf_plan *plan, uint64_t now);
double perf_per_second(uint64_t n, uint64_t ns);
double perf_rate(uint64_t bytes, uint64_t ns);
double perf_fairness(const uint64_t *value, size_t n);
const char *perf_format(double value, const char *unit, unsigned int base, char *buf, size_t size);

#endif /* WEFT_PERF_H */
