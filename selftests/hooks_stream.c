// SPDX-License-Identifier: GPL-2.0
/*
 * Streams under netfilter's hooks. What is dropped at OUTPUT is to a stream what it is to
 * TCP under a rule of nft, or where the kernel has none for IPv6 under a function on the
 * same hook of IPv6: lost, and sent again. Large segments pass all five places whole.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 * timeout: 200
 */
#include <signal.h>
#include "hooks.h"
#include "paths.h"
#include "stream.h"

#define STREAM	WEFT_PROTO_STREAM
#define CLIENT	5001

static bool nft;

/* Packets to a port are dropped from now on, and no more. */
static void block(int port)
{
	char command[256];

	if (stream_family != AF_INET6) {
		hook_add("output 0 drop %d %d", STREAM, port);
	} else if (nft) {
		snprintf(command, sizeof(command),
			 "nft 'add table ip6 t;"
			 "add chain ip6 t c { type filter hook output priority 0; };"
			 "add rule ip6 t c tcp dport %d drop'", port);
		CHECK(!netns_run(command));
	} else {
		snprintf(command, sizeof(command), "add6 output 0 drop %d %d", IPPROTO_TCP,
			 port);
		CHECK(!hook_write(command));
	}
}

static void unblock(void)
{
	if (stream_family == AF_INET6 && nft)
		CHECK(!netns_run("nft delete table ip6 t"));
	else
		hook_flush();
}

/* --- what is dropped ------------------------------------------------------------------ */

static void a_dropped_syn_is_sent_again(void)
{
	int listener = stream_listener(PORT, 8), fd = stream_new_nonblock();

	block(PORT);
	TELL(TRY(stream_connect(fd, PORT)));
	usleep(300000);
	TELL(stream_events(fd));
	TELL(stream_state(fd));
	TELL(stream_error(fd));
	unblock();
	stream_until_state(fd, STATE_ESTABLISHED);
	TELL(stream_events_after(fd, POLLOUT));
	TELL(stream_error(fd));
	close(fd);
	close(listener);
}

static void a_program_waits_for_a_dropped_syn(void)
{
	struct timeval tv = { .tv_usec = 300000 };
	int listener = stream_listener(PORT, 8), fd = stream_new();

	block(PORT);
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	TELL(TRY(stream_connect(fd, PORT)));
	close(fd);
	fd = stream_new();
	TELL(stream_set(fd, WEFT_SYNCNT, 1));
	TELL(TRY(stream_connect(fd, PORT)));
	TELL(stream_state(fd));
	close(fd);
	unblock();
	close(listener);
}

static void a_dropped_answer_is_sent_again(void)
{
	int listener = stream_listener(PORT, 8), fd = stream_new_nonblock();

	CHECK(!sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!stream_bind(fd, CLIENT));
	block(CLIENT);
	TELL(TRY(stream_connect(fd, PORT)));
	usleep(300000);
	TELL(stream_state(fd));
	TELL(stream_events(listener));
	unblock();
	stream_until_state(fd, STATE_ESTABLISHED);
	TELL(stream_events_after(listener, POLLIN));
	stream_reset(fd);
	close(listener);
}

static void dropped_data_is_sent_again(void)
{
	int listener = stream_listener(PORT, 8), fd[2];
	char buf[100];

	stream_join(listener, fd);
	block(PORT);
	TELL(TRY(send(fd[0], "data", 4, 0)));
	TELL(TRY(send(fd[0], "more", 4, MSG_DONTWAIT)));
	usleep(300000);
	TELL(stream_events(fd[0]));
	TELL(stream_error(fd[0]));
	TELL(TRY(recv(fd[1], buf, sizeof(buf), MSG_DONTWAIT)));
	TELL(TRY(shutdown(fd[0], SHUT_WR)));
	TELL(stream_state(fd[0]));
	unblock();
	TELL(stream_read(fd[1], buf, sizeof(buf)));
	CHECK(!memcmp(buf, "datamore", 8));
	TELL(stream_state(fd[1]));
	stream_close_pair(fd);
	close(listener);
}

/* --- bulk ------------------------------------------------------------------------------- */

#define CHUNK	65536

/* A process that sends from oa to ob. */
static pid_t send_chunks(int chunks)
{
	struct sock_name to = sock_any(weft, PORT);
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	to.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, 2, 0, 0, 0, 2 } } };
	enter("oa");
	fd = stream_new();
	if (connect(fd, &to.sa, to.len))
		_exit(1);
	for (; chunks; chunks--) {
		stream_pattern(out, CHUNK, chunks);
		if (send(fd, out, CHUNK, 0) != CHUNK)
			_exit(2);
	}
	close(fd);
	_exit(0);
}

static void carry_chunks(int chunks)
{
	int listener, fd, status;
	pid_t sender;

	enter("ob");
	listener = stream_new();
	CHECK(!sock_set(listener, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!stream_bind_any(listener, PORT) && !listen(listener, 1));
	sender = send_chunks(chunks);
	CHECK(sock_wait(listener, POLLIN));
	fd = accept(listener, NULL, NULL);
	for (; chunks; chunks--) {
		stream_pattern(out, CHUNK, chunks);
		if (stream_read(fd, in, CHUNK) != CHUNK || memcmp(in, out, CHUNK))
			break;
	}
	CHECK(!chunks);
	CHECK(!stream_read(fd, in, 1));
	CHECK(waitpid(sender, &status, 0) == sender && !status);
	close(fd);
	close(listener);
}

static void each_saw_large_ones(const char *ns, const char *hook, long bytes)
{
	struct hook_seen seen;

	enter(ns);
	seen = hook_look(hook, 0);
	printf("# %s %s: %ld packets, %ld of them large, %ld bytes\n", ns, hook, seen.packets,
	       seen.large, seen.bytes);
	CHECK(seen.bytes >= bytes && seen.large > 0 && seen.bytes > 1500 * seen.packets);
}

static void large_segments_pass(void)
{
	const long bytes = 128L * CHUNK;

	enter("oa");
	hook_add_all("accept", STREAM, PORT);
	enter("om");
	hook_add_all("accept", STREAM, PORT);
	enter("ob");
	hook_add_all("accept", STREAM, PORT);
	carry_chunks(128);
	each_saw_large_ones("oa", "output", bytes);
	each_saw_large_ones("oa", "postrouting", bytes);
	each_saw_large_ones("om", "prerouting", bytes);
	each_saw_large_ones("om", "forward", bytes);
	each_saw_large_ones("om", "postrouting", bytes);
	each_saw_large_ones("ob", "prerouting", bytes);
	each_saw_large_ones("ob", "input", bytes);
}

static void flush_all(void)
{
	enter("oa");
	hook_flush();
	enter("om");
	hook_flush();
	enter("ob");
	hook_flush();
}

/* Segments of the longest length are packets of exactly the MTU. */
static void nothing_is_fragmented(void)
{
	long oks = counter("oa", "FragOKs"), big = counter("oa", "DropTooBig");

	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx off >/dev/null"));
	carry_chunks(16);
	CHECK(counter("oa", "FragOKs") == oks);
	CHECK(counter("oa", "DropTooBig") == big);
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx on >/dev/null"));
	flush_all();
}

/* Both ways, at all places: later, and in any order. */
static void held_segments_arrive(void)
{
	static const char *const ns[] = { "oa", "om", "ob" };
	int i;

	for (i = 0; i < 3; i++) {
		enter(ns[i]);
		hook_add_all("hold", STREAM, 0);
	}
	carry_chunks(4);
	flush_all();
}

/* OUTPUT gives the segments a mark, and with it another way. */
static void marked_segments_go_elsewhere(void)
{
	CHECK(!netns_run("ip -n oa link add a1 type veth peer name b1 netns ob;"
			 "ip -n oa link set a1 up; ip -n ob link set b1 up;"
			 "weft -n oa addr add 7:3::1/32 dev a1 nodad;"
			 "weft -n ob addr add 7:3::2/32 dev b1 nodad;"
			 "weft -n oa route add 7:2::/32 via 7:3::2 table 100;"
			 "weft -n oa rule add fwmark 7 lookup 100 pref 5"));
	enter("om");
	hook_add("forward 0 accept %d %d", STREAM, PORT);
	enter("oa");
	hook_add("output 0 mark=7 %d %d", STREAM, PORT);
	carry_chunks(16);
	enter("om");
	CHECK(hook_look("forward", 0).packets == 0);
	flush_all();
	CHECK(!netns_run("ip -n oa link del a1; weft -n oa rule del pref 5"));
}

int main(void)
{
	path_init();
	if (hooks_load() || !path(GATEWAY) || netns_enter() || netns_run("ip link set lo up"))
		return 1;
	nft = !netns_run("nft 'add table ip6 t; delete table ip6 t' 2>/dev/null");
	printf("# TCP is compared under %s\n", nft ? "nft" : "a function on its hook");
	STREAM_RUN(a_dropped_syn_is_sent_again);
	STREAM_RUN(a_program_waits_for_a_dropped_syn);
	STREAM_RUN(a_dropped_answer_is_sent_again);
	STREAM_RUN(dropped_data_is_sent_again);
	STREAM_RUN_WEFT(large_segments_pass);
	STREAM_RUN_WEFT(nothing_is_fragmented);
	STREAM_RUN_WEFT(held_segments_arrive);
	STREAM_RUN_WEFT(marked_segments_go_elsewhere);
	path_end();
	CHECK(!hooks_unload());
	return stream_done();
}
