// SPDX-License-Identifier: GPL-2.0
/* A step of a packet that is traced. See filter_step.h. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "filter_field.h"
#include "filter_step.h"
#include "json.h"
#include "weft.h"

/* --- the packet --------------------------------------------------------------------- */

static void print_value(FILE *out, unsigned int field, uint64_t value)
{
	const uint64_t v[2] = { value, 0 };

	fprintf(out, " %s ", filter_field(field)->name);
	filter_value_print(out, filter_field(field), v);
}

static uint64_t number_of(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;
	uint64_t v = 0;

	while (len--)
		v = v << 8 | *b++;
	return v;
}

/* What is known of the transport: its bytes may be cut anywhere. */
static void print_transport(FILE *out, uint8_t proto, const uint8_t *b, size_t len)
{
	if ((proto == WEFT_PROTO_STREAM || proto == WEFT_PROTO_DGRAM) && len >= 4) {
		print_value(out, WEFT_FILTER_F_SPORT, number_of(b, 2));
		print_value(out, WEFT_FILTER_F_DPORT, number_of(b + 2, 2));
	}
	if (proto == WEFT_PROTO_STREAM && len >= 14)
		print_value(out, WEFT_FILTER_F_STREAM_FLAGS, b[13]);
	if (proto == WEFT_PROTO_CONTROL && len >= 2) {
		print_value(out, WEFT_FILTER_F_CTL_TYPE, b[0]);
		print_value(out, WEFT_FILTER_F_CTL_CODE, b[1]);
	}
}

static void print_packet(FILE *out, const struct filter_step *s)
{
	const uint8_t *b = s->packet;
	size_t len = s->packet_len;
	struct weft_frag_hdr frag;
	struct weft_hdr h;
	uint64_t part = 0;

	if (len < sizeof(h))
		return;
	memcpy(&h, b, sizeof(h));
	print_value(out, WEFT_FILTER_F_SRC, number_of(&h.src, 8));
	print_value(out, WEFT_FILTER_F_DST, number_of(&h.dst, 8));
	print_value(out, WEFT_FILTER_F_CLASS, h.vc & WEFT_CLASS_MASK);
	print_value(out, WEFT_FILTER_F_ECN, h.flags & WEFT_ECN_MASK);
	print_value(out, WEFT_FILTER_F_HOP_LIMIT, h.hop_limit);
	print_value(out, WEFT_FILTER_F_LEN, s->len);
	b += sizeof(h);
	len -= sizeof(h);
	if (h.next == WEFT_PROTO_FRAGMENT && len >= sizeof(frag)) {
		memcpy(&frag, b, sizeof(frag));
		part = ntohs(frag.offset) & WEFT_FRAG_OFFSET ? 2 : 1;
		print_value(out, WEFT_FILTER_F_FRAG, part);
		h.next = frag.next;
		b += sizeof(frag);
		len -= sizeof(frag);
	}
	print_value(out, WEFT_FILTER_F_PROTO, h.next);
	if (part != 2)
		print_transport(out, h.next, b, len);
}

static void print_arrival(FILE *out, const struct filter_step *s)
{
	fprintf(out, "packet: hook %s", filter_hook_name(s->hook));
	if (s->iif)
		print_value(out, WEFT_FILTER_F_IIF, s->iif);
	if (s->oif)
		print_value(out, WEFT_FILTER_F_OIF, s->oif);
	print_packet(out, s);
	if (s->mark)
		print_value(out, WEFT_FILTER_F_MARK, s->mark);
}

/* --- steps -------------------------------------------------------------------------- */

static void print_verdict_of(FILE *out, const struct filter_step *s)
{
	if (!s->has_verdict)
		return;
	fputs(" (verdict ", out);
	filter_print_verdict(out, &s->verdict);
	fputc(')', out);
}

void filter_print_step(const struct filter_style *style, const struct filter_step *s,
		       const struct filter_rule *rule)
{
	FILE *out = style->out;

	fprintf(out, "trace id %08" PRIx32 " weft ", s->id);
	filter_print_name(out, s->table);
	fputc(' ', out);
	filter_print_name(out, s->chain);
	fputc(' ', out);
	switch (s->kind) {
	case WEFT_FILTER_TRACE_PACKET:
		print_arrival(out, s);
		break;
	case WEFT_FILTER_TRACE_RULE:
		fputs("rule ", out);
		if (rule)
			filter_print_rule(style, rule);
		else
			fprintf(out, "handle %" PRIu64, s->handle);
		print_verdict_of(out, s);
		if (style->handles && rule)
			fprintf(out, " # handle %" PRIu64, s->handle);
		break;
	case WEFT_FILTER_TRACE_RETURN:
		fputs("end of chain", out);
		print_verdict_of(out, s);
		break;
	case WEFT_FILTER_TRACE_POLICY:
		fputs("policy ", out);
		filter_print_verdict(out, &s->verdict);
		break;
	default:
		fprintf(out, "step %" PRIu32, s->kind);
	}
	fputc('\n', out);
}

void filter_json_step(FILE *out, const struct filter_step *s)
{
	static const char *const kinds[] = {
		[WEFT_FILTER_TRACE_PACKET] = "packet",
		[WEFT_FILTER_TRACE_RULE] = "rule",
		[WEFT_FILTER_TRACE_RETURN] = "return",
		[WEFT_FILTER_TRACE_POLICY] = "policy",
	};
	static const char *const verdicts[] = {
		[WEFT_FILTER_CONTINUE] = "continue", [WEFT_FILTER_ACCEPT] = "accept",
		[WEFT_FILTER_DROP] = "drop", [WEFT_FILTER_JUMP] = "jump",
		[WEFT_FILTER_GOTO] = "goto", [WEFT_FILTER_RETURN] = "return",
	};
	struct json j;

	json_init(&j, out, false);
	json_open(&j, NULL, '{');
	json_open(&j, "trace", '{');
	json_uint(&j, "id", s->id);
	json_string(&j, "family", "weft");
	json_string(&j, "hook", filter_hook_name(s->hook));
	json_string(&j, "table", s->table);
	json_string(&j, "chain", s->chain);
	if (s->kind <= WEFT_FILTER_TRACE_POLICY)
		json_string(&j, "kind", kinds[s->kind]);
	if (s->handle)
		json_uint(&j, "handle", s->handle);
	if (s->has_verdict)
		json_string(&j, "verdict", verdicts[s->verdict.code]);
	if (s->verdict.chain[0])
		json_string(&j, "target", s->verdict.chain);
	if (s->iif)
		json_uint(&j, "iif", s->iif);
	if (s->oif)
		json_uint(&j, "oif", s->oif);
	if (s->mark)
		json_uint(&j, "mark", s->mark);
	if (s->len)
		json_uint(&j, "length", s->len);
	json_close(&j, '}');
	json_close(&j, '}');
}
