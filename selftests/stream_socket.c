// SPDX-License-Identifier: GPL-2.0
/*
 * Every call of a stream socket in every state: what it returns, and the state, the
 * events and the pending error afterwards, at the socket and at its peer, are what they
 * are with TCP.
 *
 * lab: --nodes 1 --nic none
 * timeout: 300
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include "stream.h"

/**
 * struct scene - a socket in some state
 * @fd: the socket
 * @peer: the other end, or -1
 * @listener: a socket that listens for more, or -1
 * @full: whose queue is full, while @fd connects to it
 * @deaf: one of them does not hear the other
 * @stale: TCP still tells the port and the numbers of what it no longer is
 */
struct scene {
	int fd;
	int peer;
	int listener;
	struct stream_full full;
	bool deaf;
	bool stale;
};

static const struct scene empty = { -1, -1, -1, { -1, { -1, -1 } }, false, false };

/* --- states ------------------------------------------------------------------------------ */

static void fresh(struct scene *s)
{
	s->fd = stream_new();
}

static void bound(struct scene *s)
{
	s->fd = stream_new();
	CHECK(!stream_bind(s->fd, 0));
}

static void listening(struct scene *s)
{
	s->fd = stream_listener(0, 4);
}

static void listening_with_a_connection(struct scene *s)
{
	s->fd = stream_listener(0, 4);
	s->peer = stream_new();
	CHECK(!stream_connect(s->peer, stream_port(s->fd)));
	STREAM_UNTIL(stream_events(s->fd) == POLLIN);
}

static void connecting(struct scene *s)
{
	s->full = stream_fill_queue();
	s->fd = stream_new_nonblock();
	CHECK(TRY(stream_connect(s->fd, stream_port(s->full.listener))) == -EINPROGRESS);
}

static void refused(struct scene *s)
{
	int none = stream_new();

	CHECK(!stream_bind(none, 0));
	s->fd = stream_new_nonblock();
	CHECK(TRY(stream_connect(s->fd, stream_port(none))) == -EINPROGRESS);
	CHECK(sock_wait(s->fd, POLLIN));
	close(none);
}

static void established(struct scene *s)
{
	int fd[2];

	stream_pair(fd);
	s->fd = fd[0];
	s->peer = fd[1];
}

static void accepted(struct scene *s)
{
	int fd[2];

	stream_pair(fd);
	s->fd = fd[1];
	s->peer = fd[0];
}

static void with_bytes(struct scene *s)
{
	established(s);
	CHECK(send(s->peer, "hello", 5, 0) == 5);
	CHECK(sock_wait(s->fd, POLLIN));
}

static void with_bytes_sent(struct scene *s)
{
	established(s);
	CHECK(send(s->fd, "hello", 5, 0) == 5);
	STREAM_UNTIL(!stream_ioctl(s->fd, SIOCOUTQ));
}

static void peer_closed(struct scene *s)
{
	established(s);
	CHECK(!shutdown(s->peer, SHUT_WR));
	stream_until_state(s->fd, STATE_CLOSE_WAIT);
}

static void peer_closed_with_bytes(struct scene *s)
{
	with_bytes(s);
	CHECK(!shutdown(s->peer, SHUT_WR));
	stream_until_state(s->fd, STATE_CLOSE_WAIT);
}

static void peer_gone(struct scene *s)
{
	established(s);
	CHECK(!close(s->peer));
	s->peer = -1;
	stream_until_state(s->fd, STATE_CLOSE_WAIT);
}

static void closed_for_writing(struct scene *s)
{
	established(s);
	CHECK(!shutdown(s->fd, SHUT_WR));
	stream_until_state(s->fd, STATE_FIN_WAIT2);
}

static void closed_for_writing_with_bytes(struct scene *s)
{
	with_bytes(s);
	CHECK(!shutdown(s->fd, SHUT_WR));
	stream_until_state(s->fd, STATE_FIN_WAIT2);
}

static void closed_for_reading(struct scene *s)
{
	established(s);
	CHECK(!shutdown(s->fd, SHUT_RD));
}

static void closed_for_reading_with_bytes(struct scene *s)
{
	with_bytes(s);
	CHECK(!shutdown(s->fd, SHUT_RD));
}

static void closed_for_both(struct scene *s)
{
	established(s);
	CHECK(!shutdown(s->fd, SHUT_RDWR));
	stream_until_state(s->fd, STATE_FIN_WAIT2);
}

static void fin_not_acknowledged(struct scene *s)
{
	established(s);
	s->deaf = true;
	stream_deaf(s->peer);
	CHECK(!shutdown(s->fd, SHUT_WR));
	stream_until_state(s->fd, STATE_FIN_WAIT1);
}

static void closing(struct scene *s)
{
	established(s);
	s->deaf = true;
	stream_deaf(s->fd);
	stream_deaf(s->peer);
	CHECK(!shutdown(s->fd, SHUT_WR) && !shutdown(s->peer, SHUT_WR));
	/* The peer's FIN comes again. */
	stream_hear(s->fd);
	stream_until_state(s->fd, STATE_CLOSING);
}

static void last_ack(struct scene *s)
{
	peer_closed(s);
	s->deaf = true;
	/* A call may close it: then it does not try for longer. */
	CHECK(!stream_set(s->fd, WEFT_USER_TIMEOUT, 2000));
	stream_deaf(s->fd);
	CHECK(!shutdown(s->fd, SHUT_WR));
	stream_until_state(s->fd, STATE_LAST_ACK);
	stream_until_state(s->peer, STATE_CLOSE);
}

static void closed_first(struct scene *s)
{
	closed_for_writing(s);
	CHECK(!shutdown(s->peer, SHUT_WR));
	stream_until_state(s->fd, STATE_CLOSE);
}

static void closed_last(struct scene *s)
{
	peer_closed(s);
	CHECK(!shutdown(s->fd, SHUT_WR));
	stream_until_state(s->fd, STATE_CLOSE);
}

static void closed_last_with_bytes(struct scene *s)
{
	peer_closed_with_bytes(s);
	CHECK(!shutdown(s->fd, SHUT_WR));
	stream_until_state(s->fd, STATE_CLOSE);
}

static void reset(struct scene *s)
{
	established(s);
	stream_reset(s->peer);
	s->peer = -1;
	stream_until_state(s->fd, STATE_CLOSE);
}

static void reset_and_told(struct scene *s)
{
	reset(s);
	CHECK(stream_error(s->fd) == ECONNRESET);
}

static void reset_with_bytes(struct scene *s)
{
	with_bytes(s);
	stream_reset(s->peer);
	s->peer = -1;
	stream_until_state(s->fd, STATE_CLOSE);
}

static void reset_after_the_peer_closed(struct scene *s)
{
	peer_closed(s);
	stream_reset(s->peer);
	s->peer = -1;
	stream_until_state(s->fd, STATE_CLOSE);
}

static void reset_after_closing(struct scene *s)
{
	closed_for_writing(s);
	stream_reset(s->peer);
	s->peer = -1;
	stream_until_state(s->fd, STATE_CLOSE);
}

static void disconnected(struct scene *s)
{
	established(s);
	s->stale = true;
	CHECK(!stream_disconnect(s->fd));
	stream_until_state(s->peer, STATE_CLOSE);
}

static void disconnected_with_bytes(struct scene *s)
{
	with_bytes(s);
	s->stale = true;
	CHECK(!stream_disconnect(s->fd));
	stream_until_state(s->peer, STATE_CLOSE);
}

static void no_longer_listening(struct scene *s)
{
	listening(s);
	s->stale = true;
	CHECK(!shutdown(s->fd, SHUT_RD));
}

/**
 * struct state - how a socket gets into a state
 * @name: its name
 * @make: fills in a scene that is empty
 */
struct state {
	const char *name;
	void (*make)(struct scene *s);
};

#define STATE(name)	{ #name, name }

static const struct state states[] = {
	STATE(fresh),
	STATE(bound),
	STATE(listening),
	STATE(listening_with_a_connection),
	STATE(no_longer_listening),
	STATE(connecting),
	STATE(refused),
	STATE(established),
	STATE(accepted),
	STATE(with_bytes),
	STATE(with_bytes_sent),
	STATE(peer_closed),
	STATE(peer_closed_with_bytes),
	STATE(peer_gone),
	STATE(closed_for_writing),
	STATE(closed_for_writing_with_bytes),
	STATE(closed_for_reading),
	STATE(closed_for_reading_with_bytes),
	STATE(closed_for_both),
	STATE(fin_not_acknowledged),
	STATE(closing),
	STATE(last_ack),
	STATE(closed_first),
	STATE(closed_last),
	STATE(closed_last_with_bytes),
	STATE(reset),
	STATE(reset_and_told),
	STATE(reset_with_bytes),
	STATE(reset_after_the_peer_closed),
	STATE(reset_after_closing),
	STATE(disconnected),
	STATE(disconnected_with_bytes),
};

#define N_STATES	(sizeof(states) / sizeof(states[0]))

/* --- calls -------------------------------------------------------------------------------- */

static long nothing(struct scene *s)
{
	return !s;
}

static long bind_any(struct scene *s)
{
	return TRY(stream_bind_any(s->fd, 0));
}

static long bind_loopback(struct scene *s)
{
	return TRY(stream_bind(s->fd, 0));
}

static long listen_more(struct scene *s)
{
	return TRY(listen(s->fd, 7));
}

static long accept_now(struct scene *s)
{
	int fd;

	stream_nonblock(s->fd);
	fd = accept(s->fd, NULL, NULL);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static long connect_again(struct scene *s)
{
	stream_nonblock(s->fd);
	s->listener = stream_listener(0, 4);
	return TRY(stream_connect(s->fd, stream_port(s->listener)));
}

static long connect_to_nobody(struct scene *s)
{
	int none = stream_new();
	long ret;

	CHECK(!stream_bind(none, 0));
	ret = TRY(stream_connect(s->fd, stream_port(none)));
	close(none);
	return ret;
}

static long connect_to_unspec(struct scene *s)
{
	return TRY(stream_disconnect(s->fd));
}

static long connect_short(struct scene *s)
{
	struct sock_name n = sock_loopback(stream_family, 1);

	return TRY(connect(s->fd, &n.sa, 1));
}

static long connect_other_family(struct scene *s)
{
	struct sockaddr_in6 other = { .sin6_family = AF_INET, .sin6_port = 1 };

	return TRY(connect(s->fd, (struct sockaddr *)&other, sizeof(other)));
}

static long own_name(struct scene *s)
{
	struct sock_name n = { .len = sizeof(n.in6) };

	if (getsockname(s->fd, &n.sa, &n.len))
		return -errno;
	return !!n.in6.sin6_port && !(s->stale && stream_family == AF_INET6);
}

static long peer_name(struct scene *s)
{
	struct sock_name n = { .len = sizeof(n.in6) };

	if (getpeername(s->fd, &n.sa, &n.len))
		return -errno;
	return !!n.in6.sin6_port;
}

static long peer_name_option(struct scene *s)
{
	struct sock_name n;
	socklen_t len = stream_family == AF_INET6 ? sizeof(n.in6) : sizeof(n.weft);

	return TRY(getsockopt(s->fd, SOL_SOCKET, SO_PEERNAME, &n.sa, &len));
}

static long send_bytes(struct scene *s)
{
	return TRY(send(s->fd, "bytes", 5, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static long send_none(struct scene *s)
{
	return TRY(send(s->fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static long send_more(struct scene *s)
{
	return TRY(send(s->fd, "bytes", 5, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE));
}

/* A destination does not matter. */
static long send_to(struct scene *s)
{
	struct sock_name n = sock_loopback(stream_family, 1);

	return TRY(sendto(s->fd, "bytes", 5, MSG_DONTWAIT | MSG_NOSIGNAL, &n.sa, n.len));
}

static long send_bad_pointer(struct scene *s)
{
	return TRY(send(s->fd, (void *)8, 5, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static long send_file(struct scene *s)
{
	int file = memfd_create("bytes", 0);
	long ret;

	CHECK(file >= 0 && write(file, "from a file", 11) == 11 && !lseek(file, 0, SEEK_SET));
	stream_nonblock(s->fd);
	ret = TRY(sendfile(s->fd, file, NULL, 11));
	close(file);
	return ret;
}

static long splice_to(struct scene *s)
{
	int pipes[2];
	long ret;

	CHECK(!pipe(pipes) && write(pipes[1], "from a pipe", 11) == 11);
	stream_nonblock(s->fd);
	ret = TRY(splice(pipes[0], NULL, s->fd, NULL, 11, SPLICE_F_NONBLOCK));
	close(pipes[0]);
	close(pipes[1]);
	return ret;
}

static long splice_from(struct scene *s)
{
	int pipes[2];
	long ret;

	CHECK(!pipe(pipes));
	stream_nonblock(s->fd);
	ret = TRY(splice(s->fd, NULL, pipes[1], NULL, 100, SPLICE_F_NONBLOCK));
	close(pipes[0]);
	close(pipes[1]);
	return ret;
}

static long receive(struct scene *s, size_t len, int flags)
{
	char in[16];

	return TRY(recv(s->fd, in, len, flags | MSG_DONTWAIT));
}

static long recv_bytes(struct scene *s)
{
	return receive(s, 16, 0);
}

static long recv_some(struct scene *s)
{
	return receive(s, 2, 0);
}

static long recv_none(struct scene *s)
{
	return receive(s, 0, 0);
}

static long recv_peek(struct scene *s)
{
	return receive(s, 16, MSG_PEEK);
}

static long recv_all(struct scene *s)
{
	return receive(s, 16, MSG_WAITALL);
}

static long recv_trunc(struct scene *s)
{
	return receive(s, 3, MSG_TRUNC);
}

static long recv_errors(struct scene *s)
{
	return receive(s, 16, MSG_ERRQUEUE);
}

static long recv_urgent(struct scene *s)
{
	return receive(s, 16, MSG_OOB);
}

static long recv_bad_pointer(struct scene *s)
{
	return TRY(recv(s->fd, (void *)8, 5, MSG_DONTWAIT));
}

static long recv_with_name(struct scene *s)
{
	struct sock_name n = { .len = sizeof(n.in6) };
	char in[16];
	long ret = TRY(recvfrom(s->fd, in, sizeof(in), MSG_DONTWAIT, &n.sa, &n.len));

	return ret < 0 ? ret : (long)(ret * 100 + n.len);
}

static long shut_read(struct scene *s)
{
	return TRY(shutdown(s->fd, SHUT_RD));
}

static long shut_write(struct scene *s)
{
	return TRY(shutdown(s->fd, SHUT_WR));
}

static long shut_both(struct scene *s)
{
	return TRY(shutdown(s->fd, SHUT_RDWR));
}

static long shut_what(struct scene *s)
{
	return TRY(shutdown(s->fd, 3));
}

static long count_in(struct scene *s)
{
	return stream_ioctl(s->fd, SIOCINQ);
}

static long count(struct scene *s, int cmd)
{
	int n = stream_ioctl(s->fd, cmd);

	return n > 0 && s->stale && stream_family == AF_INET6 ? 0 : n;
}

static long count_out(struct scene *s)
{
	return count(s, SIOCOUTQ);
}

static long count_unsent(struct scene *s)
{
	return count(s, SIOCOUTQNSD);
}

static long is_listening(struct scene *s)
{
	return sock_get(s->fd, SOL_SOCKET, SO_ACCEPTCONN);
}

static long set_keepalive(struct scene *s)
{
	return sock_set(s->fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

static long set_nodelay(struct scene *s)
{
	return stream_set(s->fd, WEFT_NODELAY, 1);
}

static long set_cork(struct scene *s)
{
	return stream_set(s->fd, WEFT_CORK, 1);
}

static long set_rcvlowat(struct scene *s)
{
	return sock_set(s->fd, SOL_SOCKET, SO_RCVLOWAT, 100);
}

static long set_reuseaddr(struct scene *s)
{
	return sock_set(s->fd, SOL_SOCKET, SO_REUSEADDR, 1);
}

static long set_device(struct scene *s)
{
	return TRY(setsockopt(s->fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
}

static long set_maxseg(struct scene *s)
{
	return stream_set(s->fd, WEFT_MAXSEG, 1000);
}

static long close_it(struct scene *s)
{
	long ret = TRY(close(s->fd));

	s->fd = -1;
	return ret;
}

static long reset_it(struct scene *s)
{
	stream_reset(s->fd);
	s->fd = -1;
	return 0;
}

/**
 * struct call - a call of a socket
 * @name: its name
 * @make: what it returns, or the negative errno
 */
struct call {
	const char *name;
	long (*make)(struct scene *s);
};

#define CALL(name)	{ #name, name }

static const struct call calls[] = {
	CALL(nothing),
	CALL(bind_any),
	CALL(bind_loopback),
	CALL(listen_more),
	CALL(accept_now),
	CALL(connect_again),
	CALL(connect_to_nobody),
	CALL(connect_to_unspec),
	CALL(connect_short),
	CALL(connect_other_family),
	CALL(own_name),
	CALL(peer_name),
	CALL(peer_name_option),
	CALL(send_bytes),
	CALL(send_none),
	CALL(send_more),
	CALL(send_to),
	CALL(send_bad_pointer),
	CALL(send_file),
	CALL(splice_to),
	CALL(splice_from),
	CALL(recv_bytes),
	CALL(recv_some),
	CALL(recv_none),
	CALL(recv_peek),
	CALL(recv_all),
	CALL(recv_trunc),
	CALL(recv_errors),
	CALL(recv_urgent),
	CALL(recv_bad_pointer),
	CALL(recv_with_name),
	CALL(shut_read),
	CALL(shut_write),
	CALL(shut_both),
	CALL(shut_what),
	CALL(count_in),
	CALL(count_out),
	CALL(count_unsent),
	CALL(is_listening),
	CALL(set_keepalive),
	CALL(set_nodelay),
	CALL(set_cork),
	CALL(set_rcvlowat),
	CALL(set_reuseaddr),
	CALL(set_device),
	CALL(set_maxseg),
	CALL(close_it),
	CALL(reset_it),
};

#define N_CALLS		(sizeof(calls) / sizeof(calls[0]))

/* --- all of them ------------------------------------------------------------------------- */

/* What a socket looks like from outside. The error is taken last: it is told once. */
static void tell_socket(int fd)
{
	char in[16];

	if (fd < 0)
		return;
	TELL(stream_events(fd));
	TELL(stream_state(fd));
	TELL(TRY(recv(fd, in, sizeof(in), MSG_DONTWAIT | MSG_PEEK)));
	TELL(stream_error(fd));
	TELL(stream_events(fd));
	TELL(TRY(send(fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL)));
}

/* What one end tells the other is on its way. */
static bool on_its_way(int fd)
{
	switch (stream_state(fd)) {
	case STATE_FIN_WAIT1:
	case STATE_CLOSING:
	case STATE_LAST_ACK:
		return true;
	case STATE_ESTABLISHED:
	case STATE_CLOSE_WAIT:
		return stream_ioctl(fd, SIOCOUTQ) != stream_ioctl(fd, SIOCOUTQNSD);
	}
	return false;
}

static void settle(int fd)
{
	if (fd >= 0)
		STREAM_UNTIL(!on_its_way(fd));
}

static void tell_scene(struct scene *s)
{
	usleep(2000);
	if (!s->deaf) {
		settle(s->fd);
		settle(s->peer);
	}
	tell_socket(s->fd);
	tell_socket(s->peer);
}

/* So that what is closed ends soon. */
static void hears(int fd)
{
	if (fd >= 0)
		sock_set(fd, SOL_SOCKET, SO_DETACH_FILTER, 0);
}

static void scene_end(struct scene *s)
{
	if (s->deaf) {
		hears(s->fd);
		hears(s->peer);
	}
	if (s->fd >= 0)
		close(s->fd);
	if (s->peer >= 0)
		close(s->peer);
	if (s->listener >= 0)
		close(s->listener);
	if (s->full.listener >= 0)
		stream_full_close(&s->full);
}

static void call_in_state(const struct state *state, const struct call *call)
{
	struct scene s = empty;

	snprintf(stream_where, sizeof(stream_where), "%s, %s", state->name, call->name);
	state->make(&s);
	TELL(call->make(&s));
	tell_scene(&s);
	scene_end(&s);
}

static void every_call_in_every_state(void)
{
	unsigned int i, j;

	for (i = 0; i < N_STATES; i++)
		for (j = 0; j < N_CALLS; j++)
			call_in_state(&states[i], &calls[j]);
}

/* What a call does to the socket shows in another one after it. */
static void two_calls_in_state(const struct state *state, const struct call *first,
			       const struct call *second)
{
	struct scene s = empty;

	snprintf(stream_where, sizeof(stream_where), "%s, %s, %s", state->name, first->name,
		 second->name);
	state->make(&s);
	TELL(first->make(&s));
	usleep(1000);
	TELL(second->make(&s));
	tell_scene(&s);
	scene_end(&s);
}

static void calls_after_calls(void)
{
	static const struct call some[] = {
		CALL(shut_read), CALL(shut_write), CALL(shut_both), CALL(send_bytes),
		CALL(recv_bytes), CALL(connect_to_unspec), CALL(listen_more),
	};
	const unsigned int n = sizeof(some) / sizeof(some[0]);
	unsigned int i, j, k;

	for (i = 0; i < N_STATES; i++)
		for (j = 0; j < n; j++)
			for (k = 0; k < n; k++)
				two_calls_in_state(&states[i], &some[j], &some[k]);
}

int main(void)
{
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	signal(SIGPIPE, SIG_IGN);
	STREAM_RUN(every_call_in_every_state);
	STREAM_RUN(calls_after_calls);
	return stream_done();
}
