/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of libweft share; not exported from the shared library. */
#ifndef WEFT_INTERNAL_H
#define WEFT_INTERNAL_H

#include <stdio.h>

#include "weft.h"

/* A stretch of somebody's text; s is NULL when that part is absent. */
struct weft_span {
	const char *s;
	size_t len;
};

/**
 * struct weft_text - a socket address in text, cut into its parts
 * @host: address or name
 * @dev: behind '%', or absent
 * @port: behind the last ':', or absent
 * @numeric: the host can only be an address
 */
struct weft_text {
	struct weft_span host;
	struct weft_span dev;
	struct weft_span port;
	bool numeric;
};

int weft__addr_parse(struct weft_span text, struct weft_addr *addr);
int weft__decimal_parse(struct weft_span text, unsigned long max,
			unsigned long *value);
int weft__text_split(const char *text, struct weft_text *out);
int weft__scope_parse(struct weft_span dev, __u32 *scope);
int weft__scope_apply(struct weft_span dev, struct sockaddr_weft *sa);
int weft__port_parse(struct weft_span port, __be16 *value);
int weft__sockaddr_fill(const struct weft_text *text, struct sockaddr_weft *sa);

/**
 * struct weft_hosts_entry - one line of the hosts file that has the name
 * @addr: address
 * @dev: device or absent; valid during the call only
 */
struct weft_hosts_entry {
	struct weft_addr addr;
	struct weft_span dev;
};

typedef int (*weft_hosts_fn)(const struct weft_hosts_entry *entry, void *arg);

/* The first name of a line and its address; false goes on to the next line. */
typedef bool (*weft_hosts_name_fn)(const struct weft_hosts_entry *entry,
				   struct weft_span name, void *arg);

bool weft__name_valid(struct weft_span name);
int weft__hosts_names(FILE *f, weft_hosts_name_fn fn, void *arg);
int weft__hosts_scan(FILE *f, struct weft_span name, weft_hosts_fn fn,
		     void *arg);

#endif /* WEFT_INTERNAL_H */
