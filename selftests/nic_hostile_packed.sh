#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A virtio device that lies, with packed rings: identifiers, lengths, counts, headers.
# lab: --nodes 1 --nic virtio,backend=vhost-user --nic virtio,backend=vhost-user,mrg_rxbuf=off --nic virtio,backend=vhost-user,packed=on --nic virtio,backend=vhost-user,packed=on,mrg_rxbuf=off
# kernels: stock
# timeout: 180
. "$(dirname "$0")/nic/hostile.sh"

hostile_begin eth2 eth3
traffic eth2 hostile_all eth2
traffic eth3 hostile_some eth3
finish
