#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Receive filters of virtio-net, set through its control queue.
# lab: --nodes 1 --nic virtio --nic virtio,packed=on
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/nic_filter.sh"
