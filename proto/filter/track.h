/* SPDX-License-Identifier: GPL-2.0 */
/* What connection tracking says of a packet, to the firewall and to itself. */
#ifndef WEFT_TRACK_H
#define WEFT_TRACK_H

#include <linux/skbuff.h>
#include <linux/weft_track.h>
#include "input.h"

struct weft_track;

/**
 * struct weft_track_cb - what is known of a packet on its way through the hooks
 * @weft: what the stack knows of it
 * @track: its connection; NULL if it is new, invalid or not tracked. Valid under the RCU
 *	read lock that the packet came under.
 * @labels: of a new connection
 * @mark: of a new connection
 * @zone: in which its connection is looked for
 * @state: WEFT_TRACK_*
 * @reply: it goes against the direction of the connection's first packet
 *
 * In skb->cb from PREROUTING to INPUT or POSTROUTING, or from OUTPUT to POSTROUTING. Who
 * goes on with a packet that was taken from a hook has lost it: the connection is then
 * looked for again.
 */
struct weft_track_cb {
	struct weft_cb		weft;
	struct weft_track	*track;
	u64			labels;
	u32			mark;
	u16			zone;
	u8			state;
	bool			reply;
};

static inline struct weft_track_cb *weft_track_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct weft_track_cb) > sizeof(skb->cb));
	return (struct weft_track_cb *)skb->cb;
}

int weft_track_get(struct net *net);
void weft_track_put(struct net *net);

u32 weft_track_mark(struct sk_buff *skb);
u64 weft_track_labels(struct sk_buff *skb);
u32 weft_track_status(struct sk_buff *skb);
bool weft_track_counters(struct sk_buff *skb, u64 *packets, u64 *bytes);
void weft_track_set_mark(struct sk_buff *skb, u32 mask, u32 mark);
void weft_track_set_label(struct sk_buff *skb, unsigned int label);

int weft_track_init(void);
void weft_track_exit(void);

#endif /* WEFT_TRACK_H */
