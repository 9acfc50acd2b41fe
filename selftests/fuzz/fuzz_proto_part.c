// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: a stream of messages, once at once and once cut as its first byte says. Both find
 * the same messages, none of them too long.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reader has found. */
struct found {
	struct weft_parts	parts;
	uint32_t		sum;		/* of payload, and where messages end */
	uint32_t		length;		/* of the message so far */
	unsigned int		messages;
	int			error;
};

static void read_bytes(struct found *f, const uint8_t *data, unsigned int size)
{
	unsigned int i, n;
	int ret;

	while (size && !f->error) {
		n = weft_parts_run(&f->parts, size);
		if (!n || n > size)
			abort();
		if (weft_parts_in_header(&f->parts)) {
			memcpy(weft_parts_header(&f->parts), data, n);
		} else {
			for (i = 0; i < n; i++)
				f->sum = f->sum * 31 + data[i];
			f->length += n;
		}
		data += n;
		size -= n;
		ret = weft_parts_pass(&f->parts, n);
		if (f->length > WEFT_MESSAGE_MAX)
			abort();
		if (ret < 0)
			f->error = ret;
		if (ret == WEFT_PARTS_END) {
			if (!weft_parts_between(&f->parts))
				abort();
			f->sum = f->sum * 31 + f->length;
			f->length = 0;
			f->messages++;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct found whole = {}, cut = {};
	size_t at, step;

	if (!size)
		return 0;
	step = 1 + data[0] % 16;
	data++;
	size--;
	weft_parts_init(&whole.parts);
	weft_parts_init(&cut.parts);
	read_bytes(&whole, data, size);
	for (at = 0; at < size; at += step)
		read_bytes(&cut, data + at, size - at < step ? size - at : step);
	if (whole.sum != cut.sum || whole.messages != cut.messages ||
	    whole.error != cut.error ||
	    weft_parts_between(&whole.parts) != weft_parts_between(&cut.parts))
		abort();
	return 0;
}
