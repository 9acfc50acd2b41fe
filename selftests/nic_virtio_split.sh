#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net with split rings, a transitional device: volume, ring sizes, reset.
# lab: --nodes 1 --nic virtio --nic virtio
# kernels: stock debug
# timeout: 200
. "$(dirname "$0")/nic/virtio.sh"

virtio_pings
virtio_volume 64
check "a sender with a small buffer goes on" virtio_small_buffer
check "-G under traffic" virtio_resize
virtio_clean
check "a transmit hang is noticed" virtio_hang
check "and mended" wait_until 20 ping -c 1 -W 1 "$b4"
finish
