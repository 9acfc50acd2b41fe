// SPDX-License-Identifier: GPL-2.0
/* Fuzzer: expressions of weft ss, read and applied to a socket. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ss_filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct weft_diag_id id = { .ifindex = 2, .cookie = { 1, 2 } };
	static struct ss_filter f;
	char *text = malloc(size + 1);

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (!ss_filter_parse(text, &f))
		ss_filter_match(&f, &id);
	else if (f.column > strlen(text) || !f.why[0])
		abort();
	free(text);
	return 0;
}
