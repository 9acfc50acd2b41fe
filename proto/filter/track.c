// SPDX-License-Identifier: GPL-2.0
/*
 * Connection tracking: to which connection a packet belongs, and what it is to it.
 *
 * PREROUTING and OUTPUT look for the connection, say what the packet is and move the
 * connection on. Of a new one nothing is kept until its first packet has come through:
 * INPUT and POSTROUTING put it into the table behind everybody else. A packet that this
 * node sends to itself comes by twice; the second time it is looked up alone.
 */
#include <linux/netfilter_ipv4.h>
#include "addr.h"
#include "device.h"
#include "gso.h"
#include "header.h"
#include "track.h"
#include "track_event.h"
#include "track_hook.h"
#include "track_packet.h"
#include "track_table.h"
#include "weft_hooks.h"

#define WEFT_TRACK_PRI_DEFRAG	(-400)
#define WEFT_TRACK_PRI_TRACK	(-200)

unsigned int weft_track_net_id __read_mostly;

/* --- one packet of a connection ---------------------------------------------------------- */

static void weft_track_account(struct weft_track *track, struct sk_buff *skb, bool reply)
{
	atomic64_add(weft_gso_packets(skb), &track->packets[reply]);
	atomic64_add(weft_gso_octets(skb), &track->bytes[reply]);
}

/* Does the status change by this packet, which is part of the connection? */
static bool weft_track_answered(struct weft_track *track, bool reply)
{
	bool first = reply && !test_and_set_bit(WEFT_TRACK_BIT_SEEN_REPLY, &track->status);
	u8 state = READ_ONCE(track->stream.state);
	bool assured = reply;

	if (track->node[0].tuple.proto == WEFT_PROTO_STREAM)
		assured = weft_track_replied(track) &&
			  state >= WEFT_TRACK_STREAM_ESTABLISHED &&
			  state != WEFT_TRACK_STREAM_CLOSED;
	if (!assured || test_bit(WEFT_TRACK_BIT_ASSURED, &track->status))
		return first;
	weft_track_assure(track);
	return true;
}

static enum weft_track_verdict weft_track_step(struct weft_track *track,
					       const struct weft_track_packet *packet,
					       bool reply, bool *moved)
{
	enum weft_track_verdict verdict;
	u8 before;

	if (packet->tuple.proto != WEFT_PROTO_STREAM)
		return WEFT_TRACK_STREAM_MOVES;
	spin_lock_bh(&track->lock);
	before = track->stream.state;
	verdict = weft_track_stream_step(&track->stream, &packet->seg, reply);
	*moved = before != track->stream.state;
	spin_unlock_bh(&track->lock);
	return verdict;
}

/* A reset connection ends in its time, whatever is still on its way. */
static bool weft_track_refreshes(const struct weft_track *track, bool moved)
{
	return moved || READ_ONCE(track->stream.state) != WEFT_TRACK_STREAM_CLOSED;
}

/* Moves the connection on. False if the packet is no part of it. */
static bool weft_track_advance(struct weft_track *track, struct sk_buff *skb,
			       const struct weft_track_packet *packet, bool reply)
{
	bool moved = false;

	switch (weft_track_step(track, packet, reply, &moved)) {
	case WEFT_TRACK_STREAM_MOVES:
		moved |= weft_track_answered(track, reply);
		if (weft_track_refreshes(track, moved))
			weft_track_refresh(track);
		fallthrough;
	case WEFT_TRACK_STREAM_PASSES:
		weft_track_account(track, skb, reply);
		if (moved)
			weft_track_event(track, WEFT_TRACK_CMD_UPDATE);
		return true;
	default:
		return false;
	}
}

/* A packet that has moved the connection on before: was it part of it? */
static bool weft_track_fitted(struct weft_track *track,
			      const struct weft_track_packet *packet, bool reply)
{
	struct weft_track_stream stream;

	if (packet->tuple.proto != WEFT_PROTO_STREAM)
		return true;
	spin_lock_bh(&track->lock);
	stream = track->stream;
	spin_unlock_bh(&track->lock);
	return weft_track_stream_step(&stream, &packet->seg, reply) !=
	       WEFT_TRACK_STREAM_REFUSED;
}

/* --- PREROUTING and OUTPUT --------------------------------------------------- */

static bool weft_track_begins(const struct weft_track_net *tn,
			      const struct weft_track_packet *packet)
{
	struct weft_track_stream stream;

	if (packet->tuple.proto == WEFT_PROTO_STREAM)
		return weft_track_stream_begin(&stream, &packet->seg, READ_ONCE(tn->loose));
	return weft_track_tuple_begins(&packet->tuple);
}

/* The first segment of the next stream between the ends of one that is over. */
static bool weft_track_begins_anew(struct weft_track *track,
				   const struct weft_track_packet *packet)
{
	u8 state = READ_ONCE(track->stream.state);

	return packet->tuple.proto == WEFT_PROTO_STREAM &&
	       (state == WEFT_TRACK_STREAM_TIME_WAIT || state == WEFT_TRACK_STREAM_CLOSED) &&
	       (packet->seg.flags & WEFT_STREAM_SYN) && !(packet->seg.flags & WEFT_STREAM_ACK);
}

/* A packet that may be of a connection. @again: it comes by for the second time. */
static void weft_track_flow(struct weft_track_net *tn, struct sk_buff *skb,
			    const struct weft_track_packet *packet, bool again)
{
	struct weft_track_cb *cb = weft_track_cb(skb);
	struct weft_track *track;
	bool reply = false;

	track = weft_track_find(tn, &packet->tuple, &reply);
	if (track && !again && weft_track_begins_anew(track, packet)) {
		weft_track_kill(track, WEFT_TRACK_STAT_EXPIRED);
		track = NULL;
	}
	if (!track) {
		cb->state = weft_track_begins(tn, packet) ? WEFT_TRACK_NEW :
							    WEFT_TRACK_INVALID;
		return;
	}
	if (again ? !weft_track_fitted(track, packet, reply) :
		    !weft_track_advance(track, skb, packet, reply)) {
		cb->state = WEFT_TRACK_INVALID;
		return;
	}
	cb->track = track;
	cb->reply = reply;
	cb->state = reply || weft_track_replied(track) ? WEFT_TRACK_ESTABLISHED :
							 WEFT_TRACK_NEW;
}

/* A packet that OUTPUT has seen already. */
static bool weft_track_again(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	return state->hook == NF_INET_PRE_ROUTING &&
	       (weft_dev_loopback(state->in) || skb->pkt_type == PACKET_LOOPBACK);
}

static void weft_track_counted(struct weft_track_net *tn, const struct weft_track_cb *cb)
{
	switch (cb->state) {
	case WEFT_TRACK_INVALID:
		weft_track_count(tn, WEFT_TRACK_STAT_INVALID);
		break;
	case WEFT_TRACK_UNTRACKED:
		weft_track_count(tn, WEFT_TRACK_STAT_UNTRACKED);
		break;
	case WEFT_TRACK_RELATED:
		weft_track_count(tn, WEFT_TRACK_STAT_RELATED);
		break;
	default:
		if (cb->track)
			weft_track_count(tn, WEFT_TRACK_STAT_FOUND);
	}
}

static void weft_track_classify(struct weft_track_net *tn, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct weft_track_cb *cb = weft_track_cb(skb);
	struct weft_track_packet packet __uninitialized;

	weft_track_parse(&packet, skb, state, cb->zone);
	cb->state = WEFT_TRACK_INVALID;
	if (packet.kind == WEFT_TRACK_KIND_WRONG)
		return;
	if (state->hook == NF_INET_PRE_ROUTING && !weft_track_sums(skb)) {
		weft_track_count(tn, WEFT_TRACK_STAT_CHECKSUM);
		return;
	}
	switch (packet.kind) {
	case WEFT_TRACK_KIND_FLOW:
		weft_track_flow(tn, skb, &packet, weft_track_again(skb, state));
		break;
	case WEFT_TRACK_KIND_ERROR:
		weft_track_error(tn, skb, state);
		break;
	default:
		cb->state = WEFT_TRACK_UNTRACKED;
	}
}

static unsigned int weft_track_see(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct weft_track_net *tn = weft_track_net(state->net);

	/* A rule may have said what it is. */
	if (!weft_track_cb(skb)->state)
		weft_track_classify(tn, skb, state);
	if (!weft_track_again(skb, state))
		weft_track_counted(tn, weft_track_cb(skb));
	return NF_ACCEPT;
}

/* --- INPUT and POSTROUTING --------------------------------------------------- */

/*
 * Somebody else's packet was faster. Copies of one packet to a group count once.
 */
static unsigned int weft_track_clash(struct weft_track_net *tn, struct sk_buff *skb,
				     const struct weft_track_packet *packet)
{
	struct weft_track_cb *cb = weft_track_cb(skb);
	struct weft_track *track;
	bool reply = false;

	weft_track_count(tn, WEFT_TRACK_STAT_CLASH);
	track = weft_track_find(tn, &packet->tuple, &reply);
	if (!track)
		return NF_ACCEPT;
	cb->track = track;
	cb->reply = reply;
	if (!weft_addr_group(&packet->tuple.dst))
		weft_track_advance(track, skb, packet, reply);
	return NF_ACCEPT;
}

/* The connection as its first packet makes it; NULL if it makes none, or without memory. */
static struct weft_track *weft_track_make(struct weft_track_net *tn, struct sk_buff *skb,
					  const struct weft_track_packet *packet)
{
	const struct weft_track_cb *cb = weft_track_cb(skb);
	struct weft_track *track = weft_track_alloc(tn, &packet->tuple);

	if (!track)
		return NULL;
	if (packet->tuple.proto == WEFT_PROTO_STREAM)
		weft_track_stream_begin(&track->stream, &packet->seg, true);
	track->mark = cb->mark;
	track->labels = cb->labels;
	weft_track_account(track, skb, false);
	weft_track_refresh(track);
	return track;
}

static unsigned int weft_track_refused(struct weft_track_net *tn, struct sk_buff *skb,
				       const struct weft_track_packet *packet, int err)
{
	if (err == -EEXIST)
		return weft_track_clash(tn, skb, packet);
	weft_track_count(tn, err == -ENOSPC ? WEFT_TRACK_STAT_FULL :
					      WEFT_TRACK_STAT_INSERT_FAILED);
	return NF_DROP_ERR(err == -ENOSPC ? -ENOSPC : -ENOMEM);
}

/* The packet has come through: what it begins is a connection from now on. */
static unsigned int weft_track_confirm(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	struct weft_track_net *tn = weft_track_net(state->net);
	struct weft_track_cb *cb = weft_track_cb(skb);
	struct weft_track_packet packet __uninitialized;
	struct weft_track *track;
	int err;

	if (cb->state != WEFT_TRACK_NEW || cb->track)
		return NF_ACCEPT;
	weft_track_parse(&packet, skb, state, cb->zone);
	if (packet.kind != WEFT_TRACK_KIND_FLOW)
		return NF_ACCEPT;
	track = weft_track_make(tn, skb, &packet);
	if (!track)
		return weft_track_refused(tn, skb, &packet, -ENOMEM);
	err = weft_track_insert(track);
	if (err)
		return weft_track_refused(tn, skb, &packet, err);
	cb->track = track;
	weft_track_count(tn, WEFT_TRACK_STAT_NEW);
	weft_track_event(track, WEFT_TRACK_CMD_NEW);
	return NF_ACCEPT;
}

/* --- who wants it ------------------------------------------------------------ */

static const struct nf_hook_ops weft_track_hooks[] = {
	{ .hook = weft_track_defrag, .hooknum = NF_INET_PRE_ROUTING,
	  .priority = WEFT_TRACK_PRI_DEFRAG },
	{ .hook = weft_track_defrag, .hooknum = NF_INET_LOCAL_OUT,
	  .priority = WEFT_TRACK_PRI_DEFRAG },
	{ .hook = weft_track_confirm, .hooknum = NF_INET_LOCAL_IN, .priority = INT_MAX },
	{ .hook = weft_track_confirm, .hooknum = NF_INET_POST_ROUTING, .priority = INT_MAX },
	{ .hook = weft_track_see, .hooknum = NF_INET_PRE_ROUTING,
	  .priority = WEFT_TRACK_PRI_TRACK },
	{ .hook = weft_track_see, .hooknum = NF_INET_LOCAL_OUT,
	  .priority = WEFT_TRACK_PRI_TRACK },
};

/**
 * weft_track_use() - track the packets of a namespace for one more user
 * @tn: namespace, weft_track_net.lock held
 *
 * Context: process, may sleep.
 * Return: 0, or what weft_register_net_hooks() returns.
 */
int weft_track_use(struct weft_track_net *tn)
{
	int err = 0;

	if (!tn->users)
		err = weft_register_net_hooks(tn->net, weft_track_hooks,
					      ARRAY_SIZE(weft_track_hooks));
	if (!err)
		tn->users++;
	return err;
}

/**
 * weft_track_unuse() - one user less
 * @tn: namespace, weft_track_net.lock held
 *
 * After the last one nothing is known of any connection. Context: process, may sleep.
 */
void weft_track_unuse(struct weft_track_net *tn)
{
	if (--tn->users)
		return;
	weft_unregister_net_hooks(tn->net, weft_track_hooks, ARRAY_SIZE(weft_track_hooks));
	weft_track_flush(tn);
}

/**
 * weft_track_get() - track the packets of a namespace
 * @net: namespace
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM, or -E2BIG if too many functions are on a hook.
 */
int weft_track_get(struct net *net)
{
	struct weft_track_net *tn = weft_track_net(net);
	int err;

	mutex_lock(&tn->lock);
	err = weft_track_use(tn);
	mutex_unlock(&tn->lock);
	return err;
}

/**
 * weft_track_put() - who called weft_track_get() does not need it any more
 * @net: namespace
 *
 * Context: process, may sleep.
 */
void weft_track_put(struct net *net)
{
	struct weft_track_net *tn = weft_track_net(net);

	mutex_lock(&tn->lock);
	weft_track_unuse(tn);
	mutex_unlock(&tn->lock);
}

/* --- set-up ------------------------------------------------------------------ */

static int __net_init weft_track_net_init(struct net *net)
{
	struct weft_track_net *tn = weft_track_net(net);
	int err;

	tn->net = net;
	mutex_init(&tn->lock);
	err = weft_track_stat_init_net(tn);
	if (err)
		return err;
	err = weft_track_table_init_net(tn);
	if (err)
		goto stat;
	err = weft_track_sysctl_init_net(tn);
	if (err)
		goto table;
	return 0;

table:
	weft_track_table_exit_net(tn);
stat:
	weft_track_stat_exit_net(tn);
	return err;
}

static void __net_exit weft_track_net_exit(struct net *net)
{
	struct weft_track_net *tn = weft_track_net(net);

	weft_track_sysctl_exit_net(tn);
	if (tn->enable)
		weft_track_put(net);
	weft_track_table_exit_net(tn);
	weft_track_stat_exit_net(tn);
}

static struct pernet_operations weft_track_net_ops = {
	.init	= weft_track_net_init,
	.exit	= weft_track_net_exit,
	.id	= &weft_track_net_id,
	.size	= sizeof(struct weft_track_net),
};

/**
 * weft_track_init() - bring connection tracking up
 *
 * Context: process, at module load.
 * Return: 0 or a negative errno.
 */
int weft_track_init(void)
{
	int err = weft_track_table_init();

	if (err)
		return err;
	err = register_pernet_subsys(&weft_track_net_ops);
	if (err)
		goto table;
	err = weft_track_netlink_init();
	if (err)
		goto net;
	return 0;

net:
	unregister_pernet_subsys(&weft_track_net_ops);
table:
	weft_track_table_exit();
	return err;
}

/**
 * weft_track_exit() - take it down
 *
 * Context: process, at module unload; nobody uses it.
 */
void weft_track_exit(void)
{
	weft_track_netlink_exit();
	unregister_pernet_subsys(&weft_track_net_ops);
	weft_track_table_exit();
}
