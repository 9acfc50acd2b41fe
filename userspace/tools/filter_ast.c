// SPDX-License-Identifier: GPL-2.0
/* A ruleset in memory, see filter_ast.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "filter_ast.h"
#include "filter_field.h"

#define CHUNK_SIZE	65536
#define ALIGNED(n)	(((n) + 15) & ~(size_t)15)

struct filter_chunk {
	struct filter_chunk *next;
	size_t used;
	size_t room;
	char data[] __attribute__((aligned(16)));
};

/* Zeroed memory; the program ends when there is none, as it could do nothing else. */
void *filter_alloc(struct filter_arena *a, size_t len)
{
	struct filter_chunk *c = a->chunk;
	size_t room;
	void *p;

	len = ALIGNED(len);
	if (!c || c->room - c->used < len) {
		room = len > CHUNK_SIZE ? len : CHUNK_SIZE;
		c = malloc(sizeof(*c) + room);
		if (!c) {
			cli_error("out of memory");
			exit(CLI_ERROR);
		}
		c->used = 0;
		c->room = room;
		c->next = a->chunk;
		a->chunk = c;
	}
	p = c->data + c->used;
	c->used += len;
	return memset(p, 0, len);
}

/* A greater piece with what @old has, which stays. */
void *filter_grow(struct filter_arena *a, void *old, size_t old_len, size_t len)
{
	void *p = filter_alloc(a, len);

	if (old_len)
		memcpy(p, old, old_len);
	return p;
}

char *filter_strdup(struct filter_arena *a, const char *s)
{
	size_t len = strlen(s) + 1;

	return memcpy(filter_alloc(a, len), s, len);
}

void filter_free(struct filter_arena *a)
{
	struct filter_chunk *c;

	while ((c = a->chunk)) {
		a->chunk = c->next;
		free(c);
	}
}

/* --- rules -------------------------------------------------------------------------- */

void filter_exprs_init(struct filter_exprs *list)
{
	list->first = NULL;
	list->last = &list->first;
	list->n = 0;
}

struct filter_expr *filter_expr_add(struct filter_arena *a, struct filter_exprs *list,
				    uint32_t type)
{
	struct filter_expr *e = filter_alloc(a, sizeof(*e));

	e->type = type;
	*list->last = e;
	list->last = &e->next;
	list->n++;
	return e;
}

/* Does it take one transport that has ports? */
bool filter_is_proto_match(const struct filter_expr *e)
{
	return e->type == WEFT_FILTER_E_MATCH && e->field == WEFT_FILTER_F_PROTO &&
	       !e->flags && !filter_has(e, WEFT_FILTER_EA_MASK) && e->first[0] == e->last[0] &&
	       (e->first[0] == WEFT_PROTO_STREAM || e->first[0] == WEFT_PROTO_DGRAM);
}

uint64_t filter_proto_before(const struct filter_expr *first, const struct filter_expr *until)
{
	uint64_t proto = 0;

	for (; first && first != until; first = first->next)
		if (filter_is_proto_match(first))
			proto = first->first[0];
	return proto;
}

struct filter_rule *filter_rule_add(struct filter_arena *a, struct filter_chain *c)
{
	struct filter_rule *r = filter_alloc(a, sizeof(*r));

	*c->last_rule = r;
	c->last_rule = &r->next;
	return r;
}

/* --- sets --------------------------------------------------------------------------- */

struct filter_elem *filter_elem_add(struct filter_arena *a, struct filter_set *s)
{
	size_t room = s->room ? s->room * 2 : 8;

	if (s->n_elems == s->room) {
		s->elem = filter_grow(a, s->elem, s->n_elems * sizeof(*s->elem),
				      room * sizeof(*s->elem));
		s->room = room;
	}
	return &s->elem[s->n_elems++];
}

/* How many numbers a key has. */
unsigned int filter_key_words(const struct filter_key *key)
{
	unsigned int i, n = 0;

	for (i = 0; i < key->n; i++)
		n += filter_field_words(key->field[i]);
	return n;
}

static int compare_elems(const void *a, const void *b)
{
	const struct filter_elem *x = a, *y = b;
	unsigned int i;

	for (i = 0; i < FILTER_WORDS_MAX; i++)
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	for (i = 0; i < FILTER_WORDS_MAX; i++)
		if (x->end[i] != y->end[i])
			return x->end[i] < y->end[i] ? -1 : 1;
	return 0;
}

/*
 * Ranges of several fields stay in the order in which the kernel took them. It looks whether
 * one that is new lies in another with its first or its last key, so that some of them can
 * be there in one order alone.
 */
void filter_set_sort(struct filter_set *s)
{
	unsigned int words = filter_key_words(&s->key);
	size_t i;

	for (i = 0; words > 1 && i < s->n_elems; i++)
		if (s->elem[i].range)
			return;
	if (s->n_elems > 1)
		qsort(s->elem, s->n_elems, sizeof(*s->elem), compare_elems);
}

/* --- tables ------------------------------------------------------------------------- */

static void set_name(char name[WEFT_FILTER_NAME_MAX], const char *from)
{
	snprintf(name, WEFT_FILTER_NAME_MAX, "%s", from);
}

void filter_ruleset_init(struct filter_ruleset *r)
{
	memset(r, 0, sizeof(*r));
	r->last_table = &r->tables;
}

struct filter_table *filter_table_add(struct filter_ruleset *r, const char *name)
{
	struct filter_table *t = filter_alloc(&r->arena, sizeof(*t));

	set_name(t->name, name);
	t->last_chain = &t->chains;
	t->last_set = &t->sets;
	*r->last_table = t;
	r->last_table = &t->next;
	return t;
}

struct filter_table *filter_table_find(const struct filter_ruleset *r, const char *name)
{
	struct filter_table *t;

	for (t = r->tables; t && strcmp(t->name, name);)
		t = t->next;
	return t;
}

struct filter_chain *filter_chain_add(struct filter_arena *a, struct filter_table *t,
				      const char *name)
{
	struct filter_chain *c = filter_alloc(a, sizeof(*c));

	set_name(c->name, name);
	c->last_rule = &c->rules;
	*t->last_chain = c;
	t->last_chain = &c->next;
	return c;
}

struct filter_chain *filter_chain_find(const struct filter_table *t, const char *name)
{
	struct filter_chain *c;

	for (c = t->chains; c && strcmp(c->name, name);)
		c = c->next;
	return c;
}

static struct filter_set **hash_of(struct filter_table *t, const char *name)
{
	uint32_t hash = 2166136261U;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619U;
	return &t->set_hash[hash % FILTER_SET_HASH];
}

struct filter_set *filter_set_add(struct filter_arena *a, struct filter_table *t,
				  const struct filter_set *like)
{
	struct filter_set *s = filter_alloc(a, sizeof(*s));
	struct filter_set **hash = hash_of(t, like->name);

	*s = *like;
	s->next = NULL;
	s->same_hash = *hash;
	*hash = s;
	*t->last_set = s;
	t->last_set = &s->next;
	return s;
}

struct filter_set *filter_set_find(struct filter_table *t, const char *name)
{
	struct filter_set *s;

	for (s = *hash_of(t, name); s && strcmp(s->name, name);)
		s = s->same_hash;
	return s;
}
