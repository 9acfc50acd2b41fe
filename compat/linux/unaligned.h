/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.12 the header was an architecture's. */
#ifndef WEFT_COMPAT_UNALIGNED_H
#define WEFT_COMPAT_UNALIGNED_H

#include <asm/unaligned.h>

#endif /* WEFT_COMPAT_UNALIGNED_H */
