/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands of weft share: options, exit codes, small helpers. */
#ifndef WEFT_CLI_H
#define WEFT_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "weft.h"

/* Exit codes as those of ip. */
enum cli_code {
	CLI_OK = 0,
	CLI_USAGE = 1,	/* the command line is wrong; told already */
	CLI_ERROR = 2,	/* the system refused; told already */
	/* These two never leave the program. */
	CLI_HELP,	/* somebody asks for the usage */
	CLI_SYNTAX,	/* the command line is wrong; the usage tells best */
};

/* Global options. */
struct cli_options {
	bool json;
	bool pretty;
	bool oneline;
	bool colour;
	bool details;
	bool stamps;
	bool force;
	unsigned int stats;
};

extern struct cli_options cli;

/**
 * struct cli_verb - an entry in a table of commands
 * @name: full name; abbreviations are taken too, by the first that fits
 * @run: takes the arguments from the name on, returns one of enum cli_code
 *
 * A table ends with an entry without a name.
 */
struct cli_verb {
	const char *name;
	int (*run)(int argc, char **argv);
};

/**
 * struct cli_noun - a command that is a noun with verbs
 * @verbs: its verbs; the first runs when none is given
 * @usage: its usage, lines of text
 */
struct cli_noun {
	const struct cli_verb *verbs;
	const char *usage;
};

const struct cli_verb *cli_find(const struct cli_verb *table, const char *what,
				const char *word);
int cli_noun_run(const struct cli_noun *noun, int argc, char **argv);
bool cli_matches(const char *word, const char *full);

/* Commands, one per file. */
int cmd_addr(int argc, char **argv);
int cmd_filter(int argc, char **argv);
int cmd_group(int argc, char **argv);
int cmd_link(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_nc(int argc, char **argv);
int cmd_neigh(int argc, char **argv);
int cmd_perf(int argc, char **argv);
int cmd_ping(int argc, char **argv);
int cmd_route(int argc, char **argv);
int cmd_router(int argc, char **argv);
int cmd_rule(int argc, char **argv);
int cmd_ss(int argc, char **argv);
int cmd_stat(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_track(int argc, char **argv);

struct sock_extended_err;
struct msghdr;

/* util.c */
int cli_family(void);
int cli_enter_netns(const char *name);
int cli_resolve_all(const char *host, const char *service, unsigned int flags,
		    struct weft_addrinfo **list);
int cli_resolve(const char *host, const char *service, unsigned int flags,
		struct sockaddr_weft *sa);
int cli_number(const char *text, unsigned long min, unsigned long max,
	       unsigned long *value);
int cli_seconds(const char *text, double min, double max, double *value);
double cli_now(void);
int cli_dest_device(const char *name, const char *dev,
		    struct sockaddr_weft *sa);
int cli_bind_device(int fd, const char *dev);
/* The error that a message of the error queue brings, NULL if it brings none. */
const struct sock_extended_err *cli_queued_error(struct msghdr *msg);
void cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* WEFT_CLI_H */
