#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The addresses that come by themselves follow their devices: up, down, MAC,
# MTU, another namespace, gone; and a socket of a device hears that device only.
# lab: --nodes 1 --nic none
. "$(dirname "$0")/lib.sh"

# addresses NAME DEV: what a device has, one a line.
addresses() {
	weft -n "$1" -j addr show dev "$2" 2>/dev/null | jq -r '.[].addr_info[].local'
}

# has NAME DEV ADDRESS: waits until that is the only address of the device;
# with an empty ADDRESS until it has none.
has() {
	wait_until 10 eval "[ \"\$(addresses $1 $2)\" = '$3' ]" && return
	note "$2 has '$(addresses "$1" "$2")', not '$3'"
	return 1
}

# joined NAME DEV: the device listens to ff02::1.
joined() {
	ip -n "$1" maddress show dev "$2" | grep -q 03:57:00:00:00:01
}

# heard FILE TEXT
heard() {
	wait_until 10 grep -qx "$2" "$tap_tmp/$1"
}

ns_add a b c
ip -n a link add veth0 address 02:00:00:00:00:01 type veth \
	peer name veth1 address 02:00:00:00:00:02 netns b
check "a device that is down has no address" has a veth0 ''
check "the loopback device has its own" has a lo $'0:4:7f00:1\n::1'
ip -n a link set veth0 up
check "one that comes up gets one" has a veth0 fe80:200:0:1
check "which appears in /proc" in_ns a grep -q '^fe80020000000001 .* veth0$' /proc/net/weft/addr
ip -n b link set veth1 up
check "its peer too" has b veth1 fe80:200:0:2
check "the group of all nodes is joined" joined a veth0

ip -n a link set veth0 address 02:00:00:00:00:11
check "a new MAC makes a new address" has a veth0 fe80:200:0:11
check "the new one works" weft -n b ping -c 1 'fe80:200:0:11%veth1'
check_status "the old one does not" 1 weft -n b ping -c 1 -W 1 'fe80:200:0:1%veth1'

ip -n a link set veth0 mtu 100
check "too small an MTU takes it away" has a veth0 ''
ip -n a link set veth0 mtu 1500
check "and gives it back" has a veth0 fe80:200:0:11

weft -n a addr add 7::1/16 dev veth0
ip -n a link set veth0 down
check "down: only what was added stays" has a veth0 7::1
check "the group is left" sh -c "! ip -n a maddress show dev veth0 | grep -q 03:57:00:00:00:01"
check_fails "nothing can be sent" "unreachable" weft -n a ping -c 1 'fe80:200:0:2%veth0'
ip -n a link set veth0 up
weft -n a addr del 7::1/16 dev veth0
check "up again" has a veth0 fe80:200:0:11

weft -n a addr add 7::1/16 dev veth0
ip -n a link set veth0 netns c
check "in another namespace it starts anew" has c veth0 ''
ip -n c link set veth0 up
check "with its own address alone" has c veth0 fe80:200:0:11
check "and works" weft -n c ping -c 1 'fe80:200:0:2%veth0'
check "nothing is left behind" sh -c "! grep -q veth0 /proc/net/weft/addr"

ip -n c link add veth2 type veth peer name veth3 netns b
ip -n c link set veth2 up
ip -n b link set veth3 up
wait_until 10 has_address b "$(weft_address b veth3)"
for dev in veth1 veth3; do
	timeout 60 weft -n b nc -ul -k -I $dev 7000 </dev/null >"$tap_tmp/$dev" &
	at_end kill $!
done
wait_until 10 in_ns b sh -c 'grep -ci :1b58 /proc/net/weft/dgram | grep -qx 2'
echo one | weft -n c nc -u -N "$(weft_address b veth1)%veth0" 7000
echo three | weft -n c nc -u -N "$(weft_address b veth3)%veth2" 7000
check "a socket of veth1 hears veth1" heard veth1 one
check "a socket of veth3 hears veth3" heard veth3 three
check_equal "and neither the other" "$(cat "$tap_tmp/veth1" "$tap_tmp/veth3")" "one
three"

echos=$(in_ns b sed -n 's/^InEchos //p' /proc/net/weft/stat)
ip -n c link add link veth0 name vlan0 address 02:00:00:00:00:31 type vlan id 10
ip -n b link add link veth1 name vlan1 address 02:00:00:00:00:32 type vlan id 10
ip -n c link set vlan0 up
ip -n b link set vlan1 up
check "a VLAN gets its address" has b vlan1 fe80:200:0:32
check "and works" weft -n c ping -c 3 -i 0.1 'fe80:200:0:32%vlan0'
check_equal "a packet from it is received once" \
	"$(in_ns b sed -n 's/^InEchos //p' /proc/net/weft/stat)" $((echos + 3))

ip -n c link del veth0
check "a device that goes takes its address along" has b veth1 ''
finish
