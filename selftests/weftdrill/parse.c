// SPDX-License-Identifier: GPL-2.0
/* Scripts: lines, their times, and what stands behind those. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"

/* --- times ------------------------------------------------------------------------- */

/*
 * "1.5", "+.2", "+.1~.3", "+~.3", "*". Times without '+' count from the begin of the
 * script.
 */
static bool parse_time(struct parse *p, struct drill_time *t)
{
	const char *word = lex_next(&p->lex), *rest = word;

	if (!strcmp(word, "*")) {
		t->any = true;
		return true;
	}
	if (*rest == '+') {
		t->relative = true;
		rest++;
	}
	if (*rest != '~' && !lex_parse_seconds(&rest, &t->from))
		return lex_error(&p->lex, "no time: '%s'", word);
	t->to = t->from;
	if (*rest == '~') {
		rest++;
		if (!lex_parse_seconds(&rest, &t->to) || t->to < t->from)
			return lex_error(&p->lex, "no time: '%s'", word);
	}
	if (*rest)
		return lex_error(&p->lex, "no time: '%s'", word);
	return true;
}

/* --- events ------------------------------------------------------------------------ */

static struct drill_event *add_event(struct parse *p)
{
	struct drill_script *s = p->script;
	struct drill_event *e;

	e = realloc(s->event, (s->n_events + 1) * sizeof(*e));
	if (!e)
		return NULL;
	s->event = e;
	e += s->n_events++;
	memset(e, 0, sizeof(*e));
	e->line = p->line;
	return e;
}

/*
 * A line with "each N" stands for segments of N bytes that follow one another; PSH and
 * FIN are those of the last.
 */
static bool divide_packet(struct parse *p)
{
	struct drill_event *e = p->script->event + p->script->n_events - 1, whole = *e;
	uint32_t at = 0, len = whole.packet.len;

	for (;;) {
		e->packet.seq = whole.packet.seq + at;
		e->packet.len = len - at < p->each ? len - at : p->each;
		at += e->packet.len;
		if (at == len)
			return true;
		e->packet.flags &= ~0x09;
		e->packet.flags_any &= ~0x09;
		e = add_event(p);
		if (!e)
			return lex_error(&p->lex, "no memory");
		*e = whole;
		if (!whole.time.any)
			e->time = (struct drill_time){ .relative = true };
	}
}

/* True if a word begins a control message. */
static bool is_control(const char *word)
{
	return word && word[0] && islower(word[0]) && islower(word[1]);
}

static bool parse_incoming(struct parse *p, struct drill_event *e)
{
	int at = p->lex.at;
	const char *word = lex_next(&p->lex);

	if (word && *word == '@')
		word = lex_next(&p->lex);
	p->lex.at = at;
	if (is_control(word)) {
		e->kind = DRILL_ERROR;
		return parse_control(p, &e->error);
	}
	e->kind = DRILL_PACKET;
	return parse_packet(p, &e->packet);
}

static bool parse_isn(struct parse *p, struct drill_event *e)
{
	long long n;

	e->kind = DRILL_ISN;
	if (!parse_conn(p, e->packet.conn) ||
	    !lex_range(&p->lex, "initial sequence number", 0, 0xffffffff, &n))
		return false;
	e->isn = n;
	return true;
}

/* What stands behind a time. */
static bool parse_event(struct parse *p, struct drill_event *e)
{
	if (lex_take(&p->lex, ">")) {
		e->kind = DRILL_PACKET;
		e->packet.out = true;
		return parse_packet(p, &e->packet);
	}
	if (lex_take(&p->lex, "<"))
		return parse_incoming(p, e);
	if (lex_take(&p->lex, "isn"))
		return parse_isn(p, e);
	if (lex_take(&p->lex, "quiet")) {
		e->kind = DRILL_QUIET;
		return true;
	}
	if (lex_take(&p->lex, "start")) {
		e->kind = DRILL_START;
		return parse_call(p, &e->call);
	}
	if (lex_take(&p->lex, "end")) {
		e->kind = DRILL_END;
		return parse_sock(p, e->call.sock) &&
		       parse_result(p, &e->call, &e->result);
	}
	e->kind = DRILL_CALL;
	return parse_call(p, &e->call) && parse_result(p, &e->call, &e->result);
}

/* --- lines ------------------------------------------------------------------------- */

/* A time and what happens then. */
static bool parse_timed(struct parse *p)
{
	struct drill_event *e = add_event(p);

	if (!e)
		return lex_error(&p->lex, "no memory");
	p->each = 0;
	if (!parse_time(p, &e->time))
		return false;
	if (!lex_peek(&p->lex))
		return lex_error(&p->lex, "nothing happens then");
	if (!parse_event(p, e))
		return false;
	if (e->time.any && e->kind != DRILL_END &&
	    !(e->kind == DRILL_PACKET && e->packet.out))
		return lex_error(&p->lex, "this needs a time");
	return !p->each || divide_packet(p);
}

static bool is_done(const struct drill_script *s)
{
	return s->n_events && s->event[s->n_events - 1].kind == DRILL_DONE;
}

static bool parse_words(struct parse *p)
{
	struct drill_event *e;
	long long n;

	if (lex_take(&p->lex, "mtu")) {
		if (!lex_range(&p->lex, "MTU", 576, 65535, &n))
			return false;
		p->script->mtu = n;
	} else if (lex_take(&p->lex, "far")) {
		p->script->far = true;
	} else if (is_done(p->script)) {
		return lex_error(&p->lex, "nothing follows 'done'");
	} else if (lex_take(&p->lex, "done")) {
		e = add_event(p);
		if (!e)
			return lex_error(&p->lex, "no memory");
		e->kind = DRILL_DONE;
	} else {
		if (!parse_timed(p))
			return false;
	}
	if (lex_peek(&p->lex))
		return lex_error(&p->lex, "'%s' is too much", lex_peek(&p->lex));
	return true;
}

static bool parse_text(struct parse *p, const char *text, bool included);

/* Reads a file beside the script's. Returns its text, allocated, or NULL. */
static char *read_beside(const char *dir, const char *name)
{
	char path[512], *text = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		return NULL;
	if (getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

/* "include FILE": its lines count as this one. */
static bool parse_include(struct parse *p, bool included)
{
	const char *name = lex_next(&p->lex);
	char *text;
	bool good;

	if (!name || included)
		return lex_error(&p->lex, name ? "one file too deep" : "file is missing");
	if (lex_peek(&p->lex))
		return lex_error(&p->lex, "'%s' is too much", lex_peek(&p->lex));
	text = read_beside(p->dir, name);
	if (!text)
		return lex_error(&p->lex, "cannot read '%s'", name);
	good = parse_text(p, text, true);
	free(text);
	return good;
}

static bool parse_text(struct parse *p, const char *text, bool included)
{
	size_t len;

	while (*text) {
		p->line += !included;
		len = strcspn(text, "\n");
		if (!lex_line(&p->lex, text, len))
			return false;
		if (lex_take(&p->lex, "include")) {
			if (!parse_include(p, included))
				return false;
		} else if (p->lex.n && !parse_words(p)) {
			return false;
		}
		text += len + (text[len] == '\n');
	}
	return true;
}

/**
 * drill_script_parse - read a script
 * @text: the script
 * @dir: directory of what it includes
 * @script: result; to be freed in any case
 * @why: what is wrong
 * @size: bytes at @why
 *
 * Return: 0, or the number of the first line that is wrong.
 */
int drill_script_parse(const char *text, const char *dir, struct drill_script *script,
		       char *why, size_t size)
{
	struct parse p = { .script = script, .dir = dir,
			   .lex = { .why = why, .size = size } };

	*script = (struct drill_script){ .mtu = 1500 };
	if (!parse_text(&p, text, false))
		return p.line;
	if (script->n_events)
		return 0;
	lex_error(&p.lex, "the script is empty");
	return p.line ? p.line : 1;
}

void drill_script_free(struct drill_script *script)
{
	free(script->event);
	script->event = NULL;
	script->n_events = 0;
}

/**
 * drill_script_length - how long a script runs if all goes well
 * @script: the script
 *
 * Return: microseconds.
 */
long long drill_script_length(const struct drill_script *script)
{
	long long now = 0;
	size_t i;

	for (i = 0; i < script->n_events; i++) {
		const struct drill_time *t = &script->event[i].time;

		if (t->relative)
			now += t->to;
		else if (!t->any && t->to > now)
			now = t->to;
	}
	return now;
}
