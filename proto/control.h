/* SPDX-License-Identifier: GPL-2.0 */
/* Control messages. */
#ifndef WEFT_CONTROL_H
#define WEFT_CONTROL_H

#include <linux/skbuff.h>
#include <linux/weft.h>
#include "drop.h"
#include "net.h"
#include "route.h"

/**
 * struct weft_ctl_msg - a message in answer to a packet
 * @hdr: control header, its checksum not yet computed
 * @class: of the network header
 * @skb: the packet; its network header and where it came from are read, and the
 *	data is copied from it
 * @offset: of the data in @skb
 * @len: of the data
 */
struct weft_ctl_msg {
	struct weft_ctl_hdr	hdr;
	u8			class;
	const struct sk_buff	*skb;
	int			offset;
	unsigned int		len;
};

enum weft_drop weft_control_rcv(struct net *net, struct sk_buff *skb);
int weft_control_answer(struct net *net, struct weft_ctl_msg *msg);
int weft_control_send(struct net *net, const struct weft_flow *flow,
		      const void *msg, unsigned int len, u8 hop_limit);

#endif /* WEFT_CONTROL_H */
