/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Networks of many nodes, each a network namespace that one process moves into and out
 * of. Node I has the host address 9::I on its loopback device; its device towards node J
 * is tJ, with interface index NODE_DEV + J, the MAC 02:II:II:JJ:JJ:01 and, where the test
 * wants it, the address 7:LOW:HIGH:I. All requests go by rtnetlink and must be obeyed.
 */
#ifndef NODES_H
#define NODES_H

#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include "netns.h"
#include "rtnl.h"
#include "tap.h"

#define NODE_DEV	100
#define NODES_MAX	1001

static int node_ns[NODES_MAX], node_nl[NODES_MAX];

/* --- names ------------------------------------------------------------------------ */

static inline struct weft_addr node_host(int i)
{
	return (struct weft_addr){ { { 0, 9, 0, 0, 0, 0, i >> 8, i } } };
}

/* The address of node @i on its link to @j. */
static inline struct weft_addr node_addr(int i, int j)
{
	return (struct weft_addr){ { { 0, 7, 0, i < j ? i : j, 0, i < j ? j : i, 0,
				       i } } };
}

/* Likewise the link-local one. */
static inline struct weft_addr node_linklocal(int i, int j)
{
	return (struct weft_addr){ { { 0xfe, 0x80, 2, i >> 8, i, j >> 8, j, 1 } } };
}

/* --- requests --------------------------------------------------------------------- */

static inline void node_ask(int i, const struct rtnl_request *req)
{
	struct rtnl_answer a = rtnl_ask(node_nl[i], req);

	if (a.err)
		printf("# node %d, message %d: %s: %s\n", i, req->nlh.nlmsg_type,
		       strerror(a.err), a.why);
	CHECK(!a.err);
}

static inline int node_nest(struct rtnl_request *req, int type, const void *data, int len)
{
	int at = NLMSG_ALIGN(req->nlh.nlmsg_len);

	rtnl_put(req, type, data, len);
	return at;
}

static inline void node_unnest(struct rtnl_request *req, int at)
{
	unsigned short len = req->nlh.nlmsg_len - at;

	memcpy((char *)req + at, &len, sizeof(len));
}

static inline void node_enter(int i)
{
	CHECK(!setns(node_ns[i], CLONE_NEWNET));
}

/* A device up or down, of this MTU; 0 for the one that it has. */
static inline void node_set(int i, int dev, bool up, unsigned int mtu)
{
	struct ifinfomsg ifi = { .ifi_index = dev, .ifi_flags = up ? IFF_UP : 0,
				 .ifi_change = IFF_UP };
	struct rtnl_request req = rtnl_request(RTM_SETLINK, 0, &ifi, sizeof(ifi));

	if (mtu)
		rtnl_put(&req, IFLA_MTU, &mtu, sizeof(mtu));
	node_ask(i, &req);
}

static inline void node_address(int i, int dev, struct weft_addr addr, int len)
{
	static const unsigned int flags = IFA_F_NODAD;
	struct ifaddrmsg ifa = { .ifa_family = netns_weft_family(), .ifa_prefixlen = len,
				 .ifa_index = dev };
	struct rtnl_request req = rtnl_request(RTM_NEWADDR, NLM_F_CREATE, &ifa,
					       sizeof(ifa));

	rtnl_put(&req, IFA_LOCAL, &addr, sizeof(addr));
	rtnl_put(&req, IFA_FLAGS, &flags, sizeof(flags));
	node_ask(i, &req);
}

/* Another node: its namespace, its sockets and its host address. */
static inline void node_make(int i)
{
	CHECK(!unshare(CLONE_NEWNET));
	node_ns[i] = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	node_nl[i] = rtnl_open(0);
	CHECK(node_ns[i] >= 0 && node_nl[i] >= 0);
}

static inline void node_start(int i, bool forwards)
{
	int fd;

	node_enter(i);
	node_set(i, 1, true, 0);
	node_address(i, 1, node_host(i), 64);
	fd = open("/proc/sys/net/weft/forwarding", O_WRONLY);
	CHECK(write(fd, forwards ? "1" : "0", 1) == 1);
	close(fd);
}

static inline void node_end(int i)
{
	close(node_nl[i]);
	close(node_ns[i]);
}

static inline void node_put_link(struct rtnl_request *req, int i, int j)
{
	struct weft_addr addr = node_linklocal(i, j);
	char name[IFNAMSIZ];

	snprintf(name, sizeof(name), "t%d", j);
	rtnl_put(req, IFLA_IFNAME, name, strlen(name) + 1);
	rtnl_put(req, IFLA_ADDRESS, addr.a8 + 2, ETH_ALEN);
}

/* A veth pair between two nodes, both ends up. */
static inline void node_join(int i, int j)
{
	struct ifinfomsg own = { .ifi_index = NODE_DEV + j, .ifi_flags = IFF_UP,
				 .ifi_change = IFF_UP };
	struct ifinfomsg peer = { .ifi_index = NODE_DEV + i };
	struct rtnl_request req = rtnl_request(RTM_NEWLINK, NLM_F_CREATE, &own,
					       sizeof(own));
	int info, data, end;

	node_put_link(&req, i, j);
	info = node_nest(&req, IFLA_LINKINFO, "", 0);
	rtnl_put(&req, IFLA_INFO_KIND, "veth", 4);
	data = node_nest(&req, IFLA_INFO_DATA, "", 0);
	end = node_nest(&req, VETH_INFO_PEER, &peer, sizeof(peer));
	node_put_link(&req, j, i);
	rtnl_put(&req, IFLA_NET_NS_FD, &node_ns[j], sizeof(int));
	node_unnest(&req, end);
	node_unnest(&req, data);
	node_unnest(&req, info);
	node_ask(i, &req);
	node_set(j, NODE_DEV + i, true, 0);
}

/* The same, with an address at both ends. */
static inline void node_link(int i, int j)
{
	node_join(i, j);
	node_address(i, NODE_DEV + j, node_addr(i, j), 48);
	node_address(j, NODE_DEV + i, node_addr(j, i), 48);
}

static inline void node_unlink(int i, int j)
{
	struct ifinfomsg ifi = { .ifi_index = NODE_DEV + j };
	struct rtnl_request req = rtnl_request(RTM_DELLINK, 0, &ifi, sizeof(ifi));

	node_ask(i, &req);
}

/**
 * struct node_way - a route of a node
 * @dst: prefix
 * @len: its length
 * @via: gateway
 * @dev: interface index, 0 for the gateway's
 * @src: the source, any for none
 * @metric: 0 for the default
 * @table: 0 for main
 */
struct node_way {
	struct weft_addr dst;
	int len;
	struct weft_addr via;
	int dev;
	struct weft_addr src;
	int metric;
	int table;
};

/* @type is RTM_NEWROUTE or RTM_DELROUTE. */
static inline void node_route(int i, int type, const struct node_way *way)
{
	static const struct weft_addr any;
	struct rtmsg rtm = { .rtm_family = netns_weft_family(), .rtm_dst_len = way->len,
			     .rtm_table = way->table ?: RT_TABLE_MAIN,
			     .rtm_type = RTN_UNICAST };
	struct rtnl_request req = rtnl_request(type, type == RTM_NEWROUTE ?
					       NLM_F_CREATE | NLM_F_EXCL : 0, &rtm,
					       sizeof(rtm));

	rtnl_put(&req, RTA_DST, &way->dst, sizeof(way->dst));
	rtnl_put(&req, RTA_GATEWAY, &way->via, sizeof(way->via));
	if (way->dev)
		rtnl_put(&req, RTA_OIF, &way->dev, sizeof(way->dev));
	if (memcmp(&way->src, &any, sizeof(any)))
		rtnl_put(&req, RTA_PREFSRC, &way->src, sizeof(way->src));
	if (way->metric)
		rtnl_put(&req, RTA_PRIORITY, &way->metric, sizeof(way->metric));
	node_ask(i, &req);
}

/* What comes from node @j is routed by a table. */
static inline void node_rule(int i, int type, int j, unsigned int table)
{
	struct fib_rule_hdr frh = { .family = netns_weft_family(),
				    .action = FR_ACT_TO_TBL };
	struct rtnl_request req = rtnl_request(type, type == RTM_NEWRULE ?
					       NLM_F_CREATE | NLM_F_EXCL : 0, &frh,
					       sizeof(frh));
	char name[IFNAMSIZ];

	snprintf(name, sizeof(name), "t%d", j);
	rtnl_put(&req, FRA_IIFNAME, name, strlen(name) + 1);
	rtnl_put(&req, FRA_TABLE, &table, sizeof(table));
	node_ask(i, &req);
}

/* --- probes ------------------------------------------------------------------------ */

/**
 * struct node_answer - what came of an echo request
 * @err: errno at the socket, 0 if none; ETIMEDOUT if nothing came
 * @routers: a reply came and crossed so many; else -1
 * @type: an error came, of this type; else 0
 * @code: likewise
 * @from: who sent the error
 */
struct node_answer {
	int err, routers, type, code;
	struct weft_addr from;
};

static inline bool node_take(int fd, int flags, struct node_answer *a)
{
	static char data[65536];
	char control[512] __attribute__((aligned(8)));
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct sock_extended_err *ee;
	struct cmsghdr *c;
	int hops;

	if (recvmsg(fd, &msg, flags | MSG_DONTWAIT) < 0)
		return false;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == SOL_WEFT && c->cmsg_type == WEFT_HOP_LIMIT &&
		    !(flags & MSG_ERRQUEUE)) {
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
			a->routers = WEFT_HOP_LIMIT_DEFAULT - hops;
		}
		if (c->cmsg_level != SOL_WEFT || c->cmsg_type != WEFT_RECVERR)
			continue;
		ee = (void *)CMSG_DATA(c);
		if (ee->ee_origin == SO_EE_ORIGIN_LOCAL) {
			a->err = ee->ee_errno;
			continue;
		}
		a->type = ee->ee_type;
		a->code = ee->ee_code;
		a->from = ((struct sockaddr_weft *)SO_EE_OFFENDER(ee))->sweft_addr;
	}
	return true;
}

/* An echo of @size bytes from node @i, over @hop_limit links or -1 for the default. */
static inline struct node_answer node_probe(int i, struct weft_addr to, int hop_limit,
					    int size)
{
	static unsigned char echo[65536] = { WEFT_CTL_ECHO_REQUEST };
	struct sockaddr_weft sa = { .sweft_family = netns_weft_family(), .sweft_addr = to };
	struct node_answer a = { .routers = -1 };
	struct pollfd p = { .events = POLLIN };
	int on = 1;

	node_enter(i);
	p.fd = socket(netns_weft_family(), SOCK_DGRAM, WEFT_PROTO_CONTROL);
	CHECK(!setsockopt(p.fd, SOL_WEFT, WEFT_RECVERR, &on, sizeof(on)));
	CHECK(!setsockopt(p.fd, SOL_WEFT, WEFT_RECVHOPLIMIT, &on, sizeof(on)));
	CHECK(!setsockopt(p.fd, SOL_WEFT, WEFT_HOP_LIMIT, &hop_limit, sizeof(int)));
	if (connect(p.fd, (void *)&sa, sizeof(sa)) ||
	    send(p.fd, echo, sizeof(struct weft_ctl_hdr) + size, 0) < 0)
		a.err = errno;
	else if (poll(&p, 1, 10000) < 1)
		a.err = ETIMEDOUT;
	else if (!node_take(p.fd, MSG_ERRQUEUE, &a) && !node_take(p.fd, 0, &a))
		a.err = errno;
	close(p.fd);
	return a;
}

#endif /* NODES_H */
