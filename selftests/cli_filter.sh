#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft filter: what is loaded is listed, changed, traced, and does what it says.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

if [ ! -d /sys/module/weft_filter ]; then
	insmod "$WEFT_TREE/build/$(uname -r)/proto/filter/weft_filter.ko" || exit 1
	at_end rmmod weft_filter
fi

# filter ARG...: weft filter in the namespace b.
filter() {
	weft -n b filter "$@"
}

# load LINE...: these lines from standard input, as one transaction.
load() {
	printf '%s\n' "$@" | weft -n b filter -f -
}

# saved: the ruleset without counters.
saved() {
	weft -n b filter -s list ruleset
}

# rules CHAIN: the rules of a chain of table t, one in a line.
rules() {
	filter -s list chain t "$1" | sed -n 's/^\t\t//p' | grep -v '^type'
}

# handle CHAIN TEXT: the handle of the rule that has the text.
handle() {
	filter -a -s list chain t "$1" | sed -n "s/.*$2.*# handle //p"
}

# packets CHAIN: the packets that the first counter of a chain has seen.
packets() {
	filter list chain t "$1" | sed -n 's/.*counter packets \([0-9]*\) .*/\1/p' | head -n 1
}

# answers: b sends the echo that a asks for.
answers() {
	weft -n a ping -c 1 -w 1 7::2
}

# silent: it does not.
silent() {
	! answers
}

ns_add a b
ns_join a veth0 b veth1
weft -n a addr add 7::1/16 dev veth0 nodad
weft -n b addr add 7::2/16 dev veth1 nodad
wait_until 20 answers

# --- whole rulesets --------------------------------------------------------------------

check_equal "nothing is there" "$(saved)" ""
cat >"$tap_tmp/whole" <<END
table weft other {
	flags dormant
}
table weft t {
	comment "all of it"

	set blocked {
		type addr
		flags interval
		elements = { 8::/16, 9::1-9::5 }
	}

	set ports {
		type addr . port
		elements = {
			7::1 . 1,
			7::1 . 2,
			7::1 . 3,
			7::1 . 4,
			7::2 . 5
		}
	}

	map services {
		type port : verdict
		flags interval
		elements = { 22 : accept, 80 : jump web, 1000-2000 : drop }
	}

	map marks {
		type ifname . proto : mark
		elements = { "veth1" . stream : 0x00000001 }
	}

	chain input {
		type filter hook input priority filter; policy accept;
		src @blocked counter drop
		iifname "veth*" ct state established,related accept
		stream dport vmap @services
		stream dport { 443, 5000-6000 } accept comment "a \"set\" of its own"
		meta mark set iifname . proto map @marks
		src . dport @ports log prefix "ports: " level info accept
		control type echo-request limit rate 100/second burst 5 packets accept
		stream flags & (syn | ack) == syn ct mark set 0x00000005
		meta mark & 0x000000ff != 0x00000001 length >= 1400 continue
		quota over 10 mbytes drop
	}

	chain early {
		type filter hook prerouting priority raw - 5; policy accept;
		fragment later class 3 ecn ce notrack
	}

	chain web {
		meta hour "22:00"-"06:00" reject with unreachable prohibited
		reject with reset
	}
}
END
check "a ruleset is checked" filter -c -f "$tap_tmp/whole"
check_equal "which changes nothing" "$(saved)" ""
check "it is loaded" filter -f "$tap_tmp/whole"
saved >"$tap_tmp/first"
check "it is listed as it was written" diff "$tap_tmp/whole" "$tap_tmp/first"
check "flush ruleset" filter flush ruleset
check_equal "leaves nothing" "$(saved)" ""
check "what was listed is loaded" filter -f "$tap_tmp/first"
saved >"$tap_tmp/second"
check "and listed the same" cmp "$tap_tmp/first" "$tap_tmp/second"
check "JSON" sh -c 'weft -n b filter -j list ruleset | jq -e .weft_filter >/dev/null'
check_equal "has all rules" \
	"$(filter -j list ruleset | jq '[.weft_filter[].rule | values] | length')" 13
check_equal "and elements" \
	"$(filter -j list map t services | jq -c '.weft_filter[1].map.elem[2]')" \
	'[{"range":[1000,2000]},{"drop":null}]'
check_equal "tables" "$(filter list tables)" "table weft other
table weft t"
check "numbers for names" sh -c 'weft -n b filter -n list chain t input | grep -q "control type 128"'
check_fails "a table that is not there" "no such thing" filter list table nonesuch

# --- what is wrong ---------------------------------------------------------------------

check_status "a wrong word: 1" 1 load "add table u" "add chain u c { type filter hook inptu priority 0; }"
check_fails "it has a place" "standard input:2:34: 'inptu'" \
	load "add table u" "add chain u c { type filter hook inptu priority 0; }"
check_status "what the kernel refuses: 2" 2 load "add table u" "add rule u nonesuch accept"
check_fails "has the line of its command" "standard input:2:1: the kernel refuses" \
	load "add table u" "add rule u nonesuch accept"
check_fails "an element has its own place" "standard input:3:19: the kernel refuses" \
	load "add table u" "add map u m { type port : verdict; }" \
	"add element u m { 1 : jump nonesuch }"
check_fails "none of it was made" "no such thing" filter list table u
check_fails "a chain that is used stays" "refuses" filter delete chain t web
check_fails "a set that is used stays" "refuses" filter delete set t blocked
check_fails "create what is there" "refuses" filter create table t
check "add what is there" filter add table t
check_fails "no such file" "cannot open" filter -f "$tap_tmp/nonesuch"

# --- rules, by handle and place --------------------------------------------------------

filter flush ruleset
load "table t { chain c { type filter hook input priority 0; }; chain d { }; }"
check "add" filter add rule t c class 1 continue
check "insert" filter insert rule t c class 2 continue
check_equal "stand in order" "$(rules c)" "class 2 continue
class 1 continue"
check "behind a handle" filter add rule t c position "$(handle c 'class 2')" class 3 continue
check "before an index" filter insert rule t c index 2 class 4 continue
check_equal "stand there" "$(rules c | tr '\n' ' ')" \
	"class 2 continue class 3 continue class 4 continue class 1 continue "
check "replace" filter replace rule t c handle "$(handle c 'class 3')" class 5 drop
check "delete" filter delete rule t c handle "$(handle c 'class 4')"
check_equal "leave these" "$(rules c | tr '\n' ' ')" "class 2 continue class 5 drop class 1 continue "
check_fails "an index too far" "no rule of index 7" filter add rule t c index 7 accept
check_fails "a handle of none" "refuses" filter delete rule t c handle 99999
check "destroy one that is not there" filter destroy rule t c handle 99999
check "or a chain, a set, a table" \
	load "destroy chain t nonesuch" "destroy set t nonesuch" "destroy table nonesuch"
check "a table that is made and destroyed at once" load "add table v" "destroy table v"
check "flush a chain" filter flush chain t c
check_equal "has no rules" "$(rules c)" ""

# --- elements --------------------------------------------------------------------------

load "table t { set s { type addr; flags interval,timeout; }; }"
check "add elements" filter add element t s '{ 8::/16, 9::1 timeout 1h comment "one" }'
check "get finds the range of a key" sh -c 'weft -n b filter get element t s "{ 8::5 }" | grep -q "8::/16"'
check "delete" filter delete element t s '{ 8::/16 }'
check_fails "what is gone cannot go" "refuses" filter delete element t s '{ 8::/16 }'
check "but be destroyed" filter destroy element t s '{ 8::/16, 9::1 }'
check_equal "none is left" "$(filter list set t s | grep -c elements)" 0
load "table t { set r { type addr . port; flags interval; }; }"
filter add element t r '{ 7::1 . 82 }'
check "a range around an element" filter add element t r '{ ::/0 . 47-53237 }'
saved >"$tap_tmp/first"
check "is loaded again" sh -c "(echo flush ruleset; cat $tap_tmp/first) | weft -n b filter -f -"
saved >"$tap_tmp/second"
check "the same" cmp "$tap_tmp/first" "$tap_tmp/second"
check "an element with a timeout" filter add element t s '{ 8::1 timeout 1s }'
# shellcheck disable=SC2016 # run by sh
check "goes by itself" wait_until 10 sh -c '! weft -n b filter list set t s | grep -q elements'

# --- packets ---------------------------------------------------------------------------

load "flush ruleset" "table t { chain input { type filter hook input priority 0;" \
	"src 7::1 control type echo-request counter accept" "}" "}"
check "a packet comes" answers
check_equal "and is counted" "$(packets input)" 1
check "no reset is tried" filter -c reset ruleset
check_equal "nor made" "$(packets input)" 1
check_fails "a reset among changes" "1:14: 'reset' must stand alone" \
	filter "add table u; reset ruleset"
check_fails "a question among changes" "1:14: 'list' and 'get' cannot stand together" \
	filter "add table u; list table nonesuch"
check_equal "neither is made" "$(filter list tables)" "table weft t"
check_equal "not the reset either" "$(packets input)" 1
check "reset" filter reset ruleset
check_equal "begins again" "$(packets input)" 0
load "flush chain t input" "add rule t input control type echo-request drop"
check "it is dropped" silent
load "flush chain t input" "add rule t input control type != echo-request drop"
check "and not" answers

weft -n b filter trace >"$tap_tmp/trace" 2>&1 &
at_end kill $!
load "flush chain t input" "add chain t sub" "add rule t input src 7::1 trace jump sub" \
	"add rule t sub control type echo-request accept"
traced() {
	answers
	grep -q "sub rule control type echo-request accept (verdict accept)" "$tap_tmp/trace"
}
check "the way of a packet is told" wait_until 20 traced
check "where it comes" grep -q 'input packet: hook input iif "veth1" src 7::1 dst 7::2 .* control type echo-request' "$tap_tmp/trace"
check "and where it jumps" grep -q "input rule src 7::1 trace jump sub (verdict jump sub)" "$tap_tmp/trace"

# --- changes ---------------------------------------------------------------------------

weft -n b filter monitor >"$tap_tmp/monitor" 2>&1 &
at_end kill $!
told() {
	filter add table u
	grep -qF "add table weft u" "$tap_tmp/monitor" || { filter delete table u && false; }
}
check "changes are told" wait_until 20 told
load "add chain u c { type filter hook output priority 5; policy drop; }" \
	"add set u s { type port; flags interval; }" "add element u s { 80, 1000-2000 }" \
	"add rule u c dport { 5, 6 } src 7::/16 accept" "delete element u s { 80 }"
check "to the end" wait_until 10 grep -qF "delete element weft u s { 80 }" "$tap_tmp/monitor"
check "a rule with its set" grep -qF "add rule weft u c dport { 5, 6 } src 7::/16 accept" "$tap_tmp/monitor"
check "a chain" grep -qF "add chain weft u c { type filter hook output priority filter + 5; policy drop; }" "$tap_tmp/monitor"
check "an element" grep -qF "add element weft u s { 80 }" "$tap_tmp/monitor"
check "a range" grep -qF "add element weft u s { 1000-2000 }" "$tap_tmp/monitor"
grep -v '^#' "$tap_tmp/monitor" | sed -n '/^add chain/,$p' >"$tap_tmp/again"
saved >"$tap_tmp/first"
check "what is told can be done again" \
	sh -c "weft -n b filter 'delete table u; add table u' && weft -n b filter -f $tap_tmp/again"
saved >"$tap_tmp/second"
check "and makes the same" cmp "$tap_tmp/first" "$tap_tmp/second"

# --- much ------------------------------------------------------------------------------

{
	echo "flush ruleset"
	echo "table t {"
	echo "set s { type addr; elements = {"
	for ((i = 0; i < 100000; i++)); do
		printf '7::%x:%x,\n' $((i >> 16)) $((i & 65535))
	done
	echo "}; }"
	echo "chain c {"
	for ((i = 0; i < 10000; i++)); do
		echo "dport $i continue"
	done
	echo "}"
	echo "}"
} >"$tap_tmp/much"
check "10,000 rules and 100,000 elements" filter -f "$tap_tmp/much"
saved >"$tap_tmp/first"
check_equal "are there" "$(grep -c -e '^			7:' -e ' continue$' "$tap_tmp/first")" 110000
check "and are loaded again" sh -c "(echo flush ruleset; cat $tap_tmp/first) | weft -n b filter -f -"
saved >"$tap_tmp/second"
check "the same" cmp "$tap_tmp/first" "$tap_tmp/second"
check_fails "a line far down is told" "much:105000" \
	sh -c "sed -i '105000s/.*/jump nonesuch/' $tap_tmp/much && weft -n b filter -f $tap_tmp/much"
saved >"$tap_tmp/second"
check "and nothing was changed" cmp "$tap_tmp/first" "$tap_tmp/second"

# --- the ruleset of a workstation, and nft ----------------------------------------------

filter flush ruleset
check "the example is loaded" filter -f "$WEFT_TREE/userspace/examples/filter/workstation.weft"
check "and again, over itself" filter -f "$WEFT_TREE/userspace/examples/filter/workstation.weft"
check "echoes are answered" answers
check "b may ask for what it wants" weft -n b ping -c 1 -w 2 7::1
filter flush ruleset

if command -v nft >/dev/null; then
	in_ns b nft 'add table netdev early; add chain netdev early in { type filter hook ingress device "veth1" priority 0; }'
	weft filter nft 'src 7::1 control type echo-request drop' |
		sed 's/^/add rule netdev early in /' >"$tap_tmp/nft"
	check "nft takes its rules" in_ns b nft -f "$tap_tmp/nft"
	check "which drop" silent
	in_ns b nft 'delete table netdev early'
	check "until they go" answers
fi
finish
