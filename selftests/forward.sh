#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A line of two routers between two hosts: forwarding, and every error that a
# router answers with.
# lab: --nodes 1 --nic none
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

ping() {
	weft -n a ping -i 0.1 -W 2 "$@"
}

# send_from ADDRESS DESTINATION: a datagram of a.
send_from() {
	echo x | weft -n a nc -u -w 1 -s "$1" "$2" 9
}

ns_add a r1 r2 b
ns_join a a1 r1 r1a
ns_join r1 r12 r2 r21
ns_join r2 r2b b b1
no_solicits a r1 r2 b
address a a1 7:1::1/32
address r1 r1a 7:1::fe/32
address r1 r12 7:2::1/32
address r2 r21 7:2::2/32
address r2 r2b 7:3::fe/32
address b b1 7:3::2/32
weft -n a route add default via 7:1::fe
weft -n r1 route add 7:3::/32 via 7:2::2
weft -n r2 route add 7:1::/32 via "$(weft_address r1 r12)" dev r21
weft -n b route add default via 7:3::fe

counts "a host forwards nothing" r1 DropNotLocal 2 ping -c 2 7:3::2
forwarding r1 1
forwarding r2 1
check "through two routers" ping -c 3 7:3::2
counts "the first one" r1 OutForwarded 10 ping -c 5 7:3::2
check "as far as the second one" ping -c 1 7:2::2
check "its far side too" ping -c 1 7:3::fe

weft -n a route add 7:3::2/64 via 7:1::fe hoplimit 2
counts "two links are one too few" r2 OutTimeExceeds 2 ping -c 2 7:3::2
counts "the sender is told" a InTimeExceeds 2 ping -c 2 7:3::2
counts "the packet is counted" r2 DropHopLimit 1 ping -c 1 7:3::2
weft -n a route change 7:3::2/64 via 7:1::fe hoplimit 3
check "three are enough" ping -c 1 7:3::2
weft -n a route del 7:3::2/64

check_fails "no route" "Destination unreachable: no route" ping -c 1 8::1
counts "no route" r1 DropNoRoute 1 ping -c 1 8::1
weft -n r1 route add unreachable 8::/16
check_fails "unreachable" "Destination unreachable: no route" ping -c 1 8::1
counts "unreachable" r1 DropRoute 1 ping -c 1 8::1
weft -n r1 route replace prohibit 8::/16
check_fails "prohibited" "Destination unreachable: prohibited" ping -c 1 8::1
weft -n r1 route replace blackhole 8::/16
counts "a blackhole says nothing" r1 OutUnreachs 0 ping -c 1 8::1
counts "and counts" r1 DropRoute 1 ping -c 1 8::1

check_fails "no such host" "address does not answer" ping -c 1 -W 8 7:3::77
counts "a link-local source stays" r1 DropScope 1 \
	send_from "$(weft_address a a1)%a1" 7:3::2

ip -n r1 link set r12 mtu 1000
ip -n r2 link set r21 mtu 1000
counts "too big" r1 OutTooBigs 1 ping -c 1 -s 1200 7:3::2
check "the path's MTU is known" grep -q "mtu 1000" \
	<(weft -n a route get 7:3::2)
check "and is used" ping -c 2 -s 1200 7:3::2
check_equal "for that one only" "$(weft -n a route get 7:2::2 | grep -c mtu)" 0

in_ns r1 sysctl -qw net.weft.forwarding=0
counts "off again" r1 DropNotLocal 1 ping -c 1 7:3::2
in_ns r1 sysctl -qw net.weft.forwarding=1
weft -n r1 link set dev r1a forwarding off
counts "off for one device" r1 DropNotLocal 1 ping -c 1 7:3::2
weft -n r1 link set dev r1a forwarding on
check "on for it" ping -c 1 7:3::2

# A device goes while packets cross it.
weft -n a ping -i 0.01 -c 1000 7:3::2 >/dev/null 2>&1 &
wait_until 10 test "$(counter r2 InReceives)" -gt 0
ip -n r2 link del r21
kill $!
wait $! 2>/dev/null
check "its routes go with it" test -z "$(weft -n r2 route show dev r21 2>/dev/null)"
knows() {
	ping -c 1 7:3::2 2>&1 | grep -q unreachable
}
check "the rest knows" wait_until 10 knows
finish
