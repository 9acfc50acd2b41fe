#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/plug.sh with the 82574L.
# lab: host
# timeout: 300
. "$(dirname "$0")/../nic/plug.sh"

plug_test e1000e pc
