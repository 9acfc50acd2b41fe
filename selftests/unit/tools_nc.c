// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/nc_input.c */
#include "nc.h"
#include "tap.h"

#define SIZE	16

static char buf[SIZE];

static struct nc_input input(bool lines, size_t piece)
{
	struct nc_input in = {
		.buf = buf, .size = SIZE, .lines = lines, .piece = piece,
	};

	return in;
}

/* Adds as much as there is room for; returns how much that is. */
static size_t add(struct nc_input *in, const char *text)
{
	size_t room = nc_input_room(in), len = strlen(text);

	if (len > room)
		len = room;
	memcpy(in->buf + in->end, text, len);
	in->end += len;
	return len;
}

/* The next piece, which is sent; "" when there is none. */
static const char *next(struct nc_input *in)
{
	static char piece[SIZE + 1];
	size_t len = nc_input_piece(in);

	memcpy(piece, in->buf + in->start, len);
	piece[len] = '\0';
	in->start += len;
	return piece;
}

static void cuts_nothing(void)
{
	struct nc_input in = input(false, 0);

	CHECK_STR(next(&in), "");
	add(&in, "one\ntwo");
	CHECK_STR(next(&in), "one\ntwo");
	CHECK_STR(next(&in), "");
	CHECK(nc_input_room(&in) == SIZE);
}

static void cuts_lines(void)
{
	struct nc_input in = input(true, 0);

	add(&in, "one\n\ntw");
	CHECK_STR(next(&in), "one\n");
	CHECK_STR(next(&in), "\n");
	CHECK_STR(next(&in), "");
	add(&in, "o\nthree");
	CHECK_STR(next(&in), "two\n");
	CHECK_STR(next(&in), "");
	in.ended = true;
	CHECK_STR(next(&in), "three");
	CHECK_STR(next(&in), "");
}

static void cuts_long_lines(void)
{
	struct nc_input in = input(true, 0);

	CHECK(add(&in, "0123456789abcdefgh") == SIZE);
	CHECK_STR(next(&in), "0123456789abcdef");
	add(&in, "gh\n");
	CHECK_STR(next(&in), "gh\n");
	/* Behind a whole line there is less room; that alone cuts none. */
	add(&in, "a\n0123456789abc");
	CHECK_STR(next(&in), "a\n");
	CHECK_STR(next(&in), "");
	CHECK(add(&in, "defg") == 3);
	CHECK_STR(next(&in), "0123456789abcdef");
}

static void cuts_pieces(void)
{
	struct nc_input in = input(false, 4);

	add(&in, "a\nbcdefghi");
	CHECK_STR(next(&in), "a\nbc");
	CHECK_STR(next(&in), "defg");
	CHECK_STR(next(&in), "");
	CHECK(nc_input_room(&in) == SIZE - 2);
	add(&in, "j");
	CHECK_STR(next(&in), "");
	add(&in, "k");
	CHECK_STR(next(&in), "hijk");
	add(&in, "l");
	in.ended = true;
	CHECK_STR(next(&in), "l");
	CHECK_STR(next(&in), "");
}

static void cuts_the_largest_piece(void)
{
	struct nc_input in = input(false, SIZE);

	add(&in, "0123456789abcde");
	CHECK_STR(next(&in), "");
	add(&in, "f");
	CHECK_STR(next(&in), "0123456789abcdef");
}

int main(void)
{
	TAP_RUN(cuts_nothing);
	TAP_RUN(cuts_lines);
	TAP_RUN(cuts_long_lines);
	TAP_RUN(cuts_pieces);
	TAP_RUN(cuts_the_largest_piece);
	return tap_done();
}
