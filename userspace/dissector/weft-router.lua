-- SPDX-License-Identifier: GPL-2.0
-- Router solicitations and announcements, with their options.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local SOLICIT, ANNOUNCE = 133, 134
local SOLICIT_LEN, ANNOUNCE_LEN = 8, 16
local OPT_PREFIX, OPT_MTU, OPT_ROUTE = 3, 5, 24
local ADDR_BITS, AUTO_BITS = 64, 16
local AUTO = 0x40
local FOREVER = 0xffffffff
local MTU_MIN = 576

local C, E = W.C, W.E

W.messages[SOLICIT] = function(packet, part, tree)
	W.neigh_check(packet, part, tree, SOLICIT_LEN)
	W.add_reserved(tree, C.reserved, part:range(4, 4))
	W.add_rest(tree, C.data, part, SOLICIT_LEN)
end

-- --- options: each function shows one, of which all bytes are there -------------------------

local function add_lifetime(tree, field, range)
	local item = tree:add(field, range)

	if range:uint() == FOREVER then
		item:append_text(" (does not end)")
	end
	return item
end

local function add_prefix_length(tree, field, range)
	local item = tree:add(field, range)

	if range:uint() > ADDR_BITS then
		W.remark(item, E.unusual, ("An address has %d bits"):format(ADDR_BITS))
	end
end

local function add_prefix(tree, field, part, offset)
	local text = ("%s/%d"):format(W.address_text(part:address(offset)), part:uint(2, 1))

	tree:add(field, part:range(offset, W.ADDR_LEN), text)
	tree:append_text(", " .. text)
end

local function add_prefix_flags(tree, part)
	local range = part:range(3, 1)

	tree:add(C.prefix_onlink, range)
	local item = tree:add(C.prefix_auto, range)

	if range:uint() % (2 * AUTO) >= AUTO and part:uint(2, 1) ~= AUTO_BITS then
		W.remark(item, E.unusual,
			("Addresses are made of prefixes of %d bits only"):format(AUTO_BITS))
	end
	W.add_reserved(tree, C.prefix_reserved, range, range:uint() % AUTO)
end

local function option_prefix(part, tree)
	add_prefix_length(tree, C.prefix_len, part:range(2, 1))
	add_prefix_flags(tree, part)
	add_lifetime(tree, C.prefix_valid, part:range(4, 4))
	local item = add_lifetime(tree, C.prefix_preferred, part:range(8, 4))

	if part:uint(8, 4) > part:uint(4, 4) then
		W.remark(item, E.unusual, "The preferred lifetime is at most the valid one")
	end
	W.add_reserved(tree, C.opt_reserved, part:range(12, 4))
	add_prefix(tree, C.prefix, part, 16)
end

local function option_mtu(part, tree)
	local range = part:range(4, 4)

	W.add_reserved(tree, C.opt_reserved, part:range(2, 2))
	local item = tree:add(C.opt_mtu, range)

	tree:append_text((", %d"):format(range:uint()))
	if range:uint() < MTU_MIN then
		W.remark(item, E.unusual, ("No link's MTU is below %d"):format(MTU_MIN))
	end
end

local function option_route(part, tree)
	local range = part:range(3, 1)

	add_prefix_length(tree, C.route_len, part:range(2, 1))
	tree:add(C.route_pref, range)
	W.add_reserved(tree, C.route_reserved, range, range:uint() - range:uint() % 32 + range:uint() % 8)
	add_lifetime(tree, C.route_lifetime, part:range(4, 4))
	add_prefix(tree, C.route, part, 8)
end

local options = {
	[OPT_PREFIX] = { units = 3, show = option_prefix },
	[OPT_MTU] = { units = 1, show = option_mtu },
	[OPT_ROUTE] = { units = 2, show = option_route },
}

-- --- announcement ---------------------------------------------------------------------------

local function add_option_data(part, tree, kind, len_item)
	local option = options[kind]

	if option and part.len == 8 * option.units then
		option.show(part, tree)
		return
	elseif option then
		W.remark(len_item, E.unusual, ("This option has a length of %d"):format(option.units))
	end
	W.add_rest(tree, C.opt_data, part, 2)
end

-- Shows the option that the part begins with; returns its length, nil if it has none.
local function add_option(packet, part, tree)
	if W.lacks(packet, part, 2, tree, "DropNeighbour", "No room for an option") then
		return nil
	end
	local kind, len = part:uint(0, 1), part:uint(1, 1) * 8
	local item = tree:add(C.opt, part:range(0, math.min(part.have, math.max(len, 2))))

	item:set_text("Option: " .. (W.opt_names[kind] or ("type %d"):format(kind)))
	item:add(C.opt_type, part:range(0, 1))
	local len_item = item:add(C.opt_len, part:range(1, 1))

	if len == 0 then
		W.malformed(packet, len_item, "DropNeighbour", "No option has a length of 0")
		return nil
	elseif W.lacks(packet, part, len, len_item, "DropNeighbour",
			"The option ends behind the message") then
		return nil
	end
	add_option_data(W.Part.new(part.tvb, part.at, len, len), item, kind, len_item)
	return len
end

local function add_options(packet, part, tree)
	local at = 0

	while at < part.len do
		local len = add_option(packet, part:rest(at), tree)

		if not len then
			return
		end
		at = at + len
	end
end

W.messages[ANNOUNCE] = function(packet, part, tree, name)
	if not W.neigh_check(packet, part, tree, ANNOUNCE_LEN) then
		return
	end
	local pref = part:range(5, 1)

	tree:add(C.ra_hop_limit, part:range(4, 1))
	tree:add(C.ra_pref, pref)
	W.add_reserved(tree, C.ra_reserved, pref, pref:uint() % 0x40)
	tree:add(C.ra_lifetime, part:range(6, 2))
	tree:add(C.ra_reachable, part:range(8, 4))
	tree:add(C.ra_retrans, part:range(12, 4))
	W.set_info(packet, ("%s, lifetime %d s"):format(name, part:uint(6, 2)))
	add_options(packet, part:rest(ANNOUNCE_LEN), tree)
end
