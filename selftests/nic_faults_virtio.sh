#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net without memory: each allocation of a change fails in turn.
# lab: --nodes 1 --nic virtio --nic virtio --append dma_debug=off
# kernels: debug
# timeout: 300
exec "$(dirname "$0")/../build/selftests/nic_faults"
