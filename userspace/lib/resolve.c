// SPDX-License-Identifier: LGPL-2.1-or-later
/* From what people write, names included, to a list of socket addresses. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* A list in the making. */
struct lookup {
	struct weft_span dev;
	struct sockaddr_weft template;
	struct weft_addrinfo *first;
	struct weft_addrinfo **last;
	int skipped;
};

static int lookup_add(struct lookup *l, const struct sockaddr_weft *sa)
{
	struct weft_addrinfo *ai = calloc(1, sizeof(*ai));

	if (!ai)
		return WEFT_EAI_MEMORY;
	ai->addr = *sa;
	*l->last = ai;
	l->last = &ai->next;
	return 0;
}

static int service_parse(struct weft_span text, __be16 *port)
{
	struct servent entry, *found;
	char name[64], buf[1024];

	if (!weft__port_parse(text, port))
		return 0;
	if (!text.len || text.len >= sizeof(name))
		return WEFT_EAI_PORT;
	memcpy(name, text.s, text.len);
	name[text.len] = '\0';
	if (getservbyname_r(name, NULL, &entry, buf, sizeof(buf), &found) ||
	    !found)
		return WEFT_EAI_PORT;
	*port = (__be16)found->s_port;
	return 0;
}

/*
 * One line of the hosts file that has the name. A device in the file and one
 * that was asked for must agree; an entry that cannot be used here is skipped.
 */
static int take_entry(const struct weft_hosts_entry *entry, void *arg)
{
	struct lookup *l = arg;
	struct sockaddr_weft sa = l->template;
	__u32 wanted;
	int err;

	sa.sweft_addr = entry->addr;
	err = weft__scope_apply(entry->dev.s ? entry->dev : l->dev, &sa);
	if (!err && entry->dev.s && l->dev.s) {
		err = weft__scope_parse(l->dev, &wanted);
		if (!err && wanted != sa.sweft_scope)
			err = WEFT_EAI_DEVICE;
	}
	if (err) {
		l->skipped = err;
		return 0;
	}
	return lookup_add(l, &sa);
}

static int lookup_name(struct lookup *l, struct weft_span name)
{
	const char *path = secure_getenv("WEFT_HOSTS");
	FILE *f;
	int err;

	if (!weft__name_valid(name))
		return WEFT_EAI_NAME;
	f = fopen(path ? path : WEFT_HOSTS_PATH, "re");
	if (!f)
		return errno == ENOENT ? WEFT_EAI_NONAME : WEFT_EAI_SYSTEM;
	err = weft__hosts_scan(f, name, take_entry, l);
	fclose(f);
	if (err && err != WEFT_EAI_HOSTS)
		return err;
	if (l->first)
		return 0;
	if (l->skipped)
		return l->skipped;
	return err ? err : WEFT_EAI_NONAME;
}

static int lookup_host(struct lookup *l, const struct weft_text *text,
		       unsigned int flags)
{
	struct sockaddr_weft sa;
	int err;

	if (!text->numeric && !(flags & WEFT_RESOLVE_NUMERIC)) {
		l->dev = text->dev;
		return lookup_name(l, text->host);
	}
	err = weft__sockaddr_fill(text, &sa);
	if (err)
		return err;
	sa.sweft_port = l->template.sweft_port;
	return lookup_add(l, &sa);
}

int weft_resolve(const char *host, const char *service, unsigned int flags,
		 struct weft_addrinfo **res)
{
	struct lookup l = { .last = &l.first };
	struct weft_text text;
	int family, err;

	if (!host)
		host = flags & WEFT_RESOLVE_PASSIVE ? "::" : "::1";
	err = weft__text_split(host, &text);
	if (err)
		return err;
	if (service) {
		if (text.port.s)
			return WEFT_EAI_TWOPORTS;
		text.port.s = service;
		text.port.len = strlen(service);
	}
	if (text.port.s)
		err = service_parse(text.port, &l.template.sweft_port);
	if (err)
		return err;
	family = weft_family();
	if (family < 0)
		return WEFT_EAI_FAMILY;
	l.template.sweft_family = (__kernel_sa_family_t)family;

	err = lookup_host(&l, &text, flags);
	if (err)
		weft_resolve_free(l.first);
	else
		*res = l.first;
	return err;
}

void weft_resolve_free(struct weft_addrinfo *res)
{
	struct weft_addrinfo *next;

	for (; res; res = next) {
		next = res->next;
		free(res);
	}
}
