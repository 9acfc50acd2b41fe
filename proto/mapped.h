/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses made from IPv4 addresses (doc/protocol.md, "Mapped addresses"). */
#ifndef WEFT_MAPPED_H
#define WEFT_MAPPED_H

#include "device.h"

void weft_mapped_sync(struct weft_dev *wdev);
void weft_mapped_sync_net(struct net *net);
int weft_mapped_init(void);
void weft_mapped_exit(void);

#endif /* WEFT_MAPPED_H */
