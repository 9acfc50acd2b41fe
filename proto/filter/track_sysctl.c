// SPDX-License-Identifier: GPL-2.0
/* /proc/sys/net/weft/track: what can be set in each network namespace. */
#include <linux/slab.h>
#include "compat_sysctl.h"
#include "track_hook.h"

static const int weft_track_timeout_max = WEFT_TRACK_TIMEOUT_MAX;
static const int weft_track_max_max = 1 << 24;

static const char *const weft_track_timeout_names[WEFT_TRACK_TIMEOUT_COUNT] = {
	[WEFT_TRACK_TIMEOUT_OPENING]		= "timeout_stream_opening",
	[WEFT_TRACK_TIMEOUT_ESTABLISHED]	= "timeout_stream_established",
	[WEFT_TRACK_TIMEOUT_HALF_CLOSED]	= "timeout_stream_half_closed",
	[WEFT_TRACK_TIMEOUT_CLOSING]		= "timeout_stream_closing",
	[WEFT_TRACK_TIMEOUT_TIME_WAIT]		= "timeout_stream_time_wait",
	[WEFT_TRACK_TIMEOUT_RESET]		= "timeout_stream_reset",
	[WEFT_TRACK_TIMEOUT_DGRAM]		= "timeout_dgram",
	[WEFT_TRACK_TIMEOUT_DGRAM_REPLIED]	= "timeout_dgram_replied",
	[WEFT_TRACK_TIMEOUT_CONTROL]		= "timeout_control",
	[WEFT_TRACK_TIMEOUT_OTHER]		= "timeout_other",
};

/* How many files there are beside the times. */
#define WEFT_TRACK_LINES	3

/* Who turns it on or off has it done before the write ends. */
static int weft_track_sysctl_enable(WEFT_CTL_TABLE *line, int write, void *buffer,
				    size_t *len, loff_t *pos)
{
	struct weft_track_net *tn = container_of(line->data, struct weft_track_net, enable);
	u8 before;
	int err;

	mutex_lock(&tn->lock);
	before = tn->enable;
	err = proc_dou8vec_minmax(line, write, buffer, len, pos);
	if (!err && tn->enable && !before) {
		err = weft_track_use(tn);
		if (err)
			tn->enable = 0;
	} else if (!err && before && !tn->enable) {
		weft_track_unuse(tn);
	}
	mutex_unlock(&tn->lock);
	return err;
}

/* Of what only the administrator of the whole system may change. */
static umode_t weft_track_sysctl_mode(const struct net *net)
{
	return net->user_ns == &init_user_ns ? 0644 : 0444;
}

static void weft_track_sysctl_times(struct weft_track_net *tn, struct ctl_table *line)
{
	int i;

	for (i = 0; i < WEFT_TRACK_TIMEOUT_COUNT; i++)
		line[i] = (struct ctl_table) {
			.procname	= weft_track_timeout_names[i],
			.data		= &tn->timeouts[i],
			.maxlen		= sizeof(int),
			.mode		= 0644,
			.proc_handler	= proc_dointvec_minmax,
			.extra1		= SYSCTL_ONE,
			.extra2		= (void *)&weft_track_timeout_max,
		};
}

/**
 * weft_track_sysctl_init_net() - make a namespace's files
 * @tn: namespace; what the files set is there
 *
 * Return: 0 or -ENOMEM.
 */
int weft_track_sysctl_init_net(struct weft_track_net *tn)
{
	const struct ctl_table lines[WEFT_TRACK_LINES] = {
		{
			.procname	= "enable",
			.data		= &tn->enable,
			.maxlen		= sizeof(u8),
			.mode		= 0644,
			.proc_handler	= weft_track_sysctl_enable,
			.extra1		= SYSCTL_ZERO,
			.extra2		= SYSCTL_ONE,
		}, {
			.procname	= "loose",
			.data		= &tn->loose,
			.maxlen		= sizeof(u8),
			.mode		= 0644,
			.proc_handler	= proc_dou8vec_minmax,
			.extra1		= SYSCTL_ZERO,
			.extra2		= SYSCTL_ONE,
		}, {
			.procname	= "max",
			.data		= &tn->max,
			.maxlen		= sizeof(int),
			/* Of the whole system: no container raises its own. */
			.mode		= weft_track_sysctl_mode(tn->net),
			.proc_handler	= proc_dointvec_minmax,
			.extra1		= SYSCTL_ONE,
			.extra2		= (void *)&weft_track_max_max,
		},
	};
	unsigned int n = WEFT_TRACK_LINES + WEFT_TRACK_TIMEOUT_COUNT;

	tn->sysctl_table = kcalloc(n, sizeof(*tn->sysctl_table), GFP_KERNEL);
	if (!tn->sysctl_table)
		return -ENOMEM;
	memcpy(tn->sysctl_table, lines, sizeof(lines));
	weft_track_sysctl_times(tn, tn->sysctl_table + WEFT_TRACK_LINES);
	tn->sysctl = register_net_sysctl_sz(tn->net, "net/weft/track", tn->sysctl_table, n);
	if (tn->sysctl)
		return 0;
	kfree(tn->sysctl_table);
	return -ENOMEM;
}

/**
 * weft_track_sysctl_exit_net() - remove them
 * @tn: namespace
 */
void weft_track_sysctl_exit_net(struct weft_track_net *tn)
{
	unregister_net_sysctl_table(tn->sysctl);
	kfree(tn->sysctl_table);
}
