// SPDX-License-Identifier: GPL-2.0
/* weft neigh: show and change the neighbours of devices. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "names.h"
#include "neigh.h"

static const char usage[] =
	"usage: weft neigh [show] [proxy] [[to] PREFIX] [dev DEVICE] [nud STATE]...\n"
	"       weft neigh flush [proxy] [[to] PREFIX] [dev DEVICE] [nud STATE]...\n"
	"       weft neigh {add|change|replace} ADDRESS [lladdr MAC] dev DEVICE\n"
	"                  [nud permanent|noarp|reachable|stale] [router] [proto PROTOCOL]\n"
	"       weft neigh {add|replace} proxy ADDRESS [dev DEVICE]\n"
	"       weft neigh {del|get} [proxy] ADDRESS [dev DEVICE]\n"
	"STATE: permanent noarp reachable stale delay probe incomplete failed none all\n";

/* --- what both forms of the command line know ------------------------------------------ */

/*
 * What the command line asks for: of an entry to change, or as a filter. The
 * bit above all NUD_* stands for NUD_NONE, which is 0.
 */
struct request {
	struct prefix to;
	bool has_state;
	uint32_t states;
	struct neigh neigh;
};

#define STATE_NONE	0x10000
#define STATE_ALL	0x1ffff
#define STATE_BY_HAND	(NUD_PERMANENT | NUD_NOARP)

static int take_device(struct args *a, void *into)
{
	struct request *req = into;

	return args_device(a, &req->neigh.index);
}

static int take_state(struct args *a, void *into)
{
	struct request *req = into;
	const char *word;
	int state, code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	req->has_state = true;
	if (!strcmp(word, "all")) {
		req->states = STATE_ALL;
		return CLI_OK;
	}
	state = neigh_state_value(word);
	if (state < 0)
		return args_bad(a, word, "a state of neighbours");
	req->neigh.state = (uint16_t)state;
	req->states |= state == NUD_NONE ? STATE_NONE : (uint32_t)state;
	return CLI_OK;
}

static int take_router(struct args *a, void *into)
{
	struct request *req = into;

	(void)a;
	req->neigh.flags |= NTF_ROUTER;
	return CLI_OK;
}

static int take_proto(struct args *a, void *into)
{
	struct request *req = into;
	uint32_t proto;
	int code = args_name(a, NAMES_PROTO, &proto);

	if (code == CLI_OK)
		req->neigh.proto = (uint8_t)proto;
	return code;
}

/* Its address follows when an entry is changed, in either order. */
static int take_proxy(struct args *a, void *into)
{
	struct request *req = into;

	(void)a;
	req->neigh.flags |= NTF_PROXY;
	return CLI_OK;
}

/* --- show and flush --------------------------------------------------------------------- */

static int take_to(struct args *a, void *into)
{
	struct request *req = into;

	if (req->to.set) {
		cli_error("one prefix at a time: '%s'", *a->word);
		return CLI_USAGE;
	}
	return args_prefix(a, &req->to);
}

static const struct keyword filter_words[] = {
	{ .name = "dev", .take = take_device },
	{ .name = "nud", .take = take_state, .again = true },
	{ .name = "proxy", .take = take_proxy },
	{ .name = "proto", .take = take_proto },
	{ .name = "protocol", .take = take_proto },
	{ .name = "router", .take = take_router },
	{ .name = "to", .take = take_to, .again = true },
	{ .take = take_to, .again = true },
};

static bool wanted(const struct request *req, const struct neigh *n)
{
	const struct neigh *like = &req->neigh;
	uint32_t state = n->state ? n->state : STATE_NONE;

	if ((n->flags & NTF_PROXY) != (like->flags & NTF_PROXY) ||
	    (like->flags & NTF_ROUTER && !(n->flags & NTF_ROUTER)))
		return false;
	if (!(like->flags & NTF_PROXY) && !(state & req->states))
		return false;
	return (!like->index || like->index == n->index) &&
	       (!like->proto || like->proto == n->proto) &&
	       prefix_has(&req->to, &n->addr);
}

static int collect(struct nl *nl, const struct request *req,
		   struct nl_messages *m)
{
	struct nl_request r;
	struct ndmsg *ndm;

	ndm = nl_request(&r, RTM_GETNEIGH, 0, sizeof(*ndm));
	ndm->ndm_family = (unsigned char)nl->family;
	ndm->ndm_flags = req->neigh.flags & NTF_PROXY;
	return nl_collect(nl, &r.nlh, m);
}

static int show(struct nl *nl, const struct request *req)
{
	const struct nlmsghdr *nlh = NULL;
	struct nl_messages m;
	struct neigh n;
	struct out o;
	int code;

	code = collect(nl, req, &m);
	if (code == CLI_OK) {
		out_init(&o, stdout);
		out_list(&o, NULL);
		while ((nlh = nl_messages_next(&m, nlh))) {
			if (neigh_parse(nlh, nl->family, &n) ||
			    !wanted(req, &n))
				continue;
			out_entry(&o);
			neigh_print(&o, &n);
			out_entry_end(&o);
		}
		out_list_end(&o);
	}
	nl_messages_free(&m);
	return code;
}

static int verb_show(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct request req = { 0 };
	struct nl nl;
	int code;

	(void)argc;
	code = args_read(&a, filter_words, &req);
	if (code != CLI_OK)
		return code;
	/* Entries that need no asking are many and say little. */
	if (!req.has_state)
		req.states = STATE_ALL & ~(uint32_t)NUD_NOARP;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = show(&nl, &req);
	nl_close(&nl);
	return code;
}

/* --- add, change, replace, del, get -------------------------------------------------------- */

static int take_address(struct args *a, void *into)
{
	struct request *req = into;

	if (req->to.set) {
		cli_error("one address at a time: '%s'", *a->word);
		return CLI_USAGE;
	}
	req->to.set = true;
	return args_addr_scoped(a, &req->neigh.addr, &req->neigh.index);
}

static int take_mac(struct args *a, void *into)
{
	struct request *req = into;
	unsigned char *mac = req->neigh.mac;
	const char *word;
	int code = args_word(a, &word), n = 0;

	if (code != CLI_OK)
		return code;
	if (sscanf(word, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0],
		   &mac[1], &mac[2], &mac[3], &mac[4], &mac[5], &n) != 6 ||
	    word[n] || strspn(word, "0123456789abcdefABCDEF:") != strlen(word))
		return args_bad(a, word, "a MAC address");
	req->neigh.mac_len = NEIGH_MAC_LEN;
	return CLI_OK;
}

static const struct keyword change_words[] = {
	{ .name = "dev", .take = take_device },
	{ .name = "lladdr", .take = take_mac },
	{ .name = "nud", .take = take_state },
	{ .name = "proxy", .take = take_proxy },
	{ .name = "proto", .take = take_proto },
	{ .name = "protocol", .take = take_proto },
	{ .name = "router", .take = take_router },
	{ .name = "to", .take = take_address, .again = true },
	{ .take = take_address, .again = true },
};

static void neigh_put(struct nl_request *r, int family, int type,
		      unsigned int flags, const struct neigh *n)
{
	struct ndmsg *ndm = nl_request(r, type, flags, sizeof(*ndm));

	ndm->ndm_family = (unsigned char)family;
	ndm->ndm_ifindex = n->index;
	ndm->ndm_flags = n->flags & NTF_PROXY;
	nl_put(r, NDA_DST, sizeof(n->addr), &n->addr);
	/* The others only name the entry. */
	if (type != RTM_NEWNEIGH)
		return;
	ndm->ndm_flags = n->flags;
	ndm->ndm_state = n->state;
	if (n->mac_len)
		nl_put(r, NDA_LLADDR, n->mac_len, n->mac);
	if (n->proto)
		nl_put_u8(r, NDA_PROTOCOL, n->proto);
}

static int flush(struct nl *nl, const struct request *req)
{
	const struct nlmsghdr *nlh = NULL;
	unsigned int count = 0;
	struct nl_messages m;
	struct nl_request r;
	struct neigh n;
	int code;

	code = collect(nl, req, &m);
	while (code == CLI_OK && (nlh = nl_messages_next(&m, nlh))) {
		if (neigh_parse(nlh, nl->family, &n) || !wanted(req, &n))
			continue;
		neigh_put(&r, nl->family, RTM_DELNEIGH, 0, &n);
		code = nl_talk(nl, &r.nlh, nl_is_gone);
		count++;
	}
	nl_messages_free(&m);
	if (cli.stats && code == CLI_OK)
		printf("deleted %u neighbours\n", count);
	return code;
}

static int verb_flush(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct request req = { 0 };
	struct nl nl;
	int code;

	code = args_read(&a, filter_words, &req);
	if (code != CLI_OK)
		return code;
	if (argc < 2)
		return CLI_SYNTAX;
	/* What was set by hand goes only when asked for. */
	if (!req.has_state)
		req.states = STATE_ALL & ~(uint32_t)STATE_BY_HAND;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = flush(&nl, &req);
	nl_close(&nl);
	return code;
}

/* Reads the address and the device that all these verbs need. */
static int request_read(char **argv, struct request *req)
{
	struct args a = { .word = argv + 1 };
	int code;

	memset(req, 0, sizeof(*req));
	code = args_read(&a, change_words, req);
	if (code != CLI_OK)
		return code;
	if (!req->to.set ||
	    (!req->neigh.index && !(req->neigh.flags & NTF_PROXY)))
		return CLI_SYNTAX;
	return CLI_OK;
}

static int change_one(char **argv, int type, unsigned int flags)
{
	struct nl_request r;
	struct request req;
	struct nl nl;
	int code;

	code = request_read(argv, &req);
	if (code != CLI_OK)
		return code;
	if (!req.has_state && !(req.neigh.flags & NTF_PROXY))
		req.neigh.state = NUD_PERMANENT;
	if (nl_open(&nl))
		return CLI_ERROR;
	neigh_put(&r, nl.family, type, flags, &req.neigh);
	code = nl_talk(&nl, &r.nlh, NULL);
	nl_close(&nl);
	return code;
}

static int verb_add(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL);
}

static int verb_change(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, RTM_NEWNEIGH, NLM_F_REPLACE);
}

static int verb_replace(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
}

static int verb_del(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, RTM_DELNEIGH, 0);
}

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	const struct nl *nl = arg;
	struct neigh n;
	struct out o;

	if (neigh_parse(nlh, nl->family, &n))
		return MNL_CB_OK;
	out_init(&o, stdout);
	out_list(&o, NULL);
	out_entry(&o);
	neigh_print(&o, &n);
	out_entry_end(&o);
	out_list_end(&o);
	return MNL_CB_OK;
}

static int verb_get(int argc, char **argv)
{
	struct nl_request r;
	struct request req;
	struct nl nl;
	int code;

	(void)argc;
	code = request_read(argv, &req);
	if (code != CLI_OK)
		return code;
	if (nl_open(&nl))
		return CLI_ERROR;
	neigh_put(&r, nl.family, RTM_GETNEIGH, 0, &req.neigh);
	code = nl_ask(&nl, &r.nlh, show_one, &nl);
	nl_close(&nl);
	return code;
}

static const struct cli_verb verbs[] = {
	{ "show", verb_show },
	{ "list", verb_show },
	{ "lst", verb_show },
	{ "add", verb_add },
	{ "change", verb_change },
	{ "chg", verb_change },
	{ "replace", verb_replace },
	{ "del", verb_del },
	{ "delete", verb_del },
	{ "get", verb_get },
	{ "flush", verb_flush },
	{ 0 }
};

int cmd_neigh(int argc, char **argv)
{
	static const struct cli_noun noun = { verbs, usage };

	return cli_noun_run(&noun, argc, argv);
}
