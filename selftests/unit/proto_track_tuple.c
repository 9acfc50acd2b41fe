// SPDX-License-Identifier: GPL-2.0
/* The ends of a connection and those of its answers. */
#include "tap.h"
#include "track_tuple.h"

static const struct weft_track_tuple dgram = {
	.src = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } },
	.dst = { { { 0, 7, 0, 0, 0, 0, 0, 2 } } },
	.link = 3, .sport = 11, .dport = 22, .zone = 4, .proto = WEFT_PROTO_DGRAM,
};

static struct weft_track_tuple control(u8 type)
{
	struct weft_track_tuple t = dgram;

	t.proto = WEFT_PROTO_CONTROL;
	t.type = type;
	t.sport = 11;
	t.dport = 11;
	return t;
}

static void an_answer_has_the_ends_swapped(void)
{
	struct weft_track_tuple reply, again;

	CHECK(weft_track_tuple_invert(&reply, &dgram));
	CHECK(!memcmp(&reply.src, &dgram.dst, sizeof(reply.src)));
	CHECK(!memcmp(&reply.dst, &dgram.src, sizeof(reply.dst)));
	CHECK(reply.sport == 22 && reply.dport == 11);
	CHECK(reply.link == 3 && reply.zone == 4 && reply.proto == WEFT_PROTO_DGRAM);
	CHECK(!weft_track_tuple_equal(&reply, &dgram));
	CHECK(weft_track_tuple_invert(&again, &reply));
	CHECK(weft_track_tuple_equal(&again, &dgram));
}

static void a_reply_answers_a_request(void)
{
	struct weft_track_tuple ask = control(WEFT_CTL_ECHO_REQUEST), reply, again;

	CHECK(weft_track_tuple_invert(&reply, &ask));
	CHECK(reply.type == WEFT_CTL_ECHO_REPLY && reply.sport == 11);
	CHECK(weft_track_tuple_invert(&again, &reply));
	CHECK(weft_track_tuple_equal(&again, &ask));
}

static void nothing_answers_others(void)
{
	struct weft_track_tuple other = control(200), reply;

	CHECK(!weft_track_tuple_invert(&reply, &other));
	other = control(WEFT_CTL_UNREACH);
	CHECK(!weft_track_tuple_invert(&reply, &other));
}

static void what_begins_a_connection(void)
{
	struct weft_track_tuple ask = control(WEFT_CTL_ECHO_REQUEST);
	struct weft_track_tuple reply = control(WEFT_CTL_ECHO_REPLY);

	CHECK(weft_track_tuple_begins(&dgram));
	CHECK(weft_track_tuple_begins(&ask));
	CHECK(!weft_track_tuple_begins(&reply));
}

static void every_field_counts(void)
{
	struct weft_track_tuple other = dgram;
	unsigned char *bytes = (unsigned char *)&other;
	size_t i;

	for (i = 0; i < sizeof(other); i++) {
		bytes[i] ^= 1;
		CHECK(!weft_track_tuple_equal(&other, &dgram));
		bytes[i] ^= 1;
	}
	CHECK(weft_track_tuple_equal(&other, &dgram));
}

static void what_neighbours_say(void)
{
	CHECK(weft_track_neighbourly(WEFT_CTL_NEIGH_SOLICIT));
	CHECK(weft_track_neighbourly(WEFT_CTL_REDIRECT));
	CHECK(weft_track_neighbourly(WEFT_CTL_GROUP_REPORT));
	CHECK(!weft_track_neighbourly(WEFT_CTL_ECHO_REQUEST));
	CHECK(!weft_track_neighbourly(WEFT_CTL_UNREACH));
}

int main(void)
{
	TAP_RUN(an_answer_has_the_ends_swapped);
	TAP_RUN(a_reply_answers_a_request);
	TAP_RUN(nothing_answers_others);
	TAP_RUN(what_begins_a_connection);
	TAP_RUN(every_field_counts);
	TAP_RUN(what_neighbours_say);
	return tap_done();
}
