#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/queues.sh with virtio-net.
# lab: --nodes 1 --nic virtio --nic virtio
# kernels: 6.12 7.2
# timeout: 60
. "$(dirname "$0")/nic/queues.sh"
