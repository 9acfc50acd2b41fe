// SPDX-License-Identifier: GPL-2.0
/* Attributes and expressions from messages. See filter_decode.h. */
#include <string.h>

#include "filter_decode.h"
#include "filter_field.h"

/* Strings of the kernel are no longer than those of a file may be. */
#define STRING_MAX	256

void filter_attrs(const struct nlattr *nest, const struct nlattr *tb[FILTER_ATTRS_MAX])
{
	const struct nlattr *attr;

	memset(tb, 0, FILTER_ATTRS_MAX * sizeof(*tb));
	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) < FILTER_ATTRS_MAX)
			tb[mnl_attr_get_type(attr)] = attr;
}

bool filter_get(const struct nlattr *attr, void *to, size_t len)
{
	if (!attr)
		return true;
	if (mnl_attr_get_payload_len(attr) != len)
		return false;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return true;
}

/* The length of a string that ends within its attribute, or -1. */
static int string_len(const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);
	size_t n = strnlen(mnl_attr_get_payload(attr), len);

	return n < len ? (int)n : -1;
}

bool filter_get_name(const struct nlattr *attr, char name[WEFT_FILTER_NAME_MAX])
{
	int len;

	if (!attr)
		return true;
	len = string_len(attr);
	if (len <= 0 || len >= WEFT_FILTER_NAME_MAX)
		return false;
	memcpy(name, mnl_attr_get_payload(attr), (size_t)len + 1);
	return true;
}

bool filter_get_string(struct filter_arena *a, const struct nlattr *attr, const char **s)
{
	int len;

	if (!attr)
		return true;
	len = string_len(attr);
	if (len < 0 || len >= STRING_MAX)
		return false;
	*s = filter_strdup(a, mnl_attr_get_payload(attr));
	return true;
}

bool filter_get_key(const struct nlattr *attr, struct filter_key *key)
{
	size_t len, i;

	if (!attr)
		return true;
	len = mnl_attr_get_payload_len(attr);
	if (!len || len % sizeof(key->field[0]) || len > sizeof(key->field))
		return false;
	memcpy(key->field, mnl_attr_get_payload(attr), len);
	key->n = (unsigned int)(len / sizeof(key->field[0]));
	for (i = 0; i < key->n; i++)
		if (!filter_field(key->field[i]))
			return false;
	return true;
}

/* --- expressions -------------------------------------------------------------------- */

/* What some type of expression has, in @tb. */
typedef bool (*get_fn)(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e);

static bool get_u32(const struct nlattr *attr, uint32_t *value)
{
	return filter_get(attr, value, sizeof(*value));
}

static bool get_u64(const struct nlattr *attr, uint64_t *value)
{
	return filter_get(attr, value, sizeof(*value));
}

/* Notes that an attribute is there. */
static void note(const struct nlattr **tb, struct filter_expr *e, unsigned int attr)
{
	if (tb[attr])
		e->has |= 1U << attr;
}

static bool get_match(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	size_t len;

	(void)a;
	if (!tb[WEFT_FILTER_EA_FIELD] || !tb[WEFT_FILTER_EA_FIRST] ||
	    !get_u32(tb[WEFT_FILTER_EA_FIELD], &e->field) || !filter_field(e->field))
		return false;
	len = filter_field_words(e->field) * sizeof(uint64_t);
	if (!filter_get(tb[WEFT_FILTER_EA_FIRST], e->first, len))
		return false;
	memcpy(e->last, e->first, sizeof(e->last));
	note(tb, e, WEFT_FILTER_EA_MASK);
	return filter_get(tb[WEFT_FILTER_EA_LAST], e->last, len) &&
	       filter_get(tb[WEFT_FILTER_EA_MASK], e->mask, len) &&
	       get_u32(tb[WEFT_FILTER_EA_ARG], &e->arg) &&
	       get_u32(tb[WEFT_FILTER_EA_FLAGS], &e->flags);
}

static bool get_lookup(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	(void)a;
	note(tb, e, WEFT_FILTER_EA_TARGET);
	return tb[WEFT_FILTER_EA_SET] && tb[WEFT_FILTER_EA_KEY] &&
	       filter_get_name(tb[WEFT_FILTER_EA_SET], e->set) &&
	       filter_get_key(tb[WEFT_FILTER_EA_KEY], &e->key) &&
	       get_u32(tb[WEFT_FILTER_EA_ARG], &e->arg) &&
	       get_u32(tb[WEFT_FILTER_EA_FLAGS], &e->flags) &&
	       get_u32(tb[WEFT_FILTER_EA_TARGET], &e->target);
}

static bool get_counter(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	(void)a;
	return filter_get(tb[WEFT_FILTER_EA_COUNTERS], &e->counters, sizeof(e->counters));
}

static bool get_limit(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	(void)a;
	note(tb, e, WEFT_FILTER_EA_BURST);
	return tb[WEFT_FILTER_EA_RATE] && get_u64(tb[WEFT_FILTER_EA_RATE], &e->rate) &&
	       get_u32(tb[WEFT_FILTER_EA_PERIOD], &e->period) &&
	       get_u32(tb[WEFT_FILTER_EA_BURST], &e->burst) &&
	       get_u32(tb[WEFT_FILTER_EA_FLAGS], &e->flags) &&
	       filter_get_key(tb[WEFT_FILTER_EA_KEY], &e->key);
}

static bool get_quota(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	(void)a;
	return get_u64(tb[WEFT_FILTER_EA_BYTES], &e->bytes) &&
	       get_u64(tb[WEFT_FILTER_EA_USED], &e->used) &&
	       get_u32(tb[WEFT_FILTER_EA_FLAGS], &e->flags);
}

static bool get_set(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	(void)a;
	note(tb, e, WEFT_FILTER_EA_MASK);
	return get_u32(tb[WEFT_FILTER_EA_TARGET], &e->target) &&
	       get_u64(tb[WEFT_FILTER_EA_VALUE], &e->value) &&
	       get_u64(tb[WEFT_FILTER_EA_MASK], e->mask);
}

static bool get_update(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	note(tb, e, WEFT_FILTER_EA_TIMEOUT);
	return tb[WEFT_FILTER_EA_SET] && tb[WEFT_FILTER_EA_KEY] &&
	       filter_get_name(tb[WEFT_FILTER_EA_SET], e->set) &&
	       filter_get_key(tb[WEFT_FILTER_EA_KEY], &e->key) &&
	       get_u32(tb[WEFT_FILTER_EA_ARG], &e->arg) &&
	       get_u32(tb[WEFT_FILTER_EA_OP], &e->op) &&
	       e->op <= WEFT_FILTER_UPDATE_DELETE &&
	       get_u64(tb[WEFT_FILTER_EA_TIMEOUT], &e->timeout) &&
	       (!tb[WEFT_FILTER_EA_EXPRS] ||
		filter_get_exprs(a, tb[WEFT_FILTER_EA_EXPRS], true, &e->limit));
}

static bool get_log(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	note(tb, e, WEFT_FILTER_EA_LEVEL);
	note(tb, e, WEFT_FILTER_EA_GROUP);
	note(tb, e, WEFT_FILTER_EA_SNAPLEN);
	note(tb, e, WEFT_FILTER_EA_THRESHOLD);
	return filter_get_string(a, tb[WEFT_FILTER_EA_PREFIX], &e->prefix) &&
	       get_u32(tb[WEFT_FILTER_EA_LEVEL], &e->level) &&
	       filter_get(tb[WEFT_FILTER_EA_GROUP], &e->group, sizeof(e->group)) &&
	       get_u32(tb[WEFT_FILTER_EA_SNAPLEN], &e->snaplen) &&
	       filter_get(tb[WEFT_FILTER_EA_THRESHOLD], &e->threshold, sizeof(e->threshold));
}

static bool get_nothing(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	(void)a;
	(void)tb;
	(void)e;
	return true;
}

static bool get_reject(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	(void)a;
	return get_u64(tb[WEFT_FILTER_EA_VALUE], &e->value) &&
	       e->value <= WEFT_FILTER_REJECT_RESET &&
	       get_u32(tb[WEFT_FILTER_EA_CODE], &e->code);
}

static bool get_verdict(struct filter_arena *a, const struct nlattr **tb, struct filter_expr *e)
{
	(void)a;
	return tb[WEFT_FILTER_EA_VERDICT] &&
	       get_u32(tb[WEFT_FILTER_EA_VERDICT], &e->verdict.code) &&
	       e->verdict.code < __WEFT_FILTER_VERDICT_MAX &&
	       filter_get_name(tb[WEFT_FILTER_EA_CHAIN], e->verdict.chain);
}

static const get_fn getters[] = {
	[WEFT_FILTER_E_MATCH] = get_match,
	[WEFT_FILTER_E_LOOKUP] = get_lookup,
	[WEFT_FILTER_E_COUNTER] = get_counter,
	[WEFT_FILTER_E_LIMIT] = get_limit,
	[WEFT_FILTER_E_QUOTA] = get_quota,
	[WEFT_FILTER_E_SET] = get_set,
	[WEFT_FILTER_E_UPDATE] = get_update,
	[WEFT_FILTER_E_LOG] = get_log,
	[WEFT_FILTER_E_TRACE] = get_nothing,
	[WEFT_FILTER_E_NOTRACK] = get_nothing,
	[WEFT_FILTER_E_REJECT] = get_reject,
	[WEFT_FILTER_E_VERDICT] = get_verdict,
};

/* A nest of expressions; one that is @nested itself is of limits alone. */
bool filter_get_exprs(struct filter_arena *a, const struct nlattr *nest, bool nested,
		      struct filter_expr **first)
{
	const struct nlattr *tb[FILTER_ATTRS_MAX], *attr;
	struct filter_exprs list;
	struct filter_expr *e;
	unsigned int type;

	filter_exprs_init(&list);
	mnl_attr_for_each_nested(attr, nest) {
		type = mnl_attr_get_type(attr);
		if (type >= MNL_ARRAY_SIZE(getters) || !getters[type] ||
		    (nested && type != WEFT_FILTER_E_LIMIT))
			return false;
		filter_attrs(attr, tb);
		e = filter_expr_add(a, &list, type);
		if (!getters[type](a, tb, e))
			return false;
	}
	*first = list.first;
	return true;
}
