// SPDX-License-Identifier: GPL-2.0
/* Where the input of weft nc is cut: into messages, or not at all. */
#include <string.h>

#include "nc.h"

/* Bytes from @start on that may be sent now by one call; 0 when more must come. */
size_t nc_input_piece(const struct nc_input *in)
{
	size_t len = in->end - in->start;
	const char *newline;

	if (!len || (!in->piece && !in->lines))
		return len;
	if (in->piece) {
		if (len >= in->piece)
			return in->piece;
	} else {
		newline = memchr(in->buf + in->start, '\n', len);
		if (newline)
			return (size_t)(newline - (in->buf + in->start)) + 1;
	}
	/* What is left at the end, and a line that is longer than the buffer. */
	return in->ended || len == in->size ? len : 0;
}

/* Makes room behind @end; returns how much there is. */
size_t nc_input_room(struct nc_input *in)
{
	if (in->start) {
		memmove(in->buf, in->buf + in->start, in->end - in->start);
		in->end -= in->start;
		in->start = 0;
	}
	return in->size - in->end;
}
