// SPDX-License-Identifier: GPL-2.0
/* A connection: printed. See track.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "track.h"

/* --- names --------------------------------------------------------------------------- */

static const char *const states[] = {
	[WEFT_TRACK_STREAM_NONE] = "NONE",
	[WEFT_TRACK_STREAM_SYN_SENT] = "SYN-SENT",
	[WEFT_TRACK_STREAM_SYN_CROSSED] = "SYN-CROSSED",
	[WEFT_TRACK_STREAM_SYN_RECEIVED] = "SYN-RECEIVED",
	[WEFT_TRACK_STREAM_ESTABLISHED] = "ESTABLISHED",
	[WEFT_TRACK_STREAM_FIN_WAIT] = "FIN-WAIT",
	[WEFT_TRACK_STREAM_CLOSE_WAIT] = "CLOSE-WAIT",
	[WEFT_TRACK_STREAM_CLOSING] = "CLOSING",
	[WEFT_TRACK_STREAM_LAST_ACK] = "LAST-ACK",
	[WEFT_TRACK_STREAM_TIME_WAIT] = "TIME-WAIT",
	[WEFT_TRACK_STREAM_CLOSED] = "CLOSED",
};

static const struct {
	uint8_t proto;
	const char *name;
} protos[] = {
	{ WEFT_PROTO_CONTROL, "control" },
	{ WEFT_PROTO_STREAM, "stream" },
	{ WEFT_PROTO_DGRAM, "dgram" },
	{ WEFT_PROTO_NONE, "none" },
};

const char *track_state_name(uint32_t state)
{
	return state < MNL_ARRAY_SIZE(states) ? states[state] : "?";
}

/* WEFT_TRACK_STREAM_* of a name in capitals or not, or -1. */
int track_state_value(const char *name)
{
	unsigned int i;

	for (i = 1; i < MNL_ARRAY_SIZE(states); i++)
		if (!strcasecmp(name, states[i]))
			return (int)i;
	return -1;
}

const char *track_proto_name(uint8_t proto, char buf[8])
{
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(protos); i++)
		if (protos[i].proto == proto)
			return protos[i].name;
	snprintf(buf, 8, "%u", proto);
	return buf;
}

/* WEFT_PROTO_* of a name or number, or -1. */
int track_proto_value(const char *name)
{
	unsigned long n;
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(protos); i++)
		if (!strcmp(name, protos[i].name))
			return protos[i].proto;
	return cli_number(name, 0, UINT8_MAX, &n) ? -1 : (int)n;
}

/* --- printed -------------------------------------------------------------------------- */

static void print_counters(struct out *o, const struct weft_track_counters *c)
{
	out_uint(o, "packets", "packets", c->packets);
	out_uint(o, "bytes", "bytes", c->bytes);
}

static void print_direction(struct out *o, const struct track *t, int dir)
{
	const struct track_tuple *tuple = &t->tuple[dir];

	if (out_json(o))
		json_open(out_json(o), dir ? "reply" : "orig", '{');
	else if (dir)
		out_text(o, "reply");
	out_addr(o, "src", "src", &tuple->src);
	out_addr(o, "dst", "dst", &tuple->dst);
	if (tuple->proto == WEFT_PROTO_CONTROL) {
		out_uint(o, "type", "type", tuple->type);
		out_uint(o, "id", "id", tuple->sport);
	} else if (tuple->sport || tuple->dport) {
		out_uint(o, "sport", "sport", tuple->sport);
		out_uint(o, "dport", "dport", tuple->dport);
	}
	if (tuple->link)
		out_device(o, "dev", "dev", (int)tuple->link);
	print_counters(o, &t->counters[dir]);
	if (out_json(o))
		json_close(out_json(o), '}');
}

static void print_hex(struct out *o, const char *key, uint64_t value)
{
	if (out_json(o))
		json_uint(out_json(o), key, value);
	else
		out_text(o, "%s 0x%" PRIx64, key, value);
}

static void print_status(struct out *o, uint32_t status)
{
	out_list(o, "status");
	if (status & WEFT_TRACK_S_SEEN_REPLY)
		out_string(o, OUT_PLAIN, NULL, NULL, "answered");
	if (status & WEFT_TRACK_S_ASSURED)
		out_string(o, OUT_PLAIN, NULL, NULL, "assured");
	out_list_end(o);
}

/* One connection, without its line's end. */
void track_print(struct out *o, const struct track *t)
{
	char buf[8];

	out_uint(o, "id", "id", t->id);
	out_string(o, OUT_PLAIN, "proto", NULL,
		   track_proto_name(t->tuple[0].proto, buf));
	if (t->tuple[0].proto == WEFT_PROTO_STREAM)
		out_string(o, OUT_UP, "state", NULL, track_state_name(t->state));
	print_direction(o, t, 0);
	print_direction(o, t, 1);
	if (t->zone || out_json(o))
		out_uint(o, "zone", "zone", t->zone);
	if (t->mark || out_json(o))
		print_hex(o, "mark", t->mark);
	if (t->labels || out_json(o))
		print_hex(o, "labels", t->labels);
	out_uint(o, "timeout", "timeout", t->timeout);
	if (cli.details)
		out_uint(o, "start", "start", t->start);
	print_status(o, t->status);
}
