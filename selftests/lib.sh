# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every selftest in shell is made with. A test sources this file, checks
# things, and ends with `finish`:
#
#	. "$(dirname "$0")/lib.sh"
#	check "the module is loaded" test -d /sys/module/weft
#	finish
#
# Results are TAP. A test waits for a state with `wait_until`, never for a time.

tap_number=0
tap_failed=0
tap_cleanups=()
tap_tmp=$(mktemp -d)

echo "TAP version 13"

# pass TEXT, fail TEXT: one result.
pass() {
	tap_number=$((tap_number + 1))
	echo "ok $tap_number - $1"
}

fail() {
	tap_number=$((tap_number + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_number - $1"
}

note() {
	printf '# %s\n' "$*"
}

# explain: what helps to understand a failure, for tests to put something in its place.
explain() {
	:
}

# check TEXT COMMAND [ARG...]: the command succeeds.
check() {
	local text=$1 status=0 begin=$EPOCHREALTIME
	shift
	"$@" >"$tap_tmp/.checked" 2>&1 || status=$?
	if [ "$status" -eq 0 ]; then
		pass "$text"
	else
		fail "$text"
		note "$* gave $status after $(((${EPOCHREALTIME/./} - ${begin/./}) / 1000)) ms"
		explain >>"$tap_tmp/.checked" 2>&1
		sed 's/^/#   /' "$tap_tmp/.checked"
	fi
}

# A raw socket, which ping has else, drowns in the replies to a flood beside it.
ping_sockets() {
	echo "0 0" >/proc/sys/net/ipv4/ping_group_range
}

# check_fails TEXT WHY COMMAND [ARG...]: the command fails, and says WHY.
check_fails() {
	local text=$1 why=$2
	shift 2
	if "$@" >"$tap_tmp/.checked" 2>&1; then
		fail "$text"
		note "$* succeeded"
	elif grep -qiF -- "$why" "$tap_tmp/.checked"; then
		pass "$text"
	else
		fail "$text"
		note "$* did not say: $why"
		sed 's/^/#   /' "$tap_tmp/.checked"
	fi
}

# check_status TEXT STATUS COMMAND [ARG...]: the command exits with STATUS.
check_status() {
	local text=$1 wanted=$2 status=0
	shift 2
	"$@" >"$tap_tmp/.checked" 2>&1 || status=$?
	if [ "$status" -eq "$wanted" ]; then
		pass "$text"
	else
		fail "$text"
		note "$* gave $status, not $wanted"
		sed 's/^/#   /' "$tap_tmp/.checked"
	fi
}

# check_equal TEXT GOT WANTED
check_equal() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1"
		note "got:    $2"
		note "wanted: $3"
	fi
}

# wait_until SECONDS COMMAND [ARG...]: true as soon as the command succeeds,
# false when it does not in that time.
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# at_end COMMAND [ARG...]: runs when the test ends, the last one first.
at_end() {
	tap_cleanups+=("$(printf '%q ' "$@")")
}

tap_clean_up() {
	local i
	for ((i = ${#tap_cleanups[@]} - 1; i >= 0; i--)); do
		eval "${tap_cleanups[i]}" >/dev/null 2>&1
	done
	rm -rf "$tap_tmp"
}
trap tap_clean_up EXIT
trap 'exit 143' TERM INT HUP

# finish: the plan, and the exit status.
finish() {
	echo "1..$tap_number"
	[ "$tap_failed" -eq 0 ] && [ "$tap_number" -gt 0 ]
	exit
}

# --- network namespaces ------------------------------------------------------------

# ns_add NAME...: namespaces that go when the test ends.
ns_add() {
	local name
	for name in "$@"; do
		ip netns add "$name" || return 1
		at_end ns_del "$name"
		ip -n "$name" link set lo up
	done
}

# ns_del NAME: the namespace goes, and what still runs there.
ns_del() {
	local pids
	pids=$(ip netns pids "$1")
	# shellcheck disable=SC2086 # a list
	[ -z "$pids" ] || kill $pids
	ip netns del "$1"
}

# ns_join A DEV_A B DEV_B: a veth pair between two namespaces, up at both ends.
ns_join() {
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$3" || return 1
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
	wait_until 10 link_is_up "$1" "$2" && wait_until 10 link_is_up "$3" "$4"
}

# no_solicits NAME...: their devices ask for no routers, where a test counts all that
# comes by.
no_solicits() {
	local name dev
	for name in "$@"; do
		for dev in $(in_ns "$name" ls /sys/class/net); do
			weft -n "$name" link set dev "$dev" accept_ra never
		done
	done
}

# ns_take NAME DEV: moves a device of the guest into a namespace and sets it up.
# It comes back when the namespace goes.
ns_take() {
	ip link set "$2" netns "$1" && ip -n "$1" link set "$2" up &&
		wait_until 10 link_is_up "$1" "$2"
}

link_is_up() {
	ip -n "$1" link show dev "$2" | grep -q 'state UP'
}

# in_ns NAME COMMAND [ARG...]: in the background `ip netns exec` itself is
# called, so that $! is the command.
in_ns() {
	local name=$1
	shift
	ip netns exec "$name" "$@"
}

# --- Weft ------------------------------------------------------------------------------

# weft_address NAME DEV: the link-local Weft address of a device.
weft_address() {
	local mac
	mac=$(in_ns "$1" cat "/sys/class/net/$2/address")
	mac=${mac//:/}
	printf 'fe80:%x:%x:%x\n' "0x${mac:0:4}" "0x${mac:4:4}" "0x${mac:8:4}"
}

# has_address NAME ADDRESS: true when `weft addr` shows it there.
has_address() {
	weft -n "$1" addr show | grep -qF "$2"
}
