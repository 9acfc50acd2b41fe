/* SPDX-License-Identifier: GPL-2.0 */
/* Where netfilter's hooks lie on a packet's road. doc/hooks.md tells how to use them. */
#ifndef WEFT_HOOK_H
#define WEFT_HOOK_H

#include <linux/jump_label.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include "flow.h"
#include "net.h"
#include "weft_hooks.h"

extern struct static_key weft_hooks_needed[NF_INET_NUMHOOKS];

/**
 * struct weft_hook_pass - a packet on its way through the functions of one hook
 * @state: what netfilter tells them
 * @ruleset: which one all chains of the firewall look at; NULL before the first of them
 *
 * Valid under the RCU read lock that the packet is led through the hook under.
 */
struct weft_hook_pass {
	struct nf_hook_state	state;
	const void		*ruleset;
};

static inline struct weft_hook_pass *weft_hook_pass_of(const struct nf_hook_state *state)
{
	return container_of(state, struct weft_hook_pass, state);
}

typedef int weft_okfn(struct net *net, struct sock *sk, struct sk_buff *skb);

int weft_hook_run(struct net *net, unsigned int hook, struct sk_buff *skb,
		  struct net_device *in, struct net_device *out, weft_okfn *okfn);

/**
 * weft_hook() - lead a packet through a hook
 * @net: namespace
 * @hook: NF_INET_PRE_ROUTING and so on
 * @skb: packet from its network header on
 * @in: the device that it came by, or NULL
 * @out: the device that it leaves through, or NULL
 * @okfn: goes on with the packet for who took it with NF_STOLEN
 *
 * Context: RCU read lock.
 * Return: 1 if the packet goes on; else it is gone, and counted: 0 if somebody took
 * it, -EPERM or what the hook said if it was dropped.
 */
static __always_inline int weft_hook(struct net *net, unsigned int hook, struct sk_buff *skb,
				     struct net_device *in, struct net_device *out,
				     weft_okfn *okfn)
{
	if (!static_key_false(&weft_hooks_needed[hook]))
		return 1;
	return weft_hook_run(net, hook, skb, in, out, okfn);
}

int weft_hook_route(struct net *net, struct sk_buff *skb, struct weft_flow *flow);
int weft_hook_init_net(struct net *net);
void weft_hook_exit_net(struct net *net);

#endif /* WEFT_HOOK_H */
