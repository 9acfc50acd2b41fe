// SPDX-License-Identifier: GPL-2.0
/*
 * Transactions: each works on a ruleset of its own, which its commit puts in force. What
 * can fail is done before, and can be undone.
 */
#include <linux/slab.h>
#include "../extack.h"
#include "../weft_hooks.h"
#include "chain.h"
#include "message.h"
#include "netlink.h"
#include "transaction.h"

/**
 * weft_trans_new() - begin a transaction
 * @fw: namespace
 * @portid: who begins
 *
 * Context: the firewall's mutex, may sleep.
 * Return: the transaction, or NULL without memory.
 */
struct weft_trans *weft_trans_new(struct weft_fw_net *fw, u32 portid)
{
	struct weft_trans *trans = kzalloc(sizeof(*trans), GFP_KERNEL_ACCOUNT);

	if (!trans)
		return NULL;
	trans->base = weft_fw_ruleset(fw);
	trans->next = weft_ruleset_copy(trans->base);
	if (!trans->next) {
		kfree(trans);
		return NULL;
	}
	refcount_inc(&trans->base->users);
	trans->fw = fw;
	trans->portid = portid;
	INIT_LIST_HEAD(&trans->deltas);
	skb_queue_head_init(&trans->told);
	list_add_tail(&trans->link, &fw->transactions);
	fw->n_transactions++;
	return trans;
}

/**
 * weft_trans_find() - find a socket's transaction
 * @fw: namespace
 * @portid: the socket
 *
 * Context: the firewall's mutex.
 * Return: the transaction or NULL.
 */
struct weft_trans *weft_trans_find(struct weft_fw_net *fw, u32 portid)
{
	struct weft_trans *trans;

	list_for_each_entry(trans, &fw->transactions, link)
		if (trans->open && trans->portid == portid)
			return trans;
	return NULL;
}

/**
 * weft_trans_free() - end a transaction; what is not committed is forgotten
 * @trans: the transaction
 *
 * Context: the firewall's mutex, may sleep.
 */
void weft_trans_free(struct weft_trans *trans)
{
	struct weft_delta *delta, *next;

	list_del(&trans->link);
	trans->fw->n_transactions--;
	list_for_each_entry_safe(delta, next, &trans->deltas, link)
		weft_delta_free(delta);
	__skb_queue_purge(&trans->told);
	if (trans->next)
		weft_ruleset_free(trans->next);
	weft_ruleset_put(trans->base);
	kfree(trans);
}

/**
 * weft_trans_change() - account for a change
 * @trans: the transaction
 * @extack: where to say what is wrong
 *
 * Return: 0, or -E2BIG if there are too many.
 */
int weft_trans_change(struct weft_trans *trans, struct netlink_ext_ack *extack)
{
	if (++trans->changes > WEFT_CHANGES_MAX)
		return weft_refuse(extack, "too many changes in a transaction", -E2BIG);
	return 0;
}

/* --- committing ---------------------------------------------------------------------------- */

/* Sets of rules that are not there go. */
static void weft_commit_anonymous(struct weft_trans *trans)
{
	struct weft_ruleset *rs = trans->next;
	u32 i;

	for (i = 0; i < rs->n_sets; i++)
		if (rs->sets[i].set && !rs->sets[i].uses &&
		    rs->sets[i].set->flags & WEFT_FILTER_SET_ANONYMOUS)
			weft_trans_drop_set(trans, i);
}

static int weft_commit_compile(struct weft_trans *trans)
{
	struct weft_ruleset *rs = trans->next;
	struct weft_fw_chain *chain;
	int err = 0;
	u32 i;

	for (i = 0; i < rs->n_chains && !err; i++) {
		chain = rs->chains[i].chain;
		if (chain && chain->owner == trans)
			err = weft_fw_chain_compile(chain);
	}
	return err;
}

/* The hook of a slot if the other ruleset has not got it there. */
static struct weft_fw_hook *weft_commit_hook(const struct weft_ruleset *rs, u32 slot,
					     const struct weft_ruleset *other)
{
	const struct weft_fw_chain *chain = rs->chains[slot].chain;
	const struct weft_fw_chain *others = slot < other->n_chains ?
					     other->chains[slot].chain : NULL;

	if (!chain || !chain->hook || (others && others->hook == chain->hook))
		return NULL;
	return chain->hook;
}

/*
 * Netfilter takes a function out under the packets that are on the hook. Those that met the
 * ruleset before, and need all of its chains, leave first. A chain that packets may be in is
 * freed with its ruleset, a grace period later.
 */
static void weft_commit_unhook(struct weft_trans *trans, const struct weft_ruleset *rs,
			       const struct weft_ruleset *other)
{
	struct weft_fw_hook *hook;
	bool waited = false;
	u32 i;

	for (i = 0; i < rs->n_chains; i++) {
		hook = weft_commit_hook(rs, i, other);
		if (!hook || !hook->registered)
			continue;
		if (!waited)
			synchronize_net();
		waited = true;
		__weft_unregister_net_hooks(trans->fw->net, &hook->ops, 1);
		hook->registered = false;
	}
}

/*
 * When it returns, all packets pass the hooks of the next ruleset: none of them leaves the
 * ruleset that it met first (weft_eval_hook()), so none meets the next one without its hooks.
 */
static int weft_commit_hook_up(struct weft_trans *trans)
{
	struct weft_fw_hook *hook;
	bool some = false;
	int err;
	u32 i;

	for (i = 0; i < trans->next->n_chains; i++) {
		hook = weft_commit_hook(trans->next, i, trans->base);
		if (!hook)
			continue;
		hook->slot = i;
		err = weft_register_net_hooks(trans->fw->net, &hook->ops, 1);
		if (err) {
			weft_commit_unhook(trans, trans->next, trans->base);
			/* The hooks go with the transaction, at once. */
			synchronize_net();
			return err;
		}
		hook->registered = true;
		some = true;
	}
	if (some)
		synchronize_net();
	return 0;
}

static void weft_commit_undo(struct weft_trans *trans, u64 gen)
{
	struct weft_delta *delta;

	list_for_each_entry(delta, &trans->deltas, link)
		weft_delta_undo(delta, gen);
}

static int weft_commit_elems(struct weft_trans *trans, u64 gen)
{
	struct weft_delta *delta;
	int err;

	list_for_each_entry(delta, &trans->deltas, link) {
		err = weft_delta_apply(delta, gen);
		if (err)
			return err;
	}
	return 0;
}

/* From here on nothing fails. */
static void weft_commit_publish(struct weft_trans *trans, u64 gen)
{
	struct weft_ruleset *next = trans->next;
	struct weft_fw_net *fw = trans->fw;
	struct weft_delta *delta;
	u32 i;

	for (i = 0; i < next->n_chains; i++)
		if (next->chains[i].chain && next->chains[i].chain->owner == trans)
			next->chains[i].chain->owner = NULL;
	for (i = 0; i < next->n_sets; i++)
		if (next->sets[i].set && next->sets[i].set->owner == trans)
			next->sets[i].set->owner = NULL;
	next->gen = gen;
	list_add_tail(&next->link, &fw->live);
	rcu_assign_pointer(fw->ruleset, next);
	trans->next = NULL;
	list_for_each_entry(delta, &trans->deltas, link)
		weft_delta_done(delta);
	weft_commit_unhook(trans, trans->base, next);
	weft_ruleset_put(trans->base);
	weft_fw_gc_start(fw);
}

/**
 * weft_trans_commit() - put what a transaction made in force
 * @trans: the transaction; to be freed afterwards
 * @check: only look whether it could be done
 * @extack: where to say what is wrong
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0; -ECANCELED if a change was refused, -ESTALE if somebody else was faster,
 * -ELOOP if chains lead into each other, -E2BIG if they lead past too many rules, -ENOMEM,
 * or what weft_register_net_hooks() returns. Then nothing has changed.
 */
int weft_trans_commit(struct weft_trans *trans, bool check, struct netlink_ext_ack *extack)
{
	u64 gen = trans->base->gen + 1;
	int err;

	if (trans->spoiled)
		return weft_refuse(extack, "a change was refused before", -ECANCELED);
	if (trans->base != weft_fw_ruleset(trans->fw))
		return weft_refuse(extack, "the ruleset has changed meanwhile", -ESTALE);
	weft_commit_anonymous(trans);
	err = trans->leads ? weft_loops_check(trans) : 0;
	if (err == -ELOOP)
		return weft_refuse(extack, "chains lead into each other in a circle or too deep",
				   err);
	if (err == -E2BIG)
		return weft_refuse(extack, "a packet could meet too many rules", err);
	err = err ?: weft_commit_compile(trans) ?: weft_commit_elems(trans, gen);
	if (!err && !check)
		err = weft_commit_hook_up(trans);
	if (err || check) {
		weft_commit_undo(trans, gen);
		return err;
	}
	weft_commit_publish(trans, gen);
	weft_told_send(trans, gen);
	return 0;
}
