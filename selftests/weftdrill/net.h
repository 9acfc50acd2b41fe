/* SPDX-License-Identifier: GPL-2.0 */
/* The network of a script: a namespace with one TAP device, whose far end is the tool. */
#ifndef NET_H
#define NET_H

#include "script.h"

int drill_net_up(const struct drill_script *script);
int drill_net_sysctl(const char *name, const char *value);
long drill_net_counter(const char *name);

#endif /* NET_H */
