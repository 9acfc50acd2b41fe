/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two wires: besides "us" (wire.h) a second link of our namespace, "lan", MAC
 * 02:00:00:00:00:03, whose far end is a packet socket as well. Messages about groups and
 * packets to them, on either.
 */
#ifndef GROUP_WIRE_H
#define GROUP_WIRE_H

#include <fcntl.h>
#include "wire.h"

#define GROUP(n)	((struct weft_addr){ { { 0xff, 0x0e, 0, 0, 0, 0, 0, (n) } } })
#define REPORTS		((struct weft_addr)WEFT_ADDR_REPORTS_INIT)
#define ALLNODES	((struct weft_addr)WEFT_ADDR_ALLNODES_INIT)

static int wire_us, wire_lan;

/* The MAC that frames to a group go to. */
static inline void group_mac(const struct weft_addr *group, unsigned char *mac)
{
	mac[0] = 0x03;
	mac[1] = 0x57;
	memcpy(mac + 2, group->a8 + 4, 4);
}

/* A control message from the link-local address of MAC @n to a group. */
static inline struct wire_frame group_control(unsigned char n, struct weft_addr to,
					      const void *msg, size_t len)
{
	struct wire_frame f = wire_control(n, msg, len, 255);

	f.hdr.dst = to;
	group_mac(&to, f.eth.h_dest);
	wire_sum(&f, len);
	return f;
}

/* Appends a record to a report that begins at @msg; returns its new length. */
static inline size_t group_record(unsigned char *msg, size_t len, unsigned char type,
				  struct weft_addr group, const struct weft_addr *source,
				  int n)
{
	struct weft_group_record rec = {
		.type = type, .n_sources = htons(n), .group = group,
	};

	if (!len) {
		memset(msg, 0, 8);
		msg[0] = WEFT_CTL_GROUP_REPORT;
		len = 8;
	}
	msg[7]++;
	memcpy(msg + len, &rec, sizeof(rec));
	if (n)
		memcpy(msg + len + sizeof(rec), source, n * sizeof(*source));
	return len + sizeof(rec) + n * sizeof(*source);
}

/* A report of one record from MAC @n. */
static inline struct wire_frame group_report(unsigned char n, unsigned char type,
					     struct weft_addr group,
					     const struct weft_addr *source, int sources)
{
	unsigned char msg[600];
	size_t len = group_record(msg, 0, type, group, source, sources);

	return group_control(n, REPORTS, msg, len);
}

/* A query from MAC @n; @group may be any. */
static inline struct wire_frame group_query(unsigned char n, struct weft_addr group,
					    unsigned int max_ms, int robustness,
					    int interval)
{
	static const struct weft_addr any;
	struct weft_group_query msg = {
		.ctl.type = WEFT_CTL_GROUP_QUERY, .ctl.max_ms = htonl(max_ms),
		.group = group, .flags = robustness, .interval = htons(interval),
	};

	return group_control(n, memcmp(&group, &any, sizeof(any)) ? group : ALLNODES,
			     &msg, sizeof(msg));
}

/* A datagram from @source to @group; what carries it is not looked at on the way. */
static inline struct wire_frame group_data(struct weft_addr source,
					   struct weft_addr group, unsigned char hops,
					   size_t len)
{
	unsigned char body[600] = { 0, 9, 0, 9, len >> 8, len & 0xff };
	struct wire_frame f = group_control(2, group, body, len);

	f.hdr.src = source;
	f.hdr.next = WEFT_PROTO_DGRAM;
	f.hdr.hop_limit = hops;
	return f;
}

/* Waits for a frame of our end for which @is says yes. */
static inline int group_await(int fd, struct wire_frame *f, int ms,
			      int (*is)(const struct wire_frame *f, const void *arg),
			      const void *arg)
{
	struct timespec begin, now;
	int left = ms;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	wire_fd = fd;
	while (left > 0 && wire_get(f, left)) {
		if (is(f, arg))
			return 1;
		clock_gettime(CLOCK_MONOTONIC, &now);
		left = ms - (now.tv_sec - begin.tv_sec) * 1000 -
		       (now.tv_nsec - begin.tv_nsec) / 1000000;
	}
	return 0;
}

/* A control message of a type, about a group if @arg is one: records, queries. */
static inline int group_is_query(const struct wire_frame *f, const void *group)
{
	return f->hdr.next == WEFT_PROTO_CONTROL && f->body[0] == WEFT_CTL_GROUP_QUERY &&
	       !memcmp(f->body + 8, group, 8);
}

/* The second link, whose far end is in the parent's namespace. */
static inline int group_set_up_lan(void)
{
	int own = open("/proc/thread-self/ns/net", O_RDONLY), theirs;
	char path[64];

	wire_us = wire_fd;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", getppid());
	theirs = open(path, O_RDONLY);
	snprintf(path, sizeof(path),
		 "ip link add lan type veth peer name far netns %d", getppid());
	if (own < 0 || theirs < 0 || netns_run(path) ||
	    netns_run("ip link set lan address 02:00:00:00:00:03") ||
	    setns(theirs, CLONE_NEWNET))
		return -1;
	if (netns_run("ip link set far up") || wire_open("far") ||
	    setns(own, CLONE_NEWNET))
		return -1;
	wire_lan = wire_fd;
	wire_fd = wire_us;
	close(own);
	close(theirs);
	return netns_run("ip link set lan up") ||
	       netns_run("weft addr add 7:1::1/32 dev us nodad") ||
	       netns_run("weft addr add 7:2::1/32 dev lan nodad");
}

#endif /* GROUP_WIRE_H */
