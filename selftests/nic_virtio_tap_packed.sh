#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/tap.sh with packed rings.
# lab: --nodes 1 --smp 2 --nic virtio,backend=tap,queues=2,rss=on --nic virtio,backend=tap,queues=2,rss=on,packed=on --nic virtio,backend=tap,queues=2
# kernels: stock debug
# timeout: 60
dev=eth1 net=1
. "$(dirname "$0")/nic/tap.sh"
finish
