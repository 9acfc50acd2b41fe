// SPDX-License-Identifier: GPL-2.0
/* weft perf: Weft, and what it is compared with. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cli.h"
#include "perf_socket.h"

#define SOL_SCTP_OPTIONS	132
#define SCTP_NODELAY_OPTION	3

/* Services of weft perf in TIPC have this type; the port is the instance. */
#define TIPC_TYPE		PERF_MESSAGE_MAGIC
/* Instances from here on stand for ports that the kernel would choose. */
#define TIPC_INSTANCE_OWN	0x10000U

/* --- Weft ---------------------------------------------------------------------------- */

static int weft_resolve_address(const char *host, const char *port, union perf_address *a)
{
	return cli_resolve(host, port, host ? 0 : WEFT_RESOLVE_PASSIVE, &a->weft);
}

static void weft_set_port(union perf_address *a, uint32_t port)
{
	a->weft.sweft_port = htons((uint16_t)port);
}

static uint32_t weft_port(const union perf_address *a)
{
	return ntohs(a->weft.sweft_port);
}

static bool weft_same_node(const union perf_address *a, const union perf_address *b)
{
	return weft_addr_equal(&a->weft.sweft_addr, &b->weft.sweft_addr) &&
	       a->weft.sweft_scope == b->weft.sweft_scope;
}

static const char *weft_format(const union perf_address *a, char *buf, size_t size)
{
	return weft_sockaddr_format(&a->weft, buf, size);
}

static int weft_retransmits(int fd, uint64_t *segments)
{
	struct weft_info info;
	socklen_t len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, SOL_WEFT, WEFT_INFO, &info, &len))
		return -1;
	*segments = info.segs_retrans;
	return 0;
}

/* --- IPv6 ---------------------------------------------------------------------------- */

static int in6_socket(int type, int protocol)
{
	return socket(AF_INET6, type, protocol);
}

static int in6_resolve(const char *host, const char *port, union perf_address *a)
{
	const struct addrinfo hints = {
		.ai_family = AF_INET6,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | (host ? 0 : AI_PASSIVE),
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list;
	int err;

	err = getaddrinfo(host, port, &hints, &list);
	if (err) {
		cli_error("%s, port %s: %s", host ? host : "::", port ? port : "0",
			  err == EAI_NONAME ? "no IPv6 address and port" : gai_strerror(err));
		return -1;
	}
	memcpy(&a->in6, list->ai_addr, sizeof(a->in6));
	freeaddrinfo(list);
	return 0;
}

static void in6_set_port(union perf_address *a, uint32_t port)
{
	a->in6.sin6_port = htons((uint16_t)port);
}

static uint32_t in6_port(const union perf_address *a)
{
	return ntohs(a->in6.sin6_port);
}

static bool in6_same_node(const union perf_address *a, const union perf_address *b)
{
	return !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof(a->in6.sin6_addr)) &&
	       a->in6.sin6_scope_id == b->in6.sin6_scope_id;
}

static const char *in6_format(const union perf_address *a, char *buf, size_t size)
{
	char text[INET6_ADDRSTRLEN], device[IF_NAMESIZE];
	unsigned int scope = a->in6.sin6_scope_id;

	inet_ntop(AF_INET6, &a->in6.sin6_addr, text, sizeof(text));
	if (!scope || !if_indextoname(scope, device))
		*device = '\0';
	snprintf(buf, size, "[%s%s%s]:%u", text, *device ? "%" : "", device, in6_port(a));
	return buf;
}

static int tcp_retransmits(int fd, uint64_t *segments)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return -1;
	*segments = info.tcpi_total_retrans;
	return 0;
}

/* --- TIPC ---------------------------------------------------------------------------- */

static int tipc_socket(int type, int protocol)
{
	return socket(AF_TIPC, type, protocol);
}

/* Of the host only the node's number, in hexadecimal; 0 is any. */
static int tipc_resolve(const char *host, const char *port, union perf_address *a)
{
	unsigned long instance = 0, node;
	char *end;

	node = host ? strtoul(host, &end, 16) : 0;
	if (host && (end == host || *end || node > UINT32_MAX)) {
		cli_error("%s: no node's number", host);
		return -1;
	}
	if (port && cli_number(port, 1, 65535, &instance)) {
		cli_error("%s: no port", port);
		return -1;
	}
	memset(a, 0, sizeof(*a));
	a->tipc.family = AF_TIPC;
	a->tipc.addrtype = TIPC_ADDR_NAME;
	a->tipc.scope = TIPC_CLUSTER_SCOPE;
	a->tipc.addr.name.name.type = TIPC_TYPE;
	a->tipc.addr.name.name.instance = (uint32_t)instance;
	a->tipc.addr.name.domain = (uint32_t)node;
	return 0;
}

/* The kernel chooses no instances. */
static void tipc_set_port(union perf_address *a, uint32_t port)
{
	if (!port && getrandom(&port, sizeof(port), 0) == sizeof(port))
		port |= TIPC_INSTANCE_OWN;
	a->tipc.addrtype = TIPC_ADDR_NAME;
	a->tipc.scope = TIPC_CLUSTER_SCOPE;
	a->tipc.addr.name.name.type = TIPC_TYPE;
	a->tipc.addr.name.name.instance = port;
	a->tipc.addr.name.domain = 0;
}

static uint32_t tipc_port(const union perf_address *a)
{
	return a->tipc.addr.name.name.instance;
}

/* Both are of sockets that are connected. */
static bool tipc_same_node(const union perf_address *a, const union perf_address *b)
{
	return a->tipc.addr.id.node == b->tipc.addr.id.node;
}

static const char *tipc_format(const union perf_address *a, char *buf, size_t size)
{
	if (a->tipc.addrtype == TIPC_ADDR_ID)
		snprintf(buf, size, "%x:%u", a->tipc.addr.id.node, a->tipc.addr.id.ref);
	else
		snprintf(buf, size, "{%u,%u}", a->tipc.addr.name.name.type, tipc_port(a));
	return buf;
}

/* --- all of them ----------------------------------------------------------------------- */

static const struct perf_protocol protocols[] = {
	{
		.name = "weft",
		.len = sizeof(struct sockaddr_weft),
		.level = SOL_WEFT,
		.nodelay = WEFT_NODELAY,
		.congestion = WEFT_CONGESTION,
		.messages = true,
		.half_close = true,
		.socket = weft_socket,
		.resolve = weft_resolve_address,
		.set_port = weft_set_port,
		.port = weft_port,
		.same_node = weft_same_node,
		.format = weft_format,
		.retransmits = weft_retransmits,
	},
	{
		.name = "tcp",
		.len = sizeof(struct sockaddr_in6),
		.level = IPPROTO_TCP,
		.nodelay = TCP_NODELAY,
		.congestion = TCP_CONGESTION,
		.half_close = true,
		.socket = in6_socket,
		.resolve = in6_resolve,
		.set_port = in6_set_port,
		.port = in6_port,
		.same_node = in6_same_node,
		.format = in6_format,
		.retransmits = tcp_retransmits,
	},
	{
		.name = "sctp",
		.len = sizeof(struct sockaddr_in6),
		.protocol = IPPROTO_SCTP,
		.level = SOL_SCTP_OPTIONS,
		.nodelay = SCTP_NODELAY_OPTION,
		.socket = in6_socket,
		.resolve = in6_resolve,
		.set_port = in6_set_port,
		.port = in6_port,
		.same_node = in6_same_node,
		.format = in6_format,
	},
	{
		.name = "tipc",
		.len = sizeof(struct sockaddr_tipc),
		.level = SOL_TIPC,
		.nodelay = TIPC_NODELAY,
		.rude_close = true,
		.socket = tipc_socket,
		.resolve = tipc_resolve,
		.set_port = tipc_set_port,
		.port = tipc_port,
		.same_node = tipc_same_node,
		.format = tipc_format,
	},
	{ 0 }
};

/* One of those that perf_args_parse() names. */
const struct perf_protocol *perf_protocol_find(const char *name)
{
	const struct perf_protocol *pr = protocols;

	while (strcmp(pr->name, name))
		pr++;
	return pr;
}
