/* SPDX-License-Identifier: GPL-2.0 */
/* The states of sockets and sets of them, by name. */
#ifndef WEFT_TOOLS_SS_STATE_H
#define WEFT_TOOLS_SS_STATE_H

#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>

/* Sets of states, a bit 1 << TCP_* for each. */
enum {
	SS_STATES_ALL = (1 << (TCP_CLOSING + 1)) - 2,
	SS_STATES_UNCONNECTED = 1 << TCP_CLOSE | 1 << TCP_LISTEN,
	SS_STATES_CONNECTED = SS_STATES_ALL & ~SS_STATES_UNCONNECTED,
	SS_STATES_BUCKET = 1 << TCP_SYN_RECV | 1 << TCP_TIME_WAIT,
	/* Unless something else is asked for: what has a socket and a peer. */
	SS_STATES_USUAL = SS_STATES_CONNECTED & ~SS_STATES_BUCKET,
};

bool ss_state_parse(const char *word, uint32_t *states);
const char *ss_state_name(bool stream, unsigned int state);

#endif /* WEFT_TOOLS_SS_STATE_H */
