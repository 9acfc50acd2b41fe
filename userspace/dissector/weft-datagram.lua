-- SPDX-License-Identifier: GPL-2.0
-- Datagrams.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local DGRAM, HDR_LEN = 17, 8

local D = W.D

local function add_payload(packet, part, tree, sport, dport)
	if part.have > HDR_LEN then
		local range = part:range(HDR_LEN)

		tree:add(D.payload, range)
		W.hand_on(packet, W.payload_table, range, sport, dport)
	end
end

local function check_length(packet, part, item)
	local len = part:uint(4, 2)

	if len < HDR_LEN or (len ~= part.len and not packet.first_fragment) then
		W.malformed(packet, item, "DropDgramShort",
			("The length is %d and the packet has %d"):format(len, part.len))
	end
end

local function add_header(packet, part, tree, sport, dport)
	local sport_item = W.add_port(tree, D, D.srcport, part:range(0, 2))
	local dport_item = W.add_port(tree, D, D.dstport, part:range(2, 2))

	-- In the order of a receiver.
	check_length(packet, part, tree:add(D.len, part:range(4, 2)))
	W.check_port(packet, sport_item, sport, "DropDgramPort")
	W.check_port(packet, dport_item, dport, "DropDgramPort")
	W.add_checksum(packet, part, tree, 6, D)
end

W.transports[DGRAM] = function(packet, part)
	local tree = packet.tree:add(W.weft_dgram, part:range(0))

	W.set_protocol(packet, "Weft-Dgram")
	W.set_info(packet, "Datagram")
	if W.lacks(packet, part, HDR_LEN, tree, "DropDgramShort",
			"No room for a datagram's header") then
		return
	end
	local sport, dport = part:uint(0, 2), part:uint(2, 2)
	local ports = ("%d → %d"):format(sport, dport)

	tree:append_text(", " .. ports)
	W.set_info(packet, ("%s Len=%d"):format(ports, part.len - HDR_LEN))
	add_header(packet, part, tree, sport, dport)
	add_payload(packet, part, tree, sport, dport)
end
