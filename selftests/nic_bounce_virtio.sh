#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bounce buffers, too few of them, under virtio-net; every object of the slab allocator is checked.
# lab: --nodes 1 --nic virtio,iommu_platform=on,disable-legacy=on,rx_queue_size=512 --nic virtio,iommu_platform=on,disable-legacy=on,rx_queue_size=512 --append "swiotlb=1024,force slub_debug=FZP"
# kernels: stock
# timeout: 90
. "$(dirname "$0")/nic/bounce.sh"
bounce_second_is_refused
bounce_small_rings
finish
