-- SPDX-License-Identifier: GPL-2.0
-- Messages between neighbours: solicitation, announcement, redirect.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local SOLICIT, ANNOUNCE, REDIRECT = 135, 136, 137
local SOLICIT_LEN, ANNOUNCE_LEN, REDIRECT_LEN = 24, 16, 24
local HOP_LIMIT = 255

local PROBE, SOLICITED, OVERRIDE = 0x80000000, 0x40000000, 0x20000000

local C, E = W.C, W.E

-- What holds for these and for routers' messages. True if there are n bytes.
function W.neigh_check(packet, part, tree, n)
	if packet.hop_limit ~= HOP_LIMIT then
		W.invalid(packet, tree, "DropNeighbour",
			("The hop limit is %d, not %d"):format(packet.hop_limit, HOP_LIMIT))
	end
	if not W.is_linklocal(packet.src) then
		W.invalid(packet, tree, "DropNeighbour", "The source is not link-local")
	end
	if part:uint(1, 1) ~= 0 then
		W.invalid(packet, tree, "DropNeighbour", "The code is not 0")
	end
	return not W.lacks(packet, part, n, tree, "DropNeighbour",
		("The message has %d bytes, not %d"):format(part.len, n))
end

local function add_target(tree, part)
	local item, addr, text = W.add_address(tree, C.neigh_target, part, 8)

	if addr == W.ANY or W.is_group(addr) then
		W.remark(item, E.unusual, "No node has this address")
	end
	return addr, text
end

local function add_mac(packet, tree)
	if W.is_linklocal(packet.src) then
		tree:add(C.neigh_mac, packet.src_mac):set_generated()
	end
end

local function add_asker(tree, part, probe)
	local item, asker, text = W.add_address(tree, C.neigh_asker, part, 16)

	if probe and asker ~= W.ANY then
		W.remark(item, E.unusual, "A probe has no asker")
	end
	return probe and " (probe)" or asker ~= W.ANY and " from " .. text or ""
end

W.messages[SOLICIT] = function(packet, part, tree, name)
	if not W.neigh_check(packet, part, tree, SOLICIT_LEN) then
		return
	end
	local range = part:range(4, 4)

	tree:add(C.neigh_probe, range)
	W.add_reserved(tree, C.reserved, range, range:uint() % PROBE)
	local target, text = add_target(tree, part)
	local asker = add_asker(tree, part, range:uint() >= PROBE)

	add_mac(packet, tree)
	W.add_rest(tree, C.data, part, SOLICIT_LEN)
	W.set_info(packet, ("%s for %s%s"):format(name, text, asker))
	W.add_question(packet, tree, "neigh" .. packet.src .. target)
end

-- The flags as words; whether it answers.
local function flags_text(flags)
	local words = {}

	words[#words + 1] = flags >= PROBE and "router" or nil
	words[#words + 1] = flags % PROBE >= SOLICITED and "solicited" or nil
	words[#words + 1] = flags % SOLICITED >= OVERRIDE and "override" or nil
	return words[1] and (" (%s)"):format(table.concat(words, ", ")) or ""
end

W.messages[ANNOUNCE] = function(packet, part, tree, name)
	if not W.neigh_check(packet, part, tree, ANNOUNCE_LEN) then
		return
	end
	local range = part:range(4, 4)

	tree:add(C.neigh_router, range)
	tree:add(C.neigh_solicited, range)
	tree:add(C.neigh_override, range)
	W.add_reserved(tree, C.reserved, range, range:uint() % OVERRIDE)
	local target, text = add_target(tree, part)

	add_mac(packet, tree)
	W.add_rest(tree, C.data, part, ANNOUNCE_LEN)
	W.set_info(packet, ("%s of %s%s"):format(name, text, flags_text(range:uint())))
	if range:uint() % PROBE >= SOLICITED then
		W.add_answer(packet, tree, "neigh" .. packet.dst .. target)
	end
end

W.messages[REDIRECT] = function(packet, part, tree, name)
	if not W.neigh_check(packet, part, tree, REDIRECT_LEN) then
		return
	end
	W.add_reserved(tree, C.reserved, part:range(4, 4))
	local item, target, text = W.add_address(tree, C.redirect_target, part, 8)
	local _, dst, dst_text = W.add_address(tree, C.redirect_dst, part, 16)

	if target ~= dst and not W.is_linklocal(target) then
		W.remark(item, E.unusual, "A first hop is link-local, or the destination itself")
	end
	W.set_info(packet, ("%s for %s to %s"):format(name, dst_text, text))
	if part.have > REDIRECT_LEN then
		W.add_quote(packet, part, tree, REDIRECT_LEN)
	end
end
