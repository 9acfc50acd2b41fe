/* SPDX-License-Identifier: GPL-2.0 */
/* In older kernels <net/sock.h> has what is in this one. */
#ifndef WEFT_COMPAT_PROTO_MEMORY_H
#define WEFT_COMPAT_PROTO_MEMORY_H

#include <net/sock.h>

#endif /* WEFT_COMPAT_PROTO_MEMORY_H */
