/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family weft_filter: transactions, and all that the kernel has. */
#ifndef WEFT_FILTER_NETLINK_H
#define WEFT_FILTER_NETLINK_H

#include "filter_build.h"
#include "filter_decode.h"
#include "filter_parse.h"
#include "netlink.h"

/**
 * struct filter_socket - a socket for the family
 * @nl: the socket
 * @family: number of the family
 * @changes: number of the group that changes are told to
 * @trace: number of the group that packets' ways are told to
 */
struct filter_socket {
	struct nl nl;
	uint16_t family;
	uint32_t changes;
	uint32_t trace;
};

/* What of the ruleset is wanted. */
struct filter_wish {
	const char *table;	/* NULL for all */
	const char *set;	/* elements of this one alone; NULL for all */
	bool elements;
	bool rules;
};

/* What a transaction may end in, beside CLI_OK and CLI_ERROR. */
#define FILTER_STALE	100	/* somebody else was faster */

int filter_open(struct filter_socket *s);
int filter_load(struct filter_socket *s, const struct filter_wish *wish,
		struct filter_ruleset *r);
int filter_get_elements(struct filter_socket *s, struct filter_batch *question,
			struct filter_ruleset *r);
/* Sends all messages; the first that is refused is told with its place in @src. */
int filter_send(struct filter_socket *s, struct filter_batch *b,
		const struct filter_source *src);
int filter_join(struct filter_socket *s, uint32_t group);
/* Hands what comes from groups to @fn until that returns MNL_CB_ERROR. */
int filter_listen(struct filter_socket *s, mnl_cb_t fn, void *arg);

#endif /* WEFT_FILTER_NETLINK_H */
