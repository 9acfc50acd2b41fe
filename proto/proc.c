// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/weft: addr, neigh, dgram, echo, raw and stat. Addresses are 16 hexadecimal
 * digits, ports four, as in /proc/net/udp6.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include "compat_sock.h"
#include "datagram.h"
#include "device.h"
#include "ifaddr.h"
#include "echo.h"
#include "neigh.h"
#include "proc.h"
#include "raw.h"
#include "socket.h"
#include "stats.h"

/* address, interface index, prefix length, flags, device */
static int weft_proc_addr_show(struct seq_file *seq, void *v)
{
	struct weft_net *wn = weft_net(seq_file_single_net(seq));
	const struct weft_ifaddr *ifa;
	struct weft_dev *wdev;
	unsigned long index;

	rcu_read_lock();
	xa_for_each(&wn->devs, index, wdev)
		list_for_each_entry_rcu(ifa, &wdev->addrs, link)
			seq_printf(seq, "%8phN %lu %u %x %s\n",
				   &ifa->addr, index,
				   ifa->prefix_len, ifa->flags,
				   wdev->dev->name);
	rcu_read_unlock();
	return 0;
}

/* address, interface index, NUD_* state, NTF_* flags, MAC, device */
static int weft_proc_neigh_show(struct seq_file *seq, void *v)
{
	struct weft_net *wn = weft_net(seq_file_single_net(seq));
	const struct weft_neigh *neigh;
	u8 mac[ETH_ALEN];

	rcu_read_lock();
	list_for_each_entry_rcu(neigh, &wn->neigh.all, link) {
		weft_neigh_mac(neigh, mac);
		seq_printf(seq, "%8phN %u %02x %02x %pM %s\n", &neigh->key.addr,
			   neigh->key.ifindex, READ_ONCE(neigh->state),
			   READ_ONCE(neigh->flags), mac, neigh->wdev->dev->name);
	}
	rcu_read_unlock();
	return 0;
}

static void weft_proc_sock_line(struct seq_file *seq, struct sock *sk)
{
	const struct weft_sock *ws = weft_sk(sk);

	seq_printf(seq,
		   "%8phN:%04x %8phN:%04x %d %02x %u %u %u %llu %u\n",
		   &ws->laddr, be16_to_cpu(ws->lport),
		   &ws->faddr, be16_to_cpu(ws->fport),
		   weft_sock_iif(ws), sk->sk_state, sk_wmem_alloc_get(sk),
		   sk_rmem_alloc_get(sk),
		   from_kuid_munged(seq_user_ns(seq), sk_uid(sk)),
		   (u64)sock_i_ino(sk), atomic_read(&sk->sk_drops));
}

static void weft_proc_slot_lines(struct seq_file *seq,
				 struct weft_port_slot *slot)
{
	struct sock *sk;

	rcu_read_lock();
	sk_for_each_rcu(sk, &slot->socks)
		if (net_eq(sock_net(sk), seq_file_net(seq)))
			weft_proc_sock_line(seq, sk);
	rcu_read_unlock();
}

/* The sequence is the table's slots; position 0 is the title. */
static void *weft_proc_sock_pos(struct seq_file *seq, loff_t pos)
{
	struct weft_port_table *table = pde_data(file_inode(seq->file));

	if (!pos)
		return SEQ_START_TOKEN;
	return pos <= WEFT_PORT_SLOTS ? &table->slot[pos - 1] : NULL;
}

static void *weft_proc_sock_start(struct seq_file *seq, loff_t *pos)
{
	return weft_proc_sock_pos(seq, *pos);
}

static void *weft_proc_sock_next(struct seq_file *seq, void *v, loff_t *pos)
{
	return weft_proc_sock_pos(seq, ++*pos);
}

static void weft_proc_sock_stop(struct seq_file *seq, void *v)
{
}

static int weft_proc_sock_show(struct seq_file *seq, void *v)
{
	if (v == SEQ_START_TOKEN)
		seq_puts(seq,
			 "local remote iif st tx_queue rx_queue uid inode drops\n");
	else
		weft_proc_slot_lines(seq, v);
	return 0;
}

static const struct seq_operations weft_proc_sock_ops = {
	.start	= weft_proc_sock_start,
	.next	= weft_proc_sock_next,
	.stop	= weft_proc_sock_stop,
	.show	= weft_proc_sock_show,
};

int weft_proc_init_net(struct net *net)
{
	struct proc_dir_entry *dir;

	dir = proc_net_mkdir(net, "weft", net->proc_net);
	if (!dir)
		return -ENOMEM;
	if (!proc_create_net_single("stat", 0444, dir, weft_stats_show, NULL) ||
	    !proc_create_net_single("addr", 0444, dir, weft_proc_addr_show,
				    NULL) ||
	    !proc_create_net_single("neigh", 0444, dir, weft_proc_neigh_show,
				    NULL) ||
	    !proc_create_net_data("dgram", 0444, dir, &weft_proc_sock_ops,
				  sizeof(struct seq_net_private),
				  &weft_dgram_ports) ||
	    !proc_create_net_data("echo", 0444, dir, &weft_proc_sock_ops,
				  sizeof(struct seq_net_private),
				  &weft_echo_ports) ||
	    !proc_create_net_data("raw", 0444, dir, &weft_proc_sock_ops,
				  sizeof(struct seq_net_private),
				  &weft_raw_ports)) {
		weft_proc_exit_net(net);
		return -ENOMEM;
	}
	return 0;
}

void weft_proc_exit_net(struct net *net)
{
	remove_proc_subtree("weft", net->proc_net);
}
