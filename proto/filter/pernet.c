// SPDX-License-Identifier: GPL-2.0
/* The firewall of each network namespace: how it begins and ends, and what runs later. */
#include <linux/random.h>
#include <net/netns/generic.h>
#include "../weft_hooks.h"
#include "pernet.h"
#include "set.h"
#include "transaction.h"

#define WEFT_GC_INTERVAL	HZ

struct workqueue_struct *weft_fw_wq;

static unsigned int weft_fw_net_id __read_mostly;

/**
 * weft_fw_net() - find the firewall of a namespace
 * @net: the namespace
 *
 * Return: it.
 */
struct weft_fw_net *weft_fw_net(const struct net *net)
{
	return net_generic(net, weft_fw_net_id);
}

/**
 * weft_fw_reap() - free elements that no ruleset sees any more
 * @fw: the namespace
 *
 * Context: the firewall's mutex, a grace period after the last of them went.
 */
void weft_fw_reap(struct weft_fw_net *fw)
{
	struct weft_ruleset *oldest;
	struct weft_set *set;

	oldest = list_first_entry_or_null(&fw->live, struct weft_ruleset, link);
	if (!oldest)
		return;
	list_for_each_entry(set, &fw->sets, link)
		weft_set_reap(set, oldest->gen);
}

/* --- elements whose time is over -------------------------------------------------------------- */

/**
 * weft_fw_gc_soon() - look for elements whose time is over now
 * @fw: the namespace
 *
 * Context: any.
 */
void weft_fw_gc_soon(struct weft_fw_net *fw)
{
	mod_delayed_work(weft_fw_wq, &fw->gc, 1);
}

/**
 * weft_fw_gc_start() - look for them from time to time, if there can be any
 * @fw: the namespace
 *
 * Context: the firewall's mutex.
 */
void weft_fw_gc_start(struct weft_fw_net *fw)
{
	struct weft_set *set;

	list_for_each_entry(set, &fw->sets, link) {
		if (set->flags & WEFT_FILTER_SET_TIMEOUT) {
			queue_delayed_work(weft_fw_wq, &fw->gc, WEFT_GC_INTERVAL);
			return;
		}
	}
}

static void weft_fw_gc(struct work_struct *work)
{
	struct weft_fw_net *fw = container_of(to_delayed_work(work), struct weft_fw_net, gc);
	struct weft_set *set;

	mutex_lock(&fw->mutex);
	list_for_each_entry(set, &fw->sets, link)
		weft_set_gc(set);
	weft_fw_gc_start(fw);
	mutex_unlock(&fw->mutex);
}

/* --- namespaces ------------------------------------------------------------------------------- */

static int __net_init weft_fw_init_net(struct net *net)
{
	struct weft_fw_net *fw = weft_fw_net(net);
	struct weft_ruleset *rs;

	fw->net = net;
	mutex_init(&fw->mutex);
	INIT_LIST_HEAD(&fw->live);
	INIT_LIST_HEAD(&fw->sets);
	INIT_LIST_HEAD(&fw->transactions);
	INIT_DELAYED_WORK(&fw->gc, weft_fw_gc);
	fw->trace_seed = get_random_u32();
	rs = weft_ruleset_new(fw);
	if (!rs)
		return -ENOMEM;
	rs->gen = 1;
	list_add_tail(&rs->link, &fw->live);
	RCU_INIT_POINTER(fw->ruleset, rs);
	return 0;
}

/*
 * No more packets, a grace period later. Sockets of the namespace, and so requests and
 * dumps, are gone.
 */
static void __net_exit weft_fw_pre_exit_net(struct net *net)
{
	struct weft_fw_net *fw = weft_fw_net(net);
	const struct weft_ruleset *rs;
	struct weft_fw_hook *hook;
	u32 i;

	mutex_lock(&fw->mutex);
	rs = weft_fw_ruleset(fw);
	for (i = 0; i < rs->n_chains; i++) {
		hook = rs->chains[i].chain ? rs->chains[i].chain->hook : NULL;
		if (!hook)
			continue;
		__weft_unregister_net_hooks(net, &hook->ops, 1);
		hook->registered = false;
	}
	mutex_unlock(&fw->mutex);
}

static void __net_exit weft_fw_end_net(struct weft_fw_net *fw)
{
	struct weft_trans *trans, *next;

	cancel_delayed_work_sync(&fw->gc);
	mutex_lock(&fw->mutex);
	/* The module goes while a transaction is open. */
	list_for_each_entry_safe(trans, next, &fw->transactions, link)
		weft_trans_free(trans);
	weft_ruleset_put(weft_fw_ruleset(fw));
	mutex_unlock(&fw->mutex);
}

static void __net_exit weft_fw_exit_nets(struct list_head *nets)
{
	struct weft_fw_net *fw;
	struct net *net;

	list_for_each_entry(net, nets, exit_list)
		weft_fw_end_net(weft_fw_net(net));
	/* Works of rulesets are queued a grace period after their end. */
	rcu_barrier();
	flush_workqueue(weft_fw_wq);
	list_for_each_entry(net, nets, exit_list) {
		fw = weft_fw_net(net);
		WARN_ON_ONCE(!list_empty(&fw->live) || !list_empty(&fw->sets));
	}
}

static struct pernet_operations weft_fw_net_ops = {
	.init = weft_fw_init_net,
	.pre_exit = weft_fw_pre_exit_net,
	.exit_batch = weft_fw_exit_nets,
	.id = &weft_fw_net_id,
	.size = sizeof(struct weft_fw_net),
};

int __init weft_fw_net_init(void)
{
	int err;

	weft_fw_wq = alloc_workqueue("weft_filter", WQ_UNBOUND, 0);
	if (!weft_fw_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&weft_fw_net_ops);
	if (err)
		destroy_workqueue(weft_fw_wq);
	return err;
}

void weft_fw_net_exit(void)
{
	unregister_pernet_subsys(&weft_fw_net_ops);
	/* Elements that packets deleted. */
	rcu_barrier();
	destroy_workqueue(weft_fw_wq);
}
