// SPDX-License-Identifier: GPL-2.0
/* What is known of a connection, with the names of ss(8) where it has them. */
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ss_info.h"

/**
 * struct field - a number of struct weft_info
 * @name: what it is called
 * @offset: where it is: numbers of 8 bits come first, then those of 32, then those of 64
 */
struct field {
	const char *name;
	size_t offset;
};

#define FIELD(name, member)	{ name, offsetof(struct weft_info, member) }

/* Printed unless they are 0; the times before them are printed by hand. */
static const struct field fields[] = {
	FIELD("mss", snd_mss),
	FIELD("pmtu", pmtu),
	FIELD("rcvmss", rcv_mss),
	FIELD("cwnd", cwnd),
	FIELD("ssthresh", ssthresh),
	FIELD("backoff", backoff),
	FIELD("probes", probes),
	FIELD("bytes_sent", bytes_sent),
	FIELD("bytes_retrans", bytes_retrans),
	FIELD("bytes_acked", bytes_acked),
	FIELD("bytes_received", bytes_received),
	FIELD("bytes_lost", bytes_lost),
	FIELD("bytes_dup", bytes_duplicate),
	FIELD("segs_out", segs_out),
	FIELD("segs_in", segs_in),
	FIELD("data_segs_out", data_segs_out),
	FIELD("data_segs_in", data_segs_in),
	FIELD("retrans", segs_retrans),
	FIELD("rcv_ooopack", segs_out_of_order),
	FIELD("delivered_ce", marks_told),
	FIELD("received_ce", marks_in),
	FIELD("pacing_rate", pacing_rate),
	FIELD("in_flight", in_flight),
	FIELD("unacked", unacked),
	FIELD("sacked", sacked),
	FIELD("lost", lost),
	FIELD("notsent", notsent),
	FIELD("timeouts", timeouts),
	FIELD("tlps", tlps),
	FIELD("undone", undone),
	FIELD("dsack_dups", dsacks),
	FIELD("reord_seen", reorder_seen),
	FIELD("reordering", reordering),
	FIELD("rcv_space", rcv_space),
	FIELD("snd_wnd", snd_wnd),
	FIELD("rcv_wnd", rcv_wnd),
	FIELD("lastsnd", last_data_sent),
	FIELD("lastrcv", last_data_recv),
	FIELD("lastack", last_recv),
};

/* Of one that was never set. */
#define NO_LIMIT_32	UINT32_MAX

static uint64_t value(const struct weft_info *info, const struct field *f)
{
	const char *at = (const char *)info + f->offset;
	uint32_t u32;
	uint64_t u64;

	if (f->offset < offsetof(struct weft_info, flags))
		return *(const uint8_t *)at;
	if (f->offset < offsetof(struct weft_info, pacing_rate)) {
		memcpy(&u32, at, sizeof(u32));
		return u32 == NO_LIMIT_32 ? 0 : u32;
	}
	memcpy(&u64, at, sizeof(u64));
	return u64 == UINT64_MAX ? 0 : u64;
}

static void print_number(struct out *o, const char *name, uint64_t n)
{
	if (!n)
		return;
	if (out_json(o))
		json_uint(out_json(o), name, n);
	else
		out_text(o, "%s:%" PRIu64, name, n);
}

/* Microseconds, as milliseconds. */
static void print_time(struct out *o, const char *name, uint32_t us)
{
	if (!us || us == NO_LIMIT_32)
		return;
	if (out_json(o))
		json_double(out_json(o), name, us / 1000.0);
	else
		out_text(o, "%s:%g", name, us / 1000.0);
}

static void print_rtt(struct out *o, const struct weft_info *info)
{
	struct json *j = out_json(o);

	if (!info->rtt)
		return;
	if (j) {
		json_double(j, "rtt", info->rtt / 1000.0);
		json_double(j, "rttvar", info->rttvar / 1000.0);
	} else {
		out_text(o, "rtt:%g/%g", info->rtt / 1000.0, info->rttvar / 1000.0);
	}
}

static void print_flags(struct out *o, unsigned int flags)
{
	static const char *const names[] = { "ecn", "ecnseen", "messages", "app_limited" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & 1U << i)
			out_flag(o, names[i]);
}

/* What the sender is doing about losses; nothing if there are none. */
static void print_recovery(struct out *o, unsigned int recovery)
{
	static const char *const names[] = { NULL, "marked", "recovery", "loss" };

	if (recovery < sizeof(names) / sizeof(names[0]) && names[recovery])
		out_string(o, OUT_PLAIN, "recovery", NULL, names[recovery]);
}

static void print_all(struct out *o, const struct weft_info *info)
{
	char cc[WEFT_CONGESTION_MAX + 1] = "";
	size_t i;

	memcpy(cc, info->cc, WEFT_CONGESTION_MAX);
	print_flags(o, info->flags);
	if (cc[0])
		out_string(o, OUT_PLAIN, "cc", NULL, cc);
	print_recovery(o, info->recovery);
	print_time(o, "rto", info->rto);
	print_rtt(o, info);
	print_time(o, "ato", info->ato);
	print_time(o, "minrtt", info->min_rtt);
	print_time(o, "rcv_rtt", info->rcv_rtt);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		print_number(o, fields[i].name, value(info, &fields[i]));
}

/* The queues of one that listens are columns already. */
void ss_info_print(struct out *o, const struct weft_info *info)
{
	struct json *j = out_json(o);

	if (info->state == TCP_LISTEN)
		return;
	if (j)
		json_open(j, "info", '{');
	print_all(o, info);
	if (j)
		json_close(j, '}');
}
