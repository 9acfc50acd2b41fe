/* SPDX-License-Identifier: GPL-2.0 */
/* The functions of connection tracking on netfilter's hooks. */
#ifndef WEFT_TRACK_HOOK_H
#define WEFT_TRACK_HOOK_H

#include <linux/netfilter.h>
#include "track_net.h"

/* track.c */
int weft_track_use(struct weft_track_net *tn);
void weft_track_unuse(struct weft_track_net *tn);

/* track_defrag.c */
unsigned int weft_track_defrag(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

/* track_error.c */
void weft_track_error(struct weft_track_net *tn, struct sk_buff *skb,
		      const struct nf_hook_state *state);

/* track_netlink.c */
bool weft_track_told(void);
int weft_track_netlink_init(void);
void weft_track_netlink_exit(void);

#endif /* WEFT_TRACK_HOOK_H */
