# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# devlink: what the device is, and what becomes of a hang.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

slot=$(nic_pci eth0)
handle=pci/$slot
driver=/sys/bus/pci/drivers/weftnic

# health NAME: one of the reporter's numbers.
health() {
	devlink -j health show "$handle" reporter rings |
		python3 -c 'import json, sys
print(json.load(sys.stdin)["health"][sys.argv[2]][0].get(sys.argv[1], 0))' "$1" "$handle"
}

hang() {
	local before
	before=$(health error)
	nic_hang
	noticed() { [ "$(health error)" -gt "$before" ]; }
	wait_until 60 noticed
}

works() {
	wait_until 20 ping -c 1 -W 1 "$b4"
}

# anew: by another probe, it has no past.
anew() {
	echo "$slot" >$driver/unbind && echo "$slot" >$driver/bind && nic_address && works
}

check "the pair comes up" nic_up
# Before the peer was up, a frame may have waited in the hub for too long.
check "the device begins anew" anew
says "the driver" '^ *driver weftnic' devlink dev info "$handle"
says "the device" "asic.id $1" devlink dev info "$handle"
says "rings are told" 'next_to_clean' devlink health diagnose "$handle" reporter rings
check_equal "no fault at first" "$(health error)" 0
check "a hang is told" hang
check "and mended" works
check_equal "that is counted" "$(health recover)" 1
says "the rings of then are kept" 'descriptors' devlink health dump show "$handle" reporter rings
check "until they are cleared" devlink health dump clear "$handle" reporter rings

check "without recovery" devlink health set "$handle" reporter rings auto_recover false
check "a hang is told" hang
check_fails "and stays" "100% packet loss" ping -c 3 -i 0.2 -W 1 "$b4"
check "it is mended on request" devlink health recover "$handle" reporter rings
check "then it works" works
check_equal "two recoveries" "$(health recover)" 2

echo "$slot" >$driver/unbind
check_fails "without a driver nothing is told" "No such device" devlink dev info "$handle"
echo "$slot" >$driver/bind
nic_address
check "it works again" works
check_equal "and has no faults" "$(health error)" 0
