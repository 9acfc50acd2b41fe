#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net with hardly a feature, packed rings, without a control queue.
# lab: --nodes 1 --nic virtio,packed=on,mrg_rxbuf=off,indirect_desc=off,event_idx=off,ctrl_vq=off --nic virtio,packed=on,mrg_rxbuf=off,indirect_desc=off,event_idx=off,ctrl_vq=off
# kernels: stock debug
# timeout: 90
. "$(dirname "$0")/nic/virtio.sh"

virtio_pings
check "TCP out" nic_send 4 "$b4" 8
check "TCP in" nic_receive 4 8
check "a sender with a small buffer goes on" virtio_small_buffer
virtio_clean
finish
