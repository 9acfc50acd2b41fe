// SPDX-License-Identifier: GPL-2.0
/*
 * Functions on Weft's hooks as a test wants them, in each namespace by its file
 * /proc/net/weft_hook_test. What is written there:
 *
 *	add HOOK PRIORITY ACTION [PROTO] [DPORT]
 *	add6 HOOK PRIORITY ACTION [PROTO] [DPORT]
 *	flush
 *	refuse hook|null|pf=N
 *
 * HOOK: prerouting, input, forward, output, postrouting. ACTION: accept, drop,
 * drop=ERRNO, steal, hold, repeat=N, queue, queue-bypass, mark=N, verdict=N. PROTO and
 * DPORT choose packets by next header and, with that, destination port; 0 is any. All
 * others are accepted and not counted.
 *
 * "add6" puts the function on the hook of IPv6, to compare with. "refuse" registers a
 * function that drops all and with it one that is wrong; writing it fails with what the
 * registration said.
 *
 * A line for each function is read: hook, priority, action, packets, bytes, the devices
 * in and out of the last one by their indices, its place in the order of all calls in the
 * namespace, and how many stood for several.
 */
#include <linux/ipv6.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/weft.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "weft_hooks.h"

/* How long a packet is held. */
#define HOOK_TEST_HOLD	(HZ / 20)

/* What becomes of a packet; verdicts have their number. */
enum hook_test_kind {
	HOOK_TEST_VERDICT,
	HOOK_TEST_STEAL,
	HOOK_TEST_HOLD_BACK,
	HOOK_TEST_REPEAT,
	HOOK_TEST_MARK,
};

/**
 * struct hook_test_net - a namespace
 * @net: itself
 * @lock: held to change @fns
 * @fns: struct hook_test_fn
 * @order: calls since the last flush
 * @held_lock: held to change @held
 * @held: struct hook_test_held
 * @work: sends on what is held
 * @refused: what no registration must leave on its hook
 */
struct hook_test_net {
	struct net		*net;
	struct mutex		lock; /* of @fns */
	struct list_head	fns;
	atomic_t		order;
	spinlock_t		held_lock; /* of @held */
	struct list_head	held;
	struct delayed_work	work;
	struct nf_hook_ops	refused[2];
};

/**
 * struct hook_test_fn - a function on a hook
 * @link: in hook_test_net.fns
 * @ops: as it is registered
 * @tn: its namespace
 * @action: as it was written
 * @kind: what it does
 * @value: its number
 * @proto: next header of the packets that it is for; 0 for any
 * @dport: their destination port; 0 for any
 * @asked: how often it has asked to see the packet again
 * @packets: how many it saw
 * @bytes: of these
 * @large: how many of these were large ones
 * @in: device of the last one
 * @out: device of the last one
 * @order: of the last one
 */
struct hook_test_fn {
	struct list_head	link;
	struct nf_hook_ops	ops;
	struct hook_test_net	*tn;
	char			action[24];
	enum hook_test_kind	kind;
	u32			value;
	u8			proto;
	u16			dport;
	atomic_t		asked;
	atomic_long_t		packets;
	atomic_long_t		bytes;
	atomic_long_t		large;
	int			in;
	int			out;
	int			order;
};

/**
 * struct hook_test_held - a packet that was taken
 * @link: in hook_test_net.held
 * @skb: the packet; its device is held
 * @sk: socket that it was sent by, which it keeps
 * @okfn: goes on with it
 */
struct hook_test_held {
	struct list_head	link;
	struct sk_buff		*skb;
	struct sock		*sk;
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
};

static const char *const hook_test_hooks[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING]	= "prerouting",
	[NF_INET_LOCAL_IN]	= "input",
	[NF_INET_FORWARD]	= "forward",
	[NF_INET_LOCAL_OUT]	= "output",
	[NF_INET_POST_ROUTING]	= "postrouting",
};

static unsigned int hook_test_id __read_mostly;

static struct hook_test_net *hook_test_net(struct net *net)
{
	return net_generic(net, hook_test_id);
}

/* --- what is held ---------------------------------------------------------------------- */

static void hook_test_take(struct hook_test_net *tn, struct list_head *held)
{
	spin_lock_bh(&tn->held_lock);
	list_splice_init(&tn->held, held);
	spin_unlock_bh(&tn->held_lock);
}

static void hook_test_go_on(struct work_struct *work)
{
	struct hook_test_net *tn = container_of(to_delayed_work(work),
						struct hook_test_net, work);
	struct hook_test_held *held, *next;
	LIST_HEAD(list);

	hook_test_take(tn, &list);
	list_for_each_entry_safe(held, next, &list, link) {
		struct net_device *dev = held->skb->dev;

		held->okfn(tn->net, held->sk, held->skb);
		dev_put(dev);
		kfree(held);
	}
}

static unsigned int hook_test_hold(struct hook_test_net *tn, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct hook_test_held *held = kmalloc(sizeof(*held), GFP_ATOMIC);

	if (!held)
		return NF_DROP;
	dev_hold(skb->dev);
	held->skb = skb;
	held->sk = state->sk;
	held->okfn = state->okfn;
	spin_lock_bh(&tn->held_lock);
	list_add_tail(&held->link, &tn->held);
	spin_unlock_bh(&tn->held_lock);
	schedule_delayed_work(&tn->work, HOOK_TEST_HOLD);
	return NF_STOLEN;
}

/* --- functions ------------------------------------------------------------------------- */

static bool hook_test_is_ipv6(const struct hook_test_fn *fn)
{
	return fn->ops.pf == NFPROTO_IPV6;
}

/* Is it a packet that the function is for? */
static bool hook_test_wants(const struct hook_test_fn *fn, const struct sk_buff *skb)
{
	bool ipv6 = hook_test_is_ipv6(fn);
	unsigned int len = ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct weft_hdr);
	const struct weft_hdr *hdr = (const struct weft_hdr *)skb_network_header(skb);
	__be16 dport;

	if (fn->proto && fn->proto != (ipv6 ? ipv6_hdr(skb)->nexthdr : hdr->next))
		return false;
	/* All transports have their ports at the same place. */
	return !fn->dport ||
	       (!skb_copy_bits(skb, len + sizeof(dport), &dport, sizeof(dport)) &&
		be16_to_cpu(dport) == fn->dport);
}

static void hook_test_count(struct hook_test_fn *fn, const struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	atomic_long_inc(&fn->packets);
	atomic_long_add(skb->len, &fn->bytes);
	if (skb_is_gso(skb))
		atomic_long_inc(&fn->large);
	WRITE_ONCE(fn->in, state->in ? state->in->ifindex : 0);
	WRITE_ONCE(fn->out, state->out ? state->out->ifindex : 0);
	WRITE_ONCE(fn->order, atomic_inc_return(&fn->tn->order));
}

/* What every function may rely on. */
static void hook_test_promised(const struct hook_test_fn *fn, const struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "a hook without the RCU read lock");
	WARN_ON_ONCE(skb->data != skb_network_header(skb) ||
		     skb_headlen(skb) < sizeof(struct weft_hdr));
	WARN_ON_ONCE(!skb_is_gso(skb) && skb->len !=
		     be16_to_cpu(((struct weft_hdr *)skb->data)->len));
	WARN_ON_ONCE(state->net != fn->tn->net || state->hook != fn->ops.hooknum ||
		     state->sk != skb->sk || !skb->dev || !state->okfn);
}

static unsigned int hook_test_run(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct hook_test_fn *fn = priv;

	if (!hook_test_is_ipv6(fn))
		hook_test_promised(fn, skb, state);
	if (!hook_test_wants(fn, skb))
		return NF_ACCEPT;
	hook_test_count(fn, skb, state);
	switch (fn->kind) {
	case HOOK_TEST_STEAL:
		consume_skb(skb);
		return NF_STOLEN;
	case HOOK_TEST_HOLD_BACK:
		return hook_test_hold(fn->tn, skb, state);
	case HOOK_TEST_REPEAT:
		/* For one packet at a time. */
		if (atomic_inc_return(&fn->asked) <= fn->value)
			return NF_REPEAT;
		atomic_set(&fn->asked, 0);
		return NF_ACCEPT;
	case HOOK_TEST_MARK:
		skb->mark = fn->value;
		return NF_ACCEPT;
	case HOOK_TEST_VERDICT:
		break;
	}
	return fn->value;
}

static unsigned int hook_test_drop(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	return NF_DROP;
}

/* --- what is written ------------------------------------------------------------------- */

static int hook_test_plain(struct hook_test_fn *fn)
{
	static const struct {
		const char *name;
		enum hook_test_kind kind;
		u32 value;
	} plain[] = {
		{ "accept", HOOK_TEST_VERDICT, NF_ACCEPT },
		{ "drop", HOOK_TEST_VERDICT, NF_DROP },
		{ "steal", HOOK_TEST_STEAL },
		{ "hold", HOOK_TEST_HOLD_BACK },
		{ "queue", HOOK_TEST_VERDICT, NF_QUEUE },
		{ "queue-bypass", HOOK_TEST_VERDICT,
		  NF_QUEUE | NF_VERDICT_FLAG_QUEUE_BYPASS },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		if (!strcmp(fn->action, plain[i].name)) {
			fn->kind = plain[i].kind;
			fn->value = plain[i].value;
			return 0;
		}
	return -EINVAL;
}

static int hook_test_action(struct hook_test_fn *fn)
{
	if (sscanf(fn->action, "drop=%u", &fn->value) == 1) {
		fn->value = NF_DROP_ERR(-(int)fn->value);
		return 0;
	}
	if (sscanf(fn->action, "verdict=%i", &fn->value) == 1)
		return 0;
	fn->kind = HOOK_TEST_REPEAT;
	if (sscanf(fn->action, "repeat=%u", &fn->value) == 1)
		return 0;
	fn->kind = HOOK_TEST_MARK;
	if (sscanf(fn->action, "mark=%i", &fn->value) == 1)
		return 0;
	return hook_test_plain(fn);
}

static int hook_test_parse(struct hook_test_fn *fn, const char *line)
{
	unsigned int proto = 0, dport = 0;
	char name[16];
	int hook;

	if (sscanf(line, "%15s %d %23s %u %u", name, &fn->ops.priority, fn->action,
		   &proto, &dport) < 3)
		return -EINVAL;
	hook = match_string(hook_test_hooks, ARRAY_SIZE(hook_test_hooks), name);
	if (hook < 0)
		return hook;
	fn->ops.hook = hook_test_run;
	fn->ops.hooknum = hook;
	fn->ops.priv = fn;
	fn->proto = proto;
	fn->dport = dport;
	return hook_test_action(fn);
}

static int hook_test_register(struct hook_test_fn *fn)
{
	return hook_test_is_ipv6(fn) ? nf_register_net_hook(fn->tn->net, &fn->ops) :
				       weft_register_net_hooks(fn->tn->net, &fn->ops, 1);
}

static void hook_test_unregister(struct hook_test_fn *fn)
{
	if (!hook_test_is_ipv6(fn)) {
		weft_unregister_net_hooks(fn->tn->net, &fn->ops, 1);
		return;
	}
	nf_unregister_net_hook(fn->tn->net, &fn->ops);
	/* That does not wait for packets which are in the function. */
	synchronize_net();
}

static int hook_test_add(struct hook_test_net *tn, const char *line, u8 pf)
{
	struct hook_test_fn *fn = kzalloc(sizeof(*fn), GFP_KERNEL);
	int err;

	if (!fn)
		return -ENOMEM;
	fn->tn = tn;
	fn->ops.pf = pf;
	err = hook_test_parse(fn, line);
	if (!err)
		err = hook_test_register(fn);
	if (err) {
		kfree(fn);
		return err;
	}
	mutex_lock(&tn->lock);
	list_add_tail(&fn->link, &tn->fns);
	mutex_unlock(&tn->lock);
	return 0;
}

static void hook_test_flush(struct hook_test_net *tn)
{
	struct hook_test_fn *fn, *next;

	mutex_lock(&tn->lock);
	list_for_each_entry_safe(fn, next, &tn->fns, link) {
		hook_test_unregister(fn);
		kfree(fn);
	}
	INIT_LIST_HEAD(&tn->fns);
	atomic_set(&tn->order, 0);
	mutex_unlock(&tn->lock);
}

/* The functions stay in memory: one that was left on its hook drops packets. */
static int hook_test_refuse(struct hook_test_net *tn, const char *what)
{
	struct nf_hook_ops *bad = &tn->refused[1];
	int err;

	tn->refused[0] = (struct nf_hook_ops){
		.hook = hook_test_drop, .hooknum = NF_INET_LOCAL_OUT,
	};
	*bad = tn->refused[0];
	if (!strcmp(what, "hook"))
		bad->hooknum = NF_INET_NUMHOOKS;
	else if (!strcmp(what, "null"))
		bad->hook = NULL;
	else if (sscanf(what, "pf=%hhu", &bad->pf) != 1)
		return -ENOENT;
	err = weft_register_net_hooks(tn->net, tn->refused, ARRAY_SIZE(tn->refused));
	if (err)
		return err;
	weft_unregister_net_hooks(tn->net, tn->refused, ARRAY_SIZE(tn->refused));
	return 0;
}

static int hook_test_write(struct file *file, char *buf, size_t size)
{
	struct seq_file *seq = file->private_data;
	struct hook_test_net *tn = hook_test_net(seq_file_single_net(seq));
	const char *line = strim(buf);

	if (strstarts(line, "add "))
		return hook_test_add(tn, line + strlen("add "), NFPROTO_UNSPEC);
	if (strstarts(line, "add6 "))
		return hook_test_add(tn, line + strlen("add6 "), NFPROTO_IPV6);
	if (strstarts(line, "refuse "))
		return hook_test_refuse(tn, line + strlen("refuse "));
	if (strcmp(line, "flush"))
		return -EINVAL;
	hook_test_flush(tn);
	return 0;
}

static int hook_test_show(struct seq_file *seq, void *v)
{
	struct hook_test_net *tn = hook_test_net(seq_file_single_net(seq));
	struct hook_test_fn *fn;

	mutex_lock(&tn->lock);
	list_for_each_entry(fn, &tn->fns, link)
		seq_printf(seq, "%s %d %s %ld %ld %d %d %d %ld\n",
			   hook_test_hooks[fn->ops.hooknum], fn->ops.priority, fn->action,
			   atomic_long_read(&fn->packets), atomic_long_read(&fn->bytes),
			   READ_ONCE(fn->in), READ_ONCE(fn->out), READ_ONCE(fn->order),
			   atomic_long_read(&fn->large));
	mutex_unlock(&tn->lock);
	return 0;
}

/* --- set-up ---------------------------------------------------------------------------- */

static int __net_init hook_test_init_net(struct net *net)
{
	struct hook_test_net *tn = hook_test_net(net);

	tn->net = net;
	mutex_init(&tn->lock);
	INIT_LIST_HEAD(&tn->fns);
	spin_lock_init(&tn->held_lock);
	INIT_LIST_HEAD(&tn->held);
	INIT_DELAYED_WORK(&tn->work, hook_test_go_on);
	if (!proc_create_net_single_write("weft_hook_test", 0600, net->proc_net,
					  hook_test_show, hook_test_write, NULL))
		return -ENOMEM;
	return 0;
}

static void __net_exit hook_test_exit_net(struct net *net)
{
	struct hook_test_net *tn = hook_test_net(net);
	struct hook_test_held *held, *next;
	LIST_HEAD(list);

	remove_proc_entry("weft_hook_test", net->proc_net);
	hook_test_flush(tn);
	/* No packet comes to be held any more. */
	cancel_delayed_work_sync(&tn->work);
	hook_test_take(tn, &list);
	list_for_each_entry_safe(held, next, &list, link) {
		dev_put(held->skb->dev);
		kfree_skb(held->skb);
		kfree(held);
	}
}

static struct pernet_operations hook_test_net_ops = {
	.init	= hook_test_init_net,
	.exit	= hook_test_exit_net,
	.id	= &hook_test_id,
	.size	= sizeof(struct hook_test_net),
};

static int __init hook_test_init(void)
{
	return register_pernet_subsys(&hook_test_net_ops);
}

static void __exit hook_test_exit(void)
{
	unregister_pernet_subsys(&hook_test_net_ops);
}

module_init(hook_test_init);
module_exit(hook_test_exit);

MODULE_DESCRIPTION("Functions on the hooks of Weft, for tests");
MODULE_LICENSE("GPL");
