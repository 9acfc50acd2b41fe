# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# weftnic sleeps and wakes with its guest, with traffic under way. The root of that
# guest is in memory, because 9p does not survive a suspend: a test on the host sources
# this, says `suspend_test MODEL "$@"`, and is run once more in the guest.

tree=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")

# suspend STATE: all of it but the last step, which nothing here would wake from.
suspend() {
	echo 1 >/sys/module/suspend/parameters/pm_test_delay
	echo platform >/sys/power/pm_test
	echo "$1" >/sys/power/state
}

# vlan_works: a tag that the device inserts, strips and lets pass.
vlan_works() {
	ping -c 1 -W 1 192.0.3.2
}

suspend_vlan() {
	ip link add link eth0 name eth0.7 type vlan id 7
	ip -n "$peer" link add link eth1 name eth1.7 type vlan id 7
	ip address add 192.0.3.1/24 dev eth0.7
	ip -n "$peer" address add 192.0.3.2/24 dev eth1.7
	ip link set eth0.7 up
	ip -n "$peer" link set eth1.7 up
	check "a VLAN works" wait_until 20 vlan_works
}

# A device that nobody sets up anew when it wakes stays without bus mastering, and
# sends nothing until its hang is noticed and it is reset.
suspend_master_off() {
	printf '\x03' | dd of="/sys/bus/pci/devices/$(nic_pci eth0)/config" bs=1 seek=4 \
		conv=notrunc status=none
}

suspend_traffic() {
	local i
	ping -4 -f -q -l 64 -s 1400 -w 1000 "$b4" >/dev/null 2>&1 &
	at_end kill $!
	in_ns "$peer" ping -4 -f -q -l 64 -s 1400 -w 1000 "$a4" >/dev/null 2>&1 &
	at_end kill $!
	for i in 1 2 3; do
		check "suspend and resume under traffic, $i" suspend freeze
		check "IP works afterwards, $i" wait_until 20 ping -c 1 -W 1 "$b6"
	done
}

suspend_inside() {
	. "$tree/selftests/nic/lib.sh"
	check "the pair comes up" nic_up
	suspend_vlan
	suspend_master_off
	check "suspend and resume" suspend freeze
	check "IP works afterwards" wait_until 20 ping -c 1 -W 1 "$b4"
	check "the VLAN too" wait_until 20 vlan_works
	check "Weft too" wait_until 20 weft ping -c 1 "$(weft_address "$peer" eth1)%eth0"
	suspend_traffic
	check_equal "no reset was needed" "$(counter eth0 resets)" 0

	ip link set eth0 down
	check "suspend and resume while down" suspend freeze
	ip link set eth0 up
	ip address replace "$a4/24" dev eth0
	check "it works when it is up again" wait_until 20 ping -c 1 -W 1 "$b4"
	finish
}

suspend_test() {
	[ "${2:-}" != --inside ] || suspend_inside
	exec "$tree/scripts/lab" run --icount --nic "$1" --nic "$1" -- bash "$0" --inside
}
