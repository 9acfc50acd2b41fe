// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations fail, each in turn: the first one of a call, then the second, and
 * so on until the call no longer reaches the one that would fail. A call may
 * refuse; it must not leave anything half done, and must succeed afterwards.
 *
 * DMA debugging would find no memory either, and say so.
 *
 * lab: --nodes 1 --nic e1000 --nic e1000 --append dma_debug=off
 * kernels: debug
 * timeout: 300
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <linux/weft.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "netns.h"
#include "tap.h"

#define FAULTS_MAX	3000
#define PCI_DRIVER	"/sys/bus/pci/drivers/weftnic"

static char slot[64];
static int udp;

/* Writes a string to a file of the kernel. Returns 0 or -errno. */
static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* --- the fault -------------------------------------------------------------- */

static void put_fail_nth(int fd, int n)
{
	char text[16];

	CHECK(pwrite(fd, text, sprintf(text, "%d", n), 0) > 0);
}

/*
 * True if the fault that was set happened; it is not set any more. A copy from
 * or to user space fails too, and so may reading and clearing what is left.
 */
static int fault_happened(int fd)
{
	char text[16] = "1";

	if (pread(fd, text, sizeof(text) - 1, 0) > 0 && pwrite(fd, "0", 1, 0) < 0)
		CHECK(pwrite(fd, "0", 1, 0) > 0);
	return !atoi(text);
}

/*
 * Makes the first allocation of @act fail, then the second, until there are no
 * more. @act returns 0 or -errno; @undo goes back to before a success, and
 * @intact looks whether a refusal changed anything.
 */
static void each_allocation(int (*act)(void), int (*undo)(void),
			    int (*intact)(void))
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	int n, err, happened = 1, refusals = 0;

	for (n = 1; happened && n < FAULTS_MAX; n++) {
		put_fail_nth(fd, n);
		err = act();
		happened = fault_happened(fd);
		if (err) {
			refusals++;
			/* Its answer may have failed to come, all done. */
			CHECK(!intact || intact() ||
			      (err == -EFAULT && !undo()));
		} else {
			CHECK(!undo());
		}
	}
	close(fd);
	printf("# %d allocations, %d of them needed\n", n - 2, refusals);
	CHECK(n > 2 && n < FAULTS_MAX);
	CHECK(refusals > 0);
	err = act();
	if (err)
		printf("# with memory: %s\n", strerror(-err));
	CHECK(!err);
	CHECK(!undo());
}

/* Faults are silent, and hit allocations that may sleep too. */
static int set_up_faults(void)
{
	return put("/sys/kernel/debug/failslab/ignore-gfp-wait", "N") ||
	       put("/sys/kernel/debug/failslab/verbose", "0") ||
	       put("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N") ||
	       put("/sys/kernel/debug/fail_page_alloc/min-order", "0") ||
	       put("/sys/kernel/debug/fail_page_alloc/verbose", "0") ||
	       put("/sys/kernel/debug/fail_usercopy/verbose", "0");
}

static int nothing(void)
{
	return 0;
}

/* --- weft ------------------------------------------------------------------- */

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

static int set_flags(const char *name, int flags)
{
	struct ifreq ifr = { .ifr_flags = flags };

	strcpy(ifr.ifr_name, name);
	return ioctl(udp, SIOCSIFFLAGS, &ifr) ? -errno : 0;
}

static int veth_up(void)
{
	return set_flags("us", IFF_UP);
}

static int veth_down(void)
{
	return set_flags("us", 0);
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

/* --- weftnic ------------------------------------------------------------------ */

static int bind_nic(void)
{
	return put(PCI_DRIVER "/bind", slot);
}

static int unbind_nic(void)
{
	return put(PCI_DRIVER "/unbind", slot);
}

static int nic_is_unbound(void)
{
	return access("/sys/class/net/eth0", F_OK) < 0;
}

static void probe_unwinds(void)
{
	CHECK(!unbind_nic());
	each_allocation(bind_nic, unbind_nic, nic_is_unbound);
	CHECK(!bind_nic());
}

static int nic_up(void)
{
	return set_flags("eth0", IFF_UP);
}

static int nic_down(void)
{
	return set_flags("eth0", 0);
}

static int nic_is_down(void)
{
	struct ifreq ifr = { .ifr_name = "eth0" };

	return !ioctl(udp, SIOCGIFFLAGS, &ifr) && !(ifr.ifr_flags & IFF_UP);
}

static void open_unwinds(void)
{
	CHECK(!nic_down());
	each_allocation(nic_up, nic_down, nic_is_down);
	CHECK(!nic_up());
}

static int nic_mtu(int mtu)
{
	struct ifreq ifr = { .ifr_mtu = mtu, .ifr_name = "eth0" };

	return ioctl(udp, SIOCSIFMTU, &ifr) ? -errno : 0;
}

static int nic_mtu_jumbo(void)
{
	return nic_mtu(9000);
}

static int nic_mtu_default(void)
{
	return nic_mtu(1500);
}

/* Up, with the MTU of before. */
static int nic_is_as_before(void)
{
	struct ifreq ifr = { .ifr_name = "eth0" };

	return !nic_is_down() && !ioctl(udp, SIOCGIFMTU, &ifr) &&
	       ifr.ifr_mtu == 1500;
}

static int nic_rings(unsigned int descriptors)
{
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_SRINGPARAM,
					  .rx_pending = descriptors,
					  .tx_pending = descriptors };
	struct ifreq ifr = { .ifr_name = "eth0", .ifr_data = (void *)&ring };

	return ioctl(udp, SIOCETHTOOL, &ifr) ? -errno : 0;
}

static int nic_rings_long(void)
{
	return nic_rings(1024);
}

static int nic_rings_default(void)
{
	return nic_rings(512);
}

static int nic_rings_as_before(void)
{
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };
	struct ifreq ifr = { .ifr_name = "eth0", .ifr_data = (void *)&ring };

	return !nic_is_down() && !ioctl(udp, SIOCETHTOOL, &ifr) &&
	       ring.rx_pending == 512 && ring.tx_pending == 512;
}

static void a_refused_mtu_changes_nothing(void)
{
	CHECK(!nic_up());
	each_allocation(nic_mtu_jumbo, nic_mtu_default, nic_is_as_before);
}

static void refused_rings_change_nothing(void)
{
	CHECK(!nic_rings_default());
	each_allocation(nic_rings_long, nic_rings_default, nic_rings_as_before);
}

/* After all of it the two NICs still reach each other. */
static void the_nics_still_work(void)
{
	CHECK(!netns_run("ip netns add peer && ip link set eth1 netns peer"));
	CHECK(!netns_run("ip -n peer link set eth1 up && ip link set eth0 up"));
	/* The address that the lab gives eth1 of node 1. */
	CHECK(!netns_run("weft ping -c 3 fe80:5254:57:101%eth0 >/dev/null"));
	CHECK(!netns_run("ip netns del peer"));
}

int main(void)
{
	ssize_t len = readlink("/sys/class/net/eth0/device", slot, sizeof(slot) - 1);

	/* Asked before any fault, the family number is known. */
	if (len < 12 || set_up_faults() || netns_weft_family() < 0) {
		printf("# no NIC, no weft, or a kernel without fault injection\n");
		return 1;
	}
	memmove(slot, slot + len - 12, 13);
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	TAP_RUN(namespaces_come_or_not);
	TAP_RUN(sockets_fail_cleanly);
	TAP_RUN(devices_come_up_or_not);
	TAP_RUN(probe_unwinds);
	TAP_RUN(open_unwinds);
	TAP_RUN(a_refused_mtu_changes_nothing);
	TAP_RUN(refused_rings_change_nothing);
	TAP_RUN(the_nics_still_work);
	return tap_done();
}
