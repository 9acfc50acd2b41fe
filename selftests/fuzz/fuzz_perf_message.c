// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: control messages of weft perf. What is taken is checked, encodes to the bytes
 * that it came of, and those are no other message.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "perf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_taken(const struct perf_message *m)
{
	if (m->type == PERF_REQUEST && perf_params_check(&m->params))
		abort();
	if (m->type == PERF_REFUSE && strnlen(m->text, sizeof(m->text)) == sizeof(m->text))
		abort();
	if (m->type == PERF_RESULT && m->result.flows > PERF_FLOWS_MAX)
		abort();
	if (m->type == PERF_COUNT && m->index >= PERF_FLOWS_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t again[PERF_MESSAGE_MAX];
	struct perf_message m;
	int n;

	while (size) {
		n = perf_message_decode(data, size, &m);
		if (n <= 0)
			break;
		if ((size_t)n > size || n > PERF_MESSAGE_MAX)
			abort();
		check_taken(&m);
		if (perf_message_encode(&m, again) != (size_t)n || memcmp(again, data, (size_t)n))
			abort();
		data += n;
		size -= (size_t)n;
	}
	return 0;
}
