/* SPDX-License-Identifier: GPL-2.0 */
/* Ancillary data: what a message says beside its bytes. */
#ifndef WEFT_ANCILLARY_H
#define WEFT_ANCILLARY_H

#include "message.h"
#include "socket.h"

int weft_ancillary_send(struct weft_sock *ws, struct msghdr *msg,
			struct weft_message *m);
void weft_ancillary_segment_size(struct msghdr *msg, int size);
void weft_ancillary_recv(struct weft_sock *ws, struct msghdr *msg,
			 const struct weft_hdr *hdr, int iif);

#endif /* WEFT_ANCILLARY_H */
