// SPDX-License-Identifier: GPL-2.0
/* The values in a configuration file of weft router, see router_value.h. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "router_value.h"

/* --- errors ------------------------------------------------------------------------ */

/* Tells an error in one line. */
void router_error(struct router_parser *p, struct router_pos pos, const char *fmt, ...)
{
	va_list ap;

	if (p->errors++ >= ROUTER_ERRORS_MAX)
		return;
	fprintf(p->err, "%s:%u:%u: ", p->name, pos.line, pos.column);
	va_start(ap, fmt);
	vfprintf(p->err, fmt, ap);
	va_end(ap);
	fputc('\n', p->err);
	if (p->errors == ROUTER_ERRORS_MAX)
		fprintf(p->err, "%s: no more errors are told\n", p->name);
}

/* Tells that the token is not what is wanted; returns false. */
bool router_unexpected(struct router_parser *p, const char *wanted)
{
	const char *quote = p->lex.token == TOKEN_END ? "" : "'";

	router_error(p, p->lex.pos, "%s%s%s is not %s", quote, p->lex.word, quote,
		     wanted);
	return false;
}

/* --- numbers and times ------------------------------------------------------------- */

/* Decimal digits at *text, which goes behind them; -1 without any or for too many. */
static int64_t digits(const char **text)
{
	const char *s = *text;
	int64_t n = 0;

	for (; *s >= '0' && *s <= '9'; s++) {
		n = n * 10 + (*s - '0');
		if (n > UINT32_MAX)
			return -1;
	}
	if (s == *text)
		return -1;
	*text = s;
	return n;
}

/* Milliseconds of a number and a unit; @unit is that of a number alone. -1: neither. */
static int64_t duration(const char *text, int64_t unit)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 }, { "h", 3600 * 1000 },
		{ "d", 24 * 3600 * 1000 }, { "w", 7 * 24 * 3600 * 1000 },
	};
	int64_t n = digits(&text);
	size_t i;

	if (n < 0)
		return -1;
	if (!*text)
		return n * unit;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(text, units[i].name))
			return n * units[i].ms;
	return -1;
}

/* The same in seconds, and no part of one. */
static int64_t seconds(const char *text)
{
	int64_t ms = duration(text, 1000);

	return ms < 0 || ms % 1000 ? -1 : ms / 1000;
}

static bool out_of_range(struct router_parser *p, const char *what, uint32_t min,
			 uint32_t max, const char *unit)
{
	char wanted[80];

	snprintf(wanted, sizeof(wanted), "%s from %u to %u%s", what, min, max, unit);
	return router_unexpected(p, wanted);
}

static bool take(struct router_parser *p, int64_t n, uint32_t *value)
{
	*value = (uint32_t)n;
	router_lex_next(&p->lex);
	return true;
}

bool router_take_number(struct router_parser *p, uint32_t min, uint32_t max,
			uint32_t *value)
{
	const char *s = p->lex.word;
	int64_t n = p->lex.token == TOKEN_WORD ? digits(&s) : -1;

	if (n < min || n > max || *s)
		return out_of_range(p, "a number", min, max, "");
	return take(p, n, value);
}

bool router_take_seconds(struct router_parser *p, uint32_t min, uint32_t max,
			 uint32_t *value)
{
	int64_t n = p->lex.token == TOKEN_WORD ? seconds(p->lex.word) : -1;

	if (n < min || n > max)
		return out_of_range(p, "a time", min, max, " seconds");
	return take(p, n, value);
}

bool router_take_lifetime(struct router_parser *p, uint32_t *value)
{
	int64_t n;

	if (p->lex.token == TOKEN_WORD && !strcmp(p->lex.word, "forever"))
		return take(p, UINT32_MAX, value);
	n = p->lex.token == TOKEN_WORD ? seconds(p->lex.word) : -1;
	if (n < 0 || n >= UINT32_MAX)
		return router_unexpected(p, "a time as 90, 90s, 30m, 12h or 7d, or 'forever'");
	return take(p, n, value);
}

bool router_take_ms(struct router_parser *p, uint32_t min, uint32_t max, uint32_t *value)
{
	int64_t n = p->lex.token == TOKEN_WORD ? duration(p->lex.word, 1000) : -1;

	if (n < min || n > max)
		return out_of_range(p, "a time", min, max, " ms");
	return take(p, n, value);
}

/* LOW..HIGH or one time alone, which is left in @high. */
bool router_take_range(struct router_parser *p, uint32_t *low, uint32_t *high, bool *both)
{
	char text[ROUTER_WORD_LEN];
	int64_t from = 0, to = -1;
	char *dots = NULL;

	if (p->lex.token == TOKEN_WORD) {
		strcpy(text, p->lex.word);
		dots = strstr(text, "..");
		to = seconds(dots ? dots + 2 : text);
		if (dots) {
			*dots = '\0';
			from = seconds(text);
		}
	}
	if (from < 0 || to < 0 || from > UINT32_MAX || to > UINT32_MAX)
		return router_unexpected(p, "a time or two as 200..600");
	*both = dots;
	*low = (uint32_t)from;
	return take(p, to, high);
}

/* --- words ------------------------------------------------------------------------- */

/* The number of the word among @names, which end with NULL; -1 after telling. */
static int choose(struct router_parser *p, const char *const *names, const char *wanted)
{
	int i;

	for (i = 0; p->lex.token == TOKEN_WORD && names[i]; i++) {
		if (strcmp(p->lex.word, names[i]))
			continue;
		router_lex_next(&p->lex);
		return i;
	}
	router_unexpected(p, wanted);
	return -1;
}

bool router_take_switch(struct router_parser *p, bool *on)
{
	static const char *const names[] = { "off", "on", NULL };
	int n = choose(p, names, "'on' or 'off'");

	*on = n == 1;
	return n >= 0;
}

bool router_take_preference(struct router_parser *p, uint8_t *pref)
{
	static const char *const names[] = { "low", "medium", "high", NULL };
	static const uint8_t values[] = { WEFT_RA_PREF_LOW, 0, WEFT_RA_PREF_HIGH };
	int n = choose(p, names, "'low', 'medium' or 'high'");

	if (n < 0)
		return false;
	*pref = values[n];
	return true;
}

/* --- prefixes ---------------------------------------------------------------------- */

/* An address that a prefix may begin with: no group, and not of one node or link. */
static bool is_global(const struct weft_addr *addr)
{
	return !weft_addr_is_multicast(addr) && !weft_addr_is_linklocal(addr) &&
	       !weft_addr_is_loopback(addr) && !weft_addr_is_any(addr);
}

bool router_take_prefix(struct router_parser *p, struct weft_addr *addr, unsigned int *len)
{
	char text[WEFT_PREFIXSTRLEN];
	struct weft_addr start;

	if (p->lex.token != TOKEN_WORD || !strchr(p->lex.word, '/') ||
	    weft_prefix_parse(p->lex.word, addr, len))
		return router_unexpected(p, "a prefix as 7::/16");
	start = *addr;
	weft_addr_mask(&start, *len);
	if (!weft_addr_equal(&start, addr)) {
		router_error(p, p->lex.pos, "'%s' has bits behind its length, the prefix is %s",
			     p->lex.word, weft_prefix_format(&start, *len, text, sizeof(text)));
		return false;
	}
	if (!is_global(addr))
		return router_unexpected(p, "a prefix of global addresses");
	router_lex_next(&p->lex);
	return true;
}
