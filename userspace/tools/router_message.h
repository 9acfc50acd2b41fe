/* SPDX-License-Identifier: GPL-2.0 */
/* Router announcements as bytes: made, checked, and compared with our own. */
#ifndef WEFT_ROUTER_MESSAGE_H
#define WEFT_ROUTER_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "router_config.h"

/* Room for all options of a configuration and those that another withdraws. */
#define ROUTER_MESSAGE_MAX \
	(sizeof(struct weft_router_announce) + sizeof(struct weft_ra_mtu) + \
	 2 * ROUTER_OPTIONS_MAX)

/**
 * enum router_mode - what an announcement says of the router itself
 * @ROUTER_SERVES: what is configured
 * @ROUTER_IDLE: it does not forward: its lifetime is 0
 * @ROUTER_ENDS: the same, and that the routes behind it end (RFC 4861, 6.2.5)
 */
enum router_mode {
	ROUTER_SERVES,
	ROUTER_IDLE,
	ROUTER_ENDS,
};

/* What two announcements of a link differ in: RFC 4861, section 6.2.7. */
enum {
	ROUTER_DIFFERS_HOP_LIMIT = 1 << 0,
	ROUTER_DIFFERS_REACHABLE = 1 << 1,
	ROUTER_DIFFERS_RETRANS	 = 1 << 2,
	ROUTER_DIFFERS_MTU	 = 1 << 3,
	ROUTER_DIFFERS_VALID	 = 1 << 4,
	ROUTER_DIFFERS_PREFERRED = 1 << 5,
};

size_t router_announce_build(uint8_t buf[ROUTER_MESSAGE_MAX],
			     const struct router_link *link,
			     const struct router_link *old, enum router_mode mode);
bool router_from_neighbour(const struct weft_addr *src, int hop_limit);
bool router_solicit_valid(const void *msg, size_t len);
bool router_announce_valid(const void *msg, size_t len);
unsigned int router_announce_differs(const struct router_link *link, const void *msg,
				     size_t len);
const char *router_differs_text(unsigned int differs, char *buf, size_t size);

#endif /* WEFT_ROUTER_MESSAGE_H */
