// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets by NETLINK_SOCK_DIAG: lists that are whole and have nothing twice, filters,
 * one socket, the end of one, and what is refused.
 *
 * lab: --nodes 1 --nic none
 */
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "diag.h"

#define PORT	4000
#define MANY	700

static int weft;

/* --- lists ------------------------------------------------------------------------ */

static void a_socket_is_described(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT);
	struct sock_name name = { .len = sizeof(name.weft) };
	struct request r = list();
	struct answer a;
	struct stat st;
	__u64 cookie;
	socklen_t len = sizeof(cookie);

	CHECK(send(fd, "hello", 5, 0) == 5 && sock_wait(server, POLLIN));
	CHECK(!getsockname(fd, &name.sa, &name.len));
	r.req.states = 1 << TCP_ESTABLISHED;
	r.req.attrs = 1 << WEFT_DIAG_MEMINFO | 1 << WEFT_DIAG_SHUTDOWN |
		      1 << WEFT_DIAG_MARK | 1 << WEFT_DIAG_CGROUP |
		      1 << WEFT_DIAG_OPTIONS;
	a = answer(&r);
	CHECK(a.count == 1 && !a.err);
	CHECK(a.last.family == weft && a.last.type == SOCK_DGRAM);
	CHECK(a.last.protocol == WEFT_PROTO_DGRAM);
	CHECK(a.last.id.sport == name.weft.sweft_port);
	CHECK(ntohs(a.last.id.dport) == PORT && a.last.id.dst.a8[7] == 1);
	CHECK(!fstat(fd, &st) && a.last.inode == st.st_ino && !a.last.uid);
	CHECK(!getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len));
	CHECK(cookie == ((__u64)a.last.id.cookie[1] << 32 | a.last.id.cookie[0]));
	CHECK(a.attr_len[WEFT_DIAG_MEMINFO] == SK_MEMINFO_VARS * 4);
	CHECK(a.attr_len[WEFT_DIAG_SHUTDOWN] == 1);
	CHECK(a.attr_len[WEFT_DIAG_MARK] == 4);
	CHECK(a.attr_len[WEFT_DIAG_OPTIONS] == sizeof(struct weft_diag_options));
	r.req.states = 1 << TCP_CLOSE;
	r.req.attrs = 0;
	a = answer(&r);
	CHECK(a.count == 1 && ntohs(a.last.id.sport) == PORT);
	CHECK(!a.last.id.dport && a.last.rqueue >= 5);
	CHECK(!a.attr_len[WEFT_DIAG_MEMINFO]);
	close(server);
	close(fd);
	CHECK(!listed(&r));
}

static void filters(void)
{
	int one = sock_bound(weft, PORT), two = sock_connected(weft, PORT);
	int echo = socket(weft, SOCK_DGRAM, WEFT_PROTO_CONTROL);
	int raw = socket(weft, SOCK_RAW, 99);
	struct sock_name any = sock_any(weft, 7);
	struct request r = list();

	CHECK(!bind(echo, &any.sa, any.len));
	CHECK(listed(&r) == 4);
	r.req.type = SOCK_RAW;
	CHECK(listed(&r) == 1);
	r.req.protocol = 98;
	CHECK(listed(&r) == 0);
	r = list();
	r.req.protocol = WEFT_PROTO_CONTROL;
	CHECK(listed(&r) == 1);
	r = list();
	r.req.id.sport = htons(PORT);
	CHECK(listed(&r) == 1);
	r = list();
	r.req.id.dport = htons(PORT);
	CHECK(listed(&r) == 1);
	r = list();
	r.req.dst_len = 64;
	r.req.id.dst.a8[7] = 1;
	CHECK(listed(&r) == 1);
	r.req.id.dst.a8[7] = 2;
	CHECK(listed(&r) == 0);
	r.req.dst_len = 62;
	CHECK(listed(&r) == 4);
	r = list();
	r.req.id.ifindex = 77;
	CHECK(listed(&r) == 0);
	r = list();
	r.req.states = 0;
	CHECK(listed(&r) == 0);
	close(one);
	close(two);
	close(echo);
	close(raw);
}

/* Far more than one message has room for, several in one slot. */
static void a_long_list_is_whole(void)
{
	struct rlimit files = { 4 * MANY, 4 * MANY };
	struct request r = list();
	int fd[2 * MANY], i;

	CHECK(!setrlimit(RLIMIT_NOFILE, &files));
	for (i = 0; i < MANY; i++) {
		fd[2 * i] = sock_bound(weft, PORT + i);
		fd[2 * i + 1] = socket(weft, SOCK_RAW, 99);
	}
	CHECK(listed(&r) == 2 * MANY);
	for (i = 0; i < 2 * MANY; i++)
		close(fd[i]);
	CHECK(listed(&r) == 0);
}

static volatile int changing;

static void *change(void *arg)
{
	while (changing)
		close(sock_bound(weft, 0));
	return arg;
}

/* While others come and go: what stays is listed. */
static void a_list_while_sockets_come_and_go(void)
{
	struct request r = list();
	int fd[MANY], i, least = MANY;
	pthread_t thread[2];
	struct answer a;

	for (i = 0; i < MANY; i++)
		fd[i] = sock_bound(weft, PORT + i);
	changing = 1;
	for (i = 0; i < 2; i++)
		CHECK(!pthread_create(&thread[i], NULL, change, NULL));
	for (i = 0; i < 20; i++) {
		a = answer(&r);
		CHECK(!a.err);
		if (a.count < least)
			least = a.count;
	}
	changing = 0;
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	CHECK(least >= MANY - 1);
	for (i = 0; i < MANY; i++)
		close(fd[i]);
}

static int in_another_namespace(void)
{
	struct request r = list();

	tap_failed_checks = 0;
	if (netns_enter())
		return 1;
	CHECK(listed(&r) == 0);
	close(sock_bound(weft, PORT));
	return tap_failed_checks;
}

static void a_namespace_sees_its_own(void)
{
	int fd = sock_bound(weft, PORT), status;
	struct request r = list();
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(in_another_namespace());
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	CHECK(listed(&r) == 1);
	close(fd);
}

/* --- one socket --------------------------------------------------------------------- */

static void one_socket(void)
{
	int fd = sock_bound(weft, PORT), raw = socket(weft, SOCK_RAW, 99);
	struct request r = list(), one;
	struct answer a;

	r.req.type = SOCK_DGRAM;
	a = answer(&r);
	one = of_socket(&a.last, SOCK_DIAG_BY_FAMILY);
	a = answer(&one);
	CHECK(a.count == 1 && ntohs(a.last.id.sport) == PORT);
	one.req.id.cookie[0]++;
	CHECK(answer(&one).err == ESTALE);
	memset(one.req.id.cookie, 0xff, sizeof(one.req.id.cookie));
	CHECK(answer(&one).count == 1);
	one.req.id.sport = htons(PORT + 1);
	CHECK(answer(&one).err == ENOENT);
	one.req.id.sport = htons(PORT);
	one.req.id.dport = htons(1);
	CHECK(answer(&one).err == ENOENT);
	r.req.type = SOCK_RAW;
	a = answer(&r);
	one = of_socket(&a.last, SOCK_DIAG_BY_FAMILY);
	CHECK(answer(&one).count == 1);
	close(fd);
	close(raw);
}

static volatile int waiter;

static void *wait_for_message(void *arg)
{
	char c;

	waiter = gettid();
	return recv(*(int *)arg, &c, 1, 0) < 0 ? (void *)(long)errno : NULL;
}

/* The thread that is told of in the file sleeps in recv(). */
static bool waits(const char *path)
{
	char text[64] = "";
	int i, number;
	FILE *f;

	for (i = 0; i < 500; i++) {
		f = fopen(path, "r");
		if (f && fgets(text, sizeof(text), f) &&
		    sscanf(text, "%d", &number) == 1 && number == SYS_recvfrom)
			i = 1000;
		if (f)
			fclose(f);
		usleep(10000);
	}
	return i > 1000;
}

static void the_end_of_a_socket(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT);
	struct sock_name name = { .len = sizeof(name) };
	struct request r = list(), one;
	pthread_t thread;
	struct answer a;
	void *err = NULL;
	char path[64];

	r.req.states = 1 << TCP_ESTABLISHED;
	a = answer(&r);
	CHECK(a.count == 1);
	CHECK(!pthread_create(&thread, NULL, wait_for_message, &fd));
	while (!waiter)
		usleep(1000);
	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", waiter);
	CHECK(waits(path));
	one = of_socket(&a.last, SOCK_DESTROY);
	one.req.id.cookie[0]++;
	CHECK(answer(&one).err == ESTALE);
	one.req.id.cookie[0]--;
	a = answer(&one);
	CHECK(!a.err && !a.count);
	CHECK(!pthread_join(thread, &err) && (long)err == ECONNABORTED);
	CHECK(getpeername(fd, &name.sa, &name.len) && errno == ENOTCONN);
	CHECK(!listed(&r));
	CHECK(answer(&one).err == ENOENT);
	/* As with UDP, it can be used anew. */
	name = sock_loopback(weft, PORT);
	CHECK(!connect(fd, &name.sa, name.len) && send(fd, "x", 1, 0) == 1);
	CHECK(sock_wait(server, POLLIN) == POLLIN);
	/* One that was bound keeps its port. */
	r.req.states = 1 << TCP_CLOSE;
	a = answer(&r);
	one = of_socket(&a.last, SOCK_DESTROY);
	CHECK(!answer(&one).err);
	CHECK(sock_get(server, SOL_SOCKET, SO_ERROR) == ECONNABORTED);
	CHECK(listed(&r) == 1);
	close(server);
	close(fd);
}

static void one_of_a_group_ends(void)
{
	struct sock_name name = sock_any(weft, PORT);
	struct request r = list(), one;
	int fd[3], i, ended = 0;
	struct answer a;

	for (i = 0; i < 3; i++) {
		fd[i] = sock_dgram(weft);
		CHECK(!sock_set(fd[i], SOL_WEFT, WEFT_REUSEPORT, 1));
		CHECK(!bind(fd[i], &name.sa, name.len));
	}
	a = answer(&r);
	CHECK(a.count == 3);
	one = of_socket(&a.last, SOCK_DESTROY);
	CHECK(!answer(&one).err);
	for (i = 0; i < 3; i++) {
		ended += sock_get(fd[i], SOL_SOCKET, SO_ERROR) == ECONNABORTED;
		close(fd[i]);
	}
	CHECK(ended == 1);
}

/* --- refused -------------------------------------------------------------------------- */

static void refused(struct request r, int err, const char *why)
{
	struct answer a;

	r.nlh.nlmsg_flags |= NLM_F_ACK;
	a = answer(&r);
	CHECK(a.err == err && !a.count);
	if (r.nlh.nlmsg_flags & NLM_F_DUMP)
		CHECK_STR(a.why, why);
}

static void wrong_requests_are_refused(void)
{
	static const int flags[] = { NLM_F_DUMP, 0 };
	struct request r;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		r = ask(SOCK_DIAG_BY_FAMILY, flags[i]);
		r.nlh.nlmsg_len -= 4;
		refused(r, EINVAL, "weft: the request is too short");
		r.nlh.nlmsg_len += 8;
		refused(r, EINVAL, "weft: requests have no attributes");
		r = ask(SOCK_DIAG_BY_FAMILY, flags[i]);
		r.req.type = SOCK_RDM;
		refused(r, EINVAL, "weft: no sockets of this type");
		r = ask(SOCK_DIAG_BY_FAMILY, flags[i]);
		r.req.attrs = 1 << WEFT_DIAG_PAD;
		refused(r, EINVAL, "weft: unknown attributes are asked for");
		r.req.attrs = 1;
		refused(r, EINVAL, "weft: unknown attributes are asked for");
		r = ask(SOCK_DIAG_BY_FAMILY, flags[i]);
		r.req.src_len = 65;
		refused(r, EINVAL, "weft: a prefix is longer than 64 bits");
		r = ask(SOCK_DIAG_BY_FAMILY, flags[i]);
		r.req.dst_len = 255;
		refused(r, EINVAL, "weft: a prefix is longer than 64 bits");
		r = ask(SOCK_DIAG_BY_FAMILY, flags[i]);
		r.req.reserved = 1;
		refused(r, EINVAL, "weft: reserved bits are set");
	}
	r = ask(SOCK_DESTROY, 0);
	r.req.type = SOCK_RDM;
	refused(r, EINVAL, "");
	refused(ask(SOCK_DESTROY, 0), ENOENT, "");
}

static int as_nobody(void)
{
	struct request r = list(), one;
	struct answer a;

	tap_failed_checks = 0;
	if (setresuid(65534, 65534, 65534))
		return 1;
	r.req.attrs = 1 << WEFT_DIAG_MARK;
	a = answer(&r);
	CHECK(a.count == 1 && !a.attr_len[WEFT_DIAG_MARK]);
	one = of_socket(&a.last, SOCK_DESTROY);
	CHECK(answer(&one).err == EPERM);
	return tap_failed_checks;
}

static void without_privilege(void)
{
	int fd = sock_bound(weft, PORT), status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(as_nobody());
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	CHECK(!sock_get(fd, SOL_SOCKET, SO_ERROR));
	close(fd);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	TAP_RUN(a_socket_is_described);
	TAP_RUN(filters);
	TAP_RUN(a_long_list_is_whole);
	TAP_RUN(a_list_while_sockets_come_and_go);
	TAP_RUN(a_namespace_sees_its_own);
	TAP_RUN(one_socket);
	TAP_RUN(the_end_of_a_socket);
	TAP_RUN(one_of_a_group_ends);
	TAP_RUN(wrong_requests_are_refused);
	TAP_RUN(without_privilege);
	return tap_done();
}
