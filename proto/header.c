// SPDX-License-Identifier: GPL-2.0
/*
 * Validation of headers: every check on a field of the wire that needs no more
 * than the bytes themselves. The order is that of doc/protocol.md.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include "addr.h"
#include "header.h"

/**
 * weft_hdr_check() - is this the header of a packet?
 * @hdr: the header; the caller has made sure that all its bytes are there
 * @len: bytes received from the header's start, padding included
 *
 * Return: WEFT_DROP_NONE, or why the packet must be dropped.
 */
enum weft_drop weft_hdr_check(const struct weft_hdr *hdr, unsigned int len)
{
	unsigned int total = be16_to_cpu(hdr->len);

	if (weft_hdr_version(hdr) != WEFT_VERSION)
		return WEFT_DROP_VERSION;
	if (total < WEFT_HDR_LEN || total > len)
		return WEFT_DROP_LENGTH;
	if (weft_addr_group(&hdr->src) || weft_addr_any(&hdr->src) ||
	    weft_addr_any(&hdr->dst))
		return WEFT_DROP_ADDRESS;
	return WEFT_DROP_NONE;
}

/**
 * weft_dgram_check() - is this the header of a datagram?
 * @dgram: the header; the caller has made sure that all its bytes are there
 * @len: bytes from the header's start to the packet's end
 *
 * Return: WEFT_DROP_NONE, or why the packet must be dropped.
 */
enum weft_drop weft_dgram_check(const struct weft_dgram_hdr *dgram,
				unsigned int len)
{
	if (be16_to_cpu(dgram->len) != len)
		return WEFT_DROP_DGRAM_SHORT;
	if (!dgram->sport || !dgram->dport)
		return WEFT_DROP_DGRAM_PORT;
	return WEFT_DROP_NONE;
}
EXPORT_SYMBOL_GPL(weft_dgram_check);

static bool weft_frag_uneven(const struct weft_frag_hdr *frag, unsigned int len)
{
	return weft_frag_more(frag) && len % 8;
}

/**
 * weft_frag_check() - is this a fragment?
 * @frag: its header; read only if @len says that it is there
 * @len: bytes from the header's start to the packet's end
 *
 * A packet has one fragment header: what the fragments make is no fragment.
 *
 * Return: WEFT_DROP_NONE, or why the packet must be dropped.
 */
enum weft_drop weft_frag_check(const struct weft_frag_hdr *frag,
			       unsigned int len)
{
	unsigned int data;

	if (len <= WEFT_FRAG_LEN)
		return WEFT_DROP_FRAG_SHORT;
	data = len - WEFT_FRAG_LEN;
	if (!weft_frag_offset(frag) && !weft_frag_more(frag))
		return WEFT_DROP_FRAG_ATOMIC;
	if (weft_frag_uneven(frag, len))
		return WEFT_DROP_FRAG_LENGTH;
	if (weft_frag_more(frag) && data < WEFT_FRAG_DATA_MIN)
		return WEFT_DROP_FRAG_TINY;
	if (WEFT_HDR_LEN + weft_frag_offset(frag) + data > WEFT_LEN_MAX)
		return WEFT_DROP_FRAG_LENGTH;
	if (frag->next == WEFT_PROTO_FRAGMENT)
		return WEFT_DROP_FRAG_NESTED;
	return WEFT_DROP_NONE;
}

/**
 * weft_frag_wrong_field() - what the sender of a fragment did wrong
 * @frag: its header, for which weft_frag_check() said WEFT_DROP_FRAG_LENGTH
 * @len: bytes from the header's start to the packet's end
 *
 * Return: the offset of a field in the packet, bytes.
 */
unsigned int weft_frag_wrong_field(const struct weft_frag_hdr *frag,
				   unsigned int len)
{
	return weft_frag_uneven(frag, len) ? offsetof(struct weft_hdr, len) :
	       WEFT_HDR_LEN + offsetof(struct weft_frag_hdr, offset);
}

/**
 * weft_frag_part() - how long is the next fragment?
 * @left: bytes that are still to be sent
 * @max: bytes that fit into a fragment, a multiple of 8 that is at least
 *	2 * WEFT_FRAG_DATA_MIN
 * @more: what is left ends with a part that others follow, since it is a fragment
 *	itself; then a multiple of 8
 *
 * All parts but the last are equally long. One that others follow must not be too
 * small to be accepted: where it would be, the last two share what is left.
 *
 * Return: bytes of the next fragment.
 */
unsigned int weft_frag_part(unsigned int left, unsigned int max, bool more)
{
	if (left <= max)
		return left;
	if (more && left < max + WEFT_FRAG_DATA_MIN)
		return (left / 2 + 7) & ~7U;
	return max;
}

/* A packet's first fragment has what follows the network header. */
static bool weft_quote_unwrap(struct weft_quote *quote, const void **data,
			      unsigned int *len)
{
	struct weft_frag_hdr frag;

	if (quote->proto != WEFT_PROTO_FRAGMENT)
		return true;
	if (*len < sizeof(frag))
		return false;
	memcpy(&frag, *data, sizeof(frag));
	quote->proto = frag.next;
	quote->header_len += sizeof(frag);
	*data += sizeof(frag);
	*len -= sizeof(frag);
	return !weft_frag_offset(&frag);
}

static bool weft_quote_ports(struct weft_quote *quote, const void *data,
			     unsigned int len)
{
	struct weft_dgram_hdr dgram;
	struct weft_stream_hdr stream;
	struct weft_ctl_hdr ctl;

	switch (quote->proto) {
	case WEFT_PROTO_STREAM:
		if (len < sizeof(stream))
			return false;
		memcpy(&stream, data, sizeof(stream));
		quote->sport = stream.sport;
		quote->dport = stream.dport;
		quote->seq = be32_to_cpu(stream.seq);
		return true;
	case WEFT_PROTO_DGRAM:
		if (len < WEFT_DGRAM_LEN)
			return false;
		memcpy(&dgram, data, sizeof(dgram));
		quote->sport = dgram.sport;
		quote->dport = dgram.dport;
		return true;
	case WEFT_PROTO_CONTROL:
		if (len < WEFT_CTL_LEN)
			return false;
		memcpy(&ctl, data, sizeof(ctl));
		if (ctl.type == WEFT_CTL_ECHO_REQUEST)
			quote->sport = ctl.echo.id;
		return ctl.type & WEFT_CTL_INFO;
	case WEFT_PROTO_FRAGMENT:
		return false;
	}
	return true;
}

/**
 * weft_quote_parse() - read the packet that an error message quotes
 * @quote: filled in
 * @data: what follows the error's control header, of any alignment
 * @len: how many bytes of that there are
 *
 * The quoted packet is cut short, so its total length may exceed @len.
 *
 * Return: false if this is no packet, an error, or too short to tell whose it was.
 */
bool weft_quote_parse(struct weft_quote *quote, const void *data,
		      unsigned int len)
{
	struct weft_hdr hdr;

	if (len < sizeof(hdr))
		return false;
	memcpy(&hdr, data, sizeof(hdr));
	if (weft_hdr_check(&hdr, WEFT_LEN_MAX) != WEFT_DROP_NONE)
		return false;
	quote->src = hdr.src;
	quote->dst = hdr.dst;
	quote->proto = hdr.next;
	quote->header_len = sizeof(hdr);
	quote->sport = 0;
	quote->dport = 0;
	quote->seq = 0;
	data += sizeof(hdr);
	len -= sizeof(hdr);
	return weft_quote_unwrap(quote, &data, &len) &&
	       weft_quote_ports(quote, data, len);
}
EXPORT_SYMBOL_GPL(weft_quote_parse);

static int weft_unreach_errno(u8 code)
{
	static const int errnos[] = {
		[WEFT_UNREACH_NOROUTE]		= ENETUNREACH,
		[WEFT_UNREACH_PROHIBITED]	= EACCES,
		[WEFT_UNREACH_SCOPE]		= EHOSTUNREACH,
		[WEFT_UNREACH_ADDR]		= EHOSTUNREACH,
		[WEFT_UNREACH_PORT]		= ECONNREFUSED,
		[WEFT_UNREACH_PROTO]		= EPROTONOSUPPORT,
	};

	return code < ARRAY_SIZE(errnos) ? errnos[code] : 0;
}

/* The same of a fragment: the first one shows what the packet is. */
static bool weft_error_allowed_frag(u8 type, const void *payload,
				    unsigned int len)
{
	struct weft_frag_hdr frag;

	if (len < sizeof(frag))
		return false;
	memcpy(&frag, payload, sizeof(frag));
	if (weft_frag_offset(&frag))
		return type == WEFT_CTL_PARAM;
	if (frag.next != WEFT_PROTO_CONTROL)
		return true;
	return len > sizeof(frag) &&
	       (((const u8 *)payload)[sizeof(frag)] & WEFT_CTL_INFO);
}

/**
 * weft_error_errno() - what a program is told of an error
 * @type: the message's type, one of an error
 * @code: its code
 *
 * Return: a positive errno, 0 for a type or code that this version does not know.
 */
int weft_error_errno(u8 type, u8 code)
{
	static const int errnos[] = {
		[WEFT_CTL_TOOBIG]	= EMSGSIZE,
		[WEFT_CTL_TIME]		= EHOSTUNREACH,
		[WEFT_CTL_PARAM]	= EPROTO,
	};

	if (type == WEFT_CTL_UNREACH)
		return weft_unreach_errno(code);
	return type < ARRAY_SIZE(errnos) ? errnos[type] : 0;
}
EXPORT_SYMBOL_GPL(weft_error_errno);

/**
 * weft_hdr_sendable() - may a program send a packet with this header?
 * @hdr: the header; the caller has made sure that all its bytes are there
 * @len: bytes of the packet
 *
 * Return: 0, or -EINVAL if a field has a value that no packet is sent with.
 */
int weft_hdr_sendable(const struct weft_hdr *hdr, unsigned int len)
{
	if (weft_hdr_check(hdr, len) != WEFT_DROP_NONE ||
	    be16_to_cpu(hdr->len) != len ||
	    (hdr->flags & ~(WEFT_ECN_MASK | WEFT_FLAG_FRAGOK)) ||
	    !hdr->hop_limit)
		return -EINVAL;
	return 0;
}

/**
 * weft_error_allowed() - may this packet be answered with an error?
 * @type: of the error, WEFT_CTL_*
 * @hdr: the packet's network header, checked
 * @payload: what follows, of any alignment
 * @len: how many bytes of @payload there are; WEFT_ERROR_PEEK are enough
 *
 * RFC 4443, section 2.4 (e): not an error in answer to an error, nor to what
 * was sent to many; nor to a later fragment, but about the fragment itself.
 *
 * Return: true if an error may be sent.
 */
bool weft_error_allowed(u8 type, const struct weft_hdr *hdr,
			const void *payload, unsigned int len)
{
	if (weft_addr_group(&hdr->dst))
		return false;
	if (hdr->next == WEFT_PROTO_FRAGMENT)
		return weft_error_allowed_frag(type, payload, len);
	if (hdr->next != WEFT_PROTO_CONTROL)
		return true;
	return len > 0 && (*(const u8 *)payload & WEFT_CTL_INFO);
}

/* The shortest message of a type between neighbours, bytes; 0 for another type. */
static unsigned int weft_neigh_len(u8 type)
{
	switch (type) {
	case WEFT_CTL_ROUTER_SOLICIT:
		return sizeof(struct weft_ctl_hdr);
	case WEFT_CTL_ROUTER_ANNOUNCE:
		return sizeof(struct weft_router_announce);
	case WEFT_CTL_NEIGH_SOLICIT:
		return sizeof(struct weft_neigh_solicit);
	case WEFT_CTL_NEIGH_ANNOUNCE:
		return sizeof(struct weft_neigh_announce);
	case WEFT_CTL_REDIRECT:
		return sizeof(struct weft_redirect);
	case WEFT_CTL_GROUP_QUERY:
		return sizeof(struct weft_group_query);
	case WEFT_CTL_GROUP_REPORT:
		return sizeof(struct weft_ctl_hdr);
	}
	return 0;
}

/* What only some types must be: RFC 4861, sections 7.1.1 and 7.1.2. */
static bool weft_neigh_sound(const struct weft_hdr *hdr, const void *data)
{
	struct weft_neigh_solicit ask;
	struct weft_neigh_announce tell;

	switch (*(const u8 *)data) {
	case WEFT_CTL_NEIGH_SOLICIT:
		memcpy(&ask, data, sizeof(ask));
		return !(ask.ctl.flags & cpu_to_be32(WEFT_NEIGH_PROBE)) ||
		       weft_addr_any(&ask.asker);
	case WEFT_CTL_NEIGH_ANNOUNCE:
		memcpy(&tell, data, sizeof(tell));
		return !(tell.ctl.flags & cpu_to_be32(WEFT_NEIGH_SOLICITED)) ||
		       !weft_addr_group(&hdr->dst);
	}
	return true;
}

/**
 * weft_neigh_check() - does this message come from a neighbour?
 * @hdr: its network header, checked
 * @data: the message, of any alignment
 * @len: how many bytes of @data there are
 *
 * Context: any.
 * Return: WEFT_DROP_NONE, or why the message must be dropped.
 */
enum weft_drop weft_neigh_check(const struct weft_hdr *hdr, const void *data,
				unsigned int len)
{
	struct weft_ctl_hdr ctl;
	unsigned int least;
	u8 mac[WEFT_MAC_LEN];

	if (len < sizeof(ctl))
		return WEFT_DROP_NEIGHBOUR;
	memcpy(&ctl, data, sizeof(ctl));
	least = weft_neigh_len(ctl.type);
	if (!least || len < least || ctl.code)
		return WEFT_DROP_NEIGHBOUR;
	if (hdr->hop_limit != WEFT_HOP_LIMIT_NEIGH ||
	    !weft_addr_linklocal(&hdr->src) || !weft_addr_mac(&hdr->src, mac) ||
	    !weft_neigh_sound(hdr, data))
		return WEFT_DROP_NEIGHBOUR;
	return WEFT_DROP_NONE;
}
