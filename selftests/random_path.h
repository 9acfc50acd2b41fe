/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bad paths. Lane I is three namespaces, aI - rI - bI, joined by two veth pairs, a1 - r1
 * and r2 - b1; rI forwards. What a path does to packets follows from a seed.
 */
#ifndef RANDOM_PATH_H
#define RANDOM_PATH_H

#include <fcntl.h>
#include <net/if.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "random.h"
#include "sock.h"

#define LANES_MAX	8

enum { NODE_A, NODE_R, NODE_B, NODES };

/**
 * struct path - what happens to packets between A and B
 * @loss: percent, there and back
 * @delay: ms, each way
 * @jitter: ms
 * @reorder: percent that do not wait
 * @duplicate: percent
 * @corrupt: percent
 * @rate: kbit/s, 0 for no limit
 * @limit: packets in a queue
 * @at_router: the router spoils them, else A and B do
 * @whole: large packets cross the links whole
 * @checksums: are left to devices
 * @mtu: of the two links
 * @changing: the MTUs change meanwhile
 * @eased: nothing is lost or spoiled any more
 */
struct path {
	int loss[2], delay, jitter, reorder, duplicate, corrupt, rate, limit;
	bool at_router, whole, checksums;
	int mtu[2];
	bool changing, eased;
};

/**
 * struct lane - three namespaces
 * @ns: the namespaces
 * @ctl: a socket in each, for ioctl()
 * @path: what its path is like now
 * @pid: a shell that is making it so, or 0
 * @change_at: when an MTU changes next, ms
 */
struct lane {
	int ns[NODES], ctl[NODES];
	struct path path;
	pid_t pid;
	int64_t change_at;
};

static inline void lane_enter(const struct lane *lane, int node)
{
	CHECK(!setns(lane->ns[node], CLONE_NEWNET));
}

/* The address of A (0) or B (1). */
static inline struct sock_name lane_name(int end, int port)
{
	struct sock_name n = sock_any(netns_weft_family(), port);

	n.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, 1 + end, 0, 0, 0, 1 + end } } };
	return n;
}

/* --- what a path is like ------------------------------------------------------------- */

/* One in three has a large part of everything bad. */
static inline struct path path_make(struct prng *p)
{
	struct path path = {
		.limit = prng_between(p, 50, 1000),
		.at_router = prng_chance(p, 60),
		.whole = prng_chance(p, 50),
		.checksums = prng_chance(p, 70),
		.mtu = { 1500, 1500 },
	};
	int most = prng_pick(p, 0, 1, 5, 15, 30);

	if (prng_chance(p, 70))
		path.loss[prng_below(p, 2)] = prng_between(p, 0, most);
	if (prng_chance(p, 30)) {
		path.loss[0] = prng_between(p, 0, most);
		path.loss[1] = path.loss[0];
	}
	if (prng_chance(p, 70))
		path.delay = prng_between(p, 1, 20);
	if (path.delay && prng_chance(p, 40))
		path.jitter = prng_between(p, 1, path.delay);
	if (path.delay && prng_chance(p, 40))
		path.reorder = prng_between(p, 1, 30);
	if (prng_chance(p, 30))
		path.duplicate = prng_between(p, 1, 30);
	if (prng_chance(p, 30))
		path.corrupt = prng_between(p, 1, most ? most / 2 + 1 : 1);
	if (prng_chance(p, 30))
		path.rate = 1000 * prng_between(p, 1, 100);
	if (prng_chance(p, 40)) {
		path.mtu[0] = prng_pick(p, 1500, 9000, 1300, WEFT_MTU_MIN);
		path.mtu[1] = prng_pick(p, 1500, 9000, 1400, 900, WEFT_MTU_MIN);
	}
	path.changing = prng_chance(p, 30);
	return path;
}

/* Percent of round trips that lose something, roughly. */
static inline int path_badness(const struct path *path)
{
	return path->loss[0] + path->loss[1] + 2 * path->corrupt;
}

static inline void path_print(const struct path *path)
{
	printf("# path: loss %d%% and %d%%, delay %d ms, jitter %d ms, reorder %d%%\n",
	       path->loss[0], path->loss[1], path->delay, path->jitter, path->reorder);
	printf("#   duplicate %d%%, corrupt %d%%, rate %d kbit, limit %d, mtu %d and %d",
	       path->duplicate, path->corrupt, path->rate, path->limit, path->mtu[0],
	       path->mtu[1]);
	printf("%s%s%s%s%s\n", path->changing ? ", changing" : "",
	       path->at_router ? ", at the router" : "", path->whole ? ", large packets" : "",
	       path->checksums ? "" : ", checksums by software", path->eased ? ", eased" : "");
}

static inline int path_netem(const struct path *path, int way, char *to, size_t size)
{
	int n = snprintf(to, size, "netem limit %d", path->limit);

	if (path->delay)
		n += snprintf(to + n, size - n, " delay %dms %dms", path->delay, path->jitter);
	if (path->loss[way] && !path->eased)
		n += snprintf(to + n, size - n, " loss %d%%", path->loss[way]);
	if (path->reorder)
		n += snprintf(to + n, size - n, " reorder %d%%", 100 - path->reorder);
	if (path->duplicate)
		n += snprintf(to + n, size - n, " duplicate %d%%", path->duplicate);
	if (path->corrupt && !path->eased)
		n += snprintf(to + n, size - n, " corrupt %d%%", path->corrupt);
	if (path->rate)
		n += snprintf(to + n, size - n, " rate %dkbit", path->rate);
	return n;
}

/* --- making it so -------------------------------------------------------------------- */

/* Both ends of a link at once, so that none sends what the other does not take. */
static inline void lane_set_mtu(const struct lane *lane, int link, int mtu)
{
	static const char *const dev[2][2] = { { "a1", "r1" }, { "r2", "b1" } };
	int end;

	for (end = 0; end < 2; end++) {
		struct ifreq ifr = { .ifr_mtu = mtu };

		strcpy(ifr.ifr_name, dev[link][end]);
		CHECK(!ioctl(lane->ctl[link + end], SIOCSIFMTU, &ifr));
	}
}

/* Begins to make the lane's path what it is to be; a shell does it meanwhile. */
static inline void lane_begin(struct lane *lane, int i)
{
	const struct path *path = &lane->path;
	char command[2048], there[256], back[256];
	char *const argv[] = { "sh", "-c", command, NULL };
	const char *seg = path->whole ? "on" : "off", *sum = path->checksums ? "on" : "off";

	path_netem(path, 0, there, sizeof(there));
	path_netem(path, 1, back, sizeof(back));
	snprintf(command, sizeof(command),
		 "exec >/dev/null 2>&1; for n in a%d r%d b%d;"
		 "do ip netns exec $n sh -c 'for d in /sys/class/net/[abr][12]; do d=${d##*/};"
		 "tc qdisc del dev $d root;"
		 "ethtool -K $d tx %s tx-sctp-segmentation %s; done'; done; "
		 "tc -n %c%d qdisc add dev %s root %s; "
		 "tc -n %c%d qdisc add dev %s root %s; "
		 "for n in a b; do weft -n $n%d route flush cache; done; :",
		 i, i, i, sum, seg, path->at_router ? 'r' : 'a', i,
		 path->at_router ? "r2" : "a1", there, path->at_router ? 'r' : 'b', i,
		 path->at_router ? "r1" : "b1", back, i);
	lane_set_mtu(lane, 0, path->mtu[0]);
	lane_set_mtu(lane, 1, path->mtu[1]);
	CHECK(!posix_spawnp(&lane->pid, "sh", NULL, NULL, argv, environ));
}

/* Is the shell done? */
static inline bool lane_ready(struct lane *lane)
{
	if (lane->pid && waitpid(lane->pid, NULL, WNOHANG) == lane->pid) {
		lane->pid = 0;
		lane->change_at = now_ms() + 200;
	}
	return !lane->pid;
}

/* An MTU changes, now and then. */
static inline void lane_change(struct lane *lane, struct prng *p)
{
	if (!lane->path.changing || now_ms() < lane->change_at)
		return;
	lane_set_mtu(lane, prng_below(p, 2),
		     prng_pick(p, 1500, 1500, 9000, 4000, 1400, 1280, 1000, WEFT_MTU_MIN));
	lane->change_at = now_ms() + prng_between(p, 50, 1000);
}

/* Nothing bad happens any more. */
static inline void lane_heal(struct lane *lane, int i)
{
	lane->path = (struct path){ .limit = 1000, .checksums = true, .whole = true,
				    .mtu = { 1500, 1500 } };
	lane_begin(lane, i);
	waitpid(lane->pid, NULL, 0);
	lane->pid = 0;
}

static inline int lane_open(struct lane *lane, int i)
{
	static const char names[NODES] = { 'a', 'r', 'b' };
	char path[64];
	int node;

	for (node = 0; node < NODES; node++) {
		snprintf(path, sizeof(path), "/run/netns/%c%d", names[node], i);
		lane->ns[node] = open(path, O_RDONLY | O_CLOEXEC);
		if (lane->ns[node] < 0 || setns(lane->ns[node], CLONE_NEWNET))
			return -1;
		lane->ctl[node] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (lane->ctl[node] < 0)
			return -1;
	}
	return 0;
}

/*
 * Neighbours are set by hand: who has to be asked is not found on a path that loses a
 * third of everything.
 */
static inline int lane_set_up(struct lane *lane, int i)
{
	char command[2048];

	snprintf(command, sizeof(command),
		 "a=a%d r=r%d b=b%d; set -e\n"
		 "for n in $a $r $b; do ip netns add $n; ip -n $n link set lo up;"
		 "ip netns exec $n sysctl -qew net.ipv6.conf.all.disable_ipv6=1;"
		 "ip netns exec $n sysctl -qew net.ipv6.conf.default.disable_ipv6=1; done\n"
		 "ip -n $a link add a1 type veth peer name r1 netns $r\n"
		 "ip -n $r link add r2 type veth peer name b1 netns $b\n"
		 "ip -n $a link set a1 address 02:00:00:00:00:01\n"
		 "ip -n $r link set r1 address 02:00:00:00:00:02\n"
		 "ip -n $r link set r2 address 02:00:00:00:00:03\n"
		 "ip -n $b link set b1 address 02:00:00:00:00:04\n"
		 "for l in $a/a1 $r/r1 $r/r2 $b/b1; do ip -n ${l%%/*} link set ${l#*/} up; done\n"
		 "weft -n $a addr add 7:1::1/32 dev a1 nodad\n"
		 "weft -n $r addr add 7:1::2/32 dev r1 nodad\n"
		 "weft -n $r addr add 7:2::1/32 dev r2 nodad\n"
		 "weft -n $b addr add 7:2::2/32 dev b1 nodad\n"
		 "weft -n $a route add 7:2::/32 via 7:1::2\n"
		 "weft -n $b route add 7:1::/32 via 7:2::1\n"
		 "weft -n $a neigh add 7:1::2 dev a1 lladdr 02:00:00:00:00:02\n"
		 "weft -n $r neigh add 7:1::1 dev r1 lladdr 02:00:00:00:00:01\n"
		 "weft -n $r neigh add 7:2::2 dev r2 lladdr 02:00:00:00:00:04\n"
		 "weft -n $b neigh add 7:2::1 dev b1 lladdr 02:00:00:00:00:03\n"
		 "ip netns exec $r sysctl -qw net.weft.forwarding=1\n", i, i, i);
	return netns_run(command) || lane_open(lane, i);
}

#endif /* RANDOM_PATH_H */
