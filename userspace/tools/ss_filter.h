/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expressions that choose sockets, as in ss(8):
 *
 *	( sport = :80 or dst 7::/16 ) and not dev eth0
 */
#ifndef WEFT_TOOLS_SS_FILTER_H
#define WEFT_TOOLS_SS_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/weft_diag.h>

#include "args.h"

#define SS_FILTER_NODES	128
#define SS_FILTER_DEPTH	32
#define SS_FILTER_WHY	96

enum ss_key {
	SS_AND,
	SS_OR,
	SS_NOT,
	SS_SPORT,
	SS_DPORT,
	SS_SRC,
	SS_DST,
	SS_DEV,
	SS_COOKIE,
};

enum ss_operator {
	SS_EQ,
	SS_NE,
	SS_LT,
	SS_GT,
	SS_LE,
	SS_GE,
};

/**
 * struct ss_node - a part of an expression
 * @key: what it is
 * @op: how a condition compares
 * @left: of AND, OR and NOT: index of a part
 * @right: of AND and OR: index of the other
 * @number: port, interface index or cookie
 * @prefix: of SRC and DST; the port in @number, or 0
 */
struct ss_node {
	enum ss_key key;
	enum ss_operator op;
	int left;
	int right;
	uint64_t number;
	struct prefix prefix;
};

/**
 * struct ss_filter - an expression
 * @node: its parts
 * @count: how many there are
 * @root: index of the whole; -1 chooses all sockets
 * @column: of an error in the text, from 0
 * @why: what is wrong there
 */
struct ss_filter {
	struct ss_node node[SS_FILTER_NODES];
	int count;
	int root;
	size_t column;
	char why[SS_FILTER_WHY];
};

int ss_filter_parse(const char *text, struct ss_filter *f);
bool ss_filter_match(const struct ss_filter *f, const struct weft_diag_id *id);

#endif /* WEFT_TOOLS_SS_FILTER_H */
