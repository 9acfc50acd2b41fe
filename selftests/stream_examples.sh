#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The example programs on streams: seven echo servers, discard, chargen, daytime, the
# dialogue and the file.
# lab: --nodes 1 --nic none
. "$(dirname "$0")/lib.sh"

bin=$(dirname "$0")/../build/user/examples
data=$tap_tmp/data

# nc OPTION... PORT: a client in a of the server in b.
nc() {
	timeout 60 weft -n a nc "${@:1:$#-1}" "$peer" "${!#}"
}

# serve PROGRAM PORT: starts a server in b and waits until it takes connections.
serve() {
	ip netns exec b "$bin/$1" "$2" >"$tap_tmp/server" 2>&1 &
	server=$!
	at_end kill "$server"
	wait_until 10 weft -n a nc -z "$peer" "$2"
}

# say_held: what a client says that goes on until release.
say_held() {
	echo held
	while [ -e "$tap_tmp/holding" ]; do
		sleep 0.05
	done
}

# hold PORT N: so many clients at once. What comes back tells which are served.
hold() {
	local i
	rm -f "$tap_tmp"/held*
	touch "$tap_tmp/holding"
	held=()
	for ((i = 0; i < $2; i++)); do
		say_held | nc -N "$1" >"$tap_tmp/held$i" &
		held+=($!)
	done
}

release() {
	rm "$tap_tmp/holding"
	wait "${held[@]}"
}

# n_held N: so many of them are served.
n_held() {
	[ "$(cat "$tap_tmp"/held? | grep -cx held)" -eq "$1" ]
}

# echoed PORT: data comes back whole, the last of it after the client's end.
echoed() {
	[ "$(nc -N "$1" <"$data" | sha256sum)" = "$sum" ]
}

# echoed_by_many PORT N: the same for N clients at once.
echoed_by_many() {
	local i pids=() status=0
	for ((i = 0; i < $2; i++)); do
		echoed "$1" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || status=1
	done
	return "$status"
}

answers() {
	[ "$(echo hello | timeout "$2" weft -n a nc -N "$peer" "$1")" = hello ]
}

is_silent() {
	! answers "$1" 1
}

# is_small PID BYTES: the process does not keep what it cannot send.
is_small() {
	[ "$(awk '/^VmRSS/ { print $2 * 1024 }' "/proc/$1/status")" -lt "$2" ]
}

# What every echo server does.
check_echo() {
	local name=$1 port=$2

	check "$name: it listens" serve "$name" "$port"
	check "$name: much comes back whole, after half-close too" echoed "$port"
	timeout 0.3 weft -n a nc "$peer" "$port" </dev/zero >/dev/null
	nc -q 0 "$port" <"$data" >/dev/null
	check "$name: clients that go before they have read all harm nobody" answers "$port" 30
}

# What those do that serve clients beside each other.
check_beside() {
	local name=$1 port=$2

	hold "$port" 3
	check "$name: three clients are served" wait_until 20 n_held 3
	check "$name: and a fourth beside them" answers "$port" 30
	release
	# shellcheck disable=SC2216 # nobody reads its output
	nc "$port" </dev/zero | sleep 60 &
	local stuck=$!
	at_end kill "$stuck"
	check "$name: one that does not read is no hindrance" answers "$port" 30
	check "$name: many at once" echoed_by_many "$port" 10
	check "$name: nothing is heaped up" is_small "$server" 50000000
	kill "$stuck" 2>/dev/null
}

check_sequential() {
	check_echo echo-sequential 4100
	hold 4100 1
	check "echo-sequential: one is served" wait_until 20 n_held 1
	check "echo-sequential: a second one waits" is_silent 4100
	release
	check "echo-sequential: until the first ends" answers 4100 30
}

check_pool() {
	hold 4103 8
	check "echo-pool: eight are served" wait_until 30 n_held 8
	check "echo-pool: a ninth waits" is_silent 4103
	release
	check "echo-pool: until one ends" answers 4103 30
}

# What RFC 864 recommends: 72 of the 95 characters, one further on in each line.
chargen_lines() {
	awk -v n="$1" 'BEGIN {
		for (line = 0; line < n; line++) {
			for (i = 0; i < 72; i++)
				printf "%c", 32 + (line + i) % 95
			printf "\r\n"
		}
	}'
}

chargen_tells() {
	nc 4019 </dev/zero | head -n "$1" | cmp - <(chargen_lines "$1")
}

check_small_services() {
	check "discard: it listens" serve discard-server 4009
	nc -N -v 4009 <"$data" >"$tap_tmp/heard" 2>"$tap_tmp/errors"
	check "discard: all is taken" grep -q " sent 1000000 bytes" "$tap_tmp/errors"
	check "discard: nothing comes back" grep -q "received 0 bytes" "$tap_tmp/errors"

	check "chargen: it listens" serve chargen-server 4019
	check "chargen: the lines of RFC 864" chargen_tells 3
	check "chargen: they go round" chargen_tells 1000
	check "chargen: the client's end is the end" bash -c \
		"timeout 30 weft -n a nc -N '$peer' 4019 </dev/null | tail -c 2 | grep -q \$'\r'"

	check "daytime: it listens" serve daytime-server 4013
	check "daytime: a line with the day" bash -c \
		"timeout 30 weft -n a nc -N '$peer' 4013 </dev/null | grep -q '$(date -u '+%A, %B %d, %Y')'"
	check "daytime: also for who talks" bash -c \
		"timeout 30 weft -n a nc -N '$peer' 4013 <'$data' | grep -q UTC"
}

# knock DESTINATION: hears a joke.
knock() {
	in_ns a timeout 60 "$bin/knock-stream-client" "$1"
}

check_knock() {
	check "knock: it listens" serve knock-stream-server 4004
	knock "[$peer]:4004" >"$tap_tmp/joke"
	check "knock: the joke is told" grep -q 'server: Knock! Knock!' "$tap_tmp/joke"
	check_equal "knock: in six lines" "$(wc -l <"$tap_tmp/joke")" 6
	hold 4004 1
	check "knock: beside one who says nothing" knock "[$peer]:4004"
	release
	check "knock: a wrong line ends it" bash -c \
		"echo Hello | timeout 30 weft -n a nc -N '$peer' 4004 | grep -q 'It goes'"
	check_fails "knock: nobody at the door" "Connection refused" knock "[$peer]:4999"
	check_fails "knock: a port is needed" "port" knock "$peer"
}

# receive PORT: a receiver in b.
receive() {
	ip netns exec b timeout 60 "$bin/file-stream-recv" "$tap_tmp/received" "$1" 2>/dev/null &
	receiver=$!
}

# The receiver may not listen yet.
send_file() {
	wait_until 20 ip netns exec a timeout 60 "$bin/file-stream-send" "$1" "[$peer]:$2"
}

check_files() {
	local size sum

	for size in 0 1 5000000; do
		head -c "$size" /dev/urandom >"$tap_tmp/sent"
		sum=$(sha256sum <"$tap_tmp/sent")
		receive 4006
		check "file: $size bytes are sent" send_file "$tap_tmp/sent" 4006
		check_equal "file: the sums are equal" "$(sha256sum <"$tap_tmp/received")" "$sum"
		wait "$receiver"
		check_equal "file: the receiver is content" $? 0
	done
	receive 4008
	wait_until 20 bash -c "head -c 5 /dev/zero | timeout 20 weft -n a nc -N '$peer' 4008"
	wait "$receiver"
	check_equal "file: half of it is not enough" $? 1
	check_status "file: nobody there" 2 \
		ip netns exec a "$bin/file-stream-send" "$tap_tmp/sent" "[$peer]:4999"
	check_status "file: no such file" 2 \
		ip netns exec a "$bin/file-stream-send" /nonexistent "[$peer]:4999"
}

ns_add a b
ns_join a veth0 b veth1
peer=$(weft_address b veth1)%veth0
wait_until 20 has_address a "$(weft_address a veth0)"
wait_until 20 has_address b "${peer%%%*}"
head -c 1000000 /dev/urandom >"$data"
sum=$(sha256sum <"$data")

check_sequential
check_echo echo-fork 4101
check_beside echo-fork 4101
check_echo echo-thread 4102
check_beside echo-thread 4102
check_echo echo-pool 4103
check_beside echo-pool 4103
check_pool
check_echo echo-select 4104
check_beside echo-select 4104
check_echo echo-poll 4105
check_beside echo-poll 4105
check_echo echo-epoll 4106
check_beside echo-epoll 4106
check_status "a port in use" 2 ip netns exec b "$bin/echo-poll" 4106
check_status "a bad port" 2 ip netns exec b "$bin/echo-poll" 70000
check_small_services
check_knock
check_files
finish
