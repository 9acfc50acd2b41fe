# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# netconsole: what the kernel says goes out by eth0 with interrupts off, whatever the
# interface is doing, and reaches the peer.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

heard() {
	grep -qF "$1" "$tap_tmp/heard"
}

# told LINE: the kernel has said it, and the peer has heard it.
told() {
	echo "$1" >/dev/kmsg
	heard "$1"
}

# say_many: a hundred lines in one go.
say_many() {
	local i
	for i in {1..100}; do
		echo "weft line $i."
	done >/dev/kmsg
}

heard_many() {
	[ "$(grep -o 'weft line [0-9]*\.' "$tap_tmp/heard" | sort -u | wc -l)" -eq 100 ]
}

ring=$(ethtool -g eth0 | awk '$1 == "RX:" { now = $2 } END { print now }')
sysctl -qw kernel.printk_devkmsg=on
at_end sysctl -qw kernel.printk_devkmsg=ratelimit
check "the pair comes up" nic_up
in_ns "$peer" python3 - >"$tap_tmp/heard" <<-'PYTHON' &
	import socket
	with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
	    udp.bind(("", 6666))
	    while True:
	        print(udp.recv(2000).decode(errors="replace"), flush=True)
PYTHON
at_end kill $!
mac=$(in_ns "$peer" cat /sys/class/net/eth1/address)
check "netconsole" modprobe netconsole "netconsole=6665@$a4/eth0,6666@$b4/$mac"
at_end rmmod netconsole
check "a line reaches the peer" wait_until 20 told "weft says hello"
check "a hundred lines" say_many
check "all are heard" wait_until 20 heard_many

ping -4 -f -q -l 64 -s 1400 -w 1000 "$b4" >/dev/null 2>&1 &
flood=$!
at_end kill $flood
check "a hundred lines more, under traffic" say_many
check "a line is heard then" wait_until 20 told "weft speaks up"
check "other rings under traffic" ethtool -G eth0 rx 128 tx 128
check "a line is heard after that" wait_until 20 told "weft has other rings"
kill $flood
check "down and up" sh -c 'ip link set eth0 down && ip link set eth0 up'
check "a line is heard after that too" wait_until 20 told "weft is back"
ethtool -G eth0 rx "$ring" tx "$ring"
nic_address
