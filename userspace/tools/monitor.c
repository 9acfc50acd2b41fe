// SPDX-License-Identifier: GPL-2.0
/* weft monitor: changes of addresses and devices, one line each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "json.h"
#include "netlink.h"

struct monitor {
	int family;
	bool stamps;
};

static void print_usage(FILE *out)
{
	fputs("usage: weft monitor [-jt]\n", out);
}

/* --- one event --------------------------------------------------------------------- */

static void print_time(void)
{
	char text[32];
	struct timeval tv;
	struct tm tm;

	gettimeofday(&tv, NULL);
	localtime_r(&tv.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	printf("[%s.%06ld] ", text, (long)tv.tv_usec);
}

/* Opens the object of an event; the caller adds to it and closes it. */
static void json_event(struct json *j, const struct monitor *m,
		       const char *event, bool deleted)
{
	struct timeval tv;

	json_init(j, stdout, cli.pretty);
	json_open(j, NULL, '{');
	if (m->stamps) {
		gettimeofday(&tv, NULL);
		json_double(j, "time", (double)tv.tv_sec +
				       (double)tv.tv_usec / 1e6);
	}
	json_string(j, "event", event);
	json_bool(j, "deleted", deleted);
}

static void show_addr(const struct monitor *m, const struct nl_addr *a,
		      bool deleted)
{
	char text[WEFT_PREFIXSTRLEN], scope[8], name[IF_NAMESIZE];
	struct json j;

	/* A device that is gone already has a number only. */
	if (!if_indextoname((unsigned int)a->index, name))
		snprintf(name, sizeof(name), "%d", a->index);
	if (cli.json) {
		json_event(&j, m, "address", deleted);
		json_uint(&j, "ifindex", (unsigned int)a->index);
		json_string(&j, "ifname", name);
		json_string(&j, "local", weft_addr_format(&a->addr, text,
							  sizeof(text)));
		json_uint(&j, "prefixlen", a->prefix_len);
		json_string(&j, "scope", nl_scope_name(a->scope, scope,
						       sizeof(scope)));
		json_close(&j, '}');
		return;
	}
	printf("%saddress %s dev %s scope %s\n", deleted ? "deleted " : "",
	       weft_prefix_format(&a->addr, a->prefix_len, text, sizeof(text)),
	       name, nl_scope_name(a->scope, scope, sizeof(scope)));
}

static void show_link(const struct monitor *m, const struct nl_link *l,
		      bool deleted)
{
	char mac[3 * sizeof(l->mac)];
	struct json j;

	nl_mac_format(l, mac, sizeof(mac));
	if (cli.json) {
		json_event(&j, m, "link", deleted);
		json_uint(&j, "ifindex", (unsigned int)l->index);
		json_string(&j, "ifname", l->name);
		json_bool(&j, "up", l->flags & IFF_UP);
		json_string(&j, "operstate", nl_operstate_name(l->operstate));
		json_uint(&j, "mtu", l->mtu);
		json_string(&j, "address", mac);
		json_close(&j, '}');
		return;
	}
	printf("%slink %s index %d %s state %s mtu %u address %s\n",
	       deleted ? "deleted " : "", l->name, l->index,
	       l->flags & IFF_UP ? "up" : "down",
	       nl_operstate_name(l->operstate), l->mtu, mac);
}

static int take_message(const struct nlmsghdr *nlh, void *arg)
{
	const struct monitor *m = arg;
	struct nl_link link;
	struct nl_addr addr;

	switch (nlh->nlmsg_type) {
	case RTM_NEWADDR:
	case RTM_DELADDR:
		if (nl_addr_parse(nlh, m->family, &addr))
			break;
		if (m->stamps && !cli.json)
			print_time();
		show_addr(m, &addr, nlh->nlmsg_type == RTM_DELADDR);
		break;
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (nl_link_parse(nlh, &link))
			break;
		if (m->stamps && !cli.json)
			print_time();
		show_link(m, &link, nlh->nlmsg_type == RTM_DELLINK);
		break;
	}
	return MNL_CB_OK;
}

/* --- the run ------------------------------------------------------------------------- */

static int join_groups(struct nl *nl)
{
	int groups[] = { RTNLGRP_LINK, WEFT_RTNLGRP_IFADDR };
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(groups); i++) {
		if (!mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP,
					   &groups[i], sizeof(groups[i])))
			continue;
		cli_error("cannot join netlink group %d: %s", groups[i],
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

int cmd_monitor(int argc, char **argv)
{
	struct monitor m = { 0 };
	struct nl nl;
	int opt, code;

	if (argc == 2 && !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return CLI_OK;
	}
	while ((opt = getopt(argc, argv, "jt")) != -1) {
		if (opt == 't') {
			m.stamps = true;
		} else if (opt == 'j') {
			cli.json = true;
		} else {
			print_usage(stderr);
			return CLI_USAGE;
		}
	}
	if (optind != argc) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	m.family = cli_family();
	if (m.family < 0 || nl_open(&nl))
		return CLI_ERROR;
	code = join_groups(&nl) ? CLI_ERROR : run(&nl, &m);
	nl_close(&nl);
	return code;
}
