# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A NIC hangs unseen; it goes and comes back while both ends flood: unbound from its
# driver, removed from the bus. It works again each time.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

flood=$(realpath "$(dirname "${BASH_SOURCE[0]}")/flood.py")
bus=/sys/bus/pci
driver=$bus/drivers/weftnic
slot=$(nic_pci eth0)

# life_flood: both ends, from here on. Each knows where the other is without asking.
life_flood() {
	local mac peer_mac
	mac=$(cat /sys/class/net/eth0/address)
	peer_mac=$(in_ns "$peer" cat /sys/class/net/eth1/address)
	python3 "$flood" eth0 "$peer_mac" &
	at_end kill $!
	in_ns "$peer" python3 "$flood" eth1 "$mac" &
	at_end kill $!
}

# packets rx|tx: how many eth0 has counted.
packets() {
	cat "/sys/class/net/eth0/statistics/$1_packets"
}

counts_beyond() {
	[ "$(packets "$1")" -gt "$2" ]
}

# flooded: eth0 is in the midst of it.
flooded() {
	wait_until 30 counts_beyond rx $(($(packets rx) + 100)) &&
		wait_until 30 counts_beyond tx $(($(packets tx) + 100))
}

is_there() {
	[ -e /sys/class/net/eth0 ]
}

nic_unbind() {
	echo "$slot" >$driver/unbind && ! is_there
}

nic_bind() {
	echo "$slot" >$driver/bind && is_there
}

nic_remove() {
	echo 1 >"$bus/devices/$slot/remove" && ! is_there
}

# The kernel's own virtio_pci is asked first, and takes what it can.
nic_rescan() {
	local device=$bus/devices/$slot
	echo 1 >$bus/rescan
	if [ "$(basename "$(readlink "$device/driver")")" = virtio-pci ]; then
		echo weftnic >"$device/driver_override"
		echo "$slot" >"$device/driver/unbind"
		echo "$slot" >$bus/drivers_probe
	fi
	is_there
}

# A hang with frames so few that the stack does not stop its queue, and so sees none.
life_hang() {
	local limit=/sys/class/net/eth0/queues/tx-0/byte_queue_limits/limit_min status
	echo 100000 >$limit
	nic_stop_dma
	ping -c 1 -W 0.1 "$b4"
	wait_until 60 was_reset
	status=$?
	echo 0 >$limit
	return $status
}

was_reset() {
	[ "$(counter eth0 resets)" -gt 0 ]
}

comes_back() {
	nic_address
	wait_until 30 ping -c 1 -W 0.3 "$b6"
}

# twice GO COME: with frames in the rings when it goes.
twice() {
	flooded && $1 && $2 && comes_back && flooded && $1 && $2 && comes_back
}

check "the pair comes up" nic_up
# Virtio-net may have to wait for what is behind it, and QEMU's aborts without the bus.
if [ "$(cat /sys/class/net/eth0/device/device)" = 0x100e ]; then
	check "a hang with one frame is noticed" life_hang
	check "and mended" wait_until 20 ping -c 1 -W 0.3 "$b4"
fi
life_flood
check "unbound and bound under traffic" twice nic_unbind nic_bind
check "removed from the bus and found again" twice nic_remove nic_rescan
