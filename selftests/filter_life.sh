#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules and connections are those of one namespace and go with it; weft_filter goes and
# comes back while packets meet them.
# lab: --nodes 1 --nic none --smp 2
# kernels: stock debug
# timeout: 180
. "$(dirname "$0")/lib.sh"

filter_module=$WEFT_TREE/build/$(uname -r)/proto/filter/weft_filter.ko
at_end sh -c "[ -d /sys/module/weft_filter ] || insmod $filter_module"

# rules NAMESPACE VERDICT: what comes in is a connection, is counted and meets the verdict.
rules() {
	weft -n "$1" filter -f - <<-END
		flush ruleset
		table t {
			set seen { type addr; size 100; flags dynamic; }
			chain input {
				type filter hook input priority 0
				control type echo-request ct state new,established add @seen { src }
				control type echo-request counter $2
			}
		}
	END
}

# counted NAMESPACE: the rule has counted a packet.
counted() {
	weft -n "$1" filter list ruleset | grep -q 'counter packets [1-9]'
}

# tracks NAMESPACE: it knows connections.
tracks() {
	[ -n "$(weft -n "$1" track list)" ]
}

answers() {
	weft -n a ping -c 1 -w 2 "$1"
}

silent() {
	! answers "$1"
}

# a in the middle, b and c beside it.
ns_add a b c
ns_join a veth0 b veth1
ns_join a veth2 c veth3
weft -n a addr add 7:1::1/32 dev veth0 nodad
weft -n b addr add 7:1::2/32 dev veth1 nodad
weft -n a addr add 7:2::1/32 dev veth2 nodad
weft -n c addr add 7:2::2/32 dev veth3 nodad
wait_until 20 answers 7:1::2
wait_until 20 answers 7:2::2

# --- namespaces ------------------------------------------------------------------------

weft -n c filter monitor >"$tap_tmp/monitor" 2>&1 &
at_end kill $!
check "rules in one namespace" rules b drop
check "are obeyed there" silent 7:1::2
check "and count" counted b
check "not in another" answers 7:2::2
check_equal "which has none" "$(weft -n c filter list ruleset)" ""
check "connections in one" rules b accept
check "packets pass" answers 7:1::2
check "and are known there" tracks b
check "not in another" answers 7:2::2
check_equal "which knows none" "$(weft -n c track list)" ""

# Who listens has come so far when it tells of its own namespace.
heard() {
	weft -n c filter "add table heard; delete table heard"
	grep -q heard "$tap_tmp/monitor"
}
check "who listens hears of its own" wait_until 20 heard
check_equal "and of no other" "$(grep -cw t "$tap_tmp/monitor")" 0

check_fails "another user's root may not change ours" "not permitted" \
	unshare -Ur weft filter "add table t"
check_fails "nor flush connections" "not permitted" unshare -Ur weft track flush
# shellcheck disable=SC2016 # run by sh
check_equal "but all in its own" "$(unshare -Urn sh -c '
	weft filter "add table mine" && weft filter list tables && weft track flush')" \
	"table weft mine"
check_equal "which is not ours" "$(weft filter list tables)" ""

# --- under traffic ---------------------------------------------------------------------

# Echo requests without end, many at a time.
flood() {
	while :; do
		weft -n a ping -c 100 -i 0.01 -w 5 "$1"
	done >/dev/null 2>&1
}

flood 7:1::2 &
at_end kill $!
flood 7:2::2 &
at_end kill $!
unload_and_load() {
	for ((i = 0; i < 3; i++)); do
		rules b accept && rules c drop &&
			wait_until 30 counted b && wait_until 30 counted c &&
			rmmod weft_filter && wait_until 20 answers 7:2::2 &&
			insmod "$filter_module" || return 1
	done
}
check "it goes and comes back" unload_and_load
check_equal "without rules" "$(weft -n b filter list ruleset)" ""
check_equal "and connections" "$(weft -n b track list)" ""

check "a namespace with rules" rules b accept
check "and connections" wait_until 30 tracks b
check "ends" ip netns del b
gone() {
	[ "$(ip -n a -o link show veth0 2>/dev/null)" = "" ]
}
check "with all it had" wait_until 30 gone
check "others go on" wait_until 30 answers 7:2::2
finish
