#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft ss: what is shown of sockets and streams, filters, namespaces, the end of sockets.
# lab: --nodes 1 --nic none
# kernels: stock
. "$(dirname "$0")/lib.sh"

ss() {
	weft -n a ss "$@"
}

# ports ARG...: the local ports of the sockets that ss shows, in order.
ports() {
	ss -H "$@" | awk '{ sub(/.*:/, "", $5); print $5 }' | sort -n | tr '\n' ' '
}

shown() {
	[ "$(ports -a sport = "$1")" = "$1 " ]
}

ns_add a b
ip netns exec a weft nc -u -k -l ::1 5000 >/dev/null < <(sleep 600) &
server=$!
at_end kill $server
check "a socket is shown" wait_until 20 shown 5000
ip netns exec a weft nc -u ::1 5000 >/dev/null < <(sleep 600) &
client=$!
at_end kill $client
wait_until 20 sh -c 'weft -n a ss -H dport = 5000 | grep -q .'

check_equal "title" "$(ss -a | head -1)" \
	"Netid State       Recv-Q Send-Q Local Address:Port            Peer Address:Port"
check_equal "no title" "$(ss -aH | grep -c Netid)" 0
check_equal "unconnected ones" "$(ss -lH)" \
	"dgram UNCONNECTED 0      0      [::1]:5000                    *:*"
check_equal "connected ones" "$(ss -H | awk '{ print $1, $2, $6 }')" "dgram CONNECTED [::1]:5000"
check_equal "all" "$(ss -aH | wc -l)" 2
check_equal "states" "$(ss -H state unconnected | wc -l) $(ss -H exclude unconnected | wc -l)" "1 1"
check_equal "kinds" "$(ss -aH -d | wc -l) $(ss -aH -w | wc -l) $(ss -aH -c | wc -l)" "2 0 0"
check_equal "filter: port" "$(ports -a sport = :5000)" "5000 "
check_equal "filter: not" "$(ports -a not dport = 5000)" "5000 "
check_equal "filter: both" "$(ss -aH 'sport = 5000 or dport = 5000' | wc -l)" 2
check_equal "filter: address" "$(ss -aH dst ::1 | wc -l) $(ss -aH src ::1/64 | wc -l)" "1 2"
check_equal "filter: cookie" "$(ports -a cookie "$(ss -aejH sport = 5000 | jq '.[0].cookie')")" "5000 "
check_equal "filter: device" "$(ss -aH dev lo | wc -l)" 0

check_equal "processes" "$(ss -lpH | grep -o 'users:.*')" "users:((\"weft\",pid=$server,fd=3))"
check "extended" sh -c 'weft -n a ss -leH | grep -qE " uid 0 ino [0-9]+ cookie [0-9]+ cgroup [0-9]+$"'
check "memory" sh -c 'weft -n a ss -lmH | grep -qE " skmem:\(r0,rb[0-9]+,t0,tb[0-9]+,f[0-9]+,w0,o0,bl0,d0\)$"'
check "options" sh -c 'weft -n a ss -liH | grep -qE " pmtudisc want"'
check_equal "JSON" "$(ss -lpjH | jq -c '.[0] | [.netid, .state, .src, .sport, .users[0].pid]')" \
	"[\"dgram\",\"UNCONNECTED\",\"::1\",5000,$server]"
check_equal "summary" "$(ss -s | awk '$1 == "dgram" { print $2, $3, $4 }')" "2 1 1"
check_equal "summary as JSON" "$(ss -sj | jq -c .dgram)" '{"connected":1,"unconnected":1}'
check_equal "another namespace has others" "$(weft -n b ss -aH | wc -l)" 0

check_fails "a wrong filter is told" "column 11: 'x' is not a port" ss -a '( sport = x'
check_status "with status 1" 1 ss -a sport
check_fails "and shown" "            ^" ss -a '( sport = x'
check_fails "a wrong state" "'frob' is not connected" ss state frob
check_fails "no state" "no state is left" ss state connected exclude connected
check_status "a state without a name" 1 ss state
check_status "a wrong option" 1 ss -z

check_equal "the end of a socket shows it" "$(ss -KH dport = 5000 | wc -l)" 1
check "its program ends" wait_until 20 sh -c "! kill -0 $client"
check_equal "the other is there" "$(ports -a)" "5000 "
check_equal "none is ended twice" "$(ss -KH dport = 5000 | wc -l)" 0

# count N ARG...: ss shows N sockets.
count() {
	[ "$(ss -H "${@:2}" | wc -l)" = "$1" ]
}

check_equal "no streams yet" "$(ss -taH | wc -l)" 0
ip netns exec a weft nc -k -l ::1 5001 >/dev/null < <(sleep 600) &
at_end kill $!
check "a stream that listens is shown" wait_until 20 count 1 -tl
check_equal "its columns" "$(ss -tlH | awk '{ print $1, $2, $3, $5, $6 }')" \
	"str LISTEN 0 [::1]:5001 *:*"
ip netns exec a weft nc ::1 5001 >/dev/null < <(sleep 600) &
client=$!
at_end kill $client
check "a connection has two ends" wait_until 20 count 2 -t
check_equal "their columns" "$(ss -tH dport = 5001 | awk '{ print $1, $2, $3, $4, $6 }')" \
	"str ESTAB 0 0 [::1]:5001"
check_equal "states of streams" "$(ss -tH state established | wc -l) $(ss -tH exclude established |
	wc -l) $(ss -tH state listening | wc -l) $(ss -tH state time-wait | wc -l)" "2 1 1 0"
check_equal "other kinds are no streams" "$(ss -taH sport = 5000 | wc -l) $(ss -adH sport = 5001 |
	wc -l)" "0 0"
check "what is known of a connection" sh -c \
	'weft -n a ss -tiH dport = 5001 | grep -qE " cubic rto:[0-9.]+ .* mss:[0-9]+ .*cwnd:[0-9]+"'
check_equal "nothing of one that listens" "$(ss -tliH | grep -c rto:)" 0
check "memory of a stream" sh -c 'weft -n a ss -tmH dport = 5001 | grep -qE "skmem:\(r0,rb[0-9]+,"'
check_equal "a stream as JSON" \
	"$(ss -tijH dport = 5001 | jq -c '.[0] | [.netid, .state, .dport, .info.cc]')" \
	'["str","ESTAB",5001,"cubic"]'
check_equal "streams in the summary" "$(ss -s | awk '$1 == "str" { print $2, $3, $4 }')" "3 2 1"
check_equal "streams of another namespace" "$(weft -n b ss -taH | wc -l)" 0
check_equal "the end of a stream shows it" "$(ss -tKH dport = 5001 | wc -l)" 1
check "its peer is told" wait_until 20 count 0 -t
check_equal "the listening one is there" "$(ports -tl)" "5001 "
finish
