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
#define NET_LIMIT	(2 << 20)
#define GROUP_LIMIT	16777216
#define TEXT(n)	TEXT_OF(n)
#define TEXT_OF(n)	#n

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

/* Another namespace, which fills its queues. Returns what waits in them. */
static int fill_a_namespace(void)
{
	int server, fd, waits;

	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("echo 2097152 > /proc/sys/net/weft/memory_max"))
		return 1;
	server = sock_bound(weft, PORT);
	fd = sock_connected(weft, PORT);
	sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20);
	fill(fd, 200);
	waits = queued(server);
	printf("# %d bytes wait within %d\n", waits, NET_LIMIT);
	/* Each CPU counts some by itself. */
	if (waits < NET_LIMIT / 2 || waits > NET_LIMIT + (1 << 20) ||
	    netns_counter("DropNetMemory") <= 0)
		return 2;
	/* Another socket there has one datagram at least, and stays alive. */
	close(fd);
	fd = sock_connected(weft, PORT + 1);
	close(server);
	server = sock_bound(weft, PORT + 1);
	fill(fd, 1);
	return queued(server) > 0 ? 0 : 3;
}

/* A namespace that holds all it can, for as long as a byte is not written. */
static int hold_a_namespace(int ready, int go_on)
{
	int server, fd;
	char c = 0;

	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	server = sock_bound(weft, PORT);
	fd = sock_connected(weft, PORT);
	sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20);
	fill(fd, 300);
	if (netns_counter("DropNetMemory") <= 0)
		c = 1;
	if (write(ready, &c, 1) != 1 || read(go_on, &c, 1) < 0)
		return 1;
	close(server);
	close(fd);
	return 0;
}

/* With a namespace full at its half of the limit, others have the rest. */
static void a_full_namespace_leaves_another_unharmed(void)
{
	int ready[2], go_on[2], status, server, fd;
	char text[64] = "", c = 1;
	static char in[SIZE];
	FILE *f = fopen(LIMIT, "r");
	long drops;
	pid_t pid;

	CHECK(f && fgets(text, sizeof(text), f));
	if (f)
		fclose(f);
	/* New namespaces get half of 1200 pages. */
	set_limit("800,1000,1200");
	CHECK(!pipe(ready) && !pipe(go_on));
	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(hold_a_namespace(ready[1], go_on[0]));
	CHECK(read(ready[0], &c, 1) == 1 && !c);
	server = sock_bound(weft, PORT);
	fd = sock_connected(weft, PORT);
	CHECK(!sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20));
	drops = netns_counter("Drop*");
	fill(fd, 20);
	CHECK(netns_counter("Drop*") == drops);
	CHECK(recv(server, in, SIZE, MSG_DONTWAIT) == SIZE);
	CHECK(write(go_on[1], &c, 1) == 1);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	set_limit(text);
	close(server);
	close(fd);
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

/* Enters the group. Returns 0, or 1 if that fails. */
static int enter_group(void)
{
	char command[64];

	snprintf(command, sizeof(command), "echo %d > /run/cg/weft/cgroup.procs",
		 getpid());
	return netns_run(command) ? 1 : 0;
}

static int in_the_group(void)
{
	long before, full;
	int server, fd;

	if (enter_group())
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

/* Far more is sent than the group may have: it is dropped, and nobody is killed. */
static int in_the_full_group(void)
{
	long drops = netns_counter("DropNoMemory");
	int server, fd, waits;
	static char in[SIZE];

	if (enter_group())
		return 1;
	server = sock_bound(weft, PORT);
	fd = sock_connected(weft, PORT);
	sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 256 << 20);
	fill(fd, 1000);
	waits = queued(server);
	printf("# %d bytes wait within %d\n", waits, GROUP_LIMIT);
	if (waits > GROUP_LIMIT || netns_counter("DropNoMemory") <= drops)
		return 1;
	/* What is read makes room. */
	while (recv(server, in, SIZE, MSG_DONTWAIT) == SIZE)
		;
	fill(fd, 1);
	return recv(server, in, SIZE, MSG_DONTWAIT) != SIZE;
}

static int run_child(int (*fn)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		status = fn();
		fflush(stdout);
		_exit(status);
	}
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

/* A child in a control group of its own. */
static void a_control_group_pays(void)
{
	/* The debug kernel is built without. */
	if (netns_run("grep -q ^memory /proc/cgroups")) {
		printf("# no control groups of memory in this kernel\n");
		return;
	}
	CHECK(!netns_run("mkdir -p /run/cg && mount -t cgroup2 none /run/cg"));
	CHECK(!netns_run("echo +memory > /run/cg/cgroup.subtree_control"));
	CHECK(!netns_run("mkdir -p /run/cg/weft && test -f /run/cg/weft/memory.max"));
	CHECK(!run_child(in_the_group));
	CHECK(!netns_run("echo " TEXT(GROUP_LIMIT) " > /run/cg/weft/memory.max"));
	CHECK(!run_child(in_the_full_group));
	/* Closed sockets are freed after a grace period. */
	while (paid() > 0)
		usleep(10000);
	CHECK(paid() == 0);
	netns_run("rmdir /run/cg/weft; umount /run/cg");
}

static void a_namespace_has_a_limit(void)
{
	CHECK(!run_child(fill_a_namespace));
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	TAP_RUN(what_waits_is_charged_and_comes_back);
	TAP_RUN(all_sockets_have_one_limit);
	TAP_RUN(a_namespace_has_a_limit);
	TAP_RUN(a_full_namespace_leaves_another_unharmed);
	TAP_RUN(senders_and_receivers_at_once);
	TAP_RUN(a_control_group_pays);
	return tap_done();
}
