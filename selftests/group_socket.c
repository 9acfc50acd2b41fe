// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets and groups. The options and their errors beside MCAST_* of IPv6; then who
 * hears what: all sockets of a port, sources that are wanted and that are not, the
 * sending node itself, and everybody where nobody joins.
 *
 * One namespace with a link to itself: what leaves by "us" comes by "them".
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 */
#include <net/if.h>
#include <stdbool.h>
#include "sock.h"

#define PORT	4000
#define GROUP	1
#define MANY	50
#define MISSING	4711

static int weft, us, them;

/* --- both families ---------------------------------------------------------------- */

/* ff0e::GROUP, and the node 7::LAST, in both families. */
static struct sock_name group_name(int family, int last)
{
	struct sock_name n = sock_any(family, PORT);
	unsigned char *a = family == AF_INET6 ? n.in6.sin6_addr.s6_addr :
						n.weft.sweft_addr.a8;

	a[0] = 0xff;
	a[1] = 0x0e;
	a[family == AF_INET6 ? 15 : 7] = last;
	return n;
}

static struct sock_name node_name(int family, int last)
{
	struct sock_name n = group_name(family, last);

	if (family == AF_INET6)
		n.in6.sin6_addr.s6_addr[0] = 0xfd;
	else
		n.weft.sweft_addr.a8[0] = 0;
	if (family != AF_INET6)
		n.weft.sweft_addr.a8[1] = 7;
	return n;
}

static int like(int name)
{
	switch (name) {
	case WEFT_GROUP_JOIN: return MCAST_JOIN_GROUP;
	case WEFT_GROUP_LEAVE: return MCAST_LEAVE_GROUP;
	case WEFT_GROUP_JOIN_SOURCE: return MCAST_JOIN_SOURCE_GROUP;
	case WEFT_GROUP_LEAVE_SOURCE: return MCAST_LEAVE_SOURCE_GROUP;
	case WEFT_GROUP_BLOCK: return MCAST_BLOCK_SOURCE;
	}
	return MCAST_UNBLOCK_SOURCE;
}

static bool has_source(int name)
{
	return name != WEFT_GROUP_JOIN && name != WEFT_GROUP_LEAVE;
}

static int set6(int fd, int name, int dev, const struct sock_name *group, int source)
{
	struct group_source_req req = { .gsr_interface = dev };
	struct group_req plain = { .gr_interface = dev };
	struct sock_name from = node_name(AF_INET6, source);

	memcpy(&req.gsr_group, &group->in6, sizeof(group->in6));
	memcpy(&plain.gr_group, &group->in6, sizeof(group->in6));
	memcpy(&req.gsr_source, &from.in6, sizeof(from.in6));
	if (has_source(name))
		return setsockopt(fd, SOL_IPV6, like(name), &req, sizeof(req)) ?
		       errno : 0;
	return setsockopt(fd, SOL_IPV6, like(name), &plain, sizeof(plain)) ?
	       errno : 0;
}

/* Joins, leaves and so on; 0 or errno. */
static int set(int fd, int name, int dev, const struct sock_name *group, int source)
{
	struct weft_group_source_req req = {
		.group = group->weft.sweft_addr, .ifindex = dev,
		.source = node_name(weft, source).weft.sweft_addr,
	};
	struct weft_group_req plain = {
		.group = group->weft.sweft_addr, .ifindex = dev,
	};

	if (has_source(name))
		return setsockopt(fd, SOL_WEFT, name, &req, sizeof(req)) ? errno : 0;
	return setsockopt(fd, SOL_WEFT, name, &plain, sizeof(plain)) ? errno : 0;
}

/* A group's filter as (mode, sources 7::first, 7::first+1 ...); 0 or errno. */
static int set_filter(int fd, int dev, int mode, int n, int first)
{
	char room[sizeof(struct weft_group_filter) + 80 * sizeof(struct weft_addr)];
	struct weft_group_filter *f = (void *)room;
	int i;

	*f = (struct weft_group_filter){
		.group = group_name(weft, GROUP).weft.sweft_addr,
		.ifindex = dev, .mode = mode, .n_sources = n,
	};
	for (i = 0; i < n && i < 80; i++)
		f->source[i] = node_name(weft, first + i).weft.sweft_addr;
	return setsockopt(fd, SOL_WEFT, WEFT_GROUP_FILTER, f,
			  sizeof(*f) + (n < 80 ? n : 80) * sizeof(struct weft_addr)) ?
	       errno : 0;
}

/* Reads it with room for so many sources; the errno or 0. */
static int get_filter(int fd, int dev, struct weft_group_filter *f, int n,
		      socklen_t *len)
{
	f->group = group_name(weft, GROUP).weft.sweft_addr;
	f->ifindex = dev;
	f->n_sources = n;
	*len = sizeof(*f) + n * sizeof(struct weft_addr);
	return getsockopt(fd, SOL_WEFT, WEFT_GROUP_FILTER, f, len) ? errno : 0;
}

/* --- options ------------------------------------------------------------------------ */

static const struct step {
	int name;
	int group;	/* 0: an address that is none */
	int source;
	int missing;	/* no such device */
} steps[] = {
	{ WEFT_GROUP_JOIN, 0, 0, 0 },
	{ WEFT_GROUP_JOIN, 1, 0, 1 },
	{ WEFT_GROUP_LEAVE, 1, 0, 0 },
	{ WEFT_GROUP_LEAVE, 1, 0, 1 },
	{ WEFT_GROUP_LEAVE, 0, 0, 0 },
	{ WEFT_GROUP_JOIN, 1, 0, 0 },
	{ WEFT_GROUP_JOIN, 1, 0, 0 },
	{ WEFT_GROUP_JOIN, 2, 0, 0 },
	{ WEFT_GROUP_UNBLOCK, 1, 1, 0 },
	{ WEFT_GROUP_BLOCK, 1, 1, 0 },
	{ WEFT_GROUP_BLOCK, 1, 1, 0 },
	{ WEFT_GROUP_BLOCK, 1, 2, 0 },
	{ WEFT_GROUP_JOIN_SOURCE, 1, 3, 0 },
	{ WEFT_GROUP_LEAVE_SOURCE, 1, 1, 0 },
	{ WEFT_GROUP_UNBLOCK, 1, 3, 0 },
	{ WEFT_GROUP_UNBLOCK, 1, 1, 0 },
	{ WEFT_GROUP_UNBLOCK, 1, 2, 0 },
	{ WEFT_GROUP_LEAVE, 1, 0, 0 },
	{ WEFT_GROUP_LEAVE, 1, 0, 0 },
	{ WEFT_GROUP_JOIN_SOURCE, 1, 1, 0 },
	{ WEFT_GROUP_JOIN_SOURCE, 1, 1, 0 },
	{ WEFT_GROUP_JOIN_SOURCE, 1, 2, 0 },
	{ WEFT_GROUP_JOIN, 1, 0, 0 },
	{ WEFT_GROUP_BLOCK, 1, 1, 0 },
	{ WEFT_GROUP_UNBLOCK, 1, 1, 0 },
	{ WEFT_GROUP_LEAVE_SOURCE, 1, 3, 0 },
	{ WEFT_GROUP_LEAVE_SOURCE, 1, 1, 0 },
	{ WEFT_GROUP_LEAVE_SOURCE, 1, 1, 0 },
	{ WEFT_GROUP_LEAVE_SOURCE, 1, 2, 0 },
	{ WEFT_GROUP_LEAVE, 1, 0, 0 },
	{ WEFT_GROUP_JOIN_SOURCE, 1, 1, 1 },
	{ WEFT_GROUP_LEAVE, 2, 0, 0 },
};

static void the_errors_are_those_of_ipv6(void)
{
	int fd6 = sock_dgram(AF_INET6), fd = sock_dgram(weft), err6, err;
	unsigned int i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct step *s = &steps[i];
		struct sock_name g6 = s->group ? group_name(AF_INET6, s->group) :
						 node_name(AF_INET6, 1);
		struct sock_name g = s->group ? group_name(weft, s->group) :
						node_name(weft, 1);

		err6 = set6(fd6, s->name, s->missing ? MISSING : us, &g6, s->source);
		err = set(fd, s->name, s->missing ? MISSING : us, &g, s->source);
		if (err != err6)
			printf("# step %u: Weft gives %s, IPv6 %s\n", i,
			       strerror(err), strerror(err6));
		CHECK(err == err6);
	}
	close(fd6);
	close(fd);
}

static void who_is_no_member_has_no_sources(void)
{
	struct sock_name g = group_name(weft, GROUP);
	struct weft_group_filter f;
	int fd = sock_dgram(weft);
	socklen_t len;

	CHECK(set(fd, WEFT_GROUP_LEAVE_SOURCE, us, &g, 1) == EADDRNOTAVAIL);
	CHECK(set(fd, WEFT_GROUP_BLOCK, us, &g, 1) == EADDRNOTAVAIL);
	CHECK(set(fd, WEFT_GROUP_UNBLOCK, us, &g, 1) == EADDRNOTAVAIL);
	CHECK(set_filter(fd, us, WEFT_FILTER_EXCLUDE, 0, 0) == EADDRNOTAVAIL);
	CHECK(get_filter(fd, us, &f, 0, &len) == EADDRNOTAVAIL);
	CHECK(get_filter(fd, MISSING, &f, 0, &len) == ENODEV);
	close(fd);
}

static void lengths_and_memory_are_checked(void)
{
	struct weft_group_source_req req = {
		.group = group_name(weft, GROUP).weft.sweft_addr, .ifindex = us,
		.source = node_name(weft, 1).weft.sweft_addr,
	};
	struct weft_group_req plain = { .group = req.group, .ifindex = us };
	char longer[64] = {};
	int fd = sock_dgram(weft), name;

	CHECK(sizeof(req) == 20 && sizeof(plain) == 12);
	for (name = WEFT_GROUP_JOIN; name <= WEFT_GROUP_UNBLOCK; name++) {
		CHECK(setsockopt(fd, SOL_WEFT, name, &req,
				 has_source(name) ? 19 : 11) && errno == EINVAL);
		CHECK(setsockopt(fd, SOL_WEFT, name, NULL, 20) && errno == EFAULT);
		CHECK(setsockopt(fd, SOL_WEFT, name, &req, 0) && errno == EINVAL);
	}
	memcpy(longer, &plain, sizeof(plain));
	CHECK(!setsockopt(fd, SOL_WEFT, WEFT_GROUP_JOIN, longer, sizeof(longer)));
	CHECK(setsockopt(fd, SOL_WEFT, WEFT_GROUP_FILTER, longer, 19) &&
	      errno == EINVAL);
	CHECK(setsockopt(fd, SOL_WEFT, WEFT_GROUP_FILTER, NULL, 20) &&
	      errno == EFAULT);
	/* What is no source of a packet is none of a filter. */
	req.source = req.group;
	CHECK(setsockopt(fd, SOL_WEFT, WEFT_GROUP_BLOCK, &req, 20) && errno == EINVAL);
	req.source = (struct weft_addr)WEFT_ADDR_ANY_INIT;
	CHECK(setsockopt(fd, SOL_WEFT, WEFT_GROUP_BLOCK, &req, 20) && errno == EINVAL);
	/* Nobody joins broadcast. */
	plain.group = (struct weft_addr)WEFT_ADDR_BROADCAST_INIT;
	CHECK(setsockopt(fd, SOL_WEFT, WEFT_GROUP_JOIN, &plain, 12) &&
	      errno == EINVAL);
	close(fd);
}

static void a_filter_is_read_as_it_was_set(void)
{
	char room[sizeof(struct weft_group_filter) + 70 * sizeof(struct weft_addr)];
	struct sock_name g = group_name(weft, GROUP), s = node_name(weft, 3);
	struct weft_group_filter *f = (void *)room;
	int fd = sock_dgram(weft);
	socklen_t len;

	CHECK(!set(fd, WEFT_GROUP_JOIN, us, &g, 0));
	CHECK(!get_filter(fd, us, f, 64, &len));
	CHECK(f->mode == WEFT_FILTER_EXCLUDE && !f->n_sources && len == sizeof(*f));
	CHECK(!set_filter(fd, us, WEFT_FILTER_INCLUDE, 64, 3));
	CHECK(!get_filter(fd, us, f, 64, &len));
	CHECK(f->mode == WEFT_FILTER_INCLUDE && f->n_sources == 64);
	CHECK(len == sizeof(*f) + 64 * 8 && !memcmp(&f->source[0], &s.weft.sweft_addr, 8));
	/* What there is no room for is left out and told. */
	CHECK(!get_filter(fd, us, f, 2, &len));
	CHECK(f->n_sources == 64 && len == sizeof(*f) + 16);
	CHECK(set(fd, WEFT_GROUP_JOIN_SOURCE, us, &g, 99) == ENOBUFS);
	CHECK(set_filter(fd, us, WEFT_FILTER_INCLUDE, 65, 3) == ENOBUFS);
	CHECK(set_filter(fd, us, 2, 0, 0) == EINVAL);
	CHECK(set_filter(fd, MISSING, WEFT_FILTER_EXCLUDE, 0, 0) == ENODEV);
	CHECK(!get_filter(fd, us, f, 0, &len) && f->n_sources == 64);
	len = 19;
	CHECK(getsockopt(fd, SOL_WEFT, WEFT_GROUP_FILTER, f, &len) && errno == EINVAL);
	/* Include nobody is to leave. */
	CHECK(!set_filter(fd, us, WEFT_FILTER_INCLUDE, 0, 0));
	CHECK(get_filter(fd, us, f, 0, &len) == EADDRNOTAVAIL);
	close(fd);
}

/* 64 groups a socket, 512 a device; closing makes room for others. */
static void there_are_limits(void)
{
	struct weft_group_req req = { .group = group_name(weft, 0).weft.sweft_addr,
				      .ifindex = us };
	int fds[8], fd = sock_dgram(weft), i;

	for (i = 0; i < 8 * 64; i++) {
		if (i % 64 == 0)
			fds[i / 64] = sock_dgram(weft);
		req.group.a16[3] = htons(1000 + i);
		CHECK(!setsockopt(fds[i / 64], SOL_WEFT, WEFT_GROUP_JOIN, &req, 12));
	}
	req.group.a16[3] = htons(1);
	CHECK(setsockopt(fds[0], SOL_WEFT, WEFT_GROUP_JOIN, &req, 12) &&
	      errno == ENOBUFS);
	CHECK(setsockopt(fd, SOL_WEFT, WEFT_GROUP_JOIN, &req, 12) &&
	      errno == ENOBUFS);
	/* One that is there already costs the device nothing. */
	req.group.a16[3] = htons(1000);
	CHECK(!setsockopt(fd, SOL_WEFT, WEFT_GROUP_JOIN, &req, 12));
	req.ifindex = them;
	CHECK(!setsockopt(fd, SOL_WEFT, WEFT_GROUP_JOIN, &req, 12));
	for (i = 0; i < 8; i++)
		close(fds[i]);
	req.ifindex = us;
	req.group.a16[3] = htons(1);
	CHECK(!setsockopt(fd, SOL_WEFT, WEFT_GROUP_JOIN, &req, 12));
	close(fd);
}

/* --- packets -------------------------------------------------------------------------- */

/* A socket that hears a port together with others. */
static int hearer(int dev)
{
	struct sock_name n = sock_any(weft, PORT);
	int fd = sock_dgram(weft);
	char name[IF_NAMESIZE];

	CHECK(!sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	if (dev && if_indextoname(dev, name))
		CHECK(!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
				  sizeof(name)));
	CHECK(!bind(fd, &n.sa, n.len));
	return fd;
}

/* One that joined the group on a device. */
static int member(int dev)
{
	struct sock_name g = group_name(weft, GROUP);
	int fd = hearer(0);

	CHECK(!set(fd, WEFT_GROUP_JOIN, dev, &g, 0));
	return fd;
}

/* Sends from 7::LAST by "us". */
static void say(int last, const struct sock_name *to, int loop)
{
	struct sock_name from = node_name(weft, last);
	int fd = sock_dgram(weft);

	from.weft.sweft_port = 0;
	CHECK(!bind(fd, &from.sa, from.len));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_IF, us));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_LOOP, loop));
	CHECK(!sock_set(fd, SOL_SOCKET, SO_BROADCAST, 1));
	CHECK(sendto(fd, "x", 1, 0, &to->sa, to->len) == 1);
	close(fd);
}

static void say_group(int last, int loop)
{
	struct sock_name g = group_name(weft, GROUP);

	say(last, &g, loop);
}

static int heard_one(int fd)
{
	char c;

	return sock_wait(fd, POLLIN) == POLLIN && recv(fd, &c, 1, MSG_DONTWAIT) == 1;
}

/* After the packets before it: one to all nodes that everybody hears. */
static int heard_none(int fd)
{
	struct sock_name n = sock_loopback(weft, PORT + 1);
	int mark = sock_bound(weft, PORT + 1);
	char c;
	int ok;

	CHECK(sendto(mark, "m", 1, 0, &n.sa, n.len) == 1);
	ok = heard_one(mark) && recv(fd, &c, 1, MSG_DONTWAIT) == -1 &&
	     errno == EAGAIN;
	close(mark);
	return ok;
}

/* All members, each once; who is none, or one elsewhere, does not. */
static void every_member_hears(void)
{
	int one = member(them), two = member(them), elsewhere = member(us);
	int stranger = hearer(0), there = hearer(them), i;
	struct sock_name g = group_name(weft, GROUP);

	CHECK(!set(there, WEFT_GROUP_JOIN, them, &g, 0));
	for (i = 0; i < 3; i++)
		say_group(1, 0);
	for (i = 0; i < 3; i++)
		CHECK(heard_one(one) && heard_one(two) && heard_one(there));
	CHECK(heard_none(one) && heard_none(two) && heard_none(there));
	CHECK(heard_none(elsewhere) && heard_none(stranger));
	close(one);
	/* A membership ends with its socket. */
	say_group(1, 0);
	CHECK(heard_one(two) && heard_one(there));
	close(two);
	close(elsewhere);
	close(stranger);
	close(there);
}

/* Sockets that share by WEFT_REUSEPORT each get one. */
static void those_that_share_the_load_all_hear(void)
{
	struct sock_name n = sock_any(weft, PORT), g = group_name(weft, GROUP);
	int fd[2], i;

	for (i = 0; i < 2; i++) {
		fd[i] = sock_dgram(weft);
		CHECK(!sock_set(fd[i], SOL_WEFT, WEFT_REUSEPORT, 1));
		CHECK(!bind(fd[i], &n.sa, n.len));
		CHECK(!set(fd[i], WEFT_GROUP_JOIN, them, &g, 0));
	}
	say_group(1, 0);
	CHECK(heard_one(fd[0]) && heard_one(fd[1]));
	CHECK(heard_none(fd[0]) && heard_none(fd[1]));
	close(fd[0]);
	close(fd[1]);
}

static void a_full_socket_does_not_keep_others_from_hearing(void)
{
	int full = member(them), other = member(them), i;

	CHECK(!sock_set(full, SOL_SOCKET, SO_RCVBUF, 1));
	for (i = 0; i < 20; i++)
		say_group(1, 0);
	for (i = 0; i < 20; i++)
		CHECK(heard_one(other));
	CHECK(netns_counter("DropRcvbuf") > 0);
	close(full);
	close(other);
}

/* Reports of memberships are dropped like this as well, but not so many. */
static bool dropped_on_arrival(int source)
{
	long before = netns_counter("DropNotLocal");
	int i;

	for (i = 0; i < MANY; i++)
		say_group(source, 0);
	for (i = 0; i < 100 && netns_counter("DropNotLocal") < before + MANY; i++)
		usleep(20000);
	return netns_counter("DropNotLocal") >= before + MANY;
}

/* Each socket by its own filter, whatever the others want. */
static void sources_are_chosen_by_each_socket(void)
{
	struct sock_name g = group_name(weft, GROUP);
	int all = member(them), not1 = member(them), only1 = hearer(0);

	CHECK(!set(not1, WEFT_GROUP_BLOCK, them, &g, 1));
	CHECK(!set(only1, WEFT_GROUP_JOIN_SOURCE, them, &g, 1));
	say_group(1, 0);
	CHECK(heard_one(all) && heard_one(only1) && heard_none(not1));
	say_group(2, 0);
	CHECK(heard_one(all) && heard_one(not1) && heard_none(only1));
	CHECK(!set(not1, WEFT_GROUP_UNBLOCK, them, &g, 1));
	CHECK(!set(only1, WEFT_GROUP_JOIN_SOURCE, them, &g, 2));
	say_group(1, 0);
	CHECK(heard_one(all) && heard_one(not1) && heard_one(only1));
	say_group(2, 0);
	CHECK(heard_one(all) && heard_one(not1) && heard_one(only1));
	close(all);
	close(not1);
	/* What nobody wants any more is dropped on arrival. */
	CHECK(!set(only1, WEFT_GROUP_LEAVE_SOURCE, them, &g, 2));
	CHECK(dropped_on_arrival(2) && heard_none(only1));
	close(only1);
	CHECK(dropped_on_arrival(1));
}

/* The sending node hears it too, once, unless the sender says no. */
static void packets_come_back(void)
{
	struct sock_name g = group_name(weft, GROUP), local = sock_any(weft, PORT);
	int here = member(us), there = member(them), fd = sock_dgram(weft);
	struct sock_message m;

	say_group(1, 1);
	CHECK(heard_one(here) && heard_one(there));
	CHECK(heard_none(here) && heard_none(there));
	say_group(1, 0);
	CHECK(heard_one(there) && heard_none(here));
	/* With no hop it gets no further than that. */
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_IF, us));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_HOPS, 0));
	CHECK(!sock_set(here, SOL_WEFT, WEFT_RECVHOPLIMIT, 1));
	CHECK(sendto(fd, "y", 1, 0, &g.sa, g.len) == 1);
	CHECK(sock_wait(here, POLLIN) && sock_receive(here, &m, MSG_DONTWAIT) == 1);
	CHECK(m.data[0] == 'y' && sock_cmsg_int(&m, SOL_WEFT, WEFT_HOP_LIMIT) == 0);
	CHECK(heard_none(there));
	/* Also in parts, and longer than the link takes. */
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_HOPS, 1));
	CHECK(sendto(fd, m.data, 1500, MSG_MORE, &g.sa, g.len) == 1500);
	CHECK(send(fd, m.data, 500, 0) == 500);
	CHECK(sock_wait(here, POLLIN) && sock_receive(here, &m, MSG_DONTWAIT) == 2000);
	CHECK(sock_wait(there, POLLIN) && sock_receive(there, &m, MSG_DONTWAIT) == 2000);
	close(fd);
	close(here);
	close(there);

	/* A group within the node is on the loopback device. */
	fd = hearer(0);
	here = sock_dgram(weft);
	local.weft.sweft_addr = g.weft.sweft_addr;
	local.weft.sweft_addr.a8[1] = 1;
	local.weft.sweft_scope = if_nametoindex("lo");
	CHECK(!set(fd, WEFT_GROUP_JOIN, local.weft.sweft_scope, &local, 0));
	CHECK(sendto(here, "z", 1, 0, &local.sa, local.len) == 1);
	CHECK(heard_one(fd) && heard_none(fd));
	close(here);
	close(fd);
}

static void a_socket_bound_to_a_group_hears_nothing_else(void)
{
	struct sock_name g = group_name(weft, GROUP), other = group_name(weft, 2);
	struct sock_name one = node_name(weft, 1), name;
	int fd = sock_dgram(weft), peer = sock_bound(weft, PORT + 2);
	struct sock_message m;

	CHECK(!bind(fd, &g.sa, g.len));
	CHECK(!set(fd, WEFT_GROUP_JOIN, them, &g, 0));
	CHECK(!set(fd, WEFT_GROUP_JOIN, them, &other, 0));
	say(1, &one, 0);
	say(1, &other, 0);
	say(1, &g, 0);
	CHECK(heard_one(fd) && heard_none(fd));
	/* A group is no source: not of messages, and not after connect(). */
	name = node_name(weft, 1);
	name.weft.sweft_port = htons(PORT + 2);
	CHECK(sendto(fd, "a", 1, 0, &name.sa, name.len) == 1);
	CHECK(sock_wait(peer, POLLIN) && sock_receive(peer, &m, MSG_DONTWAIT) == 1);
	CHECK(m.name.weft.sweft_addr.a8[0] != 0xff);
	CHECK(!connect(fd, &name.sa, name.len));
	CHECK(send(fd, "b", 1, 0) == 1);
	CHECK(sock_wait(peer, POLLIN) && sock_receive(peer, &m, MSG_DONTWAIT) == 1);
	CHECK(m.name.weft.sweft_addr.a8[0] != 0xff);
	CHECK(!getsockname(fd, &name.sa, &name.len) &&
	      !memcmp(&name.weft.sweft_addr, &g.weft.sweft_addr, 8));
	close(fd);
	close(peer);
	/* A group of a link needs one. */
	fd = sock_dgram(weft);
	g.weft.sweft_addr.a8[1] = 2;
	CHECK(bind(fd, &g.sa, g.len) == -1 && errno == EINVAL);
	g.weft.sweft_scope = MISSING;
	CHECK(bind(fd, &g.sa, g.len) == -1 && errno == ENODEV);
	g.weft.sweft_scope = us;
	CHECK(!bind(fd, &g.sa, g.len));
	close(fd);
}

static void broadcast_needs_a_permission_and_no_membership(void)
{
	struct sock_name b = sock_any(weft, PORT);
	int fd = sock_dgram(weft), one = hearer(0), two = hearer(them);

	b.weft.sweft_addr = (struct weft_addr)WEFT_ADDR_BROADCAST_INIT;
	CHECK(sendto(fd, "x", 1, 0, &b.sa, b.len) == -1 && errno == EACCES);
	CHECK(connect(fd, &b.sa, b.len) == -1 && errno == EACCES);
	CHECK(!sock_set(fd, SOL_SOCKET, SO_BROADCAST, 1));
	CHECK(sendto(fd, "x", 1, 0, &b.sa, b.len) == -1 && errno == EINVAL);
	CHECK(connect(fd, &b.sa, b.len) == -1 && errno == EINVAL);
	b.weft.sweft_scope = us;
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_LOOP, 0));
	CHECK(sendto(fd, "x", 1, 0, &b.sa, b.len) == 1);
	CHECK(heard_one(one) && heard_one(two));
	CHECK(heard_none(one) && heard_none(two));
	CHECK(!connect(fd, &b.sa, b.len));
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(heard_one(one) && heard_one(two));
	CHECK(!sock_set(fd, SOL_SOCKET, SO_BROADCAST, 0));
	CHECK(send(fd, "x", 1, 0) == -1 && errno == EACCES);
	close(fd);
	close(one);
	close(two);
	CHECK(netns_counter("OutErrors") <= 0);
}

/* By the routes, where no device is named. */
static void a_device_may_be_left_to_the_routes(void)
{
	struct sock_name g = group_name(weft, GROUP), link = g;
	struct weft_group_filter f;
	int fd = sock_dgram(weft);
	socklen_t len;

	CHECK(set(fd, WEFT_GROUP_JOIN, 0, &g, 0) == ENODEV);
	CHECK(!netns_run("weft route add ff0e::/16 dev them"));
	CHECK(!set(fd, WEFT_GROUP_JOIN, 0, &g, 0));
	CHECK(!get_filter(fd, them, &f, 0, &len));
	CHECK(get_filter(fd, us, &f, 0, &len) == EADDRNOTAVAIL);
	CHECK(!set(fd, WEFT_GROUP_LEAVE, 0, &g, 0));
	/* The socket's own device comes first. */
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_IF, us));
	CHECK(!set(fd, WEFT_GROUP_JOIN, 0, &g, 0));
	CHECK(!get_filter(fd, us, &f, 0, &len));
	close(fd);
	fd = sock_dgram(weft);
	link.weft.sweft_addr.a8[1] = 2;
	CHECK(set(fd, WEFT_GROUP_JOIN, 0, &link, 0) == ENODEV);
	CHECK(!netns_run("weft route del ff0e::/16 dev them"));
	close(fd);
}

/* Raw sockets hear what the node hears, but what they refuse themselves. */
static void raw_sockets_hear_groups(void)
{
	int raw = socket(weft, SOCK_RAW, WEFT_PROTO_DGRAM), fd = member(them);
	struct sock_name g = group_name(weft, GROUP);

	CHECK(raw >= 0);
	say_group(1, 0);
	CHECK(heard_one(fd) && heard_one(raw));
	CHECK(!set(raw, WEFT_GROUP_JOIN_SOURCE, them, &g, 2));
	say_group(1, 0);
	CHECK(heard_one(fd) && recv(raw, &(char){ 0 }, 1, MSG_DONTWAIT) == -1);
	close(raw);
	close(fd);
}

/* A membership ends with its device; closing the socket after that does no harm. */
static void the_device_may_go_first(void)
{
	struct sock_name g = group_name(weft, GROUP);
	int fd = hearer(0), gone;

	CHECK(!netns_run("ip link add gone index 4000 type veth peer name gone1"));
	CHECK(!netns_run("ip link set gone up; ip link set gone1 up"));
	gone = if_nametoindex("gone");
	CHECK(!set(fd, WEFT_GROUP_JOIN, gone, &g, 0));
	CHECK(!netns_run("ip link del gone"));
	CHECK(set(fd, WEFT_GROUP_LEAVE, gone, &g, 0) == EADDRNOTAVAIL);
	CHECK(set(fd, WEFT_GROUP_BLOCK, gone, &g, 1) == ENODEV);
	/* Another device with its number is another device. */
	CHECK(!netns_run("ip link add gone index 4000 type veth peer name gone1"));
	CHECK(!netns_run("ip link set gone up; ip link set gone1 up"));
	CHECK(set(fd, WEFT_GROUP_LEAVE, gone, &g, 0) == EADDRNOTAVAIL);
	CHECK(!set(fd, WEFT_GROUP_JOIN, gone, &g, 0));
	CHECK(!netns_run("ip link del gone"));
	close(fd);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("ip link add us type veth peer name them") ||
	    netns_run("ip link set us up; ip link set them up") ||
	    netns_run("weft addr add 7::1/16 dev us nodad") ||
	    netns_run("weft addr add 7::2/16 dev us nodad"))
		return 1;
	us = if_nametoindex("us");
	them = if_nametoindex("them");
	TAP_RUN(the_errors_are_those_of_ipv6);
	TAP_RUN(who_is_no_member_has_no_sources);
	TAP_RUN(lengths_and_memory_are_checked);
	TAP_RUN(a_filter_is_read_as_it_was_set);
	TAP_RUN(there_are_limits);
	TAP_RUN(every_member_hears);
	TAP_RUN(those_that_share_the_load_all_hear);
	TAP_RUN(a_full_socket_does_not_keep_others_from_hearing);
	TAP_RUN(sources_are_chosen_by_each_socket);
	TAP_RUN(packets_come_back);
	TAP_RUN(a_socket_bound_to_a_group_hears_nothing_else);
	TAP_RUN(broadcast_needs_a_permission_and_no_membership);
	TAP_RUN(a_device_may_be_left_to_the_routes);
	TAP_RUN(raw_sockets_hear_groups);
	TAP_RUN(the_device_may_go_first);
	return tap_done();
}
