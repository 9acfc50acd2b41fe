#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/stacked.sh with virtio-net.
# lab: --nodes 1 --nic virtio --nic virtio --nic virtio
# kernels: stock
# timeout: 120
. "$(dirname "$0")/nic/stacked.sh"
finish
