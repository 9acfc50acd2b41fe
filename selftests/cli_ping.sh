#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft ping: options, statistics, groups, exit codes.
# lab: --nodes 1 --nic none
# kernels: stock
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
check_status "usage" 2 ping
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
