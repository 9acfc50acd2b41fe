#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The ethtool surface of virtio-net, what it refuses, and what the host says of
# the device: largest MTU, speed, ring sizes.
# lab: --nodes 1 --nic virtio,host_mtu=1400,speed=2500,duplex=full,rx_queue_size=1024 --nic virtio --nic virtio,disable-modern=on
# kernels: stock debug
# timeout: 60
. "$(dirname "$0")/nic/virtio.sh"

check "the pair comes up" nic_up
says "-i names the driver" '^driver: weftnic$' ethtool -i eth0
says "-S has counters" 'rx0_bad_used: 0' ethtool -S eth0
check "-d dumps registers" ethtool -d eth0
says "speed" 'Speed: 2500Mb/s' ethtool eth0
says "duplex" 'Duplex: Full' ethtool eth0
says "link detected" 'Link detected: yes' ethtool eth0
says "-g longest receive ring" '^RX:[[:space:]]+1024$' ethtool -g eth0
says "-g longest transmit ring" '^TX:[[:space:]]+256$' ethtool -g eth0
says "-l" '^Combined:[[:space:]]+1$' ethtool -l eth0
says "MTU advised by the host" ' mtu 1400 ' ip link show eth0
check_fails "and not more" "mtu greater than device maximum" ip link set eth0 mtu 1401
check_fails "-G refuses short rings" "shorter" ethtool -G eth0 rx 32
check_fails "-G refuses long rings" "exceed" ethtool -G eth0 tx 512
check "-G" ethtool -G eth0 rx 1024 tx 128
check "it works afterwards" wait_until 20 ping -c 1 -W 1 "$b4"
check_fails "no moderation" "not supported" ethtool -c eth0
check_fails "no pause frames" "not supported" ethtool -A eth0 rx on
check_fails "no EEPROM" "not supported" ethtool -e eth0
check_fails "no negotiation" "not supported" ethtool -r eth0
check_fails "no choice of speed" "not supported" ethtool -s eth0 speed 100 duplex full autoneg off
says "rx-vlan-filter" 'rx-vlan-filter: on' ethtool -k eth0
says "a device of before virtio 1.0 is refused" \
	'0000:00:12.0: a legacy virtio device: only virtio 1.0' dmesg
check "and has no interface" test ! -e /sys/class/net/eth2
finish
