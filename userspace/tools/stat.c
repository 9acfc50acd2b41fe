// SPDX-License-Identifier: GPL-2.0
/* weft stat: the counters of the protocol, drops by reason among them. */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "json.h"

#define STAT_PATH	"/proc/net/weft/stat"
#define NAME_LEN	64
#define COUNTERS_MAX	512

struct counter {
	char name[NAME_LEN];
	uint64_t value;
};

static struct counter counters[COUNTERS_MAX];
static size_t count;

static void print_usage(FILE *out)
{
	fputs("usage: weft stat [-aj] [PATTERN]...\n", out);
}

/* Lines of a name and a number; what has another form is from a newer kernel. */
static int read_counters(void)
{
	struct counter *c = counters;
	char line[256];
	FILE *f;

	f = fopen(STAT_PATH, "re");
	if (!f) {
		if (cli_family() >= 0)
			cli_error("%s: %s", STAT_PATH, strerror(errno));
		return -1;
	}
	while (count < COUNTERS_MAX && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %" SCNu64, c->name, &c->value) != 2)
			continue;
		count++;
		c++;
	}
	fclose(f);
	return 0;
}

static bool is_drop(const struct counter *c)
{
	return !strncmp(c->name, "Drop", 4);
}

/* A counter is shown when a pattern names it; without patterns, when not 0. */
static bool wanted(const struct counter *c, char **patterns, bool all)
{
	if (!*patterns)
		return all || c->value;
	for (; *patterns; patterns++)
		if (!fnmatch(*patterns, c->name, 0))
			return true;
	return false;
}

/* Prints one part of the counters, its heading before the first. */
static void show_part(bool drops, char **patterns, bool all)
{
	bool first = true;
	size_t i;

	for (i = 0; i < count; i++) {
		if (is_drop(&counters[i]) != drops ||
		    !wanted(&counters[i], patterns, all))
			continue;
		if (first)
			puts(drops ? "Dropped:" : "Counted:");
		first = false;
		printf("  %-28s %20" PRIu64 "\n", counters[i].name,
		       counters[i].value);
	}
}

static void show_json(char **patterns, bool all)
{
	struct json j;
	size_t i;

	json_init(&j, stdout, cli.pretty);
	json_open(&j, NULL, '{');
	for (i = 0; i < count; i++)
		if (wanted(&counters[i], patterns, all))
			json_uint(&j, counters[i].name, counters[i].value);
	json_close(&j, '}');
}

/* Every pattern must name a counter: a misspelt one is an error, not silence. */
static int check_patterns(char **patterns)
{
	size_t i;

	for (; *patterns; patterns++) {
		for (i = 0; i < count; i++)
			if (!fnmatch(*patterns, counters[i].name, 0))
				break;
		if (i == count) {
			cli_error("no counter '%s'", *patterns);
			return -1;
		}
	}
	return 0;
}

int cmd_stat(int argc, char **argv)
{
	bool all = false;
	int opt;

	if (argc == 2 && !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return CLI_OK;
	}
	while ((opt = getopt(argc, argv, "aj")) != -1) {
		if (opt == 'a') {
			all = true;
		} else if (opt == 'j') {
			cli.json = true;
		} else {
			print_usage(stderr);
			return CLI_USAGE;
		}
	}
	if (read_counters())
		return CLI_ERROR;
	argv += optind;
	if (check_patterns(argv))
		return CLI_USAGE;
	if (cli.json) {
		show_json(argv, all);
		return CLI_OK;
	}
	show_part(false, argv, all);
	show_part(true, argv, all);
	return CLI_OK;
}
