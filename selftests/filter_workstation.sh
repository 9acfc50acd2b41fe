#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The ruleset of a workstation, as it is shipped: each of its promises, seen by nodes of the
# local network and of another one. (filter_spoof.c has forged packets.)
# lab: --nodes 1 --nic none
# kernels: stock debug
# timeout: 120
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

ruleset=$WEFT_TREE/userspace/examples/filter/workstation.weft

# packets TEXT: how many packets the rule of the workstation that has the text has counted.
packets() {
	weft -n work filter list table workstation |
		sed -n "s/.*counter packets \\([0-9]*\\) .*$1.*/\\1/p"
}

# dropped: how many packets none of the rules has wanted.
dropped() {
	weft -n work filter list chain workstation input |
		sed -n 's/^\t*counter packets \([0-9]*\) .* drop$/\1/p'
}

# listening NAME PORT FILE: there is a socket.
listening() {
	in_ns "$1" grep -qi "$(printf ':%04x ' "$2")" "/proc/net/weft/$3"
}

# serve NAME PORT: a server that answers each client "from PORT" and writes what it hears.
serve() {
	timeout 600 weft -n "$1" nc -l -k -c \
		"read line; echo \$line >>$tap_tmp/heard-$2; echo from $2" "$2" &
	at_end kill $!
	wait_until 20 listening "$1" "$2" stream
}

# serve_dgram NAME PORT: the same with datagrams, for one client.
serve_dgram() {
	echo "from $2" | timeout 600 weft -n "$1" nc -u -l -k "$2" &
	at_end kill $!
	wait_until 20 listening "$1" "$2" dgram
}

# asks NAME ADDRESS PORT [OPTION]: it sends a line, and is answered.
asks() {
	echo hello | timeout 30 weft -n "$1" nc -w 5 ${4:+"$4"} "$2" "$3" | grep -qx "from $3"
}

# unanswered NAME ADDRESS PORT [OPTION]: the same, and is not; the workstation drops it.
unanswered() {
	local before
	before=$(dropped)
	! echo hello | timeout 30 weft -n "$1" nc -w 1 ${4:+"$4"} "$2" "$3" | grep -q . &&
		wait_until 10 more_than "$before" dropped
}

# more_than N COMMAND...: it prints a larger number.
more_than() {
	local n=$1
	shift
	[ "$("$@")" -gt "$n" ]
}

# told ADDRESS: the kernel's log tells of packets from there, so often.
told() {
	dmesg | grep -c "workstation: IN=.* SRC=$1 "
}

ns_add work near far
ns_join work net0 near eth0
ns_join work net1 far eth0
address work net0 7:1::1/32
address near eth0 7:1::2/32
address near eth0 7:1::3/32
address work net1 9::1/16
address far eth0 9::2/16
all_namespaces=$(sysctl -n net.netfilter.nf_log_all_netns)
sysctl -qw net.netfilter.nf_log_all_netns=1
at_end sysctl -qw "net.netfilter.nf_log_all_netns=$all_namespaces"
dmesg -C

serve work 22
serve work 80
serve near 7000
serve far 7001
serve_dgram far 7002
serve_dgram work 7003
check "without rules the other network has the service" asks far 9::1 22

check "it is loaded as it is shipped" weft -n work filter -f "$ruleset"
weft -n work filter -s list ruleset >"$tap_tmp/before"

check "the workstation talks to itself" asks work ::1 80
check "by datagrams too" asks work ::1 7003 -u
check "and by its own address" asks work 7:1::1 80

check "the local network has the service" asks near 7:1::1 22
check_equal "which is counted once for each connection" "$(packets 'the service')" 1
check "a server hears what was said" grep -qx hello "$tap_tmp/heard-22"
check "and nothing else of the workstation" unanswered near 7:1::1 80
check "not by datagrams" unanswered near 7:1::1 7003 -u
check "the other network has not got the service" unanswered far 9::1 22
check_equal "whose connections are not counted" "$(packets 'the service')" 1
check "by none of the workstation's addresses" sh -c \
	"weft -n far route add 7:1::/32 via 9::1 && ! weft -n far nc -w 1 7:1::1 22 </dev/null"

check "the workstation is answered by the local network" asks work 7:1::2 7000
check "and by the other one" asks work 9::2 7001
check "in datagrams" asks work 9::2 7002 -u
check "its echoes come back" weft -n work ping -c 2 -i 0.2 -W 10 9::2
check_fails "it is told of ports that are not there" "refused" \
	timeout 30 weft -n work nc -u -w 5 9::2 7999 < <(echo hello)
check "it answers echoes" weft -n far ping -c 1 -W 10 9::1

check "who is dropped is told to the log" more_than 0 told 9:0:0:2
check "with its port" sh -c "dmesg | grep -q 'workstation: IN=net1 OUT= SRC=9:0:0:2 DST=9:0:0:1 .*DPT=22 '"
check_equal "once in a minute, however often it comes" "$(told 9:0:0:2)" 1
check_equal "each by itself" "$(told 7:1:0:2)" 1
echo hello | weft -n near nc -u -w 1 -s 7:1::3 7:1::1 99
check "a third one too" wait_until 10 more_than 0 told 7:1:0:3
check_equal "all who were told of are in the set" \
	"$(weft -n work filter list set workstation told | grep -o '[79]:[0-9:]*' | sort | tr '\n' ' ')" \
	"7:1:0:2 7:1:0:3 9::2 "

weft -n work filter -s list ruleset | grep -v '[79]:.*expires' >"$tap_tmp/after"
check "it can be loaded again" weft -n work filter -f "$ruleset"
check_equal "over itself" "$(weft -n work filter -s list ruleset)" "$(cat "$tap_tmp/before")"
check "an open service stays so" asks near 7:1::1 22
check "without it" weft -n work filter delete table workstation
check "everybody has the service" asks far 9::1 22
finish
