// SPDX-License-Identifier: GPL-2.0
/* userspace/lib/full.c, on pairs of sockets with a thread at the other end. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "tap.h"
#include "weft.h"

#define BIG	1000000

static unsigned char sent[BIG], got[BIG];

static void pair(int type, int fd[2])
{
	CHECK(!socketpair(AF_UNIX, type, 0, fd));
}

static void unblock(int fd)
{
	CHECK(!fcntl(fd, F_SETFL, O_NONBLOCK));
}

static void fill(void)
{
	size_t i;

	for (i = 0; i < sizeof(sent); i++)
		sent[i] = (unsigned char)(i * 7 + i / 251);
	memset(got, 0, sizeof(got));
}

/* Alarms are for the thread that is tested. */
static void take_no_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
}

/* Writes in pieces of an odd size, with pauses, then closes. */
static void *write_slowly(void *arg)
{
	int fd = *(int *)arg;
	size_t at = 0, n;

	take_no_signals();
	while (at < sizeof(sent)) {
		n = sizeof(sent) - at < 30011 ? sizeof(sent) - at : 30011;
		if (write(fd, sent + at, n) != (ssize_t)n)
			break;
		at += n;
		usleep(500);
	}
	close(fd);
	return NULL;
}

static void *read_slowly(void *arg)
{
	int fd = *(int *)arg;
	size_t at = 0;
	ssize_t n;

	take_no_signals();
	while ((n = read(fd, got + at, sizeof(got) - at)) > 0) {
		at += (size_t)n;
		usleep(200);
	}
	close(fd);
	return NULL;
}

static void reads(bool blocking)
{
	pthread_t thread;
	int fd[2];

	fill();
	pair(SOCK_STREAM, fd);
	if (!blocking)
		unblock(fd[0]);
	CHECK(!pthread_create(&thread, NULL, write_slowly, &fd[1]));
	CHECK(weft_read_full(fd[0], got, sizeof(got)) == sizeof(got));
	CHECK(!memcmp(got, sent, sizeof(got)));
	CHECK(weft_read_full(fd[0], got, 1) == 0);
	pthread_join(thread, NULL);
	close(fd[0]);
}

static void reads_all(void)
{
	reads(true);
	reads(false);
}

static void writes(bool blocking)
{
	pthread_t thread;
	int fd[2];

	fill();
	pair(SOCK_STREAM, fd);
	if (!blocking)
		unblock(fd[0]);
	CHECK(!pthread_create(&thread, NULL, read_slowly, &fd[1]));
	CHECK(weft_write_full(fd[0], sent, sizeof(sent)) == sizeof(sent));
	close(fd[0]);
	pthread_join(thread, NULL);
	CHECK(!memcmp(got, sent, sizeof(got)));
}

static void writes_all(void)
{
	writes(true);
	writes(false);
}

static void ends_with_the_file(void)
{
	char buf[8];
	int fd[2];

	pair(SOCK_STREAM, fd);
	CHECK(write(fd[1], "abc", 3) == 3);
	close(fd[1]);
	CHECK(weft_read_full(fd[0], buf, sizeof(buf)) == 3);
	CHECK(!memcmp(buf, "abc", 3));
	CHECK(weft_read_full(fd[0], buf, sizeof(buf)) == 0);
	CHECK(weft_read_full(fd[0], buf, 0) == 0);
	close(fd[0]);
}

static void tells_errors(void)
{
	char buf[8];
	int fd[2];

	errno = 0;
	CHECK(weft_read_full(-1, buf, sizeof(buf)) == -1 && errno == EBADF);
	errno = 0;
	CHECK(weft_write_full(-1, buf, sizeof(buf)) == -1 && errno == EBADF);
	pair(SOCK_STREAM, fd);
	close(fd[1]);
	errno = 0;
	CHECK(weft_write_full(fd[0], sent, sizeof(sent)) == -1 && errno == EPIPE);
	close(fd[0]);
}

/* A socket that blocks says EAGAIN at the end of its own time. */
static void obeys_timeouts(void)
{
	struct timeval timeout = { .tv_usec = 20000 };
	char buf[8];
	int fd[2];

	pair(SOCK_STREAM, fd);
	CHECK(!setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)));
	CHECK(!setsockopt(fd[0], SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)));
	CHECK(write(fd[1], "abc", 3) == 3);
	errno = 0;
	CHECK(weft_read_full(fd[0], buf, sizeof(buf)) == -1 && errno == EAGAIN);
	errno = 0;
	CHECK(weft_write_full(fd[0], sent, sizeof(sent)) == -1 && errno == EAGAIN);
	close(fd[0]);
	close(fd[1]);
}

static volatile sig_atomic_t alarms;

static void count_alarm(int sig)
{
	(void)sig;
	alarms++;
}

/* The handler does not restart calls: each alarm makes one fail with EINTR. */
static void goes_on_after_signals(void)
{
	struct sigaction action = { .sa_handler = count_alarm };
	struct itimerval every = { { 0, 2000 }, { 0, 2000 } }, never = { 0 };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	reads(true);
	reads(false);
	writes(true);
	writes(false);
	setitimer(ITIMER_REAL, &never, NULL);
	CHECK(alarms > 3);
}

static void writes_an_empty_message(void)
{
	char buf[8];
	int fd[2];

	pair(SOCK_SEQPACKET, fd);
	CHECK(weft_write_full(fd[0], "", 0) == 0);
	CHECK(weft_write_full(fd[0], "abc", 3) == 3);
	CHECK(recv(fd[1], buf, sizeof(buf), MSG_DONTWAIT) == 0);
	CHECK(recv(fd[1], buf, sizeof(buf), MSG_DONTWAIT) == 3);
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	TAP_RUN(reads_all);
	TAP_RUN(writes_all);
	TAP_RUN(ends_with_the_file);
	TAP_RUN(tells_errors);
	TAP_RUN(obeys_timeouts);
	TAP_RUN(goes_on_after_signals);
	TAP_RUN(writes_an_empty_message);
	return tap_done();
}
