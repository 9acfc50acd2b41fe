// SPDX-License-Identifier: GPL-2.0
/* weft perf: control messages on a connection. */
#include <poll.h>
#include <string.h>

#include "perf_run.h"

/* Control messages are few and short: the socket takes them whole. */
int perf_control_write(int fd, const struct perf_message *m)
{
	uint8_t buf[PERF_MESSAGE_MAX];
	size_t len = perf_message_encode(m, buf), done = 0;
	ssize_t n;

	while (done < len) {
		n = send(fd, buf + done, len - done, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* A message that is there already. */
static int take_message(struct perf_control *c, struct perf_message *m)
{
	int n = perf_message_decode(c->in, c->have, m);

	if (n <= 0)
		return n;
	c->have -= (size_t)n;
	memmove(c->in, c->in + n, c->have);
	return PERF_MESSAGE;
}

static int wait_for(int fd, uint64_t until)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t now = perf_now();

	return poll(&pfd, 1, now < until ? (int)((until - now) / PERF_MS) + 1 : 0);
}

/*
 * Reads a message, waiting for it at most @wait ns. Returns PERF_MESSAGE, PERF_NOTHING,
 * PERF_CLOSED, or why it is none. SIGINT ends the waiting.
 */
int perf_control_read(struct perf_control *c, struct perf_message *m, uint64_t wait)
{
	uint64_t until = perf_now() + wait;
	ssize_t n;
	int code;

	for (;;) {
		code = take_message(c, m);
		if (code)
			return code;
		n = recv(c->fd, c->in + c->have, sizeof(c->in) - c->have, MSG_DONTWAIT);
		if (n > 0) {
			c->have += (size_t)n;
			continue;
		}
		if (!n)
			errno = 0;
		if (!n || !perf_again(errno))
			return PERF_CLOSED;
		if (perf_now() >= until || perf_interrupted)
			return PERF_NOTHING;
		wait_for(c->fd, until);
	}
}

/* What went wrong, from what perf_control_read() returned. */
const char *perf_control_error(int code)
{
	switch (code) {
	case PERF_BAD_VERSION:
		return "the other end is of another version";
	case PERF_NOTHING:
		return "no answer";
	case PERF_CLOSED:
		return errno ? weft_strerror(errno) : "the other end closed the connection";
	}
	return "the other end is no weft perf";
}
