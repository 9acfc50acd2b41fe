// SPDX-License-Identifier: GPL-2.0
/*
 * Very many connections: 20,000 at a time, each with its memory measured beside TCP's,
 * storms of connections that open and close in every way, and more than an accept queue
 * has room for. Everything works meanwhile, and is given back afterwards. The debug
 * kernel has fewer of each.
 *
 * lab: --nodes 1 --nic none --mem 1024
 * timeout: 300
 */
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include "sock.h"

#define PORT		7000
#define IDLE		20000
#define IDLE_DEBUG	1000
#define STORM		6000
#define STORM_DEBUG	1000
#define AT_ONCE		200
#define SAMPLE		101

static bool debug;
static int weft, idle, storm;
static int ours[IDLE], theirs[IDLE];

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* --- what the kernel has ------------------------------------------------------------------ */

static long number(const char *file, const char *format)
{
	FILE *f = fopen(file, "r");
	char line[512];
	long n = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, format, &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

static long sockets(void)
{
	return number("/proc/net/protocols", "WEFT-STREAM %*d %ld");
}

/*
 * Bytes that the kernel's objects take. (What is free of all memory depends on how many
 * of them lie in slabs that are free but for one.)
 */
static double objects(void)
{
	FILE *f = fopen("/proc/slabinfo", "r");
	double sum = 0;
	char line[512];
	long n, size;

	usleep(300000);
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %ld %*d %ld", &n, &size) == 2)
			sum += (double)n * size;
	if (f)
		fclose(f);
	return sum;
}

/* Until no socket is left, which takes a grace period, or @ms. */
static bool all_gone(int ms)
{
	int64_t until = now_ms() + ms;

	while (sockets() && now_ms() < until)
		usleep(20000);
	return !sockets();
}

/* --- connections ------------------------------------------------------------------------- */

static int stream(int family, int flags)
{
	int fd = socket(family, SOCK_STREAM | flags, 0);

	CHECK(fd >= 0);
	return fd;
}

static int listening(int family, int backlog)
{
	struct sock_name name = sock_any(family, PORT);
	int fd = stream(family, SOCK_NONBLOCK);

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &sock_on, sizeof(sock_on)));
	CHECK(!bind(fd, &name.sa, name.len) && !listen(fd, backlog));
	return fd;
}

static int dial(int family, int flags)
{
	struct sock_name to = sock_loopback(family, PORT);
	int fd = stream(family, flags);

	CHECK(!connect(fd, &to.sa, to.len) || (flags && errno == EINPROGRESS));
	return fd;
}

/* The last acknowledgment of a handshake may still be on its way. */
static int take(int listener, int ms)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };

	return poll(&p, 1, ms) == 1 ? accept(listener, NULL, NULL) : -1;
}

/* A byte there and one back. */
static bool answers(int a, int b)
{
	char c = 0;

	return send(a, "?", 1, 0) == 1 && recv(b, &c, 1, 0) == 1 && c == '?' &&
	       send(b, "!", 1, 0) == 1 && recv(a, &c, 1, 0) == 1 && c == '!';
}

/* --- very many --------------------------------------------------------------------------- */

static bool open_all(int family, int listener)
{
	int i;

	for (i = 0; i < idle; i++) {
		ours[i] = dial(family, 0);
		theirs[i] = take(listener, 5000);
		if (theirs[i] < 0)
			return false;
	}
	return true;
}

static void close_all(void)
{
	int i;

	for (i = 0; i < idle; i++) {
		close(ours[i]);
		close(theirs[i]);
	}
}

/* Opens all of them. Returns bytes of memory of a connection, that is of two sockets. */
static double memory_of(int family)
{
	double before = objects(), after;
	int listener = listening(family, 128), i;
	int64_t begun = now_ms();

	CHECK(open_all(family, listener));
	printf("# %d connections of %s opened in %.1f s\n", idle,
	       family == AF_INET6 ? "TCP" : "Weft", (now_ms() - begun) / 1e3);
	after = objects();
	for (i = 0; i < idle; i += SAMPLE)
		CHECK(answers(ours[i], theirs[i]));
	CHECK(family == AF_INET6 || sockets() == 2 * idle + 1);
	close_all();
	close(listener);
	CHECK(all_gone(130000));
	return (after - before) / idle;
}

static void very_many(void)
{
	double bytes = memory_of(weft), tcp = memory_of(AF_INET6);

	printf("# bytes of an idle connection, both ends with their files: Weft %.0f, TCP %.0f\n",
	       bytes, tcp);
	printf("# of this a socket: Weft %ld bytes, TCP %ld bytes\n",
	       number("/proc/slabinfo", "WEFT-STREAM %*d %*d %ld"),
	       number("/proc/slabinfo", "TCPv6 %*d %*d %ld"));
	if (debug)
		printf("# the debug kernel's own records are more than that: not compared\n");
	else
		CHECK(bytes < 1.2 * tcp);
}

/* --- storms ------------------------------------------------------------------------------ */

/* One of the ways in which a connection ends. */
static void end_somehow(int a, int b, int how)
{
	struct linger linger = { 1, 0 };
	char c;

	switch (how) {
	case 0:
		CHECK(answers(a, b));
		close(a);
		CHECK(recv(b, &c, 1, 0) == 0);
		break;
	case 1:
		CHECK(!setsockopt(a, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
		close(a);
		CHECK(recv(b, &c, 1, 0) == -1 && errno == ECONNRESET);
		break;
	case 2:
		CHECK(send(a, "never read", 10, 0) == 10 && sock_wait(b, POLLIN) & POLLIN);
		close(b);
		CHECK(recv(a, &c, 1, 0) == -1 && errno == ECONNRESET);
		close(a);
		return;
	case 3:
		CHECK(!shutdown(a, SHUT_WR) && !shutdown(b, SHUT_WR));
		CHECK(recv(a, &c, 1, 0) == 0 && recv(b, &c, 1, 0) == 0);
		close(a);
		break;
	default:
		close(a);
	}
	close(b);
}

/* One after the other. */
static void a_storm(void)
{
	int listener = listening(weft, 128), i, a, b;
	int64_t begun = now_ms();

	for (i = 0; i < storm; i++) {
		a = dial(weft, 0);
		b = take(listener, 5000);
		CHECK(b >= 0);
		end_somehow(a, b, i % 5);
	}
	close(listener);
	printf("# %d connections in %.1f s\n", storm, (now_ms() - begun) / 1e3);
	CHECK(all_gone(130000));
}

/* Many at a time, of which some go before they are accepted, or are never. */
static void a_storm_of_many(void)
{
	static int fds[AT_ONCE];
	int listener = listening(weft, AT_ONCE), i, j, fd, accepted = 0;

	for (i = 0; i < storm / AT_ONCE; i++) {
		for (j = 0; j < AT_ONCE; j++)
			fds[j] = dial(weft, SOCK_NONBLOCK);
		for (j = 0; j < AT_ONCE; j += 2)
			close(fds[j]);
		for (j = 0; j < AT_ONCE / 2; j++) {
			fd = take(listener, 100);
			accepted += fd >= 0;
			close(fd);
		}
		for (j = 1; j < AT_ONCE; j += 2)
			close(fds[j]);
		if (i % 5 == 4) {
			close(listener);
			listener = listening(weft, AT_ONCE);
		}
	}
	close(listener);
	printf("# %d of them accepted\n", accepted);
	CHECK(accepted > storm / 4);
	CHECK(all_gone(130000));
}

/* --- the accept queue -------------------------------------------------------------------- */

/*
 * More connections than the queue has room for: the rest is not refused but comes later,
 * when SYN is sent again, or with the first bytes if its end believes to be open already.
 */
static void a_full_queue(void)
{
	enum { MANY = 16, ROOM = 4 };
	int listener = listening(weft, ROOM), fds[MANY], accepted[MANY], i, fd, served = 0;
	long overflows = netns_counter("ListenOverflows");
	int64_t until = now_ms() + 60000;
	bool asked[MANY] = { false };
	char c;

	for (i = 0; i < MANY; i++)
		fds[i] = dial(weft, SOCK_NONBLOCK);
	usleep(100000);
	CHECK(netns_counter("ListenOverflows") > overflows);
	while (served < MANY && now_ms() < until) {
		for (i = 0; i < MANY; i++)
			if (!asked[i])
				asked[i] = send(fds[i], "?", 1, 0) == 1;
		fd = accept(listener, NULL, NULL);
		if (fd < 0) {
			usleep(10000);
			continue;
		}
		accepted[served++] = fd;
	}
	CHECK(served == MANY);
	for (i = 0; i < MANY; i++)
		CHECK(asked[i] || send(fds[i], "?", 1, 0) == 1);
	for (i = 0; i < served; i++) {
		CHECK(recv(accepted[i], &c, 1, 0) == 1 && c == '?');
		CHECK(send(accepted[i], "!", 1, 0) == 1);
		close(accepted[i]);
	}
	for (i = 0; i < MANY; i++) {
		CHECK(sock_wait(fds[i], POLLIN) & POLLIN);
		CHECK(recv(fds[i], &c, 1, 0) == 1 && c == '!');
		close(fds[i]);
	}
	close(listener);
	CHECK(all_gone(130000));
}

int main(void)
{
	struct rlimit files = { 3 * IDLE, 3 * IDLE };

	debug = !access("/sys/kernel/debug/kmemleak", F_OK);
	setlinebuf(stdout);
	signal(SIGPIPE, SIG_IGN);
	weft = netns_weft_family();
	idle = debug ? IDLE_DEBUG : IDLE;
	storm = debug ? STORM_DEBUG : STORM;
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("sysctl -qw net.ipv4.ip_local_port_range='1024 65535'") ||
	    setrlimit(RLIMIT_NOFILE, &files))
		return 1;
	TAP_RUN(very_many);
	TAP_RUN(a_storm);
	TAP_RUN(a_storm_of_many);
	TAP_RUN(a_full_queue);
	return tap_done();
}
