#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft addr: show, add, del and flush; what is refused and why.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

# addr ARG...: weft addr in the namespace a.
addr() {
	weft -n a addr "$@"
}

# own DEV: how many addresses a device has that somebody added.
own() {
	weft -n a -j addr show dev "$1" |
		jq '[.[].addr_info[] | select(.scope == "global")] | length'
}

ns_add a b
ns_join a veth0 b veth1
local_addr=$(weft_address a veth0)
wait_until 20 has_address a "$local_addr"

check "an address is added" addr add 7::1/16 dev veth0
check "and shown" has_address a "weft 7::1/16 scope global"
check "the kernel's own address is shown" has_address a "$local_addr"
check "in the short form too" sh -c 'weft -n a a s dev veth0 | grep -q 7::1/16'
check "JSON has it" sh -c 'weft -n a -j addr | jq -e ".[] |
	select(.ifname == \"veth0\").addr_info[] |
	select(.local == \"7::1\" and .prefixlen == 16 and .family == \"weft\")"'
check "pretty JSON is JSON" sh -c 'weft -n a -j -p addr | jq -e length'
check_equal "another namespace has it not" \
	"$(weft -n b -j addr | jq '[.[].addr_info[] | select(.local == "7::1")] | length')" 0

check_fails "twice is refused" "the device has this address" \
	addr add 7::1/16 dev veth0
check_status "with status 2" 2 addr add 7::1/16 dev veth0
check_fails "a group is refused" "not an address of one node" \
	addr add ff02::5 dev veth0
check_fails "the kernel's own stays" "made by the kernel" \
	addr del "$local_addr" dev veth0
check_fails "what is not there cannot go" "no such address" \
	addr del 7::9 dev veth0
check_fails "no such device" "no device 'nodev'" addr add 7::2 dev nodev
check_status "is an error of the system" 2 addr add 7::2 dev nodev

check_status "no address: usage" 1 addr add dev veth0
check_status "no device: usage" 1 addr add 7::2
check_status "a word too much: usage" 1 addr add 7::2 7::3 dev veth0
check_fails "a bad address is told" "not a Weft address" addr add 7::1:2:3:4 dev veth0
check_fails "a bad prefix is told" "from 0 to 64" addr add 7::2/65 dev veth0
check_status "an unknown verb: usage" 1 addr frob
check_status "no such namespace" 2 weft -n nonesuch addr
check_status "a namespace is a name" 2 weft -n ../a addr

addr add 7::2/16 dev veth0
addr add 7::3/16 dev veth0
check "an address is deleted" addr del 7::2/16 dev veth0
check_equal "two are left" "$(own veth0)" 2
check "flush" addr flush dev veth0
check_equal "none is left" "$(own veth0)" 0
check "but the kernel's" has_address a "$local_addr"
finish
