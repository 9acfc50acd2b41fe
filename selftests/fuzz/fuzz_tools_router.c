// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: the configuration of weft router, what is announced by it, and messages of
 * others. An input that begins with a byte of an announcement is one of these.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
	"link e { mtu 1400; hop-limit 64; prefix 7::/16; route 8::/16; }";

/* Whatever is in force, its announcement is one, and agrees with itself. */
static void announce(const struct router_config *c)
{
	uint8_t msg[ROUTER_MESSAGE_MAX] __attribute__((aligned(8)));
	const struct router_link *l;
	char words[4096];
	unsigned int i;
	size_t len;

	for (i = 0; i < c->n_links; i++) {
		l = &c->link[i];
		len = router_announce_build(msg, l, c->link, ROUTER_SERVES);
		if (len > sizeof(msg) || !router_announce_valid(msg, len))
			abort();
		router_message_text(msg, len, words, sizeof(words));
		len = router_announce_build(msg, l, NULL, ROUTER_ENDS);
		if (router_announce_differs(l, msg, len))
			abort();
	}
}

static void read_message(const uint8_t *data, size_t size)
{
	struct router_config c;
	uint8_t *copy = malloc(size);
	char words[256];

	memcpy(copy, data, size);
	if (router_config_parse(text, strlen(text), "f", stderr, &c))
		abort();
	if (router_solicit_valid(copy, size) || router_announce_valid(copy, size))
		router_message_text(copy, size, words, sizeof(words));
	if (router_announce_valid(copy, size))
		router_announce_differs(c.link, copy, size);
	router_config_free(&c);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	struct router_config c;

	if (size && (data[0] == WEFT_CTL_ROUTER_ANNOUNCE ||
		     data[0] == WEFT_CTL_ROUTER_SOLICIT)) {
		read_message(data, size);
		return 0;
	}
	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (!router_config_parse((const char *)data, size, "f", nowhere, &c))
		announce(&c);
	router_config_free(&c);
	return 0;
}
