// SPDX-License-Identifier: GPL-2.0
/*
 * AF_XDP sockets on weftnic, by copying: frames of the test's EtherType come to the
 * socket, in order and whole, its own go out, and the rest is the stack's.
 *
 *	eth1: peer ----- eth0: socket
 *
 * lab: --nodes 1 --nic e1000e --nic e1000e
 * timeout: 60
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tap.h"

#define TEST_ETHERTYPE	0x88b6
#define OTHER_ETHERTYPE	0x88b7

/* The socket's memory: half of its chunks are for receiving, half for sending. */
#define CHUNK		2048
#define CHUNKS		128
#define RING		(CHUNKS / 2)

#define FRAMES		500
#define PATIENCE_MS	10000

/* One of the socket's four rings. */
struct ring {
	uint32_t *producer;
	uint32_t *consumer;
	void *desc;
};

static struct {
	int fd, map, prog, link;
	uint8_t *area;
	struct ring fill, completion, rx, tx;
	unsigned int free_tx;
} xsk;

static int peer, stack;

/* --- the program: the test's frames to the socket, the rest to the stack ------------- */

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

#define INSN(op, dst, src, o, i) \
	((struct bpf_insn){ .code = op, .dst_reg = dst, .src_reg = src, .off = o, .imm = i })

static int load_program(int map)
{
	const struct bpf_insn insns[] = {
		/* r2 = data, r3 = data_end, r4 = the queue */
		INSN(BPF_LDX | BPF_W | BPF_MEM, 2, 1, offsetof(struct xdp_md, data), 0),
		INSN(BPF_LDX | BPF_W | BPF_MEM, 3, 1, offsetof(struct xdp_md, data_end), 0),
		INSN(BPF_LDX | BPF_W | BPF_MEM, 4, 1, offsetof(struct xdp_md, rx_queue_index), 0),
		/* a header's length further is past the end: to the stack */
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 5, 2, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 5, 0, 0, ETH_HLEN),
		INSN(BPF_JMP | BPF_JGT | BPF_X, 5, 3, 8, 0),
		/* another EtherType: to the stack */
		INSN(BPF_LDX | BPF_H | BPF_MEM, 5, 2, offsetof(struct ethhdr, h_proto), 0),
		INSN(BPF_JMP | BPF_JNE | BPF_K, 5, 0, 6, htons(TEST_ETHERTYPE)),
		/* return bpf_redirect_map(map, queue, XDP_PASS) */
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 4, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, XDP_PASS),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.insns = (uintptr_t)insns,
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.license = (uintptr_t)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

static int attach(const char *dev)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_XSKMAP, .key_size = 4, .value_size = 4, .max_entries = 4,
	};
	union bpf_attr link = {};

	xsk.map = bpf(BPF_MAP_CREATE, &map);
	xsk.prog = load_program(xsk.map);
	link.link_create.prog_fd = xsk.prog;
	link.link_create.target_ifindex = if_nametoindex(dev);
	link.link_create.attach_type = BPF_XDP;
	/* XDP_FLAGS_DRV_MODE: by the driver, or not at all. */
	link.link_create.flags = 1U << 2;
	xsk.link = bpf(BPF_LINK_CREATE, &link);
	return xsk.link < 0 ? -1 : 0;
}

static int register_socket(void)
{
	uint32_t queue = 0;
	union bpf_attr attr = {
		.map_fd = xsk.map, .key = (uintptr_t)&queue, .value = (uintptr_t)&xsk.fd,
	};

	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

/* --- the socket --------------------------------------------------------------------- */

static int map_ring(struct ring *ring, const struct xdp_ring_offset *off, size_t entry,
		    uint64_t where)
{
	size_t len = off->desc + RING * entry;
	uint8_t *mem;

	mem = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, xsk.fd, where);
	if (mem == MAP_FAILED)
		return -1;
	ring->producer = (uint32_t *)(mem + off->producer);
	ring->consumer = (uint32_t *)(mem + off->consumer);
	ring->desc = mem + off->desc;
	return 0;
}

static int open_socket(void)
{
	static const int options[] = {
		XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING,
	};
	struct xdp_umem_reg reg = { .len = CHUNKS * CHUNK, .chunk_size = CHUNK };
	struct xdp_mmap_offsets off;
	socklen_t len = sizeof(off);
	int size = RING;
	unsigned int i;

	xsk.fd = socket(AF_XDP, SOCK_RAW, 0);
	xsk.area = mmap(NULL, reg.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.addr = (uintptr_t)xsk.area;
	if (xsk.fd < 0 || setsockopt(xsk.fd, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)))
		return -1;
	for (i = 0; i < 4; i++)
		if (setsockopt(xsk.fd, SOL_XDP, options[i], &size, sizeof(size)))
			return -1;
	if (getsockopt(xsk.fd, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len))
		return -1;
	xsk.free_tx = RING;
	return map_ring(&xsk.fill, &off.fr, sizeof(uint64_t), XDP_UMEM_PGOFF_FILL_RING) ?:
	       map_ring(&xsk.completion, &off.cr, sizeof(uint64_t),
			XDP_UMEM_PGOFF_COMPLETION_RING) ?:
	       map_ring(&xsk.rx, &off.rx, sizeof(struct xdp_desc), XDP_PGOFF_RX_RING) ?:
	       map_ring(&xsk.tx, &off.tx, sizeof(struct xdp_desc), XDP_PGOFF_TX_RING);
}

static int bind_socket(const char *dev, unsigned int flags)
{
	struct sockaddr_xdp addr = {
		.sxdp_family = AF_XDP, .sxdp_flags = flags, .sxdp_ifindex = if_nametoindex(dev),
	};

	return bind(xsk.fd, (struct sockaddr *)&addr, sizeof(addr));
}

/* A chunk for the next frame to come. */
static void give(uint64_t addr)
{
	uint32_t at = *xsk.fill.producer;

	((uint64_t *)xsk.fill.desc)[at % RING] = addr;
	__atomic_store_n(xsk.fill.producer, at + 1, __ATOMIC_RELEASE);
}

/* The next frame that came, or NULL for none in time. */
static uint8_t *take(struct xdp_desc *desc)
{
	struct pollfd poll_fd = { .fd = xsk.fd, .events = POLLIN };
	uint32_t at = *xsk.rx.consumer;

	while (__atomic_load_n(xsk.rx.producer, __ATOMIC_ACQUIRE) == at)
		if (poll(&poll_fd, 1, PATIENCE_MS) <= 0)
			return NULL;
	*desc = ((struct xdp_desc *)xsk.rx.desc)[at % RING];
	__atomic_store_n(xsk.rx.consumer, at + 1, __ATOMIC_RELEASE);
	return xsk.area + desc->addr;
}

/* Sends a frame, once one of the sending half's chunks is free. */
static int put(const uint8_t *frame, size_t len)
{
	uint32_t at = *xsk.tx.producer, done = *xsk.completion.consumer;
	struct pollfd poll_fd = { .fd = xsk.fd, .events = POLLOUT };
	uint64_t addr = (RING + at % RING) * CHUNK;
	unsigned int tries;

	for (tries = 0; !xsk.free_tx; tries++) {
		uint32_t end = __atomic_load_n(xsk.completion.producer, __ATOMIC_ACQUIRE);

		if (tries == PATIENCE_MS)
			return -1;
		xsk.free_tx += end - done;
		done = end;
		__atomic_store_n(xsk.completion.consumer, done, __ATOMIC_RELEASE);
		if (!xsk.free_tx)
			poll(&poll_fd, 1, 1);
	}
	memcpy(xsk.area + addr, frame, len);
	((struct xdp_desc *)xsk.tx.desc)[at % RING] = (struct xdp_desc){ .addr = addr, .len = len };
	__atomic_store_n(xsk.tx.producer, at + 1, __ATOMIC_RELEASE);
	xsk.free_tx--;
	if (sendto(xsk.fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && errno != EAGAIN && errno != EBUSY)
		return -1;
	return 0;
}

/* --- frames and the other end --------------------------------------------------------- */

static uint8_t mac[2][ETH_ALEN] = {
	{ 0x52, 0x54, 0, 0x57, 1, 0 }, { 0x52, 0x54, 0, 0x57, 1, 1 },
};

static size_t frame_len(unsigned int n)
{
	return ETH_ZLEN + n * 37 % (ETH_FRAME_LEN - ETH_ZLEN + 1);
}

/* Frame @n of a series, from one end to the other. */
static void make_frame(uint8_t *frame, unsigned int n, int from, unsigned int ethertype)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	size_t i;

	memcpy(eth->h_source, mac[from], ETH_ALEN);
	memcpy(eth->h_dest, mac[!from], ETH_ALEN);
	eth->h_proto = htons(ethertype);
	for (i = ETH_HLEN; i < frame_len(n); i++)
		frame[i] = n + i * 3;
}

static int open_packet(const char *dev, unsigned int ethertype)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ethertype),
		.sll_ifindex = if_nametoindex(dev),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), room = 1 << 22;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return -1;
	return fd;
}

/* One frame that came in at a packet socket; 0 for none in time. */
static ssize_t receive(int fd, uint8_t *frame, size_t room, int patience)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	if (poll(&poll_fd, 1, patience) <= 0)
		return 0;
	return recv(fd, frame, room, 0);
}

/* --- the tests ------------------------------------------------------------------------- */

static void zero_copy_is_refused(void)
{
	CHECK(bind_socket("eth0", XDP_ZEROCOPY) && errno == EOPNOTSUPP);
}

static void receives(void)
{
	uint8_t frame[ETH_FRAME_LEN], *got;
	struct xdp_desc desc;
	unsigned int n, i;

	CHECK(!bind_socket("eth0", XDP_COPY));
	CHECK(!register_socket());
	for (i = 0; i < RING; i++)
		give(i * CHUNK);
	for (n = 0; n < FRAMES; n++) {
		make_frame(frame, n, 1, TEST_ETHERTYPE);
		CHECK(send(peer, frame, frame_len(n), 0) == (ssize_t)frame_len(n));
		got = take(&desc);
		CHECK(got && desc.len == frame_len(n) && !memcmp(got, frame, desc.len));
		if (!got)
			return;
		give(desc.addr / CHUNK * CHUNK);
	}
}

static void sends(void)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];
	unsigned int n;

	for (n = 0; n < FRAMES; n++) {
		make_frame(frame, n, 0, TEST_ETHERTYPE);
		CHECK(!put(frame, frame_len(n)));
		CHECK(receive(peer, got, sizeof(got), PATIENCE_MS) == (ssize_t)frame_len(n) &&
		      !memcmp(got, frame, frame_len(n)));
	}
}

static void the_rest_is_the_stacks(void)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];

	make_frame(frame, 1, 1, OTHER_ETHERTYPE);
	CHECK(send(peer, frame, frame_len(1), 0) == (ssize_t)frame_len(1));
	CHECK(receive(stack, got, sizeof(got), PATIENCE_MS) == (ssize_t)frame_len(1));
	CHECK(__atomic_load_n(xsk.rx.producer, __ATOMIC_ACQUIRE) == *xsk.rx.consumer);
}

/* Nobody takes frames out: they are dropped and counted, and later ones come again. */
static void a_full_ring_drops(void)
{
	struct xdp_statistics before = {}, after = {};
	socklen_t len = sizeof(before);
	uint8_t frame[ETH_FRAME_LEN];
	struct xdp_desc desc;
	unsigned int n;

	CHECK(!getsockopt(xsk.fd, SOL_XDP, XDP_STATISTICS, &before, &len));
	make_frame(frame, 7, 1, TEST_ETHERTYPE);
	for (n = 0; n < 4 * RING; n++)
		CHECK(send(peer, frame, frame_len(7), 0) == (ssize_t)frame_len(7));
	for (n = 0; n < RING; n++)
		CHECK(take(&desc));
	for (n = 0; n < 100; n++) {
		CHECK(!getsockopt(xsk.fd, SOL_XDP, XDP_STATISTICS, &after, &len));
		if (after.rx_dropped + after.rx_ring_full + after.rx_fill_ring_empty_descs >
		    before.rx_dropped + before.rx_ring_full + before.rx_fill_ring_empty_descs)
			break;
		usleep(100000);
	}
	CHECK(n < 100);
	for (n = 0; n < RING; n++)
		give(n * CHUNK);
	CHECK(send(peer, frame, frame_len(7), 0) == (ssize_t)frame_len(7));
	CHECK(take(&desc) && desc.len == frame_len(7));
}

static void the_stack_has_all_when_it_is_closed(void)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];
	int all = open_packet("eth0", TEST_ETHERTYPE);

	close(xsk.fd);
	close(xsk.link);
	make_frame(frame, 3, 1, TEST_ETHERTYPE);
	/* The change of the receive ring takes a while. */
	for (int i = 0; i < 20; i++) {
		CHECK(send(peer, frame, frame_len(3), 0) == (ssize_t)frame_len(3));
		if (receive(all, got, sizeof(got), PATIENCE_MS / 20))
			return;
	}
	CHECK(!"a frame came");
}

int main(void)
{
	if (system("ip link set eth0 up && ip link set eth1 up"))
		return 1;
	peer = open_packet("eth1", TEST_ETHERTYPE);
	stack = open_packet("eth0", OTHER_ETHERTYPE);
	if (peer < 0 || stack < 0 || open_socket() || attach("eth0")) {
		perror("# no socket");
		return 1;
	}
	TAP_RUN(zero_copy_is_refused);
	TAP_RUN(receives);
	TAP_RUN(sends);
	TAP_RUN(the_rest_is_the_stacks);
	TAP_RUN(a_full_ring_drops);
	TAP_RUN(the_stack_has_all_when_it_is_closed);
	return tap_done();
}
