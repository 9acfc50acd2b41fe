// SPDX-License-Identifier: GPL-2.0
/* System calls of scripts. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "names.h"
#include "net.h"
#include "netns.h"
#include "run.h"

/* The socket of that name, NULL if it is not open. */
struct drill_sock *call_sock(struct drill_run *run, const char *name)
{
	int i;

	for (i = 0; i < run->n_socks; i++)
		if (!strcmp(run->sock[i].name, name))
			return run->sock[i].fd < 0 ? NULL : &run->sock[i];
	return NULL;
}

static struct drill_sock *add_sock(struct drill_run *run, const char *name, int fd)
{
	struct drill_sock *s = &run->sock[run->n_socks++];

	*s = (struct drill_sock){ .fd = fd };
	strcpy(s->name, name);
	return s;
}

static long failed(long result)
{
	return result < 0 ? -errno : result;
}

/* --- connections ------------------------------------------------------------------- */

static long do_socket(struct drill_run *run, const struct drill_call *call)
{
	int fd = socket(netns_weft_family(), call->n | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	add_sock(run, call->sock, fd)->messages = call->n == SOCK_SEQPACKET;
	return 0;
}

static long do_bind(struct drill_run *run, struct drill_sock *s, int port)
{
	struct sockaddr_weft addr = {
		.sweft_family = netns_weft_family(), .sweft_port = htons(port),
	};

	run->port = port;
	return failed(bind(s->fd, (struct sockaddr *)&addr, sizeof(addr)));
}

static long do_connect(struct drill_run *run, struct drill_sock *s, const char *conn)
{
	struct sockaddr_weft addr = {
		.sweft_family = netns_weft_family(),
		.sweft_port = htons(run_conn(run, conn)->them),
		.sweft_addr = drill_addr(DRILL_THEM_MAC),
	};

	if (addr.sweft_addr.a8[0] == 0xfe)
		addr.sweft_scope = if_nametoindex("us");
	return failed(connect(s->fd, (struct sockaddr *)&addr, sizeof(addr)));
}

static long do_accept(struct drill_run *run, struct drill_sock *s, const char *name)
{
	int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return -errno;
	add_sock(run, name, fd)->messages = s->messages;
	return 0;
}

static long do_close(struct drill_sock *s)
{
	int fd = s->fd;

	s->fd = -1;
	return failed(close(fd));
}

/* --- data -------------------------------------------------------------------------- */

static long do_write(struct drill_sock *s, const struct drill_call *call, int flags)
{
	unsigned char *buf = malloc(call->n + 1);
	long n, i;

	if (!buf)
		return -ENOMEM;
	for (i = 0; i < call->n; i++)
		buf[i] = s->messages ? drill_message_byte(s->sent + i) :
				       drill_byte(DRILL_SIDE_US, s->sent + i);
	n = failed(send(s->fd, buf, call->n, flags | MSG_NOSIGNAL | call->flags));
	free(buf);
	if (n > 0)
		s->sent += n;
	if (s->messages && !(call->flags & MSG_MORE))
		s->sent = 0;
	return n;
}

/* EBADMSG if other bytes came than the peer sent. */
static long do_read(struct drill_sock *s, const struct drill_call *call, int flags)
{
	uint32_t at = s->messages ? 0 : s->received;
	unsigned char *buf = malloc(call->n + 1);
	long n, i;
	bool good = true;

	if (!buf)
		return -ENOMEM;
	n = failed(recv(s->fd, buf, call->n, flags | call->flags));
	for (i = 0; i < n && i < call->n; i++)
		good = good && buf[i] == (s->messages ? drill_message_byte(at + i) :
					  drill_byte(DRILL_SIDE_THEM, at + i));
	free(buf);
	if (n > 0 && !(call->flags & MSG_PEEK))
		s->received += n;
	return good ? n : -EBADMSG;
}

/* --- options ----------------------------------------------------------------------- */

static long do_setsockopt(struct drill_sock *s, const struct drill_call *call)
{
	const struct drill_option *o = &drill_options[call->option];
	struct linger linger = { call->n >= 0, call->n >= 0 ? call->n : 0 };
	struct timeval time = { call->n / 1000, call->n % 1000 * 1000 };
	int n = call->n;

	switch (o->kind) {
	case DRILL_OPTION_LINGER:
		return failed(setsockopt(s->fd, o->level, o->option, &linger,
					 sizeof(linger)));
	case DRILL_OPTION_TIME:
		return failed(setsockopt(s->fd, o->level, o->option, &time, sizeof(time)));
	case DRILL_OPTION_STRING:
		return failed(setsockopt(s->fd, o->level, o->option, call->text,
					 strlen(call->text)));
	default:
		return failed(setsockopt(s->fd, o->level, o->option, &n, sizeof(n)));
	}
}

/* The number that the option has; of SO_ERROR the negative errno. */
static long do_getsockopt(struct drill_sock *s, const struct drill_call *call)
{
	const struct drill_option *o = &drill_options[call->option];
	int n = 0;
	socklen_t len = sizeof(n);

	if (getsockopt(s->fd, o->level, o->option, &n, &len))
		return -errno;
	return o->kind == DRILL_OPTION_ERROR ? -n : n;
}

/* --- looks ------------------------------------------------------------------------- */

static long do_poll(struct drill_sock *s)
{
	struct pollfd p = { .fd = s->fd,
			    .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP };

	return poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

static long do_ioctl(struct drill_sock *s, unsigned long request)
{
	int n = 0;

	return ioctl(s->fd, request, &n) ? -errno : n;
}

static long get_info(struct drill_sock *s, struct weft_info *info)
{
	socklen_t len = sizeof(*info);

	return failed(getsockopt(s->fd, SOL_WEFT, WEFT_INFO, info, &len));
}

static long do_state(struct drill_sock *s)
{
	struct weft_info info;
	long err = get_info(s, &info);

	return err ? err : info.state;
}

static long do_info(struct drill_sock *s, const char *name)
{
	const struct drill_field *f = drill_field_find(name);
	struct weft_info info;
	long err = get_info(s, &info);
	const char *at = (const char *)&info + f->offset;
	uint64_t n = *(const uint8_t *)at;
	uint32_t word;

	if (err)
		return err;
	if (f->size == sizeof(n)) {
		memcpy(&n, at, sizeof(n));
	} else if (f->size == sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		n = word;
	}
	return n;
}

/* How much a counter has grown since the script last looked at it. */
static long do_counter(struct drill_run *run, const char *name)
{
	long n = drill_net_counter(name);

	return n < 0 ? -ENOENT : n - run_kept(run, name)->n;
}

/* True if a call only looks at what may take a moment to become true. */
bool call_is_look(const struct drill_call *call)
{
	switch (call->verb) {
	case DRILL_POLL:
	case DRILL_IOCTL:
	case DRILL_STATE:
	case DRILL_INFO:
	case DRILL_COUNTER:
		return true;
	default:
		return false;
	}
}

/* --- all --------------------------------------------------------------------------- */

static long do_on_sock(struct drill_run *run, struct drill_sock *s,
		       const struct drill_call *call, int flags)
{
	switch (call->verb) {
	case DRILL_BIND:
		return do_bind(run, s, call->n);
	case DRILL_LISTEN:
		return failed(listen(s->fd, call->n));
	case DRILL_ACCEPT:
		return do_accept(run, s, call->word);
	case DRILL_CONNECT:
		return do_connect(run, s, call->word);
	case DRILL_WRITE:
		return do_write(s, call, flags);
	case DRILL_READ:
		return do_read(s, call, flags);
	case DRILL_SHUTDOWN:
		return failed(shutdown(s->fd, call->n));
	case DRILL_CLOSE:
		return do_close(s);
	case DRILL_SETSOCKOPT:
		return do_setsockopt(s, call);
	case DRILL_GETSOCKOPT:
		return do_getsockopt(s, call);
	case DRILL_POLL:
		return do_poll(s);
	case DRILL_IOCTL:
		return do_ioctl(s, call->n);
	case DRILL_STATE:
		return do_state(s);
	case DRILL_INFO:
		return do_info(s, call->word);
	default:
		return -EINVAL;
	}
}

/* Makes a call; @flags are MSG_*. Returns what it gives or the negative errno. */
long call_do(struct drill_run *run, const struct drill_call *call, int flags)
{
	struct drill_sock *s;

	switch (call->verb) {
	case DRILL_SOCKET:
		return do_socket(run, call);
	case DRILL_COUNTER:
		return do_counter(run, call->word);
	case DRILL_SYSCTL:
		return failed(drill_net_sysctl(call->word, call->text));
	default:
		s = call_sock(run, call->sock);
		return s ? do_on_sock(run, s, call, flags) : -EBADF;
	}
}

/* --- in the background ------------------------------------------------------------- */

static void *task_run(void *arg)
{
	struct drill_task *task = arg;

	task->result = call_do(task->run, task->call, 0);
	__atomic_store_n(&task->done, run_now(task->run), __ATOMIC_RELEASE);
	close(task->wake[1]);
	return NULL;
}

static void set_blocking(struct drill_sock *s, bool blocking)
{
	int flags = fcntl(s->fd, F_GETFL);

	fcntl(s->fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

/* Makes a call in the background, where it may block. Returns 0 or a negative errno. */
int call_start(struct drill_run *run, const struct drill_call *call)
{
	struct drill_task *task = &run->task[run->n_tasks];
	struct drill_sock *s = call_sock(run, call->sock);

	if (!s)
		return -EBADF;
	if (run->n_tasks == RUN_TASKS)
		return -ENOSPC;
	*task = (struct drill_task){ .run = run, .call = call, .sock = s };
	if (pipe(task->wake))
		return -errno;
	set_blocking(s, true);
	if (pthread_create(&task->thread, NULL, task_run, task))
		return -ENOMEM;
	run->n_tasks++;
	return 0;
}

/* Takes leave of a call that is done. */
void call_end(struct drill_task *task)
{
	pthread_join(task->thread, NULL);
	close(task->wake[0]);
	if (task->sock->fd >= 0)
		set_blocking(task->sock, false);
	task->sock = NULL;
}
