#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# More than one way: next hops share the flows, a dead link is not taken, routes of a
# higher metric and of a shorter prefix stand in.
# lab: --nodes 1 --nic none
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/lib.sh"

# gateway DESTINATION [WORD...]: the router that a takes.
gateway() {
	weft -n a route get "$@" 2>/dev/null | awk '{ for (i = 1; i < NF; i++)
		if ($i == "via") print $(i + 1) }'
}

# taken FIRST LAST: how many of some destinations go by each router.
taken() {
	local i
	for ((i = $1; i <= $2; i++)); do
		printf 'route get 9::%x\n' "$i"
	done | weft -n a -b - | awk '{ for (i = 1; i < NF; i++)
		if ($i == "via") n[$(i + 1)]++ } END { for (hop in n) print hop, n[hop] }' | sort
}

share() {
	awk -v hop="$2" '$1 == hop { n = $2 } END { print n + 0 }' <<<"$1"
}

ns_add a r1 r2 b
ns_join a a1 r1 r1a
ns_join a a2 r2 r2a
ns_join r1 r1b b b1
ns_join r2 r2b b b2
weft -n a addr add 7:1:0:1/32 dev a1 nodad
weft -n a addr add 7:2:0:1/32 dev a2 nodad
weft -n r1 addr add 7:1:0:fe/32 dev r1a nodad
weft -n r2 addr add 7:2:0:fe/32 dev r2a nodad
weft -n r1 addr add 8:1:0:fe/32 dev r1b nodad
weft -n r2 addr add 8:2:0:fe/32 dev r2b nodad
weft -n b addr add 8:1:0:1/32 dev b1 nodad
weft -n b addr add 8:2:0:1/32 dev b2 nodad
weft -n b addr add 9::1/64 dev lo
weft -n b route add 7:1::/32 via 8:1:0:fe
weft -n b route add 7:2::/32 via 8:2:0:fe
for r in r1 r2; do
	in_ns "$r" sysctl -qw net.weft.forwarding=1
done
weft -n r1 route add 9::/16 via 8:1:0:1
weft -n r2 route add 9::/16 via 8:2:0:1

# Two next hops.
check "two next hops" weft -n a route add 9::/16 \
	nexthop via 7:1:0:fe weight 3 nexthop via 7:2:0:fe
shares=$(taken 1 64)
first=$(share "$shares" 7:1:0:fe)
second=$(share "$shares" 7:2:0:fe)
note "shares: $first and $second of 64"
check_equal "every flow has its way" $((first + second)) 64
check "the heavier one has more" test "$first" -gt "$second"
check "the other has some" test "$second" -gt 3
check_equal "always the same" "$(taken 1 64)" "$shares"
check "packets arrive" weft -n a ping -c 2 -i 0.1 9::1

# A link dies: at the far end, so that only the carrier tells.
ip -n r1 link set r1a down
check "all go the other way" wait_until 10 \
	test "$(share "$(taken 1 32)" 7:2:0:fe)" -eq 32
check "packets arrive still" wait_until 10 weft -n a ping -c 1 -W 2 9::1
check "the dead one is shown" sh -c \
	"weft -n a route show 9::/16 | grep '7:1:0:fe' | grep -qw linkdown"
ip -n r1 link set r1a up
wait_until 10 link_is_up a a1
check_equal "it comes back" "$(taken 1 64)" "$shares"

# Metrics.
weft -n a route replace 9::/16 via 7:1:0:fe metric 10
weft -n a route del 9::/16 metric 1024
weft -n a route add 9::/16 via 7:2:0:fe metric 20
check_equal "the lower metric" "$(gateway 9::1)" 7:1:0:fe
ip -n a link set a1 down
check_equal "down: the higher one" "$(gateway 9::1)" 7:2:0:fe
weft -n a route del 9::/16 metric 20
weft -n a route add default via 7:2:0:fe
check_equal "or a shorter prefix" "$(gateway 9::1)" 7:2:0:fe
weft -n a route del default
check_fails "nothing is left" "unreachable" weft -n a route get 9::1
ip -n a link set a1 up
wait_until 10 link_is_up a a1
check_equal "up again" "$(gateway 9::1)" 7:1:0:fe

# A device goes: its next hop too, the other stays.
weft -n a route replace 9::/16 metric 10 nexthop via 7:1:0:fe nexthop via 7:2:0:fe
ip -n a link del a1
check_equal "a next hop without its device" "$(taken 1 8)" "7:2:0:fe 8"

# Rules.
weft -n a route add unreachable 9::/16 table 100
weft -n a rule add from 7:2:0:1 to 9::2 table 100
check_equal "a rule that does not match" "$(gateway 9::1 from 7:2:0:1)" 7:2:0:fe
check_fails "one that does" "unreachable" weft -n a route get 9::2 from 7:2:0:1
weft -n a rule add fwmark 7 prohibit pref 5
check_fails "by mark" "denied" weft -n a route get 9::1 mark 7
weft -n a rule add pref 4 table main suppress_prefixlength 20
check_fails "a prefix too short does not count" "denied" \
	weft -n a route get 9::1 mark 7

# Time.
weft -n a route add a::/16 via 7:2:0:fe expires 1
check "a route for a second" test -n "$(weft -n a route show a::/16)"
expired() {
	test -z "$(weft -n a route show a::/16)"
}
check "goes" wait_until 10 expired
finish
