/* SPDX-License-Identifier: GPL-2.0 */
/* What the knock-knock servers have to tell. */
#ifndef KNOCK_JOKES_H
#define KNOCK_JOKES_H

#include <arpa/inet.h>

#include <weft.h>

static const struct {
	const char *name, *punchline;
} jokes[] = {
	{ "Weft.", "Weft my keys inside. Let me in!" },
	{ "Lettuce.", "Lettuce in, it's cold out here!" },
	{ "Ether.", "Ether you open or I knock again!" },
	{ "Datagram.", "Datagram cracker crumbs all over your step!" },
};

/* One joke per client: its port picks it, so that repeated lines agree. */
static inline size_t pick_joke(const struct sockaddr_weft *client)
{
	return ntohs(client->sweft_port) % (sizeof(jokes) / sizeof(jokes[0]));
}

#endif /* KNOCK_JOKES_H */
