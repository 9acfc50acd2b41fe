# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Memory that cannot be mapped for DMA: the first piece of a frame, one in its midst, a page
# of a new ring. The frame is counted and sent by TCP once more; a change is refused, and
# what was there goes on. There is a third device, eth2.

. "$(dirname "${BASH_SOURCE[0]}")/frames.sh"

nic=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
parameters=/sys/module/weft_map_fault/parameters
nth=$parameters/nth

# errors: what both ends have counted.
errors() {
	{ ethtool -S eth0; in_ns "$peer" ethtool -S eth1; } |
		awk '/_map_errors:|_no_page:/ { sum += $2 } END { print sum + 0 }'
}

# transfer ADDRESS N...: each costs one frame or one refill.
transfer() {
	local before
	before=$(errors)
	python3 "$nic/map_faults.py" "$1" "$nth" "${@:2}" || return 1
	echo "$(($(errors) - before)) errors counted"
	[ $(($(errors) - before)) -eq $(($# - 1)) ]
}

# refused N COMMAND...: the N-th mapping of it fails, and all others from there on.
refused() {
	local n=$1
	shift
	echo Y >$parameters/lasting
	echo "$n" >"$nth"
	check_fails "$*: mapping $n" "Cannot allocate memory" "$@"
	check_equal "so many were made" "$(cat "$nth")" 1
	echo 0 >"$nth"
	echo N >$parameters/lasting
}

# The peer's own mapping is the first.
redirect_fails() {
	local before
	before=$(counter eth2 tx0_map_errors)
	echo 2 >"$nth"
	sent 1 100 0
	echo 0 >"$nth"
	[ "$(counter eth2 tx0_map_errors)" -gt "$before" ]
}

goes_on() {
	check "all goes on" wait_until 20 ping -c 1 -W 1 "$b4"
}

map_faults() {
	local n rings
	# What that sends is not counted.
	ip link set eth2 down
	check "the pair comes up" nic_up
	in_ns "$peer" python3 "$nic/echo.py" serve &
	at_end kill $!
	wait_until 10 in_ns "$peer" sh -c 'ss -tln | grep -q :5002'
	check "TCP over IPv4" transfer "$b4" 1 2 3 4 5 6 7 8
	check "TCP over IPv6" transfer "$b6" 1 2 3 4 5 6 7 8
	check "long frames" nic_mtu 9000
	check "TCP in long frames" transfer "$b4" 1 2 3 4 5 6 7 8
	rings=$(ethtool -g eth0)
	for n in 1 2 60; do
		refused "$n" ethtool -G eth0 rx 128
	done
	check_equal "the ring is as it was" "$(ethtool -g eth0)" "$rings"
	goes_on
	refused 100 ip link set eth0 mtu 1500
	refused 3 xdp eth0 xdp_pass_frags
	goes_on
	check "short frames" nic_mtu 1500
	ip link set eth0 down
	refused 7 ip link set eth0 up
	check "it can be had again" nic_address
	goes_on
	ip link set eth2 up
	xdp eth0 xdp_redirect
	check "a redirected frame is counted" wait_until 20 redirect_fails
	xdp eth0 off
	goes_on
}

check "a module for it" insmod "$WEFT_TREE/build/$(uname -r)/selftests/modules/weft_map_fault.ko"
at_end rmmod weft_map_fault
map_faults
finish
