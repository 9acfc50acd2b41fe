# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Receive filters of weftnic: addresses, groups, VLANs; which frames come in,
# and that joining a group or a VLAN stops none of the others.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

check "the pair comes up" nic_up
mac=$(cat /sys/class/net/eth0/address)

# The peer sends a frame for each line "NUMBER MAC [VLAN]", and a marker after it
# that every filter lets through. What reaches eth0 is written down.
mkfifo "$tap_tmp/frames"
ip netns exec "$peer" python3 - "$tap_tmp/frames" <<-'PYTHON' &
	import socket, sys
	with open(sys.argv[1]) as lines, socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
	    raw.bind(("eth1", 0))
	    for line in lines:
	        number, mac, *vlan = line.split()
	        to = bytes.fromhex(mac.replace(":", ""))
	        tag = bytes.fromhex("8100%04x" % int(vlan[0])) if vlan else b""
	        for to, tag, text in (to, tag, "frame"), (b"\xff" * 6, b"", "marker"):
	            raw.send(to + bytes.fromhex("020000000099") + tag + b"\x88\xb6" +
	                     f"{number} {text}\n".encode() + bytes(60))
PYTHON
exec 9>"$tap_tmp/frames"
python3 - >"$tap_tmp/heard" <<-'PYTHON' &
	import socket
	with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as raw:
	    raw.bind(("eth0", 3))
	    while frame := raw.recv(2000):
	        if frame[6:12] == bytes.fromhex("020000000099"):
	            print(frame.split(b"\x88\xb6")[1].split(b"\n")[0].decode(), flush=True)
PYTHON
at_end kill $!

# arrives MAC [VLAN]: a frame of the peer to that address reaches eth0.
sent=0
heard() {
	grep -qx "$sent $1" "$tap_tmp/heard"
}
send() {
	sent=$((sent + 1))
	echo "$sent" "$@" >&9
	wait_until 20 heard marker
}
arrives() {
	send "$@" && heard frame
}
stays_out() {
	send "$@" && ! heard frame
}

wait_until 20 arrives "$mac"
check "own address" arrives "$mac"
check "broadcast" arrives ff:ff:ff:ff:ff:ff
check "another address stays out" stays_out 02:00:00:00:00:77
check "a group not joined stays out" stays_out 01:00:5e:01:02:03
ip maddr add 01:00:5e:01:02:03 dev eth0
check "a group joined" arrives 01:00:5e:01:02:03
check "an address of the same hash stays out" stays_out 02:00:00:00:00:03
for n in 1{0..9} 2{0..9}; do
	ip maddr add 01:00:5e:00:01:"$n" dev eth0
done
all_arrive() {
	local n
	for n in "$@"; do
		arrives 01:00:5e:00:01:"$n" || return 1
	done
}
check "more groups than there are registers" all_arrive 1{0..9} 2{0..9}
for n in 10 15 1{7..9}; do
	ip maddr del 01:00:5e:00:01:"$n" dev eth0
done
check "the others stay" all_arrive 1{1..4} 16 2{0..9}
check "one that was left does not" stays_out 01:00:5e:00:01:15
for n in 1{1..4} 16 2{0..9}; do
	ip maddr del 01:00:5e:00:01:"$n" dev eth0
done
ip maddr del 01:00:5e:01:02:03 dev eth0
check "a group left" stays_out 01:00:5e:01:02:03
ip link add link eth0 name mv0 address 02:00:00:00:00:77 type macvlan
at_end ip link del mv0
ip link set mv0 up
check "a second unicast address" arrives 02:00:00:00:00:77
ip link del mv0
check "and gone" stays_out 02:00:00:00:00:77
ip link set eth0 allmulticast on
check "all-multicast" arrives 01:00:5e:11:22:33
ip link set eth0 allmulticast off

check "an unknown VLAN stays out" stays_out "$mac" 42
ip link add link eth0 name vl42 type vlan id 42
at_end ip link del vl42
ip link set vl42 up
check "a known VLAN" arrives "$mac" 42
ethtool -K eth0 rx-vlan-filter off
wait_until 20 ping -c 1 -W 1 "$b4"
check "any VLAN with the filter off" arrives "$mac" 43
ip link add link eth0 name vl45 type vlan id 45
ip link set vl45 up
ethtool -K eth0 rx-vlan-filter on
wait_until 20 ping -c 1 -W 1 "$b4"
check "a VLAN made meanwhile is known" arrives "$mac" 45
ethtool -K eth0 rx-vlan-filter off
ip link del vl45
ethtool -K eth0 rx-vlan-filter on
wait_until 20 ping -c 1 -W 1 "$b4"
check "a VLAN that went meanwhile is not" stays_out "$mac" 45
check "the others still are" arrives "$mac" 42
ip link set eth0 promisc on
wait_until 20 ping -c 1 -W 1 "$b4"
check "promiscuous: another's address" arrives 02:00:00:00:00:78
check "promiscuous: any VLAN" arrives "$mac" 44
ip link set eth0 promisc off
wait_until 20 ping -c 1 -W 1 "$b4"

in_ns "$peer" ip link add link eth1 name vl42 type vlan id 42
ip address add 198.51.100.1/24 dev vl42
in_ns "$peer" ip address add 198.51.100.2/24 dev vl42
in_ns "$peer" ip link set vl42 up
check "IP in a VLAN" wait_until 10 ping -c 1 -W 1 198.51.100.2
ethtool -K eth0 rx-vlan-offload off
check "the same without tag offload" wait_until 10 ping -c 1 -W 1 198.51.100.2
ethtool -K eth0 rx-vlan-offload on tx-vlan-offload on

# A second's gap would stretch one round trip to most of a second, each time that
# this is tried; a slow machine does so now and then.
no_gap() {
	ping -q -i 0.01 -c 100 -W 2 "$b4" >"$tap_tmp/gap" &
	local pinging=$! i
	for ((i = 1; i < 20; i++)); do
		ip maddr add "01:00:5e:02:00:$(printf %02x "$i")" dev eth0
		ip maddr del "01:00:5e:02:00:$(printf %02x "$i")" dev eth0
	done
	ip link set eth0 allmulticast on
	ip link set eth0 allmulticast off
	ip link add link eth0 name vl7 type vlan id 7
	ip link del vl7
	wait "$pinging"
	grep -q ' 0% packet loss' "$tap_tmp/gap" &&
		awk -F/ '/^rtt/ { exit $6 > 500 }' "$tap_tmp/gap"
}
no_gap_in_three() {
	no_gap || no_gap || no_gap
}
check "joining groups and VLANs stops nothing" no_gap_in_three

# A VLAN keeps the address that it was made with, and QEMU looks for unicast
# addresses in the table of groups too: IPv6's group of the old one would let it in.
ip link del vl42
sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
at_end sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
ip link set eth0 address 02:00:00:00:00:11
at_end ip link set eth0 address "$mac"
check "a new address" arrives 02:00:00:00:00:11
check "the old one is no more" stays_out "$mac"
ip -n "$peer" neigh flush all
check "IP with it" wait_until 10 ping -c 1 -W 1 "$b4"
finish
