// SPDX-License-Identifier: GPL-2.0
/*
 * Large packets over devices and queues that the debug kernel has not.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock
 */
#include "paths.h"

static void a_macvlan_and_a_bond_carry_them(void)
{
	CHECK(path("ip -n oa link add a1 type veth peer name b1 netns ob;"
		   "ip -n oa link add a0 type bond mode active-backup;"
		   "ip -n oa link set a0 address 02:00:00:00:00:01;"
		   "ip -n oa link set a1 master a0; ip -n ob link set b1 up;"
		   "ip -n ob link add b0 link b1 type macvlan mode bridge;"
		   "ip -n ob link set b0 address 02:00:00:00:00:02;"));
	seen("ob", "b1", ONE, ONE);
	CHECK(!netns_run("ip netns exec oa ethtool -K a1 tx-sctp-segmentation off"));
	seen("ob", "b1", SPLIT, SPLIT);
	path_end();
}

static void queues_take_them_apart(void)
{
	CHECK(path(VETH));
	CHECK(!netns_run("tc -n oa qdisc add dev a0 root tbf rate 1gbit burst 5k limit 1m"));
	seen("ob", "b0", SPLIT, SPLIT);
	CHECK(!netns_run("tc -n oa qdisc replace dev a0 root netem delay 1ms"));
	seen("ob", "b0", ONE, ONE);
	CHECK(!netns_run("tc -n oa qdisc replace dev a0 root fq_codel"));
	seen("ob", "b0", ONE, ONE);
	path_end();
}

int main(void)
{
	path_init();
	TAP_RUN(a_macvlan_and_a_bond_carry_them);
	TAP_RUN(queues_take_them_apart);
	return tap_done();
}
