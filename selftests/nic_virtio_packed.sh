#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# virtio-net with packed rings: volume, ring sizes, reset.
# lab: --nodes 1 --nic virtio,packed=on --nic virtio,packed=on
# kernels: stock debug
# timeout: 200
. "$(dirname "$0")/nic/virtio.sh"

virtio_rings
finish
