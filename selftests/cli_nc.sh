#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft nc: datagrams both ways, and what ends it.
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
check_status "streams are not known" 1 weft -n a nc "$peer" 5000
check_status "usage" 1 weft -n a nc -u
check_status "a port is needed" 1 weft -n a nc -u "$peer"
check_status "a bad port" 2 weft -n a nc -u "$peer" 65536
check_status "a bad size" 1 weft -n a nc -u -b 0 "$peer" 5000
check_status "an address of nobody" 2 weft -n a nc -ul 7::77 5000
finish
