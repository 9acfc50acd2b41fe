// SPDX-License-Identifier: GPL-2.0
/* Lists what the kernel has, as text or JSON. See filter.h. */
#include <string.h>

#include "cli.h"
#include "filter.h"
#include "filter_json.h"

/* What is printed, and how. */
struct list {
	const struct filter_command *c;
	struct filter_style style;
	struct json *json;	/* NULL for text */
};

static void print_table(const struct list *l, const struct filter_table *t)
{
	if (l->json)
		filter_json_all(l->json, &l->style, t);
	else
		filter_print_table(&l->style, t);
}

static void print_table_name(const struct list *l, const struct filter_table *t)
{
	if (l->json) {
		filter_json_table(l->json, t);
		return;
	}
	fputs("table weft ", stdout);
	filter_print_name(stdout, t->name);
	if (l->style.handles)
		printf(" # handle %llu", (unsigned long long)t->handle);
	putchar('\n');
}

static void print_chain(const struct list *l, const struct filter_table *t,
			const struct filter_chain *c)
{
	const struct filter_rule *r;

	if (!l->json) {
		filter_print_chain_in(&l->style, t, c);
		return;
	}
	filter_json_chain(l->json, &l->style, t->name, c);
	for (r = c->rules; r; r = r->next)
		filter_json_rule(l->json, &l->style, t->name, c->name, r);
}

static void print_set(const struct list *l, const struct filter_table *t,
		      const struct filter_set *s)
{
	if (l->json)
		filter_json_set(l->json, &l->style, t->name, s);
	else
		filter_print_set_in(&l->style, t, s);
}

/* Chains or sets of a table: all of a kind, or that of a name. Returns how many. */
static unsigned int print_parts(const struct list *l, const struct filter_table *t)
{
	const struct filter_command *c = l->c;
	bool one = c->noun < FILTER_TABLES;
	bool maps = c->noun == FILTER_MAPS;
	const struct filter_chain *chain;
	const struct filter_set *s;
	unsigned int n = 0;

	if (c->noun == FILTER_CHAIN || c->noun == FILTER_CHAINS) {
		for (chain = t->chains; chain; chain = chain->next) {
			if (one && strcmp(chain->name, c->chain))
				continue;
			print_chain(l, t, chain);
			n++;
		}
		return n;
	}
	for (s = t->sets; s; s = s->next) {
		if (filter_is_hidden(s) || (one && strcmp(s->name, c->set)) ||
		    (!one && maps == !s->data))
			continue;
		print_set(l, t, s);
		n++;
	}
	return n;
}

static unsigned int print_all(const struct list *l, const struct filter_ruleset *r)
{
	const struct filter_command *c = l->c;
	const struct filter_table *t;
	unsigned int n = 0;

	for (t = r->tables; t; t = t->next) {
		if (c->table[0] && strcmp(c->table, t->name))
			continue;
		n++;
		if (c->noun == FILTER_RULESET || c->noun == FILTER_TABLE) {
			print_table(l, t);
		} else if (c->noun == FILTER_TABLES) {
			print_table_name(l, t);
		} else {
			n--;
			n += print_parts(l, t);
		}
	}
	return n;
}

static int collect(struct filter_socket *s, const struct filter_command *c,
		   struct filter_ruleset *r)
{
	bool chains = c->noun == FILTER_CHAIN;
	bool one_set = c->noun == FILTER_SET || c->noun == FILTER_MAP;
	struct filter_wish wish = {
		.table = c->table[0] ? c->table : NULL,
		.set = one_set ? c->set : NULL,
		.elements = c->noun != FILTER_TABLES && c->noun != FILTER_CHAINS &&
			    c->op != FILTER_GET,
		.rules = chains || c->noun == FILTER_RULESET || c->noun == FILTER_TABLE,
	};
	struct filter_batch question;
	int code = filter_load(s, &wish, r);

	if (code != CLI_OK || c->op != FILTER_GET)
		return code;
	filter_batch_init(&question, s->family, 0);
	filter_batch_get(&question, c);
	code = filter_get_elements(s, &question, r);
	filter_batch_free(&question);
	return code;
}

int filter_list(struct filter_socket *s, const struct filter_command *c,
		const struct filter_source *src, const struct filter_options *opt)
{
	struct list l = { .c = c, .style = { stdout, opt->handles, opt->stateless } };
	struct filter_ruleset r;
	struct json json;
	int code = collect(s, c, &r);
	unsigned int n;

	if (code == CLI_OK) {
		if (opt->json) {
			json_init(&json, stdout, cli.pretty);
			l.json = &json;
			filter_json_begin(&json);
		}
		n = print_all(&l, &r);
		if (opt->json)
			filter_json_end(&json);
		/* What has a name is asked for because it should be there. */
		if (!n && (c->chain[0] || c->set[0] || c->table[0])) {
			filter_tell(src, c->pos, "there is no such thing");
			code = CLI_ERROR;
		}
	}
	filter_free(&r.arena);
	return code;
}
