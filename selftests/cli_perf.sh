#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# weft perf: every kind of test, both ends count alike, and what is refused.
# lab: --nodes 1 --nic none
# kernels: stock
# timeout: 300
. "$(dirname "$0")/lib.sh"

# Reads a list of tests, each a kind, the file of its JSON and a text, and says of each
# what is wrong with it. One without interval lines is of a kind with "/silent" behind.
cat >"$tap_tmp/agree" <<'END'
import json
import sys


def agree(kind, test):
    kind, _, silent = kind.partition("/")
    client, server = test["client"], test["server"]
    assert not client["failed"] and not server["failed"], "failed"
    assert client["sent"] == server["received"], "to the server"
    assert client["received"] == server["sent"], "to the client"
    assert (client["sent"] > 0) == (kind != "reverse"), "nothing to the server"
    assert (server["sent"] > 0) == (kind != "bulk"), "nothing to the client"
    assert client["seconds"] >= test.get("time", 0) / 2, "time"
    assert sum(each["client"]["sent"] for each in test["each"]) == client["sent"], "flows"
    assert 0 < test["fairness"] <= 1, "fairness"
    if kind == "transactions":
        times = test["latency_ns"]
        assert test["transactions"] > 0, "no transactions"
        assert 0 < times["min"] <= times["p50"] <= times["p90"] <= times["p99"], times
        assert times["p99"] <= times["max"], times
        whole = test["request"] * test["transactions"]
        assert client["sent"] >= whole, "requests"
    else:
        rate = client["received_bits_per_second"] + server["received_bits_per_second"]
        assert rate > 0, "rate"
        spent = sum(line["sent"] + line["received"] for line in test["intervals"])
        assert spent <= client["sent"] + client["received"], "lines"
        assert (spent > 0) == (not silent), "lines"


for line in sys.stdin:
    kind, path, text = line.rstrip("\n").split("\t")
    wrong = ""
    try:
        agree(kind, json.load(open(path, encoding="ascii")))
    except (AssertionError, KeyError, ValueError) as error:
        wrong = repr(error)
    print(text, wrong, sep="\t")
END

# measured KIND FILE TEXT: a test to look at.
measured() {
	printf '%s\t%s\t%s\n' "$@" >>"$tap_tmp/measured"
}

# measure KIND TEXT OPTION...: a client in a, of the protocol in $protocol.
measures=0
measure() {
	local kind=$1 text=$2 json=$tap_tmp/json$((++measures))
	shift 2
	timeout 60 weft -n a perf -J -i 0.1 $protocol "$@" "$server" >"$json"
	measured "$kind" "$json" "$text $protocol"
}

# agreed: what there is to say of those.
agreed() {
	local text wrong
	python3 "$tap_tmp/agree" <"$tap_tmp/measured" >"$tap_tmp/agreed"
	while IFS=$'\t' read -r text wrong; do
		check_equal "$text" "$wrong" ""
	done <"$tap_tmp/agreed"
	check_equal "all were looked at" "$(wc -l <"$tap_tmp/agreed")" "$(wc -l <"$tap_tmp/measured")"
}

# serving: the server has its socket.
serving() {
	grep -q "^listening on" "$tap_tmp/server"
}

# serve OPTION...: a server in b.
serve() {
	: >"$tap_tmp/server"
	timeout 1000 weft -n b perf -s $protocol "$@" >"$tap_tmp/server" 2>"$tap_tmp/errors" &
	pid=$!
	wait_until 10 serving
}

kinds() {
	measure bulk "bulk" -t 0.5
	measure reverse "bulk to the client" -t 0.5 -R
	measure both "bulk both ways" -t 0.5 -d
	measure bulk "ten flows" -t 0.5 -P 10
	measure both "ten flows both ways" -t 0.5 -P 10 --bidir
	measure bulk "short writes, no delay" -t 0.5 -l 100 -N
	measure bulk "small buffers" -t 0.5 -w 64K
	measure bulk "sendfile" -t 0.5 -Z
	measure reverse "sendfile, several flows" -t 0.5 -Z -R -P 3
	measure bulk "newreno" -t 0.5 -C "$other"
	measure bulk "an amount" -n 10M
	measure both "an amount of each flow both ways" -n 1M -P 4 -d
	measure bulk "omitted time" -t 0.5 -O 0.2
	measure transactions "requests and responses" -t 0.5 --rr 100
	measure transactions "of several flows" -t 0.5 --rr 1,20000 -P 5
	measure transactions "a number of them" -n 100 --rr 3
	measure transactions "connections" -t 1 --crr
	measure transactions "several at once" -t 1 --crr=100,1000 -P 5
	measure transactions "a number of connections" -n 20 --crr
	weft -n a perf $protocol -n 1000000 "$server" >/dev/null
	check_equal "an amount is what was asked for $protocol" \
		"$(weft -n a perf $protocol -J -n 1000000 -P 2 "$server" |
		   grep -o '"received":[0-9]*' | sort -u | tail -n 1)" '"received":2000000'
}

ns_add a b
ns_join a veth0 b veth1
weft -n a addr add 7:1::1/32 dev veth0 nodad
weft -n b addr add 7:1::2/32 dev veth1 nodad
ip -n a addr add fd01::1/64 dev veth0 nodad
ip -n b addr add fd01::2/64 dev veth1 nodad

protocol=--tcp server=fd01::2 other=reno
serve
kinds
check_fails "no messages by TCP" "no messages" weft -n a perf --tcp -m "$server"
check_fails "an unknown algorithm" "no such congestion control" \
	weft -n a perf --tcp -C frob "$server"
kill $pid

protocol='' server=7:1::2 other=newreno
serve
kinds
measure bulk "messages" -t 0.5 -m -l 10000
measure both "messages both ways, several flows" -t 0.5 -m -l 65536 -d -P 3
measure transactions "messages as requests and responses" -t 0.5 -m --rr 100,10000
timeout 60 weft -n a perf -t 0.5 "$server" >"$tap_tmp/text"
check "the text has both ends" sh -c "grep -q '^client  sent .*bit/s' '$tap_tmp/text' &&
	grep -q '^server  received .*bit/s' '$tap_tmp/text'"
check "the server tells it too" grep -q "7:1:0:1.*bulk by weft, 1 flow.*received" "$tap_tmp/server"
timeout 60 weft -n a perf -t 0.5 --rr 10 "$server" >"$tap_tmp/text"
check "times of transactions" grep -q "^latency min/p50/p90/p99/max = " "$tap_tmp/text"
timeout 60 weft -n a perf -t 0.5 -J -i 0 "$server" >"$tap_tmp/first" &
first=$!
measure bulk "two tests at once" -t 0.5
wait "$first"
measured bulk/silent "$tap_tmp/first" "the other one"
timeout 60 weft -n a perf -J -t 50 "$server" >"$tap_tmp/json" &
first=$!
sleep 1
kill -INT "$(pgrep -P "$first" || echo "$first")"
wait "$first"
check "SIGINT ends a test" sh -c "grep -q '\"failed\":false' '$tap_tmp/json' &&
	! grep -q '\"failed\":true' '$tap_tmp/json'"

# Nobody there, or nobody who speaks this.
check_fails "no server" "Connection refused" weft -n a perf -p 5999 "$server"
check_status "with status 2" 2 weft -n a perf -p 5999 "$server"
printf 'GET / HTTP/1.0\r\n\r\n' >"$tap_tmp/get"
kill $pid
protocol=--tcp server=fd01::2
serve
in_ns a python3 - <<'END'
import socket
import struct

def talk(data):
    with socket.create_connection(("fd01::2", 5201)) as s:
        s.settimeout(10)
        s.sendall(data)
        answer = s.recv(200)
        assert answer[:6] == b"WPRF\x01\x03", answer
        assert len(answer) == 8 + answer[7], answer

def request(flows, length):
    return struct.pack(">IBBHBBHIIIIIIIQ16s", 0x57505246, 1, 1, 56, 0, 0, 0, flows, length,
                       0, 0, 0, 1000, 0, 0, b"")

talk(b"GET / HTTP/1.0\r\n\r\n")
talk(request(1 << 31, 1))
talk(request(1, 1 << 31))
talk(struct.pack(">IBBH", 0x57505246, 2, 1, 56))
talk(struct.pack(">IBBH", 0x57505246, 1, 6, 0))
END
check_equal "strangers are refused" $? 0
measure bulk "the server lives on" -t 0.5
# A client that asks and leaves takes nothing with it.
in_ns a python3 -c '
import socket, struct
s = socket.create_connection(("fd01::2", 5201))
s.sendall(struct.pack(">IBBHBBHIIIIIIIQ16s", 0x57505246, 1, 1, 56, 0, 0, 0, 1, 1,
                      0, 0, 0, 1000, 0, 0, b""))
assert s.recv(200)[:6] == b"WPRF\x01\x02"
'
check_equal "a client that leaves" $? 0
measure bulk "and lives on" -t 0.5
kill $pid

protocol='' server=7:1::2
serve -1 -J
measure bulk "a server for one test" -t 0.5
status=0
wait "$pid" || status=$?
check_equal "ends with it" $status 0
check "and tells it in JSON" python3 -m json.tool "$tap_tmp/server"

# What it is compared with.
for protocol in --sctp --tipc; do
	server=fd01::2
	ns=b
	if [ $protocol = --tipc ]; then
		server=0
		ns=a
	fi
	modprobe "${protocol#--}"
	: >"$tap_tmp/server"
	timeout 60 weft -n $ns perf -s $protocol >"$tap_tmp/server" 2>&1 &
	pid=$!
	wait_until 10 serving
	measure bulk "bulk" -t 0.5
	measure transactions "requests and responses" -t 0.5 --rr 100
	measure transactions "connections" -t 1 --crr
	kill $pid
done

check_status "usage" 1 weft perf
check_status "an unknown option" 1 weft perf -x
check_status "a bad time" 1 weft perf -t x ::1
check_status "a server takes no test" 1 weft perf -s -R
check_status "an address of nobody" 2 weft -n b perf -s -B 7::77
check_status "a name of nobody" 2 weft -n b perf nobody
agreed
finish
