/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was sent and is not yet acknowledged (RFC 6675's scoreboard): a record for each
 * segment that was handed to the network layer, which may be a large one that devices
 * take apart. The bytes themselves are elsewhere; a record can be cut in two. Pure.
 */
#ifndef WEFT_SCOREBOARD_H
#define WEFT_SCOREBOARD_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>
#include "seq.h"

/* Of struct weft_seg.flags. */
#define WEFT_SEG_SACKED		0x01	/* the peer reported it */
#define WEFT_SEG_LOST		0x02	/* thought lost; to be sent again if not _RESENT */
#define WEFT_SEG_RESENT		0x04	/* sent again since it was thought lost, in flight */
#define WEFT_SEG_EVER_RESENT	0x08	/* sent more than once: no round-trip time (Karn) */
#define WEFT_SEG_SYN		0x10	/* the first number is that of SYN */
#define WEFT_SEG_FIN		0x20	/* the last number is that of FIN */
#define WEFT_SEG_WHOLE		0x40	/* one packet, longer than others: a probe of the MTU */

/**
 * struct weft_seg - a segment that was sent
 * @node: in weft_scoreboard.tree
 * @sent: in weft_scoreboard.sent while it is in flight
 * @lost: in weft_scoreboard.lost_tree while it is _LOST and not _RESENT
 * @seq: first sequence number
 * @end: one behind the last
 * @sent_us: time of the last transmission, microseconds, not 0
 * @tries: how often it was sent
 * @mss: payload of each segment but the last that devices make of it, bytes. Who sends
 *	it sets it, before weft_scoreboard_add() and weft_scoreboard_resent(). A report
 *	cuts it at multiples of this alone, since others cannot have arrived by
 *	themselves: a peer cannot make more records than there were segments. 0: anywhere
 * @flags: WEFT_SEG_*
 *
 * Owned by its scoreboard, which is serialised by the socket lock. One that is _SACKED
 * is neither in flight nor lost, and is joined with a neighbour that is _SACKED as
 * well: after such a mark was forgotten a record can be longer than any segment.
 */
struct weft_seg {
	struct rb_node		node;
	union {
		struct list_head	sent;
		struct rb_node		lost;
	};
	u32			seq;
	u32			end;
	u64			sent_us;
	u16			tries;
	u16			mss;
	u8			flags;
};

/**
 * struct weft_scoreboard - all that was sent and is not acknowledged
 * @tree: struct weft_seg by sequence number, without gaps from una to nxt
 * @first: the first of them, NULL if there is none
 * @last: the last of them
 * @sent: those in flight, the one sent longest ago first
 * @lost_tree: those that are lost and not sent again, by sequence number
 * @out: sequence numbers in @tree
 * @sacked: of these, reported by the peer
 * @lost: thought lost and not sacked
 * @resent: sent again and not sacked, a part of @lost
 * @high_sacked: one behind the highest number reported; valid if @sacked
 * @records: how many struct weft_seg there are
 * @alloc: makes a record where one is cut in two; NULL without memory
 * @free: frees a record
 */
struct weft_scoreboard {
	struct rb_root		tree;
	struct weft_seg		*first;
	struct weft_seg		*last;
	struct list_head	sent;
	struct rb_root		lost_tree;
	u32			out;
	u32			sacked;
	u32			lost;
	u32			resent;
	u32			high_sacked;
	u32			records;
	struct weft_seg		*(*alloc)(void);
	void			(*free)(struct weft_seg *seg);
};

/**
 * struct weft_delivery - what an acknowledgment told; zero before it is used
 * @acked: sequence numbers newly acknowledged, those reported before as well
 * @sacked: sequence numbers newly reported beyond the acknowledgment
 * @newly: sequence numbers that are known to have arrived now and were not before
 * @sent_us: time of the last transmission of the segment that was sent last among
 *	those newly acknowledged or reported; 0 if there is none
 * @end: its end
 * @resent: it had been sent more than once
 * @first_us: time of the transmission of the one that was sent first among those sent
 *	once: for the round-trip time; 0 if none
 * @last_us: the same of the one that was sent last among those sent once
 * @last_end: its end
 * @fack: one behind the highest number known to have arrived before; valid with @begun
 * @begun: something was acknowledged or reported
 * @reordered: a segment that was never sent again arrived after a later one
 * @spurious: a segment was acknowledged that was lost, sent again or not
 * @original: so was one that was lost and was never sent again: it cannot have been
 */
struct weft_delivery {
	u32	acked;
	u32	sacked;
	u32	newly;
	u64	sent_us;
	u32	end;
	bool	resent;
	u64	first_us;
	u64	last_us;
	u32	last_end;
	u32	fack;
	bool	begun;
	bool	reordered;
	bool	spurious;
	bool	original;
};

void weft_scoreboard_init(struct weft_scoreboard *sb,
			  struct weft_seg *(*alloc)(void),
			  void (*free)(struct weft_seg *seg));
void weft_scoreboard_purge(struct weft_scoreboard *sb);
void weft_scoreboard_add(struct weft_scoreboard *sb, struct weft_seg *seg, u64 now);
void weft_scoreboard_ack(struct weft_scoreboard *sb, u32 una,
			 struct weft_delivery *d);
void weft_scoreboard_sack(struct weft_scoreboard *sb, struct weft_range block,
			  struct weft_delivery *d);
void weft_scoreboard_mark_lost(struct weft_scoreboard *sb, struct weft_seg *seg);
void weft_scoreboard_mark_all_lost(struct weft_scoreboard *sb, bool renege);
unsigned int weft_scoreboard_unmark_lost(struct weft_scoreboard *sb);
struct weft_seg *weft_scoreboard_first(const struct weft_scoreboard *sb);
struct weft_seg *weft_scoreboard_last(const struct weft_scoreboard *sb);
struct weft_seg *weft_scoreboard_find(const struct weft_scoreboard *sb, u32 seq);
struct weft_seg *weft_scoreboard_next_lost(const struct weft_scoreboard *sb);
bool weft_scoreboard_cut(struct weft_scoreboard *sb, struct weft_seg *seg, u32 len);
void weft_scoreboard_resent(struct weft_scoreboard *sb, struct weft_seg *seg, u64 now);

/*
 * Was the one sent later than the other (RFC 8985, 6.2, RACK_sent_after)? What devices
 * made of one large segment has the same time.
 */
static inline bool weft_sent_after(u64 us, u32 end, u64 other_us, u32 other_end)
{
	return us > other_us || (us == other_us && weft_seq_after(end, other_end));
}

/* Bytes thought to be in the network: RFC 6675's pipe. */
static inline u32 weft_scoreboard_in_flight(const struct weft_scoreboard *sb)
{
	return sb->out - sb->sacked - sb->lost + sb->resent;
}

static inline bool weft_scoreboard_empty(const struct weft_scoreboard *sb)
{
	return !sb->out;
}

#endif /* WEFT_SCOREBOARD_H */
