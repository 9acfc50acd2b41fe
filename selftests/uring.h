/* SPDX-License-Identifier: GPL-2.0 */
/* An io_uring whose rings are made by hand. */
#ifndef URING_H
#define URING_H

#include <linux/io_uring.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "sock.h"

#define URING_ENTRIES	8

/* What older headers of the kernel lack. */
#define URING_SEND_ZC	47
#define URING_MORE	2U
#define URING_NOTIF	8U

static int uring;
static struct io_uring_params uring_params;
static struct io_uring_sqe *uring_sqes;
static char *uring_sq, *uring_cq;

static inline void *uring_map(size_t len, off_t what)
{
	return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		    uring, what);
}

static inline int uring_set_up(void)
{
	struct io_uring_params *p = &uring_params;

	uring = syscall(SYS_io_uring_setup, URING_ENTRIES, p);
	if (uring < 0) {
		perror("# io_uring_setup");
		return -1;
	}
	uring_sq = uring_map(p->sq_off.array + p->sq_entries * sizeof(__u32),
			     IORING_OFF_SQ_RING);
	uring_cq = uring_map(p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe),
			     IORING_OFF_CQ_RING);
	uring_sqes = uring_map(p->sq_entries * sizeof(*uring_sqes), IORING_OFF_SQES);
	return uring_sq == MAP_FAILED || uring_cq == MAP_FAILED ||
	       uring_sqes == MAP_FAILED ? -1 : 0;
}

/* Puts a request in; its number comes back with the result. */
static inline struct io_uring_sqe *uring_request(int op, int file, void *data, int len,
						 int number)
{
	__u32 *tail = (void *)(uring_sq + uring_params.sq_off.tail);
	__u32 mask = *(__u32 *)(uring_sq + uring_params.sq_off.ring_mask);
	__u32 *array = (void *)(uring_sq + uring_params.sq_off.array);
	struct io_uring_sqe *sqe = &uring_sqes[*tail & mask];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = op;
	sqe->fd = file;
	sqe->addr = (unsigned long)data;
	sqe->len = len;
	sqe->user_data = number;
	array[*tail & mask] = *tail & mask;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return sqe;
}

static inline void uring_submit(int n)
{
	CHECK(syscall(SYS_io_uring_enter, uring, n, 0, 0, NULL, 0) == n);
}

/**
 * struct uring_outcome - what became of a request
 * @res: its result, or the negative errno
 * @flags: IORING_CQE_F_*
 * @number: of the request
 */
struct uring_outcome {
	int res;
	__u32 flags;
	__u64 number;
};

/* The next result. */
static inline struct uring_outcome uring_result(void)
{
	__u32 *head = (void *)(uring_cq + uring_params.cq_off.head);
	__u32 *tail = (void *)(uring_cq + uring_params.cq_off.tail);
	__u32 mask = *(__u32 *)(uring_cq + uring_params.cq_off.ring_mask);
	struct io_uring_cqe *cqe = (void *)(uring_cq + uring_params.cq_off.cqes);
	struct uring_outcome o;

	while (*head == __atomic_load_n(tail, __ATOMIC_ACQUIRE))
		if (syscall(SYS_io_uring_enter, uring, 0, 1,
			    IORING_ENTER_GETEVENTS, NULL, 0) < 0)
			break;
	cqe += *head & mask;
	o = (struct uring_outcome){ cqe->res, cqe->flags, cqe->user_data };
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return o;
}

static inline int uring_done(void)
{
	return uring_result().res;
}

#endif /* URING_H */
