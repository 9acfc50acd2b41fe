/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.13 a timer was initialized in two steps. */
#ifndef WEFT_COMPAT_HRTIMER_H
#define WEFT_COMPAT_HRTIMER_H

#include <linux/hrtimer.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *),
	      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif /* WEFT_COMPAT_HRTIMER_H */
