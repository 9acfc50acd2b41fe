/* SPDX-License-Identifier: GPL-2.0 */
/* The road of a packet from a device to a transport. */
#ifndef WEFT_INPUT_H
#define WEFT_INPUT_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/sock.h>
#include <linux/weft.h>
#include "drop.h"

/**
 * struct weft_cb - what input learned of a packet, in skb->cb
 * @iif: interface index of the link that the packet's addresses belong to; on
 *	the loopback device the one that owns a link-local destination
 * @frag_max: length of the longest fragment that the packet came in, bytes; 0 if it
 *	came whole
 * @loop: of a packet to a group that this node sends: it hears it too
 * @local: it goes no further than that
 * @dontfrag: it is one of this node's own that must not be sent in parts
 * @forwarded: the packet is on its way through this node; false in packets of
 *	this node's own
 * @fin: of a stream, in its socket: the segment is the last one
 */
struct weft_cb {
	int iif;
	u16 frag_max;
	u8 loop : 1;
	u8 local : 1;
	u8 dontfrag : 1;
	u8 forwarded : 1;
	u8 fin : 1;
};

static inline struct weft_cb *weft_cb(struct sk_buff *skb)
{
	sock_skb_cb_check_size(sizeof(struct weft_cb));
	return (struct weft_cb *)skb->cb;
}

/*
 * What lies behind it in skb->cb is the hooks' while a packet goes from one to the next: zero
 * before the first of them, and again for who goes on with a packet that was taken from one.
 */
static inline void weft_cb_forget(struct sk_buff *skb)
{
	memset(skb->cb + sizeof(struct weft_cb), 0, sizeof(skb->cb) - sizeof(struct weft_cb));
}

static inline const struct weft_hdr *weft_hdr(const struct sk_buff *skb)
{
	return (const struct weft_hdr *)skb_network_header(skb);
}

int weft_rcv(struct sk_buff *skb, struct net_device *dev,
	     struct packet_type *ptype, struct net_device *orig_dev);
void weft_rcv_list(struct list_head *head, struct packet_type *ptype,
		   struct net_device *orig_dev);
enum weft_drop weft_input_checksum(struct sk_buff *skb);

#endif /* WEFT_INPUT_H */
