/* SPDX-License-Identifier: GPL-2.0 */
/* What is told of connections. */
#ifndef WEFT_TRACK_EVENT_H
#define WEFT_TRACK_EVENT_H

#include <net/genetlink.h>
#include "track_table.h"

extern struct genl_family weft_track_family;

/* track_event.c */
void weft_track_event(const struct weft_track *track, u8 cmd);

/* track_message.c */
int weft_track_fill(struct sk_buff *skb, const struct weft_track *track, u8 cmd,
		    u32 portid, u32 seq, int flags);
size_t weft_track_message_size(void);

/* track_dump.c */
int weft_track_dump(struct sk_buff *skb, struct netlink_callback *cb);
int weft_track_flush_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* WEFT_TRACK_EVENT_H */
