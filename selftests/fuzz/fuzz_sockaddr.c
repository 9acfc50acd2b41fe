// SPDX-License-Identifier: GPL-2.0
/* Fuzzer: socket addresses. What is accepted must survive a round trip. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), again[WEFT_SOCKADDRSTRLEN];
	struct sockaddr_weft a, b;
	struct weft_addrinfo *list;

	memcpy(text, data, size);
	text[size] = '\0';
	if (!weft_sockaddr_parse(text, &a)) {
		if (!weft_sockaddr_format(&a, again, sizeof(again)) ||
		    weft_sockaddr_parse(again, &b) || memcmp(&a, &b, sizeof(a)))
			abort();
		if (weft_resolve(text, NULL, WEFT_RESOLVE_NUMERIC, &list) ||
		    memcmp(&list->addr, &a, sizeof(a)))
			abort();
		weft_resolve_free(list);
	} else if (!weft_resolve(text, NULL, WEFT_RESOLVE_NUMERIC, &list)) {
		weft_resolve_free(list);	/* a service's name as port */
	}
	free(text);
	return 0;
}
