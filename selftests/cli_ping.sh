#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft ping: options, statistics, groups, exit codes.
# lab: --nodes 1 --nic none
# kernels: stock
# timeout: 120
. "$(dirname "$0")/lib.sh"

ping() {
	weft -n a ping "$@"
}

# said REGEX COMMAND...: the command succeeds and prints a line like that.
said() {
	local regex=$1 output
	shift
	output=$("$@") || return
	echo "$output"
	grep -qE "$regex" <<<"$output"
}

# says TEXT REGEX COMMAND...
says() {
	local text=$1
	shift
	check "$text" said "$@"
}

ns_add a b
ns_join a veth0 b veth1
mine=$(weft_address a veth0)
peer=$(weft_address b veth1)
wait_until 20 has_address a "$mine" && wait_until 20 has_address b "$peer"

says "three replies" "3 packets transmitted, 3 received, 0% packet loss" \
	weft -n a ping -c 3 -i 0.1 "$peer%veth0"
says "each has its line" "^64 bytes from $peer%veth0: seq=2 time=[0-9.]+ ms" \
	weft -n a ping -c 2 -i 0.1 "$peer%veth0"
says "times" "^rtt min/avg/max/mdev = ([0-9.]+/){3}[0-9.]+ ms" \
	weft -n a ping -c 2 -i 0.1 "$peer%veth0"
check "-I stands for the device" ping -c 1 -I veth0 "$peer"
check "to itself" ping -c 1 ::1
check "no data" ping -c 1 -s 0 "$peer%veth0"
check "1400 bytes" ping -c 1 -s 1400 "$peer%veth0"
check "more than the MTU" ping -c 1 -s 2000 "$peer%veth0"
says "quiet" "^1 packets transmitted" weft -n a ping -q -c 1 "$peer%veth0"
check "a flood" ping -f -q -c 200 "$peer%veth0"

says "a group: the neighbour answers" ", 1 responders" \
	weft -n a ping -c 1 -W 1 ff02::1%veth0
check_equal "JSON counts" \
	"$(ping -j -c 2 -i 0.1 "$peer%veth0" | jq -c '[.transmitted, .received, .loss_percent]')" \
	"[2,2,0]"
check_equal "JSON names the responder" \
	"$(ping -j -c 1 "$peer%veth0" | jq -r '.responders[0].address')" "$peer%veth0"

check_status "nobody there" 1 ping -c 1 -W 0.5 fe80:200:57:fefe%veth0
check_equal "loss in JSON" \
	"$(ping -j -c 1 -W 0.2 fe80:200:57:fefe%veth0 | jq '[.received, .loss_percent] == [0, 100]')" true
check_status "a deadline ends it" 1 ping -w 1 fe80:200:57:fefe%veth0
check_status "no route" 2 ping -c 1 9::9
check_status "no device" 2 ping -c 1 fe80::1%nodev
check_fails "a device is needed" "needs '%DEVICE'" ping -c 1 "$peer"
check_fails "an unknown name" "not known" ping -c 1 no-such-name

# Errors of the way, through routers.
ns_add r c
ns_join a a2 r r1
ns_join r r2 c c1
weft -n a addr add 7:1::1/32 dev a2 nodad
weft -n r addr add 7:1::fe/32 dev r1 nodad
weft -n r addr add 7:2::fe/32 dev r2 nodad
weft -n c addr add 7:2::2/32 dev c1 nodad
weft -n a route add 7::/16 via 7:1::fe
weft -n a route add 8::/16 via 7:1::fe
weft -n c route add default via 7:2::fe
in_ns r sysctl -qw net.weft.forwarding=1
wait_until 10 ping -c 1 -W 1 7:2::2
# tells TEXT REGEX ARG...: it fails, with a row like that.
tells() {
	local text=$1 regex=$2
	shift 2
	check_status "$text" 1 ping -W 2 "$@"
	cp "$tap_tmp/.checked" "$tap_tmp/rows"
	check "$text, in a row" grep -qE "$regex" "$tap_tmp/rows"
}
check "through a router" ping -c 2 -i 0.1 7:2::2
tells "no route" "^From 7:1:0:fe: seq=1 Destination unreachable: no route$" -c 1 8::1
check "it is counted" grep -q "1 packets transmitted, 0 received, +1 errors" "$tap_tmp/rows"
weft -n r route add prohibit 8::/16
tells "prohibited" "^From 7:1:0:fe: seq=1 Destination unreachable: prohibited$" -c 1 8::1
tells "hop limit" "^From 7:1:0:fe: seq=2 Time exceeded: hop limit$" -c 2 -i 0.1 -t 1 7:2::2
check "two are enough" ping -c 1 -t 2 7:2::2
ip -n r link set r2 mtu 1000
ip -n c link set c1 mtu 1000
tells "too big" "^From 7:1:0:fe: seq=1 Packet too big: mtu=1000$" -c 1 -M "do" -s 1200 7:2::2
tells "known here then" "^local error: Packet too big: mtu=1000$" -c 1 -M "do" -s 1200 7:2::2
tells "probing does not mind" "^From 7:1:0:fe: seq=1 Packet too big" -c 1 -M probe -s 1200 7:2::2
check "fragments" ping -c 1 -M want -s 1200 7:2::2
check "fragments of routers" ping -c 1 -M dont -s 1200 7:2::2
check_equal "JSON counts errors" "$(ping -j -c 2 -i 0.1 8::1 | jq -c '[.received, .errors]')" \
	"[0,2]"
tells "nobody there, told by this node" \
	"^From 7:1:0:1: seq=1 Destination unreachable: address does not answer$" -c 1 -W 6 7:1::77
check "from an address" ping -c 1 -I 7:1::1 -I a2 7:2::2
check_fails "which must be ours" "cannot send from" ping -c 1 -I 9::9 7:2::2
says "with the time" "^\\[[0-9]+\\.[0-9]{6}\\] 64 bytes" weft -n a ping -D -c 1 7:2::2
check "with a class" ping -c 1 -Q 7 7:2::2
says "what is missing" "^no answer yet for seq=1$" \
	sh -c 'weft -n a ping -O -c 2 -i 0.1 -W 0.1 fe80:200:57:fefe%veth0 || true'
# As fast as the answers come: a hundred take less than the default hundred seconds.
check "adaptive" timeout 30 weft -n a ping -A -q -c 100 7:2::2

# Every node of a group answers; those after the first are told as duplicates.
ip -n a link add br0 type bridge
ns_add d
ns_join a a3 d d1
ip -n a link set a3 master br0
ns_add e
ns_join a a4 e e1
ip -n a link set a4 master br0
ip -n a link set br0 up
wait_until 10 ping -c 1 -W 1 "$(weft_address d d1)%br0" &&
	wait_until 10 ping -c 1 -W 1 "$(weft_address e e1)%br0"
says "a group of two" "\\(DUP!\\)$" weft -n a ping -c 1 -W 1 ff02::1%br0
says "and the sum" "1 received, 2 responders, \\+1 duplicates" \
	weft -n a ping -c 1 -W 1 ff02::1%br0
check_status "usage" 2 ping
check_status "a bad hop limit" 2 ping -t 0 ::1
check_status "a bad class" 2 ping -Q 16 ::1
check_status "a bad word" 2 ping -M maybe ::1
check_status "a bad number" 2 ping -c 0 ::1
check_status "a bad interval" 2 ping -i -1 ::1
check_status "too much data" 2 ping -s 65504 ::1

# The name comes from a hosts file.
echo "$peer%veth0 peer.example peer" >"$tap_tmp/hosts"
check "a name" env WEFT_HOSTS="$tap_tmp/hosts" weft -n a ping -c 1 peer

weft -n a ping -i 0.1 "$peer%veth0" >"$tap_tmp/run" &
pid=$!
wait_until 10 grep -q seq=3 "$tap_tmp/run"
kill -INT $pid
wait $pid
check_equal "SIGINT ends it well" $? 0
check "with statistics" grep -q 'ping statistics' "$tap_tmp/run"
finish
