/* SPDX-License-Identifier: GPL-2.0 */
/* Which of its addresses a node sends from. */
#ifndef WEFT_SOURCE_H
#define WEFT_SOURCE_H

#include <linux/netdevice.h>
#include <linux/weft.h>

bool weft_source_select(struct net *net, const struct net_device *dev,
			const struct weft_addr *dst, struct weft_addr *src);

#endif /* WEFT_SOURCE_H */
