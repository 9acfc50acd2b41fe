-- SPDX-License-Identifier: GPL-2.0
-- The options of segments.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local END, NOP, MSS, SACK, KIND = 0, 1, 2, 5, 64
local HDR_LEN = 32
local MSS_MIN = 64
local SACK_MAX = 4
local MESSAGES = 1

local S, E = W.S, W.E

-- --- reading ---------------------------------------------------------------------------

-- Why the length of an option is wrong, if it is; `left` bytes remain.
local function wrong_length(kind, len, left)
	if len < 2 then
		return "No option is so short"
	elseif len > left then
		return "The option ends behind the header"
	elseif kind == SACK and (len < 10 or len % 8 ~= 2) then
		return "SACK has pairs of 8 bytes"
	elseif (kind == MSS or kind == KIND) and len ~= 4 then
		return "This option has 4 bytes"
	end
	return nil
end

local function read_option(part, at, limit)
	local option = { at = at, kind = part:uint(at, 1), len = 1 }

	if option.kind == END then
		option.len = limit - at
	elseif option.kind ~= NOP and limit - at < 2 then
		option.wrong = "No room for an option's length"
	elseif option.kind ~= NOP then
		option.said = part:uint(at + 1, 1)
		option.wrong = wrong_length(option.kind, option.said, limit - at)
		option.len = option.wrong and limit - at or option.said
	end
	return option
end

-- Returns a list of options; the last one may have something `wrong`.
function W.read_stream_options(part, segment)
	local options, at = {}, HDR_LEN

	while at < segment.hdr_len do
		local option = read_option(part, at, segment.hdr_len)

		options[#options + 1] = option
		at = at + option.len
		if option.kind == KIND and not option.wrong and segment.syn then
			segment.messages = part:uint(option.at + 2, 1) == MESSAGES
		end
	end
	return options
end

-- --- showing ---------------------------------------------------------------------------

local function add_mss(packet, part, item, option, segment)
	local range = part:range(option.at + 2, 2)
	local line = item:add(S.mss, range)

	W.append_info(packet, (" MSS=%d"):format(range:uint()))
	item:append_text((", %d bytes"):format(range:uint()))
	if range:uint() < MSS_MIN then
		W.remark(line, E.unusual, ("It counts as %d"):format(MSS_MIN))
	end
	return segment.syn
end

local function add_kind(packet, part, item, option, segment)
	local range = part:range(option.at + 2, 1)
	local line = item:add(S.kind, range)

	if range:uint() > MESSAGES then
		W.remark(line, E.unusual, "Nobody knows this kind")
	elseif range:uint() == MESSAGES then
		W.append_info(packet, " Messages")
		item:append_text(", messages")
	end
	W.add_reserved(item, S.kind_reserved, part:range(option.at + 3, 1))
	return segment.syn
end

local function read_block(part, at)
	return { at = at, from = part:uint(at, 4), to = part:uint(at + 4, 4) }
end

-- The first block may be of what came twice (RFC 2883): acknowledged, or in the second.
local function is_duplicate(blocks, segment)
	local first, second = blocks[1], blocks[2]

	return W.seq_after(first.to, segment.ack) <= 0 or (second and
		W.seq_after(first.from, second.from) >= 0 and W.seq_after(first.to, second.to) <= 0)
end

local function add_block(part, tree, block, base, twice)
	local range = part:range(block.at, 8)
	local item = tree:add(S.sack, range)
	local text = ("%d-%d"):format((block.from - base) % 2^32, (block.to - base) % 2^32)

	item:set_text((twice and "Came twice: " or "Came: ") .. text)
	item:add(S.sack_from, part:range(block.at, 4))
	item:add(S.sack_to, part:range(block.at + 4, 4))
	if twice then
		item:add(S.sack_twice, range):set_generated()
	end
	if W.seq_after(block.to, block.from) <= 0 then
		W.remark(item, E.unusual, "It ends before it begins, and is ignored")
	end
	return text
end

local function add_sack(packet, part, item, option, segment, base)
	local blocks, texts = {}, {}

	for at = option.at + 2, option.at + option.len - 8, 8 do
		blocks[#blocks + 1] = read_block(part, at)
	end
	for i, block in ipairs(blocks) do
		texts[i] = add_block(part, item, block, base, i == 1 and is_duplicate(blocks, segment))
	end
	W.append_info(packet, " SACK=" .. table.concat(texts, ","))
	if #blocks > SACK_MAX then
		W.remark(item, E.unusual, ("Nobody reads more than %d"):format(SACK_MAX))
	end
	return segment.with_ack
end

-- These return false if the option does not go with the segment's flags.
local show = { [MSS] = add_mss, [SACK] = add_sack, [KIND] = add_kind }

local function add_option(packet, part, tree, option, segment, base)
	local item = tree:add(S.opt, part:range(option.at, option.len))

	item:set_text("Option: " .. (W.stream_opt_names[option.kind] or "unknown"))
	item:add(S.opt_type, part:range(option.at, 1))
	if option.said then
		item:add(S.opt_len, part:range(option.at + 1, 1))
	end
	if option.wrong then
		W.malformed(packet, item, "DropStreamOption", option.wrong)
	elseif show[option.kind] then
		if not show[option.kind](packet, part, item, option, segment, base) then
			W.remark(item, E.unusual, "It says nothing without the flag that it goes with")
		end
	elseif option.len > 2 and option.kind ~= END then
		item:add(S.opt_data, part:range(option.at + 2, option.len - 2))
	end
end

-- Shows options; the numbers of SACK count from `base`.
function W.add_stream_options(packet, part, tree, options, segment, base)
	for _, option in ipairs(options) do
		add_option(packet, part, tree, option, segment, base)
	end
end
