#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SCTP's large packets, whose feature weftnic has for Weft's sake, are left to the core.
# lab: --nodes 1 --nic e1000 --nic e1000
# kernels: stock
# timeout: 60
. "$(dirname "$0")/nic/lib.sh"

# sctp_send: random data to the peer arrives whole.
sctp_send() {
	local file=$tap_tmp/data got=$tap_tmp/got receiver
	head -c 4000000 /dev/urandom >"$file"
	ip netns exec "$peer" timeout 60 python3 - "$b4" >"$got" <<-'PYTHON' &
		import socket, sys
		server = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
		server.bind((sys.argv[1], 5001))
		server.listen()
		peer = server.accept()[0]
		while data := peer.recv(1 << 20):
		    sys.stdout.buffer.write(data)
	PYTHON
	receiver=$!
	wait_until 10 in_ns "$peer" grep -q ' 5001 ' /proc/net/sctp/eps
	timeout 60 python3 - "$b4" "$file" <<-'PYTHON'
		import socket, sys
		peer = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
		peer.connect((sys.argv[1], 5001))
		data = open(sys.argv[2], "rb").read()
		for at in range(0, len(data), 50000):
		    peer.sendall(data[at:at + 50000])
		peer.close()
	PYTHON
	wait "$receiver" && cmp "$file" "$got"
}

check "SCTP is there" modprobe sctp
check "the pair comes up" nic_up
segmented=$(counter eth0 tx0_tso)
check "data over SCTP" sctp_send
check_equal "the card segmented nothing" "$(counter eth0 tx0_tso)" "$segmented"
finish
