#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The 82574L where there are no messages: one queue, on a line that it may share.
# lab: --nodes 1 --nic e1000e --nic e1000e --append pci=nomsi
# kernels: stock debug
# timeout: 60
. "$(dirname "$0")/nic/lib.sh"

link_up() {
	ip link show dev eth0 | grep -q LOWER_UP
}

check "the pair comes up" nic_up
check "its interrupt is a line" grep -qE 'IO-APIC.* eth0(,|$)' /proc/interrupts
check_fails "one queue pair" "exceeds" ethtool -L eth0 combined 2
check "flood ping loses nothing" sh -c "ping -q -f -c $((1000 / scale)) $b4 | grep -q ' 0% packet loss'"
check "TCP out" nic_send 4 "$b4" 8
check "TCP over IPv6" nic_send 6 "$b6" 4
check "a negotiation interrupts" ethtool -r eth0
check "the link comes back" wait_until 20 link_up
check "it works" wait_until 20 ping -c 1 -W 1 "$b4"
finish
