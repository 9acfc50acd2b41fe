#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weftnic sleeps and wakes with its guest. The root of that guest is in memory,
# because 9p does not survive a suspend.
# lab: host
# timeout: 300
tree=$(realpath "$(dirname "$0")/../..")
if [ "${1:-}" != --inside ]; then
	exec "$tree/scripts/lab" run --icount --nic e1000 --nic e1000 -- \
		bash "$tree/selftests/host/nic_suspend.sh" --inside
fi
. "$tree/selftests/nic/lib.sh"

# suspend STATE: all of it but the last step, which nothing here would wake from.
suspend() {
	echo 1 >/sys/module/suspend/parameters/pm_test_delay
	echo platform >/sys/power/pm_test
	echo "$1" >/sys/power/state
}

# vlan_works: a tag that the device inserts, strips and lets pass.
vlan_works() {
	ping -c 1 -W 1 192.0.3.2
}

check "the pair comes up" nic_up
ip link add link eth0 name eth0.7 type vlan id 7
ip -n "$peer" link add link eth1 name eth1.7 type vlan id 7
ip address add 192.0.3.1/24 dev eth0.7
ip -n "$peer" address add 192.0.3.2/24 dev eth1.7
ip link set eth0.7 up
ip -n "$peer" link set eth1.7 up
check "a VLAN works" wait_until 20 vlan_works
# A device that nobody sets up anew when it wakes stays without bus mastering, and
# sends nothing until its hang is noticed and it is reset.
nic_stop_dma
check "suspend and resume" suspend freeze
check "IP works afterwards" wait_until 20 ping -c 1 -W 1 "$b4"
check "the VLAN too" wait_until 20 vlan_works
check_equal "no reset was needed" "$(counter eth0 resets)" 0
check "Weft too" wait_until 20 weft ping -c 1 "$(weft_address "$peer" eth1)%eth0"

ip link set eth0 down
check "suspend and resume while down" suspend freeze
ip link set eth0 up
ip address replace "$a4/24" dev eth0
check "it works when it is up again" wait_until 20 ping -c 1 -W 1 "$b4"
finish
