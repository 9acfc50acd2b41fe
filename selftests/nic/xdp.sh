# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# XDP on weftnic: each verdict, frames of several buffers, room at both ends,
# notes for tc, and programs that come and go under traffic. There is a third
# device, eth2.

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

stripping() {
	ethtool -k "$1" | sed -n 's/^rx-vlan-offload: \([a-z]*\).*/\1/p'
}

check "the pair comes up" nic_up
ip link set eth2 up
check "without a program nothing comes back" nothing_back 5 100

check "a program is attached by the driver" xdp eth0 xdp_pass
check "it is not the generic one" sh -c 'ip link show eth0 | grep -q "xdp "'
check "XDP_PASS" wait_until 20 ping -c 1 -W 1 "$b4"
check "XDP_PASS is counted" grows rx0_xdp_pass 20 nothing_back 20 100
check_equal "tags stay in the frame" "$(stripping eth0)" "off"
check "TCP in" nic_send 4 "$b4" 4

check "a program replaces another" xdp eth0 xdp_drop
check "XDP_DROP" grows rx0_xdp_drop 20 nothing_back 20 100
check "the rest passes" ping -c 1 -W 5 "$b4"

xdp eth0 xdp_aborted
check "XDP_ABORTED" grows rx0_xdp_errors 20 nothing_back 20 100
xdp eth0 xdp_unknown
check "an unknown verdict" grows rx0_xdp_errors 20 nothing_back 20 100

xdp eth0 xdp_tx
check "XDP_TX" grows tx0_xdp 50 back 50 100 "100 same"
check "XDP_TX of the longest frame" back 20 1514 "1514 same"
check "XDP_TX of the shortest frame" back 20 60 "60 same"
check "XDP_TX is counted" grows rx0_xdp_tx 10 back 10 60 "60 same"
xdp eth0 xdp_tx_short
check "what is too short is padded with zeros" back 20 1000 "60 padded"
xdp eth0 xdp_tx_longer
check "room in front" back 20 1000 "1192 same"

xdp eth0 xdp_redirect
check "XDP_REDIRECT" grows rx0_xdp_redirect 50 back 50 100 "100 same"
check "it went out of the other one" test "$(counter eth2 tx0_xdp)" -ge 50
ip link set eth2 down
check "nothing is lost but the frames when that is down" nothing_back 20 100
ip link set eth2 up
check "it goes on" wait_until 30 back 5 100 "100 same"
xdp eth0 xdp_redirect_nowhere
check "XDP_REDIRECT to nowhere" nothing_back 20 100
check "it works afterwards" ping -c 1 -W 5 "$b4"

# Long frames.
check_fails "a program for one buffer bears no larger MTU" "Invalid" ip link set eth0 mtu 2031
check "than fits" ip link set eth0 mtu 2030
ip -n "$peer" link set eth1 mtu 9000
xdp eth0 xdp_tx
check "the longest that does comes back" wait_until 30 back 5 2044 "2044 same"
check "longer frames are dropped and counted" grows rx0_chain_errors 10 nothing_back 10 3000
xdp eth0 off
nic_mtu 9000
check_fails "and is refused with one" "several buffers" xdp eth0 xdp_pass
check "one for several is not" xdp eth0 xdp_pass_frags
check "long packets pass" ping -q -c 3 -i 0.05 -W 5 -M 'do' -s 8972 "$b4"
check "TCP in long frames" nic_send 4 "$b4" 4
xdp eth0 xdp_tx_frags
check "XDP_TX of frames of several buffers" back 20 9000 "9000 same"
check "... and of one" back 20 1500 "1500 same"
xdp eth0 off
nic_mtu 1500

# Notes for tc.
xdp eth0 xdp_meta
tc qdisc add dev eth0 clsact
tc filter add dev eth0 ingress bpf direct-action object-file "$objects" section tc
shot() { tc -s filter show dev eth0 ingress; tc -s qdisc show dev eth0 | sed -n 's/.*dropped \([0-9]*\).*/\1/p' | tail -1; }
dropped=$(shot | tail -1)
check "frames with a note" nothing_back 10 100
check_equal "tc has seen it in each" "$(shot | tail -1)" "$dropped"
xdp eth0 xdp_pass
check "frames without" nothing_back 10 100
check_equal "tc has missed it in each" "$(shot | tail -1)" "$((dropped + 10))"
tc qdisc del dev eth0 clsact

# Changes under it and of it, with traffic.
xdp eth0 xdp_tx
check "-G" ethtool -G eth0 rx 256 tx 256
check "it is still there" back 10 100 "100 same"
ip link set eth0 down
ip link set eth0 up
check "down and up" wait_until 20 back 10 100 "100 same"

changes_under_traffic() {
	ip netns exec "$peer" ping -q -f -w 60 "$a4" >"$tap_tmp/flood" &
	local flood=$! program
	for program in xdp_pass off xdp_tx xdp_redirect off xdp_drop xdp_pass; do
		xdp eth0 "$program" || return 1
	done
	kill -INT "$flood"
	wait "$flood"
	cat "$tap_tmp/flood"
	grep -q "[1-9][0-9]* received" "$tap_tmp/flood"
}
check "programs come and go under traffic" changes_under_traffic
xdp eth0 off
check_equal "tags are taken off again" "$(stripping eth0)" "on"
check "it works without" wait_until 20 ping -c 1 -W 1 "$b4"

xdp eth0 xdp_tx
check "the driver goes with a program attached" rmmod weftnic
check "and comes back" insmod "$WEFT_TREE/build/$(uname -r)/driver/weftnic.ko"
finish
