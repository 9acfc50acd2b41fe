// SPDX-License-Identifier: GPL-2.0
/* A ruleset as JSON: rules, and the elements of sets. See filter_json.h. */
#include <stdlib.h>
#include <string.h>

#include "filter_field.h"
#include "filter_json.h"
#include "weft.h"

/* --- values ------------------------------------------------------------------------- */

/* A value as its field prints it: a number, or a string without its quotes. */
static void put_value(struct json *j, const char *name, const struct filter_field *f,
		      const uint64_t first[2], const uint64_t last[2])
{
	char *text = NULL, *s;
	uint64_t number;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	filter_range_print(out, f, first, last);
	fclose(out);
	s = text;
	if (*s == '"' && len > 1) {
		text[len - 1] = '\0';
		json_string(j, name, s + 1);
	} else if (f->kind != FILTER_ADDRESS && filter_number(s, &number)) {
		json_uint(j, name, number);
	} else {
		json_string(j, name, s);
	}
	free(text);
}

static void put_prefix(struct json *j, const struct filter_field *f, const uint64_t first[2],
		       int len)
{
	json_open(j, "prefix", '{');
	put_value(j, "addr", f, first, first);
	json_uint(j, "len", (uint64_t)len);
	json_close(j, '}');
}

static void put_range(struct json *j, const char *name, const struct filter_field *f,
		      const uint64_t first[2], const uint64_t last[2])
{
	int len = filter_prefix_len(f, first, last);

	if (!memcmp(first, last, 2 * sizeof(*first)) ||
	    (f->kind == FILTER_DEVICE_NAME && len >= 0 && !(len % 8))) {
		put_value(j, name, f, first, last);
		return;
	}
	json_open(j, name, '{');
	if (f->kind == FILTER_ADDRESS && len >= 0) {
		put_prefix(j, f, first, len);
	} else {
		json_open(j, "range", '[');
		put_value(j, NULL, f, first, first);
		put_value(j, NULL, f, last, last);
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void put_verdict(struct json *j, const struct filter_verdict *v)
{
	static const char *const names[] = {
		[WEFT_FILTER_CONTINUE] = "continue",
		[WEFT_FILTER_ACCEPT] = "accept",
		[WEFT_FILTER_DROP] = "drop",
		[WEFT_FILTER_JUMP] = "jump",
		[WEFT_FILTER_GOTO] = "goto",
		[WEFT_FILTER_RETURN] = "return",
	};

	json_open(j, NULL, '{');
	if (v->code == WEFT_FILTER_JUMP || v->code == WEFT_FILTER_GOTO) {
		json_open(j, names[v->code], '{');
		json_string(j, "target", v->chain);
		json_close(j, '}');
	} else {
		json_null(j, names[v->code]);
	}
	json_close(j, '}');
}

/* --- elements ----------------------------------------------------------------------- */

static void put_key_value(struct json *j, const char *name, const struct filter_key *key,
			  const struct filter_elem *e)
{
	unsigned int i, at = 0, words;

	if (key->n > 1) {
		json_open(j, name, '{');
		json_open(j, "concat", '[');
	}
	for (i = 0; i < key->n; i++, at += words) {
		uint64_t first[2] = { 0 }, last[2] = { 0 };

		words = filter_field_words(key->field[i]);
		memcpy(first, e->key + at, words * sizeof(*first));
		memcpy(last, e->end + at, words * sizeof(*last));
		put_range(j, key->n > 1 ? NULL : name, filter_field(key->field[i]), first, last);
	}
	if (key->n > 1) {
		json_close(j, ']');
		json_close(j, '}');
	}
}

static void put_elem(struct json *j, const struct filter_style *style,
		     const struct filter_key *key, const struct filter_elem *e)
{
	if (!e->has_timeout && !e->comment && (!e->has_expires || style->stateless)) {
		put_key_value(j, NULL, key, e);
		return;
	}
	json_open(j, NULL, '{');
	json_open(j, "elem", '{');
	put_key_value(j, "val", key, e);
	if (e->has_timeout)
		json_uint(j, "timeout", e->timeout / 1000);
	if (e->has_expires && !style->stateless)
		json_uint(j, "expires", e->expires / 1000);
	if (e->comment)
		json_string(j, "comment", e->comment);
	json_close(j, '}');
	json_close(j, '}');
}

void filter_json_elems(struct json *j, const struct filter_style *style, const char *name,
		       const struct filter_key *key, uint32_t data, const struct filter_set *s)
{
	const struct filter_elem *e;

	json_open(j, name, '[');
	for (e = s->elem; e < s->elem + s->n_elems; e++) {
		if (data == WEFT_FILTER_DATA_NONE) {
			put_elem(j, style, key, e);
			continue;
		}
		json_open(j, NULL, '[');
		put_elem(j, style, key, e);
		if (data == WEFT_FILTER_DATA_VERDICT)
			put_verdict(j, &e->verdict);
		else
			json_uint(j, NULL, e->mark);
		json_close(j, ']');
	}
	json_close(j, ']');
}

/* --- fields ------------------------------------------------------------------------- */

/* `ct state` is {"ct":{"key":"state"}}, `src` {"payload":{"protocol":"weft","field":"src"}}. */
static void put_field(struct json *j, const char *name, unsigned int field, uint64_t proto,
		      uint32_t arg)
{
	const char *full = filter_field(field)->name, *second = strchr(full, ' ');
	bool ct = !strncmp(full, "ct ", 3), meta = !strncmp(full, "meta ", 5);
	char first[16];

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(full, " "), full);
	if (field == WEFT_FILTER_F_SPORT || field == WEFT_FILTER_F_DPORT) {
		second = NULL;
		snprintf(first, sizeof(first), "%s", proto == WEFT_PROTO_STREAM ? "stream" :
			 proto == WEFT_PROTO_DGRAM ? "dgram" : "th");
	} else if ((field >= WEFT_FILTER_F_IIF && field <= WEFT_FILTER_F_OIFNAME) ||
		   field == WEFT_FILTER_F_UID || field == WEFT_FILTER_F_GID) {
		meta = true;
	} else if (!second) {
		snprintf(first, sizeof(first), "weft");
	}
	json_open(j, name, '{');
	if (field == WEFT_FILTER_F_CGROUP) {
		json_open(j, "socket", '{');
		json_string(j, "key", "cgroup");
		json_uint(j, "level", arg);
	} else if (ct || meta) {
		json_open(j, ct ? "ct" : "meta", '{');
		json_string(j, "key", second ? second + 1 : full);
	} else {
		json_open(j, "payload", '{');
		json_string(j, "protocol", first);
		json_string(j, "field", second ? second + 1 : full);
	}
	json_close(j, '}');
	json_close(j, '}');
}

static void put_key(struct json *j, const char *name, const struct filter_key *key,
		    uint64_t proto, uint32_t arg)
{
	unsigned int i;

	if (key->n == 1) {
		put_field(j, name, key->field[0], proto, arg);
		return;
	}
	json_open(j, name, '{');
	json_open(j, "concat", '[');
	for (i = 0; i < key->n; i++)
		put_field(j, NULL, key->field[i], proto, arg);
	json_close(j, ']');
	json_close(j, '}');
}

static void put_target(struct json *j, const char *name, uint32_t target)
{
	static const unsigned int fields[] = {
		[WEFT_FILTER_TARGET_MARK] = WEFT_FILTER_F_MARK,
		[WEFT_FILTER_TARGET_CT_MARK] = WEFT_FILTER_F_CT_MARK,
		[WEFT_FILTER_TARGET_CT_LABEL] = WEFT_FILTER_F_CT_LABEL,
		[WEFT_FILTER_TARGET_CT_ZONE] = WEFT_FILTER_F_CT_ZONE,
		[WEFT_FILTER_TARGET_CLASS] = WEFT_FILTER_F_CLASS,
	};

	put_field(j, name, target <= WEFT_FILTER_TARGET_CLASS ? fields[target] :
		  WEFT_FILTER_F_MARK, 0, 0);
}

/* --- matches ------------------------------------------------------------------------ */

static void put_flags(struct json *j, const char *name, const struct filter_field *f,
		      uint64_t bits)
{
	const struct filter_name *n;

	json_open(j, name, '[');
	for (n = f->names; n->text; n++)
		if (bits & n->value)
			json_string(j, NULL, n->text);
	json_close(j, ']');
}

/* Is it true with any of the flags in its mask? */
static bool is_any(const struct filter_field *f, const struct filter_expr *e)
{
	return f->kind == FILTER_FLAGS && filter_has(e, WEFT_FILTER_EA_MASK) &&
	       e->last[0] == e->mask[0] && e->first[0] == (e->mask[0] & -e->mask[0]);
}

static void put_match(struct json *j, const struct filter_expr *e, uint64_t proto)
{
	const struct filter_field *f = filter_field(e->field);
	bool masked = filter_has(e, WEFT_FILTER_EA_MASK), any = is_any(f, e);
	uint64_t last[2] = { e->last[0], e->last[1] };

	/* Names that begin alike. */
	if (masked && f->kind == FILTER_DEVICE_NAME) {
		last[0] = e->first[0] | ~e->mask[0];
		last[1] = e->first[1] | ~e->mask[1];
		masked = false;
	}
	json_open(j, "match", '{');
	json_string(j, "op", e->flags & WEFT_FILTER_X_INVERT ? "!=" : any ? "in" : "==");
	if (masked && !any) {
		json_open(j, "left", '{');
		json_open(j, "&", '[');
		put_field(j, NULL, e->field, proto, e->arg);
		json_uint(j, NULL, e->mask[0]);
		json_close(j, ']');
		json_close(j, '}');
	} else {
		put_field(j, "left", e->field, proto, e->arg);
	}
	if (f->kind == FILTER_FLAGS)
		put_flags(j, "right", f, any ? e->mask[0] : e->first[0]);
	else
		put_range(j, "right", f, e->first, last);
	json_close(j, '}');
}

/* A named set, or what is in one without a name. */
static void put_set_of(struct json *j, const struct filter_style *style, const char *name,
		       const struct filter_expr *e)
{
	char text[WEFT_FILTER_NAME_MAX + 1];

	if (e->anonymous) {
		json_open(j, name, '{');
		filter_json_elems(j, style, "set", &e->key, e->anonymous->data, e->anonymous);
		json_close(j, '}');
	} else {
		snprintf(text, sizeof(text), "@%s", e->set);
		json_string(j, name, text);
	}
}

static void put_map(struct json *j, const struct filter_style *style, const char *name,
		    const struct filter_expr *e, uint64_t proto)
{
	json_open(j, name, '{');
	put_key(j, "key", &e->key, proto, e->arg);
	put_set_of(j, style, "data", e);
	json_close(j, '}');
}

static void put_lookup(struct json *j, const struct filter_style *style,
		       const struct filter_expr *e, uint64_t proto)
{
	if (filter_has(e, WEFT_FILTER_EA_TARGET)) {
		json_open(j, "mangle", '{');
		put_target(j, "key", e->target);
		json_open(j, "value", '{');
		put_map(j, style, "map", e, proto);
		json_close(j, '}');
		json_close(j, '}');
	} else if (e->data == WEFT_FILTER_DATA_VERDICT) {
		put_map(j, style, "vmap", e, proto);
	} else {
		json_open(j, "match", '{');
		json_string(j, "op", e->flags & WEFT_FILTER_X_INVERT ? "!=" : "==");
		put_key(j, "left", &e->key, proto, e->arg);
		put_set_of(j, style, "right", e);
		json_close(j, '}');
	}
}

/* --- statements --------------------------------------------------------------------- */

static void put_limit(struct json *j, const struct filter_expr *e)
{
	static const struct filter_name periods[] = {
		{ "second", 1 }, { "minute", 60 }, { "hour", 3600 }, { "day", 86400 },
		{ "week", 604800 }, { NULL, 0 }
	};
	const char *period = filter_name_of(periods, e->period);
	bool bytes = e->flags & WEFT_FILTER_X_BYTES;

	json_open(j, "limit", '{');
	json_uint(j, "rate", e->rate);
	if (bytes)
		json_string(j, "rate_unit", "bytes");
	if (period)
		json_string(j, "per", period);
	else
		json_uint(j, "per", e->period);
	if (filter_has(e, WEFT_FILTER_EA_BURST))
		json_uint(j, "burst", e->burst);
	if (bytes && filter_has(e, WEFT_FILTER_EA_BURST))
		json_string(j, "burst_unit", "bytes");
	if (e->flags & WEFT_FILTER_X_INVERT)
		json_bool(j, "inv", true);
	if (e->key.n)
		put_key(j, "key", &e->key, 0, 0);
	json_close(j, '}');
}

static void put_quota(struct json *j, const struct filter_style *style,
		      const struct filter_expr *e)
{
	json_open(j, "quota", '{');
	json_uint(j, "val", e->bytes);
	json_string(j, "val_unit", "bytes");
	if (e->used && !style->stateless) {
		json_uint(j, "used", e->used);
		json_string(j, "used_unit", "bytes");
	}
	if (e->flags & WEFT_FILTER_X_INVERT)
		json_bool(j, "inv", true);
	json_close(j, '}');
}

static void put_set(struct json *j, const struct filter_expr *e)
{
	json_open(j, "mangle", '{');
	put_target(j, "key", e->target);
	if (filter_has(e, WEFT_FILTER_EA_MASK)) {
		json_open(j, "value", '{');
		json_open(j, "|", '[');
		json_open(j, NULL, '{');
		json_open(j, "&", '[');
		put_target(j, NULL, e->target);
		json_uint(j, NULL, ~e->mask[0] & UINT32_MAX);
		json_close(j, ']');
		json_close(j, '}');
		json_uint(j, NULL, e->value);
		json_close(j, ']');
		json_close(j, '}');
	} else {
		json_uint(j, "value", e->value);
	}
	json_close(j, '}');
}

static void put_update(struct json *j, const struct filter_expr *e)
{
	static const char *const ops[] = {
		[WEFT_FILTER_UPDATE_ADD] = "add",
		[WEFT_FILTER_UPDATE_UPDATE] = "update",
		[WEFT_FILTER_UPDATE_DELETE] = "delete",
	};
	char text[WEFT_FILTER_NAME_MAX + 1];

	json_open(j, "set", '{');
	json_string(j, "op", ops[e->op]);
	if (filter_has(e, WEFT_FILTER_EA_TIMEOUT)) {
		json_open(j, "elem", '{');
		json_open(j, "elem", '{');
		put_key(j, "val", &e->key, 0, e->arg);
		json_uint(j, "timeout", e->timeout / 1000);
		json_close(j, '}');
		json_close(j, '}');
	} else {
		put_key(j, "elem", &e->key, 0, e->arg);
	}
	snprintf(text, sizeof(text), "@%s", e->set);
	json_string(j, "set", text);
	if (e->limit) {
		json_open(j, "stmt", '[');
		json_open(j, NULL, '{');
		put_limit(j, e->limit);
		json_close(j, '}');
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void put_log(struct json *j, const struct filter_expr *e)
{
	json_open(j, "log", '{');
	if (e->prefix)
		json_string(j, "prefix", e->prefix);
	if (filter_has(e, WEFT_FILTER_EA_LEVEL))
		json_string(j, "level", filter_level_name(e->level));
	if (filter_has(e, WEFT_FILTER_EA_GROUP))
		json_uint(j, "group", e->group);
	if (filter_has(e, WEFT_FILTER_EA_SNAPLEN))
		json_uint(j, "snaplen", e->snaplen);
	if (filter_has(e, WEFT_FILTER_EA_THRESHOLD))
		json_uint(j, "queue-threshold", e->threshold);
	json_close(j, '}');
}

static void put_reject(struct json *j, const struct filter_expr *e)
{
	json_open(j, "reject", '{');
	if (e->value == WEFT_FILTER_REJECT_RESET) {
		json_string(j, "type", "reset");
	} else {
		json_string(j, "type", "unreachable");
		json_string(j, "expr", filter_code_name(e->code));
	}
	json_close(j, '}');
}

static void put_counter(struct json *j, const struct filter_style *style,
			const struct filter_expr *e)
{
	if (style->stateless) {
		json_null(j, "counter");
		return;
	}
	json_open(j, "counter", '{');
	json_uint(j, "packets", e->counters.packets);
	json_uint(j, "bytes", e->counters.bytes);
	json_close(j, '}');
}

static void put_trace(struct json *j)
{
	json_open(j, "mangle", '{');
	json_open(j, "key", '{');
	json_open(j, "meta", '{');
	json_string(j, "key", "nftrace");
	json_close(j, '}');
	json_close(j, '}');
	json_uint(j, "value", 1);
	json_close(j, '}');
}

static void put_expr(struct json *j, const struct filter_style *style,
		     const struct filter_expr *e, uint64_t proto)
{
	switch (e->type) {
	case WEFT_FILTER_E_MATCH:
		put_match(j, e, proto);
		break;
	case WEFT_FILTER_E_LOOKUP:
		put_lookup(j, style, e, proto);
		break;
	case WEFT_FILTER_E_COUNTER:
		put_counter(j, style, e);
		break;
	case WEFT_FILTER_E_LIMIT:
		put_limit(j, e);
		break;
	case WEFT_FILTER_E_QUOTA:
		put_quota(j, style, e);
		break;
	case WEFT_FILTER_E_SET:
		put_set(j, e);
		break;
	case WEFT_FILTER_E_UPDATE:
		put_update(j, e);
		break;
	case WEFT_FILTER_E_LOG:
		put_log(j, e);
		break;
	case WEFT_FILTER_E_TRACE:
		put_trace(j);
		break;
	case WEFT_FILTER_E_NOTRACK:
		json_null(j, "notrack");
		break;
	case WEFT_FILTER_E_REJECT:
		put_reject(j, e);
		break;
	}
}

void filter_json_exprs(struct json *j, const struct filter_style *style,
		       const struct filter_rule *r)
{
	const struct filter_expr *e;

	for (e = r->exprs; e; e = e->next) {
		if (filter_is_folded(r->exprs, e))
			continue;
		if (e->type == WEFT_FILTER_E_VERDICT) {
			put_verdict(j, &e->verdict);
			continue;
		}
		json_open(j, NULL, '{');
		put_expr(j, style, e, filter_proto_before(r->exprs, e));
		json_close(j, '}');
	}
}
