// SPDX-License-Identifier: GPL-2.0
/* proto/trie.c, compared with trie_model.h */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>

#include "slab.h"
#include "tap.h"
#include "trie_model.h"

static struct weft_trie trie;
static struct model model;

/* Values are places in here; a test may count in them. */
static int values[1 << 17];

static u64 seed = 1;

static u64 draw(void)
{
	u64 z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* Keys that share long beginnings and part at every bit, the ends of all included. */
static u64 draw_key(void)
{
	static const u64 base[] = {
		0, ~0ULL, 0x0007000000000000, 0x0007000100020003,
		0x5555555555555555, 0xfe80525412345678,
	};
	u64 key = base[draw() % 6];

	switch (draw() % 4) {
	case 0:
		return key;
	case 1:
		return key ^ 1ULL << draw() % 64;
	case 2:
		return key ^ (draw() & 0xfff) << draw() % 64;
	}
	return key ^ draw() >> draw() % 64;
}

/* Nothing but what was never freed may be left of a trie. */
static void release(void *value, void *arg)
{
	++*(int *)value;
	++*(unsigned int *)arg;
}

static unsigned int clear(void)
{
	unsigned int n = 0;

	weft_trie_destroy(&trie, release, &n);
	model.n = 0;
	memset(values, 0, sizeof(values));
	CHECK(!slab_live);
	return n;
}

static void empty(void)
{
	unsigned int len = 0;
	u64 key = 0;

	CHECK(!weft_trie_lookup(&trie, 7, &len));
	CHECK(!weft_trie_find(&trie, 0, 0) && !weft_trie_find(&trie, 7, 64));
	CHECK(!weft_trie_remove(&trie, 0, 0));
	CHECK(!weft_trie_replace(&trie, 0, 0, values));
	CHECK(!weft_trie_seek(&trie, &key, &len));
	CHECK(clear() == 0);
}

/* Every length of one key; keys that leave it at every bit. */
static void all_lengths(void)
{
	const u64 key = 0xfe80525412345678;
	unsigned int len, bit;

	for (len = 0; len <= 64; len++) {
		CHECK(!weft_trie_insert(&trie, key, len, &values[len]));
		CHECK(weft_trie_insert(&trie, key, len, values) == -EEXIST);
		model_insert(&model, key, len, &values[len]);
	}
	for (bit = 0; bit < 64; bit++) {
		CHECK(weft_trie_lookup(&trie, key ^ 1ULL << bit, &len) ==
		      &values[63 - bit]);
		CHECK(len == 63 - bit);
		CHECK(model_same_matches(&model, &trie, key ^ 1ULL << bit));
	}
	CHECK(weft_trie_lookup(&trie, key, &len) == &values[64] && len == 64);
	CHECK(model_same(&model, &trie));
	CHECK(clear() == 65);
}

/* Each length alone: it matches what begins so and nothing else. */
static void one_prefix(void)
{
	const u64 key = 0x5555555555555555;
	unsigned int len, found, bit;

	for (len = 0; len <= 64; len++) {
		CHECK(!weft_trie_insert(&trie, key, len, values));
		for (bit = 0; bit < 64; bit++)
			CHECK(weft_trie_lookup(&trie, key ^ 1ULL << bit, &found) ==
			      (bit + len < 64 ? values : NULL));
		CHECK(weft_trie_lookup(&trie, key, &found) && found == len);
		CHECK(!weft_trie_lookup_shorter(&trie, key, &found));
		CHECK(weft_trie_find(&trie, key, len));
		CHECK(!weft_trie_find(&trie, key, len ? len - 1 : 1));
		CHECK(weft_trie_remove(&trie, ~0ULL, len) == (len ? NULL : values));
		CHECK(weft_trie_remove(&trie, key, len) == (len ? values : NULL));
		CHECK(!slab_live);
	}
}

/* --- random changes --------------------------------------------------------------- */

static void change_insert(u64 key, unsigned int len)
{
	struct model_entry *e = model_find(&model, key, len);
	void *value = &values[draw() % 1000];
	int err = weft_trie_insert(&trie, key, len, value);

	CHECK(err == (e ? -EEXIST : 0));
	if (!e)
		model_insert(&model, key, len, value);
}

static void change_remove(u64 key, unsigned int len)
{
	struct model_entry *e = model_find(&model, key, len);

	CHECK(weft_trie_remove(&trie, key, len) == (e ? e->value : NULL));
	if (e)
		model_remove(&model, e);
}

static void change_replace(u64 key, unsigned int len)
{
	struct model_entry *e = model_find(&model, key, len);
	void *value = &values[draw() % 1000];

	CHECK(weft_trie_replace(&trie, key, len, value) == (e ? e->value : NULL));
	if (e)
		e->value = value;
}

/* One that is there, most often, or any. */
static void draw_prefix(u64 *key, unsigned int *len)
{
	const struct model_entry *e;

	*key = draw_key();
	*len = draw() % 65;
	if (model.n && draw() % 4) {
		e = &model.entry[draw() % model.n];
		*key = e->key;
		*len = e->len;
	}
}

static void change(unsigned int keep)
{
	unsigned int len = draw() % 65;
	u64 key = draw_key();

	if (draw() % (2 * keep) >= model.n) {
		change_insert(key, len);
	} else {
		draw_prefix(&key, &len);
		if (draw() % 4)
			change_remove(key, len);
		else
			change_replace(key, len);
	}
	CHECK(model_same_matches(&model, &trie, key));
	CHECK(model_same_matches(&model, &trie, draw_key()));
	CHECK(model_same_seek(&model, &trie, key, len + draw() % 2));
	CHECK(model_same_seek(&model, &trie, draw_key(), draw() % 66));
	CHECK(weft_trie_find(&trie, key, len) ==
	      (model_find(&model, key, len) ?
	       model_find(&model, key, len)->value : NULL));
}

static void random_changes(void)
{
	static const unsigned int keep[] = { 1, 2, 5, 20, 100, 400 };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(keep); i++) {
		for (n = 0; n < 8000; n++) {
			change(keep[i]);
			if (n % 500 == 0)
				CHECK(model_same(&model, &trie));
		}
		/* A node tells apart two prefixes or children, or has a value. */
		CHECK(slab_live <= 2 * (long)model.n);
		n = model.n;
		CHECK(clear() == n);
	}
}

/* What is left of a trie does not depend on what else was there before. */
static void removal_leaves_nothing(void)
{
	struct model_entry e;
	unsigned int round, i;
	long live;

	for (round = 0; round < 50; round++) {
		while (model.n < 30)
			change_insert(draw_key(), draw() % 65);
		live = slab_live;
		while (model.n < 200)
			change_insert(draw_key(), draw() % 65);
		for (i = 30; i < 200; i++) {
			e = model.entry[30 + draw() % (model.n - 30)];
			change_remove(e.key, e.len);
		}
		CHECK(model.n == 30 && slab_live == live);
		CHECK(model_same(&model, &trie));
		while (model.n)
			change_remove(model.entry[0].key, model.entry[0].len);
		CHECK(!slab_live && !trie.root);
	}
	clear();
}

/* --- no memory -------------------------------------------------------------------- */

/* An insertion needs up to three nodes; each may be the one that fails. */
static void insert_without_memory(void)
{
	unsigned int n, len, i, failed = 0, most = 0;
	long live;
	u64 key;

	for (n = 0; n < 3000; n++) {
		key = draw_key();
		len = draw() % 65;
		if (model_find(&model, key, len))
			continue;
		live = slab_live;
		for (i = 0; i < 3; i++) {
			slab_fail_after = i;
			if (!weft_trie_insert(&trie, key, len, values))
				break;
			failed++;
			CHECK(slab_live == live);
			CHECK(!weft_trie_find(&trie, key, len));
			CHECK(model_same_matches(&model, &trie, key));
			if (model.n < 30)
				CHECK(model_same(&model, &trie));
		}
		slab_fail_after = -1;
		most = i > most ? i : most;
		if (i == 3)
			CHECK(!weft_trie_insert(&trie, key, len, values));
		model_insert(&model, key, len, values);
		if (model.n == 300)
			clear();
	}
	CHECK(failed > 3000 && most == 3);
	clear();
}

static void remove_without_memory(void)
{
	const struct model_entry *e;
	unsigned int n, i;

	for (n = 0; n < 20; n++) {
		while (model.n < 200)
			change_insert(draw_key(), draw() % 65);
		slab_fail_after = 0;
		for (i = 0; i < 150; i++) {
			e = &model.entry[draw() % model.n];
			change_remove(e->key, e->len);
			if (i % 50 == 0)
				CHECK(model_same(&model, &trie));
		}
		CHECK(model_same(&model, &trie));
		slab_fail_after = -1;
		/* What kept its place goes on as if nothing had been. */
		for (i = 0; i < 1000; i++)
			change(100);
		CHECK(model_same(&model, &trie));
		i = model.n;
		CHECK(clear() == i);
	}
}

/* The place of a removed prefix, kept for want of memory, is used again. */
static void place_is_used_again(void)
{
	u64 key = 0;
	unsigned int len = 0;

	CHECK(!weft_trie_insert(&trie, 0, 16, values));
	CHECK(!weft_trie_insert(&trie, 0, 15, values));
	CHECK(!weft_trie_insert(&trie, 0, 14, values + 1));
	slab_fail_after = 0;
	CHECK(weft_trie_remove(&trie, 0, 16) == values);
	CHECK(weft_trie_remove(&trie, 0, 15) == values);
	CHECK(!weft_trie_remove(&trie, 0, 15));
	CHECK(!weft_trie_replace(&trie, 0, 15, values));
	CHECK(weft_trie_lookup(&trie, 0, &len) == values + 1 && len == 14);
	len = 0;
	CHECK(weft_trie_seek(&trie, &key, &len) == values + 1);
	CHECK(!weft_trie_next(&trie, &key, &len));
	CHECK(!weft_trie_insert(&trie, 0, 15, values + 2));
	CHECK(weft_trie_insert(&trie, 0, 15, values) == -EEXIST);
	CHECK(weft_trie_lookup(&trie, 0, &len) == values + 2 && len == 15);
	slab_fail_after = -1;
	CHECK(clear() == 2);
}

/* --- iteration and destruction ------------------------------------------------------ */

/*
 * A walk, with changes before, at and behind the place between its steps: what is
 * there all the time, lengths divisible by four here, is seen once and in order.
 */
static void walk_with_changes(void)
{
	unsigned int round, n, len, seen, stay;
	u64 key;
	int i;

	for (round = 0; round < 100; round++) {
		for (n = 0; n < 200; n++)
			change_insert(draw_key(), draw() % 65);
		stay = 0;
		for (n = 0; n < model.n; n++)
			stay += model.entry[n].len % 4 == 0;
		seen = 0;
		key = 0;
		len = 0;
		while (weft_trie_seek(&trie, &key, &len)) {
			CHECK(model_find(&model, key, len));
			seen += len % 4 == 0;
			for (i = 0; i < 4; i++)
				change_insert(draw_key(), draw() % 16 * 4 + 1);
			if (len % 4 && draw() % 2)
				change_remove(key, len);
			for (i = 0; i < 8; i++) {
				n = draw() % model.n;
				if (model.entry[n].len % 4)
					change_remove(model.entry[n].key,
						      model.entry[n].len);
			}
			len++;
		}
		CHECK(seen == stay);
		clear();
	}
}

static void destroy_visits_each_once(void)
{
	unsigned int n = 0, i, released = 0;

	while (n < 100000)
		if (!weft_trie_insert(&trie, draw() >> draw() % 64, 48 + draw() % 17,
				      &values[n]))
			n++;
	weft_trie_destroy(&trie, release, &released);
	CHECK(released == n);
	for (i = 0; i < n; i++)
		CHECK(values[i] == 1);
	CHECK(!trie.root && !slab_live);
	clear();
}

/* --- readers ---------------------------------------------------------------------- */

/* What a reader may have in its hands is not freed. */
static void frees_wait_for_readers(void)
{
	unsigned int n;
	long live;

	slab_defer = true;
	for (n = 0; n < 3000; n++) {
		live = slab_live;
		change(20);
		CHECK(slab_live >= live);
	}
	live = slab_live;
	weft_trie_destroy(&trie, release, &n);
	CHECK(slab_live == live);
	slab_defer = false;
	slab_grace();
	clear();
}

#define STAY_LEN	40

static bool stop;

static u64 stay_key(unsigned int i)
{
	return 0x0007000000000000 | (u64)i << (64 - STAY_LEN);
}

/* Few enough that a reader meets what the writer does. */
static u64 change_bits(u64 rnd)
{
	return (rnd & 0x1f) << 12;
}

/*
 * Prefixes of STAY_LEN stay, each with its own value; above and below them the
 * writer adds and removes others. Whatever it does, its part is found.
 */
static void *reader(void *arg)
{
	unsigned long lookups = 0, wrong = 0;
	unsigned int i, len;
	u64 rnd = 1, key;
	void *value;

	(void)arg;
	while (!rcu_access_pointer(stop) || !lookups) {
		rnd = rnd * 6364136223846793005 + 1442695040888963407;
		i = rnd >> 56;
		key = stay_key(i) | change_bits(rnd >> 32);
		value = weft_trie_lookup(&trie, key, &len);
		while (value && len > STAY_LEN)
			value = weft_trie_lookup_shorter(&trie, key, &len);
		if (value != &values[i] || len != STAY_LEN)
			wrong++;
		lookups++;
	}
	return (void *)wrong;
}

static void readers_beside_a_writer(void)
{
	pthread_t thread[2];
	unsigned int i, len;
	void *wrong;
	u64 key;

	for (i = 0; i < 256; i++)
		CHECK(!weft_trie_insert(&trie, stay_key(i), STAY_LEN, &values[i]));
	slab_defer = true;
	for (i = 0; i < 2; i++)
		CHECK(!pthread_create(&thread[i], NULL, reader, NULL));
	for (i = 0; i < 200000; i++) {
		key = stay_key(draw() % 256) | change_bits(draw());
		len = draw() % 65;
		if (len == STAY_LEN)
			continue;
		if (weft_trie_insert(&trie, key, len, values) == -EEXIST)
			weft_trie_remove(&trie, key, len);
	}
	rcu_assign_pointer(stop, true);
	for (i = 0; i < 2; i++) {
		CHECK(!pthread_join(thread[i], &wrong));
		CHECK(!wrong);
	}
	slab_defer = false;
	slab_grace();
	clear();
}

int main(void)
{
	TAP_RUN(empty);
	TAP_RUN(all_lengths);
	TAP_RUN(one_prefix);
	TAP_RUN(random_changes);
	TAP_RUN(removal_leaves_nothing);
	TAP_RUN(insert_without_memory);
	TAP_RUN(remove_without_memory);
	TAP_RUN(place_is_used_again);
	TAP_RUN(walk_with_changes);
	TAP_RUN(destroy_visits_each_once);
	TAP_RUN(frees_wait_for_readers);
	TAP_RUN(readers_beside_a_writer);
	return tap_done();
}
