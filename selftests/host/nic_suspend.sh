#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nic/suspend.sh with the 82540EM.
# lab: host
# timeout: 300
. "$(dirname "$0")/../nic/suspend.sh"

suspend_test e1000 "$@"
