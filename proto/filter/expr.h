/* SPDX-License-Identifier: GPL-2.0 */
/* Expressions of rules. */
#ifndef WEFT_EXPR_H
#define WEFT_EXPR_H

#include <net/netlink.h>
#include <linux/weft_filter.h>
#include "eval.h"
#include "limit.h"
#include "ruleset.h"

struct weft_set;
struct weft_trans;

/**
 * struct weft_match - a comparison
 * @arg: level of a cgroup
 * @mask: which bits of a number, and of a name's second one, are compared
 * @first: with what
 * @last: the range's end
 * @field: WEFT_FILTER_F_*
 */
struct weft_match {
	u32	arg;
	u64	mask[2];
	u64	first[2];
	u64	last[2];
	u8	field;
};

/**
 * struct weft_lookup - a set is asked, or changed
 * @set: which; a reference is held
 * @key: of what
 * @target: where a map's mark goes, or WEFT_FW_NONE
 * @op: WEFT_FILTER_UPDATE_*
 * @timeout: of new elements, ms; 0: the set's
 * @limit: of each element, or NULL
 */
struct weft_lookup {
	struct weft_set		*set;
	struct weft_key		key;
	u32			target;
	u8			op;
	u64			timeout;
	struct weft_limit	*limit;
};

/**
 * struct weft_quota - bytes that may pass
 * @max: how many
 * @used: how many did
 */
struct weft_quota {
	u64		max;
	atomic64_t	used;
};

/**
 * struct weft_assign - a change of a packet or its connection
 * @target: WEFT_FILTER_TARGET_*
 * @mask: bits that are cleared
 * @value: bits that are set, or the number of a label
 */
struct weft_assign {
	u32	target;
	u32	mask;
	u64	value;
};

/**
 * struct weft_log - what is logged, and where to
 * @group: of nfnetlink_log; -1: the kernel's log
 * @level: of the kernel's log
 * @threshold: packets of a message to the group
 * @snaplen: bytes of each packet
 * @has: which of these were said: bits by WEFT_FILTER_EA_*
 * @prefix: of each line
 */
struct weft_log {
	int	group;
	u32	level;
	u16	threshold;
	u32	snaplen;
	u32	has;
	char	prefix[WEFT_FILTER_PREFIX_MAX];
};

/**
 * struct weft_expr - an expression
 * @type: WEFT_FILTER_E_*
 * @invert: WEFT_FILTER_X_INVERT
 * @verdict: of E_VERDICT
 * @code: of E_REJECT
 * @how: of E_REJECT: WEFT_FILTER_REJECT_*
 * @slot: of the chain that E_VERDICT leads to
 * @match: of E_MATCH
 * @lookup: of E_LOOKUP and E_UPDATE
 * @counter: of E_COUNTER
 * @limit: of E_LIMIT
 * @quota: of E_QUOTA
 * @assign: of E_SET
 * @log: of E_LOG
 */
struct weft_expr {
	u8	type;
	bool	invert;
	u8	verdict;
	u8	code;
	u8	how;
	u32	slot;
	union {
		struct weft_match	match;
		struct weft_lookup	lookup;
		struct weft_fw_counter	counter;
		struct weft_limit	*limit;
		struct weft_quota	quota;
		struct weft_assign	assign;
		struct weft_log		*log;
	};
};

/**
 * struct weft_expr_ctx - where expressions are read
 * @trans: the transaction
 * @rs: its ruleset
 * @table: slot of the rule's table
 * @chain: the rule's chain
 * @extack: where to say what is wrong
 */
struct weft_expr_ctx {
	struct weft_trans		*trans;
	struct weft_ruleset		*rs;
	u32				table;
	const struct weft_fw_chain	*chain;
	struct netlink_ext_ack		*extack;
};

extern const struct nla_policy weft_expr_policy[WEFT_FILTER_EA_MAX + 1];

int weft_expr_parse(struct weft_expr_ctx *ctx, const struct nlattr *at,
		    struct weft_expr *expr);
struct weft_fw_rule *weft_exprs_parse(struct weft_expr_ctx *ctx, const struct nlattr *exprs);
int weft_key_parse(const struct nlattr *attr, struct weft_key *key,
		   struct netlink_ext_ack *extack);
int weft_lookup_parse(struct weft_expr_ctx *ctx, struct weft_expr *expr, struct nlattr **tb,
		      const struct nlattr *at);
int weft_update_parse(struct weft_expr_ctx *ctx, struct weft_expr *expr, struct nlattr **tb,
		      const struct nlattr *at);
int weft_limit_parse(struct weft_expr *expr, struct nlattr **tb, const struct nlattr *at,
		     struct netlink_ext_ack *extack);
int weft_log_parse(struct weft_expr *expr, struct nlattr **tb, struct netlink_ext_ack *extack);
void weft_log_free(struct weft_log *log);
void weft_expr_free(struct weft_expr *expr);
bool weft_expr_tracks(const struct weft_expr *expr);
bool weft_expr_ends(const struct weft_expr *expr);
bool weft_expr_leads(const struct weft_expr *expr);
unsigned int weft_expr_compile(struct weft_expr *expr, struct weft_op *op);
int weft_exprs_dump(struct sk_buff *skb, const struct weft_ruleset *rs,
		    const struct weft_fw_rule *rule);

#endif /* WEFT_EXPR_H */
