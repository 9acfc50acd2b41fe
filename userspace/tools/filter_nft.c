// SPDX-License-Identifier: GPL-2.0
/*
 * A rule for nft(8) in its netdev family. There, nft looks at the bytes of a packet from
 * its network header on; it knows no transport of Weft, so ports are looked up from there
 * too. What is in a packet is in one of two places, as it is whole or a fragment: where
 * that matters there are two rules. See filter.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "filter.h"
#include "filter_field.h"
#include "weft.h"

/* Bits from the network header to a whole packet's transport, and to a fragment's. */
#define WHOLE		192
#define FRAGMENT	256
#define NEXT		"@nh,56,8"	/* what follows the header */
#define FRAGMENT_NEXT	"@nh,192,8"	/* and the header of a fragment */
/* The offset of a fragment, with three bits of something else below it. */
#define FIRST_PART	"@nh,208,16 0-7"
#define LATER_PART	"@nh,208,16 8-65535"

struct translation {
	const struct filter_rule *rule;
	FILE *out;
	bool egress;
	bool fragment;	/* the rule that is printed is for fragments */
	uint64_t proto;	/* the transport that a match has asked for, 0 for none */
};

/* Where a field is: bits from the network header on, or from the transport on. */
static const struct place {
	bool is_known;
	bool in_transport;
	unsigned int offset;
	unsigned int len;
} places[] = {
	[WEFT_FILTER_F_SRC] = { true, false, 64, 64 },
	[WEFT_FILTER_F_DST] = { true, false, 128, 64 },
	[WEFT_FILTER_F_SPORT] = { true, true, 0, 16 },
	[WEFT_FILTER_F_DPORT] = { true, true, 16, 16 },
	[WEFT_FILTER_F_CLASS] = { true, false, 4, 4 },
	[WEFT_FILTER_F_ECN] = { true, false, 14, 2 },
	[WEFT_FILTER_F_LEN] = { true, false, 16, 16 },
	[WEFT_FILTER_F_HOP_LIMIT] = { true, false, 48, 8 },
	[WEFT_FILTER_F_CTL_TYPE] = { true, true, 0, 8 },
	[WEFT_FILTER_F_CTL_CODE] = { true, true, 8, 8 },
	[WEFT_FILTER_F_STREAM_FLAGS] = { true, true, 104, 8 },
	[__WEFT_FILTER_F_MAX] = { false, false, 0, 0 },
};

static bool in_transport(unsigned int field)
{
	return places[field].in_transport;
}

/* --- what cannot be said ------------------------------------------------------------ */

static const char *field_refused(unsigned int field, bool egress)
{
	if (places[field].is_known)
		return NULL;
	switch (field) {
	case WEFT_FILTER_F_PROTO:
	case WEFT_FILTER_F_FRAG:
	case WEFT_FILTER_F_CAST:
	case WEFT_FILTER_F_MARK:
	case WEFT_FILTER_F_TIME:
	case WEFT_FILTER_F_HOUR:
	case WEFT_FILTER_F_DAY:
	case WEFT_FILTER_F_RANDOM:
		return NULL;
	case WEFT_FILTER_F_IIF:
	case WEFT_FILTER_F_IIFNAME:
		return egress ? "on egress the device that a packet came by is not known" : NULL;
	case WEFT_FILTER_F_OIF:
	case WEFT_FILTER_F_OIFNAME:
		return egress ? NULL : "on ingress the device that a packet goes by is not known";
	case WEFT_FILTER_F_UID:
	case WEFT_FILTER_F_GID:
		return egress ? NULL : "on ingress no socket is known";
	case WEFT_FILTER_F_CGROUP:
		return "netdev knows no cgroups of sockets";
	}
	return "netdev knows no connections";
}

static const char *lookup_refused(const struct filter_expr *e, bool egress)
{
	if (!e->anonymous)
		return "sets of Weft are not those of nft";
	if (e->data != WEFT_FILTER_DATA_NONE)
		return "nft cannot map bytes that it has no type for";
	if (e->key.n > 1)
		return "nft cannot join bytes that it has no type for";
	if (e->key.field[0] == WEFT_FILTER_F_FRAG || e->key.field[0] == WEFT_FILTER_F_CAST)
		return "it takes several matches, which make no set";
	return field_refused(e->key.field[0], egress);
}

/* Strings of nft end at the first quote. */
static bool has_quotes(const char *s)
{
	return s && strpbrk(s, "\"\\\n");
}

/* Two rules would be two limits. */
static const char *expr_refused(const struct filter_expr *e, bool egress, bool twice)
{
	switch (e->type) {
	case WEFT_FILTER_E_MATCH:
		if (filter_has(e, WEFT_FILTER_EA_MASK) && places[e->field].is_known &&
		    e->field != WEFT_FILTER_F_STREAM_FLAGS)
			return "a mask is for marks and flags";
		return field_refused(e->field, egress);
	case WEFT_FILTER_E_LOOKUP:
		return lookup_refused(e, egress);
	case WEFT_FILTER_E_LIMIT:
		if (e->key.n)
			return "nft needs a set for a limit of each key";
		return twice ? "it takes two rules, which would have a limit each" : NULL;
	case WEFT_FILTER_E_QUOTA:
		return twice ? "it takes two rules, which would have a quota each" : NULL;
	case WEFT_FILTER_E_SET:
		return e->target == WEFT_FILTER_TARGET_MARK ? NULL :
		       "netdev sets nothing but marks";
	case WEFT_FILTER_E_UPDATE:
		return "sets of Weft are not those of nft";
	case WEFT_FILTER_E_LOG:
		return has_quotes(e->prefix) ? "nft has no quotes in strings" : NULL;
	case WEFT_FILTER_E_NOTRACK:
		return "netdev knows no connections";
	case WEFT_FILTER_E_REJECT:
		return "nft cannot answer in Weft: drop, or reject in a chain of Weft";
	}
	return NULL;
}

/* --- matches ------------------------------------------------------------------------ */

static void print_number(FILE *out, const struct place *p, uint64_t v)
{
	if (p->len > 16)
		fprintf(out, "0x%0*" PRIx64, (int)p->len / 4, v);
	else
		fprintf(out, "%" PRIu64, v);
}

static void print_place(const struct translation *t, const struct place *p, unsigned int len)
{
	unsigned int base = !p->in_transport ? 0 : t->fragment ? FRAGMENT : WHOLE;

	fprintf(t->out, " @nh,%u,%u ", base + p->offset, len);
}

static void print_range(FILE *out, const struct place *p, uint64_t first, uint64_t last)
{
	print_number(out, p, first);
	if (last == first)
		return;
	fputc('-', out);
	print_number(out, p, last);
}

/* What has ports, flags or types is of a transport that has some. */
static void print_need(struct translation *t, unsigned int field)
{
	const char *next = t->fragment ? FRAGMENT_NEXT : NEXT;
	uint64_t need = field == WEFT_FILTER_F_STREAM_FLAGS ? WEFT_PROTO_STREAM :
			WEFT_PROTO_CONTROL;

	if (!in_transport(field))
		return;
	if (field == WEFT_FILTER_F_SPORT || field == WEFT_FILTER_F_DPORT) {
		if (t->proto != WEFT_PROTO_STREAM && t->proto != WEFT_PROTO_DGRAM)
			fprintf(t->out, " %s { %d, %d }", next, WEFT_PROTO_STREAM,
				WEFT_PROTO_DGRAM);
	} else if (t->proto != need) {
		fprintf(t->out, " %s %" PRIu64, next, need);
		t->proto = need;
	}
}

static void print_flags(const struct translation *t, const struct filter_expr *e)
{
	const struct place *p = &places[e->field];
	bool invert = e->flags & WEFT_FILTER_X_INVERT;
	uint64_t mask = e->mask[0];

	print_place(t, p, p->len);
	if (!filter_has(e, WEFT_FILTER_EA_MASK))
		fprintf(t->out, "%s%" PRIu64, invert ? "!= " : "", e->first[0]);
	else if (e->last[0] == mask && e->first[0] == (mask & -mask))
		fprintf(t->out, "& %" PRIu64 " %s 0", mask, invert ? "==" : "!=");
	else
		fprintf(t->out, "& %" PRIu64 " %s %" PRIu64, mask, invert ? "!=" : "==",
			e->first[0]);
}

static void print_bytes(const struct translation *t, const struct filter_expr *e)
{
	const struct place *p = &places[e->field];
	const struct filter_field *f = filter_field(e->field);
	const char *invert = e->flags & WEFT_FILTER_X_INVERT ? "!= " : "";
	int len = -1;

	if (e->field == WEFT_FILTER_F_STREAM_FLAGS) {
		print_flags(t, e);
		return;
	}
	if (f->kind == FILTER_ADDRESS && e->first[0] != e->last[0])
		len = filter_prefix_len(f, e->first, e->last);
	if (len > 0) {
		print_place(t, p, (unsigned int)len);
		fprintf(t->out, "%s0x%0*" PRIx64, invert, (len + 3) / 4, e->first[0] >> (64 - len));
	} else if (len < 0) {
		print_place(t, p, p->len);
		fputs(invert, t->out);
		/* A packet is no longer than its length can say. */
		print_range(t->out, p, e->first[0], e->field == WEFT_FILTER_F_LEN &&
			    e->last[0] > WEFT_LEN_MAX ? WEFT_LEN_MAX : e->last[0]);
	}
}

static void print_proto(struct translation *t, const struct filter_expr *e)
{
	static const struct place next = { true, false, 0, 8 };

	fprintf(t->out, " %s %s", t->fragment ? FRAGMENT_NEXT : NEXT,
		e->flags & WEFT_FILTER_X_INVERT ? "!= " : "");
	print_range(t->out, &next, e->first[0], e->last[0]);
	if (!e->flags && e->first[0] == e->last[0])
		t->proto = e->first[0];
}

/* One value, and only that or all but that. */
static const char *print_part(const struct translation *t, const struct filter_expr *e)
{
	bool invert = e->flags & WEFT_FILTER_X_INVERT;
	bool whole = !e->first[0];

	if (e->first[0] != e->last[0] || (invert && !whole))
		return "fragments take one of whole, first and later";
	if (whole)
		fprintf(t->out, " %s %s", NEXT, invert ? "44" : "!= 44");
	else
		fprintf(t->out, " %s 44 %s", NEXT, e->first[0] == 1 ? FIRST_PART : LATER_PART);
	return NULL;
}

static const char *print_cast(const struct translation *t, const struct filter_expr *e)
{
	bool invert = e->flags & WEFT_FILTER_X_INVERT;

	if (e->first[0] != e->last[0] || (invert && e->first[0] == 1))
		return "destinations take one of unicast, group and broadcast";
	if (e->first[0] == 2)
		fprintf(t->out, " @nh,128,64 %s0xffffffffffffffff", invert ? "!= " : "");
	else if (e->first[0] == 1)
		fputs(" @nh,128,8 255 @nh,128,64 != 0xffffffffffffffff", t->out);
	else
		fprintf(t->out, " @nh,128,8 %s255", invert ? "" : "!= ");
	return NULL;
}

/* Devices, marks, times and statements are nft's as much as ours. */
static void print_same(const struct translation *t, const struct filter_expr *e)
{
	const struct filter_style style = { t->out, false, true };
	struct filter_expr one = *e;
	struct filter_rule rule = { .exprs = &one };

	one.next = NULL;
	fputc(' ', t->out);
	if (e->type == WEFT_FILTER_E_MATCH && e->field == WEFT_FILTER_F_RANDOM) {
		fprintf(t->out, "meta random %s", e->flags & WEFT_FILTER_X_INVERT ? "!= " : "");
		fprintf(t->out, "%" PRIu64 "-%" PRIu64, e->first[0], e->last[0]);
		return;
	}
	filter_print_rule(&style, &rule);
}

static void print_set(struct translation *t, const struct filter_expr *e)
{
	unsigned int field = e->key.field[0];
	const struct filter_set *s = e->anonymous;
	static const struct place next = { true, false, 0, 8 };
	const struct place *p = field == WEFT_FILTER_F_PROTO ? &next : &places[field];
	size_t i;

	if (!p->is_known) {
		print_same(t, e);
		return;
	}
	print_need(t, field);
	if (field == WEFT_FILTER_F_PROTO)
		fprintf(t->out, " %s ", t->fragment ? FRAGMENT_NEXT : NEXT);
	else
		print_place(t, p, p->len);
	fputs(e->flags & WEFT_FILTER_X_INVERT ? "!= " : "", t->out);
	for (i = 0; i < s->n_elems; i++) {
		fputs(i ? ", " : "{ ", t->out);
		print_range(t->out, p, s->elem[i].key[0], s->elem[i].end[0]);
	}
	fputs(" }", t->out);
}

/* --- rules -------------------------------------------------------------------------- */

static const char *print_expr(struct translation *t, const struct filter_expr *e)
{
	if (e->type == WEFT_FILTER_E_LOOKUP) {
		print_set(t, e);
	} else if (e->type != WEFT_FILTER_E_MATCH) {
		print_same(t, e);
	} else if (e->field == WEFT_FILTER_F_PROTO) {
		print_proto(t, e);
	} else if (e->field == WEFT_FILTER_F_FRAG) {
		return print_part(t, e);
	} else if (e->field == WEFT_FILTER_F_CAST) {
		return print_cast(t, e);
	} else if (places[e->field].is_known) {
		print_need(t, e->field);
		print_bytes(t, e);
	} else {
		print_same(t, e);
	}
	return NULL;
}

static unsigned int field_of(const struct filter_expr *e)
{
	if (e->type == WEFT_FILTER_E_MATCH)
		return e->field;
	return e->type == WEFT_FILTER_E_LOOKUP ? e->key.field[0] : 0;
}

/*
 * Each part has a blank before it. The EtherType stands behind the first matches: nft 1.0
 * loads rules with bits and ranges behind `meta protocol` but aborts when it lists them.
 */
static const char *print_parts(struct translation *t, bool split, bool deep)
{
	const struct filter_expr *e;
	const char *why = NULL;
	bool has_type = false;

	t->proto = 0;
	if (t->fragment)
		fprintf(t->out, " %s 44%s", NEXT, deep ? " " FIRST_PART : "");
	else if (split)
		fprintf(t->out, " %s != 44", NEXT);
	for (e = t->rule->exprs; e && !why; e = e->next) {
		if (!has_type && e->type != WEFT_FILTER_E_MATCH &&
		    e->type != WEFT_FILTER_E_LOOKUP) {
			fprintf(t->out, " meta protocol 0x%04x", WEFT_ETHERTYPE_DEFAULT);
			has_type = true;
		}
		why = print_expr(t, e);
	}
	if (!has_type)
		fprintf(t->out, " meta protocol 0x%04x", WEFT_ETHERTYPE_DEFAULT);
	if (t->rule->comment) {
		fputs(" comment ", t->out);
		filter_string_print(t->out, t->rule->comment);
	}
	return why;
}

/* A line, without its first blank. */
static const char *print_rule(struct translation *t, bool split, bool deep)
{
	FILE *out = t->out;
	char *line = NULL;
	size_t len = 0;
	const char *why;

	t->out = open_memstream(&line, &len);
	if (!t->out) {
		t->out = out;
		return "there is no memory";
	}
	why = print_parts(t, split, deep);
	fclose(t->out);
	t->out = out;
	fprintf(out, "%s\n", line + 1);
	free(line);
	return why;
}

static const char *translate(struct translation *t)
{
	bool split = false, deep = false;
	const struct filter_expr *e;
	const char *why;

	if (has_quotes(t->rule->comment))
		return "nft has no quotes in strings";
	for (e = t->rule->exprs; e; e = e->next) {
		unsigned int field = field_of(e);

		deep |= in_transport(field);
		split |= in_transport(field) || field == WEFT_FILTER_F_PROTO;
	}
	for (e = t->rule->exprs; e; e = e->next) {
		why = expr_refused(e, t->egress, split);
		if (why)
			return why;
	}
	why = print_rule(t, split, deep);
	if (why || !split)
		return why;
	t->fragment = true;
	return print_rule(t, split, deep);
}

int filter_nft(const struct filter_source *src, bool egress, FILE *out)
{
	struct filter_arena arena = { 0 };
	struct filter_parser p = { .src = src, .arena = &arena };
	struct translation t = { .rule = filter_parse_rule(&p), .egress = egress };
	int code = CLI_USAGE;
	char *text = NULL;
	const char *why;
	size_t len = 0;

	if (t.rule) {
		t.out = open_memstream(&text, &len);
		why = t.out ? translate(&t) : "out of memory";
		if (t.out)
			fclose(t.out);
		if (why)
			filter_tell(src, (struct filter_pos){ 1, 1 }, "nft cannot do this: %s",
				    why);
		else
			fputs(text, out);
		code = why ? CLI_ERROR : CLI_OK;
		free(text);
	}
	filter_free(&arena);
	return code;
}
