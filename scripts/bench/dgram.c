// SPDX-License-Identifier: GPL-2.0
/*
 * dgram: the cost of datagrams, Weft's or UDP's over IPv6, for scripts/bench-net.
 *
 *	dgram [-i] each ADDRESS SIZE COUNT	a datagram to ADDRESS, received by the
 *						same program: ns for one, on average
 *	dgram [-i] ask ADDRESS SIZE COUNT	question and answer between two
 *						processes: ns, median and 99th percentile
 *	dgram [-i] serve ADDRESS COUNT		receives and counts until COUNT came
 *	dgram [-i] send ADDRESS SIZE COUNT	sends to it: ns for one
 *	dgram [-i] random PREFIX SIZE COUNT	sends to addresses in PREFIX/16 at random
 *
 * -i is IPv6. -b N sends N before the first is received, for devices that collect
 * interrupts. In `each` and `ask` the receiver may live in another network
 * namespace, -n NAME. Where guest time counts instructions, ns are instructions.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "netns.h"
#include "weft.h"

#define PORT 4711

static int ipv6;
static int batch = 1;
static const char *namespace;
static char *buffer;

/* Long enough for either family's. */
union address {
	struct sockaddr sa;
	struct sockaddr_in6 in6;
	struct sockaddr_weft weft;
};

static socklen_t address_len(void)
{
	return ipv6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_weft);
}

static union address address_of(const char *text, int port)
{
	union address a = {};

	if (ipv6) {
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_port = htons(port);
		if (inet_pton(AF_INET6, text, &a.in6.sin6_addr) != 1)
			errx(2, "%s: no IPv6 address", text);
		return a;
	}
	a.weft.sweft_family = weft_family();
	a.weft.sweft_port = htons(port);
	if (weft_addr_parse(text, &a.weft.sweft_addr))
		errx(2, "%s: no Weft address", text);
	return a;
}

static int socket_open(void)
{
	int fd = socket(ipv6 ? AF_INET6 : weft_family(), SOCK_DGRAM, 0);
	int room = 8 << 20;

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	return fd;
}

static void enter(const char *name)
{
	if (name)
		netns_enter(name);
}

static int receiver_open(const char *text)
{
	union address a = address_of(text, PORT);
	int fd = socket_open();

	if (bind(fd, &a.sa, address_len()))
		err(1, "bind");
	return fd;
}

static int sender_open(const char *text)
{
	union address a = address_of(text, PORT);
	int fd = socket_open();

	if (connect(fd, &a.sa, address_len()))
		err(1, "connect");
	return fd;
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void send_one(int fd, size_t size)
{
	if (send(fd, buffer, size, 0) != (ssize_t)size)
		err(1, "send");
}

static void receive_one(int fd, size_t size)
{
	if (recv(fd, buffer, 65536, 0) != (ssize_t)size)
		err(1, "recv");
}

static void round_trip(int out, int in, size_t size, int count)
{
	int i;

	for (; count > 0; count -= batch) {
		for (i = 0; i < batch; i++)
			send_one(out, size);
		for (i = 0; i < batch; i++)
			receive_one(in, size);
	}
}

/* The sender's namespace is the caller's, the receiver's is -n's. */
static void each(const char *text, size_t size, int count)
{
	int out, in, home = open("/proc/self/ns/net", O_RDONLY);
	long long start;

	enter(namespace);
	in = receiver_open(text);
	setns(home, CLONE_NEWNET);
	out = sender_open(text);
	round_trip(out, in, size, count / 10 + 20);
	start = now();
	round_trip(out, in, size, count);
	printf("%lld\n", (now() - start) / count);
}

static void answer(const char *text, size_t size)
{
	union address peer;
	socklen_t len;
	ssize_t n;
	int fd;

	enter(namespace);
	fd = receiver_open(text);
	for (;;) {
		len = sizeof(peer);
		n = recvfrom(fd, buffer, 65536, 0, &peer.sa, &len);
		if (n != (ssize_t)size ||
		    sendto(fd, buffer, n, 0, &peer.sa, len) != n)
			err(1, "answer");
	}
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void ask(const char *text, size_t size, int count)
{
	long long *took = calloc(count, sizeof(*took));
	pid_t child = fork();
	int fd, i;

	if (!child)
		answer(text, size);
	usleep(100000);
	fd = sender_open(text);
	for (i = -count / 10; i < count; i++) {
		long long start = now();

		send_one(fd, size);
		receive_one(fd, size);
		if (i >= 0)
			took[i] = now() - start;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	qsort(took, count, sizeof(*took), compare);
	printf("%lld %lld\n", took[count / 2], took[count * 99 / 100]);
}

static void serve(const char *text, int count)
{
	int fd;

	enter(namespace);
	fd = receiver_open(text);
	while (count--)
		if (recv(fd, buffer, 65536, 0) < 0)
			err(1, "recv");
}

static void stream(const char *text, size_t size, int count)
{
	int fd = sender_open(text), i;
	long long start = now();

	for (i = 0; i < count; i++)
		send_one(fd, size);
	printf("%lld\n", (now() - start) / count);
}

static void scatter(const char *text, size_t size, int count)
{
	union address a = address_of(text, PORT);
	unsigned char *tail = ipv6 ? &a.in6.sin6_addr.s6_addr[2] :
				     &a.weft.sweft_addr.a8[2];
	int fd = socket_open(), i, j;
	unsigned int seed = 1;
	long long start;

	start = now();
	for (i = 0; i < count; i++) {
		for (j = 0; j < 6; j++)
			tail[j] = rand_r(&seed) >> 7;
		sendto(fd, buffer, size, 0, &a.sa, address_len());
	}
	printf("%lld\n", (now() - start) / count);
}

int main(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "b:in:")) != -1) {
		if (opt == 'i')
			ipv6 = 1;
		else if (opt == 'b')
			batch = atoi(optarg);
		else if (opt == 'n')
			namespace = optarg;
		else
			return 2;
	}
	argc -= optind;
	argv += optind;
	buffer = calloc(1, 65536);
	if (argc == 3 && !strcmp(argv[0], "serve"))
		serve(argv[1], atoi(argv[2]));
	else if (argc == 4 && !strcmp(argv[0], "each"))
		each(argv[1], atoi(argv[2]), atoi(argv[3]));
	else if (argc == 4 && !strcmp(argv[0], "ask"))
		ask(argv[1], atoi(argv[2]), atoi(argv[3]));
	else if (argc == 4 && !strcmp(argv[0], "send"))
		stream(argv[1], atoi(argv[2]), atoi(argv[3]));
	else if (argc == 4 && !strcmp(argv[0], "random"))
		scatter(argv[1], atoi(argv[2]), atoi(argv[3]));
	else
		return 2;
	return 0;
}
