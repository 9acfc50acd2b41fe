// SPDX-License-Identifier: GPL-2.0
/*
 * connect() of streams: waiting, not waiting, refused, interrupted, timed out; names of
 * both ends; and sockets that are connected again. TCP is asked the same.
 *
 * lab: --nodes 1 --nic none
 * timeout: 200
 */
#include <net/if.h>
#include <signal.h>
#include <sys/time.h>
#include "stream.h"

/* --- making sockets ---------------------------------------------------------------------- */

static void sockets_are_made(void)
{
	static const struct {
		int type;
		int protocol;
	} kinds[] = {
		{ SOCK_STREAM, 0 }, { SOCK_STREAM, IPPROTO_TCP }, { SOCK_STREAM, IPPROTO_UDP },
		{ SOCK_STREAM, -1 }, { SOCK_STREAM, 255 }, { SOCK_STREAM | SOCK_NONBLOCK, 0 },
		{ SOCK_DGRAM, IPPROTO_TCP }, { SOCK_RDM, 0 },
	};
	unsigned int i;
	int fd, pair[2];

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		fd = socket(stream_family, kinds[i].type, kinds[i].protocol);
		TELL(fd < 0 ? -errno : 0);
		if (fd < 0)
			continue;
		TELL(sock_get(fd, SOL_SOCKET, SO_TYPE));
		TELL(sock_get(fd, SOL_SOCKET, SO_PROTOCOL));
		CHECK(sock_get(fd, SOL_SOCKET, SO_DOMAIN) == stream_family);
		TELL(fcntl(fd, F_GETFL));
		close(fd);
	}
	TELL(TRY(socketpair(stream_family, SOCK_STREAM, 0, pair)));
}

/* --- waiting or not ---------------------------------------------------------------------- */

static void connect_waits(void)
{
	int listener = stream_listener(0, 4), fd = stream_new();
	int port = stream_port(listener);

	TELL(TRY(stream_connect(fd, port)));
	TELL(stream_state(fd));
	TELL(stream_events(fd));
	TELL(TRY(stream_connect(fd, port)));
	TELL(stream_error(fd));
	TELL(stream_events(fd));
	close(fd);
	close(listener);
}

static void connect_does_not_wait(void)
{
	int listener = stream_listener(0, 4), fd = stream_new_nonblock();
	int port = stream_port(listener);

	TELL(TRY(stream_connect(fd, port)));
	TELL(stream_events_after(fd, POLLOUT));
	TELL(stream_error(fd));
	TELL(TRY(stream_connect(fd, port)));
	TELL(TRY(stream_connect(fd, port)));
	close(fd);
	close(listener);
}

static void connect_is_under_way(void)
{
	struct stream_full full = stream_fill_queue();
	int fd = stream_new_nonblock(), port = stream_port(full.listener), i;

	TELL(TRY(stream_connect(fd, port)));
	for (i = 0; i < 3; i++) {
		TELL(TRY(stream_connect(fd, port)));
		TELL(stream_state(fd));
		TELL(stream_events(fd));
		TELL(stream_error(fd));
	}
	/* An address of no use is not looked at. */
	TELL(TRY(stream_connect(fd, 0)));
	/* Room in the queue: SYN comes again after a second. */
	close(accept(full.listener, NULL, NULL));
	TELL(stream_events_after(fd, POLLOUT));
	TELL(TRY(stream_connect(fd, port)));
	TELL(TRY(stream_connect(fd, port)));
	close(fd);
	stream_full_close(&full);
}

/* A port that nobody listens at. */
static int nobody(int *fd)
{
	*fd = stream_new();
	CHECK(!stream_bind(*fd, 0));
	return stream_port(*fd);
}

static void connect_is_refused(void)
{
	int none, port = nobody(&none), fd = stream_new();

	TELL(TRY(stream_connect(fd, port)));
	TELL(stream_events(fd));
	TELL(stream_error(fd));
	TELL(TRY(send(fd, "x", 1, MSG_NOSIGNAL)));
	TELL(TRY(recv(fd, &(char){ 0 }, 1, 0)));
	/* The socket can try again. */
	TELL(TRY(stream_connect(fd, port)));
	CHECK(!listen(none, 1));
	TELL(TRY(stream_connect(fd, port)));
	TELL(stream_events(fd));
	TELL(TRY(send(fd, "x", 1, MSG_NOSIGNAL)));
	close(fd);
	close(none);
}

static void connect_that_does_not_wait_is_refused(void)
{
	int none, port = nobody(&none), fd, how;

	for (how = 0; how < 6; how++) {
		fd = stream_new_nonblock();
		snprintf(stream_where, sizeof(stream_where), "%d", how);
		TELL(TRY(stream_connect(fd, port)));
		TELL(stream_events_after(fd, POLLIN));
		/* The error is told once, by whoever is asked first. */
		switch (how) {
		case 0:
			TELL(stream_error(fd));
			break;
		case 1:
			TELL(TRY(stream_connect(fd, port)));
			break;
		case 2:
			TELL(TRY(send(fd, "x", 1, MSG_NOSIGNAL)));
			break;
		case 3:
			TELL(TRY(recv(fd, &(char){ 0 }, 1, 0)));
			break;
		case 4:
			TELL(TRY(shutdown(fd, SHUT_RDWR)));
			break;
		case 5:
			TELL(TRY(stream_disconnect(fd)));
			break;
		}
		TELL(stream_events(fd));
		TELL(stream_error(fd));
		TELL(TRY(stream_connect(fd, port)));
		TELL(TRY(stream_connect(fd, port)));
		TELL(TRY(stream_connect(fd, port)));
		close(fd);
	}
	close(none);
}

/* --- interrupted ------------------------------------------------------------------------- */

static void on_alarm(int sig)
{
	(void)sig;
}

static void alarm_in(int ms, int flags)
{
	struct sigaction act = { .sa_handler = on_alarm, .sa_flags = flags };
	struct itimerval t = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	CHECK(!sigaction(SIGALRM, &act, NULL) && !setitimer(ITIMER_REAL, &t, NULL));
}

static void connect_is_interrupted(void)
{
	struct stream_full full = stream_fill_queue();
	int fd = stream_new(), port = stream_port(full.listener);

	alarm_in(100, 0);
	TELL(TRY(stream_connect(fd, port)));
	TELL(stream_state(fd));
	TELL(stream_events(fd));
	TELL(stream_error(fd));
	/* It goes on: one that waits for it again may be interrupted again. */
	alarm_in(100, 0);
	TELL(TRY(stream_connect(fd, port)));
	stream_nonblock(fd);
	TELL(TRY(stream_connect(fd, port)));
	close(accept(full.listener, NULL, NULL));
	TELL(stream_events_after(fd, POLLOUT));
	TELL(stream_error(fd));
	TELL(TRY(stream_connect(fd, port)));
	TELL(TRY(stream_connect(fd, port)));
	close(fd);
	stream_full_close(&full);
}

static void connect_is_restarted(void)
{
	struct timeval wait = { .tv_sec = 1 };
	struct stream_full full = stream_fill_queue();
	int fd = stream_new(), port = stream_port(full.listener);
	double start = stream_now();

	/* With a time limit, a call is not restarted. */
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)));
	alarm_in(100, SA_RESTART);
	TELL(TRY(stream_connect(fd, port)));
	CHECK(stream_now() - start < 0.9);
	wait.tv_sec = 0;
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)));
	close(accept(full.listener, NULL, NULL));
	alarm_in(100, SA_RESTART);
	TELL(TRY(stream_connect(fd, port)));
	TELL(stream_state(fd));
	close(fd);
	stream_full_close(&full);
}

/* --- time -------------------------------------------------------------------------------- */

static void connect_ends_in_time(void)
{
	struct timeval wait = { .tv_usec = 200000 };
	struct stream_full full = stream_fill_queue();
	int fd = stream_new(), port = stream_port(full.listener);
	double start = stream_now();

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)));
	TELL(TRY(stream_connect(fd, port)));
	CHECK(stream_now() - start > 0.19);
	TELL(stream_state(fd));
	TELL(stream_error(fd));
	TELL(TRY(stream_connect(fd, port)));
	CHECK(stream_now() - start > 0.38);
	stream_nonblock(fd);
	TELL(TRY(stream_connect(fd, port)));
	close(accept(full.listener, NULL, NULL));
	TELL(stream_events_after(fd, POLLOUT));
	TELL(TRY(stream_connect(fd, port)));
	close(fd);
	stream_full_close(&full);
}

/* How often SYN is sent again: after 1 and 2 s, and then it has failed. */
static void connect_fails_in_time(void)
{
	struct stream_full full = stream_fill_queue();
	int fd = stream_new(), port = stream_port(full.listener);
	double start = stream_now(), took;

	CHECK(!stream_set(fd, WEFT_SYNCNT, 1));
	TELL(TRY(stream_connect(fd, port)));
	took = stream_now() - start;
	if (took < 2.9 || took > 4.5)
		printf("# it took %.2f s\n", took);
	CHECK(took > 2.9 && took < 4.5);
	TELL(stream_state(fd));
	TELL(stream_events(fd));
	TELL(stream_error(fd));
	close(fd);

	fd = stream_new();
	start = stream_now();
	CHECK(!stream_set(fd, WEFT_USER_TIMEOUT, 1500));
	TELL(TRY(stream_connect(fd, port)));
	took = stream_now() - start;
	if (took < 1.4 || took > 3.3)
		printf("# it took %.2f s\n", took);
	CHECK(took > 1.4 && took < 3.3);
	close(fd);
	stream_full_close(&full);
}

/* --- where to ---------------------------------------------------------------------------- */

static struct sock_name far_away(int port)
{
	struct sock_name n = sock_any(stream_family, port);

	/* 2001:db8::1, and 7::1. */
	if (stream_family == AF_INET6)
		memcpy(&n.in6.sin6_addr, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	else
		n.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
	return n;
}

/* A link-local address, on the device with an index. */
static struct sock_name neighbour(int port, int dev)
{
	struct sock_name n = sock_any(stream_family, port);

	if (stream_family == AF_INET6) {
		memcpy(&n.in6.sin6_addr, "\xfe\x80\0\0\0\0\0\0\0\0\0\xff\xfe\0\0\x02", 16);
		n.in6.sin6_scope_id = dev;
	} else {
		n = sock_link(port, 2, dev);
	}
	return n;
}

static struct sock_name group(int port)
{
	struct sock_name n = sock_any(stream_family, port);

	if (stream_family == AF_INET6)
		memcpy(&n.in6.sin6_addr, "\xff\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	else
		n.weft.sweft_addr = (struct weft_addr){ { { 0xff, 5, 0, 0, 0, 0, 0, 1 } } };
	return n;
}

static long try_connect(struct sock_name n)
{
	int fd = stream_new();
	long ret = TRY(connect(fd, &n.sa, n.len));

	TELL(stream_state(fd));
	TELL(stream_port(fd));
	close(fd);
	return ret;
}

static void addresses_that_are_not_there(void)
{
	struct sock_name n = sock_loopback(stream_family, 1);

	TELL(try_connect(far_away(1)));
	TELL(try_connect(neighbour(1, 0)));
	TELL(try_connect(group(1)));
	n.len = 0;
	TELL(try_connect(n));
	n.len = 1;
	TELL(try_connect(n));
	n.len = 15;
	TELL(try_connect(n));
	n = sock_loopback(stream_family, 1);
	n.sa.sa_family = AF_UNIX;
	TELL(try_connect(n));
	n = sock_loopback(stream_family, 1);
	n.sa.sa_family = AF_INET6 + 1000;
	TELL(try_connect(n));
}

static void to_any_means_to_this_node(void)
{
	int listener = stream_listener(0, 4), fd = stream_new();
	struct sock_name n = sock_any(stream_family, stream_port(listener));

	TELL(TRY(connect(fd, &n.sa, n.len)));
	n.len = sizeof(n.in6);
	TELL(TRY(getpeername(fd, &n.sa, &n.len)));
	TELL(stream_family == AF_INET6 ? n.in6.sin6_addr.s6_addr[15] :
					 n.weft.sweft_addr.a8[7]);
	close(fd);
	close(listener);
}

/* --- names ------------------------------------------------------------------------------- */

static bool same_end(const struct sock_name *a, const struct sock_name *b)
{
	return a->len == b->len && !memcmp(&a->sa, &b->sa, a->len);
}

static void both_ends_have_names(void)
{
	struct sock_name own[2], peer[2], option, accepted = { .len = sizeof(option.in6) };
	int listener = stream_listener(0, 4), fd[2], i;

	fd[0] = stream_new();
	CHECK(!stream_connect(fd[0], stream_port(listener)));
	fd[1] = accept(listener, &accepted.sa, &accepted.len);
	for (i = 0; i < 2; i++) {
		own[i] = stream_name_of(fd[i]);
		peer[i].len = sizeof(peer[i].in6);
		CHECK(!getpeername(fd[i], &peer[i].sa, &peer[i].len));
		option.len = peer[i].len;
		CHECK(!getsockopt(fd[i], SOL_SOCKET, SO_PEERNAME, &option.sa, &option.len));
		CHECK(same_end(&peer[i], &option));
		option.len = 4;
		TELL(TRY(getsockopt(fd[i], SOL_SOCKET, SO_PEERNAME, &option.sa, &option.len)));
	}
	CHECK(same_end(&own[0], &peer[1]) && same_end(&own[1], &peer[0]));
	CHECK(same_end(&accepted, &own[0]));
	CHECK(own[0].len == sock_any(stream_family, 0).len);
	CHECK(own[1].in6.sin6_port == htons(stream_port(listener)));
	CHECK(own[0].in6.sin6_port && own[0].in6.sin6_port != own[1].in6.sin6_port);
	/* A name is cut to the room there is. */
	own[0].len = 2;
	TELL(TRY(getsockname(fd[0], &own[0].sa, &own[0].len)));
	CHECK(own[0].len == sock_any(stream_family, 0).len);
	TELL(TRY(getsockname(fd[0], (void *)8, &own[0].len)));
	own[0].len = -1;
	TELL(TRY(getsockname(fd[0], &own[0].sa, &own[0].len)));
	stream_close_pair(fd);
	close(listener);
}

static void a_bound_port_is_used(void)
{
	int listener = stream_listener(0, 4), other = stream_listener(0, 4);
	int first = stream_new(), second = stream_new(), port;

	CHECK(!sock_set(first, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!sock_set(second, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!stream_bind(first, 0));
	port = stream_port(first);
	TELL(TRY(stream_bind(second, port)));
	TELL(TRY(stream_connect(first, stream_port(listener))));
	CHECK(stream_port(first) == port);
	/* There is such a connection already; to another peer there is none. */
	TELL(TRY(stream_connect(second, stream_port(listener))));
	TELL(stream_state(second));
	CHECK(stream_port(second) == port);
	TELL(TRY(stream_connect(second, stream_port(other))));
	CHECK(stream_port(second) == port);
	close(first);
	close(second);
	close(listener);
	close(other);
}

static void a_socket_connects_to_itself(void)
{
	int fd = stream_new();
	char in[8];

	CHECK(!stream_bind(fd, 0));
	TELL(TRY(stream_connect(fd, stream_port(fd))));
	TELL(stream_state(fd));
	TELL(TRY(send(fd, "echo", 4, 0)));
	TELL(TRY(recv(fd, in, sizeof(in), 0)));
	CHECK(!memcmp(in, "echo", 4));
	TELL(TRY(shutdown(fd, SHUT_WR)));
	TELL(TRY(recv(fd, in, sizeof(in), 0)));
	STREAM_UNTIL(stream_state(fd) != STATE_CLOSING);
	TELL(stream_state(fd));
	close(fd);
}

static void both_connect_at_once(void)
{
	int fd[2] = { stream_new_nonblock(), stream_new_nonblock() }, port[2], i;
	char in[8];

	for (i = 0; i < 2; i++) {
		CHECK(!stream_bind(fd[i], 0));
		port[i] = stream_port(fd[i]);
	}
	/* Each has sent SYN before the other one's comes. */
	CHECK(!netns_run("tc qdisc add dev lo root netem delay 300ms"));
	for (i = 0; i < 2; i++)
		TELL(TRY(stream_connect(fd[i], port[!i])));
	for (i = 0; i < 2; i++) {
		TELL(stream_events_after(fd[i], POLLOUT));
		TELL(stream_error(fd[i]));
		TELL(stream_state(fd[i]));
	}
	CHECK(!netns_run("tc qdisc del dev lo root"));
	for (i = 0; i < 2; i++) {
		TELL(TRY(send(fd[i], "hello", 5, 0)));
		CHECK(sock_wait(fd[!i], POLLIN) & POLLIN);
		TELL(TRY(recv(fd[!i], in, sizeof(in), 0)));
	}
	stream_close_pair(fd);
}

/* One has sent SYN long before, to a port where nobody heard it. */
static void one_connects_to_who_connects(void)
{
	int deaf = stream_listener(0, 1), fd[2] = { stream_new_nonblock(), stream_new() };
	int port = stream_port(deaf), i;
	char in[8];

	stream_deaf(deaf);
	CHECK(!stream_bind(fd[0], 0));
	TELL(TRY(stream_connect(fd[0], port)));
	close(deaf);
	CHECK(!stream_bind(fd[1], port));
	TELL(TRY(stream_connect(fd[1], stream_port(fd[0]))));
	for (i = 0; i < 2; i++) {
		TELL(stream_events_after(fd[i], POLLOUT));
		TELL(stream_error(fd[i]));
		TELL(stream_state(fd[i]));
		TELL(TRY(send(fd[i], "hello", 5, 0)));
		CHECK(sock_wait(fd[!i], POLLIN) & POLLIN);
		TELL(TRY(recv(fd[!i], in, sizeof(in), 0)));
	}
	stream_close_pair(fd);
}

/* --- again ------------------------------------------------------------------------------- */

/* A socket that was used works as a new one. */
static void works_again(int fd, int listener)
{
	char in[8];
	int peer;

	TELL(TRY(stream_connect(fd, stream_port(listener))));
	peer = accept(listener, NULL, NULL);
	CHECK(peer >= 0);
	TELL(TRY(send(fd, "hello", 5, 0)));
	TELL(stream_read(peer, in, 5));
	TELL(TRY(send(peer, "world", 5, 0)));
	TELL(stream_read(fd, in, 5));
	CHECK(!memcmp(in, "world", 5));
	TELL(stream_ioctl(fd, SIOCOUTQ));
	TELL(TRY(shutdown(peer, SHUT_WR)));
	TELL(stream_read(fd, in, 5));
	close(peer);
}

static void a_socket_is_connected_again(void)
{
	int listener = stream_listener(0, 4), fd = stream_new(), i;

	CHECK(!stream_set(fd, WEFT_NODELAY, 1));
	for (i = 0; i < 4; i++) {
		snprintf(stream_where, sizeof(stream_where), "%d", i);
		works_again(fd, listener);
		TELL(TRY(stream_disconnect(fd)));
		TELL(stream_events(fd));
		TELL(stream_error(fd));
		/* TCP tells the port that it has given back; Weft none. */
		CHECK(stream_family == AF_INET6 || !stream_port(fd));
		/* What the program has set stays. */
		TELL(stream_get(fd, WEFT_NODELAY));
	}
	close(fd);
	close(listener);
}

/* What was connected before goes: accept() would give it first. */
static void forget_connection(int listener)
{
	int fd = accept(listener, NULL, NULL);

	CHECK(fd >= 0);
	close(fd);
}

static void a_bound_socket_keeps_its_port(void)
{
	int listener = stream_listener(0, 4), fd = stream_new(), port, chosen;

	/* A port by name is kept, one of the kernel's choice is not. */
	CHECK(!stream_bind(fd, 0));
	chosen = stream_port(fd);
	TELL(TRY(stream_connect(fd, stream_port(listener))));
	forget_connection(listener);
	TELL(TRY(stream_disconnect(fd)));
	/* TCP tells the port that it has given back. */
	CHECK(stream_family == AF_INET6 || !stream_port(fd));
	close(fd);
	fd = stream_new();
	CHECK(!sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!stream_bind(fd, chosen));
	port = stream_port(fd);
	TELL(TRY(stream_connect(fd, stream_port(listener))));
	forget_connection(listener);
	TELL(TRY(stream_disconnect(fd)));
	TELL(stream_port(fd) == port);
	TELL(TRY(stream_bind(fd, 0)));
	works_again(fd, listener);
	CHECK(stream_port(fd) == port);
	close(fd);
	close(listener);
}

static void a_connection_becomes_a_listener(void)
{
	int listener = stream_listener(0, 4), fd = stream_new(), client;

	works_again(fd, listener);
	TELL(TRY(listen(fd, 3)));
	TELL(TRY(stream_disconnect(fd)));
	TELL(TRY(stream_bind(fd, 0)));
	TELL(TRY(listen(fd, 3)));
	client = stream_new();
	works_again(client, fd);
	/* And back again. */
	TELL(TRY(stream_disconnect(fd)));
	TELL(stream_state(fd));
	works_again(fd, listener);
	close(client);
	close(fd);
	close(listener);
}

static void a_socket_that_was_reset_is_connected_again(void)
{
	int listener = stream_listener(0, 4), fd[2];

	stream_join(listener, fd);
	stream_reset(fd[1]);
	stream_until_state(fd[0], STATE_CLOSE);
	TELL(TRY(stream_connect(fd[0], stream_port(listener))));
	TELL(stream_error(fd[0]));
	TELL(TRY(stream_connect(fd[0], stream_port(listener))));
	TELL(TRY(stream_disconnect(fd[0])));
	works_again(fd[0], listener);
	close(fd[0]);
	close(listener);
}

/* The bytes of the old connection do not come into the new one. */
static void nothing_of_the_old_connection_is_left(void)
{
	int listener = stream_listener(0, 4), fd[2], peer;
	char in[8];

	stream_join(listener, fd);
	CHECK(send(fd[1], "old", 3, 0) == 3 && sock_wait(fd[0], POLLIN));
	CHECK(send(fd[0], "old", 3, MSG_MORE) == 3);
	TELL(TRY(stream_disconnect(fd[0])));
	TELL(stream_events_after(fd[1], POLLIN));
	TELL(TRY(stream_connect(fd[0], stream_port(listener))));
	peer = accept(listener, NULL, NULL);
	TELL(stream_ioctl(fd[0], SIOCINQ));
	TELL(stream_ioctl(fd[0], SIOCOUTQ));
	CHECK(send(fd[0], "new", 3, 0) == 3);
	TELL(stream_read(peer, in, 3));
	CHECK(!memcmp(in, "new", 3));
	TELL(TRY(recv(fd[0], in, sizeof(in), MSG_DONTWAIT)));
	close(peer);
	stream_close_pair(fd);
	close(listener);
}

/* --- over a link ------------------------------------------------------------------------- */

static int remote(int namespace, const char *command)
{
	char text[256];

	snprintf(text, sizeof(text), "nsenter --net=/proc/%d/fd/%d %s", getpid(), namespace,
		 command);
	return netns_run(text);
}

/* A pair of devices, one in a namespace of its own, which is returned. */
static int make_link(void)
{
	int home = open("/proc/self/ns/net", O_RDONLY), away;

	CHECK(home >= 0 && !unshare(CLONE_NEWNET));
	away = open("/proc/self/ns/net", O_RDONLY);
	CHECK(away >= 0 && !setns(home, CLONE_NEWNET));
	CHECK(!netns_run("ip link add us type veth peer name them"));
	CHECK(!netns_run("ip link set us address 02:00:00:00:00:01 addrgenmode eui64"));
	CHECK(!netns_run("ip link set them address 02:00:00:00:00:02 addrgenmode eui64"));
	if (netns_run("sysctl -qw net.ipv6.conf.us.accept_dad=0"))
		printf("# addresses are looked for\n");
	{
		char text[64];

		snprintf(text, sizeof(text), "ip link set them netns /proc/%d/fd/%d", getpid(),
			 away);
		CHECK(!netns_run(text));
	}
	CHECK(!remote(away, "sysctl -qw net.ipv6.conf.them.accept_dad=0"));
	CHECK(!remote(away, "ip link set them up") && !remote(away, "ip link set lo up"));
	CHECK(!netns_run("ip link set us up"));
	close(home);
	return away;
}

static int socket_in(int namespace)
{
	int home = open("/proc/self/ns/net", O_RDONLY), fd;

	CHECK(home >= 0 && !setns(namespace, CLONE_NEWNET));
	fd = stream_new();
	CHECK(!setns(home, CLONE_NEWNET));
	close(home);
	return fd;
}

static void neighbours_connect(void)
{
	int away = make_link(), listener = socket_in(away), fd = stream_new(), peer;
	int us = if_nametoindex("us");
	struct sock_name n = sock_any(stream_family, 4000), to = neighbour(4000, us);
	char in[8];

	CHECK(!bind(listener, &n.sa, n.len) && !listen(listener, 4));
	/* Of this namespace nobody listens, and the other's loopback is its own. */
	TELL(TRY(stream_connect(fd, 4000)));
	STREAM_UNTIL(!connect(fd, &to.sa, to.len) || errno == EISCONN);
	peer = accept(listener, NULL, NULL);
	CHECK(peer >= 0);
	TELL(TRY(send(fd, "hello", 5, 0)));
	TELL(stream_read(peer, in, 5));
	n = stream_name_of(fd);
	CHECK((stream_family == AF_INET6 ? n.in6.sin6_scope_id : n.weft.sweft_scope) ==
	      (unsigned int)us);
	n.len = sizeof(n.in6);
	CHECK(!getpeername(fd, &n.sa, &n.len));
	CHECK((stream_family == AF_INET6 ? n.in6.sin6_scope_id : n.weft.sweft_scope) ==
	      (unsigned int)us);
	TELL(TRY(shutdown(peer, SHUT_WR)));
	TELL(stream_read(fd, in, 5));
	close(peer);
	close(fd);

	/* By the device of the socket instead of a scope, and by no device. */
	fd = stream_new();
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "us", 3));
	to = neighbour(4000, 0);
	TELL(TRY(connect(fd, &to.sa, to.len)));
	close(fd);
	fd = stream_new();
	TELL(TRY(connect(fd, &to.sa, to.len)));
	/* A scope that is not the socket's. */
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "us", 3));
	to = neighbour(4000, 1);
	TELL(TRY(connect(fd, &to.sa, to.len)));
	close(fd);
	close(listener);
	CHECK(!netns_run("ip link del us"));
	close(away);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	STREAM_RUN(sockets_are_made);
	STREAM_RUN(connect_waits);
	STREAM_RUN(connect_does_not_wait);
	STREAM_RUN(connect_is_under_way);
	STREAM_RUN(connect_is_refused);
	STREAM_RUN(connect_that_does_not_wait_is_refused);
	STREAM_RUN(connect_is_interrupted);
	STREAM_RUN(connect_is_restarted);
	STREAM_RUN(connect_ends_in_time);
	STREAM_RUN(connect_fails_in_time);
	STREAM_RUN(addresses_that_are_not_there);
	STREAM_RUN(to_any_means_to_this_node);
	STREAM_RUN(both_ends_have_names);
	STREAM_RUN(a_bound_port_is_used);
	STREAM_RUN(a_socket_connects_to_itself);
	STREAM_RUN(both_connect_at_once);
	STREAM_RUN(one_connects_to_who_connects);
	STREAM_RUN(a_socket_is_connected_again);
	STREAM_RUN(a_bound_socket_keeps_its_port);
	STREAM_RUN(a_connection_becomes_a_listener);
	STREAM_RUN(a_socket_that_was_reset_is_connected_again);
	STREAM_RUN(nothing_of_the_old_connection_is_left);
	STREAM_RUN(neighbours_connect);
	return stream_done();
}
