// SPDX-License-Identifier: GPL-2.0
/* The states of a neighbour and what moves it from one to another. */
#include <linux/kernel.h>
#include "neigh_state.h"

static struct weft_neigh_step weft_neigh_stay(u8 state)
{
	return (struct weft_neigh_step){ .state = state };
}

static struct weft_neigh_step weft_neigh_go(u8 state, u16 todo)
{
	return (struct weft_neigh_step){ .state = state, .todo = todo };
}

/* RFC 4861, sections 7.2.2 and 7.3.3. */
static struct weft_neigh_step weft_neigh_step_send(u8 state, unsigned int given)
{
	switch (state) {
	case NUD_FAILED:
		if (!(given & WEFT_NEIGH_IF_RESTED))
			return weft_neigh_go(state, WEFT_NEIGH_DO_REFUSE);
		fallthrough;
	case NUD_NONE:
		return weft_neigh_go(NUD_INCOMPLETE, WEFT_NEIGH_DO_ASK |
						     WEFT_NEIGH_DO_WAIT);
	case NUD_INCOMPLETE:
		return weft_neigh_go(state, WEFT_NEIGH_DO_WAIT);
	case NUD_STALE:
		return weft_neigh_stay(NUD_DELAY);
	}
	return weft_neigh_stay(state);
}

/* RFC 4861, section 7.3.3 and appendix C, "Retransmit timeout" and others. */
static struct weft_neigh_step weft_neigh_step_timeout(u8 state,
						      unsigned int given)
{
	bool heard = given & WEFT_NEIGH_IF_CONFIRMED;

	switch (state) {
	case NUD_REACHABLE:
		return weft_neigh_stay(heard ? NUD_REACHABLE : NUD_STALE);
	case NUD_DELAY:
		if (heard)
			return weft_neigh_stay(NUD_REACHABLE);
		return weft_neigh_go(NUD_PROBE, WEFT_NEIGH_DO_ASK);
	case NUD_PROBE:
		if (heard)
			return weft_neigh_stay(NUD_REACHABLE);
		fallthrough;
	case NUD_INCOMPLETE:
		if (given & WEFT_NEIGH_IF_LAST)
			return weft_neigh_go(NUD_FAILED, WEFT_NEIGH_DO_FAIL);
		return weft_neigh_go(state, WEFT_NEIGH_DO_ASK);
	case NUD_FAILED:
	case NUD_STALE:
		return weft_neigh_go(state, WEFT_NEIGH_DO_FORGET);
	}
	return weft_neigh_stay(state);
}

/* RFC 4861, section 7.2.3. */
static struct weft_neigh_step weft_neigh_step_learn(u8 state, unsigned int given)
{
	if (!(state & WEFT_NUD_VALID))
		return weft_neigh_go(NUD_STALE, WEFT_NEIGH_DO_MAC |
						WEFT_NEIGH_DO_RELEASE);
	if (given & WEFT_NEIGH_IF_SAME)
		return weft_neigh_stay(state);
	return weft_neigh_go(NUD_STALE, WEFT_NEIGH_DO_MAC);
}

/* RFC 4861, section 7.2.5. A failed neighbour that shows up is there again. */
static struct weft_neigh_step weft_neigh_step_answer(u8 state, unsigned int given)
{
	bool known = state & WEFT_NUD_VALID, same = given & WEFT_NEIGH_IF_SAME;
	u16 todo = WEFT_NEIGH_DO_ROUTER;

	if (known && !same && !(given & WEFT_NEIGH_IF_OVERRIDE))
		return weft_neigh_stay(state == NUD_REACHABLE ? NUD_STALE : state);
	if (!known)
		todo |= WEFT_NEIGH_DO_RELEASE;
	if (!known || !same)
		todo |= WEFT_NEIGH_DO_MAC;
	if (given & WEFT_NEIGH_IF_SOLICITED)
		return weft_neigh_go(NUD_REACHABLE, todo | WEFT_NEIGH_DO_CONFIRM);
	return weft_neigh_go(known && same ? state : NUD_STALE, todo);
}

/**
 * weft_neigh_step() - what a neighbour's state becomes
 * @state: NUD_*: its state, NUD_NONE for one that has no entry
 * @event: what happens
 * @given: enum weft_neigh_given
 *
 * What hands have set stays. An announcement is not for a neighbour that has no
 * entry: it does not make one.
 *
 * Return: the new state and what is to be done.
 */
struct weft_neigh_step weft_neigh_step(u8 state, enum weft_neigh_event event,
				       unsigned int given)
{
	if (state & WEFT_NUD_MANUAL)
		return weft_neigh_stay(state);
	switch (event) {
	case WEFT_NEIGH_SEND:
		return weft_neigh_step_send(state, given);
	case WEFT_NEIGH_TIMEOUT:
		return weft_neigh_step_timeout(state, given);
	case WEFT_NEIGH_LEARN:
		return weft_neigh_step_learn(state, given);
	case WEFT_NEIGH_ANSWER:
		return weft_neigh_step_answer(state, given);
	}
	return weft_neigh_stay(state);
}
