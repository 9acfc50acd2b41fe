// SPDX-License-Identifier: GPL-2.0
/* Router announcements as bytes, see router_message.h. */
#include <arpa/inet.h>
#include <string.h>

#include "router_message.h"

/* --- made -------------------------------------------------------------------------- */

/* Where the next option goes. */
struct writer {
	uint8_t *at;
};

static void put(struct writer *w, const void *option, size_t len)
{
	memcpy(w->at, option, len);
	w->at += len;
}

static void put_head(struct writer *w, const struct router_link *link,
		     enum router_mode mode)
{
	uint32_t lifetime = mode == ROUTER_SERVES ? link->lifetime : 0;
	struct weft_router_announce msg = {
		.ctl.type = WEFT_CTL_ROUTER_ANNOUNCE,
		.ctl.ra.hop_limit = link->hop_limit,
		.ctl.ra.lifetime = htons((uint16_t)lifetime),
		.reachable = htonl(link->reachable),
		.retrans = htonl(link->retrans),
	};

	/* RFC 4191, section 2.2: without a lifetime there is no preference. */
	if (lifetime)
		msg.ctl.ra.pref = link->pref;
	put(w, &msg, sizeof(msg));
}

static void put_mtu(struct writer *w, uint32_t mtu)
{
	struct weft_ra_mtu option = {
		.type = WEFT_RA_MTU,
		.len = sizeof(option) / 8,
		.mtu = htonl(mtu),
	};

	put(w, &option, sizeof(option));
}

static void put_prefix(struct writer *w, const struct router_prefix *prefix, bool ends)
{
	struct weft_ra_prefix option = {
		.type = WEFT_RA_PREFIX,
		.len = sizeof(option) / 8,
		.prefix_len = (uint8_t)prefix->len,
		.flags = (prefix->onlink ? WEFT_RA_ONLINK : 0) |
			 (prefix->autoconf ? WEFT_RA_AUTO : 0),
		.valid = htonl(ends ? 0 : prefix->valid),
		.preferred = htonl(ends ? 0 : prefix->preferred),
		.prefix = prefix->addr,
	};

	put(w, &option, sizeof(option));
}

static void put_route(struct writer *w, const struct router_route *route, bool ends)
{
	struct weft_ra_route option = {
		.type = WEFT_RA_ROUTE,
		.len = sizeof(option) / 8,
		.prefix_len = (uint8_t)route->len,
		.pref = route->pref >> 3,
		.lifetime = htonl(ends ? 0 : route->lifetime),
		.prefix = route->addr,
	};

	put(w, &option, sizeof(option));
}

static const struct router_prefix *find_prefix(const struct router_link *link,
					       const struct weft_addr *addr,
					       unsigned int len)
{
	unsigned int i;

	for (i = 0; i < link->n_prefixes; i++)
		if (link->prefix[i].len == len &&
		    weft_addr_equal(&link->prefix[i].addr, addr))
			return &link->prefix[i];
	return NULL;
}

static bool has_route(const struct router_link *link, const struct router_route *route)
{
	unsigned int i;

	for (i = 0; i < link->n_routes; i++)
		if (link->route[i].len == route->len &&
		    weft_addr_equal(&link->route[i].addr, &route->addr))
			return true;
	return false;
}

/* What the old configuration had and the new one has not ends. */
static void put_withdrawn(struct writer *w, const struct router_link *link,
			  const struct router_link *old)
{
	unsigned int i;

	for (i = 0; i < old->n_prefixes; i++)
		if (!find_prefix(link, &old->prefix[i].addr, old->prefix[i].len))
			put_prefix(w, &old->prefix[i], true);
	for (i = 0; i < old->n_routes; i++)
		if (!has_route(link, &old->route[i]))
			put_route(w, &old->route[i], true);
}

/**
 * router_announce_build() - make an announcement
 * @buf: where to
 * @link: what to announce
 * @old: what was announced before and ends where @link does not have it, or NULL
 * @mode: what to say of the router itself
 *
 * A prefix stays when the router ends: other routers may lead there. The checksum is
 * left to the kernel.
 *
 * Return: bytes of the message.
 */
size_t router_announce_build(uint8_t buf[ROUTER_MESSAGE_MAX],
			     const struct router_link *link,
			     const struct router_link *old, enum router_mode mode)
{
	struct writer w = { buf };
	unsigned int i;

	put_head(&w, link, mode);
	if (link->mtu)
		put_mtu(&w, link->mtu);
	for (i = 0; i < link->n_prefixes; i++)
		put_prefix(&w, &link->prefix[i], false);
	for (i = 0; i < link->n_routes; i++)
		put_route(&w, &link->route[i], mode == ROUTER_ENDS);
	if (old)
		put_withdrawn(&w, link, old);
	return (size_t)(w.at - buf);
}

/* --- checked ----------------------------------------------------------------------- */

/**
 * router_from_neighbour() - can this message have come from the link alone?
 * @src: its source
 * @hop_limit: with which it arrived
 *
 * Return: true if it came through no router and its source has the MAC of one device.
 */
bool router_from_neighbour(const struct weft_addr *src, int hop_limit)
{
	static const uint8_t none[6];

	return hop_limit == WEFT_HOP_LIMIT_NEIGH && weft_addr_is_linklocal(src) &&
	       !(src->a8[2] & 1) && memcmp(src->a8 + 2, none, sizeof(none));
}

/* RFC 4861, section 6.1.1; there are no options. */
bool router_solicit_valid(const void *msg, size_t len)
{
	const struct weft_ctl_hdr *ctl = msg;

	return len >= sizeof(*ctl) && ctl->type == WEFT_CTL_ROUTER_SOLICIT && !ctl->code;
}

/* The next option of a message, NULL behind the last one; *size is -1 if it is bad. */
static const uint8_t *next_option(const uint8_t **at, size_t *left, int *size)
{
	const uint8_t *option = *at;

	if (!*left)
		return NULL;
	*size = -1;
	if (*left < 8 || !option[1] || option[1] * 8U > *left)
		return option;
	*size = option[1] * 8;
	*at += *size;
	*left -= (size_t)*size;
	return option;
}

/* RFC 4861, section 6.1.2. */
bool router_announce_valid(const void *msg, size_t len)
{
	const struct weft_router_announce *ra = msg;
	const uint8_t *at = msg;
	size_t left = len - sizeof(*ra);
	int size = 0;

	if (len < sizeof(*ra) || ra->ctl.type != WEFT_CTL_ROUTER_ANNOUNCE || ra->ctl.code)
		return false;
	at += sizeof(*ra);
	while (next_option(&at, &left, &size))
		if (size < 0)
			return false;
	return true;
}

/* --- compared ---------------------------------------------------------------------- */

/* Values that one of two does not say do not differ. */
static bool differ(uint32_t a, uint32_t b)
{
	return a && b && a != b;
}

static unsigned int head_differs(const struct router_link *link,
				 const struct weft_router_announce *ra)
{
	unsigned int differs = 0;

	if (differ(link->hop_limit, ra->ctl.ra.hop_limit))
		differs |= ROUTER_DIFFERS_HOP_LIMIT;
	if (differ(link->reachable, ntohl(ra->reachable)))
		differs |= ROUTER_DIFFERS_REACHABLE;
	if (differ(link->retrans, ntohl(ra->retrans)))
		differs |= ROUTER_DIFFERS_RETRANS;
	return differs;
}

static unsigned int prefix_differs(const struct router_link *link, const uint8_t *option)
{
	const struct router_prefix *own;
	struct weft_ra_prefix theirs;
	unsigned int differs = 0;

	memcpy(&theirs, option, sizeof(theirs));
	if (theirs.prefix_len > WEFT_ADDR_BITS)
		return 0;
	weft_addr_mask(&theirs.prefix, theirs.prefix_len);
	own = find_prefix(link, &theirs.prefix, theirs.prefix_len);
	if (own && own->valid != ntohl(theirs.valid))
		differs |= ROUTER_DIFFERS_VALID;
	if (own && own->preferred != ntohl(theirs.preferred))
		differs |= ROUTER_DIFFERS_PREFERRED;
	return differs;
}

static unsigned int option_differs(const struct router_link *link, const uint8_t *option,
				   int size)
{
	struct weft_ra_mtu mtu;

	if (option[0] == WEFT_RA_PREFIX && size >= (int)sizeof(struct weft_ra_prefix))
		return prefix_differs(link, option);
	if (option[0] != WEFT_RA_MTU)
		return 0;
	memcpy(&mtu, option, sizeof(mtu));
	return differ(link->mtu, ntohl(mtu.mtu)) ? ROUTER_DIFFERS_MTU : 0;
}

/**
 * router_announce_differs() - does another router of the link say something else?
 * @link: what we say
 * @msg: what it says; router_announce_valid() is true for it
 * @len: bytes of @msg
 *
 * Return: ROUTER_DIFFERS_* bits.
 */
unsigned int router_announce_differs(const struct router_link *link, const void *msg,
				     size_t len)
{
	const struct weft_router_announce *ra = msg;
	const uint8_t *option, *at = (const uint8_t *)msg + sizeof(*ra);
	size_t left = len - sizeof(*ra);
	unsigned int differs = head_differs(link, ra);
	int size = 0;

	while ((option = next_option(&at, &left, &size)))
		differs |= option_differs(link, option, size);
	return differs;
}

/* The names of what differs, with commas; @size is enough for all at 128 bytes. */
const char *router_differs_text(unsigned int differs, char *buf, size_t size)
{
	static const char *const names[] = {
		"hop limit", "reachable time", "time between questions", "MTU",
		"valid lifetime", "preferred lifetime",
	};
	size_t i, n = 0;

	buf[0] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(names[0]) && n < size; i++)
		if (differs & 1U << i)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? ", " : "",
					      names[i]);
	return buf;
}
