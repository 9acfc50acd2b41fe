/* SPDX-License-Identifier: GPL-2.0 */
/* Since 6.16 it is called by its type what a timer is in. */
#ifndef WEFT_COMPAT_TIMER_H
#define WEFT_COMPAT_TIMER_H

#include <linux/timer.h>

#ifndef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname) \
	from_timer(var, callback_timer, timer_fieldname)
#endif

#endif /* WEFT_COMPAT_TIMER_H */
