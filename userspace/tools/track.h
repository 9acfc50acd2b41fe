/* SPDX-License-Identifier: GPL-2.0 */
/* A connection, as the generic netlink family weft_track tells of it. */
#ifndef WEFT_TOOLS_TRACK_H
#define WEFT_TOOLS_TRACK_H

#include <linux/genetlink.h>
#include <linux/weft_track.h>

#include "args.h"
#include "netlink.h"
#include "out.h"

/**
 * struct track_tuple - what packets of one direction have
 * @src: source
 * @dst: destination
 * @proto: WEFT_PROTO_*
 * @sport: source port, host byte order; of control messages the identifier
 * @dport: destination port
 * @type: WEFT_CTL_*
 * @link: interface index, 0 if the addresses need none
 */
struct track_tuple {
	struct weft_addr src;
	struct weft_addr dst;
	uint8_t proto;
	uint16_t sport;
	uint16_t dport;
	uint8_t type;
	uint32_t link;
};

/**
 * struct track - a connection
 * @id: its number
 * @tuple: the direction of the first packet, and the other one
 * @counters: of both
 * @zone: its zone
 * @mark: its mark
 * @labels: a bit for each
 * @status: WEFT_TRACK_S_*
 * @state: WEFT_TRACK_STREAM_*
 * @timeout: seconds that are left
 * @start: when it began, ns since 1970
 */
struct track {
	uint32_t id;
	struct track_tuple tuple[2];
	struct weft_track_counters counters[2];
	uint16_t zone;
	uint32_t mark;
	uint64_t labels;
	uint32_t status;
	uint32_t state;
	uint32_t timeout;
	uint64_t start;
};

/**
 * struct track_request - what the command line says
 * @has: a bit for each WEFT_TRACK_F_* that it names
 * @id: number of a connection, 0 if it names none
 * @src: prefix of the source
 * @dst: prefix of the destination
 * @proto: WEFT_PROTO_*
 * @sport: source port, or an identifier
 * @dport: destination port
 * @link: interface index
 * @replied: WEFT_TRACK_NEW or _ESTABLISHED
 * @state: WEFT_TRACK_STREAM_*
 * @mark: value of the mark
 * @mark_mask: bits of it
 * @zone: zone
 * @set: what is to be set: bits of WEFT_TRACK_A_*
 * @labels: labels to set or clear
 * @timeout: seconds
 */
struct track_request {
	uint32_t has;
	uint32_t id;
	struct prefix src;
	struct prefix dst;
	uint8_t proto;
	uint16_t sport;
	uint16_t dport;
	int link;
	uint32_t replied;
	uint32_t state;
	uint32_t mark;
	uint32_t mark_mask;
	uint16_t zone;
	uint32_t set;
	uint64_t labels;
	uint32_t timeout;
};

/**
 * struct track_bus - a socket of generic netlink, and what the family is there
 * @nl: the socket
 * @type: of its messages
 * @group: of its events
 */
struct track_bus {
	struct nl nl;
	uint16_t type;
	uint32_t group;
};

int track_open(struct track_bus *bus);

int track_parse(const struct nlmsghdr *nlh, struct track *t);
void track_print(struct out *o, const struct track *t);

const char *track_state_name(uint32_t state);
int track_state_value(const char *name);
const char *track_proto_name(uint8_t proto, char buf[8]);
int track_proto_value(const char *name);

int track_read_filter(char **words, struct track_request *req);
int track_read_one(char **words, struct track_request *req);
int track_read_set(char **words, struct track_request *req);
void track_put_filter(struct nl_request *r, const struct track_request *req);
void track_put_one(struct nl_request *r, const struct track_request *req);
void track_put_set(struct nl_request *r, const struct track_request *req);

int track_monitor(struct track_bus *bus, const struct track_request *req);

#endif /* WEFT_TOOLS_TRACK_H */
