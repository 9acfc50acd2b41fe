/* SPDX-License-Identifier: GPL-2.0 */
/* In older kernels a default rule could have flags, as the function's type tells. */
#ifndef WEFT_COMPAT_FIB_RULES_H
#define WEFT_COMPAT_FIB_RULES_H

#include <net/fib_rules.h>

static inline int weft_compat_default_rule_add(struct fib_rules_ops *ops, u32 pref,
					       u32 table)
{
	void *add = fib_default_rule_add;

	if (__builtin_types_compatible_p(typeof(fib_default_rule_add),
					 int(struct fib_rules_ops *, u32, u32)))
		return ((int (*)(struct fib_rules_ops *ops, u32 pref,
				 u32 table))add)(ops, pref, table);
	return ((int (*)(struct fib_rules_ops *ops, u32 pref, u32 table,
			 u32 flags))add)(ops, pref, table, 0);
}

#define fib_default_rule_add weft_compat_default_rule_add

#endif /* WEFT_COMPAT_FIB_RULES_H */
