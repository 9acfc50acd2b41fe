// SPDX-License-Identifier: GPL-2.0
/*
 * Streams by NETLINK_SOCK_DIAG: every state, requests and TIME-WAIT, what is known of a
 * connection, lists that are whole, one socket, the end of one.
 *
 * lab: --nodes 1 --nic none
 */
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include "diag.h"

#define PORT	4000
#define MANY	300

static int weft;

/* --- connections -------------------------------------------------------------------- */

static int listener(int type, int port)
{
	struct sock_name name = sock_loopback(weft, port);
	int fd = socket(weft, type, 0);

	CHECK(fd >= 0 && !sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!bind(fd, &name.sa, name.len) && !listen(fd, 8));
	return fd;
}

static int client(int type, int port)
{
	struct sock_name name = sock_loopback(weft, port);
	int fd = socket(weft, type, 0);

	CHECK(fd >= 0 && !connect(fd, &name.sa, name.len));
	return fd;
}

static struct request streams(unsigned int states)
{
	struct request r = list();

	r.req.protocol = WEFT_PROTO_STREAM;
	r.req.states = states;
	return r;
}

static int in_state(int state)
{
	struct request r = streams(1U << state);

	return listed(&r);
}

/* A state that comes by itself, soon. */
static bool comes(int state, int count)
{
	int i;

	for (i = 0; i < 200 && in_state(state) != count; i++)
		usleep(20000);
	return in_state(state) == count;
}

/* Ends what is left, so that the next test finds nothing: by a reset, of both ends. */
static void reset(int fd)
{
	const struct linger now = { .l_onoff = 1 };

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	close(fd);
}

/* --- states --------------------------------------------------------------------------- */

static void a_listening_socket_has_queues(void)
{
	int server = listener(SOCK_STREAM, PORT), fd, child;
	struct request r = streams(1 << TCP_LISTEN);
	struct answer a = answer(&r);

	CHECK(a.count == 1 && a.last.type == SOCK_STREAM);
	CHECK(a.last.protocol == WEFT_PROTO_STREAM && a.last.state == TCP_LISTEN);
	CHECK(ntohs(a.last.id.sport) == PORT && !a.last.id.dport);
	CHECK(a.last.rqueue == 0 && a.last.wqueue == 8);
	fd = client(SOCK_STREAM, PORT);
	r.req.attrs = 1 << WEFT_DIAG_INFO | 1 << WEFT_DIAG_MEMINFO;
	a = answer(&r);
	CHECK(a.count == 1 && a.last.rqueue == 1);
	CHECK(a.info.state == TCP_LISTEN && a.info.unacked == 1 && a.info.sacked == 8);
	CHECK(a.attr_len[WEFT_DIAG_MEMINFO] == SK_MEMINFO_VARS * 4);
	child = accept(server, NULL, NULL);
	CHECK(child >= 0 && answer(&r).last.rqueue == 0);
	reset(fd);
	close(child);
	close(server);
	CHECK(!in_state(TCP_LISTEN));
}

static void a_connection_is_described(void)
{
	int server = listener(SOCK_SEQPACKET, PORT), fd = client(SOCK_SEQPACKET, PORT);
	int child = accept(server, NULL, NULL);
	struct request r = streams(1 << TCP_ESTABLISHED);
	struct answer a;

	CHECK(child >= 0 && in_state(TCP_ESTABLISHED) == 2);
	CHECK(send(fd, "hello", 5, 0) == 5 && sock_wait(child, POLLIN));
	r.req.id.dport = htons(PORT);
	r.req.attrs = 1 << WEFT_DIAG_INFO | 1 << WEFT_DIAG_OPTIONS;
	a = answer(&r);
	CHECK(a.count == 1 && a.last.type == SOCK_SEQPACKET);
	CHECK(a.last.id.src.a8[7] == 1 && a.last.id.dst.a8[7] == 1 && a.last.inode);
	CHECK(a.attr_len[WEFT_DIAG_INFO] == sizeof(struct weft_info));
	CHECK(a.info.state == TCP_ESTABLISHED && a.info.flags & WEFT_INFO_MESSAGES);
	CHECK(a.info.bytes_sent >= 5 && a.info.snd_mss && a.info.cc[0]);
	r = streams(1 << TCP_ESTABLISHED);
	r.req.id.sport = htons(PORT);
	a = answer(&r);
	CHECK(a.count == 1 && a.last.rqueue >= 5 && !a.attr_len[WEFT_DIAG_INFO]);
	r.req.type = SOCK_STREAM;
	CHECK(!listed(&r));
	r = streams(1 << TCP_ESTABLISHED);
	r.req.protocol = WEFT_PROTO_DGRAM;
	CHECK(!listed(&r));
	reset(fd);
	close(child);
	close(server);
}

/* WEFT_DEFER_ACCEPT: the listening socket waits for data. */
static void a_request_has_no_socket(void)
{
	int server = listener(SOCK_STREAM, PORT), fd;
	struct request r = streams(1 << TCP_SYN_RECV);
	struct answer a;

	CHECK(!sock_set(server, SOL_WEFT, WEFT_DEFER_ACCEPT, 30));
	fd = client(SOCK_STREAM, PORT);
	r.req.attrs = 1 << WEFT_DIAG_INFO | 1 << WEFT_DIAG_MEMINFO;
	a = answer(&r);
	CHECK(a.count == 1 && a.last.state == TCP_SYN_RECV && a.last.type == SOCK_STREAM);
	CHECK(!a.last.inode && !a.last.id.cookie[0] && ntohs(a.last.id.sport) == PORT);
	CHECK(!a.attr_len[WEFT_DIAG_INFO] && !a.attr_len[WEFT_DIAG_MEMINFO]);
	r = of_socket(&a.last, SOCK_DIAG_BY_FAMILY);
	CHECK(answer(&r).count == 1);
	r = of_socket(&a.last, SOCK_DESTROY);
	CHECK(answer(&r).err == EOPNOTSUPP);
	close(server);
	CHECK(!in_state(TCP_SYN_RECV));
	close(fd);
}

static void the_states_of_the_end(void)
{
	int server = listener(SOCK_STREAM, PORT), fd = client(SOCK_STREAM, PORT);
	int child = accept(server, NULL, NULL);
	struct request r = streams(1 << TCP_TIME_WAIT);
	struct answer a;

	CHECK(!shutdown(fd, SHUT_WR));
	CHECK(comes(TCP_FIN_WAIT2, 1) && comes(TCP_CLOSE_WAIT, 1));
	/* Without a program it needs no socket. */
	close(fd);
	CHECK(comes(TCP_FIN_WAIT2, 1) && !in_state(TCP_ESTABLISHED));
	close(child);
	CHECK(comes(TCP_TIME_WAIT, 1) && !in_state(TCP_CLOSE_WAIT));
	a = answer(&r);
	CHECK(ntohs(a.last.id.dport) == PORT && a.last.type == SOCK_STREAM && !a.last.inode);
	r = of_socket(&a.last, SOCK_DIAG_BY_FAMILY);
	CHECK(answer(&r).count == 1);
	r = of_socket(&a.last, SOCK_DESTROY);
	CHECK(answer(&r).err == EOPNOTSUPP && in_state(TCP_TIME_WAIT) == 1);
	close(server);
}

/* --- lists ---------------------------------------------------------------------------- */

/* Far more than one message has room for, with all that is known of each. */
static void a_long_list_is_whole(void)
{
	struct request r = streams(1 << TCP_ESTABLISHED);
	int fd[MANY], child[MANY], i, server = listener(SOCK_STREAM, PORT);

	for (i = 0; i < MANY; i++) {
		fd[i] = client(SOCK_STREAM, PORT);
		child[i] = accept(server, NULL, NULL);
		CHECK(child[i] >= 0);
	}
	CHECK(listed(&r) == 2 * MANY);
	r.req.attrs = 1 << WEFT_DIAG_INFO | 1 << WEFT_DIAG_MEMINFO;
	CHECK(listed(&r) == 2 * MANY);
	r.req.id.sport = htons(PORT);
	CHECK(listed(&r) == MANY);
	for (i = 0; i < MANY; i++) {
		reset(fd[i]);
		close(child[i]);
	}
	close(server);
	r.req.id.sport = 0;
	CHECK(!listed(&r));
	for (i = 0; i < MANY; i++)
		fd[i] = listener(SOCK_STREAM, PORT + i);
	CHECK(in_state(TCP_LISTEN) == MANY);
	for (i = 0; i < MANY; i++)
		close(fd[i]);
}

static int in_another_namespace(void)
{
	struct request r = streams(ALL);

	tap_failed_checks = 0;
	if (netns_enter())
		return 1;
	CHECK(listed(&r) == 0);
	return tap_failed_checks;
}

static void a_namespace_sees_its_own(void)
{
	int server = listener(SOCK_STREAM, PORT), fd = client(SOCK_STREAM, PORT), status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(in_another_namespace());
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	CHECK(in_state(TCP_LISTEN) == 1 && in_state(TCP_ESTABLISHED) == 2);
	reset(fd);
	close(server);
}

/* --- one socket ------------------------------------------------------------------------ */

static void one_socket(void)
{
	int server = listener(SOCK_STREAM, PORT), fd = client(SOCK_STREAM, PORT);
	struct request r = streams(1 << TCP_ESTABLISHED), one;
	struct answer a;

	r.req.id.dport = htons(PORT);
	a = answer(&r);
	one = of_socket(&a.last, SOCK_DIAG_BY_FAMILY);
	one.req.attrs = 1 << WEFT_DIAG_INFO;
	a = answer(&one);
	CHECK(a.count == 1 && a.info.state == TCP_ESTABLISHED);
	one.req.id.cookie[0]++;
	CHECK(answer(&one).err == ESTALE);
	one.req.id.cookie[0]--;
	one.req.type = SOCK_SEQPACKET;
	CHECK(answer(&one).err == ENOENT);
	one.req.type = SOCK_STREAM;
	one.req.id.ifindex = 77;
	CHECK(answer(&one).err == ENOENT);
	r = streams(1 << TCP_LISTEN);
	a = answer(&r);
	one = of_socket(&a.last, SOCK_DIAG_BY_FAMILY);
	CHECK(answer(&one).count == 1);
	one.req.id.cookie[0]++;
	CHECK(answer(&one).err == ESTALE);
	one.req.id.sport = htons(PORT + 1);
	CHECK(answer(&one).err == ENOENT);
	reset(fd);
	close(server);
}

static void the_end_of_a_connection(void)
{
	int server = listener(SOCK_STREAM, PORT), fd = client(SOCK_STREAM, PORT);
	int child = accept(server, NULL, NULL);
	struct request r = streams(1 << TCP_ESTABLISHED), one;
	struct answer a;
	char c;

	r.req.id.dport = htons(PORT);
	a = answer(&r);
	CHECK(a.count == 1);
	one = of_socket(&a.last, SOCK_DESTROY);
	CHECK(!answer(&one).err);
	CHECK(recv(fd, &c, 1, 0) == -1 && errno == ECONNABORTED);
	CHECK(sock_wait(child, POLLIN) && recv(child, &c, 1, 0) == -1 && errno == ECONNRESET);
	CHECK(answer(&one).err == ENOENT && !in_state(TCP_ESTABLISHED));
	r = streams(1 << TCP_LISTEN);
	a = answer(&r);
	one = of_socket(&a.last, SOCK_DESTROY);
	CHECK(!answer(&one).err && !in_state(TCP_LISTEN));
	CHECK(sock_get(server, SOL_SOCKET, SO_ERROR) == ECONNABORTED);
	close(fd);
	close(child);
	close(server);
}

/* Nobody has it open, and the peer does not take what is left to be sent. */
static void the_end_of_an_orphan(void)
{
	static char data[1 << 20];
	int server = listener(SOCK_STREAM, PORT), fd = client(SOCK_STREAM, PORT);
	int child = accept(server, NULL, NULL);
	struct request r = streams(1 << TCP_FIN_WAIT1), one;
	struct answer a;

	while (send(fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		;
	close(fd);
	CHECK(comes(TCP_FIN_WAIT1, 1));
	a = answer(&r);
	CHECK(a.count == 1 && !a.last.inode && a.last.wqueue);
	one = of_socket(&a.last, SOCK_DESTROY);
	CHECK(!answer(&one).err && !in_state(TCP_FIN_WAIT1));
	CHECK(answer(&one).err == ENOENT);
	close(child);
	close(server);
}

static int as_nobody(void)
{
	struct request r = streams(1 << TCP_LISTEN), one;
	struct answer a;

	tap_failed_checks = 0;
	if (setresuid(65534, 65534, 65534))
		return 1;
	a = answer(&r);
	CHECK(a.count == 1);
	one = of_socket(&a.last, SOCK_DESTROY);
	CHECK(answer(&one).err == EPERM);
	return tap_failed_checks;
}

static void without_privilege(void)
{
	int server = listener(SOCK_STREAM, PORT), status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(as_nobody());
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	CHECK(in_state(TCP_LISTEN) == 1);
	close(server);
}

int main(void)
{
	const struct rlimit files = { 4 * MANY, 4 * MANY };

	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    setrlimit(RLIMIT_NOFILE, &files))
		return 1;
	TAP_RUN(a_listening_socket_has_queues);
	TAP_RUN(a_connection_is_described);
	TAP_RUN(a_request_has_no_socket);
	TAP_RUN(a_long_list_is_whole);
	TAP_RUN(a_namespace_sees_its_own);
	TAP_RUN(one_socket);
	TAP_RUN(the_end_of_a_connection);
	TAP_RUN(the_end_of_an_orphan);
	TAP_RUN(without_privilege);
	TAP_RUN(the_states_of_the_end);
	return tap_done();
}
