/* SPDX-License-Identifier: GPL-2.0 */
/* The road of a packet from a transport to a device. */
#ifndef WEFT_OUTPUT_H
#define WEFT_OUTPUT_H

#include <linux/skbuff.h>
#include "route.h"

/**
 * struct weft_output - what the network header says beyond the addresses
 * @next: WEFT_PROTO_*
 * @class: 0 to 15
 * @flags: WEFT_FLAG_*
 * @hop_limit: 0 for the default
 * @id: packet id
 * @dontfrag: the packet must not be longer than the way's MTU
 * @loop: this node hears it too if it is a member of the group that it goes to
 * @local: it goes no further than that
 */
struct weft_output {
	u8	next;
	u8	class;
	u8	flags;
	u8	hop_limit;
	u16	id;
	bool	dontfrag;
	bool	loop;
	bool	local;
};

/* Most room that headers in front of a transport header take on a device. */
static inline unsigned int weft_output_headroom(const struct net_device *dev)
{
	return LL_RESERVED_SPACE(dev) + sizeof(struct weft_hdr);
}

void weft_output_checksum(struct sk_buff *skb, const struct weft_flow *flow,
			  u8 next, unsigned int offset);
int weft_output_link(struct net *net, struct sk_buff *skb,
		     const struct weft_flow *flow);
int weft_output_hooked(struct net *net, struct sk_buff *skb,
		       int (*go)(struct net *net, struct sk_buff *skb,
				 const struct weft_flow *flow));
int weft_output_way(struct net *net, struct sk_buff *skb, const struct weft_flow *flow);
int weft_output(struct net *net, struct sk_buff *skb,
		const struct weft_flow *flow, const struct weft_output *out);

#endif /* WEFT_OUTPUT_H */
