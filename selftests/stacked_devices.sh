#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A frame is received once, on the device at the top: a bridge, a bond, a macvlan; and
# traffic crosses bridges, VLANs in VLANs and a bond that loses a link.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

echos() {
	in_ns b sed -n 's/^InEchos //p' /proc/net/weft/stat
}

# once NAME DEV: pings from a to that device of b come once each.
once() {
	local before there
	there=$(weft_address b "$2")%veth0
	wait_until 10 has_address b "${there%%%*}"
	before=$(echos)
	check "$1: pings" weft -n a ping -c 3 -i 0.1 "$there"
	check_equal "$1: each comes once" "$(echos)" $((before + 3))
}

ns_add a b
ns_join a veth0 b veth1
wait_until 10 has_address a "$(weft_address a veth0)"

ip -n b link add br0 address 02:00:00:00:00:21 type bridge
ip -n b link set veth1 master br0
ip -n b link set br0 up
once bridge br0
ip -n b link del br0

ip -n b link add mv0 link veth1 address 02:00:00:00:00:22 type macvlan
ip -n b link set mv0 up
once macvlan mv0
once "the device below" veth1
ip -n b link del mv0

slave=$(weft_address b veth1)
ip -n b link add bond0 type bond mode active-backup
ip -n b link set veth1 down
ip -n b link set veth1 master bond0
ip -n b link set bond0 up
wait_until 20 link_is_up b bond0
once bond bond0
check_equal "its slave has no address" "$(weft -n b -j addr show dev veth1 |
	jq -r '.[].addr_info[].local')" ""
ip -n b link del bond0
ip -n b link set veth1 up
check "until it is none any more" wait_until 10 has_address b "$slave"
ip -n a link del veth0

# A bridge between two nodes, itself a node with an address.
ns_add c
ns_join a a1 b b1
ns_join b b2 c c1
ip -n b link add br0 address 02:00:00:00:00:21 type bridge
ip -n b link set b1 master br0
ip -n b link set b2 master br0
ip -n b link set br0 up
address a a1 7::1/16
address b br0 7::2/16
address c c1 7::3/16
wait_until 10 weft -n a ping -q -c 1 -W 1 7::3
check "through a bridge" weft -n a ping -q -c 3 -i 0.05 -s 5000 7::3
check "to the bridge" weft -n a ping -q -c 3 -i 0.05 7::2
check "and from it" weft -n b ping -q -c 3 -i 0.05 7::3
check_equal "the bridge forwards, not Weft" "$(counter b OutForwarded)" 0
ip -n b link del br0

# A VLAN with a MAC of its own, and a VLAN in it, beside the device below.
# vlan NAME DEV SUFFIX
vlan() {
	ip -n "$1" link add link "$2" name "$2.10" address "02:00:00:00:10:0$3" \
		type vlan id 10
	ip -n "$1" link set "$2.10" up
	ip -n "$1" link add link "$2.10" name "$2.20" address "02:00:00:00:20:0$3" \
		type vlan id 20
	ip -n "$1" link set "$2.20" up
	address "$1" "$2.10" "8:10::$3/32"
	address "$1" "$2.20" "8:20::$3/32"
}
vlan a a1 1
vlan b b1 2
check "a VLAN" weft -n a ping -q -c 3 -i 0.05 -s 5000 8:10::2
check "a VLAN in it" weft -n a ping -q -c 3 -i 0.05 -s 1400 8:20::2
check "by its link-local address" weft -n a ping -q -c 1 "$(weft_address b b1.20)%a1.20"
check "the device below" weft -n a ping -q -c 1 "$(weft_address b b1)%a1"
check "which does not hear the VLAN's" sh -c \
	"! weft -n a ping -q -c 1 -W 1 '$(weft_address b b1.20)%a1'"

# A bond of two links, one of which dies while echoes cross.
# bond NAME LAST DEV...
bond() {
	local name=$1 last=$2 dev
	shift 2
	ip -n "$name" link add bond0 type bond mode active-backup miimon 20
	for dev; do
		ip -n "$name" link set "$dev" down
		ip -n "$name" link set "$dev" master bond0
	done
	ip -n "$name" link set bond0 up
	address "$name" bond0 "a::$last/16"
}
ip -n a link del a1.10
ip -n b link del b1.10
ip -n a link add a2 type veth peer name b3 netns b
bond a 1 a1 a2
bond b 2 b1 b3
wait_until 20 link_is_up a bond0
wait_until 20 weft -n a ping -q -c 1 -W 1 a::2
ip netns exec a weft ping -i 0.02 -c 100000 a::2 >"$tap_tmp/echoes" 2>&1 &
pinging=$!
at_end kill $pinging
# more: echoes go on.
more() {
	local lines
	lines=$(wc -l <"$tap_tmp/echoes")
	wait_until 20 sh -c "[ \$(wc -l <$tap_tmp/echoes) -ge $((lines + 10)) ]"
}
check "a bond" more
ip -n b link set b1 down
check "the first link dies" more
check_equal "the other is in use" "$(in_ns a cat /sys/class/net/bond0/bonding/active_slave)" a2
ip -n b link set b1 up
ip -n b link set b3 down
check "the first comes back, the other dies" more
ip -n b link set b3 up
ip -n a link set a1 nomaster
check "a slave leaves" more
finish
