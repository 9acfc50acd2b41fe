// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink and neighbours: each bad request is refused with an errno and a reason
 * and changes nothing; good ones do what `ip neigh` says they do, are told to
 * listeners, and read back as they were made.
 *
 * lab: --nodes 1 --nic none
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/weft.h>
#include <net/if.h>
#include <sys/prctl.h>
#include "netns.h"
#include "rtnl.h"
#include "tap.h"

#define NEIGH_MAX	4096	/* of doc/protocol.md */

static const struct weft_addr peer = { { { 0, 7, 0, 0, 0, 0, 0, 0x77 } } };
static const unsigned char mac[] = { 2, 0, 0, 0, 0, 0x77 };
static const unsigned char mac2[] = { 2, 0, 0, 0, 0, 0x78 };
static int nl, dev, weft;

static struct ndmsg *ndm(struct rtnl_request *req)
{
	return (struct ndmsg *)req->parts;
}

/* The whole request for a permanent neighbour. */
static struct rtnl_request add(int flags, const struct weft_addr *addr)
{
	struct rtnl_request req = rtnl_neigh(RTM_NEWNEIGH, flags, dev, NUD_PERMANENT,
					     addr);

	rtnl_put(&req, NDA_LLADDR, mac, sizeof(mac));
	return req;
}

static struct rtnl_request without_address(int type, int flags)
{
	struct ndmsg msg = { .ndm_family = weft, .ndm_ifindex = dev,
			     .ndm_state = NUD_PERMANENT };

	return rtnl_request(type, flags, &msg, sizeof(msg));
}

/* The request is refused so, with these words, and the neighbours stay. */
static void refused(int line, const struct rtnl_request *req, int err,
		    const char *why)
{
	char before[4096], after[4096];
	struct rtnl_answer a;

	netns_read("weft/neigh", before, sizeof(before));
	a = rtnl_ask(nl, req);
	netns_read("weft/neigh", after, sizeof(after));
	if (a.err != err || !strstr(a.why, why))
		printf("# line %d: %s: \"%s\"\n", line, strerror(a.err), a.why);
	CHECK(a.err == err);
	CHECK(strstr(a.why, why));
	CHECK_STR(after, before);
}

#define REFUSED(req, err, why) refused(__LINE__, req, err, why)

static void attributes_of_wrong_size(void)
{
	static const char zero[32];
	struct rtnl_request req;
	int len;

	for (len = 0; len <= 32; len++) {
		req = without_address(RTM_NEWNEIGH, NLM_F_CREATE);
		rtnl_put(&req, NDA_DST, zero, len);
		if (len != sizeof(peer))
			REFUSED(&req, ERANGE, "size out of range");
		req = rtnl_neigh(RTM_NEWNEIGH, NLM_F_CREATE, dev, NUD_PERMANENT,
				 &peer);
		rtnl_put(&req, NDA_LLADDR, zero, len);
		if (len != sizeof(mac))
			REFUSED(&req, ERANGE, "size out of range");
	}
	req = add(NLM_F_CREATE, &peer);
	rtnl_put(&req, NDA_PROTOCOL, "", 0);
	REFUSED(&req, EINVAL, "invalid attribute length");
}

static void attributes_that_are_unknown(void)
{
	static const int types[] = { NDA_CACHEINFO, NDA_PROBES, NDA_VLAN, NDA_PORT,
				     NDA_IFINDEX, NDA_MASTER, NDA_NH_ID };
	struct rtnl_request req;
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		req = add(NLM_F_CREATE, &peer);
		rtnl_put(&req, types[i], "1234", 4);
		REFUSED(&req, EINVAL, "nsupported attribute");
	}
	req = add(NLM_F_CREATE, &peer);
	rtnl_put(&req, NDA_MAX + 1, "1234", 4);
	REFUSED(&req, EINVAL, "attribute type");
}

static void attributes_cut_short(void)
{
	static const int types[] = { RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH };
	struct rtnl_request req;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		req = rtnl_neigh(types[i], NLM_F_CREATE, dev, 0, &peer);
		req.nlh.nlmsg_len -= 4;
		REFUSED(&req, EINVAL, "");
		req.nlh.nlmsg_len = NLMSG_HDRLEN + sizeof(struct ndmsg) - 1;
		REFUSED(&req, EINVAL, "");
		req.nlh.nlmsg_len = NLMSG_HDRLEN + 1;
		REFUSED(&req, EINVAL, "");
		req = without_address(types[i], NLM_F_CREATE);
		ndm(&req)->ndm_state = 0;
		REFUSED(&req, EINVAL, "address is missing");
	}
}

static void addresses_of_no_neighbour(void)
{
	static const struct weft_addr link = { { { 0xfe, 0x80, 2, 0, 0, 0, 0, 9 } } };
	static const struct weft_addr group = WEFT_ADDR_ALLNODES_INIT;
	static const struct weft_addr any = WEFT_ADDR_ANY_INIT;
	static const struct weft_addr loopback = WEFT_ADDR_LOOPBACK_INIT;
	struct rtnl_request req = add(NLM_F_CREATE, &link);

	REFUSED(&req, EINVAL, "contain their MAC");
	req = add(NLM_F_CREATE, &group);
	REFUSED(&req, EINVAL, "contain their MAC");
	req = add(NLM_F_CREATE, &any);
	REFUSED(&req, EINVAL, "not an address of a neighbour");
	req = add(NLM_F_CREATE, &loopback);
	REFUSED(&req, EINVAL, "not an address of a neighbour");
	ndm(&req)->ndm_flags = NTF_PROXY;
	REFUSED(&req, EINVAL, "not an address of a neighbour");
}

static void devices_that_are_none(void)
{
	struct rtnl_request req = add(NLM_F_CREATE, &peer);

	ndm(&req)->ndm_ifindex = 0;
	REFUSED(&req, EINVAL, "device is missing");
	ndm(&req)->ndm_ifindex = 4711;
	REFUSED(&req, ENODEV, "no such device");
	ndm(&req)->ndm_ifindex = -1;
	REFUSED(&req, ENODEV, "no such device");
	ndm(&req)->ndm_ifindex = if_nametoindex("lo");
	REFUSED(&req, EINVAL, "loopback device");
	ndm(&req)->ndm_ifindex = if_nametoindex("idle");
	REFUSED(&req, ENETDOWN, "the device is down");
	ndm(&req)->ndm_flags = NTF_PROXY;
	REFUSED(&req, EINVAL, "neither MAC nor flags");
	req = rtnl_neigh(RTM_NEWNEIGH, NLM_F_CREATE, if_nametoindex("idle"), 0, &peer);
	ndm(&req)->ndm_flags = NTF_PROXY;
	REFUSED(&req, ENETDOWN, "the device is down");
}

static void states_that_hands_do_not_set(void)
{
	static const int states[] = { NUD_NONE, NUD_INCOMPLETE, NUD_FAILED, 0x100,
				      NUD_STALE | NUD_DELAY, 0xffff };
	struct rtnl_request req = add(NLM_F_CREATE, &peer);
	unsigned int i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		ndm(&req)->ndm_state = states[i];
		REFUSED(&req, EINVAL, "state must be");
	}
}

static void flags_that_are_unknown(void)
{
	struct rtnl_request req = add(NLM_F_CREATE, &peer);
	int bit;

	for (bit = 1; bit < 256; bit <<= 1) {
		ndm(&req)->ndm_flags = bit;
		if (bit != NTF_PROXY && bit != NTF_ROUTER)
			REFUSED(&req, EOPNOTSUPP, "unknown flags");
	}
}

static void macs_that_are_none(void)
{
	static const unsigned char zero[6], group[6] = { 3 };
	struct rtnl_request req = rtnl_neigh(RTM_NEWNEIGH, NLM_F_CREATE, dev,
					     NUD_PERMANENT, &peer);

	REFUSED(&req, EINVAL, "MAC is missing");
	rtnl_put(&req, NDA_LLADDR, zero, 6);
	REFUSED(&req, EINVAL, "not the MAC of one node");
	req = rtnl_neigh(RTM_NEWNEIGH, NLM_F_CREATE, dev, NUD_PERMANENT, &peer);
	rtnl_put(&req, NDA_LLADDR, group, 6);
	REFUSED(&req, EINVAL, "not the MAC of one node");
}

/* The neighbour reads back so. */
static void reads(int line, int state, const unsigned char *at, int flags)
{
	struct rtnl_request req = rtnl_neigh(RTM_GETNEIGH, 0, dev, 0, &peer);
	struct rtnl_answer a = rtnl_ask(nl, &req);
	const void *got = rtnl_find(&a.last, NDA_LLADDR, sizeof(struct ndmsg), 6);

	if (a.err || ndm(&a.last)->ndm_state != state)
		printf("# line %d: %s, %#x\n", line, strerror(a.err),
		       ndm(&a.last)->ndm_state);
	CHECK(!a.err && a.count == 1);
	CHECK(a.last.nlh.nlmsg_type == RTM_NEWNEIGH && a.last.nlh.nlmsg_seq == 42);
	CHECK(ndm(&a.last)->ndm_family == weft);
	CHECK(ndm(&a.last)->ndm_ifindex == dev);
	CHECK(ndm(&a.last)->ndm_state == state);
	CHECK(ndm(&a.last)->ndm_flags == flags);
	CHECK(ndm(&a.last)->ndm_type == RTN_UNICAST);
	CHECK(got && !memcmp(got, at, 6));
	CHECK(rtnl_find(&a.last, NDA_CACHEINFO, sizeof(struct ndmsg),
			sizeof(struct nda_cacheinfo)));
}

#define READS(state, at, flags) reads(__LINE__, state, at, flags)

/* As `ip neigh` has it: add is CREATE | EXCL, change REPLACE, replace both. */
static void added_changed_replaced(void)
{
	struct rtnl_request del = rtnl_neigh(RTM_DELNEIGH, 0, dev, 0, &peer);
	struct rtnl_request req = add(NLM_F_REPLACE, &peer);

	REFUSED(&req, ENOENT, "no such neighbour");
	req = add(0, &peer);
	REFUSED(&req, ENOENT, "no such neighbour");
	REFUSED(&del, ENOENT, "no such neighbour");
	req = add(NLM_F_CREATE | NLM_F_EXCL, &peer);
	CHECK(!rtnl_ask(nl, &req).err);
	READS(NUD_PERMANENT, mac, 0);
	REFUSED(&req, EEXIST, "there already");
	req = add(NLM_F_CREATE, &peer);
	REFUSED(&req, EEXIST, "there already");

	CHECK(!rtnl_neigh_set(nl, dev, NUD_STALE, &peer, mac2));
	READS(NUD_STALE, mac2, 0);
	/* Without a MAC it keeps the one that it has. */
	req = rtnl_neigh(RTM_NEWNEIGH, NLM_F_REPLACE, dev, NUD_NOARP, &peer);
	ndm(&req)->ndm_flags = NTF_ROUTER;
	CHECK(!rtnl_ask(nl, &req).err);
	READS(NUD_NOARP, mac2, NTF_ROUTER);
	CHECK(!rtnl_ask(nl, &del).err);
	REFUSED(&del, ENOENT, "no such neighbour");
}

static void who_set_it_is_told(void)
{
	struct rtnl_request req = add(NLM_F_CREATE, &peer);
	struct rtnl_request get = rtnl_neigh(RTM_GETNEIGH, 0, dev, 0, &peer);
	struct rtnl_request del = rtnl_neigh(RTM_DELNEIGH, 0, dev, 0, &peer);
	struct rtnl_answer a;
	const unsigned char *p;

	rtnl_put(&req, NDA_PROTOCOL, "\xba", 1);
	CHECK(!rtnl_ask(nl, &req).err);
	a = rtnl_ask(nl, &get);
	p = rtnl_find(&a.last, NDA_PROTOCOL, sizeof(struct ndmsg), 1);
	CHECK(p && *p == 0xba);
	CHECK(!rtnl_ask(nl, &del).err);
}

static void proxies(void)
{
	struct rtnl_request req = rtnl_neigh(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL,
					     dev, NUD_PERMANENT, &peer);
	struct rtnl_request get = rtnl_neigh(RTM_GETNEIGH, 0, dev, 0, &peer);
	struct rtnl_answer a;

	ndm(&req)->ndm_flags = NTF_PROXY;
	CHECK(!rtnl_ask(nl, &req).err);
	REFUSED(&req, EEXIST, "there already");
	/* Beside a neighbour of that address, not instead of one. */
	REFUSED(&get, ENOENT, "no such neighbour");
	ndm(&get)->ndm_flags = NTF_PROXY;
	a = rtnl_ask(nl, &get);
	CHECK(!a.err && ndm(&a.last)->ndm_flags == NTF_PROXY);
	CHECK(ndm(&a.last)->ndm_state == NUD_NONE);
	req = rtnl_neigh(RTM_DELNEIGH, 0, dev, 0, &peer);
	ndm(&req)->ndm_flags = NTF_PROXY;
	CHECK(!rtnl_ask(nl, &req).err);
	REFUSED(&req, ENOENT, "no such neighbour");
}

static struct rtnl_request dump(int flags)
{
	struct ndmsg msg = { .ndm_family = weft, .ndm_flags = flags };

	return rtnl_request(RTM_GETNEIGH, NLM_F_DUMP, &msg, sizeof(msg));
}

static void questions_with_values(void)
{
	struct rtnl_request req = dump(NTF_ROUTER);

	REFUSED(&req, EINVAL, "has values");
	req = dump(0);
	ndm(&req)->ndm_state = NUD_STALE;
	REFUSED(&req, EINVAL, "has values");
	req = rtnl_neigh(RTM_GETNEIGH, 0, dev, NUD_STALE, &peer);
	REFUSED(&req, EINVAL, "has values");
	req = dump(0);
	rtnl_put(&req, NDA_DST, &peer, sizeof(peer));
	REFUSED(&req, EINVAL, "nsupported attribute");
	req = dump(0);
	rtnl_put(&req, NDA_IFINDEX, "12", 2);
	REFUSED(&req, EINVAL, "invalid attribute length");
	req = dump(0);
	req.nlh.nlmsg_len -= 1;
	REFUSED(&req, EINVAL, "too short");
	req = dump(0);
	rtnl_put(&req, NDA_IFINDEX, &(int){ 4711 }, sizeof(int));
	REFUSED(&req, ENODEV, "no such device");
}

static void numbered(struct weft_addr *addr, int i)
{
	*addr = (struct weft_addr){ { { 0, 7, 0, 1, 0, 0, i >> 8, i } } };
}

/* More than one buffer holds: each comes once. */
static void dumps_are_whole(void)
{
	struct rtnl_request req = dump(0), del;
	struct weft_addr addr;
	int i, lo = if_nametoindex("lo");

	for (i = 0; i < 1000; i++) {
		numbered(&addr, i);
		CHECK(!rtnl_neigh_set(nl, dev, NUD_PERMANENT, &addr, mac));
	}
	CHECK(rtnl_ask(nl, &req).count == 1000);
	rtnl_put(&req, NDA_IFINDEX, &dev, sizeof(dev));
	CHECK(rtnl_ask(nl, &req).count == 1000);
	req = dump(0);
	rtnl_put(&req, NDA_IFINDEX, &lo, sizeof(lo));
	CHECK(rtnl_ask(nl, &req).count == 0);
	req = dump(NTF_PROXY);
	CHECK(rtnl_ask(nl, &req).count == 0);
	for (i = 0; i < 1000; i++) {
		numbered(&addr, i);
		del = rtnl_neigh(RTM_DELNEIGH, 0, dev, 0, &addr);
		CHECK(!rtnl_ask(nl, &del).err);
	}
	req = dump(0);
	CHECK(rtnl_ask(nl, &req).count == 0);
}

/* A listener hears this; returns the neighbour's state, -1 for nothing. */
static int heard(int fd, int type)
{
	struct rtnl_request msg;
	const void *dst;

	if (recv(fd, &msg, sizeof(msg), MSG_DONTWAIT) < 0)
		return -1;
	dst = rtnl_find(&msg, NDA_DST, sizeof(struct ndmsg), sizeof(peer));
	CHECK(msg.nlh.nlmsg_type == type);
	CHECK(ndm(&msg)->ndm_family == weft && ndm(&msg)->ndm_ifindex == dev);
	CHECK(dst && !memcmp(dst, &peer, sizeof(peer)));
	return ndm(&msg)->ndm_state;
}

static void changes_are_announced(void)
{
	struct rtnl_request del = rtnl_neigh(RTM_DELNEIGH, 0, dev, 0, &peer);
	int fd = rtnl_open(1U << (RTNLGRP_NEIGH - 1));

	CHECK(!rtnl_neigh_set(nl, dev, NUD_STALE, &peer, mac));
	CHECK(heard(fd, RTM_NEWNEIGH) == NUD_STALE);
	CHECK(!rtnl_neigh_set(nl, dev, NUD_STALE, &peer, mac2));
	CHECK(heard(fd, RTM_NEWNEIGH) == NUD_STALE);
	CHECK(!rtnl_neigh_set(nl, dev, NUD_STALE, &peer, mac2));
	CHECK(heard(fd, RTM_NEWNEIGH) == -1);
	CHECK(!rtnl_neigh_set(nl, dev, NUD_REACHABLE, &peer, mac2));
	CHECK(heard(fd, RTM_NEWNEIGH) == NUD_REACHABLE);
	CHECK(!rtnl_ask(nl, &del).err);
	CHECK(heard(fd, RTM_DELNEIGH) == NUD_REACHABLE);
	CHECK(!rtnl_neigh_set(nl, dev, NUD_PERMANENT, &peer, mac));
	CHECK(heard(fd, RTM_NEWNEIGH) == NUD_PERMANENT);
	CHECK(!netns_run("ip link set us down && ip link set us up"));
	CHECK(heard(fd, RTM_DELNEIGH) == NUD_PERMANENT);
	CHECK(heard(fd, RTM_NEWNEIGH) == -1);
	close(fd);
}

/* A MAC of our own that changes takes all neighbours along. */
static void flushed_with_the_mac(void)
{
	struct rtnl_request req = dump(0);

	CHECK(!rtnl_neigh_set(nl, dev, NUD_PERMANENT, &peer, mac));
	CHECK(rtnl_ask(nl, &req).count == 1);
	CHECK(!netns_run("ip link set us address 02:00:00:00:00:51"));
	CHECK(rtnl_ask(nl, &req).count == 0);
}

/* So many reachable ones and no more; hands' own do not count; stale ones go. */
static void full(void)
{
	struct rtnl_request req = dump(0), over = add(NLM_F_CREATE, &peer);
	struct weft_addr addr;
	int i;

	for (i = 0; i < NEIGH_MAX; i++) {
		numbered(&addr, i);
		CHECK(!rtnl_neigh_set(nl, dev, NUD_REACHABLE, &addr, mac));
	}
	ndm(&over)->ndm_state = NUD_REACHABLE;
	REFUSED(&over, ENOBUFS, "too many neighbours");
	ndm(&over)->ndm_state = NUD_PERMANENT;
	CHECK(!rtnl_ask(nl, &over).err);
	CHECK(rtnl_ask(nl, &req).count == NEIGH_MAX + 1);
	/* Not even by a detour. */
	over.nlh.nlmsg_flags |= NLM_F_REPLACE;
	ndm(&over)->ndm_state = NUD_REACHABLE;
	REFUSED(&over, ENOBUFS, "too many neighbours");

	CHECK(!rtnl_neigh_set(nl, dev, NUD_STALE, &addr, mac));
	CHECK(!rtnl_ask(nl, &over).err);
	CHECK(rtnl_ask(nl, &req).count == NEIGH_MAX);
	CHECK(netns_neigh(&addr, NULL) < 0);
	CHECK(!netns_run("ip link set us down && ip link set us up"));
	CHECK(rtnl_ask(nl, &req).count == 0);
}

static void try_without_rights(void)
{
	struct rtnl_request req = add(NLM_F_CREATE, &peer);

	REFUSED(&req, EPERM, "");
	req.nlh.nlmsg_type = RTM_DELNEIGH;
	REFUSED(&req, EPERM, "");
	/* Reading is free. */
	req = dump(0);
	CHECK(!rtnl_ask(nl, &req).err);
}

static void no_rights_no_change(void)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		CHECK(!setresgid(65534, 65534, 65534));
		CHECK(!setresuid(65534, 65534, 65534));
		nl = rtnl_open(0);
		try_without_rights();
		fflush(stdout);
		_exit(tap_failed_checks);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(!status);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() ||
	    netns_run("ip link set lo up && ip link add us type veth peer name them") ||
	    netns_run("ip link set us up") ||
	    netns_run("ip link add idle type veth peer name idle2"))
		return 1;
	dev = if_nametoindex("us");
	nl = rtnl_open(0);

	TAP_RUN(attributes_of_wrong_size);
	TAP_RUN(attributes_that_are_unknown);
	TAP_RUN(attributes_cut_short);
	TAP_RUN(addresses_of_no_neighbour);
	TAP_RUN(devices_that_are_none);
	TAP_RUN(states_that_hands_do_not_set);
	TAP_RUN(flags_that_are_unknown);
	TAP_RUN(macs_that_are_none);
	TAP_RUN(added_changed_replaced);
	TAP_RUN(who_set_it_is_told);
	TAP_RUN(proxies);
	TAP_RUN(questions_with_values);
	TAP_RUN(dumps_are_whole);
	TAP_RUN(changes_are_announced);
	TAP_RUN(flushed_with_the_mac);
	TAP_RUN(full);
	TAP_RUN(no_rights_no_change);
	return tap_done();
}
