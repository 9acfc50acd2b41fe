// SPDX-License-Identifier: GPL-2.0
/* Tells the way of packets that rules trace, a line for each step. See filter.h. */
#include <string.h>

#include "cli.h"
#include "filter.h"
#include "filter_step.h"

struct trace {
	const struct filter_options *opt;
	struct filter_style style;
	struct filter_ruleset known;
	struct filter_socket questions;	/* the other one hears of packets */
	struct filter_arena arena;
};

static const struct filter_rule *find_rule(struct trace *t, const struct filter_step *s)
{
	const struct filter_table *table = filter_table_find(&t->known, s->table);
	const struct filter_chain *c = table ? filter_chain_find(table, s->chain) : NULL;
	const struct filter_rule *r = c ? c->rules : NULL;

	while (r && r->handle != s->handle)
		r = r->next;
	return r;
}

/* A rule that is not known is new, or gone by now: the kernel is asked once. */
static const struct filter_rule *rule_of(struct trace *t, const struct filter_step *s)
{
	static const struct filter_wish wish = { .elements = true, .rules = true };
	const struct filter_rule *r = find_rule(t, s);

	if (r || s->kind != WEFT_FILTER_TRACE_RULE)
		return r;
	filter_free(&t->known.arena);
	if (filter_load(&t->questions, &wish, &t->known) != CLI_OK)
		return NULL;
	return find_rule(t, s);
}

static int on_step(const struct nlmsghdr *nlh, void *arg)
{
	struct trace *t = arg;
	struct filter_message m;

	if (filter_decode(&t->arena, nlh, NULL, NULL, &m) && m.cmd == WEFT_FILTER_CMD_TRACE) {
		if (t->opt->json)
			filter_json_step(stdout, &m.step);
		else
			filter_print_step(&t->style, &m.step, rule_of(t, &m.step));
		fflush(stdout);
	}
	filter_free(&t->arena);
	return MNL_CB_OK;
}

int filter_trace(const struct filter_options *opt)
{
	struct trace t = { .opt = opt, .style = { stdout, opt->handles, true } };
	struct filter_socket s;
	int code = filter_open(&s);

	if (code != CLI_OK)
		return code;
	filter_ruleset_init(&t.known);
	code = filter_open(&t.questions);
	if (code == CLI_OK) {
		code = filter_join(&s, s.trace);
		if (code == CLI_OK)
			code = filter_listen(&s, on_step, &t);
		nl_close(&t.questions.nl);
	}
	nl_close(&s.nl);
	filter_free(&t.known.arena);
	return code;
}
