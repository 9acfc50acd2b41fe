// SPDX-License-Identifier: GPL-2.0
/* Helpers of the commands: tables, numbers, namespaces, names. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/errqueue.h>
#include <math.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

struct cli_options cli;

void cli_error(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("weft: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* True when @word is @full or an abbreviation of it. */
bool cli_matches(const char *word, const char *full)
{
	return *word && !strncmp(word, full, strlen(word));
}

/* Finds an entry by its name, else the first one that @word abbreviates. */
const struct cli_verb *cli_find(const struct cli_verb *table, const char *what,
				const char *word)
{
	const struct cli_verb *v;

	for (v = table; v->name; v++)
		if (!strcmp(word, v->name))
			return v;
	for (v = table; v->name; v++)
		if (cli_matches(word, v->name))
			return v;
	cli_error("%s '%s' is unknown", what, word);
	return NULL;
}

/* Runs a verb of a noun: the one that argv[1] names, the first without any. */
int cli_noun_run(const struct cli_noun *noun, int argc, char **argv)
{
	const struct cli_verb *v = noun->verbs;
	int code = CLI_SYNTAX;

	if (argc >= 2 && cli_matches(argv[1], "help")) {
		code = CLI_HELP;
	} else if (argc >= 2) {
		v = cli_find(noun->verbs, "verb", argv[1]);
		argc--;
		argv++;
	}
	if (v && code != CLI_HELP)
		code = v->run(argc, argv);
	if (code == CLI_HELP) {
		fputs(noun->usage, stdout);
		return CLI_OK;
	}
	if (code == CLI_SYNTAX) {
		fputs(noun->usage, stderr);
		return CLI_USAGE;
	}
	return code;
}

/* The family number; tells when there is none. */
int cli_family(void)
{
	int family = weft_family();

	if (family < 0)
		cli_error("%s", weft_strerror(errno));
	return family;
}

/* Goes to the network namespace that `ip netns` calls @name. */
int cli_enter_netns(const char *name)
{
	char path[PATH_MAX];
	int fd, err;

	if (!*name || strchr(name, '/') || name[0] == '.') {
		cli_error("'%s' is not the name of a network namespace", name);
		return -1;
	}
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		cli_error("cannot open network namespace '%s': %s", name,
			  strerror(errno));
		return -1;
	}
	err = setns(fd, CLONE_NEWNET);
	if (err)
		cli_error("cannot enter network namespace '%s': %s", name,
			  strerror(errno));
	close(fd);
	return err;
}

/* As weft_resolve(), but tells when it fails. */
int cli_resolve_all(const char *host, const char *service, unsigned int flags,
		    struct weft_addrinfo **list)
{
	int err = weft_resolve(host, service, flags, list);

	if (!err)
		return 0;
	if (err == WEFT_EAI_PORT && service)
		host = service;
	if (err == WEFT_EAI_FAMILY || !host)
		cli_error("%s", weft_eai_strerror(err));
	else
		cli_error("%s: %s", host, weft_eai_strerror(err));
	return -1;
}

/* The same, but takes the first result. */
int cli_resolve(const char *host, const char *service, unsigned int flags,
		struct sockaddr_weft *sa)
{
	struct weft_addrinfo *list;

	if (cli_resolve_all(host, service, flags, &list))
		return -1;
	*sa = list->addr;
	weft_resolve_free(list);
	return 0;
}

/* Reads a decimal number from @min to @max: digits and nothing else. */
int cli_number(const char *text, unsigned long min, unsigned long max,
	       unsigned long *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	*value = strtoul(text, &end, 10);
	if (errno || *end || *value < min || *value > max)
		return -1;
	return 0;
}

/* Reads seconds with or without a fraction. */
int cli_seconds(const char *text, double min, double max, double *value)
{
	char *end;

	if (strspn(text, "0123456789.") != strlen(text))
		return -1;
	*value = strtod(text, &end);
	if (end == text || *end || !isfinite(*value))
		return -1;
	return *value < min || *value > max ? -1 : 0;
}

/* Seconds on a clock that is never set. */
double cli_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The link of an address that needs one: its own, else the device's. */
int cli_dest_device(const char *name, const char *dev, struct sockaddr_weft *sa)
{
	unsigned int index = 0;

	if (dev) {
		index = if_nametoindex(dev);
		if (!index) {
			cli_error("no device '%s'", dev);
			return -1;
		}
	}
	if (!weft_addr_needs_scope(&sa->sweft_addr) || sa->sweft_scope)
		return 0;
	sa->sweft_scope = index;
	if (index)
		return 0;
	cli_error("%s: the address needs '%%DEVICE' or -I DEVICE", name);
	return -1;
}

/* Binds a socket to a device; NULL is no device. */
int cli_bind_device(int fd, const char *dev)
{
	if (!dev)
		return 0;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, dev,
		       (socklen_t)strlen(dev) + 1)) {
		cli_error("cannot bind to device '%s': %s", dev,
			  strerror(errno));
		return -1;
	}
	return 0;
}

const struct sock_extended_err *cli_queued_error(struct msghdr *msg)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_WEFT && c->cmsg_type == WEFT_RECVERR &&
		    c->cmsg_len >= CMSG_LEN(sizeof(struct sock_extended_err) +
					    sizeof(struct sockaddr_weft)))
			return (const struct sock_extended_err *)CMSG_DATA(c);
	return NULL;
}
