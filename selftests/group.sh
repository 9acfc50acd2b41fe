#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Groups of devices: what the device lets through, and while what; weft group.
# lab: --nodes 1 --nic none
# kernels: stock debug
# timeout: 300
. "$(dirname "$0")/lib.sh"

# group ARG...: weft group in the namespace a.
group() {
	weft -n a group "$@"
}

# member NAME DEV GROUP: true if the device is a member.
member() {
	weft -n "$1" group show "$3" dev "$2" | grep -q "^$3 "
}

# hears NAME DEV MAC: true if the device lets frames to the MAC through.
hears() {
	ip -n "$1" maddress show dev "$2" | grep -q "link  $3"
}

# not COMMAND [ARG...]
not() {
	! "$@"
}

# mac GROUP-END: the MAC of a group whose last 32 bits are given as AABBCCDD.
mac() {
	echo "03:57:${1:0:2}:${1:2:2}:${1:4:2}:${1:6:2}"
}

ns_add a b c
ns_join a veth0 b veth1
link_a=$(weft_address a veth0)
wait_until 20 has_address a "$link_a"
wait_until 20 has_address b "$(weft_address b veth1)"

# --- of the kernel ----------------------------------------------------------------

check "all nodes" hears a veth0 "$(mac 00000001)"
check "are a group" member a veth0 ff02::1
check "also on the loopback device" member a lo ff02::1
check "the link-local address is asked for" member a veth0 "ff02:1:${link_a#fe80:*:}"

weft -n a addr add 7:1:aabb:ccdd/16 dev veth0 nodad
check "an address is asked for" member a veth0 ff02:1:aabb:ccdd
check "by its own MAC" hears a veth0 "$(mac aabbccdd)"
weft -n a addr add 7:2:aabb:ccdd/16 dev veth0 nodad
check_equal "two share it" "$(weft -n a -s group show ff02:1:aabb:ccdd)" \
	"ff02:1:aabb:ccdd dev veth0 users 2"
weft -n a addr del 7:1:aabb:ccdd/16 dev veth0
check "until both have gone" hears a veth0 "$(mac aabbccdd)"
weft -n a addr del 7:2:aabb:ccdd/16 dev veth0
check "then not" not hears a veth0 "$(mac aabbccdd)"
check "nor a group" not member a veth0 ff02:1:aabb:ccdd
weft -n a neigh add proxy 7::1:9999 dev veth0
check "an address that it answers for" member a veth0 ff02:1:1:9999
weft -n a neigh del proxy 7::1:9999 dev veth0
check "as long as it does" not member a veth0 ff02:1:1:9999

check "a host is no router" not member a veth0 ff02::2
in_ns a sysctl -qw net.weft.forwarding=1
check "a router is" member a veth0 ff02::2
check "and hears reports" member a veth0 ff02::16
check "by their MAC" hears a veth0 "$(mac 00000016)"
weft -n a link set veth0 forwarding off
check "unless the device is set otherwise" not member a veth0 ff02::2
check "others are" member a lo ff02::2
weft -n a link set veth0 forwarding on
in_ns a sysctl -qw net.weft.forwarding=0
check "the device's setting counts" member a veth0 ff02::16
check "others are hosts again" not member a lo ff02::16
weft -n a link set veth0 forwarding default
check "as the namespace again" not hears a veth0 "$(mac 00000016)"

# --- by hand ------------------------------------------------------------------------

check "a group by hand" group add ff05::77 dev veth0
check_equal "is shown" "$(group show ff05::77)" "ff05::77 dev veth0 static"
check_equal "with details" "$(weft -n a -s -d group show ff05::77)" \
	"ff05::77 dev veth0 static users 1 exclude"
check_equal "JSON" "$(weft -n a -j group show ff05::77 | jq -c .)" \
	'[{"group":"ff05::77","dev":"veth0","static":true}]'
check "its frames come in" hears a veth0 "$(mac 00000077)"
check_fails "twice is refused" "joined to this group by hand" group add ff05::77 dev veth0
check "another group with its MAC" group add ff02::77%veth0
group del ff05::77 dev veth0
check "keeps it" hears a veth0 "$(mac 00000077)"
group del ff02::77 dev veth0
check "to its end" not hears a veth0 "$(mac 00000077)"
check_fails "one that is not there" "was not joined" group del ff05::77 dev veth0
check_fails "one of the kernel's" "was not joined" group del ff02::1 dev veth0
check "is joined by hand as well" group add ff02::1 dev veth0
check "and left" group del ff02::1 dev veth0
check "without an end of the kernel's" member a veth0 ff02::1
check_fails "no group" "not a group" group add 7::1 dev veth0
check_fails "broadcast" "not a group" group add ffff:ffff:ffff:ffff dev veth0
check_fails "no device" "'frob'" group add ff05::77 dev frob
check_status "no device named" 1 group add ff05::77
check_status "no group named" 1 group add dev veth0
check_status "two groups" 1 group add ff05::77 ff05::78 dev veth0
check_fails "no privilege" "not permitted" ip netns exec a setpriv \
	--bounding-set -net_admin --inh-caps -net_admin \
	weft group add ff05::77 dev veth0
ip -n a link add frob type veth peer name frob1
ip -n a link set frob up
ip -n a link set frob1 up
many() {
	# shellcheck disable=SC2046 # a list
	printf 'group add ff05::9:%s dev frob\n' $(seq 1 512) | weft -n a -b -
}
check "as many as there may be" many
check_fails "and no more" "too many groups" group add ff05::a:1 dev frob
weft -n a addr add 7::77/16 dev frob nodad
check "the kernel's own do not count" member a frob ff02:1:0:77
ip -n a link del frob

# --- while it carries Weft ------------------------------------------------------------

timeout 100 ip netns exec a weft nc -ul -g ff02::88%veth0 5000 </dev/null >"$tap_tmp/heard" &
at_end kill $!
check "a socket joins" wait_until 10 member a veth0 ff02::88
group add ff05::77 dev veth0
ip -n a link set veth0 down
check "a device that is down hears nothing" not hears a veth0 "$(mac 00000088)"
check "not by hand" not hears a veth0 "$(mac 00000077)"
check "but is a member still" member a veth0 ff02::88
check "not of all nodes" not member a veth0 ff02::1
ip -n a link set veth0 up
check "it hears again" wait_until 10 hears a veth0 "$(mac 00000088)"
check "and by hand" hears a veth0 "$(mac 00000077)"
ip -n a link set veth0 mtu 500
check "a small MTU: nothing" not hears a veth0 "$(mac 00000088)"
ip -n a link set veth0 mtu 1500
check "until it has grown" wait_until 10 hears a veth0 "$(mac 00000088)"
ip -n a link set veth0 address 02:00:00:00:12:34
check "another MAC: another question" member a veth0 ff02:1:0:1234
check "the rest stays" hears a veth0 "$(mac 00000088)"

wait_until 10 link_is_up b veth1
wait_until 10 has_address b "$(weft_address b veth1)"
say() {
	echo "$1" | timeout 10 weft -n b nc -u -N "$2%veth1" 5000
}
check "a node of the link speaks" say one ff02::88
check "and is heard" wait_until 10 grep -qx one "$tap_tmp/heard"
check "to another group" say two ff02::77
check "to all nodes" say three ff02::1
check "they hear" wait_until 10 grep -qx three "$tap_tmp/heard"
check "by broadcast" say four ffff:ffff:ffff:ffff
check "they hear that too" wait_until 10 grep -qx four "$tap_tmp/heard"
check_equal "what nobody joined is not heard" "$(grep -cx two "$tap_tmp/heard")" 0
check_status "-g goes with -l" 1 weft -n a nc -u -g ff02::88%veth0 ff02::88%veth0 5000
check_fails "no group to join" "cannot join 7::1" weft -n a nc -ul -g 7::1 5001

timeout 100 weft -n a monitor group >"$tap_tmp/text" &
at_end kill $!
tell() {
	group add ff05::99 dev veth0
	group del ff05::99 dev veth0
	# The first of them may have been before it listened.
	grep -qx "ff05::99 dev veth0 static" "$tap_tmp/text" &&
		grep -q "^deleted ff05::99 dev veth0" "$tap_tmp/text"
}
check "changes are told" wait_until 10 tell

# --- it goes -----------------------------------------------------------------------------

ip -n a link set veth0 netns c
check "moved: the old namespace has none of it" not member a veth0 ff02::88
ip -n c link set veth0 up
check "the new one has its own" wait_until 10 member c veth0 ff02::1
check "and no other" not member c veth0 ff02::88
check "no MAC is left behind" not hears c veth0 "$(mac 00000088)"
check "deleted" ip -n b link del veth1
ip -n b link add gone type veth peer name gone1
ip -n b link set gone up
check "a group goes with its namespace" weft -n b group add ff05::77 dev gone
finish
