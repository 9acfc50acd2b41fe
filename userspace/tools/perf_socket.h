/* SPDX-License-Identifier: GPL-2.0 */
/* weft perf: what carries a test, its addresses and its sockets. */
#ifndef WEFT_PERF_SOCKET_H
#define WEFT_PERF_SOCKET_H

#include <linux/tipc.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "perf.h"
#include "weft.h"

#define PERF_ADDRESS_TEXT	64

/* An address of any of the protocols. */
union perf_address {
	struct sockaddr sa;
	struct sockaddr_weft weft;
	struct sockaddr_in6 in6;
	struct sockaddr_tipc tipc;
};

/**
 * struct perf_protocol - what carries a test
 * @name: its option
 * @len: bytes of an address
 * @protocol: for socket()
 * @level: of the options
 * @nodelay: option, to send without waiting for more
 * @congestion: option, to choose an algorithm; 0: there is none
 * @messages: SOCK_SEQPACKET is known
 * @half_close: one direction may end before the other
 * @rude_close: close() alone is an error to the other end
 * @socket: as socket(), of its address family
 * @resolve: makes an address of texts; @host may be NULL to listen. Tells errors
 * @set_port: changes the port of an address; 0 leaves it to the kernel
 * @port: of an address
 * @same_node: are both addresses of one node?
 * @format: the address as a text
 * @retransmits: segments that a connection has sent again; NULL: it does not tell
 */
struct perf_protocol {
	const char *name;
	socklen_t len;
	int protocol;
	int level;
	int nodelay;
	int congestion;
	bool messages;
	bool half_close;
	bool rude_close;
	int (*socket)(int type, int protocol);
	int (*resolve)(const char *host, const char *port, union perf_address *a);
	void (*set_port)(union perf_address *a, uint32_t port);
	uint32_t (*port)(const union perf_address *a);
	bool (*same_node)(const union perf_address *a, const union perf_address *b);
	const char *(*format)(const union perf_address *a, char *buf, size_t size);
	int (*retransmits)(int fd, uint64_t *segments);
};

const struct perf_protocol *perf_protocol_find(const char *name);

int perf_socket_open(const struct perf_protocol *pr, const struct perf_params *p);
int perf_socket_set(int fd, const struct perf_protocol *pr, const struct perf_params *p);
const char *perf_socket_try(const struct perf_protocol *pr, const struct perf_params *p);
int perf_socket_listen(const struct perf_protocol *pr, const struct perf_params *p,
		       union perf_address *local);
int perf_socket_connect(const struct perf_protocol *pr, const struct perf_params *p,
			const union perf_address *peer, const union perf_address *local);
int perf_socket_finish(int fd);

#endif /* WEFT_PERF_SOCKET_H */
