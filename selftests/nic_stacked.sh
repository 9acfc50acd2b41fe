#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/stacked.sh with the 82540EM.
# lab: --nodes 1 --nic e1000 --nic e1000 --nic e1000
# kernels: stock
# timeout: 120
. "$(dirname "$0")/nic/stacked.sh"
finish
