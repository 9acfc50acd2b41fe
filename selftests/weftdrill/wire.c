// SPDX-License-Identifier: GPL-2.0
/* Frames: made of what a script says, and taken apart. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <string.h>
#include "wire.h"

#define NET_AT		sizeof(struct ethhdr)
#define STREAM_AT	(NET_AT + sizeof(struct weft_hdr))
/* Of a control message that is an error, network header included. */
#define ERROR_MAX	576

struct weft_addr drill_addr(unsigned char mac)
{
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
static uint32_t sum_up(const struct weft_hdr *hdr, const unsigned char *body, size_t len)
{
	uint32_t sum = sum_bytes((const unsigned char *)&hdr->src, 16, hdr->next);

	return sum_bytes(body, len, sum + (len >> 16) + (len & 0xffff));
}

static void put_checksum(const struct weft_hdr *hdr, unsigned char *body, size_t len,
			 size_t at)
{
	uint16_t sum;

	memset(body + at, 0, 2);
	sum = ~sum_up(hdr, body, len);
	sum = htons(sum ? sum : 0xffff);
	memcpy(body + at, &sum, 2);
}

/* Link-layer and network header of a packet from the peer to Weft. */
static struct weft_hdr *put_network(unsigned char *frame, unsigned char next, size_t len)
{
	static const struct ethhdr eth = {
		.h_dest = { 2, 0, 0, 0, 0, DRILL_US_MAC },
		.h_source = { 2, 0, 0, 0, 0, DRILL_THEM_MAC },
	};
	struct ethhdr *e = (struct ethhdr *)frame;
	struct weft_hdr *hdr = (struct weft_hdr *)(frame + NET_AT);

	*e = eth;
	e->h_proto = htons(WEFT_ETHERTYPE_DEFAULT);
	*hdr = (struct weft_hdr){
		.vc = WEFT_VERSION << 4,
		.len = htons(sizeof(*hdr) + len),
		.hop_limit = 64,
		.next = next,
		.src = drill_addr(DRILL_THEM_MAC),
		.dst = drill_addr(DRILL_US_MAC),
	};
	return hdr;
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
	unsigned char *body = frame + STREAM_AT;
	struct weft_stream_hdr *s = (struct weft_stream_hdr *)body;
	unsigned int opts;
	struct weft_hdr *hdr;
	size_t len;

	opts = put_opts(body + sizeof(*s), p, n->us_isn);
	put_data(body + sizeof(*s) + opts, p, p->len, offset);
	len = sizeof(*s) + opts + p->len;
	*s = (struct weft_stream_hdr){
		.sport = htons(n->them), .dport = htons(n->us),
		.seq = htonl(n->seq), .ack = htonl(n->ack),
		.len = p->hdr_len < 0 ? sizeof(*s) + opts : (unsigned int)p->hdr_len,
		.flags = p->flags, .window = htonl(n->win),
		.stamp = htonl(n->stamp), .echo = htonl(n->echo),
		.stream = htons(p->stream), .reserved = htons(p->reserved),
	};
	if (p->cut >= 0 && (size_t)p->cut < len)
		len = p->cut;
	hdr = put_network(frame, WEFT_PROTO_STREAM, len);
	hdr->hop_limit = p->hops;
	hdr->flags = p->ecn < 0 ? 0 : p->ecn;
	if (len >= sizeof(*s))
		put_checksum(hdr, body, len, offsetof(struct weft_stream_hdr, check));
	if (p->bad_sum)
		s->check ^= htons(0x0101);
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
	unsigned char *body = frame + STREAM_AT;
	struct weft_ctl_hdr *ctl = (struct weft_ctl_hdr *)body;
	size_t quote = len - NET_AT, most = ERROR_MAX - sizeof(struct weft_hdr) - sizeof(*ctl);
	uint32_t seq = htonl(isn + e->seq);
	struct weft_hdr *hdr;

	if (quote > most)
		quote = most;
	if (e->quote && quote > e->quote)
		quote = e->quote;
	*ctl = (struct weft_ctl_hdr){
		.type = e->type, .code = e->code, .rest = htonl(e->value),
	};
	memcpy(ctl + 1, quoted + NET_AT, quote);
	if (e->seq_said && quote >= sizeof(struct weft_hdr) + 8)
		memcpy((unsigned char *)(ctl + 1) + sizeof(struct weft_hdr) + 4, &seq, 4);
	hdr = put_network(frame, WEFT_PROTO_CONTROL, sizeof(*ctl) + quote);
	put_checksum(hdr, body, sizeof(*ctl) + quote, 2);
	return STREAM_AT + sizeof(*ctl) + quote;
}

/* --- taking apart ------------------------------------------------------------------ */

/* What no segment of Weft may have, whatever a script expects. */
static const char *frame_wrong(const struct drill_seen *seen)
{
	static const unsigned char dst[] = { 2, 0, 0, 0, 0, DRILL_THEM_MAC };
	static const unsigned char src[] = { 2, 0, 0, 0, 0, DRILL_US_MAC };
	const struct ethhdr *eth = (const struct ethhdr *)seen->frame;
	const struct weft_hdr *hdr = (const struct weft_hdr *)(seen->frame + NET_AT);
	const struct weft_stream_hdr *s = (const struct weft_stream_hdr *)(hdr + 1);
	struct weft_addr us = drill_addr(DRILL_US_MAC), them = drill_addr(DRILL_THEM_MAC);
	size_t len = seen->frame_len - STREAM_AT;

	if (memcmp(eth->h_dest, dst, 6) || memcmp(eth->h_source, src, 6))
		return "wrong MAC";
	if (hdr->vc >> 4 != WEFT_VERSION || hdr->hop_limit != 64)
		return "wrong version or hop limit";
	if (ntohs(hdr->len) != seen->frame_len - NET_AT)
		return "wrong total length";
	if (memcmp(&hdr->src, &us, 8) || memcmp(&hdr->dst, &them, 8))
		return "wrong address";
	if (s->len < sizeof(*s) || s->len % 4 || s->len > len)
		return "wrong header length";
	if (sum_up(hdr, (const unsigned char *)s, len) != 0xffff || !s->check)
		return "wrong checksum";
	if (s->stream || s->reserved || s->flags & 0x20)
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
	const struct ethhdr *eth = (const struct ethhdr *)seen->frame;
	const struct weft_hdr *hdr = (const struct weft_hdr *)(seen->frame + NET_AT);
	const struct weft_stream_hdr *s = (const struct weft_stream_hdr *)(hdr + 1);
	size_t len;

	if (seen->frame_len < STREAM_AT + sizeof(*s) ||
	    eth->h_proto != htons(WEFT_ETHERTYPE_DEFAULT) ||
	    hdr->next != WEFT_PROTO_STREAM)
		return false;
	len = seen->frame_len - STREAM_AT;
	seen->wrong = frame_wrong(seen);
	seen->ecn = hdr->flags & WEFT_ECN_MASK;
	seen->us = ntohs(s->sport);
	seen->them = ntohs(s->dport);
	seen->flags = s->flags;
	seen->seq = ntohl(s->seq);
	seen->ack = ntohl(s->ack);
	seen->win = ntohl(s->window);
	seen->stamp = ntohl(s->stamp);
	seen->echo = ntohl(s->echo);
	seen->opts = (const unsigned char *)(s + 1);
	seen->opts_len = s->len < sizeof(*s) || s->len > len ? 0 : s->len - sizeof(*s);
	seen->data = seen->opts + seen->opts_len;
	seen->len = len - sizeof(*s) - seen->opts_len;
	return true;
}

/* The sequence number in a frame. */
uint32_t drill_frame_seq(const unsigned char *frame)
{
	uint32_t seq;

	memcpy(&seq, frame + STREAM_AT + 4, 4);
	return ntohl(seq);
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
