// SPDX-License-Identifier: GPL-2.0
/* The devices of the links: there, up, of which address, forwarding. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <net/if.h>

#include "addr.h"
#include "link.h"
#include "router.h"

/* --- what a message tells ---------------------------------------------------------- */

/* The device is no longer the link's; one that was renamed still carries a last word. */
static void leave(struct router *r, struct announcer *a, bool renamed)
{
	if (renamed)
		announcer_end(r, a);
	a->index = 0;
	a->running = false;
	a->has_address = false;
	announcer_refresh(a);
}

static void take_device(struct router *r, struct announcer *a, const struct link *l)
{
	uint32_t forwarding = WEFT_FORWARDING_DEFAULT;

	if (a->index != l->index) {
		/* Its addresses were told before its name was the right one. */
		leave(r, a, false);
		a->index = l->index;
		r->unsure = true;
	}
	if (l->known & 1U << WEFT_LINK_FORWARDING)
		forwarding = l->value[WEFT_LINK_FORWARDING];
	if (a->forwarding != forwarding && a->ready)
		announcer_soon(a, 0);
	a->forwarding = forwarding;
	a->running = l->flags & IFF_UP && l->flags & IFF_RUNNING;
	announcer_refresh(a);
}

static void take_link(struct router *r, const struct nlmsghdr *nlh)
{
	struct announcer *a;
	struct link l;
	bool gone;

	if (link_parse(nlh, r->family, &l))
		return;
	gone = nlh->nlmsg_type == RTM_DELLINK;
	for (a = r->link; a < r->link + r->n; a++) {
		if (a->index == l.index && (gone || strcmp(a->link.name, l.name)))
			leave(r, a, !gone);
		else if (!gone && !strcmp(a->link.name, l.name))
			take_device(r, a, &l);
	}
}

static void take_address(struct router *r, const struct nlmsghdr *nlh)
{
	struct announcer *a;
	struct address addr;

	if (address_parse(nlh, r->family, &addr) ||
	    !weft_addr_is_linklocal(&addr.prefix.addr))
		return;
	for (a = r->link; a < r->link + r->n; a++) {
		if (a->index != addr.index)
			continue;
		/* When the MAC changes the new one may be told before the old one's end. */
		if (nlh->nlmsg_type == RTM_NEWADDR) {
			if (!weft_addr_equal(&a->address, &addr.prefix.addr))
				a->ready = false;
			a->address = addr.prefix.addr;
			a->has_address = true;
		} else if (weft_addr_equal(&a->address, &addr.prefix.addr)) {
			a->has_address = false;
		}
		announcer_refresh(a);
	}
}

static int take_message(const struct nlmsghdr *nlh, void *arg)
{
	if (nlh->nlmsg_type == RTM_NEWLINK || nlh->nlmsg_type == RTM_DELLINK)
		take_link(arg, nlh);
	else if (nlh->nlmsg_type == RTM_NEWADDR || nlh->nlmsg_type == RTM_DELADDR)
		take_address(arg, nlh);
	return MNL_CB_OK;
}

/* --- everything that is there ------------------------------------------------------ */

static int address_collect(struct nl *nl, struct nl_messages *m)
{
	struct nl_request r;
	struct ifaddrmsg *ifa;

	ifa = nl_request(&r, RTM_GETADDR, 0, sizeof(*ifa));
	ifa->ifa_family = (uint8_t)nl->family;
	return nl_collect(nl, &r.nlh, m);
}

static void take_links(struct router *r, const struct nl_messages *m)
{
	const struct nlmsghdr *nlh = NULL;
	struct announcer *a;
	struct link l;
	bool there;

	for (a = r->link; a < r->link + r->n; a++) {
		there = false;
		while (a->index && (nlh = nl_messages_next(m, nlh)))
			there |= !link_parse(nlh, r->family, &l) && l.index == a->index;
		if (a->index && !there)
			leave(r, a, false);
		nlh = NULL;
	}
	while ((nlh = nl_messages_next(m, nlh)))
		take_link(r, nlh);
}

/* Addresses that are there; the others have gone. */
static void take_addresses(struct router *r, const struct nl_messages *m)
{
	const struct nlmsghdr *nlh = NULL;
	struct announcer *a;

	for (a = r->link; a < r->link + r->n; a++)
		a->has_address = false;
	while ((nlh = nl_messages_next(m, nlh)))
		take_address(r, nlh);
	for (a = r->link; a < r->link + r->n; a++)
		announcer_refresh(a);
}

/* Reads what devices and addresses there are; 0, or -1 after telling. */
int router_devices_scan(struct router *r)
{
	struct nl_messages m;
	struct nl nl;
	int code;

	if (nl_open(&nl))
		return -1;
	code = link_collect(&nl, &m);
	if (code == CLI_OK)
		take_links(r, &m);
	nl_messages_free(&m);
	if (code == CLI_OK) {
		code = address_collect(&nl, &m);
		if (code == CLI_OK)
			take_addresses(r, &m);
		nl_messages_free(&m);
	}
	nl_close(&nl);
	/* The addresses that take_links() missed are all there now. */
	r->unsure = false;
	return code == CLI_OK ? 0 : -1;
}

/* --- changes ----------------------------------------------------------------------- */

static int join(struct router *r, int group)
{
	if (!mnl_socket_setsockopt(r->monitor.sock, NETLINK_ADD_MEMBERSHIP, &group,
				   sizeof(group)))
		return 0;
	cli_error("netlink group %d: %s", group, strerror(errno));
	return -1;
}

/* Begins to hear of changes; 0, or -1 after telling. */
int router_devices_open(struct router *r)
{
	if (nl_open(&r->monitor))
		return -1;
	r->family = r->monitor.family;
	if (!join(r, RTNLGRP_LINK) && !join(r, WEFT_RTNLGRP_IFADDR) &&
	    !fcntl(mnl_socket_get_fd(r->monitor.sock), F_SETFL, O_NONBLOCK))
		return 0;
	nl_close(&r->monitor);
	return -1;
}

/* Takes changes that have come; if some were lost, all is to be read again. */
void router_devices_receive(struct router *r)
{
	char buf[NL_BUFSIZE];
	ssize_t n = mnl_socket_recvfrom(r->monitor.sock, buf, sizeof(buf));

	if (n >= 0)
		mnl_cb_run(buf, (size_t)n, 0, 0, take_message, r);
	else if (errno != EINTR && errno != EAGAIN)
		r->unsure = true;
}
