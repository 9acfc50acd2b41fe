/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A veth pair whose far end is a packet socket: a test writes any frame that its
 * namespace is to receive, and reads what the namespace sends. Our end is "us", MAC
 * 02:00:00:00:00:01; the far end is "them", 02:00:00:00:00:02.
 */
#ifndef WIRE_H
#define WIRE_H

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "netns.h"
#include "tap.h"

#define WIRE_MAC(n)	{ 0x02, 0, 0, 0, 0, (n) }
#define WIRE_LINK(n)	{ { { 0xfe, 0x80, 2, 0, 0, 0, 0, (n) } } }

/**
 * struct wire_frame - a frame
 * @eth: link-layer header
 * @hdr: network header
 * @body: what follows
 * @len: bytes of all three
 */
struct wire_frame {
	struct ethhdr eth;
	struct weft_hdr hdr;
	unsigned char body[600];
	size_t len;
} __attribute__((packed));

static int wire_fd;

/* The Internet checksum of @len bytes of body with its pseudo-header, into place @at. */
static inline void wire_sum_at(struct wire_frame *f, size_t len, size_t at)
{
	const unsigned char *addr = (const unsigned char *)&f->hdr.src;
	unsigned long sum = len + f->hdr.next, i;

	f->body[at] = 0;
	f->body[at + 1] = 0;
	for (i = 0; i < 16; i += 2)
		sum += addr[i] << 8 | addr[i + 1];
	for (i = 0; i < len; i += 2)
		sum += f->body[i] << 8 | (i + 1 < len ? f->body[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = (unsigned short)~sum ? ~sum : 0xffff;
	f->body[at] = sum >> 8 & 0xff;
	f->body[at + 1] = sum & 0xff;
}

/* That of a control message. */
static inline void wire_sum(struct wire_frame *f, size_t len)
{
	wire_sum_at(f, len, 2);
}

/* A control message from the link-local address of MAC @n to ours. */
static inline struct wire_frame wire_control(unsigned char n, const void *msg,
					     size_t len, unsigned char hop_limit)
{
	struct wire_frame f = {
		.eth = { .h_dest = WIRE_MAC(1), .h_source = WIRE_MAC(n),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4,
			 .len = htons(sizeof(f.hdr) + len),
			 .hop_limit = hop_limit, .next = WEFT_PROTO_CONTROL,
			 .src = WIRE_LINK(n), .dst = WIRE_LINK(1) },
		.len = sizeof(f.eth) + sizeof(f.hdr) + len,
	};

	memcpy(f.body, msg, len);
	wire_sum(&f, len);
	return f;
}

/* Where the pair's queue is full, after what is in it. */
static inline void wire_put(const struct wire_frame *f)
{
	ssize_t sent;
	int i;

	for (i = 0; i < 10000; i++) {
		sent = send(wire_fd, f, f->len, 0);
		if (sent >= 0 || errno != ENOBUFS)
			break;
		usleep(1000);
	}
	CHECK(sent == (ssize_t)f->len);
}

/* The next frame that our end sent, waiting so long for it; 0 if none came. */
static inline int wire_get(struct wire_frame *f, int ms)
{
	struct pollfd p = { .fd = wire_fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, ms) != 1)
		return 0;
	n = recv(wire_fd, f, sizeof(*f) - sizeof(f->len), MSG_TRUNC);
	f->len = n;
	return n >= (ssize_t)(sizeof(f->eth) + sizeof(f->hdr));
}

/* Forgets what our end sent until now. */
static inline void wire_drain(void)
{
	struct wire_frame f;

	while (wire_get(&f, 0))
		;
}

/*
 * Sends an echo request and takes what comes before the reply: at most @max frames,
 * all that were caused before. Returns how many, -1 if no reply came.
 */
static inline int wire_until_now(struct wire_frame *f, int max)
{
	static unsigned char seq;
	unsigned char echo[8] = { WEFT_CTL_ECHO_REQUEST, 0, 0, 0, 0x57, 0, 0, ++seq };
	struct wire_frame request = wire_control(2, echo, sizeof(echo), 64), got;
	int n = 0;

	wire_put(&request);
	while (wire_get(&got, 10000)) {
		if (got.hdr.next == WEFT_PROTO_CONTROL &&
		    got.body[0] == WEFT_CTL_ECHO_REPLY && got.body[7] == seq)
			return n;
		if (n < max)
			f[n++] = got;
	}
	return -1;
}

static inline int wire_open(const char *dev)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(WEFT_ETHERTYPE_DEFAULT),
				  .sll_ifindex = if_nametoindex(dev) };
	int room = 16 << 20;

	/* For what the nodes say while nobody reads. */
	wire_fd = socket(AF_PACKET, SOCK_RAW, 0);
	return wire_fd < 0 ||
	       setsockopt(wire_fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	       bind(wire_fd, (struct sockaddr *)&ll, sizeof(ll));
}

/*
 * In the namespace of the far end: the pair, and a socket on that end. Neither asks
 * for routers: that would come between what a test causes.
 */
static inline int wire_set_up_them(void)
{
	return netns_enter() ||
	       netns_run("ip link add us type veth peer name them") ||
	       netns_run("ip link set us address 02:00:00:00:00:01") ||
	       netns_run("ip link set them address 02:00:00:00:00:02") ||
	       netns_run("weft link set them accept_ra never") ||
	       netns_run("ip link set them up") || wire_open("them");
}

/* In ours: the pair's other end, once it is there. */
static inline int wire_set_up_us(void)
{
	return netns_run("ip link set lo up") ||
	       netns_run("weft link set us accept_ra never") ||
	       netns_run("ip link set us up") ||
	       /* Else the pair carries long packets whole. */
	       netns_run("ethtool -K us tx-sctp-segmentation off") ||
	       netns_run("grep -q ^fe80020000000001 /proc/thread-self/net/weft/addr");
}

/* Runs @run in a namespace of its own, which the parent hands our end. */
static inline int wire_main(int (*run)(void))
{
	int ready[2], go[2], status;
	char command[64], c;
	pid_t pid;

	if (wire_set_up_them() || pipe(ready) || pipe(go)) {
		perror("# set-up");
		return 1;
	}
	pid = fork();
	if (!pid) {
		if (netns_enter() || write(ready[1], "", 1) != 1 ||
		    read(go[0], &c, 1) != 1 || wire_set_up_us())
			return 1;
		return run();
	}
	if (read(ready[0], &c, 1) != 1)
		return 1;
	snprintf(command, sizeof(command), "ip link set us netns %d", pid);
	if (netns_run(command) || write(go[1], "", 1) != 1)
		return 1;
	return waitpid(pid, &status, 0) == pid && !status ? 0 : 1;
}

#endif /* WIRE_H */
