# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Of devices that finish in the order in which they were given something.

# in_order DEV: the driver relies on that: bit 35 of the features that it has taken
# (VIRTIO_F_IN_ORDER), of which register 12 has the upper half.
in_order() {
	local upper
	upper=$(ethtool -d "$1" raw on | od -A n -v -t u4 -w8 | awk '$1 == 12 { print $2 }')
	echo "features from 32 on: $upper"
	[ $((upper >> 3 & 1)) = 1 ]
}
