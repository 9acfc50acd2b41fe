#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic_xsk.c with an IOMMU that forgets at once what is unmapped, before virtio-net.
# lab: --nodes 1 --machine q35 --iommu --nic virtio,iommu_platform=on,disable-legacy=on --nic virtio,iommu_platform=on,disable-legacy=on
# kernels: stock
# timeout: 120
"$WEFT_TREE/build/selftests/nic_xsk" || exit
! dmesg | grep "DMAR:.*fault"
