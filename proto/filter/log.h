/* SPDX-License-Identifier: GPL-2.0 */
/* Packets in the kernel's log, or sent to a group of nfnetlink_log. */
#ifndef WEFT_LOG_H
#define WEFT_LOG_H

struct weft_log;
struct weft_packet;

void weft_log(struct weft_packet *packet, const struct weft_log *log);

#endif /* WEFT_LOG_H */
