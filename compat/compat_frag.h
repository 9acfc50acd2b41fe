/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before 6.15 inet_frag_find() gave a reference to the queue and inet_frag_kill()
 * dropped references itself. The change is in some stable kernels as well: which
 * one this is, the type of inet_frag_kill() tells.
 *
 * Under RCU the reference is not needed: a queue is freed a grace period after its
 * last one is gone, and whoever locks a queue first looks whether it is complete.
 */
#ifndef WEFT_COMPAT_FRAG_H
#define WEFT_COMPAT_FRAG_H

#include <net/inet_frag.h>

#define WEFT_COMPAT_FRAG_REFS \
	__builtin_types_compatible_p(typeof(inet_frag_kill), \
				     void(struct inet_frag_queue *))

static inline void weft_compat_frag_putn(struct inet_frag_queue *q, int refs)
{
	if (refs && refcount_sub_and_test(refs, &q->refcnt))
		inet_frag_destroy(q);
}

static inline struct inet_frag_queue *
weft_compat_frag_find(struct fqdir *fqdir, void *key)
{
	struct inet_frag_queue *q = inet_frag_find(fqdir, key);

	if (q && WEFT_COMPAT_FRAG_REFS)
		weft_compat_frag_putn(q, 1);
	return q;
}

/* The queue is not complete, so that its table still has a reference. */
static inline void weft_compat_frag_kill(struct inet_frag_queue *q, int *refs)
{
	void *kill = inet_frag_kill;

	if (WEFT_COMPAT_FRAG_REFS) {
		refcount_inc(&q->refcnt);
		((void (*)(struct inet_frag_queue *q))kill)(q);
		(*refs)++;
	} else {
		((void (*)(struct inet_frag_queue *q, int *refs))kill)(q, refs);
	}
}

#define inet_frag_find weft_compat_frag_find
#define inet_frag_kill weft_compat_frag_kill
#define inet_frag_putn weft_compat_frag_putn

#endif /* WEFT_COMPAT_FRAG_H */
