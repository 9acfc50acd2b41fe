/* SPDX-License-Identifier: GPL-2.0 */
/* RCU: memory order is real, ../../slab.c frees. */
#ifndef UNIT_LINUX_RCUPDATE_H
#define UNIT_LINUX_RCUPDATE_H

#define rcu_dereference(p)		__atomic_load_n(&(p), __ATOMIC_ACQUIRE)
#define rcu_dereference_raw(p)		rcu_dereference(p)
#define rcu_access_pointer(p)		__atomic_load_n(&(p), __ATOMIC_RELAXED)
#define rcu_assign_pointer(p, v)	__atomic_store_n(&(p), v, __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v)		__atomic_store_n(&(p), v, __ATOMIC_RELAXED)

#define kfree_rcu_mightsleep(p)		slab_free_rcu(p)

/* Frees later if slab.h says so, else at once. */
void slab_free_rcu(void *p);

#endif /* UNIT_LINUX_RCUPDATE_H */
