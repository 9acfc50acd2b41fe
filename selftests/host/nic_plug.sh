#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/plug.sh with the 82540EM and virtio-net, where ACPI tells of the card.
# lab: host
# timeout: 300
. "$(dirname "$0")/../nic/plug.sh"

plug_test pc 0 2
