// SPDX-License-Identifier: GPL-2.0
/*
 * weftnic without memory: each allocation of a change fails in turn, and nothing has
 * changed then. nic_faults_*.sh run it on the other devices.
 *
 * DMA debugging would find no memory either, and say so.
 *
 * lab: --nodes 1 --nic e1000 --nic e1000 --append dma_debug=off
 * kernels: debug
 * timeout: 300
 */
#include <net/if.h>
#include <linux/bpf.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <linux/weft.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "fault.h"
#include "netns.h"

#define PCI_DRIVER	"/sys/bus/pci/drivers/weftnic"

static char slot[64];
static int udp, prog, link_fd;
static struct ethtool_ringparam rings;

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
	return fault_set_flags(udp, "eth0", IFF_UP);
}

static int nic_down(void)
{
	return fault_set_flags(udp, "eth0", 0);
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

static int nic_ethtool(void *command)
{
	struct ifreq ifr = { .ifr_name = "eth0", .ifr_data = command };

	return ioctl(udp, SIOCETHTOOL, &ifr) ? -errno : 0;
}

static int nic_rings(unsigned int part)
{
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_SRINGPARAM,
					  .rx_pending = rings.rx_pending / part,
					  .tx_pending = rings.tx_pending / part };

	return nic_ethtool(&ring);
}

static int nic_rings_half(void)
{
	return nic_rings(2);
}

static int nic_rings_whole(void)
{
	return nic_rings(1);
}

static int nic_rings_as_before(void)
{
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };

	return !nic_is_down() && !nic_ethtool(&ring) &&
	       ring.rx_pending == rings.rx_pending && ring.tx_pending == rings.tx_pending;
}

static struct ethtool_channels channels(void)
{
	struct ethtool_channels c = { .cmd = ETHTOOL_GCHANNELS };

	CHECK(!nic_ethtool(&c));
	return c;
}

static int nic_channels(unsigned int n)
{
	struct ethtool_channels c = { .cmd = ETHTOOL_SCHANNELS, .combined_count = n };

	return nic_ethtool(&c);
}

static int nic_one_queue(void)
{
	return nic_channels(1);
}

static int nic_two_queues(void)
{
	return nic_channels(2);
}

static int nic_has_two_queues(void)
{
	return !nic_is_down() && channels().combined_count == 2;
}

/* A program that passes everything. */
static int program(void)
{
	const struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.insns = (unsigned long)pass, .insn_cnt = 2,
		.license = (unsigned long)"GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

/* A link is gone when its descriptor is closed. */
static int nic_program(void)
{
	union bpf_attr attr = { .link_create = {
		.prog_fd = prog, .target_ifindex = if_nametoindex("eth0"),
		.attach_type = BPF_XDP, .flags = XDP_FLAGS_DRV_MODE,
	} };

	link_fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	return link_fd < 0 ? -errno : 0;
}

static int nic_no_program(void)
{
	return close(link_fd);
}

static int nic_is_up(void)
{
	return !nic_is_down();
}

static void a_refused_mtu_changes_nothing(void)
{
	CHECK(!nic_up());
	each_allocation(nic_mtu_jumbo, nic_mtu_default, nic_is_as_before);
}

static void refused_rings_change_nothing(void)
{
	each_allocation(nic_rings_half, nic_rings_whole, nic_rings_as_before);
}

static void refused_queues_change_nothing(void)
{
	CHECK(!nic_two_queues());
	each_allocation(nic_one_queue, nic_two_queues, nic_has_two_queues);
}

static void a_refused_program_changes_nothing(void)
{
	prog = program();
	CHECK(prog >= 0);
	each_allocation(nic_program, nic_no_program, nic_is_up);
	close(prog);
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

	if (len < 12 || set_up_faults()) {
		printf("# no NIC, or a kernel without fault injection\n");
		return 1;
	}
	memmove(slot, slot + len - 12, 13);
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	rings.cmd = ETHTOOL_GRINGPARAM;
	CHECK(!nic_ethtool(&rings));

	TAP_RUN(probe_unwinds);
	TAP_RUN(open_unwinds);
	TAP_RUN(a_refused_mtu_changes_nothing);
	TAP_RUN(refused_rings_change_nothing);
	if (channels().max_combined > 1)
		TAP_RUN(refused_queues_change_nothing);
	TAP_RUN(a_refused_program_changes_nothing);
	TAP_RUN(the_nics_still_work);
	return tap_done();
}
