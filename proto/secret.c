// SPDX-License-Identifier: GPL-2.0
/* Numbers that a stranger must not guess, made of a connection's ends and a secret. */
#include <linux/ktime.h>
#include <linux/once.h>
#include <linux/siphash.h>
#include "addr.h"
#include "secret.h"

static siphash_aligned_key_t weft_secret;

static u64 weft_secret_ports(const struct weft_port_key *key)
{
	return (u64)(__force u16)key->lport << 16 | (__force u16)key->fport;
}

static u64 weft_secret_hash(const struct weft_addr *laddr, const struct weft_addr *faddr,
			    u64 a, u64 b)
{
	net_get_random_once(&weft_secret, sizeof(weft_secret));
	return siphash_4u64(weft_addr_key(laddr), weft_addr_key(faddr), a, b,
			    &weft_secret);
}

/**
 * weft_secret_isn() - initial sequence number (RFC 6528, section 3)
 * @key: both ends
 *
 * Return: the number; it grows by one in 64 ns for the same ends.
 */
u32 weft_secret_isn(const struct weft_port_key *key)
{
	u32 hash = weft_secret_hash(&key->laddr, &key->faddr,
				    weft_secret_ports(key), 0);

	return hash + (u32)(ktime_get_real_ns() >> 6);
}

/**
 * weft_secret_stamp() - what is added to our clock in time stamps (RFC 7323, section 5.4)
 * @laddr: our address
 * @faddr: the peer's
 *
 * Return: microseconds, the same for all connections of both.
 */
u32 weft_secret_stamp(const struct weft_addr *laddr, const struct weft_addr *faddr)
{
	return weft_secret_hash(laddr, faddr, 0, 1);
}

/**
 * weft_secret_cookie() - initial sequence number of an answer that is not remembered
 * @key: both ends
 * @peer_isn: the peer's initial sequence number
 * @minute: time
 * @said: what the SYN said, as weft_cookie_said() made it
 *
 * Return: the number.
 */
u32 weft_secret_cookie(const struct weft_port_key *key, u32 peer_isn, u32 minute,
		       u8 said)
{
	return weft_secret_hash(&key->laddr, &key->faddr,
				weft_secret_ports(key) << 32 | peer_isn,
				(u64)minute << 32 | said << 8 | 2);
}
