// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the listening sockets of a group gets a connection: a program chooses by what
 * SYN is, an extended program, or the CPU that it came to. TCP is asked the same.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/bpf.h>
#include <sched.h>
#include <sys/syscall.h>
#include "stream.h"

#define GROUP	4

static void group(int fd[GROUP])
{
	int i, port = 0;

	for (i = 0; i < GROUP; i++) {
		fd[i] = stream_new();
		CHECK(!stream_set_reuseport(fd[i], 1));
		CHECK(!stream_bind(fd[i], port) && !listen(fd[i], 64));
		port = stream_port(fd[0]);
	}
}

static void close_all(const int fd[GROUP])
{
	int i;

	for (i = 0; i < GROUP; i++)
		close(fd[i]);
}

/* Takes what waits at each and tells how much it was. */
static void tell_taken(const int fd[GROUP])
{
	int i, peer, n;

	for (i = 0; i < GROUP; i++) {
		stream_nonblock(fd[i]);
		for (n = 0; (peer = accept(fd[i], NULL, NULL)) >= 0; n++)
			close(peer);
		TELL(n);
	}
}

/* So many connections, whose ends here are reset. */
static void connect_some(const int fd[GROUP], int n)
{
	int client;

	while (n--) {
		client = stream_new();
		CHECK(!stream_connect(client, stream_port(fd[0])));
		stream_reset(client);
	}
}

static int program(int type, int result)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = result },
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
	int fd[GROUP], prog = program(BPF_PROG_TYPE_SOCKET_FILTER, 2);

	CHECK(prog >= 0);
	group(fd);
	TELL(sock_set(fd[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, prog));
	connect_some(fd, 10);
	tell_taken(fd);
	close(prog);
	/* Another takes its place, set through another member. */
	prog = program(BPF_PROG_TYPE_SOCKET_FILTER, 0);
	TELL(sock_set(fd[3], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, prog));
	connect_some(fd, 5);
	tell_taken(fd);
	close(prog);
	TELL(sock_set(fd[1], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, -1));
	close_all(fd);
}

/* The kind that chooses from a map is IP's alone; ENOTSUPP is no errno. */
static void no_program_of_maps(void)
{
	int fd[GROUP], prog = program(BPF_PROG_TYPE_SK_REUSEPORT, 1);

	CHECK(prog >= 0);
	group(fd);
	CHECK(sock_set(fd[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, prog) == 524);
	close(prog);
	close_all(fd);
}

/* By the processor that runs it. */
static void a_program_asks_for_the_cpu(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_CPU),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog prog = { 3, code };
	cpu_set_t set, all;
	int fd[GROUP];

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	CHECK(!sched_setaffinity(0, sizeof(set), &set));
	group(fd);
	TELL(TRY(setsockopt(fd[2], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog,
			    sizeof(prog))));
	connect_some(fd, 10);
	tell_taken(fd);
	close_all(fd);
	sched_setaffinity(0, sizeof(all), &all);
}

static void the_cpu_decides(void)
{
	cpu_set_t set, all;
	int fd[GROUP], i;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	CHECK(!sched_setaffinity(0, sizeof(set), &set));
	group(fd);
	for (i = 0; i < GROUP; i++)
		TELL(sock_set(fd[i], SOL_SOCKET, SO_INCOMING_CPU, i == 2 ? 0 : 4711));
	connect_some(fd, 20);
	tell_taken(fd);
	close_all(fd);
	sched_setaffinity(0, sizeof(all), &all);
}

/* Which CPU that was, of a connection. */
static void the_cpu_is_told(void)
{
	cpu_set_t set, all;
	int fd[2];

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	CHECK(!sched_setaffinity(0, sizeof(set), &set));
	stream_pair(fd);
	CHECK(send(fd[0], "x", 1, 0) == 1 && stream_drain(fd[1], 1) == 1);
	TELL(sock_get(fd[1], SOL_SOCKET, SO_INCOMING_CPU));
	stream_close_pair(fd);
	sched_setaffinity(0, sizeof(all), &all);
}

/* One that goes leaves its connections to nobody, and what comes later to the others. */
static void a_member_goes(void)
{
	struct sock_filter first = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = { 1, &first };
	int fd[GROUP], i;
	long sum = 0;

	group(fd);
	CHECK(!setsockopt(fd[1], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog, sizeof(prog)));
	connect_some(fd, 3);
	i = stream_new();
	CHECK(!stream_connect(i, stream_port(fd[0])));
	TELL(TRY(shutdown(fd[0], SHUT_RD)));
	stream_until_state(i, STATE_CLOSE);
	TELL(stream_error(i));
	close(i);
	/* The last one has its place now. */
	i = stream_new();
	CHECK(!stream_connect(i, stream_port(fd[1])));
	usleep(20000);
	for (sum = 1; sum < GROUP; sum++)
		TELL(stream_events(fd[sum]));
	close(i);
	close_all(fd);
}

int main(void)
{
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	STREAM_RUN(an_extended_program_chooses);
	STREAM_RUN_WEFT(no_program_of_maps);
	STREAM_RUN(a_program_asks_for_the_cpu);
	STREAM_RUN(the_cpu_decides);
	STREAM_RUN(the_cpu_is_told);
	STREAM_RUN(a_member_goes);
	return stream_done();
}
