// SPDX-License-Identifier: GPL-2.0
/* /proc/sys/net/weft: what can be set in each network namespace. */
#include <linux/rtnetlink.h>
#include <net/inet_frag.h>
#include "compat_sysctl.h"
#include "device.h"
#include "mapped.h"
#include "sysctl.h"

static const unsigned long weft_frag_thresh_max = 256UL << 20;
static const int weft_frag_time_max = 600;
static const unsigned long weft_memory_max_min = 64UL << 10;
static const int weft_neigh_max_min = 16;
static const int weft_neigh_max_max = 1 << 20;

/* Devices become routers, or hosts. */
static int weft_sysctl_forwarding(WEFT_CTL_TABLE *table, int write,
				  void *buffer, size_t *len, loff_t *pos)
{
	struct weft_net *wn = container_of(table->data, struct weft_net, forwarding);
	struct weft_dev *wdev;
	unsigned long index;
	int err;

	err = proc_dou8vec_minmax(table, write, buffer, len, pos);
	if (err || !write)
		return err;
	rtnl_lock();
	xa_for_each(&wn->devs, index, wdev)
		weft_dev_set_forwarding(wdev);
	rtnl_unlock();
	return 0;
}

/* What is turned on or off is done before the write ends. */
static int weft_sysctl_mapped(WEFT_CTL_TABLE *line, int write, void *buffer,
			      size_t *len, loff_t *pos)
{
	int err = proc_dou8vec_minmax(line, write, buffer, len, pos);

	if (write && !err)
		weft_mapped_sync_net(container_of(line->data, struct weft_net,
						  mapped)->net);
	return err;
}

/* Of what only the administrator of the whole system may change. */
static umode_t weft_sysctl_mode(const struct net *net)
{
	return net->user_ns == &init_user_ns ? 0644 : 0444;
}

/**
 * weft_sysctl_init_net() - make a namespace's files
 * @net: namespace; what the files set is there
 *
 * Return: 0 or -ENOMEM.
 */
int weft_sysctl_init_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);
	const struct ctl_table lines[] = {
		{
			.procname	= "dad_transmits",
			.data		= &wn->dad_transmits,
			.maxlen		= sizeof(u8),
			.mode		= 0644,
			.proc_handler	= proc_dou8vec_minmax,
		}, {
			.procname	= "forwarding",
			.data		= &wn->forwarding,
			.maxlen		= sizeof(u8),
			.mode		= 0644,
			.proc_handler	= weft_sysctl_forwarding,
			.extra1		= SYSCTL_ZERO,
			.extra2		= SYSCTL_ONE,
		}, {
			.procname	= "frag_high_thresh",
			.data		= &wn->fqdir->high_thresh,
			.maxlen		= sizeof(unsigned long),
			.mode		= 0644,
			.proc_handler	= proc_doulongvec_minmax,
			.extra1		= &wn->fqdir->low_thresh,
			.extra2		= (void *)&weft_frag_thresh_max,
		}, {
			.procname	= "frag_low_thresh",
			.data		= &wn->fqdir->low_thresh,
			.maxlen		= sizeof(unsigned long),
			.mode		= 0644,
			.proc_handler	= proc_doulongvec_minmax,
			.extra2		= &wn->fqdir->high_thresh,
		}, {
			.procname	= "frag_time",
			.data		= &wn->frag_time,
			.maxlen		= sizeof(int),
			.mode		= 0644,
			.proc_handler	= proc_dointvec_minmax,
			.extra1		= SYSCTL_ONE,
			.extra2		= (void *)&weft_frag_time_max,
		}, {
			.procname	= "mapped",
			.data		= &wn->mapped,
			.maxlen		= sizeof(u8),
			.mode		= 0644,
			.proc_handler	= weft_sysctl_mapped,
			.extra1		= SYSCTL_ZERO,
			.extra2		= SYSCTL_ONE,
		}, {
			.procname	= "memory_max",
			.data		= &wn->memory_max,
			.maxlen		= sizeof(unsigned long),
			/* Of the whole system: no container raises its own. */
			.mode		= weft_sysctl_mode(net),
			.proc_handler	= proc_doulongvec_minmax,
			.extra1		= (void *)&weft_memory_max_min,
		}, {
			.procname	= "mtu_expires",
			.data		= &wn->mtu_expires,
			.maxlen		= sizeof(int),
			.mode		= 0644,
			.proc_handler	= proc_dointvec_jiffies,
		}, {
			.procname	= "neigh_max",
			.data		= &wn->neigh_max,
			.maxlen		= sizeof(int),
			.mode		= 0644,
			.proc_handler	= proc_dointvec_minmax,
			.extra1		= (void *)&weft_neigh_max_min,
			.extra2		= (void *)&weft_neigh_max_max,
		},
	};

	wn->sysctl_table = kmemdup(lines, sizeof(lines), GFP_KERNEL);
	if (!wn->sysctl_table)
		return -ENOMEM;
	wn->sysctl = register_net_sysctl_sz(net, "net/weft", wn->sysctl_table,
					    ARRAY_SIZE(lines));
	if (wn->sysctl)
		return 0;
	kfree(wn->sysctl_table);
	return -ENOMEM;
}

void weft_sysctl_exit_net(struct net *net)
{
	unregister_net_sysctl_table(weft_net(net)->sysctl);
	kfree(weft_net(net)->sysctl_table);
}
