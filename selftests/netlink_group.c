// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink and groups of devices: each bad request is refused with an errno and a
 * reason and changes nothing; a dump tells of every group, a listener of every change.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <stdbool.h>
#include "netns.h"
#include "rtnl.h"
#include "tap.h"

static const struct weft_addr group = { { { 0xff, 5, 0, 0, 0, 0, 0, 0x77 } } };
static int nl, listener, weft, dev;

static struct rtnl_request request(int type, int index, const void *addr, int len)
{
	struct ifaddrmsg ifa = { .ifa_family = weft, .ifa_index = index };
	struct rtnl_request req = rtnl_request(type, 0, &ifa, sizeof(ifa));

	if (addr)
		rtnl_put(&req, IFA_MULTICAST, addr, len);
	return req;
}

static bool refused(const struct rtnl_request *req, int err, const char *why)
{
	struct rtnl_answer a = rtnl_ask(nl, req);

	if (a.err != err || !strstr(a.why, why))
		printf("# %s, \"%s\"\n", strerror(a.err), a.why);
	return a.err == err && strstr(a.why, why);
}

static int change(int type)
{
	struct rtnl_request req = request(type, dev, &group, sizeof(group));

	return rtnl_ask(nl, &req).err;
}

/* Groups that a dump tells of; of one device if that is not 0. */
static int dumped(int index)
{
	struct ifaddrmsg ifa = { .ifa_family = weft, .ifa_index = index };
	struct rtnl_request req = rtnl_request(RTM_GETMULTICAST, NLM_F_DUMP, &ifa,
					       sizeof(ifa));
	struct rtnl_answer a;

	req.nlh.nlmsg_flags &= ~NLM_F_ACK;
	a = rtnl_ask(nl, &req);
	return a.err ? -a.err : a.count;
}

static void bad_requests_are_refused(void)
{
	static const int types[] = { WEFT_RTM_NEWMULTICAST, WEFT_RTM_DELMULTICAST };
	struct weft_addr node = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
	struct weft_addr broadcast = WEFT_ADDR_BROADCAST_INIT;
	struct rtnl_request req;
	int before = dumped(0), i;

	CHECK(before > 0);
	for (i = 0; i < 2; i++) {
		req = request(types[i], dev, NULL, 0);
		CHECK(refused(&req, EINVAL, "group is missing"));
		req = request(types[i], dev, &group, 7);
		CHECK(refused(&req, ERANGE, "size"));
		req = request(types[i], dev, &group, sizeof(group));
		rtnl_put(&req, IFA_LABEL, "x", 2);
		CHECK(refused(&req, EINVAL, ""));
		req = request(types[i], dev, &node, sizeof(node));
		CHECK(refused(&req, EINVAL, "not a group"));
		req = request(types[i], dev, &broadcast, sizeof(broadcast));
		CHECK(refused(&req, EINVAL, "not a group"));
		req = request(types[i], 4711, &group, sizeof(group));
		CHECK(refused(&req, ENODEV, "no such device"));
		req = request(types[i], dev, &group, sizeof(group));
		req.nlh.nlmsg_len = NLMSG_LENGTH(4);
		CHECK(refused(&req, EINVAL, ""));
	}
	req = request(WEFT_RTM_DELMULTICAST, dev, &group, sizeof(group));
	CHECK(refused(&req, EADDRNOTAVAIL, "was not joined"));
	CHECK(!change(WEFT_RTM_NEWMULTICAST));
	req = request(WEFT_RTM_NEWMULTICAST, dev, &group, sizeof(group));
	CHECK(refused(&req, EEXIST, "was joined"));
	CHECK(!change(WEFT_RTM_DELMULTICAST));
	CHECK(dumped(0) == before);
}

static void a_dump_tells_of_all(void)
{
	struct ifaddrmsg ifa = { .ifa_family = weft, .ifa_prefixlen = 1 };
	int all = dumped(0), here = dumped(dev), i;
	struct rtnl_request req;
	struct weft_addr many = group;

	CHECK(all > here && here > 0);
	CHECK(dumped(4711) == -ENODEV);
	req = rtnl_request(RTM_GETMULTICAST, NLM_F_DUMP, &ifa, sizeof(ifa));
	CHECK(refused(&req, EINVAL, "header has values"));
	ifa.ifa_prefixlen = 0;
	req = rtnl_request(RTM_GETMULTICAST, NLM_F_DUMP, &ifa, sizeof(ifa));
	rtnl_put(&req, IFA_MULTICAST, &group, sizeof(group));
	CHECK(refused(&req, EINVAL, "no attributes"));
	/* More than one message of it. */
	for (i = 0; i < 500; i++) {
		many.a16[2] = htons(i);
		req = request(WEFT_RTM_NEWMULTICAST, dev, &many, sizeof(many));
		CHECK(!rtnl_ask(nl, &req).err);
	}
	CHECK(dumped(dev) == here + 500 && dumped(0) == all + 500);
	for (i = 0; i < 500; i++) {
		many.a16[2] = htons(i);
		req = request(WEFT_RTM_DELMULTICAST, dev, &many, sizeof(many));
		CHECK(!rtnl_ask(nl, &req).err);
	}
	CHECK(dumped(0) == all);
}

/* The type of the next message about our group; its by-hand mark. */
static int told(bool *by_hand)
{
	static struct rtnl_request msg;
	const struct weft_addr *addr;

	while (recv(listener, &msg, sizeof(msg), MSG_DONTWAIT) > 0) {
		addr = rtnl_find(&msg, IFA_MULTICAST, sizeof(struct ifaddrmsg),
				 sizeof(*addr));
		if (!addr || memcmp(addr, &group, sizeof(group)))
			continue;
		*by_hand = rtnl_find(&msg, WEFT_IFA_BY_HAND,
				     sizeof(struct ifaddrmsg), 0);
		return msg.nlh.nlmsg_type;
	}
	return 0;
}

static void changes_are_told(void)
{
	struct weft_group_req req = { .group = group, .ifindex = dev };
	int fd = socket(weft, SOCK_DGRAM, 0);
	bool by_hand = false;

	listener = rtnl_open(1 << (WEFT_RTNLGRP_GROUP - 1));
	CHECK(listener >= 0);
	CHECK(!setsockopt(fd, SOL_WEFT, WEFT_GROUP_JOIN, &req, sizeof(req)));
	CHECK(told(&by_hand) == WEFT_RTM_NEWMULTICAST && !by_hand);
	CHECK(!change(WEFT_RTM_NEWMULTICAST));
	CHECK(told(&by_hand) == WEFT_RTM_NEWMULTICAST && by_hand);
	CHECK(!change(WEFT_RTM_DELMULTICAST));
	CHECK(told(&by_hand) == WEFT_RTM_NEWMULTICAST && !by_hand);
	close(fd);
	CHECK(told(&by_hand) == WEFT_RTM_DELMULTICAST);
	CHECK(!told(&by_hand));
	close(listener);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("ip link add us type veth peer name them") ||
	    netns_run("ip link set us up; ip link set them up"))
		return 1;
	dev = if_nametoindex("us");
	nl = rtnl_open(0);
	if (nl < 0)
		return 1;
	TAP_RUN(bad_requests_are_refused);
	TAP_RUN(a_dump_tells_of_all);
	TAP_RUN(changes_are_told);
	return tap_done();
}
