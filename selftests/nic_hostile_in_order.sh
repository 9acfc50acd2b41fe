#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A virtio device that keeps the order and tells of many buffers by one word, and lies.
# lab: --nodes 1 --qemu 10.0 --nic virtio,backend=vhost-user,in_order=on --nic virtio,backend=vhost-user,packed=on,in_order=on
# kernels: stock debug
# timeout: 180
. "$(dirname "$0")/nic/hostile.sh"
. "$(dirname "$0")/nic/in_order.sh"

# large DEV: each reply takes several buffers, of which the device names the last.
large() {
	local said
	ip link set "$1" mtu 16110 || return 1
	said=$(ping -q -c 100 -i 0.01 -s 16000 -p 5a "$(address "$1" 2)")
	ip link set "$1" mtu 1500
	echo "$said"
	[[ $said == *" 0% packet loss"* && $said != *"wrong data"* ]]
}

hostile_begin eth0 eth1
for dev in eth0 eth1; do
	check "$dev: the order is kept" in_order "$dev"
	check "$dev: frames of many buffers" large "$dev"
	traffic "$dev" hostile_all "$dev"
done
finish
