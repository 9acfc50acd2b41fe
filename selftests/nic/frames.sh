# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Frames for XDP programs: who attaches one, and what became of what was sent to it.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

objects=$WEFT_TREE/build/selftests/bpf/xdp.o
frames=$(dirname "${BASH_SOURCE[0]}")/frames.py

# xdp DEV PROGRAM: attaches a program in the driver, or with "off" none.
xdp() {
	if [ "$2" = off ]; then
		ip link set "$1" xdpdrv off
	else
		ip -force link set "$1" xdpdrv object "$objects" program "$2"
	fi
}

# sent COUNT LENGTH WANTED: frames from the peer to eth0; what came back, summed up.
sent() {
	ip netns exec "$peer" "$frames" eth1 "$(cat /sys/class/net/eth0/address)" "$@" |
		sort | uniq -c | sed 's/^ *//'
}

# grows COUNTER BY COMMAND...: the command succeeds and eth0's counter grows by BY; what
# passes may be more, since neighbours talk too.
grows() {
	local name=$1 by=$2 before
	shift 2
	before=$(counter eth0 "$name")
	"$@" || return 1
	local grown=$(($(counter eth0 "$name") - before))
	echo "$name grew by $grown"
	if [ "$name" = rx0_xdp_pass ]; then
		[ "$grown" -ge "$by" ]
	else
		[ "$grown" -eq "$by" ]
	fi
}

# back COUNT LENGTH "WHAT": so many frames of that length were sent and came back.
back() {
	local got
	got=$(sent "$1" "$2" "$1")
	echo "came back: $got"
	[ "$got" = "$1 $3" ]
}

nothing_back() {
	[ -z "$(sent "$1" "$2" 0)" ]
}
