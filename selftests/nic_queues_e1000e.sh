#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/queues.sh with the 82574L.
# lab: --nodes 1 --nic e1000e --nic e1000e
# kernels: 6.12 7.2
# timeout: 60
. "$(dirname "$0")/nic/queues.sh"
