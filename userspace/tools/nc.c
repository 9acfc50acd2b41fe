// SPDX-License-Identifier: GPL-2.0
/* weft nc: standard input and output over Weft. The command line. */
#include <getopt.h>
#include <string.h>

#include "nc.h"

#define SECONDS_MAX	1e6

void nc_usage(FILE *out)
{
	fputs("usage: weft nc [-mNv] [-b SIZE] [-c COMMAND | -e PROGRAM] [-I DEVICE] [-p PORT]\n"
	      "               [-q SECS] [-s ADDRESS] [-w SECS] DESTINATION PORT\n"
	      "       weft nc -l [-kmNv] [-b SIZE] [-c COMMAND | -e PROGRAM] [-I DEVICE]\n"
	      "               [-q SECS] [-w SECS] [ADDRESS] [-p] PORT\n"
	      "       weft nc -z [-mv] [-I DEVICE] [-s ADDRESS] [-w SECS] DESTINATION PORT[-PORT]\n"
	      "       weft nc -u [-Nv] [-b SIZE] [-I DEVICE] [-p PORT] [-q SECS] [-s ADDRESS]\n"
	      "               [-w SECS] DESTINATION PORT\n"
	      "       weft nc -u -l [-kNv] [-b SIZE] [-g GROUP[%DEVICE]]... [-I DEVICE]\n"
	      "               [-q SECS] [-w SECS] [ADDRESS] [-p] PORT\n", out);
}

static int bad_value(int opt, const char *value)
{
	cli_error("bad value for -%c: '%s'", opt, value);
	return -1;
}

static int take_command(struct nc_options *o, int opt, const char *value)
{
	if (o->command) {
		cli_error("one command only");
		return -1;
	}
	o->command = o->shell;
	if (opt == 'e') {
		o->shell[0] = value;
		return 0;
	}
	o->shell[0] = "/bin/sh";
	o->shell[1] = "-c";
	o->shell[2] = value;
	return 0;
}

static int take_group(struct nc_options *o, const char *value)
{
	if (o->n_groups == WEFT_GROUP_SOCK_MAX)
		return bad_value('g', value);
	o->groups[o->n_groups++] = value;
	return 0;
}

static int take_number(struct nc_options *o, int opt, const char *value)
{
	int err;

	if (opt == 'b')
		err = cli_number(value, 1, WEFT_MESSAGE_MAX, &o->size);
	else if (opt == 'q')
		err = cli_seconds(value, 0, SECONDS_MAX, &o->quit);
	else
		err = cli_seconds(value, 0.001, SECONDS_MAX, &o->idle);
	return err ? bad_value(opt, value) : 0;
}

static int take_value(struct nc_options *o, int opt, const char *value)
{
	switch (opt) {
	case 'b':
	case 'q':
	case 'w':
		return take_number(o, opt, value);
	case 'c':
	case 'e':
		return take_command(o, opt, value);
	case 'g':
		return take_group(o, value);
	case 'I':
		o->dev = value;
		return 0;
	case 'p':
		o->local_port = value;
		return 0;
	case 's':
		o->source = value;
		return 0;
	}
	nc_usage(stderr);
	return -1;
}

static int take_type(struct nc_options *o, int type)
{
	if (o->type != SOCK_STREAM && o->type != type) {
		cli_error("-m and -u do not go together");
		return -1;
	}
	o->type = type;
	return 0;
}

static int take_option(struct nc_options *o, int opt, const char *value)
{
	switch (opt) {
	case 'k':
		o->keep = true;
		return 0;
	case 'l':
		o->listen = true;
		return 0;
	case 'm':
		return take_type(o, SOCK_SEQPACKET);
	case 'N':
		o->shut = true;
		return 0;
	case 'u':
		return take_type(o, SOCK_DGRAM);
	case 'v':
		o->verbose = true;
		return 0;
	case 'z':
		o->scan = true;
		return 0;
	}
	return take_value(o, opt, value);
}

/* Options that have a meaning only beside others, or without them. */
static int check_options(const struct nc_options *o)
{
	bool dgram = o->type == SOCK_DGRAM;
	const char *why = NULL;

	if ((o->keep || o->n_groups) && !o->listen)
		why = o->keep ? "-k goes with -l" : "-g goes with -l";
	else if (o->n_groups && !dgram)
		why = "-g goes with -u";
	else if (o->size && o->type == SOCK_STREAM)
		why = "-b goes with -m or -u";
	else if (dgram && o->size > NC_DGRAM_MAX)
		why = "a datagram has not so many bytes: -b";
	else if (o->command && (dgram || o->scan))
		why = "-c and -e do not go with -u or -z";
	else if (o->scan && (dgram || o->listen))
		why = "-z does not go with -l or -u";
	if (!why)
		return 0;
	cli_error("%s", why);
	return -1;
}

/* Options may stand between the other words: `nc -l 7::1 -p 5000`. */
static int take_options(struct nc_options *o, int argc, char **argv)
{
	static const struct option longer[] = {
		{ "messages", no_argument, NULL, 'm' },
		{ 0 }
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "b:c:e:g:I:klmNp:q:s:uvw:z", longer,
				  NULL)) != -1)
		if (take_option(o, opt, optarg))
			return -1;
	if (check_options(o))
		return -1;
	if (o->type != SOCK_DGRAM)
		return 0;
	/* A socket that is connected to one node hears no group any more. */
	if (o->n_groups)
		o->keep = true;
	if (o->shut)
		o->quit = 0;
	return 0;
}

int cmd_nc(int argc, char **argv)
{
	struct nc_options o = { .type = SOCK_STREAM, .quit = -1 };

	if (argc == 2 && !strcmp(argv[1], "help")) {
		nc_usage(stdout);
		return CLI_OK;
	}
	if (take_options(&o, argc, argv))
		return CLI_USAGE;
	argc -= optind;
	argv += optind;
	if (o.type == SOCK_DGRAM)
		return nc_dgram(&o, argc, argv);
	return o.scan ? nc_scan(&o, argc, argv) : nc_stream(&o, argc, argv);
}
