# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# IP works on weftnic: ping, iperf3 both ways and at once, data comes out whole
# with every combination of offloads.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# datagram ADDRESS SIZE: one of so many bytes comes back from the peer.
datagram() {
	python3 - "$1" "$2" <<-'PYTHON'
		import socket, sys
		family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
		with socket.socket(family, socket.SOCK_DGRAM) as client:
		    client.settimeout(1)
		    client.sendto(bytes(int(sys.argv[2])), (sys.argv[1], 7))
		    sys.exit(len(client.recv(2000)) != int(sys.argv[2]))
	PYTHON
}

check "the pair comes up" nic_up
check "ping IPv4" ping -q -c 20 -i 0.02 -W 2 "$b4"
check "ping IPv6" ping -q -c 20 -i 0.02 -W 2 "$b6"
check "flood ping loses nothing" sh -c "ping -q -f -c $((2000 / scale)) $b4 | grep -q ' 0% packet loss'"

in_ns "$peer" python3 - <<-'PYTHON' &
	import socket
	with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as server:
	    server.bind(("::", 7))
	    while True:
	        server.sendto(*server.recvfrom(2000))
PYTHON
at_end kill $!
for size in 1 17 18 200; do
	check "a UDP datagram of $size bytes" wait_until 10 datagram "$b4" "$size"
	check "the same over IPv6" wait_until 10 datagram "$b6" "$size"
done

check "TCP over IPv4 with device segmentation" nic_send 4 "$b4" 8
check "the device segmented" test "$(counter eth0 tx0_tso)" -gt 0
check "TCP over IPv6" nic_send 6 "$b6" 8
if [[ $nic_features = *tx-tcp6-segmentation* ]]; then
	check "the driver segmented" test "$(counter eth0 tx0_tso_soft)" -gt 0
fi
ethtool -K eth0 tso off
check "TCP without segmentation" nic_send 4 "$b4" 4
ethtool -K eth0 tx off
check "TCP without checksum offload" nic_send 4 "$b4" 4
if [[ $nic_features = *receive-hashing* ]]; then
	check "the device verified checksums" test "$(counter eth1 rx0_csum_ok)" -gt 0
fi
ethtool -K eth0 sg off
check "TCP without scatter/gather" nic_send 4 "$b4" 4
# All that was switched off, whatever tests come next; one more is off by default.
ethtool -K eth0 sg on tx on tso on
if [[ $nic_features != *tx-tcp6-segmentation* ]]; then
	ethtool -K eth0 tx-tcp6-segmentation off
fi
ethtool -K eth0 gro off
check "TCP without GRO" nic_send 4 "$b4" 4
ethtool -K eth0 gro on

in_ns "$peer" iperf3 -s -D -I "$tap_tmp/iperf3.pid"
at_end sh -c "kill \$(tr -d '\0' <$tap_tmp/iperf3.pid)"
wait_until 10 in_ns "$peer" sh -c 'ss -tln | grep -q :5201'
seconds=${NIC_SECONDS:-3}
check "iperf3 TCP out" iperf3 -c "$b4" -t "$seconds"
check "iperf3 TCP in" iperf3 -c "$b4" -t "$seconds" -R
check "iperf3 TCP both ways at once" iperf3 -c "$b4" -t "$seconds" --bidir
check "iperf3 UDP" iperf3 -c "$b4" -t "$seconds" -u -b 20M
check_equal "no completion needed an interrupt" "$(counter eth0 tx0_irq_arms)" 0
for name in length_errors chain_errors device_errors no_skb csum_bad; do
	check_equal "no rx0_$name" "$(counter eth0 "rx0_$name")" 0
	check_equal "none at the peer" "$(counter eth1 "rx0_$name")" 0
done
finish
