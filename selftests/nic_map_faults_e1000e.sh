#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/map_faults.sh with the 82574L.
# lab: --nodes 1 --nic e1000e --nic e1000e --nic e1000e
# kernels: stock debug
# timeout: 90
. "$(dirname "$0")/nic/map_faults.sh"
