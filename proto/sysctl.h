/* SPDX-License-Identifier: GPL-2.0 */
/* /proc/sys/net/weft */
#ifndef WEFT_SYSCTL_H
#define WEFT_SYSCTL_H

#include "net.h"

int weft_sysctl_init_net(struct net *net);
void weft_sysctl_exit_net(struct net *net);

#endif /* WEFT_SYSCTL_H */
