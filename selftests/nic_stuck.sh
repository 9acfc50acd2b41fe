#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The 82574L, whose reset fails until its registers answer again: it is tried until it does not.
# lab: --nodes 1 --nic e1000e --nic e1000e
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/nic/gone.sh"

reporter="pci/$slot reporter rings"
# The debug kernel has no devlink.
devlink dev show >/dev/null 2>&1 || reporter=

# Its registers read as zeros.
deafen() {
	config 0x04 00000000
}

gets_through() {
	ping -c 1 -W 1 "$b4"
}

# recover: a reset on request.
recover() {
	# shellcheck disable=SC2086 # the words of a reporter
	devlink health recover $reporter
}

# stuck: after the test of the device its reset fails.
stuck() {
	deafen
	check_fails "a device that does not answer" "FAIL" ethtool -t eth0 offline
	check "has no link" has_no_carrier
	check_fails "cannot be used" "no such device" ethtool -G eth0 rx 128
	[ "$reporter" ] || return
	check_fails "is not mended on request" "does not come back" recover
	# shellcheck disable=SC2086 # the words of a reporter
	says "and is said to be ill" "state error" devlink health show $reporter
}

# healthy TIMES: it works, after so many recoveries.
healthy() {
	check "it works" wait_until 60 gets_through
	[ "$reporter" ] || return
	# shellcheck disable=SC2086 # the words of a reporter
	says "and is said to be well" "state healthy error 0 recover $1" \
		devlink health show $reporter
}

# told: how often it was said that a reset failed.
told() {
	dmesg | grep -c "eth0: reset failed: -5"
}

before=$(told)
check "the pair comes up" nic_up
healthy 0
stuck
config 0x04 00000002
check "when its registers answer it recovers by itself" wait_until 60 gets_through
healthy 1

stuck
config 0x04 00000002
[ -z "$reporter" ] || check "or on request" recover
healthy 2

stuck
check "it is set down" ip link set eth0 down
config 0x04 00000002
check "it recovers then as well" wait_until 60 ip link set eth0 up
nic_address
healthy 3

stuck
check_equal "each was told once" "$(($(told) - before))" 4
check "it is unbound" nic_unbind
check "and bound again" nic_bind
check "it works" comes_back

stuck
check "it is pulled out" pull_out
check "that is told" wait_until 60 sh -c "dmesg | grep -q '$slot: device is gone'"
check "it is unbound" nic_unbind
check "and bound again" nic_bind
check "it works" comes_back
finish
