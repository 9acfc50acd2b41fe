// SPDX-License-Identifier: GPL-2.0
/* What the kernel tells of the ruleset. See filter_decode.h. */
#include <linux/genetlink.h>
#include <string.h>

#include "filter_decode.h"
#include "filter_field.h"

/* --- elements ----------------------------------------------------------------------- */

static bool get_elem(struct filter_arena *a, const struct nlattr *nest, struct filter_set *s)
{
	size_t len = filter_key_words(&s->key) * sizeof(uint64_t);
	const struct nlattr *tb[FILTER_ATTRS_MAX];
	struct filter_elem *e;

	filter_attrs(nest, tb);
	if (!tb[WEFT_FILTER_EL_KEY])
		return false;
	e = filter_elem_add(a, s);
	if (!filter_get(tb[WEFT_FILTER_EL_KEY], e->key, len))
		return false;
	memcpy(e->end, e->key, sizeof(e->end));
	e->has_timeout = tb[WEFT_FILTER_EL_TIMEOUT];
	e->has_expires = tb[WEFT_FILTER_EL_EXPIRES];
	if (!filter_get(tb[WEFT_FILTER_EL_KEY_END], e->end, len))
		return false;
	e->range = memcmp(e->key, e->end, sizeof(e->key));
	return filter_get(tb[WEFT_FILTER_EL_VERDICT], &e->verdict.code,
			  sizeof(e->verdict.code)) &&
	       e->verdict.code < __WEFT_FILTER_VERDICT_MAX &&
	       filter_get_name(tb[WEFT_FILTER_EL_VERDICT_CHAIN], e->verdict.chain) &&
	       filter_get(tb[WEFT_FILTER_EL_MARK], &e->mark, sizeof(e->mark)) &&
	       filter_get(tb[WEFT_FILTER_EL_TIMEOUT], &e->timeout, sizeof(e->timeout)) &&
	       filter_get(tb[WEFT_FILTER_EL_EXPIRES], &e->expires, sizeof(e->expires)) &&
	       filter_get_string(a, tb[WEFT_FILTER_EL_COMMENT], &e->comment);
}

/* Elements, of a set that is known. */
static bool get_elems(struct filter_arena *a, const struct nlattr *nest, filter_set_of find,
		      const void *arg, struct filter_message *m)
{
	const struct filter_set *set = find ? find(arg, m->table, m->set) : NULL;
	const struct nlattr *attr;

	if (!nest || !set)
		return true;
	m->set_new = filter_alloc(a, sizeof(*m->set_new));
	*m->set_new = *set;
	m->set_new->elem = NULL;
	m->set_new->n_elems = 0;
	m->set_new->room = 0;
	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == WEFT_FILTER_A_ELEM &&
		    !get_elem(a, attr, m->set_new))
			return false;
	return true;
}

/* --- tables, chains, rules, sets ---------------------------------------------------- */

static bool get_table(struct filter_arena *a, const struct nlattr **tb, struct filter_message *m)
{
	struct filter_table *t = filter_alloc(a, sizeof(*t));

	m->table_new = t;
	memcpy(t->name, m->table, sizeof(t->name));
	t->handle = m->handle;
	return m->table[0] && filter_get(tb[WEFT_FILTER_A_FLAGS], &t->flags, sizeof(t->flags)) &&
	       filter_get_string(a, tb[WEFT_FILTER_A_COMMENT], &t->comment);
}

static bool get_chain(struct filter_arena *a, const struct nlattr **tb, struct filter_message *m)
{
	struct filter_chain *c = filter_alloc(a, sizeof(*c));

	m->chain_new = c;
	memcpy(c->name, m->chain, sizeof(c->name));
	c->handle = m->handle;
	c->is_base = tb[WEFT_FILTER_A_HOOK];
	c->has_policy = tb[WEFT_FILTER_A_POLICY];
	c->has_counters = tb[WEFT_FILTER_A_COUNTERS];
	c->policy = WEFT_FILTER_ACCEPT;
	return m->table[0] && m->chain[0] &&
	       filter_get(tb[WEFT_FILTER_A_HOOK], &c->hook, sizeof(c->hook)) &&
	       c->hook < __WEFT_FILTER_HOOK_MAX &&
	       filter_get(tb[WEFT_FILTER_A_PRIORITY], &c->priority, sizeof(c->priority)) &&
	       filter_get(tb[WEFT_FILTER_A_POLICY], &c->policy, sizeof(c->policy)) &&
	       filter_get(tb[WEFT_FILTER_A_COUNTERS], &c->counters, sizeof(c->counters)) &&
	       filter_get_string(a, tb[WEFT_FILTER_A_COMMENT], &c->comment);
}

static bool get_rule(struct filter_arena *a, const struct nlattr **tb, struct filter_message *m)
{
	struct filter_rule *r = filter_alloc(a, sizeof(*r));

	m->rule_new = r;
	r->handle = m->handle;
	return m->table[0] && m->chain[0] &&
	       filter_get_string(a, tb[WEFT_FILTER_A_COMMENT], &r->comment) &&
	       (!tb[WEFT_FILTER_A_EXPRS] ||
		filter_get_exprs(a, tb[WEFT_FILTER_A_EXPRS], false, &r->exprs));
}

static bool get_set(struct filter_arena *a, const struct nlattr **tb, struct filter_message *m)
{
	struct filter_set *s = filter_alloc(a, sizeof(*s));

	m->set_new = s;
	memcpy(s->name, m->set, sizeof(s->name));
	s->handle = m->handle;
	return m->table[0] && m->set[0] && filter_get_key(tb[WEFT_FILTER_A_KEY], &s->key) &&
	       filter_get(tb[WEFT_FILTER_A_FLAGS], &s->flags, sizeof(s->flags)) &&
	       filter_get(tb[WEFT_FILTER_A_DATA], &s->data, sizeof(s->data)) &&
	       s->data <= WEFT_FILTER_DATA_MARK &&
	       filter_get(tb[WEFT_FILTER_A_TIMEOUT], &s->timeout, sizeof(s->timeout)) &&
	       filter_get(tb[WEFT_FILTER_A_SIZE], &s->size, sizeof(s->size)) &&
	       filter_get_string(a, tb[WEFT_FILTER_A_COMMENT], &s->comment);
}

static bool get_step(const struct nlattr *nest, struct filter_step *s)
{
	const struct nlattr *tb[FILTER_ATTRS_MAX];

	if (!nest)
		return false;
	filter_attrs(nest, tb);
	if (tb[WEFT_FILTER_TR_PACKET]) {
		s->packet = mnl_attr_get_payload(tb[WEFT_FILTER_TR_PACKET]);
		s->packet_len = mnl_attr_get_payload_len(tb[WEFT_FILTER_TR_PACKET]);
	}
	s->has_verdict = tb[WEFT_FILTER_TR_VERDICT];
	return filter_get(tb[WEFT_FILTER_TR_ID], &s->id, sizeof(s->id)) &&
	       filter_get(tb[WEFT_FILTER_TR_KIND], &s->kind, sizeof(s->kind)) &&
	       filter_get(tb[WEFT_FILTER_TR_HOOK], &s->hook, sizeof(s->hook)) &&
	       filter_get_name(tb[WEFT_FILTER_TR_TABLE], s->table) &&
	       filter_get_name(tb[WEFT_FILTER_TR_CHAIN], s->chain) &&
	       filter_get(tb[WEFT_FILTER_TR_HANDLE], &s->handle, sizeof(s->handle)) &&
	       filter_get(tb[WEFT_FILTER_TR_VERDICT], &s->verdict.code,
			  sizeof(s->verdict.code)) &&
	       s->verdict.code < __WEFT_FILTER_VERDICT_MAX &&
	       filter_get_name(tb[WEFT_FILTER_TR_VERDICT_CHAIN], s->verdict.chain) &&
	       filter_get(tb[WEFT_FILTER_TR_IIF], &s->iif, sizeof(s->iif)) &&
	       filter_get(tb[WEFT_FILTER_TR_OIF], &s->oif, sizeof(s->oif)) &&
	       filter_get(tb[WEFT_FILTER_TR_MARK], &s->mark, sizeof(s->mark)) &&
	       filter_get(tb[WEFT_FILTER_TR_LEN], &s->len, sizeof(s->len));
}

/* --- messages ----------------------------------------------------------------------- */

static bool get_names(const struct nlattr **tb, struct filter_message *m)
{
	m->has_gen = tb[WEFT_FILTER_A_GEN];
	return filter_get(tb[WEFT_FILTER_A_GEN], &m->gen, sizeof(m->gen)) &&
	       filter_get_name(tb[WEFT_FILTER_A_TABLE], m->table) &&
	       filter_get_name(tb[WEFT_FILTER_A_CHAIN], m->chain) &&
	       filter_get_name(tb[WEFT_FILTER_A_SET], m->set) &&
	       filter_get(tb[WEFT_FILTER_A_HANDLE], &m->handle, sizeof(m->handle)) &&
	       filter_get(tb[WEFT_FILTER_A_POSITION], &m->position, sizeof(m->position));
}

bool filter_decode(struct filter_arena *a, const struct nlmsghdr *nlh, filter_set_of find,
		   const void *arg, struct filter_message *m)
{
	const struct nlattr *tb[FILTER_ATTRS_MAX] = { 0 }, *attr;
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	memset(m, 0, sizeof(*m));
	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*genl)))
		return false;
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		if (mnl_attr_get_type(attr) < FILTER_ATTRS_MAX)
			tb[mnl_attr_get_type(attr)] = attr;
	m->cmd = genl->cmd;
	if (!get_names(tb, m))
		return false;
	switch (m->cmd) {
	case WEFT_FILTER_CMD_NEW_TABLE:
		return get_table(a, tb, m);
	case WEFT_FILTER_CMD_NEW_CHAIN:
		return get_chain(a, tb, m);
	case WEFT_FILTER_CMD_NEW_RULE:
		return get_rule(a, tb, m);
	case WEFT_FILTER_CMD_NEW_SET:
		return get_set(a, tb, m);
	case WEFT_FILTER_CMD_NEW_ELEM:
	case WEFT_FILTER_CMD_DEL_ELEM:
		return get_elems(a, tb[WEFT_FILTER_A_ELEMS], find, arg, m);
	case WEFT_FILTER_CMD_TRACE:
		return get_step(tb[WEFT_FILTER_A_TRACE], &m->step);
	}
	return true;
}

/* --- rulesets ----------------------------------------------------------------------- */

static const struct filter_set *set_of(const void *arg, const char *table, const char *set)
{
	struct filter_table *t = filter_table_find(arg, table);

	return t ? filter_set_find(t, set) : NULL;
}

static void take_table(struct filter_ruleset *r, const struct filter_message *m)
{
	struct filter_table *t = filter_table_add(r, m->table);

	t->handle = m->handle;
	t->flags = m->table_new->flags;
	t->comment = m->table_new->comment;
}

static void take_chain(struct filter_ruleset *r, struct filter_table *t,
		       const struct filter_message *m)
{
	struct filter_chain *c = filter_chain_add(&r->arena, t, m->chain);
	struct filter_rule **last_rule = c->last_rule;

	*c = *m->chain_new;
	c->last_rule = last_rule;
}

static void take_rule(struct filter_ruleset *r, const struct filter_table *t,
		      const struct filter_message *m)
{
	struct filter_chain *c = filter_chain_find(t, m->chain);

	if (c)
		*filter_rule_add(&r->arena, c) = *m->rule_new;
}

/* Elements come in several messages. */
static void take_elems(struct filter_ruleset *r, struct filter_table *t,
		       const struct filter_message *m)
{
	struct filter_set *s = filter_set_find(t, m->set);
	size_t i;

	for (i = 0; s && m->set_new && i < m->set_new->n_elems; i++)
		*filter_elem_add(&r->arena, s) = m->set_new->elem[i];
}

/* What a dump has of tables that it did not tell of came to be meanwhile; it is left out. */
bool filter_ruleset_take(struct filter_ruleset *r, const struct nlmsghdr *nlh)
{
	struct filter_message m;
	struct filter_table *t;

	if (!filter_decode(&r->arena, nlh, set_of, r, &m))
		return false;
	if (m.cmd == WEFT_FILTER_CMD_NEW_TABLE) {
		take_table(r, &m);
		return true;
	}
	t = filter_table_find(r, m.table);
	if (!t)
		return true;
	if (m.cmd == WEFT_FILTER_CMD_NEW_CHAIN)
		take_chain(r, t, &m);
	else if (m.cmd == WEFT_FILTER_CMD_NEW_RULE)
		take_rule(r, t, &m);
	else if (m.cmd == WEFT_FILTER_CMD_NEW_SET && m.set_new->key.n)
		filter_set_add(&r->arena, t, m.set_new);
	else if (m.cmd == WEFT_FILTER_CMD_NEW_ELEM)
		take_elems(r, t, &m);
	return true;
}

void filter_rule_link(struct filter_rule *rule, struct filter_table *t)
{
	struct filter_expr *e;
	struct filter_set *s;

	for (e = rule->exprs; e; e = e->next) {
		if (e->type != WEFT_FILTER_E_LOOKUP)
			continue;
		s = filter_set_find(t, e->set);
		if (!s)
			continue;
		e->data = s->data;
		if (s->flags & WEFT_FILTER_SET_ANONYMOUS)
			e->anonymous = s;
	}
}

void filter_ruleset_finish(struct filter_ruleset *r)
{
	struct filter_table *t;
	struct filter_chain *c;
	struct filter_rule *rule;
	struct filter_set *s;

	for (t = r->tables; t; t = t->next) {
		for (s = t->sets; s; s = s->next)
			filter_set_sort(s);
		for (c = t->chains; c; c = c->next)
			for (rule = c->rules; rule; rule = rule->next)
				filter_rule_link(rule, t);
	}
}
