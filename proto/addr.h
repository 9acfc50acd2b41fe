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

/* ffff:ffff:ffff:ffff: every node of a link. */
static inline bool weft_addr_broadcast(const struct weft_addr *a)
{
	return !(~a->a32[0] | ~a->a32[1]);
}

/* A group that can be joined. */
static inline bool weft_addr_joinable(const struct weft_addr *a)
{
	return weft_addr_group(a) && !weft_addr_broadcast(a);
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
	return weft_addr_linklocal(a) || weft_addr_broadcast(a) ||
	       (weft_addr_group(a) && weft_group_scope(a) <= WEFT_GROUP_LINK);
}

/* 0:4::/32: an IPv4 address. */
static inline bool weft_addr_mapped(const struct weft_addr *a)
{
	return a->a32[0] == cpu_to_be32(0x00000004);
}

/* 127.0.0.0/8, mapped. */
static inline bool weft_addr_mapped_loopback(const struct weft_addr *a)
{
	return weft_addr_mapped(a) && a->a8[4] == 127;
}

/* Of packets that never leave the node. */
static inline bool weft_addr_node_only(const struct weft_addr *a)
{
	return weft_addr_loopback(a) || weft_addr_mapped_loopback(a) ||
	       (weft_addr_group(a) && weft_group_scope(a) <= WEFT_GROUP_NODE);
}

/* How far an address means the same. */
enum weft_scope {
	WEFT_SCOPE_NODE,
	WEFT_SCOPE_LINK,
	WEFT_SCOPE_GLOBAL,
};

static inline enum weft_scope weft_addr_scope(const struct weft_addr *a)
{
	if (weft_addr_node_only(a))
		return WEFT_SCOPE_NODE;
	return weft_addr_needs_scope(a) ? WEFT_SCOPE_LINK : WEFT_SCOPE_GLOBAL;
}

/* The address as a number, for prefixes. */
static inline u64 weft_addr_key(const struct weft_addr *a)
{
	return (u64)be32_to_cpu(a->a32[0]) << 32 | be32_to_cpu(a->a32[1]);
}

static inline u64 weft_prefix_mask(u8 len)
{
	return len ? ~0ULL << (64 - len) : 0;
}

static inline bool weft_addr_in_prefix(const struct weft_addr *a,
				       const struct weft_addr *prefix, u8 len)
{
	return !((weft_addr_key(a) ^ weft_addr_key(prefix)) &
		 weft_prefix_mask(len));
}

/* The prefix of an address: its other bits cleared. */
static inline struct weft_addr weft_addr_prefix(const struct weft_addr *a, u8 len)
{
	u64 mask = weft_prefix_mask(len);
	struct weft_addr prefix = {
		.a32[0] = a->a32[0] & cpu_to_be32(mask >> 32),
		.a32[1] = a->a32[1] & cpu_to_be32((u32)mask),
	};

	return prefix;
}

/* How many leading bits two addresses share. */
static inline unsigned int weft_addr_common(const struct weft_addr *a,
					    const struct weft_addr *b)
{
	u64 differ = weft_addr_key(a) ^ weft_addr_key(b);

	return differ ? __builtin_clzll(differ) : 64;
}

/* The group that is asked for an address: ff02:1 and the address's low half. */
static inline void weft_solicited_node(const struct weft_addr *addr,
				       struct weft_addr *group)
{
	group->a32[0] = cpu_to_be32(0xff020001);
	group->a32[1] = addr->a32[1];
}

static inline bool weft_addr_solicited(const struct weft_addr *a)
{
	return a->a32[0] == cpu_to_be32(0xff020001);
}

/* The link-local address of a device: fe80 and its MAC. */
static inline void weft_addr_from_mac(struct weft_addr *a, const u8 *mac)
{
	a->a16[0] = cpu_to_be16(0xfe80);
	memcpy(&a->a8[2], mac, WEFT_MAC_LEN);
}

/**
 * weft_addr_mac() - where on the link a packet to an address goes
 * @a: a link-local, group or broadcast address
 * @mac: WEFT_MAC_LEN bytes, filled in
 *
 * Return: false if the address is a link-local one without a valid MAC.
 */
static inline bool weft_addr_mac(const struct weft_addr *a, u8 *mac)
{
	if (weft_addr_broadcast(a)) {
		memset(mac, 0xff, WEFT_MAC_LEN);
		return true;
	}
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
