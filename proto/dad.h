/* SPDX-License-Identifier: GPL-2.0 */
/* Duplicate address detection. */
#ifndef WEFT_DAD_H
#define WEFT_DAD_H

#include "ifaddr.h"

void weft_dad_start(struct weft_ifaddr *ifa);
u64 weft_dad_run(struct weft_ifaddr *ifa, u64 now);
void weft_dad_conflict(const struct net_device *dev, const struct weft_addr *addr,
		       bool probe);

#endif /* WEFT_DAD_H */
