/* SPDX-License-Identifier: GPL-2.0 */
/* Drops a packet and tells its sender. */
#ifndef WEFT_REJECT_H
#define WEFT_REJECT_H

struct weft_expr;
struct weft_packet;

unsigned int weft_reject(struct weft_packet *packet, const struct weft_expr *expr);

#endif /* WEFT_REJECT_H */
