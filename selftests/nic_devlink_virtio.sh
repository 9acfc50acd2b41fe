#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# devlink's view of virtio-net: information, health, recovery of a hang.
# lab: --nodes 1 --nic virtio --nic virtio
# kernels: stock
# timeout: 120
set -- "virtio-net"
. "$(dirname "$0")/nic/devlink.sh"
finish
