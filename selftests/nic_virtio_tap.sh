#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/tap.sh with split rings; a device without VIRTIO_NET_F_RSS.
# lab: --nodes 1 --smp 2 --nic virtio,backend=tap,queues=2,rss=on --nic virtio,backend=tap,queues=2,rss=on,packed=on --nic virtio,backend=tap,queues=2
# kernels: stock debug
# timeout: 60
dev=eth0 net=0
. "$(dirname "$0")/nic/tap.sh"

at_end ip link set eth2 down
at_end ip address flush dev eth2
# Where the device spreads flows as it likes.
check "a NIC without RSS comes up" tap_up eth2 2
check_fails "-x of that" "not supported" ethtool -x eth2
check_fails "-X of that" "not supported" ethtool -X eth2 equal 1
check "-L of that: one" ethtool -L eth2 combined 1
check "it works" "$nic/echo.py" send 10.87.2.254 $((1000000 / scale))
check "two" ethtool -L eth2 combined 2
check "it works" "$nic/echo.py" send 10.87.2.254 $((1000000 / scale)) 4
finish
