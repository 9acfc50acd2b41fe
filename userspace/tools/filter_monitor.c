// SPDX-License-Identifier: GPL-2.0
/* Tells changes of the ruleset, as commands that would make them. See filter.h. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "filter.h"
#include "filter_json.h"

/*
 * What is known of the ruleset: sets, so that elements and rules can be printed. Those of
 * rules that are gone stay; the whole is read anew after so many messages.
 */
#define MESSAGES_MAX	10000

struct monitor {
	struct filter_style style;
	bool json;
	struct filter_ruleset known;
	unsigned int messages;
};

static int read_known(struct monitor *m)
{
	static const struct filter_wish wish = { .elements = true };
	struct filter_ruleset fresh;
	struct filter_socket s;
	int code = filter_open(&s);

	if (code != CLI_OK)
		return code;
	code = filter_load(&s, &wish, &fresh);
	nl_close(&s.nl);
	if (code != CLI_OK) {
		filter_free(&fresh.arena);
		return code;
	}
	filter_free(&m->known.arena);
	m->known = fresh;
	if (!fresh.tables)
		m->known.last_table = &m->known.tables;
	m->messages = 0;
	return CLI_OK;
}

static const struct filter_set *find_set(const void *arg, const char *table, const char *set)
{
	struct filter_table *t = filter_table_find(arg, table);

	return t ? filter_set_find(t, set) : NULL;
}

/* --- text --------------------------------------------------------------------------- */

static void print_names(const struct filter_message *m, const char *what, const char *noun)
{
	const char *name = m->chain[0] ? m->chain : m->set;

	printf("%s %s weft ", what, noun);
	filter_print_name(stdout, m->table);
	if (name[0]) {
		putchar(' ');
		filter_print_name(stdout, name);
	}
}

static void end_line(const struct monitor *mon, uint64_t handle)
{
	if (mon->style.handles && handle)
		printf(" # handle %llu", (unsigned long long)handle);
	putchar('\n');
}

static void print_chain(const struct monitor *mon, const struct filter_message *m)
{
	print_names(m, "add", "chain");
	if (m->chain_new->is_base) {
		fputs(" { ", stdout);
		filter_print_hook(stdout, m->chain_new);
		fputs(" }", stdout);
	}
	end_line(mon, m->handle);
}

static void print_rule(const struct monitor *mon, const struct filter_message *m)
{
	print_names(m, "add", "rule");
	if (m->position)
		printf(" position %llu", (unsigned long long)m->position);
	putchar(' ');
	filter_print_rule(&mon->style, m->rule_new);
	end_line(mon, m->handle);
}

static void print_set(const struct monitor *mon, const struct filter_message *m)
{
	print_names(m, "add", m->set_new->data ? "map" : "set");
	fputs(" {", stdout);
	filter_print_set_items(&mon->style, m->set_new, " ", ";");
	fputs(" }", stdout);
	end_line(mon, m->handle);
}

static void print_elements(const struct monitor *mon, const struct filter_message *m,
			   const char *what)
{
	const struct filter_set *s = m->set_new;
	bool adds = m->cmd == WEFT_FILTER_CMD_NEW_ELEM;
	size_t i;

	/* All elements go at once without being named. */
	if (!s || !s->n_elems) {
		print_names(m, adds ? "add" : "flush", adds ? "element" : "set");
		end_line(mon, 0);
		return;
	}
	print_names(m, what, "element");
	for (i = 0; i < s->n_elems; i++) {
		fputs(i ? ", " : " { ", stdout);
		filter_print_elem(&mon->style, &s->key,
				  adds ? s->data : (uint32_t)WEFT_FILTER_DATA_NONE, &s->elem[i]);
	}
	fputs(" }\n", stdout);
}

static void print_text(const struct monitor *mon, const struct filter_message *m)
{
	switch (m->cmd) {
	case WEFT_FILTER_CMD_NEW_TABLE:
		print_names(m, "add", "table");
		end_line(mon, m->handle);
		break;
	case WEFT_FILTER_CMD_DEL_TABLE:
		print_names(m, "delete", "table");
		end_line(mon, m->handle);
		break;
	case WEFT_FILTER_CMD_NEW_CHAIN:
		print_chain(mon, m);
		break;
	case WEFT_FILTER_CMD_DEL_CHAIN:
		print_names(m, "delete", "chain");
		end_line(mon, m->handle);
		break;
	case WEFT_FILTER_CMD_NEW_RULE:
		print_rule(mon, m);
		break;
	case WEFT_FILTER_CMD_DEL_RULE:
		print_names(m, "delete", "rule");
		printf(" handle %llu\n", (unsigned long long)m->handle);
		break;
	case WEFT_FILTER_CMD_NEW_SET:
		print_set(mon, m);
		break;
	case WEFT_FILTER_CMD_DEL_SET:
		print_names(m, "delete", "set");
		end_line(mon, m->handle);
		break;
	case WEFT_FILTER_CMD_NEW_ELEM:
		print_elements(mon, m, "add");
		break;
	case WEFT_FILTER_CMD_DEL_ELEM:
		print_elements(mon, m, "delete");
		break;
	case WEFT_FILTER_CMD_GEN:
		printf("# generation %u\n", m->gen);
		break;
	}
}

/* --- JSON --------------------------------------------------------------------------- */

static void put_gone(struct json *j, const struct filter_message *m, const char *noun)
{
	json_open(j, NULL, '{');
	json_open(j, noun, '{');
	json_string(j, "family", "weft");
	json_string(j, "table", m->table);
	if (m->chain[0])
		json_string(j, "chain", m->chain);
	if (m->set[0])
		json_string(j, "set", m->set);
	if (m->handle)
		json_uint(j, "handle", m->handle);
	if (m->cmd == WEFT_FILTER_CMD_NEW_ELEM || m->cmd == WEFT_FILTER_CMD_DEL_ELEM) {
		static const struct filter_style style = { 0 };

		if (m->set_new)
			filter_json_elems(j, &style, "elem", &m->set_new->key,
					  m->set_new->data, m->set_new);
	}
	json_close(j, '}');
	json_close(j, '}');
}

static void put_object(struct json *j, const struct monitor *mon, const struct filter_message *m)
{
	switch (m->cmd) {
	case WEFT_FILTER_CMD_NEW_TABLE:
		filter_json_table(j, m->table_new);
		break;
	case WEFT_FILTER_CMD_NEW_CHAIN:
		filter_json_chain(j, &mon->style, m->table, m->chain_new);
		break;
	case WEFT_FILTER_CMD_NEW_RULE:
		filter_json_rule(j, &mon->style, m->table, m->chain, m->rule_new);
		break;
	case WEFT_FILTER_CMD_NEW_SET:
		filter_json_set(j, &mon->style, m->table, m->set_new);
		break;
	case WEFT_FILTER_CMD_DEL_TABLE:
		put_gone(j, m, "table");
		break;
	case WEFT_FILTER_CMD_DEL_CHAIN:
		put_gone(j, m, "chain");
		break;
	case WEFT_FILTER_CMD_DEL_RULE:
		put_gone(j, m, "rule");
		break;
	case WEFT_FILTER_CMD_DEL_SET:
		put_gone(j, m, "set");
		break;
	default:
		put_gone(j, m, "element");
	}
}

/* One line for each change: {"add":[{"rule":...}]}. */
static void print_json(const struct monitor *mon, const struct filter_message *m)
{
	bool adds = m->cmd == WEFT_FILTER_CMD_NEW_TABLE || m->cmd == WEFT_FILTER_CMD_NEW_CHAIN ||
		    m->cmd == WEFT_FILTER_CMD_NEW_RULE || m->cmd == WEFT_FILTER_CMD_NEW_SET ||
		    m->cmd == WEFT_FILTER_CMD_NEW_ELEM;
	struct json j;

	json_init(&j, stdout, cli.pretty);
	json_open(&j, NULL, '{');
	if (m->cmd == WEFT_FILTER_CMD_GEN) {
		json_uint(&j, "generation", m->gen);
	} else {
		json_open(&j, adds ? "add" : "delete", '[');
		put_object(&j, mon, m);
		json_close(&j, ']');
	}
	json_close(&j, '}');
}

/* --- messages ----------------------------------------------------------------------- */

/* Sets that have no name are told with the rule that has them, and not alone. */
static bool is_hidden(const struct monitor *mon, const struct filter_message *m)
{
	const struct filter_set *s;

	if (m->cmd != WEFT_FILTER_CMD_NEW_SET && m->cmd != WEFT_FILTER_CMD_DEL_SET &&
	    m->cmd != WEFT_FILTER_CMD_NEW_ELEM && m->cmd != WEFT_FILTER_CMD_DEL_ELEM)
		return false;
	s = find_set(&mon->known, m->table, m->set);
	return s && filter_is_hidden(s);
}

/* Learns what later messages need. */
static void learn(struct monitor *mon, const struct nlmsghdr *nlh, struct filter_message *m)
{
	struct filter_table *t = filter_table_find(&mon->known, m->table);
	struct filter_set *s;

	if (m->cmd == WEFT_FILTER_CMD_NEW_TABLE && !t)
		filter_ruleset_take(&mon->known, nlh);
	if (!t)
		return;
	/* Of tables that went and came again, the sets are others. */
	if (m->cmd == WEFT_FILTER_CMD_NEW_SET && m->set_new->key.n)
		filter_set_add(&mon->known.arena, t, m->set_new);
	s = filter_set_find(t, m->set);
	if (m->cmd == WEFT_FILTER_CMD_NEW_ELEM && s && filter_is_hidden(s)) {
		filter_ruleset_take(&mon->known, nlh);
		filter_set_sort(s);
	}
	if (m->cmd == WEFT_FILTER_CMD_NEW_RULE)
		filter_rule_link(m->rule_new, t);
}

static int on_message(const struct nlmsghdr *nlh, void *arg)
{
	struct monitor *mon = arg;
	struct filter_message m;

	if (!filter_decode(&mon->known.arena, nlh, find_set, &mon->known, &m))
		return MNL_CB_OK;
	learn(mon, nlh, &m);
	if (!is_hidden(mon, &m)) {
		if (mon->json)
			print_json(mon, &m);
		else
			print_text(mon, &m);
		fflush(stdout);
	}
	/* Between transactions, what is known is what is there. */
	if (++mon->messages > MESSAGES_MAX && m.cmd == WEFT_FILTER_CMD_GEN &&
	    read_known(mon) != CLI_OK)
		return MNL_CB_ERROR;
	return MNL_CB_OK;
}

int filter_monitor(const struct filter_options *opt)
{
	struct monitor mon = {
		.style = { stdout, opt->handles, opt->stateless }, .json = opt->json,
	};
	struct filter_socket s;
	int code;

	filter_ruleset_init(&mon.known);
	code = filter_open(&s);
	if (code != CLI_OK)
		return code;
	code = filter_join(&s, s.changes);
	if (code == CLI_OK)
		code = read_known(&mon);
	if (code == CLI_OK)
		code = filter_listen(&s, on_message, &mon);
	nl_close(&s.nl);
	filter_free(&mon.known.arena);
	return code;
}
