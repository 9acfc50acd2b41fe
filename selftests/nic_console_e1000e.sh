#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/console.sh with the 82574L.
# lab: --nodes 1 --nic e1000e --nic e1000e
# kernels: stock
# timeout: 60
. "$(dirname "$0")/nic/console.sh"
finish
