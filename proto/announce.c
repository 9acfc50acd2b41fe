// SPDX-License-Identifier: GPL-2.0
/* Router announcements: read from the wire, every field judged here once. */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include "addr.h"
#include "announce.h"

/* RFC 4191, section 2.1: the preference in the upper two bits. */
static int weft_announce_pref(u8 bits)
{
	switch (bits & WEFT_RA_PREF_MASK) {
	case WEFT_RA_PREF_HIGH:
		return 1;
	case WEFT_RA_PREF_LOW:
		return -1;
	}
	return 0;
}

static u32 weft_announce_time(__be32 told)
{
	u32 ms = be32_to_cpu(told);

	return ms ? clamp_t(u32, ms, WEFT_ANNOUNCE_TIME_MIN,
			    WEFT_ANNOUNCE_TIME_MAX) : 0;
}

/* The length of the option that begins at @at, bytes; 0 if there is none. */
static unsigned int weft_option_len(const u8 *msg, unsigned int len,
				    unsigned int at)
{
	unsigned int n;

	if (at > len || len - at < 2)
		return 0;
	n = 8 * msg[at + 1];
	return n <= len - at ? n : 0;
}

/**
 * weft_announce_parse() - read a router announcement
 * @told: filled in
 * @msg: the message, of any alignment; weft_neigh_check() found it long enough
 * @len: how many bytes of @msg there are
 *
 * Return: false if an option has a length of 0 or ends behind the message, RFC 4861,
 * section 6.1.2.
 */
bool weft_announce_parse(struct weft_announce *told, const void *msg,
			 unsigned int len)
{
	struct weft_router_announce ra;
	unsigned int at, n;

	if (len < sizeof(ra))
		return false;
	memcpy(&ra, msg, sizeof(ra));
	told->pref = weft_announce_pref(ra.ctl.ra.pref);
	told->hop_limit = ra.ctl.ra.hop_limit;
	told->lifetime = be16_to_cpu(ra.ctl.ra.lifetime);
	told->reachable_ms = weft_announce_time(ra.reachable);
	told->retrans_ms = weft_announce_time(ra.retrans);
	for (at = sizeof(ra); at < len; at += n) {
		n = weft_option_len(msg, len, at);
		if (!n)
			return false;
	}
	return true;
}

/*
 * A prefix of which no other node may tell: the address itself says where these
 * are. Shorter ones that contain them are taken: longer prefixes win.
 */
static bool weft_announce_reserved(const struct weft_addr *prefix, u8 len)
{
	return (len >= 9 && weft_addr_linklocal(prefix)) ||
	       (len >= 8 && weft_addr_group(prefix)) ||
	       (len == 64 && (weft_addr_any(prefix) ||
			      weft_addr_loopback(prefix)));
}

static bool weft_option_prefix(struct weft_announce_option *opt, const u8 *data)
{
	struct weft_ra_prefix p;

	memcpy(&p, data, sizeof(p));
	if (p.prefix_len > 64)
		return false;
	opt->flags = p.flags & (WEFT_RA_ONLINK | WEFT_RA_AUTO);
	opt->prefix_len = p.prefix_len;
	opt->prefix = weft_addr_prefix(&p.prefix, p.prefix_len);
	opt->valid = be32_to_cpu(p.valid);
	opt->preferred = be32_to_cpu(p.preferred);
	/* In ::/16 are the loopback address and the mapped ones. */
	if (p.prefix_len != 16 || !opt->prefix.a16[0])
		opt->flags &= ~WEFT_RA_AUTO;
	/* IPv4 knows which mapped addresses are on the link. */
	if (p.prefix_len >= 32 && weft_addr_mapped(&opt->prefix))
		return false;
	return opt->preferred <= opt->valid &&
	       !weft_announce_reserved(&opt->prefix, p.prefix_len);
}

static bool weft_option_mtu(struct weft_announce_option *opt, const u8 *data)
{
	struct weft_ra_mtu m;

	memcpy(&m, data, sizeof(m));
	opt->mtu = be32_to_cpu(m.mtu);
	return opt->mtu >= WEFT_MTU_MIN;
}

/* The header says what the router is for ::/0. */
static bool weft_option_route(struct weft_announce_option *opt, const u8 *data)
{
	struct weft_ra_route r;
	u8 pref;

	memcpy(&r, data, sizeof(r));
	if (!r.prefix_len || r.prefix_len > 64)
		return false;
	pref = r.pref << 3;
	opt->pref = weft_announce_pref(pref);
	opt->prefix_len = r.prefix_len;
	opt->prefix = weft_addr_prefix(&r.prefix, r.prefix_len);
	opt->valid = be32_to_cpu(r.lifetime);
	/* RFC 4191, section 2.3: no route by a preference that is none. */
	return (opt->pref || !(pref & WEFT_RA_PREF_MASK)) &&
	       !weft_announce_reserved(&opt->prefix, r.prefix_len);
}

/* Reads an option of @len bytes; false if it means nothing. */
static bool weft_option_read(struct weft_announce_option *opt, const u8 *data,
			     unsigned int len)
{
	memset(opt, 0, sizeof(*opt));
	opt->type = data[0];
	switch (opt->type) {
	case WEFT_RA_PREFIX:
		return len == sizeof(struct weft_ra_prefix) &&
		       weft_option_prefix(opt, data);
	case WEFT_RA_MTU:
		return len == sizeof(struct weft_ra_mtu) &&
		       weft_option_mtu(opt, data);
	case WEFT_RA_ROUTE:
		return len == sizeof(struct weft_ra_route) &&
		       weft_option_route(opt, data);
	}
	return false;
}

/**
 * weft_announce_option() - read the next option of an announcement
 * @msg: the message, which weft_announce_parse() took
 * @len: how many bytes of @msg there are
 * @at: where to go on: 0, then what the last call returned
 * @opt: filled in
 *
 * Options that mean nothing are skipped: those of other types or lengths, and those
 * with values that doc/protocol.md does not allow.
 *
 * Return: the offset after the option, 0 if there is none.
 */
unsigned int weft_announce_option(const void *msg, unsigned int len,
				  unsigned int at,
				  struct weft_announce_option *opt)
{
	unsigned int n;

	if (!at)
		at = sizeof(struct weft_router_announce);
	for (; (n = weft_option_len(msg, len, at)); at += n)
		if (weft_option_read(opt, msg + at, n))
			return at + n;
	return 0;
}

/**
 * weft_announce_valid() - the valid lifetime of an address that is there
 * @told: what an announcement says, s; U32_MAX does not end
 * @left: what is left of it, s
 *
 * RFC 4862, section 5.5.3 (e): who forges announcements cannot end it at once.
 *
 * Return: the new lifetime, s.
 */
u32 weft_announce_valid(u32 told, u32 left)
{
	if (told > WEFT_ANNOUNCE_VALID_MIN || told > left)
		return told;
	return min(left, WEFT_ANNOUNCE_VALID_MIN);
}
