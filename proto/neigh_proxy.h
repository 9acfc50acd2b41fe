/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of others that this node answers for. */
#ifndef WEFT_NEIGH_PROXY_H
#define WEFT_NEIGH_PROXY_H

#include "device.h"
#include "neigh.h"

int weft_neigh_proxy_add(struct weft_neigh *neigh);
void weft_neigh_proxy_del(struct weft_neigh *neigh);
void weft_neigh_proxy_flush(struct weft_dev *wdev);

#endif /* WEFT_NEIGH_PROXY_H */
