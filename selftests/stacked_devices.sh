#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A frame is received once, on the device at the top: a bridge, a bond, a macvlan.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

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
finish
