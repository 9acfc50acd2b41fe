#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft.ko goes and comes back while frames arrive, not while a socket is open.
# lab: --nodes 1 --nic none --smp 2
. "$(dirname "$0")/lib.sh"

# It uses weft.ko, and would keep it.
rmmod weft_filter
at_end insmod "$WEFT_TREE/build/$(uname -r)/proto/filter/weft_filter.ko"

# load [PARAMETER=VALUE...]
load() {
	insmod "$WEFT_TREE/build/$(uname -r)/proto/weft.ko" "$@"
}

# Echo requests by a packet socket, hundred after hundred, for ever.
flood() {
	ip netns exec a python3 - <<-'PYTHON' &
		import socket, time
		us, them = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
		echo = bytes.fromhex("8000 7eef 0001 0001")
		addresses = b"\xfe\x80" + us + b"\xfe\x80" + them
		frame = them + us + b"\x88\xb5" + bytes.fromhex("1000 0020 0000 4001")
		with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
		    raw.bind(("veth0", 0))
		    while True:
		        for _ in range(100):
		            raw.send(frame + addresses + echo)
		        time.sleep(0.05)
	PYTHON
}

# received COUNT: more packets than that came to b.
received() {
	[ "$(in_ns b sed -n 's/^InReceives //p' /proc/net/weft/stat)" -gt "$1" ]
}

ns_add a b
ip -n a link add veth0 address 02:00:00:00:00:01 type veth \
	peer name veth1 address 02:00:00:00:00:02 netns b
ip -n a link set veth0 up
ip -n b link set veth1 up
wait_until 10 has_address b fe80:200:0:2

timeout 60 weft -n b nc -ul 7000 </dev/null &
holder=$!
wait_until 10 in_ns b grep -qi :1b58 /proc/net/weft/dgram
check_fails "a socket holds the module" "in use" rmmod weft
kill $holder
wait $holder
# A socket is freed a grace period after it is closed.
wait_until 10 sh -c "grep -q '^weft .* 0 -' /proc/modules"

flood
flooding=$!
at_end kill $flooding
unload_and_load() {
	for ((i = 0; i < 3; i++)); do
		wait_until 60 received 200 && rmmod weft && load family=18 || return 1
	done
	wait_until 60 received 200
}
check "it goes and comes back under traffic" unload_and_load
check "its addresses are back" has_address b fe80:200:0:2
kill $flooding
wait $flooding 2>/dev/null
check "the echo requests were answered" sh -c \
	"[ \$(ip netns exec b sed -n 's/^OutEchoReplies //p' /proc/net/weft/stat) -gt 0 ]"

check "it goes" rmmod weft
check "and leaves no file" sh -c "! ls /proc/net/weft /sys/module/weft"
check_fails "a family out of range is refused" "Invalid" load family=99
check "the log says why" sh -c "dmesg | tail -5 | grep -q 'family=99 is not between'"
check_fails "a family in use is refused" "File exists" load family=16
check "the log says why" sh -c "dmesg | tail -5 | grep -q 'family 16 is taken'"
check_fails "an EtherType that is a length is refused" "Invalid" load ethertype=1500
check "another family and another EtherType" load family=21 ethertype=0x88b6
check "programs find them" weft -n a ping -c 1 'fe80:200:0:2%veth0'
rmmod weft
check "and the default again" load
check "which works" weft -n a ping -c 1 'fe80:200:0:2%veth0'
finish
