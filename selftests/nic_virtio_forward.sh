#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/forward.sh with virtio-net and split rings.
# lab: --nodes 1 --nic virtio --nic virtio --nic virtio
# kernels: stock debug
# timeout: 60
. "$(dirname "$0")/nic/forward.sh"
