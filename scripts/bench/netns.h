/* SPDX-License-Identifier: GPL-2.0 */
/* Into a network namespace. */
#ifndef BENCH_NETNS_H
#define BENCH_NETNS_H

#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

/* The one that `ip netns` calls so; ends the program if there is none. */
static inline void netns_enter(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "namespace %s", name);
	close(fd);
}

#endif /* BENCH_NETNS_H */
