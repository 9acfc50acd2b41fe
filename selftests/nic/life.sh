# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A NIC goes and comes back while both ends flood: unbound, removed from the bus,
# pulled out without a warning. Nothing hangs, nothing is lost, the other NIC works on.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

nic=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
bus=/sys/bus/pci
driver=$bus/drivers/weftnic
slot=$(nic_pci eth0)
mac=$(cat /sys/class/net/eth0/address)
peer_mac=$(cat /sys/class/net/eth1/address)
rounds=$((scale > 1 ? 2 : 4))

# --- the flood ------------------------------------------------------------------

# Each knows where the other is, so that pings are sent while there is no answer.
know_each_other() {
	ip neigh replace "$b4" lladdr "$peer_mac" dev eth0 nud permanent
	ip -n "$peer" neigh replace "$a4" lladdr "$mac" dev eth1 nud permanent
}

flood_start() {
	know_each_other
	at_end ip neigh del "$b4" dev eth0
	python3 "$nic/flood.py" eth0 "$peer_mac" &
	flood=$!
	in_ns "$peer" python3 "$nic/flood.py" eth1 "$mac" &
	flood="$flood $!"
	at_end flood_stop
}

flood_stop() {
	# shellcheck disable=SC2086 # a list
	kill $flood
	# shellcheck disable=SC2086
	wait $flood
}

# packets DEV rx|tx: how many it has counted; of eth1 at the peer.
packets() {
	if [ "$1" = eth1 ]; then
		in_ns "$peer" cat "/sys/class/net/eth1/statistics/$2_packets"
	else
		cat "/sys/class/net/$1/statistics/$2_packets"
	fi
}

counts_beyond() {
	[ "$(packets "$1" "$2")" -ge "$3" ]
}

# flooded: eth0 is in the midst of it.
flooded() {
	wait_until 30 counts_beyond eth0 rx $(($(packets eth0 rx) + 100)) &&
		wait_until 30 counts_beyond eth0 tx $(($(packets eth0 tx) + 100))
}

# --- eth0 goes and comes ------------------------------------------------------------

is_there() {
	[ -e /sys/class/net/eth0 ]
}

has_carrier() {
	[ "$(cat /sys/class/net/eth0/carrier)" = 1 ]
}

nic_unbind() {
	echo "$slot" >$driver/unbind && ! is_there
}

nic_bind() {
	put_in
	echo "$slot" >$driver/bind && is_there
}

nic_remove() {
	echo 1 >"$bus/devices/$slot/remove" && ! is_there
}

# The kernel's own virtio_pci is asked first, and takes what it can.
nic_rescan() {
	local device=$bus/devices/$slot
	registers=
	echo 1 >$bus/rescan
	if [ "$(basename "$(readlink "$device/driver")")" = virtio-pci ]; then
		echo weftnic >"$device/driver_override"
		echo "$slot" >"$device/driver/unbind"
		echo "$slot" >$bus/drivers_probe
	fi
	is_there
}

# config OFFSET [VALUE]: 32 bits of its configuration space, or writes them; hexadecimal.
config() {
	local at
	at=$((0x$1 / 4))
	if [ $# -eq 1 ]; then
		od -A n -t x4 -j $((at * 4)) -N 4 "$bus/devices/$slot/config" | tr -d ' '
	else
		# shellcheck disable=SC2059 # an escape for each byte
		printf "\\x${2:6:2}\\x${2:4:2}\\x${2:2:2}\\x${2:0:2}" |
			dd of="$bus/devices/$slot/config" bs=4 seek=$at conv=notrunc status=none
	fi
}

# Where it is told where its registers are to be, and what makes it hang: nobody takes
# its frames, or without bus mastering it reads and writes nothing, as if it were dead.
# (QEMU's virtio-net may abort when that is taken away under traffic.)
case $(cat "/sys/class/net/eth0/device/vendor") in
0x1af4)
	bar=20
	hang_up=(ip -n "$peer" link set eth1 down)
	;;
*)
	bar=10
	hang_up=(config 04 00000003)
	;;
esac
registers=

# pull_out: all that is read of the device is ones and all that is written is lost, and
# it neither interrupts nor reaches memory, as if it were in the slot no more. What is
# in the place of its registers is its option ROM, which the lab has left blank.
pull_out() {
	registers=$(config $bar)
	config 04 00000400
	config $bar 00000000
	config 30 "${registers:0:7}1"
	config 04 00000402
}

put_in() {
	[ -z "$registers" ] && return
	config 30 00000000
	config $bar "$registers"
	registers=
}

come_back() {
	nic_address
	know_each_other
	wait_until 30 ping -c 1 -W 1 "$b6"
}

# under_flood GO COME: again and again, with frames in the rings each time.
under_flood() {
	local i
	for ((i = 0; i < rounds; i++)); do
		flooded && $1 && $2 && come_back || return 1
	done
}

# --- what happens to it ----------------------------------------------------------------

has_no_carrier() {
	! has_carrier
}

pull_out_unnoticed() {
	pull_out && nic_unbind
}

grown() {
	[ "$(counter eth0 "$1")" -gt "$2" ]
}

# More frames than a ring takes, whatever room a socket is meant to have: the stack sees
# a hang when its queue is stopped.
fill_ring() {
	python3 - "$b4" <<-'PYTHON'
		import socket, sys
		SO_SNDBUFFORCE = 32
		with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
		    udp.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 23)
		    for _ in range(1000):
		        try:
		            udp.sendto(bytes(1400), socket.MSG_DONTWAIT, (sys.argv[1], 9))
		        except OSError:
		            pass
	PYTHON
}

# hang [COMMAND]: it hangs, which is noticed after COMMAND, if one is needed.
hang() {
	local timeouts resets
	timeouts=$(counter eth0 tx_timeouts)
	resets=$(counter eth0 resets)
	"${hang_up[@]}"
	"$@"
	wait_until 60 grown tx_timeouts "$timeouts" && wait_until 60 grown resets "$resets"
}

life_hang() {
	check "a hang while few frames wait is mended" under_flood hang true
	check "a hang with a full ring is mended" under_flood "hang fill_ring" true
}

# refused COMMAND...: it says that there is no device.
refused() {
	check_fails "gone: $*" "no such device" "$@"
}

# What the user can do to an interface whose device is gone.
life_gone() {
	flooded
	check "pulled out under traffic" pull_out
	check "that is noticed" wait_until 60 has_no_carrier
	check "and told" sh -c "dmesg | grep -q '$slot: device is gone'"
	refused ethtool eth0
	refused ethtool -i eth0
	refused ethtool -S eth0
	refused ethtool -d eth0
	refused ethtool -G eth0 rx 256
	refused ethtool -K eth0 gro off
	refused ip link set eth0 mtu 1400
	refused ip link set eth0 address 02:00:00:00:00:01
	check "gone: its counters are not" ip -s link show eth0
	check "gone: promiscuous mode" ip link set eth0 promisc on
	check "gone: down" ip link set eth0 down
	refused ip link set eth0 up
	check "gone: unbound" nic_unbind
	check "bound again" nic_bind
	check "it works" come_back
}

# finds_out COMMAND...: the first that is done after the device is gone ends, and
# the interface can be removed.
finds_out() {
	pull_out
	timeout 60 "$@"
	[ $? -ne 124 ] && nic_unbind && nic_bind && ip link set eth0 up &&
		wait_until 30 has_carrier
}

life_found_out() {
	local command
	for command; do
		# shellcheck disable=SC2086 # a command and its words
		check "the first to find it gone: $command" finds_out $command
	done
	ip link set eth0 down
	pull_out
	check_fails "gone while down: up" "no such device" ip link set eth0 up
	check "unbound" nic_unbind
	check "bound again" nic_bind
	check "it works" come_back
}

# The last thing, because the kernel may find the device another place then, which a ROM
# of its cannot go to.
pull_out_removed() {
	flooded && pull_out && nic_remove && nic_rescan && come_back
}

# life_test COMMAND...: each is once the first to find the device gone.
life_test() {
	check "the pair comes up" nic_up
	flood_start
	life_hang
	life_gone
	check "pulled out and unbound under traffic" no_leak under_flood pull_out_unnoticed nic_bind
	life_found_out "ip link set eth0 down" "ip link set eth0 mtu 1400" \
		"ip link set eth0 promisc on" "ip link set eth0 address 02:00:00:00:00:01" \
		"ethtool eth0" "ethtool -d eth0" "ethtool -S eth0" "ethtool -G eth0 rx 256" \
		"$@"
	check "unbound and bound under traffic" no_leak under_flood nic_unbind nic_bind
	check "pulled out and removed from the bus" pull_out_removed
	check "removed from the bus and found again under traffic" \
		no_leak under_flood nic_remove nic_rescan
	finish
}
