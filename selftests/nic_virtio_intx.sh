#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net without MSI-X: one interrupt line for all.
# lab: --nodes 1 --nic virtio,vectors=0 --nic virtio,vectors=0
# kernels: stock debug
# timeout: 90
. "$(dirname "$0")/nic/virtio.sh"

virtio_pings
check "TCP out" nic_send 4 "$b4" 8
check "TCP in" nic_receive 4 8
check "a sender with a small buffer goes on" virtio_small_buffer
check "one interrupt serves all" test "$(interrupts '')" -gt 0
check_equal "none of a queue's own" "$(interrupts -rx0)" 0
virtio_clean
finish
