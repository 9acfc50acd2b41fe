# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What is tested with a virtio device that lies: the lab's own back end, which does
# so when it is told to (scripts/labkit/vhost).

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# A debug kernel does a tenth of the work in the same time.
scale=$(test -e /sys/kernel/debug/kmemleak && echo 10 || echo 1)

# counter DEV NAME: one of ethtool -S.
counter() {
	ethtool -S "$1" | sed -n "s/^ *$2: //p"
}

# order DEV KIND CASES: the device behind DEV does so many hostile acts.
order() {
	local port answer
	port=$(grep -l "^backend\.$1$" /sys/class/virtio-ports/*/name) || return 1
	port=/dev/$(basename "$(dirname "$port")")
	exec 3<>"$port"
	echo "$2 ${SEED:-1} $3" >&3
	read -r -t 100 answer <&3
	exec 3>&-
	[ "$answer" = "done $3" ]
}

# address DEV N: N is 1 for DEV's own, 2 for one behind it; the device answers to any.
address() {
	echo "198.51.100.$((16 * ${1#eth} + $2))"
}

# answers DEV: the device is a good one, and the driver gets through.
answers() {
	ping -q -c 1 -W 1 "$(address "$1" 2)"
}

# What comes in goes on to a device that can do nothing itself: the stack has to
# segment and to sum what the header says.
pass_on() {
	tc qdisc add dev "$1" clsact
	at_end tc qdisc del dev "$1" clsact
	tc filter add dev "$1" ingress matchall action mirred egress mirror dev plain
}

hostile_begin() {
	local dev
	ping_sockets
	ip link add plain type dummy
	at_end ip link del plain
	ethtool -K plain tx off sg off tso off >/dev/null
	ip link set plain up
	for dev; do
		ip address add "$(address "$dev" 1)/28" dev "$dev"
		ip link set "$dev" up
		at_end ip address flush dev "$dev"
		at_end ip link set "$dev" xdpdrv off
		ip neigh replace "$(address "$dev" 2)" lladdr 52:54:00:57:0f:ff dev "$dev" nud permanent
		at_end ip neigh del "$(address "$dev" 2)" dev "$dev"
		pass_on "$dev"
		check "$dev: a good device" wait_until 20 answers "$dev"
	done
}

# grows DEV KIND CASES NAME...: all of these counters of DEV do, while it does that.
grows() {
	local dev=$1 kind=$2 cases=$3 name before=() i=0
	shift 3
	for name; do
		before+=("$(counter "$dev" "$name")")
	done
	order "$dev" "$kind" "$cases" || return 1
	for name; do
		[ "$(counter "$dev" "$name")" -gt "${before[i]}" ] ||
			{ echo "$name is still ${before[i]}"; return 1; }
		i=$((i + 1))
	done
}

# counts DEV KIND CASES NAME: that counter of DEV counts each of them.
counts() {
	local before
	before=$(counter "$1" "$4")
	order "$1" "$2" "$3" || return 1
	wait_until 20 counted "$1" "$4" $((before + $3))
}

# counted DEV NAME N: that counter says N.
counted() {
	local now
	now=$(counter "$1" "$2")
	echo "$2 is $now, not $3"
	[ "$now" = "$3" ]
}

# hostile DEV KIND CASES NAME...: and afterwards it works with a good device. Of what the
# stack has to cut into a thousand pieces, a ring may be full at the end.
hostile() {
	local dev=$1 kind=$2 cases=$((($3 + scale - 1) / scale))
	shift 3
	check "$dev: $kind" grows "$dev" "$kind" "$cases" "$@"
	check "$dev: good traffic after $cases of it" wait_until 60 answers "$dev"
}

# hostile_unseen DEV KIND CASES: the same of what a driver may not see, other than by
# silence; then somebody has to reset the device.
hostile_unseen() {
	local dev=$1 kind=$2 cases=$((($3 + scale - 1) / scale))
	check "$dev: $kind" order "$dev" "$kind" "$cases"
	ip link set "$dev" down
	ip link set "$dev" up
	check "$dev: good traffic after $cases of it" wait_until 20 answers "$dev"
}

# hostile_xdp DEV: with a program that lets all pass, which comes another way.
hostile_xdp() {
	check "$1: an XDP program" ip link set "$1" xdpdrv \
		object "$WEFT_TREE/build/selftests/bpf/xdp.o" program xdp_pass_frags
	hostile "$1" header 300 rx0_device_errors
	hostile "$1" length 200 rx0_length_errors
	hostile "$1" count 200 rx0_packets
	check "$1: without it" ip link set "$1" xdpdrv off
}

# traffic DEV COMMAND...: echo requests go out the while.
traffic() {
	ping -q -f -l 4 "$(address "$1" 2)" >/dev/null 2>&1 &
	local flood=$!
	shift
	"$@"
	kill -INT "$flood"
	wait "$flood"
}

# hostile_some DEV: what there is with buffers to be merged and without.
hostile_some() {
	hostile "$1" header 1500 rx0_device_errors
	check "$1: offset, all of them" counts "$1" offset 200 rx0_device_errors
	hostile "$1" length 700 rx0_length_errors rx0_bad_used
	hostile "$1" tx-length 200
	hostile "$1" silence 20 tx0_reminders
	hostile "$1" any 30 resets
}

# hostile_all DEV: all that the device can do wrong.
hostile_all() {
	hostile_some "$1"
	hostile "$1" count 300 rx0_chain_errors
	hostile "$1" events 200
	hostile "$1" rx-id 6 rx0_bad_used resets
	hostile "$1" rx-twice 6 rx0_bad_used resets
	hostile "$1" tx-id 6 tx0_bad_used resets
	hostile "$1" tx-twice 6 tx0_bad_used resets
	hostile_xdp "$1"
	hostile_unseen "$1" rx-jump 2
	hostile_unseen "$1" tx-jump 2
	hostile_unseen "$1" scribble 3
}
