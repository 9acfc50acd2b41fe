/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_MINMAX_H
#define UNIT_LINUX_MINMAX_H

#define min(a, b) ({ \
	typeof(a) min_a = (a); \
	typeof(b) min_b = (b); \
	min_a < min_b ? min_a : min_b; \
})

#define max(a, b) ({ \
	typeof(a) max_a = (a); \
	typeof(b) max_b = (b); \
	max_a > max_b ? max_a : max_b; \
})

#define min_t(type, a, b) ({ \
	type min_a = (a), min_b = (b); \
	min_a < min_b ? min_a : min_b; \
})

#define max_t(type, a, b) ({ \
	type max_a = (a), max_b = (b); \
	max_a > max_b ? max_a : max_b; \
})

#define clamp_t(type, value, low, high) ({ \
	type clamp_v = (value), clamp_l = (low), clamp_h = (high); \
	clamp_v < clamp_l ? clamp_l : clamp_v > clamp_h ? clamp_h : clamp_v; \
})

#endif /* UNIT_LINUX_MINMAX_H */
