// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses and prefixes: text to bits and back. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "internal.h"

#define GROUPS		4
#define GROUP_DIGITS	4

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Reads one group; returns how many digits it has, 0 when it is none. */
static size_t group_parse(const char *s, size_t len, uint16_t *value)
{
	unsigned int v = 0;
	size_t n;

	for (n = 0; n < len; n++) {
		int digit = hex_value(s[n]);

		if (digit < 0)
			break;
		if (n == GROUP_DIGITS)
			return 0;
		v = v << 4 | (unsigned int)digit;
	}
	*value = (uint16_t)v;
	return n;
}

/*
 * Reads all groups; returns their number or -1. *gap is the number of groups
 * before the '::', or -1 where there is none.
 */
static int groups_parse(struct weft_span text, uint16_t *groups, int *gap)
{
	const char *s = text.s;
	size_t len = text.len, i = 0, digits;
	int n = 0;

	*gap = -1;
	if (len >= 2 && s[0] == ':' && s[1] == ':') {
		*gap = 0;
		i = 2;
	}
	while (i < len) {
		if (n == GROUPS)
			return -1;
		digits = group_parse(s + i, len - i, &groups[n]);
		if (!digits)
			return -1;
		n++;
		i += digits;
		if (i == len)
			break;
		if (s[i++] != ':' || i == len)
			return -1;
		if (s[i] == ':') {
			if (*gap >= 0)
				return -1;
			*gap = n;
			i++;
		}
	}
	return n;
}

int weft__addr_parse(struct weft_span text, struct weft_addr *addr)
{
	uint16_t groups[GROUPS];
	int n, gap, i, zeros;

	n = groups_parse(text, groups, &gap);
	if (n < 0)
		return WEFT_EAI_ADDRESS;
	zeros = GROUPS - n;
	/* '::' stands for one group at least, as in RFC 4291. */
	if (gap < 0 ? zeros != 0 : zeros < 1)
		return WEFT_EAI_ADDRESS;

	memset(addr, 0, sizeof(*addr));
	for (i = 0; i < n; i++) {
		int at = gap >= 0 && i >= gap ? i + zeros : i;

		addr->a16[at] = htons(groups[i]);
	}
	return 0;
}

int weft_addr_parse(const char *text, struct weft_addr *addr)
{
	struct weft_span span = { text, strlen(text) };

	return weft__addr_parse(span, addr);
}

/* Finds the longest run of two or more zero groups, the first of equals. */
static int longest_run(const struct weft_addr *addr, int *start)
{
	int best = 1, run = 0, i;

	*start = -1;
	for (i = 0; i < GROUPS; i++) {
		run = addr->a16[i] ? 0 : run + 1;
		if (run > best) {
			best = run;
			*start = i - run + 1;
		}
	}
	return *start < 0 ? 0 : best;
}

const char *weft_addr_format(const struct weft_addr *addr, char *buf,
			     size_t size)
{
	char text[WEFT_ADDRSTRLEN + 1];
	int start, run, i;
	size_t n = 0;

	run = longest_run(addr, &start);
	for (i = 0; i < GROUPS; i++) {
		if (run && i == start) {
			/* The colon that ends a group is already there. */
			n += (size_t)sprintf(text + n, i ? ":" : "::");
			i += run - 1;
			continue;
		}
		n += (size_t)sprintf(text + n, i < GROUPS - 1 ? "%x:" : "%x",
				     ntohs(addr->a16[i]));
	}
	if (n >= size) {
		errno = ENOSPC;
		return NULL;
	}
	return memcpy(buf, text, n + 1);
}

/*
 * Reads a decimal number without sign, blanks or needless zeros. Returns 0, or
 * -1 when it is no such number or greater than @max.
 */
int weft__decimal_parse(struct weft_span text, unsigned long max,
			unsigned long *value)
{
	unsigned long v = 0;
	size_t i;

	if (!text.len || (text.len > 1 && text.s[0] == '0'))
		return -1;
	for (i = 0; i < text.len; i++) {
		unsigned long digit = (unsigned char)text.s[i] - '0';

		if (text.s[i] < '0' || text.s[i] > '9')
			return -1;
		if (v > (max - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	*value = v;
	return 0;
}

int weft_prefix_parse(const char *text, struct weft_addr *addr,
		      unsigned int *len)
{
	const char *slash = strchr(text, '/');
	struct weft_span a = { text, strlen(text) }, l;
	unsigned long bits = WEFT_ADDR_BITS;
	struct weft_addr result;

	if (slash)
		a.len = (size_t)(slash - text);
	if (weft__addr_parse(a, &result))
		return WEFT_EAI_ADDRESS;
	if (slash) {
		l.s = slash + 1;
		l.len = strlen(l.s);
		if (weft__decimal_parse(l, WEFT_ADDR_BITS, &bits))
			return WEFT_EAI_PREFIX;
	}
	*addr = result;
	*len = (unsigned int)bits;
	return 0;
}

const char *weft_prefix_format(const struct weft_addr *addr, unsigned int len,
			       char *buf, size_t size)
{
	char text[WEFT_PREFIXSTRLEN];
	size_t n;

	if (len > WEFT_ADDR_BITS) {
		errno = EINVAL;
		return NULL;
	}
	weft_addr_format(addr, text, sizeof(text));
	n = strlen(text);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "/%u", len);
	if (n >= size) {
		errno = ENOSPC;
		return NULL;
	}
	return memcpy(buf, text, n + 1);
}

void weft_addr_mask(struct weft_addr *addr, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < sizeof(addr->a8); i++) {
		unsigned int keep = len < 8 ? len : 8;

		addr->a8[i] &= (__u8)(0xff00 >> keep);
		len -= keep;
	}
}

void weft_addr_from_mac(const unsigned char *mac, struct weft_addr *addr)
{
	addr->a8[0] = 0xfe;
	addr->a8[1] = 0x80;
	memcpy(addr->a8 + 2, mac, 6);
}
