# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What only the world outside a guest can do to its NICs: take the cable out, and the
# whole card, and put them in again, under traffic. There is one of each model, on one
# hub, each in a namespace of its own.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

lab=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")/scripts/lab
name=plug-$$
models=(e1000 e1000e virtio-net-pci)

in_guest() {
	"$lab" exec --name "$name" --timeout 120 1 -- "$@"
}

monitor() {
	"$lab" monitor --name "$name" 1 -- "$@"
}

# plug_up MACHINE
plug_up() {
	machine=$1
	if ! "$lab" up --name "$name" --machine "$1" --one-hub \
			--nic e1000 --nic e1000e --nic virtio; then
		fail "up"
		finish
	fi
	at_end rm -rf "$(dirname "$lab")/../results/$name"
	at_end "$lab" down --name "$name"
	in_guest sh -c 'ip netns add n0 && ip netns add n1 && ip netns add n2'
	card_set_up 0
	card_set_up 1
	card_set_up 2
}

# card_set_up I: its interface gets its namespace and its address.
card_set_up() {
	# As in nic_up().
	in_guest sh -ec "ip link set eth$1 netns n$1
		ip netns exec n$1 sh -c 'echo 0 0 >/proc/sys/net/ipv4/ping_group_range'
		ip -n n$1 address add 192.0.2.10$1/24 dev eth$1
		ip -n n$1 link set eth$1 up"
}

# flood: from here on each card sends to the next, and to nobody when one is away.
flood() {
	local i
	for i in 0 1 2; do
		in_guest sh -c "ip netns exec n$i ping -f -q -l 64 -s 1400 \
			192.0.2.10$(((i + 1) % 3)) >/dev/null 2>&1 &"
	done
}

# reaches I J
reaches() {
	in_guest ip netns exec "n$1" ping -c 3 -i 0.2 -W 1 "192.0.2.10$2"
}

# --- the cable ------------------------------------------------------------------

# carrier_is I 0|1
carrier_is() {
	[ "$(in_guest ip netns exec "n$1" cat "/sys/class/net/eth$1/carrier")" = "$2" ]
}

plug_cable() {
	check "the cable is taken out of eth$1" monitor set_link "eth$1" off
	check "the link goes" wait_until 60 carrier_is "$1" 0
	check "it is put in" monitor set_link "eth$1" on
	check "the link comes" wait_until 60 carrier_is "$1" 1
	check "it works" wait_until 60 reaches "$1" $((($1 + 1) % 3))
}

# --- the card -------------------------------------------------------------------

# In the guest's words: where the card is.
pci_address() {
	if [ "$machine" = pc ]; then
		echo "0000:00:1$1.0"
	else
		echo "0000:0$(($1 + 1)):00.0"
	fi
}

is_gone() {
	in_guest test ! -e "/sys/bus/pci/devices/$(pci_address "$1")"
}

is_there() {
	in_guest test -e "/sys/bus/pci/devices/$(pci_address "$1")"
}

device_add() {
	local place=addr=0x1$1
	[ "$machine" = pc ] || place=bus=slot$1
	monitor device_add "${models[$1]},id=eth$1,netdev=nic$1,mac=52:54:00:57:01:0$1,$place"
}

# bound I PCI_ADDRESS: the card has our driver, although the kernel's own virtio_pci is
# asked first, and its interface, which got the first name that was free, its own again.
bound() {
	in_guest sh -ec "cd /sys/bus/pci/devices/$2
		if [ ! -e /sys/bus/pci/drivers/weftnic/$2 ]; then
			echo weftnic >driver_override
			[ ! -e driver ] || echo $2 >driver/unbind
			echo $2 >/sys/bus/pci/drivers_probe
		fi
		ip link set \$(ls net) name eth$1"
}

plug_card() {
	local next=$((($1 + 1) % 3)) other=$((($1 + 2) % 3))
	check "eth$1 is taken out" monitor device_del "eth$1"
	check "it goes" wait_until 60 is_gone "$1"
	check "the others work" wait_until 60 reaches "$next" "$other"
	check "it is put in" wait_until 60 device_add "$1"
	check "it comes" wait_until 60 is_there "$1"
	check "it has an interface" wait_until 60 bound "$1" "$(pci_address "$1")"
	card_set_up "$1"
	check "it works" wait_until 60 reaches "$1" "$next"
}

# plug_test MACHINE I...: with these of the cards.
plug_test() {
	local i
	plug_up "$1"
	shift
	check "eth0 works" wait_until 60 reaches 0 1
	flood
	for i; do
		plug_cable "$i"
		plug_card "$i"
	done
	check "no fault" "$lab" down --name "$name"
	finish
}
