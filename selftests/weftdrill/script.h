/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A script of weftdrill, parsed: doc/weftdrill.md tells the language. Numbers are in
 * host byte order, times in microseconds.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRILL_NAME		24
#define DRILL_OPTS_MAX		223
#define DRILL_PARTS_MAX		8
#define DRILL_US		1000000LL

/* The name of the connection of a packet that names none. */
#define DRILL_CONN_DEFAULT	"it"

/**
 * struct drill_time - when something is to happen
 * @relative: counted from the event before, else from the script's begin
 * @from: not before
 * @to: not after
 * @any: whenever it happens
 */
struct drill_time {
	bool relative;
	bool any;
	long long from, to;
};

enum drill_expr_kind {
	DRILL_EXPR_NONE,	/* nothing said */
	DRILL_EXPR_ANY,		/* * */
	DRILL_EXPR_NUMBER,	/* 17, 17..20 */
	DRILL_EXPR_NOW,		/* now, now-5000 */
	DRILL_EXPR_NAME,	/* A, A+5 */
	DRILL_EXPR_KEEP,	/* =A */
};

/**
 * struct drill_expr - a value of a field
 * @kind: what it is
 * @name: of a value that was kept
 * @n: the number; what to add to now or to the named value
 * @to: the largest number that is right
 */
struct drill_expr {
	enum drill_expr_kind kind;
	char name[DRILL_NAME];
	long long n, to;
};

/**
 * struct drill_sack - a run of numbers, relative to the other end's initial one
 * @from: the first
 * @to: behind the last
 */
struct drill_sack {
	uint32_t from, to;
};

enum drill_opt_kind {
	DRILL_OPT_RAW,
	DRILL_OPT_MSS,
	DRILL_OPT_KIND,
	DRILL_OPT_SACK,
};

/**
 * struct drill_opt - an option of a segment
 * @kind: which
 * @value: of MSS and kind
 * @n: bytes at @raw, or runs at @sack
 * @raw: bytes as they are
 * @sack: runs
 */
struct drill_opt {
	enum drill_opt_kind kind;
	uint16_t value;
	unsigned int n;
	union {
		unsigned char raw[DRILL_OPTS_MAX];
		struct drill_sack sack[8];
	};
};

enum drill_part_kind {
	DRILL_PART_MORE,	/* the header of a part without the end bit, and bytes */
	DRILL_PART_END,		/* the same with it */
	DRILL_PART_DATA,	/* bytes of a part whose header was before */
	DRILL_PART_WORD,	/* four bytes as they are */
	DRILL_PART_BYTE,	/* one */
};

/**
 * struct drill_part - a piece of payload in a connection of messages
 * @kind: what it is
 * @len: bytes of the message; of DRILL_PART_WORD and _BYTE the value
 * @at: how many bytes of the message are before it
 */
struct drill_part {
	enum drill_part_kind kind;
	uint32_t len, at;
};

/**
 * struct drill_packet - a segment to send or to expect
 * @out: Weft sends it
 * @conn: its connection
 * @flags: WEFT_STREAM_*
 * @flags_any: which of them may be either way
 * @seq_any: any sequence number and length are right
 * @seq: relative to the sender's initial sequence number
 * @len: bytes of payload
 * @ack: relative to the other's initial sequence number
 * @win: window
 * @opts_any: any options are right
 * @opts_said: options were given
 * @n_opts: how many there are
 * @opt: the options
 * @stamp: time stamp
 * @echo: time stamp echo
 * @ecn: ECN field of the network header, -1 for what is usual
 * @new_isn: the sender begins with a new initial sequence number
 * @bad_sum: with a wrong checksum
 * @hdr_len: the header's length field, -1 for the right one
 * @cut: bytes of the segment that are there, -1 for all
 * @sport: source port, -1 for the right one
 * @dport: destination port, -1 for the right one
 * @stream: stream number
 * @reserved: of the header
 * @hops: hop limit
 * @n_parts: how many parts the payload has, 0 for bytes of a stream
 * @part: the parts
 * @parts_len: bytes of all parts
 */
struct drill_packet {
	bool out;
	char conn[DRILL_NAME];
	unsigned char flags, flags_any;
	bool seq_any;
	uint32_t seq, len;
	struct drill_expr ack, win;
	bool opts_any, opts_said;
	unsigned int n_opts;
	struct drill_opt opt[6];
	struct drill_expr stamp, echo;
	int ecn;
	bool new_isn, bad_sum;
	int hdr_len, cut, sport, dport;
	unsigned int stream, reserved, hops;
	unsigned int n_parts;
	struct drill_part part[DRILL_PARTS_MAX];
	uint32_t parts_len;
};

/**
 * struct drill_error - a control message that speaks of a segment that Weft sent
 * @conn: whose last segment it quotes
 * @type: of the message
 * @code: of the message
 * @value: its 32 bits
 * @seq_said: the quoted sequence number is another
 * @seq: that number, relative
 * @quote: bytes of the packet that are quoted, 0 for all
 */
struct drill_error {
	char conn[DRILL_NAME];
	unsigned char type, code;
	uint32_t value;
	bool seq_said;
	uint32_t seq;
	unsigned int quote;
};

enum drill_verb {
	DRILL_SOCKET,
	DRILL_BIND,
	DRILL_LISTEN,
	DRILL_ACCEPT,
	DRILL_CONNECT,
	DRILL_WRITE,
	DRILL_READ,
	DRILL_SHUTDOWN,
	DRILL_CLOSE,
	DRILL_SETSOCKOPT,
	DRILL_GETSOCKOPT,
	DRILL_POLL,
	DRILL_IOCTL,
	DRILL_STATE,
	DRILL_INFO,
	DRILL_COUNTER,
	DRILL_SYSCTL,
	DRILL_VERBS,
};

/**
 * struct drill_call - a system call, or a look at something
 * @verb: which
 * @sock: name of the socket
 * @word: another name: of the new socket, connection, counter, sysctl, field
 * @text: value of an option or sysctl
 * @option: which option, an index of drill_options
 * @n: a number
 * @flags: MSG_*
 */
struct drill_call {
	enum drill_verb verb;
	char sock[DRILL_NAME];
	char word[64];
	char text[64];
	int option;
	long long n;
	int flags;
};

/**
 * struct drill_result - what a call gives
 * @said: something was said; else anything but an error is right
 * @from: least value; a negative errno is an error
 * @to: largest value
 */
struct drill_result {
	bool said;
	long long from, to;
};

enum drill_event_kind {
	DRILL_PACKET,
	DRILL_ERROR,
	DRILL_CALL,
	DRILL_START,
	DRILL_END,
	DRILL_ISN,
	DRILL_QUIET,
	DRILL_DONE,
};

/**
 * struct drill_event - a line of a script
 * @line: its number
 * @kind: what it is
 * @time: when it happens
 * @packet: a segment
 * @error: a control message
 * @call: of DRILL_CALL and DRILL_START; of DRILL_END only its socket
 * @result: of DRILL_CALL and DRILL_END
 * @isn: the peer's next initial sequence number, of the connection in @packet
 */
struct drill_event {
	int line;
	enum drill_event_kind kind;
	struct drill_time time;
	struct drill_packet packet;
	struct drill_error error;
	struct drill_call call;
	struct drill_result result;
	uint32_t isn;
};

/**
 * struct drill_script - a script
 * @mtu: of the device, bytes
 * @far: the peer is behind a router
 * @n_events: how many there are
 * @event: what happens, in order; allocated
 */
struct drill_script {
	int mtu;
	bool far;
	size_t n_events;
	struct drill_event *event;
};

int drill_script_parse(const char *text, const char *dir, struct drill_script *script,
		       char *why, size_t size);
void drill_script_free(struct drill_script *script);
long long drill_script_length(const struct drill_script *script);

#endif /* SCRIPT_H */
