// SPDX-License-Identifier: GPL-2.0
/*
 * Validation of headers: every check on a field of the wire that needs no more
 * than the bytes themselves. The order is that of doc/protocol.md.
 */
#include <linux/errno.h>
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

static bool weft_quote_ports(struct weft_quote *quote, const void *data,
			     unsigned int len)
{
	struct weft_dgram_hdr dgram;
	struct weft_ctl_hdr ctl;

	switch (quote->proto) {
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
		if (ctl.type != WEFT_CTL_ECHO_REQUEST)
			return false;
		quote->sport = ctl.echo.id;
		quote->dport = 0;
		return true;
	}
	return false;
}

/**
 * weft_quote_parse() - read the packet that an error message quotes
 * @quote: filled in
 * @data: what follows the error's control header, of any alignment
 * @len: how many bytes of that there are
 *
 * The quoted packet is cut short, so its total length may exceed @len.
 *
 * Return: false if this quotes nothing that a socket of this node could have
 * sent.
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
	return weft_quote_ports(quote, data + sizeof(hdr), len - sizeof(hdr));
}

/**
 * weft_unreach_errno() - what a program is told of a destination unreachable
 * @code: the message's code
 *
 * Return: a positive errno, 0 for a code that this version does not know.
 */
int weft_unreach_errno(u8 code)
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

/**
 * weft_error_allowed() - may this packet be answered with an error?
 * @hdr: its network header, checked
 * @payload: what follows, of any alignment
 * @len: how many bytes of @payload there are
 *
 * RFC 4443, section 2.4 (e): not an error in answer to an error, nor to what
 * was sent to many.
 *
 * Return: true if an error may be sent.
 */
bool weft_error_allowed(const struct weft_hdr *hdr, const void *payload,
			unsigned int len)
{
	if (weft_addr_group(&hdr->dst))
		return false;
	if (hdr->next != WEFT_PROTO_CONTROL)
		return true;
	return len > 0 && (*(const u8 *)payload & WEFT_CTL_INFO);
}
