/* SPDX-License-Identifier: GPL-2.0 */
/* Messages that are sent from the program's own pages: MSG_ZEROCOPY. */
#ifndef WEFT_ZEROCOPY_H
#define WEFT_ZEROCOPY_H

#include <linux/skbuff.h>
#include "route.h"

struct weft_sock;

int weft_zerocopy_begin(struct weft_sock *ws, const struct msghdr *msg, size_t len,
			struct ubuf_info *last, struct ubuf_info **uarg);
bool weft_zerocopy_fits(const struct msghdr *msg, size_t len);
int weft_zerocopy_fill(struct sk_buff *skb, struct msghdr *msg, size_t len,
		       struct ubuf_info *uarg);
void weft_zerocopy_way(struct sk_buff *skb, const struct weft_flow *flow,
		       unsigned int len);
void weft_zerocopy_copied(struct ubuf_info *uarg);

#endif /* WEFT_ZEROCOPY_H */
