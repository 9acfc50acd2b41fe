#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft route: what is added is shown, in all forms; filters; what is refused.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

# route ARG...: weft route in the namespace a.
route() {
	weft -n a route "$@"
}

# line PREFIX [ARG...]: the line of a route.
line() {
	route show exact "$@"
}

# json FILTER: what jq finds in the list of routes.
json() {
	weft -n a -j route show table all | jq -c "$1"
}

# batch LINE...: weft -b with these lines.
batch() {
	printf '%s\n' "$@" >"$tap_tmp/batch"
	weft -n a -b "$tap_tmp/batch"
}

ns_add a b
ns_join a veth0 b veth1
peer=$(weft_address b veth1)
own=$(weft_address a veth0)
wait_until 20 has_address a "$own"
weft -n a addr add 7::1/16 dev veth0 nodad

check "a route by a gateway" \
	route add 8::/16 via "$peer" dev veth0 metric 20 mtu 1400 hoplimit 4 proto static
check_equal "is shown with all its values" "$(line 8::/16)" \
	"8::/16 via $peer dev veth0 proto static metric 20 mtu 1400 hoplimit 4"
check "the device may stand behind the gateway" route add 9::/16 via "$peer%veth0"
check_equal "and the metric is the kernel's" "$(line 9::/16)" \
	"9::/16 via $peer dev veth0 metric 1024"
check "a route to a device" route add a::/16 dev veth0 src 7::1
check_equal "with a source" "$(line a::/16)" "a::/16 dev veth0 src 7::1 metric 1024"
check "the default route" route add default via "$peer" dev veth0
check_equal "has a name" "$(line default)" "default via $peer dev veth0 metric 1024"
for type in blackhole unreachable prohibit; do
	check "type $type" route add $type b::1 metric 7
	check_equal "$type is shown" "$(line b::1)" "$type b::1 metric 7"
	check "$type is deleted" route del b::1
done
check "two next hops" route add c::/16 nexthop via "$peer" dev veth0 weight 3 \
	nexthop dev veth0
check_equal "in three lines" "$(line c::/16)" "c::/16 metric 1024
	nexthop via $peer dev veth0 weight 3
	nexthop dev veth0 weight 1"
check_equal "or in one" "$(weft -n a -o route show c::/16)" \
	"c::/16 metric 1024\\	nexthop via $peer dev veth0 weight 3\\	nexthop dev veth0 weight 1"
check "a table" route add d::/16 dev veth0 table 100
check_equal "has its routes" "$(route show table 100)" "d::/16 dev veth0 metric 1024"
check_equal "and main has them not" "$(line d::/16)" ""
check_equal "in all tables it is named" "$(route show d::/16 table all)" \
	"d::/16 dev veth0 table 100 metric 1024"
check "a lifetime" route add e::/16 dev veth0 expires 1000
check "counts down" sh -c 'weft -n a route show e::/16 | grep -qE "expires (1000|9[0-9][0-9])sec"'

check_equal "JSON has the gateway" \
	"$(json '.[] | select(.dst == "8::/16") | [.gateway, .dev, .protocol, .metric]')" \
	"[\"$peer\",\"veth0\",\"static\",20]"
check_equal "and the metrics" "$(json '.[] | select(.dst == "8::/16").metrics')" \
	'[{"mtu":1400,"hoplimit":4}]'
check_equal "and next hops" \
	"$(json '.[] | select(.dst == "c::/16").nexthops | map(.weight)')" "[3,1]"
check_equal "and the table" "$(json '.[] | select(.table == "100").dst')" '"d::/16"'
check "details say what goes without" \
	sh -c 'weft -n a -d route show a::/16 | grep -q "^unicast a::/16 dev veth0 proto boot scope global"'
check "colours" grep -qF $'\e[34m8::/16\e[0m' <(weft -n a -c route show 8::/16)
check_equal "none into a pipe" "$(weft -n a -c=auto route show | grep -cF $'\e')" 0

check_equal "filter: protocol" "$(route show proto static | wc -l)" 1
check_equal "filter: a word alone is exact" "$(route show 8:: | wc -l)" 0
check_equal "filter: root" "$(route show root 8::/15 | wc -l)" 2
check_equal "filter: match" \
	"$(route show match 8::5 | cut -d' ' -f1 | tr '\n' ' ')" "default 8::/16 "
check_equal "filter: gateway" "$(route show via "$peer" | wc -l)" 6
check_equal "filter: device" "$(route show dev lo | wc -l)" 0
check_equal "filter: type" "$(route show type blackhole | wc -l)" 0
check_equal "no exceptions yet" "$(route show cache)" ""

check "get" route get 8::5
check "by the gateway, from us" \
	sh -c "weft -n a route get 8::5 | grep -q '^8::5 via $peer dev veth0 .*src 7::1'"
check_equal "as JSON" "$(weft -n a -j route get 8::5 | jq -r '.[].gateway')" "$peer"
check_fails "get needs an address" usage: route get
check_fails "and only one" "one destination" route get 7::1 7::2

check "replace" route replace 8::/16 via "$peer" dev veth0 metric 20
check_equal "leaves one" "$(line 8::/16)" "8::/16 via $peer dev veth0 metric 20"
check "change" route change 8::/16 dev veth0 metric 20
check_equal "does so too" "$(line 8::/16)" "8::/16 dev veth0 metric 20"
check_status "change needs one that is there" 2 route change 8:1::/32 dev veth0
check_status "twice is refused" 2 route add 8::/16 dev veth0 metric 20
check "del" route del 8::/16
check_status "what is gone cannot go" 2 route del 8::/16

check "abbreviations" weft -n a r s
check_equal "r is route, a is add" \
	"$(weft -n a r a f::/16 dev veth0 && line f::/16)" "f::/16 dev veth0 metric 1024"

check_status "no prefix: usage" 1 route add dev veth0
check_fails "no way is told" "needs 'via'" route add 8::/16
check_fails "both ways are told" "not both" \
	route add 8::/16 dev veth0 nexthop dev veth0
check_fails "a bad prefix is told" "8::/65" route add 8::/65 dev veth0
check_fails "a bad gateway is told" "via '7::x'" route add 8::/16 via 7::x
check_fails "a bad metric is told" "metric '-1'" route add 8::/16 dev veth0 metric -1
check_fails "a bad MTU is told" "mtu '12'" route add 8::/16 dev veth0 mtu 12
check_fails "a bad weight is told" "weight '0'" route add 8::/16 nexthop dev veth0 weight 0
check_fails "an empty next hop" "'nexthop' needs" route add 8::/16 nexthop nexthop
check_fails "an unknown table" "no table 'nonesuch'" route add 8::/16 dev veth0 table nonesuch
check_fails "an unknown protocol" "no protocol 'nonesuch'" route show proto nonesuch
check_fails "a word twice" "'dev' stands there twice" route add 8::/16 dev veth0 dev veth0
check_fails "a keyword without its value" "'via' needs a value" route add 8::/16 via
check_fails "another word" "frob: not a Weft address" route add frob dev veth0
check_fails "a word too much" "one destination at a time: 'frob'" route add 8::/16 frob
check_fails "two devices" "two devices" route add 8::/16 via "$peer%veth0" dev lo
check_status "no such device" 2 route add 8::/16 dev nodev
check_status "flush needs a filter" 1 route flush

check "save" sh -c "weft -n a route save >$tap_tmp/saved"
check_equal "without the kernel's own" "$(grep -c 'proto kernel' "$tap_tmp/saved")" 0
route show | grep -v -e 'proto kernel' -e expires >"$tap_tmp/before"
check "flush" route flush proto boot
check_equal "leaves none" "$(route show proto boot)" ""
check_equal "of main" "$(route show table 100 | wc -l)" 1
check "restore" sh -c "weft -n a route restore <$tap_tmp/saved"
check_equal "brings all back" \
	"$(route show | grep -v -e 'proto kernel' -e expires)" "$(cat "$tap_tmp/before")"
check "again, over what is there" sh -c "weft -n a route restore <$tap_tmp/saved"
check_fails "other lines are refused" "standard input:1" \
	sh -c "echo addr show | weft -n a route restore"

check "a batch" batch "# comment" "route add 8:1::/32 dev veth0" "" \
	"route add 8:2::/32 \\" "dev veth0"
check_equal "does all of it" "$(route show root 8::/16 | wc -l)" 2
check_fails "tells the line that fails" "batch:2" \
	batch "route show" "route add 8:1::/32 dev veth0" "route add 8:3::/32 dev veth0"
check_equal "and stops there" "$(line 8:3::/32)" ""
check_status "with -force it goes on" 2 weft -n a -force -b "$tap_tmp/batch"
check_equal "to the end" "$(line 8:3::/32)" "8:3::/32 dev veth0 metric 1024"
check_fails "a batch of other commands" "'ping' is unknown" batch "ping ::1"
check_status "no such file" 2 weft -b "$tap_tmp/nonesuch"
check "statistics" sh -c 'weft -n a -s route flush root 8::/16 | grep -qx "deleted 3 routes"'
finish
