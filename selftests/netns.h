/* SPDX-License-Identifier: GPL-2.0 */
/* A network namespace for a test program of its own, and what it shows. */
#ifndef NETNS_H
#define NETNS_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/weft.h>

/* The family number in force; -1 while the module is not loaded. */
static inline int netns_weft_family(void)
{
	static int family;
	FILE *f;

	if (family)
		return family;
	f = fopen(WEFT_FAMILY_PATH, "r");
	if (!f || fscanf(f, "%d", &family) != 1)
		family = -1;
	if (f)
		fclose(f);
	return family;
}

/* Moves the program into a new namespace. Returns 0, or -1 and says why. */
static inline int netns_enter(void)
{
	if (unshare(CLONE_NEWNET)) {
		perror("# unshare");
		return -1;
	}
	return 0;
}

/* Moves the program into the namespace that `ip netns` calls so. Returns 0 or -1. */
static inline int netns_join(const char *name)
{
	char path[64];
	int fd, err;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	err = setns(fd, CLONE_NEWNET);
	close(fd);
	return err;
}

/* Runs a command of the shell. Returns its status. */
static inline int netns_run(const char *command)
{
	int status = system(command);

	if (status)
		printf("# failed: %s\n", command);
	return status;
}

/* Ends a child of the program. Returns 0 or -1. */
static inline int netns_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

/* Reads a file of /proc/net of this namespace as a string. */
static inline void netns_read(const char *name, char *buf, size_t size)
{
	char path[64];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/thread-self/net/%s", name);
	f = fopen(path, "r");
	if (f) {
		n = fread(buf, 1, size - 1, f);
		fclose(f);
	}
	buf[n] = 0;
}

/*
 * Sums up the counters of this namespace whose names match a pattern; -1 if
 * there is none.
 */
static inline long netns_counter(const char *pattern)
{
	FILE *f = fopen("/proc/thread-self/net/weft/stat", "r");
	long n, sum = -1;
	char name[64];

	if (!f)
		return -1;
	while (fscanf(f, "%63s %ld", name, &n) == 2)
		if (!fnmatch(pattern, name, 0))
			sum = n + (sum < 0 ? 0 : sum);
	fclose(f);
	return sum;
}

/* A counter that ethtool -S shows of a device of a namespace; -1 if there is none. */
static inline long netns_card(const char *ns, const char *dev, const char *counter)
{
	char command[128];
	long n = -1;
	FILE *f;

	snprintf(command, sizeof(command),
		 "ip netns exec %s ethtool -S %s | sed -n 's/ *%s: //p'", ns, dev, counter);
	f = popen(command, "r");
	if (!f || fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		pclose(f);
	return n;
}

#endif /* NETNS_H */
