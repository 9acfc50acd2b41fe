# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What one NIC receives and another sends: frames wait together for one doorbell, and none
# waits for ever. There is a third device, eth2.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

program=$(realpath "$(dirname "${BASH_SOURCE[0]}")/forward.py")
there=198.51.100.9

# By way of eth0 and eth2 back to the peer, whose own address that is not.
road() {
	ip address add 198.51.100.1/24 dev eth2
	ip link set eth2 up
	ip neigh replace "$there" dev eth2 nud permanent \
		lladdr "$(in_ns "$peer" cat /sys/class/net/eth1/address)"
	ip -n "$peer" route add "$there" via "$a4"
	echo 1 >/proc/sys/net/ipv4/ip_forward
	at_end road_away
}

road_away() {
	echo 0 >/proc/sys/net/ipv4/ip_forward
	ip link set eth2 down
	ip neigh del "$there" dev eth2
	ip address del 198.51.100.1/24 dev eth2
}

# come_back COUNT: that many datagrams come back.
come_back() {
	test "$(in_ns "$peer" python3 "$program" eth1 "$there" "$1")" -eq "$1"
}

# poll_seldom: interrupts stay off for 4 ms after each poll, so that it finds many frames.
poll_seldom() {
	echo 4000000 >/sys/class/net/eth0/gro_flush_timeout
	echo 100 >/sys/class/net/eth0/napi_defer_hard_irqs
	at_end poll_at_once
}

poll_at_once() {
	echo 0 >/sys/class/net/eth0/napi_defer_hard_irqs
	echo 0 >/sys/class/net/eth0/gro_flush_timeout
}

check "the pair comes up" nic_up
road
check "the road is open" wait_until 20 come_back 1
check "one by one" come_back 1
check "and many" come_back 50
poll_seldom
rung=$(counter eth2 tx0_doorbells) sent=$(counter eth2 tx0_packets)
check "many at a time" come_back 100
rung=$(($(counter eth2 tx0_doorbells) - rung)) sent=$(($(counter eth2 tx0_packets) - sent))
note "$sent frames, $rung doorbells"
check "several frames share a doorbell" test "$rung" -le $((sent / 2))
check "a single one is sent all the same" come_back 1
finish
