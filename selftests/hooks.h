/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions on Weft's hooks, by the module weft_hook_test: in the namespace where the
 * thread is.
 */
#ifndef HOOKS_H
#define HOOKS_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/utsname.h>
#include "netns.h"
#include "tap.h"

static const char *const hook_names[] = {
	"prerouting", "input", "forward", "output", "postrouting"
};

#define HOOKS	5

/**
 * struct hook_seen - what a function saw
 * @packets: how many
 * @bytes: of these
 * @in: index of the device that the last one came by, 0 for none
 * @out: of the one that it left through
 * @order: the place of its last call among all calls of the namespace
 * @large: how many stood for several
 */
struct hook_seen {
	long packets;
	long bytes;
	int in;
	int out;
	int order;
	long large;
};

/* Writes a line to the module. Returns 0 or the errno. */
static inline int hook_write(const char *line)
{
	int fd = open("/proc/thread-self/net/weft_hook_test", O_WRONLY), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, line, strlen(line)) < 0)
		err = errno;
	close(fd);
	return err;
}

/* "HOOK PRIORITY ACTION [PROTO] [DPORT]" */
static inline void __attribute__((format(printf, 1, 2))) hook_add(const char *format, ...)
{
	char line[128] = "add ";
	va_list args;

	va_start(args, format);
	vsnprintf(line + 4, sizeof(line) - 4, format, args);
	va_end(args);
	CHECK(!hook_write(line));
}

/* The same on all five, at priority 0. */
static inline void hook_add_all(const char *action, int proto, int port)
{
	int i;

	for (i = 0; i < HOOKS; i++)
		hook_add("%s 0 %s %d %d", hook_names[i], action, proto, port);
}

static inline void hook_flush(void)
{
	CHECK(!hook_write("flush"));
}

/* What the first function of a hook and a priority saw; packets are -1 if there is none. */
static inline struct hook_seen hook_look(const char *hook, int priority)
{
	FILE *f = fopen("/proc/thread-self/net/weft_hook_test", "r");
	struct hook_seen seen;
	char name[16];
	int at;

	while (f && fscanf(f, "%15s %d %*s %ld %ld %d %d %d %ld", name, &at, &seen.packets,
			   &seen.bytes, &seen.in, &seen.out, &seen.order, &seen.large) == 8)
		if (!strcmp(name, hook) && at == priority) {
			fclose(f);
			return seen;
		}
	if (f)
		fclose(f);
	return (struct hook_seen){ .packets = -1 };
}

/* Waits until a function has seen as many packets, 10 s at most. Returns how many. */
static inline long hook_wait(const char *hook, int priority, long packets)
{
	int i;

	for (i = 0; i < 10000 && hook_look(hook, priority).packets < packets; i++)
		usleep(1000);
	return hook_look(hook, priority).packets;
}

static inline int hooks_load(void)
{
	struct utsname system;
	char command[512];

	uname(&system);
	snprintf(command, sizeof(command),
		 "insmod $WEFT_TREE/build/%s/selftests/modules/weft_hook_test.ko",
		 system.release);
	return netns_run(command);
}

static inline int hooks_unload(void)
{
	return netns_run("rmmod weft_hook_test");
}

#endif /* HOOKS_H */
