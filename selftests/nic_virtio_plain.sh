#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net with hardly a feature, split rings: no tables, no event indices, no merging.
# lab: --nodes 1 --nic virtio,disable-legacy=on,mrg_rxbuf=off,indirect_desc=off,event_idx=off --nic virtio,disable-legacy=on,mrg_rxbuf=off,indirect_desc=off,event_idx=off
# kernels: stock debug
# timeout: 90
. "$(dirname "$0")/nic/virtio.sh"
. "$(dirname "$0")/nic/frames.sh"

virtio_pings
check "TCP out" nic_send 4 "$b4" 8
check "TCP in" nic_receive 4 8
check "a sender with a small buffer goes on" virtio_small_buffer
check "no scatter/gather without tables" \
	sh -c "ethtool -k eth0 | grep -q '^scatter-gather: off'"
check_fails "MTU 1501 needs buffers to be merged" "mtu greater than device maximum" \
	ip link set eth0 mtu 1501
virtio_clean

# XDP: frames of one buffer, which must have their header in front.
xdp eth0 xdp_tx
check "XDP_TX" wait_until 20 back 20 1000 "1000 same"
check "XDP_TX of the longest frame" back 20 1514 "1514 same"
xdp eth0 xdp_tx_longest
check "no room in front: dropped and counted" grows rx0_xdp_errors 10 nothing_back 10 1000
xdp eth0 xdp_pass_frags
check "a program for several buffers" ping -q -c 3 -i 0.05 -W 5 "$b4"
xdp eth0 off
check "it works without" wait_until 20 ping -c 1 -W 1 "$b4"
finish
