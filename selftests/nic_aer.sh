#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The 82574L goes on after an error that the bus reports (AER), be its slot reset or not,
# under traffic. The kernel's aer_inject makes the errors.
# lab: --nodes 1 --machine q35 --iommu --nic e1000e --nic e1000e
# kernels: stock
# timeout: 60
. "$(dirname "$0")/nic/lib.sh"

# PCI Express, Uncorrectable Error Status: not fatal, and fatal.
completer_abort=0x8000
data_link_protocol=0x10

# inject STATUS: eth0 has that error.
inject() {
	python3 - "$(nic_pci eth0)" "$1" <<-'PYTHON'
		import re, struct, sys
		domain, bus, slot, function = (int(x, 16) for x in re.split("[:.]", sys.argv[1]))
		error = struct.pack("BBBx7I", bus, slot, function, int(sys.argv[2], 16),
		                    0, 0, 0, 0, 0, domain)
		with open("/dev/aer_inject", "wb", buffering=0) as injector:
		    injector.write(error)
	PYTHON
}

recoveries() {
	dmesg | grep -c "AER: device recovery successful"
}

recovered() {
	[ "$(recoveries)" -gt "$1" ]
}

# bus_error NAME STATUS
bus_error() {
	local before
	before=$(recoveries)
	check "$1" inject "$2"
	check "the kernel recovers from it" wait_until 30 recovered "$before"
}

works() {
	check "it works" wait_until 30 ping -c 1 -W 0.3 "$b6"
}

check "the pair comes up" nic_up
check "errors can be made" modprobe aer_inject
at_end rmmod aer_inject
# It resets the slot: what was saved for that is the probe's.
bus_error "data link protocol error, fatal" $data_link_protocol
works
ping -4 -f -q -l 64 -s 1400 -w 1000 "$b4" >/dev/null 2>&1 &
at_end kill $!
in_ns "$peer" ping -4 -f -q -l 64 -s 1400 -w 1000 "$a4" >/dev/null 2>&1 &
at_end kill $!
bus_error "completer abort under traffic" $completer_abort
works
bus_error "data link protocol error, fatal, under traffic" $data_link_protocol
works
ip link set eth0 down
bus_error "a fatal error while down" $data_link_protocol
nic_address
works
finish
