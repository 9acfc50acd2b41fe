#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/map_faults.sh with virtio-net.
# lab: --nodes 1 --nic virtio --nic virtio --nic virtio
# kernels: stock debug
# timeout: 90
. "$(dirname "$0")/nic/map_faults.sh"
