#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a guest of the lab looks like from inside.
# lab: --nodes 1 --nic e1000 --nic e1000
. "$(dirname "$0")/lib.sh"

check "the root is the host's: the tree is there" test -f "$WEFT_TREE/Makefile"
check "the root can be written to" touch /usr/written "$WEFT_TREE/written"
check "results can be written to" touch "$WEFT_RESULTS/written"
check "the hostname is the node's" test "$(hostname)" = "node$WEFT_NODE"
check "/etc/weft/hosts names the node" grep -q 'fe80:5254:57:100%eth0 node1' /etc/weft/hosts
check "/etc/hosts names the node" getent hosts node1
for dir in /proc /sys /dev/pts /sys/kernel/tracing /sys/kernel/debug /sys/fs/cgroup /tmp; do
	check "$dir is mounted" mountpoint -q "$dir"
done
check "eth0 has its MAC" grep -qx 52:54:00:57:01:00 /sys/class/net/eth0/address
check "weftnic drives eth0" test "$(basename "$(readlink /sys/class/net/eth0/device/driver)")" = weftnic
check "the family is registered" test -d /sys/module/weft
check "modules of the kernel load" modprobe dummy
finish
