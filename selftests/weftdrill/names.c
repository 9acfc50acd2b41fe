// SPDX-License-Identifier: GPL-2.0
/* Names in scripts and their numbers. */
#include <linux/weft.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include "names.h"

const struct drill_option drill_options[] = {
	{ "error", SOL_SOCKET, SO_ERROR, DRILL_OPTION_ERROR },
	{ "linger", SOL_SOCKET, SO_LINGER, DRILL_OPTION_LINGER },
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE, DRILL_OPTION_INT },
	{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR, DRILL_OPTION_INT },
	{ "rcvbuf", SOL_SOCKET, SO_RCVBUF, DRILL_OPTION_INT },
	{ "sndbuf", SOL_SOCKET, SO_SNDBUF, DRILL_OPTION_INT },
	{ "rcvlowat", SOL_SOCKET, SO_RCVLOWAT, DRILL_OPTION_INT },
	{ "rcvtimeo", SOL_SOCKET, SO_RCVTIMEO, DRILL_OPTION_TIME },
	{ "sndtimeo", SOL_SOCKET, SO_SNDTIMEO, DRILL_OPTION_TIME },
	{ "nodelay", SOL_WEFT, WEFT_NODELAY, DRILL_OPTION_INT },
	{ "cork", SOL_WEFT, WEFT_CORK, DRILL_OPTION_INT },
	{ "congestion", SOL_WEFT, WEFT_CONGESTION, DRILL_OPTION_STRING },
	{ "user_timeout", SOL_WEFT, WEFT_USER_TIMEOUT, DRILL_OPTION_INT },
	{ "keepidle", SOL_WEFT, WEFT_KEEPIDLE, DRILL_OPTION_INT },
	{ "keepintvl", SOL_WEFT, WEFT_KEEPINTVL, DRILL_OPTION_INT },
	{ "keepcnt", SOL_WEFT, WEFT_KEEPCNT, DRILL_OPTION_INT },
	{ "quickack", SOL_WEFT, WEFT_QUICKACK, DRILL_OPTION_INT },
	{ "maxseg", SOL_WEFT, WEFT_MAXSEG, DRILL_OPTION_INT },
	{ "linger2", SOL_WEFT, WEFT_LINGER2, DRILL_OPTION_INT },
	{ "defer_accept", SOL_WEFT, WEFT_DEFER_ACCEPT, DRILL_OPTION_INT },
	{ "notsent_lowat", SOL_WEFT, WEFT_NOTSENT_LOWAT, DRILL_OPTION_INT },
	{ "syncnt", SOL_WEFT, WEFT_SYNCNT, DRILL_OPTION_INT },
	{ NULL, 0, 0, DRILL_OPTION_INT },
};

const struct drill_word drill_states[] = {
	{ "ESTABLISHED", TCP_ESTABLISHED },
	{ "SYN-SENT", TCP_SYN_SENT },
	{ "SYN-RECEIVED", TCP_SYN_RECV },
	{ "FIN-WAIT-1", TCP_FIN_WAIT1 },
	{ "FIN-WAIT-2", TCP_FIN_WAIT2 },
	{ "TIME-WAIT", TCP_TIME_WAIT },
	{ "CLOSED", TCP_CLOSE },
	{ "CLOSE-WAIT", TCP_CLOSE_WAIT },
	{ "LAST-ACK", TCP_LAST_ACK },
	{ "LISTEN", TCP_LISTEN },
	{ "CLOSING", TCP_CLOSING },
	{ NULL, 0 },
};

const struct drill_word drill_events[] = {
	{ "in", POLLIN },
	{ "out", POLLOUT },
	{ "pri", POLLPRI },
	{ "err", POLLERR },
	{ "hup", POLLHUP },
	{ "rdhup", POLLRDHUP },
	{ "none", 0 },
	{ NULL, 0 },
};

#define FIELD(name, bits) { #name, offsetof(struct weft_info, name), (bits) / 8 }

const struct drill_field drill_fields[] = {
	FIELD(recovery, 8), FIELD(backoff, 8), FIELD(probes, 8), FIELD(flags, 32),
	FIELD(rto, 32), FIELD(snd_mss, 32), FIELD(rcv_mss, 32), FIELD(rtt, 32),
	FIELD(min_rtt, 32), FIELD(cwnd, 32), FIELD(ssthresh, 32), FIELD(in_flight, 32),
	FIELD(unacked, 32), FIELD(sacked, 32), FIELD(lost, 32), FIELD(notsent, 32),
	FIELD(snd_wnd, 32), FIELD(rcv_wnd, 32), FIELD(timeouts, 32), FIELD(tlps, 32),
	FIELD(undone, 32), FIELD(dsacks, 32), FIELD(reorder_seen, 32),
	FIELD(bytes_sent, 64), FIELD(bytes_acked, 64), FIELD(bytes_retrans, 64),
	FIELD(bytes_received, 64), FIELD(bytes_lost, 64), FIELD(bytes_duplicate, 64),
	FIELD(segs_out, 64), FIELD(data_segs_out, 64), FIELD(segs_retrans, 64),
	FIELD(segs_out_of_order, 64), FIELD(marks_in, 64), FIELD(marks_told, 64),
	{ NULL, 0, 0 },
};

/* The letters of the flags from bit 0 on, tcpdump's where it has one. */
static const char flag_letters[] = "FSRPAUEC";

/* The index of an option, -1 if there is none of that name. */
int drill_option_find(const char *name)
{
	int i;

	for (i = 0; drill_options[i].name; i++)
		if (!strcmp(drill_options[i].name, name))
			return i;
	return -1;
}

/* The field of struct weft_info, NULL if there is none of that name. */
const struct drill_field *drill_field_find(const char *name)
{
	const struct drill_field *f;

	for (f = drill_fields; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

bool drill_word_find(const struct drill_word *words, const char *name, long long *n)
{
	for (; words->name; words++)
		if (!strcmp(words->name, name)) {
			*n = words->n;
			return true;
		}
	return false;
}

/* The word for a number, NULL if there is none. */
const char *drill_word_name(const struct drill_word *words, long long n)
{
	for (; words->name; words++)
		if (words->n == n)
			return words->name;
	return NULL;
}

bool drill_errno_find(const char *name, long long *n)
{
	const char *known;
	int i;

	for (i = 1; i < 134; i++) {
		known = strerrorname_np(i);
		if (known && !strcmp(known, name)) {
			*n = i;
			return true;
		}
	}
	return false;
}

/* Letters, each with '?' behind it if it may be either way; '-' for none at all. */
bool drill_flags_parse(const char *word, unsigned char *flags, unsigned char *any)
{
	const char *at;
	int bit;

	*flags = 0;
	*any = 0;
	if (!strcmp(word, "-"))
		return true;
	for (; *word; word++) {
		at = strchr(flag_letters, *word);
		if (!at)
			return false;
		bit = 1 << (at - flag_letters);
		if ((*flags | *any) & bit)
			return false;
		if (word[1] == '?') {
			*any |= bit;
			word++;
		} else {
			*flags |= bit;
		}
	}
	return true;
}

/* Writes at most nine bytes. */
void drill_flags_show(unsigned char flags, char *text)
{
	int bit;

	if (!flags)
		*text++ = '-';
	for (bit = 0; bit < 8; bit++)
		if (flags & 1 << bit)
			*text++ = flag_letters[bit];
	*text = '\0';
}
