#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two queues of the 82574L: interrupts of their own, flows spread by a hash that is
# the right one, the table and key of ethtool -X, -L under traffic.
# lab: --nodes 1 --nic e1000e --nic e1000e --smp 2
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/nic/lib.sh"

vectors() {
	sed -n 's/.* \(eth0-[a-z]*[0-9]*\)$/\1/p' /proc/interrupts | sort | xargs
}

# table: the queues that the redirection table names, in order, each once.
table() {
	ethtool -x eth0 | sed -n 's/^ *[0-9]*: \+//p' | tr -s ' ' '\n' | grep . | sort -u | xargs
}

# flows_reach QUEUE: flows of the peer's that belong there by `ethtool -x` come in by that
# queue of eth0, but for noise.
flows_reach() {
	local queue=$1 other=$((1 - $1)) before other_before
	before=$(counter eth0 "rx${queue}_packets")
	other_before=$(counter eth0 "rx${other}_packets")
	ethtool -x eth0 >"$tap_tmp/rss"
	in_ns "$peer" "$(dirname "$0")/nic/flows.py" "$b4" "$a4" "$queue" sent "$tap_tmp/rss" &&
		[ "$(counter eth0 "rx${queue}_packets")" -ge $((before + 20)) ] &&
		[ "$(counter eth0 "rx${other}_packets")" -lt $((other_before + 20)) ]
}

# all_reach QUEUE: as the table is, no flow goes elsewhere.
all_reach() {
	[ "$(table)" = "$1" ] && flows_reach "$1"
}

hash_fields() {
	ethtool -n eth0 rx-flow-hash "$1" | grep -c -E '^(IP [SD]A|L4 bytes)'
}

check "the pair comes up" nic_up
check_equal "five interrupts" "$(vectors)" "eth0-other eth0-rx0 eth0-rx1 eth0-tx0 eth0-tx1"
# As many queues as processors are in use at first; the debug kernel finds one only.
[ "$(nproc)" -gt 1 ] || ethtool -L eth0 combined 2
check_equal "the table names both queues" "$(table)" "0 1"
check "flows of the first queue" flows_reach 0
check "flows of the second queue" flows_reach 1
check_equal "TCP is hashed with ports" "$(hash_fields tcp4) $(hash_fields tcp6)" "4 4"
check_equal "UDP without" "$(hash_fields udp4) $(hash_fields udp6)" "2 2"
check "-N cannot change that" sh -c \
	'ethtool -N eth0 rx-flow-hash udp4 sdfn 2>&1 | grep -q "not supported"'

check "-X equal 1" ethtool -X eth0 equal 1
check "all to the first" all_reach 0
check "-X weight" ethtool -X eth0 weight 0 1
check "all to the second" all_reach 1
check_fails "-L does not take a queue that the table names" "too low" ethtool -L eth0 combined 1
check_fails "-X refuses a queue that is not there" "Invalid" ethtool -X eth0 equal 3
key=$(printf '6d:5a:%.0s' {1..20})
check "-X hkey" ethtool -X eth0 hkey "${key%:}"
check "-X default" ethtool -X eth0 default
check_equal "both queues again" "$(table)" "0 1"
check "the key stayed" sh -c "ethtool -x eth0 | grep -q '${key%:}'"
check "flows of the first queue by that key" flows_reach 0
check "flows of the second queue by that key" flows_reach 1
check "-K receive-hashing off" ethtool -K eth0 receive-hashing off
check "it only hides the hash" flows_reach 1
check "-K receive-hashing on" ethtool -K eth0 receive-hashing on

in_ns "$peer" iperf3 -s -D -I "$tap_tmp/iperf3.pid"
at_end sh -c "kill \$(tr -d '\0' <$tap_tmp/iperf3.pid)"
wait_until 10 in_ns "$peer" sh -c 'ss -tln | grep -q :5201'
channels() {
	iperf3 -c "$b4" -P 8 -t 10 -R >"$tap_tmp/iperf" &
	local pid=$! n
	for n in 1 2 1 2; do
		wait_until 10 ping -c 1 -W 1 "$b4"
		ethtool -L eth0 combined $n || return 1
	done
	wait $pid
	wait_until 20 ping -c 1 -W 1 "$b4"
}
check "-L under traffic" channels
check_equal "the table follows" "$(table)" "0 1"
check "one queue" ethtool -L eth0 combined 1
check_equal "the table follows" "$(table)" "0"
check "it works" wait_until 20 ping -c 1 -W 1 "$b4"
check "flows reach it" flows_reach 0
check "two queues" ethtool -L eth0 combined 2
[ "$(nproc)" -eq 1 ] ||
	check_equal "the second is the second processor's again" \
		"$(cat /sys/class/net/eth0/queues/tx-1/xps_cpus)" 2
check "it works" wait_until 20 ping -c 1 -W 1 "$b4"
check "many flows at once" iperf3 -c "$b4" -P 8 -t "${NIC_SECONDS:-3}"
check "checksums by a queue's context" test "$(counter eth0 tx0_contexts)" -gt 0
# A processor sends by its own queue (XPS).
[ "$(nproc)" -eq 1 ] ||
	check "... and by the other's" test "$(counter eth0 tx1_contexts)" -gt 0
for queue in 0 1; do
	check_equal "none was wrong" "$(counter eth1 rx${queue}_csum_bad)" 0
done
finish
