// SPDX-License-Identifier: GPL-2.0
/*
 * A thousand namespaces, each with an address and a route, around one router: all are
 * reached by it and reach each other through it, and all go. On the debug kernel there
 * are a hundred, since each costs some megabytes and a second there.
 *
 * lab: --nodes 1 --nic none
 * timeout: 180
 */
#include <sys/resource.h>
#include <time.h>
#include "nodes.h"

#define ALL		1000
#define ALL_DEBUG	100
#define SAMPLE		100

/* Node 0 is the router, the others are around it. */
static int nodes, own_routes;
static struct timespec begun;

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - begun.tv_sec + (now.tv_nsec - begun.tv_nsec) / 1e9;
}

static long available(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char key[64];
	long kb = 0, n;

	while (f && fscanf(f, "%63s %ld%*[^\n]", key, &n) == 2)
		if (!strcmp(key, "MemAvailable:"))
			kb = n;
	if (f)
		fclose(f);
	return kb;
}

/* --- all of them ------------------------------------------------------------------- */

/* Link, address and route: both ends know each other's link-local addresses. */
static void settle(int i)
{
	struct node_way up = { .via = node_linklocal(0, i), .dev = NODE_DEV };
	struct node_way down = { .dst = node_host(i), .len = 64, .dev = NODE_DEV + i,
				 .via = node_linklocal(i, 0) };

	node_start(i, false);
	node_join(i, 0);
	node_route(i, RTM_NEWROUTE, &up);
	node_route(0, RTM_NEWROUTE, &down);
}

static void made(void)
{
	long before = available(), bare;
	int i;

	for (i = 1; i <= nodes; i++)
		node_make(i);
	bare = available();
	printf("# %d namespaces in %.1f s, %ld kB each\n", nodes, seconds(),
	       (before - bare) / nodes);
	for (i = 1; i <= nodes; i++)
		settle(i);
	printf("# with link, address and route after %.1f s, %ld kB more each\n", seconds(),
	       (bare - available()) / nodes);
}

/*
 * Whether node @from hears from node @to over @routers. A guest among others may stand
 * still for the seconds in which neighbours resolve, so it asks three times; the first
 * answer counts.
 */
static bool hears(int from, int to, int routers)
{
	struct node_answer a;
	int i;

	for (i = 0; i < 3; i++) {
		a = node_probe(from, node_host(to), -1, 56);
		if (a.routers == routers)
			return true;
		printf("# %d to %d: errno %d, error %d, %d routers\n", from, to, a.err, a.type,
		       a.routers);
		if (a.routers >= 0)
			break;
	}
	return false;
}

static void reached(void)
{
	int i, n = 0;

	for (i = 1; i <= nodes; i++)
		n += hears(0, i, 0);
	CHECK(n == nodes);
}

static void reach_each_other(void)
{
	int i, n = 0;

	for (i = 0; i < SAMPLE; i++)
		n += hears(1 + i * 7 % nodes, 1 + (i * 13 + 1) % nodes, 1);
	CHECK(n == SAMPLE);
}

/* Devices of the router but its loopback. */
static int links(void)
{
	struct ifinfomsg ifi = {};
	struct rtnl_request req = rtnl_request(RTM_GETLINK, NLM_F_DUMP, &ifi,
					       sizeof(ifi));

	return rtnl_ask(node_nl[0], &req).count - 1;
}

static int routes(void)
{
	struct rtmsg rtm = { .rtm_family = netns_weft_family() };
	struct rtnl_request req = rtnl_request(RTM_GETROUTE, NLM_F_DUMP, &rtm,
					       sizeof(rtm));

	return rtnl_ask(node_nl[0], &req).count;
}

/* Some are sent packets when they go. */
static void gone(void)
{
	static const struct weft_addr groups = WEFT_ADDR_ALLNODES_INIT;
	struct sockaddr_weft sa = { .sweft_family = netns_weft_family(), .sweft_port = 7 };
	double since = seconds();
	int i, fd;

	CHECK(links() == nodes);
	CHECK(routes() == own_routes + nodes);
	node_enter(0);
	fd = socket(sa.sweft_family, SOCK_DGRAM, 0);
	for (i = 1; i <= nodes; i++) {
		sa.sweft_addr = i % 2 ? node_host(i) : groups;
		sa.sweft_scope = i % 2 ? 0 : NODE_DEV + i;
		sendto(fd, "bye", 3, 0, (void *)&sa, sizeof(sa));
		node_end(i);
	}
	close(fd);
	while (links())
		usleep(10000);
	CHECK(routes() == own_routes);
	printf("# all ended in %.1f s\n", seconds() - since);
}

int main(void)
{
	struct rlimit files = { 4 * NODES_MAX, 4 * NODES_MAX };

	nodes = access("/sys/kernel/debug/kmemleak", F_OK) ? ALL : ALL_DEBUG;
	if (setrlimit(RLIMIT_NOFILE, &files))
		return 1;
	node_make(0);
	node_start(0, true);
	own_routes = routes();
	clock_gettime(CLOCK_MONOTONIC, &begun);
	TAP_RUN(made);
	TAP_RUN(reached);
	TAP_RUN(reach_each_other);
	TAP_RUN(gone);
	return tap_done();
}
