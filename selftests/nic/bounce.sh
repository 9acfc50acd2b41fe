# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# DMA through bounce buffers: what is not synced is not seen, and what has no room is
# refused or counted. There are 1024, of 2 KiB each, and a receive ring has 512 at first.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bounce_used() {
	cat /sys/kernel/debug/swiotlb/io_tlb_used
}

nic_up_again() {
	nic_address
	wait_until 20 ping -c 1 -W 1 "$b4"
}

nic_down() {
	ip link set eth0 down && ip -n "$peer" link set eth1 down
}

# Both rings fit exactly.
bounce_none_left() {
	nic_address
	check_equal "the rings take all buffers" "$(bounce_used)" 1024
	ping -q -c 3 -i 0.05 -W 0.1 "$b4" >/dev/null
	check "frames without a buffer are counted" test "$(counter eth0 tx0_map_errors)" -gt 0
	check_fails "a new ring is refused" "Cannot allocate memory" ethtool -G eth0 rx 128
	says "and the old one stays" "^RX:[[:space:]]*512" ethtool -g eth0
	check_equal "with its buffers" "$(bounce_used)" 1024
}

# What was sent to nobody may still wait in the first one's transmit ring.
bounce_second_is_refused() {
	local before
	ip link set eth0 up
	before=$(bounce_used)
	check_fails "there is no room for another one" "Cannot allocate memory" \
		ip -n "$peer" link set eth1 up
	check "and nothing of it stays" test "$(bounce_used)" -le $((before + 8))
}

bounce_small_rings() {
	check "both are shut down" nic_down
	check_equal "all buffers came back" "$(bounce_used)" 0
	ethtool -G eth0 rx 128
	in_ns "$peer" ethtool -G eth1 rx 128
	# What waits in a socket keeps its buffer.
	in_ns "$peer" sysctl -qw net.ipv4.tcp_rmem="4096 65536 131072"
	check "the pair comes up with smaller rings" nic_up_again
	check "flood ping loses nothing" \
		sh -c "ping -q -f -c 200 -s 1400 $b4 | grep -q ' 0% packet loss'"
	check "TCP" nic_send 4 "$b4" 2
	check "TCP over IPv6" nic_send 6 "$b6" 2
	check "large frames" nic_mtu 9000
	check "TCP in large frames" nic_send 4 "$b4" 2
	check "both are shut down again" nic_down
	check_equal "and all buffers came back" "$(bounce_used)" 0
}

ip link set eth0 down
check_equal "no buffer is in use" "$(bounce_used)" 0
ns_add "$peer"
ip link set eth1 netns "$peer"
