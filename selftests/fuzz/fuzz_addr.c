// SPDX-License-Identifier: GPL-2.0
/* Fuzzer: addresses and prefixes. What is accepted must survive a round trip. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), again[WEFT_PREFIXSTRLEN];
	struct weft_addr a, b;
	unsigned int len, len2;

	memcpy(text, data, size);
	text[size] = '\0';
	if (!weft_prefix_parse(text, &a, &len)) {
		if (!weft_prefix_format(&a, len, again, sizeof(again)) ||
		    weft_prefix_parse(again, &b, &len2) ||
		    !weft_addr_equal(&a, &b) || len != len2)
			abort();
		weft_addr_mask(&b, len);
	}
	if (!weft_addr_parse(text, &a)) {
		if (!weft_addr_format(&a, again, WEFT_ADDRSTRLEN) ||
		    weft_addr_parse(again, &b) || !weft_addr_equal(&a, &b))
			abort();
	}
	free(text);
	return 0;
}
