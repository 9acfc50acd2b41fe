#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Virtio-net, pulled out without a warning.
# lab: --nodes 1 --nic virtio --nic virtio
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/nic/gone.sh"

gone_test "ip link set eth0 down" "ethtool -d eth0" \
	"ip link set eth0 promisc on" "ethtool -G eth0 rx 128"
