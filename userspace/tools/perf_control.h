/* SPDX-License-Identifier: GPL-2.0 */
/* weft perf: control messages on a connection. */
#ifndef WEFT_PERF_CONTROL_H
#define WEFT_PERF_CONTROL_H

#include <errno.h>
#include <signal.h>

#include "perf.h"

/* What the other end has for an answer that needs no measuring, ns. */
#define PERF_PATIENCE	(30 * PERF_SECOND)

/**
 * struct perf_control - one end of a connection of control messages
 * @fd: the socket
 * @have: bytes in @in
 * @in: what came of the next message
 */
struct perf_control {
	int fd;
	size_t have;
	uint8_t in[PERF_MESSAGE_MAX];
};

/* What perf_control_read() says beside perf_message_decode(). */
enum {
	PERF_MESSAGE	= 1,
	PERF_NOTHING	= 0,	/* in that time */
	PERF_CLOSED	= -3,	/* by the other end; errno tells if it was an error */
};

int perf_control_write(int fd, const struct perf_message *m);
int perf_control_read(struct perf_control *c, struct perf_message *m, uint64_t wait);
const char *perf_control_error(int code);

#endif /* WEFT_PERF_CONTROL_H */
