#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Streams from outside: runs the scripts of drill/, or those that are named.
# doc/weftdrill.md tells how they are written.
#
# lab: --nodes 1 --nic none
# timeout: 150

here=$(dirname "$(realpath "$0")")
modprobe -q tun
exec "$here/../build/selftests/weftdrill" "${@:-$here/drill}"
