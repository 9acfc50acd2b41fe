// SPDX-License-Identifier: GPL-2.0
/* The tokens of a configuration file of weft router, see router_lex.h. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "router_lex.h"

static void step(struct router_lexer *lex)
{
	if (*lex->next++ == '\n') {
		lex->next_pos.line++;
		lex->next_pos.column = 1;
	} else {
		lex->next_pos.column++;
	}
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(char c)
{
	return c > ' ' && c <= '~' && c != '{' && c != '}' && c != ';' && c != '#';
}

/* Blanks, and comments to the end of their line. */
static void skip_space(struct router_lexer *lex)
{
	bool comment = false;

	for (; lex->next < lex->end; step(lex)) {
		if (*lex->next == '\n')
			comment = false;
		else if (*lex->next == '#')
			comment = true;
		else if (!comment && !is_space(*lex->next))
			return;
	}
}

static void take_word(struct router_lexer *lex)
{
	size_t n = 0;

	for (; lex->next < lex->end && is_word(*lex->next); step(lex))
		if (n < sizeof(lex->word) - 1)
			lex->word[n++] = *lex->next;
	lex->word[n] = '\0';
	lex->token = TOKEN_WORD;
}

static void take_mark(struct router_lexer *lex)
{
	static const char marks[] = "{};";
	static const enum router_token tokens[] = {
		TOKEN_OPEN, TOKEN_CLOSE, TOKEN_SEMICOLON,
	};
	unsigned char c = (unsigned char)*lex->next;
	const char *mark = c ? strchr(marks, c) : NULL;

	step(lex);
	if (mark) {
		lex->token = tokens[mark - marks];
		snprintf(lex->word, sizeof(lex->word), "%c", c);
	} else {
		lex->token = TOKEN_OTHER;
		snprintf(lex->word, sizeof(lex->word), "\\x%02x", c);
	}
}

/* Goes to the next token; behind the last one there is TOKEN_END for ever. */
void router_lex_next(struct router_lexer *lex)
{
	skip_space(lex);
	lex->pos = lex->next_pos;
	if (lex->next == lex->end) {
		lex->token = TOKEN_END;
		snprintf(lex->word, sizeof(lex->word), "end of file");
	} else if (is_word(*lex->next)) {
		take_word(lex);
	} else {
		take_mark(lex);
	}
}

/* Begins with the first token of @text, which has @len bytes of any kind. */
void router_lex_init(struct router_lexer *lex, const char *text, size_t len)
{
	lex->next = text;
	lex->end = text + len;
	lex->next_pos = (struct router_pos){ 1, 1 };
	router_lex_next(lex);
}
