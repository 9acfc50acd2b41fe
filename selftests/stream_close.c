// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a stream: half closed, closed with bytes on their way or unread, reset,
 * lingering, and calls that wait meanwhile. TCP is asked the same.
 *
 * lab: --nodes 1 --nic none
 * timeout: 200
 */
#include <pthread.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include "stream.h"

#define BULK	300000

static char out[BULK], in[BULK];

static volatile sig_atomic_t pipes;

static void on_pipe(int sig)
{
	(void)sig;
	pipes = pipes + 1;
}

/* Writes all of @out, whatever the buffers can hold. */
static void *write_bulk(void *arg)
{
	int fd = *(int *)arg;
	size_t done = 0;
	ssize_t n;

	while (done < BULK) {
		n = send(fd, out + done, BULK - done, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		done += n;
	}
	return (void *)done;
}

/* What a thread's function returned. */
static long join(pthread_t thread)
{
	void *ret;

	CHECK(!pthread_join(thread, &ret));
	return (long)ret;
}

/* --- nothing is lost ---------------------------------------------------------------------- */

static void all_that_was_written_comes(void)
{
	pthread_t writer;
	int fd[2];

	stream_pair(fd);
	CHECK(!pthread_create(&writer, NULL, write_bulk, &fd[0]));
	usleep(10000);
	TELL(stream_read(fd[1], in, BULK / 2));
	TELL(stream_read(fd[1], in + BULK / 2, BULK - BULK / 2));
	CHECK(join(writer) == BULK);
	close(fd[0]);
	TELL(TRY(recv(fd[1], in, 1, 0)));
	CHECK(!memcmp(in + 1, out + 1, BULK - 1));
	close(fd[1]);
}

static void bytes_come_after_close(void)
{
	int fd[2];

	stream_pair(fd);
	/* All fits the buffers. */
	TELL(TRY(send(fd[0], out, 40000, 0)));
	close(fd[0]);
	TELL(stream_read(fd[1], in, sizeof(in)));
	CHECK(!memcmp(in, out, 40000));
	TELL(stream_events(fd[1]));
	TELL(stream_state(fd[1]));
	close(fd[1]);
}

static void bytes_are_sent_again_after_close(void)
{
	int fd[2];

	stream_pair(fd);
	stream_deaf(fd[1]);
	TELL(TRY(send(fd[0], out, 20000, 0)));
	close(fd[0]);
	usleep(50000);
	stream_hear(fd[1]);
	TELL(stream_read(fd[1], in, sizeof(in)));
	CHECK(!memcmp(in, out, 20000));
	close(fd[1]);
}

static void half_closed(void)
{
	pthread_t writer;
	int fd[2];

	stream_pair(fd);
	TELL(TRY(send(fd[0], "question", 8, 0)));
	TELL(TRY(shutdown(fd[0], SHUT_WR)));
	TELL(stream_read(fd[1], in, 100));
	TELL(stream_events(fd[1]));
	TELL(stream_events(fd[0]));
	TELL(stream_state(fd[1]));
	stream_until_state(fd[0], STATE_FIN_WAIT2);
	CHECK(!pthread_create(&writer, NULL, write_bulk, &fd[1]));
	TELL(stream_read(fd[0], in, BULK));
	CHECK(join(writer) == BULK && !memcmp(in, out, BULK));
	TELL(TRY(send(fd[0], "x", 1, MSG_NOSIGNAL)));
	TELL(TRY(shutdown(fd[1], SHUT_WR)));
	TELL(stream_read(fd[0], in, 1));
	stream_until_state(fd[0], STATE_CLOSE);
	stream_until_state(fd[1], STATE_CLOSE);
	TELL(stream_events(fd[0]));
	TELL(stream_events(fd[1]));
	TELL(stream_error(fd[0]));
	TELL(TRY(shutdown(fd[0], SHUT_WR)));
	stream_close_pair(fd);
}

static void bytes_come_after_reading_has_ended(void)
{
	int fd[2];

	stream_pair(fd);
	TELL(TRY(shutdown(fd[0], SHUT_RD)));
	TELL(TRY(send(fd[1], "hello", 5, 0)));
	usleep(20000);
	TELL(stream_events(fd[0]));
	TELL(stream_ioctl(fd[0], SIOCINQ));
	TELL(TRY(recv(fd[0], in, 100, MSG_DONTWAIT)));
	TELL(TRY(recv(fd[0], in, 100, MSG_DONTWAIT)));
	TELL(stream_events(fd[1]));
	/* Closed for both, it is not heard any more. */
	TELL(TRY(shutdown(fd[0], SHUT_WR)));
	stream_until_state(fd[0], STATE_FIN_WAIT2);
	TELL(TRY(send(fd[1], "again", 5, MSG_NOSIGNAL)));
	stream_until_state(fd[1], STATE_CLOSE);
	TELL(stream_state(fd[0]));
	TELL(stream_events(fd[0]));
	TELL(stream_error(fd[0]));
	TELL(TRY(send(fd[1], "again", 5, MSG_NOSIGNAL)));
	TELL(TRY(recv(fd[1], in, 1, 0)));
	stream_close_pair(fd);
}

/* --- reset ------------------------------------------------------------------------------- */

/* What who was reset is told, call by call. */
static void tell_end(int fd, int first)
{
	int i;

	stream_until_state(fd, STATE_CLOSE);
	TELL(stream_events(fd));
	for (i = 0; i < 3; i++) {
		pipes = 0;
		if ((first + i) % 2)
			TELL(TRY(send(fd, "x", 1, 0)));
		else
			TELL(TRY(recv(fd, in, 10, 0)));
		TELL(pipes);
		TELL(stream_events(fd));
	}
	TELL(TRY(shutdown(fd, SHUT_RDWR)));
	TELL(stream_error(fd));
}

static void bytes_that_were_not_read_reset(void)
{
	int fd[2], i;

	for (i = 0; i < 2; i++) {
		stream_pair(fd);
		TELL(TRY(send(fd[0], "unread", 6, 0)));
		CHECK(sock_wait(fd[1], POLLIN));
		close(fd[1]);
		tell_end(fd[0], i);
		close(fd[0]);
	}
}

/* Bytes that came before are read before the reset is told; or not. */
static void a_reset_with_bytes_before_it(void)
{
	int fd[2], i;

	for (i = 0; i < 2; i++) {
		stream_pair(fd);
		TELL(TRY(send(fd[0], "unread", 6, 0)));
		TELL(TRY(send(fd[1], "to be read", 10, 0)));
		CHECK(sock_wait(fd[0], POLLIN) && sock_wait(fd[1], POLLIN));
		close(fd[1]);
		tell_end(fd[0], i);
		close(fd[0]);
	}
}

static void bytes_that_come_too_late_reset(void)
{
	int fd[2], i;

	for (i = 0; i < 2; i++) {
		stream_pair(fd);
		close(fd[1]);
		stream_until_state(fd[0], STATE_CLOSE_WAIT);
		TELL(TRY(send(fd[0], "late", 4, 0)));
		tell_end(fd[0], i);
		close(fd[0]);
	}
}

static void no_lingering_resets(void)
{
	int fd[2], i;

	for (i = 0; i < 2; i++) {
		stream_pair(fd);
		TELL(TRY(send(fd[1], "lost or not", 11, 0)));
		CHECK(sock_wait(fd[0], POLLIN));
		stream_reset(fd[1]);
		tell_end(fd[0], i);
		close(fd[0]);
	}
}

static void who_waits_for_a_message_is_told_of_the_reset(void)
{
	pid_t child;
	int fd[2];

	stream_pair(fd);
	child = fork();
	if (!child) {
		usleep(50000);
		stream_reset(fd[1]);
		_exit(0);
	}
	close(fd[1]);
	TELL(TRY(recv(fd[0], in, 1, 0)));
	TELL(TRY(recv(fd[0], in, 1, 0)));
	CHECK(waitpid(child, NULL, 0) == child);
	close(fd[0]);
}

/* The end of a program is the end of its sockets; another holder keeps them. */
static void a_program_ends(void)
{
	pid_t child;
	int fd[2];

	stream_pair(fd);
	child = fork();
	if (!child)
		_exit(send(fd[1], "bye", 3, 0) != 3);
	CHECK(waitpid(child, NULL, 0) == child);
	TELL(stream_read(fd[0], in, 3));
	TELL(TRY(recv(fd[0], in, 1, MSG_DONTWAIT)));
	child = fork();
	if (!child) {
		usleep(50000);
		_exit(0);
	}
	close(fd[1]);
	TELL(TRY(recv(fd[0], in, 1, 0)));
	CHECK(waitpid(child, NULL, 0) == child);
	close(fd[0]);
}

/* --- lingering --------------------------------------------------------------------------- */

static double close_takes(int fd)
{
	double start = stream_now();

	TELL(TRY(close(fd)));
	return stream_now() - start;
}

static void set_linger(int fd, int on, int s)
{
	struct linger l = { on, s };

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
}

static void close_waits_for_the_peer(void)
{
	double took;
	int fd[2];

	/* Who hears answers at once. */
	stream_pair(fd);
	set_linger(fd[0], 1, 5);
	TELL(TRY(send(fd[0], out, 10000, 0)));
	CHECK(close_takes(fd[0]) < 4);
	TELL(stream_read(fd[1], in, sizeof(in)));
	close(fd[1]);

	/* Who does not is waited for so long, and no longer. */
	stream_pair(fd);
	set_linger(fd[0], 1, 1);
	stream_deaf(fd[1]);
	TELL(TRY(send(fd[0], out, 10000, 0)));
	took = close_takes(fd[0]);
	CHECK(took > 0.9 && took < 4);
	/* The connection goes on all the same. */
	stream_hear(fd[1]);
	TELL(stream_read(fd[1], in, sizeof(in)));
	close(fd[1]);

	/* FIN alone is waited for too, of a socket that does not wait as well. */
	stream_pair(fd);
	set_linger(fd[0], 1, 1);
	stream_nonblock(fd[0]);
	stream_deaf(fd[1]);
	took = close_takes(fd[0]);
	CHECK(took > 0.9 && took < 4);
	stream_hear(fd[1]);
	close(fd[1]);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void lingering_is_interrupted(void)
{
	struct sigaction act = { .sa_handler = on_alarm };
	int fd[2];

	CHECK(!sigaction(SIGALRM, &act, NULL));
	stream_pair(fd);
	set_linger(fd[0], 1, 30);
	stream_deaf(fd[1]);
	alarm(1);
	CHECK(close_takes(fd[0]) < 10);
	stream_hear(fd[1]);
	close(fd[1]);
}

/* Of one that is closed the peer need not close for ever. */
static void fin_wait_2_ends(void)
{
	static const struct {
		int linger2;
		bool shut;
		int wait_us;
	} cases[] = {
		{ -1, true, 20000 },
		{ -1, false, 20000 },
		{ 1, true, 2500000 },
		{ 1, false, 2500000 },
		{ 60, true, 20000 },
	};
	unsigned int i;
	int fd[2];

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(stream_where, sizeof(stream_where), "%u", i);
		stream_pair(fd);
		TELL(stream_set(fd[0], WEFT_LINGER2, cases[i].linger2));
		if (cases[i].shut) {
			CHECK(!shutdown(fd[0], SHUT_WR));
			stream_until_state(fd[0], STATE_FIN_WAIT2);
		}
		close(fd[0]);
		usleep(cases[i].wait_us);
		TELL(stream_state(fd[1]));
		TELL(stream_events(fd[1]));
		pipes = 0;
		TELL(TRY(send(fd[1], "x", 1, 0)));
		TELL(pipes);
		stream_until_state(fd[1], STATE_CLOSE);
		TELL(stream_error(fd[1]));
		close(fd[1]);
	}
}

/* --- SIGPIPE ----------------------------------------------------------------------------- */

static void writing_signals(void)
{
	int file = memfd_create("bytes", 0), fd[2], tube[2];
	struct iovec iov = { "x", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct mmsghdr msgs = { .msg_hdr = msg };

	CHECK(file >= 0 && write(file, "x", 1) == 1);
	CHECK(!pipe(tube) && write(tube[1], "x", 1) == 1);
	stream_pair(fd);
	CHECK(!shutdown(fd[0], SHUT_WR));
	pipes = 0;
	TELL(TRY(send(fd[0], "x", 1, MSG_NOSIGNAL)));
	TELL(TRY(sendmsg(fd[0], &msg, MSG_NOSIGNAL)));
	TELL(pipes);
	TELL(TRY(send(fd[0], "x", 1, 0)));
	TELL(pipes);
	TELL(TRY(write(fd[0], "x", 1)));
	TELL(pipes);
	TELL(TRY(writev(fd[0], &iov, 1)));
	TELL(pipes);
	TELL(TRY(sendmsg(fd[0], &msg, 0)));
	TELL(pipes);
	TELL(TRY(sendmmsg(fd[0], &msgs, 1, 0)));
	TELL(pipes);
	TELL(TRY(sendfile(fd[0], file, &(off_t){ 0 }, 1)));
	TELL(pipes);
	TELL(TRY(splice(tube[0], NULL, fd[0], NULL, 1, 0)));
	TELL(pipes);
	TELL(TRY(send(fd[0], "x", 0, 0)));
	TELL(pipes);
	close(file);
	close(tube[0]);
	close(tube[1]);
	stream_close_pair(fd);
}

/* --- others wait meanwhile --------------------------------------------------------------- */

/**
 * struct waiter - a call that waits in a thread
 * @fd: its socket
 * @port: where it connects to
 */
struct waiter {
	int fd;
	int port;
};

static void *wait_recv(void *arg)
{
	char c;

	return (void *)TRY(recv(((struct waiter *)arg)->fd, &c, 1, 0));
}

static void *wait_recv_all(void *arg)
{
	char buf[100];

	return (void *)TRY(recv(((struct waiter *)arg)->fd, buf, sizeof(buf), MSG_WAITALL));
}

static void *wait_send(void *arg)
{
	return (void *)TRY(send(((struct waiter *)arg)->fd, out, 1000, MSG_NOSIGNAL));
}

static void *wait_accept(void *arg)
{
	return (void *)TRY(accept(((struct waiter *)arg)->fd, NULL, NULL));
}

static void *wait_connect(void *arg)
{
	const struct waiter *w = arg;

	return (void *)TRY(stream_connect(w->fd, w->port));
}

static void *wait_poll(void *arg)
{
	struct pollfd p = { .fd = ((struct waiter *)arg)->fd, .events = POLLRDHUP };

	return (void *)(long)(poll(&p, 1, 10000) == 1 ? p.revents : -ETIME);
}

static long after(struct waiter *w, void *(*wait)(void *arg), int (*act)(int fd, int how),
		  int fd, int how)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, wait, w));
	usleep(50000);
	TELL(TRY(act(fd, how)));
	return join(thread);
}

static int reset_it(int fd, int how)
{
	stream_reset(fd);
	return how;
}

static int disconnect_it(int fd, int how)
{
	(void)how;
	return stream_disconnect(fd);
}

static void calls_that_wait_end(void)
{
	static void *(*const waits[])(void *arg) = { wait_recv, wait_recv_all, wait_poll };
	struct stream_full full;
	struct waiter w;
	unsigned int i;
	int fd[2];

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		snprintf(stream_where, sizeof(stream_where), "%u", i);
		stream_pair(fd);
		w.fd = fd[0];
		TELL(after(&w, waits[i], shutdown, fd[0], SHUT_RD));
		stream_close_pair(fd);
		stream_pair(fd);
		w.fd = fd[0];
		TELL(after(&w, waits[i], shutdown, fd[1], SHUT_WR));
		stream_close_pair(fd);
		stream_pair(fd);
		w.fd = fd[0];
		TELL(after(&w, waits[i], reset_it, fd[1], 0));
		close(fd[0]);
		stream_pair(fd);
		w.fd = fd[0];
		TELL(after(&w, waits[i], disconnect_it, fd[0], 0));
		stream_close_pair(fd);
	}
	stream_pair(fd);
	w.fd = fd[0];
	stream_fill(fd[0]);
	TELL(after(&w, wait_send, shutdown, fd[0], SHUT_WR));
	stream_close_pair(fd);
	stream_pair(fd);
	w.fd = fd[0];
	stream_fill(fd[0]);
	TELL(after(&w, wait_send, reset_it, fd[1], 0));
	close(fd[0]);
	w.fd = stream_listener(0, 1);
	TELL(after(&w, wait_accept, shutdown, w.fd, SHUT_RD));
	close(w.fd);
	w.fd = stream_listener(0, 1);
	TELL(after(&w, wait_accept, disconnect_it, w.fd, 0));
	close(w.fd);
	full = stream_fill_queue();
	w.fd = stream_new();
	w.port = stream_port(full.listener);
	TELL(after(&w, wait_connect, shutdown, w.fd, SHUT_RDWR));
	close(w.fd);
	w.fd = stream_new();
	TELL(after(&w, wait_connect, disconnect_it, w.fd, 0));
	close(w.fd);
	stream_full_close(&full);
}

int main(void)
{
	stream_pattern(out, sizeof(out), 1);
	signal(SIGPIPE, on_pipe);
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	STREAM_RUN(all_that_was_written_comes);
	STREAM_RUN(bytes_come_after_close);
	STREAM_RUN(bytes_are_sent_again_after_close);
	STREAM_RUN(half_closed);
	STREAM_RUN(bytes_come_after_reading_has_ended);
	STREAM_RUN(bytes_that_were_not_read_reset);
	STREAM_RUN(a_reset_with_bytes_before_it);
	STREAM_RUN(bytes_that_come_too_late_reset);
	STREAM_RUN(no_lingering_resets);
	STREAM_RUN(who_waits_for_a_message_is_told_of_the_reset);
	STREAM_RUN(a_program_ends);
	STREAM_RUN(close_waits_for_the_peer);
	STREAM_RUN(lingering_is_interrupted);
	STREAM_RUN(fin_wait_2_ends);
	STREAM_RUN(writing_signals);
	STREAM_RUN(calls_that_wait_end);
	return stream_done();
}
