/* SPDX-License-Identifier: GPL-2.0 */
/* A socket, as NETLINK_SOCK_DIAG tells of it. */
#ifndef WEFT_TOOLS_SS_SOCKET_H
#define WEFT_TOOLS_SS_SOCKET_H

#include <linux/sock_diag.h>
#include <linux/weft_diag.h>

#include "netlink.h"
#include "out.h"

/* What of a socket is printed. */
struct ss_show {
	bool extended;
	bool memory;
	bool options;
	bool processes;
};

/**
 * struct ss_socket - a socket
 * @msg: the part that is always there
 * @has: a bit 1 << WEFT_DIAG_* for each of the following that is known
 * @memory: SK_MEMINFO_*
 * @shutdown: 1 for reading, 2 for writing
 * @mark: of its packets
 * @cgroup: number of its control group
 * @options: what was set
 * @info: what is known of its connection
 */
struct ss_socket {
	struct weft_diag_msg msg;
	unsigned int has;
	uint32_t memory[SK_MEMINFO_VARS];
	uint8_t shutdown;
	uint32_t mark;
	uint64_t cgroup;
	struct weft_diag_options options;
	struct weft_info info;
};

/* The kinds of sockets, in the order of the summary. */
enum ss_kind {
	SS_STREAM,
	SS_MESSAGES,
	SS_DGRAM,
	SS_ECHO,
	SS_RAW,
	SS_KINDS,
};

int ss_socket_parse(const struct nlmsghdr *nlh, int family, struct ss_socket *s);
enum ss_kind ss_socket_kind(const struct ss_socket *s);
bool ss_socket_connected(const struct ss_socket *s);
uint64_t ss_socket_cookie(const struct ss_socket *s);
const char *ss_kind_name(enum ss_kind kind);
void ss_socket_title(struct out *o, const struct ss_show *show);
void ss_socket_print(struct out *o, const struct ss_socket *s,
		     const struct ss_show *show);

#endif /* WEFT_TOOLS_SS_SOCKET_H */
