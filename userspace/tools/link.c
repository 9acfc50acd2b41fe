// SPDX-License-Identifier: GPL-2.0
/* weft link: show devices and change their settings. */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "cli.h"
#include "link.h"

static const char usage[] =
	"usage: weft link [show] [[dev] DEVICE] [up]\n"
	"       weft link set [dev] DEVICE SETTING...\n"
	"SETTING := forwarding on|off|default | accept_ra host|always|never |\n"
	"           accept_redirects host|always|never | send_redirects on|off\n";

/* What the command line asks for; each setting with its bit in @known. */
struct request {
	int index;
	bool up;
	struct link settings;
};

static int take_device(struct args *a, void *into)
{
	struct request *req = into;

	/* As a word alone it is no value of a keyword. */
	a->key = "dev";
	if (req->index) {
		cli_error("one device at a time: '%s'", *a->word);
		return CLI_USAGE;
	}
	return args_device(a, &req->index);
}

static int take_up(struct args *a, void *into)
{
	struct request *req = into;

	(void)a;
	req->up = true;
	return CLI_OK;
}

/* --- show ------------------------------------------------------------------------- */

static const struct keyword show_words[] = {
	{ .name = "dev", .take = take_device },
	{ .name = "up", .take = take_up },
	{ .take = take_device },
};

static void show(const struct nl_messages *m, const struct request *req,
		 int family)
{
	const struct nlmsghdr *nlh = NULL;
	struct link l;
	struct out o;

	out_init(&o, stdout);
	out_list(&o, NULL);
	while ((nlh = nl_messages_next(m, nlh))) {
		if (link_parse(nlh, family, &l) ||
		    (req->index && req->index != l.index) ||
		    (req->up && !(l.flags & IFF_UP)))
			continue;
		out_entry(&o);
		link_print(&o, &l);
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
	code = link_collect(&nl, &m);
	if (code == CLI_OK)
		show(&m, &req, nl.family);
	nl_messages_free(&m);
	nl_close(&nl);
	return code;
}

/* --- set -------------------------------------------------------------------------- */

static void put_setting(struct request *req, unsigned int type, uint32_t value)
{
	req->settings.known |= 1U << type;
	req->settings.value[type] = value;
}

static int take_forwarding(struct args *a, void *into)
{
	struct request *req = into;
	uint32_t how = WEFT_FORWARDING_DEFAULT;
	bool on;
	int code;

	if (*a->word && !strcmp(*a->word, "default")) {
		a->word++;
	} else {
		code = args_switch(a, &on);
		if (code != CLI_OK)
			return code;
		how = on ? WEFT_FORWARDING_ON : WEFT_FORWARDING_OFF;
	}
	put_setting(req, WEFT_LINK_FORWARDING, how);
	return CLI_OK;
}

static int take_accept(struct args *a, struct request *req, unsigned int type)
{
	const char *word;
	uint32_t how;
	int code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	for (how = 0; link_accept_names[how]; how++)
		if (!strcmp(word, link_accept_names[how])) {
			put_setting(req, type, how);
			return CLI_OK;
		}
	return args_bad(a, word, "'host', 'always' or 'never'");
}

static int take_accept_ra(struct args *a, void *into)
{
	return take_accept(a, into, WEFT_LINK_ACCEPT_RA);
}

static int take_accept_redirects(struct args *a, void *into)
{
	return take_accept(a, into, WEFT_LINK_ACCEPT_REDIRECTS);
}

static int take_send_redirects(struct args *a, void *into)
{
	bool on;
	int code = args_switch(a, &on);

	if (code == CLI_OK)
		put_setting(into, WEFT_LINK_SEND_REDIRECTS, on);
	return code;
}

static const struct keyword set_words[] = {
	{ .name = "dev", .take = take_device },
	{ .name = "forwarding", .take = take_forwarding },
	{ .name = "accept_ra", .take = take_accept_ra },
	{ .name = "accept_redirects", .take = take_accept_redirects },
	{ .name = "send_redirects", .take = take_send_redirects },
	{ .take = take_device },
};

static int set(struct nl *nl, const struct request *req)
{
	struct nl_request r;
	struct nlattr *spec, *af;
	struct ifinfomsg *ifi;
	uint16_t type;

	ifi = nl_request(&r, RTM_SETLINK, 0, sizeof(*ifi));
	ifi->ifi_index = req->index;
	spec = mnl_attr_nest_start(&r.nlh, IFLA_AF_SPEC);
	af = mnl_attr_nest_start(&r.nlh, (uint16_t)nl->family);
	for (type = 1; type <= WEFT_LINK_MAX; type++)
		if (req->settings.known & 1U << type)
			nl_put_u8(&r, type, (uint8_t)req->settings.value[type]);
	mnl_attr_nest_end(&r.nlh, af);
	mnl_attr_nest_end(&r.nlh, spec);
	return nl_talk(nl, &r.nlh, NULL);
}

static int verb_set(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct request req = { 0 };
	struct nl nl;
	int code;

	(void)argc;
	code = args_read(&a, set_words, &req);
	if (code != CLI_OK)
		return code;
	if (!req.index || !req.settings.known)
		return CLI_SYNTAX;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = set(&nl, &req);
	nl_close(&nl);
	return code;
}

static const struct cli_verb verbs[] = {
	{ "show", verb_show },
	{ "list", verb_show },
	{ "lst", verb_show },
	{ "set", verb_set },
	{ 0 }
};

int cmd_link(int argc, char **argv)
{
	static const struct cli_noun noun = { verbs, usage };

	return cli_noun_run(&noun, argc, argv);
}
