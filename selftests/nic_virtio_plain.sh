#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net with hardly a feature, split rings: no tables, no event indices, no merging.
# lab: --nodes 1 --nic virtio,disable-legacy=on,mrg_rxbuf=off,indirect_desc=off,event_idx=off --nic virtio,disable-legacy=on,mrg_rxbuf=off,indirect_desc=off,event_idx=off
# kernels: stock debug
# timeout: 90
. "$(dirname "$0")/nic/virtio.sh"

virtio_pings
check "TCP out" nic_send 4 "$b4" 8
check "TCP in" nic_receive 4 8
check "a sender with a small buffer goes on" virtio_small_buffer
check "no scatter/gather without tables" \
	sh -c "ethtool -k eth0 | grep -q '^scatter-gather: off'"
check_fails "MTU 1501 needs buffers to be merged" "mtu greater than device maximum" \
	ip link set eth0 mtu 1501
virtio_clean
finish
