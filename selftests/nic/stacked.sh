# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What is built on a NIC: bridge, macvlan, VLAN, bond, tc. The bytes of a TCP stream come
# through each as they were, there and back, with all that the NICs do for it. eth2 is a
# second NIC for the bond.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

echo=$(realpath "$(dirname "${BASH_SOURCE[0]}")/echo.py")
inner=inner
v4=192.0.3.2

# carries NAME ADDRESS [NAMESPACE]: IP and TCP from there, or where eth0 is, to the peer.
carries() {
	local from=(${3:+ip netns exec "$3"})
	check "$1: IP" wait_until 20 "${from[@]}" ping -c 1 -W 0.3 "$2"
	check "$1: TCP" "${from[@]}" python3 "$echo" send "$2" 500000
}

# crossed NAME: dev0 of the inner namespace leads to the peer.
crossed() {
	ip -n "$inner" address add 192.0.2.3/24 dev dev0
	ip -n "$inner" link set dev0 up
	carries "$1" "$b4" "$inner"
}

# port0 is the near end of dev0.
inner_veth() {
	ip link add port0 type veth peer name dev0 netns "$inner"
	ip link set port0 up
}

stacked_bridge() {
	inner_veth
	ip link add br0 type bridge
	ip link set port0 master br0
	ip link set eth0 master br0
	ip link set br0 up
	crossed "bridge"
	ip link del br0
	ip link del port0
}

stacked_macvlan() {
	ip link add dev0 link eth0 netns "$inner" type macvlan mode bridge
	crossed "macvlan"
	ip -n "$inner" link del dev0
}

# redirect FROM TO: what comes in there goes out here, big packets of TCP as they are.
redirect() {
	tc qdisc add dev "$1" clsact
	tc filter add dev "$1" ingress matchall action mirred egress redirect dev "$2"
}

stacked_mirred() {
	inner_veth
	ip link set eth0 promisc on
	redirect eth0 port0
	redirect port0 eth0
	crossed "redirected by tc"
	tc qdisc del dev eth0 clsact
	ip link set eth0 promisc off
	ip link del port0
}

# vlan NAME FEATURE...: with these of eth0, as ethtool -K takes them.
vlan() {
	local name=$1
	shift
	check "$name: features" ethtool -K eth0 "$@"
	carries "$name" "$v4"
}

# Virtio-net leaves tags to the driver always.
stacked_vlan() {
	ip link add link eth0 name eth0.7 type vlan id 7
	ip -n "$peer" link add link eth1 name eth1.7 type vlan id 7
	ip address add 192.0.3.1/24 dev eth0.7
	ip -n "$peer" address add "$v4/24" dev eth1.7
	ip link set eth0.7 up
	ip -n "$peer" link set eth1.7 up
	vlan "VLAN, filtered" rx-vlan-filter on
	if ethtool -k eth0 | grep -q '^rx-vlan-offload: on'; then
		vlan "VLAN, tags by the driver" rxvlan off
		vlan "VLAN, tags by the device" rxvlan on txvlan on
	fi
	ip link del eth0.7
	ip -n "$peer" link del eth1.7
}

stacked_netem() {
	tc qdisc add dev eth0 root netem delay 2ms 1ms reorder 20% duplicate 2% loss 1%
	carries "netem" "$b4"
	tc qdisc del dev eth0 root
}

bond_uses() {
	[ "$(</sys/class/net/bond0/bonding/active_slave)" = "$1" ]
}

# The first link dies with the stream under way.
bond_fails_over() {
	local before
	before=$(sent)
	{ wait_until 20 sent_beyond $((before + 50)) && ip link set eth0 down; } &
	python3 "$echo" send "$b4" 2000000 && wait $! &&
		wait_until 5 bond_uses eth2
}

stacked_bond() {
	ip address del "$a4/24" dev eth0
	ip link set eth0 down
	ip link set eth2 down
	ip link add bond0 type bond mode active-backup miimon 20 primary eth0
	ip link set eth0 master bond0
	ip link set eth2 master bond0
	ip link set bond0 up
	ip address add "$a4/24" dev bond0
	check "bond: IP" wait_until 20 ping -c 1 -W 0.3 "$b4"
	check "bond: TCP, while a link dies" bond_fails_over
	ip link set eth0 up
	check "bond: the link comes back" wait_until 20 bond_uses eth0
	carries "bond" "$b4"
	ip link del bond0
	ip link set eth2 down
	nic_address
}

check "the pair comes up" nic_up
ns_add "$inner"
in_ns "$peer" python3 "$echo" serve &
at_end kill $!
stacked_bridge
stacked_macvlan
stacked_mirred
stacked_vlan
stacked_netem
stacked_bond
check "without all that" wait_until 20 ping -c 1 -W 1 "$b4"
