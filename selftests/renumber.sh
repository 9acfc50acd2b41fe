#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Another address and another MAC while programs talk: a network is given a new prefix,
# what is bound to the old address goes on until that is removed, and neighbours follow a
# node to another MAC.
# lab: --nodes 1 --nic none
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

# source_to DESTINATION: the address that a takes for it.
source_to() {
	weft -n a -j route get "$1" | jq -r '.[].prefsrc'
}

# talk NAME [OPTION...] DESTINATION: a sender that goes on until its file is closed.
talk() {
	mkfifo "$tap_tmp/$1"
	ip netns exec a weft nc -u "${@:2}" 7000 <"$tap_tmp/$1" 2>"$tap_tmp/$1.err" &
	at_end kill $!
	exec {fd}>"$tap_tmp/$1"
}

# heard LINE: the server got it. says FD LINE: it arrives from there.
heard() {
	grep -qx "$1" "$tap_tmp/heard"
}

says() {
	echo "$2" >&"$1"
	wait_until 10 heard "$2"
}

is_deprecated() {
	weft -n a -o addr show dev a1 | grep -F "weft $1/" | grep -q deprecated
}

ns_add a r b
ns_join a a1 r ra
ns_join r rb b b1
address a a1 7:1:0:1/32
address r ra 7:1::fe/32
address r rb 7:2::fe/32
address b b1 7:2::2/32
weft -n a route add default via 7:1::fe
weft -n b route add default via 7:2::fe
forwarding r 1
ip netns exec b weft nc -ulk 7000 </dev/null >"$tap_tmp/heard" &
at_end kill $!
wait_until 10 in_ns b grep -qi :1b58 /proc/net/weft/dgram

talk bound -s 7:1:0:1 7:2::2
bound=$fd
talk free 7:2::2
free=$fd
check "before: a bound socket" says "$bound" bound-1
check "before: another one" says "$free" free-1

# The new prefix is there beside the old one, which is used no more for what is new.
address r ra 7:5::fe/32
address a a1 7:5:0:1/32
weft -n b route add 7:5::/32 via 7:2::fe
check_equal "two addresses: the way goes by the old prefix" "$(source_to 7:1::77)" 7:1:0:1
weft -n a addr change 7:1:0:1/32 dev a1 preferred_lft 0 valid_lft forever
check "the old address is deprecated" is_deprecated 7:1:0:1
check_equal "what is new takes the new one" "$(source_to 7:2::2)" 7:5:0:1
check "what is bound keeps the old one" says "$bound" bound-2
check "others go on" says "$free" free-2
check "the old one is answered" weft -n b ping -q -c 1 7:1:0:1
check "so is the new one" weft -n b ping -q -c 1 7:5:0:1
weft -n a route replace default via 7:5::fe
check "by the new router's address" says "$free" free-3
check "the bound one, too" says "$bound" bound-3

# The old one goes.
weft -n a addr del 7:1:0:1/32 dev a1
weft -n r addr del 7:1::fe/32 dev ra
check "the old prefix is no way any more" test -z "$(weft -n a route show 7:1::/32)"
check "what was connected before goes on" says "$free" free-4
talk late 7:2::2
check "and what comes later" says "$fd" late-1
check "nobody has the old address" sh -c "! weft -n b ping -q -c 1 -W 1 7:1:0:1"
check_fails "nobody can be bound to it" "Cannot assign" \
	ip netns exec a weft nc -u -w 1 -s 7:1:0:1 7:2::2 7000 </dev/null

# Another MAC, time after time, while echoes cross.
moves=10
ip netns exec b weft ping -i 0.02 -c 100000 7:5:0:1 >"$tap_tmp/echoes" 2>&1 &
pinging=$!
wait_until 10 grep -q 'seq=5 ' "$tap_tmp/echoes"
for ((i = 0; i < moves; i++)); do
	lines=$(wc -l <"$tap_tmp/echoes")
	ip -n a link set a1 address "02:00:00:00:50:0$i"
	wait_until 10 sh -c "[ \$(wc -l <$tap_tmp/echoes) -ge $((lines + 5)) ]" || break
done
kill -INT $pinging
wait $pinging
check_equal "echoes go on after each move" "$i" $moves
lost=$(sed -n 's/.* \([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p;
	s/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p' "$tap_tmp/echoes" |
	awk '{ print $1 - $2 }')
note "lost: $lost of $(grep -c seq= "$tap_tmp/echoes") in $moves moves"
check "at most three are lost by each" test "$lost" -le $((3 * moves))
check_equal "the router knows the last one" \
	"$(weft -n r -j neigh show 7:5:0:1 | jq -r '.[].lladdr')" 02:00:00:00:50:09
check "so does its link-local address" has_address a fe80:200:0:5009
check "no other of that kind" \
	test "$(weft -n a addr show dev a1 | grep -c fe80:)" -eq 1
finish
