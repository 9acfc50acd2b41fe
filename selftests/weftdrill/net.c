// SPDX-License-Identifier: GPL-2.0
/* The network of a script. */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "net.h"
#include "netns.h"
#include "wire.h"

#define TUN_PATH	"/dev/net/tun"

/* Opens the driver of TAP devices, whose module may not be loaded yet. */
static int open_tun(void)
{
	int fd = open(TUN_PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 || (errno != ENOENT && errno != ENODEV))
		return fd;
	mkdir("/dev/net", 0755);
	mknod(TUN_PATH, S_IFCHR | 0600, makedev(10, 200));
	return open(TUN_PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static int set_up(int fd, const char *dev)
{
	struct ifreq r = { 0 };

	strcpy(r.ifr_name, dev);
	if (ioctl(fd, SIOCGIFFLAGS, &r))
		return -1;
	r.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &r);
}

static int set_mac(int fd)
{
	static const unsigned char mac[] = { 2, 0, 0, 0, 0, DRILL_US_MAC };
	struct ifreq r = { .ifr_name = "us" };

	r.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(r.ifr_hwaddr.sa_data, mac, sizeof(mac));
	return ioctl(fd, SIOCSIFHWADDR, &r);
}

static int set_mtu(int fd, int mtu)
{
	struct ifreq r = { .ifr_name = "us", .ifr_mtu = mtu };

	return ioctl(fd, SIOCSIFMTU, &r);
}

/* Waits until the device has its address. */
static int wait_for_address(void)
{
	char text[4096];
	int i;

	for (i = 0; i < 1000; i++) {
		netns_read("weft/addr", text, sizeof(text));
		if (strstr(text, "fe80020000000001"))
			return 0;
		usleep(10000);
	}
	errno = EADDRNOTAVAIL;
	return -1;
}

/* The peer has a global address behind the router at the other end, and so have we. */
static int set_far(void)
{
	drill_addr_far(true);
	return netns_run("weft addr add 8::1/16 dev us nodad") ||
	       netns_run("weft route add 9::/16 via fe80:200::2 dev us");
}

/*
 * Enters a namespace of its own with a device "us". Returns the descriptor of the other
 * end, or -1 with errno.
 */
int drill_net_up(const struct drill_script *script)
{
	struct ifreq r = { .ifr_name = "us" };
	int tap, fd, err;

	if (unshare(CLONE_NEWNET))
		return -1;
	tap = open_tun();
	if (tap < 0)
		return -1;
	r.ifr_flags = IFF_TAP | IFF_NO_PI;
	if (ioctl(tap, TUNSETIFF, &r))
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0)
		return -1;
	err = set_mac(fd) || set_mtu(fd, script->mtu) || set_up(fd, "lo") || set_up(fd, "us") ||
	      wait_for_address() || (script->far && set_far());
	close(fd);
	return err ? -1 : tap;
}

/* Sets a sysctl of the namespace. Returns 0 or -1 with errno. */
int drill_net_sysctl(const char *name, const char *value)
{
	char path[128], *p;
	ssize_t len = strlen(value);
	int fd, err;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	for (p = path; *p; p++)
		if (*p == '.')
			*p = '/';
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	err = write(fd, value, len) == len ? 0 : -1;
	close(fd);
	return err;
}

/* A counter of the namespace, or -1. */
long drill_net_counter(const char *name)
{
	return netns_counter(name);
}
