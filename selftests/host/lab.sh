#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The lab from outside: what passes through exec, what stays apart, what is
# left of a lab that is killed.
# lab: host
# timeout: 900
. "$(dirname "$0")/../lib.sh"

tree=$(realpath "$(dirname "$0")/../..")
lab=$tree/scripts/lab
name=host-$$
state=${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}/weft-lab-$(id -u)

in_guest() {
	"$lab" exec --name "$name" --timeout 60 1 -- "$@"
}

owner_of() {
	python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["owner"])' \
		"$state/$1/lab.json"
}

is_gone() {
	[ ! -e "$state/$1" ] && ! pgrep -f "^qemu-system-x86_64 .*weft-$1-node" >/dev/null
}

check_status "exec without a lab says so" 125 in_guest true

if ! "$lab" up --name "$name" --driver intree; then
	fail "up"
	finish
fi
at_end "$lab" down --name "$name"
pass "up"

# --- what passes through ------------------------------------------------------------

check "a command that succeeds" in_guest true
check_status "its exit status" 42 in_guest sh -c 'exit 42'
check_status "the signal that ended it" 137 in_guest sh -c 'kill -9 $$'
check_status "a command that does not exist" 127 in_guest no-such-command
check_equal "arguments" "$(in_guest printf '[%s]' 'a b' '' "it's" $'\n')" "[a b][][it's][
]"
check_equal "stdout and stderr apart" "$(in_guest sh -c 'echo out; echo err >&2' 2>/dev/null)" out
check_equal "stderr" "$(in_guest sh -c 'echo out; echo err >&2' 2>&1 >/dev/null)" err
check_equal "the working directory" "$(cd "$tree/selftests" && in_guest pwd)" "$tree/selftests"
check_equal "no stdin is an end of file" "$(in_guest cat </dev/null)" ""

head -c 3000000 /dev/urandom >"$tap_tmp/data"
in_guest cat <"$tap_tmp/data" >"$tap_tmp/echo"
check "three megabytes of binary there and back" cmp "$tap_tmp/data" "$tap_tmp/echo"
check "a command that does not read its input" in_guest true <"$tap_tmp/data"
# shellcheck disable=SC2016 # the inner bash expands it
check_status "a reader that goes away ends the command" 141 \
	bash -c '"$@" | head -c 1 >/dev/null; exit "${PIPESTATUS[0]}"' - \
	"$lab" exec --name "$name" 1 -- yes

"$lab" exec --name "$name" 1 -- sh -c 'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done' \
	>"$tap_tmp/out" &
pid=$!
wait_until 60 grep -q up "$tap_tmp/out"
kill -TERM $pid
wait $pid
check_equal "a signal reaches the command" $? 7

"$lab" exec --name "$name" 1 -- sleep 4321 &
pid=$!
wait_until 60 in_guest pgrep -f 'sleep 4321'
kill -KILL $pid
no_sleep() { ! in_guest pgrep -f 'sleep 4321'; }
check "a killed exec leaves nothing running" wait_until 60 no_sleep

# An answer that is typed before the terminal is ready is lost, so again and again.
in_shell() {
	while sleep 0.5; do
		echo "$1" || break
	done 2>/dev/null | timeout 60 script -qec "'$lab' shell --name '$name' 1" /dev/null
}
check_status "a shell has a terminal, and our programs" 9 in_shell 'tty && weft help && exit 9'

# --- QEMU's monitor --------------------------------------------------------------------

monitor() {
	"$lab" monitor --name "$name" 1 -- "$@"
}

check_equal "the monitor answers" "$(monitor info name)" "weft-$name-node1"
check_status "it does not know everything" 125 monitor nonsense
check_fails "what goes wrong is told" "device 'eth7' not found" monitor set_link eth7 off
check "the NICs have names there" monitor set_link eth0 on

# --- what stays apart ------------------------------------------------------------------

in_guest sh -c "echo changed >'$tree/Makefile'; touch /etc/weft-was-here '$tree/weft-was-here'"
check "a guest does not change the tree" grep -q Weft "$tree/Makefile"
check "a guest leaves no file" test ! -e /etc/weft-was-here -a ! -e "$tree/weft-was-here"
# shellcheck disable=SC2016 # the guest expands it
in_guest sh -c 'echo kept >"$WEFT_RESULTS/file"'
check_equal "results come out" "$(cat "$tree/results/$name/file")" kept
at_end rm -rf "$tree/results/$name"
check_status "a second lab of that name is refused" 125 "$lab" up --name "$name"
check_status "a plugin needs --icount" 125 "$lab" run --plugin x.so -- true

# --- faults ------------------------------------------------------------------------------

# The text that a kernel writes, without the fault.
check_status "a fault in the log fails the command" 123 \
	in_guest sh -c 'echo "WARNING: CPU: 0 PID: 1 at nowhere" >/dev/kmsg'
check_status "it is told once" 0 in_guest true
check "down" "$lab" down --name "$name"
check "nothing is left" wait_until 60 is_gone "$name"

# --- a lab that is killed --------------------------------------------------------------------

"$lab" up --name "$name-k" --driver intree
at_end rm -rf "$tree/results/$name-k"
kill -KILL "$(owner_of "$name-k")"
check "a killed owner leaves nothing" wait_until 60 is_gone "$name-k"

"$lab" run --name "$name-r" --driver intree -- sleep 1000 &
pid=$!
at_end rm -rf "$tree/results/$name-r"
wait_until 120 test -e "$state/$name-r/node1.log"
kill -KILL $pid
check "a killed run leaves nothing" wait_until 60 is_gone "$name-r"

finish
