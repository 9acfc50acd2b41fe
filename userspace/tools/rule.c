// SPDX-License-Identifier: GPL-2.0
/* weft rule: show and change the rules that choose a routing table. */
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "cli.h"
#include "rule.h"

static const char usage[] =
	"usage: weft rule [show|flush|save] [SELECTOR] [ACTION]\n"
	"       weft rule {add|del} [SELECTOR] [ACTION]\n"
	"       weft rule restore\n"
	"SELECTOR: [not] [from PREFIX] [to PREFIX] [iif DEVICE] [oif DEVICE]\n"
	"          [fwmark MARK[/MASK]] [uidrange FIRST-LAST] [pref NUMBER]\n"
	"          [protocol PROTOCOL]\n"
	"ACTION: lookup TABLE [suppress_prefixlength LENGTH] | goto PREF | nop |\n"
	"        blackhole | unreachable | prohibit\n";

/* --- show, flush and save --------------------------------------------------------- */

static int collect(struct nl *nl, struct nl_messages *m)
{
	struct fib_rule_hdr *hdr;
	struct nl_request r;

	hdr = nl_request(&r, RTM_GETRULE, 0, sizeof(*hdr));
	hdr->family = (uint8_t)nl->family;
	return nl_collect(nl, &r.nlh, m);
}

static int show(struct nl *nl, const struct nl_messages *m,
		const struct rule *like)
{
	const struct nlmsghdr *nlh = NULL;
	struct rule rule;
	struct out o;

	out_init(&o, stdout);
	out_list(&o, NULL);
	while ((nlh = nl_messages_next(m, nlh))) {
		if (rule_parse(nlh, nl->family, &rule) ||
		    !rule_is_like(&rule, like))
			continue;
		out_entry(&o);
		rule_print(&o, &rule, false);
		out_entry_end(&o);
	}
	out_list_end(&o);
	return CLI_OK;
}

/* Lines that `weft rule restore` reads, and `weft -batch` as well. */
static int save(struct nl *nl, const struct nl_messages *m,
		const struct rule *like)
{
	const struct nlmsghdr *nlh = NULL;
	struct rule rule;
	struct out o;

	out_init_plain(&o, stdout);
	while ((nlh = nl_messages_next(m, nlh))) {
		if (rule_parse(nlh, nl->family, &rule) ||
		    !rule_is_like(&rule, like))
			continue;
		out_entry(&o);
		out_text(&o, "rule add");
		rule_print(&o, &rule, true);
		out_entry_end(&o);
	}
	return CLI_OK;
}

/* The first of the kernel's rules cannot go, and nobody means it. */
static int flush(struct nl *nl, const struct nl_messages *m,
		 const struct rule *like)
{
	const struct nlmsghdr *nlh = NULL;
	unsigned int count = 0;
	struct nl_request r;
	struct rule rule;

	while ((nlh = nl_messages_next(m, nlh))) {
		if (rule_parse(nlh, nl->family, &rule) || !rule.pref ||
		    !rule_is_like(&rule, like))
			continue;
		rule_put(&r, nl->family, RTM_DELRULE, 0, &rule);
		if (nl_talk(nl, &r.nlh, nl_is_gone) != CLI_OK)
			return CLI_ERROR;
		count++;
	}
	if (cli.stats)
		printf("deleted %u rules\n", count);
	return CLI_OK;
}

/* What the three have in common: a list, and a rule that says which of it. */
static int with_list(char **argv, int (*fn)(struct nl *nl,
					    const struct nl_messages *m,
					    const struct rule *like))
{
	struct args a = { .word = argv + 1 };
	struct nl_messages m;
	struct rule like;
	struct nl nl;
	int code;

	code = rule_read(&a, &like);
	if (code != CLI_OK)
		return code;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = collect(&nl, &m);
	if (code == CLI_OK)
		code = fn(&nl, &m, &like);
	nl_messages_free(&m);
	nl_close(&nl);
	return code;
}

static int verb_show(int argc, char **argv)
{
	(void)argc;
	return with_list(argv, show);
}

static int verb_save(int argc, char **argv)
{
	(void)argc;
	return with_list(argv, save);
}

static int verb_flush(int argc, char **argv)
{
	(void)argc;
	return with_list(argv, flush);
}

/* --- add, del and restore ----------------------------------------------------------- */

static int change(const struct rule *rule, int type, bool (*harmless)(int error))
{
	unsigned int flags = NLM_F_CREATE | NLM_F_EXCL;
	struct nl_request r;
	struct nl nl;
	int code;

	if (nl_open(&nl))
		return CLI_ERROR;
	rule_put(&r, nl.family, type, type == RTM_NEWRULE ? flags : 0, rule);
	code = nl_talk(&nl, &r.nlh, harmless);
	nl_close(&nl);
	return code;
}

/* Reads a rule to add: without an action it looks into the main table. */
static int read_new(char **words, struct rule *rule)
{
	struct args a = { .word = words };
	int code = rule_read(&a, rule);

	if (code != CLI_OK || rule->given & RULE_ACTION)
		return code;
	rule->action = FR_ACT_TO_TBL;
	if (!(rule->given & RULE_TABLE)) {
		rule->given |= RULE_TABLE;
		rule->table = RT_TABLE_MAIN;
	}
	return CLI_OK;
}

static int verb_add(int argc, char **argv)
{
	struct rule rule;
	int code = read_new(argv + 1, &rule);

	(void)argc;
	return code == CLI_OK ? change(&rule, RTM_NEWRULE, NULL) : code;
}

static int verb_del(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct rule rule;
	int code = rule_read(&a, &rule);

	if (code != CLI_OK)
		return code;
	/* The kernel would delete the first one that it finds. */
	if (argc < 2)
		return CLI_SYNTAX;
	return change(&rule, RTM_DELRULE, NULL);
}

static int restore_line(int argc, char **argv)
{
	struct rule rule;
	int code;

	if (argc < 2 || strcmp(argv[0], "rule") || strcmp(argv[1], "add")) {
		cli_error("'%s' does not begin a saved rule", argv[0]);
		return CLI_USAGE;
	}
	code = read_new(argv + 2, &rule);
	if (code != CLI_OK)
		return code == CLI_ERROR ? code : CLI_USAGE;
	return change(&rule, RTM_NEWRULE, nl_is_there);
}

static int verb_restore(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return CLI_SYNTAX;
	return batch_run(stdin, "standard input", restore_line);
}

static const struct cli_verb verbs[] = {
	{ "show", verb_show },
	{ "list", verb_show },
	{ "lst", verb_show },
	{ "add", verb_add },
	{ "del", verb_del },
	{ "delete", verb_del },
	{ "flush", verb_flush },
	{ "save", verb_save },
	{ "restore", verb_restore },
	{ 0 }
};

int cmd_rule(int argc, char **argv)
{
	static const struct cli_noun noun = { verbs, usage };

	return cli_noun_run(&noun, argc, argv);
}
