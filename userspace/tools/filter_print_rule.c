// SPDX-License-Identifier: GPL-2.0
/* Rules as text. See filter_print.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "filter_field.h"
#include "filter_print.h"
#include "weft.h"

/* --- parts of both rules and sets --------------------------------------------------- */

void filter_print_verdict(FILE *out, const struct filter_verdict *v)
{
	static const char *const names[] = {
		[WEFT_FILTER_CONTINUE] = "continue",
		[WEFT_FILTER_ACCEPT] = "accept",
		[WEFT_FILTER_DROP] = "drop",
		[WEFT_FILTER_JUMP] = "jump ",
		[WEFT_FILTER_GOTO] = "goto ",
		[WEFT_FILTER_RETURN] = "return",
	};

	fputs(names[v->code], out);
	if (v->code == WEFT_FILTER_JUMP || v->code == WEFT_FILTER_GOTO)
		filter_print_name(out, v->chain);
}

void filter_print_key(FILE *out, const struct filter_key *key, uint32_t arg)
{
	unsigned int i;

	for (i = 0; i < key->n; i++) {
		fprintf(out, "%s%s", i ? " . " : "", filter_field(key->field[i])->name);
		if (key->field[i] == WEFT_FILTER_F_CGROUP && arg)
			fprintf(out, " level %" PRIu32, arg);
	}
}

void filter_print_elem(const struct filter_style *style, const struct filter_key *key,
		       uint32_t data, const struct filter_elem *e)
{
	unsigned int i, at = 0, words;
	FILE *out = style->out;

	for (i = 0; i < key->n; i++, at += words) {
		uint64_t first[2] = { 0 }, last[2] = { 0 };

		words = filter_field_words(key->field[i]);
		memcpy(first, e->key + at, words * sizeof(*first));
		memcpy(last, e->end + at, words * sizeof(*last));
		fputs(i ? " . " : "", out);
		filter_range_print(out, filter_field(key->field[i]), first, last);
	}
	if (e->has_timeout) {
		fputs(" timeout ", out);
		filter_time_print(out, e->timeout);
	}
	if (e->has_expires && !style->stateless) {
		fputs(" expires ", out);
		filter_time_print(out, e->expires);
	}
	if (e->comment) {
		fputs(" comment ", out);
		filter_string_print(out, e->comment);
	}
	if (data == WEFT_FILTER_DATA_VERDICT) {
		fputs(" : ", out);
		filter_print_verdict(out, &e->verdict);
	} else if (data == WEFT_FILTER_DATA_MARK) {
		fprintf(out, " : 0x%08" PRIx32, e->mark);
	}
}

/* --- matches ------------------------------------------------------------------------ */

static bool is_port(uint32_t field)
{
	return field == WEFT_FILTER_F_SPORT || field == WEFT_FILTER_F_DPORT;
}

/* Does this look at one port and nothing else? */
static bool looks_at_port(const struct filter_expr *e)
{
	return e && ((e->type == WEFT_FILTER_E_MATCH && is_port(e->field)) ||
		     (e->type == WEFT_FILTER_E_LOOKUP && e->key.n == 1 &&
		      !filter_has(e, WEFT_FILTER_EA_TARGET) && is_port(e->key.field[0])));
}

/* What was found already is told: reading would not look for it again. */
bool filter_is_folded(const struct filter_expr *first, const struct filter_expr *e)
{
	return filter_is_proto_match(e) && looks_at_port(e->next) &&
	       filter_proto_before(first, e) != e->first[0];
}

static void print_proto(FILE *out, uint64_t proto)
{
	if (proto == WEFT_PROTO_STREAM)
		fputs("stream ", out);
	else if (proto == WEFT_PROTO_DGRAM)
		fputs("dgram ", out);
}

/* What reads back as the same number: as few digits as that needs. */
bool filter_probability(const struct filter_expr *e, char text[32])
{
	int digits;

	if (e->field != WEFT_FILTER_F_RANDOM || e->first[0] || e->flags ||
	    filter_has(e, WEFT_FILTER_EA_MASK) || e->last[0] > UINT32_MAX)
		return false;
	for (digits = 0; digits <= 10; digits++) {
		snprintf(text, 32, "%.*f", digits, (double)(e->last[0] + 1) / 4294967296.0 * 100);
		if ((uint64_t)(strtod(text, NULL) / 100 * 4294967296.0 + 0.5) == e->last[0] + 1)
			break;
	}
	return true;
}

static void print_mask(FILE *out, const struct filter_field *f, uint64_t mask)
{
	uint64_t v[2] = { mask, 0 };

	fputs(" & ", out);
	if (f->kind == FILTER_FLAGS) {
		fputc('(', out);
		filter_flags_print(out, f, mask, " | ");
		fputc(')', out);
	} else if (f->kind == FILTER_ADDRESS) {
		filter_value_print(out, f, v);
	} else {
		fprintf(out, "0x%08" PRIx64, mask);
	}
}

/* Any of some flags; else which of them, of all or of those that a mask leaves. */
static void print_flags(FILE *out, const struct filter_field *f, const struct filter_expr *e)
{
	bool invert = e->flags & WEFT_FILTER_X_INVERT;
	bool masked = filter_has(e, WEFT_FILTER_EA_MASK);
	uint64_t max[2];

	if (masked && e->mask[0] && e->last[0] == e->mask[0] &&
	    e->first[0] == (e->mask[0] & -e->mask[0])) {
		fputs(invert ? " != " : " ", out);
		filter_flags_print(out, f, e->mask[0], ",");
		return;
	}
	filter_value_max(f, max);
	if (masked || invert)
		print_mask(out, f, masked ? e->mask[0] : max[0]);
	fputs(invert ? " != " : " == ", out);
	filter_flags_print(out, f, e->first[0], ",");
}

/* Names that begin alike. */
static bool print_wildcard(FILE *out, const struct filter_field *f, const struct filter_expr *e)
{
	uint64_t last[2] = { e->first[0] | ~e->mask[0], e->first[1] | ~e->mask[1] };
	int len;

	if (f->kind != FILTER_DEVICE_NAME || !filter_has(e, WEFT_FILTER_EA_MASK))
		return false;
	len = filter_prefix_len(f, e->first, last);
	if (len <= 0 || len % 8)
		return false;
	fputs(e->flags & WEFT_FILTER_X_INVERT ? " != " : " ", out);
	filter_range_print(out, f, e->first, last);
	return true;
}

/* From 22:00 to 06:00 is not from 06:00:01 to 21:59:59. */
static bool print_night(FILE *out, const struct filter_field *f, const struct filter_expr *e)
{
	uint64_t first[2] = { e->last[0] + 1, 0 }, last[2] = { e->first[0] - 1, 0 };

	if (f->kind != FILTER_HOUR || !(e->flags & WEFT_FILTER_X_INVERT) || !e->first[0] ||
	    e->last[0] >= 86399 || e->first[0] > e->last[0] || first[0] % 60 || last[0] % 60)
		return false;
	fputc(' ', out);
	filter_range_print(out, f, first, last);
	return true;
}

/* What is no less, or no more. */
static bool print_bound(FILE *out, const struct filter_field *f, const struct filter_expr *e)
{
	bool least, most;
	uint64_t max[2];

	filter_value_max(f, max);
	least = e->first[0];
	most = e->last[0] < max[0];
	if (!f->quantity || e->flags || least == most)
		return false;
	fputs(least ? " >= " : " <= ", out);
	filter_value_print(out, f, least ? e->first : e->last);
	return true;
}

/* The level of a cgroup goes without saying where its path tells it. */
static void print_level(FILE *out, const struct filter_expr *e)
{
	char path[4096];

	if (filter_numeric || !filter_cgroup_path(e->first[0], path, sizeof(path)) ||
	    filter_cgroup_level(path) != e->arg)
		fprintf(out, " level %" PRIu32, e->arg);
}

static void print_match(FILE *out, const struct filter_expr *e, uint64_t proto)
{
	const struct filter_field *f = filter_field(e->field);
	bool invert = e->flags & WEFT_FILTER_X_INVERT;
	bool masked = filter_has(e, WEFT_FILTER_EA_MASK);
	char percent[32];

	if (filter_probability(e, percent)) {
		fprintf(out, "probability %s%%", percent);
		return;
	}
	if (is_port(e->field))
		print_proto(out, proto);
	fputs(f->name, out);
	if (f->kind == FILTER_FLAGS) {
		print_flags(out, f, e);
		return;
	}
	if (f->kind == FILTER_CGROUP)
		print_level(out, e);
	if (print_wildcard(out, f, e) || print_night(out, f, e) ||
	    (!masked && print_bound(out, f, e)))
		return;
	if (masked)
		print_mask(out, f, e->mask[0]);
	fputs(invert ? " != " : masked ? " == " : " ", out);
	filter_range_print(out, f, e->first, e->last);
}

static void print_anonymous(const struct filter_style *style, const struct filter_expr *e)
{
	const struct filter_set *s = e->anonymous;
	size_t i;

	for (i = 0; i < s->n_elems; i++) {
		fputs(i ? ", " : "{ ", style->out);
		filter_print_elem(style, &e->key, s->data, &s->elem[i]);
	}
	fputs(" }", style->out);
}

static void print_lookup(const struct filter_style *style, const struct filter_expr *e,
			 uint64_t proto)
{
	bool assigns = filter_has(e, WEFT_FILTER_EA_TARGET);
	FILE *out = style->out;

	if (assigns)
		fprintf(out, "%s set ", filter_target_name(e->target));
	else if (looks_at_port(e))
		print_proto(out, proto);
	filter_print_key(out, &e->key, e->arg);
	if (assigns)
		fputs(" map ", out);
	else if (e->data == WEFT_FILTER_DATA_VERDICT)
		fputs(" vmap ", out);
	else
		fputs(e->flags & WEFT_FILTER_X_INVERT ? " != " : " ", out);
	if (e->anonymous) {
		print_anonymous(style, e);
	} else {
		fputc('@', out);
		filter_print_name(out, e->set);
	}
}

/* --- statements --------------------------------------------------------------------- */

static void print_bytes(FILE *out, uint64_t n)
{
	static const char *const units[] = { "bytes", "kbytes", "mbytes", "gbytes" };
	unsigned int i = 0;

	for (; n && !(n % 1024) && i < 3; i++)
		n /= 1024;
	fprintf(out, "%" PRIu64 " %s", n, units[i]);
}

static void print_limit(FILE *out, const struct filter_expr *e)
{
	static const struct filter_name periods[] = {
		{ "second", 1 }, { "minute", 60 }, { "hour", 3600 }, { "day", 86400 },
		{ "week", 604800 }, { NULL, 0 }
	};
	const char *period = filter_name_of(periods, e->period);
	bool bytes = e->flags & WEFT_FILTER_X_BYTES;

	fprintf(out, "limit rate %s", e->flags & WEFT_FILTER_X_INVERT ? "over " : "");
	if (bytes)
		print_bytes(out, e->rate);
	else
		fprintf(out, "%" PRIu64, e->rate);
	fprintf(out, "/%s", period ? period : "");
	if (!period)
		filter_time_print(out, e->period * UINT64_C(1000));
	if (filter_has(e, WEFT_FILTER_EA_BURST)) {
		fputs(" burst ", out);
		if (bytes)
			print_bytes(out, e->burst);
		else
			fprintf(out, "%" PRIu32 " packets", e->burst);
	}
	if (e->key.n) {
		fputs(" per ", out);
		filter_print_key(out, &e->key, 0);
	}
}

static void print_quota(const struct filter_style *style, const struct filter_expr *e)
{
	fprintf(style->out, "quota %s", e->flags & WEFT_FILTER_X_INVERT ? "over " : "");
	print_bytes(style->out, e->bytes);
	if (e->used && !style->stateless) {
		fputs(" used ", style->out);
		print_bytes(style->out, e->used);
	}
}

static void print_counter(const struct filter_style *style, const struct filter_expr *e)
{
	fputs("counter", style->out);
	if (!style->stateless)
		fprintf(style->out, " packets %llu bytes %llu",
			(unsigned long long)e->counters.packets,
			(unsigned long long)e->counters.bytes);
}

const char *filter_target_name(uint32_t target)
{
	static const char *const names[] = {
		[WEFT_FILTER_TARGET_MARK] = "meta mark",
		[WEFT_FILTER_TARGET_CT_MARK] = "ct mark",
		[WEFT_FILTER_TARGET_CT_LABEL] = "ct label",
		[WEFT_FILTER_TARGET_CT_ZONE] = "ct zone",
		[WEFT_FILTER_TARGET_CLASS] = "class",
	};

	return target < sizeof(names) / sizeof(names[0]) ? names[target] : "?";
}

static void print_set(FILE *out, const struct filter_expr *e)
{
	bool hex = e->target <= WEFT_FILTER_TARGET_CT_MARK;
	const char *name = filter_target_name(e->target);

	fprintf(out, "%s set ", name);
	if (filter_has(e, WEFT_FILTER_EA_MASK))
		fprintf(out, "%s & 0x%08" PRIx64 " | ", name,
			~(e->mask[0] | e->value) & (hex ? UINT32_MAX :
			e->target == WEFT_FILTER_TARGET_CLASS ? 15 :
			e->target == WEFT_FILTER_TARGET_CT_LABEL ? 127 : UINT16_MAX));
	fprintf(out, hex ? "0x%08" PRIx64 : "%" PRIu64, e->value);
}

static void print_update(FILE *out, const struct filter_expr *e)
{
	static const char *const ops[] = {
		[WEFT_FILTER_UPDATE_ADD] = "add",
		[WEFT_FILTER_UPDATE_UPDATE] = "update",
		[WEFT_FILTER_UPDATE_DELETE] = "delete",
	};

	fprintf(out, "%s @", ops[e->op]);
	filter_print_name(out, e->set);
	fputs(" { ", out);
	filter_print_key(out, &e->key, e->arg);
	if (filter_has(e, WEFT_FILTER_EA_TIMEOUT)) {
		fputs(" timeout ", out);
		filter_time_print(out, e->timeout);
	}
	if (e->limit) {
		fputc(' ', out);
		print_limit(out, e->limit);
	}
	fputs(" }", out);
}

const char *filter_level_name(uint32_t level)
{
	static const char *const names[] = {
		"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug",
	};

	return level < sizeof(names) / sizeof(names[0]) ? names[level] : "debug";
}

static void print_log(FILE *out, const struct filter_expr *e)
{
	fputs("log", out);
	if (e->prefix) {
		fputs(" prefix ", out);
		filter_string_print(out, e->prefix);
	}
	if (filter_has(e, WEFT_FILTER_EA_GROUP)) {
		fprintf(out, " group %u", e->group);
		if (filter_has(e, WEFT_FILTER_EA_SNAPLEN) && e->snaplen)
			fprintf(out, " snaplen %" PRIu32, e->snaplen);
		if (filter_has(e, WEFT_FILTER_EA_THRESHOLD) && e->threshold)
			fprintf(out, " queue-threshold %u", e->threshold);
	} else if (filter_has(e, WEFT_FILTER_EA_LEVEL) && e->level != 4) {
		fprintf(out, " level %s", filter_level_name(e->level));
	}
}

const char *filter_code_name(uint32_t code)
{
	static const char *const names[] = {
		[WEFT_UNREACH_NOROUTE] = "network",
		[WEFT_UNREACH_PROHIBITED] = "prohibited",
		[WEFT_UNREACH_SCOPE] = "scope",
		[WEFT_UNREACH_ADDR] = "node",
		[WEFT_UNREACH_PORT] = "port",
		[WEFT_UNREACH_PROTO] = "protocol",
	};

	return code < sizeof(names) / sizeof(names[0]) ? names[code] : "port";
}

static void print_reject(FILE *out, const struct filter_expr *e)
{
	fputs("reject", out);
	if (e->value == WEFT_FILTER_REJECT_RESET)
		fputs(" with reset", out);
	else if (e->code != WEFT_UNREACH_PORT)
		fprintf(out, " with unreachable %s", filter_code_name(e->code));
}

static void print_statement(const struct filter_style *style, const struct filter_expr *e)
{
	FILE *out = style->out;

	switch (e->type) {
	case WEFT_FILTER_E_COUNTER:
		print_counter(style, e);
		break;
	case WEFT_FILTER_E_LIMIT:
		print_limit(out, e);
		break;
	case WEFT_FILTER_E_QUOTA:
		print_quota(style, e);
		break;
	case WEFT_FILTER_E_SET:
		print_set(out, e);
		break;
	case WEFT_FILTER_E_UPDATE:
		print_update(out, e);
		break;
	case WEFT_FILTER_E_LOG:
		print_log(out, e);
		break;
	case WEFT_FILTER_E_TRACE:
		fputs("trace", out);
		break;
	case WEFT_FILTER_E_NOTRACK:
		fputs("notrack", out);
		break;
	case WEFT_FILTER_E_REJECT:
		print_reject(out, e);
		break;
	case WEFT_FILTER_E_VERDICT:
		filter_print_verdict(out, &e->verdict);
		break;
	}
}

/* Without its handle and the end of the line. */
void filter_print_rule(const struct filter_style *style, const struct filter_rule *r)
{
	const struct filter_expr *e;
	const char *blank = "";
	uint64_t proto;

	for (e = r->exprs; e; e = e->next) {
		if (filter_is_folded(r->exprs, e))
			continue;
		fputs(blank, style->out);
		blank = " ";
		proto = filter_proto_before(r->exprs, e);
		if (e->type == WEFT_FILTER_E_MATCH)
			print_match(style->out, e, proto);
		else if (e->type == WEFT_FILTER_E_LOOKUP)
			print_lookup(style, e, proto);
		else
			print_statement(style, e);
	}
	/* A line of a comment alone would be the chain's. */
	if (!r->exprs)
		fputs("continue", style->out);
	if (r->comment) {
		fputs(" comment ", style->out);
		filter_string_print(style->out, r->comment);
	}
}
