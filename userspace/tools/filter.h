/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of the command weft filter. */
#ifndef WEFT_TOOLS_FILTER_H
#define WEFT_TOOLS_FILTER_H

#include "filter_netlink.h"
#include "filter_print.h"

/* Options of the command line. */
struct filter_options {
	bool check;
	bool json;
	bool handles;
	bool stateless;
};

/* filter_run.c: reads a text and does what it says; the code of the program. */
int filter_run(const struct filter_source *src, const struct filter_options *opt);

/* filter_list.c */
int filter_list(struct filter_socket *s, const struct filter_command *c,
		const struct filter_source *src, const struct filter_options *opt);

/* filter_resolve.c: handles, indexes and what may be gone, by what the kernel has. */
bool filter_needs_ruleset(const struct filter_command *c);
/* What is left of the commands; CLI_OK, or CLI_ERROR after telling what is wrong. */
int filter_resolve(const struct filter_source *src, const struct filter_ruleset *r,
		   struct filter_command **commands);

/* filter_monitor.c, filter_trace.c */
int filter_monitor(const struct filter_options *opt);
int filter_trace(const struct filter_options *opt);

/* filter_nft.c: rules for nft(8) in its netdev family, to @out. */
int filter_nft(const struct filter_source *src, bool egress, FILE *out);

#endif /* WEFT_TOOLS_FILTER_H */
