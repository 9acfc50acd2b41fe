/* SPDX-License-Identifier: GPL-2.0 */
/* Why packets die. stats.c has the counters' names. */
#ifndef WEFT_DROP_H
#define WEFT_DROP_H

/**
 * enum weft_drop - why a packet is dropped
 * @WEFT_DROP_NONE: it is not
 * @WEFT_DROP_OTHER_HOST: the frame was for another host
 * @WEFT_DROP_HEADER_SHORT: shorter than a network header
 * @WEFT_DROP_VERSION: another version of the protocol
 * @WEFT_DROP_LENGTH: total length below the header's or above the frame's
 * @WEFT_DROP_ADDRESS: an address that a packet must not have
 * @WEFT_DROP_MARTIAN: an address of the loopback device on another one
 * @WEFT_DROP_HOOK: a function on one of netfilter's hooks said so
 * @WEFT_DROP_NOT_LOCAL: for no address or group of this node
 * @WEFT_DROP_SCOPE: to be forwarded, with addresses of one link
 * @WEFT_DROP_REVERSE_PATH: to a group, by another device than the way to its source
 * @WEFT_DROP_HOP_LIMIT: to be forwarded, and no link is left to it
 * @WEFT_DROP_NO_ROUTE: to be forwarded, and no route leads there
 * @WEFT_DROP_ROUTE: to be forwarded, and the route says no
 * @WEFT_DROP_TOO_BIG: to be forwarded, and the next link's MTU is smaller
 * @WEFT_DROP_NEIGHBOUR: a message between neighbours that breaks their rules
 * @WEFT_DROP_REDIRECT: a redirect that this node does not believe
 * @WEFT_DROP_NEIGH_QUEUE: too many packets wait for one neighbour
 * @WEFT_DROP_NEIGH_FULL: too many neighbours
 * @WEFT_DROP_NEIGH_FAILED: the neighbour did not answer
 * @WEFT_DROP_ROUTER_QUEUE: an announcement of a router; too many wait
 * @WEFT_DROP_FRAG_SHORT: shorter than a fragment with one byte of data
 * @WEFT_DROP_FRAG_ATOMIC: a fragment that is all of its packet
 * @WEFT_DROP_FRAG_LENGTH: data that can be no part of a packet
 * @WEFT_DROP_FRAG_TINY: too little data with more to follow
 * @WEFT_DROP_FRAG_OVERLAP: two fragments have the same part
 * @WEFT_DROP_FRAG_NESTED: a fragment of a fragment
 * @WEFT_DROP_FRAG_DUPLICATE: a fragment that came before
 * @WEFT_DROP_FRAG_ECN: some fragments can carry congestion marks and some not
 * @WEFT_DROP_FRAG_MEMORY: too many fragments wait, or there is no memory for them
 * @WEFT_DROP_FRAG_TIME: the rest of the packet did not come
 * @WEFT_DROP_NO_PROTOCOL: unknown next header
 * @WEFT_DROP_CHECKSUM: wrong checksum of the transport
 * @WEFT_DROP_DGRAM_SHORT: a datagram whose length is not the packet's
 * @WEFT_DROP_DGRAM_PORT: a datagram with a port of 0
 * @WEFT_DROP_STREAM_SHORT: a segment whose header is not whole
 * @WEFT_DROP_STREAM_PORT: a segment with a port of 0, or of another stream than 0
 * @WEFT_DROP_STREAM_FLAGS: a segment whose flags make no sense
 * @WEFT_DROP_STREAM_OPTION: a segment whose options are not whole
 * @WEFT_DROP_STREAM_STAMP: a segment with a time stamp older than the one kept
 * @WEFT_DROP_STREAM_WINDOW: a segment outside the window
 * @WEFT_DROP_STREAM_RESET: a RST that is not exactly next
 * @WEFT_DROP_STREAM_SYN: a SYN in a connection
 * @WEFT_DROP_STREAM_ACK: a segment without an acknowledgment that can be
 * @WEFT_DROP_STREAM_OLD: a segment with nothing new
 * @WEFT_DROP_STREAM_CLOSED: data to a program that has closed its end
 * @WEFT_DROP_STREAM_QUEUE: a connection for a full accept queue
 * @WEFT_DROP_STREAM_BACKLOG: the socket was busy, and too much waited for it
 * @WEFT_DROP_CONTROL_SHORT: shorter than a control header
 * @WEFT_DROP_CONTROL_TYPE: a control message of unknown type
 * @WEFT_DROP_CONTROL_QUOTE: an error about no packet of ours
 * @WEFT_DROP_NO_SOCKET: nobody waits for it
 * @WEFT_DROP_FILTER: the socket's filter refused it
 * @WEFT_DROP_RCVBUF: the socket's queue was full
 * @WEFT_DROP_NET_MEMORY: too much waits in the queues of this namespace
 * @WEFT_DROP_NO_MEMORY: an allocation failed
 * @WEFT_DROP_COUNT: how many there are
 */
enum weft_drop {
	WEFT_DROP_NONE,
	WEFT_DROP_OTHER_HOST,
	WEFT_DROP_HEADER_SHORT,
	WEFT_DROP_VERSION,
	WEFT_DROP_LENGTH,
	WEFT_DROP_ADDRESS,
	WEFT_DROP_MARTIAN,
	WEFT_DROP_HOOK,
	WEFT_DROP_NOT_LOCAL,
	WEFT_DROP_SCOPE,
	WEFT_DROP_REVERSE_PATH,
	WEFT_DROP_HOP_LIMIT,
	WEFT_DROP_NO_ROUTE,
	WEFT_DROP_ROUTE,
	WEFT_DROP_TOO_BIG,
	WEFT_DROP_NEIGHBOUR,
	WEFT_DROP_REDIRECT,
	WEFT_DROP_NEIGH_QUEUE,
	WEFT_DROP_NEIGH_FULL,
	WEFT_DROP_NEIGH_FAILED,
	WEFT_DROP_ROUTER_QUEUE,
	WEFT_DROP_FRAG_SHORT,
	WEFT_DROP_FRAG_ATOMIC,
	WEFT_DROP_FRAG_LENGTH,
	WEFT_DROP_FRAG_TINY,
	WEFT_DROP_FRAG_OVERLAP,
	WEFT_DROP_FRAG_NESTED,
	WEFT_DROP_FRAG_DUPLICATE,
	WEFT_DROP_FRAG_ECN,
	WEFT_DROP_FRAG_MEMORY,
	WEFT_DROP_FRAG_TIME,
	WEFT_DROP_NO_PROTOCOL,
	WEFT_DROP_CHECKSUM,
	WEFT_DROP_DGRAM_SHORT,
	WEFT_DROP_DGRAM_PORT,
	WEFT_DROP_STREAM_SHORT,
	WEFT_DROP_STREAM_PORT,
	WEFT_DROP_STREAM_FLAGS,
	WEFT_DROP_STREAM_OPTION,
	WEFT_DROP_STREAM_STAMP,
	WEFT_DROP_STREAM_WINDOW,
	WEFT_DROP_STREAM_RESET,
	WEFT_DROP_STREAM_SYN,
	WEFT_DROP_STREAM_ACK,
	WEFT_DROP_STREAM_OLD,
	WEFT_DROP_STREAM_CLOSED,
	WEFT_DROP_STREAM_QUEUE,
	WEFT_DROP_STREAM_BACKLOG,
	WEFT_DROP_CONTROL_SHORT,
	WEFT_DROP_CONTROL_TYPE,
	WEFT_DROP_CONTROL_QUOTE,
	WEFT_DROP_NO_SOCKET,
	WEFT_DROP_FILTER,
	WEFT_DROP_RCVBUF,
	WEFT_DROP_NET_MEMORY,
	WEFT_DROP_NO_MEMORY,
	WEFT_DROP_COUNT
};

#endif /* WEFT_DROP_H */
