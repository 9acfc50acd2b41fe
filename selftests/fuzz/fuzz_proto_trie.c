// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: bytes as changes of a trie, each of ten bytes: what to do, a length and
 * a key. The trie must agree with its model after each, and leave no memory.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "slab.h"
#include "trie_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct weft_trie trie;
static struct model model;
static char values[256];

static void insert(u64 key, unsigned int len, void *value)
{
	bool there = model_find(&model, key, len);
	long live = slab_live;
	int err = weft_trie_insert(&trie, key, len, value);

	if (err == -ENOMEM ? there || slab_fail_after || slab_live != live :
			     err != (there ? -EEXIST : 0))
		abort();
	if (!err)
		model_insert(&model, key, len, value);
}

static void replace(u64 key, unsigned int len, void *value)
{
	struct model_entry *e = model_find(&model, key, len);

	if (weft_trie_replace(&trie, key, len, value) != (e ? e->value : NULL))
		abort();
	if (e)
		e->value = value;
}

static void take_out(u64 key, unsigned int len)
{
	struct model_entry *e = model_find(&model, key, len);

	if (weft_trie_remove(&trie, key, len) != (e ? e->value : NULL))
		abort();
	if (e)
		model_remove(&model, e);
}

/* The upper half of @what is how many allocations succeed; 15: all. */
static void operate(uint8_t what, u64 key, unsigned int len, void *value)
{
	slab_fail_after = what >> 4 == 15 ? -1 : what >> 4;
	switch (what & 3) {
	case 0:
	case 1:
		insert(key, len, value);
		break;
	case 2:
		replace(key, len, value);
		break;
	case 3:
		take_out(key, len);
		break;
	}
	slab_fail_after = -1;
	if (!model_same_matches(&model, &trie, key) ||
	    !model_same_matches(&model, &trie, ~key) ||
	    !model_same_seek(&model, &trie, key, len))
		abort();
}

static void release(void *value, void *arg)
{
	unsigned int *n = arg;

	if ((char *)value < values || (char *)value >= values + sizeof(values))
		abort();
	++*n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int n = 0;
	u64 key;

	model.n = 0;
	for (; size >= 10 && model.n < MODEL_MAX; data += 10, size -= 10) {
		memcpy(&key, data + 2, sizeof(key));
		operate(data[0], be64toh(key), data[1] % 65, &values[data[9]]);
	}
	if (!model_same(&model, &trie))
		abort();
	weft_trie_destroy(&trie, release, &n);
	if (n != model.n || slab_live)
		abort();
	return 0;
}
