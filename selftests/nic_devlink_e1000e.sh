#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# devlink's view of 82574L: information, health, recovery of a hang.
# lab: --nodes 1 --nic e1000e --nic e1000e
# kernels: stock
# timeout: 120
set -- "Intel 82574L"
. "$(dirname "$0")/nic/devlink.sh"
finish
