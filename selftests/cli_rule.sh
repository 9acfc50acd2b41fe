#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft rule: what is added is shown; filters; what is refused.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

# rule ARG...: weft rule in the namespace a.
rule() {
	weft -n a rule "$@"
}

# line PREF: a rule without its number.
line() {
	rule show pref "$1" | cut -f2
}

ns_add a b
ns_join a veth0 b veth1

check_equal "a new namespace has two" "$(rule show)" \
	"32766:	from all lookup main
32767:	from all lookup default"

# Each is added and shown as it was written.
pref=50
while read -r words; do
	pref=$((pref + 1))
	# shellcheck disable=SC2086 # several words
	check "added: $words" rule add pref $pref $words
	check_equal "and shown" "$(line $pref)" "$words"
done <<-END
	from 7::/16 lookup 100
	from 7::/16 to 8::1 lookup 100
	not from 7::4 lookup main
	from all fwmark 0x3/0xff lookup 100
	from all fwmark 0x7 lookup 100
	from all uidrange 0-1000 lookup 100
	from all iif veth0 lookup 100
	from all oif veth0 lookup 100
	from all lookup main suppress_prefixlength 0
	from all goto 32766
	from all nop
	from all blackhole
	from all unreachable
	from all prohibit
	from all lookup 100 proto static
END
check "a device that is not there" rule add pref 90 iif nodev goto 40000
check_equal "is shown so" "$(line 90)" \
	"from all iif nodev [detached] goto 40000 [unresolved]"
check_equal "JSON" "$(weft -n a -j rule show pref 54 | jq -c .)" \
	'[{"priority":54,"src":"all","fwmark":"0x3","fwmask":"0xff","table":"100"}]'
check_equal "JSON of a prefix" "$(weft -n a -j rule show pref 51 | jq -c '.[] | [.src, .srclen]')" \
	'["7::",16]'

check_equal "filter: table" "$(rule show table 100 | wc -l)" 8
check_equal "filter: source" "$(rule show from 7::/16 | wc -l)" 2
check_equal "filter: mark" "$(rule show fwmark 7 | wc -l)" 1
check_equal "filter: device" "$(rule show iif veth0 | wc -l)" 1
check_equal "filter: action" "$(rule show prohibit | wc -l)" 1

check_fails "no table: usage" "'lookup' needs a value" rule add lookup
check_fails "a bad prefix is told" "7::/65" rule add from 7::/65
check_fails "a bad mark is told" "fwmark 'x'" rule add fwmark x
check_fails "a bad mask is told" "fwmark '0x'" rule add fwmark 1/0x
check_fails "a bad range is told" "uidrange '5-1'" rule add uidrange 5-1
check_fails "a bad length is told" "suppress_prefixlength '65'" \
	rule add suppress_prefixlength 65
check_fails "two actions" "not both" rule add lookup 100 prohibit
check_fails "another word" "'frob' is not understood" rule add frob
check_status "twice is refused" 2 rule add pref 51 from 7::/16 lookup 100
check_status "what is not there cannot go" 2 rule del pref 4711
check_status "del without a word: usage" 1 rule del
check "del" rule del pref 51
check_equal "it is gone" "$(rule show pref 51)" ""

rule show >"$tap_tmp/before"
check "save" sh -c "weft -n a rule save >$tap_tmp/saved"
check "flush" sh -c 'weft -n a -s rule flush | grep -qx "deleted 17 rules"'
check_equal "leaves none" "$(rule show)" ""
check "restore" sh -c "weft -n a rule restore <$tap_tmp/saved"
check_equal "brings all back" "$(rule show)" "$(cat "$tap_tmp/before")"
check "again, over what is there" sh -c "weft -n a rule restore <$tap_tmp/saved"
check_equal "adds none" "$(rule show)" "$(cat "$tap_tmp/before")"
check "flush of some" rule flush table 100
check_equal "leaves the others" "$(rule show | wc -l)" 10
check "abbreviations" weft -n a ru s
finish
