#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module of doc/hooks.md: it is built as the page says, against the headers of the
# stock kernel, and does in a guest what the page says.
# lab: host
# timeout: 300
. "$(dirname "$0")/../lib.sh"

tree=$(realpath "$(dirname "$0")/../..")
doc=$tree/doc/hooks.md
lab=$tree/scripts/lab
name=hooks-doc-$$
# A guest sees the tree, but not the host's /tmp.
work=$tree/build/$name
at_end rm -rf "$work" "$tree/results/$name"
mkdir -p "$work"

# block TEXT: the first indented block after a line that ends with TEXT.
block() {
	awk -v text="$1" '
		found && /^    / { print substr($0, 5); begun = 1; next }
		found && /^$/ { if (begun) print ""; next }
		begun { exit }
		substr($0, length($0) - length(text) + 1) == text { found = 1 }
	' "$doc"
}

in_guest() {
	"$lab" exec --name "$name" --timeout 60 1 -- "$@"
}

# here COMMANDS: in the guest, in the directory of the module.
here() {
	in_guest sh -c "cd '$work' || exit; $1"
}

# shellcheck disable=SC2016 # as it is written there
block '`weft_drop_port.c`:' | unexpand --first-only -t 8 >"$work/weft_drop_port.c"
# shellcheck disable=SC2016
block '`Kbuild`, in the same directory:' >"$work/Kbuild"
# shellcheck disable=SC2016
block '`build.sh`:' >"$work/build.sh"
block 'as root in a lab:' >"$work/session"
sed -n 's/^\$ //p' "$work/session" >"$work/session.sh"
grep -v '^\$ ' "$work/session" | sed '/^$/d' >"$work/session.out"

check "the module's source is there" grep -q 'MODULE_LICENSE' "$work/weft_drop_port.c"
check "the commands are there" test "$(wc -l <"$work/session.sh")" -ge 5

if ! "$lab" up --name "$name" --nic none; then
	fail "up"
	finish
fi
at_end "$lab" down --name "$name"
KREL=$(in_guest uname -r)
export KREL WEFT=$tree
build() {
	(cd "$work" && sh ./build.sh >build.log 2>&1 && ! grep -i "warning:" build.log)
}
check "the module is built, without a warning" build

here 'ip link set lo up; sh ./session.sh' 2>&1 | sed '/^$/d' >"$work/session.got"
check "the commands print what the page says" diff -u "$work/session.out" "$work/session.got"

# What a socket hears with and without it.
check "it is loaded again" here 'insmod weft_drop_port.ko port=4000'
heard() {
	here "timeout 5 weft nc -ul $1 >heard </dev/null & sleep 2; echo $2 | weft nc -u -N ::1 $1;
		wait; cat heard"
}
dropped() {
	here 'cat /sys/module/weft_drop_port/parameters/dropped'
}
check_equal "another port hears" "$(heard 4001 one)" one
check_equal "which is not counted" "$(dropped)" 0
check_equal "the port hears nothing" "$(heard 4000 two)" ""
check_equal "which is counted" "$(dropped)" 1
check_fails "weft.ko stays meanwhile" "in use" in_guest rmmod weft
check "it goes" in_guest rmmod weft_drop_port
check_equal "the port hears again" "$(heard 4000 three)" three
finish
