#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft neigh: what is added is shown; filters; what is refused.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

# neigh ARG...: weft neigh in the namespace a.
neigh() {
	weft -n a neigh "$@"
}

# line ADDRESS: the line of a neighbour.
line() {
	neigh show "$1" nud all
}

mac=02:00:00:00:00:01
ns_add a b
ns_join a veth0 b veth1
wait_until 20 has_address a "$(weft_address a veth0)"
weft -n a addr add 7::1/16 dev veth0 nodad

check "an entry" neigh add 7::2 lladdr $mac dev veth0
check_equal "is permanent" "$(line 7::2)" "7::2 dev veth0 lladdr $mac PERMANENT"
check "another state" neigh add 7::3 lladdr $mac dev veth0 nud stale router
check_equal "and a router" "$(line 7::3)" "7::3 dev veth0 lladdr $mac router STALE"
check "noarp" neigh add 7::4 lladdr $mac dev veth0 nud noarp
check_equal "is not shown" "$(neigh show 7::4)" ""
check_equal "unless asked for" "$(line 7::4)" "7::4 dev veth0 lladdr $mac NOARP"
check "replace" neigh replace 7::3 lladdr 02:00:00:00:00:02 dev veth0 nud permanent
check_equal "changes it" "$(line 7::3)" "7::3 dev veth0 lladdr 02:00:00:00:00:02 PERMANENT"
check "change" neigh change 7::3 lladdr $mac dev veth0 nud stale
check_equal "does so too" "$(neigh show 7::3 | cut -d' ' -f5,6)" "$mac STALE"
check_status "change needs one that is there" 2 neigh change 7::9 lladdr $mac dev veth0
check_status "twice is refused" 2 neigh add 7::2 lladdr $mac dev veth0
check_equal "get" "$(neigh get 7::2 dev veth0)" "7::2 dev veth0 lladdr $mac PERMANENT"
check_status "get of none" 2 neigh get 7::9 dev veth0

check "statistics" sh -c \
	'weft -n a -s neigh show 7::2 | grep -qE " used [0-9]+/[0-9]+/[0-9]+ probes 0 PERMANENT$"'
check_equal "JSON" "$(weft -n a -j neigh show 7::2 | jq -c .)" \
	"[{\"dst\":\"7::2\",\"dev\":\"veth0\",\"lladdr\":\"$mac\",\"state\":[\"PERMANENT\"]}]"
check "colours" grep -qF $'\e[33m'"$mac" <(weft -n a -c neigh show 7::2)

check "a proxy entry" neigh add proxy 7::8 dev veth0
check_equal "is shown with the others of its kind" "$(neigh show proxy)" \
	"7::8 dev veth0 proxy"
check_equal "and only there" "$(line 7::8)" ""
check "it is deleted" neigh del proxy 7::8 dev veth0
check_equal "and gone" "$(neigh show proxy)" ""

check_equal "filter: state" "$(neigh show nud permanent | cut -d' ' -f1)" 7::2
check_equal "filter: prefix" "$(neigh show to 7::2/63 | wc -l)" 2
check_equal "filter: device" "$(neigh show dev lo)" ""

check_status "no address: usage" 1 neigh add dev veth0
check_status "no device: usage" 1 neigh add 7::5 lladdr $mac
check_fails "a bad address is told" "'7::x'" neigh add 7::x lladdr $mac dev veth0
check_fails "a bad MAC is told" "lladdr '1:2:3'" neigh add 7::5 lladdr 1:2:3 dev veth0
check_fails "a MAC too long" "not a MAC" neigh add 7::5 lladdr $mac:01 dev veth0
check_fails "a bad state is told" "nud 'frob'" neigh add 7::5 nud frob dev veth0
check_fails "two addresses" "one address" neigh add 7::5 7::6 dev veth0
check_status "no such device" 2 neigh add 7::5 lladdr $mac dev nodev
check_status "flush needs a filter" 1 neigh flush

check "flush" neigh flush dev veth0
check_equal "leaves what was set by hand" \
	"$(neigh show nud all | cut -d' ' -f1 | sort | tr '\n' ' ')" "7::2 7::4 "
check "flush of all states" sh -c \
	'weft -n a -s neigh flush dev veth0 nud all | grep -qx "deleted 2 neighbours"'
check_equal "leaves none" "$(neigh show nud all)" ""
check "del" sh -c "weft -n a neigh add 7::2 lladdr $mac dev veth0 &&
	weft -n a neigh del 7::2 dev veth0"
check_equal "it is gone" "$(line 7::2)" ""
check_status "what is gone cannot go" 2 neigh del 7::2 dev veth0
check "abbreviations" weft -n a n s
finish
