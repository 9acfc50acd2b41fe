/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handlers get a constant table since 6.11. Before 6.6 tables of sysctls had no length
 * but ended with an empty entry; since 6.12 they must not. Here the older kernel gets a
 * copy with one.
 */
#ifndef WEFT_COMPAT_SYSCTL_H
#define WEFT_COMPAT_SYSCTL_H

#include <linux/slab.h>
#include <linux/sysctl.h>
#include <net/net_namespace.h>

/* 6.11: handlers do not change the table. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define WEFT_CTL_TABLE	struct ctl_table
#else
#define WEFT_CTL_TABLE	const struct ctl_table
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
static inline struct ctl_table_header *
weft_compat_sysctl_register(struct net *net, const char *path,
			    const struct ctl_table *table, size_t size)
{
	struct ctl_table_header *header;
	struct ctl_table *copy;

	copy = kcalloc(size + 1, sizeof(*copy), GFP_KERNEL);
	if (!copy)
		return NULL;
	memcpy(copy, table, size * sizeof(*copy));
	header = register_net_sysctl(net, path, copy);
	if (!header)
		kfree(copy);
	return header;
}

static inline void weft_compat_sysctl_unregister(struct ctl_table_header *header)
{
	const struct ctl_table *copy = header->ctl_table_arg;

	unregister_net_sysctl_table(header);
	kfree(copy);
}

#define register_net_sysctl_sz weft_compat_sysctl_register
#define unregister_net_sysctl_table weft_compat_sysctl_unregister
#endif

#endif /* WEFT_COMPAT_SYSCTL_H */
