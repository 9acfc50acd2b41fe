#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An IOMMU that forgets at once what is unmapped, before virtio-net.
# lab: --nodes 1 --machine q35 --iommu --nic virtio,iommu_platform=on,disable-legacy=on --nic virtio,iommu_platform=on,disable-legacy=on
# kernels: stock
# timeout: 150
. "$(dirname "$0")/nic/iommu.sh"
finish
