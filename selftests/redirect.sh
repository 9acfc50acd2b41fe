#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two routers on one link: the one that a host uses tells it of the other, and of
# nodes of the link; the host goes there by itself as long as that works.
# lab: --nodes 1 --nic none
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

# way DESTINATION: how the host goes there.
way() {
	weft -n h route get "$1"
}

ping() {
	weft -n h ping -i 0.05 -W 3 "$@"
}

goes_by() {
	way "$1" | grep -q "via $2 "
}

directly() {
	! way "$1" | grep -q via
}

# plug NAME MAC: a port of the switch in a namespace.
plug() {
	ip -n sw link add "to-$1" type veth peer name eth0 netns "$1"
	ip -n "$1" link set eth0 address "$2"
	ip -n "$1" link set eth0 up
	ip -n sw link set "to-$1" master br0 up
	wait_until 10 link_is_up "$1" eth0
}

ns_add sw h r1 r2
ip -n sw link add br0 type bridge mcast_snooping 0
ip -n sw link set br0 up
plug h 02:00:00:00:00:01
plug r1 02:00:00:00:00:0a
plug r2 02:00:00:00:00:0b
R2=fe80:200:0:b
weft -n h addr add 7::1/16 dev eth0 nodad
weft -n r1 addr add 7::a/16 dev eth0 nodad
weft -n r2 addr add 7::b/16 dev eth0 nodad
weft -n r2 addr add 8::1/64 dev lo
weft -n h route add default via 7::a
weft -n r1 route add 8::/16 via $R2 dev eth0
for router in r1 r2; do
	in_ns $router sysctl -qw net.weft.forwarding=1
done

counts "the router tells of the other one" r1 OutRedirects 1 ping -c 1 8::1
check_equal "the host hears it" "$(counter h InRedirects)" 1
check "and believes it" goes_by 8::1 $R2
check "for a time" grep -qE 'proto redirect .*expires (600|59[0-9])sec' \
	<(way 8::1)
check_equal "for that destination alone" "$(way 8::2 | grep -o 'via 7::a')" "via 7::a"
counts "it goes there itself" r1 OutForwarded 0 ping -c 3 8::1
check_equal "it is in the cache" \
	"$(weft -n h -j route show cache | jq -r '.[].gateway')" $R2

weft -n h route flush cache
check "until the cache is empty" goes_by 8::1 7::a
weft -n r1 route change 8::/16 via 7::b
counts "one whose MAC is not known" r1 OutRedirects 0 ping -c 1 8::1
counts "a router with a global address" r1 OutRedirects 1 ping -c 1 8::1
check "is named by its link-local one" goes_by 8::1 $R2
weft -n h route add 9::/16 via 7::a
check "other routes: all is asked anew" goes_by 8::1 7::a

# A neighbour that the host takes for a far node.
weft -n h route add 7::b/64 via 7::a
counts "of a node of the link" r1 OutRedirects 1 ping -c 1 7::b
check "it is found there" directly 7::b
check "and its answers come" ping -c 2 7::b
counts "without the router" r1 OutForwarded 0 ping -c 1 7::b
weft -n r2 addr del 7::b/16 dev eth0
weft -n h neigh del 7::b dev eth0
ping -c 1 -W 6 7::b >/dev/null 2>&1
check "it is forgotten when it does not answer" goes_by 7::b 7::a
weft -n r2 addr add 7::b/16 dev eth0 nodad
weft -n h route del 7::b/64

ping -c 1 8::1 >/dev/null
check "believed again" goes_by 8::1 $R2
ip -n h link set eth0 down
ip -n h link set eth0 up
wait_until 10 link_is_up h eth0
weft -n h addr replace 7::1/16 dev eth0 nodad
weft -n h route replace default via 7::a
check "not after the device was down" goes_by 8::1 7::a

weft -n h link set dev eth0 accept_redirects never
counts "not where redirects are not accepted" h DropRedirect 1 ping -c 1 8::1
check "nothing changes" goes_by 8::1 7::a
weft -n h link set dev eth0 accept_redirects host
in_ns h sysctl -qw net.weft.forwarding=1
counts "nor on a router" h DropRedirect 1 ping -c 1 8::1
weft -n h link set dev eth0 accept_redirects always
counts "but by order" h DropRedirect 0 ping -c 1 8::1
check "it is believed" goes_by 8::1 $R2
weft -n h route flush cache
in_ns h sysctl -qw net.weft.forwarding=0

weft -n h link set dev eth0 accept_redirects never
limited=$(counter r1 OutErrorsLimited)
sent=$(counter r1 OutRedirects)
weft -n h ping -f -i 0.002 -c 300 -W 1 -q 8::1 >"$tap_tmp/flood" 2>&1
sent=$(($(counter r1 OutRedirects) - sent))
limited=$(($(counter r1 OutErrorsLimited) - limited))
check_equal "each packet has one or is over the limit" $((sent + limited)) 300
check "they are limited" test "$limited" -gt 0
note "$sent redirects for 300 packets"
weft -n r1 link set dev eth0 send_redirects off
counts "none where they are off" r1 OutRedirects 0 ping -c 2 8::1
weft -n r1 link set dev eth0 send_redirects on

# A node that is no neighbour by the router's routes, behind the host.
weft -n r1 route add a::/16 via 7::1
weft -n h addr add a::1/64 dev lo
send_from() {
	echo x | timeout 10 weft -n h nc -u -w 1 -s "$1" "$2" 9
}
counts "it is forwarded" r1 OutForwarded 1 send_from a::1 8::1
counts "with no redirect" r1 OutRedirects 0 send_from a::1 8::1
finish
