// SPDX-License-Identifier: GPL-2.0
/* Frames: made of what a script says, and taken apart. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <string.h>
#include "wire.h"

#define NET_AT		sizeof(struct ethhdr)
#define ADDR_AT		(NET_AT + offsetof(struct weft_hdr, src))
#define STREAM_AT	(NET_AT + sizeof(struct weft_hdr))
/* Of a control message that is an error, network header included. */
#define ERROR_MAX	576

/**
 * struct frame - the headers of a frame, aligned to nothing
 * @eth: link-layer header
 * @net: network header
 * @stream: header of a segment
 * @ctl: header of a control message
 */
struct frame {
	struct ethhdr eth;
	struct weft_hdr net;
	union {
		struct weft_stream_hdr stream;
		struct weft_ctl_hdr ctl;
	};
} __attribute__((packed));

static bool far;

/* The peer is behind a router: addresses are global from now on. */
void drill_addr_far(bool on)
{
	far = on;
}

/* The address of the end with that MAC. */
struct weft_addr drill_addr(unsigned char mac)
{
	if (far)
		return (struct weft_addr){ { { 0, 7 + mac, 0, 0, 0, 0, 0, mac } } };
	return (struct weft_addr){ { { 0xfe, 0x80, 2, 0, 0, 0, 0, mac } } };
}

/* --- payload ----------------------------------------------------------------------- */

/* What a side sends at an offset of its stream. */
unsigned char drill_byte(enum drill_side side, uint32_t offset)
{
	return offset * 7 + (offset >> 8) * 13 + (offset >> 16) * 5 + side * 101;
}

/* What every message has at an offset. */
unsigned char drill_message_byte(uint32_t offset)
{
	return offset * 3 + (offset >> 8) * 11 + 'm';
}

static uint32_t put_part(unsigned char *data, const struct drill_part *part)
{
	uint32_t word = part->len, at = 0, i;

	if (part->kind == DRILL_PART_BYTE) {
		*data = part->len;
		return 1;
	}
	if (part->kind == DRILL_PART_END)
		word |= WEFT_PART_END;
	if (part->kind != DRILL_PART_DATA) {
		word = htonl(word);
		memcpy(data, &word, 4);
		at = 4;
	}
	if (part->kind == DRILL_PART_WORD)
		return at;
	for (i = 0; i < part->len; i++)
		data[at++] = drill_message_byte(part->at + i);
	return at;
}

/* The payload of a segment, whose first byte has that offset in its stream. */
static void put_data(unsigned char *data, const struct drill_packet *p, uint32_t len,
		     uint32_t offset)
{
	uint32_t i;

	for (i = 0; i < p->n_parts; i++)
		data += put_part(data, &p->part[i]);
	if (p->n_parts)
		return;
	for (i = 0; i < len; i++)
		data[i] = drill_byte(p->out ? DRILL_SIDE_US : DRILL_SIDE_THEM,
				     offset + i);
}

/* --- making ------------------------------------------------------------------------ */

static uint32_t sum_bytes(const unsigned char *data, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? data[i] : data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The sum of a transport with its pseudo-header: 0xffff if its checksum is right. */
static uint32_t sum_up(const unsigned char *frame, size_t len)
{
	const struct frame *f = (const struct frame *)frame;
	uint32_t sum = sum_bytes(frame + ADDR_AT, 16, f->net.next);

	return sum_bytes(frame + STREAM_AT, len, sum + (len >> 16) + (len & 0xffff));
}

/* Of a transport of @len bytes whose checksum is at an offset of it. */
static void put_checksum(unsigned char *frame, size_t len, size_t at)
{
	uint16_t sum;

	memset(frame + STREAM_AT + at, 0, 2);
	sum = ~sum_up(frame, len);
	sum = htons(sum ? sum : 0xffff);
	memcpy(frame + STREAM_AT + at, &sum, 2);
}

/* Link-layer and network header of a packet from the peer to Weft. */
static void put_network(struct frame *f, unsigned char next, size_t len)
{
	static const struct ethhdr eth = {
		.h_dest = { 2, 0, 0, 0, 0, DRILL_US_MAC },
		.h_source = { 2, 0, 0, 0, 0, DRILL_THEM_MAC },
	};

	f->eth = eth;
	f->eth.h_proto = htons(WEFT_ETHERTYPE_DEFAULT);
	f->net = (struct weft_hdr){
		.vc = WEFT_VERSION << 4,
		.len = htons(sizeof(f->net) + len),
		.hop_limit = 64,
		.next = next,
		.src = drill_addr(DRILL_THEM_MAC),
		.dst = drill_addr(DRILL_US_MAC),
	};
}

static unsigned int put_opt(unsigned char *at, const struct drill_opt *opt, uint32_t isn)
{
	uint32_t run[2];
	unsigned int i;

	switch (opt->kind) {
	case DRILL_OPT_RAW:
		memcpy(at, opt->raw, opt->n);
		return opt->n;
	case DRILL_OPT_SACK:
		at[0] = WEFT_STREAM_OPT_SACK;
		at[1] = 2 + 8 * opt->n;
		for (i = 0; i < opt->n; i++) {
			run[0] = htonl(opt->sack[i].from + isn);
			run[1] = htonl(opt->sack[i].to + isn);
			memcpy(at + 2 + 8 * i, run, 8);
		}
		return 2 + 8 * opt->n;
	case DRILL_OPT_MSS:
		at[0] = WEFT_STREAM_OPT_MSS;
		at[2] = opt->value >> 8;
		at[3] = opt->value;
		break;
	case DRILL_OPT_KIND:
		at[0] = WEFT_STREAM_OPT_KIND;
		at[2] = opt->value;
		at[3] = 0;
		break;
	}
	at[1] = 4;
	return 4;
}

/* The options with what fills them up. Returns their length. */
static unsigned int put_opts(unsigned char *at, const struct drill_packet *p, uint32_t isn)
{
	unsigned int i, len = 0;

	for (i = 0; i < p->n_opts; i++) {
		if (len + 2 + 64 > DRILL_OPTS_MAX && p->opt[i].kind != DRILL_OPT_RAW)
			break;
		if (p->opt[i].kind == DRILL_OPT_RAW && len + p->opt[i].n > DRILL_OPTS_MAX)
			break;
		len += put_opt(at + len, &p->opt[i], isn);
	}
	while (len % 4)
		at[len++] = WEFT_STREAM_OPT_NOP;
	return len;
}

/**
 * drill_frame_make - the frame of a segment of the peer
 * @frame: where to write; DRILL_FRAME_MAX bytes
 * @p: what the script says
 * @n: its numbers
 * @offset: of the first byte of payload in the peer's stream
 *
 * Return: bytes of the frame.
 */
size_t drill_frame_make(unsigned char *frame, const struct drill_packet *p,
			const struct drill_numbers *n, uint32_t offset)
{
	struct frame *f = (struct frame *)frame;
	unsigned char *opts = frame + STREAM_AT + sizeof(f->stream);
	unsigned int hdr_len = sizeof(f->stream) + put_opts(opts, p, n->us_isn);
	size_t len = hdr_len + p->len;

	put_data(frame + STREAM_AT + hdr_len, p, p->len, offset);
	f->stream = (struct weft_stream_hdr){
		.sport = htons(n->them), .dport = htons(n->us),
		.seq = htonl(n->seq), .ack = htonl(n->ack),
		.len = p->hdr_len < 0 ? hdr_len : (unsigned int)p->hdr_len,
		.flags = p->flags, .window = htonl(n->win),
		.stamp = htonl(n->stamp), .echo = htonl(n->echo),
		.stream = htons(p->stream), .reserved = htons(p->reserved),
	};
	if (p->cut >= 0 && (size_t)p->cut < len)
		len = p->cut;
	put_network(f, WEFT_PROTO_STREAM, len);
	f->net.hop_limit = p->hops;
	f->net.flags = p->ecn < 0 ? 0 : p->ecn;
	if (len >= sizeof(f->stream))
		put_checksum(frame, len, offsetof(struct weft_stream_hdr, check));
	if (p->bad_sum)
		f->stream.check ^= htons(0x0101);
	return STREAM_AT + len;
}

/**
 * drill_frame_error - the frame of a control message about a packet
 * @frame: where to write
 * @e: what the script says
 * @quoted: the frame that it is about
 * @len: bytes of @quoted
 * @isn: what the script's sequence number is relative to
 *
 * Return: bytes of the frame.
 */
size_t drill_frame_error(unsigned char *frame, const struct drill_error *e,
			 const unsigned char *quoted, size_t len, uint32_t isn)
{
	struct frame *f = (struct frame *)frame;
	unsigned char *quote = frame + STREAM_AT + sizeof(f->ctl);
	size_t most = ERROR_MAX - sizeof(f->net) - sizeof(f->ctl);
	uint32_t seq = htonl(isn + e->seq);

	len -= NET_AT;
	if (len > most)
		len = most;
	if (e->quote && len > e->quote)
		len = e->quote;
	f->ctl = (struct weft_ctl_hdr){
		.type = e->type, .code = e->code, .rest = htonl(e->value),
	};
	memcpy(quote, quoted + NET_AT, len);
	if (e->seq_said && len >= sizeof(f->net) + 8)
		memcpy(quote + sizeof(f->net) + 4, &seq, 4);
	put_network(f, WEFT_PROTO_CONTROL, sizeof(f->ctl) + len);
	put_checksum(frame, sizeof(f->ctl) + len, offsetof(struct weft_ctl_hdr, check));
	return STREAM_AT + sizeof(f->ctl) + len;
}

/* --- taking apart ------------------------------------------------------------------ */

/* What no segment of Weft may have, whatever a script expects. */
static const char *frame_wrong(const struct drill_seen *seen)
{
	static const unsigned char dst[] = { 2, 0, 0, 0, 0, DRILL_THEM_MAC };
	static const unsigned char src[] = { 2, 0, 0, 0, 0, DRILL_US_MAC };
	const struct frame *f = (const struct frame *)seen->frame;
	struct weft_addr addr[] = { drill_addr(DRILL_US_MAC), drill_addr(DRILL_THEM_MAC) };
	size_t len = seen->frame_len - STREAM_AT;

	if (memcmp(f->eth.h_dest, dst, 6) || memcmp(f->eth.h_source, src, 6))
		return "wrong MAC";
	if (f->net.vc >> 4 != WEFT_VERSION || f->net.hop_limit != 64)
		return "wrong version or hop limit";
	if (ntohs(f->net.len) != seen->frame_len - NET_AT)
		return "wrong total length";
	if (memcmp(seen->frame + ADDR_AT, addr, 16))
		return "wrong address";
	if (f->stream.len < sizeof(f->stream) || f->stream.len % 4 || f->stream.len > len)
		return "wrong header length";
	if (sum_up(seen->frame, len) != 0xffff || !f->stream.check)
		return "wrong checksum";
	if (f->stream.stream || f->stream.reserved || f->stream.flags & 0x20)
		return "reserved bits are set";
	return NULL;
}

/**
 * drill_frame_read - take a frame apart
 * @seen: @frame and @frame_len are there, the rest is the result
 *
 * Return: false if it is no stream segment.
 */
bool drill_frame_read(struct drill_seen *seen)
{
	const struct frame *f = (const struct frame *)seen->frame;
	size_t len, hdr = sizeof(f->stream);

	if (seen->frame_len < STREAM_AT + hdr ||
	    f->eth.h_proto != htons(WEFT_ETHERTYPE_DEFAULT) ||
	    f->net.next != WEFT_PROTO_STREAM)
		return false;
	len = seen->frame_len - STREAM_AT;
	seen->wrong = frame_wrong(seen);
	seen->ecn = f->net.flags & WEFT_ECN_MASK;
	seen->us = ntohs(f->stream.sport);
	seen->them = ntohs(f->stream.dport);
	seen->flags = f->stream.flags;
	seen->seq = ntohl(f->stream.seq);
	seen->ack = ntohl(f->stream.ack);
	seen->win = ntohl(f->stream.window);
	seen->stamp = ntohl(f->stream.stamp);
	seen->echo = ntohl(f->stream.echo);
	seen->opts = seen->frame + STREAM_AT + hdr;
	seen->opts_len = f->stream.len < hdr || f->stream.len > len ?
			 0 : f->stream.len - hdr;
	seen->data = seen->opts + seen->opts_len;
	seen->len = len - hdr - seen->opts_len;
	return true;
}

/**
 * drill_opt_next - the next option of a segment, NOPs skipped
 * @opts: where it begins; moves on
 * @left: bytes that are left
 * @opt: result, with absolute numbers
 *
 * Return: 1, 0 at the end, -1 if the options are not whole.
 */
int drill_opt_next(const unsigned char **opts, unsigned int *left, struct drill_opt *opt)
{
	const unsigned char *o = *opts;
	unsigned int len, i;
	uint32_t run[2];

	while (*left && *o == WEFT_STREAM_OPT_NOP) {
		o++;
		--*left;
	}
	if (!*left)
		return 0;
	if (*left < 2 || o[1] < 2 || o[1] > *left)
		return -1;
	len = o[1];
	memset(opt, 0, sizeof(*opt));
	if (o[0] == WEFT_STREAM_OPT_SACK && len % 8 == 2 && len <= 2 + 8 * 8) {
		opt->kind = DRILL_OPT_SACK;
		opt->n = len / 8;
		for (i = 0; i < opt->n; i++) {
			memcpy(run, o + 2 + 8 * i, 8);
			opt->sack[i].from = ntohl(run[0]);
			opt->sack[i].to = ntohl(run[1]);
		}
	} else if (len == 4 && o[0] == WEFT_STREAM_OPT_MSS) {
		opt->kind = DRILL_OPT_MSS;
		opt->value = o[2] << 8 | o[3];
	} else if (len == 4 && o[0] == WEFT_STREAM_OPT_KIND && !o[3]) {
		opt->kind = DRILL_OPT_KIND;
		opt->value = o[2];
	} else {
		opt->n = len < DRILL_OPTS_MAX ? len : DRILL_OPTS_MAX;
		memcpy(opt->raw, o, opt->n);
	}
	*opts = o + len;
	*left -= len;
	return 1;
}

/* --- comparing --------------------------------------------------------------------- */

static bool opt_equal(const struct drill_opt *is, const struct drill_opt *should,
		      uint32_t isn)
{
	unsigned int i;

	if (is->kind != should->kind || is->n != should->n || is->value != should->value)
		return false;
	if (is->kind == DRILL_OPT_RAW)
		return !memcmp(is->raw, should->raw, is->n);
	for (i = 0; i < is->n; i++)
		if (is->sack[i].from != should->sack[i].from + isn ||
		    is->sack[i].to != should->sack[i].to + isn)
			return false;
	return true;
}

/*
 * Compares options in their order. A SYN whose options were not said may have any, another
 * segment none. Returns what is wrong, or NULL.
 */
const char *drill_opts_check(const struct drill_seen *seen, const struct drill_packet *p,
			     uint32_t them_isn)
{
	const unsigned char *opts = seen->opts;
	unsigned int left = seen->opts_len, n = 0;
	struct drill_opt opt;
	int got;

	while ((got = drill_opt_next(&opts, &left, &opt)) > 0) {
		if (p->opts_any || (!p->opts_said && (seen->flags & WEFT_STREAM_SYN)))
			continue;
		if (n == p->n_opts || !opt_equal(&opt, &p->opt[n], them_isn))
			return "options differ";
		n++;
	}
	if (got < 0)
		return "options are not whole";
	return p->opts_said && !p->opts_any && n != p->n_opts ? "options differ" : NULL;
}

/* True if the payload is what a script, or the pattern at that offset, says. */
bool drill_data_check(const struct drill_seen *seen, const struct drill_packet *p,
		      uint32_t offset)
{
	static unsigned char should[DRILL_FRAME_MAX];

	if (seen->len > sizeof(should))
		return false;
	put_data(should, p, seen->len, offset);
	return !memcmp(should, seen->data, seen->len);
}
