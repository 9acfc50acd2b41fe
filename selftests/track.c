// SPDX-License-Identifier: GPL-2.0
/*
 * Connection tracking: what belongs to a connection and what does not, of echoes, datagrams,
 * streams in all their states, errors and fragments.
 *
 * lab: --nodes 1 --nic none
 * timeout: 600
 */
#include "track.h"

/* --- echoes and datagrams ------------------------------------------------------------ */

static void an_echo_is_answered(void)
{
	struct wire_frame ask = echo(LEFT, WEFT_CTL_ECHO_REQUEST, ++port);
	struct wire_frame answer = echo(RIGHT, WEFT_CTL_ECHO_REPLY, port);

	CHECK(passes(LEFT, &ask));
	CHECK(is("packets 1 bytes 34 reply"));
	CHECK(!strstr(text, "answered"));
	CHECK(passes(RIGHT, &answer));
	CHECK(is("answered"));
	CHECK(is("type 129"));
}

static void an_answer_begins_nothing(void)
{
	struct wire_frame answer = echo(RIGHT, WEFT_CTL_ECHO_REPLY, ++port);
	long before = counted("invalid");

	CHECK(passes(RIGHT, &answer));
	CHECK(counted("invalid") == before + 1);
	CHECK_STR(known(), "");
}

static void datagrams_go_both_ways(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	CHECK(passes(LEFT, &f));
	CHECK(is("dgram src 7:1:0:1 dst 7:2:0:1"));
	CHECK(has_time(30));
	f = dgram(RIGHT, 53, port, 20);
	CHECK(passes(RIGHT, &f));
	CHECK(is("packets 1 bytes 42 reply"));
	CHECK(is("packets 1 bytes 52"));
	CHECK(has_time(120));
	CHECK(is("answered assured"));
}

static void another_port_is_no_answer(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	CHECK(passes(LEFT, &f));
	f = dgram(RIGHT, 54, port, 20);
	CHECK(passes(RIGHT, &f));
	CHECK(is("packets 0 bytes 0"));
	CHECK(!strstr(text, "answered"));
	CHECK(strstr(said("weft track list src 7:2::1 dport %u", port), "sport 54"));
}

static void a_wrong_sum_is_invalid(void)
{
	long before = counted("checksum"), wrong = counted("invalid");
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	f.body[9] ^= 1;
	CHECK(passes(LEFT, &f));
	CHECK(counted("checksum") == before + 1);
	CHECK(counted("invalid") == wrong + 1);
	CHECK_STR(known(), "");
}

/* --- streams ------------------------------------------------------------------------- */

static void a_stream_opens(void)
{
	port++;
	CHECK(says(LEFT, S, -1, 0, 0));
	CHECK(is("stream SYN-SENT"));
	CHECK(invalid(RIGHT, S | A, -1, 5, 0));
	CHECK(invalid(LEFT, A, 0, 0, 0));
	CHECK(is("stream SYN-SENT"));
	CHECK(says(RIGHT, S | A, -1, 0, 0));
	CHECK(is("stream SYN-RECEIVED"));
	CHECK(!strstr(text, "assured"));
	CHECK(says(LEFT, A, 0, 0, 0));
	CHECK(is("stream ESTABLISHED"));
	CHECK(is("answered assured"));
	CHECK(has_time(432000));
}

static void a_stream_opens_from_both_sides(void)
{
	port++;
	CHECK(says(LEFT, S, -1, 0, 0));
	CHECK(says(RIGHT, S, -1, 0, 0));
	CHECK(is("stream SYN-CROSSED"));
	CHECK(says(LEFT, S | A, -1, 0, 0));
	CHECK(is("stream SYN-RECEIVED"));
	CHECK(says(RIGHT, S | A, -1, 0, 0));
	CHECK(says(LEFT, A, 0, 0, 10));
	CHECK(is("stream ESTABLISHED"));
}

static void a_stream_closes(void)
{
	opened();
	CHECK(says(LEFT, F | A, 0, 0, 0));
	CHECK(is("stream FIN-WAIT"));
	CHECK(says(RIGHT, A, 0, 1, 0));
	CHECK(is("stream CLOSE-WAIT"));
	CHECK(says(RIGHT, A, 0, 1, 100));
	CHECK(says(LEFT, A, 1, 100, 0));
	CHECK(is("stream CLOSE-WAIT"));
	CHECK(says(RIGHT, F | A, 100, 1, 0));
	CHECK(is("stream LAST-ACK"));
	CHECK(says(LEFT, A, 1, 101, 0));
	CHECK(is("stream TIME-WAIT"));
	CHECK(has_time(60));
}

static void the_next_stream_begins_in_time_wait(void)
{
	char before[32];

	snprintf(before, sizeof(before), "%.20s", known());
	CHECK(says(LEFT, S, 5000, 0, 0));
	CHECK(is("stream SYN-SENT"));
	CHECK(strncmp(text, before, strcspn(before, "s")));
}

static void a_stream_closes_from_both_sides(void)
{
	opened();
	CHECK(says(LEFT, F | A, 0, 0, 0));
	CHECK(says(RIGHT, F | A, 0, 0, 0));
	CHECK(is("stream CLOSING"));
	CHECK(says(LEFT, A, 1, 1, 0));
	CHECK(is("stream LAST-ACK"));
	CHECK(says(RIGHT, A, 1, 1, 0));
	CHECK(is("stream TIME-WAIT"));
}

static void a_reset_must_be_next(void)
{
	opened();
	CHECK(says(LEFT, A, 0, 0, 100));
	CHECK(says(RIGHT, A, 0, 100, 0));
	CHECK(invalid(LEFT, R, 100 + 2 * WINDOW, 0, 0));
	CHECK(is("stream ESTABLISHED"));
	CHECK(says(LEFT, R, 200, 0, 0));
	CHECK(is("stream ESTABLISHED"));
	CHECK(says(LEFT, R, 100, 0, 0));
	CHECK(is("stream CLOSED"));
	CHECK(has_time(10));
}

static void a_refused_stream(void)
{
	port++;
	CHECK(says(LEFT, S, -1, 0, 0));
	CHECK(invalid(RIGHT, R | A, -1, 7, 0));
	CHECK(is("stream SYN-SENT"));
	CHECK(says(RIGHT, R | A, -1, 0, 0));
	CHECK(is("stream CLOSED"));
}

static void segments_fit_the_windows(void)
{
	opened();
	CHECK(says(LEFT, A, WINDOW - 100, 0, 100));
	CHECK(invalid(LEFT, A, 2 * WINDOW, 0, 100));
	CHECK(invalid(LEFT, A, -2 * WINDOW, 0, 100));
	CHECK(invalid(RIGHT, A, 0, 2 * WINDOW, 0));
	CHECK(says(RIGHT, A, 0, WINDOW, 100));
}

static void the_middle_of_a_stream_is_invalid(void)
{
	port++;
	CHECK(invalid(LEFT, A, 100, 100, 10));
	CHECK_STR(known(), "");
	set("loose", 1);
	CHECK(says(LEFT, A, 100, 100, 10));
	CHECK(is("stream ESTABLISHED"));
	CHECK(says(RIGHT, A, 500, 110, 10));
	CHECK(is("answered"));
	set("loose", 0);
	port++;
	CHECK(invalid(LEFT, F | A, 100, 100, 10));
	CHECK(invalid(LEFT, R, 100, 100, 0));
	CHECK_STR(known(), "");
}

/* --- errors -------------------------------------------------------------------------- */

/* The right side's error about a packet that it got, to a node of the left one. */
static struct wire_frame error_to(int node, const struct wire_frame *got)
{
	unsigned char body[600] = { WEFT_CTL_UNREACH, WEFT_UNREACH_PORT };
	size_t len = 8 + ntohs(got->hdr.len);
	struct wire_frame f;

	memcpy(body + 8, &got->hdr, len - 8);
	f = packet(RIGHT, WEFT_PROTO_CONTROL, body, len);
	f.hdr.dst.a8[7] = node;
	wire_sum(&f, len);
	return f;
}

static int error_about(const struct wire_frame *got)
{
	struct wire_frame f = error_to(1, got);

	return passes(RIGHT, &f);
}

static void errors_are_related(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);
	long before = counted("related"), wrong;

	CHECK(passes(LEFT, &f));
	CHECK(error_about(&f));
	CHECK(counted("related") == before + 1);
	CHECK(is("packets 0 bytes 0"));
	wrong = counted("invalid");
	f = dgram(LEFT, ++port, 53, 10);
	CHECK(error_about(&f));
	CHECK(counted("related") == before + 1);
	CHECK(counted("invalid") == wrong + 1);
}

static void errors_go_to_who_has_sent(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);
	long before = counted("related"), wrong = counted("invalid");

	CHECK(passes(LEFT, &f));
	f = error_to(2, &f);
	put(RIGHT, &f);
	usleep(100000);
	CHECK(counted("related") == before);
	CHECK(counted("invalid") == wrong + 1);
}

static void errors_quote_what_was_sent(void)
{
	long before = counted("related"), wrong = counted("invalid");
	struct wire_frame f;

	opened();
	f = segment(LEFT, A, ISN_LEFT + 1, ISN_RIGHT + 1, 10);
	CHECK(passes(LEFT, &f));
	CHECK(error_about(&f));
	CHECK(counted("related") == before + 1);
	f = segment(LEFT, A, ISN_LEFT + 1 + 5000, ISN_RIGHT + 1, 10);
	CHECK(error_about(&f));
	CHECK(counted("related") == before + 1);
	CHECK(counted("invalid") == wrong + 1);
	CHECK(is("stream ESTABLISHED"));
}

static void neighbours_are_not_tracked(void)
{
	unsigned char solicit[8] = { WEFT_CTL_ROUTER_SOLICIT };
	long before = counted("untracked"), wrong = counted("invalid");
	struct wire_frame f = wire_control(0x12, solicit, sizeof(solicit), 255);

	memcpy(f.eth.h_dest, (unsigned char[])WIRE_MAC(0x11), 6);
	f.hdr.dst = (struct weft_addr)WIRE_LINK(0x11);
	wire_sum(&f, sizeof(solicit));
	put(LEFT, &f);
	usleep(100000);
	CHECK(counted("untracked") == before + 1);
	CHECK(counted("invalid") == wrong);
}

/* --- fragments ----------------------------------------------------------------------- */

/* Part of a datagram: @len bytes from @offset on. */
static struct wire_frame part(const struct wire_frame *whole, size_t offset, size_t len,
			      int more)
{
	unsigned char body[600] = { WEFT_PROTO_DGRAM, 0, (offset | more) >> 8,
				    (offset | more) & 0xff, 1, 2, port >> 8, port & 0xff };

	memcpy(body + 8, whole->body + offset, len);
	return packet(LEFT, WEFT_PROTO_FRAGMENT, body, 8 + len);
}

static void fragments_leave_as_they_came(void)
{
	struct wire_frame whole, first, last;
	size_t len = 592;

	whole = dgram(LEFT, ++port, 53, len - 8);
	first = part(&whole, 0, 512, 1);
	last = part(&whole, 512, len - 512, 0);
	put(LEFT, &first);
	CHECK(!got(LEFT, &whole, 200));
	CHECK_STR(known(), "");
	CHECK(passes(LEFT, &last));
	CHECK(last.hdr.next == WEFT_PROTO_FRAGMENT);
	CHECK(ntohs(last.hdr.len) <= 24 + 8 + 544);
	CHECK(got(LEFT, &last, 1000));
	CHECK(last.hdr.next == WEFT_PROTO_FRAGMENT);
	CHECK(!got(LEFT, &last, 100));
	CHECK(is("packets 1 bytes 616 reply"));
}

static void a_lone_fragment_is_nothing(void)
{
	struct wire_frame whole = dgram(LEFT, ++port, 53, 584), last;

	last = part(&whole, 512, 80, 0);
	put(LEFT, &last);
	CHECK(!got(LEFT, &last, 200));
	CHECK_STR(known(), "");
}

static int run(void)
{
	TAP_RUN(an_echo_is_answered);
	TAP_RUN(an_answer_begins_nothing);
	TAP_RUN(datagrams_go_both_ways);
	TAP_RUN(another_port_is_no_answer);
	TAP_RUN(a_wrong_sum_is_invalid);
	TAP_RUN(a_stream_opens);
	TAP_RUN(a_stream_opens_from_both_sides);
	TAP_RUN(a_stream_closes);
	TAP_RUN(the_next_stream_begins_in_time_wait);
	TAP_RUN(a_stream_closes_from_both_sides);
	TAP_RUN(a_reset_must_be_next);
	TAP_RUN(a_refused_stream);
	TAP_RUN(segments_fit_the_windows);
	TAP_RUN(the_middle_of_a_stream_is_invalid);
	TAP_RUN(errors_are_related);
	TAP_RUN(errors_go_to_who_has_sent);
	TAP_RUN(errors_quote_what_was_sent);
	TAP_RUN(neighbours_are_not_tracked);
	TAP_RUN(fragments_leave_as_they_came);
	TAP_RUN(a_lone_fragment_is_nothing);
	return tap_done();
}

int main(void)
{
	return track_main(run);
}
