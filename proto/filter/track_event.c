// SPDX-License-Identifier: GPL-2.0
/* Changes of connections are told to who listens. */
#include "track_event.h"
#include "track_hook.h"

/**
 * weft_track_event() - tell of a change
 * @track: the connection
 * @cmd: WEFT_TRACK_CMD_NEW, _UPDATE or _DESTROY
 *
 * A listener that is too slow, or that there is no memory for, gets ENOBUFS.
 *
 * Context: RCU read lock; weft_track.lock is not held.
 */
void weft_track_event(const struct weft_track *track, u8 cmd)
{
	struct net *net = track->tn->net;
	struct sk_buff *skb;

	if (!weft_track_told() || !genl_has_listeners(&weft_track_family, net, 0))
		return;
	skb = nlmsg_new(weft_track_message_size(), GFP_ATOMIC);
	if (!skb) {
		genl_set_err(&weft_track_family, net, 0, 0, -ENOBUFS);
		return;
	}
	if (WARN_ON_ONCE(weft_track_fill(skb, track, cmd, 0, 0, 0))) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_multicast_netns(&weft_track_family, net, skb, 0, 0, GFP_ATOMIC);
}
