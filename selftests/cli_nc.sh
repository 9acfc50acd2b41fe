#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft nc: datagrams, streams and messages both ways, and what ends it.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

# listening PORT: a socket in namespace b has the port.
listening() {
	in_ns b grep -qi "$(printf ':%04x ' "$1")" /proc/net/weft/dgram
}

# listen PORT INPUT OPTION...: a listener in b that writes to a file.
listen() {
	local port=$1 input=$2
	shift 2
	timeout 60 weft -n b nc -ul "$@" "$port" <"$input" \
		>"$tap_tmp/heard" 2>"$tap_tmp/errors" &
	listener=$!
	wait_until 10 listening "$port"
}

# heard TEXT: waits for the listener's output to be that, and ends it.
heard() {
	local status=0
	wait_until 10 grep -qx "$1" "$tap_tmp/heard" || status=1
	kill "$listener"
	wait "$listener"
	return "$status"
}

send() {
	printf '%s' "$1" | timeout 20 weft -n a nc -u "${@:2}"
}

ns_add a b
ns_join a veth0 b veth1
peer=$(weft_address b veth1)%veth0
wait_until 20 has_address a "$(weft_address a veth0)"
wait_until 20 has_address b "${peer%%%*}"

echo reply >"$tap_tmp/reply"
listen 5000 "$tap_tmp/reply"
check_equal "the answer comes back" "$(send hello -w 3 "$peer" 5000)" reply
check "the datagram arrived" heard hello

listen 5001 /dev/null -k -v
send one -N "$peer" 5001
send two -N "$peer" 5001
check "-k hears several senders" heard onetwo
check "-v tells who speaks" grep -q "connection from \[fe80:" "$tap_tmp/errors"

seq 1000 >"$tap_tmp/numbers"
listen 5002 /dev/null
timeout 20 weft -n a nc -u -N -b 100 "$peer" 5002 <"$tap_tmp/numbers"
check "many datagrams" heard 1000
check "in order and whole" cmp "$tap_tmp/heard" "$tap_tmp/numbers"

check_fails "nobody there is told" "Connection refused" \
	bash -c "echo x | timeout 20 weft -n a nc -u -w 3 $peer 5999"
check_status "with status 1" 1 \
	bash -c "echo x | timeout 20 weft -n a nc -u -w 3 $peer 5999"
check_status "-w ends it" 0 timeout 20 weft -n a nc -ul -w 0.2 5003
check_status "usage" 1 weft -n a nc -u
check_status "a port is needed" 1 weft -n a nc -u "$peer"
check_status "a bad port" 2 weft -n a nc -u "$peer" 65536
check_status "a bad size" 1 weft -n a nc -u -b 0 "$peer" 5000
check_status "an address of nobody" 2 weft -n a nc -ul 7::77 5000

# --- streams and messages ----------------------------------------------------------------

# listen_stream PORT INPUT OPTION...: a listener in b, without datagrams.
listen_stream() {
	local port=$1 input=$2
	shift 2
	: >"$tap_tmp/errors"
	ip netns exec b timeout 60 weft nc -l -v "$@" "$port" <"$input" \
		>"$tap_tmp/heard" 2>"$tap_tmp/errors" &
	listener=$!
	wait_until 10 grep -q listening "$tap_tmp/errors"
}

# talk PORT OPTION...: a client in a; its -v goes to a file.
talk() {
	timeout 60 weft -n a nc -v "${@:2}" "$peer" "$1" 2>"$tap_tmp/said"
}

# talk_aloud PORT OPTION...: one that has nothing to say but errors.
talk_aloud() {
	timeout 60 weft -n a nc -N "${@:2}" "$peer" "$1" </dev/null
}

# check_ended TEXT STATUS: the listener ends so.
check_ended() {
	local status=0
	wait "$listener" || status=$?
	check_equal "$1" "$status" "$2"
}

# both_ways KIND PORT OPTION...: a file each way at once, whole at both ends.
both_ways() {
	local kind=$1 port=$2
	shift 2
	listen_stream "$port" "$tap_tmp/big2" -N "$@"
	talk "$port" -N "$@" <"$tap_tmp/big" >"$tap_tmp/heard2"
	check_equal "$kind: the client ends well" $? 0
	check_ended "$kind: and so does the listener" 0
	check "$kind: one file came whole" cmp "$tap_tmp/big" "$tap_tmp/heard"
	check "$kind: and the other" cmp "$tap_tmp/big2" "$tap_tmp/heard2"
}

check_ends() {
	listen_stream 5100 "$tap_tmp/reply"
	check_equal "without -N the peer ends first" \
		"$(echo hello | talk 5100 -w 3)" reply
	check "-w ended it" grep -q "sent 6 bytes" "$tap_tmp/said"
	check_ended "the listener heard the end" 0
	check_equal "and what was sent" "$(cat "$tap_tmp/heard")" hello

	listen_stream 5101 /dev/null -q 0
	check_equal "the peer's end is the end" "$(talk 5101 </dev/null)" ""
	check_ended "-q ended the listener" 0

	# A client that neither sends nor ends.
	listen_stream 5102 /dev/null -w 4
	talk 5102 </dev/null >/dev/null &
	check_ended "-w ends a silent connection" 0
	check "that connection was there" grep -q "connection from" "$tap_tmp/errors"
	check_status "-w ends waiting for one" 0 timeout 20 weft -n b nc -l -w 0.2 5103
}

check_told() {
	listen_stream 5104 /dev/null
	echo hello | talk 5104 -N -p 5555 >/dev/null
	wait "$listener"
	check "-v tells from where to where, and how long it took" grep -qE \
		"connected to \[fe80:.*\]:5104 from \[fe80:.*\]:5555 in [0-9.]+ ms" \
		"$tap_tmp/said"
	check "and the sums" grep -qE "received 0 bytes, sent 6 bytes, [0-9.]+ s" \
		"$tap_tmp/said"
	check "also at the listener" grep -qE "received 6 bytes, sent 0 bytes, [0-9.]+ s" \
		"$tap_tmp/errors"
	check "-p is the port" grep -q "connection from \[fe80:.*\]:5555" "$tap_tmp/errors"
}

check_keep() {
	local i

	listen_stream 5105 /dev/null -k
	for i in 1 2 3; do
		echo "client $i" | talk 5105 -N >/dev/null
	done
	check "-k hears one after the other" heard "client 3"
	check_equal "all of them" "$(wc -l <"$tap_tmp/heard")" 3
	listen_stream 5106 /dev/null
	echo one | talk 5106 -N >/dev/null
	check_ended "without -k there is one" 0
	check_fails "and no other" "Connection refused" talk_aloud 5106
}

check_commands() {
	listen_stream 5107 /dev/null -k -c "tr a-z A-Z"
	check_equal "-c answers by a command" "$(echo hello | talk 5107 -N)" HELLO
	check_equal "with -k the next one too" "$(echo bye | talk 5107 -N)" BYE
	talk 5107 </dev/null >/dev/null &
	wait_until 10 grep -q "connected" "$tap_tmp/said"
	check_equal "beside others" "$(echo hello | timeout 20 weft -n a nc -N "$peer" 5107)" HELLO
	kill "$listener"
	listen_stream 5108 /dev/null -e cat
	check_equal "-e runs a program" "$(talk 5108 -N <"$tap_tmp/numbers" | sha256sum)" \
		"$(sha256sum <"$tap_tmp/numbers")"
	check_ended "and ends with it" 0
	listen_stream 5109 /dev/null -e /nonexistent
	talk 5109 -N </dev/null >/dev/null
	check_ended "a program that is not there" 1
	listen_stream 5110 "$tap_tmp/reply" -N
	check "a client has a command too" talk 5110 -c "read -r line && [ \$line = reply ]"
	wait "$listener"
	listen_stream 5110 "$tap_tmp/reply" -N
	check_status "of which the status counts" 1 talk 5110 -c "exit 3"
	wait "$listener"
}

check_scan() {
	listen_stream 5111 /dev/null -k
	check "-z finds a listener" weft -n a nc -z "$peer" 5111
	check_status "-z finds nobody" 1 weft -n a nc -z "$peer" 5999
	check "-z finds one of several" weft -n a nc -z "$peer" 5110-5112
	talk 5110-5112 -z
	check_equal "-z tells the one" "$(grep -c ": open, " "$tap_tmp/said")" 1
	check_equal "and the others" "$(grep -c ":511[02]: Connection refused, " "$tap_tmp/said")" 2
	kill "$listener"
	for range in 5110-5109 0-3 1-65536 1-x -3 1-; do
		check_fails "-z: no range: $range" "" weft -n a nc -z "$peer" "$range"
	done
}

check_messages() {
	listen_stream 5112 /dev/null -m
	printf 'one\n\nthree' | talk 5112 -m -N >/dev/null
	check_ended "messages: the listener ends" 0
	check_equal "messages: lines" "$(cat "$tap_tmp/heard")" "$(printf 'one\n\nthree')"
	check "messages: three were sent" grep -q "sent 10 bytes in 3 messages" "$tap_tmp/said"
	check "messages: three came" grep -q "received 10 bytes in 3 messages" "$tap_tmp/errors"
	listen_stream 5113 /dev/null -m
	head -c 1000000 "$tap_tmp/big" | talk 5113 -m -N -b 262144 >/dev/null
	wait "$listener"
	check "messages: the longest ones" grep -q "received 1000000 bytes in 4 messages" \
		"$tap_tmp/errors"
	check "messages: whole" cmp "$tap_tmp/heard" <(head -c 1000000 "$tap_tmp/big")
	listen_stream 5114 /dev/null
	check_fails "messages to a stream are refused" "Connection refused" talk_aloud 5114 -m
	kill "$listener"
	listen_stream 5115 /dev/null -m
	check_fails "a stream to messages too" "Connection refused" talk_aloud 5115
	kill "$listener"
}

check_refusals() {
	check_fails "nobody there" "Connection refused" talk_aloud 5999
	check_status "with status 1" 1 talk_aloud 5999
	check_fails "nobody at the address" "cannot connect" \
		timeout 60 weft -n a nc -w 1 "fe80::77%veth0" 5000
	listen_stream 5116 /dev/null -k
	check_status "a port in use" 2 timeout 20 weft -n b nc -l 5116
	kill "$listener"
	check_status "an address of nobody" 2 timeout 20 weft -n b nc -l 7::77 5000
	check_status "no name" 2 weft -n a nc no-such-name 5000
	check_status "no device" 2 weft -n a nc -I nothing "$peer" 5000
	for arguments in "" "-l" "-k $peer 5000" "-m -u $peer 5000" "-b 9 $peer 5000" \
		"-m -b 262145 $peer 5000" "-l -g ff02::1 5000" "-z -l 5000" "-z -u $peer 5000" \
		"-u -e cat $peer 5000" "-z -c true $peer 5000" "-c true -e true $peer 5000" \
		"$peer" "-z $peer" "-w 0 $peer 5000" "-x $peer 5000" "$peer 5000 6000"; do
		# shellcheck disable=SC2086 # several words
		check_status "the command line: $arguments" 1 timeout 20 weft -n a nc $arguments
	done
}

head -c 3000000 /dev/urandom >"$tap_tmp/big"
head -c 2000000 /dev/urandom >"$tap_tmp/big2"
both_ways streams 5120
both_ways "messages by size" 5121 -m -b 10000
both_ways "messages by line" 5122 -m
check_ends
check_told
check_keep
check_commands
check_scan
check_messages
check_refusals
finish
