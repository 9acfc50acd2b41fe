#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net with packed rings that keep the order: volume, ring sizes, reset.
# lab: --nodes 1 --qemu 10.0 --nic virtio,packed=on,in_order=on --nic virtio,packed=on,in_order=on
# kernels: stock debug
# timeout: 200
. "$(dirname "$0")/nic/virtio.sh"
. "$(dirname "$0")/nic/in_order.sh"

virtio_rings
check "the order is kept" in_order eth0
virtio_long_frames
finish
