# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Life and death of weftnic: up and down, bind and unbind, unload under traffic,
# a transmit hang; nothing is left behind.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

driver=/sys/bus/pci/drivers/weftnic
slot=$(nic_pci eth0)

up_down() {
	for ((i = 0; i < $1; i++)); do
		ip link set eth0 up && ip link set eth0 down || return 1
	done
}

bind_unbind() {
	for ((i = 0; i < $1; i++)); do
		echo "$slot" >$driver/unbind && echo "$slot" >$driver/bind || return 1
	done
}

# Rings so large that 200 of either kind are more than 2 MiB.
check "large rings" ethtool -G eth0 rx 4096 tx 4096
up_down 3
check "200 times up and down, no memory is lost" no_leak up_down $((200 / scale))
bind_unbind 3
check "100 times bound and unbound, no memory is lost" no_leak bind_unbind $((100 / scale))

check "the pair comes up" nic_up
hang() {
	nic_hang
	wait_until 60 counted tx_timeouts && wait_until 60 counted resets
}
# counted NAME: that counter of eth0 has left zero.
counted() {
	[ "$(counter eth0 "$1")" -gt 0 ]
}
check "a transmit hang is noticed" hang
check "and mended" wait_until 20 ping -c 1 -W 1 "$b4"

unload() {
	ping -f -q -w 10 "$b4" >/dev/null &
	ip netns exec "$peer" ping -f -q -w 10 "$a4" >/dev/null &
	wait_until 20 sh -c "ethtool -S eth0 | grep -q 'tx0_packets: [1-9]'"
	rmmod weftnic
}
check "unload under traffic" unload
check "load again" insmod "$WEFT_TREE/build/$(uname -r)/driver/weftnic.ko"
check "both are back" wait_until 20 test -d /sys/class/net/eth1
finish
