// SPDX-License-Identifier: LGPL-2.1-or-later
/* Socket addresses: [ADDRESS%DEVICE]:PORT to struct sockaddr_weft and back. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <string.h>

#include "internal.h"

/* Cuts @whole at its first @c: *tail gets what follows, s NULL without a @c. */
static void span_cut(struct weft_span *whole, char c, struct weft_span *tail)
{
	const char *at = memchr(whole->s, c, whole->len);

	tail->s = NULL;
	tail->len = 0;
	if (!at)
		return;
	tail->s = at + 1;
	tail->len = whole->len - (size_t)(at - whole->s) - 1;
	whole->len = (size_t)(at - whole->s);
}

/* [ADDRESS%DEVICE] with or without :PORT */
static int split_bracketed(const char *text, struct weft_text *out)
{
	const char *end = strchr(text, ']');

	if (!end)
		return WEFT_EAI_SYNTAX;
	out->numeric = true;
	out->host.s = text + 1;
	out->host.len = (size_t)(end - text) - 1;
	span_cut(&out->host, '%', &out->dev);
	if (end[1] == '\0')
		return 0;
	if (end[1] != ':')
		return WEFT_EAI_SYNTAX;
	out->port.s = end + 2;
	out->port.len = strlen(end + 2);
	return 0;
}

/* ADDRESS%DEVICE or NAME%DEVICE:PORT: two colons make it an address. */
static int split_plain(const char *text, struct weft_text *out)
{
	const char *colon;

	out->host.s = text;
	out->host.len = strlen(text);
	span_cut(&out->host, '%', &out->dev);
	colon = memchr(out->host.s, ':', out->host.len);
	if (colon) {
		size_t rest = out->host.len - (size_t)(colon - text) - 1;

		out->numeric = memchr(colon + 1, ':', rest);
	}
	if (out->numeric)
		return 0;
	if (out->dev.s) {
		if (colon)
			return WEFT_EAI_SYNTAX;
		span_cut(&out->dev, ':', &out->port);
	} else {
		span_cut(&out->host, ':', &out->port);
	}
	return 0;
}

int weft__text_split(const char *text, struct weft_text *out)
{
	int err;

	memset(out, 0, sizeof(*out));
	if (text[0] == '[')
		err = split_bracketed(text, out);
	else
		err = split_plain(text, out);
	if (err)
		return err;
	if (!out->host.len || (out->dev.s && !out->dev.len))
		return WEFT_EAI_SYNTAX;
	return 0;
}

int weft__scope_parse(struct weft_span dev, __u32 *scope)
{
	char name[IF_NAMESIZE];
	unsigned long index;

	if (dev.len && dev.len < sizeof(name)) {
		memcpy(name, dev.s, dev.len);
		name[dev.len] = '\0';
		*scope = if_nametoindex(name);
		if (*scope)
			return 0;
	}
	if (weft__decimal_parse(dev, INT_MAX, &index) || !index)
		return WEFT_EAI_DEVICE;
	*scope = (__u32)index;
	return 0;
}

int weft__scope_apply(struct weft_span dev, struct sockaddr_weft *sa)
{
	if (!dev.s)
		return 0;
	if (!weft_addr_needs_scope(&sa->sweft_addr))
		return WEFT_EAI_SCOPE;
	return weft__scope_parse(dev, &sa->sweft_scope);
}

int weft__port_parse(struct weft_span port, __be16 *value)
{
	unsigned long number;

	if (weft__decimal_parse(port, 65535, &number))
		return WEFT_EAI_PORT;
	*value = htons((uint16_t)number);
	return 0;
}

/* From the parts of a numeric address; the port part is left to the caller. */
int weft__sockaddr_fill(const struct weft_text *text, struct sockaddr_weft *sa)
{
	int family = weft_family();
	int err;

	memset(sa, 0, sizeof(*sa));
	err = weft__addr_parse(text->host, &sa->sweft_addr);
	if (!err)
		err = weft__scope_apply(text->dev, sa);
	if (err)
		return err;
	if (family < 0)
		return WEFT_EAI_FAMILY;
	sa->sweft_family = (__kernel_sa_family_t)family;
	return 0;
}

int weft_sockaddr_parse(const char *text, struct sockaddr_weft *sa)
{
	struct sockaddr_weft result;
	struct weft_text parts;
	int err;

	err = weft__text_split(text, &parts);
	if (!err && !parts.numeric)
		err = WEFT_EAI_ADDRESS;
	if (!err)
		err = weft__sockaddr_fill(&parts, &result);
	if (!err && parts.port.s)
		err = weft__port_parse(parts.port, &result.sweft_port);
	if (!err)
		*sa = result;
	return err;
}

const char *weft_sockaddr_format(const struct sockaddr_weft *sa, char *buf,
				 size_t size)
{
	char addr[WEFT_ADDRSTRLEN], dev[IF_NAMESIZE + 1] = "";
	int n;

	weft_addr_format(&sa->sweft_addr, addr, sizeof(addr));
	if (sa->sweft_scope) {
		dev[0] = '%';
		if (!if_indextoname(sa->sweft_scope, dev + 1))
			snprintf(dev, sizeof(dev), "%%%u", sa->sweft_scope);
	}
	if (sa->sweft_port)
		n = snprintf(buf, size, "[%s%s]:%u", addr, dev,
			     ntohs(sa->sweft_port));
	else
		n = snprintf(buf, size, "%s%s", addr, dev);
	if (n < 0 || (size_t)n >= size) {
		errno = ENOSPC;
		return NULL;
	}
	return buf;
}
