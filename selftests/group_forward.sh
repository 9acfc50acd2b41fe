#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A tree of seven routers with a source at its root and a host at each leaf: packets to
# groups come where somebody listens, once, and nowhere else.
# On the debug kernel group_report and offload_paths do it: this takes too long there.
# lab: --nodes 1 --nic none
# kernels: stock
# timeout: 300
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

group=ff0e::7
export PYTHONPATH=${BASH_SOURCE[0]%/*}
export PYTHONDONTWRITEBYTECODE=1

# send NAME DEV SOURCE GROUP [COUNT [HOPS [BYTES [FLAGS]]]]: datagrams to a group.
send() {
	in_ns "$1" python3 - "$2" "$3" "$4" "${5:-1}" "${6:-16}" "${7:-10}" "${8:-0}" <<-'PYTHON'
	import socket, sys, time
	from dissector import wire
	dev, src, dst = sys.argv[1:4]
	count, hops, size, flags = map(int, sys.argv[4:])
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.bind((dev, 0))
	packet = wire.dgram(b"x" * size, src=src, dst=dst, hop_limit=hops, flags=flags)
	mac = b"\x03\x57" + wire.address(dst)[4:]
	for _ in range(count):
	    s.send(mac + s.getsockname()[4] + b"\x88\xb5" + packet)
	    time.sleep(0.002)
	PYTHON
}

# say NAME DEV FROM TO TYPE HEX: a control message, what follows its checksum in hex.
say() {
	in_ns "$1" python3 - "$@" <<-'PYTHON'
	import socket, sys
	from dissector import wire
	_, dev, src, dst, kind, rest = sys.argv[1:]
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.bind((dev, 0))
	packet = wire.control(int(kind), bytes.fromhex(rest), src=src, dst=dst, hop_limit=255)
	s.send(b"\x03\x57" + wire.address(dst)[4:] + b"\x02\0\0\0\0\1\x88\xb5" + packet)
	PYTHON
}

# A host counts what came for it: no socket waits there.
got() {
	counter "$1" DropNoSocket
}

hosts="h4 h5 h6 h7"

mark() {
	local h
	for h in $hosts; do
		declare -g "had_$h=$(got "$h")"
	done
}

# What each host has got since mark.
since() {
	local h had
	for h in $hosts; do
		had=had_$h
		printf '%d ' "$(($(got "$h") - ${!had}))"
	done
}

# arrives TEXT WANTED COMMAND...: so much comes to each host by that, and stays so.
arrives() {
	local text=$1 wanted=$2
	shift 2
	mark
	"$@"
	same() { [ "$(since)" = "$wanted" ]; }
	wait_until 5 same
	send s s1 7:1::2 ff0e::fe	# a last one, behind the others
	check_equal "$text" "$(since)" "$wanted"
}

# learned NAME N [GROUP]: the router knows of listeners on N links.
learned() {
	[ "$(weft -n "$1" group listeners | grep -c "^${3:-$group} ")" -eq "$2" ]
}

# counts TEXT NAME COUNTER N COMMAND...
counts() {
	local text=$1 name=$2 counter=$3 before
	before=$(counter "$name" "$counter")
	local wanted=$((before + $4))
	shift 4
	"$@" >/dev/null 2>&1
	reached() { [ "$(counter "$name" "$counter")" -ge "$wanted" ]; }
	wait_until 5 reached
	check_equal "$text: $counter" "$(counter "$name" "$counter")" "$wanted"
}

# --- the tree ---------------------------------------------------------------------------

# shellcheck disable=SC2086 # a list
ns_add s t1 t2 t3 t4 t5 t6 t7 $hosts
ns_join s s1 t1 above
address s s1 7:1::2/32
address t1 above 7:1::1/32
for i in 2 3 4 5 6 7; do
	parent=t$((i / 2))
	ns_join "$parent" "d$i" "t$i" above
	ip -n "t$i" link set above address "02:00:00:00:00:0$i"	# lower than its parent's
	address "$parent" "d$i" "7:1$i::1/32"
	address "t$i" above "7:1$i::2/32"
done
in_ns t3 sysctl -qw net.weft.forwarding=1
asks() { weft -n t3 group listeners dev above | grep -q querier; }
check "a router with none above asks" wait_until 5 asks
for i in 2 3 4 5 6 7; do
	weft -n "t$i" route add default via "7:1$i::1"
done
for i in 4 5 6 7; do
	ns_join "t$i" below "h$i" eth
	address "t$i" below "7:2$i::1/32"
	address "h$i" eth "7:2$i::2/32"
done
for i in 1 2 3 4 5 6 7; do
	in_ns "t$i" sysctl -qw net.weft.forwarding=1
done

counts "nobody listens" t1 DropNoRoute 1 send s s1 7:1::2 $group
for h in h4 h5 h7; do
	weft -n "$h" group add $group dev eth
done
check "the leaves learn" wait_until 10 learned t4 1
check "and tell the root" wait_until 10 learned t1 2
before=$(counter s DropNotLocal)
check_equal "routers below ask nothing" "$(weft -n t1 group listeners | grep other)" ""
arrives "one copy for each" "10 10 0 10 " send s s1 7:1::2 $group 10
check_equal "not back to the source" "$(counter s DropNotLocal)" "$before"

# --- joining and leaving in a stream ------------------------------------------------------

before=$(got h6)
send s s1 7:1::2 $group 30000 &
weft -n h6 group add $group dev eth
joined() { [ "$(got h6)" -gt "$before" ]; }
check "who joins hears what goes on" wait_until 10 joined
weft -n h4 group del $group dev eth
check "who leaves is forgotten" wait_until 10 learned t4 0
before=$(counter h4 DropNotLocal)
more=$(got h5)
running() { [ "$(got h5)" -gt $((more + 20)) ]; }
check "it goes on" wait_until 10 running
check "but not there" test "$(counter h4 DropNotLocal)" -le $((before + 2))
# shellcheck disable=SC2046 # nothing else runs there
kill $(ip netns pids s)
wait 2>/dev/null
weft -n h4 group add $group dev eth
wait_until 10 learned t4 1
wait_until 10 learned t2 2

# --- what is not forwarded ------------------------------------------------------------------

counts "two links are not enough" t2 DropHopLimit 1 send s s1 7:1::2 $group 1 2
counts "not from the wrong side" t4 DropReversePath 1 send h4 eth 7:1::2 $group
counts "a link-local source stays" t1 DropNotLocal 1 send s s1 fe80::1:2:3 $group
counts "a group of the link stays" t1 DropNotLocal 1 send s s1 7:1::2 ff02::77
ip -n t2 link set d4 mtu 1000
ip -n t4 link set above mtu 1000
mark
counts "too big for one" t2 DropTooBig 1 send s s1 7:1::2 $group 1 16 1200
big() { [ "$(since)" = "0 1 1 1 " ]; }
check "and not for the others" wait_until 5 big
arrives "in fragments for one" "1 1 1 1 " send s s1 7:1::2 $group 1 16 1200 4

# --- up the tree, and down another branch ----------------------------------------------------

weft -n t2 route add 7:24::/32 via 7:14::2
weft -n t1 route add 7:24::/32 via 7:12::2
arrives "from a leaf to the others" "0 3 3 3 " send h4 eth 7:24::2 $group 3

# --- sources ----------------------------------------------------------------------------------

# Allow 7:1::2 alone for ff0e::8, on the link of h6.
say h6 eth fe80:200::1 ff02::16 143 \
	"0000000105000001""00000000""ff0e000000000008""0007000100000002"
check "sources are told the root" wait_until 10 learned t1 1 ff0e::8
check "by their names" grep -q "source 7:1:0:2 expires 2" <(weft -n t1 group listeners)
counts "another source is not wanted" t1 DropNoRoute 1 send s s1 7:1::3 ff0e::8
counts "this one is" h6 DropNotLocal 1 send s s1 7:1::2 ff0e::8
check "as JSON" python3 -c '
import json, sys
found = [e for e in json.load(sys.stdin) if e.get("group") == "ff0e::8"]
assert len(found) == 1 and found[0]["mode"] == "include", found
assert found[0]["dev"] == "d3" and found[0]["sources"][0]["source"] == "7:1:0:2", found
' < <(weft -n t1 -j group listeners)
check_fails "of a device that is not there" "nosuch" weft -n t1 group listeners dev nosuch

# --- routes of kind multicast --------------------------------------------------------------------

check "a route to two links" weft -n t1 route add multicast ff0e:9::/32 \
	nexthop dev d2 nexthop dev d3
check "is shown" grep -q "^multicast ff0e:9::/32" <(weft -n t1 route show)
counts "goes to one" t2 DropNoRoute 1 send s s1 7:1::2 ff0e:9::1
counts "goes to the other" t3 DropNoRoute 1 send s s1 7:1::2 ff0e:9::1
check_fails "it has no gateway" "has no gateway" weft -n t1 route add multicast \
	ff0e:8::/32 via 7:12::2
check_fails "it is for groups" "is for groups" weft -n t1 route add multicast \
	9::/32 dev d2

# --- who asks -----------------------------------------------------------------------------------

link=$(weft_address t7 below)
check "the leaf asks" grep -q "dev below querier $link" <(weft -n t7 group listeners)
check_equal "not above" "$(weft -n t7 group listeners dev above | grep -c querier)" 0
# other MS SECONDS: a router of a lower address asks; answers are to come in that time, and
# the next query then.
other() {
	say h7 eth fe80::1:2 ff02::1 130 \
		"$(printf %08x "$1")""0000000000000000""0100""$(printf %04x "$2")""0000""0000"
}

other 100 1000
theirs() { weft -n t7 group listeners dev below | grep -q "querier fe80:0:1:2 other"; }
check "a lower address wins" wait_until 5 theirs
arrives "and forwards" "1 1 1 0 " send s s1 7:1::2 $group
mine() { weft -n t7 group listeners dev below | grep -q "querier $link$"; }
other 0 1000
check "when it gives up another one asks" wait_until 5 mine
other 100 1
wait_until 5 theirs
check "when it is silent another one asks" wait_until 10 mine
# What h7 told the other router's question ends after 2 s; what it tells this one's lasts.
lasts() { weft -n t7 group listeners dev below | grep -q "^$group .* expires 2[0-9][0-9]"; }
check "and knows who listens" wait_until 15 lasts
check "and the router above, too" wait_until 10 learned t3 2

# --- the end of it --------------------------------------------------------------------------------

in_ns t5 sysctl -qw net.weft.forwarding=0
check_equal "a host knows nobody" "$(weft -n t5 group listeners)" ""
arrives "and forwards nothing" "1 0 1 1 " send s s1 7:1::2 $group
ip -n t1 link del d3
check "a branch breaks off" wait_until 10 learned t1 1
arrives "and hears nothing" "1 0 0 0 " send s s1 7:1::2 $group
finish
