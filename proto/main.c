// SPDX-License-Identifier: GPL-2.0
/* The module weft: brings the parts up in order and takes them down. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/if_ether.h>
#include <linux/module.h>
#include <linux/socket.h>
#include "control.h"
#include "device.h"
#include "net.h"
#include "proc.h"
#include "socket.h"
#include "stats.h"

unsigned int weft_net_id;
int weft_family = WEFT_FAMILY_DEFAULT;
__be16 weft_ethertype;

static unsigned short ethertype = WEFT_ETHERTYPE_DEFAULT;

module_param_named(family, weft_family, int, 0444);
MODULE_PARM_DESC(family, "address family number (default 18)");
module_param(ethertype, ushort, 0444);
MODULE_PARM_DESC(ethertype, "EtherType of Weft frames (default 0x88b5)");

static int __net_init weft_net_init(struct net *net)
{
	struct weft_net *wn = weft_net(net);
	int i, err;

	xa_init(&wn->devs);
	for (i = 0; i < ARRAY_SIZE(wn->addrs); i++)
		INIT_HLIST_HEAD(&wn->addrs[i]);
	weft_control_init_net(wn);
	err = weft_stats_init_net(wn);
	if (err)
		return err;
	err = weft_proc_init_net(net);
	if (err)
		weft_stats_exit_net(wn);
	return err;
}

/* Every device has left the namespace, and with it every address. */
static void __net_exit weft_net_exit(struct net *net)
{
	struct weft_net *wn = weft_net(net);

	weft_proc_exit_net(net);
	weft_stats_exit_net(wn);
	WARN_ON_ONCE(!xa_empty(&wn->devs));
	xa_destroy(&wn->devs);
}

static struct pernet_operations weft_net_ops = {
	.init	= weft_net_init,
	.exit	= weft_net_exit,
	.id	= &weft_net_id,
	.size	= sizeof(struct weft_net),
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
	err = register_pernet_subsys(&weft_net_ops);
	if (err)
		return err;
	err = weft_socket_init();
	if (err)
		goto out_net;
	err = weft_netlink_init();
	if (err)
		goto out_socket;
	err = weft_device_init();
	if (err)
		goto out_netlink;
	pr_info("address family %d, EtherType 0x%04x\n", weft_family, ethertype);
	return 0;

out_netlink:
	weft_netlink_exit();
out_socket:
	weft_socket_exit();
out_net:
	unregister_pernet_subsys(&weft_net_ops);
	return err;
}

static void __exit weft_exit(void)
{
	weft_netlink_exit();
	weft_device_exit();
	weft_socket_exit();
	/* Packets that were on their way when the devices went. */
	synchronize_net();
	unregister_pernet_subsys(&weft_net_ops);
}

module_init(weft_init);
module_exit(weft_exit);

MODULE_DESCRIPTION("Weft: a network stack on Ethernet");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NETPROTO(WEFT_FAMILY_DEFAULT);
