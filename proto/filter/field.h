/* SPDX-License-Identifier: GPL-2.0 */
/* What rules look at in a packet: numbers, read once for each packet and hook. */
#ifndef WEFT_FIELD_H
#define WEFT_FIELD_H

#include <linux/bits.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/weft_filter.h>

/* The second numbers of names have places of their own. */
enum {
	WEFT_WORD_IIFNAME2 = WEFT_FILTER_F_MAX + 1,
	WEFT_WORD_OIFNAME2,
	WEFT_WORD_COUNT,
};

/**
 * struct weft_packet - a packet in a base chain
 * @skb: it, from its network header on
 * @state: where it is
 * @known: which of @word are filled in
 * @absent: which it does not have
 * @gen: of the ruleset that it is under
 * @located: the three that follow are filled in
 * @proto: WEFT_PROTO_* of the transport
 * @frag: WEFT_FILTER_F_FRAG
 * @transport: where the transport header is, from the network header on
 * @traced: its way is told
 * @table: name of the chain's table
 * @word: fields
 */
struct weft_packet {
	struct sk_buff			*skb;
	const struct nf_hook_state	*state;
	u64				known;
	u64				absent;
	u64				gen;
	bool				located;
	u8				proto;
	u8				frag;
	u16				transport;
	bool				traced;
	const char			*table;
	u64				word[WEFT_WORD_COUNT];
};

bool weft_field_load(struct weft_packet *packet, unsigned int field, u32 arg);
bool weft_field_valid(unsigned int field);
u64 weft_field_max(unsigned int field);
bool weft_field_tracks(unsigned int field);
void weft_field_locate(struct weft_packet *packet);

static inline bool weft_field_name(unsigned int field)
{
	return field == WEFT_FILTER_F_IIFNAME || field == WEFT_FILTER_F_OIFNAME;
}

/* How many numbers a field is. */
static inline unsigned int weft_field_words(unsigned int field)
{
	return weft_field_name(field) ? 2 : 1;
}

/* Where the second number of a name is. */
static inline unsigned int weft_field_second(unsigned int field)
{
	return field == WEFT_FILTER_F_IIFNAME ? WEFT_WORD_IIFNAME2 : WEFT_WORD_OIFNAME2;
}

/* Reads a field if it has not been read; false if the packet does not have it. */
static __always_inline bool weft_field_read(struct weft_packet *packet, unsigned int field,
					    u32 arg)
{
	if (likely(packet->known & BIT_ULL(field)))
		return true;
	return !(packet->absent & BIT_ULL(field)) && weft_field_load(packet, field, arg);
}

/* What a rule changed is read again. */
static inline void weft_field_forget(struct weft_packet *packet, unsigned int field)
{
	packet->known &= ~BIT_ULL(field);
	packet->absent &= ~BIT_ULL(field);
}

#endif /* WEFT_FIELD_H */
