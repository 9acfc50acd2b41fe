// SPDX-License-Identifier: GPL-2.0
/* The states of sockets, with the names of ss(8). See ss_state.h. */
#include <string.h>

#include "cli.h"
#include "ss_state.h"

/* Reads a state, or the name of a set; false if it is none. */
bool ss_state_parse(const char *word, uint32_t *states)
{
	static const struct {
		const char *name;
		uint32_t states;
	} names[] = {
		{ "connected", SS_STATES_CONNECTED },
		{ "unconnected", SS_STATES_UNCONNECTED },
		{ "all", SS_STATES_ALL },
		{ "established", 1 << TCP_ESTABLISHED },
		{ "syn-sent", 1 << TCP_SYN_SENT },
		{ "syn-recv", 1 << TCP_SYN_RECV },
		{ "fin-wait-1", 1 << TCP_FIN_WAIT1 },
		{ "fin-wait-2", 1 << TCP_FIN_WAIT2 },
		{ "time-wait", 1 << TCP_TIME_WAIT },
		{ "close-wait", 1 << TCP_CLOSE_WAIT },
		{ "last-ack", 1 << TCP_LAST_ACK },
		{ "closing", 1 << TCP_CLOSING },
		{ "closed", 1 << TCP_CLOSE },
		{ "listening", 1 << TCP_LISTEN },
		{ "synchronized", SS_STATES_CONNECTED & ~(1 << TCP_SYN_SENT) },
		{ "bucket", SS_STATES_BUCKET },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (cli_matches(word, names[i].name)) {
			*states = names[i].states;
			return true;
		}
	}
	return false;
}

/* What is shown of a state. */
const char *ss_state_name(bool stream, unsigned int state)
{
	static const char *const names[] = {
		[TCP_ESTABLISHED] = "ESTAB",
		[TCP_SYN_SENT] = "SYN-SENT",
		[TCP_SYN_RECV] = "SYN-RECV",
		[TCP_FIN_WAIT1] = "FIN-WAIT-1",
		[TCP_FIN_WAIT2] = "FIN-WAIT-2",
		[TCP_TIME_WAIT] = "TIME-WAIT",
		[TCP_CLOSE] = "CLOSED",
		[TCP_CLOSE_WAIT] = "CLOSE-WAIT",
		[TCP_LAST_ACK] = "LAST-ACK",
		[TCP_LISTEN] = "LISTEN",
		[TCP_CLOSING] = "CLOSING",
	};

	if (!stream)
		return state == TCP_ESTABLISHED ? "CONNECTED" : "UNCONNECTED";
	if (state >= sizeof(names) / sizeof(names[0]) || !names[state])
		return "UNKNOWN";
	return names[state];
}
