-- SPDX-License-Identifier: GPL-2.0
-- Membership queries and reports.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local QUERY, REPORT = 130, 143
local QUERY_LEN, REPORT_LEN, RECORD_LEN = 24, 8, 16
local ALL_NODES, REPORTS = "ff02::1", "ff02::16"

local C, E = W.C, W.E

-- The sources from an offset on; returns the offset behind them, nil if they are not there.
local function add_sources(packet, part, tree, offset, n)
	if W.lacks(packet, part, offset + n * W.ADDR_LEN, tree, "DropNeighbour",
			"The sources end behind the message") then
		return nil
	end
	for _ = 1, n do
		W.add_address(tree, C.group_source, part, offset)
		offset = offset + W.ADDR_LEN
	end
	return offset
end

local function add_group(tree, part, offset, general)
	local item, addr, text = W.add_address(tree, C.group, part, offset)

	if not W.is_group(addr) and not (general and addr == W.ANY) then
		W.remark(item, E.unusual, "This is no group")
	end
	return addr, text
end

-- --- query ------------------------------------------------------------------------------------

local function check_query(packet, tree, group, text, n)
	local general = group == W.ANY

	if general and n > 0 then
		W.invalid(packet, tree, "DropNeighbour", "A general query has no sources")
	end
	if W.address_text(packet.dst) ~= (general and ALL_NODES or text) then
		W.invalid(packet, tree, "DropNeighbour",
			"A query goes to the group that it is about, or to all nodes")
	end
end

W.messages[QUERY] = function(packet, part, tree, name)
	if not W.neigh_check(packet, part, tree, QUERY_LEN) then
		return
	end
	local flags, n = part:range(16, 1), part:uint(20, 2)

	tree:add(C.group_response, part:range(4, 4))
	local group, text = add_group(tree, part, 8, true)

	W.add_reserved(tree, C.group_flags_reserved, flags, flags:uint() - flags:uint() % 16)
	tree:add(C.group_suppress, flags)
	tree:add(C.group_robustness, flags)
	W.add_reserved(tree, C.group_reserved8, part:range(17, 1))
	tree:add(C.group_interval, part:range(18, 2))
	tree:add(C.group_sources, part:range(20, 2))
	W.add_reserved(tree, C.group_reserved16, part:range(22, 2))
	check_query(packet, tree, group, text, n)
	W.set_info(packet, group == W.ANY and name .. ", general" or
		("%s for %s, %d sources"):format(name, text, n))
	local at = add_sources(packet, part, tree, QUERY_LEN, n)

	if at then
		W.add_rest(tree, C.data, part, at)
	end
end

-- --- report -----------------------------------------------------------------------------------

-- Shows the record at an offset; returns the offset behind it, nil if it is not there.
local function add_record(packet, part, tree, offset)
	if W.lacks(packet, part, offset + RECORD_LEN, tree, "DropNeighbour",
			"The records end behind the message") then
		return nil
	end
	local kind, n = part:uint(offset, 1), part:uint(offset + 2, 2)
	local len = math.min(RECORD_LEN + n * W.ADDR_LEN, part.have - offset)
	local item = tree:add(C.group_record, part:range(offset, len))
	local kind_item = item:add(C.group_record_type, part:range(offset, 1))

	if not W.record_names[kind] then
		W.remark(kind_item, E.unusual, "Nobody knows this type of record")
	end
	W.add_reserved(item, C.group_reserved8, part:range(offset + 1, 1))
	item:add(C.group_sources, part:range(offset + 2, 2))
	W.add_reserved(item, C.reserved, part:range(offset + 4, 4))
	local _, text = add_group(item, part, offset + 8)

	item:set_text(("Record: %s, %s, %d sources"):format(text,
		W.record_names[kind] or ("type %d"):format(kind), n))
	return add_sources(packet, part, item, offset + RECORD_LEN, n)
end

W.messages[REPORT] = function(packet, part, tree, name)
	if not W.neigh_check(packet, part, tree, REPORT_LEN) then
		return
	end
	local n, at = part:uint(6, 2), REPORT_LEN

	if W.address_text(packet.dst) ~= REPORTS then
		W.invalid(packet, tree, "DropNeighbour", "A report goes to " .. REPORTS)
	end
	W.add_reserved(tree, C.group_reserved16, part:range(4, 2))
	tree:add(C.group_records, part:range(6, 2))
	W.set_info(packet, ("%s, %d records"):format(name, n))
	for _ = 1, n do
		at = add_record(packet, part, tree, at)
		if not at then
			return
		end
	end
	W.add_rest(tree, C.data, part, at)
end
