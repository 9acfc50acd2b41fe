// SPDX-License-Identifier: GPL-2.0
/* weft: one command for the Weft protocol family, in the manner of ip. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "cli.h"

static int cmd_help(int argc, char **argv);

static const struct cli_verb commands[] = {
	{ "addr", cmd_addr },
	{ "address", cmd_addr },
	{ "route", cmd_route },
	{ "rule", cmd_rule },
	{ "neigh", cmd_neigh },
	{ "neighbor", cmd_neigh },
	{ "neighbour", cmd_neigh },
	{ "link", cmd_link },
	{ "group", cmd_group },
	{ "ping", cmd_ping },
	{ "trace", cmd_trace },
	{ "track", cmd_track },
	{ "nc", cmd_nc },
	{ "perf", cmd_perf },
	{ "stat", cmd_stat },
	{ "ss", cmd_ss },
	{ "monitor", cmd_monitor },
	{ "router", cmd_router },
	{ "filter", cmd_filter },
	{ "help", cmd_help },
	{ 0 }
};

/* Those that a batch may have: they end, and leave the program as it was. */
static const struct cli_verb batch_commands[] = {
	{ "addr", cmd_addr },
	{ "address", cmd_addr },
	{ "route", cmd_route },
	{ "rule", cmd_rule },
	{ "neigh", cmd_neigh },
	{ "neighbor", cmd_neigh },
	{ "neighbour", cmd_neigh },
	{ "link", cmd_link },
	{ "group", cmd_group },
	{ 0 }
};

static void print_usage(FILE *out)
{
	fputs("usage: weft [OPTIONS] COMMAND [ARGUMENTS]\n"
	      "       weft [-force] -b FILE\n"
	      "commands:\n"
	      "  addr      show and change the addresses of devices\n"
	      "  route     show and change the routes\n"
	      "  rule      show and change the rules that choose a routing table\n"
	      "  neigh     show and change the neighbours of devices\n"
	      "  link      show devices and change their settings\n"
	      "  group     show, join and leave the groups of devices\n"
	      "  ping      ask a node or a group for echoes\n"
	      "  trace     show the way to a node\n"
	      "  track     show and change the connections that the firewall knows\n"
	      "  nc        send and receive over streams and in datagrams\n"
	      "  perf      measure how fast streams are\n"
	      "  stat      show the counters of the protocol\n"
	      "  ss        show and end sockets\n"
	      "  monitor   tell changes of all these\n"
	      "  router    announce this node as a router\n"
	      "  filter    show and change the firewall\n"
	      "  help      show this text\n"
	      "options:\n"
	      "  -j          print JSON\n"
	      "  -p          with -j: print it for human readers\n"
	      "  -o          print each entry in one line\n"
	      "  -s          print statistics\n"
	      "  -d          print what goes without saying\n"
	      "  -t          with monitor: print the time of each event\n"
	      "  -c[=WHEN]   print colours: always, auto or never\n"
	      "  -n NETNS    work in another network namespace\n"
	      "  -b FILE     run the commands in a file, '-' for standard input\n"
	      "  -force      with -b: go on after a failure\n"
	      "  -V          print the version\n"
	      "'weft COMMAND help' tells more, and so does man weft-COMMAND.\n", out);
}

static int cmd_help(int argc, char **argv)
{
	const struct cli_verb *v;

	if (argc < 2) {
		print_usage(stdout);
		return CLI_OK;
	}
	v = cli_find(commands, "command", argv[1]);
	if (!v)
		return CLI_USAGE;
	if (v->run == cmd_help) {
		print_usage(stdout);
		return CLI_OK;
	}
	/* As if it had been `weft COMMAND help`. */
	argv[0] = argv[1];
	argv[1] = strdup("help");
	return argv[1] ? v->run(2, argv) : CLI_ERROR;
}

static bool is_option(const char *arg, const char *name)
{
	/* -json and --json are as good as -j, as they are with ip. */
	if (arg[0] == '-' && arg[1] == '-')
		arg++;
	return arg[0] == '-' && cli_matches(arg + 1, name);
}

/* Options that are a word alone. */
static bool take_switch(const char *arg)
{
	if (is_option(arg, "json"))
		cli.json = true;
	else if (is_option(arg, "pretty"))
		cli.pretty = true;
	else if (is_option(arg, "oneline"))
		cli.oneline = true;
	else if (is_option(arg, "statistics") || is_option(arg, "stats"))
		cli.stats++;
	else if (is_option(arg, "details"))
		cli.details = true;
	else if (is_option(arg, "timestamp"))
		cli.stamps = true;
	else if (is_option(arg, "force"))
		cli.force = true;
	else
		return false;
	return true;
}

/* -c, -color and -colour, with =WHEN or without; false for other options. */
static bool is_colour(const char *arg)
{
	char name[16];
	size_t len = strcspn(arg, "=");

	snprintf(name, sizeof(name), "%.*s", (int)len, arg);
	return len < sizeof(name) &&
	       (is_option(name, "color") || is_option(name, "colour"));
}

static int take_colour(const char *arg)
{
	const char *when = strchr(arg, '=');

	if (!when || !strcmp(when, "=always")) {
		cli.colour = true;
	} else if (!strcmp(when, "=auto")) {
		cli.colour = isatty(STDOUT_FILENO);
	} else if (!strcmp(when, "=never")) {
		cli.colour = false;
	} else {
		cli_error("'%s' is not always, auto or never", when + 1);
		return 0;
	}
	return 1;
}

/* Takes one option; returns how many words it has, 0 or -1 after an error. */
static int take_option(int argc, char **argv, const char **batch)
{
	bool is_batch = is_option(argv[0], "batch");

	if (take_switch(argv[0]))
		return 1;
	if (is_colour(argv[0]))
		return take_colour(argv[0]);
	if (!is_batch && !is_option(argv[0], "netns")) {
		cli_error("option '%s' is unknown", argv[0]);
		return 0;
	}
	if (argc < 2) {
		cli_error("option '%s' needs a name", argv[0]);
		return 0;
	}
	if (!is_batch)
		return cli_enter_netns(argv[1]) ? -1 : 2;
	*batch = argv[1];
	return 2;
}

static int run_line(int argc, char **argv)
{
	const struct cli_verb *v;

	v = cli_find(batch_commands, "command of a batch", argv[0]);
	return v ? v->run(argc, argv) : CLI_USAGE;
}

static int run_batch(const char *name)
{
	FILE *file = stdin;
	int code;

	if (!strcmp(name, "-"))
		return batch_run(stdin, "standard input", run_line);
	file = fopen(name, "re");
	if (!file) {
		cli_error("cannot open %s: %s", name, strerror(errno));
		return CLI_ERROR;
	}
	code = batch_run(file, name, run_line);
	fclose(file);
	return code;
}

static int run_command(int argc, char **argv)
{
	const struct cli_verb *v;

	if (!argc) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	v = cli_find(commands, "command", argv[0]);
	return v ? v->run(argc, argv) : CLI_USAGE;
}

int main(int argc, char **argv)
{
	const char *batch = NULL;
	int n, code;

	argc--;
	argv++;
	while (argc && argv[0][0] == '-') {
		if (is_option(argv[0], "Version")) {
			puts("weft " WEFT_VERSION_TEXT);
			return CLI_OK;
		}
		if (is_option(argv[0], "help")) {
			print_usage(stdout);
			return CLI_OK;
		}
		n = take_option(argc, argv, &batch);
		if (n <= 0)
			return n ? CLI_ERROR : CLI_USAGE;
		argc -= n;
		argv += n;
	}
	code = batch && !argc ? run_batch(batch) : run_command(argc, argv);
	if (fflush(stdout) && code == CLI_OK) {
		cli_error("cannot write: %s", strerror(errno));
		return CLI_ERROR;
	}
	return code;
}
