#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A virtio device that keeps the order and tells of many buffers by one word, and lies.
# lab: --nodes 1 --qemu 10.0 --nic virtio,backend=vhost-user,in_order=on --nic virtio,backend=vhost-user,packed=on,in_order=on
# kernels: stock debug
# timeout: 180
. "$(dirname "$0")/nic/hostile.sh"
. "$(dirname "$0")/nic/in_order.sh"

# large DEV: each reply takes several buffers, of which the device names the last.
large() {
	local said
	ip link set "$1" mtu 16110 || return 1
	said=$(ping -q -c 100 -i 0.01 -s 16000 -p 5a "$(address "$1" 2)")
	ip link set "$1" mtu 1500
	echo "$said"
	[[ $said == *" 0% packet loss"* && $said != *"wrong data"* ]]
}

# breach DEV KIND CASES NAME...: after that the order is not relied on any more.
breach() {
	check "$1: the order is kept before $2" renewed "$1"
	hostile "$@"
	check_fails "$1: and not relied on after $2" "features" in_order "$1"
}

# renewed DEV: whatever it did, down and up begins anew.
renewed() {
	ip link set "$1" down
	ip link set "$1" up
	wait_until 20 answers "$1" && in_order "$1"
}

# in_order_all DEV: lies that break no order, and lies that do.
in_order_all() {
	hostile "$1" header 1500 rx0_device_errors
	hostile "$1" length 700 rx0_length_errors rx0_bad_used
	hostile "$1" tx-length 200
	hostile "$1" silence 20 tx0_reminders
	hostile "$1" events 200
	check "$1: the order is still kept" in_order "$1"
	breach "$1" count 100 rx0_chain_errors rx0_bad_used resets
	breach "$1" rx-id 3 rx0_bad_used resets
	breach "$1" rx-twice 3 rx0_bad_used resets
	breach "$1" tx-id 3 tx0_bad_used resets
	breach "$1" tx-twice 3 tx0_bad_used resets
	breach "$1" any 30 resets
	check "$1: and again" renewed "$1"
	hostile_xdp "$1"
	for kind in rx-jump tx-jump scribble; do
		check "$1: the order is kept before $kind" renewed "$1"
		hostile_unseen "$1" "$kind" 1
	done
}

hostile_begin eth0 eth1
for dev in eth0 eth1; do
	check "$dev: the order is kept" in_order "$dev"
	check "$dev: frames of many buffers" large "$dev"
	traffic "$dev" in_order_all "$dev"
done
finish
