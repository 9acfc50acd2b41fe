// SPDX-License-Identifier: GPL-2.0
/*
 * SOCK_RAW: what it receives and sends, its filter, headers made by the program,
 * and its part in errors.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/filter.h>
#include <net/if.h>
#include "sock.h"

#define NEXT	200
#define PORT	4000

static int weft;
static unsigned int us, them;

static int raw(int next)
{
	int fd = socket(weft, SOCK_RAW, next);

	CHECK(fd >= 0);
	return fd;
}

static int socket_errno(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void who_may_have_one(void)
{
	int status;
	pid_t pid;

	CHECK(socket_errno(weft, SOCK_RAW, 0) == EPROTONOSUPPORT);
	CHECK(socket_errno(weft, SOCK_RAW, 0) ==
	      socket_errno(AF_INET6, SOCK_RAW, 0));
	CHECK(socket_errno(weft, SOCK_RAW, -1) == EINVAL);
	CHECK(socket_errno(weft, SOCK_RAW, -1) ==
	      socket_errno(AF_INET6, SOCK_RAW, -1));
	CHECK(socket_errno(weft, SOCK_RAW, 256) == EPROTONOSUPPORT);
	CHECK(socket_errno(weft, SOCK_RAW, 255) == 0);
	pid = fork();
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		if (socket_errno(weft, SOCK_RAW, NEXT) != EPERM)
			_exit(1);
		/* The capability of one's own namespace is enough. */
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
			_exit(3);
		_exit(socket_errno(weft, SOCK_RAW, NEXT));
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	/* Some kernels keep user namespaces to root. */
	CHECK(status == 0 || WEXITSTATUS(status) == 3);
}

static void payload_comes_without_the_network_header(void)
{
	struct sock_name to = sock_loopback(weft, 9);
	int a = raw(NEXT), b = raw(NEXT), other = raw(NEXT + 1);
	struct sock_message m;
	long before = netns_counter("DropNoProtocol");

	CHECK(!sock_set(a, SOL_WEFT, WEFT_RECVHOPLIMIT, 1));
	CHECK(sendto(a, "hello", 5, 0, &to.sa, to.len) == 5);
	/* Each of that next header has a copy, the sender too. */
	CHECK(sock_receive(a, &m, 0) == 5 && !memcmp(m.data, "hello", 5));
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_HOP_LIMIT) == 64);
	CHECK(m.name.len == sizeof(m.name.weft) && !m.name.weft.sweft_port);
	CHECK(!memcmp(&m.name.weft.sweft_addr, &to.weft.sweft_addr, 8));
	CHECK(sock_receive(b, &m, MSG_DONTWAIT) == 5);
	CHECK(sock_receive(other, &m, MSG_DONTWAIT) == -EAGAIN);
	CHECK(netns_counter("DropNoProtocol") == before);
	/* An empty one is one as well. */
	CHECK(sendto(a, "", 0, 0, &to.sa, to.len) == 0);
	CHECK(sock_receive(b, &m, MSG_DONTWAIT) == 0);
	close(other);
	close(a);
	CHECK(sendto(b, "x", 1, 0, &to.sa, to.len) == 1);
	CHECK(sock_receive(b, &m, 0) == 1);
	close(b);
}

static void bind_and_connect_go_by_address(void)
{
	struct sock_name own = sock_link(0, 1, us), peer = sock_link(0, 2, us);
	struct sock_name here = sock_loopback(weft, 0), any = sock_any(weft, 0);
	int fd = raw(NEXT), sender = raw(NEXT);
	struct sock_message m;

	CHECK(!bind(fd, &own.sa, own.len));
	CHECK(!bind(fd, &own.sa, own.len));
	CHECK(sendto(sender, "x", 1, 0, &here.sa, here.len) == 1);
	CHECK(sock_receive(fd, &m, MSG_DONTWAIT) == -EAGAIN);
	CHECK(sendto(sender, "y", 1, 0, &own.sa, own.len) == 1);
	CHECK(sock_receive(fd, &m, MSG_DONTWAIT) == 1 && m.data[0] == 'y');
	CHECK(!bind(fd, &any.sa, any.len));
	CHECK(!connect(fd, &here.sa, here.len));
	CHECK(bind(fd, &own.sa, own.len) == -1 && errno == EINVAL);
	CHECK(sendto(sender, "z", 1, 0, &own.sa, own.len) == 1);
	CHECK(sock_receive(fd, &m, MSG_DONTWAIT) == -EAGAIN);
	CHECK(send(fd, "w", 1, 0) == 1);
	CHECK(sock_receive(fd, &m, MSG_DONTWAIT) == 1 && m.data[0] == 'w');
	close(fd);
	fd = raw(NEXT);
	CHECK(send(fd, "x", 1, 0) == -1 && errno == EDESTADDRREQ);
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "them", 5));
	CHECK(sendto(sender, "l", 1, 0, &here.sa, here.len) == 1);
	CHECK(sendto(sender, "t", 1, 0, &peer.sa, peer.len) == 1);
	CHECK(sock_wait(fd, POLLIN));
	CHECK(sock_receive(fd, &m, 0) == 1 && m.data[0] == 't');
	close(fd);
	close(sender);
}

/* Datagrams and control messages are summed by the kernel. */
static void the_kernel_fills_in_checksums(void)
{
	struct {
		struct weft_dgram_hdr hdr;
		char data[3];
	} __attribute__((packed)) d = {
		{ .sport = htons(77), .dport = htons(PORT),
		  .len = htons(sizeof(d)), .check = 0x1234 }, "abc"
	};
	struct sock_name to = sock_loopback(weft, 0);
	int server = sock_bound(weft, PORT), fd = raw(WEFT_PROTO_DGRAM);
	struct sock_message m;

	CHECK(sendto(fd, &d, sizeof(d), 0, &to.sa, to.len) == sizeof(d));
	CHECK(sock_receive(server, &m, 0) == 3 && !memcmp(m.data, "abc", 3));
	CHECK(m.name.weft.sweft_port == htons(77));
	/* The socket has a copy of it, header and all. */
	CHECK(sock_receive(fd, &m, 0) == sizeof(d));
	CHECK(!memcmp(m.data, &d, 6));
	CHECK(sendto(fd, &d, 7, 0, &to.sa, to.len) == -1 && errno == EINVAL);
	close(fd);
	close(server);
}

static void the_filter_of_control_messages(void)
{
	struct weft_ctl_hdr req = { .type = WEFT_CTL_ECHO_REQUEST };
	struct sock_name to = sock_loopback(weft, 0);
	struct weft_ctl_filter filter = {}, got;
	int fd = raw(WEFT_PROTO_CONTROL), data = raw(NEXT);
	socklen_t len = sizeof(got);
	struct sock_message m;

	CHECK(sendto(fd, &req, sizeof(req), 0, &to.sa, to.len) == sizeof(req));
	CHECK(sock_receive(fd, &m, 0) == sizeof(req));
	CHECK((unsigned char)m.data[0] == WEFT_CTL_ECHO_REQUEST);
	CHECK(sock_receive(fd, &m, 0) == sizeof(req));
	CHECK((unsigned char)m.data[0] == WEFT_CTL_ECHO_REPLY);
	filter.blocked[WEFT_CTL_ECHO_REQUEST >> 5] =
		1U << (WEFT_CTL_ECHO_REQUEST & 31);
	CHECK(!setsockopt(fd, SOL_WEFT, WEFT_CTL_FILTER, &filter, sizeof(filter)));
	CHECK(!getsockopt(fd, SOL_WEFT, WEFT_CTL_FILTER, &got, &len));
	CHECK(len == sizeof(got) && !memcmp(&got, &filter, len));
	CHECK(sendto(fd, &req, sizeof(req), 0, &to.sa, to.len) == sizeof(req));
	CHECK(sock_receive(fd, &m, 0) == sizeof(req));
	CHECK((unsigned char)m.data[0] == WEFT_CTL_ECHO_REPLY);
	CHECK(setsockopt(fd, SOL_WEFT, WEFT_CTL_FILTER, &filter,
			 sizeof(filter) - 1) == -1 && errno == EINVAL);
	CHECK(setsockopt(data, SOL_WEFT, WEFT_CTL_FILTER, &filter,
			 sizeof(filter)) == -1 && errno == ENOPROTOOPT);
	close(data);
	close(fd);
}

static void a_bpf_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'y', 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { .len = 4, .filter = code };
	struct sock_name to = sock_loopback(weft, 0);
	int fd = raw(NEXT), all = raw(NEXT);
	struct sock_message m;

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
	CHECK(sendto(fd, "no", 2, 0, &to.sa, to.len) == 2);
	CHECK(sendto(fd, "yes", 3, 0, &to.sa, to.len) == 3);
	CHECK(sock_receive(fd, &m, 0) == 3);
	CHECK(sock_receive(all, &m, 0) == 2 && sock_receive(all, &m, 0) == 3);
	close(all);
	close(fd);
}

/**
 * struct packet - what a program with WEFT_HDRINCL sends
 * @hdr: network header
 * @data: what follows
 */
struct packet {
	struct weft_hdr hdr;
	char data[4];
};

static struct packet packet(void)
{
	struct packet p = {
		.hdr = { .vc = WEFT_VERSION << 4 | 5, .flags = WEFT_FLAG_FRAGOK,
			 .len = htons(sizeof(p)), .id = htons(4711),
			 .hop_limit = 33, .next = NEXT,
			 .src = WEFT_ADDR_LOOPBACK_INIT,
			 .dst = WEFT_ADDR_LOOPBACK_INIT },
		.data = "data",
	};

	return p;
}

static int send_packet(int fd, const struct packet *p, size_t len)
{
	struct sock_name to = sock_loopback(weft, 0);

	return sendto(fd, p, len, 0, &to.sa, to.len) < 0 ? errno : 0;
}

static void headers_of_the_program(void)
{
	struct packet p = packet();
	int fd = raw(NEXT), in = raw(NEXT);
	struct sock_message m;

	CHECK(!sock_set(fd, SOL_WEFT, WEFT_HDRINCL, 1));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_HDRINCL) == 1);
	CHECK(!sock_set(in, SOL_WEFT, WEFT_RECVHOPLIMIT, 1));
	CHECK(!sock_set(in, SOL_WEFT, WEFT_RECVCLASS, 1));
	CHECK(send_packet(fd, &p, sizeof(p)) == 0);
	CHECK(sock_receive(in, &m, 0) == 4 && !memcmp(m.data, "data", 4));
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_HOP_LIMIT) == 33);
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_CLASS) == 5);
	CHECK(send_packet(fd, &p, sizeof(p) - 1) == EINVAL);
	CHECK(send_packet(fd, &p, sizeof(p.hdr) - 1) == EINVAL);
	CHECK(send_packet(fd, &p, 0) == EINVAL);
	p.hdr.vc = 2 << 4;
	CHECK(send_packet(fd, &p, sizeof(p)) == EINVAL);
	p = packet();
	p.hdr.len = htons(24);
	CHECK(send_packet(fd, &p, sizeof(p)) == EINVAL);
	p = packet();
	p.hdr.flags = 0x80;
	CHECK(send_packet(fd, &p, sizeof(p)) == EINVAL);
	p = packet();
	p.hdr.hop_limit = 0;
	CHECK(send_packet(fd, &p, sizeof(p)) == EINVAL);
	p = packet();
	p.hdr.next = NEXT + 1;
	CHECK(send_packet(fd, &p, sizeof(p)) == EINVAL);
	p = packet();
	p.hdr.src = (struct weft_addr)WEFT_ADDR_ALLNODES_INIT;
	CHECK(send_packet(fd, &p, sizeof(p)) == EINVAL);
	p.hdr.src = (struct weft_addr)WEFT_ADDR_ANY_INIT;
	CHECK(send_packet(fd, &p, sizeof(p)) == EINVAL);
	p = packet();
	p.hdr.dst.a8[7] = 2;
	CHECK(send_packet(fd, &p, sizeof(p)) == EINVAL);
	CHECK(sock_receive(in, &m, MSG_DONTWAIT) == -EAGAIN);
	close(in);
	close(fd);
}

static void large_packets(void)
{
	static char out[65536], in[65536];
	struct sock_name to = sock_loopback(weft, 0);
	struct weft_hdr hdr = packet().hdr;
	int fd = raw(NEXT), i;

	for (i = 0; i < (int)sizeof(out); i++)
		out[i] = i * 7 + i / 251;
	CHECK(sendto(fd, out, 65511, 0, &to.sa, to.len) == 65511);
	CHECK(recv(fd, in, sizeof(in), 0) == 65511);
	CHECK(!memcmp(in, out, 65511));
	CHECK(sendto(fd, out, 65512, 0, &to.sa, to.len) == -1 &&
	      errno == EMSGSIZE);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_HDRINCL, 1));
	hdr.len = htons(65535);
	memcpy(out, &hdr, sizeof(hdr));
	CHECK(sendto(fd, out, 65535, 0, &to.sa, to.len) == 65535);
	CHECK(recv(fd, in, sizeof(in), 0) == 65511);
	CHECK(!memcmp(in, out + sizeof(hdr), 65511));
	CHECK(sendto(fd, out, 65536, 0, &to.sa, to.len) == -1 &&
	      errno == EMSGSIZE);
	close(fd);
}

/* Nobody here takes it: unreachable, which the sender asked to hear of. */
static void errors_about_what_was_sent(void)
{
	struct sock_name own = sock_link(0, 1, us), to = sock_link(0, 2, us);
	struct sock_extended_err *ee;
	int fd = raw(NEXT);
	struct sock_message m;

	/* It hears what comes to us, not what comes to them. */
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "us", 3));
	CHECK(!bind(fd, &own.sa, own.len));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_RECVERR, 1));
	CHECK(sendto(fd, "data", 4, 0, &to.sa, to.len) == 4);
	CHECK(sock_wait(fd, 0) & POLLERR);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == 4);
	CHECK(!memcmp(m.data, "data", 4));
	ee = sock_cmsg(&m, SOL_WEFT, WEFT_RECVERR);
	CHECK(ee && ee->ee_errno == EPROTONOSUPPORT &&
	      ee->ee_code == WEFT_UNREACH_PROTO);
	close(fd);
}

static void sockets_are_listed(void)
{
	static char list[4096];
	int fd = raw(NEXT);

	netns_read("weft/raw", list, sizeof(list));
	CHECK(strstr(list, "0000000000000000:00c8"));
	close(fd);
	netns_read("weft/raw", list, sizeof(list));
	CHECK(!strstr(list, "0000000000000000:00c8"));
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("ip link add us address 02:00:00:00:00:01 type veth peer name them") ||
	    netns_run("ip link set them address 02:00:00:00:00:02") ||
	    netns_run("ip link set them up") || netns_run("ip link set us up"))
		return 1;
	us = if_nametoindex("us");
	them = if_nametoindex("them");
	TAP_RUN(who_may_have_one);
	TAP_RUN(payload_comes_without_the_network_header);
	TAP_RUN(bind_and_connect_go_by_address);
	TAP_RUN(the_kernel_fills_in_checksums);
	TAP_RUN(the_filter_of_control_messages);
	TAP_RUN(a_bpf_filter);
	TAP_RUN(headers_of_the_program);
	TAP_RUN(large_packets);
	TAP_RUN(errors_about_what_was_sent);
	TAP_RUN(sockets_are_listed);
	return tap_done();
}
