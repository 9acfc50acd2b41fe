#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft router: its configuration, what it sends and when, and a host that lives by the
# announcements of two routers on its link.
# lab: --nodes 1 --nic none
# kernels: stock debug
# timeout: 240
. "$(dirname "$0")/lib.sh"

here=$(realpath "$(dirname "$0")")
frames=$tap_tmp/frames

# configure FILE TEXT...: each text is a line.
configure() {
	local file=$1
	shift
	printf '%s\n' "$@" >"$tap_tmp/$file.conf"
}

# start NAME FILE: a router in a namespace; its process is in $router, its log in
# $tap_tmp/NAME.log.
start() {
	# Its own command, so that $! is the daemon.
	ip netns exec "$1" weft -d router -f "$tap_tmp/$2.conf" 2>>"$tap_tmp/$1.log" &
	router=$!
	at_end kill "$router"
}

# told NAME PATTERN...: its log has a line for the pattern.
told() {
	grep -qE -- "$2" "$tap_tmp/$1.log"
}

# told_times NAME N PATTERN: at least so many.
told_times() {
	[ "$(grep -cE -- "$3" "$tap_tmp/$1.log")" -ge "$2" ]
}

# plug NAME MAC: a port of the switch in a namespace.
plug() {
	ip -n sw link add "to-$1" type veth peer name eth0 netns "$1"
	ip -n "$1" link set eth0 address "$2"
	ip -n sw link set "to-$1" master br0 up
	ip -n "$1" link set eth0 up
	wait_until 10 link_is_up "$1" eth0
}

# stub NAME: a second link of a router.
stub() {
	ip -n "$1" link add eth1 type veth peer name eth1-peer
	ip -n "$1" link set eth1-peer up
	ip -n "$1" link set eth1 up
}

host_has() {
	weft -n h addr show dev eth0 | grep -qE "$1"
}

# default_by ADDRESS: the host's packets go by that router.
default_by() {
	weft -n h route get 9::1 2>/dev/null | grep -q "via $1 "
}

no_default() {
	! weft -n h route get 9::1 >/dev/null 2>&1
}

# --- the configuration --------------------------------------------------------------

check_config() {
	configure wrong "$3"
	check_status "refused: $1" 1 weft router -c -f "$tap_tmp/wrong.conf"
	check_fails "said: $1" "wrong.conf:$2" weft router -c -f "$tap_tmp/wrong.conf"
}

configure good "link eth0 { interval 4; prefix 7::/16; }"
check "a good configuration" weft router -c -f "$tap_tmp/good.conf"
check_status "no file" 1 weft router -c -f "$tap_tmp/none.conf"
check_status "words that do not belong" 1 weft router -c -f "$tap_tmp/good.conf" frob
while IFS='|' read -r name place text; do
	check_config "$name" "$place" "$text"
done <<'END'
an empty file|2:1: there is no link|
an unknown word|1:13: 'frob' is not one of|link eth0 { frob 1; }
a number out of range|1:17: '575' is not a number from 576|link eth0 { mtu 575; }
an overlap|1:35: the prefix overlaps 7::/16|link eth0 { prefix 7::/16; prefix 7:1::/32; }
auto with another length|1:34: hosts make addresses only|link eth0 { prefix 7::/32 { auto on; } }
lifetimes|1:48: the preferred lifetime|link eth0 { prefix 7::/16 { valid 1; preferred 2; } }
an open block|2:1: end of file is not '}'|link eth0 { mtu 600;
END

# --- one router, two links ----------------------------------------------------------

ns_add sw h r1 r2
ip -n sw link add br0 type bridge mcast_snooping 0
ip -n sw link set br0 up
plug h 02:00:00:00:00:01
plug r1 02:00:00:00:00:0a
plug r2 02:00:00:00:00:0b
R1=fe80:200:0:a R2=fe80:200:0:b
for router in r1 r2; do
	in_ns $router sysctl -qw net.weft.forwarding=1
	weft -n $router addr add 9::1/64 dev lo
done
weft -n r1 addr add 7::a/16 dev eth0 nodad
weft -n r2 addr add 7::b/16 dev eth0 nodad

configure r1 "link eth0 { interval 4; lifetime 9; mtu 1400; hop-limit 33; reachable 20s; retrans 900ms;" \
	"  prefix 7::/16 { valid 1d; preferred 4h; }" \
	"  route 8::/16 { lifetime 30m; preference low; } }" \
	"link eth1 { prefix a::/16; }"
# shellcheck disable=SC2016 # a program
check_fails "without the capability" "CAP_NET_RAW" in_ns r1 \
	setpriv --bounding-set=-net_raw --inh-caps=-all \
	"$(command -v weft)" router -f "$tap_tmp/r1.conf"

ip netns exec h tcpdump -Z root -U -i eth0 -w "$frames" ether proto 0x88b5 2>"$tap_tmp/tcpdump" &
tcpdump=$!
at_end kill $tcpdump
wait_until 20 grep -q 'listening on' "$tap_tmp/tcpdump"
start r1 r1
first=$router
check "it announces" wait_until 10 told r1 "eth0: sent to ff02::1: announcement, lifetime 9"
check "and waits for the other link" told r1 "eth1: waits: the device is not there"
stub r1
check "which comes" wait_until 10 told r1 "eth1: sent to ff02::1: .* prefix a::/16"

check "the host has an address" wait_until 10 host_has "7:200:0:1/16.*dynamic"
check "and a default route" wait_until 10 default_by $R1
check "it reaches what is behind" weft -n h ping -c 2 -i 0.1 -W 5 9::1
check "the route has its lifetime" grep -qE "via $R1 .*proto ra" \
	<(weft -n h route show 8::/16)
check "the link has its values" grep -q "1400" <(weft -n h -d link show dev eth0)

ip -n r1 link del eth1
check "a link goes" wait_until 10 told r1 "eth1: stops"
stub r1
check "and comes back" wait_until 10 told_times r1 2 "eth1: announces from"
weft -n r1 link set dev eth1 forwarding off
check "a link that does not forward" wait_until 10 told r1 \
	"eth1: forwarding is off: the lifetime is announced as 0"
check "and says so" wait_until 10 told r1 "eth1: sent to ff02::1: announcement, lifetime 0"

# A solicitation to the router alone: others hear nothing of it but the answer.
solicit() {
	in_ns h python3 - "$1" <<END
import socket, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "$here/dissector")
import wire
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
s.send(wire.frame(wire.neigh(wire.ROUTER_SOLICIT, 0, src="fe80:200:0:77", dst="$R1",
                             hop_limit=int(sys.argv[1])),
                  src=bytes.fromhex("020000000077"), dst=bytes.fromhex("02000000000a")))
END
}
solicit 254
solicit 255
check "a solicitation is heard" wait_until 10 told r1 "received from fe80:200:0:77: solicitation"
check "not one through a router" told r1 "eth0: dropped a message that is not a neighbour's"
check_equal "heard once" "$(grep -c "fe80:200:0:77: solicitation" "$tap_tmp/r1.log")" 1

# --- other configurations -----------------------------------------------------------

configure r1 "link eth0 { interval 4; lifetime 3; }"
kill -HUP "$first"
check "a faulty configuration" wait_until 10 told r1 "r1.conf:1:34: the lifetime is 0 or at least"
check "changes nothing" told r1 "what was in force stays in force"
configure r1 "link eth0 { interval 4; lifetime 9; mtu 1400; prefix 6::/16; }"
kill -HUP "$first"
check "a good one is in force" wait_until 10 told r1 "r1.conf: in force"
check "a link that it has not ends" told r1 \
	"eth1: sent to ff02::1: announcement, lifetime 0, prefix a::/16 valid 2592000"
check "the new prefix" wait_until 10 host_has "6:200:0:1/16.*dynamic"
check "the old one is deprecated" wait_until 10 host_has "7:200:0:1/16.*deprecated"
weft -n r1 addr add 6::a/16 dev eth0 nodad
ping_new() {
	weft -n h ping -c 1 -W 2 9::1
}
check "the host is reached by the new one" wait_until 10 ping_new

# --- two routers --------------------------------------------------------------------

configure r2 "link eth0 { interval 4; lifetime 9; preference high; mtu 1300; prefix 6::/16; }"
weft -n r2 addr add 6::b/16 dev eth0 nodad
start r2 r2
second=$router
check "one of higher preference is used" wait_until 10 default_by $R2
check "they differ" wait_until 10 told r1 "eth0: router $R2 announces another MTU"
check "which both tell" wait_until 10 told r2 "eth0: router $R1 announces another MTU"
kill "$second"
wait "$second"
check_equal "it ends well" $? 0
check "with a last word" told r2 "eth0: sent to ff02::1: announcement, lifetime 0"
check "the host goes back" wait_until 5 default_by $R1

ip -n r1 link set eth0 address 02:00:00:00:00:0c
check "another MAC is another router" wait_until 10 default_by fe80:200:0:c
kill -9 "$first"
wait "$first" 2>/dev/null
check "one that died is forgotten" wait_until 20 no_default

# --- the capture --------------------------------------------------------------------

kill -INT $tcpdump
wait $tcpdump
make -s -C "$here/../userspace" install-dissector PREFIX="$tap_tmp/.local" DESTDIR=
dissect() {
	HOME=$tap_tmp timeout 60 tshark -n -r "$frames" -Y "$1" -T fields -e frame.number \
		2>/dev/null | wc -l
}
from_r1="weft.ctl.type == 134 && eth.src == 02:00:00:00:00:0a"
check "announcements of the first" test "$(dissect "$from_r1")" -ge 3
check_equal "all with hop limit 255" "$(dissect "$from_r1 && weft.hop_limit != 255")" 0
check_equal "nothing of the routers is malformed" \
	"$(dissect "(_ws.malformed || weft.drop) && eth.src != 02:00:00:00:00:77")" 0
finish
