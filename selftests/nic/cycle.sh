# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Life and death of weftnic: up and down, bind and unbind, unload under traffic,
# a transmit hang; nothing is left behind.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

driver=/sys/bus/pci/drivers/weftnic
slot=$(nic_pci eth0)

# KiB of memory that is free or the slab allocator's, caches given back. KASAN keeps
# freed objects for a while, so what leaks of slabs is left to kmemleak; the pages of
# rings and buffers, which kmemleak does not see, are counted here. A processor's own
# free pages, some MiB, are not in MemFree; half a second lets RCU free what it has.
free_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.5
	cat /proc/sys/vm/stat_refresh
	awk '$1 == "count:" || $1 == "nr_free_pages" || $1 ~ /^nr_slab/ { sum += $2 }
	     END { print sum * 4 }' /proc/zoneinfo
}

up_down() {
	for ((i = 0; i < $1; i++)); do
		ip link set eth0 up && ip link set eth0 down || return 1
	done
}

bind_unbind() {
	for ((i = 0; i < $1; i++)); do
		echo "$slot" >$driver/unbind && echo "$slot" >$driver/bind || return 1
	done
}

# no_leak COMMAND...: it does not cost 2 MiB. The rest of the system may take as much
# once: after a loss, there must be none in two more runs.
no_leak() {
	local before after losses=0
	for _ in 1 2 3; do
		before=$(free_memory)
		"$@" || return 1
		after=$(free_memory)
		note "free memory: $before KiB before, $after KiB after"
		[ "$after" -gt $((before - 2048)) ] || losses=$((losses + 1))
		[ "$losses" -gt 0 ] || return 0
	done
	[ "$losses" -eq 1 ]
}

# Rings so large that 50 of either kind are more than 2 MiB.
check "large rings" ethtool -G eth0 rx 4096 tx 4096
up_down 3
check "100 times up and down, no memory is lost" no_leak up_down $((100 / scale))
bind_unbind 3
check "50 times bound and unbound, no memory is lost" no_leak bind_unbind $((50 / scale))

check "the pair comes up" nic_up
hang() {
	nic_hang
	wait_until 60 counted tx_timeouts && wait_until 60 counted resets
}
# counted NAME: that counter of eth0 has left zero.
counted() {
	[ "$(counter eth0 "$1")" -gt 0 ]
}
check "a transmit hang is noticed" hang
check "and mended" wait_until 20 ping -c 1 -W 1 "$b4"

unload() {
	ping -f -q -w 10 "$b4" >/dev/null &
	ip netns exec "$peer" ping -f -q -w 10 "$a4" >/dev/null &
	wait_until 20 sh -c "ethtool -S eth0 | grep -q 'tx0_packets: [1-9]'"
	rmmod weftnic
}
check "unload under traffic" unload
check "load again" insmod "$WEFT_TREE/build/$(uname -r)/driver/weftnic.ko"
check "both are back" wait_until 20 test -d /sys/class/net/eth1
finish
