#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/plug.sh with virtio-net.
# lab: host
# timeout: 300
. "$(dirname "$0")/../nic/plug.sh"

plug_test virtio pc
