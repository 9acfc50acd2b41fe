#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bounce buffers, too few of them, under the 82574L; every object of the slab allocator is checked.
# lab: --nodes 1 --nic e1000e --nic e1000e --append "swiotlb=1024,force slub_debug=FZP"
# kernels: stock
# timeout: 90
. "$(dirname "$0")/nic/bounce.sh"
bounce_none_left
bounce_small_rings
finish
