// SPDX-License-Identifier: GPL-2.0
/* Options and payload of segments in scripts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"

#define ITEM_MAX	512

/* Copies what is before the next comma, and moves behind that. False at the end. */
static bool next_item(const char **text, char *item)
{
	size_t len;

	*text += strspn(*text, " \t");
	len = strcspn(*text, ",");
	if (!len || len >= ITEM_MAX)
		return false;
	memcpy(item, *text, len);
	while (len && (item[len - 1] == ' ' || item[len - 1] == '\t'))
		len--;
	item[len] = '\0';
	*text += strcspn(*text, ",");
	*text += **text == ',';
	return true;
}

/* --- options ----------------------------------------------------------------------- */

/* "FROM:TO" as often as there are some. */
static bool parse_sack(struct parse *p, const char *text, struct drill_opt *opt)
{
	long long from, to;
	int read;

	opt->kind = DRILL_OPT_SACK;
	while (sscanf(text, " %lld:%lld%n", &from, &to, &read) == 2) {
		if (opt->n == 8)
			return lex_error(&p->lex, "too many runs");
		opt->sack[opt->n].from = from;
		opt->sack[opt->n++].to = to;
		text += read;
	}
	if (!opt->n || text[strspn(text, " \t")])
		return lex_error(&p->lex, "sack cannot be '%s'", text);
	return true;
}

/* Bytes in hexadecimal. */
static bool parse_raw(struct parse *p, const char *text, struct drill_opt *opt)
{
	unsigned int byte;
	int read;

	opt->kind = DRILL_OPT_RAW;
	while (sscanf(text, " %2x%n", &byte, &read) == 1) {
		if (opt->n == DRILL_OPTS_MAX)
			return lex_error(&p->lex, "too many bytes");
		opt->raw[opt->n++] = byte;
		text += read;
	}
	if (!opt->n || text[strspn(text, " \t")])
		return lex_error(&p->lex, "raw cannot be '%s'", text);
	return true;
}

static bool parse_opt(struct parse *p, const char *item, struct drill_opt *opt)
{
	unsigned int n;
	int read = 0;

	if (!strncmp(item, "sack ", 5))
		return parse_sack(p, item + 5, opt);
	if (!strncmp(item, "raw ", 4))
		return parse_raw(p, item + 4, opt);
	if (sscanf(item, "mss %u%n", &n, &read) == 1 && !item[read] && n <= 65535)
		opt->kind = DRILL_OPT_MSS;
	else if (sscanf(item, "kind %u%n", &n, &read) == 1 && !item[read] && n <= 255)
		opt->kind = DRILL_OPT_KIND;
	else
		return lex_error(&p->lex, "no option '%s'", item);
	opt->value = n;
	return true;
}

/* What is between < and >: options with commas between them, or a star. */
bool parse_opts(struct parse *p, const char *text, struct drill_packet *packet)
{
	char item[ITEM_MAX];

	if (packet->opts_said)
		return lex_error(&p->lex, "options are said twice");
	packet->opts_said = true;
	if (!strcmp(text, "*")) {
		packet->opts_any = true;
		return true;
	}
	while (next_item(&text, item)) {
		if (packet->n_opts == 6)
			return lex_error(&p->lex, "too many options");
		if (!parse_opt(p, item, &packet->opt[packet->n_opts++]))
			return false;
	}
	if (*text || !packet->n_opts)
		return lex_error(&p->lex, "no option '%s'", text);
	return true;
}

/* --- payload ----------------------------------------------------------------------- */

static bool parse_part(struct parse *p, const char *item, struct drill_part *part)
{
	static const char * const names[] = {
		[DRILL_PART_MORE] = "more",
		[DRILL_PART_END] = "end",
		[DRILL_PART_DATA] = "data",
		[DRILL_PART_WORD] = "word",
		[DRILL_PART_BYTE] = "byte",
	};
	char name[8];
	unsigned int i;
	int read = 0;

	if (sscanf(item, "%7s %i@%i%n", name, (int *)&part->len, (int *)&part->at,
		   &read) < 3 &&
	    sscanf(item, "%7s %i%n", name, (int *)&part->len, &read) < 2)
		return lex_error(&p->lex, "no part '%s'", item);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			break;
	if (!read || item[read] || i == sizeof(names) / sizeof(names[0]) ||
	    (part->len > 65000 && i != DRILL_PART_WORD) ||
	    (part->len > 255 && i == DRILL_PART_BYTE))
		return lex_error(&p->lex, "no part '%s'", item);
	part->kind = i;
	return true;
}

/* How much of a segment a piece is. */
static uint32_t part_len(const struct drill_part *part)
{
	switch (part->kind) {
	case DRILL_PART_BYTE:
		return 1;
	case DRILL_PART_WORD:
		return 4;
	case DRILL_PART_DATA:
		return part->len;
	default:
		return 4 + part->len;
	}
}

/* What is between { and }: pieces of messages with commas between them. */
bool parse_parts(struct parse *p, const char *text, struct drill_packet *packet)
{
	char item[ITEM_MAX];

	while (next_item(&text, item)) {
		if (packet->n_parts == DRILL_PARTS_MAX)
			return lex_error(&p->lex, "too many parts");
		if (!parse_part(p, item, &packet->part[packet->n_parts]))
			return false;
		packet->parts_len += part_len(&packet->part[packet->n_parts++]);
	}
	if (*text || !packet->n_parts)
		return lex_error(&p->lex, "no part '%s'", text);
	return true;
}
