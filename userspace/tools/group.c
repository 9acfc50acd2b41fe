// SPDX-License-Identifier: GPL-2.0
/* weft group: show, join and leave the groups of devices. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "group.h"

static const char usage[] =
	"usage: weft group [show] [GROUP] [[dev] DEVICE]\n"
	"       weft group {add|del} GROUP dev DEVICE\n"
	"       weft group listeners [[dev] DEVICE]\n";

/* What the command line names. */
struct request {
	bool has_addr;
	struct weft_addr addr;
	int index;
};

static int take_group(struct args *a, void *into)
{
	struct request *req = into;
	const char *word = *a->word;
	int code, index = 0;

	if (req->has_addr) {
		cli_error("one group at a time: '%s'", word);
		return CLI_USAGE;
	}
	a->key = "group";
	code = args_addr_scoped(a, &req->addr, &index);
	if (code != CLI_OK)
		return code;
	if (index)
		req->index = index;
	req->has_addr = true;
	return CLI_OK;
}

static int take_device(struct args *a, void *into)
{
	struct request *req = into;

	a->key = "dev";
	return args_device(a, &req->index);
}

/* A word with a colon is a group; a device's name has none. */
static int take_word(struct args *a, void *into)
{
	return strchr(*a->word, ':') ? take_group(a, into) : take_device(a, into);
}

static const struct keyword show_words[] = {
	{ .name = "dev", .take = take_device },
	{ .take = take_word, .again = true },
};

static const struct keyword change_words[] = {
	{ .name = "dev", .take = take_device },
	{ .take = take_group, .again = true },
};

/* --- show --------------------------------------------------------------------------- */

static int collect_groups(struct nl *nl, struct nl_messages *m)
{
	struct ifaddrmsg *ifa;
	struct nl_request r;

	ifa = nl_request(&r, RTM_GETMULTICAST, 0, sizeof(*ifa));
	ifa->ifa_family = (unsigned char)nl->family;
	return nl_collect(nl, &r.nlh, m);
}

static bool is_meant(const struct request *req, const struct group *g)
{
	return (!req->index || req->index == g->index) &&
	       (!req->has_addr || !memcmp(&req->addr, &g->addr, sizeof(g->addr)));
}

static void show(const struct nl_messages *m, const struct request *req, int family)
{
	const struct nlmsghdr *nlh = NULL;
	struct group g;
	struct out o;

	out_init(&o, stdout);
	out_list(&o, NULL);
	while ((nlh = nl_messages_next(m, nlh))) {
		if (group_parse(nlh, family, &g) || !is_meant(req, &g))
			continue;
		out_entry(&o);
		group_print(&o, &g);
		out_entry_end(&o);
	}
	out_list_end(&o);
}

static int verb_show(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct request req = { 0 };
	struct nl_messages m;
	struct nl nl;
	int code;

	(void)argc;
	code = args_read(&a, show_words, &req);
	if (code != CLI_OK)
		return code;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = collect_groups(&nl, &m);
	if (code == CLI_OK)
		show(&m, &req, nl.family);
	nl_messages_free(&m);
	nl_close(&nl);
	return code;
}

/* The verb may be left out before the first word. */
static int verb_show_dev(int argc, char **argv)
{
	return verb_show(argc + 1, argv - 1);
}

/* --- add, del ------------------------------------------------------------------------ */

static int change(struct nl *nl, int type, unsigned int flags,
		  const struct request *req)
{
	struct ifaddrmsg *ifa;
	struct nl_request r;

	ifa = nl_request(&r, type, flags, sizeof(*ifa));
	ifa->ifa_family = (unsigned char)nl->family;
	ifa->ifa_index = (unsigned int)req->index;
	nl_put(&r, IFA_MULTICAST, sizeof(req->addr), &req->addr);
	return nl_talk(nl, &r.nlh, NULL);
}

static int change_one(char **argv, int type, unsigned int flags)
{
	struct args a = { .word = argv + 1 };
	struct request req = { 0 };
	struct nl nl;
	int code;

	code = args_read(&a, change_words, &req);
	if (code != CLI_OK)
		return code;
	if (!req.has_addr || !req.index)
		return CLI_SYNTAX;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = change(&nl, type, flags, &req);
	nl_close(&nl);
	return code;
}

static int verb_add(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, WEFT_RTM_NEWMULTICAST, NLM_F_CREATE | NLM_F_EXCL);
}

static int verb_del(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, WEFT_RTM_DELMULTICAST, 0);
}

static const struct cli_verb verbs[] = {
	{ "show", verb_show },
	{ "list", verb_show },
	{ "lst", verb_show },
	{ "add", verb_add },
	{ "del", verb_del },
	{ "delete", verb_del },
	{ "listeners", group_listeners },
	{ "dev", verb_show_dev },
	{ 0 }
};

int cmd_group(int argc, char **argv)
{
	static const struct cli_noun noun = { verbs, usage };

	return cli_noun_run(&noun, argc, argv);
}
