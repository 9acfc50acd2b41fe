// SPDX-License-Identifier: GPL-2.0
/*
 * userspace/lib/dial.c, with stand-ins for the calls that it makes: each writes into
 * a log what it was called with, and does what its plan says.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"
#include "stubs.h"
#include "tap.h"

static const char hosts[] =
	"7::1 one\n"
	"7::2 many\n"
	"7::3 many\n"
	"7::4 many\n";

static char calls[512];

/* The errno of each call to come, in turn; 0 when it succeeds. */
struct plan {
	int err[4];
	unsigned int n;
};

static struct plan sockets, connects, binds, listens, polls;
static int socket_error, socket_type, backlog_seen;
static bool reuse;

static int planned(struct plan *p)
{
	int err = p->err[p->n++];

	errno = err;
	return err ? -1 : 0;
}

static void note(const char *what, const struct sockaddr *sa)
{
	char text[WEFT_SOCKADDRSTRLEN];

	strcat(calls, what);
	if (sa)
		strcat(calls, weft_sockaddr_format((const void *)sa, text, sizeof(text)));
	strcat(calls, ";");
}

int weft_socket(int type, int protocol)
{
	CHECK(protocol == 0);
	socket_type = type;
	return planned(&sockets) ? -1 : open("/dev/null", O_RDONLY);
}

int connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	CHECK(fd >= 0 && len == sizeof(struct sockaddr_weft));
	note("to ", sa);
	return planned(&connects);
}

int bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	CHECK(fd >= 0 && len == sizeof(struct sockaddr_weft));
	note("at ", sa);
	return planned(&binds);
}

int listen(int fd, int backlog)
{
	CHECK(fd >= 0);
	backlog_seen = backlog;
	note("listen", NULL);
	return planned(&listens);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	CHECK(fds && n == 1 && timeout == -1);
	note("poll", NULL);
	return planned(&polls) ? -1 : 1;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	CHECK(fd >= 0 && level == SOL_SOCKET && name == SO_REUSEADDR);
	CHECK(len == sizeof(int) && *(const int *)value == 1);
	reuse = true;
	return 0;
}

int getsockopt(int fd, int level, int name, void *restrict value,
	       socklen_t *restrict len)
{
	CHECK(fd >= 0 && level == SOL_SOCKET && name == SO_ERROR);
	CHECK(*len == sizeof(int));
	*(int *)value = socket_error;
	return 0;
}

/* How many files are open: none may be left behind by a failure. */
static int open_files(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int files_before;

static void begin(void)
{
	memset(&sockets, 0, sizeof(sockets));
	memset(&connects, 0, sizeof(connects));
	memset(&binds, 0, sizeof(binds));
	memset(&listens, 0, sizeof(listens));
	memset(&polls, 0, sizeof(polls));
	socket_error = 0;
	reuse = false;
	calls[0] = '\0';
	files_before = open_files();
}

/* A call that succeeded. */
static void succeeded(int fd)
{
	CHECK(fd >= 0);
	CHECK(weft_dial_error() == 0);
	if (fd >= 0)
		close(fd);
	CHECK(open_files() == files_before);
}

/* A call that failed with an error of the system. */
static void failed(int fd, int err)
{
	CHECK(errno == err);
	CHECK(fd == -1);
	CHECK(weft_dial_error() == WEFT_EAI_SYSTEM);
	CHECK(open_files() == files_before);
}

static void refused(int fd, int code, int err)
{
	CHECK(errno == err);
	CHECK(fd == -1);
	CHECK(weft_dial_error() == code);
	CHECK_STR(calls, "");
	CHECK(open_files() == files_before);
}

static void dials(void)
{
	begin();
	succeeded(weft_dial("[7::1]:80", SOCK_STREAM | SOCK_CLOEXEC));
	CHECK_STR(calls, "to [7::1]:80;");
	CHECK(socket_type == (SOCK_STREAM | SOCK_CLOEXEC));
	begin();
	succeeded(weft_dial("[fe80::1%eth1]:80", SOCK_SEQPACKET));
	CHECK_STR(calls, "to [fe80::1%eth1]:80;");
	CHECK(socket_type == SOCK_SEQPACKET);
	begin();
	succeeded(weft_dial("one:5000", SOCK_STREAM));
	CHECK_STR(calls, "to [7::1]:5000;");
}

static void tries_every_address(void)
{
	begin();
	connects.err[0] = ECONNREFUSED;
	connects.err[1] = EHOSTUNREACH;
	succeeded(weft_dial("many:80", SOCK_STREAM));
	CHECK_STR(calls, "to [7::2]:80;to [7::3]:80;to [7::4]:80;");
	begin();
	connects.err[0] = ETIMEDOUT;
	connects.err[1] = EHOSTUNREACH;
	connects.err[2] = ECONNREFUSED;
	failed(weft_dial("many:80", SOCK_STREAM), ECONNREFUSED);
	begin();
	sockets.err[0] = EMFILE;
	sockets.err[1] = EMFILE;
	sockets.err[2] = EMFILE;
	failed(weft_dial("many:80", SOCK_STREAM), EMFILE);
	CHECK_STR(calls, "");
}

static void goes_on_after_signals(void)
{
	begin();
	connects.err[0] = EINTR;
	polls.err[0] = EINTR;
	succeeded(weft_dial("many:80", SOCK_STREAM));
	CHECK_STR(calls, "to [7::2]:80;poll;poll;");
	begin();
	connects.err[0] = EINTR;
	socket_error = ECONNREFUSED;
	failed(weft_dial("one:80", SOCK_STREAM), ECONNREFUSED);
	begin();
	connects.err[0] = EINTR;
	polls.err[0] = ENOMEM;
	failed(weft_dial("one:80", SOCK_STREAM), ENOMEM);
}

static void does_not_wait_without_blocking(void)
{
	begin();
	connects.err[0] = EINPROGRESS;
	succeeded(weft_dial("many:80", SOCK_STREAM | SOCK_NONBLOCK));
	CHECK_STR(calls, "to [7::2]:80;");
	begin();
	connects.err[0] = EINTR;
	succeeded(weft_dial("many:80", SOCK_STREAM | SOCK_NONBLOCK));
	CHECK_STR(calls, "to [7::2]:80;");
}

static void tells_what_is_wrong(void)
{
	begin();
	refused(weft_dial("nobody:80", SOCK_STREAM), WEFT_EAI_NONAME, ENOENT);
	refused(weft_dial("one", SOCK_STREAM), WEFT_EAI_PORT, EINVAL);
	refused(weft_dial("7::1", SOCK_STREAM), WEFT_EAI_PORT, EINVAL);
	refused(weft_dial("one:0", SOCK_STREAM), WEFT_EAI_PORT, EINVAL);
	refused(weft_dial("one:65536", SOCK_STREAM), WEFT_EAI_PORT, EINVAL);
	refused(weft_dial("", SOCK_STREAM), WEFT_EAI_SYNTAX, EINVAL);
	refused(weft_dial(":80", SOCK_STREAM), WEFT_EAI_SYNTAX, EINVAL);
	refused(weft_dial("[fe80::1%gone]:80", SOCK_STREAM), WEFT_EAI_DEVICE, ENODEV);
	refused(weft_listen("nobody:80", SOCK_STREAM, 1), WEFT_EAI_NONAME, ENOENT);
	refused(weft_listen(":x", SOCK_STREAM, 1), WEFT_EAI_PORT, EINVAL);
	stub_family = -1;
	refused(weft_dial("[7::1]:80", SOCK_STREAM), WEFT_EAI_FAMILY, EAFNOSUPPORT);
	refused(weft_listen(":80", SOCK_STREAM, 1), WEFT_EAI_FAMILY, EAFNOSUPPORT);
	stub_family = 18;
}

static void listens_there(void)
{
	begin();
	succeeded(weft_listen("[7::1]:80", SOCK_SEQPACKET, 7));
	CHECK_STR(calls, "at [7::1]:80;listen;");
	CHECK(socket_type == SOCK_SEQPACKET && backlog_seen == 7 && reuse);
	begin();
	succeeded(weft_listen(":80", SOCK_STREAM, 1));
	CHECK_STR(calls, "at [::]:80;listen;");
	begin();
	succeeded(weft_listen("[::]:80", SOCK_STREAM, 1));
	CHECK_STR(calls, "at [::]:80;listen;");
	begin();
	succeeded(weft_listen("::", SOCK_STREAM, 1));
	CHECK_STR(calls, "at ::;listen;");
	begin();
	succeeded(weft_listen("::1", SOCK_STREAM, 1));
	CHECK_STR(calls, "at ::1;listen;");
}

static void listens_at_the_first_that_is_here(void)
{
	begin();
	binds.err[0] = EADDRNOTAVAIL;
	listens.err[0] = EADDRINUSE;
	succeeded(weft_listen("many:80", SOCK_STREAM, 1));
	CHECK_STR(calls, "at [7::2]:80;at [7::3]:80;listen;at [7::4]:80;listen;");
	begin();
	binds.err[0] = EADDRNOTAVAIL;
	failed(weft_listen("one:80", SOCK_STREAM, 1), EADDRNOTAVAIL);
	begin();
	listens.err[0] = EOPNOTSUPP;
	failed(weft_listen("one:80", SOCK_DGRAM, 1), EOPNOTSUPP);
}

int main(void)
{
	char path[] = "/tmp/weft-unit-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, hosts, strlen(hosts)) < 0) {
		perror(path);
		return 1;
	}
	close(fd);
	setenv("WEFT_HOSTS", path, 1);
	TAP_RUN(dials);
	TAP_RUN(tries_every_address);
	TAP_RUN(goes_on_after_signals);
	TAP_RUN(does_not_wait_without_blocking);
	TAP_RUN(tells_what_is_wrong);
	TAP_RUN(listens_there);
	TAP_RUN(listens_at_the_first_that_is_here);
	unlink(path);
	return tap_done();
}
