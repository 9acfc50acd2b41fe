/* SPDX-License-Identifier: GPL-2.0 */
/* weft ping: what its files share. */
#ifndef WEFT_PING_H
#define WEFT_PING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft.h"

/* Sequence numbers have 16 bits: every one of them is remembered. */
#define PING_SEQS	65536

/* More nodes than this are counted but not told apart. */
#define PING_RESPONDERS	1024

/* A node that has answered, with a bit for each sequence number it answered. */
struct ping_responder {
	struct sockaddr_weft addr;
	unsigned long received;
	uint8_t seen[PING_SEQS / 8];
};

/* What the statistics are made of; times in seconds. */
struct ping_stat {
	double started;
	double sent_at[PING_SEQS];		/* 0: never sent */
	bool answered[PING_SEQS];
	unsigned long sent, received, duplicates, corrupted, errors;
	double min, max, sum, sum2;
	unsigned long timed;
	struct ping_responder *responder[PING_RESPONDERS];
	unsigned int responders;
};

/**
 * struct ping_error - what came in the place of a reply
 * @from: who says it; of our own, our address, or none if the request did not leave
 * @seq: of the request
 * @local: this node says it
 * @type: WEFT_CTL_*
 * @code: of the type
 * @info: MTU of packet too big, offset of parameter problem
 */
struct ping_error {
	struct sockaddr_weft from;
	uint16_t seq;
	bool local;
	uint8_t type;
	uint8_t code;
	uint32_t info;
};

void ping_stat_sent(struct ping_stat *s, uint16_t seq, double now);
int ping_stat_reply(struct ping_stat *s, uint16_t seq, double now,
		    const struct sockaddr_weft *from, double *rtt);
void ping_stat_print(const struct ping_stat *s, const char *name, bool group);
void ping_stat_print_short(const struct ping_stat *s);
void ping_stat_json(const struct ping_stat *s, const char *name,
		    const struct sockaddr_weft *dest);

bool ping_error_next(int fd, struct ping_error *e);
const char *ping_error_text(const struct ping_error *e, char *buf, size_t size);

#endif /* WEFT_PING_H */
