// SPDX-License-Identifier: GPL-2.0
/* weft ss: show sockets, choose among them, end them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "ss_filter.h"
#include "ss_process.h"
#include "ss_socket.h"
#include "ss_state.h"

static const char usage[] =
	"usage: weft ss [-altdcwnepmiHKsj] [state STATE]... [exclude STATE]... [FILTER]\n"
	"  -a  sockets in all states; else connected ones\n"
	"  -l  unconnected sockets: those that wait for anybody\n"
	"  -t  streams, of bytes and of messages\n"
	"  -d  datagram sockets\n"
	"  -c  control sockets: those of echo\n"
	"  -w  raw sockets\n"
	"  -n  numbers, no names: always so\n"
	"  -e  owner, inode, cookie, control group, mark, drops\n"
	"  -p  processes\n"
	"  -m  memory\n"
	"  -i  options; what is known of a connection\n"
	"  -H  no title\n"
	"  -K  end the sockets that are shown\n"
	"  -s  a summary\n"
	"  -j  JSON\n"
	"STATE: connected unconnected all; of streams established syn-sent syn-recv\n"
	"       fin-wait-1 fin-wait-2 time-wait closed close-wait last-ack listening\n"
	"       closing synchronized bucket\n"
	"FILTER: {sport|dport} [OPERATOR] [:]PORT | {src|dst} [OPERATOR] ADDRESS[/LENGTH]\n"
	"        | dev [OPERATOR] DEVICE | cookie [OPERATOR] NUMBER,\n"
	"        joined by 'and', 'or', 'not' and parentheses\n";

/**
 * struct request - what the command line asks for
 * @show: what is shown of a socket
 * @kinds: a bit for each enum ss_kind; 0 for all
 * @states: a bit for each state; 0 if none was named
 * @bare: no title
 * @destroy: end the sockets
 * @summary: only count
 * @filter: which sockets
 */
struct request {
	struct ss_show show;
	unsigned int kinds;
	uint32_t states;
	bool bare;
	bool destroy;
	bool summary;
	struct ss_filter filter;
};

/* --- the command line ----------------------------------------------------------------- */

static bool take_option(struct request *req, int opt)
{
	switch (opt) {
	case 'a':
		req->states = SS_STATES_ALL;
		return true;
	case 'l':
		req->states = SS_STATES_UNCONNECTED;
		return true;
	case 't':
		req->kinds |= 1U << SS_STREAM | 1U << SS_MESSAGES;
		return true;
	case 'd':
		req->kinds |= 1U << SS_DGRAM;
		return true;
	case 'c':
		req->kinds |= 1U << SS_ECHO;
		return true;
	case 'w':
		req->kinds |= 1U << SS_RAW;
		return true;
	case 'n':
		return true;
	case 'H':
		req->bare = true;
		return true;
	case 'K':
		req->destroy = true;
		return true;
	case 's':
		req->summary = true;
		return true;
	case 'j':
		cli.json = true;
		return true;
	}
	return false;
}

static bool take_show(struct ss_show *show, int opt)
{
	switch (opt) {
	case 'e':
		show->extended = true;
		return true;
	case 'p':
		show->processes = true;
		return true;
	case 'm':
		show->memory = true;
		return true;
	case 'i':
		show->options = true;
		return true;
	}
	return false;
}

/* state STATE and exclude STATE, which stand before the expression. */
static int take_states(struct request *req, char ***argv)
{
	uint32_t states, named = 0;
	char **word = *argv;

	for (; *word; word += 2) {
		if (strcmp(*word, "state") && strcmp(*word, "exclude"))
			break;
		if (!word[1])
			return CLI_SYNTAX;
		if (!ss_state_parse(word[1], &states)) {
			cli_error("'%s' is not connected, unconnected, all or a state of streams",
				  word[1]);
			return CLI_USAGE;
		}
		if (!strcmp(*word, "state"))
			named |= states;
		else
			named = (named ? named : (uint32_t)SS_STATES_ALL) & ~states;
		if (!named) {
			cli_error("no state is left");
			return CLI_USAGE;
		}
	}
	if (named)
		req->states = named;
	*argv = word;
	return CLI_OK;
}

/* The other words, with blanks between them, are the expression. */
static int take_filter(struct request *req, char **argv)
{
	size_t len = 1;
	char *text, **word;
	int err;

	for (word = argv; *word; word++)
		len += strlen(*word) + 1;
	text = calloc(1, len);
	if (!text) {
		cli_error("%s", strerror(errno));
		return CLI_ERROR;
	}
	for (word = argv; *word; word++) {
		strcat(text, *word);
		if (word[1])
			strcat(text, " ");
	}
	err = ss_filter_parse(text, &req->filter);
	if (err) {
		cli_error("column %zu: %s", req->filter.column + 1,
			  req->filter.why);
		fprintf(stderr, "  %s\n  %*s^\n", text, (int)req->filter.column,
			"");
	}
	free(text);
	return err ? CLI_USAGE : CLI_OK;
}

static int read_request(int argc, char **argv, struct request *req)
{
	int opt, code;

	if (argc >= 2 && !strcmp(argv[1], "help"))
		return CLI_HELP;
	while ((opt = getopt(argc, argv, "+adltcwnepmiHKsjh")) != -1) {
		if (opt == 'h')
			return CLI_HELP;
		if (!take_option(req, opt) && !take_show(&req->show, opt))
			return CLI_SYNTAX;
	}
	argv += optind;
	code = take_states(req, &argv);
	if (code == CLI_OK)
		code = take_filter(req, argv);
	if (!req->states)
		req->states = req->summary ? SS_STATES_ALL : SS_STATES_USUAL;
	return code;
}

/* --- the kernel ------------------------------------------------------------------------- */

static struct weft_diag_req *begin(struct nl_request *r, const struct nl *nl,
				   int type)
{
	struct weft_diag_req *ask = nl_request(r, type, 0, sizeof(*ask));

	ask->family = (uint8_t)nl->family;
	memset(ask->id.cookie, 0xff, sizeof(ask->id.cookie));
	return ask;
}

static int collect(struct nl *nl, const struct request *req, struct nl_messages *m)
{
	struct nl_request r;
	struct weft_diag_req *ask = begin(&r, nl, SOCK_DIAG_BY_FAMILY);

	ask->states = req->states;
	if (req->show.extended)
		ask->attrs |= 1 << WEFT_DIAG_SHUTDOWN | 1 << WEFT_DIAG_MARK |
			      1 << WEFT_DIAG_CGROUP;
	if (req->show.memory)
		ask->attrs |= 1 << WEFT_DIAG_MEMINFO;
	if (req->show.options)
		ask->attrs |= 1 << WEFT_DIAG_OPTIONS | 1 << WEFT_DIAG_INFO;
	return nl_collect(nl, &r.nlh, m);
}

/* One that has gone by itself meanwhile was not ended by us. */
static bool has_gone(int error)
{
	return error == ENOENT || error == ESTALE;
}

static int destroy(struct nl *nl, const struct ss_socket *s)
{
	struct nl_request r;
	struct weft_diag_req *ask = begin(&r, nl, SOCK_DESTROY);

	ask->protocol = s->msg.protocol;
	ask->type = s->msg.type;
	ask->id = s->msg.id;
	return nl_talk(nl, &r.nlh, has_gone);
}

static bool wanted(const struct request *req, const struct ss_socket *s)
{
	if (req->kinds && !(req->kinds & 1U << ss_socket_kind(s)))
		return false;
	/* What has no socket has no cookie, and ends by itself. */
	if (req->destroy && !ss_socket_cookie(s))
		return false;
	return ss_filter_match(&req->filter, &s->msg.id);
}

/* --- what is shown ----------------------------------------------------------------------- */

/* Sockets of each kind, unconnected and connected. */
struct counts {
	unsigned int n[SS_KINDS][2];
};

static void print_summary(const struct counts *c)
{
	unsigned int i, total = 0;

	for (i = 0; i < SS_KINDS; i++)
		total += c->n[i][0] + c->n[i][1];
	printf("Total: %u\n\n", total);
	printf("%-7s %7s %10s %12s\n", "Netid", "Total", "Connected",
	       "Unconnected");
	for (i = 0; i < SS_KINDS; i++)
		printf("%-7s %7u %10u %12u\n", ss_kind_name(i),
		       c->n[i][0] + c->n[i][1], c->n[i][1], c->n[i][0]);
}

static void json_summary(const struct counts *c)
{
	struct json j;
	unsigned int i;

	json_init(&j, stdout, cli.pretty);
	json_open(&j, NULL, '{');
	for (i = 0; i < SS_KINDS; i++) {
		json_open(&j, ss_kind_name(i), '{');
		json_uint(&j, "connected", c->n[i][1]);
		json_uint(&j, "unconnected", c->n[i][0]);
		json_close(&j, '}');
	}
	json_close(&j, '}');
}

static void summary(const struct nl *nl, const struct request *req,
		    const struct nl_messages *m)
{
	const struct nlmsghdr *nlh = NULL;
	struct counts c = { 0 };
	struct ss_socket s;

	while ((nlh = nl_messages_next(m, nlh)))
		if (!ss_socket_parse(nlh, nl->family, &s) && wanted(req, &s))
			c.n[ss_socket_kind(&s)][ss_socket_connected(&s)]++;
	if (cli.json)
		json_summary(&c);
	else
		print_summary(&c);
}

static int show(struct nl *nl, const struct request *req,
		const struct nl_messages *m)
{
	const struct nlmsghdr *nlh = NULL;
	struct ss_socket s;
	int code = CLI_OK;
	struct out o;

	out_init(&o, stdout);
	if (!req->bare && !cli.json)
		ss_socket_title(&o, &req->show);
	out_list(&o, NULL);
	while (code == CLI_OK && (nlh = nl_messages_next(m, nlh))) {
		if (ss_socket_parse(nlh, nl->family, &s) || !wanted(req, &s))
			continue;
		if (req->destroy)
			code = destroy(nl, &s);
		if (code != CLI_OK)
			break;
		out_entry(&o);
		ss_socket_print(&o, &s, &req->show);
		out_entry_end(&o);
	}
	out_list_end(&o);
	return code;
}

static int run(struct request *req)
{
	struct nl_messages m;
	struct nl nl;
	int code;

	if (req->show.processes && ss_process_scan())
		return CLI_ERROR;
	if (nl_open_diag(&nl))
		return CLI_ERROR;
	code = collect(&nl, req, &m);
	if (code == CLI_OK && req->summary)
		summary(&nl, req, &m);
	else if (code == CLI_OK)
		code = show(&nl, req, &m);
	nl_messages_free(&m);
	nl_close(&nl);
	return code;
}

int cmd_ss(int argc, char **argv)
{
	static struct request req;
	int code = read_request(argc, argv, &req);

	if (code == CLI_OK)
		return run(&req);
	if (code == CLI_HELP) {
		fputs(usage, stdout);
		return CLI_OK;
	}
	if (code == CLI_SYNTAX)
		fputs(usage, stderr);
	return code == CLI_SYNTAX ? CLI_USAGE : code;
}
