// SPDX-License-Identifier: GPL-2.0
/* A router's message in words, for weft -d router. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <string.h>

#include "router.h"

/* Text that grows as long as there is room. */
struct text {
	char *buf;
	size_t size;
	size_t len;
};

static void add(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *fmt, ...)
{
	va_list ap;

	if (t->len >= t->size)
		return;
	va_start(ap, fmt);
	t->len += (size_t)vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
}

static void add_time(struct text *t, const char *label, uint32_t seconds)
{
	if (seconds == ROUTER_FOREVER)
		add(t, " %s forever", label);
	else
		add(t, " %s %u", label, seconds);
}

static void add_preference(struct text *t, uint8_t pref)
{
	if ((pref & WEFT_RA_PREF_MASK) == WEFT_RA_PREF_HIGH)
		add(t, " preference high");
	else if ((pref & WEFT_RA_PREF_MASK) == WEFT_RA_PREF_LOW)
		add(t, " preference low");
}

static void add_prefix(struct text *t, const uint8_t *option)
{
	char text[WEFT_PREFIXSTRLEN];
	struct weft_ra_prefix prefix;

	memcpy(&prefix, option, sizeof(prefix));
	if (!weft_prefix_format(&prefix.prefix, prefix.prefix_len, text, sizeof(text)))
		return;
	add(t, ", prefix %s", text);
	add_time(t, "valid", ntohl(prefix.valid));
	add_time(t, "preferred", ntohl(prefix.preferred));
	if (prefix.flags & WEFT_RA_ONLINK)
		add(t, " onlink");
	if (prefix.flags & WEFT_RA_AUTO)
		add(t, " auto");
}

static void add_route(struct text *t, const uint8_t *option)
{
	char text[WEFT_PREFIXSTRLEN];
	struct weft_ra_route route;

	memcpy(&route, option, sizeof(route));
	if (!weft_prefix_format(&route.prefix, route.prefix_len, text, sizeof(text)))
		return;
	add(t, ", route %s", text);
	add_time(t, "lifetime", ntohl(route.lifetime));
	add_preference(t, (uint8_t)(route.pref << 3));
}

static void add_option(struct text *t, const uint8_t *option)
{
	struct weft_ra_mtu mtu;

	if (option[0] == WEFT_RA_PREFIX && option[1] * 8U >= sizeof(struct weft_ra_prefix)) {
		add_prefix(t, option);
	} else if (option[0] == WEFT_RA_ROUTE &&
		   option[1] * 8U >= sizeof(struct weft_ra_route)) {
		add_route(t, option);
	} else if (option[0] == WEFT_RA_MTU) {
		memcpy(&mtu, option, sizeof(mtu));
		add(t, ", mtu %u", ntohl(mtu.mtu));
	}
}

static void add_head(struct text *t, const struct weft_router_announce *ra)
{
	add(t, "announcement, lifetime %u", ntohs(ra->ctl.ra.lifetime));
	add_preference(t, ra->ctl.ra.pref);
	if (ra->ctl.ra.hop_limit)
		add(t, ", hop limit %u", ra->ctl.ra.hop_limit);
	if (ra->reachable)
		add(t, ", reachable %u ms", ntohl(ra->reachable));
	if (ra->retrans)
		add(t, ", retrans %u ms", ntohl(ra->retrans));
}

/**
 * router_message_text() - a message in words
 * @msg: a solicitation, or an announcement that router_announce_valid() is true for
 * @len: its bytes
 * @buf: where to
 * @size: bytes of it; what has no room is left out
 *
 * Return: @buf.
 */
const char *router_message_text(const void *msg, size_t len, char *buf, size_t size)
{
	const struct weft_router_announce *ra = msg;
	const uint8_t *at = msg, *end = at + len;
	struct text t = { .buf = buf, .size = size };

	if (ra->ctl.type == WEFT_CTL_ROUTER_SOLICIT) {
		add(&t, "solicitation");
		return buf;
	}
	add_head(&t, ra);
	for (at += sizeof(*ra); at < end; at += at[1] * 8)
		add_option(&t, at);
	return buf;
}
