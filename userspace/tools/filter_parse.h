/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ruleset's text, parsed into commands. A wrong word ends it: what is told is where it
 * stands, with its line and a caret.
 */
#ifndef WEFT_FILTER_PARSE_H
#define WEFT_FILTER_PARSE_H

#include <stdio.h>

#include "filter_ast.h"
#include "filter_lex.h"

/**
 * struct filter_source - a text, for messages about it
 * @name: of the file
 * @text: what is in it
 * @len: bytes
 * @err: where errors are told
 */
struct filter_source {
	const char *name;
	const char *text;
	size_t len;
	FILE *err;
};

void filter_tell(const struct filter_source *src, struct filter_pos pos, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A set that an earlier command makes. */
struct filter_known {
	struct filter_known *next;
	const char *table;
	const struct filter_set *set;
};

/* Finds a set that is in the kernel; NULL if it is not. */
typedef const struct filter_set *(*filter_find_set)(void *arg, const char *table,
						    const char *set);

/**
 * struct filter_parser - a text that is being read
 * @src: the text
 * @arena: where all is allocated
 * @lex: its tokens
 * @failed: an error was told; there are no more tokens
 * @commands: what was read
 * @last: end of that list
 * @find_set: finds sets that the text does not make, or NULL
 * @find_arg: for @find_set
 * @known: sets that the text makes
 */
struct filter_parser {
	const struct filter_source *src;
	struct filter_arena *arena;
	struct filter_lexer lex;
	bool failed;
	struct filter_command *commands;
	struct filter_command **last;
	filter_find_set find_set;
	void *find_arg;
	struct filter_known *known;
};

/* Reads all of the text; the commands, NULL also after an error, which @p->failed tells. */
struct filter_command *filter_parse(struct filter_parser *p);
/* Reads one rule and nothing else; NULL after an error. */
struct filter_rule *filter_parse_rule(struct filter_parser *p);

/* --- for the parts of the parser ---------------------------------------------------- */

void filter_error(struct filter_parser *p, struct filter_pos pos, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void filter_unexpected(struct filter_parser *p, const char *wanted);
bool filter_is_mark(const struct filter_parser *p, const char *mark);
bool filter_is_word(const struct filter_parser *p, const char *word);
bool filter_take_mark(struct filter_parser *p, const char *mark);
bool filter_take_word(struct filter_parser *p, const char *word);
void filter_want_mark(struct filter_parser *p, const char *mark);
void filter_skip_lines(struct filter_parser *p);
/* Is this the end of a statement? */
bool filter_at_end(const struct filter_parser *p);
void filter_want_end(struct filter_parser *p);

uint64_t filter_want_number(struct filter_parser *p, uint64_t max, const char *wanted);
uint64_t filter_want_time(struct filter_parser *p);
const char *filter_want_string(struct filter_parser *p, size_t size, const char *wanted);
void filter_want_name(struct filter_parser *p, char name[WEFT_FILTER_NAME_MAX],
		      const char *wanted);
const char *filter_want_comment(struct filter_parser *p);
bool filter_take_verdict(struct filter_parser *p, struct filter_verdict *v);

struct filter_command *filter_command_add(struct filter_parser *p, enum filter_op op,
					  enum filter_noun noun, struct filter_pos pos);

/* filter_parse_block.c */
void filter_parse_table(struct filter_parser *p, enum filter_op op, struct filter_pos pos);
void filter_parse_chain_block(struct filter_parser *p, struct filter_chain *c,
			      const char *table, struct filter_command **rules);

/* filter_parse_set.c */
void filter_parse_set_block(struct filter_parser *p, struct filter_set *s, bool map);
void filter_parse_elements(struct filter_parser *p, struct filter_set *s);
void filter_parse_value(struct filter_parser *p, unsigned int field, uint64_t first[2],
			uint64_t last[2]);

/* filter_parse_rule.c */
struct filter_rule *filter_parse_exprs(struct filter_parser *p);
unsigned int filter_parse_key(struct filter_parser *p, struct filter_exprs *list,
			      struct filter_key *key, uint32_t *arg);
struct filter_set *filter_parse_anonymous(struct filter_parser *p,
					  const struct filter_key *key, uint32_t data);

/* filter_parse_statement.c */
bool filter_parse_statement(struct filter_parser *p, struct filter_exprs *list);
/* `set VALUE` behind a field that can be set; false when it cannot. */
bool filter_parse_assign(struct filter_parser *p, struct filter_exprs *list,
			 unsigned int field);

#endif /* WEFT_FILTER_PARSE_H */
