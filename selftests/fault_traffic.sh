#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Allocations fail at random while packets cross the NICs: packets are lost and
# counted, memory is not, and all is well when memory is back.
# lab: --nodes 1 --nic e1000 --nic e1000 --append "dma_debug=off slub_debug=A,skbuff*,kmalloc-512,kmalloc-1k,kmalloc-2k"
# kernels: debug
# timeout: 120
. "$(dirname "$0")/nic/lib.sh"

debugfs=/sys/kernel/debug

# faults PERCENT: so many of the allocations of packets fail, in every context.
# Of the slab caches those fail that "lab:" above names, which hold packets.
faults() {
	local kind
	for kind in failslab fail_page_alloc; do
		echo "$1" >$debugfs/$kind/probability
	done
}

echo Y >$debugfs/failslab/cache-filter
echo 0 >$debugfs/fail_page_alloc/min-order
for kind in failslab fail_page_alloc; do
	echo 0 >$debugfs/$kind/verbose
	echo -1 >$debugfs/$kind/times
done
at_end faults 0

# counted PATTERN: the sum of those counters of weft in the peer's namespace.
counted() {
	# shellcheck disable=SC2016 # the expressions are awk's
	in_ns "$peer" awk -v pattern="^$1" '$1 ~ pattern { n += $2 } END { print n }' \
		/proc/net/weft/stat
}

check "the pair comes up" nic_up
there=$(weft_address "$peer" eth1)%eth0
wait_until 20 weft ping -c 1 "$there"

faults 20
for ((i = 0; i < 20; i++)); do
	weft ping -q -f -c 20 -W 0.1 -s 1400 "$there"
	# Without memory for its timer it would wait for ever.
	timeout 5 ping -q -f -c 20 -W 0.1 -s 1400 "$b4"
	weft ping -q -f -c 5 -W 0.1 -s 10000 "$there"
done >"$tap_tmp/flood" 2>&1
faults 0
check "some packets found no memory" grep -qE ' [1-9][0-9]*(\.[0-9]+)?% packet loss' "$tap_tmp/flood"
check "weft ping works again" wait_until 10 weft ping -c 3 "$there"
check "long echoes too" wait_until 10 weft ping -c 3 -s 10000 "$there"
check "ping works again" wait_until 10 ping -c 3 "$b4"
# Fragments are no packets, but what was made of them is.
check_equal "what came was delivered or dropped" \
	$(($(counted InReceives) - $(counted ReasmReqds) + $(counted ReasmOKs))) \
	$(($(counted 'InDelivers|^Drop') - $(counted DropFrag)))
check "fragments were among it" test "$(counted ReasmReqds)" -gt 0
finish
