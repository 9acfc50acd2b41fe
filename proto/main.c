// SPDX-License-Identifier: GPL-2.0
/* The module weft: brings the parts up in order and takes them down. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/if_ether.h>
#include <linux/module.h>
#include <linux/socket.h>
#include "device.h"
#include "error.h"
#include "exception.h"
#include "fragment.h"
#include "ifaddr.h"
#include "link_netlink.h"
#include "neigh.h"
#include "net.h"
#include "proc.h"
#include "route_netlink.h"
#include "rule.h"
#include "socket.h"
#include "stats.h"
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
	{ weft_error_init_net,		weft_error_exit_net },
	{ weft_device_init_net,		weft_device_exit_net },
	{ weft_exception_init_net,	weft_exception_exit_net },
	{ weft_ifaddr_init_net,		weft_ifaddr_exit_net },
	{ weft_table_init_net,		weft_table_exit_net },
	{ weft_rule_init_net,		weft_rule_exit_net },
	{ weft_neigh_init_net,		weft_neigh_exit_net },
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

static int __init weft_init(void)
{
	int err;

	err = weft_parameters_check();
	if (err)
		return err;
	err = weft_reassembly_init();
	if (err)
		return err;
	err = register_pernet_subsys(&weft_net_ops);
	if (err)
		goto out_reassembly;
	err = weft_socket_init();
	if (err)
		goto out_net;
	err = weft_ifaddr_netlink_init();
	if (err)
		goto out_socket;
	err = weft_route_netlink_init();
	if (err)
		goto out_ifaddr;
	err = weft_neigh_netlink_init();
	if (err)
		goto out_route;
	err = weft_link_netlink_init();
	if (err)
		goto out_neigh;
	err = weft_device_init();
	if (err)
		goto out_link;
	pr_info("address family %d, EtherType 0x%04x\n", weft_family, ethertype);
	return 0;

out_link:
	weft_link_netlink_exit();
out_neigh:
	weft_neigh_netlink_exit();
out_route:
	weft_route_netlink_exit();
out_ifaddr:
	weft_ifaddr_netlink_exit();
out_socket:
	weft_socket_exit();
out_net:
	unregister_pernet_subsys(&weft_net_ops);
out_reassembly:
	weft_reassembly_exit();
	return err;
}

static void __exit weft_exit(void)
{
	weft_link_netlink_exit();
	weft_neigh_netlink_exit();
	weft_route_netlink_exit();
	weft_ifaddr_netlink_exit();
	weft_device_exit();
	weft_socket_exit();
	/* Packets that were on their way when the devices went. */
	synchronize_net();
	unregister_pernet_subsys(&weft_net_ops);
	weft_reassembly_exit();
}

module_init(weft_init);
module_exit(weft_exit);

MODULE_DESCRIPTION("Weft: a network stack on Ethernet");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NETPROTO(WEFT_FAMILY_DEFAULT);
