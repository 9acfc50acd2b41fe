/* SPDX-License-Identifier: GPL-2.0 */
/* In older kernels <net/sock.h> has what is in this one. */
#ifndef WEFT_COMPAT_RPS_H
#define WEFT_COMPAT_RPS_H

#include <net/sock.h>

#endif /* WEFT_COMPAT_RPS_H */
