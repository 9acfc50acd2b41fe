// SPDX-License-Identifier: GPL-2.0
/*
 * The servers among the examples: the echo server in its seven ways, discard, chargen and
 * daytime. Each is a process of its own; this one is all of its clients.
 *
 * lab: --nodes 1 --nic none
 */
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include "sock.h"

#define MANY		10
#define SIZE		200000	/* bytes that each of them sends */
#define WAIT_MS		20000
#define SILENCE_MS	500
#define CHARACTERS	95

/**
 * struct server - one of the examples
 * @name: of the program
 * @port: where it listens
 * @beside: clients that it serves at once at least
 * @limit: clients that it serves at once at most; 0 for as many as come
 * @pid: process
 */
struct server {
	const char *name;
	int port;
	int beside, limit;
	pid_t pid;
};

static struct server *server;
static unsigned char data[SIZE];

/* --- clients -------------------------------------------------------------------------- */

static int client_try(void)
{
	struct sock_name to = sock_loopback(netns_weft_family(), server->port);
	int fd = socket(netns_weft_family(), SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!connect(fd, &to.sa, to.len))
		return fd;
	close(fd);
	return -1;
}

static int client(void)
{
	int fd = client_try();

	CHECK(fd >= 0);
	return fd;
}

static bool wait_for(int fd, short events, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	return poll(&pfd, 1, ms) == 1 && pfd.revents & events;
}

/* Reads until a buffer is full or nothing more comes; how many bytes. */
static int read_some(int fd, char *buf, int len)
{
	int done = 0, n;

	while (done < len && wait_for(fd, POLLIN, WAIT_MS)) {
		n = read(fd, buf + done, len - done);
		if (n <= 0)
			break;
		done += n;
	}
	return done;
}

static bool is_at_end(int fd)
{
	char c;

	return wait_for(fd, POLLIN, WAIT_MS) && read(fd, &c, 1) == 0;
}

/* Is one byte echoed in that time? */
static bool is_served(int fd, int ms)
{
	char c = 0;

	return write(fd, "x", 1) == 1 && wait_for(fd, POLLIN, ms) &&
	       read(fd, &c, 1) == 1 && c == 'x';
}

/* --- servers -------------------------------------------------------------------------- */

static void begin(void)
{
	char port[8];
	int fd, tries;

	snprintf(port, sizeof(port), "%d", server->port);
	server->pid = fork();
	if (!server->pid) {
		execlp(server->name, server->name, port, NULL);
		perror(server->name);
		_exit(127);
	}
	for (tries = 0; tries < 200; tries++) {
		fd = client_try();
		if (fd >= 0)
			break;
		usleep(100000);
	}
	CHECK(fd >= 0);
	close(fd);
}

/* A child that has not run yet has its parent's listening socket: nobody may. */
static void end(void)
{
	int tries, fd = -1;

	CHECK(!kill(server->pid, SIGTERM));
	CHECK(waitpid(server->pid, NULL, 0) == server->pid);
	for (tries = 0; tries < 200; tries++) {
		fd = client_try();
		if (fd < 0)
			break;
		close(fd);
		usleep(100000);
	}
	CHECK(fd < 0);
}

/* Bytes of memory that the server has. */
static long server_memory(void)
{
	long total, pages = -1;
	char path[32];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", server->pid);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%ld %ld", &total, &pages) != 2)
		pages = -1;
	if (f)
		fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/* --- echoes ---------------------------------------------------------------------------- */

/* A client that sends the data and compares what comes back. */
struct exchange {
	int fd, sent, got;
	bool ended;
};

static void exchange_send(struct exchange *e)
{
	int n = send(e->fd, data + e->sent, SIZE - e->sent, MSG_DONTWAIT);

	CHECK(n > 0 || errno == EAGAIN);
	if (n > 0)
		e->sent += n;
	if (e->sent == SIZE)
		CHECK(!shutdown(e->fd, SHUT_WR));
}

static void exchange_receive(struct exchange *e)
{
	unsigned char buf[16384];
	int n = recv(e->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0) {
		CHECK(errno == EAGAIN);
		e->ended = errno != EAGAIN;
	} else if (!n) {
		e->ended = true;
	} else if (e->got + n > SIZE || memcmp(buf, data + e->got, n)) {
		CHECK(!"what comes back is what was sent");
		e->ended = true;
	}
	if (n > 0)
		e->got += n;
}

/* All at once, until each has heard the end. */
static void exchange_all(struct exchange *e, int n)
{
	struct pollfd pfd[MANY];
	int i, left;

	do {
		for (left = 0, i = 0; i < n; i++) {
			left += !e[i].ended;
			pfd[i].fd = e[i].ended ? -1 : e[i].fd;
			pfd[i].events = POLLIN | (e[i].sent < SIZE ? POLLOUT : 0);
		}
		if (left && poll(pfd, n, WAIT_MS) <= 0) {
			CHECK(!"nothing is stuck");
			return;
		}
		for (i = 0; i < n; i++) {
			if (pfd[i].revents & POLLOUT)
				exchange_send(&e[i]);
			if (pfd[i].revents & ~POLLOUT)
				exchange_receive(&e[i]);
		}
	} while (left);
}

static void exchange(int n)
{
	struct exchange e[MANY] = {};
	int i;

	for (i = 0; i < n; i++)
		e[i].fd = client();
	exchange_all(e, n);
	for (i = 0; i < n; i++) {
		CHECK(e[i].sent == SIZE && e[i].got == SIZE);
		close(e[i].fd);
	}
}

/* The last of it comes after the client has ended its direction. */
static void echoes_all(void)
{
	exchange(1);
}

/* Those that are too many wait, and are served in the end. */
static void echoes_to_many(void)
{
	exchange(MANY);
}

static void serves_clients_beside_each_other(void)
{
	int fd[MANY], i;

	for (i = 0; i < server->beside; i++) {
		fd[i] = client();
		CHECK(is_served(fd[i], WAIT_MS));
	}
	/* The first as well as the last. */
	for (i = 0; i < server->beside; i++)
		CHECK(is_served(fd[i], WAIT_MS));
	for (i = 0; i < server->beside; i++)
		close(fd[i]);
}

static void serves_no_more(void)
{
	int fd[MANY], late, i;
	char c;

	for (i = 0; i < server->limit; i++) {
		fd[i] = client();
		CHECK(is_served(fd[i], WAIT_MS));
	}
	late = client();
	CHECK(!is_served(late, SILENCE_MS));
	CHECK(!shutdown(fd[0], SHUT_WR));
	CHECK(is_at_end(fd[0]));
	CHECK(read_some(late, &c, 1) == 1 && c == 'x');
	close(late);
	for (i = 0; i < server->limit; i++)
		close(fd[i]);
}

/* Fills all buffers on the way there and back; returns how many bytes that took. */
static long stuff(int fd)
{
	long sum = 0;
	int n;

	while (wait_for(fd, POLLOUT, SILENCE_MS)) {
		n = send(fd, data, SIZE, MSG_DONTWAIT);
		if (n < 0)
			break;
		sum += n;
	}
	return sum;
}

static void waits_for_who_does_not_read(void)
{
	long before = server_memory(), stuffed;
	int stuck = client(), fd = client();

	stuffed = stuff(stuck);
	CHECK(stuffed > 0 && stuffed < 50000000);
	CHECK(is_served(fd, WAIT_MS));
	CHECK(server_memory() - before < 1000000);
	/* Nothing is lost of what waited. */
	CHECK(!shutdown(stuck, SHUT_WR));
	for (; stuffed > 0; stuffed -= SIZE) {
		int len = stuffed < SIZE ? stuffed : SIZE;
		static char buf[SIZE];

		if (read_some(stuck, buf, len) != len) {
			CHECK(!"all comes back");
			break;
		}
	}
	CHECK(is_at_end(stuck));
	close(stuck);
	close(fd);
}

static void outlives_its_clients(void)
{
	struct linger reset = { .l_onoff = 1 };
	int fd, i;

	for (i = 0; i < 3; i++) {
		fd = client();
		if (i == 1)
			CHECK(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
		/* More than it has room for comes back, and nobody is there any more. */
		stuff(fd);
		if (i == 2)
			CHECK(!shutdown(fd, SHUT_WR));
		close(fd);
	}
	fd = client();
	CHECK(is_served(fd, WAIT_MS));
	close(fd);
}

/* --- the others ------------------------------------------------------------------------- */

static void discards(void)
{
	int fd = client(), i;

	for (i = 0; i < 5; i++)
		CHECK(write(fd, data, SIZE) == SIZE);
	CHECK(!wait_for(fd, POLLIN, SILENCE_MS));
	CHECK(!shutdown(fd, SHUT_WR));
	CHECK(is_at_end(fd));
	close(fd);
}

/* RFC 864: a line begins one character later than the last. */
static bool is_line(const char *line, int number)
{
	int i;

	for (i = 0; i < 72; i++)
		if (line[i] != ' ' + (number + i) % CHARACTERS)
			return false;
	return line[72] == '\r' && line[73] == '\n';
}

static void generates_lines(void)
{
	int fd = client(), i;
	char line[74], rest[4096];

	/* What is sent meanwhile does not matter. */
	CHECK(write(fd, "anything", 8) == 8);
	for (i = 0; i < 3 * CHARACTERS; i++) {
		if (read_some(fd, line, sizeof(line)) == sizeof(line) && is_line(line, i))
			continue;
		CHECK(!"lines are right");
		break;
	}
	CHECK(!shutdown(fd, SHUT_WR));
	while (wait_for(fd, POLLIN, WAIT_MS) && read(fd, rest, sizeof(rest)) > 0)
		;
	CHECK(is_at_end(fd));
	close(fd);
}

static void tells_the_time(void)
{
	int fd = client(), n;
	char line[128];
	struct tm tm;
	char *rest;

	/* More than it reads before it answers. */
	CHECK(write(fd, data, 10000) == 10000);
	n = read_some(fd, line, sizeof(line) - 1);
	line[n] = '\0';
	memset(&tm, 0, sizeof(tm));
	rest = strptime(line, "%A, %B %d, %Y %H:%M:%S-UTC", &tm);
	CHECK(rest && !strcmp(rest, "\r\n"));
	CHECK(labs(timegm(&tm) - time(NULL)) < 60);
	close(fd);
}

static void serves_beside_who_says_nothing(void)
{
	int idle = client(), fd = client();

	CHECK(wait_for(fd, POLLIN, WAIT_MS));
	close(fd);
	close(idle);
}

/* --- all of them ------------------------------------------------------------------------ */

static void run(const char *what, void (*fn)(void))
{
	char name[96];

	snprintf(name, sizeof(name), "%s %s", server->name, what);
	tap_run(name, fn);
}

static void test_echo(void)
{
	run("starts", begin);
	run("echoes all, also after half-close", echoes_all);
	run("echoes to many", echoes_to_many);
	run("serves clients beside each other", serves_clients_beside_each_other);
	if (server->limit)
		run("serves no more than it can, and those later", serves_no_more);
	if (server->beside > 1)
		run("waits for who does not read, alone", waits_for_who_does_not_read);
	run("outlives its clients", outlives_its_clients);
	run("ends", end);
}

static void test_service(const char *what, void (*fn)(void))
{
	run("starts", begin);
	run(what, fn);
	run("ends", end);
}

int main(void)
{
	static struct server servers[] = {
		{ .name = "echo-sequential", .port = 4101, .beside = 1, .limit = 1 },
		{ .name = "echo-fork", .port = 4102, .beside = MANY },
		{ .name = "echo-thread", .port = 4103, .beside = MANY },
		{ .name = "echo-pool", .port = 4104, .beside = 8, .limit = 8 },
		{ .name = "echo-select", .port = 4105, .beside = MANY },
		{ .name = "echo-poll", .port = 4106, .beside = MANY },
		{ .name = "echo-epoll", .port = 4107, .beside = MANY },
	};
	static struct server discard = { .name = "discard-server", .port = 4109 };
	static struct server chargen = { .name = "chargen-server", .port = 4119 };
	static struct server daytime = { .name = "daytime-server", .port = 4113 };
	size_t i;

	if (netns_weft_family() < 0 || netns_enter() || netns_run("ip link set lo up"))
		return 1;
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < SIZE; i++)
		data[i] = (unsigned char)(i * 31 + i / 253);
	for (i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		server = &servers[i];
		test_echo();
	}
	server = &discard;
	test_service("discards", discards);
	server = &chargen;
	run("starts", begin);
	run("serves beside who says nothing", serves_beside_who_says_nothing);
	run("ends", end);
	test_service("generates lines", generates_lines);
	server = &daytime;
	test_service("tells the time", tells_the_time);
	return tap_done();
}
