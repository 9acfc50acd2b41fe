/* SPDX-License-Identifier: GPL-2.0 */
/* What weft router is to announce, and the file that tells, weft-router.conf(5). */
#ifndef WEFT_ROUTER_CONFIG_H
#define WEFT_ROUTER_CONFIG_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "router_lex.h"
#include "weft.h"

/* A lifetime that does not end. */
#define ROUTER_FOREVER		UINT32_MAX

/* Bytes of options that fit into a packet on every link, an MTU apart. */
#define ROUTER_OPTIONS_MAX \
	(WEFT_MTU_MIN - sizeof(struct weft_hdr) - \
	 sizeof(struct weft_router_announce) - sizeof(struct weft_ra_mtu))
#define ROUTER_PREFIXES_MAX	(ROUTER_OPTIONS_MAX / sizeof(struct weft_ra_prefix))
#define ROUTER_ROUTES_MAX	(ROUTER_OPTIONS_MAX / sizeof(struct weft_ra_route))

/**
 * struct router_prefix - a prefix of a link
 * @addr: the prefix, nothing behind its length
 * @len: bits
 * @valid: lifetime, s, or ROUTER_FOREVER
 * @preferred: lifetime, s, at most @valid
 * @onlink: it is on the link
 * @autoconf: hosts make addresses of it
 * @pos: where it stands in the file
 */
struct router_prefix {
	struct weft_addr addr;
	unsigned int len;
	uint32_t valid;
	uint32_t preferred;
	bool onlink;
	bool autoconf;
	struct router_pos pos;
};

/**
 * struct router_route - a prefix behind the router
 * @addr: the prefix, nothing behind its length
 * @len: bits
 * @lifetime: s, or ROUTER_FOREVER
 * @pref: WEFT_RA_PREF_HIGH, 0 or WEFT_RA_PREF_LOW
 * @pos: where it stands in the file
 */
struct router_route {
	struct weft_addr addr;
	unsigned int len;
	uint32_t lifetime;
	uint8_t pref;
	struct router_pos pos;
};

/**
 * struct router_link - what is announced on a link; defaults as RFC 4861, 6.2.1
 * @name: of the device
 * @pos: where the link stands in the file
 * @min: shortest time between announcements, s
 * @max: longest one, s
 * @lifetime: of the router, s; 0 for no default router
 * @pref: WEFT_RA_PREF_HIGH, 0 or WEFT_RA_PREF_LOW
 * @hop_limit: for packets of the hosts, 0 to say nothing
 * @mtu: of the link, bytes; 0 to say nothing
 * @reachable: reachable time of neighbours, ms; 0 to say nothing
 * @retrans: time between questions, ms; 0 to say nothing
 * @n_prefixes: how many there are
 * @prefix: the prefixes
 * @n_routes: how many there are
 * @route: the routes
 */
struct router_link {
	char name[IF_NAMESIZE];
	struct router_pos pos;
	uint32_t min;
	uint32_t max;
	uint32_t lifetime;
	uint8_t pref;
	uint8_t hop_limit;
	uint32_t mtu;
	uint32_t reachable;
	uint32_t retrans;
	unsigned int n_prefixes;
	struct router_prefix prefix[ROUTER_PREFIXES_MAX];
	unsigned int n_routes;
	struct router_route route[ROUTER_ROUTES_MAX];
};

/**
 * struct router_config - a configuration
 * @n_links: how many there are
 * @link: the links, in the order of the file
 */
struct router_config {
	unsigned int n_links;
	struct router_link *link;
};

/**
 * router_config_parse - read and check a configuration
 * @text: the text of the file, any bytes
 * @len: how many
 * @name: of the file, for messages
 * @err: each error is a line there, FILE:LINE:COLUMN: and what is wrong
 * @c: filled in; to be given to router_config_free() whatever is returned
 *
 * Return: how many errors there are; with any, @c is not to be believed.
 */
unsigned int router_config_parse(const char *text, size_t len, const char *name,
				 FILE *err, struct router_config *c);

/**
 * router_config_load - the same of a file
 * @path: the file
 * @c: filled in; to be given to router_config_free() whatever is returned
 *
 * What is wrong is told on standard error.
 *
 * Return: 0 or -1.
 */
int router_config_load(const char *path, struct router_config *c);

void router_config_free(struct router_config *c);
const struct router_link *router_config_find(const struct router_config *c,
					     const char *name);

#endif /* WEFT_ROUTER_CONFIG_H */
