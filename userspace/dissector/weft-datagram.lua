-- SPDX-License-Identifier: GPL-2.0
-- Datagrams, and the dissectors of what is in them.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local DGRAM, HDR_LEN = 17, 8

local D = W.D

-- Dissectors of payloads tell conversations apart by the addresses in pinfo. They
-- raise an error after they have shown that a payload is malformed.
local function payload_call(packet, dissector, tvb)
	local pinfo = packet.pinfo
	local src, dst = pinfo.src, pinfo.dst

	pinfo.src, pinfo.dst = packet.src_ipv6, packet.dst_ipv6
	pcall(dissector.call, dissector, tvb, pinfo, packet.tree)
	pinfo.src, pinfo.dst = src, dst
end

-- The lower port comes first.
local function payload_dissector(sport, dport)
	return W.payload_table:get_dissector(math.min(sport, dport)) or
		W.payload_table:get_dissector(math.max(sport, dport)) or W.data_dissector
end

local function add_payload(packet, part, tree, sport, dport)
	if part.have <= HDR_LEN then
		return
	end
	local range = part:range(HDR_LEN)

	tree:add(D.payload, range)
	if not packet.quoted then
		packet.pinfo.src_port, packet.pinfo.dst_port = sport, dport
		payload_call(packet, payload_dissector(sport, dport), range:tvb())
	end
end

local function add_port(tree, field, range)
	local item = tree:add(field, range)

	tree:add(D.port, range):set_hidden()
	return item
end

local function check_port(packet, item, port)
	if port == 0 then
		W.invalid(packet, item, "DropDgramPort", "Port 0 is never sent")
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
	local sport_item = add_port(tree, D.srcport, part:range(0, 2))
	local dport_item = add_port(tree, D.dstport, part:range(2, 2))

	-- In the order of a receiver.
	check_length(packet, part, tree:add(D.len, part:range(4, 2)))
	check_port(packet, sport_item, sport)
	check_port(packet, dport_item, dport)
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
