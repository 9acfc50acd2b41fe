// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: a router announcement from the wire. Options that are believed lie within
 * the message, one after the other, and have values that the protocol allows.
 */
#include <stdint.h>
#include <stdlib.h>

#include "addr.h"
#include "announce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_prefix(const struct weft_announce_option *opt)
{
	struct weft_addr cut = weft_addr_prefix(&opt->prefix, opt->prefix_len);

	if (opt->prefix_len > 64 || !weft_addr_equal(&cut, &opt->prefix))
		abort();
	if (opt->prefix_len >= 16 && (weft_addr_linklocal(&opt->prefix) ||
				      weft_addr_group(&opt->prefix)))
		abort();
}

static void check_option(const struct weft_announce_option *opt)
{
	switch (opt->type) {
	case WEFT_RA_PREFIX:
		check_prefix(opt);
		if (opt->preferred > opt->valid ||
		    (opt->flags & WEFT_RA_AUTO && opt->prefix_len != 16))
			abort();
		break;
	case WEFT_RA_ROUTE:
		check_prefix(opt);
		if (!opt->prefix_len || opt->pref < -1 || opt->pref > 1)
			abort();
		break;
	case WEFT_RA_MTU:
		if (opt->mtu < WEFT_MTU_MIN)
			abort();
		break;
	default:
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weft_announce_option opt;
	struct weft_announce told;
	unsigned int at = 0, next;
	bool sound;

	if (size > WEFT_LEN_MAX)
		return 0;
	sound = weft_announce_parse(&told, data, size);
	if (sound && (size % 8 || size < sizeof(struct weft_router_announce)))
		abort();
	if (sound && told.retrans_ms &&
	    (told.retrans_ms < WEFT_ANNOUNCE_TIME_MIN ||
	     told.retrans_ms > WEFT_ANNOUNCE_TIME_MAX))
		abort();
	/* It keeps within the message even of one that is not sound. */
	while ((next = weft_announce_option(data, size, at, &opt))) {
		if (next <= at || next > size)
			abort();
		check_option(&opt);
		at = next;
	}
	return 0;
}
