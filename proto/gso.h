/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that are larger than what goes on the wire: doc/offload.md. */
#ifndef WEFT_GSO_H
#define WEFT_GSO_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include "drop.h"
#include "header.h"
#include "net.h"
#include "train.h"

/*
 * A whole is one packet that is taken apart into fragments, a train is datagrams, a run
 * segments of a stream. veth, bridge, loopback and the like carry every type. No hardware
 * has the first bit, but for weftnic, which has both of a run's and knows them.
 */
#define WEFT_GSO_WHOLE	(SKB_GSO_SCTP | SKB_GSO_TCP_ECN)
#define WEFT_GSO_TRAIN	(SKB_GSO_SCTP | SKB_GSO_UDP_L4)
#define WEFT_GSO_STREAM	(SKB_GSO_SCTP | SKB_GSO_TCP_FIXEDID)

static inline bool weft_gso_train(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && skb_shinfo(skb)->gso_type == WEFT_GSO_TRAIN;
}

static inline bool weft_gso_whole(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && skb_shinfo(skb)->gso_type == WEFT_GSO_WHOLE;
}

static inline bool weft_gso_stream(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && skb_shinfo(skb)->gso_type == WEFT_GSO_STREAM;
}

/* Does it stand for several packets? Fragments are parts of one. */
static inline bool weft_gso_several(const struct sk_buff *skb)
{
	return weft_gso_train(skb) || weft_gso_stream(skb);
}

/* For how many packets does it stand? */
static inline unsigned int weft_gso_packets(const struct sk_buff *skb)
{
	return weft_gso_several(skb) ? max_t(unsigned int, 1,
					     skb_shinfo(skb)->gso_segs) : 1;
}

unsigned int weft_gso_longest_part(const struct sk_buff *skb, unsigned int offset);

/*
 * How many bytes must a link carry in one packet? The transport header is @offset bytes
 * into the data: 0 or WEFT_HDR_LEN.
 */
static inline unsigned int weft_gso_longest(const struct sk_buff *skb, unsigned int offset)
{
	return skb_is_gso(skb) ? weft_gso_longest_part(skb, offset) :
				 WEFT_HDR_LEN + skb->len - offset;
}

unsigned int weft_gso_octets(const struct sk_buff *skb);
void weft_gso_mark_stream(struct sk_buff *skb, unsigned int mss);
void weft_gso_mark_train(struct sk_buff *skb, unsigned int size);
bool weft_gso_mark_whole(struct sk_buff *skb, const struct net_device *dev,
			 unsigned int mtu);
enum weft_drop weft_gso_check(struct sk_buff *skb);
enum weft_drop weft_gso_forget(struct sk_buff *skb);
enum weft_drop weft_gso_refit(struct sk_buff *skb, unsigned int mtu);
enum weft_drop weft_gso_each(struct net *net, struct sk_buff *skb,
			     enum weft_drop (*take)(struct net *net,
						    struct sk_buff *skb,
						    void *data),
			     void *data);
struct sk_buff *weft_gso_segment(struct sk_buff *skb,
				 netdev_features_t features);

#endif /* WEFT_GSO_H */
