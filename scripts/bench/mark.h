/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mark that scripts/bench-driver's guest sets and count.c sees: an instruction that does
 * nothing, and that is nowhere else.
 */
#ifndef BENCH_MARK_H
#define BENCH_MARK_H

static const unsigned char bench_mark_bytes[] = {
	0x0f, 0x1f, 0x84, 0x00, 0x77, 0x65, 0x66, 0x74,
};

static inline void bench_mark(void)
{
	__asm__ volatile("nopl 0x74666577(%%rax,%%rax,1)" ::: "memory");
}

#endif /* BENCH_MARK_H */
