/* SPDX-License-Identifier: GPL-2.0 */
/* An AF_XDP socket, its four rings and the program that gives it frames. */
#ifndef XSK_H
#define XSK_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The socket's memory: half of its chunks are for receiving, half for sending. */
#define XSK_CHUNKS	128
#define XSK_RING	(XSK_CHUNKS / 2)
/* The area is as large for the largest chunks. */
#define XSK_AREA	(XSK_CHUNKS * 4096)

#define XSK_PATIENCE_MS	10000

/* One of the socket's four rings. */
struct xsk_ring {
	uint32_t *producer;
	uint32_t *consumer;
	uint32_t *flags;
	void *desc;
	void *mem;
	size_t len;
};

/*
 * A socket. Chunks are @step apart and begin @skew bytes later than aligned ones would,
 * for which @umem_flags must allow.
 */
struct xsk {
	uint32_t chunk, headroom, umem_flags, bind_flags;
	uint32_t step, skew;
	int fd;
	uint8_t *area;
	struct xsk_ring fill, completion, rx, tx;
	unsigned int free_tx;
};

/* A program on a device, which gives frames of an EtherType to the sockets of its map. */
struct xsk_program {
	int map, prog, link;
};

#define INSN(op, dst, src, o, i) \
	((struct bpf_insn){ .code = op, .dst_reg = dst, .src_reg = src, .off = o, .imm = i })

static inline int xsk_bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static inline int xsk_load(int map, unsigned int ethertype)
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
		INSN(BPF_JMP | BPF_JNE | BPF_K, 5, 0, 6, htons(ethertype)),
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

	return xsk_bpf(BPF_PROG_LOAD, &attr);
}

static inline int xsk_attach(struct xsk_program *program, const char *dev, unsigned int ethertype)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_XSKMAP, .key_size = 4, .value_size = 4, .max_entries = 4,
	};
	union bpf_attr link = {};

	program->map = xsk_bpf(BPF_MAP_CREATE, &map);
	program->prog = xsk_load(program->map, ethertype);
	link.link_create.prog_fd = program->prog;
	link.link_create.target_ifindex = if_nametoindex(dev);
	link.link_create.attach_type = BPF_XDP;
	/* XDP_FLAGS_DRV_MODE: by the driver, or not at all. */
	link.link_create.flags = 1U << 2;
	program->link = xsk_bpf(BPF_LINK_CREATE, &link);
	return program->link < 0 ? -1 : 0;
}

static inline void xsk_detach(struct xsk_program *program)
{
	close(program->link);
	close(program->prog);
	close(program->map);
}

static inline int xsk_register(const struct xsk_program *program, const struct xsk *xsk,
			       uint32_t queue)
{
	union bpf_attr attr = {
		.map_fd = program->map, .key = (uintptr_t)&queue, .value = (uintptr_t)&xsk->fd,
	};

	return xsk_bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static inline int xsk_map_ring(struct xsk *xsk, struct xsk_ring *ring,
			       const struct xdp_ring_offset *off, size_t entry, uint64_t where)
{
	size_t len = off->desc + XSK_RING * entry;
	uint8_t *mem;

	mem = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, xsk->fd, where);
	if (mem == MAP_FAILED)
		return -1;
	ring->mem = mem;
	ring->len = len;
	ring->producer = (uint32_t *)(mem + off->producer);
	ring->consumer = (uint32_t *)(mem + off->consumer);
	ring->flags = (uint32_t *)(mem + off->flags);
	ring->desc = mem + off->desc;
	return 0;
}

/* Makes the socket as its first members ask, but does not bind it. */
static inline int xsk_open(struct xsk *xsk)
{
	static const int options[] = {
		XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING,
	};
	struct xdp_umem_reg reg = {
		.len = XSK_AREA, .chunk_size = xsk->chunk, .headroom = xsk->headroom,
		.flags = xsk->umem_flags,
	};
	struct xdp_mmap_offsets off;
	socklen_t len = sizeof(off);
	int size = XSK_RING;
	unsigned int i;

	xsk->fd = socket(AF_XDP, SOCK_RAW, 0);
	xsk->area = mmap(NULL, reg.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.addr = (uintptr_t)xsk->area;
	if (xsk->fd < 0 || setsockopt(xsk->fd, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)))
		return -1;
	for (i = 0; i < 4; i++)
		if (setsockopt(xsk->fd, SOL_XDP, options[i], &size, sizeof(size)))
			return -1;
	if (getsockopt(xsk->fd, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len))
		return -1;
	xsk->free_tx = XSK_RING;
	return xsk_map_ring(xsk, &xsk->fill, &off.fr, sizeof(uint64_t),
			    XDP_UMEM_PGOFF_FILL_RING) ?:
	       xsk_map_ring(xsk, &xsk->completion, &off.cr, sizeof(uint64_t),
			    XDP_UMEM_PGOFF_COMPLETION_RING) ?:
	       xsk_map_ring(xsk, &xsk->rx, &off.rx, sizeof(struct xdp_desc), XDP_PGOFF_RX_RING) ?:
	       xsk_map_ring(xsk, &xsk->tx, &off.tx, sizeof(struct xdp_desc), XDP_PGOFF_TX_RING);
}

static inline int xsk_bind(struct xsk *xsk, const char *dev, unsigned int queue)
{
	struct sockaddr_xdp addr = {
		.sxdp_family = AF_XDP, .sxdp_flags = xsk->bind_flags,
		.sxdp_ifindex = if_nametoindex(dev), .sxdp_queue_id = queue,
	};
	unsigned int tries;

	/* The queue is another's until the kernel's work for that one's close has run. */
	for (tries = 0; tries < 100; tries++) {
		if (!bind(xsk->fd, (struct sockaddr *)&addr, sizeof(addr)))
			return 0;
		if (errno != EBUSY)
			break;
		usleep(100000);
	}
	return -1;
}

static inline void xsk_unmap_ring(struct xsk_ring *ring)
{
	munmap(ring->mem, ring->len);
}

/* A ring that is mapped would keep the socket. */
static inline void xsk_close(struct xsk *xsk)
{
	xsk_unmap_ring(&xsk->fill);
	xsk_unmap_ring(&xsk->completion);
	xsk_unmap_ring(&xsk->rx);
	xsk_unmap_ring(&xsk->tx);
	close(xsk->fd);
	munmap(xsk->area, XSK_AREA);
}

/* The device itself works on the socket's memory. */
static inline bool xsk_is_zero_copy(const struct xsk *xsk)
{
	struct xdp_options options = {};
	socklen_t len = sizeof(options);

	return !getsockopt(xsk->fd, SOL_XDP, XDP_OPTIONS, &options, &len) &&
	       options.flags & XDP_OPTIONS_ZEROCOPY;
}

static inline bool xsk_needs_wakeup(const struct xsk_ring *ring)
{
	return __atomic_load_n(ring->flags, __ATOMIC_SEQ_CST) & XDP_RING_NEED_WAKEUP;
}

/* Chunk @n of the receiving half, for a frame to come. */
static inline void xsk_give(struct xsk *xsk, unsigned int n)
{
	uint32_t at = *xsk->fill.producer;

	((uint64_t *)xsk->fill.desc)[at % XSK_RING] = n * xsk->step + xsk->skew;
	__atomic_store_n(xsk->fill.producer, at + 1, __ATOMIC_SEQ_CST);
}

static inline void xsk_give_all(struct xsk *xsk)
{
	unsigned int n;

	for (n = 0; n < XSK_RING; n++)
		xsk_give(xsk, n);
}

/* The number of the chunk that a received frame is in. */
static inline unsigned int xsk_chunk_of(const struct xsk *xsk, const struct xdp_desc *desc)
{
	return (desc->addr & XSK_UNALIGNED_BUF_ADDR_MASK) / xsk->step;
}

/* The next frame that came, or NULL for none in time. */
static inline uint8_t *xsk_take(struct xsk *xsk, struct xdp_desc *desc, int patience)
{
	struct pollfd poll_fd = { .fd = xsk->fd, .events = POLLIN };
	uint32_t at = *xsk->rx.consumer;
	uint64_t addr;

	while (__atomic_load_n(xsk->rx.producer, __ATOMIC_ACQUIRE) == at)
		if (poll(&poll_fd, 1, patience) <= 0)
			return NULL;
	*desc = ((struct xdp_desc *)xsk->rx.desc)[at % XSK_RING];
	__atomic_store_n(xsk->rx.consumer, at + 1, __ATOMIC_RELEASE);
	addr = desc->addr & XSK_UNALIGNED_BUF_ADDR_MASK;
	if (xsk->umem_flags & XDP_UMEM_UNALIGNED_CHUNK_FLAG)
		addr += desc->addr >> XSK_UNALIGNED_BUF_OFFSET_SHIFT;
	return xsk->area + addr;
}

/* Takes back the chunks whose frames are sent; each is the one after the one before. */
static inline int xsk_complete(struct xsk *xsk)
{
	uint32_t at = *xsk->completion.consumer;
	uint32_t end = __atomic_load_n(xsk->completion.producer, __ATOMIC_ACQUIRE);

	for (; at != end; at++, xsk->free_tx++)
		if (((uint64_t *)xsk->completion.desc)[at % XSK_RING] !=
		    (XSK_RING + at % XSK_RING) * xsk->step + xsk->skew)
			return -1;
	__atomic_store_n(xsk->completion.consumer, at, __ATOMIC_RELEASE);
	return 0;
}

/* Has the kernel send what is in the ring. */
static inline int xsk_kick(struct xsk *xsk)
{
	if (sendto(xsk->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && errno != EAGAIN &&
	    errno != EBUSY && errno != ENETDOWN)
		return -1;
	return 0;
}

/* Waits until so many chunks of the sending half are free. */
static inline int xsk_wait_free(struct xsk *xsk, unsigned int chunks)
{
	unsigned int tries;

	for (tries = 0; tries < XSK_PATIENCE_MS; tries++) {
		if (xsk_complete(xsk))
			return -1;
		if (xsk->free_tx >= chunks)
			return 0;
		if (xsk_kick(xsk))
			return -1;
		usleep(1000);
	}
	return -1;
}

/* Puts a frame into the ring, once one of the sending half's chunks is free. */
static inline int xsk_put(struct xsk *xsk, const uint8_t *frame, size_t len)
{
	uint32_t at = *xsk->tx.producer;
	uint64_t addr = (XSK_RING + at % XSK_RING) * xsk->step + xsk->skew;

	if (xsk_wait_free(xsk, 1))
		return -1;
	memcpy(xsk->area + addr, frame, len);
	((struct xdp_desc *)xsk->tx.desc)[at % XSK_RING] =
		(struct xdp_desc){ .addr = addr, .len = len };
	__atomic_store_n(xsk->tx.producer, at + 1, __ATOMIC_SEQ_CST);
	xsk->free_tx--;
	return 0;
}

#endif /* XSK_H */
