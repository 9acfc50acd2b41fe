#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The Wireshark dissector on what the kernel sends: nothing malformed, every
# checksum good, every reply with its request.
# lab: --nodes 1 --nic none
# kernels: stock
# timeout: 240
. "$(dirname "$0")/lib.sh"

userspace=$(realpath "$(dirname "$0")/../userspace")
frames=$tap_tmp/frames
names="weft.ctl.type weft.ctl.code weft.ctl.response_to weft.dgram.dstport
	weft.dgram.payload weft.ctl.checksum.status weft.dgram.checksum.status
	weft.checksum.partial weft.drop _ws.expert.message"

# The plugin of a home comes before the one that is installed for all.
dissect() {
	HOME=$tap_tmp timeout 100 tshark -n -2 -r "$frames" "$@"
}

listening() {
	in_ns b grep -qi "$(printf ':%04x ' "$1")" /proc/net/weft/dgram
}

# What neighbours and routers do not tell each other; the end of the server's stream.
not_of_neighbours='not (ether[21] = 1 and ether[38] >= 133)'
server_ends='ether[21] = 6 and ether[38:2] = 6000 and ether[51] & 1 != 0'

# captured COUNT FILTER: so many frames at least.
captured() {
	# Lines of hexadecimal are indented.
	[ "$(tcpdump -nr "$frames" "$2" 2>/dev/null | grep -c '^[0-9]')" -ge "$1" ]
}

# capture COUNT FILTER COMMAND...: what crosses the link meanwhile, until so much has.
capture() {
	local count=$1 filter=$2 tcpdump
	shift 2
	ip netns exec b tcpdump -Z root -U -i veth1 -w "$frames" ether proto 0x88b5 \
		2>"$tap_tmp/tcpdump" &
	tcpdump=$!
	wait_until 20 grep -q 'listening on' "$tap_tmp/tcpdump"
	"$@"
	wait_until 20 captured "$count" "$filter"
	kill -INT "$tcpdump"
	wait "$tcpdump"
}

traffic() {
	weft -n a ping -c 3 -i 0.1 "$peer"
	timeout 60 weft -n b nc -ul 5000 >"$tap_tmp/heard" </dev/null &
	listener=$!
	wait_until 10 listening 5000
	printf hello | timeout 20 weft -n a nc -u -N "$peer" 5000
	printf lost | timeout 20 weft -n a nc -u -w 3 "$peer" 5999
	wait_until 10 grep -q hello "$tap_tmp/heard"
	kill "$listener"
	wait "$listener"
}

# rows [OPTION...]: one line of fields, `|` between them, for each frame of the capture.
rows() {
	local name
	local -a options=()
	for name in $names; do
		options+=(-e "$name")
	done
	dissect -T fields -E separator='|' "${options[@]}" "$@" 2>"$tap_tmp/errors"
}

# count REGEX: how many rows match.
count() {
	grep -cE "$1" "$tap_tmp/rows"
}

make -s -C "$userspace" install-dissector PREFIX="$tap_tmp/.local" DESTDIR=
ns_add a b
ns_join a veth0 b veth1
peer=$(weft_address b veth1)%veth0
wait_until 20 has_address a "$(weft_address a veth0)"
wait_until 20 has_address b "${peer%%%*}"

# A veth takes packets whose checksum is not computed yet, and so does the capture.
capture 9 "$not_of_neighbours" traffic >/dev/null 2>&1
rows >"$tap_tmp/rows"
check_equal "no Lua error" "$(grep -c Lua "$tap_tmp/errors")" 0
check_equal "nine packets" "$(grep -cv '^13[3-7]' "$tap_tmp/rows")" 9
check_equal "no receiver drops any" "$(awk -F'|' '$9 != ""' "$tap_tmp/rows")" ""
check "checksums left to the device are known as such" [ "$(count '\|3\|.*left to the device')" -ge 3 ]

ip netns exec a ethtool -K veth0 tx off >/dev/null
ip netns exec b ethtool -K veth1 tx off >/dev/null
capture 9 "$not_of_neighbours" traffic >/dev/null 2>&1
rows >"$tap_tmp/rows"
check_equal "three echo requests" "$(count '^128\|0\|\|')" 3
check_equal "three replies, each with its request" "$(count '^129\|0\|[0-9]+\|')" 3
check_equal "a datagram" "$(count '^\|\|\|5000\|68656c6c6f\|\|1\|')" 1
check_equal "port unreachable, with the datagram in it" \
	"$(count '^1\|4\|\|5999\|6c6f7374\|1\|1\|')" 1
check_equal "that datagram itself" "$(count '^\|\|\|5999\|6c6f7374\|\|1\|')" 1
check_equal "nothing to remark, all checksums good" \
	"$(grep -vE '\|1\|{3,4}$' "$tap_tmp/rows")" ""
check_equal "nine packets again" "$(grep -cv '^13[3-7]' "$tap_tmp/rows")" 9
[ "$tap_failed" -eq 0 ] || sed 's/^/# /' "$tap_tmp/rows" "$tap_tmp/errors"

dissect 2>/dev/null >"$tap_tmp/summary"
check "the columns tell of an error" \
	grep -q 'Weft-Ctl .* Destination unreachable (no socket at the port)' "$tap_tmp/summary"
check "and of a datagram" grep -q 'Weft-Dgram .* → 5000 Len=5' "$tap_tmp/summary"

# --- streams ---------------------------------------------------------------------

# talk OPTION...: two lines and 20000 bytes cross a connection.
talk() {
	: >"$tap_tmp/errors"
	ip netns exec b timeout 60 weft nc -lv "$@" 6000 >"$tap_tmp/heard" \
		2>"$tap_tmp/errors" </dev/null &
	listener=$!
	wait_until 10 grep -q listening "$tap_tmp/errors"
	{
		printf 'one\ntwo\n'
		head -c 20000 /dev/zero
	} | timeout 60 weft -n a nc -N "$@" "$peer" 6000
	wait "$listener"
}

names="weft.stream.checksum.status weft.drop weft.unusual weft.reserved
	weft.stream.index weft.stream.dstport weft.stream.flags.syn
	weft.stream.flags.fin weft.stream.mss weft.stream.kind
	weft.stream.echo.of weft.stream.next.relative weft.stream.part.length
	weft.stream.part.payload"
# The same for awk.
columns="{
	check = \$1; odd = \$2 \$3 \$4; number = \$5; port = \$6; syn = \$7; fin = \$8
	mss = \$9; kind = \$10; echo = \$11; stop = \$12; lengths = \$13; payload = \$14
}"

# shown EXPRESSION CONDITION: of the rows for which awk's condition holds, each value
# once; a slow guest may send a segment again.
shown() {
	awk -F'|' "$columns $2 { print $1 }" "$tap_tmp/rows" | sort -u | tr '\n' ' '
}

# check_talk KIND: what the capture tells of the connection.
check_talk() {
	check_equal "$1: each checksum is good" "$(shown check 1)" "1 "
	check_equal "$1: no receiver drops any, and none is odd" "$(shown odd 'odd != ""')" ""
	check_equal "$1: one connection" "$(shown number 1)" "0 "
	check_equal "$1: both ends of it end" "$(shown 'port == 6000' fin)" "0 1 "
	check_equal "$1: both offer an MSS" "$(shown mss syn)" "1444 "
	check_equal "$1: the handshake's time stamp comes back" \
		"$(shown echo 'syn && port != 6000')" "1 "
}

capture 1 "$server_ends" talk
rows -Y weft.stream >"$tap_tmp/rows"
check_talk stream
check_equal "the last number is that of the end" \
	"$(shown stop 'fin && port == 6000')" "20010 "
capture 1 "$server_ends" talk -m
rows -Y weft.stream >"$tap_tmp/rows"
check_talk messages
check_equal "both name the kind of connection" "$(shown kind syn)" "1 "
check_equal "the first message is found" \
	"$(shown 'substr(payload, 1, 8)' 'payload != "" && !seen++')" "6f6e650a "
check_equal "all bytes of all parts are" \
	"$(awk -F'|' "$columns { print lengths }" "$tap_tmp/rows" | tr ',' '\n' |
		awk '{ sum += $1 } END { print sum }')" "$(stat -c %s "$tap_tmp/heard")"
finish
