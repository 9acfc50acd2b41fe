#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft link: devices and their settings.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

# setting NAME: as JSON tells it.
setting() {
	weft -n a -j link show dev veth0 | jq ".[].weft.$1"
}

ns_add a b
ns_join a veth0 b veth1
mac=$(in_ns a cat /sys/class/net/veth0/address)

check "all devices" sh -c 'weft -n a link | grep -q ": veth0: <.*UP.*> mtu 1500 state UP$"'
check "lo too" sh -c 'weft -n a link show dev lo | grep -q ": lo: <LOOPBACK,UP,LOWER_UP> mtu"'
check_equal "one has no other" "$(weft -n a -j link show veth0 | jq -r '.[].ifname')" veth0
check "its MAC" sh -c "weft -n a link show veth0 | grep -qx '    link/ether $mac'"
check "its settings" sh -c 'weft -n a link show veth0 |
	grep -q "^    weft forwarding default$"'
check "in one line" sh -c "weft -n a -o link show veth0 | grep -q 'state UP.    link/ether'"

for value in on off default; do
	check "forwarding $value" weft -n a link set dev veth0 forwarding $value
	check_equal "is shown" "$(setting forwarding)" "\"$value\""
done
for value in never always host; do
	for name in accept_ra accept_redirects; do
		check "$name $value" weft -n a link set dev veth0 $name $value
		check_equal "is shown" "$(setting $name)" "\"$value\""
	done
done
for value in off on; do
	check "send_redirects $value" weft -n a link set dev veth0 send_redirects $value
	check_equal "is shown" "$(setting send_redirects)" "\"$value\""
done
weft -n a link set veth0 accept_ra always send_redirects off
check "what is not as usual is told" sh -c 'weft -n a link show veth0 |
	grep -q "^    weft forwarding default accept_ra always send_redirects off$"'
weft -n a link set veth0 accept_ra host send_redirects on
check "with -d all" sh -c "weft -n a -d link show veth0 | grep -q '^    weft \
forwarding default accept_ra host accept_redirects host send_redirects on hoplimit 0 \
mtu 0 reachable 30000 retrans 1000\$'"
check_fails "another value than these" "'host', 'always' or 'never'" \
	weft -n a link set veth0 accept_ra on
check_fails "a bad value is told" "'maybe'" weft -n a link set veth0 forwarding maybe
check_fails "a word twice" "twice" weft -n a link set veth0 forwarding on forwarding off
check_status "no setting: usage" 1 weft -n a link set veth0
check_status "no device: usage" 1 weft -n a link set forwarding on
check_fails "no such device" "no device 'nodev'" weft -n a link set nodev forwarding on
check_fails "privilege is needed" "not permitted" \
	ip netns exec a setpriv --bounding-set -net_admin --inh-caps -net_admin \
	"$(command -v weft)" link set veth0 forwarding on
check "abbreviations" weft -n a l s veth0
finish
