// SPDX-License-Identifier: GPL-2.0
/* Segments and control messages in scripts. */
#include <ctype.h>
#include <linux/weft.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "names.h"
#include "parse.h"

/* Takes "@NAME"; without it the name of the connection of a script that has one. */
bool parse_conn(struct parse *p, char *conn)
{
	const char *word = lex_peek(&p->lex);

	if (!word || *word != '@') {
		strcpy(conn, DRILL_CONN_DEFAULT);
		return true;
	}
	p->lex.word[p->lex.at]++;
	return lex_name(&p->lex, "connection", conn, DRILL_NAME);
}

/* --- numbers ----------------------------------------------------------------------- */

/* "FROM", "FROM(LEN)", "FROM:TO" or "FROM:TO(LEN)". */
static bool parse_seq(struct parse *p, struct drill_packet *packet)
{
	const char *word = lex_next(&p->lex);
	long long from, to, len;
	int read = 0;

	if (!word)
		return lex_error(&p->lex, "sequence number is missing");
	if (!strcmp(word, "*")) {
		packet->seq_any = true;
		return true;
	}
	if (sscanf(word, "%lld:%lld(%lld)%n", &from, &to, &len, &read) == 3 && read)
		;
	else if (sscanf(word, "%lld:%lld%n", &from, &to, &read) == 2 && read)
		len = to - from;
	else if (sscanf(word, "%lld(%lld)%n", &from, &len, &read) == 2 && read)
		to = from + len;
	else if (sscanf(word, "%lld%n", &from, &read) == 1)
		to = from, len = 0;
	if (!read || word[read])
		return lex_error(&p->lex, "no sequence number: '%s'", word);
	if (to - from != len)
		return lex_error(&p->lex, "%lld to %lld are not %lld bytes", from, to, len);
	if (len < 0 || len > 65000)
		return lex_error(&p->lex, "no segment has %lld bytes", len);
	packet->seq = from;
	packet->len = len;
	return true;
}

/* "N" or "LEAST..MOST" */
static bool parse_span(const char *word, struct drill_expr *e)
{
	char text[64], *dots;

	if (strlen(word) >= sizeof(text))
		return false;
	strcpy(text, word);
	dots = strstr(text, "..");
	if (dots)
		*dots = '\0';
	return lex_parse_number(text, &e->n) &&
	       lex_parse_number(dots ? dots + 2 : text, &e->to) && e->to >= e->n;
}

/* What follows "now" or a name: nothing, or a sign and a span. */
static bool parse_offset(const char *word, struct drill_expr *e)
{
	return !*word || ((*word == '+' || *word == '-') && isdigit(word[1]) &&
			  parse_span(word, e));
}

static bool parse_named(struct parse *p, const char *word, struct drill_expr *e)
{
	const char *begin = word;
	size_t len;

	if (*begin == '=')
		begin++;
	for (len = 0; isalnum(begin[len]) || begin[len] == '_'; len++)
		;
	if (!len || !isalpha(*begin) || len >= sizeof(e->name))
		return lex_error(&p->lex, "no value: '%s'", word);
	memcpy(e->name, begin, len);
	e->name[len] = '\0';
	e->kind = !strcmp(e->name, "now") ? DRILL_EXPR_NOW : DRILL_EXPR_NAME;
	if (*word == '=')
		e->kind = DRILL_EXPR_KEEP;
	if (!parse_offset(begin + len, e) || (*word == '=' && begin[len]))
		return lex_error(&p->lex, "no value: '%s'", word);
	return true;
}

/* "*", "N", "LEAST..MOST", "now", "now-N", "NAME", "NAME+LEAST..MOST", "=NAME". */
static bool parse_expr(struct parse *p, const char *what, struct drill_expr *e)
{
	const char *word = lex_next(&p->lex);

	if (!word)
		return lex_error(&p->lex, "%s is missing", what);
	if (e->kind)
		return lex_error(&p->lex, "%s is said twice", what);
	if (!strcmp(word, "*")) {
		e->kind = DRILL_EXPR_ANY;
		return true;
	}
	if (!isdigit(*word) && *word != '-')
		return parse_named(p, word, e);
	e->kind = DRILL_EXPR_NUMBER;
	if (!parse_span(word, e))
		return lex_error(&p->lex, "no value: '%s'", word);
	return true;
}

/* --- what stands behind the numbers ------------------------------------------------ */

static bool parse_ecn(struct parse *p, struct drill_packet *packet)
{
	static const struct drill_word words[] = {
		{ "0", 0 }, { "ect1", 1 }, { "ect0", 2 }, { "ce", 3 }, { NULL, 0 },
	};
	const char *word = lex_next(&p->lex);
	long long n;

	if (!word || !drill_word_find(words, word, &n))
		return lex_error(&p->lex, "ecn is 0, ect0, ect1 or ce");
	packet->ecn = n;
	return true;
}

/* A field that is sent wrong on purpose. Returns false with nothing said if it is none. */
static bool parse_wrong(struct parse *p, const char *word, struct drill_packet *packet)
{
	long long n = 0;
	bool good = true;

	*p->lex.why = '\0';
	if (!strcmp(word, "badsum")) {
		packet->bad_sum = true;
	} else if (!strcmp(word, "hlen")) {
		good = lex_range(&p->lex, "length", 0, 255, &n);
		packet->hdr_len = n;
	} else if (!strcmp(word, "cut")) {
		good = lex_range(&p->lex, "cut", 0, 255, &n);
		packet->cut = n;
	} else if (!strcmp(word, "sport")) {
		good = lex_range(&p->lex, "port", 0, 65535, &n);
		packet->sport = n;
	} else if (!strcmp(word, "dport")) {
		good = lex_range(&p->lex, "port", 0, 65535, &n);
		packet->dport = n;
	} else if (!strcmp(word, "stream")) {
		good = lex_range(&p->lex, "stream", 0, 65535, &n);
		packet->stream = n;
	} else if (!strcmp(word, "reserved")) {
		good = lex_range(&p->lex, "reserved", 0, 65535, &n);
		packet->reserved = n;
	} else if (!strcmp(word, "hops")) {
		good = lex_range(&p->lex, "hops", 0, 255, &n);
		packet->hops = n;
	} else {
		return false;
	}
	return good;
}

static bool parse_each(struct parse *p)
{
	long long n;

	if (!lex_range(&p->lex, "each", 1, 65000, &n))
		return false;
	p->each = n;
	return true;
}

static bool parse_item(struct parse *p, struct drill_packet *packet)
{
	const char *word = lex_next(&p->lex);

	if (*word == '<')
		return parse_opts(p, word + 1, packet);
	if (*word == '{')
		return parse_parts(p, word + 1, packet);
	if (!strcmp(word, "ack"))
		return parse_expr(p, "ack", &packet->ack);
	if (!strcmp(word, "win"))
		return parse_expr(p, "win", &packet->win);
	if (!strcmp(word, "stamp"))
		return parse_expr(p, "stamp", &packet->stamp);
	if (!strcmp(word, "echo"))
		return parse_expr(p, "echo", &packet->echo);
	if (!strcmp(word, "ecn"))
		return parse_ecn(p, packet);
	if (!strcmp(word, "each"))
		return parse_each(p);
	if (packet->out && !strcmp(word, "new")) {
		packet->new_isn = true;
		return true;
	}
	if (!packet->out) {
		if (parse_wrong(p, word, packet))
			return true;
		if (*p->lex.why)
			return false;
	}
	return lex_error(&p->lex, "a segment has no '%s'", word);
}

/* Numbers that are sent must be known; those that come need not be. */
static bool check_expr(struct parse *p, const struct drill_packet *packet,
		       const char *what, const struct drill_expr *e)
{
	if ((e == &packet->ack || e == &packet->win) && e->kind > DRILL_EXPR_NUMBER)
		return lex_error(&p->lex, "%s is a number", what);
	if (!packet->out && (e->kind == DRILL_EXPR_ANY || e->n != e->to))
		return lex_error(&p->lex, "%s needs a number", what);
	return true;
}

static bool check_packet(struct parse *p, struct drill_packet *packet)
{
	if ((packet->flags & WEFT_STREAM_ACK) && !packet->ack.kind)
		return lex_error(&p->lex, "ack is missing");
	if (!check_expr(p, packet, "ack", &packet->ack) ||
	    !check_expr(p, packet, "win", &packet->win) ||
	    !check_expr(p, packet, "stamp", &packet->stamp) ||
	    !check_expr(p, packet, "echo", &packet->echo))
		return false;
	if (!packet->out && (packet->flags_any || packet->seq_any || packet->opts_any))
		return lex_error(&p->lex, "what is sent must be told");
	if (!packet->n_parts)
		return true;
	if (packet->len && packet->len != packet->parts_len)
		return lex_error(&p->lex, "the parts are %u bytes", packet->parts_len);
	if (p->each)
		return lex_error(&p->lex, "parts are of one segment");
	packet->len = packet->parts_len;
	return true;
}

/* [@CONNECTION] FLAGS [SEQ] [ITEM...], behind the direction, which is in @packet. */
bool parse_packet(struct parse *p, struct drill_packet *packet)
{
	const char *word;

	packet->ecn = -1;
	packet->hdr_len = -1;
	packet->cut = -1;
	packet->sport = -1;
	packet->dport = -1;
	packet->hops = 64;
	if (!parse_conn(p, packet->conn))
		return false;
	word = lex_next(&p->lex);
	if (!word)
		return lex_error(&p->lex, "flags are missing");
	if (!drill_flags_parse(word, &packet->flags, &packet->flags_any))
		return lex_error(&p->lex, "no flags: '%s'", word);
	if (packet->flags_any && !packet->out)
		return lex_error(&p->lex, "what is sent must be told");
	if (!parse_seq(p, packet))
		return false;
	while (lex_peek(&p->lex))
		if (!parse_item(p, packet))
			return false;
	return check_packet(p, packet);
}

/* --- control messages -------------------------------------------------------------- */

static bool parse_control_kind(struct parse *p, struct drill_error *error)
{
	static const struct drill_word types[] = {
		{ "unreach", WEFT_CTL_UNREACH }, { "toobig", WEFT_CTL_TOOBIG },
		{ "time", WEFT_CTL_TIME }, { "param", WEFT_CTL_PARAM }, { NULL, 0 },
	};
	const char *word = lex_next(&p->lex);
	long long type, n;

	if (!word || !drill_word_find(types, word, &type))
		return lex_error(&p->lex, "no message '%s'", word ? word : "");
	if (!lex_range(&p->lex, "number", 0, 0xffffffff, &n))
		return false;
	error->type = type;
	if (type == WEFT_CTL_TOOBIG || type == WEFT_CTL_PARAM)
		error->value = n;
	else
		error->code = n;
	return true;
}

/* [@CONNECTION] TYPE NUMBER [seq N] [quote BYTES] */
bool parse_control(struct parse *p, struct drill_error *error)
{
	long long n;

	if (!parse_conn(p, error->conn) || !parse_control_kind(p, error))
		return false;
	while (lex_peek(&p->lex)) {
		if (lex_take(&p->lex, "seq")) {
			if (!lex_number(&p->lex, "seq", &n))
				return false;
			error->seq_said = true;
			error->seq = n;
		} else if (lex_take(&p->lex, "quote")) {
			if (!lex_range(&p->lex, "quote", 1, 568, &n))
				return false;
			error->quote = n;
		} else {
			return lex_error(&p->lex, "a message has no '%s'", lex_peek(&p->lex));
		}
	}
	return true;
}
