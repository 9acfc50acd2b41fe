-- SPDX-License-Identifier: GPL-2.0
-- Control messages: what they have in common, echo, errors.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local CONTROL, HDR_LEN = 1, 8
local UNREACH, TOOBIG, TIME, PARAM = 1, 2, 3, 4
local ECHO_REQUEST, ECHO_REPLY, GROUP_QUERY, REDIRECT = 128, 129, 130, 137
-- Of the quoted packet: its header, and the ports or the identifier after it.
local QUOTE_HDR_LEN, QUOTE_MIN = 24, 32
local QUOTE_LEN_MAX = 65535
local MTU_MIN = 576

local C, E = W.C, W.E

-- type: function(packet, part, tree, name, type), called with a whole header.
W.messages = {}

local function add_code(tree, part, kind)
	local code = part:uint(1, 1)
	local item = tree:add(C.code, part:range(1, 1))
	local text = (W.code_names[kind] or {})[code]

	if text then
		item:append_text((" (%s)"):format(text))
	elseif code ~= 0 and kind < GROUP_QUERY then
		W.remark(item, E.unusual, "This type has no such code")
	end
end

W.transports[CONTROL] = function(packet, part)
	local tree = packet.tree:add(W.weft_ctl, part:range(0))

	W.set_protocol(packet, "Weft-Ctl")
	W.set_info(packet, "Control message")
	if W.lacks(packet, part, HDR_LEN, tree, "DropControlShort",
			"No room for a control message's header") then
		return
	end
	local kind = part:uint(0, 1)
	local name = W.type_names[kind] or ("Control message of unknown type %d"):format(kind)
	local item = tree:add(C.type, part:range(0, 1))

	packet.kind = kind
	tree:append_text(", " .. name)
	W.set_info(packet, name)
	add_code(tree, part, kind)
	W.add_checksum(packet, part, tree, 2, C)
	if W.messages[kind] then
		W.messages[kind](packet, part, tree, name, kind)
	else
		W.invalid(packet, item, "DropControlType", "Nobody knows this type")
		W.add_rest(tree, C.data, part, 4)
	end
end

-- --- echo --------------------------------------------------------------------------------

local function echo_key(asker, responder, part)
	return "echo" .. asker .. responder .. part:range(4, 4):raw()
end

local function add_echo(packet, part, tree, name)
	tree:add(C.echo_id, part:range(4, 2))
	tree:add(C.echo_seq, part:range(6, 2))
	W.add_rest(tree, C.echo_data, part, HDR_LEN)
	W.set_info(packet, ("%s id=0x%04x, seq=%d, hop limit=%d"):format(name, part:uint(4, 2),
		part:uint(6, 2), packet.hop_limit))
end

-- Whoever answers a request to a group does so from an address of its own.
W.messages[ECHO_REQUEST] = function(packet, part, tree, name)
	local many = W.is_group(packet.dst)

	add_echo(packet, part, tree, name)
	local answered = W.add_question(packet, tree,
		echo_key(packet.src, many and "group" or packet.dst, part))

	-- Before the second look nobody can know.
	if not answered and not many and not packet.quoted and packet.pinfo.visited then
		W.remark(tree, E.no_reply, "No reply seen")
		W.append_info(packet, " (no reply seen)")
	end
end

W.messages[ECHO_REPLY] = function(packet, part, tree, name)
	add_echo(packet, part, tree, name)
	W.add_answer(packet, tree, echo_key(packet.dst, packet.src, part),
		echo_key(packet.dst, "group", part))
end

-- --- errors --------------------------------------------------------------------------------

-- Shows the packet that a message quotes and returns it. A quote in a quote is left
-- as bytes, so that nothing nests without end.
function W.add_quote(packet, part, tree, offset)
	if packet.quoted then
		W.add_rest(tree, C.data, part, offset)
		return nil
	end
	local quoted = {
		pinfo = packet.pinfo,
		tree = tree:add(C.quote, part:range(offset)),
		quoted = true,
	}

	quoted.good = W.network(quoted, W.Part.new(part.tvb, part.at + offset, QUOTE_LEN_MAX,
		part.have - offset))
	return quoted
end

-- Why an error about this packet should not be, if it should not.
local function error_forbidden(quoted, kind)
	if quoted.kind and (quoted.kind < ECHO_REQUEST or quoted.kind == REDIRECT) then
		return "An error never answers an error or a redirect"
	elseif quoted.later_fragment then
		return "An error never answers a fragment other than the first"
	elseif quoted.dst and W.is_group(quoted.dst) and kind ~= TOOBIG then
		return "An error never answers a packet to a group, but packet too big does"
	end
	return nil
end

local function add_error_quote(packet, part, tree, kind)
	local quoted = W.add_quote(packet, part, tree, HDR_LEN)

	if not quoted then
		return
	end
	local forbidden = error_forbidden(quoted, kind)

	if part.len < HDR_LEN + QUOTE_MIN or
			(not quoted.good and part.have >= HDR_LEN + QUOTE_HDR_LEN) then
		W.invalid(packet, quoted.tree, "DropControlQuote", "This names no packet of anybody")
	end
	if forbidden then
		W.remark(quoted.tree, E.unusual, forbidden)
	end
	if packet.len > MTU_MIN then
		W.remark(quoted.tree, E.unusual,
			("An error has at most %d bytes"):format(MTU_MIN))
	end
end

local function add_mtu(packet, tree, range)
	local item = tree:add(C.mtu, range)

	W.append_info(packet, (" (MTU %d)"):format(range:uint()))
	if range:uint() < MTU_MIN then
		W.remark(item, E.unusual, ("No link's MTU is below %d"):format(MTU_MIN))
	end
end

local function add_pointer(packet, tree, range)
	tree:add(C.pointer, range)
	W.append_info(packet, (" (at offset %d)"):format(range:uint()))
end

local function add_unused(packet, tree, range, code)
	W.add_reserved(tree, C.reserved, range)
	W.append_info(packet, code and (" (%s)"):format(code) or "")
end

local add_rest32 = {
	[UNREACH] = add_unused,
	[TOOBIG] = add_mtu,
	[TIME] = add_unused,
	[PARAM] = add_pointer,
}

for kind, add in pairs(add_rest32) do
	W.messages[kind] = function(packet, part, tree)
		add(packet, tree, part:range(4, 4), W.code_names[kind][part:uint(1, 1)])
		add_error_quote(packet, part, tree, kind)
	end
end
