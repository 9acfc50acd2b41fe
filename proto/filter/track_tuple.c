// SPDX-License-Identifier: GPL-2.0
/* The ends of a connection. See track_tuple.h. */
#include <linux/build_bug.h>
#include <linux/string.h>
#include "track_tuple.h"

static_assert(sizeof(struct weft_track_tuple) == 28);

/**
 * weft_track_tuple_begins() - may a packet like this be the first of a connection?
 * @tuple: its ends
 *
 * Of a stream the segment decides.
 *
 * Context: any.
 * Return: false for control messages that only answer.
 */
bool weft_track_tuple_begins(const struct weft_track_tuple *tuple)
{
	return tuple->proto != WEFT_PROTO_CONTROL || tuple->type == WEFT_CTL_ECHO_REQUEST;
}

static u8 weft_track_answer(u8 type)
{
	switch (type) {
	case WEFT_CTL_ECHO_REQUEST:
		return WEFT_CTL_ECHO_REPLY;
	case WEFT_CTL_ECHO_REPLY:
		return WEFT_CTL_ECHO_REQUEST;
	}
	return 0;
}

/**
 * weft_track_tuple_invert() - what packets in the other direction look like
 * @reply: filled in; not @tuple
 * @tuple: one direction
 *
 * Context: any.
 * Return: false for a control message that nothing answers.
 */
bool weft_track_tuple_invert(struct weft_track_tuple *reply,
			     const struct weft_track_tuple *tuple)
{
	*reply = *tuple;
	reply->src = tuple->dst;
	reply->dst = tuple->src;
	reply->sport = tuple->dport;
	reply->dport = tuple->sport;
	if (tuple->proto != WEFT_PROTO_CONTROL)
		return true;
	reply->type = weft_track_answer(tuple->type);
	return reply->type;
}

/**
 * weft_track_tuple_equal() - do packets with these ends go together?
 * @a: of one
 * @b: of another
 *
 * Context: any.
 * Return: true if all is equal.
 */
bool weft_track_tuple_equal(const struct weft_track_tuple *a,
			    const struct weft_track_tuple *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/**
 * weft_track_neighbourly() - is a control message one between neighbours?
 * @type: WEFT_CTL_*
 *
 * They belong to no connection: what nodes of a link tell each other goes untracked.
 *
 * Context: any.
 * Return: true for messages of neighbours, routers and memberships.
 */
bool weft_track_neighbourly(u8 type)
{
	switch (type) {
	case WEFT_CTL_ROUTER_SOLICIT:
	case WEFT_CTL_ROUTER_ANNOUNCE:
	case WEFT_CTL_NEIGH_SOLICIT:
	case WEFT_CTL_NEIGH_ANNOUNCE:
	case WEFT_CTL_REDIRECT:
	case WEFT_CTL_GROUP_QUERY:
	case WEFT_CTL_GROUP_REPORT:
		return true;
	}
	return false;
}
