/* SPDX-License-Identifier: GPL-2.0 */
/* /proc/net/weft. */
#ifndef WEFT_PROC_H
#define WEFT_PROC_H

#include <net/net_namespace.h>

int weft_proc_init_net(struct net *net);
void weft_proc_exit_net(struct net *net);

#endif /* WEFT_PROC_H */
