#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tracepoints of weft: a packet that goes, one that comes, one that dies.
# lab: --nodes 1 --nic none
. "$(dirname "$0")/lib.sh"

tracing=/sys/kernel/tracing/instances/weft-$$
mkdir "$tracing"
at_end rmdir "$tracing"
at_end sh -c "echo 0 >$tracing/events/weft/enable"

# traced PATTERN: a line of the trace has it.
traced() {
	grep -qE "$1" "$tracing/trace"
}

# hex ADDRESS: as the trace prints it.
hex() {
	local IFS=: group
	for group in $1; do
		printf %04x "0x$group"
	done
}

ns_add a b
ns_join a veth0 b veth1
here=$(weft_address a veth0)
there=$(weft_address b veth1)
wait_until 20 has_address a "$here"
wait_until 20 has_address b "$there"

check "the events can be enabled" sh -c "echo 1 >$tracing/events/weft/enable"
check "a ping" weft -n a ping -c 1 -s 100 "$there%veth0"
ends="src=$(hex "$here") dst=$(hex "$there")"
check "its request is sent" traced "weft_send: dev=veth0 $ends len=132 next=1 hop_limit=64 "
check "and received" traced "weft_receive: dev=veth1 $ends len=132 next=1 hop_limit=64 "
# Shorter ones may have been: what nodes ask a router who is not there.
check "neither was dropped" \
	sh -c "! grep -E 'weft_drop: dev=veth[01] len=1[0-9][0-9] ' $tracing/trace"

echo x | weft -n a nc -u -w 2 "$there%veth0" 4242 2>/dev/null
check "a datagram for nobody dies" traced "weft_drop: dev=veth1 len=[0-9]+ reason=DropNoSocket "
check "the events can be disabled" sh -c "echo 0 >$tracing/events/weft/enable; : >$tracing/trace"
check "a ping" weft -n a ping -c 1 "$there%veth0"
check "is not traced then" sh -c "! grep -q weft_ $tracing/trace"
finish
