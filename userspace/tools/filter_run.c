// SPDX-License-Identifier: GPL-2.0
/* Reads a text and does what it says: all changes in one transaction. See filter.h. */
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "cli.h"
#include "filter.h"

/* Somebody else may change the ruleset all the time. */
#define TRIES	8

/* A text that is being done; the kernel is asked when something about it must be known. */
struct run {
	const struct filter_source *src;
	const struct filter_options *opt;
	struct filter_socket socket;
	bool is_open;
	bool has_ruleset;
	bool failed;
	struct filter_ruleset ruleset;
};

static int need_socket(struct run *run)
{
	int code = CLI_OK;

	if (!run->is_open)
		code = filter_open(&run->socket);
	run->is_open = code == CLI_OK;
	run->failed |= code != CLI_OK;
	return code;
}

static int need_ruleset(struct run *run)
{
	static const struct filter_wish wish = { .elements = true, .rules = true };
	int code = need_socket(run);

	if (code != CLI_OK || run->has_ruleset)
		return code;
	run->has_ruleset = true;
	code = filter_load(&run->socket, &wish, &run->ruleset);
	run->failed |= code != CLI_OK;
	return code;
}

static const struct filter_set *find_set(void *arg, const char *table, const char *set)
{
	struct run *run = arg;
	struct filter_table *t;

	if (run->failed || need_ruleset(run) != CLI_OK)
		return NULL;
	t = filter_table_find(&run->ruleset, table);
	return t ? filter_set_find(t, set) : NULL;
}

/* Names of sets must not be those of others: each transaction has a number by chance. */
static uint64_t make_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint64_t)time(NULL);
	return seed;
}

static int change(struct run *run, const struct filter_command *commands)
{
	struct filter_batch batch;
	int code = need_socket(run);

	if (code != CLI_OK)
		return code;
	filter_batch_init(&batch, run->socket.family, make_seed());
	if (commands->op == FILTER_RESET) {
		filter_batch_command(&batch, commands);
	} else {
		filter_batch_begin(&batch, run->has_ruleset ? &run->ruleset.gen : NULL);
		for (; commands; commands = commands->next)
			filter_batch_command(&batch, commands);
		filter_batch_end(&batch, run->opt->check);
	}
	code = filter_send(&run->socket, &batch, run->src);
	filter_batch_free(&batch);
	return code;
}

static int ask(struct run *run, const struct filter_command *c)
{
	int code = need_socket(run);

	for (; c && code == CLI_OK; c = c->next)
		code = filter_list(&run->socket, c, run->src, run->opt);
	return code;
}

/* A text has commands of one kind; neither a question nor a reset can be tried. */
static int carry_out(struct run *run, const struct filter_command *commands)
{
	if (!commands)
		return CLI_OK;
	if (!filter_is_question(commands) && commands->op != FILTER_RESET)
		return change(run, commands);
	if (run->opt->check)
		return CLI_OK;
	return filter_is_question(commands) ? ask(run, commands) : change(run, commands);
}

static int run_once(struct run *run)
{
	struct filter_arena arena = { 0 };
	struct filter_parser p = {
		.src = run->src, .arena = &arena, .find_set = find_set, .find_arg = run,
	};
	struct filter_command *commands = filter_parse(&p);
	int code = p.failed ? CLI_USAGE : CLI_OK;

	if (run->failed)
		code = CLI_ERROR;
	if (code == CLI_OK && filter_needs_ruleset(commands))
		code = need_ruleset(run);
	if (code == CLI_OK && run->has_ruleset)
		code = filter_resolve(run->src, &run->ruleset, &commands);
	if (code == CLI_OK)
		code = carry_out(run, commands);
	filter_free(&arena);
	return code;
}

int filter_run(const struct filter_source *src, const struct filter_options *opt)
{
	struct run run = { .src = src, .opt = opt };
	int tries, code = FILTER_STALE;

	for (tries = 0; code == FILTER_STALE && tries < TRIES; tries++) {
		code = run_once(&run);
		filter_free(&run.ruleset.arena);
		run.has_ruleset = false;
	}
	if (run.is_open)
		nl_close(&run.socket.nl);
	if (code == FILTER_STALE) {
		cli_error("others change the ruleset too fast");
		code = CLI_ERROR;
	}
	return code;
}
