// SPDX-License-Identifier: GPL-2.0
/* Announcements: when they go out and what others say (RFC 4861, section 6.2). */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "router.h"

/* The longest message that is looked at, and what comes with it. */
#define RECEIVE_MAX	2048
#define FORWARDING_PATH	"/proc/sys/net/weft/forwarding"

/* Messages that are read at once before anything else has its turn. */
#define RECEIVE_BATCH	64

/* --- the socket -------------------------------------------------------------------- */

static int set_int(int fd, int option, int value)
{
	return setsockopt(fd, SOL_WEFT, option, &value, sizeof(value));
}

/* Hears solicitations and announcements; what it sends to groups has hop limit 255. */
static int set_up(int fd)
{
	struct weft_ctl_filter filter;

	memset(&filter, 0xff, sizeof(filter));
	filter.blocked[WEFT_CTL_ROUTER_SOLICIT >> 5] &=
		~(1U << (WEFT_CTL_ROUTER_SOLICIT & 31) |
		  1U << (WEFT_CTL_ROUTER_ANNOUNCE & 31));
	return setsockopt(fd, SOL_WEFT, WEFT_CTL_FILTER, &filter, sizeof(filter)) ||
	       set_int(fd, WEFT_GROUP_HOPS, WEFT_HOP_LIMIT_NEIGH) ||
	       set_int(fd, WEFT_RECVHOPLIMIT, 1) || set_int(fd, WEFT_RECVPKTINFO, 1);
}

/* Returns 0, or -1 after telling. */
int router_socket_open(struct router *r)
{
	r->sock = weft_socket(SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, WEFT_PROTO_CONTROL);
	if (r->sock < 0 && errno == EPERM)
		cli_error("a router needs the capability CAP_NET_RAW");
	else if (r->sock < 0 || set_up(r->sock))
		cli_error("socket: %s", weft_strerror(errno));
	else
		return 0;
	return -1;
}

/* --- sending ----------------------------------------------------------------------- */

static double at_random(double from, double to)
{
	return from + (to - from) * drand48();
}

/* Does the device forward? What is not said for it is said for the namespace. */
static bool forwards(const struct announcer *a)
{
	int c;
	FILE *f;

	if (a->forwarding != WEFT_FORWARDING_DEFAULT)
		return a->forwarding == WEFT_FORWARDING_ON;
	f = fopen(FORWARDING_PATH, "re");
	c = f ? fgetc(f) : '0';
	if (f)
		fclose(f);
	return c != '0';
}

static void warn_of_forwarding(struct announcer *a, bool on)
{
	if (!on && !a->warned)
		cli_error("%s: forwarding is off: the lifetime is announced as 0",
			  a->link.name);
	if (on && a->warned)
		cli_error("%s: forwarding is on", a->link.name);
	a->warned = !on;
}

static void tell_message(const char *name, const char *what, const struct weft_addr *addr,
			 const void *msg, size_t len)
{
	char text[2048], who[WEFT_ADDRSTRLEN];

	if (!cli.details)
		return;
	weft_addr_format(addr, who, sizeof(who));
	cli_error("%s: %s %s: %s", name, what, who,
		  router_message_text(msg, len, text, sizeof(text)));
}

/* Returns -1 when the announcement could not be sent; that is told once. */
static int announce(struct router *r, struct announcer *a, enum router_mode mode)
{
	struct sockaddr_weft to = {
		.sweft_family = (sa_family_t)r->family,
		.sweft_scope = (uint32_t)a->index,
		.sweft_addr = WEFT_ADDR_ALLNODES_INIT,
	};
	uint8_t msg[ROUTER_MESSAGE_MAX] __attribute__((aligned(8)));
	size_t len = router_announce_build(msg, &a->link, a->old, mode);
	bool failed;

	failed = sendto(r->sock, msg, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0;
	if (failed && !a->failed)
		cli_error("%s: cannot send: %s", a->link.name, weft_strerror(errno));
	a->failed = failed;
	if (failed)
		return -1;
	tell_message(a->link.name, "sent to", &to.sweft_addr, msg, len);
	return 0;
}

static void forget_old(struct announcer *a)
{
	free(a->old);
	a->old = NULL;
	a->old_left = 0;
}

/* When the next one is due: RFC 4861, section 6.2.4. */
static void schedule(struct announcer *a, double now)
{
	double wait = at_random(a->link.min, a->link.max);

	if (a->first_left && wait > ROUTER_FIRST_INTERVAL)
		wait = ROUTER_FIRST_INTERVAL;
	a->due = now + wait;
}

/**
 * announcer_run() - send what is due
 * @r: the daemon
 * @a: the link
 * @now: as cli_now() counts
 */
void announcer_run(struct router *r, struct announcer *a, double now)
{
	bool on;

	if (!a->ready || now < a->due)
		return;
	on = forwards(a);
	warn_of_forwarding(a, on);
	if (!announce(r, a, on ? ROUTER_SERVES : ROUTER_IDLE)) {
		a->last = now;
		if (a->first_left)
			a->first_left--;
		if (a->old && !--a->old_left)
			forget_old(a);
	}
	schedule(a, now);
}

/**
 * announcer_soon() - send an announcement out of turn
 * @a: the link
 * @delay: at most so many seconds from now, at random
 *
 * Never sooner than the group may have the next one, section 6.2.6.
 */
void announcer_soon(struct announcer *a, double delay)
{
	double due = cli_now() + at_random(0, delay);

	if (due < a->last + ROUTER_BETWEEN_ANNOUNCEMENTS)
		due = a->last + ROUTER_BETWEEN_ANNOUNCEMENTS + at_random(0, delay);
	if (due < a->due)
		a->due = due;
}

static void begin(struct announcer *a)
{
	a->first_left = ROUTER_FIRST_ANNOUNCEMENTS;
	a->due = HUGE_VAL;
	announcer_soon(a, 0.1);
}

/**
 * announcer_refresh() - begin or stop, as the device is
 * @a: the link; its device has changed, or may have
 */
void announcer_refresh(struct announcer *a)
{
	bool ready = a->index && a->running && a->has_address;
	char text[WEFT_ADDRSTRLEN];

	if (ready && !a->ready) {
		cli_error("%s: announces from %s", a->link.name,
			  weft_addr_format(&a->address, text, sizeof(text)));
		begin(a);
	} else if (!ready && a->ready) {
		cli_error("%s: stops: the device is %s", a->link.name,
			  a->index ? "not ready" : "gone");
	}
	a->ready = ready;
}

/**
 * announcer_renew() - announce something else
 * @a: the link
 * @link: what to announce now
 *
 * What is told no more ends. What was never told needs no end.
 */
void announcer_renew(struct announcer *a, const struct router_link *link)
{
	if (a->old_left < ROUTER_FIRST_ANNOUNCEMENTS) {
		if (!a->old)
			a->old = malloc(sizeof(*a->old));
		if (a->old)
			*a->old = a->link;
	}
	a->old_left = a->old ? ROUTER_FIRST_ANNOUNCEMENTS : 0;
	a->link = *link;
	a->n_others = 0;
	if (a->ready)
		begin(a);
}

/**
 * announcer_end() - a last announcement, with a lifetime of zero
 * @r: the daemon
 * @a: the link; what it has is freed
 */
void announcer_end(struct router *r, struct announcer *a)
{
	if (a->ready)
		announce(r, a, ROUTER_ENDS);
	a->ready = false;
	forget_old(a);
}

/* --- receiving --------------------------------------------------------------------- */

/* A message, and where it came from. */
struct received {
	struct sockaddr_weft from;
	int index;
	int hop_limit;
	size_t len;
	uint8_t data[RECEIVE_MAX] __attribute__((aligned(8)));
};

static void read_ancillary(struct msghdr *msg, struct received *m)
{
	struct weft_pktinfo info;
	struct cmsghdr *c;

	m->index = 0;
	m->hop_limit = -1;
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_WEFT)
			continue;
		if (c->cmsg_type == WEFT_HOP_LIMIT &&
		    c->cmsg_len >= CMSG_LEN(sizeof(m->hop_limit))) {
			memcpy(&m->hop_limit, CMSG_DATA(c), sizeof(m->hop_limit));
		} else if (c->cmsg_type == WEFT_PKTINFO &&
			   c->cmsg_len >= CMSG_LEN(sizeof(info))) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			m->index = (int)info.ifindex;
		}
	}
}

/* Returns -1 when there is none, or when what came has no room here. */
static int receive(int fd, struct received *m)
{
	char control[256] __attribute__((aligned(8)));
	struct iovec iov = { m->data, sizeof(m->data) };
	struct msghdr msg = {
		.msg_name = &m->from, .msg_namelen = sizeof(m->from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, 0);

	if (n < 0)
		return -1;
	m->len = msg.msg_flags & MSG_TRUNC ? 0 : (size_t)n;
	read_ancillary(&msg, m);
	return 0;
}

/* What is remembered of another router; NULL where there are too many. */
static struct router_other *find_other(struct announcer *a, const struct weft_addr *addr)
{
	unsigned int i;

	for (i = 0; i < a->n_others; i++)
		if (weft_addr_equal(&a->other[i].addr, addr))
			return &a->other[i];
	if (a->n_others == ROUTER_OTHERS_MAX)
		return NULL;
	a->other[a->n_others] = (struct router_other){ .addr = *addr };
	return &a->other[a->n_others++];
}

/* Tells once what another router of the link says differently: section 6.2.7. */
static void compare(struct announcer *a, const struct received *m)
{
	unsigned int differs = router_announce_differs(&a->link, m->data, m->len);
	struct router_other *o = find_other(a, &m->from.sweft_addr);
	char text[128], who[WEFT_ADDRSTRLEN];

	if (!o)
		return;
	if (differs & ~o->differs)
		cli_error("%s: router %s announces another %s", a->link.name,
			  weft_addr_format(&o->addr, who, sizeof(who)),
			  router_differs_text(differs & ~o->differs, text, sizeof(text)));
	o->differs |= differs;
}

static void take_message(struct announcer *a, const struct received *m)
{
	const struct weft_addr *from = &m->from.sweft_addr;
	bool solicit = router_solicit_valid(m->data, m->len);

	if (weft_addr_equal(from, &a->address))
		return;
	if (!router_from_neighbour(from, m->hop_limit) ||
	    !(solicit || router_announce_valid(m->data, m->len))) {
		if (cli.details)
			cli_error("%s: dropped a message that is not a neighbour's",
				  a->link.name);
		return;
	}
	tell_message(a->link.name, "received from", from, m->data, m->len);
	if (!a->ready)
		return;
	if (solicit)
		announcer_soon(a, ROUTER_ANSWER_DELAY);
	else
		compare(a, m);
}

/**
 * router_socket_receive() - take the messages that have come
 * @r: the daemon
 */
void router_socket_receive(struct router *r)
{
	struct announcer *a;
	struct received m;
	int i;

	for (i = 0; i < RECEIVE_BATCH && !receive(r->sock, &m); i++)
		for (a = r->link; a < r->link + r->n; a++)
			if (m.index && a->index == m.index)
				take_message(a, &m);
}
