# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What only the world outside a guest can do to its NICs: take the cable out, and the
# whole card, and put them in again, under traffic. eth0 and eth2 are the guest's own,
# eth1 is the peer's.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

lab=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")/scripts/lab
name=plug-$$

in_guest() {
	"$lab" exec --name "$name" --timeout 300 1 -- "$@"
}

monitor() {
	"$lab" monitor --name "$name" 1 -- "$@"
}

# plug_up MODEL MACHINE: a guest with three of them.
plug_up() {
	model=$1
	place=addr=0x10
	[ "$2" = pc ] || place=bus=slot0
	if ! "$lab" up --name "$name" --machine "$2" --nic "$1" --nic "$1" --nic "$1"; then
		fail "up"
		finish
	fi
	at_end rm -rf "$(dirname "$lab")/../results/$name"
	at_end "$lab" down --name "$name"
	in_guest sh -ec 'ip netns add peer
		ip link set eth1 netns peer
		ip -n peer address add 192.0.2.2/24 dev eth1
		ip -n peer address add 192.0.3.2/24 dev eth1
		ip -n peer link set eth1 up
		ip address add 192.0.3.1/24 dev eth2
		ip link set eth2 up'
	eth0_up
}

eth0_up() {
	in_guest sh -ec 'ip address replace 192.0.2.1/24 dev eth0
		ip link set eth0 up
		ip -n peer neigh replace 192.0.2.1 lladdr 52:54:00:57:01:00 dev eth1 nud permanent'
}

# In a flood the first answer may find a socket full of the flood's.
eth0_works() {
	in_guest ping -c 3 -i 0.2 -W 1 192.0.2.2
}

eth2_works() {
	in_guest ping -c 3 -i 0.2 -W 1 192.0.3.2
}

# From here to the end both ends send to each other, and to nobody when eth0 is away.
flood() {
	in_guest sh -c 'ping -4 -f -q -l 64 -s 1400 192.0.2.2 >/dev/null 2>&1 &
		ip netns exec peer ping -4 -f -q -l 64 -s 1400 192.0.2.1 >/dev/null 2>&1 &'
}

# --- the cable ------------------------------------------------------------------

carrier_is() {
	[ "$(in_guest cat /sys/class/net/eth0/carrier)" = "$1" ]
}

plug_link() {
	check "the cable is taken out" monitor set_link eth0 off
	check "the link goes" wait_until 60 carrier_is 0
	check "the other NIC works" wait_until 60 eth2_works
	check "it is put in" monitor set_link eth0 on
	check "the link comes" wait_until 60 carrier_is 1
	check "it works" wait_until 60 eth0_works
}

# --- the card -------------------------------------------------------------------

is_gone() {
	in_guest test ! -e /sys/class/net/eth0
}

is_there() {
	in_guest test -e /sys/class/net/eth0
}

plug_in() {
	wait_until 60 monitor device_add "$1,id=eth0,netdev=nic0,mac=52:54:00:57:01:00,$place"
}

# The kernel's own virtio_pci is asked first, and takes it.
plug_in_virtio() {
	plug_in virtio-net-pci
	wait_until 60 in_guest test -e /sys/bus/pci/devices/0000:00:10.0/driver
	in_guest sh -c 'cd /sys/bus/pci/devices/0000:00:10.0
		echo weftnic >driver_override
		echo 0000:00:10.0 >driver/unbind
		echo 0000:00:10.0 >/sys/bus/pci/drivers_probe'
}

plug_card() {
	check "the card is taken out" monitor device_del eth0
	check "its interface goes" wait_until 60 is_gone
	check "the other NIC works" wait_until 60 eth2_works
	if [ "$model" = virtio ]; then
		check "it is put in" plug_in_virtio
	else
		check "it is put in" plug_in "$model"
	fi
	check "its interface comes" wait_until 60 is_there
	eth0_up
	check "it works" wait_until 60 eth0_works
}

# plug_test MODEL MACHINE
plug_test() {
	plug_up "$1" "$2"
	check "eth0 works" wait_until 60 eth0_works
	plug_link
	plug_card
	flood
	note "under traffic"
	plug_link
	plug_card
	plug_link
	plug_card
	check "no fault" "$lab" down --name "$name"
	finish
}
