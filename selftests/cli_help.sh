#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft: help, abbreviations, and what it says while the module is not loaded.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

missing="load the module with 'modprobe weft'"

for command in addr route rule neigh link group ss ping trace track nc perf router filter stat monitor; do
	check "help of $command" weft $command help
	check "the same by help" weft help $command
done
check "version" weft -V
check_status "no command: usage" 1 weft
check_status "an unknown command" 1 weft frobnicate
check_status "an unknown option" 1 weft -z addr
check_status "an option without its value" 1 weft -n
check "abbreviations" weft -j a s
check "they go to the first that fits" sh -c 'weft r help | grep -q "usage: weft route"'
check "also for n" sh -c 'weft n help | grep -q "usage: weft neigh"'
check "help behind a verb" sh -c 'weft route add help | grep -q "usage: weft route"'
check_status "an unknown colour" 1 weft -c=frob addr
check_status "a batch without a name" 1 weft -b

check "the modules unload" rmmod weft_filter weft
at_end insmod "$WEFT_TREE/build/$(uname -r)/proto/filter/weft_filter.ko"
at_end insmod "$WEFT_TREE/build/$(uname -r)/proto/weft.ko"
for arguments in addr route rule neigh link group "route get ::1" "ping -c 1 ::1" "trace ::1" track "nc -u ::1 5000" "perf ::1" "perf -s" stat "ss -a" monitor "filter list ruleset"; do
	# shellcheck disable=SC2086 # several words
	check_fails "not loaded: $arguments" "$missing" weft $arguments
	# shellcheck disable=SC2086
	check_status "with status 2" 2 weft $arguments
done
finish
