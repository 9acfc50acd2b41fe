// SPDX-License-Identifier: GPL-2.0
/*
 * The host's side of memberships (RFC 3810, section 6): changes are told, queries are
 * answered. Both wait on their device until one work for each namespace sends them,
 * packed into as few reports as the MTU allows.
 */
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include "header.h"
#include "neigh.h"
#include "report.h"
#include "stats.h"

/* The second time a change is told up to this later. */
#define WEFT_REPORT_AGAIN	HZ
/* Answers are spread over so long at least, ms: not one report for each query. */
#define WEFT_REPORT_SPREAD_MS	100
/* Longer maximum response times than that are not waited for, ms. */
#define WEFT_REPORT_WAIT_MAX	(3600 * MSEC_PER_SEC)

static bool weft_report_wanted(const struct weft_dev *wdev, const struct weft_addr *group)
{
	return weft_group_reported(group) && !weft_dev_loopback(wdev->dev);
}

static void weft_report_arm(struct weft_net *wn, u64 due)
{
	spin_lock_bh(&wn->report_lock);
	weft_alarm_set(&wn->report_alarm, due);
	spin_unlock_bh(&wn->report_lock);
}

/* --- sending --------------------------------------------------------------------- */

/**
 * struct weft_report_msg - a report that is being written
 * @wdev: the device
 * @group: of the records that are put now
 * @data: the message
 * @len: of it, bytes
 * @room: in @data, bytes
 * @n: records
 */
struct weft_report_msg {
	struct weft_dev		*wdev;
	const struct weft_addr	*group;
	void			*data;
	unsigned int		len;
	unsigned int		room;
	u16			n;
};

static int weft_report_begin(struct weft_report_msg *msg, struct weft_dev *wdev)
{
	unsigned int mtu = min_t(unsigned int, wdev->dev->mtu, WEFT_LEN_MAX);

	*msg = (struct weft_report_msg) {
		.wdev = wdev,
		.len = WEFT_CTL_LEN,
		.room = mtu - WEFT_HDR_LEN,
	};
	msg->data = kvmalloc(msg->room, GFP_KERNEL);
	return msg->data ? 0 : -ENOMEM;
}

/* Sends what is written, if there is something. */
static void weft_report_flush(struct weft_report_msg *msg)
{
	static const struct weft_addr routers = WEFT_ADDR_REPORTS_INIT;
	struct weft_ctl_hdr ctl = {
		.type = WEFT_CTL_GROUP_REPORT,
		.records.n = cpu_to_be16(msg->n),
	};
	int err;

	if (!msg->n)
		return;
	memcpy(msg->data, &ctl, sizeof(ctl));
	rcu_read_lock();
	err = weft_neigh_send(msg->wdev->dev, &routers, msg->data, msg->len);
	rcu_read_unlock();
	if (!err)
		weft_count(dev_net(msg->wdev->dev), WEFT_MIB_OUT_GROUP_REPORTS);
	msg->len = WEFT_CTL_LEN;
	msg->n = 0;
}

/* The link's MTU may have become less meanwhile: what does not fit then is not sent. */
static void weft_report_put(void *arg, u8 type, const struct weft_addr *source,
			    unsigned int n)
{
	struct weft_report_msg *msg = arg;

	if (msg->room - msg->len < WEFT_RECORD_LEN + n * sizeof(*source))
		weft_report_flush(msg);
	msg->len += weft_record_write(msg->data + msg->len, type, msg->group,
				      source, n);
	msg->n++;
}

static void weft_report_end(struct weft_report_msg *msg)
{
	weft_report_flush(msg);
	kvfree(msg->data);
}

/* The filter that the link should know now; RTNL. */
static const struct weft_filter *weft_report_filter(struct weft_dev *wdev,
						    const struct weft_addr *addr)
{
	const struct weft_group *group = weft_group_find(wdev, addr);

	return group ? rtnl_dereference(group->filter) : NULL;
}

/* --- changes ---------------------------------------------------------------------- */

static void weft_report_free(struct weft_report *report)
{
	list_del(&report->link);
	kfree(report->change.source);
	kfree(report);
}

static struct weft_report *weft_report_find(struct weft_dev *wdev,
					    const struct weft_addr *group)
{
	struct weft_report *report;

	list_for_each_entry(report, &wdev->reporter.changes, link)
		if (weft_addr_equal(&report->group, group))
			return report;
	return NULL;
}

static struct weft_report *weft_report_get(struct weft_dev *wdev,
					   const struct weft_addr *group)
{
	struct weft_report *report = weft_report_find(wdev, group);

	if (report || wdev->reporter.n_changes >= WEFT_REPORTS_MAX)
		return report;
	report = kzalloc(sizeof(*report), GFP_KERNEL_ACCOUNT);
	if (!report)
		return NULL;
	report->group = *group;
	list_add_tail(&report->link, &wdev->reporter.changes);
	wdev->reporter.n_changes++;
	return report;
}

/* Room for sources that come or go; without it the whole filter is told. */
static void weft_report_reserve(struct weft_report *report,
				const struct weft_filter *old,
				const struct weft_filter *new)
{
	if (!report->change.source && weft_filter_mode(old) == weft_filter_mode(new))
		report->change.source = kmalloc_array(WEFT_CHANGE_SOURCES,
						      sizeof(*report->change.source),
						      GFP_KERNEL_ACCOUNT);
}

/* Where a change cannot be noted, all memberships are told. */
static void weft_report_all(struct weft_dev *wdev)
{
	struct weft_net *wn = weft_net(dev_net(wdev->dev));

	spin_lock_bh(&wn->report_lock);
	wdev->reporter.all_due = get_jiffies_64();
	weft_alarm_set(&wn->report_alarm, wdev->reporter.all_due);
	spin_unlock_bh(&wn->report_lock);
}

static void weft_report_note(struct weft_dev *wdev, const struct weft_addr *group,
			     const struct weft_filter *old,
			     const struct weft_filter *new)
{
	struct weft_report *report;

	if (!weft_report_wanted(wdev, group))
		return;
	report = weft_report_get(wdev, group);
	if (!report) {
		weft_report_all(wdev);
		return;
	}
	weft_report_reserve(report, old, new);
	weft_change_note(&report->change, old, new);
	report->due = get_jiffies_64();
	weft_report_arm(weft_net(dev_net(wdev->dev)), report->due);
}

/**
 * weft_report_change() - the link is to know another filter of a group than before
 * @group: the group
 * @old: what it knew; NULL if the device was no member, or did not carry Weft
 * @new: what it should know; NULL if the device is a member no longer, or does not
 *	carry Weft any more
 *
 * Called for every change while the device carries Weft, and once with @new NULL before
 * @group goes. Both filters are the caller's. Context: RTNL.
 */
void weft_report_change(struct weft_group *group, const struct weft_filter *old,
			const struct weft_filter *new)
{
	weft_report_note(group->wdev, &group->addr, old, new);
}

/**
 * weft_report_again() - the device has another link-local address: tell all anew
 * @wdev: device that carries Weft
 *
 * Context: RTNL.
 */
void weft_report_again(struct weft_dev *wdev)
{
	struct weft_group *group;

	list_for_each_entry(group, &wdev->groups, link)
		weft_report_note(wdev, &group->addr, NULL,
				 rtnl_dereference(group->filter));
}

/* Tells a change; once more later, or that was all. */
static void weft_report_tell(struct weft_report_msg *msg, struct weft_report *report,
			     u64 now)
{
	msg->group = &report->group;
	weft_change_tell(&report->change,
			 weft_report_filter(msg->wdev, &report->group),
			 weft_report_put, msg);
	if (weft_change_told(&report->change)) {
		report->due = now + 1 + get_random_u32_below(WEFT_REPORT_AGAIN);
		return;
	}
	msg->wdev->reporter.n_changes--;
	weft_report_free(report);
}

/* --- answers ------------------------------------------------------------------------ */

static struct weft_answer *weft_answer_find(struct weft_reporter *reporter,
					    const struct weft_addr *group)
{
	struct weft_answer *answer;

	list_for_each_entry(answer, &reporter->answers, link)
		if (weft_addr_equal(&answer->group, group))
			return answer;
	return NULL;
}

/* A new answer, in which nothing was asked for yet; NULL if there are too many. */
static struct weft_answer *weft_answer_add(struct weft_reporter *reporter,
					   const struct weft_addr *group)
{
	struct weft_answer *answer;

	if (reporter->n_answers >= WEFT_ANSWERS_MAX)
		return NULL;
	answer = kmalloc(sizeof(*answer), GFP_ATOMIC);
	if (!answer)
		return NULL;
	answer->group = *group;
	answer->due = U64_MAX;
	answer->n = 0;
	list_add_tail(&answer->link, &reporter->answers);
	reporter->n_answers++;
	return answer;
}

static bool weft_answer_has(const struct weft_answer *answer,
			    const struct weft_addr *source)
{
	unsigned int i;

	for (i = 0; i < answer->n; i++)
		if (weft_addr_equal(&answer->asked[i], source))
			return true;
	return false;
}

/* More sources are asked for; of too many, all of the group. */
static void weft_answer_merge(struct weft_answer *answer,
			      const struct weft_query *query)
{
	struct weft_addr source;
	unsigned int i;

	for (i = 0; i < query->n; i++) {
		weft_source_at(query->sources, i, &source);
		if (weft_answer_has(answer, &source))
			continue;
		if (answer->n == ARRAY_SIZE(answer->asked)) {
			answer->n = 0;
			return;
		}
		answer->asked[answer->n++] = source;
	}
}

/* RFC 3810, 6.2, cases 3 to 5; false if there is no room. */
static bool weft_answer_group(struct weft_reporter *reporter,
			      const struct weft_query *query, u64 due)
{
	struct weft_answer *answer = weft_answer_find(reporter, &query->group);
	bool known = answer;

	if (!known)
		answer = weft_answer_add(reporter, &query->group);
	if (!answer)
		return false;
	if (!query->n)
		answer->n = 0;
	else if (!known || answer->n)
		weft_answer_merge(answer, query);
	answer->due = min(answer->due, due);
	return true;
}

/* When to answer: at random until the maximum response time. */
static u64 weft_answer_due(const struct weft_query *query)
{
	u32 ms = clamp_t(u32, query->max_ms, WEFT_REPORT_SPREAD_MS,
			 WEFT_REPORT_WAIT_MAX);

	return get_jiffies_64() + msecs_to_jiffies(get_random_u32_below(ms));
}

/**
 * weft_report_query() - a router asks
 * @wdev: the device that it asks on
 * @query: what it asks
 *
 * The rules by which answers are merged are those of RFC 3810, section 6.2; what is
 * too much for them is answered as a general query. Context: softirq, RCU read lock.
 */
void weft_report_query(struct weft_dev *wdev, const struct weft_query *query)
{
	struct weft_net *wn = weft_net(dev_net(wdev->dev));
	struct weft_reporter *reporter = &wdev->reporter;
	u64 due = weft_answer_due(query);

	if (!weft_addr_any(&query->group) &&
	    (!weft_group_find(wdev, &query->group) ||
	     READ_ONCE(reporter->all_due) <= due))
		return;
	spin_lock(&wn->report_lock);
	if (!rcu_access_pointer(wdev->linklocal))
		due = U64_MAX;
	else if (weft_addr_any(&query->group) ||
		 !weft_answer_group(reporter, query, due))
		reporter->all_due = min(reporter->all_due, due);
	weft_alarm_set(&wn->report_alarm, due);
	spin_unlock(&wn->report_lock);
}

/* Answers a general query. */
static void weft_answer_all(struct weft_report_msg *msg)
{
	const struct weft_group *group;

	list_for_each_entry(group, &msg->wdev->groups, link) {
		if (!weft_report_wanted(msg->wdev, &group->addr))
			continue;
		msg->group = &group->addr;
		weft_answer_tell(rtnl_dereference(group->filter), NULL, 0,
				 weft_report_put, msg);
	}
}

/* The answers that are due, taken out of the device's list; all of them for U64_MAX. */
static void weft_answer_take(struct weft_dev *wdev, u64 now, struct list_head *due)
{
	struct weft_net *wn = weft_net(dev_net(wdev->dev));
	struct weft_reporter *reporter = &wdev->reporter;
	struct weft_answer *answer, *next;

	spin_lock_bh(&wn->report_lock);
	list_for_each_entry_safe(answer, next, &reporter->answers, link) {
		if (answer->due > now)
			continue;
		list_move_tail(&answer->link, due);
		reporter->n_answers--;
	}
	spin_unlock_bh(&wn->report_lock);
}

static void weft_answer_free(struct list_head *answers)
{
	struct weft_answer *answer, *next;

	list_for_each_entry_safe(answer, next, answers, link)
		kfree(answer);
}

/* --- the work ------------------------------------------------------------------------ */

/* Whether a general answer is due, which is then no longer so. */
static bool weft_report_take_all(struct weft_dev *wdev, u64 now)
{
	struct weft_net *wn = weft_net(dev_net(wdev->dev));
	bool due;

	spin_lock_bh(&wn->report_lock);
	due = wdev->reporter.all_due <= now;
	if (due)
		wdev->reporter.all_due = U64_MAX;
	spin_unlock_bh(&wn->report_lock);
	return due;
}

/* Sends what is due on a device; RTNL. */
static void weft_report_run(struct weft_dev *wdev, u64 now)
{
	struct weft_report *report, *next_report;
	struct weft_report_msg msg;
	struct weft_answer *answer;
	LIST_HEAD(answers);

	if (weft_report_begin(&msg, wdev))
		return;
	list_for_each_entry_safe(report, next_report, &wdev->reporter.changes, link)
		if (report->due <= now)
			weft_report_tell(&msg, report, now);
	if (weft_report_take_all(wdev, now))
		weft_answer_all(&msg);
	weft_answer_take(wdev, now, &answers);
	list_for_each_entry(answer, &answers, link) {
		msg.group = &answer->group;
		weft_answer_tell(weft_report_filter(wdev, &answer->group),
				 answer->asked, answer->n, weft_report_put, &msg);
	}
	weft_answer_free(&answers);
	weft_report_end(&msg);
}

/* When the next report of a device is due, U64_MAX for never; RTNL and the lock. */
static u64 weft_report_next_due(const struct weft_dev *wdev)
{
	const struct weft_report *report;
	const struct weft_answer *answer;
	u64 due = wdev->reporter.all_due;

	list_for_each_entry(report, &wdev->reporter.changes, link)
		due = min(due, report->due);
	list_for_each_entry(answer, &wdev->reporter.answers, link)
		due = min(due, answer->due);
	return due;
}

static u64 weft_report_dev_due(struct weft_net *wn, const struct weft_dev *wdev)
{
	u64 due;

	spin_lock_bh(&wn->report_lock);
	due = weft_report_next_due(wdev);
	spin_unlock_bh(&wn->report_lock);
	return due;
}

/* Where memory is short, what is due is tried again a little later. */
static void weft_report_work(struct work_struct *work)
{
	struct weft_net *wn = container_of(to_delayed_work(work), struct weft_net,
					   report_alarm.work);
	u64 now, next = U64_MAX;
	struct weft_dev *wdev;
	unsigned long index;

	rtnl_lock();
	now = get_jiffies_64();
	spin_lock_bh(&wn->report_lock);
	weft_alarm_begin(&wn->report_alarm);
	spin_unlock_bh(&wn->report_lock);
	xa_for_each(&wn->devs, index, wdev)
		if (weft_report_dev_due(wn, wdev) <= now)
			weft_report_run(wdev, now);
	spin_lock_bh(&wn->report_lock);
	xa_for_each(&wn->devs, index, wdev)
		next = min(next, weft_report_next_due(wdev));
	weft_alarm_end(&wn->report_alarm, next <= now ? now + HZ / 10 : next);
	spin_unlock_bh(&wn->report_lock);
	rtnl_unlock();
}

/* --- devices and namespaces ------------------------------------------------------------ */

/**
 * weft_report_stop() - the device carries Weft no longer: nothing is told any more
 * @wdev: device
 *
 * Context: RTNL.
 */
void weft_report_stop(struct weft_dev *wdev)
{
	struct weft_net *wn = weft_net(dev_net(wdev->dev));
	struct weft_reporter *reporter = &wdev->reporter;
	struct weft_report *report, *next;
	LIST_HEAD(answers);

	list_for_each_entry_safe(report, next, &reporter->changes, link)
		weft_report_free(report);
	reporter->n_changes = 0;
	weft_answer_take(wdev, U64_MAX, &answers);
	weft_answer_free(&answers);
	spin_lock_bh(&wn->report_lock);
	reporter->all_due = U64_MAX;
	spin_unlock_bh(&wn->report_lock);
}

/**
 * weft_report_init() - a new device has nothing to tell
 * @wdev: device
 */
void weft_report_init(struct weft_dev *wdev)
{
	INIT_LIST_HEAD(&wdev->reporter.changes);
	INIT_LIST_HEAD(&wdev->reporter.answers);
	wdev->reporter.all_due = U64_MAX;
}

int weft_report_init_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);

	spin_lock_init(&wn->report_lock);
	weft_alarm_init(&wn->report_alarm, weft_report_work);
	return 0;
}

void weft_report_exit_net(struct net *net)
{
	cancel_delayed_work_sync(&weft_net(net)->report_alarm.work);
}
