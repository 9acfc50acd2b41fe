// SPDX-License-Identifier: GPL-2.0
/*
 * The error queue: errors of every type, made up by a neighbour on the other end of
 * a veth pair, and those that sendmsg() meets itself; beside UDP over IPv6 where the
 * loopback device gives both the same.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include "sock.h"

#define PORT	4000
#define US	{ 0x02, 0, 0, 0, 0, 0x01 }
#define THEM	{ 0x02, 0, 0, 0, 0, 0x02 }

static int weft, packet_fd;
static unsigned int us, them;

/**
 * struct error - the frame of an error
 * @eth: link-layer header
 * @hdr: network header
 * @ctl: control header
 * @quote: network header of the packet that it is about
 * @dgram: what follows there
 * @data: what was sent
 */
struct error {
	struct ethhdr eth;
	struct weft_hdr hdr;
	struct weft_ctl_hdr ctl;
	struct weft_hdr quote;
	struct weft_dgram_hdr dgram;
	char data[4];
} __attribute__((packed));

/* Of the control message of @len bytes, with the pseudo-header. */
static __sum16 checksum(const struct error *e, size_t len)
{
	const unsigned char *addr = (const unsigned char *)e +
				    offsetof(struct error, hdr.src);
	const unsigned char *p = (const unsigned char *)e +
				 offsetof(struct error, ctl);
	unsigned long sum = len + e->hdr.next, i;

	for (i = 0; i < 16; i += 2)
		sum += addr[i] << 8 | addr[i + 1];
	for (i = 0; i < len; i += 2)
		sum += p[i] << 8 | (i + 1 < len ? p[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((unsigned short)~sum ? ~sum : 0xffff);
}

/* An error about a datagram "data" from our port to theirs. */
static struct error error_of(int type, int code, unsigned int rest, int sport,
			     int dport)
{
	struct weft_addr own = sock_link(0, 1, 0).weft.sweft_addr;
	struct weft_addr other = sock_link(0, 2, 0).weft.sweft_addr;
	struct error e = {
		.eth = { .h_dest = US, .h_source = THEM,
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4, .hop_limit = 64,
			 .len = htons(sizeof(e) - sizeof(e.eth)),
			 .next = WEFT_PROTO_CONTROL, .src = other, .dst = own },
		.ctl = { .type = type, .code = code, .rest = htonl(rest) },
		.quote = { .vc = WEFT_VERSION << 4, .hop_limit = 64,
			   .len = htons(36), .next = WEFT_PROTO_DGRAM,
			   .src = own, .dst = other },
		.dgram = { .sport = htons(sport), .dport = htons(dport),
			   .len = htons(12) },
		.data = "data",
	};

	return e;
}

static void put(struct error *e)
{
	size_t len = ntohs(e->hdr.len) - sizeof(e->hdr);

	e->ctl.check = 0;
	e->ctl.check = checksum(e, len);
	CHECK(send(packet_fd, e, sizeof(e->eth) + ntohs(e->hdr.len), 0) > 0);
}

/* A socket at our port that asks for errors. */
static int asker(int port)
{
	int fd = sock_bound(weft, port);

	CHECK(!sock_set(fd, SOL_WEFT, WEFT_RECVERR, 1));
	return fd;
}

static struct sock_extended_err *entry(int fd, struct sock_message *m, int len)
{
	struct sock_extended_err *ee;

	CHECK(sock_receive(fd, m, MSG_ERRQUEUE) == len);
	CHECK(m->msg.msg_flags & MSG_ERRQUEUE);
	ee = sock_cmsg(m, SOL_WEFT, WEFT_RECVERR);
	CHECK(ee);
	return ee;
}

static void every_type_is_told_in_full(void)
{
	static const struct { int type, code, rest, err, info; } cases[] = {
		{ WEFT_CTL_UNREACH, 0, 0, ENETUNREACH, 0 },
		{ WEFT_CTL_UNREACH, 1, 0, EACCES, 0 },
		{ WEFT_CTL_UNREACH, 2, 0, EHOSTUNREACH, 0 },
		{ WEFT_CTL_UNREACH, 3, 0, EHOSTUNREACH, 0 },
		{ WEFT_CTL_UNREACH, 4, 0, ECONNREFUSED, 0 },
		{ WEFT_CTL_UNREACH, 5, 0, EPROTONOSUPPORT, 0 },
		{ WEFT_CTL_UNREACH, 99, 0, EPROTO, 0 },
		{ WEFT_CTL_TOOBIG, 0, 1280, EMSGSIZE, 1280 },
		{ WEFT_CTL_TIME, 0, 0, EHOSTUNREACH, 0 },
		{ WEFT_CTL_TIME, 1, 0, EHOSTUNREACH, 0 },
		{ WEFT_CTL_PARAM, 0, 7, EPROTO, 7 },
	};
	struct weft_addr other = sock_link(0, 2, 0).weft.sweft_addr;
	struct sockaddr_weft *from;
	struct sock_extended_err *ee;
	int fd = asker(PORT), err;
	struct sock_message m;
	struct error e;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		e = error_of(cases[i].type, cases[i].code, cases[i].rest, PORT, 9);
		put(&e);
		CHECK(sock_wait(fd, POLLIN) & POLLERR);
		ee = entry(fd, &m, 4);
		if (!ee)
			continue;
		CHECK(!memcmp(m.data, "data", 4));
		CHECK((int)ee->ee_errno == cases[i].err);
		CHECK(ee->ee_origin == SO_EE_ORIGIN_WEFT);
		CHECK(ee->ee_type == cases[i].type && ee->ee_code == cases[i].code);
		CHECK((int)ee->ee_info == cases[i].info);
		/* The name is whom it was for, the offender who complains. */
		CHECK(m.name.len == sizeof(m.name.weft));
		CHECK(!memcmp(&m.name.weft.sweft_addr, &other, 8));
		CHECK(m.name.weft.sweft_port == htons(9));
		CHECK(m.name.weft.sweft_scope == us);
		from = (struct sockaddr_weft *)SO_EE_OFFENDER(ee);
		CHECK(from->sweft_family == weft && !from->sweft_port);
		CHECK(!memcmp(&from->sweft_addr, &other, 8));
		CHECK(from->sweft_scope == us);
	}
	/* With the last entry the pending error is gone too. */
	err = sock_get(fd, SOL_SOCKET, SO_ERROR);
	CHECK(err == 0);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == -EAGAIN);
	close(fd);
}

static void entries_pend_one_after_the_other(void)
{
	struct error e = error_of(WEFT_CTL_UNREACH, 4, 0, PORT, 9);
	int fd = asker(PORT);
	struct sock_message m;
	char buf[2];
	struct iovec iov = { buf, 2 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	put(&e);
	e = error_of(WEFT_CTL_UNREACH, 1, 0, PORT, 9);
	put(&e);
	CHECK(sock_wait(fd, 0) & POLLERR);
	/* A cut message, no name and no room for ancillary data. */
	CHECK(recvmsg(fd, &msg, MSG_ERRQUEUE) == 2);
	CHECK((msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC | MSG_ERRQUEUE)) ==
	      (MSG_TRUNC | MSG_CTRUNC | MSG_ERRQUEUE));
	CHECK(sock_get(fd, SOL_SOCKET, SO_ERROR) == EACCES);
	entry(fd, &m, 4);
	CHECK(sock_wait(fd, POLLOUT) == POLLOUT);
	close(fd);
}

static void ancillary_data_of_an_error(void)
{
	struct error e = error_of(WEFT_CTL_UNREACH, 4, 0, PORT, 9);
	struct weft_pktinfo *info;
	int fd = asker(PORT);
	struct sock_message m;

	CHECK(!sock_set(fd, SOL_WEFT, WEFT_RECVHOPLIMIT, 1));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_RECVPKTINFO, 1));
	e.hdr.hop_limit = 61;
	put(&e);
	CHECK(sock_wait(fd, 0) & POLLERR);
	entry(fd, &m, 4);
	CHECK(sock_cmsg_int(&m, SOL_WEFT, WEFT_HOP_LIMIT) == 61);
	info = sock_cmsg(&m, SOL_WEFT, WEFT_PKTINFO);
	CHECK(info && info->ifindex == us);
	close(fd);
}

static void errors_that_are_no_business_of_the_socket(void)
{
	long before = netns_counter("DropControlQuote");
	struct error e;
	int fd = asker(PORT);
	struct sock_message m;

	/* Another port, a packet of another sender, a quote cut short. */
	e = error_of(WEFT_CTL_UNREACH, 4, 0, PORT + 1, 9);
	put(&e);
	e = error_of(WEFT_CTL_UNREACH, 4, 0, PORT, 9);
	e.quote.src.a8[7] = 3;
	put(&e);
	e = error_of(WEFT_CTL_UNREACH, 4, 0, PORT, 9);
	e.hdr.len = htons(ntohs(e.hdr.len) - 5);
	put(&e);
	e = error_of(WEFT_CTL_UNREACH, 4, 0, PORT, 9);
	e.quote.next = WEFT_PROTO_CONTROL;
	put(&e);
	/* One at last that counts. */
	e = error_of(WEFT_CTL_UNREACH, 4, 0, PORT, 9);
	put(&e);
	CHECK(sock_wait(fd, 0) & POLLERR);
	entry(fd, &m, 4);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == -EAGAIN);
	CHECK(netns_counter("DropControlQuote") - before == 4);
	close(fd);
}

/* Soft errors are for those who asked; hard ones for connected sockets too. */
static void who_hears_without_asking(void)
{
	struct sock_name to = sock_link(9, 2, us);
	struct error e = error_of(WEFT_CTL_TOOBIG, 0, 1280, PORT, 9);
	int fd = sock_bound(weft, PORT);
	struct sock_message m;
	long before = netns_counter("DropControlQuote");

	put(&e);
	CHECK(!connect(fd, &to.sa, to.len));
	put(&e);
	e = error_of(WEFT_CTL_TIME, 0, 0, PORT, 9);
	put(&e);
	e = error_of(WEFT_CTL_UNREACH, 99, 0, PORT, 9);
	put(&e);
	CHECK(sock_get(fd, SOL_SOCKET, SO_ERROR) == 0);
	e = error_of(WEFT_CTL_PARAM, 0, 4, PORT, 9);
	put(&e);
	CHECK(sock_wait(fd, 0) & POLLERR);
	CHECK(sock_get(fd, SOL_SOCKET, SO_ERROR) == EPROTO);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == -EAGAIN);
	CHECK(netns_counter("DropControlQuote") - before == 1);
	CHECK(netns_counter("InTooBigs") >= 2);
	close(fd);
}

/* The refusal of a port of this node, in both families. */
static void refused(int family, int level, int option, int type)
{
	struct sock_name to = sock_loopback(family, PORT + 7);
	int fd = sock_dgram(family), err;
	struct sock_extended_err *ee;
	struct sock_message m;

	CHECK(!sock_set(fd, level, option, 1));
	CHECK(sendto(fd, "hello", 5, 0, &to.sa, to.len) == 5);
	CHECK(sock_wait(fd, 0) & POLLERR);
	/* The error pends as well, and is told once. */
	CHECK(sendto(fd, "hello", 5, 0, &to.sa, to.len) == -1 &&
	      errno == ECONNREFUSED);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == 5);
	CHECK(!memcmp(m.data, "hello", 5));
	CHECK(m.name.len == to.len && !memcmp(&m.name, &to, to.len));
	ee = sock_cmsg(&m, level, option);
	CHECK(ee && ee->ee_errno == ECONNREFUSED && ee->ee_type == type &&
	      ee->ee_code == 4 && !ee->ee_info);
	err = sock_receive(fd, &m, MSG_DONTWAIT);
	CHECK(err == -EAGAIN);
	close(fd);
}

static void refusals_are_alike(void)
{
	refused(AF_INET6, SOL_IPV6, IPV6_RECVERR, 1);
	refused(weft, SOL_WEFT, WEFT_RECVERR, WEFT_CTL_UNREACH);
}

static void too_long_for_the_link(void)
{
	struct sock_name to = sock_link(PORT, 2, us);
	struct sock_extended_err *ee;
	static char buf[70000];
	struct sock_message m;
	int fd = sock_dgram(weft);

	CHECK(!sock_set(fd, SOL_WEFT, WEFT_MTU_DISCOVER, WEFT_PMTUDISC_DO));
	CHECK(sendto(fd, buf, 1469, 0, &to.sa, to.len) == -1 && errno == EMSGSIZE);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == -EAGAIN);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_RECVERR, 1));
	CHECK(sendto(fd, buf, 1469, 0, &to.sa, to.len) == -1 && errno == EMSGSIZE);
	CHECK(sock_wait(fd, 0) & POLLERR);
	ee = entry(fd, &m, 0);
	CHECK(ee && ee->ee_errno == EMSGSIZE && ee->ee_info == 1500);
	CHECK(ee && ee->ee_origin == SO_EE_ORIGIN_LOCAL);
	CHECK(m.name.len == to.len && !memcmp(&m.name, &to, to.len));
	CHECK(sendto(fd, buf, sizeof(buf), 0, &to.sa, to.len) == -1 &&
	      errno == EMSGSIZE);
	ee = entry(fd, &m, 0);
	CHECK(ee && ee->ee_errno == EMSGSIZE && ee->ee_info == 65535);
	CHECK(sendto(fd, buf, 1468, 0, &to.sa, to.len) == 1468);
	close(fd);
}

static void turning_it_off_forgets(void)
{
	struct error e = error_of(WEFT_CTL_UNREACH, 4, 0, PORT, 9);
	struct sock_message m;
	int fd = asker(PORT);

	put(&e);
	CHECK(sock_wait(fd, 0) & POLLERR);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_RECVERR, 0));
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == -EAGAIN);
	close(fd);
}

/* Errors nobody reads are kept up to the receive buffer. */
static void the_queue_is_bounded(void)
{
	struct error e = error_of(WEFT_CTL_UNREACH, 4, 0, PORT, 9);
	int fd = asker(PORT), i, got = 0;
	struct sock_message m;

	CHECK(!sock_set(fd, SOL_SOCKET, SO_RCVBUF, 4096));
	for (i = 0; i < 100; i++)
		put(&e);
	CHECK(sock_wait(fd, 0) & POLLERR);
	while (sock_receive(fd, &m, MSG_ERRQUEUE) >= 0)
		got++;
	CHECK(got > 0 && got < 100);
	put(&e);
	CHECK(sock_wait(fd, 0) & POLLERR);
	close(fd);
}

static void an_echo_socket_gets_its_request_back(void)
{
	struct weft_ctl_hdr req = { .type = WEFT_CTL_ECHO_REQUEST }, back;
	struct error e = error_of(WEFT_CTL_TIME, 0, 0, 0, 0);
	int fd = socket(weft, SOCK_DGRAM, WEFT_PROTO_CONTROL);
	struct sock_name n = sock_any(weft, 77);
	struct sock_extended_err *ee;
	struct sock_message m;

	CHECK(!bind(fd, &n.sa, n.len));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_RECVERR, 1));
	req.echo.id = htons(77);
	req.echo.seq = htons(5);
	e.quote.next = WEFT_PROTO_CONTROL;
	memcpy(&e.dgram, &req, sizeof(req));
	put(&e);
	CHECK(sock_wait(fd, 0) & POLLERR);
	ee = entry(fd, &m, sizeof(req) + 4);
	memcpy(&back, m.data, sizeof(back));
	CHECK(!memcmp(&back, &req, sizeof(req)));
	CHECK(ee && ee->ee_type == WEFT_CTL_TIME);
	close(fd);
}

/* A neighbour that nobody has does not answer: told to who asked, once a packet. */
static void a_neighbour_that_does_not_answer(void)
{
	struct sock_name to = sock_any(weft, 9);
	struct weft_addr own = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
	int fd = asker(PORT), deaf = sock_bound(weft, PORT + 1);
	int raw = socket(weft, SOCK_RAW, WEFT_PROTO_NONE);
	struct sock_extended_err *ee;
	struct sockaddr_weft *from;
	static char buf[3000];
	struct sock_message m;

	to.weft.sweft_addr = own;
	to.weft.sweft_addr.a8[7] = 2;
	CHECK(!netns_run("weft addr add 7::1/16 dev us nodad"));
	CHECK(!sock_set(raw, SOL_WEFT, WEFT_RECVERR, 1));
	CHECK(sendto(fd, "data", 4, 0, &to.sa, to.len) == 4);
	CHECK(sendto(deaf, "data", 4, 0, &to.sa, to.len) == 4);
	CHECK(sendto(fd, buf, sizeof(buf), 0, &to.sa, to.len) == sizeof(buf));
	to.weft.sweft_port = 0;
	CHECK(sendto(raw, "more", 4, 0, &to.sa, to.len) == 4);
	to.weft.sweft_port = htons(9);
	CHECK(sock_wait(fd, 0) & POLLERR);
	ee = entry(fd, &m, 4);
	CHECK(!memcmp(m.data, "data", 4));
	CHECK(m.name.len == to.len && !memcmp(&m.name, &to, to.len));
	CHECK(ee && ee->ee_errno == EHOSTUNREACH && !ee->ee_info);
	CHECK(ee && ee->ee_origin == SO_EE_ORIGIN_LOCAL);
	from = ee ? (struct sockaddr_weft *)SO_EE_OFFENDER(ee) : NULL;
	CHECK(from && from->sweft_family == weft &&
	      !memcmp(&from->sweft_addr, &own, sizeof(own)));
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) > 0);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == -EAGAIN);
	CHECK(sock_wait(raw, 0) & POLLERR);
	entry(raw, &m, 4);
	CHECK(!memcmp(m.data, "more", 4) && !m.name.weft.sweft_port);
	CHECK(sock_receive(deaf, &m, MSG_ERRQUEUE) == -EAGAIN);
	CHECK(sock_get(deaf, SOL_SOCKET, SO_ERROR) == 0);
	close(raw);
	close(deaf);
	close(fd);
}

int main(void)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(WEFT_ETHERTYPE_DEFAULT) };

	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("ip link add us address 02:00:00:00:00:01 type veth peer name them") ||
	    netns_run("ip link set them address 02:00:00:00:00:02") ||
	    netns_run("ip link set them up") || netns_run("ip link set us up"))
		return 1;
	us = if_nametoindex("us");
	them = if_nametoindex("them");
	packet_fd = socket(AF_PACKET, SOCK_RAW, 0);
	ll.sll_ifindex = them;
	if (bind(packet_fd, (struct sockaddr *)&ll, sizeof(ll)))
		return 1;
	TAP_RUN(every_type_is_told_in_full);
	TAP_RUN(entries_pend_one_after_the_other);
	TAP_RUN(ancillary_data_of_an_error);
	TAP_RUN(errors_that_are_no_business_of_the_socket);
	TAP_RUN(who_hears_without_asking);
	TAP_RUN(refusals_are_alike);
	TAP_RUN(too_long_for_the_link);
	TAP_RUN(turning_it_off_forgets);
	TAP_RUN(the_queue_is_bounded);
	TAP_RUN(an_echo_socket_gets_its_request_back);
	TAP_RUN(a_neighbour_that_does_not_answer);
	return tap_done();
}
