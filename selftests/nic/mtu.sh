# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Jumbo frames on weftnic, up to the largest that the device takes.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

check "the pair comes up" nic_up
for mtu in 576 1500 1501 2030 2031 4000 9000 "$nic_max_mtu"; do
	check "MTU $mtu" nic_mtu "$mtu"
	check "largest packet at $mtu" ping -q -c 3 -i 0.05 -W 2 -M 'do' -s $((mtu - 28)) "$b4"
done
check "frames came in several buffers" test "$(counter eth1 rx0_chains)" -gt 0
check "TCP over IPv4 at $nic_max_mtu" nic_send 4 "$b4" 8
# The MTU of 576 took IPv6 away.
nic_address
check "TCP over IPv6 at $nic_max_mtu" nic_send 6 "$b6" 8
check_fails "one more is refused" "mtu greater than device maximum" \
	ip link set eth0 mtu $((nic_max_mtu + 1))
check_fails "MTU 67 is refused" "mtu less than device minimum" ip link set eth0 mtu 67
check "back to 1500" nic_mtu 1500
check "a sender that waits goes on with new rings" nic_waiting
finish
