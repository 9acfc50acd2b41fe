// SPDX-License-Identifier: GPL-2.0
/* weft: one command for the Weft protocol family, in the manner of ip. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

static int cmd_help(int argc, char **argv);

static const struct cli_verb commands[] = {
	{ "addr", cmd_addr },
	{ "address", cmd_addr },
	{ "ping", cmd_ping },
	{ "nc", cmd_nc },
	{ "stat", cmd_stat },
	{ "monitor", cmd_monitor },
	{ "help", cmd_help },
	{ 0 }
};

static void print_usage(FILE *out)
{
	fputs("usage: weft [OPTIONS] COMMAND [ARGUMENTS]\n"
	      "commands:\n"
	      "  addr      show and change the addresses of devices\n"
	      "  ping      ask a node or a group for echoes\n"
	      "  nc        send and receive datagrams\n"
	      "  stat      show the counters of the protocol\n"
	      "  monitor   tell changes of addresses and devices\n"
	      "  help      show this text\n"
	      "options:\n"
	      "  -j          print JSON\n"
	      "  -p          with -j: print it for human readers\n"
	      "  -n NETNS    work in another network namespace\n"
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

/* Takes one global option; returns how many words it has, 0 after an error. */
static int take_option(int argc, char **argv)
{
	if (is_option(argv[0], "json")) {
		cli.json = true;
		return 1;
	}
	if (is_option(argv[0], "pretty")) {
		cli.pretty = true;
		return 1;
	}
	if (is_option(argv[0], "netns")) {
		if (argc < 2) {
			cli_error("option '%s' needs a name", argv[0]);
			return 0;
		}
		return cli_enter_netns(argv[1]) ? -1 : 2;
	}
	cli_error("option '%s' is unknown", argv[0]);
	return 0;
}

int main(int argc, char **argv)
{
	const struct cli_verb *v;
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
		n = take_option(argc, argv);
		if (n <= 0)
			return n ? CLI_ERROR : CLI_USAGE;
		argc -= n;
		argv += n;
	}
	if (!argc) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	v = cli_find(commands, "command", argv[0]);
	if (!v)
		return CLI_USAGE;
	code = v->run(argc, argv);
	if (fflush(stdout) && code == CLI_OK) {
		cli_error("cannot write: %s", strerror(errno));
		return CLI_ERROR;
	}
	return code;
}
