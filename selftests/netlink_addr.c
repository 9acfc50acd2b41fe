// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink and addresses: each bad request is refused with an errno and a
 * reason and changes nothing, a good one is announced to listeners, and who has
 * no right in the namespace has none here.
 *
 * lab: --nodes 1 --nic none
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/weft.h>
#include <net/if.h>
#include <sys/prctl.h>
#include "netns.h"
#include "rtnl.h"
#include "tap.h"

static const struct weft_addr addr = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
static int nl, weft, dev;

/* The fixed part of a request. */
static struct ifaddrmsg *fixed(struct rtnl_request *req)
{
	return (void *)req->parts;
}

/* A request about 7::1/16 on our device, without attributes. */
static struct rtnl_request request(int type, int flags)
{
	struct ifaddrmsg ifa = { .ifa_family = weft, .ifa_prefixlen = 16,
				 .ifa_index = dev };

	return rtnl_request(type, flags, &ifa, sizeof(ifa));
}

/* The whole request for one address. */
static struct rtnl_request address(int type, const struct weft_addr *a)
{
	struct rtnl_request req = request(type, type == RTM_NEWADDR ?
					  NLM_F_CREATE | NLM_F_EXCL : 0);

	rtnl_put(&req, IFA_LOCAL, a, sizeof(*a));
	return req;
}

/* The request is refused so, with these words, and the addresses stay. */
static void refused(int line, const struct rtnl_request *req, int err,
		    const char *why)
{
	char before[512], after[512];
	struct rtnl_answer a;

	netns_read("weft/addr", before, sizeof(before));
	a = rtnl_ask(nl, req);
	netns_read("weft/addr", after, sizeof(after));
	if (a.err != err || !strstr(a.why, why))
		printf("# line %d: %s: \"%s\"\n", line, strerror(a.err), a.why);
	CHECK(a.err == err);
	CHECK(strstr(a.why, why));
	CHECK_STR(after, before);
}

#define REFUSED(req, err, why) refused(__LINE__, req, err, why)

static void addresses_of_wrong_size(void)
{
	static const char zero[16];
	struct rtnl_request req;
	int len, type;

	for (type = IFA_ADDRESS; type <= IFA_LOCAL; type++)
		for (len = 0; len <= 16; len++) {
			if (len == sizeof(addr))
				continue;
			req = request(RTM_NEWADDR, NLM_F_CREATE);
			rtnl_put(&req, type, zero, len);
			REFUSED(&req, ERANGE, "size out of range");
		}
}

static void attributes_of_wrong_size(void)
{
	static const int types[] = { IFA_FLAGS, IFA_PROTO };
	struct rtnl_request req;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		req = address(RTM_NEWADDR, &addr);
		rtnl_put(&req, types[i], "", 0);
		REFUSED(&req, EINVAL, "invalid attribute length");
	}
}

static void attributes_that_are_unknown(void)
{
	struct rtnl_request req = address(RTM_NEWADDR, &addr);

	rtnl_put(&req, IFA_MAX + 1, "1234", 4);
	REFUSED(&req, EINVAL, "attribute type");
}

static void attributes_cut_short(void)
{
	struct rtnl_request req = address(RTM_NEWADDR, &addr);
	struct rtattr *rta = (void *)(fixed(&req) + 1);

	rta->rta_len = 3;
	REFUSED(&req, EINVAL, "");
	req = request(RTM_NEWADDR, NLM_F_CREATE);
	req.nlh.nlmsg_len -= 4;
	REFUSED(&req, EINVAL, "");
	req.nlh.nlmsg_len = NLMSG_HDRLEN + 1;
	REFUSED(&req, EINVAL, "");
}

static void an_address_is_needed(void)
{
	struct rtnl_request req = request(RTM_NEWADDR, NLM_F_CREATE);

	REFUSED(&req, EINVAL, "address is missing");
	req = request(RTM_DELADDR, 0);
	REFUSED(&req, EINVAL, "address is missing");
}

static void peers_are_not_supported(void)
{
	static const struct weft_addr peer = { { { 0, 7, 0, 0, 0, 0, 0, 2 } } };
	struct rtnl_request req = address(RTM_NEWADDR, &addr);

	rtnl_put(&req, IFA_ADDRESS, &peer, sizeof(peer));
	REFUSED(&req, EINVAL, "peer");
}

static void prefixes_end_at_64(void)
{
	struct rtnl_request req = address(RTM_NEWADDR, &addr);

	fixed(&req)->ifa_prefixlen = 65;
	REFUSED(&req, EINVAL, "prefix length");
	fixed(&req)->ifa_prefixlen = 255;
	REFUSED(&req, EINVAL, "prefix length");
}

static void devices_must_exist(void)
{
	struct rtnl_request req = address(RTM_NEWADDR, &addr);

	fixed(&req)->ifa_index = 0;
	REFUSED(&req, ENODEV, "no such device");
	fixed(&req)->ifa_index = 4711;
	REFUSED(&req, ENODEV, "no such device");
	fixed(&req)->ifa_index = ~0U;
	REFUSED(&req, ENODEV, "no such device");
}

static void addresses_must_be_assignable(void)
{
	static const struct weft_addr group = { { { 0xff, 2, 0, 0, 0, 0, 0, 5 } } };
	static const struct weft_addr any = WEFT_ADDR_ANY_INIT;
	static const struct weft_addr loopback = WEFT_ADDR_LOOPBACK_INIT;
	static const struct weft_addr link = { { { 0xfe, 0x80, 2, 0, 0, 0, 0, 9 } } };
	struct rtnl_request req = address(RTM_NEWADDR, &group);

	REFUSED(&req, EADDRNOTAVAIL, "not an address of one node");
	req = address(RTM_NEWADDR, &any);
	REFUSED(&req, EADDRNOTAVAIL, "not an address of one node");
	req = address(RTM_NEWADDR, &loopback);
	REFUSED(&req, EINVAL, "made by the kernel");
	req = address(RTM_NEWADDR, &link);
	REFUSED(&req, EINVAL, "made by the kernel");
}

static void dumps_take_a_device_at_most(void)
{
	struct rtnl_request req = request(RTM_GETADDR, NLM_F_DUMP);

	REFUSED(&req, EINVAL, "has values");
	fixed(&req)->ifa_prefixlen = 0;
	CHECK(!rtnl_ask(nl, &req).err);
	rtnl_put(&req, IFA_LOCAL, &addr, sizeof(addr));
	REFUSED(&req, EINVAL, "no attributes");
	req = request(RTM_GETADDR, NLM_F_DUMP);
	fixed(&req)->ifa_prefixlen = 0;
	fixed(&req)->ifa_index = 4711;
	REFUSED(&req, ENODEV, "no such device");
}

/* Of a device that cannot carry Weft there is nothing to tell, and no error. */
static void dumps_of_all_families_go_on(void)
{
	struct rtnl_request req = request(RTM_GETADDR, NLM_F_DUMP);

	CHECK(!netns_run("modprobe tun && ip tuntap add mode tun name tun0"));
	fixed(&req)->ifa_prefixlen = 0;
	fixed(&req)->ifa_index = if_nametoindex("tun0");
	REFUSED(&req, ENODEV, "cannot carry Weft");
	fixed(&req)->ifa_family = AF_UNSPEC;
	CHECK(!rtnl_ask(nl, &req).err);
}

/* Add and delete: a listener hears of both, with the sequence of the request. */
static void changes_are_announced(void)
{
	struct rtnl_request add = address(RTM_NEWADDR, &addr);
	struct rtnl_request del = address(RTM_DELADDR, &addr);
	struct {
		struct nlmsghdr nlh;
		struct ifaddrmsg ifa;
		char attrs[256];
	} heard;
	int fd = rtnl_open(1U << (WEFT_RTNLGRP_IFADDR - 1));

	CHECK(!rtnl_ask(nl, &add).err);
	CHECK(recv(fd, &heard, sizeof(heard), MSG_DONTWAIT) > 0);
	CHECK(heard.nlh.nlmsg_type == RTM_NEWADDR && heard.nlh.nlmsg_seq == 42);
	CHECK(heard.ifa.ifa_index == (unsigned int)dev);
	CHECK(heard.ifa.ifa_prefixlen == 16);
	REFUSED(&add, EEXIST, "has this address");
	CHECK(recv(fd, &heard, sizeof(heard), MSG_DONTWAIT) < 0);

	add.nlh.nlmsg_flags &= ~NLM_F_EXCL;
	add.nlh.nlmsg_flags |= NLM_F_REPLACE;
	CHECK(!rtnl_ask(nl, &add).err);
	CHECK(recv(fd, &heard, sizeof(heard), MSG_DONTWAIT) > 0);
	CHECK(heard.nlh.nlmsg_type == RTM_NEWADDR);
	fixed(&del)->ifa_prefixlen = 17;
	REFUSED(&del, EADDRNOTAVAIL, "no such address");
	fixed(&del)->ifa_prefixlen = 16;
	CHECK(!rtnl_ask(nl, &del).err);
	CHECK(recv(fd, &heard, sizeof(heard), MSG_DONTWAIT) > 0);
	CHECK(heard.nlh.nlmsg_type == RTM_DELADDR);
	REFUSED(&del, EADDRNOTAVAIL, "no such address");
	close(fd);
}

/* Runs @test in a process of its own without rights over this namespace. */
static void unprivileged(void (*test)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		CHECK(!setresgid(65534, 65534, 65534));
		CHECK(!setresuid(65534, 65534, 65534));
		/* For the maps of its own user namespace, below /proc. */
		CHECK(!prctl(PR_SET_DUMPABLE, 1));
		nl = rtnl_open(0);
		test();
		fflush(stdout);
		_exit(tap_failed_checks);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(!status);
}

static void try_without_rights(void)
{
	struct rtnl_request req = address(RTM_NEWADDR, &addr);

	REFUSED(&req, EPERM, "");
	req = address(RTM_DELADDR, &addr);
	REFUSED(&req, EPERM, "");
	/* Reading is free. */
	req = request(RTM_GETADDR, NLM_F_DUMP);
	fixed(&req)->ifa_prefixlen = 0;
	CHECK(!rtnl_ask(nl, &req).err);
}

/* Root of a user namespace rules its own network namespace and no other. */
static void try_as_root_of_a_user_namespace(void)
{
	struct rtnl_request req = address(RTM_NEWADDR, &addr);
	struct sockaddr_weft low = { .sweft_family = weft, .sweft_port = htons(80) };
	int fd;

	CHECK(!unshare(CLONE_NEWUSER));
	REFUSED(&req, EPERM, "");
	fd = socket(weft, SOCK_DGRAM, 0);
	CHECK(bind(fd, (void *)&low, sizeof(low)) < 0 && errno == EACCES);
	close(fd);

	CHECK(!unshare(CLONE_NEWNET));
	nl = rtnl_open(0);
	fixed(&req)->ifa_index = if_nametoindex("lo");
	CHECK(!rtnl_ask(nl, &req).err);
	fd = socket(weft, SOCK_DGRAM, 0);
	CHECK(!bind(fd, (void *)&low, sizeof(low)));
	close(fd);
}

static void no_rights_no_change(void)
{
	unprivileged(try_without_rights);
}

static void rights_end_at_the_namespace(void)
{
	unprivileged(try_as_root_of_a_user_namespace);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() ||
	    netns_run("ip link add us type veth peer name them && ip link set us up"))
		return 1;
	dev = if_nametoindex("us");
	nl = rtnl_open(0);

	TAP_RUN(addresses_of_wrong_size);
	TAP_RUN(attributes_of_wrong_size);
	TAP_RUN(attributes_that_are_unknown);
	TAP_RUN(attributes_cut_short);
	TAP_RUN(an_address_is_needed);
	TAP_RUN(peers_are_not_supported);
	TAP_RUN(prefixes_end_at_64);
	TAP_RUN(devices_must_exist);
	TAP_RUN(addresses_must_be_assignable);
	TAP_RUN(dumps_take_a_device_at_most);
	TAP_RUN(dumps_of_all_families_go_on);
	TAP_RUN(changes_are_announced);
	TAP_RUN(no_rights_no_change);
	TAP_RUN(rights_end_at_the_namespace);
	return tap_done();
}
