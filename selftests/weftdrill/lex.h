/* SPDX-License-Identifier: GPL-2.0 */
/* The words of a line of a script, and what single words mean. */
#ifndef LEX_H
#define LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "script.h"

#define LEX_WORDS_MAX	64

/**
 * struct lex - a line in words; <...> and {...} are one each, their brackets replaced
 * by the leading '<' or '{'
 * @text: the words
 * @word: where each begins
 * @n: how many there are
 * @at: the next one
 * @why: what is wrong, where lex_error() writes it
 * @size: bytes at @why
 */
struct lex {
	char text[1024];
	char *word[LEX_WORDS_MAX];
	int n, at;
	char *why;
	size_t size;
};

/* Notes what is wrong. Returns false for the caller to pass on. */
__attribute__((format(printf, 2, 3)))
bool lex_error(struct lex *lex, const char *format, ...);
bool lex_line(struct lex *lex, const char *line, size_t len);
const char *lex_peek(const struct lex *lex);
const char *lex_next(struct lex *lex);
bool lex_take(struct lex *lex, const char *word);
bool lex_name(struct lex *lex, const char *what, char *name, size_t size);
bool lex_number(struct lex *lex, const char *what, long long *n);
bool lex_range(struct lex *lex, const char *what, long long least, long long most,
	       long long *n);
bool lex_parse_number(const char *word, long long *n);
bool lex_parse_seconds(const char **word, long long *us);

#endif /* LEX_H */
