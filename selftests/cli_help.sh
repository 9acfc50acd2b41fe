#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft: help, abbreviations, and what it says while the module is not loaded.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

missing="load the module with 'modprobe weft'"

for command in addr ping nc stat monitor; do
	check "help of $command" weft $command help
	check "the same by help" weft help $command
done
check "version" weft -V
check_status "no command: usage" 1 weft
check_status "an unknown command" 1 weft frobnicate
check_status "an unknown option" 1 weft -z addr
check_status "an option without its value" 1 weft -n
check "abbreviations" weft -j a s

check "the module unloads" rmmod weft
at_end insmod "$WEFT_TREE/build/$(uname -r)/proto/weft.ko"
for arguments in addr "ping -c 1 ::1" "nc -u ::1 5000" stat monitor; do
	# shellcheck disable=SC2086 # several words
	check_fails "not loaded: $arguments" "$missing" weft $arguments
	# shellcheck disable=SC2086
	check_status "with status 2" 2 weft $arguments
done
finish
