// SPDX-License-Identifier: GPL-2.0
/*
 * driver: one measurement of scripts/bench-driver, in its guest.
 *
 *	driver [-r REPEATS] NAME DEV,... COUNTER WORK...
 *
 * WORK is done once to warm up, and then between two marks (count.c), as often as -r says.
 * For each time a line is printed:
 *
 *	row NAME PACKETS SEEN INTERRUPTS NS
 *
 * PACKETS is what WORK is worth, SEEN how far COUNTER of the first DEV in sysfs went ("-":
 * there is none), INTERRUPTS those of all DEVs, NS the guest's time. The work, between this
 * namespace and PEER, another:
 *
 *	pktgen PEER COUNT	what pktgen is set up to send there
 *	udp PEER COUNT		the same, read from a socket here
 *	out|in PEER ADDRESS N	a TCP stream of N segments; ADDRESS is the peer's
 *	tcp-rr|udp-rr PEER ADDRESS N	questions and answers of a byte, N packets together
 *
 * A PEER called "-" is this namespace. One work is of another kind:
 *
 *	driver NAME DEV - gap PEER
 *
 * looks how long nothing comes while pktgen sends and DEV joins a group, and prints
 *
 *	gap NAME NS-BEFORE NS-AFTER
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mark.h"
#include "netns.h"

#define PORT 4711
#define SEGMENT 1448		/* payload of TCP with timestamps */
#define SETTLE_US 20000		/* for what is still under way */
#define ALL_NS (2200 * 1000000ll)
#define JOIN_NS (500 * 1000000ll)

static char buffer[64 << 10];
static int here;		/* this namespace */

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void enter(const char *name)
{
	if (strcmp(name, "-"))
		netns_enter(name);
}

static void leave(void)
{
	if (setns(here, CLONE_NEWNET))
		err(1, "setns");
}

/* --- what is counted ----------------------------------------------------------------------- */

/* A number in a file of sysfs. */
static long number(const char *format, const char *dev, const char *name)
{
	char path[256];
	long n = -1;
	FILE *f;

	snprintf(path, sizeof(path), format, dev, name);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%ld", &n) != 1)
		errx(1, "%s", path);
	fclose(f);
	return n;
}

/* Whether an interrupt is of the lab's NIC: it is in the PCI slot that the lab chose. */
static int is_of(int irq, const char *dev)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/0000:00:1%c.0/msi_irqs/%d", dev[3], irq);
	if (!access(path, F_OK))
		return 1;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/0000:00:1%c.0/msi_irqs", dev[3]);
	if (!access(path, F_OK))
		return 0;
	snprintf(path, sizeof(path), "0000:00:1%c.0", dev[3]);
	return number("/sys/bus/pci/devices/%s/%s", path, "irq") == irq;
}

/* Interrupts of the devices, whose names are separated by commas. */
static long irqs_of(const char *devs)
{
	FILE *f = fopen("/proc/interrupts", "r");
	char line[256];
	long sum = 0, n;
	int irq;

	if (!f)
		err(1, "/proc/interrupts");
	while (fgets(line, sizeof(line), f)) {
		const char *dev = devs;

		if (sscanf(line, "%d: %ld", &irq, &n) != 2)
			continue;
		for (; dev; dev = strchr(dev, ','), dev = dev ? dev + 1 : NULL)
			if (is_of(irq, dev))
				sum += n;
	}
	fclose(f);
	return sum;
}

/* --- the work -------------------------------------------------------------------------------- */

static const char *peer;
static const char *address;
static long count;
static int fd = -1;		/* the socket here */
static int go[2], done[2];	/* pipes to and from the peer's process */
static pid_t child;

static void die(void)
{
	if (child > 0)
		kill(child, SIGKILL);
}

/* Has pktgen send, and comes back when it has sent. */
static void have_sent(void)
{
	int control;

	enter(peer);
	control = open("/proc/net/pktgen/pgctrl", O_WRONLY);
	if (control < 0 || write(control, "start\n", 6) != 6)
		err(1, "pktgen");
	close(control);
	leave();
	usleep(SETTLE_US);
}

static void sink(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int room = 8 << 20;

	fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)))
		err(1, "socket");
}

static long *seen;		/* what the process of udp_prepare() has read */

/* A process that reads what comes to the socket. */
static void udp_prepare(void)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		    -1, 0);
	if (seen == MAP_FAILED)
		err(1, "mmap");
	sink();
	child = fork();
	if (child < 0)
		err(1, "fork");
	while (!child)
		if (recv(fd, buffer, sizeof(buffer), 0) > 0)
			(*seen)++;
}

static void move(int sock, long bytes, int out)
{
	while (bytes > 0) {
		long most = bytes < (long)sizeof(buffer) ? bytes : (long)sizeof(buffer);
		long n = out ? write(sock, buffer, most) : read(sock, buffer, most);

		if (n <= 0)
			err(1, "stream");
		bytes -= n;
	}
}

static void wake(int pipe)
{
	if (write(pipe, "", 1) != 1)
		err(1, "pipe");
}

static void await(int pipe)
{
	if (read(pipe, buffer, 1) != 1)
		exit(0);
}

/* A connection to a process in the peer's namespace. Gives 0 there. */
static int connected(int type)
{
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int one = 1, listener;

	if (pipe(go) || pipe(done))
		err(1, "pipe");
	child = fork();
	if (child < 0)
		err(1, "fork");
	if (!child) {
		close(go[1]);
		close(done[0]);
		enter(peer);
		listener = socket(AF_INET, type, 0);
		setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(listener, (struct sockaddr *)&server, sizeof(server)))
			err(1, "bind");
		fd = listener;
		if (type == SOCK_STREAM) {
			if (listen(listener, 1))
				err(1, "listen");
			wake(done[1]);
			fd = accept(listener, NULL, NULL);
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		} else {
			wake(done[1]);
		}
		return 0;
	}
	close(go[0]);
	close(done[1]);
	await(done[0]);
	fd = socket(AF_INET, type, 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (inet_pton(AF_INET, address, &server.sin_addr) != 1)
		errx(1, "%s", address);
	if (connect(fd, (struct sockaddr *)&server, sizeof(server)))
		err(1, "connect");
	return 1;
}

static void out_prepare(void)
{
	if (connected(SOCK_STREAM))
		return;
	for (;;) {
		move(fd, count * SEGMENT, 0);
		wake(done[1]);
	}
}

static void out(void)
{
	move(fd, count * SEGMENT, 1);
	await(done[0]);
	usleep(SETTLE_US);
}

static void in_prepare(void)
{
	if (connected(SOCK_STREAM))
		return;
	for (;;) {
		await(go[0]);
		move(fd, count * SEGMENT, 1);
	}
}

static void in(void)
{
	wake(go[1]);
	move(fd, count * SEGMENT, 0);
	usleep(SETTLE_US);
}

static void tcp_prepare(void)
{
	if (connected(SOCK_STREAM))
		return;
	while (read(fd, buffer, 1) == 1)
		if (write(fd, buffer, 1) != 1)
			break;
	exit(0);
}

static void udp_rr_prepare(void)
{
	struct sockaddr_in from;
	socklen_t len;

	if (connected(SOCK_DGRAM))
		return;
	for (;;) {
		len = sizeof(from);
		if (recvfrom(fd, buffer, 1, 0, (struct sockaddr *)&from, &len) == 1)
			sendto(fd, buffer, 1, 0, (struct sockaddr *)&from, len);
	}
}

static void ask(void)
{
	long i;

	for (i = 0; i < count / 2; i++)
		if (write(fd, buffer, 1) != 1 || read(fd, buffer, 1) != 1)
			err(1, "question");
	usleep(SETTLE_US);
}

static const struct work {
	const char *name;
	void (*prepare)(void);
	void (*run)(void);
} works[] = {
	{ "pktgen", NULL, have_sent },
	{ "udp", udp_prepare, have_sent },
	{ "out", out_prepare, out },
	{ "in", in_prepare, in },
	{ "tcp-rr", tcp_prepare, ask },
	{ "udp-rr", udp_rr_prepare, ask },
	{ }
};

/* --- the gap ------------------------------------------------------------------------------ */

static void change_group(const char *dev, unsigned long request)
{
	struct ifreq ifr = { .ifr_hwaddr.sa_data = { 0x33, 0x33, 0x57, 0x45, 0x46, 0x54 } };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (ioctl(fd, request, &ifr))
		err(1, "group");
}

static void gap_measure(const char *name, const char *dev)
{
	struct timeval limit = { .tv_usec = 100000 };
	long long begin, last, longest[2] = {};
	int joined = 0;

	sink();
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	child = fork();
	if (child < 0)
		err(1, "fork");
	if (!child) {
		have_sent();
		exit(0);
	}
	while (recv(fd, buffer, sizeof(buffer), 0) < 0)
		;
	begin = now();
	last = begin;
	while (now() - begin < ALL_NS) {
		if (recv(fd, buffer, sizeof(buffer), 0) > 0) {
			if (now() - last > longest[joined])
				longest[joined] = now() - last;
			last = now();
		}
		if (!joined && now() - begin > JOIN_NS) {
			joined = 1;
			change_group(dev, SIOCADDMULTI);
		}
	}
	if (now() - last > longest[1])
		longest[1] = now() - last;
	waitpid(child, NULL, 0);
	change_group(dev, SIOCDELMULTI);
	printf("gap %s %lld %lld\n", name, longest[0], longest[1]);
}

/* --- one measurement ---------------------------------------------------------------------- */

static void measure(const char *name, const char *devs, const char *counter,
		    const struct work *work)
{
	long before = 0, irqs = irqs_of(devs), packets = seen ? *seen : 0;
	const char *statistics = "/sys/class/net/%s/statistics/%s";
	char dev[16];
	long long begin;

	snprintf(dev, sizeof(dev), "%.*s", (int)strcspn(devs, ","), devs);
	if (strcmp(counter, "-"))
		before = number(statistics, dev, counter);
	begin = now();
	bench_mark();
	work->run();
	bench_mark();
	begin = now() - begin - SETTLE_US * 1000ll;
	irqs = irqs_of(devs) - irqs;
	packets = seen ? *seen - packets : count;
	if (strcmp(counter, "-"))
		packets = number(statistics, dev, counter) - before;
	printf("row %s %ld %ld %ld %lld\n", name, count, packets, irqs, begin);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const struct work *work;
	int repeats = 1, i;

	here = open("/proc/self/ns/net", O_RDONLY);
	if (argc > 2 && !strcmp(argv[1], "-r")) {
		repeats = atoi(argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (argc < 6)
		errx(2, "usage: driver [-r REPEATS] NAME DEV,... COUNTER WORK PEER ...");
	peer = argv[5];
	if (!strcmp(argv[4], "gap")) {
		gap_measure(argv[1], argv[2]);
		return 0;
	}
	address = argv[6];
	count = atol(argv[argc - 1]);
	for (work = works; work->name && strcmp(work->name, argv[4]); work++)
		;
	if (!work->name)
		errx(2, "%s: no such work", argv[4]);
	atexit(die);
	if (work->prepare)
		work->prepare();
	work->run();
	for (i = 0; i < repeats; i++)
		measure(argv[1], argv[2], argv[3], work);
	return 0;
}
