# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# virtio-net with two queues of a tap of the host: TCP that nobody segments, flows spread
# by a hash that is the right one, ethtool -x, -X, -L. The file that sources it says which
# NIC: dev, and the subnet's number, net.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

nic=$(dirname "${BASH_SOURCE[0]}")
# shellcheck disable=SC2154 # net and dev are set there
a4=10.87.$net.1 b4=10.87.$net.254
a6=fd57:$net::1 b6=fd57:$net::254

# tap_up DEV NET: the NIC has its addresses, and the host's end answers.
tap_up() {
	ip address replace "10.87.$2.1/24" dev "$1"
	ip -6 address replace "fd57:$2::1/64" dev "$1" nodad
	ip link set "$1" up
	wait_until 20 ping -c 1 -W 1 "10.87.$2.254"
}

# mine NAME: a counter of the NIC; both NAME: of both queues, its * for the number.
mine() {
	ethtool -S "$dev" | sed -n "s/^ *$1: //p"
}

both() {
	echo $(($(mine "${1/\*/0}") + $(mine "${1/\*/1}")))
}

# table: the queues that the redirection table names, in order, each once.
table() {
	ethtool -x "$dev" | sed -n 's/^ *[0-9]*: \+//p' | tr -s ' ' '\n' | grep . | sort -u | xargs
}

# flows_reach QUEUE: flows that belong there by `ethtool -x` come in by that queue, but
# for noise.
flows_reach() {
	local queue=$1 other=$((1 - $1)) before other_before
	before=$(mine "rx${queue}_packets")
	other_before=$(mine "rx${other}_packets")
	ethtool -x "$dev" >"$tap_tmp/rss"
	"$nic/flows.py" "$a4" "$b4" "$queue" answered "$tap_tmp/rss" &&
		[ "$(mine "rx${queue}_packets")" -ge $((before + 20)) ] &&
		[ "$(mine "rx${other}_packets")" -lt $((other_before + 10)) ]
}

all_reach() {
	[ "$(table)" = "$1" ] && flows_reach "$1"
}

# streams BYTES: four at a time go there and come back as they were.
streams() {
	"$nic/echo.py" send "$b4" "$1" 4
}

# channels: the queues become fewer and more while streams go on.
channels() {
	local n pid
	streams $((2000000 / scale)) &
	pid=$!
	for n in 1 2 1 2; do
		wait_until 10 ping -c 1 -W 1 "$b4"
		ethtool -L "$dev" combined $n || return 1
	done
	wait $pid
}

# sends QUEUE: with a processor for each queue, that of its number sends by it.
sends() {
	local before
	before=$(mine "tx$1_packets")
	taskset -c "$1" ping -q -c 20 -i 0.01 "$b4" &&
		[ "$(mine "tx$1_packets")" -ge $((before + 20)) ]
}

tap_traffic() {
	local tso chains
	tso=$(both "tx*_tso")
	chains=$(both "rx*_chains")
	check "TCP out and in" "$nic/echo.py" send "$b4" $((4000000 / scale))
	check "over IPv6" "$nic/echo.py" send "$b6" $((2000000 / scale))
	check "streams at a time" streams $((1000000 / scale))
	check "what goes out the host segments" test "$(both "tx*_tso")" -gt "$tso"
	check "what comes in nobody has segmented" test "$(both "rx*_chains")" -gt "$chains"
	[ "$(nproc)" -eq 1 ] || check "the first processor sends by its queue" sends 0
	[ "$(nproc)" -eq 1 ] || check "the second by its" sends 1
}

tap_table() {
	check_equal "the table names both queues" "$(table)" "0 1"
	check "flows of the first queue" flows_reach 0
	check "flows of the second queue" flows_reach 1
	check "-X equal 1" ethtool -X "$dev" equal 1
	check "all to the first" all_reach 0
	check "-X weight" ethtool -X "$dev" weight 0 1
	check "all to the second" all_reach 1
	before=$(mine rx0_packets)
	check "streams, too" streams $((250000 / scale))
	check "but for noise" test "$(mine rx0_packets)" -lt $((before + 20))
	check "down and up" sh -c "ip link set $dev down && ip link set $dev up"
	check "it works" wait_until 20 ping -c 1 -W 1 "$b4"
	check "the table stayed" all_reach 1
	check_fails "-L does not take a queue that the table names" "too low" \
		ethtool -L "$dev" combined 1
	check_fails "-X refuses a queue that is not there" "Invalid" ethtool -X "$dev" equal 3
	check_fails "-X refuses another hash" "not supported" ethtool -X "$dev" hfunc xor
	says "-N cannot change the fields" "not supported" \
		sh -c "ethtool -N $dev rx-flow-hash udp4 sdfn 2>&1"
	check "nothing has changed" all_reach 1
	key=$(printf '6d:5a:%.0s' {1..20})
	check "-X hkey" ethtool -X "$dev" hkey "${key%:}"
	check "-X default" ethtool -X "$dev" default
	check_equal "both queues again" "$(table)" "0 1"
	check "the key stayed" sh -c "ethtool -x $dev | grep -q '${key%:}'"
	check "flows of the first queue by that key" flows_reach 0
	check "flows of the second queue by that key" flows_reach 1
}

hash_fields() {
	ethtool -n "$dev" rx-flow-hash "$1" | grep -c -E '^(IP [SD]A|L4 bytes)'
}

tap_channels() {
	check "-L under traffic" channels
	check_equal "the table follows" "$(table)" "0 1"
	check "flows of the second queue" flows_reach 1
	check "one queue" ethtool -L "$dev" combined 1
	check_equal "the table follows" "$(table)" "0"
	check "flows reach it" flows_reach 0
	check "two queues" ethtool -L "$dev" combined 2
	check "flows of the second queue" flows_reach 1
}

tap_clean() {
	local name
	for name in length_errors chain_errors device_errors no_skb bad_used; do
		check_equal "no rx_$name" "$(both "rx*_$name")" 0
	done
	check_equal "no tx_bad_used" "$(both "tx*_bad_used")" 0
	check_equal "no tx_map_errors" "$(both "tx*_map_errors")" 0
}

queues=$(ethtool -l "$dev" | awk '/^Combined/ { n = $2 } END { print n }')
[ "$dev" = eth0 ] || at_end ip link set "$dev" down
[ "$dev" = eth0 ] || at_end ip address flush dev "$dev"
at_end ethtool -L "$dev" combined "$queues"
at_end ethtool -X "$dev" default
check "it comes up" tap_up "$dev" "$net"
# As many queues as processors are in use at first; the debug kernel finds one only.
[ "$queues" -eq 2 ] || ethtool -L "$dev" combined 2
check "it has two queues" ping -q -c 3 -i 0.1 "$b4"
check_equal "TCP is hashed with ports" "$(hash_fields tcp4) $(hash_fields tcp6)" "4 4"
check_equal "UDP without" "$(hash_fields udp4) $(hash_fields udp6)" "2 2"
tap_traffic
tap_table
tap_channels
tap_clean
