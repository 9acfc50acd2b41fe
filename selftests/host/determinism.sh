#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The same seed gives the same run, to the nanosecond; another seed another.
# lab: host
# timeout: 900
. "$(dirname "$0")/../lib.sh"

tree=$(realpath "$(dirname "$0")/../..")
lab=$tree/scripts/lab

# Two real NICs, each in a namespace, with losses between: the times and the
# losses are what must repeat.
read -r -d '' script <<'END'
ip netns add a
ip link set eth0 netns a
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n a link set eth0 up
ip netns add b
ip link set eth1 netns b
ip -n b addr add 10.0.0.2/24 dev eth1
ip -n b link set eth1 up
ip netns exec a tc qdisc add dev eth0 root netem loss 30% delay 3ms 2ms
ip netns exec a /usr/bin/ping -c 20 -i 0.05 -W 1 10.0.0.2
ip -n a -s link show dev eth0
cat /proc/sys/kernel/random/uuid
grep 'now at' /proc/timer_list
dmesg
END

run() {
	"$lab" run --icount --seed "$1" --driver intree --nic e1000 --nic e1000 -- \
		bash -c "$script" >"$tap_tmp/$2" 2>&1
}

check "a run with seed 1" run 1 first
check "again" run 1 second
check "a run with seed 2" run 2 other
check "the losses are there" grep -q 'packet loss' "$tap_tmp/first"
check "the same seed gives the same run" cmp "$tap_tmp/first" "$tap_tmp/second"
check_status "another seed gives another run" 1 cmp -s "$tap_tmp/first" "$tap_tmp/other"

"$lab" run --icount --seed 3 --nic none -- sh -c 'exit 9' >"$tap_tmp/out" 2>&1
check_equal "the exit status comes through" $? 9
check "a failed run tells how to replay it" \
	grep -q 'to replay: scripts/lab run --icount --seed 3' "$tap_tmp/out"
cd "$tree" && rmdir results/run 2>/dev/null
finish
