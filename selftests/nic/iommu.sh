# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Behind an IOMMU a device reaches what is mapped for it, and nothing that was.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

driver=/sys/bus/pci/drivers/weftnic
slot=$(nic_pci eth0)

faults() {
	dmesg | grep -c "DMAR:.*fault"
}

check "the device is behind the IOMMU" test -e "/sys/bus/pci/devices/$slot/iommu_group"
check "the pair comes up" nic_up
check "flood ping loses nothing" sh -c "ping -q -f -c 500 -s 1400 $b4 | grep -q ' 0% packet loss'"
check "TCP" nic_send 4 "$b4" 4
check "TCP over IPv6" nic_send 6 "$b6" 4
check "large frames" nic_mtu 9000
check "TCP in large frames" nic_send 4 "$b4" 4
check "back to small ones" nic_mtu 1500
check "rings change their size in a flood" nic_resize 128 256
ping -q -f -w 5 "$b4" >/dev/null &
flood=$!
before=$(counter eth0 rx0_packets)
flooded() { [ "$(counter eth0 rx0_packets)" -gt $((before + 50)) ]; }
check "a flood comes" wait_until 5 flooded
ip link set eth0 down
echo "$slot" >$driver/unbind
wait "$flood"
check_equal "no access was refused" "$(faults)" 0
echo "$slot" >$driver/bind
nic_address
check "it works again" wait_until 20 ping -c 1 -W 1 "$b4"
check_equal "still none was refused" "$(faults)" 0
# Both ends are where nic_xsk looks for them.
ip -n "$peer" link set eth1 netns 1
check "AF_XDP without a copy" "$WEFT_TREE/build/selftests/nic_xsk"
check_equal "and again none was refused" "$(faults)" 0
