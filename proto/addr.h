/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of addresses, as doc/protocol.md names them. Pure: builds in user space
 * as well.
 */
#ifndef WEFT_ADDR_H
#define WEFT_ADDR_H

#include <linux/string.h>
#include <linux/types.h>
#include <linux/weft.h>

/* Scope of a group address (doc/protocol.md, "Groups"). */
#define WEFT_GROUP_NODE	0x1
#define WEFT_GROUP_LINK	0x2

/* Every MAC of a group begins with these bytes; the address's low half ends it. */
#define WEFT_GROUP_MAC0	0x03
#define WEFT_GROUP_MAC1	0x57

#define WEFT_MAC_LEN	6

static inline bool weft_addr_equal(const struct weft_addr *a,
				   const struct weft_addr *b)
{
	return !((a->a32[0] ^ b->a32[0]) | (a->a32[1] ^ b->a32[1]));
}

static inline bool weft_addr_any(const struct weft_addr *a)
{
	return !(a->a32[0] | a->a32[1]);
}

static inline bool weft_addr_loopback(const struct weft_addr *a)
{
	return !a->a32[0] && a->a32[1] == cpu_to_be32(1);
}

static inline bool weft_addr_linklocal(const struct weft_addr *a)
{
	return a->a16[0] == cpu_to_be16(0xfe80);
}

static inline bool weft_addr_group(const struct weft_addr *a)
{
	return a->a8[0] == 0xff;
}

static inline u8 weft_group_scope(const struct weft_addr *a)
{
	return a->a8[1] & 0x0f;
}

static inline bool weft_addr_allnodes(const struct weft_addr *a)
{
	return a->a32[0] == cpu_to_be32(0xff020000) &&
	       a->a32[1] == cpu_to_be32(1);
}

/* True where the address means something on one link only. */
static inline bool weft_addr_needs_scope(const struct weft_addr *a)
{
	return weft_addr_linklocal(a) ||
	       (weft_addr_group(a) && weft_group_scope(a) <= WEFT_GROUP_LINK);
}

/* Of packets that never leave the node. */
static inline bool weft_addr_node_only(const struct weft_addr *a)
{
	return weft_addr_loopback(a) ||
	       (weft_addr_group(a) && weft_group_scope(a) <= WEFT_GROUP_NODE);
}

/* The link-local address of a device: fe80 and its MAC. */
static inline void weft_addr_from_mac(struct weft_addr *a, const u8 *mac)
{
	a->a16[0] = cpu_to_be16(0xfe80);
	memcpy(&a->a8[2], mac, WEFT_MAC_LEN);
}

/**
 * weft_addr_mac() - where on the link a packet to an address goes
 * @a: a link-local or group address
 * @mac: WEFT_MAC_LEN bytes, filled in
 *
 * Return: false if the address is a link-local one without a valid MAC.
 */
static inline bool weft_addr_mac(const struct weft_addr *a, u8 *mac)
{
	if (weft_addr_group(a)) {
		mac[0] = WEFT_GROUP_MAC0;
		mac[1] = WEFT_GROUP_MAC1;
		memcpy(mac + 2, &a->a8[4], 4);
		return true;
	}
	memcpy(mac, &a->a8[2], WEFT_MAC_LEN);
	return !(mac[0] & 1) && (a->a32[1] || a->a16[1]);
}

#endif /* WEFT_ADDR_H */
