// SPDX-License-Identifier: GPL-2.0
/* Reads fields. A getter returns false if the packet does not have its field. */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/random.h>
#include <linux/timekeeping.h>
#include <linux/unaligned.h>
#include <net/sock.h>
#include "../addr.h"
#include "../gso.h"
#include "../header.h"
#include "../input.h"
#include "field.h"
#include "track.h"

#define WEFT_DAY_SECONDS	86400
#define WEFT_DAY_OF_1970	4	/* a Thursday */

/**
 * struct weft_field - a field
 * @get: reads it into @value
 * @max: its greatest value
 * @again: it is another one each time
 * @tracks: it comes from connection tracking
 */
struct weft_field {
	bool	(*get)(struct weft_packet *packet, u32 arg, u64 *value);
	u64	max;
	bool	again;
	bool	tracks;
};

/* --- headers -------------------------------------------------------------------------- */

static bool weft_get_src(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = weft_addr_key(&weft_hdr(packet->skb)->src);
	return true;
}

static bool weft_get_dst(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = weft_addr_key(&weft_hdr(packet->skb)->dst);
	return true;
}

/**
 * weft_field_locate() - find the transport header
 * @packet: its proto, frag and transport are filled in
 */
void weft_field_locate(struct weft_packet *packet)
{
	const struct weft_frag_hdr *frag;
	struct weft_frag_hdr buf;

	if (packet->located)
		return;
	packet->located = true;
	packet->proto = weft_hdr(packet->skb)->next;
	packet->frag = 0;
	packet->transport = WEFT_HDR_LEN;
	if (packet->proto != WEFT_PROTO_FRAGMENT)
		return;
	frag = skb_header_pointer(packet->skb, WEFT_HDR_LEN, sizeof(buf), &buf);
	if (!frag) {
		packet->frag = 2;
		return;
	}
	packet->proto = frag->next;
	packet->frag = weft_frag_offset(frag) ? 2 : 1;
	packet->transport += WEFT_FRAG_LEN;
}

static bool weft_get_proto(struct weft_packet *packet, u32 arg, u64 *value)
{
	weft_field_locate(packet);
	*value = packet->proto;
	return true;
}

static bool weft_get_frag(struct weft_packet *packet, u32 arg, u64 *value)
{
	weft_field_locate(packet);
	*value = packet->frag;
	return true;
}

static bool weft_get_port(struct weft_packet *packet, unsigned int offset, u64 *value)
{
	const __be16 *port;
	__be16 buf;

	weft_field_locate(packet);
	if (packet->frag == 2 ||
	    (packet->proto != WEFT_PROTO_DGRAM && packet->proto != WEFT_PROTO_STREAM))
		return false;
	port = skb_header_pointer(packet->skb, packet->transport + offset, sizeof(buf), &buf);
	if (!port)
		return false;
	*value = be16_to_cpu(*port);
	return true;
}

static bool weft_get_sport(struct weft_packet *packet, u32 arg, u64 *value)
{
	return weft_get_port(packet, offsetof(struct weft_dgram_hdr, sport), value);
}

static bool weft_get_dport(struct weft_packet *packet, u32 arg, u64 *value)
{
	return weft_get_port(packet, offsetof(struct weft_dgram_hdr, dport), value);
}

/* A byte of the header of one transport. */
static bool weft_get_byte(struct weft_packet *packet, u8 proto, unsigned int offset, u64 *value)
{
	const u8 *byte;
	u8 buf;

	weft_field_locate(packet);
	if (packet->frag == 2 || packet->proto != proto)
		return false;
	byte = skb_header_pointer(packet->skb, packet->transport + offset, sizeof(buf), &buf);
	if (!byte)
		return false;
	*value = *byte;
	return true;
}

static bool weft_get_ctl_type(struct weft_packet *packet, u32 arg, u64 *value)
{
	return weft_get_byte(packet, WEFT_PROTO_CONTROL, offsetof(struct weft_ctl_hdr, type),
			     value);
}

static bool weft_get_ctl_code(struct weft_packet *packet, u32 arg, u64 *value)
{
	return weft_get_byte(packet, WEFT_PROTO_CONTROL, offsetof(struct weft_ctl_hdr, code),
			     value);
}

static bool weft_get_stream_flags(struct weft_packet *packet, u32 arg, u64 *value)
{
	return weft_get_byte(packet, WEFT_PROTO_STREAM,
			     offsetof(struct weft_stream_hdr, flags), value);
}

static bool weft_get_class(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = weft_hdr_class(weft_hdr(packet->skb));
	return true;
}

static bool weft_get_ecn(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = weft_hdr(packet->skb)->flags & WEFT_ECN_MASK;
	return true;
}

static bool weft_get_len(struct weft_packet *packet, u32 arg, u64 *value)
{
	struct sk_buff *skb = packet->skb;

	/* What is one packet in the end is told with its whole length. */
	*value = weft_gso_several(skb) ? weft_gso_longest(skb, WEFT_HDR_LEN) : skb->len;
	return true;
}

static bool weft_get_hop_limit(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = weft_hdr(packet->skb)->hop_limit;
	return true;
}

static bool weft_get_cast(struct weft_packet *packet, u32 arg, u64 *value)
{
	const struct weft_addr *dst = &weft_hdr(packet->skb)->dst;

	*value = weft_addr_group(dst) + weft_addr_broadcast(dst);
	return true;
}

/* --- devices --------------------------------------------------------------------------- */

static bool weft_get_iif(struct weft_packet *packet, u32 arg, u64 *value)
{
	if (!packet->state->in)
		return false;
	*value = packet->state->in->ifindex;
	return true;
}

static bool weft_get_oif(struct weft_packet *packet, u32 arg, u64 *value)
{
	if (!packet->state->out)
		return false;
	*value = packet->state->out->ifindex;
	return true;
}

/* Behind the end of a device's name there may be the rest of an older one. */
static bool weft_get_name(const struct net_device *dev, unsigned int offset, u64 *value)
{
	char name[IFNAMSIZ];

	BUILD_BUG_ON(IFNAMSIZ != 2 * sizeof(*value));
	if (!dev)
		return false;
	strscpy_pad(name, dev->name, sizeof(name));
	*value = get_unaligned_be64(name + offset);
	return true;
}

static bool weft_get_iifname(struct weft_packet *packet, u32 arg, u64 *value)
{
	return weft_get_name(packet->state->in, 0, value);
}

static bool weft_get_iifname2(struct weft_packet *packet, u32 arg, u64 *value)
{
	return weft_get_name(packet->state->in, sizeof(*value), value);
}

static bool weft_get_oifname(struct weft_packet *packet, u32 arg, u64 *value)
{
	return weft_get_name(packet->state->out, 0, value);
}

static bool weft_get_oifname2(struct weft_packet *packet, u32 arg, u64 *value)
{
	return weft_get_name(packet->state->out, sizeof(*value), value);
}

/* --- sockets --------------------------------------------------------------------------- */

static bool weft_get_mark(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = packet->skb->mark;
	return true;
}

/* A socket of this namespace that the packet comes from. */
static struct sock *weft_packet_sock(const struct weft_packet *packet)
{
	struct sock *sk = packet->skb->sk;

	return sk && sk_fullsock(sk) && net_eq(packet->state->net, sock_net(sk)) ? sk : NULL;
}

static bool weft_get_uid(struct weft_packet *packet, u32 arg, u64 *value)
{
	const struct sock *sk = weft_packet_sock(packet);

	if (!sk)
		return false;
	*value = from_kuid_munged(&init_user_ns, sk->sk_uid);
	return true;
}

static bool weft_get_gid(struct weft_packet *packet, u32 arg, u64 *value)
{
	struct sock *sk = weft_packet_sock(packet);
	bool has = false;

	if (!sk)
		return false;
	read_lock_bh(&sk->sk_callback_lock);
	if (sk->sk_socket && sk->sk_socket->file) {
		*value = from_kgid_munged(&init_user_ns, sk->sk_socket->file->f_cred->fsgid);
		has = true;
	}
	read_unlock_bh(&sk->sk_callback_lock);
	return has;
}

static bool weft_get_cgroup(struct weft_packet *packet, u32 arg, u64 *value)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	struct sock *sk = weft_packet_sock(packet);
	struct cgroup *cgroup;

	if (!sk)
		return false;
	cgroup = sock_cgroup_ptr(&sk->sk_cgrp_data);
	cgroup = arg <= cgroup->level ? cgroup_ancestor(cgroup, arg) : NULL;
	if (!cgroup)
		return false;
	*value = cgroup_id(cgroup);
	return true;
#else
	return false;
#endif
}

/* --- connections ------------------------------------------------------------------------ */

static bool weft_get_ct_state(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = weft_track_cb(packet->skb)->state;
	return *value;
}

static bool weft_packet_connected(struct weft_packet *packet)
{
	return weft_track_cb(packet->skb)->state &
	       (WEFT_TRACK_NEW | WEFT_TRACK_ESTABLISHED | WEFT_TRACK_RELATED);
}

static bool weft_get_ct_direction(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = weft_track_cb(packet->skb)->reply;
	return weft_packet_connected(packet);
}

static bool weft_get_ct_status(struct weft_packet *packet, u32 arg, u64 *value)
{
	if (!weft_packet_connected(packet))
		return false;
	*value = weft_track_status(packet->skb);
	return true;
}

static bool weft_get_ct_mark(struct weft_packet *packet, u32 arg, u64 *value)
{
	if (!weft_packet_connected(packet))
		return false;
	*value = weft_track_mark(packet->skb);
	return true;
}

/* All labels: a match tests one of them. */
static bool weft_get_ct_label(struct weft_packet *packet, u32 arg, u64 *value)
{
	if (!weft_packet_connected(packet))
		return false;
	*value = weft_track_labels(packet->skb);
	return true;
}

static bool weft_get_ct_zone(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = weft_track_cb(packet->skb)->zone;
	return true;
}

static bool weft_get_ct_packets(struct weft_packet *packet, u32 arg, u64 *value)
{
	u64 bytes;

	return weft_packet_connected(packet) &&
	       weft_track_counters(packet->skb, value, &bytes);
}

static bool weft_get_ct_bytes(struct weft_packet *packet, u32 arg, u64 *value)
{
	u64 packets;

	return weft_packet_connected(packet) &&
	       weft_track_counters(packet->skb, &packets, value);
}

/* --- time ------------------------------------------------------------------------------- */

static bool weft_get_time(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = ktime_get_real_seconds();
	return true;
}

static bool weft_get_hour(struct weft_packet *packet, u32 arg, u64 *value)
{
	u32 second;

	div_u64_rem(ktime_get_real_seconds(), WEFT_DAY_SECONDS, &second);
	*value = second;
	return true;
}

static bool weft_get_day(struct weft_packet *packet, u32 arg, u64 *value)
{
	u32 day;

	div_u64_rem(div_u64(ktime_get_real_seconds(), WEFT_DAY_SECONDS) + WEFT_DAY_OF_1970,
		    7, &day);
	*value = day;
	return true;
}

static bool weft_get_random(struct weft_packet *packet, u32 arg, u64 *value)
{
	*value = get_random_u32();
	return true;
}

/* --- all of them ------------------------------------------------------------------------- */

static const struct weft_field weft_fields[WEFT_WORD_COUNT] = {
	[WEFT_FILTER_F_SRC]		= { weft_get_src, U64_MAX },
	[WEFT_FILTER_F_DST]		= { weft_get_dst, U64_MAX },
	[WEFT_FILTER_F_PROTO]		= { weft_get_proto, U8_MAX },
	[WEFT_FILTER_F_SPORT]		= { weft_get_sport, U16_MAX },
	[WEFT_FILTER_F_DPORT]		= { weft_get_dport, U16_MAX },
	[WEFT_FILTER_F_CLASS]		= { weft_get_class, WEFT_CLASS_MASK },
	[WEFT_FILTER_F_ECN]		= { weft_get_ecn, WEFT_ECN_MASK },
	[WEFT_FILTER_F_LEN]		= { weft_get_len, U16_MAX },
	[WEFT_FILTER_F_HOP_LIMIT]	= { weft_get_hop_limit, U8_MAX },
	[WEFT_FILTER_F_FRAG]		= { weft_get_frag, 2 },
	[WEFT_FILTER_F_CTL_TYPE]	= { weft_get_ctl_type, U8_MAX },
	[WEFT_FILTER_F_CTL_CODE]	= { weft_get_ctl_code, U8_MAX },
	[WEFT_FILTER_F_STREAM_FLAGS]	= { weft_get_stream_flags, U8_MAX },
	[WEFT_FILTER_F_CAST]		= { weft_get_cast, 2 },
	[WEFT_FILTER_F_IIF]		= { weft_get_iif, INT_MAX },
	[WEFT_FILTER_F_OIF]		= { weft_get_oif, INT_MAX },
	[WEFT_FILTER_F_IIFNAME]		= { weft_get_iifname, U64_MAX },
	[WEFT_FILTER_F_OIFNAME]		= { weft_get_oifname, U64_MAX },
	[WEFT_FILTER_F_MARK]		= { weft_get_mark, U32_MAX },
	[WEFT_FILTER_F_UID]		= { weft_get_uid, U32_MAX },
	[WEFT_FILTER_F_GID]		= { weft_get_gid, U32_MAX },
	[WEFT_FILTER_F_CGROUP]		= { weft_get_cgroup, U64_MAX, .again = true },
	[WEFT_FILTER_F_CT_STATE]	= { weft_get_ct_state, U8_MAX, .tracks = true },
	[WEFT_FILTER_F_CT_DIRECTION]	= { weft_get_ct_direction, 1, .tracks = true },
	[WEFT_FILTER_F_CT_STATUS]	= { weft_get_ct_status, U32_MAX, .tracks = true },
	[WEFT_FILTER_F_CT_MARK]		= { weft_get_ct_mark, U32_MAX, .tracks = true },
	[WEFT_FILTER_F_CT_LABEL]	= { weft_get_ct_label, 63, .tracks = true },
	[WEFT_FILTER_F_CT_ZONE]		= { weft_get_ct_zone, U16_MAX, .tracks = true },
	[WEFT_FILTER_F_CT_PACKETS]	= { weft_get_ct_packets, U64_MAX, .tracks = true },
	[WEFT_FILTER_F_CT_BYTES]	= { weft_get_ct_bytes, U64_MAX, .tracks = true },
	[WEFT_FILTER_F_TIME]		= { weft_get_time, U64_MAX },
	[WEFT_FILTER_F_HOUR]		= { weft_get_hour, WEFT_DAY_SECONDS - 1 },
	[WEFT_FILTER_F_DAY]		= { weft_get_day, 6 },
	[WEFT_FILTER_F_RANDOM]		= { weft_get_random, U32_MAX, .again = true },
	[WEFT_WORD_IIFNAME2]		= { weft_get_iifname2, U64_MAX },
	[WEFT_WORD_OIFNAME2]		= { weft_get_oifname2, U64_MAX },
};

/**
 * weft_field_load() - read a field
 * @packet: of which; its word is filled in
 * @field: WEFT_FILTER_F_*, or the second number of a name
 * @arg: level of a cgroup
 *
 * Context: RCU read lock, softirqs disabled.
 * Return: false if the packet does not have it.
 */
bool weft_field_load(struct weft_packet *packet, unsigned int field, u32 arg)
{
	const struct weft_field *f = &weft_fields[field];

	BUILD_BUG_ON(WEFT_WORD_COUNT > 64);
	if (!f->get(packet, arg, &packet->word[field])) {
		if (!f->again)
			packet->absent |= BIT_ULL(field);
		return false;
	}
	if (!f->again)
		packet->known |= BIT_ULL(field);
	return true;
}

/**
 * weft_field_valid() - is there such a field?
 * @field: number that somebody said
 *
 * Return: if it is one of WEFT_FILTER_F_*.
 */
bool weft_field_valid(unsigned int field)
{
	return field && field <= WEFT_FILTER_F_MAX;
}

/**
 * weft_field_max() - how great can it be?
 * @field: a valid one
 *
 * Return: its greatest value; of a label the greatest number.
 */
u64 weft_field_max(unsigned int field)
{
	return weft_fields[field].max;
}

/**
 * weft_field_tracks() - does it need connection tracking?
 * @field: a valid one
 *
 * Return: if it does.
 */
bool weft_field_tracks(unsigned int field)
{
	return weft_fields[field].tracks;
}
