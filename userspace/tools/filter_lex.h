/* SPDX-License-Identifier: GPL-2.0 */
/* The tokens of a ruleset's text, and where they stand; definitions are put in here. */
#ifndef WEFT_FILTER_LEX_H
#define WEFT_FILTER_LEX_H

#include "filter_ast.h"

enum filter_token {
	FILTER_END,
	FILTER_WORD,		/* names, numbers and addresses */
	FILTER_STRING,		/* in quotes */
	FILTER_NEWLINE,		/* or ';' */
	FILTER_MARK,		/* { } ( ) , . : @ / - + = == != < > <= >= & | % */
	FILTER_BAD,		/* @text tells what is wrong */
};

/* Bytes of a token with its final NUL. */
#define FILTER_TEXT_LEN	256

/* A token as a definition keeps it. */
struct filter_kept {
	enum filter_token token;
	const char *text;
};

struct filter_define {
	struct filter_define *next;
	const char *name;
	struct filter_kept *kept;
	size_t n;
};

/**
 * struct filter_lexer - reads a text token by token
 * @arena: where definitions are kept
 * @start: of the text
 * @next: what follows the token
 * @end: of the text
 * @next_pos: where @next stands
 * @token: the token
 * @pos: where it stands
 * @text: its text
 * @defines: what is defined
 * @replay: the definition that stands for the text, or NULL
 * @replay_at: its next token
 * @kept_total: tokens in definitions
 */
struct filter_lexer {
	struct filter_arena *arena;
	const char *start;
	const char *next;
	const char *end;
	struct filter_pos next_pos;
	enum filter_token token;
	struct filter_pos pos;
	char text[FILTER_TEXT_LEN];
	struct filter_define *defines;
	const struct filter_define *replay;
	size_t replay_at;
	size_t kept_total;
};

void filter_lex_init(struct filter_lexer *lex, struct filter_arena *arena,
		     const char *text, size_t len);
void filter_lex_next(struct filter_lexer *lex);

/* All that follows up to the end of the line becomes $NAME; what is wrong, or NULL. */
const char *filter_lex_define(struct filter_lexer *lex, const char *name, bool again);
bool filter_lex_undefine(struct filter_lexer *lex, const char *name);

#endif /* WEFT_FILTER_LEX_H */
