# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The ethtool surface of weftnic: every option, and what each refuses.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

check "the pair comes up" nic_up
says "-i names the driver" '^driver: weftnic$' ethtool -i eth0
says "-i names the slot" "^bus-info: $(nic_pci eth0)$" ethtool -i eth0
says "-S has counters" 'tx0_doorbells: [0-9]+' ethtool -S eth0
check "-d dumps registers" ethtool -d eth0
says "-e dumps the EEPROM" '^0x0000:' ethtool -e eth0
says "link settings" 'Speed: 1000Mb/s' ethtool eth0
says "link detected" 'Link detected: yes' ethtool eth0
says "-T" 'software-transmit' ethtool -T eth0

says "-g" '^RX:[[:space:]]+512$' ethtool -g eth0
check "-G" ethtool -G eth0 rx 1024 tx 256
says "-G took" '^RX:[[:space:]]+1024$' ethtool -g eth0
check "-G rounds up" ethtool -G eth0 rx 300
says "-G rounded" '^RX:[[:space:]]+512$' ethtool -g eth0
check_fails "-G refuses short rings" "shorter" ethtool -G eth0 rx 64
check_fails "-G refuses long rings" "exceed" ethtool -G eth0 rx 8192
check "it works afterwards" wait_until 20 ping -c 1 -W 1 "$b4"

check "-G under traffic" nic_resize 128 4096 256 512

says "-c" '^rx-usecs:[[:space:]]+50$' ethtool -c eth0
check "-C rx-usecs" ethtool -C eth0 rx-usecs 250
says "-C took" '^rx-usecs:[[:space:]]+250$' ethtool -c eth0
check_fails "-C refuses what cannot be counted" "more than" ethtool -C eth0 rx-usecs 20000
check_fails "-C refuses what is not offered" "unsupported parameter" ethtool -C eth0 tx-usecs 10
if [ ! -e /sys/kernel/debug/kmemleak ]; then
	check "-C adaptive-rx" ethtool -C eth0 adaptive-rx on
	check "traffic with it" ping -q -f -c 500 "$b4"
	check "-C adaptive-rx off" ethtool -C eth0 adaptive-rx off rx-usecs 50
fi

for feature in $nic_features tx-scatter-gather tx-tcp-segmentation rx-checksum \
	rx-vlan-offload tx-vlan-offload rx-vlan-filter; do
	says "-k $feature" "$feature: on|rx-checksumming: on" ethtool -k eth0
	check "-K $feature off" ethtool -K eth0 "$feature" off
	check "-K $feature on" ethtool -K eth0 "$feature" on
done
ethtool -K eth0 rx-vlan-offload off
says "tag insertion goes with stripping" 'tx-vlan-offload: off' ethtool -k eth0
ethtool -K eth0 rx-vlan-offload on tx-vlan-offload on

says "-a" 'Autonegotiate:[[:space:]]+on' ethtool -a eth0
check "-A" ethtool -A eth0 rx off tx off
says "-A took" 'RX:[[:space:]]+off' ethtool -a eth0
check "-A back" ethtool -A eth0 rx on tx on
check "-r" ethtool -r eth0
check "the link comes back" wait_until 20 ping -c 1 -W 1 "$b4"
check "-s advertise" ethtool -s eth0 advertise 0x2f
check_fails "-s refuses forced 1000" "Invalid" ethtool -s eth0 autoneg off speed 1000 duplex full
check "-s autoneg off, 100 full" ethtool -s eth0 autoneg off speed 100 duplex full
check "-s autoneg on" ethtool -s eth0 autoneg on
# A frame that is sent comes back.
round() {
	timeout 5 python3 - <<-'PYTHON'
		import socket
		s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x9000))
		s.bind(("eth0", 0x9000))
		mac = s.getsockname()[4]
		s.send(mac + mac + b"\x90\x00" + b"round" + bytes(60))
		while True:
		    data, sender = s.recvfrom(2000)
		    if sender[2] != socket.PACKET_OUTGOING and b"round" in data:
		        break
	PYTHON
}
check_equal "no loop at first" "$(round; echo $?)" 124
check "-K loopback on" ethtool -K eth0 loopback on
check "a frame goes round" wait_until 10 round
check_fails "the link cannot be chosen then" "busy" ethtool -s eth0 autoneg off speed 100 duplex full
check "also after rings changed" ethtool -G eth0 rx 256
check "a frame goes round" wait_until 10 round
ethtool -G eth0 rx 512
check "-K loopback off" ethtool -K eth0 loopback off
check "the link comes back" wait_until 20 ping -c 1 -W 1 "$b4"
check "-s msglvl" ethtool -s eth0 msglvl 7
check "the link comes back" wait_until 20 ping -c 1 -W 1 "$b4"

says "-l" '^Combined:[[:space:]]+1$' ethtool -l eth0
check_fails "-L refuses more queues than there are" "Invalid" ethtool -L eth0 combined 5

# good_frames: received ones, as the standard group has them.
good_frames() {
	ethtool -S eth0 --groups eth-mac | sed -n 's/^eth-mac-FramesReceivedOK: //p'
}
before=$(good_frames)
check "traffic" ping -q -f -c 100 -s 10 "$b4"
check "eth-mac counts it" test "$(good_frames)" -ge "$((before + 100))"
says "rmon has lengths" '^rx-rmon-etherStatsPkts65to127Octets: [1-9]' \
	ethtool -S eth0 --groups rmon
says "eth-ctrl" '^eth-ctrl-MACControlFramesReceived: 0$' ethtool -S eth0 --groups eth-ctrl
says "-I -a" 'rx_pause_frames: 0' ethtool -I -a eth0

check "-t online" ethtool -t eth0 online
says "-t tells of each test" '^link +\(on/offline\)[[:space:]]+0$' ethtool -t eth0 online
check "-t offline" ethtool -t eth0 offline
says "-t tells that it passed" '^The test result is PASS$' ethtool -t eth0 offline
check "the link comes back" wait_until 20 ping -c 1 -W 1 "$b4"
ip link set eth0 down
check "-t offline of an interface that is down" ethtool -t eth0 offline
says "it stays down" 'state DOWN' ip link show eth0
ip link set eth0 up
check "the link comes back" wait_until 20 ping -c 1 -W 1 "$b4"
# While it negotiates, half a second, there is no link.
no_link() {
	ethtool -r eth0
	! ethtool -t eth0 online
}
check "-t finds a link that is down" wait_until 20 no_link
check "the link comes back" wait_until 20 ping -c 1 -W 1 "$b4"
check "-p" ethtool -p eth0 1

says "WoL is off" 'Wake-on: d' ethtool eth0
check_fails "-s wol refuses what is not offered" "unsupported WoL mode" ethtool -s eth0 wol f
finish
