#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# devlink's view of 82540EM: information, health, recovery of a hang.
# lab: --nodes 1 --nic e1000 --nic e1000
# kernels: stock
# timeout: 120
set -- "Intel 82540EM"
. "$(dirname "$0")/nic/devlink.sh"
finish
