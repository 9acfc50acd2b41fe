/* SPDX-License-Identifier: GPL-2.0 */
/* The way of single packets through the rules, told to who listens. */
#ifndef WEFT_FILTER_TRACE_H
#define WEFT_FILTER_TRACE_H

#include <linux/skbuff.h>
#include "field.h"
#include "ruleset.h"

/* Is the way of a packet told? */
static inline bool weft_trace_wanted(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NETFILTER_XT_TARGET_TRACE) || IS_ENABLED(CONFIG_NF_TABLES)
	return skb->nf_trace;
#else
	return false;
#endif
}

void weft_trace_begin(struct weft_packet *packet, const struct weft_fw_chain *chain);
void weft_trace_tell(const struct weft_packet *packet, u32 kind,
		     const struct weft_fw_chain *chain, u64 handle, u32 verdict,
		     const struct weft_fw_chain *to);

#endif /* WEFT_FILTER_TRACE_H */
