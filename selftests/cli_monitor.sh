#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft monitor: addresses and devices that come and go.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

# watch FILE OPTION...: a monitor that is ready when it tells of a change.
watch() {
	local file=$1
	shift
	weft -n a monitor "$@" >"$file" &
	monitors+=($!)
	at_end kill $!
	wait_until 10 poke "$file"
}

poke() {
	ip -n a link set lo mtu $((60000 + RANDOM % 5000))
	grep -q lo "$1"
}

monitors=()
ns_add a b
watch "$tap_tmp/text"
watch "$tap_tmp/json" -j
watch "$tap_tmp/stamped" -t
ns_join a veth0 b veth1
wait_until 20 has_address a "$(weft_address a veth0)"
weft -n a addr add 7::1/16 dev veth0
weft -n a addr del 7::1/16 dev veth0
ip -n a link del veth0

check "a new address" wait_until 10 \
	grep -qx "address 7::1/16 dev veth0 scope global" "$tap_tmp/text"
check "an address that goes" wait_until 10 \
	grep -qx "deleted address 7::1/16 dev veth0 scope global" "$tap_tmp/text"
check "the link-local address" grep -q "^address fe80:.* scope link" "$tap_tmp/text"
check "a device" grep -q "^link veth0 index " "$tap_tmp/text"
check "a device that goes" wait_until 10 grep -q "^deleted link veth0" "$tap_tmp/text"
wait_until 10 grep -q '"link","deleted":true' "$tap_tmp/json"
check "JSON in each line" jq -e . "$tap_tmp/json"
check_equal "with the address" \
	"$(jq -s '[.[] | select(.local == "7::1") | .deleted]' -c "$tap_tmp/json")" "[false,true]"
check "stamps" grep -qE '^\[[0-9]{4}-[0-9-]+T[0-9:.]+\] address 7::1/16' "$tap_tmp/stamped"
check "all of them still run" kill -0 "${monitors[@]}"
check_status "usage" 1 weft monitor -x
finish
