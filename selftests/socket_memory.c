// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of what waits in receive queues: limits of a socket, of a control group
 * and of all sockets, and that all of it comes back.
 *
 * lab: --nodes 1 --nic none
 */
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <pthread.h>
#include "sock.h"

#define PORT	4000
#define LIMIT	"/sys/module/weft/parameters/memory"
#define SIZE	30000

static int weft;
static char out[SIZE];

/* Pages that the protocol accounts for, from /proc/net/protocols. */
static long pages(void)
{
	char line[256], name[64];
	long sockets, memory = -1;
	int size;
	FILE *f = fopen("/proc/net/protocols", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %d %ld %ld", name, &size, &sockets,
			   &memory) == 4 && !strcmp(name, "WEFT"))
			break;
	if (f)
		fclose(f);
	return memory;
}

static int queued(int fd)
{
	__u32 info[SK_MEMINFO_VARS] = {};
	socklen_t len = sizeof(info);

	CHECK(!getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len));
	return info[SK_MEMINFO_RMEM_ALLOC];
}

/* Sends so many messages and waits until each has come or died. */
static void fill(int fd, int n)
{
	long before = netns_counter("InDgrams") + netns_counter("Drop*"), i;

	for (i = 0; i < n; i++)
		CHECK(send(fd, out, sizeof(out), 0) == sizeof(out));
	for (i = 0; i < 500 && netns_counter("InDgrams") +
	     netns_counter("Drop*") < before + n; i++)
		usleep(10000);
}

static void what_waits_is_charged_and_comes_back(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT), i;
	static char in[SIZE];
	long before = pages();

	CHECK(!sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20));
	for (i = 0; i < 3; i++) {
		fill(fd, 200);
		CHECK(queued(server) >= 200 * SIZE);
		/* Each CPU keeps some pages back. */
		CHECK(pages() - before > 200 * SIZE / 4096 / 2);
		CHECK(recv(server, in, SIZE, MSG_PEEK) == SIZE);
		CHECK(queued(server) >= 200 * SIZE);
		if (i < 2)
			while (recv(server, in, SIZE, MSG_DONTWAIT) == SIZE)
				;
		else
			close(server);
		if (i < 2)
			CHECK(queued(server) == 0);
	}
	/* Freed after a grace period. */
	for (i = 0; i < 500 && pages() > before + 512; i++)
		usleep(10000);
	CHECK(pages() <= before + 512);
	close(fd);
}

static void set_limit(const char *text)
{
	int fd = open(LIMIT, O_WRONLY);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (int)strlen(text));
	close(fd);
}

static void all_sockets_have_one_limit(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT);
	long before = netns_counter("DropNoMemory");
	char text[64] = "";
	FILE *f = fopen(LIMIT, "r");

	CHECK(f && fgets(text, sizeof(text), f));
	if (f)
		fclose(f);
	CHECK(!sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20));
	set_limit("256,512,600");
	fill(fd, 300);
	set_limit(text);
	CHECK(netns_counter("DropNoMemory") > before);
	CHECK(queued(server) > 0 && queued(server) < 300 * SIZE);
	fill(fd, 1);
	CHECK(queued(server) > 0);
	close(fd);
	close(server);
}

static volatile int busy;

static void *sender(void *arg)
{
	int fd = sock_connected(weft, PORT);

	while (busy)
		if (send(fd, out, 1000, 0) < 0)
			break;
	close(fd);
	return arg;
}

/* Several deliver, several take: nothing is counted twice or lost. */
static void senders_and_receivers_at_once(void)
{
	struct timeval wait = { .tv_usec = 100000 };
	int server = sock_bound(weft, PORT), i;
	static char in[SIZE];
	pthread_t thread[3];

	CHECK(!setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
	busy = 1;
	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&thread[i], NULL, sender, NULL));
	for (i = 0; i < 20000; i++)
		recv(server, in, sizeof(in), i % 3 ? 0 : MSG_PEEK);
	busy = 0;
	for (i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
	while (recv(server, in, sizeof(in), 0) > 0)
		;
	CHECK(queued(server) == 0);
	close(server);
}

/* Bytes of sockets that the control group pays for. */
static long paid(void)
{
	FILE *f = fopen("/run/cg/weft/memory.stat", "r");
	char key[64];
	long n = -1, bytes;

	while (f && fscanf(f, "%63s %ld", key, &bytes) == 2)
		if (!strcmp(key, "sock"))
			n = bytes;
	if (f)
		fclose(f);
	return n;
}

static int in_the_group(void)
{
	long before, full;
	char command[64];
	int server, fd;

	snprintf(command, sizeof(command), "echo %d > /run/cg/weft/cgroup.procs",
		 getpid());
	if (netns_run(command))
		return 1;
	server = sock_bound(weft, PORT);
	fd = sock_connected(weft, PORT);
	sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20);
	before = paid();
	fill(fd, 300);
	full = paid();
	printf("# %d bytes wait, %ld are paid for\n", queued(server), full - before);
	return full - before < queued(server);
}

/* A child in a control group of its own. */
static void a_control_group_pays(void)
{
	int status;
	pid_t pid;

	if (netns_run("mkdir -p /run/cg && mount -t cgroup2 none /run/cg") ||
	    netns_run("echo +memory > /run/cg/cgroup.subtree_control") ||
	    netns_run("mkdir -p /run/cg/weft && test -f /run/cg/weft/memory.max")) {
		printf("# no control groups of memory in this kernel\n");
		return;
	}
	fflush(stdout);
	pid = fork();
	if (!pid) {
		status = in_the_group();
		fflush(stdout);
		_exit(status);
	}
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	/* Closed sockets are freed after a grace period. */
	while (paid() > 0)
		usleep(10000);
	CHECK(paid() == 0);
	netns_run("rmdir /run/cg/weft; umount /run/cg");
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	TAP_RUN(what_waits_is_charged_and_comes_back);
	TAP_RUN(all_sockets_have_one_limit);
	TAP_RUN(senders_and_receivers_at_once);
	TAP_RUN(a_control_group_pays);
	return tap_done();
}
