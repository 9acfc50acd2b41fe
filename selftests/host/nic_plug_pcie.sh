#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/plug.sh with the 82574L and PCI Express, whose slots tell of the card themselves.
# lab: host
# timeout: 300
. "$(dirname "$0")/../nic/plug.sh"

plug_test q35 1
