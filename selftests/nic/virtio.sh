# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What is tested of virtio-net whatever its ring format and features.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# nic_receive FAMILY MEGABYTES: random data from the peer arrives whole.
nic_receive() {
	local file=$tap_tmp/data got=$tap_tmp/got address=$a4
	[ "$1" = 6 ] && address=$a6
	head -c "$(($2 * 1048576 / scale))" /dev/urandom >"$file"
	timeout 200 python3 - "$1" "$address" >"$got" <<-'PYTHON' &
		import socket, sys
		family = {"4": socket.AF_INET, "6": socket.AF_INET6}[sys.argv[1]]
		with socket.create_server((sys.argv[2], 5001), family=family) as server:
		    peer = server.accept()[0]
		    while data := peer.recv(1 << 20):
		        sys.stdout.buffer.write(data)
	PYTHON
	local receiver=$!
	wait_until 10 sh -c 'ss -tln | grep -q :5001'
	in_ns "$peer" timeout 200 python3 - "$address" "$file" <<-'PYTHON'
		import socket, sys
		with socket.create_connection((sys.argv[1], 5001)) as peer:
		    peer.sendall(open(sys.argv[2], "rb").read())
	PYTHON
	wait "$receiver" && cmp "$file" "$got"
}

# interrupts NAME: how often that interrupt of eth0 has come.
interrupts() {
	awk -v name="eth0$1" '$NF == name { for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+$/) sum += $i }
		END { print sum + 0 }' /proc/interrupts
}

virtio_pings() {
	check "the pair comes up" nic_up
	check "ping IPv4" ping -q -c 20 -i 0.02 -W 2 "$b4"
	check "ping IPv6" ping -q -c 20 -i 0.02 -W 2 "$b6"
	check "flood ping loses nothing" \
		sh -c "ping -q -f -c $((2000 / scale)) $b4 | grep -q ' 0% packet loss'"
}

# virtio_volume MEGABYTES: a queue that stops for want of a doorbell or of an
# interrupt does so after some laps only.
virtio_volume() {
	local frames irqs
	check "$1 MiB of TCP out" nic_send 4 "$b4" "$1"
	check "$1 MiB of TCP in" nic_receive 4 "$1"
	check "TCP over IPv6" nic_send 6 "$b6" 4
	frames=$(counter eth0 tx0_packets)
	irqs=$(interrupts -tx0)
	note "$irqs transmit interrupts for $frames frames, $(counter eth0 tx0_doorbells) doorbells"
	check "at most one transmit interrupt for ten frames" test $((irqs * 10)) -le "$frames"
}

# A sender with room for very little waits for each frame to be given back.
virtio_small_buffer() {
	timeout 30 python3 - "$b4" <<-'PYTHON'
		import socket, sys
		with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
		    udp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
		    for _ in range(200):
		        udp.sendto(bytes(1400), (sys.argv[1], 9))
	PYTHON
}

# Its frames are looked after the while, but not a thousand times a second.
virtio_hang() {
	local before
	before=$(counter eth0 rx0_polls)
	nic_hang
	wait_until 60 sh -c "ethtool -S eth0 | grep -q 'resets: [1-9]'" || return 1
	hang_polls=$(($(counter eth0 rx0_polls) - before))
}

virtio_clean() {
	for name in length_errors chain_errors device_errors no_skb bad_used; do
		check_equal "no rx0_$name" "$(counter eth0 "rx0_$name")" 0
	done
	check_equal "no tx0_bad_used" "$(counter eth0 tx0_bad_used)" 0
	check_equal "no tx0_map_errors" "$(counter eth0 tx0_map_errors)" 0
}

# QEMU 10.0.2 loses the rest of a frame that goes over the end of a ring in order.
virtio_long_frames() {
	ip link set eth0 mtu 16110
	in_ns "$peer" ip link set eth1 mtu 16110
	check "frames of several buffers out" nic_send 4 "$b4" 16
	check "and in" nic_receive 4 16
}

# What both ring formats must bear.
virtio_rings() {
	virtio_pings
	virtio_volume 64
	check "a sender with a small buffer goes on" virtio_small_buffer
	check "-G under traffic" nic_resize 64 256 128 256
	virtio_clean
	check "a transmit hang is noticed" virtio_hang
	note "$hang_polls polls"
	check "its frames were looked after" test "$hang_polls" -gt 0
	check "but ever more seldom" test "$hang_polls" -lt 1500
	check "and mended" wait_until 20 ping -c 1 -W 1 "$b4"
}
