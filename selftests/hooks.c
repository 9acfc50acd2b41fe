// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter's hooks on the road of a packet: which of them it passes, with which devices,
 * in which order; what each verdict does at each place, seen at the receiver; what passes
 * none; functions, modules and namespaces that go while packets pass.
 *
 * A host "oa" sends through a router "om" to a host "ob". (hooks_stream.c has streams.)
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 * timeout: 200
 */
#include <time.h>
#include "hooks.h"
#include "paths.h"

#define DGRAM	WEFT_PROTO_DGRAM
#define PARTS	WEFT_PROTO_FRAGMENT
#define GROUP_PORT	(PORT + 1)
/* The headers of a datagram. */
#define FRONT	((int)(sizeof(struct weft_hdr) + sizeof(struct weft_dgram_hdr)))
/* The longest datagram in a packet of 1500 bytes. */
#define FITS	(1500 - FRONT)

/* From oa to ob. */
static int tx, rx;

/* --- packets ------------------------------------------------------------------------ */

/* The address 7:NET::LAST at our port. */
static struct sock_name node(int net, int last)
{
	struct sock_name n = sock_any(weft, PORT);

	n.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, net, 0, 0, 0, last } } };
	return n;
}

/* Sends a datagram that begins with a letter. Returns the errno or 0. */
static int put(int fd, char letter, int len)
{
	static char data[65536];

	*data = letter;
	return send(fd, data, len, 0) == len ? 0 : errno;
}

/* The letter of the next datagram; 0 if none comes in 5 s, or now. */
static char got(int fd)
{
	return sock_wait(fd, POLLIN) & POLLIN && recv(fd, in, sizeof(in), 0) > 0 ? *in : 0;
}

static char got_now(int fd)
{
	return recv(fd, in, sizeof(in), MSG_DONTWAIT) > 0 ? *in : 0;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void flush_in(const char *ns)
{
	enter(ns);
	hook_flush();
}

static void flush_all(void)
{
	flush_in("oa");
	flush_in("om");
	flush_in("ob");
}

static void accept_all(const char *ns)
{
	enter(ns);
	hook_add_all("accept", DGRAM, PORT);
}

/* What a hook saw, by devices' names. Returns the place of its last call. */
static int seen_at(const char *ns, const char *hook, int packets, int len, const char *in_dev,
		   const char *out_dev)
{
	struct hook_seen seen;
	int in_index, out_index;

	enter(ns);
	in_index = in_dev ? if_nametoindex(in_dev) : 0;
	out_index = out_dev ? if_nametoindex(out_dev) : 0;
	hook_wait(hook, 0, packets);
	seen = hook_look(hook, 0);
	if (seen.packets != packets || seen.bytes != packets * len || seen.in != in_index ||
	    seen.out != out_index) {
		printf("# %s %s saw %ld packets, %ld bytes, from %d to %d; not %d, %d, %d, %d\n",
		       ns, hook, seen.packets, seen.bytes, seen.in, seen.out, packets,
		       packets * len, in_index, out_index);
		CHECK(!"the hook saw what it should");
	}
	return seen.order;
}

static void unseen_at(const char *ns, const char *hook)
{
	seen_at(ns, hook, 0, 0, NULL, NULL);
}

/* --- the places --------------------------------------------------------------------- */

static void a_packet_through_a_router(void)
{
	int out, post, pre, forward;

	accept_all("oa");
	accept_all("om");
	accept_all("ob");
	CHECK(!put(tx, 'a', 100) && got(rx) == 'a');

	out = seen_at("oa", "output", 1, FRONT + 100, NULL, "a0");
	post = seen_at("oa", "postrouting", 1, FRONT + 100, NULL, "a0");
	CHECK(out == 1 && post == 2);
	unseen_at("oa", "prerouting");
	unseen_at("oa", "input");
	unseen_at("oa", "forward");

	pre = seen_at("om", "prerouting", 1, FRONT + 100, "m1", NULL);
	forward = seen_at("om", "forward", 1, FRONT + 100, "m1", "m2");
	post = seen_at("om", "postrouting", 1, FRONT + 100, NULL, "m2");
	CHECK(pre == 1 && forward == 2 && post == 3);
	unseen_at("om", "input");
	unseen_at("om", "output");

	pre = seen_at("ob", "prerouting", 1, FRONT + 100, "b0", NULL);
	post = seen_at("ob", "input", 1, FRONT + 100, "b0", NULL);
	CHECK(pre == 1 && post == 2);
	unseen_at("ob", "forward");
	unseen_at("ob", "output");
	unseen_at("ob", "postrouting");
	flush_all();
}

/* To itself, by each of its addresses. */
static void a_packet_to_oneself(void)
{
	struct sock_name to[3];
	int fd, self, i;

	accept_all("oa");
	to[0] = sock_loopback(weft, PORT);
	to[1] = node(1, 1);
	to[2] = sock_link(PORT, 1, if_nametoindex("a0"));
	self = sock_bound(weft, PORT);
	fd = sock_dgram(weft);
	for (i = 1; i <= 3; i++) {
		CHECK(!connect(fd, &to[i - 1].sa, to[i - 1].len));
		CHECK(!put(fd, '0' + i, 10) && got(self) == '0' + i);
		CHECK(seen_at("oa", "output", i, FRONT + 10, NULL, "lo") == 4 * i - 3);
		CHECK(seen_at("oa", "postrouting", i, FRONT + 10, NULL, "lo") == 4 * i - 2);
		CHECK(seen_at("oa", "prerouting", i, FRONT + 10, "lo", NULL) == 4 * i - 1);
		CHECK(seen_at("oa", "input", i, FRONT + 10, "lo", NULL) == 4 * i);
	}
	unseen_at("oa", "forward");
	hook_flush();

	/* What is held finds the same way again. */
	for (i = 1; i <= 3; i++) {
		CHECK(!connect(fd, &to[i - 1].sa, to[i - 1].len));
		hook_add_all("hold", DGRAM, PORT);
		CHECK(!put(fd, 'h', 10) && got(self) == 'h');
		seen_at("oa", "input", 1, FRONT + 10, "lo", NULL);
		hook_flush();
	}
	close(fd);
	close(self);
}

static void priorities(void)
{
	struct hook_seen first, middle, last;

	enter("oa");
	hook_add("output 10 accept %d %d", DGRAM, PORT);
	hook_add("output -300 accept %d %d", DGRAM, PORT);
	hook_add("output 0 accept %d %d", DGRAM, PORT);
	CHECK(!put(tx, 'p', 10) && got(rx) == 'p');
	first = hook_look("output", -300);
	middle = hook_look("output", 0);
	last = hook_look("output", 10);
	CHECK(first.order == 1 && middle.order == 2 && last.order == 3);
	hook_flush();

	/* After a drop nobody is asked; of two at one priority the last one is first. */
	hook_add("output 0 accept %d %d", DGRAM, PORT);
	hook_add("output 10 accept %d %d", DGRAM, PORT);
	hook_add("output 0 drop %d %d", DGRAM, PORT);
	CHECK(put(tx, 'p', 10) == EPERM);
	CHECK(hook_look("output", 0).packets == 0 && hook_look("output", 10).packets == 0);
	hook_flush();
}

/* --- verdicts ----------------------------------------------------------------------- */

static const struct verdict {
	const char *action;
	bool passes;
	int err;	/* for who sends */
	int calls;
} verdicts[] = {
	{ "accept", true, 0, 1 },
	{ "drop", false, EPERM, 1 },
	{ "drop=113", false, EHOSTUNREACH, 1 },
	{ "steal", false, 0, 1 },
	{ "hold", true, 0, 1 },
	{ "repeat=1", true, 0, 2 },
	{ "repeat=8", true, 0, 9 },
	{ "repeat=9", false, EINVAL, 9 },
	{ "repeat=1000000", false, EINVAL, 9 },
	{ "queue", false, EOPNOTSUPP, 1 },
	{ "queue-bypass", true, 0, 1 },
	{ "mark=9", true, 0, 1 },
	{ "verdict=5", false, EINVAL, 1 },
	{ "verdict=77", false, EINVAL, 1 },
	{ "verdict=255", false, EINVAL, 1 },
};

static void one_verdict(const char *ns, const char *hook, const struct verdict *v)
{
	bool sends = !strcmp(ns, "oa");
	bool dropped = !v->passes && strcmp(v->action, "steal");
	double begin = now();
	long drops;
	int err;

	enter(ns);
	drops = netns_counter("DropHook");
	hook_add("%s 0 %s %d %d", hook, v->action, DGRAM, PORT);
	err = put(tx, 'v', 200);
	CHECK(err == (sends ? v->err : 0));
	CHECK(hook_wait(hook, 0, v->calls) == v->calls);
	if (v->passes)
		CHECK(got(rx) == 'v');
	if (!strcmp(v->action, "hold"))
		CHECK(now() - begin > 0.03);
	CHECK(hook_look(hook, 0).packets == v->calls);
	hook_flush();
	CHECK(netns_counter("DropHook") - drops == dropped);
	CHECK(!put(tx, '.', 200) && got(rx) == '.' && !got_now(rx));
}

static void verdicts_at(const char *ns, const char *hook)
{
	int failed = tap_failed_checks;
	unsigned int i;

	for (i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++) {
		one_verdict(ns, hook, &verdicts[i]);
		if (tap_failed_checks != failed)
			printf("# at %s %s: %s\n", ns, hook, verdicts[i].action);
		failed = tap_failed_checks;
	}
}

static void verdicts_of_who_sends(void)
{
	verdicts_at("oa", "output");
	verdicts_at("oa", "postrouting");
}

static void verdicts_of_who_forwards(void)
{
	verdicts_at("om", "prerouting");
	verdicts_at("om", "forward");
	verdicts_at("om", "postrouting");
}

static void verdicts_of_who_receives(void)
{
	verdicts_at("ob", "prerouting");
	verdicts_at("ob", "input");
}

/* The same packet again and again, at all places. */
static void held_everywhere(void)
{
	static const char *const ns[] = { "oa", "om", "ob" };
	struct sock_name to = node(2, 2);
	double begin;
	int i;

	for (i = 0; i < 3; i++) {
		enter(ns[i]);
		hook_add_all("hold", DGRAM, PORT);
	}
	begin = now();
	CHECK(!put(tx, 'h', 200) && got(rx) == 'h');
	CHECK(now() - begin > 7 * 0.03);
	flush_all();
	/* A large packet too, and one that its owner left. */
	enter("oa");
	hook_add_all("hold", DGRAM, PORT);
	CHECK(!put(tx, 'l', 20000) && got(rx) == 'l');
	CHECK(hook_look("output", 0).bytes == FRONT + 20000);
	i = sock_dgram(weft);
	CHECK(!connect(i, &to.sa, to.len) && !put(i, 'c', 1) && !close(i));
	CHECK(got(rx) == 'c');
	flush_all();
}

/* --- another way -------------------------------------------------------------------- */

/* OUTPUT gives a packet a mark, for which a rule has another way. */
static void a_mark_leads_elsewhere(void)
{
	long oks, drops;

	CHECK(!netns_run("ip -n oa link add a1 type veth peer name b1 netns ob;"
			 "ip -n oa link set a1 up; ip -n ob link set b1 up;"
			 "weft -n oa addr add 7:3::1/32 dev a1 nodad;"
			 "weft -n ob addr add 7:3::2/32 dev b1 nodad;"
			 "weft -n oa route add 7:2::/32 via 7:3::2 table 100;"
			 "weft -n oa rule add fwmark 7 lookup 100 pref 5;"
			 "weft -n oa rule add fwmark 8 prohibit pref 6"));
	accept_all("ob");
	enter("oa");
	hook_add("output 0 mark=7 %d %d", DGRAM, PORT);
	hook_add("postrouting 0 accept %d %d", DGRAM, PORT);
	CHECK(!put(tx, 'm', 1400) && got(rx) == 'm');
	seen_at("oa", "output", 1, FRONT + 1400, NULL, "a0");
	seen_at("oa", "postrouting", 1, FRONT + 1400, NULL, "a1");
	seen_at("ob", "input", 1, FRONT + 1400, "b1", NULL);

	/* That way is narrow. */
	CHECK(!netns_run("ip -n oa link set a1 mtu 1000;"
			 "ip netns exec oa ethtool -K a1 tx off >/dev/null"));
	oks = counter("oa", "FragOKs");
	CHECK(!put(tx, 'n', 1400) && got(rx) == 'n');
	CHECK(counter("oa", "FragOKs") == oks + 1);
	CHECK(!sock_set(tx, SOL_WEFT, WEFT_MTU_DISCOVER, WEFT_PMTUDISC_DO));
	drops = counter("oa", "DropTooBig");
	CHECK(put(tx, 'o', 1400) == EMSGSIZE);
	CHECK(counter("oa", "DropTooBig") == drops + 1);
	CHECK(!sock_set(tx, SOL_WEFT, WEFT_MTU_DISCOVER, WEFT_PMTUDISC_WANT));

	/* There is none. */
	flush_in("oa");
	hook_add("output 0 mark=8 %d %d", DGRAM, PORT);
	drops = netns_counter("DropNoRoute");
	CHECK(put(tx, 'q', 100) == EACCES);
	CHECK(netns_counter("DropNoRoute") == drops + 1);
	hook_flush();

	/* A mark that comes later changes nothing. */
	hook_add("postrouting 0 mark=8 %d %d", DGRAM, PORT);
	CHECK(!put(tx, 'r', 100) && got(rx) == 'r');
	flush_all();
	CHECK(!netns_run("ip -n oa link del a1; weft -n oa rule del pref 5;"
			 "weft -n oa rule del pref 6"));
}

/* --- long packets ------------------------------------------------------------------- */

/* A hook for datagrams and, at another priority, one for fragments. */
static void accept_both(const char *ns, const char *hook)
{
	enter(ns);
	hook_add("%s 0 accept %d %d", hook, DGRAM, PORT);
	hook_add("%s 1 accept %d", hook, PARTS);
}

static void parts_seen(const char *ns, const char *hook, int whole, int parts)
{
	enter(ns);
	CHECK(hook_wait(hook, 0, whole) == whole);
	CHECK(hook_wait(hook, 1, parts) == parts);
	if (whole)
		CHECK(hook_look(hook, 0).bytes == FRONT + 5000);
}

static void fragments(void)
{
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx off >/dev/null"));
	accept_both("oa", "output");
	accept_both("oa", "postrouting");
	accept_both("om", "prerouting");
	accept_both("om", "forward");
	accept_both("om", "postrouting");
	accept_both("ob", "prerouting");
	accept_both("ob", "input");
	CHECK(!put(tx, 'f', 5000) && got(rx) == 'f');
	parts_seen("oa", "output", 1, 0);
	parts_seen("oa", "postrouting", 1, 0);
	parts_seen("om", "prerouting", 0, 4);
	parts_seen("om", "forward", 0, 4);
	parts_seen("om", "postrouting", 0, 4);
	parts_seen("ob", "prerouting", 0, 4);
	parts_seen("ob", "input", 1, 0);
	flush_all();

	/* Fragments are packets of their own, and what is whole again is one. */
	enter("om");
	hook_add("forward 0 hold %d", PARTS);
	enter("ob");
	hook_add("prerouting 0 hold %d", PARTS);
	CHECK(!put(tx, 'g', 5000) && got(rx) == 'g');
	flush_in("om");
	flush_in("ob");
	hook_add("input 0 drop %d %d", DGRAM, PORT);
	CHECK(!put(tx, 'g', 5000) && hook_wait("input", 0, 1) == 1 && !got_now(rx));
	flush_all();
}

/* Sent in one piece as without hooks, to the last byte. */
static void what_just_fits(void)
{
	long oks = counter("oa", "FragOKs");

	accept_all("oa");
	accept_all("om");
	CHECK(!put(tx, 'f', FITS) && got(rx) == 'f');
	seen_at("om", "forward", 1, 1500, "m1", "m2");
	CHECK(counter("oa", "FragOKs") == oks);
	CHECK(!sock_set(tx, SOL_WEFT, WEFT_MTU_DISCOVER, WEFT_PMTUDISC_DO));
	CHECK(!put(tx, 'g', FITS) && got(rx) == 'g');
	CHECK(put(tx, 'g', FITS + 1) == EMSGSIZE);
	CHECK(!sock_set(tx, SOL_WEFT, WEFT_MTU_DISCOVER, WEFT_PMTUDISC_WANT));
	CHECK(counter("oa", "FragOKs") == oks);
	CHECK(!put(tx, 'h', FITS + 1) && got(rx) == 'h');
	CHECK(counter("oa", "FragOKs") == oks + 1);
	flush_all();
}

/* A router whose next link is narrow takes a packet apart after its last hook. */
static void a_router_makes_fragments(void)
{
	CHECK(!netns_run("ip -n om link set m2 mtu 1000;"
			 "ip netns exec om ethtool -K m2 tx off >/dev/null"));
	CHECK(!sock_set(tx, SOL_WEFT, WEFT_MTU_DISCOVER, WEFT_PMTUDISC_DONT));
	accept_both("om", "postrouting");
	accept_both("ob", "prerouting");
	CHECK(!put(tx, 'r', FITS) && got(rx) == 'r');
	seen_at("om", "postrouting", 1, 1500, NULL, "m2");
	parts_seen("ob", "prerouting", 0, 2);
	flush_in("om");
	hook_add("postrouting 0 hold %d %d", DGRAM, PORT);
	CHECK(!put(tx, 's', FITS) && got(rx) == 's');
	parts_seen("ob", "prerouting", 0, 4);
	flush_all();
	CHECK(!sock_set(tx, SOL_WEFT, WEFT_MTU_DISCOVER, WEFT_PMTUDISC_WANT));
	CHECK(!netns_run("ip -n om link set m2 mtu 1500;"
			 "ip netns exec om ethtool -K m2 tx on >/dev/null;"
			 "ip netns exec oa ethtool -K a0 tx on >/dev/null"));
}

/* A train is one packet for the hooks, and the drop of each one in it counts. */
static void trains(void)
{
	struct hook_seen seen;
	long drops;
	int i;

	CHECK(!sock_set(tx, SOL_WEFT, WEFT_SEGMENT, 1000));
	accept_all("oa");
	CHECK(!put(tx, 't', 10000));
	for (i = 0; i < 10; i++)
		CHECK(sock_wait(rx, POLLIN) && recv(rx, in, sizeof(in), 0) == 1000);
	seen = hook_look("postrouting", 0);
	CHECK(seen.packets == 1 && seen.large == 1 && seen.bytes == FRONT + 10000);
	hook_flush();
	hook_add("output 0 drop %d %d", DGRAM, PORT);
	drops = netns_counter("DropHook");
	CHECK(put(tx, 't', 10000) == EPERM);
	CHECK(netns_counter("DropHook") == drops + 10);
	hook_flush();
	CHECK(!sock_set(tx, SOL_WEFT, WEFT_SEGMENT, 0));
}

/* --- groups ------------------------------------------------------------------------- */

static struct sock_name group(void)
{
	struct sock_name n = sock_any(weft, GROUP_PORT);

	n.weft.sweft_addr = (struct weft_addr){ { { 0xff, 0x0e, 0, 9, 0, 0, 0, 1 } } };
	return n;
}

static void accept_groups(const char *ns)
{
	enter(ns);
	hook_add_all("accept", DGRAM, GROUP_PORT);
}

static int member(const char *ns, const char *dev)
{
	struct weft_group_req req = { .group = group().weft.sweft_addr };
	struct sock_name n = group();
	int fd;

	enter(ns);
	req.ifindex = if_nametoindex(dev);
	fd = sock_dgram(weft);
	CHECK(!bind(fd, &n.sa, n.len));
	CHECK(!setsockopt(fd, SOL_WEFT, WEFT_GROUP_JOIN, &req, sizeof(req)));
	return fd;
}

/* Who sends is a member itself. */
static void groups_with_loop(void)
{
	int here = member("oa", "a0"), far = member("om", "m1"), fd;
	struct sock_name to = group();

	enter("oa");
	fd = sock_dgram(weft);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_IF, if_nametoindex("a0")));
	CHECK(!connect(fd, &to.sa, to.len));

	accept_groups("oa");
	CHECK(!put(fd, 'g', 50) && got(here) == 'g' && got(far) == 'g');
	seen_at("oa", "output", 1, FRONT + 50, NULL, "a0");
	seen_at("oa", "postrouting", 1, FRONT + 50, NULL, "a0");
	seen_at("oa", "prerouting", 1, FRONT + 50, "a0", NULL);
	seen_at("oa", "input", 1, FRONT + 50, "a0", NULL);
	flush_in("oa");

	/* It is held and then goes both ways. */
	hook_add("output 0 hold %d %d", DGRAM, GROUP_PORT);
	CHECK(!put(fd, 'h', 50) && !got_now(here) && got(here) == 'h' && got(far) == 'h');
	hook_flush();
	hook_add("postrouting 0 drop %d %d", DGRAM, GROUP_PORT);
	CHECK(put(fd, 'i', 50) == EPERM && got(here) == 'i');
	hook_flush();
	hook_add("input 0 drop %d %d", DGRAM, GROUP_PORT);
	CHECK(!put(fd, 'j', 50) && got(far) == 'j' && hook_wait("input", 0, 1) == 1);
	hook_flush();
	hook_add("output 0 drop %d %d", DGRAM, GROUP_PORT);
	CHECK(put(fd, 'k', 50) == EPERM);
	hook_flush();

	/* It does not leave the node. */
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_HOPS, 0));
	accept_groups("oa");
	CHECK(!put(fd, 'l', 50) && got(here) == 'l');
	seen_at("oa", "output", 1, FRONT + 50, NULL, "a0");
	unseen_at("oa", "postrouting");
	seen_at("oa", "input", 1, FRONT + 50, "a0", NULL);
	hook_flush();
	hook_add("output 0 hold %d %d", DGRAM, GROUP_PORT);
	CHECK(!put(fd, 'm', 50) && got(here) == 'm');
	flush_all();
	CHECK(!got_now(here) && !got_now(far));
	close(here);
	close(far);
	close(fd);
}

static void groups_through_a_router(void)
{
	static const char *const held[] = { "prerouting", "forward", "postrouting" };
	struct sock_name to = group();
	int far = member("ob", "b0"), fd;
	unsigned int i;

	CHECK(!netns_run("weft -n om route add multicast ff0e:9::/32 dev m2"));
	enter("oa");
	fd = sock_dgram(weft);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_IF, if_nametoindex("a0")));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_GROUP_HOPS, 4));
	CHECK(!connect(fd, &to.sa, to.len));
	accept_groups("om");
	CHECK(!put(fd, 'g', 50) && got(far) == 'g');
	seen_at("om", "prerouting", 1, FRONT + 50, "m1", NULL);
	seen_at("om", "forward", 1, FRONT + 50, "m1", "m2");
	seen_at("om", "postrouting", 1, FRONT + 50, NULL, "m2");
	unseen_at("om", "input");
	unseen_at("om", "output");
	for (i = 0; i < 3; i++) {
		flush_in("om");
		hook_add("%s 0 hold %d %d", held[i], DGRAM, GROUP_PORT);
		CHECK(!put(fd, 'h', 50) && got(far) == 'h');
	}
	flush_in("om");
	hook_add("forward 0 drop %d %d", DGRAM, GROUP_PORT);
	CHECK(!put(fd, 'i', 50) && hook_wait("forward", 0, 1) == 1 && !got_now(far));
	flush_all();
	CHECK(!netns_run("weft -n om route del multicast ff0e:9::/32"));
	close(far);
	close(fd);
}

/* --- who is let through, and who is let in ------------------------------------------- */

/* Everything is dropped at all places of both, and still they find each other. */
static void neighbours_are_found(void)
{
	long drops, probes;

	CHECK(!netns_run("for n in oa om ob; do weft -n $n neigh flush nud all; done"));
	enter("om");
	hook_add_all("drop", 0, 0);
	drops = netns_counter("DropHook");
	enter("oa");
	hook_add("output 0 drop %d", WEFT_PROTO_CONTROL);
	hook_add("input 0 drop");
	hook_add("prerouting 0 drop");
	CHECK(!put(tx, 'n', 100));
	CHECK(!netns_run(UNTIL("weft -n oa neigh show 7:1::fe | grep -q REACHABLE")));
	CHECK(!netns_run("! weft -n oa ping -c 1 -W 1 7:1::fe >/dev/null 2>&1"));
	enter("om");
	CHECK(hook_wait("prerouting", 0, 1) >= 1 && netns_counter("DropHook") > drops);
	CHECK(!got_now(rx));

	/* Duplicates of addresses as well. */
	enter("oa");
	hook_flush();
	hook_add_all("drop", 0, 0);
	CHECK(put(tx, 'n', 100) == EPERM);
	probes = netns_counter("OutNeighSolicits");
	CHECK(!netns_run("weft -n om addr add 7:1::5/32 dev m1 nodad;"
			 "weft -n oa addr add 7:1::5/32 dev a0"));
	CHECK(!netns_run(UNTIL("weft -n oa addr show dev a0 | grep -q dadfailed")));
	CHECK(netns_counter("OutNeighSolicits") > probes);
	CHECK(!netns_run("weft -n oa addr del 7:1::5/32 dev a0;"
			 "weft -n om addr del 7:1::5/32 dev m1"));
	flush_all();
	CHECK(!put(tx, 'o', 100) && got(rx) == 'o');
}

static void namespaces_are_apart(void)
{
	long drops = counter("oa", "DropHook");
	int self, fd;
	struct sock_name to;

	enter("om");
	hook_add("output 0 drop");
	hook_add("input 0 drop");
	CHECK(!put(tx, 'a', 100) && got(rx) == 'a');
	enter("oa");
	to = sock_loopback(weft, PORT);
	self = sock_bound(weft, PORT);
	fd = sock_dgram(weft);
	CHECK(!connect(fd, &to.sa, to.len) && !put(fd, 'b', 10) && got(self) == 'b');
	CHECK(netns_counter("DropHook") == drops);
	CHECK(hook_look("output", 0).packets == -1);
	flush_all();
	close(fd);
	close(self);
}

/* With a wrong function the right one before it is refused too: it would drop all. */
static void wrong_functions_are_refused(void)
{
	char line[32], left[256];

	enter("oa");
	CHECK(hook_write("refuse hook") == EINVAL);
	CHECK(!put(tx, 'r', 10) && got(rx) == 'r');
	CHECK(hook_write("refuse null") == EINVAL);
	CHECK(!put(tx, 's', 10) && got(rx) == 's');
	CHECK(hook_write("refuse pf=10") == EPFNOSUPPORT);
	CHECK(!put(tx, 't', 10) && got(rx) == 't');
	/* It was right but for what was wrong. */
	snprintf(line, sizeof(line), "refuse pf=%d", weft);
	CHECK(!hook_write(line));
	CHECK(!hook_write("refuse pf=0"));
	CHECK(!put(tx, 'u', 10) && got(rx) == 'u');
	netns_read("weft_hook_test", left, sizeof(left));
	CHECK_STR(left, "");
}

/* --- while packets pass --------------------------------------------------------------- */

static pid_t traffic(void)
{
	pid_t pid = fork();
	int i;

	if (pid)
		return pid;
	for (i = 0;; i++) {
		put(tx, 'x', i % 8 ? 100 : 5000);
		if (i % 16 == 0)
			usleep(1000);
	}
}

static void stop(pid_t pid)
{
	CHECK(!netns_kill(pid));
	while (got_now(rx))
		;
}

/* What was on its way is not more than what a held packet takes. */
static void quiet(void)
{
	usleep(200000);
	while (got_now(rx))
		;
	CHECK(!put(tx, '.', 10) && got(rx) == '.');
}

static void functions_go_under_traffic(void)
{
	static const char *const actions[] = { "accept", "hold", "drop", "steal", "mark=3" };
	static const char *const ns[] = { "oa", "om", "ob" };
	pid_t sender = traffic();
	const char *hook;
	int i;

	for (i = 0; i < 30; i++) {
		enter(ns[i % 3]);
		hook_add_all(actions[i % 5], 0, 0);
		hook = i % 3 == 0 ? "output" : "prerouting";
		CHECK(hook_wait(hook, 0, 20) >= 20);
		hook_flush();
		while (got_now(rx))
			;
	}
	stop(sender);
	quiet();
}

static void the_module_goes_under_traffic(void)
{
	pid_t sender = traffic();
	int i;

	for (i = 0; i < 3; i++) {
		enter("oa");
		hook_add_all("hold", 0, 0);
		enter("om");
		hook_add_all(i ? "hold" : "accept", 0, 0);
		enter("ob");
		hook_add_all("hold", 0, 0);
		CHECK(hook_wait("input", 0, 20) >= 20);
		CHECK(!hooks_unload());
		CHECK(!hooks_load());
		while (got_now(rx))
			;
	}
	stop(sender);
	quiet();
}

/* The ends too, with functions and with packets that are held. */
static void namespaces_go(void)
{
	pid_t sender = traffic();

	enter("ob");
	hook_add_all("hold", 0, 0);
	CHECK(hook_wait("input", 0, 20) >= 20);
	enter("om");
	hook_add_all("hold", 0, 0);
	CHECK(hook_wait("forward", 0, 20) >= 20);
	enter("oa");
	hook_add_all("hold", 0, 0);
	CHECK(hook_wait("output", 0, 20) >= 20);
	CHECK(!setns(home, CLONE_NEWNET));
	close(rx);
	CHECK(!netns_run("ip netns del om; ip netns del ob"));
	CHECK(!netns_run(UNTIL("! ip -n oa link show a0 2>/dev/null")));
	CHECK(!netns_kill(sender));
	close(tx);
	CHECK(!netns_run("ip netns del oa"));
	CHECK(!hooks_unload());
}

int main(void)
{
	struct sock_name to;

	path_init();
	if (hooks_load() || !path(GATEWAY))
		return 1;
	enter("ob");
	rx = sock_bound(weft, PORT);
	enter("oa");
	tx = sock_dgram(weft);
	to = node(2, 2);
	CHECK(!connect(tx, &to.sa, to.len));
	CHECK(!put(tx, '.', 1) && got(rx) == '.');

	TAP_RUN(a_packet_through_a_router);
	TAP_RUN(a_packet_to_oneself);
	TAP_RUN(priorities);
	TAP_RUN(verdicts_of_who_sends);
	TAP_RUN(verdicts_of_who_forwards);
	TAP_RUN(verdicts_of_who_receives);
	TAP_RUN(held_everywhere);
	TAP_RUN(a_mark_leads_elsewhere);
	TAP_RUN(fragments);
	TAP_RUN(what_just_fits);
	TAP_RUN(a_router_makes_fragments);
	TAP_RUN(trains);
	TAP_RUN(groups_with_loop);
	TAP_RUN(groups_through_a_router);
	TAP_RUN(neighbours_are_found);
	TAP_RUN(namespaces_are_apart);
	TAP_RUN(wrong_functions_are_refused);
	TAP_RUN(functions_go_under_traffic);
	TAP_RUN(the_module_goes_under_traffic);
	TAP_RUN(namespaces_go);
	return tap_done();
}
