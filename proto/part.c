// SPDX-License-Identifier: GPL-2.0
/* Messages in a stream of bytes. See part.h. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include "part.h"

/**
 * weft_parts_init() - a stream begins
 * @p: where the reader is: between two messages
 */
void weft_parts_init(struct weft_parts *p)
{
	*p = (struct weft_parts) { .end = true };
}

/**
 * weft_parts_run() - how many of the next bytes belong together?
 * @p: where the reader is
 * @len: bytes that there are, not 0
 *
 * Return: at least 1 and at most @len: of a header if weft_parts_in_header() says so, else
 * of a part's payload.
 */
unsigned int weft_parts_run(const struct weft_parts *p, unsigned int len)
{
	unsigned int wanted = weft_parts_in_header(p) ? WEFT_PART_HDR_LEN - p->got : p->left;

	return min(wanted, len);
}

/**
 * weft_parts_pass() - go on to the bytes behind
 * @p: where the reader is
 * @n: bytes, at most what weft_parts_run() said; of a header, they have been written to
 *	weft_parts_header()
 *
 * Return: WEFT_PARTS_END if a message ends with these bytes, else WEFT_PARTS_MORE; -EMSGSIZE
 * if this header makes a message longer than WEFT_MESSAGE_MAX, headers but the first
 * counted, and then the stream cannot be read on.
 */
int weft_parts_pass(struct weft_parts *p, unsigned int n)
{
	u32 len;

	if (weft_parts_in_header(p)) {
		p->got += n;
		if (p->got < WEFT_PART_HDR_LEN)
			return WEFT_PARTS_MORE;
		len = be32_to_cpu(p->hdr.len);
		p->end = len & WEFT_PART_END;
		len &= ~WEFT_PART_END;
		if (!weft_part_fits(p->message, len, p->end))
			return -EMSGSIZE;
		p->message += WEFT_PART_HDR_LEN + len;
		p->left = len;
		p->got = 0;
	} else {
		p->left -= n;
	}
	if (p->left || !p->end)
		return WEFT_PARTS_MORE;
	p->message = 0;
	return WEFT_PARTS_END;
}
