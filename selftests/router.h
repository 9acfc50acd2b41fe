/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Announcements of routers, made part by part and sent over the wire, and what the host
 * at its other end, "us", shows of them.
 */
#ifndef ROUTER_H
#define ROUTER_H

#include "wire.h"

#define PREFIX(n)	((struct weft_addr){ { { 0, (n) } } })

/* --- an announcement, part by part --------------------------------------------------------- */

static unsigned char ra[560];
static size_t ra_len;

static inline void ra_add(const void *part, size_t len)
{
	memcpy(ra + ra_len, part, len);
	ra_len += len;
}

static inline void ra_begin(int hop_limit, int pref, int lifetime)
{
	struct weft_router_announce msg = {
		.ctl = { .type = WEFT_CTL_ROUTER_ANNOUNCE,
			 .ra = { hop_limit, pref, htons(lifetime) } },
	};

	ra_len = 0;
	ra_add(&msg, sizeof(msg));
}

static inline void ra_times(unsigned int reachable, unsigned int retrans)
{
	struct weft_router_announce *msg = (void *)ra;

	msg->reachable = htonl(reachable);
	msg->retrans = htonl(retrans);
}

static inline void ra_prefix(struct weft_addr prefix, int len, int flags,
			     unsigned int valid, unsigned int preferred)
{
	struct weft_ra_prefix p = {
		.type = WEFT_RA_PREFIX, .len = 3, .prefix_len = len, .flags = flags,
		.valid = htonl(valid), .preferred = htonl(preferred),
		.prefix = prefix,
	};

	ra_add(&p, sizeof(p));
}

/* A prefix that is on the link and makes addresses. */
static inline void ra_both(int n, unsigned int valid, unsigned int preferred)
{
	ra_prefix(PREFIX(n), 16, WEFT_RA_ONLINK | WEFT_RA_AUTO, valid, preferred);
}

static inline void ra_mtu(unsigned int mtu)
{
	struct weft_ra_mtu m = { .type = WEFT_RA_MTU, .len = 1, .mtu = htonl(mtu) };

	ra_add(&m, sizeof(m));
}

static inline void ra_route(struct weft_addr prefix, int len, int pref, unsigned int lifetime)
{
	struct weft_ra_route r = {
		.type = WEFT_RA_ROUTE, .len = 2, .prefix_len = len, .pref = pref,
		.lifetime = htonl(lifetime), .prefix = prefix,
	};

	ra_add(&r, sizeof(r));
}

/* As router @n sends it to all nodes. */
static inline struct wire_frame ra_frame(int n)
{
	static const struct weft_addr allnodes = WEFT_ADDR_ALLNODES_INIT;
	static const unsigned char mac[] = { 3, 0x57, 0, 0, 0, 1 };
	struct wire_frame f = wire_control(n, ra, ra_len, WEFT_HOP_LIMIT_NEIGH);

	memcpy(f.eth.h_dest, mac, sizeof(mac));
	f.hdr.dst = allnodes;
	wire_sum(&f, ra_len);
	return f;
}

static long ra_sent;

static inline void ra_send(int n)
{
	struct wire_frame f = ra_frame(n);

	wire_put(&f);
	ra_sent++;
}

/* --- what the host shows ------------------------------------------------------------------- */

static char said[1 << 16];

static const char *ask(const char *command)
{
	FILE *f = popen(command, "r");
	size_t n = f ? fread(said, 1, sizeof(said) - 1, f) : 0;

	said[n] = 0;
	if (f)
		pclose(f);
	return said;
}

/* Waits until a command says a text, or says it no longer. */
static inline int says(const char *command, const char *text, int yes)
{
	int i;

	for (i = 0; i < 1000; i++) {
		if (!strstr(ask(command), text) == !yes)
			return 1;
		usleep(10000);
	}
	printf("# %s: %s '%s':\n# %s\n", command, yes ? "no" : "still", text, said);
	return 0;
}

#define ADDRS	"weft -o addr show dev us scope global"
#define ROUTES	"weft route"
#define LINK	"weft -d link show us"

#define HAS(what, text)		CHECK(says(what, text, 1))
#define HAS_NOT(what, text)	CHECK(says(what, text, 0))

/*
 * Waits until all announcements so far were obeyed: the last one says a hop limit. It
 * is said again if it found the queue full.
 */
static inline void settle(void)
{
	static int hop_limit;
	char text[32];
	int i;

	hop_limit = hop_limit % 200 + 1;
	snprintf(text, sizeof(text), "hoplimit %d ", hop_limit);
	for (i = 0; i < 100 && !strstr(ask(LINK), text); i++) {
		ra_begin(hop_limit, 0, 0);
		ra_send(9);
		usleep(20000);
	}
	HAS(LINK, text);
}

static inline int count(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

/* All that was learned is gone. */
static inline void nothing_is_left(void)
{
	HAS_NOT(ROUTES, "proto ra");
	CHECK(!strstr(ask(ADDRS), "kernel_ra"));
	HAS(LINK, "hoplimit 0 mtu 0 reachable 30000 retrans 1000");
}

#endif /* ROUTER_H */
