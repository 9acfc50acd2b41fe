#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net with split rings, a transitional device: volume, ring sizes, reset.
# lab: --nodes 1 --nic virtio --nic virtio
# kernels: stock debug
# timeout: 200
. "$(dirname "$0")/nic/virtio.sh"

virtio_rings
finish
