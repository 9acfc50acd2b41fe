// SPDX-License-Identifier: GPL-2.0
/* The words of a line of a script. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lex.h"

bool lex_error(struct lex *lex, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(lex->why, lex->size, format, args);
	va_end(args);
	return false;
}

/* The end of a word that begins at @p. NULL if a bracket is missing. */
static char *word_end(char *p)
{
	char close = *p == '{' ? '}' : '>';

	/* A lone '<' is a packet's direction, and so is '>'. */
	if (*p == '{' || (*p == '<' && p[1] && !isspace(p[1])))
		return strchr(p, close);
	while (*p && !isspace(*p))
		p++;
	return p;
}

/* Divides a line into words; '#' begins a comment. */
bool lex_line(struct lex *lex, const char *line, size_t len)
{
	char *p = lex->text, *end;

	lex->n = 0;
	lex->at = 0;
	if (len >= sizeof(lex->text))
		return lex_error(lex, "the line is too long");
	memcpy(p, line, len);
	p[len] = '\0';
	p[strcspn(p, "#")] = '\0';
	for (;;) {
		while (isspace(*p))
			p++;
		if (!*p)
			return true;
		if (lex->n == LEX_WORDS_MAX)
			return lex_error(lex, "too many words");
		end = word_end(p);
		if (!end)
			return lex_error(lex, "a bracket is not closed");
		lex->word[lex->n++] = p;
		p = end;
		if (*p)
			*p++ = '\0';
	}
}

/* The next word, which stays; NULL if there is none. */
const char *lex_peek(const struct lex *lex)
{
	return lex->at < lex->n ? lex->word[lex->at] : NULL;
}

const char *lex_next(struct lex *lex)
{
	return lex->at < lex->n ? lex->word[lex->at++] : NULL;
}

/* Takes the next word if it is this one. */
bool lex_take(struct lex *lex, const char *word)
{
	const char *next = lex_peek(lex);

	if (!next || strcmp(next, word))
		return false;
	lex->at++;
	return true;
}

/* Takes a word of letters, digits and what names and patterns have between them. */
bool lex_name(struct lex *lex, const char *what, char *name, size_t size)
{
	const char *word = lex_next(lex), *p;

	if (!word)
		return lex_error(lex, "%s is missing", what);
	for (p = word; *p; p++)
		if (!isalnum(*p) && !strchr("_.-*", *p))
			return lex_error(lex, "%s cannot be '%s'", what, word);
	if (strlen(word) >= size)
		return lex_error(lex, "'%s' is too long", word);
	strcpy(name, word);
	return true;
}

bool lex_parse_number(const char *word, long long *n)
{
	char *end;

	errno = 0;
	*n = strtoll(word, &end, 0);
	return end != word && !*end && !errno;
}

bool lex_number(struct lex *lex, const char *what, long long *n)
{
	const char *word = lex_next(lex);

	if (!word)
		return lex_error(lex, "%s is missing", what);
	if (!lex_parse_number(word, n))
		return lex_error(lex, "%s is no number: '%s'", what, word);
	return true;
}

bool lex_range(struct lex *lex, const char *what, long long least, long long most,
	       long long *n)
{
	if (!lex_number(lex, what, n))
		return false;
	if (*n < least || *n > most)
		return lex_error(lex, "%s must be %lld to %lld", what, least, most);
	return true;
}

/* Reads seconds with up to six decimals and moves @word behind them. */
bool lex_parse_seconds(const char **word, long long *us)
{
	const char *p = *word;
	long long unit = DRILL_US;

	*us = 0;
	while (isdigit(*p) && *us < 1000000 * DRILL_US)
		*us = *us * 10 + (*p++ - '0') * DRILL_US;
	if (*p == '.') {
		p++;
		while (isdigit(*p) && unit > 1) {
			unit /= 10;
			*us += (*p++ - '0') * unit;
		}
	}
	if (p == *word || (p == *word + 1 && **word == '.'))
		return false;
	*word = p;
	return true;
}
