#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A virtio device that lies, with split rings: identifiers, lengths, counts, headers.
# lab: --nodes 1 --nic virtio,backend=vhost-user --nic virtio,backend=vhost-user,mrg_rxbuf=off --nic virtio,backend=vhost-user,packed=on --nic virtio,backend=vhost-user,packed=on,mrg_rxbuf=off
# kernels: stock debug
# timeout: 180
. "$(dirname "$0")/nic/hostile.sh"

hostile_begin eth0 eth1
traffic eth0 hostile_all eth0
traffic eth1 hostile_some eth1
finish
