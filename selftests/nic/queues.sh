# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What netdev's netlink family tells of a device's queues: the NAPI instance and the
# interrupt of each, and its counters.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# told WHAT: of eth0, see queues.py.
told() {
	"$(dirname "${BASH_SOURCE[0]}")/queues.py" "$1" eth0
}

# total NAME, of_queue TYPE NUMBER NAME: a counter of the device, or of a queue of it.
total() {
	told total | awk -v name="$1" '$1 == name { print $2 }'
}

of_queue() {
	told counters | awk -v queue="$1 $2 $3" '$1 " " $2 " " $3 == queue { print $4 }'
}

# napi_of TYPE NUMBER, irq_of NUMBER: of a queue; of its NAPI instance.
napi_of() {
	told queues | awk -v queue="$1 $2" '$1 " " $2 == queue { print $3 }'
}

irq_of() {
	told napi | awk -v napi="$(napi_of rx "$1")" '$1 == napi { print $2 }'
}

# Counters that two sides tell of, in one line; no frames come in between.
told_by_link() {
	cat /sys/class/net/eth0/statistics/{rx,tx}_{packets,bytes} | xargs
}

told_by_queues() {
	local dir what
	for dir in rx tx; do
		for what in packets bytes; do
			total "${dir}_$what"
		done
	done | xargs
}

both_agree() {
	[ "$(told_by_link)" = "$(told_by_queues)" ]
}

# One queue of those of a card is not told of in the counters of another.
sum_is_total() {
	told counters | awk -v name="$1" -v want="$(total "$1")" '
		$3 == name { sum += $4 } END { exit sum != want || !sum }'
}

check "the pair comes up" nic_up
queues=$(ethtool -l eth0 | awk '/^Combined/ { n = $2 } END { print n }')
check_equal "each queue is there" "$(told queues | wc -l)" $((2 * queues))
for ((q = 0; q < queues; q++)); do
	check "receive queue $q has a NAPI instance" test "$(napi_of rx $q)" -gt 0
	check_equal "and its transmit queue the same" "$(napi_of tx $q)" "$(napi_of rx $q)"
	says "whose interrupt is the queue's" "^ *$(irq_of $q): .* eth0(-rx$q)?( |,|\$)" \
		cat /proc/interrupts
done

ping -q -f -c 100 "$b4" >/dev/null
check "the device's counters are the link's" wait_until 10 both_agree
check "received packets add up" wait_until 10 sum_is_total rx_packets
check "sent packets add up" wait_until 10 sum_is_total tx_packets
check "the first queue sent" test "$(of_queue tx 0 tx_packets)" -ge 100
check_equal "buffers were to be had" "$(total rx_alloc_fail)" 0

most=$(ethtool -l eth0 | awk '/^Combined/ { print $2; exit }')
if [ "$most" -gt 1 ]; then
	check "-L to all queues" ethtool -L eth0 combined "$most"
	check_equal "they are told of" "$(told queues | wc -l)" $((2 * most))
	check "each has a NAPI instance of its own" \
		test "$(told queues | awk '$3 { print $3 }' | sort -u | wc -l)" -eq "$most"
	check "traffic" wait_until 20 ping -c 1 -W 1 "$b4"
	ping -q -f -c 100 "$b4" >/dev/null
	check "-L to one queue" ethtool -L eth0 combined 1
	check_equal "the others are gone" "$(told queues | wc -l)" 2
	check "what they counted is not" wait_until 10 both_agree
	ethtool -L eth0 combined "$queues"
fi

check "traffic after changes" wait_until 20 ping -c 1 -W 1 "$b4"
ip link set eth0 down
check_equal "down, no queue is told of" "$(told queues)" ""
check "and the counters stay" wait_until 10 both_agree
ip link set eth0 up
check "up, each has its NAPI instance again" test "$(napi_of tx $((queues - 1)))" -gt 0
check "traffic" wait_until 20 ping -c 1 -W 1 "$b4"
finish
