#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Addresses: duplicates are found, lifetimes end, the best one is the source.
# lab: --nodes 1 --nic none
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/lib.sh"

# flags NAME ADDRESS: what `weft addr` shows of an address, nothing if it is gone.
flags() {
	weft -n "$1" -o addr show | grep -F "weft $2/"
}

# says NAME ADDRESS WORD, silent NAME ADDRESS WORD: the flag is there, or not.
says() {
	flags "$1" "$2" | grep -qw "$3"
}

silent() {
	local line
	line=$(flags "$1" "$2") && ! grep -qw "$3" <<<"$line"
}

gone() {
	! flags "$1" "$2"
}

stat() {
	in_ns "$1" sed -n "s/^$2 //p" /proc/net/weft/stat
}

# source_to NAME DESTINATION [WORD...]: the source that a packet gets.
source_to() {
	local name=$1
	shift
	weft -n "$name" -j route get "$@" | jq -r '.[].prefsrc'
}

ns_add a b
ns_join a a1 b b1
mine=$(weft_address a a1)
wait_until 10 has_address a "$mine"
wait_until 10 has_address b "$(weft_address b b1)"

# Alone on the link: one that asks for minutes, one that asks for seconds.
in_ns a sysctl -qw net.weft.dad_transmits=255
check "an address is added" weft -n a addr add 7::1/16 dev a1
check "nobody may have it" says a 7::1 tentative
check_equal "no source yet" "$(source_to a 7::2)" "$mine"
weft -n a addr del 7::1/16 dev a1
in_ns a sysctl -qw net.weft.dad_transmits=3
weft -n a addr add 7::1/16 dev a1
check "in time it is in use" wait_until 10 silent a 7::1 tentative
check_equal "and a source" "$(source_to a 7::2)" 7::1
announced=$(stat a OutNeighAnnounces)
probes=$(stat a OutNeighSolicits)
check "without detection at once" weft -n a addr add 7::5/16 dev a1 nodad
check "it is in use" silent a 7::5 tentative
check_equal "and announced" "$(stat a OutNeighAnnounces)" $((announced + 1))
check_equal "nobody was asked" "$(stat a OutNeighSolicits)" "$probes"

# Somebody has it.
weft -n b addr add 7::1/16 dev b1
check "a duplicate is found" wait_until 10 says b 7::1 dadfailed
check "the log names it" sh -c 'dmesg | grep -q "b1: weft: another node has 7:0:0:1$"'
check "its owner keeps it" silent a 7::1 dadfailed
check "it is no destination" weft -n a ping -c 1 -W 5 7::1
check "and no source" test "$(source_to b 7::5)" != 7::1
weft -n a addr del 7::1/16 dev a1
ip -n b link set b1 down
ip -n b link set b1 up
check "up again, it tries again" wait_until 15 silent b 7::1 tentative
check "and has it" weft -n a ping -c 1 -W 5 7::1

# Two ask for it at once: not both get it.
one_failed() {
	says a 7::9 dadfailed || says b 7::9 dadfailed
}
weft -n a addr add 7::9/16 dev a1
weft -n b addr add 7::9/16 dev b1
check "of two at once one gives up" wait_until 10 one_failed
in_ns a sysctl -qw net.weft.dad_transmits=0
weft -n a addr add 7::a/16 dev a1
check "no probes: in use at once" silent a 7::a tentative

# Lifetimes.
weft -n a addr add 8::1/16 dev a1 nodad valid_lft 600 preferred_lft 5
check "a preferred address" silent a 8::1 deprecated
check "is deprecated in time" wait_until 20 says a 8::1 deprecated
check "it still works" silent a 8::1 tentative
check "its route too" weft -n a route get 8::7
weft -n a addr change 8::1/16 dev a1 valid_lft 2 preferred_lft 1
check "then it goes" wait_until 20 gone a 8::1
check_fails "and its route with it" "unreachable" weft -n a route get 8::7
weft -n a addr add 8::2/16 dev a1 nodad valid_lft 20 preferred_lft 2
check "a lifetime is set anew" weft -n a addr change 8::2/16 dev a1 \
	valid_lft forever preferred_lft forever
sleep 3
check "and lasts" silent a 8::2 deprecated
check_fails "preferred but not valid is refused" "greater than valid_lft" \
	weft -n a addr change 8::2/16 dev a1 valid_lft 5 preferred_lft 6

# The source.
weft -n a addr add 8:1:0:1/32 dev a1 nodad
weft -n a addr add 0:4:c000:201/48 dev a1 nodad
check_equal "the longest common prefix" "$(source_to a 8:1:0:9)" 8:1:0:1
check_equal "of the other too" "$(source_to a 8::9)" 8::2
check_equal "mapped for mapped" "$(source_to a 0:4:c000:2ff)" 0:4:c000:201
weft -n a addr change 8:1:0:1/32 dev a1 preferred_lft 0
check_equal "no deprecated one" "$(source_to a 8:1:0:9)" 8::2
weft -n a route add 9::/16 dev a1 src 7::5
check_equal "what a route says" "$(source_to a 9::1)" 7::5
check_equal "to oneself: oneself" "$(source_to a 7::5)" 7::5
finish
