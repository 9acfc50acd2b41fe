#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net with packed rings that keep the order: volume, ring sizes, reset.
# lab: --nodes 1 --qemu 10.0 --nic virtio,packed=on,in_order=on --nic virtio,packed=on,in_order=on
# kernels: stock debug
# timeout: 200
. "$(dirname "$0")/nic/virtio.sh"
. "$(dirname "$0")/nic/in_order.sh"

# QEMU 10.0.2 loses the rest of a frame that goes over the ring's end.
long_frames() {
	ip link set eth0 mtu 16110 && in_ns "$peer" ip link set eth1 mtu 16110 &&
		nic_send 4 "$b4" 16 && nic_receive 4 16
}

virtio_rings
check "the order is kept" in_order eth0
check "frames of several buffers, whatever the device makes of them" long_frames
finish
