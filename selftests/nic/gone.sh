# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A NIC that was pulled out without a warning: all that is read of it is ones. Every use of
# its interface ends, it can be removed, and one that is put in works.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

driver=/sys/bus/pci/drivers/weftnic
slot=$(nic_pci eth0)
# Where it is told where its registers are to be.
case $(cat /sys/class/net/eth0/device/vendor) in
0x1af4) bar=0x20 ;;
*) bar=0x10 ;;
esac

# config OFFSET [VALUE]: 32 bits of its configuration space, or writes them; hexadecimal.
config() {
	local file=/sys/bus/pci/devices/$slot/config at=$(($1 / 4))
	if [ $# -eq 1 ]; then
		od -A n -t x4 -j $((at * 4)) -N 4 "$file" | tr -d ' '
	else
		# shellcheck disable=SC2059 # an escape for each byte
		printf "\\x${2:6:2}\\x${2:4:2}\\x${2:2:2}\\x${2:0:2}" |
			dd of="$file" bs=4 seek=$at conv=notrunc status=none
	fi
}

# pull_out: it neither interrupts nor reaches memory, and in the place of its registers is
# its option ROM, which the lab has left blank. QEMU has what was put in last win.
pull_out() {
	local registers
	registers=$(config $bar)
	config 0x04 00000402
	config 0x30 "${registers:0:7}1"
}

put_in() {
	config 0x30 00000000
}

is_there() {
	[ -e /sys/class/net/eth0 ]
}

has_no_carrier() {
	[ "$(cat /sys/class/net/eth0/carrier)" = 0 ]
}

nic_unbind() {
	echo "$slot" >$driver/unbind && ! is_there
}

nic_bind() {
	put_in
	echo "$slot" >$driver/bind && is_there
}

comes_back() {
	nic_address
	wait_until 30 ping -c 1 -W 1 "$b4"
}

# refused COMMAND...: it says that there is no device.
refused() {
	check_fails "$*" "no such device" "$@"
}

# finds_out COMMAND...: the first that is done after it is gone ends, whatever it says.
finds_out() {
	pull_out
	timeout 60 "$@"
	[ $? -ne 124 ] && nic_unbind && nic_bind && comes_back
}

# gone_test COMMAND...: each is once the first to find it gone.
gone_test() {
	local command
	check "the pair comes up" nic_up
	ping -4 -f -q -w 600 "$b4" >/dev/null 2>&1 &
	at_end kill $!
	in_ns "$peer" ping -4 -f -q -w 600 "$a4" >/dev/null 2>&1 &
	at_end kill $!
	check "pulled out under traffic" pull_out
	check "that is told" wait_until 60 sh -c "dmesg | grep -q '$slot: device is gone'"
	check "there is no link" wait_until 60 has_no_carrier
	refused ethtool eth0
	refused ethtool -S eth0
	refused ethtool -d eth0
	refused ethtool -G eth0 rx 256
	refused ethtool -K eth0 gro off
	refused ip link set eth0 mtu 1400
	check "its counters are not gone" ip -s link show eth0
	check "nor is its switch" ip link set eth0 down
	refused ip link set eth0 up
	check "unbound" nic_unbind
	check "bound again" nic_bind
	check "it works" comes_back
	for command; do
		# shellcheck disable=SC2086 # a command and its words
		check "the first to find it gone: $command" finds_out $command
	done
	ip link set eth0 down
	pull_out
	check_fails "gone while down: up" "no such device" ip link set eth0 up
	check "unbound" nic_unbind
	check "bound again" nic_bind
	check "it works" comes_back
	finish
}
