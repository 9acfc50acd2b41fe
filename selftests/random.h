/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers that follow from a seed, and bytes that are different wherever one looks. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Bytes that streams consist of: each begins somewhere in the pool and goes round in it. */
#define POOL_SIZE	2097152U

/**
 * struct prng - a sequence of numbers
 * @state: all that there is of it
 */
struct prng {
	uint64_t state;
};

static unsigned char *pool;
static int pool_fd;

static inline uint64_t prng_next(struct prng *p)
{
	uint64_t z = p->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* From 0 to @n - 1. */
static inline uint32_t prng_below(struct prng *p, uint32_t n)
{
	return n ? prng_next(p) % n : 0;
}

static inline uint32_t prng_between(struct prng *p, uint32_t low, uint32_t high)
{
	return low + prng_below(p, high - low + 1);
}

static inline bool prng_chance(struct prng *p, uint32_t percent)
{
	return prng_below(p, 100) < percent;
}

/* From 0 to @max, each number of digits as often as the others. */
static inline uint32_t prng_size(struct prng *p, uint32_t max)
{
	uint32_t bits = 0, n;

	while (bits < 31 && 1U << bits <= max)
		bits++;
	bits = prng_below(p, bits + 1);
	n = bits ? (1U << (bits - 1)) + prng_below(p, 1U << (bits - 1)) : 0;
	return n > max ? max : n;
}

static inline int prng_of(struct prng *p, const int *list, size_t size)
{
	return list[prng_below(p, size / sizeof(*list))];
}

/* One of a list. */
#define prng_pick(p, ...) \
	prng_of(p, (const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }))

static inline int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Fills the pool, which is also a file. Returns 0 or -1. */
static inline int pool_init(void)
{
	struct prng p = { 1 };
	size_t i;

	pool_fd = memfd_create("pool", 0);
	if (pool_fd < 0 || ftruncate(pool_fd, POOL_SIZE))
		return -1;
	pool = mmap(NULL, POOL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, pool_fd, 0);
	if (pool == MAP_FAILED)
		return -1;
	for (i = 0; i < POOL_SIZE / 8; i++)
		((uint64_t *)pool)[i] = prng_next(&p);
	return 0;
}

/* How many bytes stand together at @at, @n at most. */
static inline uint32_t pool_run(uint64_t at, uint32_t n)
{
	uint32_t left = POOL_SIZE - at % POOL_SIZE;

	return n < left ? n : left;
}

/* Are these the bytes from @at on? */
static inline bool pool_is(const unsigned char *bytes, uint64_t at, uint32_t n)
{
	uint32_t run;

	for (; n; n -= run, at += run, bytes += run) {
		run = pool_run(at, n);
		if (memcmp(bytes, pool + at % POOL_SIZE, run))
			return false;
	}
	return true;
}

#endif /* RANDOM_H */
