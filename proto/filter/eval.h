/* SPDX-License-Identifier: GPL-2.0 */
/* Rules as packets see them: a flat array of ops for each chain. */
#ifndef WEFT_EVAL_H
#define WEFT_EVAL_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/types.h>

struct weft_expr;

enum weft_opcode {
	WEFT_OP_EQUAL,		/* a number, masked, is one or in a range, or is not */
	WEFT_OP_UNEQUAL,
	WEFT_OP_INSIDE,
	WEFT_OP_OUTSIDE,
	WEFT_OP_MATCH,		/* what the four above cannot tell */
	WEFT_OP_LOOKUP,
	WEFT_OP_VERDICT_MAP,
	WEFT_OP_COUNTER,
	WEFT_OP_LIMIT,
	WEFT_OP_QUOTA,
	WEFT_OP_SET,
	WEFT_OP_UPDATE,
	WEFT_OP_LOG,
	WEFT_OP_TRACE,
	WEFT_OP_NOTRACK,
	WEFT_OP_REJECT,
	WEFT_OP_CONTINUE,	/* a rule's end without verdict */
	WEFT_OP_ACCEPT,
	WEFT_OP_DROP,
	WEFT_OP_JUMP,
	WEFT_OP_GOTO,
	WEFT_OP_RETURN,
	WEFT_OP_END,		/* of the chain */
};

/**
 * struct weft_op - one step
 * @code: enum weft_opcode
 * @field: of a comparison
 * @skip: ops from here to the next rule
 * @slot: of the chain of a jump
 * @mask: of a comparison: the bits that are compared
 * @first: what to compare with
 * @span: from there to the range's end
 * @expr: of all others
 *
 * Two of them share a cache line.
 */
struct weft_op {
	u8	code;
	u8	field;
	u16	skip;
	u32	slot;
	union {
		struct {
			u64	mask;
			u64	first;
			u64	span;
		};
		struct weft_expr *expr;
	};
};

unsigned int weft_eval_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

#endif /* WEFT_EVAL_H */
