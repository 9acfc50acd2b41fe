/* SPDX-License-Identifier: GPL-2.0 */
/* What the link is told of memberships. */
#ifndef WEFT_REPORT_H
#define WEFT_REPORT_H

#include "group.h"
#include "membership.h"

/* Changes that are still to be told on a device, answers that are due. */
#define WEFT_REPORTS_MAX	1024
#define WEFT_ANSWERS_MAX	64

/**
 * struct weft_report - a change of a membership that is still to be told
 * @link: in weft_reporter.changes
 * @group: the group, of which the device may be a member no longer
 * @change: what is to be told
 * @due: when, 64-bit jiffies
 */
struct weft_report {
	struct list_head	link;
	struct weft_addr	group;
	struct weft_change	change;
	u64			due;
};

/**
 * struct weft_answer - an answer to a query about a group, or about sources of it
 * @link: in weft_reporter.answers
 * @group: the group
 * @due: when it is to be sent, 64-bit jiffies
 * @n: how many @asked there are; 0 if all of the group was asked for
 * @asked: sources that were asked for
 */
struct weft_answer {
	struct list_head	link;
	struct weft_addr	group;
	u64			due;
	unsigned int		n;
	struct weft_addr	asked[WEFT_GROUP_SOURCES_MAX];
};

void weft_report_change(struct weft_group *group, const struct weft_filter *old,
			const struct weft_filter *new);
void weft_report_query(struct weft_dev *wdev, const struct weft_query *query);
void weft_report_again(struct weft_dev *wdev);
void weft_report_stop(struct weft_dev *wdev);
void weft_report_init(struct weft_dev *wdev);
int weft_report_init_net(struct net *net);
void weft_report_exit_net(struct net *net);

#endif /* WEFT_REPORT_H */
