#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft trace over a line of four routers: hops, names, marks of errors, path MTU.
# lab: --nodes 1 --nic none
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/lib.sh"

trace() {
	weft -n a trace "$@"
}

# hops [ARG...]: "HOP NODE MARK", one in a line, without times.
hops() {
	trace "$@" | sed -n 's/  [0-9.]* ms//g; s/^ *\([0-9]*\)  /\1 /p'
}

# join NAME DEV ADDRESS NAME DEV ADDRESS: a link with an address at both ends.
join() {
	ns_join "$1" "$2" "$4" "$5" && weft -n "$1" addr add "$3/32" dev "$2" nodad &&
		weft -n "$4" addr add "$6/32" dev "$5" nodad
}

# route NAME PREFIX GATEWAY
route() {
	weft -n "$1" route add "$2" via "$3"
}

ns_add a r1 r2 r3 r4 b
join a a1 7:1::1 r1 r1a 7:1::fe
join r1 r12 7:2::1 r2 r21 7:2::2
join r2 r23 7:3::2 r3 r32 7:3::3
join r3 r34 7:4::3 r4 r43 7:4::4
join r4 r4b 7:5::fe b b1 7:5::2
route a default 7:1::fe
route r1 default 7:2::2
route r2 default 7:3::3
route r2 7:1::/32 7:2::1
route r3 7:5::/32 7:4::4
route r3 7:1::/32 7:3::2
route r4 7:1::/32 7:4::3
route b default 7:5::fe
for name in r1 r2 r3 r4; do
	in_ns "$name" sysctl -qw net.weft.forwarding=1
done
wait_until 10 weft -n a ping -c 1 -W 1 7:5::2

line="1 7:1:0:fe
2 7:2:0:2
3 7:3:0:3
4 7:4:0:4
5 7:5:0:2"
check "the destination is reached" trace 7:5::2
check_equal "by these" "$(hops 7:5::2)" "$line"
check_equal "asked one after the other" "$(hops -N 1 7:5::2)" "$line"
check_equal "asked all at once" "$(hops -N 100 7:5::2)" "$line"
check_equal "with datagrams" "$(hops -u 7:5::2)" "$line"
check_equal "to other ports" "$(hops -p 40000 7:5::2)" "$line"
check_equal "in fragments" "$(hops 7:5::2 4000)" "$line"
check_equal "through a device, from an address" "$(hops -I a1 -s 7:1::1 7:5::2)" "$line"
check "datagrams reach it too" trace -u 7:5::2
check "without privilege" in_ns a setpriv --reuid 65534 --regid 65534 --clear-groups \
	weft trace 7:5::2
check_equal "three times each" "$(trace 7:5::2 | grep -cE '(  [0-9.]+ ms){3}$')" 5
check_equal "or one" "$(trace -q 1 7:5::2 | grep -cE '[0-9a-f:]+  [0-9.]+ ms$')" 5
check_equal "from one hop to another" "$(hops -f 2 -m 3 7:5::2)" "$(sed -n 2,3p <<<"$line")"
check_status "which is not far enough" 1 trace -f 2 -m 3 7:5::2
check_equal "a neighbour" "$(hops 7:1::fe)" "1 7:1:0:fe"
check_equal "the node itself" "$(hops ::1)" "1 ::1"
check_equal "a link-local address" "$(hops "$(weft_address r1 r1a)%a1")" \
	"1 $(weft_address r1 r1a)%a1"
check_equal "the first line" "$(trace 7:5::2 | head -1)" \
	"trace to 7:5::2 (7:5:0:2), 30 hops max, 60 byte packets"

printf '7:3::3 third.example third\n7:5::2 there\n' >"$tap_tmp/hosts"
export WEFT_HOSTS="$tap_tmp/hosts"
check_equal "names" "$(hops -f 3 there)" "3 third.example (7:3:0:3)
4 7:4:0:4
5 there (7:5:0:2)"
check_equal "or none" "$(hops -n -f 3 there)" "$(sed -n '3,$p' <<<"$line")"
check_equal "JSON" "$(trace -j -q 2 there | jq -c '[.destination, .address, .reached,
	(.hops | length), .hops[2].probes[1].name, .hops[4].probes[0].address,
	([.hops[].probes[].rtt_ms] | all)]')" \
	'["there","7:5:0:2",true,5,"third.example","7:5:0:2",true]'
unset WEFT_HOSTS

check_equal "no route" "$(hops 8::1)" "1 7:1:0:fe
2 7:2:0:2
3 7:3:0:3
4 7:3:0:3 !N !N !N"
check_status "is not there" 1 trace 8::1
weft -n r3 route add prohibit 8::/16
check_equal "prohibited" "$(hops 8::1 | tail -1)" "4 7:3:0:3 !X !X !X"
check_equal "datagrams are, too" "$(hops -u 8::1 | tail -1)" "4 7:3:0:3 !X !X !X"
check_equal "JSON has the mark" \
	"$(trace -j 8::1 | jq -c '[.reached, .hops[3].probes[0].error]')" '[false,"!X"]'
weft -n r3 route replace blackhole 8::/16
check_equal "a black hole" "$(hops -m 5 -w 0.3 8::1 | tail -3)" "3 7:3:0:3
4 *  *  *
5 *  *  *"
check_equal "JSON has nothing" \
	"$(trace -j -m 4 -w 0.3 8::1 | jq -c '.hops[3].probes[0]')" '{"timeout":true}'

# Neighbours that do not answer, here and there, at the same time.
hops -q 1 -w 6 7:5::77 >"$tap_tmp/there" &
hops -q 1 -w 6 7:1::77 >"$tap_tmp/here"
wait $!
check_equal "nobody at the last link" "$(tail -1 "$tap_tmp/there")" "5 7:4:0:4 !H"
check_equal "nor at the first" "$(cat "$tap_tmp/here")" "1 7:1:0:1 !H"

mtu() {
	ip -n "$1" link set "$2" mtu "$5" && ip -n "$3" link set "$4" mtu "$5"
}
mtu r1 r12 r2 r21 1400
mtu r2 r23 r3 r32 1300
mtu r4 r4b b b1 1000
check_equal "the MTU along the way" "$(hops --mtu 7:5::2)" "1 7:1:0:fe  F=1500
2 7:2:0:2  F=1400
3 7:3:0:3  F=1300
4 7:4:0:4
5 7:5:0:2  F=1000"
check_equal "again, whatever is known now, with datagrams" \
	"$(trace -j -u --mtu 7:5::2 | jq -c '[.mtu, .reached, [.hops[].mtu]]')" \
	'[1000,true,[1500,1400,1300,null,1000]]'

check_equal "no node can have it" "$(weft -n b trace -q 1 fe80::%b1 | grep -c "!H")" 1
weft -n b route del default
check_fails "no way at all" "unreachable" weft -n b trace 8::1
check_status "a group has none" 2 trace ff02::1%a1
check_fails "a link-local address needs its device" "needs '%DEVICE'" trace fe80::1
check_status "no device" 2 trace -I nodev 7:5::2
check_status "no such source" 2 trace -s 9::9 7:5::2
check_status "usage" 2 trace
for wrong in "-q 0" "-q 11" "-m 256" "-f 0" "-N 0" "-w 0" "-p 65500" "-f 9 -m 8" "-x"; do
	# shellcheck disable=SC2086 # words
	check_status "refused: $wrong" 2 trace $wrong 7:5::2
done
check_status "too short" 2 trace 7:5::2 31
check "help" trace help
finish
