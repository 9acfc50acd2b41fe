// SPDX-License-Identifier: GPL-2.0
/* Fuzzer: the hosts file. The first line is the name that is looked for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(const struct weft_hosts_entry *entry, void *arg)
{
	/* Touch all of it, so that the sanitizer sees where it lies. */
	char *copy = malloc(entry->dev.len + 1);

	(void)arg;
	if (entry->dev.s)
		memcpy(copy, entry->dev.s, entry->dev.len);
	free(copy);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	struct weft_span name = { (const char *)data, 0 };
	size_t used;
	FILE *f;

	if (!end)
		return 0;
	name.len = (size_t)(end - data);
	used = name.len + 1;
	if (!weft__name_valid(name) || used == size)
		return 0;
	f = fmemopen((void *)(uintptr_t)(data + used), size - used, "r");
	if (!f)
		return 0;
	weft__hosts_scan(f, name, take, NULL);
	fclose(f);
	return 0;
}
