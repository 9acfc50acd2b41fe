#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/life.sh with the 82540EM.
# lab: --nodes 1 --nic e1000 --nic e1000
# kernels: stock debug
# timeout: 240
. "$(dirname "$0")/nic/life.sh"

life_test "ethtool -e eth0" "ethtool -r eth0" "ethtool -A eth0 rx off" \
	"ethtool -C eth0 rx-usecs 100" "ethtool -t eth0 online" "ethtool -t eth0 offline" \
	"ethtool -p eth0 1"
