#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The NICs sleep and wake with their guest, one of each model on one hub, also with
# traffic under way, that of an AF_XDP socket without a copy among it. The root of that
# guest is in memory, because 9p does not survive a suspend.
# lab: host
# timeout: 300
tree=$(realpath "$(dirname "$0")/../..")
if [ "${1:-}" != --inside ]; then
	exec "$tree/scripts/lab" run --icount --one-hub --nic e1000 --nic e1000e --nic virtio -- \
		bash "$tree/selftests/host/nic_suspend.sh" --inside
fi
. "$tree/selftests/nic/lib.sh"

third=third
c4=192.0.2.3

# suspend STATE: all of it but the last step, which nothing here would wake from.
suspend() {
	echo 1 >/sys/module/suspend/parameters/pm_test_delay
	echo platform >/sys/power/pm_test
	echo "$1" >/sys/power/state
}

# vlan DEV ADDRESS [-n NAMESPACE]
vlan() {
	local dev=$1 address=$2
	shift 2
	ip "$@" link add link "$dev" name "$dev.7" type vlan id 7
	ip "$@" address add "$address/24" dev "$dev.7"
	ip "$@" link set "$dev.7" up
}

third_up() {
	ip -n "$third" address replace "$c4/24" dev eth2
	ip -n "$third" link set eth2 up
}

# all_answer: the other two, by IP, by a tag that devices insert, strip and let pass,
# and by Weft.
all_answer() {
	local address
	for address in "$b4" "$c4" 192.0.3.2 192.0.3.3; do
		ping -c 1 -W 1 "$address" || return 1
	done
	weft ping -c 1 "$(weft_address "$peer" eth1)%eth0" &&
		weft ping -c 1 "$(weft_address "$third" eth2)%eth0"
}

# rotate: each NIC gets the name of the one before, the first that of the last.
rotate() {
	local i
	for i in 0 1 2; do
		ip link set "eth$i" down
		ip link set "eth$i" name "was$i"
	done
	for i in 0 1 2; do
		ip link set "was$i" name "eth$(((i + 2) % 3))"
	done
}

resets() {
	counter eth0 resets
	counter eth1 resets
	ip netns exec "$third" ethtool -S eth2 | sed -n 's/^ *resets: //p'
}

for model in 82540EM 82574L virtio-net; do
	check "AF_XDP, suspend and resume: $model" "$tree/build/selftests/nic_xsk" \
		"$(declare -f suspend); suspend freeze"
	rotate
done
check "the pair comes up" nic_up
ns_add "$third"
ip link set eth2 netns "$third"
third_up
vlan eth0 192.0.3.1
vlan eth1 192.0.3.2 -n "$peer"
vlan eth2 192.0.3.3 -n "$third"
check "they reach each other" wait_until 20 all_answer
# A device that nobody sets up anew when it wakes stays without bus mastering, and
# sends nothing until its hang is noticed and it is reset.
nic_stop_dma
check "suspend and resume" suspend freeze
check "they reach each other afterwards" wait_until 20 all_answer

ping -4 -f -q -l 64 -s 1400 -w 1000 "$b4" >/dev/null 2>&1 &
at_end kill $!
in_ns "$peer" ping -4 -f -q -l 64 -s 1400 -w 1000 "$c4" >/dev/null 2>&1 &
at_end kill $!
in_ns "$third" ping -4 -f -q -l 64 -s 1400 -w 1000 "$a4" >/dev/null 2>&1 &
at_end kill $!
check "suspend and resume under traffic" suspend freeze
check "they reach each other afterwards" wait_until 20 all_answer
check_equal "no reset was needed" "$(resets | tr '\n' ' ')" "0 0 0 "

ip link set eth0 down
ip -n "$peer" link set eth1 down
ip -n "$third" link set eth2 down
check "suspend and resume while down" suspend freeze
nic_address
third_up
check "they reach each other when they are up again" wait_until 20 all_answer
finish
