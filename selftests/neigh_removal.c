// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours in every state, some with packets waiting, whose device or namespace
 * goes away: nothing is left of them, and nothing happens to them later.
 *
 * lab: --nodes 1 --nic none
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/weft.h>
#include <net/if.h>
#include "netns.h"
#include "rtnl.h"
#include "tap.h"

static const unsigned char mac[] = { 2, 0, 0, 0, 0, 0x77 };
static int nl, dev, weft, sock_fd;

static struct weft_addr numbered(int i)
{
	return (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, 0, 0x10 + i } } };
}

static int send_to(struct weft_addr addr)
{
	struct sockaddr_weft sa = { .sweft_family = weft, .sweft_port = htons(7),
				    .sweft_addr = addr };

	return sendto(sock_fd, "x", 1, 0, (void *)&sa, sizeof(sa));
}

static void proxy(struct weft_addr addr)
{
	struct rtnl_request req = rtnl_neigh(RTM_NEWNEIGH, NLM_F_CREATE, dev, 0,
					     &addr);

	((struct ndmsg *)req.parts)->ndm_flags = NTF_PROXY;
	CHECK(!rtnl_ask(nl, &req).err);
}

/* A device with a neighbour in each state but FAILED, and one that will fail. */
static void populate(void)
{
	static const int states[] = { NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE,
				      NUD_NOARP, NUD_PERMANENT };
	struct weft_addr addr;
	unsigned int i;

	CHECK(!netns_run("ip link add us type veth peer name them"));
	CHECK(!netns_run("ip link set us up && ip link set them up"));
	CHECK(!netns_run("weft addr add 7::1/16 dev us nodad"));
	dev = if_nametoindex("us");
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		addr = numbered(i);
		CHECK(!rtnl_neigh_set(nl, dev, states[i], &addr, mac));
		CHECK(netns_neigh(&addr, NULL) == states[i]);
	}
	proxy(numbered(20));
	addr = numbered(21);
	CHECK(send_to(addr) == 1 && send_to(addr) == 1);
	CHECK(netns_neigh(&addr, NULL) == NUD_INCOMPLETE);
}

static int empty(void)
{
	char buf[64];

	netns_read("weft/neigh", buf, sizeof(buf));
	return !buf[0];
}

/* Waits until the last one has failed. */
static void wait_failed(void)
{
	struct weft_addr addr = numbered(21);
	int i;

	for (i = 0; i < 2000 && netns_neigh(&addr, NULL) != NUD_FAILED; i++)
		usleep(10000);
	CHECK(netns_neigh(&addr, NULL) == NUD_FAILED);
}

static void devices_are_removed(void)
{
	long failed = netns_counter("DropNeighFailed");

	populate();
	CHECK(!netns_run("ip link del us"));
	CHECK(empty());
	CHECK(netns_counter("DropNeighFailed") == failed + 2);
}

static void devices_are_removed_after_a_failure(void)
{
	populate();
	wait_failed();
	CHECK(!netns_run("ip link del us"));
	CHECK(empty());
}

static void devices_go_down(void)
{
	populate();
	CHECK(!netns_run("ip link set us down"));
	CHECK(empty());
	CHECK(send_to(numbered(21)) < 0);
	CHECK(empty());
	CHECK(!netns_run("ip link set us up && ip link del us"));
}

static void devices_move(void)
{
	populate();
	CHECK(!netns_run("ip netns add removal && ip link set us netns removal"));
	CHECK(empty());
	CHECK(!netns_run("ip netns del removal"));
}

static void mtus_become_too_small(void)
{
	populate();
	CHECK(!netns_run("ip link set us mtu 500"));
	CHECK(empty());
	CHECK(!netns_run("ip link del us"));
}

/* The namespace that is left has no other user: it goes with all that is in it. */
static void enter(void)
{
	CHECK(!unshare(CLONE_NEWNET));
	close(nl);
	close(sock_fd);
	nl = rtnl_open(0);
	sock_fd = socket(weft, SOCK_DGRAM, 0);
	CHECK(!netns_run("ip link set lo up"));
}

static void namespaces_end(void)
{
	int i;

	for (i = 0; i < 5; i++) {
		populate();
		if (i == 4)
			wait_failed();
		enter();
		CHECK(empty());
	}
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter())
		return 1;
	enter();
	TAP_RUN(devices_are_removed);
	TAP_RUN(devices_are_removed_after_a_failure);
	TAP_RUN(devices_go_down);
	TAP_RUN(devices_move);
	TAP_RUN(mtus_become_too_small);
	TAP_RUN(namespaces_end);
	return tap_done();
}
