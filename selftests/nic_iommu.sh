#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An IOMMU that forgets at once what is unmapped, before the 82540EM.
# lab: --nodes 1 --machine q35 --iommu --nic e1000 --nic e1000
# kernels: stock
# timeout: 150
. "$(dirname "$0")/nic/iommu.sh"
finish
