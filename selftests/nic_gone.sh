#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The 82540EM, pulled out without a warning.
# lab: --nodes 1 --nic e1000 --nic e1000
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/nic/gone.sh"

gone_test "ip link set eth0 down" "ethtool -d eth0" \
	"ethtool -r eth0" "ethtool -t eth0 offline"
