// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes of a stream that no program copies: splice() from and to pipes, tee(), vmsplice(),
 * sendfile(). TCP is asked the same.
 *
 * lab: --nodes 1 --nic none
 */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include "stream.h"

#define BULK	1000000

static char out[BULK], in[BULK];

/* Reads all that is sent into @in; how much that is. */
static void *read_all(void *arg)
{
	return (void *)stream_read(*(int *)arg, in, BULK);
}

static long join(pthread_t thread)
{
	void *ret;

	CHECK(!pthread_join(thread, &ret));
	return (long)ret;
}

static int file_with_bulk(void)
{
	int file = memfd_create("bulk", 0);

	CHECK(file >= 0 && write(file, out, BULK) == BULK);
	return file;
}

static void a_file_is_sent(void)
{
	int file = file_with_bulk(), fd[2];
	pthread_t reader;
	off_t at = 0;
	ssize_t n;

	stream_pair(fd);
	memset(in, 0, sizeof(in));
	CHECK(!pthread_create(&reader, NULL, read_all, &fd[1]));
	while (at < BULK) {
		n = sendfile(fd[0], file, &at, BULK - at);
		if (n <= 0)
			break;
	}
	TELL(at);
	/* Beyond its end there is nothing. */
	TELL(TRY(sendfile(fd[0], file, &at, 10)));
	TELL(join(reader));
	CHECK(!memcmp(in, out, BULK));
	/* The program may write to the file again: what waits to be sent is not copied. */
	TELL(TRY(sendfile(fd[0], file, &(off_t){ 5 }, 100)));
	TELL(stream_read(fd[1], in, 100));
	CHECK(!memcmp(in, out + 5, 100));
	close(file);
	stream_close_pair(fd);
}

static void a_file_is_sent_while_there_is_room(void)
{
	int file = file_with_bulk(), fd[2];
	off_t at = 0;
	long sum = 0;

	stream_pair(fd);
	CHECK(!sock_set(fd[0], SOL_SOCKET, SO_SNDBUF, 20000));
	CHECK(!sock_set(fd[1], SOL_SOCKET, SO_RCVBUF, 20000));
	stream_nonblock(fd[0]);
	while (sendfile(fd[0], file, &at, BULK - at) > 0 && at < BULK)
		sum = at;
	CHECK(sum > 0 && sum < BULK);
	TELL(TRY(sendfile(fd[0], file, &at, BULK - at)));
	CHECK(stream_drain(fd[1], at) == at);
	TELL(sock_wait(fd[0], POLLOUT));
	TELL(TRY(sendfile(fd[0], file, &(off_t){ 0 }, 100)));
	close(file);
	stream_close_pair(fd);
}

static void from_a_pipe_and_into_one(void)
{
	int fd[2], from[2], to[2];

	stream_pair(fd);
	CHECK(!pipe(from) && !pipe(to));
	CHECK(write(from[1], out, 10000) == 10000);
	TELL(TRY(splice(from[0], NULL, fd[0], NULL, 6000, 0)));
	TELL(TRY(splice(from[0], NULL, fd[0], NULL, 6000, 0)));
	STREAM_UNTIL(stream_ioctl(fd[1], SIOCINQ) == 10000);
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 7000, 0)));
	TELL(stream_ioctl(fd[1], SIOCINQ));
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 7000, 0)));
	CHECK(read(to[0], in, 10000) == 10000 && !memcmp(in, out, 10000));
	/* Whether it waits is said by the socket, not by the flag. */
	stream_nonblock(fd[1]);
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 100, SPLICE_F_NONBLOCK)));
	/* A position makes no sense. */
	TELL(TRY(splice(fd[1], &(loff_t){ 1 }, to[1], NULL, 100, SPLICE_F_NONBLOCK)));
	close(from[0]);
	close(from[1]);
	close(to[0]);
	close(to[1]);
	stream_close_pair(fd);
}

/* More than a pipe can hold at once. */
static void a_pipe_is_full(void)
{
	int fd[2], to[2];
	long sum = 0, n;

	stream_pair(fd);
	/* Of one page or piece. */
	CHECK(!pipe(to) && fcntl(to[0], F_SETPIPE_SZ, 4096) == 4096);
	CHECK(send(fd[0], out, 60000, 0) == 60000);
	stream_nonblock(fd[1]);
	STREAM_UNTIL(stream_ioctl(fd[1], SIOCINQ) == 60000);
	for (;;) {
		n = splice(fd[1], NULL, to[1], NULL, 60000,
			   SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
		if (n <= 0)
			break;
		sum += n;
	}
	CHECK(sum > 0 && sum < 60000);
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 60000, SPLICE_F_NONBLOCK)));
	while (sum < 60000) {
		CHECK(read(to[0], in, sizeof(in)) > 0);
		n = splice(fd[1], NULL, to[1], NULL, 60000, 0);
		if (n <= 0)
			break;
		sum += n;
	}
	TELL(sum);
	close(to[0]);
	close(to[1]);
	stream_close_pair(fd);
}

static void splice_ends(void)
{
	int fd[2], to[2];

	CHECK(!pipe(to));
	stream_pair(fd);
	CHECK(send(fd[0], "last", 4, 0) == 4 && !shutdown(fd[0], SHUT_WR));
	stream_until_state(fd[1], STATE_CLOSE_WAIT);
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 100, 0)));
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 100, 0)));
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 100, 0)));
	stream_reset(fd[0]);
	stream_until_state(fd[1], STATE_CLOSE);
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 100, 0)));
	close(fd[1]);
	stream_pair(fd);
	stream_reset(fd[0]);
	stream_until_state(fd[1], STATE_CLOSE);
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 100, 0)));
	TELL(TRY(splice(fd[1], NULL, to[1], NULL, 100, 0)));
	close(fd[1]);
	close(to[0]);
	close(to[1]);
}

/* From one connection to another, and a copy into a third. */
static void through(void)
{
	int a[2], b[2], c[2], p[2], q[2];

	stream_pair(a);
	stream_pair(b);
	stream_pair(c);
	CHECK(!pipe(p) && !pipe(q));
	CHECK(send(a[0], out, 3000, 0) == 3000);
	STREAM_UNTIL(stream_ioctl(a[1], SIOCINQ) == 3000);
	TELL(TRY(splice(a[1], NULL, p[1], NULL, 3000, 0)));
	TELL(TRY(tee(p[0], q[1], 3000, 0)));
	TELL(TRY(splice(p[0], NULL, b[0], NULL, 3000, 0)));
	TELL(TRY(splice(q[0], NULL, c[0], NULL, 3000, 0)));
	TELL(stream_read(b[1], in, 3000));
	CHECK(!memcmp(in, out, 3000));
	TELL(stream_read(c[1], in, 3000));
	CHECK(!memcmp(in, out, 3000));
	close(p[0]);
	close(p[1]);
	close(q[0]);
	close(q[1]);
	stream_close_pair(a);
	stream_close_pair(b);
	stream_close_pair(c);
}

/* Pages that a program gave away. */
static void given_pages(void)
{
	char *pages = mmap(NULL, 32768, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	struct iovec iov = { pages, 32768 };
	int fd[2], p[2];

	CHECK(pages != MAP_FAILED && !pipe(p));
	memcpy(pages, out, 32768);
	stream_pair(fd);
	TELL(TRY(vmsplice(p[1], &iov, 1, SPLICE_F_GIFT)));
	TELL(TRY(splice(p[0], NULL, fd[0], NULL, 32768, SPLICE_F_MOVE)));
	TELL(stream_read(fd[1], in, 32768));
	CHECK(!memcmp(in, out, 32768));
	munmap(pages, 32768);
	close(p[0]);
	close(p[1]);
	stream_close_pair(fd);
}

/* A short piece waits for the rest that was promised; it goes when that comes. */
static void more_is_promised(void)
{
	int fd[2], p[2];

	stream_pair(fd);
	CHECK(!pipe(p) && write(p[1], out, 200) == 200);
	TELL(TRY(splice(p[0], NULL, fd[0], NULL, 100, SPLICE_F_MORE)));
	usleep(20000);
	TELL(stream_ioctl(fd[1], SIOCINQ));
	TELL(stream_ioctl(fd[0], SIOCOUTQNSD));
	TELL(TRY(splice(p[0], NULL, fd[0], NULL, 100, 0)));
	STREAM_UNTIL(stream_ioctl(fd[1], SIOCINQ) == 200);
	close(p[0]);
	close(p[1]);
	stream_close_pair(fd);
}

/* Messages have boundaries, which a pipe has not; what is spliced in is a message each. */
static void messages(void)
{
	struct sock_name name = sock_loopback(stream_family, 4300);
	int listener = socket(stream_family, SOCK_SEQPACKET, 0), fd[2], p[2];

	CHECK(!bind(listener, &name.sa, name.len) && !listen(listener, 1));
	fd[0] = socket(stream_family, SOCK_SEQPACKET, 0);
	CHECK(!connect(fd[0], &name.sa, name.len));
	fd[1] = accept(listener, NULL, NULL);
	CHECK(!pipe(p) && write(p[1], out, 200) == 200);
	CHECK(splice(p[0], NULL, fd[0], NULL, 150, 0) == 150);
	CHECK(splice(p[0], NULL, fd[0], NULL, 50, 0) == 50);
	CHECK(splice(fd[1], NULL, p[1], NULL, 50, 0) == -1 && errno == EINVAL);
	CHECK(recv(fd[1], in, sizeof(in), 0) == 150 && !memcmp(in, out, 150));
	CHECK(recv(fd[1], in, sizeof(in), 0) == 50 && !memcmp(in, out + 150, 50));
	close(p[0]);
	close(p[1]);
	stream_close_pair(fd);
	close(listener);
}

int main(void)
{
	stream_pattern(out, sizeof(out), 7);
	signal(SIGPIPE, SIG_IGN);
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	STREAM_RUN(a_file_is_sent);
	STREAM_RUN(a_file_is_sent_while_there_is_room);
	STREAM_RUN(from_a_pipe_and_into_one);
	STREAM_RUN(a_pipe_is_full);
	STREAM_RUN(splice_ends);
	STREAM_RUN(through);
	STREAM_RUN(given_pages);
	STREAM_RUN(more_is_promised);
	STREAM_RUN_WEFT(messages);
	return stream_done();
}
