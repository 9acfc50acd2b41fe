/* SPDX-License-Identifier: GPL-2.0 */
/* A routing rule, as rtnetlink tells of it. */
#ifndef WEFT_TOOLS_RULE_H
#define WEFT_TOOLS_RULE_H

#include <linux/fib_rules.h>

#include "args.h"
#include "netlink.h"
#include "out.h"

/* Bits of rule.given: what was told or asked for. */
enum {
	RULE_TABLE	= 1 << 0,
	RULE_PREF	= 1 << 1,
	RULE_MARK	= 1 << 2,
	RULE_MASK	= 1 << 3,
	RULE_SUPPRESS	= 1 << 4,
	RULE_UIDS	= 1 << 5,
	RULE_PROTO	= 1 << 6,
	RULE_GOTO	= 1 << 7,
	RULE_ACTION	= 1 << 8,
};

/**
 * struct rule - a routing rule
 * @given: RULE_*: which of the numbers are known
 * @flags: FIB_RULE_*
 * @action: FR_ACT_*
 * @from: source
 * @to: destination
 * @iif: device that the packet came by; empty for any
 * @oif: device that the socket is bound to; empty for any
 * @table: table to look into
 * @pref: priority; rules are tried from the smallest on
 * @mark: of the packet
 * @mask: bits of @mark that count
 * @suppress: routes of a prefix of at most this length do not count
 * @go: priority of the rule to go on with
 * @uids: users
 * @proto: RTPROT_*: who made it
 */
struct rule {
	unsigned int given;
	uint32_t flags;
	uint8_t action;
	struct prefix from;
	struct prefix to;
	char iif[IF_NAMESIZE];
	char oif[IF_NAMESIZE];
	uint32_t table;
	uint32_t pref;
	uint32_t mark;
	uint32_t mask;
	uint32_t suppress;
	uint32_t go;
	struct fib_rule_uid_range uids;
	uint32_t proto;
};

int rule_parse(const struct nlmsghdr *nlh, int family, struct rule *rule);
void rule_print(struct out *o, const struct rule *rule, bool save);
int rule_read(struct args *a, struct rule *rule);
void rule_put(struct nl_request *r, int family, int type, unsigned int flags,
	      const struct rule *rule);
bool rule_is_like(const struct rule *rule, const struct rule *like);

#endif /* WEFT_TOOLS_RULE_H */
