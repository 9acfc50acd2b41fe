// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: bytes as what happens to a scoreboard: 4 of its initial sequence number, then
 * five each: what, and two numbers. It must agree with its model after each, and leave
 * no memory.
 */
#include <stdint.h>

#include "scoreboard_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model m;
	u32 isn;

	if (size < sizeof(isn))
		return 0;
	memcpy(&isn, data, sizeof(isn));
	model_init(&m, be32_to_cpu(isn));
	for (data += 4, size -= 4; size >= 5; data += 5, size -= 5)
		if (!operate(&m, data[0], data[1] << 8 | data[2],
			     data[3] << 8 | data[4]))
			abort();
	weft_scoreboard_purge(&m.sb);
	if (model_live)
		abort();
	return 0;
}
