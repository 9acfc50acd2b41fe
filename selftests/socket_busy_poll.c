// SPDX-License-Identifier: GPL-2.0
/*
 * Busy polling: a receiver that waits takes packets from the NIC itself, asked to by
 * SO_BUSY_POLL or by the sysctls, and does not where it was not asked to. It takes a
 * second processor, which the debug kernel does not find without ACPI: with one the
 * interrupt always comes first.
 *
 * kernels: stock
 * lab: --nodes 1 --smp 2 --nic e1000 --nic e1000
 * timeout: 120
 */
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include "sock.h"

#define PORT	4000
#define ROUNDS	40
#define UNTIL(command)	"timeout 20 sh -c \"until " command "; do sleep 0.1; done\""

static int weft;
static struct sock_name server_name;

static int enter(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET)) {
		perror("# setns");
		return -1;
	}
	close(fd);
	return 0;
}

/*
 * The receiver has a processor of its own: in poll(), one that shares it with the sender
 * stops polling whenever that one is to run.
 */
static int stay_on(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one);
}

/* Packets that waiting programs took from devices in this namespace. */
static long polled(void)
{
	char names[8192], values[8192], *n, *v, *save_n, *save_v;
	FILE *f = fopen("/proc/thread-self/net/netstat", "r");
	long found = -1;

	while (f && fgets(names, sizeof(names), f) &&
	       fgets(values, sizeof(values), f)) {
		n = strtok_r(names, "\n ", &save_n);
		v = strtok_r(values, "\n ", &save_v);
		while (n && v) {
			if (!strcmp(n, "BusyPollRxPackets"))
				found = atol(v);
			n = strtok_r(NULL, "\n ", &save_n);
			v = strtok_r(NULL, "\n ", &save_v);
		}
	}
	if (f)
		fclose(f);
	return found;
}

/* Of the first namespace, which alone has them. */
static int busy_read, busy_poll;

static void write_sysctl(int fd, const char *value)
{
	CHECK(pwrite(fd, value, strlen(value), 0) == (int)strlen(value));
}

/* What the sender is told to do. */
enum { DATAGRAMS, STREAM, SEND };

/* In the namespace b. */
static int sender(int tell)
{
	int fd = -1;
	char c;

	if (enter("b") || stay_on(0))
		return 1;
	server_name.weft.sweft_scope = if_nametoindex("eth1");
	while (read(tell, &c, 1) == 1) {
		if (c == SEND) {
			usleep(2000);
			if (send(fd, &c, 1, 0) != 1)
				return 1;
			continue;
		}
		close(fd);
		fd = socket(weft, c == STREAM ? SOCK_STREAM : SOCK_DGRAM, 0);
		if (connect(fd, &server_name.sa, server_name.len))
			return 1;
	}
	return 0;
}

static int told;

static void tell(char c)
{
	CHECK(write(told, &c, 1) == 1);
}

/* A socket of DATAGRAMS or STREAM that the sender sends to from now on. */
static int receiver(int kind)
{
	struct sock_name name = sock_any(weft, PORT);
	int fd, listener;

	if (kind == DATAGRAMS) {
		fd = sock_bound(weft, PORT);
		tell(kind);
		return fd;
	}
	listener = socket(weft, SOCK_STREAM, 0);
	CHECK(!sock_set(listener, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!bind(listener, &name.sa, name.len) && !listen(listener, 1));
	tell(kind);
	fd = accept(listener, NULL, NULL);
	CHECK(fd >= 0);
	close(listener);
	return fd;
}

/* Waits for messages that are sent while it does; by poll() too if asked to. */
static void receive(int fd, bool by_poll)
{
	struct timeval wait = { .tv_sec = 5 };
	char c;
	int i;

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
	for (i = 0; i < ROUNDS; i++) {
		tell(SEND);
		if (by_poll)
			CHECK(sock_wait(fd, POLLIN) == POLLIN);
		if (recv(fd, &c, 1, 0) != 1) {
			CHECK(!"received");
			return;
		}
	}
}

/* The interrupt may be first; not always. */
static void poll_some(int fd, bool by_poll)
{
	long before = polled();
	int tries;

	for (tries = 0; tries < 25 && polled() == before; tries++)
		receive(fd, by_poll);
	printf("# %ld packets after %d\n", polled() - before, tries * ROUNDS);
	CHECK(polled() > before);
}

static void unasked(int kind)
{
	int fd = receiver(kind);
	long before = polled();

	receive(fd, false);
	CHECK(sock_get(fd, SOL_SOCKET, SO_INCOMING_NAPI_ID) > 0);
	CHECK(before >= 0 && polled() == before);
	close(fd);
}

static void without_being_asked(void)
{
	unasked(DATAGRAMS);
	unasked(STREAM);
}

static void optional(int kind)
{
	int fd = receiver(kind);

	CHECK(!sock_set(fd, SOL_SOCKET, SO_BUSY_POLL, 20000));
	poll_some(fd, false);
	close(fd);
}

static void by_the_option(void)
{
	optional(DATAGRAMS);
	optional(STREAM);
}

static void by_sysctl(int kind)
{
	int fd;

	write_sysctl(busy_read, "20000");
	fd = receiver(kind);
	CHECK(sock_get(fd, SOL_SOCKET, SO_BUSY_POLL) == 20000);
	poll_some(fd, false);
	write_sysctl(busy_read, "0");
	close(fd);
}

static void by_the_sysctl_of_reading(void)
{
	by_sysctl(DATAGRAMS);
	by_sysctl(STREAM);
}

static void while_polling(int kind)
{
	int fd = receiver(kind);

	write_sysctl(busy_poll, "20000");
	CHECK(!sock_set(fd, SOL_SOCKET, SO_BUSY_POLL, 1));
	poll_some(fd, true);
	write_sysctl(busy_poll, "0");
	close(fd);
}

static void by_the_sysctl_of_poll(void)
{
	while_polling(DATAGRAMS);
	while_polling(STREAM);
}

/*
 * Both NICs in namespaces, and the address of the first, whose interrupts come late: poll()
 * takes packets now and then only, and would nearly always find that one was faster.
 */
static int set_up(void)
{
	struct ifreq ifr = { .ifr_name = "eth0" };
	int fd;

	busy_read = open("/proc/sys/net/core/busy_read", O_WRONLY);
	busy_poll = open("/proc/sys/net/core/busy_poll", O_WRONLY);
	if (netns_run("ethtool -C eth0 adaptive-rx off rx-usecs 8000") ||
	    netns_run("ip netns add a && ip link set eth0 netns a && ip -n a link set eth0 up") ||
	    netns_run("ip netns add b && ip link set eth1 netns b && ip -n b link set eth1 up") ||
	    netns_run(UNTIL("ip -n a link show eth0 | grep -q 'state UP'")) ||
	    netns_run(UNTIL("ip -n b link show eth1 | grep -q 'state UP'")))
		return -1;
	if (enter("a"))
		return -1;
	fd = sock_dgram(weft);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		return -1;
	close(fd);
	server_name = sock_any(weft, PORT);
	server_name.weft.sweft_addr.a8[0] = 0xfe;
	server_name.weft.sweft_addr.a8[1] = 0x80;
	memcpy(&server_name.weft.sweft_addr.a8[2], ifr.ifr_hwaddr.sa_data, 6);
	return 0;
}

int main(void)
{
	int pipe_fd[2], status;
	pid_t pid;

	weft = netns_weft_family();
	if (set_up() || pipe(pipe_fd))
		return 1;
	told = pipe_fd[1];
	fflush(stdout);
	pid = fork();
	if (!pid) {
		close(pipe_fd[1]);
		_exit(sender(pipe_fd[0]));
	}
	close(pipe_fd[0]);
	if (stay_on(1))
		return 1;
	TAP_RUN(without_being_asked);
	TAP_RUN(by_the_option);
	TAP_RUN(by_the_sysctl_of_reading);
	TAP_RUN(by_the_sysctl_of_poll);
	close(told);
	if (waitpid(pid, &status, 0) != pid || status)
		tap_failed_tests++;
	return tap_done();
}
