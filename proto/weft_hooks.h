/* SPDX-License-Identifier: GPL-2.0 */
/* What other modules may call: doc/hooks.md has an example. */
#ifndef WEFT_HOOKS_H
#define WEFT_HOOKS_H

#include <linux/netfilter.h>
#include <net/net_namespace.h>

int weft_register_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			    unsigned int n);
bool __weft_unregister_net_hooks(struct net *net, const struct nf_hook_ops *ops,
				 unsigned int n);
void weft_unregister_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			       unsigned int n);

#endif /* WEFT_HOOKS_H */
