/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that fail, each in turn: the first one of a call, then the second, and so on
 * until the call no longer reaches the one that would fail. A call may refuse; it must not
 * leave anything half done, and must succeed afterwards. For kernels with fault injection.
 */
#ifndef SELFTESTS_FAULT_H
#define SELFTESTS_FAULT_H

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "tap.h"

#define FAULTS_MAX	3000

/* Writes a string to a file of the kernel. Returns 0 or -errno. */
static inline int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static inline void put_fail_nth(int fd, int n)
{
	char text[16];

	CHECK(pwrite(fd, text, sprintf(text, "%d", n), 0) > 0);
}

/*
 * True if the fault that was set happened; it is not set any more. A copy from
 * or to user space fails too, and so may reading and clearing what is left.
 */
static inline int fault_happened(int fd)
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
static inline void each_allocation(int (*act)(void), int (*undo)(void),
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

/* The flags of a device, through an open socket. */
static inline int fault_set_flags(int fd, const char *name, int flags)
{
	struct ifreq ifr = { .ifr_flags = flags };

	strcpy(ifr.ifr_name, name);
	return ioctl(fd, SIOCSIFFLAGS, &ifr) ? -errno : 0;
}

/* Faults are silent, and hit allocations that may sleep too. */
static inline int set_up_faults(void)
{
	return put("/sys/kernel/debug/failslab/ignore-gfp-wait", "N") ||
	       put("/sys/kernel/debug/failslab/verbose", "0") ||
	       put("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N") ||
	       put("/sys/kernel/debug/fail_page_alloc/min-order", "0") ||
	       put("/sys/kernel/debug/fail_page_alloc/verbose", "0") ||
	       put("/sys/kernel/debug/fail_usercopy/verbose", "0");
}

#endif /* SELFTESTS_FAULT_H */
