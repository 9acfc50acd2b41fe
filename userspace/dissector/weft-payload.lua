-- SPDX-License-Identifier: GPL-2.0
-- What datagrams and segments have in common: ports, and the dissectors of what is in them.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

-- Dissectors of payloads tell conversations apart by the addresses in pinfo. They
-- raise an error after they have shown that a payload is malformed.
local function call(packet, dissector, tvb)
	local pinfo = packet.pinfo
	local src, dst = pinfo.src, pinfo.dst

	pinfo.src, pinfo.dst = packet.src_ipv6, packet.dst_ipv6
	pcall(dissector.call, dissector, tvb, pinfo, packet.tree)
	pinfo.src, pinfo.dst = src, dst
end

-- Hands bytes on by the ports of a table. The lower port comes first.
function W.hand_on(packet, ports, range, sport, dport)
	local dissector = ports:get_dissector(math.min(sport, dport)) or
		ports:get_dissector(math.max(sport, dport)) or W.data_dissector

	if not packet.quoted then
		packet.pinfo.src_port, packet.pinfo.dst_port = sport, dport
		call(packet, dissector, range:tvb())
	end
end

-- Adds a port, and for filters that it is one of the two.
function W.add_port(tree, fields, field, range)
	local item = tree:add(field, range)

	tree:add(fields.port, range):set_hidden()
	return item
end

function W.check_port(packet, item, port, counter)
	if port == 0 then
		W.invalid(packet, item, counter, "Port 0 is never sent")
	end
end
