// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter's five hooks: who registered what, and what becomes of a packet. Netfilter
 * runs the chain of a hook. Each of its functions is called from here, so that no verdict
 * leads where netfilter cannot follow with a family that it does not know.
 */
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "addr.h"
#include "compat_netfilter.h"
#include "device.h"
#include "header.h"
#include "hook.h"
#include "input.h"
#include "route.h"
#include "stats.h"

/* How often a function may ask to see a packet again. */
#define WEFT_HOOK_REPEATS	8

/**
 * struct weft_hook_entry - a function on a hook
 * @link: in weft_net.hook_entries, under weft_hook_mutex
 * @user: what was registered
 * @ops: what netfilter runs: weft_hook_call() with the entry, at @user's priority
 * @rcu: frees it
 *
 * Freed a grace period after it was taken off its hook.
 */
struct weft_hook_entry {
	struct list_head		link;
	const struct nf_hook_ops	*user;
	struct nf_hook_ops		ops;
	struct rcu_head			rcu;
};

struct static_key weft_hooks_needed[NF_INET_NUMHOOKS];

static DEFINE_MUTEX(weft_hook_mutex);	/* of who is on which hook; innermost */

/* --- running ------------------------------------------------------------------------- */

/*
 * Netfilter has no REPEAT for any family any more, and could not give a packet of ours
 * back from a queue. What it does not know it would leak.
 */
static unsigned int weft_hook_verdict(unsigned int verdict)
{
	switch (verdict & NF_VERDICT_MASK) {
	case NF_DROP:
	case NF_ACCEPT:
	case NF_STOLEN:
		return verdict;
	case NF_QUEUE:
		if (verdict & NF_VERDICT_FLAG_QUEUE_BYPASS)
			return NF_ACCEPT;
		net_warn_ratelimited("weft: a hook asked for a queue, which Weft's packets do not come back from\n");
		return NF_DROP_ERR(-EOPNOTSUPP);
	}
	return NF_DROP_ERR(-EINVAL);
}

static unsigned int weft_hook_call(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	const struct nf_hook_ops *user = ((struct weft_hook_entry *)priv)->user;
	int left = WEFT_HOOK_REPEATS;
	unsigned int verdict;

	do {
		verdict = user->hook(user->priv, skb, state);
	} while (verdict == NF_REPEAT && left--);
	verdict = weft_hook_verdict(verdict);
	if ((verdict & NF_VERDICT_MASK) == NF_DROP)
		weft_drop_told(state->net, skb, WEFT_DROP_HOOK);
	return verdict;
}

/*
 * Neighbours find each other whatever the rules are, as with ARP: else a rule that
 * drops what it does not name would cut off its node.
 */
static bool weft_hook_exempt(const struct sk_buff *skb)
{
	const struct weft_hdr *hdr = weft_hdr(skb);
	u8 type;

	if (likely(hdr->next != WEFT_PROTO_CONTROL || hdr->hop_limit != WEFT_HOP_LIMIT_NEIGH) ||
	    skb_copy_bits(skb, WEFT_HDR_LEN, &type, sizeof(type)))
		return false;
	return type == WEFT_CTL_NEIGH_SOLICIT || type == WEFT_CTL_NEIGH_ANNOUNCE;
}

/**
 * weft_hook_run() - what weft_hook() does when some namespace uses the hook
 * @net: namespace
 * @hook: which
 * @skb: packet from its network header on
 * @in: the device that it came by, or NULL
 * @out: the device that it leaves through, or NULL
 * @okfn: goes on with the packet for who took it
 *
 * Context and return: as weft_hook().
 */
int weft_hook_run(struct net *net, unsigned int hook, struct sk_buff *skb,
		  struct net_device *in, struct net_device *out, weft_okfn *okfn)
{
	const struct nf_hook_entries *entries = rcu_dereference(weft_net(net)->hooks[hook]);
	struct weft_hook_pass pass;

	if (!entries || weft_hook_exempt(skb))
		return 1;
	pass.ruleset = NULL;
	nf_hook_state_init(&pass.state, hook, weft_family, in, out, skb->sk, net, okfn);
	return nf_hook_slow(skb, &pass.state, entries, 0);
}

/**
 * weft_hook_route() - find the way of a packet again
 * @net: namespace
 * @skb: packet from its network header on, as a hook after OUTPUT or FORWARD sees it
 * @flow: the way
 *
 * Context: RCU read lock.
 * Return: 0, or what weft_route_output() or weft_route_input() returns.
 */
int weft_hook_route(struct net *net, struct sk_buff *skb, struct weft_flow *flow)
{
	const struct weft_hdr *hdr = weft_hdr(skb);
	const struct sock *sk = skb->sk;

	*flow = (struct weft_flow){
		.dst = hdr->dst,
		.src = hdr->src,
		.mark = skb->mark,
		.next = hdr->next,
	};
	if ((hdr->next == WEFT_PROTO_DGRAM || hdr->next == WEFT_PROTO_STREAM) &&
	    skb_copy_bits(skb, WEFT_HDR_LEN, &flow->ports, sizeof(flow->ports)))
		flow->ports = 0;
	if (weft_cb(skb)->forwarded && !weft_addr_group(&hdr->dst)) {
		flow->iif = weft_cb(skb)->iif;
		return weft_route_input(net, flow);
	}
	/* To a group: by the link that was chosen. */
	if (weft_addr_needs_scope(&hdr->dst) || weft_addr_group(&hdr->dst))
		flow->oif = skb->dev->ifindex;
	else if (sk)
		flow->oif = READ_ONCE(sk->sk_bound_dev_if);
	flow->uid = sock_net_uid(net, sk);
	return weft_route_output(net, flow);
}

/* --- registering --------------------------------------------------------------------- */

static int weft_hook_check(const struct nf_hook_ops *ops)
{
	if (!ops->hook || ops->hooknum >= NF_INET_NUMHOOKS)
		return -EINVAL;
	return ops->pf == NFPROTO_UNSPEC || ops->pf == weft_family ? 0 : -EPFNOSUPPORT;
}

static int weft_hook_add(struct weft_net *wn, const struct nf_hook_ops *user)
{
	struct weft_hook_entry *entry;
	int err = weft_hook_check(user);

	if (err)
		return err;
	entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return -ENOMEM;
	entry->user = user;
	entry->ops = *user;
	entry->ops.hook = weft_hook_call;
	entry->ops.priv = entry;
	mutex_lock(&weft_hook_mutex);
	err = nf_hook_entries_insert_raw(&wn->hooks[user->hooknum], &entry->ops);
	if (!err)
		list_add_tail(&entry->link, &wn->hook_entries);
	mutex_unlock(&weft_hook_mutex);
	if (err)
		kfree(entry);
	else
		static_key_slow_inc(&weft_hooks_needed[user->hooknum]);
	return err;
}

static struct weft_hook_entry *weft_hook_find(struct weft_net *wn, const struct nf_hook_ops *user)
{
	struct weft_hook_entry *entry;

	list_for_each_entry(entry, &wn->hook_entries, link)
		if (entry->user == user)
			return entry;
	return NULL;
}

/* Was it there? Packets may still be in it. */
static bool weft_hook_remove(struct weft_net *wn, const struct nf_hook_ops *user)
{
	struct weft_hook_entry *entry;

	mutex_lock(&weft_hook_mutex);
	entry = weft_hook_find(wn, user);
	if (entry) {
		nf_hook_entries_delete_raw(&wn->hooks[user->hooknum], &entry->ops);
		list_del(&entry->link);
	}
	mutex_unlock(&weft_hook_mutex);
	if (!entry)
		return false;
	static_key_slow_dec(&weft_hooks_needed[user->hooknum]);
	kfree_rcu(entry, rcu);
	return true;
}

/**
 * __weft_unregister_net_hooks() - take functions off their hooks, and do not wait
 * @net: namespace
 * @ops: as they were registered; the caller keeps them for a grace period more, in which
 *	packets may still be in them
 * @n: how many
 *
 * Context: process, may sleep.
 * Return: whether any of them was registered.
 */
bool __weft_unregister_net_hooks(struct net *net, const struct nf_hook_ops *ops, unsigned int n)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < n; i++)
		any |= weft_hook_remove(weft_net(net), &ops[i]);
	return any;
}
EXPORT_SYMBOL_GPL(__weft_unregister_net_hooks);

/**
 * weft_unregister_net_hooks() - take functions off their hooks
 * @net: namespace
 * @ops: as they were registered
 * @n: how many
 *
 * When it returns no packet is in any of them. Those that they took with NF_STOLEN are
 * theirs. Context: process, may sleep.
 */
void weft_unregister_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			       unsigned int n)
{
	if (__weft_unregister_net_hooks(net, ops, n))
		synchronize_net();
}
EXPORT_SYMBOL_GPL(weft_unregister_net_hooks);

/**
 * weft_register_net_hooks() - put functions on hooks of a namespace
 * @net: namespace
 * @ops: functions, each with its hook (NF_INET_PRE_ROUTING to NF_INET_POST_ROUTING) and
 *	its priority; pf is NFPROTO_UNSPEC or Weft's address family. They stay the
 *	caller's, who keeps them until they are unregistered, at the latest when the
 *	namespace ends (pernet_operations.exit).
 * @n: how many
 *
 * The functions see each packet of the namespace that passes their hook, but for what
 * neighbours ask and answer each other, from its network header on, under RCU. A packet
 * may stand for several (skb_is_gso()). Those of one priority run in the order of their
 * registration, the last one first.
 *
 * NF_ACCEPT, NF_DROP (with NF_DROP_ERR()) and NF_STOLEN are netfilter's. NF_REPEAT asks
 * the function again, at most eight times. NF_QUEUE drops the packet with -EOPNOTSUPP, or
 * lets it pass with NF_VERDICT_FLAG_QUEUE_BYPASS: netfilter cannot give it back. Who
 * took a packet goes on with nf_hook_state.okfn, or frees it.
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL if a function or hook is wrong, -EPFNOSUPPORT if pf is, -E2BIG with
 * more than 1024 functions on a hook, -ENOMEM. Then none of them is registered.
 */
int weft_register_net_hooks(struct net *net, const struct nf_hook_ops *ops,
			    unsigned int n)
{
	unsigned int i;
	int err;

	for (i = 0; i < n; i++) {
		err = weft_hook_add(weft_net(net), &ops[i]);
		if (err) {
			weft_unregister_net_hooks(net, ops, i);
			return err;
		}
	}
	return 0;
}
EXPORT_SYMBOL_GPL(weft_register_net_hooks);

/**
 * weft_hook_init_net() - begin with no functions on the hooks of a namespace
 * @net: namespace
 *
 * Return: 0.
 */
int weft_hook_init_net(struct net *net)
{
	INIT_LIST_HEAD(&weft_net(net)->hook_entries);
	return 0;
}

/**
 * weft_hook_exit_net() - end with none
 * @net: namespace
 */
void weft_hook_exit_net(struct net *net)
{
	WARN_ON_ONCE(!list_empty(&weft_net(net)->hook_entries));
}
