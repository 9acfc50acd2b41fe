/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_SCHED_H
#define UNIT_LINUX_SCHED_H

#define cond_resched()	do { } while (0)

#endif /* UNIT_LINUX_SCHED_H */
