// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets that share a port: groups, who may join, how packets are spread, programs
 * that choose; beside UDP over IPv6, whose SO_REUSEPORT is WEFT_REUSEPORT here.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include "sock.h"

#define PORT	4000
#define GROUP	4
#define SENT	200

static int weft;

static int reuse(int family, int fd, int on)
{
	return family == AF_INET6 ?
	       sock_set(fd, SOL_SOCKET, SO_REUSEPORT, on) :
	       sock_set(fd, SOL_WEFT, WEFT_REUSEPORT, on);
}

static int bind_errno(int fd, const struct sock_name *n)
{
	return bind(fd, &n->sa, n->len) ? errno : 0;
}

/* A socket of the group at a name; prints why if it could not be bound. */
static int member(int family, const struct sock_name *n)
{
	int fd = sock_dgram(family);

	CHECK(!reuse(family, fd, 1));
	CHECK(bind_errno(fd, n) == 0);
	return fd;
}

static void group(int family, int *fd)
{
	struct sock_name n = sock_any(family, PORT);
	int i;

	for (i = 0; i < GROUP; i++)
		fd[i] = member(family, &n);
}

static void close_all(const int *fd, int n)
{
	while (n--)
		close(fd[n]);
}

/* Takes all that waits at a socket, and says how much it was. */
static int drain(int fd)
{
	char buf[16];
	int n = 0;

	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) >= 0)
		n++;
	return n;
}

static void join(int family)
{
	struct sock_name n = sock_any(family, PORT), one = sock_loopback(family, PORT);
	int first = member(family, &n), second, other;
	pid_t pid;
	int status;

	/* One that does not ask for it is not let in. */
	other = sock_dgram(family);
	CHECK(bind_errno(other, &n) == EADDRINUSE);
	CHECK(bind_errno(other, &one) == EADDRINUSE);
	CHECK(!reuse(family, other, 1));
	CHECK(bind_errno(other, &one) == 0);
	second = member(family, &n);
	/* Nor one of another user. */
	pid = fork();
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		other = sock_dgram(family);
		_exit(reuse(family, other, 1) ||
		      bind_errno(other, &n) != EADDRINUSE);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	close(other);
	close(first);
	close(second);
	other = sock_bound(family, PORT);
	second = sock_dgram(family);
	CHECK(!reuse(family, second, 1));
	CHECK(bind_errno(second, &n) == EADDRINUSE);
	close(second);
	close(other);
}

static void who_may_join(void)
{
	join(AF_INET6);
	join(weft);
}

static void spread(int family)
{
	int fd[GROUP], got[GROUP] = {}, i, sender, sum = 0;
	struct sock_name to = sock_loopback(family, PORT);

	group(family, fd);
	for (i = 0; i < SENT; i++) {
		sender = sock_dgram(family);
		CHECK(sendto(sender, "x", 1, 0, &to.sa, to.len) == 1);
		close(sender);
	}
	for (i = 0; i < GROUP; i++) {
		got[i] = drain(fd[i]);
		CHECK(got[i] > SENT / GROUP / 4);
		sum += got[i];
	}
	CHECK(sum == SENT);
	/* One sender always comes to the same. */
	sender = sock_connected(family, PORT);
	for (i = 0; i < 20; i++)
		CHECK(send(sender, "x", 1, 0) == 1);
	for (i = 0; i < GROUP; i++) {
		got[i] = drain(fd[i]);
		CHECK(got[i] == 0 || got[i] == 20);
	}
	close(sender);
	/* Those that stay take what is left by one that goes. */
	close(fd[GROUP - 1]);
	for (i = 0; i < SENT; i++) {
		sender = sock_dgram(family);
		CHECK(sendto(sender, "x", 1, 0, &to.sa, to.len) == 1);
		close(sender);
	}
	for (i = 0, sum = 0; i < GROUP - 1; i++)
		sum += drain(fd[i]);
	CHECK(sum == SENT);
	close_all(fd, GROUP - 1);
}

static void packets_are_spread(void)
{
	spread(AF_INET6);
	spread(weft);
}

/* A classic program that reads which one from the first byte of the message. */
static void classic(int family)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog prog = { .len = 2, .filter = code };
	int fd[GROUP], i, sender, sum;
	char c;

	group(family, fd);
	CHECK(!setsockopt(fd[1], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog,
			  sizeof(prog)));
	sender = sock_connected(family, PORT);
	for (i = 0; i < GROUP; i++) {
		c = i;
		CHECK(send(sender, &c, 1, 0) == 1);
		CHECK(recv(fd[i], &c, 1, 0) == 1 && c == i);
	}
	/* One that is not there: the hash decides. */
	c = 99;
	CHECK(send(sender, &c, 1, 0) == 1);
	for (i = 0, sum = 0; i < GROUP; i++)
		sum += drain(fd[i]);
	CHECK(sum == 1);
	CHECK(!sock_set(fd[0], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0));
	CHECK(sock_set(fd[0], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0) == ENOENT);
	close(sender);
	close_all(fd, GROUP);
}

static void a_classic_program_chooses(void)
{
	classic(AF_INET6);
	classic(weft);
}

static int program(int type)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 2 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = type,
		.insns = (unsigned long)code,
		.insn_cnt = 2,
		.license = (unsigned long)"GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static void an_extended_program_chooses(void)
{
	int fd[GROUP], prog = program(BPF_PROG_TYPE_SOCKET_FILTER), i, sender;
	char c;

	CHECK(prog >= 0);
	group(weft, fd);
	CHECK(!sock_set(fd[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, prog));
	for (i = 0; i < 10; i++) {
		sender = sock_connected(weft, PORT);
		CHECK(send(sender, "x", 1, 0) == 1);
		CHECK(recv(fd[2], &c, 1, 0) == 1);
		close(sender);
	}
	close(prog);
	/* The kind that chooses from a map is IP's alone; ENOTSUPP is no errno. */
	prog = program(BPF_PROG_TYPE_SK_REUSEPORT);
	CHECK(prog >= 0);
	CHECK(sock_set(fd[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, prog) == 524);
	close(prog);
	close_all(fd, GROUP);
}

/* One that connects leaves the group and hears its peer. */
static void a_member_that_connects(void)
{
	struct sock_name to = sock_loopback(weft, PORT), me;
	int fd[GROUP], peer = sock_bound(weft, PORT + 1), i, sender, sum = 0;

	group(weft, fd);
	me = sock_loopback(weft, PORT + 1);
	CHECK(!connect(fd[0], &me.sa, me.len));
	for (i = 0; i < SENT; i++) {
		sender = sock_dgram(weft);
		CHECK(sendto(sender, "x", 1, 0, &to.sa, to.len) == 1);
		close(sender);
	}
	CHECK(drain(fd[0]) == 0);
	for (i = 1; i < GROUP; i++)
		sum += drain(fd[i]);
	CHECK(sum == SENT);
	CHECK(sendto(peer, "p", 1, 0, &to.sa, to.len) == 1);
	CHECK(drain(fd[0]) == 1);
	close(peer);
	close_all(fd, GROUP);
}

static void a_member_bound_to_a_device_leaves(void)
{
	struct sock_name to = sock_loopback(weft, PORT);
	int fd[GROUP], i, sender, sum = 0;

	group(weft, fd);
	CHECK(!setsockopt(fd[0], SOL_SOCKET, SO_BINDTODEVICE, "us", 3));
	for (i = 0; i < SENT; i++) {
		sender = sock_dgram(weft);
		CHECK(sendto(sender, "x", 1, 0, &to.sa, to.len) == 1);
		close(sender);
	}
	CHECK(drain(fd[0]) == 0);
	for (i = 1; i < GROUP; i++)
		sum += drain(fd[i]);
	CHECK(sum == SENT);
	close_all(fd, GROUP);
}

/* Of equal sockets the one of the CPU that the packet came to. */
static void incoming_cpu(int family)
{
	struct sock_name to = sock_loopback(family, PORT);
	cpu_set_t set, all;
	int fd[GROUP], i, sender;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	CHECK(!sched_setaffinity(0, sizeof(set), &set));
	group(family, fd);
	for (i = 0; i < GROUP; i++)
		CHECK(!sock_set(fd[i], SOL_SOCKET, SO_INCOMING_CPU, i == 2 ? 0 : 4711));
	for (i = 0; i < 20; i++) {
		sender = sock_dgram(family);
		CHECK(sendto(sender, "x", 1, 0, &to.sa, to.len) == 1);
		close(sender);
	}
	CHECK(drain(fd[2]) == 20);
	close_all(fd, GROUP);
	sched_setaffinity(0, sizeof(all), &all);
}

static void the_cpu_decides(void)
{
	incoming_cpu(AF_INET6);
	incoming_cpu(weft);
}

static volatile int busy;

static void *come_and_go(void *arg)
{
	struct sock_name n = sock_any(weft, PORT), to = sock_loopback(weft, PORT);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd;

	while (busy) {
		fd = socket(weft, SOCK_DGRAM, 0);
		reuse(weft, fd, 1);
		bind(fd, &n.sa, n.len);
		connect(fd, &to.sa, to.len);
		connect(fd, &none, sizeof(none));
		setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "us", 3);
		close(fd);
	}
	return arg;
}

/* Members come and go while packets arrive; each gets to somebody. */
static void members_that_come_and_go(void)
{
	struct sock_name to = sock_loopback(weft, PORT);
	int fd[GROUP], i, sender = sock_dgram(weft);
	long before, sent = 5000;
	pthread_t thread[2];

	group(weft, fd);
	busy = 1;
	for (i = 0; i < 2; i++)
		CHECK(!pthread_create(&thread[i], NULL, come_and_go, NULL));
	before = netns_counter("DropNoSocket");
	for (i = 0; i < sent; i++) {
		CHECK(sendto(sender, "x", 1, 0, &to.sa, to.len) == 1);
		drain(fd[i % GROUP]);
	}
	CHECK(netns_counter("DropNoSocket") == before);
	busy = 0;
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	close(sender);
	close_all(fd, GROUP);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("ip link add us type veth peer name them") ||
	    netns_run("ip link set them up") || netns_run("ip link set us up"))
		return 1;
	TAP_RUN(who_may_join);
	TAP_RUN(packets_are_spread);
	TAP_RUN(a_classic_program_chooses);
	TAP_RUN(an_extended_program_chooses);
	TAP_RUN(a_member_that_connects);
	TAP_RUN(a_member_bound_to_a_device_leaves);
	TAP_RUN(the_cpu_decides);
	TAP_RUN(members_that_come_and_go);
	return tap_done();
}
