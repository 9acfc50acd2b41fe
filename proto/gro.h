/* SPDX-License-Identifier: GPL-2.0 */
/* Receive offload: what gro.c and the files of the transports share. */
#ifndef WEFT_GRO_H
#define WEFT_GRO_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include "train.h"

/* gro.c */
struct sk_buff *weft_gro_find(struct list_head *head, unsigned int offset,
			      const struct weft_dgram_hdrs *hdrs);
bool weft_gro_valid(struct sk_buff *skb, const struct weft_hdr *hdr,
		    unsigned int header_len);
void weft_gro_append(struct sk_buff *p, struct sk_buff *skb);

/* gro_dgram.c */
struct sk_buff *weft_gro_dgram(struct list_head *head, struct sk_buff *skb,
			       unsigned int offset);
__sum16 *weft_gro_dgram_complete(struct sk_buff *skb, struct weft_hdr *hdr);

/* gro_stream.c */
struct sk_buff *weft_gro_stream(struct list_head *head, struct sk_buff *skb,
				unsigned int offset);
__sum16 *weft_gro_stream_complete(struct sk_buff *skb, struct weft_hdr *hdr);

#endif /* WEFT_GRO_H */
