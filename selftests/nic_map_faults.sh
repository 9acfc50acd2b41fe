#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/map_faults.sh with the 82540EM.
# lab: --nodes 1 --nic e1000 --nic e1000 --nic e1000
# kernels: stock debug
# timeout: 90
. "$(dirname "$0")/nic/map_faults.sh"
