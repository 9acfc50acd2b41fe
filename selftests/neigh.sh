#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Neighbours with global addresses: found, forgotten, found again, and given up.
# lab: --nodes 1 --nic none
# timeout: 200
. "$(dirname "$0")/lib.sh"

# entry NAME HEX-ADDRESS FIELD: of a neighbour's line, nothing if there is none.
entry() {
	in_ns "$1" grep "^$2 " /proc/net/weft/neigh | cut -d' ' -f"$3"
}

# state NAME HEX-ADDRESS: NUD_* state in hexadecimal.
state() {
	entry "$1" "$2" 3
}

# mac_of NAME HEX-ADDRESS: the MAC that it has for a neighbour.
mac_of() {
	entry "$1" "$2" 5
}

# is STATE NAME HEX-ADDRESS, knows MAC NAME HEX-ADDRESS: for wait_until.
is() {
	[ "$(state "$2" "$3")" = "$1" ]
}

knows() {
	[ "$(mac_of "$2" "$3")" = "$1" ]
}

gone() {
	[ -z "$(state "$1" "$2")" ]
}

# count NAME COUNTER
count() {
	in_ns "$1" sed -n "s/^$2 //p" /proc/net/weft/stat
}

counts() {
	[ "$(count "$1" "$2")" = "$3" ]
}

A=0007000000000001 B=0007000000000002 NOBODY=0007000000000099

ns_add a b
ns_join a veth0 b veth1
weft -n a addr add 7::1/16 dev veth0 nodad
weft -n b addr add 7::2/16 dev veth1 nodad
told=$(count a OutNeighAnnounces)
answered=$(count b OutNeighAnnounces)

check "a ping finds its neighbour" weft -n a ping -c 1 -W 5 7::2
# It asks in 5 seconds, and those are few on a slow machine.
waits=$(state b $A)
asked=$(count b OutNeighSolicits)
check_equal "who answered is reachable" "$(state a $B)" 02
check_equal "its MAC is known" "$(mac_of a $B)" \
	"$(in_ns b cat /sys/class/net/veth1/address)"
check_equal "one question was enough" "$(count a OutNeighSolicits)" 1
check_equal "the neighbour learned from it" "$(mac_of b $A)" \
	"$(in_ns a cat /sys/class/net/veth0/address)"
check_equal "and asked none of its own" "$asked" 0
check_equal "it answered once" "$(count b OutNeighAnnounces)" $((answered + 1))
check_equal "and its reply made it wait for word" "$waits" 08
check "which it asks for, alone" wait_until 15 is 02 b $A
check_equal "and gets" "$(count a OutNeighAnnounces)" $((told + 1))

check "more pings ask no more" weft -n a ping -c 3 -i 0.1 7::2
check_equal "no question" "$(count a OutNeighSolicits)" 1

# A new MAC is told to all; the neighbour believes it at once.
ip -n b link set veth1 address 02:00:00:00:00:42
check "a changed MAC is known at once" wait_until 5 knows 02:00:00:00:00:42 a $B
check_equal "without a question" "$(count a OutNeighSolicits)" 1
check_equal "the neighbour is to be checked" "$(state a $B)" 04
check "and still answers" weft -n a ping -c 1 -W 5 7::2

ip -n a link set veth0 down
ip -n a link set veth0 up
wait_until 10 link_is_up a veth0
check "a device that goes down forgets" gone a $B
check "and finds again" weft -n a ping -c 1 -W 5 7::2

# Nobody there.
failed=$(count a DropNeighFailed)
check_status "nobody answers" 1 weft -n a ping -c 1 -W 1 7::99
check "the neighbour fails" wait_until 10 is 20 a $NOBODY
check_equal "its packet is counted" "$(count a DropNeighFailed)" $((failed + 1))
check "and is forgotten" wait_until 10 gone a $NOBODY

# The queue: many packets, sixteen wait.
queued=$(count a DropNeighQueue)
weft -n a ping -c 20 -i 0.01 -W 1 7::98 >/dev/null 2>&1 &
check "the oldest give way" wait_until 10 counts a DropNeighQueue $((queued + 4))
wait $!
check "the rest fails" wait_until 10 counts a DropNeighFailed $((failed + 17))

# What is not confirmed is doubted in time, asked alone, and found dead.
check "a neighbour that is silent becomes stale" wait_until 60 is 04 a $B
weft -n b addr del 7::2/16 dev veth1
before=$(count a OutNeighSolicits)
check_status "who has gone does not answer" 1 weft -n a ping -c 1 -W 1 7::2
check_equal "a packet to a stale neighbour makes it wait for word" \
	"$(state a $B)" 08
check "which does not come" wait_until 20 is 20 a $B
check_equal "after three questions" "$(count a OutNeighSolicits)" $((before + 3))
refused() {
	weft -n a ping -c 1 -W 1 7::2 2>&1 | grep -q "No route to host"
}
check "then packets are refused" wait_until 20 refused

ip -n a link set veth0 down
check_equal "down: no neighbour is left" "$(in_ns a wc -l < /proc/net/weft/neigh)" 0
finish
