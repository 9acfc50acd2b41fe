# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# weft ping over a veth pair and over two NICs: to the peer, to itself, to nobody.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# ping_over NAME DEV_A DEV_B: from namespace a to namespace b and back.
ping_over() {
	local a b
	a=$(weft_address a "$2")
	b=$(weft_address b "$3")
	wait_until 20 has_address a "$a" && wait_until 20 has_address b "$b"
	check "$1: a reaches b" weft -n a ping -c 3 "$b%$2"
	check "$1: b reaches a" weft -n b ping -c 3 "$a%$3"
	check "$1: a reaches itself" weft -n a ping -c 1 "$a%$2"
	check "$1: large echoes" weft -n a ping -c 2 -s 1400 "$b%$2"
	check_status "$1: nobody answers for a free address" 1 \
		weft -n a ping -c 1 -W 1 "fe80:5254:57:fefe%$2"
}

ns_add a b
ns_join a veth0 b veth1
ping_over veth veth0 veth1
ns_take a eth0
ns_take b eth1
ping_over weftnic eth0 eth1
finish
