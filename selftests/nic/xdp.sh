# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# XDP on weftnic: each verdict, frames of several buffers, room at both ends,
# notes for tc, and programs that come and go under traffic. There is a third
# device, eth2.

. "$(dirname "${BASH_SOURCE[0]}")/frames.sh"

# What a frame of only a header comes back as, and whether tags are taken off without a
# program.
short="60 padded" strips=on
if [ "$(cat /sys/class/net/eth0/device/vendor)" = 0x1af4 ]; then
	short="14 padded" strips=off
fi

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
check "what is too short is sent as the stack's frames are" back 20 1000 "$short"
xdp eth0 xdp_tx_longer
check "room in front" back 20 1000 "1192 same"
xdp eth0 xdp_tx_longest
check "room in front to the last" back 20 1000 "1208 same"

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
	# QEMU's 82540EM receives nothing for a second after each change.
	wait_until 20 ping -c 1 -W 1 "$b4"
	kill -INT "$flood"
	wait "$flood"
	cat "$tap_tmp/flood"
	grep -q "[1-9][0-9]* received" "$tap_tmp/flood"
}
check "programs come and go under traffic" changes_under_traffic
xdp eth0 off
check_equal "tags are as they were" "$(stripping eth0)" "$strips"
check "it works without" wait_until 20 ping -c 1 -W 1 "$b4"

xdp eth0 xdp_tx
check "the driver goes with a program attached" rmmod weftnic
check "and comes back" insmod "$WEFT_TREE/build/$(uname -r)/driver/weftnic.ko"
finish
