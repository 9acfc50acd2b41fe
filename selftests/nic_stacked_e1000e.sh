#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/stacked.sh with the 82574L.
# lab: --nodes 1 --nic e1000e --nic e1000e --nic e1000e
# kernels: stock
# timeout: 120
. "$(dirname "$0")/nic/stacked.sh"
finish
