#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The example programs, on a link that loses datagrams.
# lab: --nodes 1 --nic none
. "$(dirname "$0")/lib.sh"

bin=$(dirname "$0")/../build/user/examples

bound() {
	in_ns b grep -qi "$(printf ':%04x ' "$1")" /proc/net/weft/dgram
}

ns_add a b
ns_join a veth0 b veth1
peer=$(weft_address b veth1)%veth0
wait_until 20 has_address a "$(weft_address a veth0)"
wait_until 20 has_address b "${peer%%%*}"
for side in "a veth0" "b veth1"; do
	# shellcheck disable=SC2086 # two words
	set -- $side
	tc -n "$1" qdisc add dev "$2" root netem loss 10% 2>/dev/null ||
		note "no netem: the link loses nothing"
done

ip netns exec b "$bin/knock-server" >/dev/null &
at_end kill $!
wait_until 10 bound 4004
check "the joke is told" bash -c \
	"ip netns exec a timeout 60 $bin/knock-client $peer | grep -q 'server: Knock! Knock!'"
check_status "nobody at the door" 1 ip netns exec a "$bin/knock-client" "$peer" 4999

head -c 100000 /dev/urandom >"$tap_tmp/sent"
ip netns exec b timeout 120 "$bin/file-recv" "$tap_tmp/received" &
receiver=$!
wait_until 10 bound 4005
check "a file is sent" in_ns a timeout 100 "$bin/file-send" "$tap_tmp/sent" "$peer"
check "the file is whole when the sender ends" cmp "$tap_tmp/sent" "$tap_tmp/received"
wait $receiver
check_equal "the receiver is content" $? 0
finish
