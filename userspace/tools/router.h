/* SPDX-License-Identifier: GPL-2.0 */
/* weft router: the links that it announces itself on. */
#ifndef WEFT_ROUTER_H
#define WEFT_ROUTER_H

#include "cli.h"
#include "netlink.h"
#include "router_config.h"
#include "router_message.h"

/* RFC 4861, section 10; seconds. */
#define ROUTER_FIRST_ANNOUNCEMENTS	3
#define ROUTER_FIRST_INTERVAL		16
#define ROUTER_BETWEEN_ANNOUNCEMENTS	3.0
#define ROUTER_ANSWER_DELAY		0.5

/* Other routers of a link that are compared; whoever forges more fills no log. */
#define ROUTER_OTHERS_MAX		8

/* Another router, and what it says differently from us: ROUTER_DIFFERS_*. */
struct router_other {
	struct weft_addr addr;
	unsigned int differs;
};

/**
 * struct announcer - a link of the configuration, and its device
 * @link: what is announced
 * @old: what was announced before and ends where @link has not got it
 * @old_left: how many announcements are still to tell of @old
 * @index: interface index of the device, 0 while there is none
 * @running: it is up and has carrier
 * @has_address: @address is there
 * @address: its link-local address
 * @forwarding: WEFT_FORWARDING_*
 * @ready: announcements go out
 * @warned: that the device does not forward
 * @failed: the last announcement could not be sent
 * @first_left: how many announcements are still to follow each other quickly
 * @due: when the next one goes out, as cli_now() counts
 * @last: when the last one did
 * @other: what others say
 * @n_others: how many there are
 */
struct announcer {
	struct router_link link;
	struct router_link *old;
	unsigned int old_left;
	int index;
	bool running;
	bool has_address;
	struct weft_addr address;
	uint32_t forwarding;
	bool ready;
	bool warned;
	bool failed;
	unsigned int first_left;
	double due;
	double last;
	struct router_other other[ROUTER_OTHERS_MAX];
	unsigned int n_others;
};

/**
 * struct router - the daemon
 * @path: of the configuration
 * @n: how many links there are
 * @link: the links
 * @family: the family number in force
 * @sock: raw socket for control messages
 * @monitor: tells of devices and addresses
 * @unsure: what is known of the devices must be read again
 */
struct router {
	const char *path;
	unsigned int n;
	struct announcer *link;
	int family;
	int sock;
	struct nl monitor;
	bool unsure;
};

/* router_announce.c: what goes out when, and what comes in */
int router_socket_open(struct router *r);
void router_socket_receive(struct router *r);
void announcer_refresh(struct announcer *a);
void announcer_soon(struct announcer *a, double delay);
void announcer_run(struct router *r, struct announcer *a, double now);
void announcer_renew(struct announcer *a, const struct router_link *link);
void announcer_end(struct router *r, struct announcer *a);

/* router_device.c: the devices, as rtnetlink tells of them */
int router_devices_open(struct router *r);
int router_devices_scan(struct router *r);
void router_devices_receive(struct router *r);

/* router_text.c */
const char *router_message_text(const void *msg, size_t len, char *buf, size_t size);

#endif /* WEFT_ROUTER_H */
