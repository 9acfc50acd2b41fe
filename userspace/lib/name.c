// SPDX-License-Identifier: LGPL-2.1-or-later
/* From an address to the name that the hosts file has for it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Whose name is wanted, and where it goes. */
struct naming {
	const struct sockaddr_weft *sa;
	char *buf;
	size_t size;
};

/* A line without a device is about the address on any link. */
static bool take_name(const struct weft_hosts_entry *entry, struct weft_span name,
		      void *arg)
{
	struct naming *n = arg;
	__u32 scope;

	if (!weft_addr_equal(&entry->addr, &n->sa->sweft_addr) ||
	    name.len >= n->size)
		return false;
	if (entry->dev.s && (weft__scope_parse(entry->dev, &scope) ||
			     scope != n->sa->sweft_scope))
		return false;
	memcpy(n->buf, name.s, name.len);
	n->buf[name.len] = '\0';
	return true;
}

int weft_name(const struct sockaddr_weft *sa, char *buf, size_t size)
{
	struct naming naming = { .sa = sa, .buf = buf, .size = size };
	const char *path = secure_getenv("WEFT_HOSTS");
	FILE *f = fopen(path ? path : WEFT_HOSTS_PATH, "re");
	int err;

	if (!f)
		return errno == ENOENT ? WEFT_EAI_NONAME : WEFT_EAI_SYSTEM;
	err = weft__hosts_names(f, take_name, &naming);
	fclose(f);
	return err;
}
