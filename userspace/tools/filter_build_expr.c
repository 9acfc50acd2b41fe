// SPDX-License-Identifier: GPL-2.0
/* Expressions as attributes. See filter_build.h. */
#include <stdlib.h>
#include <string.h>

#include "filter_build.h"
#include "filter_field.h"

/* Adds an attribute; a message without room for it would be a bug here. */
void filter_put(struct nlmsghdr *nlh, uint16_t type, size_t len, const void *data)
{
	if (!mnl_attr_put_check(nlh, FILTER_MESSAGE_SIZE, type, len, data))
		abort();
}

void filter_put_u32(struct nlmsghdr *nlh, uint16_t type, uint32_t value)
{
	filter_put(nlh, type, sizeof(value), &value);
}

void filter_put_u64(struct nlmsghdr *nlh, uint16_t type, uint64_t value)
{
	filter_put(nlh, type, sizeof(value), &value);
}

void filter_put_string(struct nlmsghdr *nlh, uint16_t type, const char *s)
{
	filter_put(nlh, type, strlen(s) + 1, s);
}

void filter_put_key(struct nlmsghdr *nlh, uint16_t type, const struct filter_key *key)
{
	filter_put(nlh, type, key->n * sizeof(key->field[0]), key->field);
}

static void put_value(struct nlmsghdr *nlh, uint16_t type, unsigned int field,
		      const uint64_t v[2])
{
	filter_put(nlh, type, filter_field_words(field) * sizeof(*v), v);
}

/* Flags and the level of a cgroup go without saying when they are 0. */
static void put_nonzero(struct nlmsghdr *nlh, uint16_t type, uint32_t value)
{
	if (value)
		filter_put_u32(nlh, type, value);
}

static void put_match(struct nlmsghdr *nlh, const struct filter_expr *e)
{
	filter_put_u32(nlh, WEFT_FILTER_EA_FIELD, e->field);
	put_nonzero(nlh, WEFT_FILTER_EA_ARG, e->arg);
	put_nonzero(nlh, WEFT_FILTER_EA_FLAGS, e->flags);
	if (filter_has(e, WEFT_FILTER_EA_MASK))
		put_value(nlh, WEFT_FILTER_EA_MASK, e->field, e->mask);
	put_value(nlh, WEFT_FILTER_EA_FIRST, e->field, e->first);
	if (memcmp(e->first, e->last, sizeof(e->first)))
		put_value(nlh, WEFT_FILTER_EA_LAST, e->field, e->last);
}

static void put_lookup(struct nlmsghdr *nlh, const struct filter_expr *e)
{
	filter_put_string(nlh, WEFT_FILTER_EA_SET, e->set);
	filter_put_key(nlh, WEFT_FILTER_EA_KEY, &e->key);
	put_nonzero(nlh, WEFT_FILTER_EA_ARG, e->arg);
	put_nonzero(nlh, WEFT_FILTER_EA_FLAGS, e->flags);
	if (filter_has(e, WEFT_FILTER_EA_TARGET))
		filter_put_u32(nlh, WEFT_FILTER_EA_TARGET, e->target);
}

static void put_limit(struct nlmsghdr *nlh, const struct filter_expr *e)
{
	filter_put_u64(nlh, WEFT_FILTER_EA_RATE, e->rate);
	filter_put_u32(nlh, WEFT_FILTER_EA_PERIOD, e->period);
	if (filter_has(e, WEFT_FILTER_EA_BURST))
		filter_put_u32(nlh, WEFT_FILTER_EA_BURST, e->burst);
	put_nonzero(nlh, WEFT_FILTER_EA_FLAGS, e->flags);
	if (e->key.n)
		filter_put_key(nlh, WEFT_FILTER_EA_KEY, &e->key);
}

static void put_quota(struct nlmsghdr *nlh, const struct filter_expr *e)
{
	filter_put_u64(nlh, WEFT_FILTER_EA_BYTES, e->bytes);
	if (e->used)
		filter_put_u64(nlh, WEFT_FILTER_EA_USED, e->used);
	put_nonzero(nlh, WEFT_FILTER_EA_FLAGS, e->flags);
}

static void put_set(struct nlmsghdr *nlh, const struct filter_expr *e)
{
	filter_put_u32(nlh, WEFT_FILTER_EA_TARGET, e->target);
	filter_put_u64(nlh, WEFT_FILTER_EA_VALUE, e->value);
	if (filter_has(e, WEFT_FILTER_EA_MASK))
		filter_put_u64(nlh, WEFT_FILTER_EA_MASK, e->mask[0]);
}

static void put_update(struct nlmsghdr *nlh, const struct filter_expr *e)
{
	filter_put_string(nlh, WEFT_FILTER_EA_SET, e->set);
	filter_put_key(nlh, WEFT_FILTER_EA_KEY, &e->key);
	put_nonzero(nlh, WEFT_FILTER_EA_ARG, e->arg);
	filter_put_u32(nlh, WEFT_FILTER_EA_OP, e->op);
	if (filter_has(e, WEFT_FILTER_EA_TIMEOUT))
		filter_put_u64(nlh, WEFT_FILTER_EA_TIMEOUT, e->timeout);
	if (e->limit)
		filter_put_exprs(nlh, WEFT_FILTER_EA_EXPRS, e->limit);
}

static void put_log(struct nlmsghdr *nlh, const struct filter_expr *e)
{
	if (e->prefix)
		filter_put_string(nlh, WEFT_FILTER_EA_PREFIX, e->prefix);
	if (filter_has(e, WEFT_FILTER_EA_LEVEL))
		filter_put_u32(nlh, WEFT_FILTER_EA_LEVEL, e->level);
	if (filter_has(e, WEFT_FILTER_EA_GROUP))
		filter_put(nlh, WEFT_FILTER_EA_GROUP, sizeof(e->group), &e->group);
	if (filter_has(e, WEFT_FILTER_EA_SNAPLEN))
		filter_put_u32(nlh, WEFT_FILTER_EA_SNAPLEN, e->snaplen);
	if (filter_has(e, WEFT_FILTER_EA_THRESHOLD))
		filter_put(nlh, WEFT_FILTER_EA_THRESHOLD, sizeof(e->threshold), &e->threshold);
}

static void put_verdict(struct nlmsghdr *nlh, const struct filter_expr *e)
{
	filter_put_u32(nlh, WEFT_FILTER_EA_VERDICT, e->verdict.code);
	if (e->verdict.chain[0])
		filter_put_string(nlh, WEFT_FILTER_EA_CHAIN, e->verdict.chain);
}

static void put_expr(struct nlmsghdr *nlh, const struct filter_expr *e)
{
	switch (e->type) {
	case WEFT_FILTER_E_MATCH:
		put_match(nlh, e);
		break;
	case WEFT_FILTER_E_LOOKUP:
		put_lookup(nlh, e);
		break;
	case WEFT_FILTER_E_COUNTER:
		filter_put(nlh, WEFT_FILTER_EA_COUNTERS, sizeof(e->counters), &e->counters);
		break;
	case WEFT_FILTER_E_LIMIT:
		put_limit(nlh, e);
		break;
	case WEFT_FILTER_E_QUOTA:
		put_quota(nlh, e);
		break;
	case WEFT_FILTER_E_SET:
		put_set(nlh, e);
		break;
	case WEFT_FILTER_E_UPDATE:
		put_update(nlh, e);
		break;
	case WEFT_FILTER_E_LOG:
		put_log(nlh, e);
		break;
	case WEFT_FILTER_E_REJECT:
		filter_put_u64(nlh, WEFT_FILTER_EA_VALUE, e->value);
		filter_put_u32(nlh, WEFT_FILTER_EA_CODE, e->code);
		break;
	case WEFT_FILTER_E_VERDICT:
		put_verdict(nlh, e);
		break;
	}
}

void filter_put_exprs(struct nlmsghdr *nlh, uint16_t type, const struct filter_expr *e)
{
	struct nlattr *list = mnl_attr_nest_start(nlh, type), *one;

	for (; e; e = e->next) {
		one = mnl_attr_nest_start(nlh, (uint16_t)e->type);
		put_expr(nlh, e);
		mnl_attr_nest_end(nlh, one);
	}
	mnl_attr_nest_end(nlh, list);
}
