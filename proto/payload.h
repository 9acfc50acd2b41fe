/* SPDX-License-Identifier: GPL-2.0 */
/* The bytes of a message, from the program into a packet. */
#ifndef WEFT_PAYLOAD_H
#define WEFT_PAYLOAD_H

#include <linux/net.h>

struct sk_buff;
struct ubuf_info;
struct weft_sock;

struct sk_buff *weft_payload_packet(struct weft_sock *ws, struct msghdr *msg,
				    size_t len, struct ubuf_info *uarg, int *err);

#endif /* WEFT_PAYLOAD_H */
