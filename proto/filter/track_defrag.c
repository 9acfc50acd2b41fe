// SPDX-License-Identifier: GPL-2.0
/*
 * Fragments are put together before connection tracking sees them, which needs what only the
 * first one has. It is the stack's own reassembly, with its limits and its counters.
 */
#include "fragment.h"
#include "header.h"
#include "input.h"
#include "track_hook.h"

/**
 * weft_track_defrag() - put fragments together
 * @priv: unused
 * @skb: packet from its network header on
 * @state: of the hook, PREROUTING or OUTPUT
 *
 * Context: RCU read lock.
 * Return: NF_ACCEPT for what is whole, also by this fragment; NF_STOLEN if it waits for
 * others, or was dropped and counted.
 */
unsigned int weft_track_defrag(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct weft_cb cb = *weft_cb(skb);
	bool whole;

	if (weft_hdr(skb)->next != WEFT_PROTO_FRAGMENT)
		return NF_ACCEPT;
	/* Whoever sent it is not charged for the others' memory. */
	skb_orphan(skb);
	__skb_pull(skb, WEFT_HDR_LEN);
	local_bh_disable();
	whole = weft_reassembly_rcv(state->net, skb);
	local_bh_enable();
	if (!whole)
		return NF_STOLEN;
	__skb_push(skb, WEFT_HDR_LEN);
	weft_cb(skb)->loop = cb.loop;
	weft_cb(skb)->local = cb.local;
	return NF_ACCEPT;
}
