// SPDX-License-Identifier: GPL-2.0
/* What the firewall asks of a packet's connection, and does to it. */
#include "track.h"
#include "track_event.h"
#include "track_table.h"

/**
 * weft_track_mark() - the mark of a packet's connection
 * @skb: packet in a hook behind connection tracking
 *
 * Context: RCU read lock, the packet's own.
 * Return: the mark, of a new connection what it will have.
 */
u32 weft_track_mark(struct sk_buff *skb)
{
	const struct weft_track_cb *cb = weft_track_cb(skb);

	return cb->track ? READ_ONCE(cb->track->mark) : cb->mark;
}

/**
 * weft_track_labels() - the labels of a packet's connection
 * @skb: packet in a hook behind connection tracking
 *
 * Context: RCU read lock, the packet's own.
 * Return: a bit for each, of a new connection those that it will have.
 */
u64 weft_track_labels(struct sk_buff *skb)
{
	const struct weft_track_cb *cb = weft_track_cb(skb);

	return cb->track ? READ_ONCE(cb->track->labels) : cb->labels;
}

/**
 * weft_track_status() - the status of a packet's connection
 * @skb: packet in a hook behind connection tracking
 *
 * Context: RCU read lock, the packet's own.
 * Return: WEFT_TRACK_S_*, 0 while there is no connection.
 */
u32 weft_track_status(struct sk_buff *skb)
{
	const struct weft_track_cb *cb = weft_track_cb(skb);

	return cb->track ? READ_ONCE(cb->track->status) : 0;
}

/**
 * weft_track_counters() - what has gone over a packet's connection
 * @skb: packet in a hook behind connection tracking, counted already
 * @packets: set to the packets of both directions
 * @bytes: set to their bytes
 *
 * Context: RCU read lock, the packet's own.
 * Return: false while there is no connection.
 */
bool weft_track_counters(struct sk_buff *skb, u64 *packets, u64 *bytes)
{
	const struct weft_track *track = weft_track_cb(skb)->track;

	if (!track)
		return false;
	*packets = atomic64_read(&track->packets[0]) + atomic64_read(&track->packets[1]);
	*bytes = atomic64_read(&track->bytes[0]) + atomic64_read(&track->bytes[1]);
	return true;
}

/**
 * weft_track_set_mark() - change the mark of a packet's connection
 * @skb: packet in a hook behind connection tracking
 * @mask: bits that are cleared first
 * @mark: bits that are set then
 *
 * Of a packet that is of no connection nothing is kept. Context: RCU read lock, the
 * packet's own.
 */
void weft_track_set_mark(struct sk_buff *skb, u32 mask, u32 mark)
{
	struct weft_track_cb *cb = weft_track_cb(skb);
	struct weft_track *track = cb->track;
	u32 before;

	if (!track) {
		cb->mark = (cb->mark & ~mask) | mark;
		return;
	}
	spin_lock_bh(&track->lock);
	before = track->mark;
	WRITE_ONCE(track->mark, (before & ~mask) | mark);
	spin_unlock_bh(&track->lock);
	if (((before & ~mask) | mark) != before)
		weft_track_event(track, WEFT_TRACK_CMD_UPDATE);
}

/**
 * weft_track_set_label() - set a label of a packet's connection
 * @skb: packet in a hook behind connection tracking
 * @label: its number, 0 to 63
 *
 * Context: RCU read lock, the packet's own.
 */
void weft_track_set_label(struct sk_buff *skb, unsigned int label)
{
	struct weft_track_cb *cb = weft_track_cb(skb);
	struct weft_track *track = cb->track;
	u64 before;

	if (!track) {
		cb->labels |= BIT_ULL(label & 63);
		return;
	}
	spin_lock_bh(&track->lock);
	before = track->labels;
	WRITE_ONCE(track->labels, before | BIT_ULL(label & 63));
	spin_unlock_bh(&track->lock);
	if (!(before & BIT_ULL(label & 63)))
		weft_track_event(track, WEFT_TRACK_CMD_UPDATE);
}
