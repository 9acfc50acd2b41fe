/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's types and byte order, for pure kernel code in user space. */
#ifndef UNIT_LINUX_TYPES_H
#define UNIT_LINUX_TYPES_H

#include_next <linux/types.h>
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

/* For sparse alone. */
#define __rcu

#define __always_unused	__attribute__((__unused__))

#define cpu_to_be16(x)	htobe16(x)
#define cpu_to_be32(x)	htobe32(x)
#define be16_to_cpu(x)	be16toh(x)
#define be32_to_cpu(x)	be32toh(x)

#endif /* UNIT_LINUX_TYPES_H */
