// SPDX-License-Identifier: GPL-2.0
/* A routing rule from the command line, also as a filter. See rule.h. */
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "rule.h"

/* --- one function a keyword ------------------------------------------------------- */

static int take_not(struct args *a, void *into)
{
	struct rule *rule = into;

	(void)a;
	rule->flags |= FIB_RULE_INVERT;
	return CLI_OK;
}

static int take_from(struct args *a, void *into)
{
	struct rule *rule = into;

	return args_prefix(a, &rule->from);
}

static int take_to(struct args *a, void *into)
{
	struct rule *rule = into;

	return args_prefix(a, &rule->to);
}

static int take_number(struct args *a, struct rule *rule, unsigned int bit,
		       uint32_t max, uint32_t *value)
{
	rule->given |= bit;
	return args_u32(a, 0, max, value);
}

static int take_pref(struct args *a, void *into)
{
	struct rule *rule = into;

	return take_number(a, rule, RULE_PREF, UINT32_MAX, &rule->pref);
}

static int take_suppress(struct args *a, void *into)
{
	struct rule *rule = into;

	return take_number(a, rule, RULE_SUPPRESS, WEFT_ADDR_BITS,
			   &rule->suppress);
}

static int set_action(struct rule *rule, uint8_t action)
{
	if (rule->given & RULE_ACTION) {
		cli_error("a rule has one action");
		return CLI_USAGE;
	}
	rule->action = action;
	rule->given |= RULE_ACTION;
	return CLI_OK;
}

static int take_goto(struct args *a, void *into)
{
	struct rule *rule = into;
	int code = set_action(rule, FR_ACT_GOTO);

	if (code != CLI_OK)
		return code;
	return take_number(a, rule, RULE_GOTO, UINT32_MAX, &rule->go);
}

/* MARK or MARK/MASK */
static int take_mark(struct args *a, void *into)
{
	struct rule *rule = into;
	const char *word, *slash;
	char mark[16];
	int code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	slash = strchr(word, '/');
	if (slash && (size_t)(slash - word) >= sizeof(mark))
		return args_bad(a, word, "a number of 32 bits");
	snprintf(mark, sizeof(mark), "%.*s", slash ? (int)(slash - word) : 15,
		 word);
	rule->given |= RULE_MARK;
	code = args_hex(a, slash ? mark : word, &rule->mark);
	if (code != CLI_OK || !slash)
		return code;
	rule->given |= RULE_MASK;
	return args_hex(a, slash + 1, &rule->mask);
}

/* The device need not be there, now. */
static int take_name(struct args *a, char name[IF_NAMESIZE])
{
	const char *word;
	int code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	if (!*word || strlen(word) >= IF_NAMESIZE || strchr(word, '/'))
		return args_bad(a, word, "the name of a device");
	strcpy(name, word);
	return CLI_OK;
}

static int take_iif(struct args *a, void *into)
{
	struct rule *rule = into;

	return take_name(a, rule->iif);
}

static int take_oif(struct args *a, void *into)
{
	struct rule *rule = into;

	return take_name(a, rule->oif);
}

static int take_table(struct args *a, void *into)
{
	struct rule *rule = into;

	rule->given |= RULE_TABLE;
	return args_name(a, NAMES_TABLE, &rule->table);
}

static int take_proto(struct args *a, void *into)
{
	struct rule *rule = into;

	rule->given |= RULE_PROTO;
	return args_name(a, NAMES_PROTO, &rule->proto);
}

static int take_uids(struct args *a, void *into)
{
	struct rule *rule = into;
	const char *word;
	unsigned int n = 0;
	int code = args_word(a, &word), len = 0;

	if (code != CLI_OK)
		return code;
	if (strspn(word, "0123456789-") == strlen(word) && *word != '-')
		n = (unsigned int)sscanf(word, "%u-%u%n", &rule->uids.start,
					 &rule->uids.end, &len);
	if (n != 2 || word[len] || rule->uids.start > rule->uids.end)
		return args_bad(a, word, "a range of users, FIRST-LAST");
	rule->given |= RULE_UIDS;
	return CLI_OK;
}

/* Actions that have no value: they are a word alone. */
static int take_action(struct args *a, void *into)
{
	static const struct {
		const char *name;
		uint8_t action;
	} actions[] = {
		{ "nop", FR_ACT_NOP },
		{ "blackhole", FR_ACT_BLACKHOLE },
		{ "unreachable", FR_ACT_UNREACHABLE },
		{ "prohibit", FR_ACT_PROHIBIT },
	};
	struct rule *rule = into;
	unsigned int i;

	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (!cli_matches(*a->word, actions[i].name))
			continue;
		a->word++;
		return set_action(rule, actions[i].action);
	}
	cli_error("'%s' is not understood", *a->word);
	return CLI_USAGE;
}

static const struct keyword words[] = {
	{ .name = "from", .take = take_from },
	{ .name = "to", .take = take_to },
	{ .name = "not", .take = take_not },
	{ .name = "preference", .take = take_pref },
	{ .name = "order", .take = take_pref },
	{ .name = "priority", .take = take_pref },
	{ .name = "table", .take = take_table },
	{ .name = "lookup", .take = take_table },
	{ .name = "fwmark", .take = take_mark },
	{ .name = "iif", .take = take_iif },
	{ .name = "dev", .take = take_iif },
	{ .name = "oif", .take = take_oif },
	{ .name = "protocol", .take = take_proto },
	{ .name = "suppress_prefixlength", .take = take_suppress },
	{ .name = "sup_pl", .take = take_suppress },
	{ .name = "uidrange", .take = take_uids },
	{ .name = "goto", .take = take_goto },
	{ .take = take_action },
};

/* Reads a rule; what is not given stays unknown. */
int rule_read(struct args *a, struct rule *rule)
{
	int code;

	memset(rule, 0, sizeof(*rule));
	rule->mask = UINT32_MAX;
	code = args_read(a, words, rule);
	if (code != CLI_OK)
		return code;
	if (rule->given & RULE_TABLE && rule->given & RULE_ACTION) {
		cli_error("a rule has a table or another action, not both");
		return CLI_USAGE;
	}
	return CLI_OK;
}

/* --- as a filter ------------------------------------------------------------------------ */

static bool prefix_is_like(const struct prefix *p, const struct prefix *like)
{
	if (!like->set || (!like->len && !p->set))
		return true;
	return p->set && p->len == like->len && prefix_has(like, &p->addr);
}

/* True when @rule has all that is given in @like. */
bool rule_is_like(const struct rule *rule, const struct rule *like)
{
	unsigned int given = like->given;

	return prefix_is_like(&rule->from, &like->from) &&
	       prefix_is_like(&rule->to, &like->to) &&
	       (!*like->iif || !strcmp(rule->iif, like->iif)) &&
	       (!*like->oif || !strcmp(rule->oif, like->oif)) &&
	       (like->flags & ~rule->flags) == 0 &&
	       (!(given & RULE_ACTION) || rule->action == like->action) &&
	       (!(given & RULE_TABLE) || rule->table == like->table) &&
	       (!(given & RULE_PREF) || rule->pref == like->pref) &&
	       (!(given & RULE_MARK) || rule->mark == like->mark) &&
	       (!(given & RULE_MASK) || rule->mask == like->mask) &&
	       (!(given & RULE_GOTO) || rule->go == like->go) &&
	       (!(given & RULE_PROTO) || rule->proto == like->proto) &&
	       (!(given & RULE_SUPPRESS) ||
		(rule->given & RULE_SUPPRESS &&
		 rule->suppress == like->suppress)) &&
	       (!(given & RULE_UIDS) ||
		(rule->given & RULE_UIDS &&
		 rule->uids.start == like->uids.start &&
		 rule->uids.end == like->uids.end));
}
