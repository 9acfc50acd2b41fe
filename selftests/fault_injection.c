// SPDX-License-Identifier: GPL-2.0
/*
 * Weft without memory: each allocation of a call fails in turn.
 *
 * lab: --nodes 1 --nic none
 * kernels: debug
 * timeout: 300
 */
#include <linux/weft.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include "fault.h"
#include "netns.h"

static int udp;

static int nothing(void)
{
	return 0;
}

static int home;

static int namespace_comes(void)
{
	return unshare(CLONE_NEWNET) ? -errno : 0;
}

static int namespace_goes(void)
{
	return setns(home, CLONE_NEWNET) ? -errno : 0;
}

/* What remains of weft in a namespace that failed is kmemleak's to find. */
static void namespaces_come_or_not(void)
{
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	each_allocation(namespace_comes, namespace_goes, NULL);
	close(home);
}

/* A datagram to ourselves. */
static int talk(void)
{
	struct sockaddr_weft sa = { .sweft_family = netns_weft_family(),
				    .sweft_addr = WEFT_ADDR_LOOPBACK_INIT };
	int fd = socket(sa.sweft_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;
	socklen_t len = sizeof(sa);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char buf[3000] = "hello";

	if (fd < 0)
		return -errno;
	if (bind(fd, (void *)&sa, len) ||
	    getsockname(fd, (void *)&sa, &len) ||
	    connect(fd, (void *)&sa, len) ||
	    send(fd, buf, sizeof(buf), 0) < 0)
		err = -errno;
	/* The packet may die on its way, as packets do. */
	else if (poll(&pfd, 1, 10) == 1 && recv(fd, buf, sizeof(buf), 0) < 0)
		err = -errno;
	close(fd);
	return err;
}

static void sockets_fail_cleanly(void)
{
	each_allocation(talk, nothing, NULL);
}

static int veth_up(void)
{
	return fault_set_flags(udp, "us", IFF_UP);
}

static int veth_down(void)
{
	return fault_set_flags(udp, "us", 0);
}

static void devices_come_up_or_not(void)
{
	struct ifreq ifr = { .ifr_name = "us" };
	char addrs[512];

	CHECK(!netns_run("ip link add us type veth peer name them"));
	/* A device whose own address found no memory is up all the same. */
	each_allocation(veth_up, veth_down, NULL);
	CHECK(!veth_up());
	CHECK(!ioctl(udp, SIOCGIFFLAGS, &ifr) && ifr.ifr_flags & IFF_UP);
	netns_read("weft/addr", addrs, sizeof(addrs));
	CHECK(strstr(addrs, " us\n"));
	CHECK(!netns_run("ip link del us"));
}

int main(void)
{
	/* Asked before any fault, the family number is known. */
	if (set_up_faults() || netns_weft_family() < 0) {
		printf("# no weft, or a kernel without fault injection\n");
		return 1;
	}
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	TAP_RUN(namespaces_come_or_not);
	TAP_RUN(sockets_fail_cleanly);
	TAP_RUN(devices_come_up_or_not);
	return tap_done();
}
