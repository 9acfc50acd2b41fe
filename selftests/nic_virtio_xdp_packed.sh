#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/xdp.sh with virtio-net and packed rings.
# lab: --nodes 1 --nic virtio,packed=on --nic virtio,packed=on --nic virtio,packed=on
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/nic/xdp.sh"
