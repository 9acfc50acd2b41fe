// SPDX-License-Identifier: GPL-2.0
/* The tokens of a ruleset's text, see filter_lex.h. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "filter_lex.h"
#include "weft.h"

/* Definitions of definitions grow fast; no honest file comes near. */
#define KEPT_MAX	4000000

static void step(struct filter_lexer *lex)
{
	if (*lex->next++ == '\n') {
		lex->next_pos.line++;
		lex->next_pos.column = 1;
	} else {
		lex->next_pos.column++;
	}
}

static bool is_at(const struct filter_lexer *lex, size_t ahead, char c)
{
	return (size_t)(lex->end - lex->next) > ahead && lex->next[ahead] == c;
}

/* How long a line continuation is that stands here, 0 if there is none. */
static size_t continuation(const struct filter_lexer *lex)
{
	if (!is_at(lex, 0, '\\'))
		return 0;
	if (is_at(lex, 1, '\n'))
		return 2;
	return is_at(lex, 1, '\r') && is_at(lex, 2, '\n') ? 3 : 0;
}

/* Blanks, comments to the end of their line, and ends of lines behind a backslash. */
static void skip_space(struct filter_lexer *lex)
{
	bool comment = false;
	size_t n;

	while (lex->next < lex->end) {
		n = continuation(lex);
		if (n && !comment) {
			while (n--)
				step(lex);
			continue;
		}
		if (*lex->next == '\n')
			return;
		if (*lex->next == '#')
			comment = true;
		else if (!comment && *lex->next != ' ' && *lex->next != '\t' &&
			 *lex->next != '\r')
			return;
		step(lex);
	}
}

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '*';
}

static void put(struct filter_lexer *lex, size_t *n, char c)
{
	if (*n < sizeof(lex->text) - 1)
		lex->text[(*n)++] = c;
	else
		*n = sizeof(lex->text);
}

static void bad(struct filter_lexer *lex, const char *why)
{
	lex->token = FILTER_BAD;
	snprintf(lex->text, sizeof(lex->text), "%s", why);
}

/* How long an address is that stands here, 0 if there is none. */
static size_t address_len(const struct filter_lexer *lex)
{
	size_t left = (size_t)(lex->end - lex->next), n = 0, colons = 0;
	char text[WEFT_ADDRSTRLEN + 1];
	struct weft_addr addr;

	for (; n < left && (isxdigit((unsigned char)lex->next[n]) || lex->next[n] == ':'); n++)
		colons += lex->next[n] == ':';
	if (colons < 2 || (n < left && is_word(lex->next[n]) && lex->next[n] != '-' &&
			   lex->next[n] != '.'))
		return 0;
	/* The last colon may be that of a map. */
	if (n > 2 && lex->next[n - 1] == ':' && lex->next[n - 2] != ':')
		n--;
	if (n >= sizeof(text))
		return 0;
	memcpy(text, lex->next, n);
	text[n] = '\0';
	if (!weft_addr_parse(text, &addr))
		return n;
	/* 7::: accept */
	text[--n] = '\0';
	return weft_addr_parse(text, &addr) ? 0 : n;
}

static void end_text(struct filter_lexer *lex, size_t n)
{
	if (n >= sizeof(lex->text))
		bad(lex, "the word is too long");
	else
		lex->text[n] = '\0';
}

static void take_address(struct filter_lexer *lex, size_t len)
{
	size_t n = 0;

	lex->token = FILTER_WORD;
	while (len--) {
		put(lex, &n, *lex->next);
		step(lex);
	}
	end_text(lex, n);
}

/* 10-20 is a range, 1.5 a number, and 1 . 5 a concatenation. */
static bool ends_number(const struct filter_lexer *lex)
{
	if (*lex->next == '.')
		return lex->end - lex->next < 2 || !is_digit(lex->next[1]);
	return *lex->next == '-' || *lex->next == '*';
}

static void take_word(struct filter_lexer *lex)
{
	bool number = is_digit(*lex->next);
	size_t n = 0;

	lex->token = FILTER_WORD;
	while (lex->next < lex->end && is_word(*lex->next) && !(number && ends_number(lex))) {
		put(lex, &n, *lex->next);
		step(lex);
	}
	end_text(lex, n);
}

static void take_string(struct filter_lexer *lex)
{
	size_t n = 0;

	lex->token = FILTER_STRING;
	for (step(lex); lex->next < lex->end && *lex->next != '"'; step(lex)) {
		char c = *lex->next;

		if (c == '\n' || !c)
			break;
		if (c == '\\' && (is_at(lex, 1, '"') || is_at(lex, 1, '\\'))) {
			step(lex);
			c = *lex->next;
		} else if (c == '\\' && is_at(lex, 1, 'n')) {
			step(lex);
			c = '\n';
		}
		put(lex, &n, c);
	}
	if (!is_at(lex, 0, '"')) {
		bad(lex, "the quote is not closed");
		return;
	}
	step(lex);
	end_text(lex, n);
}

static void take_mark(struct filter_lexer *lex)
{
	char c = *lex->next;

	if (!c || !strchr("{}(),.:@/-+=!<>&|%", c)) {
		step(lex);
		lex->token = FILTER_BAD;
		snprintf(lex->text, sizeof(lex->text),
			 isprint((unsigned char)c) ? "'%c' does not belong here" :
			 "the byte \\x%02x does not belong here", (unsigned char)c);
		return;
	}
	lex->token = FILTER_MARK;
	step(lex);
	if (strchr("=!<>", c) && is_at(lex, 0, '=')) {
		step(lex);
		snprintf(lex->text, sizeof(lex->text), "%c=", c);
	} else {
		snprintf(lex->text, sizeof(lex->text), "%c", c);
	}
}

/* --- definitions -------------------------------------------------------------------- */

static struct filter_define *find(const struct filter_lexer *lex, const char *name)
{
	struct filter_define *d;

	for (d = lex->defines; d && strcmp(d->name, name);)
		d = d->next;
	return d;
}

/* Gives the next token of the definition that is put in; false at its end. */
static bool replay(struct filter_lexer *lex)
{
	const struct filter_kept *k;

	if (!lex->replay)
		return false;
	if (lex->replay_at == lex->replay->n) {
		lex->replay = NULL;
		return false;
	}
	k = &lex->replay->kept[lex->replay_at++];
	lex->token = k->token;
	snprintf(lex->text, sizeof(lex->text), "%s", k->text);
	return true;
}

static void take_variable(struct filter_lexer *lex)
{
	struct filter_define *d;
	size_t n = 0;

	step(lex);
	while (lex->next < lex->end && (is_letter(*lex->next) || is_digit(*lex->next))) {
		put(lex, &n, *lex->next);
		step(lex);
	}
	end_text(lex, n);
	d = find(lex, lex->text);
	if (!d) {
		char name[FILTER_TEXT_LEN];

		memcpy(name, lex->text, sizeof(name));
		lex->token = FILTER_BAD;
		snprintf(lex->text, sizeof(lex->text), "'$%.200s' is not defined", name);
		return;
	}
	lex->replay = d;
	lex->replay_at = 0;
	if (!replay(lex))
		bad(lex, "the definition is empty");
}

const char *filter_lex_define(struct filter_lexer *lex, const char *name, bool again)
{
	struct filter_define *d = find(lex, name);
	struct filter_define *made;
	size_t room = 0, depth = 0;

	if (d && !again)
		return "it is defined already; 'redefine' changes that";
	made = filter_alloc(lex->arena, sizeof(*made));
	made->name = filter_strdup(lex->arena, name);
	for (; lex->token != FILTER_END; filter_lex_next(lex)) {
		if (lex->token == FILTER_BAD)
			return lex->text;
		if (lex->token == FILTER_NEWLINE) {
			if (!depth)
				break;
			continue;
		}
		if (lex->token == FILTER_MARK && lex->text[0] == '{')
			depth++;
		if (lex->token == FILTER_MARK && lex->text[0] == '}' && !depth--)
			return "no brace is open";
		if (made->n == room) {
			room = room ? room * 2 : 4;
			made->kept = filter_grow(lex->arena, made->kept,
						 made->n * sizeof(*made->kept),
						 room * sizeof(*made->kept));
		}
		if (++lex->kept_total > KEPT_MAX)
			return "the definitions are too long";
		made->kept[made->n].token = lex->token;
		made->kept[made->n++].text = filter_strdup(lex->arena, lex->text);
	}
	if (!made->n)
		return "the definition is empty";
	if (depth)
		return "a brace is not closed";
	filter_lex_undefine(lex, name);
	made->next = lex->defines;
	lex->defines = made;
	return NULL;
}

bool filter_lex_undefine(struct filter_lexer *lex, const char *name)
{
	struct filter_define **d;

	for (d = &lex->defines; *d; d = &(*d)->next) {
		if (strcmp((*d)->name, name))
			continue;
		*d = (*d)->next;
		return true;
	}
	return false;
}

/* --- the text ----------------------------------------------------------------------- */

/* Goes to the next token; behind the last one there is FILTER_END for ever. */
void filter_lex_next(struct filter_lexer *lex)
{
	size_t len;

	if (replay(lex))
		return;
	skip_space(lex);
	lex->pos = lex->next_pos;
	if (lex->next == lex->end) {
		lex->token = FILTER_END;
		snprintf(lex->text, sizeof(lex->text), "end of file");
		return;
	}
	if (*lex->next == '\n' || *lex->next == ';') {
		lex->token = FILTER_NEWLINE;
		snprintf(lex->text, sizeof(lex->text), "%s",
			 *lex->next == ';' ? ";" : "end of line");
		step(lex);
		return;
	}
	len = address_len(lex);
	if (len)
		take_address(lex, len);
	else if (is_letter(*lex->next) || is_digit(*lex->next) || *lex->next == '*')
		take_word(lex);
	else if (*lex->next == '"')
		take_string(lex);
	else if (*lex->next == '$')
		take_variable(lex);
	else
		take_mark(lex);
}

void filter_lex_init(struct filter_lexer *lex, struct filter_arena *arena,
		     const char *text, size_t len)
{
	memset(lex, 0, sizeof(*lex));
	lex->arena = arena;
	lex->start = text;
	lex->next = text;
	lex->end = text + len;
	lex->next_pos = (struct filter_pos){ 1, 1 };
	filter_lex_next(lex);
}
