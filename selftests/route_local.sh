#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Routes of kind local: a node takes packets for a prefix as its own.
# lab: --nodes 1 --nic none
# kernels: stock debug
. "$(dirname "$0")/lib.sh"

# receives ADDRESS: a socket of b, bound to no address, gets a datagram from a.
receives() {
	timeout 20 weft -n b nc -ul 7000 </dev/null >"$tap_tmp/got" &
	local pid=$!
	wait_until 10 in_ns b grep -qi :1b58 /proc/net/weft/dgram
	echo hello | weft -n a nc -u -w 1 "[$1]:7000"
	wait_until 5 grep -q hello "$tap_tmp/got"
	local status=$?
	kill "$pid"
	wait "$pid"
	return "$status"
}

ns_add a b
ns_join a a1 b b1
weft -n a addr add 7:1::1/32 dev a1 nodad
weft -n b addr add 7:1::2/32 dev b1 nodad
weft -n a route add 7:9::/32 via 7:1::2
check_fails "not ours yet" "100% packet loss" weft -n a ping -c 1 -W 0.3 7:9::5
check "added" weft -n b route add local 7:9::/32 dev lo
check_equal "shown" "$(weft -n b route show type local)" "local 7:9::/32 dev lo metric 1024"
check_equal "the way there" "$(weft -j -n b route get 7:9::5 | jq -c '.[0] | [.type, .dev]')" \
	'["local","lo"]'
check_equal "the way of a packet of others" \
	"$(weft -j -n b route get 7:9::5 iif b1 | jq -r '.[0].type')" local
check_equal "it answers, from that address" \
	"$(weft -j -n a ping -c 1 -W 5 7:9::5 | jq -r '.responders[].address')" 7:9:0:5
check_equal "to itself" "$(weft -j -n b ping -c 1 7:9::77 | jq -r '.responders[].address')" \
	7:9:0:77
check "a socket without an address receives" receives 7:9::6
check "a socket may be bound there" weft -n b ping -I 7:9::8 -c 1 -W 5 7:1::1
in_ns b sysctl -qw net.weft.forwarding=1
check "with forwarding on as well" weft -n a ping -c 1 -W 5 7:9::5
weft -n b route add blackhole 7:9:1::/48
check_fails "a longer prefix takes some away" "100% packet loss" \
	weft -n a ping -c 1 -W 0.3 7:9:1:5
in_ns b sysctl -qw net.weft.forwarding=0

check_fails "no gateway is this node" "gateway is this node" \
	weft -n b route add 8::/16 via 7:9::5
check_fails "it has no next hop" "has no next hop" \
	weft -n b route add local 7:8::/32 via 7:1::1 dev b1
check_fails "nor another device" "loopback device" \
	weft -n b route add local 7:8::/32 dev b1
check_fails "others do not lead to the loopback device" "loopback device" \
	weft -n b route add 7:8::/32 dev lo
check_fails "link-local addresses have none" "need no route" \
	weft -n b route add local fe80::/16
check "the device need not be told" weft -n b route add local 7:8::/32
ip -n b link set lo down
check_fails "without the loopback device" "unreachable" weft -n b ping -c 1 7:8::1
ip -n b link set lo up
check "with it" weft -n b ping -c 1 7:8::1
check "deleted" weft -n b route del local 7:9::/32
check_fails "ours no longer" "100% packet loss" weft -n a ping -c 1 -W 0.3 7:9::5
check "the other one stays" weft -n b ping -c 1 7:8::1
finish
