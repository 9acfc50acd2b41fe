/* SPDX-License-Identifier: GPL-2.0 */
/* The tokens of a configuration file of weft router, and where they stand. */
#ifndef WEFT_ROUTER_LEX_H
#define WEFT_ROUTER_LEX_H

#include <stddef.h>

/* Bytes of a word with its final NUL; no longer one is of use. */
#define ROUTER_WORD_LEN	64

enum router_token {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_OPEN,		/* { */
	TOKEN_CLOSE,		/* } */
	TOKEN_SEMICOLON,
	TOKEN_OTHER,		/* a byte that no file should have */
};

/* A place in a file, both from 1. */
struct router_pos {
	unsigned int line;
	unsigned int column;
};

/**
 * struct router_lexer - reads a text token by token
 * @next: what follows the token
 * @end: of the text
 * @next_pos: where @next stands
 * @token: the token
 * @pos: where it stands
 * @word: the text of a word, cut at ROUTER_WORD_LEN; else how to call the token
 */
struct router_lexer {
	const char *next;
	const char *end;
	struct router_pos next_pos;
	enum router_token token;
	struct router_pos pos;
	char word[ROUTER_WORD_LEN];
};

void router_lex_init(struct router_lexer *lex, const char *text, size_t len);
void router_lex_next(struct router_lexer *lex);

#endif /* WEFT_ROUTER_LEX_H */
