# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of weftnic share: eth0 stays, eth1 goes to the namespace
# "peer", and both sit on one hub, so that every frame crosses real rings.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

peer=peer
a4=192.0.2.1 b4=192.0.2.2
a6=2001:db8::1 b6=2001:db8::2
# Debug kernels do a tenth of the work in the same time.
scale=${NIC_SCALE:-$(test -e /sys/kernel/debug/kmemleak && echo 10 || echo 1)}

# What differs between the devices, for the tests to use.
# shellcheck disable=SC2034
case $(cat /sys/class/net/eth0/device/device) in
0x10d3)
	nic_max_mtu=9216
	nic_features="tx-checksum-ipv4 tx-checksum-ipv6 receive-hashing"
	;;
*)
	nic_max_mtu=16110
	nic_features="tx-checksum-ip-generic tx-tcp6-segmentation
		tx-tcp-mangleid-segmentation tx-sctp-segmentation"
	;;
esac

nic_up() {
	ping_sockets
	# A third NIC on the hub is not to answer for eth0's address.
	echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore
	at_end sh -c 'echo 0 >/proc/sys/net/ipv4/conf/all/arp_ignore'
	ns_add "$peer"
	ip link set eth1 netns "$peer"
	nic_address
	wait_until 20 ping -c 1 -W 1 "$b4"
}

nic_address() {
	ip address replace "$a4/24" dev eth0
	ip -6 address replace "$a6/64" dev eth0 nodad
	ip link set eth0 up
	ip -n "$peer" address replace "$b4/24" dev eth1
	ip -n "$peer" -6 address replace "$b6/64" dev eth1 nodad
	ip -n "$peer" link set eth1 up
}

# nic_mtu MTU: at both ends, back when pings get through.
nic_mtu() {
	ip link set eth0 mtu "$1" && ip -n "$peer" link set eth1 mtu "$1" &&
		wait_until 20 ping -c 1 -W 1 "$b4"
}

# explain: what both ends have counted, and know of each other.
explain() {
	dmesg | tail -n 5
	ip neigh
	ethtool -S eth0 | grep -v ': 0$'
	ip -n "$peer" neigh
	in_ns "$peer" ethtool -S eth1 | grep -v ': 0$'
}

# counter DEV NAME: one of ethtool -S; eth1 is looked up at the peer.
counter() {
	local ns=()
	[ "$1" = eth1 ] && ns=(ip netns exec "$peer")
	"${ns[@]}" ethtool -S "$1" | sed -n "s/^ *$2: //p"
}

# nic_send FAMILY ADDRESS MEGABYTES: random data to the peer arrives whole.
nic_send() {
	local file=$tap_tmp/data got=$tap_tmp/got
	head -c "$(($3 * 1048576 / scale))" /dev/urandom >"$file"
	ip netns exec "$peer" timeout 60 python3 - "$1" "$2" >"$got" <<-'PYTHON' &
		import socket, sys
		family = {"4": socket.AF_INET, "6": socket.AF_INET6}[sys.argv[1]]
		with socket.create_server((sys.argv[2], 5001), family=family) as server:
		    peer = server.accept()[0]
		    while data := peer.recv(1 << 20):
		        sys.stdout.buffer.write(data)
	PYTHON
	local receiver=$!
	wait_until 10 in_ns "$peer" sh -c 'ss -tln | grep -q :5001'
	timeout 60 python3 - "$1" "$2" "$file" <<-'PYTHON'
		import socket, sys
		with socket.create_connection((sys.argv[2], 5001)) as peer:
		    peer.sendall(open(sys.argv[3], "rb").read())
	PYTHON
	wait "$receiver" && cmp "$file" "$got"
}

# nic_resize SIZE...: the rings of eth0 change while it floods, and all goes on.
nic_resize() {
	ping -q -f -w 30 "$b4" >"$tap_tmp/flood" &
	local flood=$! size
	for size; do
		ethtool -G eth0 rx "$size" tx "$size" || return 1
	done
	kill -INT "$flood"
	wait "$flood"
	wait_until 20 ping -c 1 -W 1 "$b4"
}

# sent: how many frames eth0 has sent.
sent() {
	cat /sys/class/net/eth0/statistics/tx_packets
}

# sent_beyond N: it has sent more frames than that.
sent_beyond() {
	[ "$(sent)" -gt "$1" ]
}

# nic_waiting: with rings built anew, what waits in the stack's queue is sent, although the
# sender sends no more before that.
nic_waiting() {
	local pid size status=0
	ip neigh replace "$b4" lladdr "$(in_ns "$peer" cat /sys/class/net/eth1/address)" \
		dev eth0 nud permanent
	python3 "$(dirname "${BASH_SOURCE[0]}")/waiting.py" "$b4" &
	pid=$!
	for size in 128 256 128 256; do
		ethtool -G eth0 tx $size &&
			wait_until 5 sent_beyond $(($(sent) + 50)) || status=1
	done
	kill $pid
	ip neigh del "$b4" dev eth0
	return $status
}

# says TEXT PATTERN COMMAND...: the command's output has the pattern.
says() {
	local text=$1 pattern=$2
	shift 2
	# shellcheck disable=SC2016 # the expression is the inner shell's
	check "$text" sh -c '"$@" | grep -qE "$0"' "$pattern" "$@"
}

# nic_pci DEV: its PCI address.
nic_pci() {
	basename "$(readlink -f "/sys/class/net/$1/device")"
}

# nic_stop_dma: without bus mastering eth0 reads and writes nothing, as if it were dead.
nic_stop_dma() {
	printf '\x03' | dd of="/sys/bus/pci/devices/$(nic_pci eth0)/config" bs=1 seek=4 \
		conv=notrunc status=none
}

# nic_hang: it stops, with so many frames that the stack's queue does, too, without which
# the stack sees no hang. The neighbour is known meanwhile.
nic_hang() {
	ip neigh replace "$b4" lladdr "$(in_ns "$peer" cat /sys/class/net/eth1/address)" \
		dev eth0 nud permanent
	nic_stop_dma
	python3 - "$b4" <<-'PYTHON'
		import socket, sys
		SO_SNDBUFFORCE = 32
		with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
		    udp.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 23)
		    for _ in range(1000):
		        try:
		            udp.sendto(bytes(1400), socket.MSG_DONTWAIT, (sys.argv[1], 9))
		        except OSError:
		            pass
	PYTHON
	ip neigh del "$b4" dev eth0
}
