/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel tells of the ruleset: messages, and the ruleset that they make. */
#ifndef WEFT_FILTER_DECODE_H
#define WEFT_FILTER_DECODE_H

#include <libmnl/libmnl.h>

#include "filter_ast.h"

/* What a packet did; strings are empty and numbers 0 where there is nothing. */
struct filter_step {
	uint32_t id;
	uint32_t kind;
	uint32_t hook;
	char table[WEFT_FILTER_NAME_MAX];
	char chain[WEFT_FILTER_NAME_MAX];
	uint64_t handle;
	bool has_verdict;
	struct filter_verdict verdict;
	uint32_t iif;
	uint32_t oif;
	uint32_t mark;
	uint32_t len;
	const uint8_t *packet;
	size_t packet_len;
};

/**
 * struct filter_message - a message of the kernel
 * @cmd: WEFT_FILTER_CMD_*
 * @gen: generation, with @has_gen
 * @has_gen: @gen counts
 * @table: name of the table that it is about
 * @chain: name of the chain
 * @set: name of the set
 * @handle: handle
 * @position: handle of the rule that is before or behind
 * @table_new: what the table is
 * @chain_new: what the chain is
 * @rule_new: what the rule is
 * @set_new: what the set is, or its elements
 * @step: what was traced
 */
struct filter_message {
	uint8_t cmd;
	bool has_gen;
	uint32_t gen;
	char table[WEFT_FILTER_NAME_MAX];
	char chain[WEFT_FILTER_NAME_MAX];
	char set[WEFT_FILTER_NAME_MAX];
	uint64_t handle;
	uint64_t position;
	struct filter_table *table_new;
	struct filter_chain *chain_new;
	struct filter_rule *rule_new;
	struct filter_set *set_new;
	struct filter_step step;
};

/*
 * Decodes a message; false when it is malformed or says what is not known here. The set of
 * elements is found by @find, which gets @arg; where it is not found they are left out.
 */
typedef const struct filter_set *(*filter_set_of)(const void *arg, const char *table,
						  const char *set);
bool filter_decode(struct filter_arena *a, const struct nlmsghdr *nlh, filter_set_of find,
		   const void *arg, struct filter_message *m);

/* Puts what a message of a dump tells into a ruleset; false as above. */
bool filter_ruleset_take(struct filter_ruleset *r, const struct nlmsghdr *nlh);
/* When all is there: sorts elements, and gives rules their sets. */
void filter_ruleset_finish(struct filter_ruleset *r);
/* Gives the expressions of a rule their sets; some may not be there. */
void filter_rule_link(struct filter_rule *rule, struct filter_table *t);

/* filter_decode_expr.c */
#define FILTER_ATTRS_MAX	64

/* Finds the attributes of a nest. */
void filter_attrs(const struct nlattr *nest, const struct nlattr *tb[FILTER_ATTRS_MAX]);
/* These leave the value alone when there is no attribute, and are false when it is bad. */
bool filter_get(const struct nlattr *attr, void *to, size_t len);
bool filter_get_name(const struct nlattr *attr, char name[WEFT_FILTER_NAME_MAX]);
bool filter_get_string(struct filter_arena *a, const struct nlattr *attr, const char **s);
bool filter_get_key(const struct nlattr *attr, struct filter_key *key);
bool filter_get_exprs(struct filter_arena *a, const struct nlattr *nest, bool nested,
		      struct filter_expr **first);

#endif /* WEFT_FILTER_DECODE_H */
