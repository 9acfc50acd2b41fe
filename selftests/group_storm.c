// SPDX-License-Identifier: GPL-2.0
/*
 * Memberships under fire: threads join, leave, choose sources and close while packets
 * come and the device goes down and up, shrinks and vanishes. In the end nothing of it
 * is left, and there was never more of it than the limits allow.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 */
#include <net/if.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include "sock.h"

#define PORT	4000
#define GROUPS	24
#define JOINERS	3
#define ROUNDS	1500
#define JOINS	100000

#define FILTER_ROOM(n) \
	(sizeof(struct weft_group_filter) + (n) * sizeof(struct weft_addr))

static int weft, us;
static volatile bool over;

static struct weft_addr group(unsigned int n)
{
	struct weft_addr a = { { { 0xff, 0x0e } } };

	a.a16[2] = htons((unsigned short)(n >> 16));
	a.a16[3] = htons((unsigned short)n);
	return a;
}

static struct weft_addr source(unsigned int n)
{
	return (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, 0,
				       (unsigned char)(n + 1) } } };
}

/* Any option, with any group and source. */
static void poke(int fd, unsigned int *seed)
{
	char room[FILTER_ROOM(8)];
	struct weft_group_filter *filter = (void *)room;
	struct weft_group_source_req req = {
		.group = group(rand_r(seed) % GROUPS), .ifindex = us,
		.source = source(rand_r(seed) % 6),
	};
	struct weft_group_req plain = { .group = req.group, .ifindex = us };
	int name = WEFT_GROUP_JOIN + rand_r(seed) % 7, i;

	*filter = (struct weft_group_filter){
		.group = req.group, .ifindex = us, .mode = rand_r(seed) % 2,
		.n_sources = rand_r(seed) % 9,
	};
	for (i = 0; i < 8; i++)
		filter->source[i] = source(rand_r(seed) % 6);
	if (name == WEFT_GROUP_FILTER)
		setsockopt(fd, SOL_WEFT, name, room, sizeof(room));
	else if (name <= WEFT_GROUP_LEAVE)
		setsockopt(fd, SOL_WEFT, name, &plain, sizeof(plain));
	else
		setsockopt(fd, SOL_WEFT, name, &req, sizeof(req));
}

static int open_one(void)
{
	struct sock_name n = sock_any(weft, PORT);
	int fd = socket(weft, SOCK_DGRAM, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bind(fd, &n.sa, n.len);
	return fd;
}

static void *join(void *arg)
{
	unsigned int seed = (unsigned int)(long)arg, round;
	int fd[4], i;

	for (i = 0; i < 4; i++)
		fd[i] = open_one();
	for (round = 0; round < ROUNDS; round++) {
		i = rand_r(&seed) % 4;
		poke(fd[i], &seed);
		if (rand_r(&seed) % 32)
			continue;
		close(fd[i]);
		fd[i] = open_one();
	}
	for (i = 0; i < 4; i++)
		close(fd[i]);
	return NULL;
}

static void *speak(void *arg)
{
	struct sock_name n = sock_any(weft, PORT);
	int fd = socket(weft, SOCK_DGRAM, 0);
	unsigned int seed = 77;

	(void)arg;
	setsockopt(fd, SOL_WEFT, WEFT_GROUP_IF, &us, sizeof(us));
	while (!over) {
		n.weft.sweft_addr = group(rand_r(&seed) % GROUPS);
		sendto(fd, "x", 1, MSG_DONTWAIT, &n.sa, n.len);
	}
	close(fd);
	return NULL;
}

static void set_link(int fd, bool up, int mtu)
{
	struct ifreq ifr = { .ifr_name = "us" };

	ifr.ifr_flags = up ? IFF_UP : 0;
	ioctl(fd, SIOCSIFFLAGS, &ifr);
	ifr.ifr_mtu = mtu;
	ioctl(fd, SIOCSIFMTU, &ifr);
}

static void *flap(void *arg)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned int seed = 4711;

	(void)arg;
	while (!over)
		set_link(fd, rand_r(&seed) % 4, rand_r(&seed) % 4 ? 1500 : 500);
	set_link(fd, true, 1500);
	close(fd);
	return NULL;
}

/* Lines of a command's output. */
static int count(const char *command)
{
	FILE *f = popen(command, "r");
	int n = 0, c;

	if (!f)
		return -1;
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	pclose(f);
	return n;
}

static void nothing_is_left_of_a_storm(void)
{
	pthread_t joiner[JOINERS], speaker, flapper;
	long i;

	CHECK(!pthread_create(&flapper, NULL, flap, NULL));
	CHECK(!pthread_create(&speaker, NULL, speak, NULL));
	for (i = 0; i < JOINERS; i++)
		CHECK(!pthread_create(&joiner[i], NULL, join, (void *)(i + 1)));
	for (i = 0; i < JOINERS; i++)
		pthread_join(joiner[i], NULL);
	over = true;
	pthread_join(speaker, NULL);
	pthread_join(flapper, NULL);
	CHECK(count("weft group show dev us | grep ^ff0e") == 0);
	CHECK(count("ip maddress show dev us | grep 'link  03:57:00:00:00:0[02-9a-f]'") == 0);
	CHECK(count("weft group show dev us | grep '^ff02::1 '") == 1);
}

/* One socket gets 64 of them and leaves them all by closing. */
static void joins_are_bounded(void)
{
	struct weft_group_req req = { .ifindex = us };
	int fd = sock_dgram(weft), joined = 0, refused = 0, i;

	for (i = 0; i < JOINS; i++) {
		req.group = group(1000 + i);
		if (!setsockopt(fd, SOL_WEFT, WEFT_GROUP_JOIN, &req, sizeof(req)))
			joined++;
		else
			refused += errno == ENOBUFS;
	}
	CHECK(joined == WEFT_GROUP_SOCK_MAX && refused == JOINS - joined);
	CHECK(count("weft group show dev us | grep ^ff0e") == WEFT_GROUP_SOCK_MAX);
	close(fd);
	CHECK(count("weft group show dev us | grep ^ff0e") == 0);
}

/* A group hears of 1024 sources at most; who names more is refused and others stay. */
static void sources_are_bounded(void)
{
	char room[FILTER_ROOM(64)];
	struct weft_group_filter *filter = (void *)room;
	struct weft_group_req req = { .group = group(1), .ifindex = us };
	int fd[17], i, j;

	*filter = (struct weft_group_filter){
		.group = group(1), .ifindex = us, .n_sources = 64,
		.mode = WEFT_FILTER_EXCLUDE,
	};
	for (i = 0; i < 17; i++) {
		fd[i] = sock_dgram(weft);
		CHECK(!setsockopt(fd[i], SOL_WEFT, WEFT_GROUP_JOIN, &req, sizeof(req)));
		for (j = 0; j < 64; j++) {
			filter->source[j] = source(j);
			filter->source[j].a8[2] = (unsigned char)i;
		}
		CHECK(setsockopt(fd[i], SOL_WEFT, WEFT_GROUP_FILTER, room,
				 sizeof(room)) == (i < 16 ? 0 : -1));
	}
	CHECK(errno == ENOBUFS);
	CHECK(count("weft -s group show dev us | grep '^ff0e::1 dev us users 17$'") == 1);
	for (i = 0; i < 17; i++)
		close(fd[i]);
	CHECK(count("weft group show dev us | grep ^ff0e") == 0);
}

/* The device goes while sockets are members and packets come. */
static void the_device_vanishes(void)
{
	pthread_t joiner[JOINERS], speaker;
	long i;

	over = false;
	CHECK(!pthread_create(&speaker, NULL, speak, NULL));
	for (i = 0; i < JOINERS; i++)
		CHECK(!pthread_create(&joiner[i], NULL, join, (void *)(i + 77)));
	CHECK(!netns_run("ip link del us"));
	for (i = 0; i < JOINERS; i++)
		pthread_join(joiner[i], NULL);
	over = true;
	pthread_join(speaker, NULL);
	CHECK(count("weft group show | grep ^ff0e") == 0);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("ip link add us type veth peer name them") ||
	    netns_run("ip link set us up; ip link set them up") ||
	    netns_run("weft addr add 7::1/16 dev us nodad"))
		return 1;
	us = if_nametoindex("us");
	TAP_RUN(nothing_is_left_of_a_storm);
	TAP_RUN(joins_are_bounded);
	TAP_RUN(sources_are_bounded);
	TAP_RUN(the_device_vanishes);
	return tap_done();
}
