// SPDX-License-Identifier: GPL-2.0
/*
 * What a namespace does with messages between neighbours, and what it sends: each
 * broken one is dropped and changes nothing, each honest one changes just what it
 * may, and no flood of them costs a neighbour that is there.
 *
 * lab: --nodes 1 --nic none
 * timeout: 400
 */
#include <linux/weft.h>
#include <sys/random.h>
#include <time.h>
#include "wire.h"
#include "rtnl.h"

#define FLOOD	20000

static const struct weft_addr us = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
static const struct weft_addr peer = { { { 0, 7, 0, 0, 0, 0, 0, 0x77 } } };
static const struct weft_addr other = { { { 0, 7, 0, 0, 0, 0, 0, 0x78 } } };
static const struct weft_addr any = WEFT_ADDR_ANY_INIT;
static const struct weft_addr allnodes = WEFT_ADDR_ALLNODES_INIT;
static int nl, dev, weft;

static struct wire_frame solicit(unsigned char n, const struct weft_addr *target,
				 const struct weft_addr *asker, unsigned int flags)
{
	struct weft_neigh_solicit msg = {
		.ctl = { .type = WEFT_CTL_NEIGH_SOLICIT, .flags = htonl(flags) },
		.target = *target, .asker = *asker,
	};

	return wire_control(n, &msg, sizeof(msg), WEFT_HOP_LIMIT_NEIGH);
}

static struct wire_frame announce(unsigned char n, const struct weft_addr *target,
				  unsigned int flags)
{
	struct weft_neigh_announce msg = {
		.ctl = { .type = WEFT_CTL_NEIGH_ANNOUNCE, .flags = htonl(flags) },
		.target = *target,
	};

	return wire_control(n, &msg, sizeof(msg), WEFT_HOP_LIMIT_NEIGH);
}

/* Sends a frame: nothing comes of it but this counter. */
static void comes_to_nothing(int line, const struct wire_frame *f,
			     const char *counter)
{
	long before = netns_counter(counter), drops = netns_counter("Drop*");
	long dropped = strcmp(counter, "InDelivers") ? 1 : 0;
	char table[1024], after[1024];
	struct wire_frame got[4];
	int n;

	netns_read("weft/neigh", table, sizeof(table));
	wire_put(f);
	n = wire_until_now(got, 4);
	netns_read("weft/neigh", after, sizeof(after));
	/* The echo that ends the wait is delivered, too. */
	if (n || netns_counter(counter) != before + 2 - dropped)
		printf("# line %d: %d answers, %s from %ld to %ld\n", line, n,
		       counter, before, netns_counter(counter));
	CHECK(n == 0);
	CHECK(netns_counter(counter) == before + 2 - dropped);
	CHECK(netns_counter("Drop*") == drops + dropped);
	CHECK_STR(after, table);
}

#define DROPPED(f)	comes_to_nothing(__LINE__, f, "DropNeighbour")
#define IGNORED(f)	comes_to_nothing(__LINE__, f, "InDelivers")

static void resum(struct wire_frame *f)
{
	wire_sum(f, f->len - sizeof(f->eth) - sizeof(f->hdr));
}

static void broken_by_their_header(void)
{
	static const unsigned char limits[] = { 0, 1, 64, 254 };
	struct wire_frame f[2];
	unsigned int i, j;

	for (i = 0; i < 2; i++) {
		f[0] = solicit(0x77, &us, &peer, 0);
		f[1] = announce(0x77, &peer, WEFT_NEIGH_SOLICITED | WEFT_NEIGH_OVERRIDE);
		for (j = 0; j < sizeof(limits); j++) {
			f[i].hdr.hop_limit = limits[j];
			DROPPED(&f[i]);
		}
		f[i].hdr.hop_limit = WEFT_HOP_LIMIT_NEIGH;
		f[i].body[1] = 1;
		resum(&f[i]);
		DROPPED(&f[i]);
		f[i].body[1] = 0;
		f[i].hdr.src = peer;
		resum(&f[i]);
		DROPPED(&f[i]);
		f[i].hdr.src = (struct weft_addr)WIRE_LINK(0x77);
		f[i].hdr.src.a8[2] = 3;
		resum(&f[i]);
		DROPPED(&f[i]);
	}
}

static void broken_by_their_length(void)
{
	struct wire_frame f;
	int n;

	for (n = 8; n < 24; n++) {
		f = solicit(0x77, &us, &peer, 0);
		f.hdr.len = htons(sizeof(f.hdr) + n);
		f.len = sizeof(f.eth) + sizeof(f.hdr) + n;
		resum(&f);
		DROPPED(&f);
	}
	for (n = 8; n < 16; n++) {
		f = announce(0x77, &peer, WEFT_NEIGH_OVERRIDE);
		f.hdr.len = htons(sizeof(f.hdr) + n);
		f.len = sizeof(f.eth) + sizeof(f.hdr) + n;
		resum(&f);
		DROPPED(&f);
	}
}

static void broken_by_their_sense(void)
{
	struct wire_frame f = solicit(0x77, &us, &peer, WEFT_NEIGH_PROBE);

	DROPPED(&f);
	f = announce(0x77, &peer, WEFT_NEIGH_SOLICITED);
	f.hdr.dst = allnodes;
	resum(&f);
	DROPPED(&f);
}

static void nobody_is_made_by_an_announcement(void)
{
	struct wire_frame f = announce(0x77, &peer, WEFT_NEIGH_SOLICITED |
						   WEFT_NEIGH_OVERRIDE);

	IGNORED(&f);
	f = announce(0x77, &peer, WEFT_NEIGH_OVERRIDE);
	f.hdr.dst = allnodes;
	resum(&f);
	IGNORED(&f);
}

static void targets_that_are_not_here(void)
{
	struct wire_frame f = solicit(0x77, &other, &peer, 0);

	IGNORED(&f);
	f = solicit(0x77, &any, &peer, 0);
	IGNORED(&f);
	f = solicit(0x77, &allnodes, &peer, 0);
	IGNORED(&f);
	f = solicit(0x77, &peer, &any, WEFT_NEIGH_PROBE);
	IGNORED(&f);
	/* Our own question, given back. */
	f = solicit(1, &us, &peer, 0);
	IGNORED(&f);
}

static void groups_of_others_are_not_heard(void)
{
	static const struct weft_addr group = { { { 0xff, 2, 0, 1, 0, 0, 0, 0x55 } } };
	static const unsigned char mac[] = { 3, 0x57, 0, 0, 0, 0x55 };
	struct wire_frame f = solicit(0x77, &us, &peer, 0);

	f.hdr.dst = group;
	memcpy(f.eth.h_dest, mac, sizeof(mac));
	resum(&f);
	comes_to_nothing(__LINE__, &f, "DropNotLocal");
}

/* The answer to @f: one announcement with these flags, to its sender. */
static void answered(struct wire_frame *f, const struct weft_addr *target,
		     unsigned int flags)
{
	struct weft_neigh_announce msg;
	struct wire_frame got[4];

	wire_put(f);
	CHECK(wire_until_now(got, 4) == 1);
	memcpy(&msg, got[0].body, sizeof(msg));
	CHECK(msg.ctl.type == WEFT_CTL_NEIGH_ANNOUNCE);
	CHECK(ntohl(msg.ctl.flags) == flags);
	CHECK(!memcmp(&msg.target, target, sizeof(*target)));
	CHECK(got[0].hdr.hop_limit == WEFT_HOP_LIMIT_NEIGH);
	CHECK(!memcmp(&got[0].hdr.dst, &f->hdr.src, 8));
	CHECK(!memcmp(got[0].eth.h_dest, f->eth.h_source, ETH_ALEN));
}

static void del(const struct weft_addr *addr)
{
	struct rtnl_request req = rtnl_neigh(RTM_DELNEIGH, 0, dev, 0, addr);

	CHECK(!rtnl_ask(nl, &req).err);
}

static void askers_are_learned(void)
{
	static const unsigned char mac[] = { 3, 0x57, 0, 0, 0, 1 };
	struct wire_frame f = solicit(0x77, &us, &peer, 0);
	char text[18] = "";

	f.hdr.dst = (struct weft_addr){ { { 0xff, 2, 0, 1, 0, 0, 0, 1 } } };
	memcpy(f.eth.h_dest, mac, sizeof(mac));
	resum(&f);
	answered(&f, &us, WEFT_NEIGH_SOLICITED | WEFT_NEIGH_OVERRIDE);
	CHECK(netns_neigh(&peer, text) == NUD_STALE);
	CHECK_STR(text, "02:00:00:00:00:77");
	/* From another MAC: moved. */
	f = solicit(0x78, &us, &peer, 0);
	answered(&f, &us, WEFT_NEIGH_SOLICITED | WEFT_NEIGH_OVERRIDE);
	CHECK(netns_neigh(&peer, text) == NUD_STALE);
	CHECK_STR(text, "02:00:00:00:00:78");
	del(&peer);
}

static void askers_that_are_none(void)
{
	static const struct weft_addr none[] = {
		WEFT_ADDR_ANY_INIT, WEFT_ADDR_ALLNODES_INIT, WEFT_ADDR_LOOPBACK_INIT,
		WIRE_LINK(0x77), { { { 0, 7, 0, 0, 0, 0, 0, 1 } } },
	};
	struct wire_frame f;
	unsigned int i;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		f = solicit(0x77, &us, &none[i], 0);
		answered(&f, &us, WEFT_NEIGH_SOLICITED | WEFT_NEIGH_OVERRIDE);
		CHECK(netns_neigh(&none[i], NULL) < 0);
	}
	f = solicit(0x77, &us, &any, WEFT_NEIGH_PROBE);
	answered(&f, &us, WEFT_NEIGH_SOLICITED | WEFT_NEIGH_OVERRIDE);
}

/* After @flags from @n, the neighbour that was at 77 in @was is so. */
static void after(int line, int was, unsigned char n, unsigned int flags,
		  int state, const char *mac)
{
	static const unsigned char at[] = WIRE_MAC(0x77);
	struct wire_frame f = announce(n, &peer, flags), got;
	char text[18] = "";

	CHECK(!rtnl_neigh_set(nl, dev, was, &peer, at));
	wire_put(&f);
	CHECK(wire_until_now(&got, 1) == 0);
	if (netns_neigh(&peer, text) != state || strcmp(text, mac))
		printf("# line %d: %#x at %s\n", line, netns_neigh(&peer, NULL),
		       text);
	CHECK(netns_neigh(&peer, NULL) == state);
	CHECK_STR(text, mac);
	del(&peer);
}

#define AFTER(...)	after(__LINE__, __VA_ARGS__)

static void announcements_override_or_not(void)
{
	static const char m77[] = "02:00:00:00:00:77", m78[] = "02:00:00:00:00:78";

	AFTER(NUD_REACHABLE, 0x78, 0, NUD_STALE, m77);
	AFTER(NUD_REACHABLE, 0x78, WEFT_NEIGH_SOLICITED, NUD_STALE, m77);
	AFTER(NUD_STALE, 0x78, WEFT_NEIGH_SOLICITED, NUD_STALE, m77);
	AFTER(NUD_DELAY, 0x78, 0, NUD_DELAY, m77);
	AFTER(NUD_REACHABLE, 0x78, WEFT_NEIGH_OVERRIDE, NUD_STALE, m78);
	AFTER(NUD_STALE, 0x78, WEFT_NEIGH_OVERRIDE | WEFT_NEIGH_SOLICITED,
	      NUD_REACHABLE, m78);
	AFTER(NUD_STALE, 0x77, WEFT_NEIGH_SOLICITED, NUD_REACHABLE, m77);
	AFTER(NUD_STALE, 0x77, WEFT_NEIGH_OVERRIDE, NUD_STALE, m77);
	AFTER(NUD_PERMANENT, 0x78, WEFT_NEIGH_OVERRIDE | WEFT_NEIGH_SOLICITED,
	      NUD_PERMANENT, m77);
	AFTER(NUD_NOARP, 0x78, WEFT_NEIGH_OVERRIDE, NUD_NOARP, m77);
}

/* A socket of ours, connected to port 7 of a neighbour. */
static int connected(const struct weft_addr *to)
{
	struct sockaddr_weft sa = { .sweft_family = weft, .sweft_port = htons(7),
				    .sweft_addr = *to };
	int fd = socket(weft, SOCK_DGRAM, 0);

	CHECK(!connect(fd, (void *)&sa, sizeof(sa)));
	return fd;
}

/* A datagram to nobody yet: one question to its group, and it goes when answered. */
static void questions(void)
{
	static const unsigned char group[] = { 3, 0x57, 0, 0, 0, 0x77 };
	struct wire_frame got[4], f = announce(0x77, &peer, WEFT_NEIGH_SOLICITED |
					       WEFT_NEIGH_OVERRIDE);
	struct weft_neigh_solicit msg;
	int fd = connected(&peer);

	CHECK(send(fd, "1", 1, 0) == 1 && send(fd, "2", 1, 0) == 1);
	CHECK(netns_neigh(&peer, NULL) == NUD_INCOMPLETE);
	CHECK(wire_until_now(got, 4) == 1);
	memcpy(&msg, got[0].body, sizeof(msg));
	CHECK(msg.ctl.type == WEFT_CTL_NEIGH_SOLICIT && !msg.ctl.flags);
	CHECK(!memcmp(&msg.target, &peer, 8) && !memcmp(&msg.asker, &us, 8));
	CHECK(!memcmp(got[0].eth.h_dest, group, ETH_ALEN));
	CHECK(got[0].hdr.hop_limit == WEFT_HOP_LIMIT_NEIGH);

	wire_put(&f);
	CHECK(wire_until_now(got, 4) == 2);
	CHECK(got[0].hdr.next == WEFT_PROTO_DGRAM && got[0].body[8] == '1');
	CHECK(got[1].hdr.next == WEFT_PROTO_DGRAM && got[1].body[8] == '2');
	CHECK(!memcmp(got[0].eth.h_dest, f.eth.h_source, ETH_ALEN));
	CHECK(netns_neigh(&peer, NULL) == NUD_REACHABLE);
	CHECK(send(fd, "3", 1, 0) == 1 && wire_until_now(got, 4) == 1);
	close(fd);
	del(&peer);
}

/* The queue of one neighbour: 20 are sent, the last 16 remain. */
static void queues_are_bounded(void)
{
	struct wire_frame got[24], f = announce(0x77, &peer, WEFT_NEIGH_SOLICITED |
						WEFT_NEIGH_OVERRIDE);
	long before = netns_counter("DropNeighQueue");
	int fd = connected(&peer), i;

	for (i = 0; i < 20; i++)
		CHECK(send(fd, &(char){ 'a' + i }, 1, 0) == 1);
	CHECK(netns_counter("DropNeighQueue") == before + 4);
	wire_drain();
	wire_put(&f);
	CHECK(wire_until_now(got, 24) == 16);
	for (i = 0; i < 16; i++)
		CHECK(got[i].body[8] == 'e' + i);
	close(fd);
	del(&peer);
}

/* Nobody: three questions, then the socket is told, then packets are refused. */
static void who_does_not_answer(void)
{
	long asked = netns_counter("OutNeighSolicits");
	long failed = netns_counter("DropNeighFailed");
	int fd = connected(&peer), idle = connected(&other);
	struct pollfd p = { .fd = fd };
	char c;

	CHECK(send(fd, "1", 1, 0) == 1 && send(fd, "2", 1, 0) == 1);
	CHECK(poll(&p, 1, 20000) == 1 && p.revents & POLLERR);
	CHECK(recv(fd, &c, 1, MSG_DONTWAIT) < 0 && errno == EHOSTUNREACH);
	CHECK(send(fd, "3", 1, 0) < 0 && errno == EHOSTUNREACH);
	CHECK(netns_neigh(&peer, NULL) == NUD_FAILED);
	CHECK(netns_counter("OutNeighSolicits") == asked + 3);
	CHECK(netns_counter("DropNeighFailed") == failed + 3);
	/* Sockets with other peers hear nothing. */
	CHECK(recv(idle, &c, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
	close(fd);
	close(idle);
	del(&peer);
	wire_drain();
}

/* Stale and silent: used as it is, asked alone three times, then given up. */
static void who_does_not_answer_any_more(void)
{
	static const unsigned char at[] = WIRE_MAC(0x77);
	struct wire_frame got = {};
	int fd = connected(&peer), asked = 0;

	CHECK(!rtnl_neigh_set(nl, dev, NUD_STALE, &peer, at));
	CHECK(send(fd, "1", 1, 0) == 1);
	CHECK(netns_neigh(&peer, NULL) == NUD_DELAY);
	CHECK(wire_until_now(&got, 1) == 1 && got.hdr.next == WEFT_PROTO_DGRAM);
	while (asked < 3 && wire_get(&got, 20000)) {
		CHECK(got.body[0] == WEFT_CTL_NEIGH_SOLICIT);
		CHECK(!memcmp(got.eth.h_dest, at, ETH_ALEN));
		CHECK(netns_neigh(&peer, NULL) == NUD_PROBE);
		asked++;
	}
	while (netns_neigh(&peer, NULL) == NUD_PROBE)
		CHECK(!wire_get(&got, 10));
	CHECK(netns_neigh(&peer, NULL) == NUD_FAILED);
	CHECK(send(fd, "2", 1, 0) < 0 && errno == EHOSTUNREACH);
	close(fd);
	del(&peer);
}

/* Stale and alive: the answer to the first question is enough. */
static void who_answers_again(void)
{
	static const unsigned char at[] = WIRE_MAC(0x77);
	struct wire_frame got, f = announce(0x77, &peer, WEFT_NEIGH_SOLICITED);
	int fd = connected(&peer);

	CHECK(!rtnl_neigh_set(nl, dev, NUD_STALE, &peer, at));
	CHECK(send(fd, "1", 1, 0) == 1);
	CHECK(wire_until_now(&got, 1) == 1);
	CHECK(wire_get(&got, 20000) && got.body[0] == WEFT_CTL_NEIGH_SOLICIT);
	wire_put(&f);
	CHECK(wire_until_now(&got, 1) == 0);
	CHECK(netns_neigh(&peer, NULL) == NUD_REACHABLE);
	close(fd);
	del(&peer);
}

static void proxies(void)
{
	static const unsigned char mac[] = { 3, 0x57, 0, 0, 0, 0x78 };
	struct rtnl_request req = rtnl_neigh(RTM_NEWNEIGH, NLM_F_CREATE, dev, 0,
					     &other);
	struct wire_frame f = solicit(0x77, &other, &any, 0);

	((struct ndmsg *)req.parts)->ndm_flags = NTF_PROXY;
	CHECK(!rtnl_ask(nl, &req).err);
	f.hdr.dst = (struct weft_addr){ { { 0xff, 2, 0, 1, 0, 0, 0, 0x78 } } };
	memcpy(f.eth.h_dest, mac, sizeof(mac));
	resum(&f);
	answered(&f, &other, WEFT_NEIGH_SOLICITED);
	req.nlh.nlmsg_type = RTM_DELNEIGH;
	CHECK(!rtnl_ask(nl, &req).err);
	comes_to_nothing(__LINE__, &f, "DropNotLocal");
}

/* Our address from another MAC: we say whose it is, and say so once. */
static void conflicts(void)
{
	struct wire_frame got[4], f = announce(0x77, &us, WEFT_NEIGH_OVERRIDE);
	struct weft_neigh_announce msg;
	int i;

	for (i = 0; i < 3; i++)
		wire_put(&f);
	CHECK(wire_get(&got[0], 20000));
	memcpy(&msg, got[0].body, sizeof(msg));
	CHECK(msg.ctl.type == WEFT_CTL_NEIGH_ANNOUNCE);
	CHECK(ntohl(msg.ctl.flags) == WEFT_NEIGH_OVERRIDE);
	CHECK(!memcmp(&msg.target, &us, 8));
	CHECK(wire_until_now(&got[1], 1) == 0);
	CHECK(!memcmp(&got[0].hdr.dst, &allnodes, 8));
}

/* --- floods --------------------------------------------------------------------- */

static const struct weft_addr live = { { { 0, 7, 0, 0, 0, 1, 0, 1 } } };
static const struct weft_addr fixed = { { { 0, 7, 0, 0, 0, 1, 0, 2 } } };

static long memory(const char *name)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char key[64];
	long n, found = 0;

	while (f && fscanf(f, "%63s %ld%*[^\n]", key, &n) == 2)
		if (!strcmp(key, name))
			found = n;
	if (f)
		fclose(f);
	return found;
}

static int entries(int states)
{
	FILE *f = fopen("/proc/thread-self/net/weft/neigh", "r");
	int st, n = 0;

	while (f && fscanf(f, "%*s %*u %x %*x %*s %*s", &st) == 1)
		n += !!(st & states);
	if (f)
		fclose(f);
	return n;
}

static void keep_alive(int fd)
{
	struct wire_frame f = announce(0x77, &live, WEFT_NEIGH_SOLICITED);

	wire_put(&f);
	CHECK(send(fd, "1", 1, 0) == 1);
	wire_drain();
}

static void set_live(void)
{
	static const unsigned char at[] = WIRE_MAC(0x77);

	CHECK(!rtnl_neigh_set(nl, dev, NUD_REACHABLE, &live, at));
	CHECK(!rtnl_neigh_set(nl, dev, NUD_PERMANENT, &fixed, at));
}

static void still_live(void)
{
	struct wire_frame got;

	CHECK(netns_neigh(&live, NULL) == NUD_REACHABLE);
	CHECK(netns_neigh(&fixed, NULL) == NUD_PERMANENT);
	wire_drain();
	CHECK(wire_until_now(&got, 1) >= 0);
}

static void address_of(struct weft_addr *addr, unsigned int i)
{
	*addr = (struct weft_addr){ { { 0, 7, 0, 0, 9, i >> 16, i >> 8, i } } };
}

/* Packets to many addresses where nobody is. */
static void flood_of_unknown(void)
{
	struct sockaddr_weft sa = { .sweft_family = weft, .sweft_port = htons(7) };
	int keep = connected(&live), fd = socket(weft, SOCK_DGRAM, 0), i, most = 0;
	long dropped = netns_counter("DropNeighFull") + netns_counter("DropNeighFailed");
	long slab = memory("SUnreclaim:"), peak = 0;
	time_t begin = time(NULL);

	set_live();
	/* What waits is charged to the socket, which is not to be the limit. */
	CHECK(!setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &(int){ 64 << 20 },
			  sizeof(int)));
	for (i = 0; i < FLOOD; i++) {
		address_of(&sa.sweft_addr, i);
		if (sendto(fd, "x", 1, 0, (void *)&sa, sizeof(sa)) != 1)
			CHECK(!errno);
		if (i % 1000)
			continue;
		keep_alive(keep);
		if (entries(~0) > most)
			most = entries(~0);
		if (memory("SUnreclaim:") - slab > peak)
			peak = memory("SUnreclaim:") - slab;
	}
	printf("# %d s; at most %d entries, slab %+ld kB\n",
	       (int)(time(NULL) - begin), most, peak);
	CHECK(most <= 2048 + 2);
	CHECK(entries(NUD_INCOMPLETE | NUD_FAILED) <= 2048);
	/* Each gave way, or where this takes long was given up before. */
	CHECK(netns_counter("DropNeighFull") + netns_counter("DropNeighFailed") - dropped >=
	      FLOOD - 2048 - 2);
	/* Half of 4096, each with one small packet: a few megabytes. */
	CHECK(peak < 16 << 10);
	still_live();
	close(fd);
	while (entries(NUD_INCOMPLETE | NUD_FAILED)) {
		keep_alive(keep);
		usleep(1000);
	}
	close(keep);
	still_live();
}

/* Questions from many addresses that nobody has. */
static void flood_of_askers(void)
{
	long slab = memory("SUnreclaim:"), peak = 0;
	int keep = connected(&live), i, most = 0;
	time_t begin = time(NULL);
	struct weft_addr asker;
	struct wire_frame f;

	set_live();
	for (i = 0; i < FLOOD; i++) {
		address_of(&asker, i);
		f = solicit(0x77, &us, &asker, 0);
		wire_put(&f);
		if (i % 1000)
			continue;
		keep_alive(keep);
		if (entries(~0) > most)
			most = entries(~0);
		if (memory("SUnreclaim:") - slab > peak)
			peak = memory("SUnreclaim:") - slab;
	}
	printf("# %d s; at most %d entries, slab %+ld kB\n",
	       (int)(time(NULL) - begin), most, peak);
	CHECK(most > 1000 && most <= 4096 + 1);
	CHECK(peak < 16 << 10);
	still_live();
	close(keep);
	CHECK(!netns_run("ip link set us down"));
	CHECK(entries(~0) == 0);
}

static int run(void)
{
	struct wire_frame got[4];

	weft = netns_weft_family();
	if (netns_run("weft addr add 7::1/16 dev us nodad"))
		return 1;
	/* Its announcement is no answer to anything. */
	wire_until_now(got, 4);
	dev = if_nametoindex("us");
	nl = rtnl_open(0);

	TAP_RUN(broken_by_their_header);
	TAP_RUN(broken_by_their_length);
	TAP_RUN(broken_by_their_sense);
	TAP_RUN(nobody_is_made_by_an_announcement);
	TAP_RUN(targets_that_are_not_here);
	TAP_RUN(groups_of_others_are_not_heard);
	TAP_RUN(askers_are_learned);
	TAP_RUN(askers_that_are_none);
	TAP_RUN(announcements_override_or_not);
	TAP_RUN(questions);
	TAP_RUN(queues_are_bounded);
	TAP_RUN(who_does_not_answer);
	TAP_RUN(who_does_not_answer_any_more);
	TAP_RUN(who_answers_again);
	TAP_RUN(proxies);
	TAP_RUN(conflicts);
	TAP_RUN(flood_of_unknown);
	TAP_RUN(flood_of_askers);
	return tap_done();
}

int main(void)
{
	return wire_main(run);
}
