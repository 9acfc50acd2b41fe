#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The 82574L, pulled out without a warning.
# lab: --nodes 1 --nic e1000e --nic e1000e
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/nic/gone.sh"

gone_test "ip link set eth0 down" "ethtool -d eth0" \
	"ethtool -A eth0 rx off" "ethtool -t eth0 offline"
