#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic_xsk.c with virtio-net and packed rings.
# lab: --nodes 1 --nic virtio,packed=on --nic virtio,packed=on
# kernels: stock debug
# timeout: 60
exec "$WEFT_TREE/build/selftests/nic_xsk"
