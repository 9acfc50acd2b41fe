// SPDX-License-Identifier: GPL-2.0
/* What the parts of the parser share: errors, words, names. See filter_parse.h. */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "filter_field.h"
#include "filter_parse.h"

/* Of a line that is told, so many bytes, and so many of them before the error. */
#define SHOWN		120
#define SHOWN_BEFORE	70

/* --- errors ------------------------------------------------------------------------- */

/* The line with the error, or its part around it, and a caret below. */
static void show_line(const struct filter_source *src, struct filter_pos pos)
{
	const char *end = src->text + src->len, *s = src->text, *to;
	unsigned int line, before = pos.column - 1;
	const char *c;

	for (line = 1; line < pos.line && s < end; line++) {
		s = memchr(s, '\n', (size_t)(end - s));
		if (!s)
			return;
		s++;
	}
	to = memchr(s, '\n', (size_t)(end - s));
	to = to ? to : end;
	if (before > (size_t)(to - s))
		before = (unsigned int)(to - s);
	if (before > SHOWN_BEFORE) {
		s += before - SHOWN_BEFORE;
		before = SHOWN_BEFORE;
	}
	if (to - s > SHOWN)
		to = s + SHOWN;
	for (c = s; c < to; c++)
		fputc(*c == '\t' || isprint((unsigned char)*c) ? *c : '?', src->err);
	fputc('\n', src->err);
	for (c = s; before--; c++)
		fputc(*c == '\t' ? '\t' : ' ', src->err);
	fputs("^\n", src->err);
}

static void __attribute__((format(printf, 3, 0)))
tell(const struct filter_source *src, struct filter_pos pos, const char *fmt, va_list ap)
{
	fprintf(src->err, "%s:%u:%u: ", src->name, pos.line, pos.column);
	vfprintf(src->err, fmt, ap);
	fputc('\n', src->err);
	show_line(src, pos);
}

void filter_tell(const struct filter_source *src, struct filter_pos pos, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(src, pos, fmt, ap);
	va_end(ap);
}

/* The first error is told; then there is nothing more to read, so that all comes to an end. */
void filter_error(struct filter_parser *p, struct filter_pos pos, const char *fmt, ...)
{
	va_list ap;

	if (!p->failed) {
		va_start(ap, fmt);
		tell(p->src, pos, fmt, ap);
		va_end(ap);
	}
	p->failed = true;
	p->lex.replay = NULL;
	p->lex.next = p->lex.end;
	p->lex.token = FILTER_END;
	p->lex.text[0] = '\0';
}

void filter_unexpected(struct filter_parser *p, const char *wanted)
{
	struct filter_lexer *lex = &p->lex;
	char text[FILTER_TEXT_LEN];

	memcpy(text, lex->text, sizeof(text));
	if (lex->token == FILTER_BAD)
		filter_error(p, lex->pos, "%s", text);
	else if (lex->token == FILTER_END || lex->token == FILTER_NEWLINE)
		filter_error(p, lex->pos, "%s: expected %s", text, wanted);
	else
		filter_error(p, lex->pos, "'%s': expected %s", text, wanted);
}

/* --- words -------------------------------------------------------------------------- */

bool filter_is_mark(const struct filter_parser *p, const char *mark)
{
	return p->lex.token == FILTER_MARK && !strcmp(p->lex.text, mark);
}

bool filter_is_word(const struct filter_parser *p, const char *word)
{
	return p->lex.token == FILTER_WORD && !strcmp(p->lex.text, word);
}

bool filter_take_mark(struct filter_parser *p, const char *mark)
{
	if (!filter_is_mark(p, mark))
		return false;
	filter_lex_next(&p->lex);
	return true;
}

bool filter_take_word(struct filter_parser *p, const char *word)
{
	if (!filter_is_word(p, word))
		return false;
	filter_lex_next(&p->lex);
	return true;
}

void filter_want_mark(struct filter_parser *p, const char *mark)
{
	char wanted[8];

	if (filter_take_mark(p, mark))
		return;
	snprintf(wanted, sizeof(wanted), "'%s'", mark);
	filter_unexpected(p, wanted);
}

void filter_skip_lines(struct filter_parser *p)
{
	while (p->lex.token == FILTER_NEWLINE)
		filter_lex_next(&p->lex);
}

bool filter_at_end(const struct filter_parser *p)
{
	return p->lex.token == FILTER_NEWLINE || p->lex.token == FILTER_END ||
	       filter_is_mark(p, "}");
}

void filter_want_end(struct filter_parser *p)
{
	if (!filter_at_end(p))
		filter_unexpected(p, "the end of the statement");
}

uint64_t filter_want_number(struct filter_parser *p, uint64_t max, const char *wanted)
{
	struct filter_pos pos = p->lex.pos;
	uint64_t n;

	if (p->lex.token != FILTER_WORD || !filter_number(p->lex.text, &n)) {
		filter_unexpected(p, wanted);
		return 0;
	}
	if (n > max) {
		filter_error(p, pos, "%s is %" PRIu64 " at most", wanted, max);
		return 0;
	}
	filter_lex_next(&p->lex);
	return n;
}

/* Milliseconds. */
uint64_t filter_want_time(struct filter_parser *p)
{
	uint64_t ms;

	if (p->lex.token != FILTER_WORD || !filter_time_read(p->lex.text, &ms)) {
		filter_unexpected(p, "a time such as 1h30m");
		return 0;
	}
	filter_lex_next(&p->lex);
	return ms;
}

/* A word or a string of less than @size bytes; never NULL. */
const char *filter_want_string(struct filter_parser *p, size_t size, const char *wanted)
{
	const char *s;

	if (p->lex.token != FILTER_WORD && p->lex.token != FILTER_STRING) {
		filter_unexpected(p, wanted);
		return "";
	}
	if (strlen(p->lex.text) >= size) {
		filter_error(p, p->lex.pos, "%s has %zu bytes at most", wanted, size - 1);
		return "";
	}
	s = filter_strdup(p->arena, p->lex.text);
	filter_lex_next(&p->lex);
	return s;
}

void filter_want_name(struct filter_parser *p, char name[WEFT_FILTER_NAME_MAX],
		      const char *wanted)
{
	struct filter_pos pos = p->lex.pos;
	const char *s = filter_want_string(p, WEFT_FILTER_NAME_MAX, wanted);

	if (!*s)
		filter_error(p, pos, "%s must not be empty", wanted);
	snprintf(name, WEFT_FILTER_NAME_MAX, "%s", s);
}

const char *filter_want_comment(struct filter_parser *p)
{
	return filter_want_string(p, WEFT_FILTER_COMMENT_MAX, "a comment");
}

/* False when there is no verdict here. */
bool filter_take_verdict(struct filter_parser *p, struct filter_verdict *v)
{
	static const struct filter_name names[] = {
		{ "accept", WEFT_FILTER_ACCEPT },
		{ "drop", WEFT_FILTER_DROP },
		{ "jump", WEFT_FILTER_JUMP },
		{ "goto", WEFT_FILTER_GOTO },
		{ "return", WEFT_FILTER_RETURN },
		{ "continue", WEFT_FILTER_CONTINUE },
		{ NULL, 0 }
	};
	const struct filter_name *n;

	if (p->lex.token != FILTER_WORD)
		return false;
	for (n = names; n->text && strcmp(n->text, p->lex.text);)
		n++;
	if (!n->text)
		return false;
	filter_lex_next(&p->lex);
	v->code = (uint32_t)n->value;
	if (v->code == WEFT_FILTER_JUMP || v->code == WEFT_FILTER_GOTO)
		filter_want_name(p, v->chain, "the name of a chain");
	return true;
}

struct filter_command *filter_command_add(struct filter_parser *p, enum filter_op op,
					  enum filter_noun noun, struct filter_pos pos)
{
	struct filter_command *c = filter_alloc(p->arena, sizeof(*c));

	c->op = op;
	c->noun = noun;
	c->pos = pos;
	*p->last = c;
	p->last = &c->next;
	return c;
}
