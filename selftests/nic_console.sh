#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/console.sh with the 82540EM.
# lab: --nodes 1 --nic e1000 --nic e1000
# kernels: stock
# timeout: 60
. "$(dirname "$0")/nic/console.sh"
finish
