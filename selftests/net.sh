# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Weft in namespaces: addresses, forwarding, counters. For tests that have sourced lib.sh.

# address NAME DEV ADDRESS: an address that is in use at once.
address() {
	weft -n "$1" addr add "$3" dev "$2" nodad
}

# forwarding NAME 0|1
forwarding() {
	in_ns "$1" sysctl -qw "net.weft.forwarding=$2"
}

# counter NAME PATTERN: the sum of the counters that a regular expression matches.
counter() {
	# shellcheck disable=SC2016 # the expressions are awk's
	in_ns "$1" awk -v want="^($2)\$" '$1 ~ want { n += $2 } END { print n + 0 }' \
		/proc/net/weft/stat
}

# counts TEXT NAME PATTERN N COMMAND...: the command moves the counters by N.
counts() {
	local text=$1 name=$2 pattern=$3 n=$4 before
	shift 4
	before=$(counter "$name" "$pattern")
	"$@" >/dev/null 2>&1
	check_equal "$text: $pattern" "$(($(counter "$name" "$pattern") - before))" "$n"
}
