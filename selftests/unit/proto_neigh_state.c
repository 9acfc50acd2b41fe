// SPDX-License-Identifier: GPL-2.0
/* proto/neigh_state.c: RFC 4861, appendix C, line by line. */
#include "neigh_state.h"
#include "tap.h"

#define SAME		WEFT_NEIGH_IF_SAME
#define SOLICITED	WEFT_NEIGH_IF_SOLICITED
#define OVERRIDE	WEFT_NEIGH_IF_OVERRIDE
#define CONFIRMED	WEFT_NEIGH_IF_CONFIRMED
#define LAST		WEFT_NEIGH_IF_LAST
#define RESTED		WEFT_NEIGH_IF_RESTED

#define MAC		WEFT_NEIGH_DO_MAC
#define ROUTER		WEFT_NEIGH_DO_ROUTER
#define CONFIRM		WEFT_NEIGH_DO_CONFIRM
#define ASK		WEFT_NEIGH_DO_ASK
#define WAIT		WEFT_NEIGH_DO_WAIT
#define REFUSE		WEFT_NEIGH_DO_REFUSE
#define RELEASE		WEFT_NEIGH_DO_RELEASE
#define FAIL		WEFT_NEIGH_DO_FAIL
#define FORGET		WEFT_NEIGH_DO_FORGET

/* From @state by @event to @to, with @todo. */
static bool goes(u8 state, enum weft_neigh_event event, unsigned int given,
		 u8 to, u16 todo)
{
	struct weft_neigh_step step = weft_neigh_step(state, event, given);

	if (step.state != to || step.todo != todo)
		printf("# %#x by %d, %#x: %#x with %#x\n", state, event, given,
		       step.state, step.todo);
	return step.state == to && step.todo == todo;
}

static void packets_are_sent(void)
{
	CHECK(goes(NUD_NONE, WEFT_NEIGH_SEND, 0, NUD_INCOMPLETE, ASK | WAIT));
	CHECK(goes(NUD_INCOMPLETE, WEFT_NEIGH_SEND, RESTED, NUD_INCOMPLETE, WAIT));
	CHECK(goes(NUD_REACHABLE, WEFT_NEIGH_SEND, RESTED, NUD_REACHABLE, 0));
	CHECK(goes(NUD_STALE, WEFT_NEIGH_SEND, 0, NUD_DELAY, 0));
	CHECK(goes(NUD_DELAY, WEFT_NEIGH_SEND, 0, NUD_DELAY, 0));
	CHECK(goes(NUD_PROBE, WEFT_NEIGH_SEND, 0, NUD_PROBE, 0));
	CHECK(goes(NUD_FAILED, WEFT_NEIGH_SEND, 0, NUD_FAILED, REFUSE));
	CHECK(goes(NUD_FAILED, WEFT_NEIGH_SEND, RESTED, NUD_INCOMPLETE,
		   ASK | WAIT));
}

static void times_end(void)
{
	CHECK(goes(NUD_INCOMPLETE, WEFT_NEIGH_TIMEOUT, 0, NUD_INCOMPLETE, ASK));
	CHECK(goes(NUD_INCOMPLETE, WEFT_NEIGH_TIMEOUT, LAST, NUD_FAILED, FAIL));
	/* Who has no MAC is not reachable, whatever was heard. */
	CHECK(goes(NUD_INCOMPLETE, WEFT_NEIGH_TIMEOUT, LAST | CONFIRMED,
		   NUD_FAILED, FAIL));
	CHECK(goes(NUD_REACHABLE, WEFT_NEIGH_TIMEOUT, 0, NUD_STALE, 0));
	CHECK(goes(NUD_REACHABLE, WEFT_NEIGH_TIMEOUT, CONFIRMED,
		   NUD_REACHABLE, 0));
	CHECK(goes(NUD_DELAY, WEFT_NEIGH_TIMEOUT, 0, NUD_PROBE, ASK));
	CHECK(goes(NUD_DELAY, WEFT_NEIGH_TIMEOUT, CONFIRMED, NUD_REACHABLE, 0));
	CHECK(goes(NUD_PROBE, WEFT_NEIGH_TIMEOUT, 0, NUD_PROBE, ASK));
	CHECK(goes(NUD_PROBE, WEFT_NEIGH_TIMEOUT, LAST, NUD_FAILED, FAIL));
	CHECK(goes(NUD_PROBE, WEFT_NEIGH_TIMEOUT, LAST | CONFIRMED,
		   NUD_REACHABLE, 0));
	CHECK(goes(NUD_FAILED, WEFT_NEIGH_TIMEOUT, 0, NUD_FAILED, FORGET));
	CHECK(goes(NUD_STALE, WEFT_NEIGH_TIMEOUT, 0, NUD_STALE, FORGET));
}

static void askers_are_learned(void)
{
	static const u8 known[] = { NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE };
	static const u8 unknown[] = { NUD_NONE, NUD_INCOMPLETE, NUD_FAILED };
	size_t i;

	for (i = 0; i < sizeof(known); i++) {
		CHECK(goes(known[i], WEFT_NEIGH_LEARN, SAME, known[i], 0));
		CHECK(goes(known[i], WEFT_NEIGH_LEARN, 0, NUD_STALE, MAC));
	}
	/* A MAC of an entry without one is no MAC that could be the same. */
	for (i = 0; i < sizeof(unknown); i++) {
		CHECK(goes(unknown[i], WEFT_NEIGH_LEARN, 0, NUD_STALE,
			   MAC | RELEASE));
		CHECK(goes(unknown[i], WEFT_NEIGH_LEARN, SAME, NUD_STALE,
			   MAC | RELEASE));
	}
}

static void answers_to_questions(void)
{
	static const u8 unknown[] = { NUD_INCOMPLETE, NUD_FAILED };
	unsigned int given;
	size_t i;

	for (i = 0; i < sizeof(unknown); i++)
		for (given = 0; given < (SAME | SOLICITED | OVERRIDE) + 1; given++)
			CHECK(goes(unknown[i], WEFT_NEIGH_ANSWER, given,
				   given & SOLICITED ? NUD_REACHABLE : NUD_STALE,
				   MAC | ROUTER | RELEASE |
				   (given & SOLICITED ? CONFIRM : 0)));
}

static void answers_of_who_is_known(void)
{
	static const u8 known[] = { NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE };
	size_t i;

	for (i = 0; i < sizeof(known); i++) {
		u8 s = known[i];

		/* S 1, O any, same MAC; S 1, O 1, another */
		CHECK(goes(s, WEFT_NEIGH_ANSWER, SOLICITED | SAME,
			   NUD_REACHABLE, ROUTER | CONFIRM));
		CHECK(goes(s, WEFT_NEIGH_ANSWER, SOLICITED | OVERRIDE | SAME,
			   NUD_REACHABLE, ROUTER | CONFIRM));
		CHECK(goes(s, WEFT_NEIGH_ANSWER, SOLICITED | OVERRIDE,
			   NUD_REACHABLE, MAC | ROUTER | CONFIRM));
		/* O 0, another MAC: doubted where it was trusted, else ignored */
		CHECK(goes(s, WEFT_NEIGH_ANSWER, SOLICITED,
			   s == NUD_REACHABLE ? NUD_STALE : s, 0));
		CHECK(goes(s, WEFT_NEIGH_ANSWER, 0,
			   s == NUD_REACHABLE ? NUD_STALE : s, 0));
		/* S 0 */
		CHECK(goes(s, WEFT_NEIGH_ANSWER, SAME, s, ROUTER));
		CHECK(goes(s, WEFT_NEIGH_ANSWER, OVERRIDE | SAME, s, ROUTER));
		CHECK(goes(s, WEFT_NEIGH_ANSWER, OVERRIDE, NUD_STALE,
			   MAC | ROUTER));
	}
}

/* What hands have set no event changes. */
static void hands(void)
{
	unsigned int given;
	int event;

	for (event = WEFT_NEIGH_SEND; event <= WEFT_NEIGH_ANSWER; event++)
		for (given = 0; given < 2 * RESTED; given++) {
			CHECK(goes(NUD_PERMANENT, event, given, NUD_PERMANENT, 0));
			CHECK(goes(NUD_NOARP, event, given, NUD_NOARP, 0));
		}
}

/* Whatever happens, the state is one, and known only with a MAC. */
static void no_way_out(void)
{
	unsigned int given;
	int event, bit;

	for (event = WEFT_NEIGH_SEND; event <= WEFT_NEIGH_ANSWER; event++)
		for (given = 0; given < 2 * RESTED; given++)
			for (bit = 0; bit < 6; bit++) {
				struct weft_neigh_step step =
					weft_neigh_step(1 << bit, event, given);

				CHECK(step.state && !(step.state & (step.state - 1)));
				CHECK(!(step.state & WEFT_NUD_VALID) ||
				      (1 << bit) & WEFT_NUD_VALID ||
				      step.todo & MAC);
			}
}

int main(void)
{
	TAP_RUN(packets_are_sent);
	TAP_RUN(times_end);
	TAP_RUN(askers_are_learned);
	TAP_RUN(answers_to_questions);
	TAP_RUN(answers_of_who_is_known);
	TAP_RUN(hands);
	TAP_RUN(no_way_out);
	return tap_done();
}
