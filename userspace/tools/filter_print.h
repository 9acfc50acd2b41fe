/* SPDX-License-Identifier: GPL-2.0 */
/* A ruleset as text that can be read again, byte for byte the same. */
#ifndef WEFT_FILTER_PRINT_H
#define WEFT_FILTER_PRINT_H

#include <stdio.h>

#include "filter_ast.h"

/**
 * struct filter_style - where a ruleset is printed, and how
 * @out: text goes there
 * @handles: handles, as comments
 * @stateless: nothing that packets change
 */
struct filter_style {
	FILE *out;
	bool handles;
	bool stateless;
};

void filter_print_ruleset(const struct filter_style *style, const struct filter_ruleset *r);
void filter_print_table(const struct filter_style *style, const struct filter_table *t);
/* In a table of its own, as chains and sets are listed one by one. */
void filter_print_chain_in(const struct filter_style *style, const struct filter_table *t,
			   const struct filter_chain *c);
void filter_print_set_in(const struct filter_style *style, const struct filter_table *t,
			 const struct filter_set *s);
/* What stands between the braces, in one line. */
void filter_print_hook(FILE *out, const struct filter_chain *c);
void filter_print_set_items(const struct filter_style *style, const struct filter_set *s,
			    const char *before, const char *after);
const char *filter_hook_name(uint32_t hook);
void filter_print_name(FILE *out, const char *name);
bool filter_is_hidden(const struct filter_set *s);

/* filter_print_rule.c */
void filter_print_rule(const struct filter_style *style, const struct filter_rule *r);
void filter_print_verdict(FILE *out, const struct filter_verdict *v);
void filter_print_key(FILE *out, const struct filter_key *key, uint32_t arg);
/* The parts of an element's key with " . " between them. */
void filter_print_elem(const struct filter_style *style, const struct filter_key *key,
		       uint32_t data, const struct filter_elem *e);
const char *filter_target_name(uint32_t target);
const char *filter_level_name(uint32_t level);
const char *filter_code_name(uint32_t code);
/* The probability that a match of random numbers is, as a number of percent. */
bool filter_probability(const struct filter_expr *e, char text[32]);
/* Is the match of a transport part of what follows: `stream dport 80`? */
bool filter_is_folded(const struct filter_expr *first, const struct filter_expr *e);

#endif /* WEFT_FILTER_PRINT_H */
