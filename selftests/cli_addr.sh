#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft addr: show, add, change, del and flush; filters; what is refused and why.
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
check_equal "flush of a prefix" "$(weft -n a -s addr flush to 7::3/64)" "deleted 1 addresses"
check_equal "one is left" "$(own veth0)" 1
check "flush" addr flush dev veth0
check_equal "none is left" "$(own veth0)" 0
check "but the kernel's" has_address a "$local_addr"
addr add 7::4/16 dev veth0
ip -n a address add 192.0.2.1/24 dev veth0
check "the flush of ip, which asks for all families" ip -n a address flush dev veth0
check_equal "none is left by that" "$(own veth0)" 0
check "but again the kernel's" has_address a "$local_addr"
check_status "flush needs a filter" 1 addr flush

# of ADDRESS FILTER: what jq finds in an address.
of() {
	weft -n a -j addr | jq -c "[.[].addr_info[]] | map(select(.local == \"$1\"))[0] | $2"
}

check "lifetimes, flags, a metric and an origin" addr add 7::4/16 dev veth0 \
	valid_lft 1000 preferred_lft 500 nodad noprefixroute metric 77 proto 42
check "are shown" sh -c 'weft -n a addr show to 7::4 |
	grep -q "weft 7::4/16 metric 77 scope global dynamic .*nodad noprefixroute proto 42"'
check "the lifetimes too" sh -c 'weft -n a addr show to 7::4 |
	grep -qE "^       valid_lft (1000|99.)sec preferred_lft (500|49.)sec$"'
check_equal "and in JSON" "$(of 7::4 '[.metric, .dynamic, .nodad, .noprefixroute]')" \
	"[77,true,true,true]"
check "in one line" sh -c "weft -n a -o addr show to 7::4 |
	grep -qE '^[0-9]+: veth0    weft 7::4/16 .*valid_lft'"
check "colours" grep -qF $'\e[34m7::4/16\e[0m' <(weft -n a -c addr)
check "change" addr change 7::4/16 dev veth0 valid_lft forever nodad
check_equal "makes it permanent" "$(of 7::4 '[.valid_life_time, .dynamic]')" \
	"[4294967295,null]"
check_status "change needs one that is there" 2 addr change 7::5/16 dev veth0
check "replace does not" addr replace 7::5/16 dev veth0 preferred_lft 0 nodad
check_equal "no preferred lifetime is deprecated" "$(of 7::5 .deprecated)" true

check_equal "filter: deprecated" "$(addr show deprecated | grep -c 'weft 7::5')" 1
check_equal "filter: not deprecated" "$(addr show -deprecated | grep -c 'weft 7::5')" 0
check_equal "filter: permanent" "$(addr show permanent | grep -c 'weft 7::4')" 1
check_equal "filter: dynamic" "$(addr show dynamic)" ""
check_equal "filter: scope" "$(weft -n a -o addr show scope host | wc -l)" 2
check_equal "filter: prefix" "$(weft -n a -o addr show to 7::/16 | wc -l)" 2
check_equal "filter: a device alone" "$(weft -n a -o addr show lo | wc -l)" 2

check_fails "a bad lifetime is told" "valid_lft 'x'" addr add 7::6 dev veth0 valid_lft x
check_fails "no lifetime is none" "valid_lft '0'" addr add 7::6 dev veth0 valid_lft 0
check_fails "preferred is at most valid" "greater" \
	addr add 7::6 dev veth0 valid_lft 5 preferred_lft 6
check_fails "a bad metric is told" "metric 'x'" addr add 7::6 dev veth0 metric x
check_fails "a bad protocol is told" "'frob'" addr add 7::6 dev veth0 proto frob
check_fails "a bad scope is told" "no scope 'frob'" addr show scope frob
check_fails "a word twice" "twice" addr add 7::6 dev veth0 nodad nodad
finish
