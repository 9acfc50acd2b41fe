/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two functions of netfilter that are exported, and whose prototypes are not in a header
 * that modules can include.
 */
#ifndef WEFT_COMPAT_NETFILTER_H
#define WEFT_COMPAT_NETFILTER_H

#include <linux/netfilter.h>

int nf_hook_entries_insert_raw(struct nf_hook_entries __rcu **pp,
			       const struct nf_hook_ops *reg);
void nf_hook_entries_delete_raw(struct nf_hook_entries __rcu **pp,
				const struct nf_hook_ops *reg);

#endif /* WEFT_COMPAT_NETFILTER_H */
