// SPDX-License-Identifier: GPL-2.0
/* A ruleset as JSON: tables, chains and sets. See filter_json.h. */
#include "filter_field.h"
#include "filter_json.h"

void filter_json_begin(struct json *j)
{
	json_open(j, NULL, '{');
	json_open(j, "weft_filter", '[');
	json_open(j, NULL, '{');
	json_open(j, "metainfo", '{');
	json_string(j, "version", WEFT_VERSION_TEXT);
	json_uint(j, "json_schema_version", 1);
	json_close(j, '}');
	json_close(j, '}');
}

void filter_json_end(struct json *j)
{
	json_close(j, ']');
	json_close(j, '}');
}

/* Begins an object of an object; both are closed by close_object(). */
static void open_object(struct json *j, const char *what)
{
	json_open(j, NULL, '{');
	json_open(j, what, '{');
	json_string(j, "family", "weft");
}

static void close_object(struct json *j)
{
	json_close(j, '}');
	json_close(j, '}');
}

static void put_handle(struct json *j, uint64_t handle)
{
	if (handle)
		json_uint(j, "handle", handle);
}

static void put_comment(struct json *j, const char *comment)
{
	if (comment)
		json_string(j, "comment", comment);
}

void filter_json_table(struct json *j, const struct filter_table *t)
{
	open_object(j, "table");
	json_string(j, "name", t->name);
	put_handle(j, t->handle);
	if (t->flags & WEFT_FILTER_TABLE_DORMANT) {
		json_open(j, "flags", '[');
		json_string(j, NULL, "dormant");
		json_close(j, ']');
	}
	put_comment(j, t->comment);
	close_object(j);
}

void filter_json_chain(struct json *j, const struct filter_style *style, const char *table,
		       const struct filter_chain *c)
{
	open_object(j, "chain");
	json_string(j, "table", table);
	json_string(j, "name", c->name);
	put_handle(j, c->handle);
	if (c->is_base) {
		json_string(j, "type", "filter");
		json_string(j, "hook", filter_hook_name(c->hook));
		json_int(j, "prio", c->priority);
		json_string(j, "policy", c->policy == WEFT_FILTER_DROP ? "drop" : "accept");
	}
	if (c->has_counters && !style->stateless) {
		json_uint(j, "packets", c->counters.packets);
		json_uint(j, "bytes", c->counters.bytes);
	}
	put_comment(j, c->comment);
	close_object(j);
}

void filter_json_rule(struct json *j, const struct filter_style *style, const char *table,
		      const char *chain, const struct filter_rule *r)
{
	open_object(j, "rule");
	json_string(j, "table", table);
	json_string(j, "chain", chain);
	put_handle(j, r->handle);
	put_comment(j, r->comment);
	json_open(j, "expr", '[');
	filter_json_exprs(j, style, r);
	json_close(j, ']');
	close_object(j);
}

static void put_flags(struct json *j, uint32_t flags)
{
	static const struct filter_name names[] = {
		{ "interval", WEFT_FILTER_SET_INTERVAL },
		{ "timeout", WEFT_FILTER_SET_TIMEOUT },
		{ "dynamic", WEFT_FILTER_SET_DYNAMIC },
		{ "constant", WEFT_FILTER_SET_CONSTANT },
		{ NULL, 0 }
	};
	const struct filter_name *n;
	bool any = false;

	for (n = names; n->text; n++) {
		if (!(flags & n->value))
			continue;
		if (!any)
			json_open(j, "flags", '[');
		any = true;
		json_string(j, NULL, n->text);
	}
	if (any)
		json_close(j, ']');
}

static void put_type(struct json *j, const struct filter_set *s)
{
	unsigned int i;

	if (s->key.n == 1) {
		json_string(j, "type", filter_field(s->key.field[0])->type);
	} else {
		json_open(j, "type", '[');
		for (i = 0; i < s->key.n; i++)
			json_string(j, NULL, filter_field(s->key.field[i])->type);
		json_close(j, ']');
	}
	if (s->data != WEFT_FILTER_DATA_NONE)
		json_string(j, "map", s->data == WEFT_FILTER_DATA_MARK ? "mark" : "verdict");
}

void filter_json_set(struct json *j, const struct filter_style *style, const char *table,
		     const struct filter_set *s)
{
	open_object(j, s->data == WEFT_FILTER_DATA_NONE ? "set" : "map");
	json_string(j, "name", s->name);
	json_string(j, "table", table);
	put_type(j, s);
	put_handle(j, s->handle);
	put_comment(j, s->comment);
	if (s->size)
		json_uint(j, "size", s->size);
	put_flags(j, s->flags);
	if (s->timeout)
		json_uint(j, "timeout", s->timeout / 1000);
	if (s->n_elems)
		filter_json_elems(j, style, "elem", &s->key, s->data, s);
	close_object(j);
}

void filter_json_all(struct json *j, const struct filter_style *style,
		     const struct filter_table *t)
{
	const struct filter_chain *c;
	const struct filter_rule *r;
	const struct filter_set *s;

	filter_json_table(j, t);
	for (c = t->chains; c; c = c->next)
		filter_json_chain(j, style, t->name, c);
	for (s = t->sets; s; s = s->next)
		if (!filter_is_hidden(s))
			filter_json_set(j, style, t->name, s);
	for (c = t->chains; c; c = c->next)
		for (r = c->rules; r; r = r->next)
			filter_json_rule(j, style, t->name, c->name, r);
}
