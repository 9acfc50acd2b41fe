/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ruleset in memory: what a file says, and what the kernel tells. An expression is one
 * of the kernel's; so a rule can be printed as it was read, wherever it came from.
 */
#ifndef WEFT_FILTER_AST_H
#define WEFT_FILTER_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/weft_filter.h>

/* Numbers in the key of a set: the name of an interface has two. */
#define FILTER_WORDS_MAX	(2 * WEFT_FILTER_KEY_MAX)

/* What is allocated here stays until all of it is freed. */
struct filter_arena {
	struct filter_chunk *chunk;
};

void *filter_alloc(struct filter_arena *a, size_t len);
void *filter_grow(struct filter_arena *a, void *old, size_t old_len, size_t len);
char *filter_strdup(struct filter_arena *a, const char *s);
void filter_free(struct filter_arena *a);

/* A place in a text, both from 1; line 0 is nowhere. */
struct filter_pos {
	unsigned int line;
	unsigned int column;
};

/* Fields side by side. */
struct filter_key {
	unsigned int n;
	uint16_t field[WEFT_FILTER_KEY_MAX];
};

/* A verdict and, of jump and goto, the chain. */
struct filter_verdict {
	uint32_t code;
	char chain[WEFT_FILTER_NAME_MAX];
};

/**
 * struct filter_elem - an element of a set
 * @key: numbers of its fields, those of a name are two
 * @end: last ones of the ranges; as @key where there is none
 * @range: one of them is a range
 * @has_timeout: @timeout counts
 * @has_expires: @expires counts
 * @verdict: of a map of verdicts
 * @mark: of a map of marks
 * @timeout: ms
 * @expires: ms from now
 * @comment: or NULL
 * @pos: where it stands
 */
struct filter_elem {
	uint64_t key[FILTER_WORDS_MAX];
	uint64_t end[FILTER_WORDS_MAX];
	bool range;
	bool has_timeout;
	bool has_expires;
	struct filter_verdict verdict;
	uint32_t mark;
	uint64_t timeout;
	uint64_t expires;
	const char *comment;
	struct filter_pos pos;
};

/**
 * struct filter_set - a set or a map
 * @next: in its table
 * @same_hash: the next one with the same hash of its name
 * @name: name
 * @handle: 0 when the kernel has not said
 * @flags: WEFT_FILTER_SET_*
 * @key: fields of its key
 * @data: WEFT_FILTER_DATA_*
 * @timeout: ms, 0 for none
 * @size: elements at most, 0 for the kernel's choice
 * @comment: or NULL
 * @elem: the elements
 * @n_elems: how many
 * @room: how many there is room for
 */
struct filter_set {
	struct filter_set *next;
	struct filter_set *same_hash;
	char name[WEFT_FILTER_NAME_MAX];
	uint64_t handle;
	uint32_t flags;
	struct filter_key key;
	uint32_t data;
	uint64_t timeout;
	uint32_t size;
	const char *comment;
	struct filter_elem *elem;
	size_t n_elems;
	size_t room;
};

/**
 * struct filter_expr - an expression of a rule
 * @next: in its rule
 * @type: WEFT_FILTER_E_*
 * @has: a bit for each WEFT_FILTER_EA_* that it has beyond those that its type needs
 * @field: of a match
 * @arg: level of a cgroup
 * @flags: WEFT_FILTER_X_*
 * @mask: of a match, with the bit of EA_MASK in @has; of a set, what is changed
 * @first: of a match
 * @last: of a match
 * @set: name of the set that is asked or changed
 * @anonymous: the set itself when it has no name, else NULL
 * @data: WEFT_FILTER_DATA_*: what the set that is asked has for its keys
 * @key: fields that are looked up, or that a limit is for
 * @counters: of a counter
 * @rate: of a limit
 * @period: of a limit, s
 * @burst: of a limit
 * @bytes: of a quota
 * @used: of a quota
 * @target: WEFT_FILTER_TARGET_*
 * @value: what is set; of a reject, WEFT_FILTER_REJECT_*
 * @op: WEFT_FILTER_UPDATE_*
 * @timeout: of an update, ms
 * @limit: of the elements that an update adds, or NULL
 * @prefix: of a log, or NULL
 * @level: of a log
 * @group: of a log
 * @snaplen: of a log
 * @threshold: of a log
 * @code: of a reject
 * @verdict: verdict
 */
struct filter_expr {
	struct filter_expr *next;
	uint32_t type;
	uint32_t has;
	uint32_t field;
	uint32_t arg;
	uint32_t flags;
	uint64_t mask[2];
	uint64_t first[2];
	uint64_t last[2];
	char set[WEFT_FILTER_NAME_MAX];
	struct filter_set *anonymous;
	uint32_t data;
	struct filter_key key;
	struct weft_filter_counters counters;
	uint64_t rate;
	uint32_t period;
	uint32_t burst;
	uint64_t bytes;
	uint64_t used;
	uint32_t target;
	uint64_t value;
	uint32_t op;
	uint64_t timeout;
	struct filter_expr *limit;
	const char *prefix;
	uint32_t level;
	uint16_t group;
	uint32_t snaplen;
	uint16_t threshold;
	uint32_t code;
	struct filter_verdict verdict;
};

static inline bool filter_has(const struct filter_expr *e, unsigned int attr)
{
	return e->has & 1U << attr;
}

/* A list of expressions that grows at its end. */
struct filter_exprs {
	struct filter_expr *first;
	struct filter_expr **last;
	unsigned int n;
};

struct filter_rule {
	struct filter_rule *next;
	uint64_t handle;
	const char *comment;
	struct filter_expr *exprs;
};

struct filter_chain {
	struct filter_chain *next;
	char name[WEFT_FILTER_NAME_MAX];
	uint64_t handle;
	bool is_base;
	uint32_t hook;
	int32_t priority;
	uint32_t policy;
	bool has_policy;
	bool has_counters;
	struct weft_filter_counters counters;
	const char *comment;
	struct filter_rule *rules;
	struct filter_rule **last_rule;
};

/* Rules with sets of their own make many. */
#define FILTER_SET_HASH		256

struct filter_table {
	struct filter_table *next;
	char name[WEFT_FILTER_NAME_MAX];
	uint64_t handle;
	uint32_t flags;
	const char *comment;
	struct filter_chain *chains;
	struct filter_chain **last_chain;
	struct filter_set *sets;
	struct filter_set **last_set;
	struct filter_set *set_hash[FILTER_SET_HASH];
};

/* All that the kernel has. */
struct filter_ruleset {
	struct filter_arena arena;
	struct filter_table *tables;
	struct filter_table **last_table;
	uint32_t gen;
};

void filter_exprs_init(struct filter_exprs *list);
struct filter_expr *filter_expr_add(struct filter_arena *a, struct filter_exprs *list,
				    uint32_t type);
struct filter_elem *filter_elem_add(struct filter_arena *a, struct filter_set *s);
/* The transport that the expressions before @until have found, or 0. */
uint64_t filter_proto_before(const struct filter_expr *first, const struct filter_expr *until);
bool filter_is_proto_match(const struct filter_expr *e);
void filter_set_sort(struct filter_set *s);
unsigned int filter_key_words(const struct filter_key *key);

void filter_ruleset_init(struct filter_ruleset *r);
struct filter_table *filter_table_add(struct filter_ruleset *r, const char *name);
struct filter_table *filter_table_find(const struct filter_ruleset *r, const char *name);
struct filter_chain *filter_chain_add(struct filter_arena *a, struct filter_table *t,
				      const char *name);
struct filter_chain *filter_chain_find(const struct filter_table *t, const char *name);
/* Adds a copy of a set. */
struct filter_set *filter_set_add(struct filter_arena *a, struct filter_table *t,
				  const struct filter_set *like);
struct filter_set *filter_set_find(struct filter_table *t, const char *name);
struct filter_rule *filter_rule_add(struct filter_arena *a, struct filter_chain *c);

/* What a command does. */
enum filter_op {
	FILTER_ADD,
	FILTER_CREATE,
	FILTER_INSERT,
	FILTER_REPLACE,
	FILTER_DELETE,
	FILTER_DESTROY,
	FILTER_FLUSH,
	FILTER_RESET,
	FILTER_LIST,
	FILTER_GET,
};

/* And to what. */
enum filter_noun {
	FILTER_RULESET,
	FILTER_TABLE,
	FILTER_CHAIN,
	FILTER_RULE,
	FILTER_SET,
	FILTER_MAP,
	FILTER_ELEMENT,
	/* Only to be listed. */
	FILTER_TABLES,
	FILTER_CHAINS,
	FILTER_SETS,
	FILTER_MAPS,
};

/**
 * struct filter_command - one change, or a wish to see something
 * @next: the one after it
 * @op: what to do
 * @noun: to what
 * @pos: where it stands
 * @table: name of the table, empty for all
 * @chain: name of the chain
 * @set: name of the set
 * @handle: 0, or what is meant, in place of a name
 * @position: 0, or the handle of the rule before or behind which to go
 * @has_index: @index counts
 * @index: of that rule in its chain, from 0
 * @table_new: what FILTER_TABLE adds
 * @chain_new: what FILTER_CHAIN adds
 * @rule_new: what FILTER_RULE adds
 * @set_new: what FILTER_SET and FILTER_MAP add; the elements of FILTER_ELEMENT
 */
struct filter_command {
	struct filter_command *next;
	enum filter_op op;
	enum filter_noun noun;
	struct filter_pos pos;
	char table[WEFT_FILTER_NAME_MAX];
	char chain[WEFT_FILTER_NAME_MAX];
	char set[WEFT_FILTER_NAME_MAX];
	uint64_t handle;
	uint64_t position;
	bool has_index;
	uint64_t index;
	struct filter_table *table_new;
	struct filter_chain *chain_new;
	struct filter_rule *rule_new;
	struct filter_set *set_new;
};

/* It is answered, and changes nothing. */
static inline bool filter_is_question(const struct filter_command *c)
{
	return c->op == FILTER_LIST || c->op == FILTER_GET;
}

#endif /* WEFT_FILTER_AST_H */
