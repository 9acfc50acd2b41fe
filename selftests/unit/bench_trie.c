// SPDX-License-Identifier: GPL-2.0
/*
 * bench_trie MIX COUNT [hit|miss]: fills a trie with COUNT prefixes and a default
 * route and looks up keys: "hit" in some prefix that was added, "miss" at random
 * in the same range. Without either it tells times and memory; with one it counts
 * under callgrind, for scripts/bench-trie.
 *
 * Mixes: "hosts" are /64 at random below one /16; "lengths" are prefixes from /16
 * to /64 in a thousand /16; "long" are /48 to /64 at random.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <valgrind/callgrind.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "trie.h"

static size_t bytes, asked;

/* What kmalloc() really takes. */
static size_t rounded(size_t size)
{
	size_t class = 8;

	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	while (class < size)
		class *= 2;
	return class;
}

void *kmalloc(size_t size, unsigned int flags)
{
	size_t *p = malloc(size + 16);

	(void)flags;
	*p = size;
	asked += size;
	bytes += rounded(size);
	return p + 2;
}

void kfree(const void *p)
{
	size_t *start = (size_t *)p - 2;

	asked -= *start;
	bytes -= rounded(*start);
	free(start);
}

void slab_free_rcu(void *p)
{
	kfree(p);
}

static u64 seed = 1;

static u64 draw(void)
{
	u64 z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static const char *mix;

static u64 draw_key(void)
{
	static const u64 site = 0x0007;
	u64 key = draw();

	if (!strcmp(mix, "hosts"))
		return site << 48 | key >> 16;
	if (!strcmp(mix, "lengths"))
		return (site + key % 1000) << 48 | key >> 16;
	return key;
}

static unsigned int draw_len(void)
{
	/* Few wide ones, many networks and hosts. */
	static const unsigned char lengths[16] = {
		16, 24, 28, 32, 32, 36, 40, 44, 48, 48, 48, 48, 56, 64, 64, 64,
	};

	if (!strcmp(mix, "hosts"))
		return 64;
	if (!strcmp(mix, "lengths"))
		return lengths[draw() % 16];
	return 48 + draw() % 17;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

#define KEYS	10000

static u64 hit[KEYS], miss[KEYS];

static void fill(struct weft_trie *trie, unsigned int count)
{
	unsigned int i = 0, len;
	u64 key;

	if (weft_trie_insert(trie, 0, 0, trie))
		abort();
	while (i < count) {
		key = draw_key();
		len = draw_len();
		if (weft_trie_insert(trie, key, len, trie))
			continue;
		/* The prefix's own bits, and others behind them. */
		key ^= len < 64 ? draw() >> len : 0;
		if (i < KEYS)
			hit[i] = key;
		else if (draw() % count < KEYS)
			hit[draw() % KEYS] = key;
		i++;
	}
	for (i = 0; i < KEYS; i++) {
		if (i >= count)
			hit[i] = hit[i % count];
		miss[i] = draw_key();
	}
}

static unsigned long sum;

static double lookups(const struct weft_trie *trie, const u64 *keys)
{
	double start = now();
	unsigned int i, len;

	for (i = 0; i < KEYS; i++) {
		if (!weft_trie_lookup(trie, keys[i], &len))
			abort();
		sum += len;
	}
	return (now() - start) / KEYS * 1e9;
}

int main(int argc, char **argv)
{
	struct weft_trie trie = { NULL };
	unsigned int count, len = 0, n = 0;
	double start, filled;
	u64 key = 0;

	if (argc < 3)
		return 2;
	mix = argv[1];
	count = strtoul(argv[2], NULL, 0);
	start = now();
	fill(&trie, count);
	filled = now() - start;
	if (argc > 3) {
		CALLGRIND_START_INSTRUMENTATION;
		lookups(&trie, strcmp(argv[3], "miss") ? hit : miss);
		CALLGRIND_STOP_INSTRUMENTATION;
		return 0;
	}
	printf("%s %u: fill %.0f ns, %.1f bytes (%.1f asked) a prefix", mix,
	       count, filled / count * 1e9, (double)bytes / count,
	       (double)asked / count);
	printf(", hit %.1f ns", lookups(&trie, hit));
	printf(", miss %.1f ns", lookups(&trie, miss));
	start = now();
	while (weft_trie_seek(&trie, &key, &len)) {
		len++;
		n++;
	}
	printf(", walk %.0f ns a prefix\n", (now() - start) / n * 1e9);
	return n == count + 1 ? 0 : 1;
}
