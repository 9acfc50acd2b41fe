#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Jumbo frames on virtio-net, in merged buffers.
# lab: --nodes 1 --nic virtio --nic virtio,packed=on
# kernels: stock debug
# timeout: 60
. "$(dirname "$0")/nic/virtio.sh"

check "the pair comes up" nic_up
for mtu in 576 1500 1501 2030 2036 2037 4000 9000 16110; do
	check "MTU $mtu" nic_mtu "$mtu"
	check "largest packet at $mtu" ping -q -c 3 -i 0.05 -W 2 -M 'do' -s $((mtu - 28)) "$b4"
done
check "frames came in several buffers" test "$(counter eth1 rx0_chains)" -gt 0
check "TCP out at 16110" nic_send 4 "$b4" 8
check "TCP in at 16110" nic_receive 4 8
check_fails "MTU 16111 is refused" "mtu greater than device maximum" ip link set eth0 mtu 16111
check "back to 1500" nic_mtu 1500
check "a sender that waits goes on with new rings" nic_waiting
virtio_clean
finish
