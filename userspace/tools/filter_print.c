// SPDX-License-Identifier: GPL-2.0
/* A ruleset as text. See filter_print.h. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "filter_field.h"
#include "filter_print.h"

/* Elements that stand in one line. */
#define ELEMS_IN_LINE	4

/* A name, in quotes where it would be read as something else. */
void filter_print_name(FILE *out, const char *name)
{
	static const char *const words[] = { "weft", "handle", "index", "position" };
	bool plain = isalpha((unsigned char)*name) || *name == '_';
	const char *s;
	size_t i;

	for (s = name; *s; s++)
		plain &= isalnum((unsigned char)*s) || *s == '_' || *s == '-' || *s == '.';
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		plain &= strcmp(name, words[i]) != 0;
	if (plain)
		fputs(name, out);
	else
		filter_string_print(out, name);
}

/* Sets without a name are in their rules. */
bool filter_is_hidden(const struct filter_set *s)
{
	return s->flags & WEFT_FILTER_SET_ANONYMOUS;
}

static void print_handle(const struct filter_style *style, uint64_t handle)
{
	if (style->handles && handle)
		fprintf(style->out, " # handle %" PRIu64, handle);
	fputc('\n', style->out);
}

/* --- sets --------------------------------------------------------------------------- */

static void print_set_flags(FILE *out, const struct filter_set *s)
{
	static const struct filter_name flags[] = {
		{ "interval", WEFT_FILTER_SET_INTERVAL },
		{ "timeout", WEFT_FILTER_SET_TIMEOUT },
		{ "dynamic", WEFT_FILTER_SET_DYNAMIC },
		{ "constant", WEFT_FILTER_SET_CONSTANT },
		{ NULL, 0 }
	};
	const struct filter_name *n;
	const char *before = "flags ";

	for (n = flags; n->text; n++) {
		if (!(s->flags & n->value))
			continue;
		fprintf(out, "%s%s", before, n->text);
		before = ",";
	}
}

static void print_type(FILE *out, const struct filter_set *s)
{
	unsigned int i;

	for (i = 0; i < s->key.n; i++)
		fprintf(out, "%s%s", i ? " . " : "type ", filter_field(s->key.field[i])->type);
	if (s->data == WEFT_FILTER_DATA_VERDICT)
		fputs(" : verdict", out);
	else if (s->data == WEFT_FILTER_DATA_MARK)
		fputs(" : mark", out);
}

/* What a set is, each item with @before and @after around it. */
void filter_print_set_items(const struct filter_style *style, const struct filter_set *s,
			    const char *before, const char *after)
{
	FILE *out = style->out;

	fputs(before, out);
	print_type(out, s);
	fputs(after, out);
	if (s->size)
		fprintf(out, "%ssize %" PRIu32 "%s", before, s->size, after);
	if (s->flags & (WEFT_FILTER_SET_INTERVAL | WEFT_FILTER_SET_TIMEOUT |
			WEFT_FILTER_SET_DYNAMIC | WEFT_FILTER_SET_CONSTANT)) {
		fputs(before, out);
		print_set_flags(out, s);
		fputs(after, out);
	}
	if (s->timeout) {
		fprintf(out, "%stimeout ", before);
		filter_time_print(out, s->timeout);
		fputs(after, out);
	}
	if (s->comment) {
		fprintf(out, "%scomment ", before);
		filter_string_print(out, s->comment);
		fputs(after, out);
	}
}

static void print_elems(const struct filter_style *style, const struct filter_set *s)
{
	bool lines = s->n_elems > ELEMS_IN_LINE;
	FILE *out = style->out;
	size_t i;

	if (!s->n_elems)
		return;
	fputs("\t\telements = {", out);
	for (i = 0; i < s->n_elems; i++) {
		fprintf(out, "%s%s", i ? "," : "", lines ? "\n\t\t\t" : " ");
		filter_print_elem(style, &s->key, s->data, &s->elem[i]);
	}
	fputs(lines ? "\n\t\t}\n" : " }\n", out);
}

static void print_set(const struct filter_style *style, const struct filter_set *s)
{
	FILE *out = style->out;

	fprintf(out, "\t%s ", s->data ? "map" : "set");
	filter_print_name(out, s->name);
	fputs(" {", out);
	print_handle(style, s->handle);
	filter_print_set_items(style, s, "\t\t", "\n");
	print_elems(style, s);
	fputs("\t}\n", out);
}

/* --- chains ------------------------------------------------------------------------- */

const char *filter_hook_name(uint32_t hook)
{
	static const char *const names[] = {
		[WEFT_FILTER_HOOK_PREROUTING] = "prerouting",
		[WEFT_FILTER_HOOK_INPUT] = "input",
		[WEFT_FILTER_HOOK_FORWARD] = "forward",
		[WEFT_FILTER_HOOK_OUTPUT] = "output",
		[WEFT_FILTER_HOOK_POSTROUTING] = "postrouting",
	};

	return hook < __WEFT_FILTER_HOOK_MAX ? names[hook] : "?";
}

static void print_priority(FILE *out, int32_t priority)
{
	static const struct {
		const char *name;
		int32_t value;
	} names[] = {
		{ "raw", -300 }, { "mangle", -150 }, { "filter", 0 }, { "security", 50 },
	};
	int64_t more;
	size_t i;

	for (i = 0; !filter_numeric && i < sizeof(names) / sizeof(names[0]); i++) {
		more = (int64_t)priority - names[i].value;
		if (more < -10 || more > 10)
			continue;
		fputs(names[i].name, out);
		if (more)
			fprintf(out, " %c %d", more < 0 ? '-' : '+', abs((int)more));
		return;
	}
	fprintf(out, "%" PRId32, priority);
}

void filter_print_hook(FILE *out, const struct filter_chain *c)
{
	fprintf(out, "type filter hook %s priority ", filter_hook_name(c->hook));
	print_priority(out, c->priority);
	fprintf(out, "; policy %s;", c->policy == WEFT_FILTER_DROP ? "drop" : "accept");
}

static void print_chain(const struct filter_style *style, const struct filter_chain *c)
{
	const struct filter_rule *r;
	FILE *out = style->out;

	fputs("\tchain ", out);
	filter_print_name(out, c->name);
	fputs(" {", out);
	print_handle(style, c->handle);
	if (c->comment) {
		fputs("\t\tcomment ", out);
		filter_string_print(out, c->comment);
		fputc('\n', out);
	}
	if (c->is_base) {
		fputs("\t\t", out);
		filter_print_hook(out, c);
		fputc('\n', out);
	}
	for (r = c->rules; r; r = r->next) {
		fputs("\t\t", out);
		filter_print_rule(style, r);
		print_handle(style, r->handle);
	}
	fputs("\t}\n", out);
}

/* --- tables ------------------------------------------------------------------------- */

static void open_table(const struct filter_style *style, const struct filter_table *t)
{
	fputs("table weft ", style->out);
	filter_print_name(style->out, t->name);
	fputs(" {", style->out);
	print_handle(style, t->handle);
}

void filter_print_table(const struct filter_style *style, const struct filter_table *t)
{
	const struct filter_chain *c;
	const struct filter_set *s;
	const char *line = "";

	open_table(style, t);
	if (t->comment) {
		fputs("\tcomment ", style->out);
		filter_string_print(style->out, t->comment);
		fputc('\n', style->out);
		line = "\n";
	}
	if (t->flags & WEFT_FILTER_TABLE_DORMANT) {
		fputs("\tflags dormant\n", style->out);
		line = "\n";
	}
	for (s = t->sets; s; s = s->next) {
		if (filter_is_hidden(s))
			continue;
		fputs(line, style->out);
		line = "\n";
		print_set(style, s);
	}
	for (c = t->chains; c; c = c->next) {
		fputs(line, style->out);
		line = "\n";
		print_chain(style, c);
	}
	fputs("}\n", style->out);
}

void filter_print_ruleset(const struct filter_style *style, const struct filter_ruleset *r)
{
	const struct filter_table *t;

	for (t = r->tables; t; t = t->next)
		filter_print_table(style, t);
}

void filter_print_chain_in(const struct filter_style *style, const struct filter_table *t,
			   const struct filter_chain *c)
{
	open_table(style, t);
	print_chain(style, c);
	fputs("}\n", style->out);
}

void filter_print_set_in(const struct filter_style *style, const struct filter_table *t,
			 const struct filter_set *s)
{
	open_table(style, t);
	print_set(style, s);
	fputs("}\n", style->out);
}
