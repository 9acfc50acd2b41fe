# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# netconsole: what the kernel says goes out by eth0 with interrupts off, whatever the
# interface is doing, and reaches the peer.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# told LINE: the kernel has said it, and the peer has heard it.
told() {
	echo "$1" >/dev/kmsg
	heard "$1"
}

heard() {
	grep -qF "$1" "$tap_tmp/heard"
}

# say_all FROM TO: that many lines, in one go.
say_all() {
	local i
	for ((i = $1; i <= $2; i++)); do
		echo "weft line $i."
	done >/dev/kmsg
}

heard_all() {
	local i
	for ((i = $1; i <= $2; i++)); do
		heard "weft line $i." || return 1
	done
}

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
check "a hundred lines" say_all 1 100
check "all are heard" wait_until 20 heard_all 1 100

ping -4 -f -q -l 64 -s 1400 -w 1000 "$b4" >/dev/null 2>&1 &
flood=$!
at_end kill $flood
check "a hundred lines more, under traffic" say_all 101 200
check "a line is heard then" wait_until 20 told "weft speaks up"
kill $flood
check "rings change meanwhile" nic_resize 128 256
check "a line is heard after that" wait_until 20 told "weft has other rings"
check "down and up" sh -c 'ip link set eth0 down && ip link set eth0 up'
nic_address
check "a line is heard after that too" wait_until 20 told "weft is back"
finish
