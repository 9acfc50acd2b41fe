/* SPDX-License-Identifier: GPL-2.0 */
/* Chains and rules: their versions, and what packets see of them. */
#ifndef WEFT_CHAIN_H
#define WEFT_CHAIN_H

#include "ruleset.h"

int weft_fw_counter_init(struct weft_fw_counter *counter);
void weft_fw_counter_free(struct weft_fw_counter *counter);
void weft_fw_counter_read(const struct weft_fw_counter *counter,
			  struct weft_filter_counters *sum);
void weft_fw_counter_set(struct weft_fw_counter *counter,
			 const struct weft_filter_counters *value);

struct weft_fw_chain *weft_fw_chain_new(struct weft_trans *owner);
struct weft_fw_chain *weft_fw_chain_copy(const struct weft_fw_chain *from,
					 struct weft_trans *owner);
int weft_fw_hook_new(struct weft_fw_chain *chain, struct weft_fw_net *fw, u32 hooknum,
		     s32 priority);
void weft_fw_rule_put(struct weft_fw_rule *rule);
struct weft_fw_rule *weft_fw_rule_new(struct weft_fw_net *fw, unsigned int n);
int weft_fw_chain_insert(struct weft_fw_chain *chain, u32 at, struct weft_fw_rule *rule);
void weft_fw_chain_remove(struct weft_fw_chain *chain, u32 at);
int weft_fw_chain_compile(struct weft_fw_chain *chain);
u64 weft_fw_chain_handle_at(const struct weft_fw_chain *chain, const struct weft_op *op);

#endif /* WEFT_CHAIN_H */
