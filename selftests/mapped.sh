#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mapped addresses: each IPv4 address of a device is an address of Weft, for as long.
# lab: --nodes 1 --nic none
# kernels: stock debug
. "$(dirname "$0")/lib.sh"

# mapped NAME DEV: the device's mapped addresses, in the order they came.
mapped() {
	weft -j -n "$1" addr show dev "$2" | jq -r '[.. | objects |
		select(.protocol == "mapped") | "\(.local)/\(.prefixlen)"] | join(" ")'
}

# routes NAME: what leads to mapped prefixes.
routes() {
	weft -n "$1" route show | sed -n 's/^\(0:4:[^ ]*\).*/\1/p' | paste -sd ' '
}

dropped() {
	in_ns "$1" sed -n "s/^$2 //p" /proc/net/weft/stat
}

# hears_martian NAME FRAME: the frame is dropped as one from nowhere.
hears_martian() {
	[ "$(dropped "$1" DropMartian)" -gt "$2" ]
}

ns_add a b
ns_join a a1 b b1
ip -n a addr add 10.0.1.1/24 dev a1
ip -n b addr add 10.0.1.2/24 dev b1

check_equal "an address" "$(mapped a a1)" "0:4:a00:101/56"
check "it says whose it is" grep -q '0:4:a00:101/56 .*proto mapped' <(weft -n a addr)
check_equal "of the loopback device" "$(mapped a lo)" "0:4:7f00:1/40"
check "that one stays here" grep -q '0:4:7f00:1/40 scope host' <(weft -n a addr)
check_equal "a route to the prefix" "$(routes a)" "0:4:a00:100/56"
check "without delay, neighbours answer" weft -n a ping -c 1 -W 2 0:4:a00:102
check_equal "from a mapped address" \
	"$(weft -j -n a route get 0:4:a00:102 | jq -r '.[0].prefsrc')" "0:4:a00:101"
check "to itself" weft -n a ping -c 1 0:4:7f00:1

# Another length, a secondary address, the ends of the range, a peer.
ip -n a addr add 10.0.1.7/24 dev a1
ip -n a addr add 10.2.0.1/31 dev a1
ip -n a addr add 10.3.0.1/32 dev a1
ip -n a addr add 10.4.0.1 peer 10.5.0.0/16 dev a1
check_equal "each has one" "$(mapped a a1)" \
	"0:4:a00:101/56 0:4:a00:107/56 0:4:a02:1/63 0:4:a03:1/64 0:4:a04:1/64"
ip -n a addr add 10.0.1.1/16 dev a1
check_equal "with two lengths the first counts" "$(mapped a a1 | grep -o '0:4:a00:101/..')" \
	"0:4:a00:101/56"
ip -n a addr del 10.2.0.1/31 dev a1
ip -n a addr del 10.3.0.1/32 dev a1
ip -n a addr del 10.4.0.1 peer 10.5.0.0/16 dev a1
ip -n a addr del 10.0.1.1/24 dev a1
check_equal "then the other; secondaries go with their primary" "$(mapped a a1)" \
	"0:4:a00:101/48"
ip -n a addr del 10.0.1.1/16 dev a1
check_equal "gone with the last" "$(mapped a a1)$(routes a)" ""
in_ns a sysctl -qw net.ipv4.conf.a1.promote_secondaries=1
ip -n a addr add 10.0.1.1/24 dev a1
ip -n a addr add 10.0.1.7/24 dev a1
ip -n a addr del 10.0.1.1/24 dev a1
check_equal "a promoted one stays" "$(mapped a a1)" "0:4:a00:107/56"
ip -n a addr add 10.0.1.1/24 dev a1
check "reached again" weft -n b ping -c 1 -W 2 0:4:a00:101
ip -n a addr add 224.9.9.9/32 dev a1 autojoin
check_equal "a group is no node" "$(mapped a a1 | grep -c e009)" 0

# Down and up, another MTU.
ip -n a link set a1 down
check_equal "kept while down" "$(mapped a a1 | wc -w)" 2
ip -n a link set a1 up
wait_until 10 link_is_up a a1
check "in use when up" weft -n a ping -c 1 -W 5 0:4:a00:102
ip -n a link set a1 mtu 500
check_fails "not with too small an MTU" "unreachable" weft -n a ping -c 1 -W 1 0:4:a00:102
ip -n a link set a1 mtu 1500
check "again" weft -n a ping -c 1 -W 5 0:4:a00:102

# Who owns it.
weft -n a addr add 0:4:a09:1/64 dev a1 nodad
ip -n a addr add 10.9.0.1/24 dev a1
check_equal "one set by hand is not taken over" "$(mapped a a1 | grep -c a09:1)" 0
ip -n a addr del 10.9.0.1/24 dev a1
check "nor taken away" has_address a 0:4:a09:1/64
weft -n a addr del 0:4:a09:1/64 dev a1
check_fails "the device has it" "has this address" \
	weft -n a addr add 0:4:a00:101/56 dev a1
check "it can be made one's own" weft -n a addr replace 0:4:a00:101/56 dev a1
ip -n a addr del 10.0.1.1/24 dev a1
check "and stays then" has_address a 0:4:a00:101/56
weft -n a addr del 0:4:a00:101/56 dev a1
ip -n a addr add 10.0.1.1/24 dev a1

# The setting.
weft -n b addr add 0:4:b00:1/64 dev b1 nodad
in_ns b sysctl -qw net.weft.mapped=0
check_equal "off" "$(mapped b b1)$(mapped b lo)" ""
check "what was set by hand stays" has_address b 0:4:b00:1/64
ip -n b addr add 10.0.1.3/24 dev b1
check_equal "none is made" "$(mapped b b1)" ""
in_ns b sysctl -qw net.weft.mapped=1
check_equal "on" "$(mapped b b1) $(mapped b lo)" \
	"0:4:a00:102/56 0:4:a00:103/56 0:4:7f00:1/40"
check_fails "it is on or off" "invalid" in_ns b sysctl -w net.weft.mapped=2
check_equal "others have their own" "$(mapped a a1 | wc -w)" 2

# 127.0.0.0/8 is of the node alone.
check_fails "it leaves by no device" "unreachable" \
	weft -n a ping -c 1 -W 1 0:4:7f00:2
check_fails "no neighbour has one" "not an address" \
	weft -n a neigh add 0:4:7f00:9 lladdr 02:00:00:00:00:01 dev a1
before=$(dropped b DropMartian)
# A packet for it in a frame to b, from 0:4:a00:101.
in_ns a python3 - "$(in_ns b cat /sys/class/net/b1/address)" <<-'PYTHON'
	import socket, sys
	frame = bytes.fromhex(sys.argv[1].replace(":", "")) + bytes.fromhex(
	    "020000000001 88b5 10000018 0001403b 000000040a000101 000000047f000001")
	with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
	    raw.bind(("a1", 0))
	    raw.send(frame)
PYTHON
check "a packet for it is from nowhere" wait_until 5 hears_martian b "$before"

# A device that comes and goes elsewhere.
ip -n a link add d0 type dummy
ip -n a addr add 10.77.0.1/24 dev d0
ip -n a link set d0 up
check_equal "a new device" "$(mapped a d0)" "0:4:a4d:1/56"
ip -n a link set d0 netns b
check_equal "moved, it has lost it" "$(mapped b d0)" ""
check_equal "and the route is gone" "$(routes a | grep -c a4d)" 0
ip -n b link del d0

weft -n a monitor addr >"$tap_tmp/events" &
pid=$!
# An address comes and goes; the first ones may be before the monitor listens.
told() {
	ip -n a addr add 10.8.0.1/24 dev a1
	ip -n a addr del 10.8.0.1/24 dev a1
	grep -q '^0:4:a08:1/56 dev a1.* proto mapped' "$tap_tmp/events" &&
		grep -q '^deleted 0:4:a08:1/56 dev a1' "$tap_tmp/events"
}
check "monitor tells" wait_until 10 told
kill "$pid"
finish
