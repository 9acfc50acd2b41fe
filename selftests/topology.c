// SPDX-License-Identifier: GPL-2.0
/*
 * Sixteen routers in a line, a ring and a tree: every node reaches every other over as
 * many routers as there are, errors come from the right one, the path's MTU is found,
 * a ring lives on without one of its links, and what goes round in circles ends.
 *
 * lab: --nodes 1 --nic none
 * timeout: 120
 */
#include "nodes.h"

#define NODES	16
#define LAST	(NODES - 1)

static bool joined[NODES][NODES];

/* What nobody has. */
static const struct weft_addr nowhere = { { { 0, 8, 0, 0, 0, 0, 0, 1 } } };

/* --- plans --------------------------------------------------------------------------- */

static void join(int i, int j)
{
	node_link(i, j);
	joined[i][j] = true;
	joined[j][i] = true;
}

static void part(int i, int j)
{
	node_unlink(i, j);
	joined[i][j] = false;
	joined[j][i] = false;
}

/* Links from each node to @to; @next is the neighbour on a shortest way. */
static void measure(int to, int *links, int *next)
{
	int i, j, d;

	for (i = 0; i < NODES; i++)
		links[i] = i == to ? 0 : NODES;
	for (d = 0; d < NODES; d++)
		for (i = 0; i < NODES; i++)
			for (j = 0; j < NODES && links[i] == d; j++)
				if (joined[i][j] && links[j] > d + 1) {
					links[j] = d + 1;
					next[j] = i;
				}
}

static struct node_way way(int i, int to, int next)
{
	return (struct node_way){ .dst = node_host(to), .len = 64,
				  .via = node_addr(next, i), .src = node_host(i) };
}

/* A route at each node to each other by a shortest way; or none any more. */
static void shortest_ways(int type)
{
	int links[NODES], next[NODES], i, to;
	struct node_way w;

	for (to = 0; to < NODES; to++) {
		measure(to, links, next);
		for (i = 0; i < NODES; i++) {
			w = way(i, to, next[i]);
			if (i != to)
				node_route(i, type, &w);
		}
	}
}

/* --- what is found --------------------------------------------------------------------- */

static void tell(int from, struct weft_addr to, const struct node_answer *a)
{
	printf("# node %d to %x:%x:%x:%x: errno %d, %d routers, error %d %d from ...:%x\n",
	       from, ntohs(to.a16[0]), ntohs(to.a16[1]), ntohs(to.a16[2]),
	       ntohs(to.a16[3]), a->err, a->routers, a->type, a->code,
	       ntohs(a->from.a16[3]));
}

/* From each to each, over as many routers as the plan says. */
static void all_reach_all(void)
{
	int links[NODES], next[NODES], i, to, routers, wrong = 0;
	struct node_answer a;

	for (to = 0; to < NODES; to++) {
		measure(to, links, next);
		for (i = 0; i < NODES; i++) {
			a = node_probe(i, node_host(to), -1, 56);
			routers = links[i] ? links[i] - 1 : 0;
			if (a.routers == routers)
				continue;
			tell(i, node_host(to), &a);
			wrong++;
		}
	}
	CHECK(!wrong);
}

static long count_all(const char *pattern)
{
	long sum = 0;
	int i;

	for (i = 0; i < NODES; i++) {
		node_enter(i);
		sum += netns_counter(pattern);
	}
	return sum;
}

/* From each to each by some way, and nothing goes in circles. */
static void all_reach_somehow(void)
{
	long ended = count_all("DropHopLimit");
	struct node_answer a;
	int i, to;

	for (to = 0; to < NODES; to++)
		for (i = 0; i < NODES; i++) {
			a = node_probe(i, node_host(to), -1, 56);
			if (a.routers < 0)
				tell(i, node_host(to), &a);
			CHECK(a.routers >= 0);
		}
	CHECK(count_all("DropHopLimit") == ended);
}

/* Node @reporter, as the one towards @from knows it, answers with an error. */
static void answered(int line, int from, struct weft_addr to, int hop_limit, int type,
		     int code, struct weft_addr reporter)
{
	struct node_answer a = node_probe(from, to, hop_limit, 56);
	bool right = a.type == type && a.code == code &&
		     !memcmp(&a.from, &reporter, sizeof(reporter));

	if (!right) {
		printf("# line %d:\n", line);
		tell(from, to, &a);
	}
	CHECK(right);
}

#define ANSWERED(...)	answered(__LINE__, __VA_ARGS__)

/* --- a line ---------------------------------------------------------------------------- */

static void a_line(void)
{
	int i;

	for (i = 0; i < NODES; i++)
		node_make(i);
	for (i = 0; i < NODES; i++)
		node_start(i, true);
	for (i = 0; i < LAST; i++)
		join(i, i + 1);
	shortest_ways(RTM_NEWROUTE);
	all_reach_all();
}

/* Too few links: each router in turn says so. What it has no route for: that, too. */
static void errors_come_from_the_right_router(void)
{
	struct node_way w = way(0, 0, 1);
	int i;

	for (i = 1; i < LAST; i++)
		ANSWERED(0, node_host(LAST), i, WEFT_CTL_TIME, 0, node_addr(i, i - 1));
	CHECK(node_probe(0, node_host(LAST), LAST, 56).routers == LAST - 1);

	w.dst = nowhere;
	node_route(0, RTM_NEWROUTE, &w);
	ANSWERED(0, nowhere, -1, WEFT_CTL_UNREACH, 0, node_addr(1, 0));
	node_route(0, RTM_DELROUTE, &w);
	CHECK(node_probe(0, nowhere, -1, 56).err == ENETUNREACH);

	/* Nobody has that address on the second link. */
	w.dst = node_addr(1, 2);
	w.dst.a8[7] = 0x77;
	node_route(0, RTM_NEWROUTE, &w);
	ANSWERED(0, w.dst, -1, WEFT_CTL_UNREACH, 3, node_addr(1, 0));
	node_route(0, RTM_DELROUTE, &w);
}

static void set_mtu(int i, unsigned int mtu)
{
	node_set(i, NODE_DEV + i + 1, true, mtu);
	node_set(i + 1, NODE_DEV + i, true, mtu);
}

/* Each link of the first half is 50 bytes narrower than the one before. */
static void the_path_mtu_is_found(void)
{
	static const int size = 1400;
	struct node_answer a;
	int i, steps = 0;

	for (i = 0; i < NODES / 2; i++)
		set_mtu(i, 1500 - 50 * i);
	while ((a = node_probe(0, node_host(LAST), -1, size)).type == WEFT_CTL_TOOBIG) {
		steps++;
		/* The first whose next link is too narrow for 1432 bytes is node 2. */
		CHECK(!memcmp(&a.from, &(struct weft_addr[]){ node_addr(steps + 1, steps) },
			      sizeof(a.from)));
		if (steps > NODES)
			break;
	}
	CHECK(steps == NODES / 2 - 2);
	CHECK(a.routers == LAST - 1);
	node_enter(0);
	CHECK(!netns_run("weft route get 9::f | grep -q 'mtu 1150'"));
	for (i = 0; i < NODES / 2; i++)
		set_mtu(i, 1500);
}

/* --- a ring ---------------------------------------------------------------------------- */

static int after(int i)
{
	return (i + 1) % NODES;
}

static int before(int i)
{
	return (i + LAST) % NODES;
}

/*
 * The short way, and the long way with a higher metric. What comes by one side goes on to
 * the other, and turns back only where the ring is broken: so nothing goes in circles.
 */
static void ring_ways(void)
{
	struct node_way w;
	int i, links;

	for (i = 0; i < NODES; i++) {
		for (links = 1; links < NODES; links++) {
			w = way(i, (i + links) % NODES, after(i));
			w.metric = 2 * links;
			node_route(i, RTM_NEWROUTE, &w);
			w = way(i, (i + links) % NODES, before(i));
			w.metric = 2 * (NODES - links) + 1;
			node_route(i, RTM_NEWROUTE, &w);
		}
		for (w.table = 1; w.table <= 2; w.table++)
			for (w.metric = 1; w.metric <= 2; w.metric++) {
				w.dst = (struct weft_addr){ { { 0, 9 } } };
				w.len = 16;
				w.via = node_addr(w.metric == w.table ? after(i) :
						  before(i), i);
				node_route(i, RTM_NEWROUTE, &w);
			}
		node_rule(i, RTM_NEWRULE, before(i), 1);
		node_rule(i, RTM_NEWRULE, after(i), 2);
	}
}

static void a_ring(void)
{
	shortest_ways(RTM_DELROUTE);
	join(LAST, 0);
	ring_ways();
	all_reach_all();
}

/* Down at one end: the other has no carrier. */
static void a_ring_with_a_dead_link(void)
{
	node_set(1, NODE_DEV, false, 0);
	all_reach_somehow();
	CHECK(node_probe(0, node_host(1), -1, 56).routers == NODES - 2);
	node_set(1, NODE_DEV, true, 0);
	all_reach_all();
}

/* A link that loses all packets has its carrier: routes stay, and the sender is told. */
static void a_ring_with_a_silent_neighbour(void)
{
	struct node_answer a;
	int tries = 0;

	node_enter(3);
	CHECK(!netns_run("tc qdisc add dev t2 root netem loss 100%"));
	CHECK(!netns_run("weft neigh flush dev t2"));
	a = node_probe(3, node_host(2), -1, 56);
	CHECK(a.err == EHOSTUNREACH);
	ANSWERED(4, node_host(2), -1, WEFT_CTL_UNREACH, 3, node_addr(3, 4));
	node_enter(3);
	CHECK(!netns_run("tc qdisc del dev t2 root"));
	/* It is asked again a second later. */
	while (node_probe(3, node_host(2), -1, 56).routers < 0 && tries++ < 100)
		usleep(100000);
	CHECK(tries < 100);
}

static void a_ring_without_a_device(void)
{
	part(0, 1);
	all_reach_somehow();
}

/* --- a tree ---------------------------------------------------------------------------- */

/* Node 0 is at the top, 2 I + 1 and 2 I + 2 are below node I. */
static void a_tree(void)
{
	int i;

	for (i = 0; i < NODES; i++) {
		node_rule(i, RTM_DELRULE, before(i), 1);
		node_rule(i, RTM_DELRULE, after(i), 2);
	}
	for (i = 1; i < LAST; i++)
		part(i, i + 1);
	part(LAST, 0);
	for (i = 1; i < NODES; i++)
		join((i - 1) / 2, i);
	shortest_ways(RTM_NEWROUTE);
	all_reach_all();
}

/*
 * What nobody has goes up, and to and fro between the topmost two until its 64 links are
 * used up: 63 times it is forwarded, and the error three times on its way back.
 */
static void circles_end(void)
{
	long forwarded = count_all("OutForwarded"), ended = count_all("DropHopLimit");
	struct node_way w;
	int i;

	for (i = LAST; i > 0; i = (i - 1) / 2) {
		w = way(i, 0, (i - 1) / 2);
		w.dst = nowhere;
		node_route(i, RTM_NEWROUTE, &w);
	}
	w = way(0, 0, 1);
	w.dst = nowhere;
	node_route(0, RTM_NEWROUTE, &w);
	for (i = 0; i < 10; i++)
		ANSWERED(LAST, nowhere, -1, WEFT_CTL_TIME, 0, node_addr(0, 1));
	CHECK(count_all("OutForwarded") - forwarded == 10 * (63 + 3));
	CHECK(count_all("DropHopLimit") - ended == 10);
}

int main(void)
{
	TAP_RUN(a_line);
	TAP_RUN(errors_come_from_the_right_router);
	TAP_RUN(the_path_mtu_is_found);
	TAP_RUN(a_ring);
	TAP_RUN(a_ring_with_a_dead_link);
	TAP_RUN(a_ring_with_a_silent_neighbour);
	TAP_RUN(a_ring_without_a_device);
	TAP_RUN(a_tree);
	TAP_RUN(circles_end);
	return tap_done();
}
