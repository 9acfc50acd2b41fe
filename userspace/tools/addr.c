// SPDX-License-Identifier: GPL-2.0
/* weft addr: show and change the addresses of devices. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "json.h"
#include "netlink.h"

/* All devices and all addresses, as one pair of dumps found them. */
struct snapshot {
	int family;
	size_t links, addrs;
	struct nl_link *link;
	struct nl_addr *addr;
};

/* What the command line asks for. */
struct request {
	const char *text;
	int index;
	struct weft_addr addr;
	unsigned int prefix_len;
};

static void print_usage(FILE *out)
{
	fputs("usage: weft addr [show] [dev DEVICE]\n"
	      "       weft addr add ADDRESS[/LENGTH] dev DEVICE\n"
	      "       weft addr del ADDRESS[/LENGTH] dev DEVICE\n"
	      "       weft addr flush dev DEVICE\n", out);
}

/* --- reading the kernel's lists ---------------------------------------------- */

/* Makes room for one more in an array that doubles. */
static void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return realloc(array, (count ? count * 2 : 1) * size);
}

static int take_link(const struct nlmsghdr *nlh, void *arg)
{
	struct snapshot *s = arg;
	struct nl_link *list;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	list = grow(s->link, s->links, sizeof(*list));
	if (!list)
		return MNL_CB_ERROR;
	s->link = list;
	if (!nl_link_parse(nlh, &list[s->links]))
		s->links++;
	return MNL_CB_OK;
}

static int take_addr(const struct nlmsghdr *nlh, void *arg)
{
	struct snapshot *s = arg;
	struct nl_addr *list;

	if (nlh->nlmsg_type != RTM_NEWADDR)
		return MNL_CB_OK;
	list = grow(s->addr, s->addrs, sizeof(*list));
	if (!list)
		return MNL_CB_ERROR;
	s->addr = list;
	if (!nl_addr_parse(nlh, s->family, &list[s->addrs]))
		s->addrs++;
	return MNL_CB_OK;
}

static void snapshot_free(struct snapshot *s)
{
	free(s->link);
	free(s->addr);
	memset(s, 0, sizeof(*s));
}

static int dump_links(struct nl *nl, struct snapshot *s)
{
	char buf[MNL_NLMSG_HDRLEN + 64];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = RTM_GETLINK;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	return nl_dump(nl, nlh, take_link, s);
}

static int dump_addrs(struct nl *nl, struct snapshot *s)
{
	char buf[MNL_NLMSG_HDRLEN + 64];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;

	nlh->nlmsg_type = RTM_GETADDR;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = (unsigned char)s->family;
	return nl_dump(nl, nlh, take_addr, s);
}

static int snapshot_take(struct nl *nl, int family, struct snapshot *s)
{
	int tries, err = 1;

	for (tries = 0; err > 0 && tries < NL_DUMP_TRIES; tries++) {
		memset(s, 0, sizeof(*s));
		s->family = family;
		err = dump_links(nl, s);
		if (!err)
			err = dump_addrs(nl, s);
		if (err)
			snapshot_free(s);
	}
	if (err > 0)
		cli_error("the addresses change too fast to be read");
	return err ? -1 : 0;
}

/* --- showing ------------------------------------------------------------------- */

/* Bits of ifa_flags that say more than 'permanent' does. */
static const struct {
	unsigned int bit;
	const char *name;
} flag_names[] = {
	{ IFA_F_TENTATIVE, "tentative" },
	{ IFA_F_DEPRECATED, "deprecated" },
	{ IFA_F_DADFAILED, "dadfailed" },
	{ IFA_F_NOPREFIXROUTE, "noprefixroute" },
};

static const char *lifetime_format(unsigned int seconds, char *buf, size_t size)
{
	if (seconds == UINT32_MAX)
		return "forever";
	snprintf(buf, size, "%usec", seconds);
	return buf;
}

static void show_addr(const struct nl_addr *a)
{
	char text[WEFT_PREFIXSTRLEN], scope[8], valid[16], preferred[16];
	size_t i;

	printf("    weft %s scope %s",
	       weft_prefix_format(&a->addr, a->prefix_len, text, sizeof(text)),
	       nl_scope_name(a->scope, scope, sizeof(scope)));
	if (!(a->flags & IFA_F_PERMANENT))
		printf(" dynamic");
	for (i = 0; i < MNL_ARRAY_SIZE(flag_names); i++)
		if (a->flags & flag_names[i].bit)
			printf(" %s", flag_names[i].name);
	putchar('\n');
	if (a->has_lifetime)
		printf("       valid_lft %s preferred_lft %s\n",
		       lifetime_format(a->lifetime.ifa_valid, valid,
				       sizeof(valid)),
		       lifetime_format(a->lifetime.ifa_prefered, preferred,
				       sizeof(preferred)));
}

static void show_link(const struct nl_link *l)
{
	char mac[3 * sizeof(l->mac)];

	printf("%d: %s: mtu %u state %s\n", l->index, l->name, l->mtu,
	       nl_operstate_name(l->operstate));
	if (l->mac_len)
		printf("    link %s\n", nl_mac_format(l, mac, sizeof(mac)));
}

static void json_addr(struct json *j, const struct nl_addr *a)
{
	char text[WEFT_ADDRSTRLEN], scope[8];
	size_t i;

	json_open(j, NULL, '{');
	json_string(j, "family", "weft");
	json_string(j, "local",
		    weft_addr_format(&a->addr, text, sizeof(text)));
	json_uint(j, "prefixlen", a->prefix_len);
	json_string(j, "scope",
		    nl_scope_name(a->scope, scope, sizeof(scope)));
	if (!(a->flags & IFA_F_PERMANENT))
		json_bool(j, "dynamic", true);
	for (i = 0; i < MNL_ARRAY_SIZE(flag_names); i++)
		if (a->flags & flag_names[i].bit)
			json_bool(j, flag_names[i].name, true);
	if (a->has_lifetime) {
		json_uint(j, "valid_life_time", a->lifetime.ifa_valid);
		json_uint(j, "preferred_life_time", a->lifetime.ifa_prefered);
	}
	json_close(j, '}');
}

static void json_link(struct json *j, const struct nl_link *l)
{
	char mac[3 * sizeof(l->mac)];

	json_uint(j, "ifindex", (unsigned int)l->index);
	json_string(j, "ifname", l->name);
	json_uint(j, "mtu", l->mtu);
	json_string(j, "operstate", nl_operstate_name(l->operstate));
	if (l->mac_len)
		json_string(j, "address", nl_mac_format(l, mac, sizeof(mac)));
}

/* One device with its addresses; devices without any are left out. */
static void show_device(const struct snapshot *s, const struct nl_link *l,
			struct json *j)
{
	bool first = true;
	size_t i;

	for (i = 0; i < s->addrs; i++) {
		if (s->addr[i].index != l->index)
			continue;
		if (first && cli.json) {
			json_open(j, NULL, '{');
			json_link(j, l);
			json_open(j, "addr_info", '[');
		} else if (first) {
			show_link(l);
		}
		first = false;
		if (cli.json)
			json_addr(j, &s->addr[i]);
		else
			show_addr(&s->addr[i]);
	}
	if (!first && cli.json) {
		json_close(j, ']');
		json_close(j, '}');
	}
}

/* --- the verbs --------------------------------------------------------------------- */

static int take_device(struct request *req, const char *name)
{
	req->index = (int)if_nametoindex(name);
	if (req->index)
		return CLI_OK;
	cli_error("no device '%s'", name);
	return CLI_ERROR;
}

static int take_address(struct request *req, const char *text)
{
	int err;

	if (req->text) {
		cli_error("one address at a time: '%s'", text);
		return CLI_USAGE;
	}
	req->text = text;
	err = weft_prefix_parse(text, &req->addr, &req->prefix_len);
	if (!err)
		return CLI_OK;
	cli_error("%s: %s", text, weft_eai_strerror(err));
	return CLI_USAGE;
}

/* Reads `[ADDRESS] dev DEVICE`; which of them must be there, the verb says. */
static int take_request(int argc, char **argv, struct request *req)
{
	int i, code = CLI_OK;

	memset(req, 0, sizeof(*req));
	for (i = 1; i < argc && code == CLI_OK; i++) {
		if (!strcmp(argv[i], "help")) {
			print_usage(stdout);
			exit(CLI_OK);
		} else if (cli_matches(argv[i], "dev")) {
			if (++i == argc) {
				cli_error("'dev' needs a name");
				return CLI_USAGE;
			}
			code = take_device(req, argv[i]);
		} else {
			code = take_address(req, argv[i]);
		}
	}
	return code;
}

static int verb_show(int argc, char **argv)
{
	struct request req;
	int family;
	struct snapshot s;
	struct json j;
	struct nl nl;
	size_t i;
	int code;

	code = take_request(argc, argv, &req);
	if (code == CLI_OK && req.text) {
		print_usage(stderr);
		code = CLI_USAGE;
	}
	if (code != CLI_OK)
		return code;
	family = cli_family();
	if (family < 0 || nl_open(&nl))
		return CLI_ERROR;
	if (snapshot_take(&nl, family, &s)) {
		nl_close(&nl);
		return CLI_ERROR;
	}
	json_init(&j, stdout, cli.pretty);
	if (cli.json)
		json_open(&j, NULL, '[');
	for (i = 0; i < s.links; i++)
		if (!req.index || req.index == s.link[i].index)
			show_device(&s, &s.link[i], &j);
	if (cli.json)
		json_close(&j, ']');
	snapshot_free(&s);
	nl_close(&nl);
	return CLI_OK;
}

static int change(struct nl *nl, int family, uint16_t type, uint16_t flags,
		  const struct nl_addr *a)
{
	char buf[MNL_NLMSG_HDRLEN + 128];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = (unsigned char)family;
	ifa->ifa_prefixlen = (unsigned char)a->prefix_len;
	ifa->ifa_index = (unsigned int)a->index;
	mnl_attr_put(nlh, IFA_LOCAL, sizeof(a->addr), &a->addr);
	return nl_talk(nl, nlh);
}

/* add and del: the same request but for its type. */
static int change_one(int argc, char **argv, uint16_t type, uint16_t flags)
{
	struct nl_addr a = { 0 };
	struct request req;
	int family;
	struct nl nl;
	int code;

	code = take_request(argc, argv, &req);
	if (code == CLI_OK && (!req.text || !req.index)) {
		print_usage(stderr);
		code = CLI_USAGE;
	}
	if (code != CLI_OK)
		return code;
	family = cli_family();
	if (family < 0 || nl_open(&nl))
		return CLI_ERROR;
	a.index = req.index;
	a.addr = req.addr;
	a.prefix_len = req.prefix_len;
	if (change(&nl, family, type, flags, &a))
		code = CLI_ERROR;
	nl_close(&nl);
	return code;
}

static int verb_add(int argc, char **argv)
{
	return change_one(argc, argv, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
}

static int verb_del(int argc, char **argv)
{
	return change_one(argc, argv, RTM_DELADDR, 0);
}

/* The addresses that the kernel made, and would make again, are left alone. */
static bool is_own(const struct nl_addr *a)
{
	return !weft_addr_is_linklocal(&a->addr) &&
	       !weft_addr_is_loopback(&a->addr);
}

static int verb_flush(int argc, char **argv)
{
	struct request req;
	int family;
	struct snapshot s;
	struct nl nl;
	size_t i;
	int code;

	code = take_request(argc, argv, &req);
	if (code == CLI_OK && (req.text || !req.index)) {
		print_usage(stderr);
		code = CLI_USAGE;
	}
	if (code != CLI_OK)
		return code;
	family = cli_family();
	if (family < 0 || nl_open(&nl))
		return CLI_ERROR;
	code = snapshot_take(&nl, family, &s) ? CLI_ERROR : CLI_OK;
	for (i = 0; code == CLI_OK && i < s.addrs; i++)
		if (s.addr[i].index == req.index && is_own(&s.addr[i]) &&
		    change(&nl, family, RTM_DELADDR, 0, &s.addr[i]))
			code = CLI_ERROR;
	snapshot_free(&s);
	nl_close(&nl);
	return code;
}

static int verb_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	print_usage(stdout);
	return CLI_OK;
}

static const struct cli_verb verbs[] = {
	{ "show", verb_show },
	{ "list", verb_show },
	{ "add", verb_add },
	{ "del", verb_del },
	{ "delete", verb_del },
	{ "flush", verb_flush },
	{ "help", verb_help },
	{ 0 }
};

int cmd_addr(int argc, char **argv)
{
	const struct cli_verb *v;

	if (argc < 2)
		return verb_show(argc, argv);
	if (!strcmp(argv[1], "dev"))
		return verb_show(argc, argv);
	v = cli_find(verbs, "verb", argv[1]);
	if (!v) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	return v->run(argc - 1, argv + 1);
}
