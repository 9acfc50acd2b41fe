#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The dialogue and the file over a stream; stream_servers.c has the other examples.
# lab: --nodes 1 --nic none
. "$(dirname "$0")/lib.sh"

bin=$(dirname "$0")/../build/user/examples

# knock DESTINATION: hears a joke.
knock() {
	in_ns a timeout 60 "$bin/knock-stream-client" "$1"
}

check_knock() {
	ip netns exec b "$bin/knock-stream-server" 4004 >"$tap_tmp/server" 2>&1 &
	at_end kill $!
	check "knock: it listens" wait_until 10 weft -n a nc -z "$peer" 4004
	knock "[$peer]:4004" >"$tap_tmp/joke"
	check "knock: the joke is told" grep -q 'server: Knock! Knock!' "$tap_tmp/joke"
	check_equal "knock: in six lines" "$(wc -l <"$tap_tmp/joke")" 6
	# One who says nothing, and never ends.
	timeout 60 weft -n a nc "$peer" 4004 </dev/null &
	check "knock: several at once" knock "[$peer]:4004"
	check "knock: the server tells who asks" grep -q '^\[fe80:.*asks for a joke' "$tap_tmp/server"
	check "knock: a wrong line ends it" bash -c \
		"echo Hello | timeout 30 weft -n a nc -N '$peer' 4004 | grep -q 'It goes'"
	check_fails "knock: nobody at the door" "Connection refused" knock "[$peer]:4999"
	check_fails "knock: a port is needed" "port" knock "$peer"
}

# receive PORT: a receiver in b.
receive() {
	ip netns exec b timeout 60 "$bin/file-stream-recv" "$tap_tmp/received" "$1" 2>/dev/null &
	receiver=$!
}

# The receiver may not listen yet.
send_file() {
	wait_until 20 ip netns exec a timeout 60 "$bin/file-stream-send" "$1" "[$peer]:$2"
}

check_files() {
	local size sum

	for size in 0 1 5000000; do
		head -c "$size" /dev/urandom >"$tap_tmp/sent"
		sum=$(sha256sum <"$tap_tmp/sent")
		receive 4006
		check "file: $size bytes are sent" send_file "$tap_tmp/sent" 4006
		check_equal "file: the sums are equal" "$(sha256sum <"$tap_tmp/received")" "$sum"
		wait "$receiver"
		check_equal "file: the receiver is content" $? 0
	done
	receive 4008
	wait_until 20 bash -c "head -c 5 /dev/zero | timeout 20 weft -n a nc -N '$peer' 4008"
	wait "$receiver"
	check_equal "file: half of it is not enough" $? 1
	check_status "file: nobody there" 2 \
		ip netns exec a "$bin/file-stream-send" "$tap_tmp/sent" "[$peer]:4999"
	check_status "file: no such file" 2 \
		ip netns exec a "$bin/file-stream-send" /nonexistent "[$peer]:4999"
}

ns_add a b
ns_join a veth0 b veth1
peer=$(weft_address b veth1)%veth0
wait_until 20 has_address a "$(weft_address a veth0)"
wait_until 20 has_address b "${peer%%%*}"
check_knock
check_files
check_status "a port in use" 2 in_ns b "$bin/knock-stream-server" 4004
check_status "a bad port" 2 in_ns b "$bin/knock-stream-server" 70000
finish
