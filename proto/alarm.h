/* SPDX-License-Identifier: GPL-2.0 */
/* One work for many times that are due. */
#ifndef WEFT_ALARM_H
#define WEFT_ALARM_H

#include <linux/jiffies.h>
#include <linux/workqueue.h>

/**
 * struct weft_alarm - a work that runs when the first of many times is due
 * @armed: 64-bit jiffies that @work is set to; U64_MAX if it is not, 0 while it runs
 * @work: looks what is due
 *
 * The owner's lock protects @armed.
 */
struct weft_alarm {
	u64			armed;
	struct delayed_work	work;
};

static inline void weft_alarm_init(struct weft_alarm *alarm, work_func_t run)
{
	alarm->armed = U64_MAX;
	INIT_DELAYED_WORK(&alarm->work, run);
}

/* Lets the work run when @due has come, 64-bit jiffies, or earlier. */
static inline void weft_alarm_set(struct weft_alarm *alarm, u64 due)
{
	u64 now = get_jiffies_64();

	if (due >= alarm->armed)
		return;
	alarm->armed = due;
	mod_delayed_work(system_power_efficient_wq, &alarm->work,
			 due > now ? min_t(u64, due - now, MAX_JIFFY_OFFSET) : 0);
}

/* The work runs, and will look at all that is due before it ends. */
static inline void weft_alarm_begin(struct weft_alarm *alarm)
{
	alarm->armed = 0;
}

/* It has done so; @due is the first time that is left, or U64_MAX. */
static inline void weft_alarm_end(struct weft_alarm *alarm, u64 due)
{
	alarm->armed = U64_MAX;
	weft_alarm_set(alarm, due);
}

#endif /* WEFT_ALARM_H */
