// SPDX-License-Identifier: GPL-2.0
/* Messages in a stream of bytes, cut in every way. */
#include <errno.h>
#include "part.h"
#include "tap.h"

/* What a reader has found. */
struct found {
	u8		payload[256];
	unsigned int	n;		/* bytes of payload */
	unsigned int	ends[16];	/* bytes of payload before each end of a message */
	unsigned int	messages;
	int		error;
};

static void read_bytes(struct weft_parts *p, struct found *f, const u8 *bytes,
		       unsigned int len)
{
	unsigned int n;
	int ret;

	while (len && !f->error) {
		n = weft_parts_run(p, len);
		CHECK(n && n <= len);
		if (weft_parts_in_header(p)) {
			memcpy(weft_parts_header(p), bytes, n);
		} else {
			memcpy(f->payload + f->n, bytes, n);
			f->n += n;
		}
		bytes += n;
		len -= n;
		ret = weft_parts_pass(p, n);
		if (ret < 0)
			f->error = ret;
		else if (ret == WEFT_PARTS_END)
			f->ends[f->messages++] = f->n;
	}
}

static unsigned int put(u8 *at, u32 len, bool end, const char *payload)
{
	struct weft_part_hdr hdr = weft_part_hdr(len, end);

	memcpy(at, &hdr, sizeof(hdr));
	memcpy(at + sizeof(hdr), payload, strlen(payload));
	return sizeof(hdr) + strlen(payload);
}

/* "one", "" and, in three parts of which one is empty, "two more". */
static unsigned int three_messages(u8 *bytes)
{
	unsigned int n = 0;

	n += put(bytes + n, 3, true, "one");
	n += put(bytes + n, 0, true, "");
	n += put(bytes + n, 4, false, "two ");
	n += put(bytes + n, 0, false, "");
	n += put(bytes + n, 4, true, "more");
	return n;
}

static void found_three(const struct found *f)
{
	CHECK(!f->error && f->messages == 3 && f->n == 11);
	CHECK(!memcmp(f->payload, "onetwo more", 11));
	CHECK(f->ends[0] == 3 && f->ends[1] == 3 && f->ends[2] == 11);
}

static void headers(void)
{
	struct weft_part_hdr hdr = weft_part_hdr(WEFT_MESSAGE_MAX, true);

	CHECK(!memcmp(&hdr, (const u8 []) { 0x80, 0x04, 0, 0 }, 4));
	hdr = weft_part_hdr(1, false);
	CHECK(!memcmp(&hdr, (const u8 []) { 0, 0, 0, 1 }, 4));
}

static void at_once(void)
{
	struct found f = {};
	struct weft_parts p;
	u8 bytes[64];

	weft_parts_init(&p);
	read_bytes(&p, &f, bytes, three_messages(bytes));
	found_three(&f);
	CHECK(weft_parts_between(&p));
}

/* In three segments, with all pairs of places to cut, so that headers are cut too. */
static void cut(void)
{
	unsigned int a, b, n;
	u8 bytes[64];

	n = three_messages(bytes);
	for (a = 0; a <= n; a++) {
		for (b = a; b <= n; b++) {
			struct found f = {};
			struct weft_parts p;

			weft_parts_init(&p);
			read_bytes(&p, &f, bytes, a);
			read_bytes(&p, &f, bytes + a, b - a);
			read_bytes(&p, &f, bytes + b, n - b);
			found_three(&f);
		}
	}
}

static void where_a_stream_may_end(void)
{
	unsigned int i, n;
	struct found f = {};
	struct weft_parts p;
	u8 bytes[64];

	n = three_messages(bytes);
	weft_parts_init(&p);
	CHECK(weft_parts_between(&p));
	for (i = 1; i <= n; i++) {
		read_bytes(&p, &f, bytes + i - 1, 1);
		CHECK(weft_parts_between(&p) == (i == 7 || i == 11 || i == n));
	}
}

/* Feeds a header and passes what it announces. */
static int part(struct weft_parts *p, u32 len, bool end)
{
	struct weft_part_hdr hdr = weft_part_hdr(len, end);
	int ret;

	CHECK(weft_parts_in_header(p) && weft_parts_run(p, 1000) == 4);
	memcpy(weft_parts_header(p), &hdr, sizeof(hdr));
	ret = weft_parts_pass(p, 4);
	if (ret || !len)
		return ret;
	CHECK(!weft_parts_in_header(p) && weft_parts_run(p, 1 << 30) == len);
	if (len > 1)
		CHECK(weft_parts_pass(p, len - 1) == WEFT_PARTS_MORE);
	return weft_parts_pass(p, 1);
}

static void the_longest_message(void)
{
	struct weft_parts p;

	weft_parts_init(&p);
	CHECK(part(&p, WEFT_MESSAGE_MAX, true) == WEFT_PARTS_END);
	CHECK(part(&p, WEFT_MESSAGE_MAX, false) == WEFT_PARTS_MORE);
	CHECK(part(&p, 0, true) == WEFT_PARTS_END);
	CHECK(part(&p, 1, false) == WEFT_PARTS_MORE);
	CHECK(part(&p, WEFT_MESSAGE_MAX - 1 - 4, true) == WEFT_PARTS_END);
}

/* Headers count, but the first one: no message has parts without end. */
static void too_many_parts(void)
{
	unsigned int most = WEFT_MESSAGE_MAX / WEFT_PART_HDR_LEN + 1, i;
	struct weft_parts p;

	weft_parts_init(&p);
	for (i = 0; i < most; i++)
		if (part(&p, 0, false) != WEFT_PARTS_MORE)
			break;
	CHECK(i == most);
	CHECK(part(&p, 0, true) == WEFT_PARTS_END);
	for (i = 0; i < most; i++)
		if (part(&p, 0, false) != WEFT_PARTS_MORE)
			break;
	CHECK(i == most);
	CHECK(part(&p, 0, false) == -EMSGSIZE);
	weft_parts_init(&p);
	CHECK(part(&p, 1, false) == WEFT_PARTS_MORE);
	CHECK(part(&p, WEFT_MESSAGE_MAX - 1 - 3, true) == -EMSGSIZE);
}

static void too_long(void)
{
	struct weft_parts p;

	weft_parts_init(&p);
	CHECK(part(&p, WEFT_MESSAGE_MAX + 1, true) == -EMSGSIZE);
	weft_parts_init(&p);
	CHECK(part(&p, 0x7fffffff, false) == -EMSGSIZE);
	weft_parts_init(&p);
	CHECK(part(&p, WEFT_MESSAGE_MAX, false) == WEFT_PARTS_MORE);
	CHECK(part(&p, 1, true) == -EMSGSIZE);
	weft_parts_init(&p);
	CHECK(part(&p, 200000, false) == WEFT_PARTS_MORE);
	CHECK(part(&p, 0x7fffffff, true) == -EMSGSIZE);
}

int main(void)
{
	TAP_RUN(headers);
	TAP_RUN(at_once);
	TAP_RUN(cut);
	TAP_RUN(where_a_stream_may_end);
	TAP_RUN(the_longest_message);
	TAP_RUN(too_long);
	TAP_RUN(too_many_parts);
	return tap_done();
}
