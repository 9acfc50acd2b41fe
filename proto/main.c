// SPDX-License-Identifier: GPL-2.0
/* The module weft: brings the parts up in order and takes them down. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/if_ether.h>
#include <linux/module.h>
#include <linux/socket.h>
#include "device.h"
#include "diag.h"
#include "error.h"
#include "exception.h"
#include "fragment.h"
#include "group.h"
#include "hook.h"
#include "ifaddr.h"
#include "link_netlink.h"
#include "listener.h"
#include "mapped.h"
#include "memory.h"
#include "neigh.h"
#include "net.h"
#include "offload.h"
#include "proc.h"
#include "report.h"
#include "route_netlink.h"
#include "router.h"
#include "rule.h"
#include "socket.h"
#include "stats.h"
#include "stream.h"
#include "sysctl.h"
#include "table.h"

unsigned int weft_net_id;
int weft_family = WEFT_FAMILY_DEFAULT;
__be16 weft_ethertype;

static unsigned short ethertype = WEFT_ETHERTYPE_DEFAULT;

module_param_named(family, weft_family, int, 0444);
MODULE_PARM_DESC(family, "address family number (default 18)");
module_param(ethertype, ushort, 0444);
MODULE_PARM_DESC(ethertype, "EtherType of Weft frames (default 0x88b5)");

/**
 * struct weft_net_part - a part of Weft in each network namespace
 * @init: makes it; 0 or a negative errno
 * @exit: removes it; every device has left the namespace
 */
struct weft_net_part {
	int (*init)(struct net *net);
	void (*exit)(struct net *net);
};

/* In the order in which they are made; they are removed in the opposite one. */
static const struct weft_net_part weft_net_parts[] = {
	{ weft_stats_init_net,		weft_stats_exit_net },
	{ weft_hook_init_net,		weft_hook_exit_net },
	{ weft_memory_init_net,		weft_memory_exit_net },
	{ weft_error_init_net,		weft_error_exit_net },
	{ weft_device_init_net,		weft_device_exit_net },
	{ weft_exception_init_net,	weft_exception_exit_net },
	{ weft_ifaddr_init_net,		weft_ifaddr_exit_net },
	{ weft_table_init_net,		weft_table_exit_net },
	{ weft_rule_init_net,		weft_rule_exit_net },
	{ weft_report_init_net,		weft_report_exit_net },
	{ weft_listener_init_net,	weft_listener_exit_net },
	{ weft_neigh_init_net,		weft_neigh_exit_net },
	{ weft_timewait_init_net,	weft_timewait_exit_net },
	{ weft_router_init_net,		weft_router_exit_net },
	{ weft_reassembly_init_net,	weft_reassembly_exit_net },
	{ weft_sysctl_init_net,		weft_sysctl_exit_net },
	{ weft_proc_init_net,		weft_proc_exit_net },
};

static void weft_net_remove(struct net *net, int n)
{
	while (n-- > 0)
		weft_net_parts[n].exit(net);
}

static int __net_init weft_net_init(struct net *net)
{
	int i, err;

	weft_net(net)->net = net;
	for (i = 0; i < ARRAY_SIZE(weft_net_parts); i++) {
		err = weft_net_parts[i].init(net);
		if (err) {
			weft_net_remove(net, i);
			return err;
		}
	}
	return 0;
}

static void __net_exit weft_net_pre_exit(struct net *net)
{
	weft_reassembly_pre_exit_net(net);
}

static void __net_exit weft_net_exit(struct net *net)
{
	weft_net_remove(net, ARRAY_SIZE(weft_net_parts));
}

static struct pernet_operations weft_net_ops = {
	.init		= weft_net_init,
	.pre_exit	= weft_net_pre_exit,
	.exit		= weft_net_exit,
	.id		= &weft_net_id,
	.size		= sizeof(struct weft_net),
};

static int weft_parameters_check(void)
{
	if (weft_family <= AF_UNSPEC || weft_family >= AF_MAX) {
		pr_err("family=%d is not between 1 and %d\n", weft_family,
		       AF_MAX - 1);
		return -EINVAL;
	}
	if (ethertype < ETH_P_802_3_MIN) {
		pr_err("ethertype=0x%04x is below 0x0600\n", ethertype);
		return -EINVAL;
	}
	weft_ethertype = cpu_to_be16(ethertype);
	return 0;
}

static int weft_net_register(void)
{
	return register_pernet_subsys(&weft_net_ops);
}

static void weft_net_unregister(void)
{
	/* Packets that were on their way when the devices went. */
	synchronize_net();
	unregister_pernet_subsys(&weft_net_ops);
}

/**
 * struct weft_part - a part of the module
 * @init: brings it up; 0 or a negative errno
 * @exit: takes it down
 */
struct weft_part {
	int (*init)(void);
	void (*exit)(void);
};

/* In the order in which they come up; they go down in the opposite one. */
static const struct weft_part weft_parts[] = {
	{ weft_parameters_check,	NULL },
	{ weft_memory_init,		NULL },
	{ weft_reassembly_init,		weft_reassembly_exit },
	{ weft_net_register,		weft_net_unregister },
	{ weft_offload_init,		weft_offload_exit },
	{ weft_stream_init,		weft_stream_exit },
	{ weft_socket_init,		weft_socket_exit },
	{ weft_diag_init,		weft_diag_exit },
	{ weft_mapped_init,		weft_mapped_exit },
	{ weft_device_init,		weft_device_exit },
	{ weft_ifaddr_netlink_init,	weft_ifaddr_netlink_exit },
	{ weft_listener_netlink_init,	weft_listener_netlink_exit },
	{ weft_group_netlink_init,	weft_group_netlink_exit },
	{ weft_route_netlink_init,	weft_route_netlink_exit },
	{ weft_neigh_netlink_init,	weft_neigh_netlink_exit },
	{ weft_link_netlink_init,	weft_link_netlink_exit },
};

static void weft_remove(int n)
{
	while (n-- > 0)
		if (weft_parts[n].exit)
			weft_parts[n].exit();
}

static int __init weft_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(weft_parts); i++) {
		err = weft_parts[i].init();
		if (err) {
			weft_remove(i);
			return err;
		}
	}
	pr_info("address family %d, EtherType 0x%04x\n", weft_family, ethertype);
	return 0;
}

static void __exit weft_exit(void)
{
	weft_remove(ARRAY_SIZE(weft_parts));
}

module_init(weft_init);
module_exit(weft_exit);

MODULE_DESCRIPTION("Weft: a network stack on Ethernet");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NETPROTO(WEFT_FAMILY_DEFAULT);
