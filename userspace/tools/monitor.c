// SPDX-License-Identifier: GPL-2.0
/* weft monitor: changes of addresses, routes, neighbours, devices, rules and groups. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "addr.h"
#include "cli.h"
#include "group.h"
#include "link.h"
#include "neigh.h"
#include "route.h"
#include "rule.h"

/* What can be watched, as bits. */
enum {
	WATCH_ADDR	= 1 << 0,
	WATCH_ROUTE	= 1 << 1,
	WATCH_NEIGH	= 1 << 2,
	WATCH_LINK	= 1 << 3,
	WATCH_RULE	= 1 << 4,
	WATCH_GROUP	= 1 << 5,
	WATCH_ALL	= (1 << 6) - 1,
};

static const struct object {
	const char *name;	/* on the command line */
	const char *label;	/* of an event */
	unsigned int bit;
	int group;
} objects[] = {
	{ "address", "address", WATCH_ADDR, WEFT_RTNLGRP_IFADDR },
	{ "route", "route", WATCH_ROUTE, WEFT_RTNLGRP_ROUTE },
	{ "neighbour", "neigh", WATCH_NEIGH, RTNLGRP_NEIGH },
	{ "link", "link", WATCH_LINK, RTNLGRP_LINK },
	{ "rule", "rule", WATCH_RULE, WEFT_RTNLGRP_RULE },
	{ "group", "group", WATCH_GROUP, WEFT_RTNLGRP_GROUP },
};

struct monitor {
	int family;
	unsigned int watched;
	struct out out;
};

static void print_usage(FILE *out)
{
	fputs("usage: weft monitor [-jt] [addr|route|neigh|link|rule|group|all]...\n",
	      out);
}

/* --- one event --------------------------------------------------------------------- */

static void print_time(struct out *o)
{
	char text[32];
	struct timeval tv;
	struct tm tm;

	gettimeofday(&tv, NULL);
	if (out_json(o)) {
		json_double(out_json(o), "time",
			    (double)tv.tv_sec + (double)tv.tv_usec / 1e6);
		return;
	}
	localtime_r(&tv.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	out_text(o, "[%s.%06ld]", text, (long)tv.tv_usec);
}

/* What stands before the entry itself. */
static void begin_event(struct monitor *m, unsigned int bit, bool deleted)
{
	const struct object *object = objects;
	struct out *o = &m->out;

	while (object->bit != bit)
		object++;
	out_entry(o);
	if (cli.stamps)
		print_time(o);
	if (out_json(o)) {
		json_string(out_json(o), "event", object->label);
		json_bool(out_json(o), "deleted", deleted);
		return;
	}
	if (deleted)
		out_text(o, "deleted");
	if (m->watched != bit)
		out_text(o, "%s", object->label);
}

static void show_addr(struct monitor *m, const struct nlmsghdr *nlh)
{
	struct out *o = &m->out;
	struct address a;

	if (!(m->watched & WATCH_ADDR) || address_parse(nlh, m->family, &a))
		return;
	begin_event(m, WATCH_ADDR, nlh->nlmsg_type == RTM_DELADDR);
	if (out_json(o))
		json_uint(out_json(o), "ifindex", (unsigned int)a.index);
	address_print(o, &a, true);
	out_entry_end(o);
}

static void show_route(struct monitor *m, const struct nlmsghdr *nlh)
{
	struct route route;

	if (route_parse(nlh, m->family, &route))
		return;
	begin_event(m, WATCH_ROUTE, nlh->nlmsg_type == RTM_DELROUTE);
	route_print(&m->out, &route, ROUTE_OF_ANY);
	out_entry_end(&m->out);
}

static void show_neigh(struct monitor *m, const struct nlmsghdr *nlh)
{
	struct neigh n;

	if (neigh_parse(nlh, m->family, &n))
		return;
	begin_event(m, WATCH_NEIGH, nlh->nlmsg_type == RTM_DELNEIGH);
	neigh_print(&m->out, &n);
	out_entry_end(&m->out);
}

static void show_link(struct monitor *m, const struct nlmsghdr *nlh)
{
	struct link l;

	if (link_parse(nlh, m->family, &l))
		return;
	begin_event(m, WATCH_LINK, nlh->nlmsg_type == RTM_DELLINK);
	link_print(&m->out, &l);
	out_entry_end(&m->out);
}

static void show_rule(struct monitor *m, const struct nlmsghdr *nlh)
{
	struct rule rule;

	if (rule_parse(nlh, m->family, &rule))
		return;
	begin_event(m, WATCH_RULE, nlh->nlmsg_type == RTM_DELRULE);
	rule_print(&m->out, &rule, false);
	out_entry_end(&m->out);
}

/* They come by the netlink group of addresses. */
static void show_group(struct monitor *m, const struct nlmsghdr *nlh)
{
	struct group g;

	if (!(m->watched & WATCH_GROUP) || group_parse(nlh, m->family, &g))
		return;
	begin_event(m, WATCH_GROUP, nlh->nlmsg_type == WEFT_RTM_DELMULTICAST);
	group_print(&m->out, &g);
	out_entry_end(&m->out);
}

static int take_message(const struct nlmsghdr *nlh, void *arg)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWADDR:
	case RTM_DELADDR:
		show_addr(arg, nlh);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		show_route(arg, nlh);
		break;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		show_neigh(arg, nlh);
		break;
	case RTM_NEWLINK:
	case RTM_DELLINK:
		show_link(arg, nlh);
		break;
	case RTM_NEWRULE:
	case RTM_DELRULE:
		show_rule(arg, nlh);
		break;
	case WEFT_RTM_NEWMULTICAST:
	case WEFT_RTM_DELMULTICAST:
		show_group(arg, nlh);
		break;
	}
	return MNL_CB_OK;
}

/* --- the run ------------------------------------------------------------------------- */

static int join_groups(struct nl *nl, unsigned int watched)
{
	size_t i;
	int group;

	for (i = 0; i < MNL_ARRAY_SIZE(objects); i++) {
		group = objects[i].group;
		if (!(watched & objects[i].bit) ||
		    !mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP,
					   &group, sizeof(group)))
			continue;
		cli_error("cannot join netlink group %d: %s", group,
			  strerror(errno));
		return -1;
	}
	return 0;
}

/* Runs until the reader of our output goes away or netlink fails. */
static int run(struct nl *nl, struct monitor *m)
{
	char buf[NL_BUFSIZE];
	ssize_t n;

	for (;;) {
		n = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (n < 0 && errno == ENOBUFS) {
			cli_error("events were lost: they came too fast");
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			cli_error("netlink: %s", strerror(errno));
			return CLI_ERROR;
		}
		mnl_cb_run(buf, (size_t)n, 0, 0, take_message, m);
		if (fflush(stdout)) {
			cli_error("cannot write: %s", strerror(errno));
			return CLI_ERROR;
		}
	}
}

/* One of the objects' names, or 'all'; -1 after telling what is wrong. */
static int watch(struct monitor *m, const char *word)
{
	size_t i;

	if (!strcmp(word, "all")) {
		m->watched = WATCH_ALL;
		return 0;
	}
	for (i = 0; i < MNL_ARRAY_SIZE(objects); i++) {
		if (!cli_matches(word, objects[i].name))
			continue;
		m->watched |= objects[i].bit;
		return 0;
	}
	cli_error("'%s' cannot be watched", word);
	return -1;
}

static int take_options(int argc, char **argv, struct monitor *m)
{
	int opt;

	while ((opt = getopt(argc, argv, "jt")) != -1) {
		if (opt == 't') {
			cli.stamps = true;
		} else if (opt == 'j') {
			cli.json = true;
		} else {
			print_usage(stderr);
			return -1;
		}
	}
	for (; optind < argc; optind++)
		if (watch(m, argv[optind]))
			return -1;
	if (!m->watched)
		m->watched = WATCH_ALL;
	return 0;
}

int cmd_monitor(int argc, char **argv)
{
	struct monitor m = { 0 };
	struct nl nl;
	int code;

	if (argc == 2 && !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return CLI_OK;
	}
	if (take_options(argc, argv, &m))
		return CLI_USAGE;
	if (nl_open(&nl))
		return CLI_ERROR;
	m.family = nl.family;
	out_init(&m.out, stdout);
	m.out.oneline = true;
	code = join_groups(&nl, m.watched) ? CLI_ERROR : run(&nl, &m);
	nl_close(&nl);
	return code;
}
