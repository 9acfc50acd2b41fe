#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Messages longer than the MTU: over veth pairs and NICs, with loss and disorder;
# and what becomes of half a packet when its namespace or the module goes.
# lab: --nodes 1 --nic e1000 --nic e1000
# timeout: 180
. "$(dirname "$0")/lib.sh"

# counter NAME COUNTER
counter() {
	in_ns "$1" sed -n "s/^$2 //p" /proc/net/weft/stat
}

# has_size FILE BYTES
has_size() {
	[ "$(stat -c %s "$1")" -ge "$2" ]
}

# message BYTES DEST: one message from a to b arrives whole and unchanged.
message() {
	local receiver status=0
	head -c "$1" /dev/urandom >"$tap_tmp/sent"
	: >"$tap_tmp/received"
	weft -n b nc -ul -w 60 7000 </dev/null >"$tap_tmp/received" &
	receiver=$!
	wait_until 10 in_ns b grep -qi :1b58 /proc/net/weft/dgram
	weft -n a nc -u -N -b "$1" "$2" 7000 <"$tap_tmp/sent" &&
		wait_until 20 has_size "$tap_tmp/received" "$1" &&
		cmp "$tap_tmp/sent" "$tap_tmp/received" || status=1
	kill "$receiver"
	wait "$receiver" 2>/dev/null
	return "$status"
}

# long_messages NAME DEV_A DEV_B
long_messages() {
	local there
	there=$(weft_address b "$3")%$2
	wait_until 20 weft -n a ping -c 1 -W 1 "$there"
	check "$1: 65000 bytes" message 65000 "$there"
	check "$1: 65503 bytes, the longest" message 65503 "$there"
	check "$1: one byte more than the MTU" message \
		$(($(in_ns a cat "/sys/class/net/$2/mtu") - 32 + 1)) "$there"
	check "$1: long echoes" weft -n a ping -c 3 -i 0.1 -s 60000 "$there"
	check "$1: the longest echo" weft -n a ping -c 1 -s 65503 "$there"
}

# set_mtu MTU
set_mtu() {
	ip -n a link set veth0 mtu "$1" && ip -n b link set veth1 mtu "$1" &&
		wait_until 10 has_address a "$(weft_address a veth0)" &&
		wait_until 10 has_address b "$(weft_address b veth1)"
}

# The pair would carry long packets whole: offload_paths.c.
ns_add a b
ns_join a veth0 b veth1
check "the pair carries fragments" ip netns exec a ethtool -K veth0 tx-sctp-segmentation off
check "both ways" ip netns exec b ethtool -K veth1 tx-sctp-segmentation off
long_messages "veth" veth0 veth1
check "MTU 576" set_mtu 576
long_messages "veth, MTU 576" veth0 veth1
check "a group hears long echoes" weft -n a ping -c 1 -s 20000 "ff02::1%veth0"
check "fragments were sent" test "$(counter a FragCreates)" -gt 300
check_equal "each packet was" "$(counter a FragFails)" 0
check_equal "each was put together" "$(counter b ReasmFails)" 0
check_equal "by the node they were for" "$(counter b 'DropFrag[A-Za-z]*' | sort -u)" 0

# Loss costs packets, never content; disorder and duplicates cost nothing.
there=$(weft_address b veth1)%veth0
check "MTU 1500" set_mtu 1500
check "a link that disorders and doubles" tc -n a qdisc add dev veth0 root \
	netem delay 2ms 1ms reorder 30% 50% duplicate 20% limit 10000
check "disorder and duplicates" weft -n a ping -q -c 20 -i 0.05 -s 30000 "$there"
check "and the content stays" message 65000 "$there"
check "duplicates were seen" test "$(counter b DropFragDuplicate)" -gt 0
tc -n a qdisc change dev veth0 root netem loss 10% limit 10000
weft -n a ping -q -c 40 -i 0.01 -s 20000 "$there" >"$tap_tmp/loss"
# Two wrong bits in one packet, which its checksum may miss, are too rare here to be met.
tc -n a qdisc change dev veth0 root netem corrupt 1% limit 10000
before=$(counter b DropChecksum)
for ((i = 0; i < 50 && $(counter b DropChecksum) == before; i++)); do
	weft -n a ping -c 20 -i 0.01 -s 2000 "$there"
done >"$tap_tmp/corrupt" 2>&1
tc -n a qdisc del dev veth0 root
check "loss costs packets" grep -qE ' ([1-9]|[1-9][0-9])(\.[0-9]+)?% packet loss' "$tap_tmp/loss"
check "a changed bit costs a packet" test "$(counter b DropChecksum)" -gt "$before"
check "and is never delivered" sh -c "! grep -i 'wrong data' $tap_tmp/corrupt"
check "all is well after it" weft -n a ping -q -c 5 -i 0.05 -s 30000 "$there"

# forbidden FILE VALUE
forbidden() {
	! in_ns b sh -c "echo $2 >/proc/sys/net/weft/$1" 2>/dev/null
}

check_equal "frag_time" "$(in_ns b cat /proc/sys/net/weft/frag_time)" 30
check "no time is refused" forbidden frag_time 0
check "so is too long a time" forbidden frag_time 601
check "a low threshold above the high one is refused" forbidden frag_low_thresh 4194305
check "a high threshold below the low one is refused" forbidden frag_high_thresh 3145727
check "unbounded memory is refused" forbidden frag_high_thresh 268435457
check "a time of one second" in_ns b sh -c 'echo 1 >/proc/sys/net/weft/frag_time'
check_equal "is that namespace's alone" "$(in_ns a cat /proc/sys/net/weft/frag_time)" 30

# half NAMESPACE DEV COUNT: so many first fragments to all nodes leave there.
half() {
	ip netns exec "$1" python3 - "$2" "$3" <<-'PYTHON'
		import socket, struct, sys
		mac = bytes.fromhex(open(f"/sys/class/net/{sys.argv[1]}/address").read().replace(":", ""))
		group = bytes.fromhex("ff02000000000001")
		with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
		    raw.bind((sys.argv[1], 0))
		    for number in range(int(sys.argv[2])):
		        fragment = struct.pack(">BBHI", 17, 0, 1, number) + bytes(512)
		        header = struct.pack(">BBHHBB", 0x10, 0, 24 + len(fragment), 0, 64, 44)
		        raw.send(bytes.fromhex("035700000001") + mac + b"\x88\xb5" + header +
		                 b"\xfe\x80" + mac + group + fragment)
	PYTHON
}

# counts NAME COUNTER ATLEAST
counts() {
	[ "$(counter "$1" "$2")" -ge "$3" ]
}

requests=$(counter b ReasmReqds)
half a veth0 100
check "halves are given up" wait_until 20 counts b DropFragTime 100
check "the time is counted for each" counts b ReasmReqds $((requests + 100))

# Nobody waits for these.
check "a longer time" in_ns b sh -c 'echo 600 >/proc/sys/net/weft/frag_time'
requests=$(counter b ReasmReqds)
half a veth0 100
check "more halves wait" wait_until 20 counts b ReasmReqds $((requests + 100))
ns_take a eth0
ns_take b eth1
long_messages "weftnic" eth0 eth1

ns_add c d
ns_join c veth2 d veth3
half c veth2 50
check "and in another namespace" wait_until 20 counts d ReasmReqds 50
check "which goes" ip netns del d
check "the other one works" weft -n a ping -c 1 -s 30000 "$there"

# Their device goes, and the address that they were sent to.
ns_add e f
ns_join e veth4 f veth5
ip netns exec e ethtool -K veth4 tx-sctp-segmentation off
weft -n e addr add 7:5::1/32 dev veth4 nodad
weft -n f addr add 7:5::2/32 dev veth5 nodad
in_ns f sysctl -qw net.weft.frag_time=10
check "a whole packet comes" wait_until 20 weft -n e ping -c 1 -W 1 -s 3000 7:5::2
check "its later parts are to be lost" weft -n f filter -f - <<-END
	table t { chain c { type filter hook prerouting priority 0; fragment later drop; }; }
END
requests=$(counter f ReasmReqds)
unsent=$(counter f OutNoRoutes)
weft -n e ping -c 1 -W 1 -s 3000 7:5::2 >/dev/null
check_equal "half a packet waits" "$(counter f ReasmReqds)" $((requests + 1))
check "its device goes" ip -n f link del veth5
check_equal "it waits still" "$(counter f DropFragTime)" 0
check "its time is over all the same" wait_until 30 counts f DropFragTime 1
check "the sender is to be told, but cannot be" counts f OutNoRoutes $((unsent + 1))

requests=$(counter b ReasmReqds)
half a veth0 100
wait_until 20 counts b ReasmReqds $((requests + 100))
rmmod weft_filter
at_end insmod "$WEFT_TREE/build/$(uname -r)/proto/filter/weft_filter.ko"
check "the module goes with fragments in it" \
	wait_until 20 sh -c "grep -q '^weft .* 0 -' /proc/modules && rmmod weft"
check "and comes back" insmod "$WEFT_TREE/build/$(uname -r)/proto/weft.ko"
check "no sysctl is left of the other one" sh -c "[ \"\$(ip netns exec b cat /proc/sys/net/weft/frag_time)\" = 30 ]"
check "it works" wait_until 20 weft -n a ping -c 1 -W 1 -s 30000 "$there"
finish
