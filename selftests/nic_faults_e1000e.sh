#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The 82574L without memory: each allocation of a change fails in turn.
# lab: --nodes 1 --nic e1000e --nic e1000e --append dma_debug=off
# kernels: debug
# timeout: 300
exec "$(dirname "$0")/../build/selftests/nic_faults"
