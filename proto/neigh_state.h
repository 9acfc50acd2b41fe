/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a neighbour's state becomes, and what is to be done then (RFC 4861,
 * sections 7.2.3, 7.2.5, 7.3.2 and appendix C). Pure: builds in user space as well.
 */
#ifndef WEFT_NEIGH_STATE_H
#define WEFT_NEIGH_STATE_H

#include <linux/neighbour.h>
#include <linux/types.h>

/* States in which packets go to the MAC without further ado. */
#define WEFT_NUD_READY	(NUD_REACHABLE | NUD_DELAY | NUD_PROBE | \
			 NUD_NOARP | NUD_PERMANENT)
/* States in which the MAC is known. */
#define WEFT_NUD_VALID	(WEFT_NUD_READY | NUD_STALE)
/* States that hands set and nothing but hands changes. */
#define WEFT_NUD_MANUAL	(NUD_NOARP | NUD_PERMANENT)
/* States of which there are only so many (doc/protocol.md, "States"). */
#define WEFT_NUD_ASKING	(NUD_INCOMPLETE | NUD_FAILED)

/* Questions asked before a neighbour has failed. */
#define WEFT_NEIGH_PROBES	3

/**
 * enum weft_neigh_event - what happens to a neighbour
 * @WEFT_NEIGH_SEND: a packet is to be sent to it
 * @WEFT_NEIGH_TIMEOUT: the time of its state is over
 * @WEFT_NEIGH_LEARN: it asked, and so told its MAC
 * @WEFT_NEIGH_ANSWER: it announced itself
 */
enum weft_neigh_event {
	WEFT_NEIGH_SEND,
	WEFT_NEIGH_TIMEOUT,
	WEFT_NEIGH_LEARN,
	WEFT_NEIGH_ANSWER,
};

/**
 * enum weft_neigh_given - circumstances of an event, bits
 * @WEFT_NEIGH_IF_SAME: LEARN, ANSWER: the MAC is the one that is known
 * @WEFT_NEIGH_IF_SOLICITED: ANSWER: S is set
 * @WEFT_NEIGH_IF_OVERRIDE: ANSWER: O is set
 * @WEFT_NEIGH_IF_ROUTER: ANSWER: R is set
 * @WEFT_NEIGH_IF_CONFIRMED: TIMEOUT: it was heard of in the time of its state
 * @WEFT_NEIGH_IF_LAST: TIMEOUT: no question is left
 * @WEFT_NEIGH_IF_RESTED: SEND: it failed a second ago or longer
 */
enum weft_neigh_given {
	WEFT_NEIGH_IF_SAME	= 1 << 0,
	WEFT_NEIGH_IF_SOLICITED	= 1 << 1,
	WEFT_NEIGH_IF_OVERRIDE	= 1 << 2,
	WEFT_NEIGH_IF_ROUTER	= 1 << 3,
	WEFT_NEIGH_IF_CONFIRMED	= 1 << 4,
	WEFT_NEIGH_IF_LAST	= 1 << 5,
	WEFT_NEIGH_IF_RESTED	= 1 << 6,
};

/**
 * enum weft_neigh_todo - what follows from an event, bits
 * @WEFT_NEIGH_DO_MAC: the MAC is taken
 * @WEFT_NEIGH_DO_ROUTER: the R flag is taken
 * @WEFT_NEIGH_DO_CONFIRM: it is reachable as of now
 * @WEFT_NEIGH_DO_ASK: a question goes out: in PROBE to it alone, else to its group
 * @WEFT_NEIGH_DO_WAIT: the packet waits
 * @WEFT_NEIGH_DO_REFUSE: the packet is refused
 * @WEFT_NEIGH_DO_RELEASE: what waits is sent
 * @WEFT_NEIGH_DO_FAIL: what waits has failed
 * @WEFT_NEIGH_DO_FORGET: the entry goes
 */
enum weft_neigh_todo {
	WEFT_NEIGH_DO_MAC	= 1 << 0,
	WEFT_NEIGH_DO_ROUTER	= 1 << 1,
	WEFT_NEIGH_DO_CONFIRM	= 1 << 2,
	WEFT_NEIGH_DO_ASK	= 1 << 3,
	WEFT_NEIGH_DO_WAIT	= 1 << 4,
	WEFT_NEIGH_DO_REFUSE	= 1 << 5,
	WEFT_NEIGH_DO_RELEASE	= 1 << 6,
	WEFT_NEIGH_DO_FAIL	= 1 << 7,
	WEFT_NEIGH_DO_FORGET	= 1 << 8,
};

/**
 * struct weft_neigh_step - the answer to an event
 * @state: NUD_*: the state from now on
 * @todo: enum weft_neigh_todo
 */
struct weft_neigh_step {
	u8	state;
	u16	todo;
};

struct weft_neigh_step weft_neigh_step(u8 state, enum weft_neigh_event event,
				       unsigned int given);

#endif /* WEFT_NEIGH_STATE_H */
