#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft monitor: addresses, routes, neighbours, rules and devices that come and go.
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
weft -n a monitor route >"$tap_tmp/route" &
at_end kill $!
ns_join a veth0 b veth1
wait_until 20 has_address a "$(weft_address a veth0)"
weft -n a addr add 7::1/16 dev veth0
weft -n a addr del 7::1/16 dev veth0
weft -n a route add 8::/16 dev veth0 metric 20
weft -n a route del 8::/16
weft -n a rule add pref 50 from 7::/16 lookup 100
weft -n a rule del pref 50
weft -n a neigh add 7::2 lladdr 02:00:00:00:00:01 dev veth0
weft -n a neigh del 7::2 dev veth0
ip -n a link del veth0

check "a new address" wait_until 10 \
	grep -q "^address 7::1/16 dev veth0 scope global" "$tap_tmp/text"
check "an address that goes" wait_until 10 \
	grep -q "^deleted address 7::1/16 dev veth0 scope global" "$tap_tmp/text"
check "the link-local address" grep -q "^address fe80:.* scope link" "$tap_tmp/text"
check "a device" grep -qE "^link [0-9]+: veth0: <" "$tap_tmp/text"
check "a device that goes" wait_until 10 \
	grep -qE "^deleted link [0-9]+: veth0: <" "$tap_tmp/text"
check "a route" grep -qx "route 8::/16 dev veth0 metric 20" "$tap_tmp/text"
check "a route that goes" grep -qx "deleted route 8::/16 dev veth0 metric 20" "$tap_tmp/text"
check "a rule" grep -q "^rule 50:.*from 7::/16 lookup 100" "$tap_tmp/text"
check "a rule that goes" grep -q "^deleted rule 50:" "$tap_tmp/text"
check "a neighbour" grep -q \
	"^neigh 7::2 dev veth0 lladdr 02:00:00:00:00:01 PERMANENT" "$tap_tmp/text"
check "a neighbour that goes" grep -q "^deleted neigh 7::2 dev veth0" "$tap_tmp/text"
check "of one kind they have no label" grep -qx "8::/16 dev veth0 metric 20" "$tap_tmp/route"
check_equal "and there are no others" \
	"$(grep -cE "PERMANENT|lookup|forever|<" "$tap_tmp/route")" 0
wait_until 10 grep -q '"link","deleted":true' "$tap_tmp/json"
check "JSON in each line" jq -e . "$tap_tmp/json"
check_equal "with the address" \
	"$(jq -s '[.[] | select(.local == "7::1") | .deleted]' -c "$tap_tmp/json")" "[false,true]"
check "stamps" grep -qE '^\[[0-9]{4}-[0-9-]+T[0-9:.]+\] address 7::1/16' "$tap_tmp/stamped"
check "all of them still run" kill -0 "${monitors[@]}"
check_equal "and the route" \
	"$(jq -s '[.[] | select(.dst == "8::/16") | [.event, .deleted]]' -c "$tap_tmp/json")" \
	'[["route",false],["route",true]]'
check_status "usage" 1 weft monitor -x
check_fails "what cannot be watched" "'frob' cannot be watched" weft monitor frob
finish
