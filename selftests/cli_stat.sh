#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft stat: counters as text and JSON, patterns, namespaces.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

counter() {
	weft -n a -j stat "$1" | jq ".$1"
}

ns_add a b
wait_until 20 has_address a ::1
check "counters are JSON" sh -c 'weft -n a -j stat -a | jq -e "has(\"InReceives\")"'
check_equal "-a shows all of them" \
	"$(weft -n a -j stat -a | jq length)" "$(in_ns a grep -c . /proc/net/weft/stat)"
before=$(counter InEchos)
weft -n a ping -c 3 -i 0.1 ::1 >/dev/null
check_equal "echoes are counted" "$(counter InEchos)" $((before + 3))
check_equal "in their namespace only" "$(weft -n b -j stat InEchos)" '{"InEchos":0}'
check "drops stand apart" sh -c "weft -n a stat -a | grep -q '^Dropped:'"
check_equal "a pattern selects" \
	"$(weft -n a stat 'Drop*' | grep -cv '^ *Drop')" 0
check_fails "a misspelt name is told" "no counter 'InReceive'" weft -n a stat InReceive
check_status "with status 1" 1 weft -n a stat InReceive
check_status "usage" 1 weft -n a stat -x
finish
