// SPDX-License-Identifier: GPL-2.0
/* weft perf: which tests there are. */
#include <string.h>

#include "perf.h"
#include "weft.h"

static bool is_name(const char *name)
{
	size_t i, len = strnlen(name, PERF_NAME_MAX);

	for (i = 0; i < len; i++)
		if (name[i] <= 0x20 || name[i] >= 0x7f)
			return false;
	for (i = len; i < PERF_NAME_MAX; i++)
		if (name[i])
			return false;
	return len < PERF_NAME_MAX;
}

static const char *check_numbers(const struct perf_params *p)
{
	if (!p->flows || p->flows > PERF_FLOWS_MAX)
		return "from 1 to 10000 flows";
	if (!p->length || p->length > PERF_LENGTH_MAX)
		return "the length is from 1 byte to 16 MBytes";
	if (p->mode != PERF_BULK && (!p->request || p->request > PERF_LENGTH_MAX ||
				     !p->response || p->response > PERF_LENGTH_MAX))
		return "requests and responses have from 1 byte to 16 MBytes";
	if (p->buffer > PERF_BUFFER_MAX)
		return "a buffer has at most 1 GByte";
	if (!p->duration == !p->amount)
		return "a test ends by time or by amount";
	if (p->duration > PERF_SECONDS_MAX * 1000U || p->omit > PERF_OMIT_MAX * 1000U)
		return "a test lasts a day at most, an hour before it is omitted at most";
	if (p->amount > PERF_BYTES_MAX)
		return "the amount is too large";
	return NULL;
}

/* NULL if there is such a test; else what is wrong. */
const char *perf_params_check(const struct perf_params *p)
{
	if (p->mode != PERF_BULK && (p->reverse || p->bidir || p->zerocopy))
		return "directions and zero copy are of bulk tests";
	if (p->reverse && p->bidir)
		return "either the other direction or both";
	if (p->messages && p->zerocopy)
		return "messages are not sent without a copy";
	if (p->messages && (p->length > WEFT_MESSAGE_MAX || p->request > WEFT_MESSAGE_MAX ||
			    p->response > WEFT_MESSAGE_MAX))
		return "a message has at most 262144 bytes";
	if (p->omit && !p->duration)
		return "time is omitted where a test ends by time";
	if (!is_name(p->congestion))
		return "the name of the algorithm is malformed";
	return check_numbers(p);
}
