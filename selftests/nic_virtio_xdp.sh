#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/xdp.sh with virtio-net and split rings.
# lab: --nodes 1 --nic virtio --nic virtio --nic virtio
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/nic/xdp.sh"
