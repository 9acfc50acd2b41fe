// SPDX-License-Identifier: GPL-2.0
/* Rulesets: which tables, chains and sets there are, and their lifetimes. */
#include <linux/jhash.h>
#include <linux/slab.h>
#include "chain.h"
#include "pernet.h"
#include "set.h"

/**
 * weft_fw_hash() - hash a name
 * @name: the name
 *
 * Return: the hash, by which slots are compared first.
 */
u32 weft_fw_hash(const char *name)
{
	return jhash(name, strlen(name), 0);
}

/**
 * weft_fw_table_put() - give up a reference
 * @table: a table, or NULL
 */
void weft_fw_table_put(struct weft_fw_table *table)
{
	if (table && refcount_dec_and_test(&table->users))
		kfree(table);
}

/* --- slots ------------------------------------------------------------------------------ */

/* Room for another slot: an array that may be longer, or an ERR_PTR. */
static void *weft_slots_grow(void *slots, u32 n, size_t size, u32 max)
{
	u32 room = n ? roundup_pow_of_two(n) : 0;
	void *grown;

	if (n < room)
		return slots;
	if (n >= max)
		return ERR_PTR(-ENOSPC);
	grown = kvcalloc(max_t(u32, 2 * room, 8), size, GFP_KERNEL_ACCOUNT);
	if (!grown)
		return ERR_PTR(-ENOMEM);
	if (n)
		memcpy(grown, slots, n * size);
	kvfree(slots);
	return grown;
}

static void *weft_slots_copy(const void *slots, u32 n, size_t size)
{
	void *copy = kvcalloc(max_t(u32, n ? roundup_pow_of_two(n) : 0, 8), size,
			      GFP_KERNEL_ACCOUNT);

	if (copy && n)
		memcpy(copy, slots, n * size);
	return copy;
}

/**
 * weft_ruleset_add_table() - give a table a slot
 * @rs: a ruleset that is not in force
 * @table: the table; its reference becomes the ruleset's
 * @slot: filled in
 *
 * Return: 0, -ENOSPC or -ENOMEM.
 */
int weft_ruleset_add_table(struct weft_ruleset *rs, struct weft_fw_table *table, u32 *slot)
{
	struct weft_fw_table **tables;
	u32 i;

	for (i = 0; i < rs->n_tables && rs->tables[i]; i++)
		;
	if (i == rs->n_tables) {
		tables = weft_slots_grow(rs->tables, i, sizeof(*tables), WEFT_FW_TABLES_MAX);
		if (IS_ERR(tables))
			return PTR_ERR(tables);
		rs->tables = tables;
		rs->n_tables++;
	}
	rs->tables[i] = table;
	*slot = i;
	return 0;
}

/**
 * weft_ruleset_add_chain() - give a chain a slot
 * @rs: a ruleset that is not in force
 * @chain: the chain; its reference becomes the ruleset's
 *
 * Return: 0, -ENOSPC or -ENOMEM.
 */
int weft_ruleset_add_chain(struct weft_ruleset *rs, struct weft_fw_chain *chain)
{
	struct weft_fw_chain_slot *chains;
	u32 i;

	for (i = 0; i < rs->n_chains && rs->chains[i].chain; i++)
		;
	if (i == rs->n_chains) {
		chains = weft_slots_grow(rs->chains, i, sizeof(*chains), WEFT_FW_CHAINS_MAX);
		if (IS_ERR(chains))
			return PTR_ERR(chains);
		rs->chains = chains;
		rs->n_chains++;
	}
	rs->chains[i] = (struct weft_fw_chain_slot){
		.chain = chain,
		.hash = weft_fw_hash(chain->name),
	};
	chain->slot = i;
	return 0;
}

/**
 * weft_ruleset_add_set() - give a set a slot
 * @rs: a ruleset that is not in force
 * @set: the set; its reference becomes the ruleset's
 *
 * Return: 0, -ENOSPC or -ENOMEM.
 */
int weft_ruleset_add_set(struct weft_ruleset *rs, struct weft_set *set)
{
	struct weft_fw_set_slot *sets;
	u32 i;

	for (i = 0; i < rs->n_sets && rs->sets[i].set; i++)
		;
	if (i == rs->n_sets) {
		sets = weft_slots_grow(rs->sets, i, sizeof(*sets), WEFT_FW_SETS_MAX);
		if (IS_ERR(sets))
			return PTR_ERR(sets);
		rs->sets = sets;
		rs->n_sets++;
	}
	rs->sets[i] = (struct weft_fw_set_slot){
		.set = set,
		.hash = weft_fw_hash(set->name),
	};
	set->slot = i;
	return 0;
}

/* --- finding ------------------------------------------------------------------------------ */

/**
 * weft_ruleset_table() - find a table
 * @rs: in which ruleset
 * @name: its name
 * @slot: filled in
 *
 * Return: the table or NULL.
 */
struct weft_fw_table *weft_ruleset_table(const struct weft_ruleset *rs, const char *name,
					 u32 *slot)
{
	u32 i;

	for (i = 0; i < rs->n_tables; i++) {
		if (rs->tables[i] && !strcmp(rs->tables[i]->name, name)) {
			*slot = i;
			return rs->tables[i];
		}
	}
	return NULL;
}

/**
 * weft_ruleset_chain() - find a chain
 * @rs: in which ruleset
 * @table: slot of its table
 * @name: its name
 *
 * Return: the chain or NULL.
 */
struct weft_fw_chain *weft_ruleset_chain(const struct weft_ruleset *rs, u32 table,
					 const char *name)
{
	u32 i, hash = weft_fw_hash(name);
	struct weft_fw_chain *chain;

	for (i = 0; i < rs->n_chains; i++) {
		chain = rs->chains[i].chain;
		if (chain && rs->chains[i].hash == hash && chain->table == table &&
		    !strcmp(chain->name, name))
			return chain;
	}
	return NULL;
}

/**
 * weft_ruleset_set() - find a set
 * @rs: in which ruleset
 * @table: slot of its table
 * @name: its name
 *
 * Return: the set or NULL.
 */
struct weft_set *weft_ruleset_set(const struct weft_ruleset *rs, u32 table, const char *name)
{
	u32 i, hash = weft_fw_hash(name);
	struct weft_set *set;

	for (i = 0; i < rs->n_sets; i++) {
		set = rs->sets[i].set;
		if (set && rs->sets[i].hash == hash && set->table == table &&
		    !strcmp(set->name, name))
			return set;
	}
	return NULL;
}

/* --- lifetime ------------------------------------------------------------------------------ */

/**
 * weft_ruleset_free() - free a ruleset
 * @rs: the ruleset, which nobody knows any more
 *
 * Context: the firewall's mutex, may sleep; if packets saw it, a grace period later.
 */
void weft_ruleset_free(struct weft_ruleset *rs)
{
	u32 i;

	list_del(&rs->link);
	for (i = 0; i < rs->n_chains; i++)
		if (rs->chains[i].chain)
			weft_fw_chain_put(rs->chains[i].chain);
	for (i = 0; i < rs->n_sets; i++)
		if (rs->sets[i].set)
			weft_set_put(rs->sets[i].set);
	for (i = 0; i < rs->n_tables; i++)
		weft_fw_table_put(rs->tables[i]);
	kvfree(rs->chains);
	kvfree(rs->sets);
	kvfree(rs->tables);
	kfree(rs);
}

static void weft_ruleset_work(struct work_struct *work)
{
	struct weft_ruleset *rs = container_of(to_rcu_work(work), struct weft_ruleset, work);
	struct weft_fw_net *fw = rs->fw;

	mutex_lock(&fw->mutex);
	weft_ruleset_free(rs);
	weft_fw_reap(fw);
	mutex_unlock(&fw->mutex);
}

/**
 * weft_ruleset_new() - make a ruleset with nothing in it
 * @fw: its namespace
 *
 * Return: the ruleset with one user, in no list, or NULL.
 */
struct weft_ruleset *weft_ruleset_new(struct weft_fw_net *fw)
{
	struct weft_ruleset *rs = kzalloc(sizeof(*rs), GFP_KERNEL_ACCOUNT);

	if (!rs)
		return NULL;
	INIT_LIST_HEAD(&rs->link);
	refcount_set(&rs->users, 1);
	INIT_RCU_WORK(&rs->work, weft_ruleset_work);
	rs->fw = fw;
	return rs;
}

/**
 * weft_ruleset_copy() - make a ruleset that has what another one has
 * @from: the other one
 *
 * Context: the firewall's mutex, may sleep.
 * Return: the ruleset with one user, in no list, or NULL.
 */
struct weft_ruleset *weft_ruleset_copy(const struct weft_ruleset *from)
{
	struct weft_ruleset *rs = weft_ruleset_new(from->fw);
	u32 i;

	if (!rs)
		return NULL;
	rs->tables = weft_slots_copy(from->tables, from->n_tables, sizeof(*rs->tables));
	rs->chains = weft_slots_copy(from->chains, from->n_chains, sizeof(*rs->chains));
	rs->sets = weft_slots_copy(from->sets, from->n_sets, sizeof(*rs->sets));
	if (!rs->tables || !rs->chains || !rs->sets) {
		weft_ruleset_free(rs);
		return NULL;
	}
	rs->n_tables = from->n_tables;
	rs->n_chains = from->n_chains;
	rs->n_sets = from->n_sets;
	for (i = 0; i < rs->n_tables; i++)
		if (rs->tables[i])
			refcount_inc(&rs->tables[i]->users);
	for (i = 0; i < rs->n_chains; i++)
		if (rs->chains[i].chain)
			refcount_inc(&rs->chains[i].chain->users);
	for (i = 0; i < rs->n_sets; i++)
		if (rs->sets[i].set)
			refcount_inc(&rs->sets[i].set->users);
	return rs;
}

/**
 * weft_ruleset_put() - give up a reference
 * @rs: a ruleset that is or was in force
 *
 * With the last one it is freed a grace period later. Context: any.
 */
void weft_ruleset_put(struct weft_ruleset *rs)
{
	if (refcount_dec_and_test(&rs->users))
		queue_rcu_work(weft_fw_wq, &rs->work);
}
