// SPDX-License-Identifier: GPL-2.0
/* weft nc: a connection's two directions, to and from standard input and output. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nc.h"

/* A message fits, and enough of a stream. */
#define BUF_SIZE	WEFT_MESSAGE_MAX

/* Standard input outlives a connection, but what was read for one is not sent to the next. */
static char input_buf[BUF_SIZE];
static struct nc_input input = { .buf = input_buf, .size = BUF_SIZE };

/**
 * struct relay - a connection
 * @o: the options
 * @fd: socket
 * @out: bytes on their way to standard output
 * @out_start: where those begin that are not written yet
 * @out_end: where they end
 * @out_piece: bytes that standard output takes without blocking, once poll() says so
 * @peer_ended: the peer sends no more
 * @sent_all: input has ended, and all of it is sent
 * @begin: when it began, s
 * @active: when something was sent or received last, s
 * @quit_at: when -q ends it; 0 when it does not yet
 * @bytes_in: received
 * @bytes_out: sent
 * @messages_in: received
 * @messages_out: sent
 */
struct relay {
	const struct nc_options *o;
	int fd;
	char *out;
	size_t out_start, out_end, out_piece;
	bool peer_ended, sent_all;
	double begin, active, quit_at;
	uint64_t bytes_in, bytes_out;
	uint64_t messages_in, messages_out;
};

static int failed(const char *what)
{
	if (what)
		cli_error("%s: %s", what, strerror(errno));
	else
		cli_error("%s", weft_strerror(errno));
	return -1;
}

static bool passing(int err)
{
	return err == EAGAIN || err == EINTR;
}

static int read_input(void)
{
	size_t room = nc_input_room(&input);
	ssize_t n = read(STDIN_FILENO, input.buf + input.end, room);

	if (n < 0)
		return passing(errno) ? 0 : failed("standard input");
	if (!n)
		input.ended = true;
	input.end += (size_t)n;
	return 0;
}

/* Sends what can be sent at once. */
static int send_input(struct relay *r)
{
	size_t len;
	ssize_t n;

	while ((len = nc_input_piece(&input)) != 0) {
		n = send(r->fd, input.buf + input.start, len,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return passing(errno) ? 0 : failed(NULL);
		input.start += (size_t)n;
		r->bytes_out += (uint64_t)n;
		r->messages_out++;
		r->active = cli_now();
	}
	return 0;
}

/* After the last of it: the peer is told, if it is to be, and -q begins to count. */
static int end_input(struct relay *r)
{
	if (r->sent_all || !input.ended || nc_input_piece(&input))
		return 0;
	r->sent_all = true;
	if (r->o->quit >= 0)
		r->quit_at = cli_now() + r->o->quit;
	if ((r->o->shut || r->o->quit >= 0) && shutdown(r->fd, SHUT_WR))
		return failed(NULL);
	return 0;
}

/* An empty message is no end: it has MSG_EOR. */
static int receive(struct relay *r)
{
	struct iovec iov = { .iov_base = r->out, .iov_len = BUF_SIZE };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(r->fd, &msg, MSG_DONTWAIT);

	if (n < 0)
		return passing(errno) ? 0 : failed(NULL);
	r->active = cli_now();
	if (!n && !(msg.msg_flags & MSG_EOR)) {
		r->peer_ended = true;
		return 0;
	}
	r->out_start = 0;
	r->out_end = (size_t)n;
	r->bytes_in += (uint64_t)n;
	r->messages_in++;
	return 0;
}

static int write_output(struct relay *r)
{
	size_t len = r->out_end - r->out_start;
	ssize_t n;

	if (len > r->out_piece)
		len = r->out_piece;
	n = write(STDOUT_FILENO, r->out + r->out_start, len);
	if (n < 0)
		return passing(errno) ? 0 : failed("standard output");
	r->out_start += (size_t)n;
	return 0;
}

/* The peer had ended already: now it does not listen any more either. */
static int check_error(struct relay *r)
{
	socklen_t len = sizeof(int);
	int err;

	if (getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return failed(NULL);
	errno = err ? err : EPIPE;
	return failed(NULL);
}

/*
 * Does what the three files are ready for. More is read only when all that came before
 * is written, and so is input: a slow reader at one end makes the writer at the other
 * wait.
 */
static int handle(struct relay *r, const struct pollfd *pfd)
{
	if (pfd[0].revents && read_input())
		return -1;
	if (pfd[1].revents & (POLLIN | POLLERR | POLLHUP)) {
		if (r->peer_ended)
			return check_error(r);
		if (pfd[1].events & POLLIN && receive(r))
			return -1;
	}
	if (pfd[2].revents && write_output(r))
		return -1;
	if (pfd[0].revents || pfd[1].revents & POLLOUT)
		return send_input(r) || end_input(r) ? -1 : 0;
	return 0;
}

/* Fills in what is waited for; a file that is not must not wake poll() by its end. */
static void want(const struct relay *r, struct pollfd *pfd)
{
	bool to_send = nc_input_piece(&input), to_write = r->out_end > r->out_start;

	pfd[0].fd = input.ended || to_send ? -1 : STDIN_FILENO;
	pfd[0].events = POLLIN;
	pfd[1].events = (short)((to_send ? POLLOUT : 0) |
				(r->peer_ended || to_write ? 0 : POLLIN));
	pfd[1].fd = pfd[1].events || (r->peer_ended && !r->sent_all) ? r->fd : -1;
	pfd[2].fd = to_write ? STDOUT_FILENO : -1;
	pfd[2].events = POLLOUT;
}

/* Milliseconds until -w or -q end the run; -1: never, 0: at once. */
static int time_left(const struct relay *r)
{
	double end = r->o->idle > 0 ? r->active + r->o->idle : 0;

	if (r->quit_at > 0 && (end <= 0 || r->quit_at < end))
		end = r->quit_at;
	return end > 0 ? nc_milliseconds(end - cli_now()) : -1;
}

/* Nobody wants to type for a peer that went. */
static bool ended(const struct relay *r)
{
	return r->peer_ended && r->out_end == r->out_start &&
	       (r->sent_all || isatty(STDIN_FILENO));
}

static int run(struct relay *r)
{
	struct pollfd pfd[3];
	int timeout;

	if (end_input(r))
		return NC_ERROR;
	while (!ended(r)) {
		timeout = time_left(r);
		if (!timeout)
			break;
		want(r, pfd);
		if (poll(pfd, 3, timeout) > 0 && handle(r, pfd))
			return NC_ERROR;
	}
	return CLI_OK;
}

/* A pipe takes this much at once when poll() says that it takes something. */
static size_t output_piece(void)
{
	struct stat st;

	return !fstat(STDOUT_FILENO, &st) && S_ISREG(st.st_mode) ? BUF_SIZE : PIPE_BUF;
}

static void tell_sums(const struct relay *r)
{
	char in[40] = "", out[40] = "";

	if (!r->o->verbose)
		return;
	if (r->o->type == SOCK_SEQPACKET) {
		snprintf(in, sizeof(in), " in %ju messages", (uintmax_t)r->messages_in);
		snprintf(out, sizeof(out), " in %ju messages", (uintmax_t)r->messages_out);
	}
	cli_error("received %ju bytes%s, sent %ju bytes%s, %.3f s",
		  (uintmax_t)r->bytes_in, in, (uintmax_t)r->bytes_out, out,
		  cli_now() - r->begin);
}

int nc_relay(const struct nc_options *o, int fd)
{
	static char out[BUF_SIZE];
	struct relay r = {
		.o = o,
		.fd = fd,
		.out = out,
		.out_piece = output_piece(),
		.begin = cli_now(),
	};
	int code;

	r.active = r.begin;
	input.start = 0;
	input.end = 0;
	input.lines = o->type == SOCK_SEQPACKET && !o->size;
	input.piece = o->size;
	code = run(&r);
	tell_sums(&r);
	return code;
}
