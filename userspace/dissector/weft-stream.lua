-- SPDX-License-Identifier: GPL-2.0
-- Segments of streams.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local STREAM, HDR_LEN = 6, 32
-- Of a segment that an error quotes: the ports and the sequence number.
local QUOTE_LEN = 8
local FIN, SYN, RST, PSH, ACK, RESERVED, ECE, CWR = 1, 2, 4, 8, 16, 32, 64, 128

local S, E = W.S, W.E

local flag_names = {
	{ FIN, "FIN" }, { SYN, "SYN" }, { RST, "RST" }, { PSH, "PSH" }, { ACK, "ACK" },
	{ ECE, "ECE" }, { CWR, "CWR" },
}

local remark_names = {
	retransmission = "Sent again",
	needless = "Sent again needlessly",
	out_of_order = "Out of order",
	gap = "Gap before",
	probe = "Probe",
	zero_window = "Zero window",
}

local function has(flags, bit)
	return math.floor(flags / bit) % 2 == 1
end

-- --- reading ---------------------------------------------------------------------------

-- A segment is its header's numbers, and
--	payload		bytes of payload
--	len		how many sequence numbers it takes
--	messages	it opens a connection of messages
local function read(part)
	local flags = part:uint(13, 1)
	local segment = {
		sport = part:uint(0, 2),
		dport = part:uint(2, 2),
		seq = part:uint(4, 4),
		ack = part:uint(8, 4),
		hdr_len = part:uint(12, 1),
		flags = flags,
		syn = has(flags, SYN),
		fin = has(flags, FIN),
		reset = has(flags, RST),
		with_ack = has(flags, ACK),
		window = part:uint(16, 4),
		stamp = part:uint(20, 4),
		echo = part:uint(24, 4),
	}

	segment.payload = math.max(part.len - segment.hdr_len, 0)
	segment.len = segment.payload + (segment.syn and 1 or 0) + (segment.fin and 1 or 0)
	return segment
end

-- --- checks, in the order of a receiver ------------------------------------------------------

-- Returns false if it cannot be known where the header ends.
local function check_length(packet, part, item, segment)
	local len = segment.hdr_len

	if len >= HDR_LEN and len <= part.len and len % 4 == 0 then
		return true
	end
	W.malformed(packet, item, "DropStreamShort",
		("The length is %d, a multiple of 4 from %d to %d is right"):format(len, HDR_LEN,
			part.len))
	return false
end

local function check_flags(packet, item, segment)
	if segment.syn and (segment.fin or segment.reset) then
		W.invalid(packet, item, "DropStreamFlags", "S does not go with F or R")
	elseif segment.fin and not segment.with_ack then
		W.invalid(packet, item, "DropStreamFlags", "F does not go without A")
	elseif not (segment.syn or segment.reset or segment.with_ack) then
		W.invalid(packet, item, "DropStreamFlags", "One of S, R and A is set in each segment")
	end
end

-- --- the header ------------------------------------------------------------------------------

local function flags_text(flags)
	local names = {}

	for _, flag in ipairs(flag_names) do
		if has(flags, flag[1]) then
			names[#names + 1] = flag[2]
		end
	end
	return table.concat(names, ", ")
end

local function add_flags(tree, range)
	local flags = range:uint()
	local item = tree:add(S.flags, range)

	item:append_text((" (%s)"):format(flags_text(flags)))
	item:add(S.cwr, range)
	item:add(S.ece, range)
	W.add_reserved(item, S.flags_reserved, range, has(flags, RESERVED) and RESERVED or 0)
	item:add(S.with_ack, range)
	item:add(S.push, range)
	item:add(S.reset, range)
	item:add(S.syn, range)
	item:add(S.fin, range)
	return item
end

-- Adds the header; returns the items of its numbers, nil if its length cannot be.
local function add_header(packet, part, tree, segment)
	local sport = W.add_port(tree, S, S.srcport, part:range(0, 2))
	local dport = W.add_port(tree, S, S.dstport, part:range(2, 2))
	local items = { seq = tree:add(S.seq, part:range(4, 4)) }

	items.ack = tree:add(S.ack, part:range(8, 4))
	if not check_length(packet, part, tree:add(S.len, part:range(12, 1)), segment) then
		return nil
	end
	W.check_port(packet, sport, segment.sport, "DropStreamPort")
	W.check_port(packet, dport, segment.dport, "DropStreamPort")
	if part:uint(28, 2) ~= 0 then
		W.invalid(packet, tree, "DropStreamPort", "The stream number is 0")
	end
	check_flags(packet, add_flags(tree, part:range(13, 1)), segment)
	W.add_checksum(packet, part, tree, 14, S)
	tree:add(S.window, part:range(16, 4))
	tree:add(S.stamp, part:range(20, 4))
	items.echo = tree:add(S.echo, part:range(24, 4))
	tree:add(S.number, part:range(28, 2))
	W.add_reserved(tree, S.reserved, part:range(30, 2))
	return items
end

-- --- what other segments tell ----------------------------------------------------------------

local function add_relative(item, field, value)
	item:add(field, value):set_generated()
end

local function add_known(packet, tree, items, segment, known)
	local own = known.own.base

	tree:add(S.index, known.connection.index):set_generated()
	add_relative(items.seq, S.seq_relative, (segment.seq - own) % 2^32)
	add_relative(items.seq, S.next_relative, (segment.seq + segment.len - own) % 2^32)
	if segment.with_ack then
		add_relative(items.ack, S.ack_relative, (segment.ack - known.other.base) % 2^32)
	end
	if known.echo then
		items.echo:add(S.echo_of, known.echo.frame):set_generated()
		W.add_duration(items.echo, S.echo_time, packet.pinfo.rel_ts - known.echo.time)
	end
	if known.remark then
		W.remark(tree, E[known.remark], remark_names[known.remark])
	end
end

-- What to subtract of sequence numbers and acknowledgments where they are shown in short.
local function bases(known)
	if known and W.weft.prefs.relative then
		return known.own.base, known.other.base or 0
	end
	return 0, 0
end

local function set_info(packet, tree, segment, known)
	local seq_base, ack_base = bases(known)
	local ports = ("%d → %d"):format(segment.sport, segment.dport)
	local ack = segment.with_ack and (" Ack=%d"):format((segment.ack - ack_base) % 2^32) or ""
	local text = ("%s [%s] Seq=%d%s Win=%d Len=%d"):format(ports, flags_text(segment.flags),
		(segment.seq - seq_base) % 2^32, ack, segment.window, segment.payload)

	tree:append_text(", " .. ports)
	if known and known.remark then
		text = ("[%s] %s"):format(remark_names[known.remark], text)
	end
	W.set_info(packet, text)
	return ack_base
end

-- --- the segment -----------------------------------------------------------------------------

local function add_payload(packet, part, tree, segment, known)
	if part.have <= 0 then
		return
	end
	tree:add(S.payload, part:range(0))
	if known and known.connection.messages then
		W.add_parts(packet, part, tree, segment, known)
	else
		W.hand_on(packet, W.segment_table, part:range(0), segment.sport, segment.dport)
	end
end

local function payload_of(part)
	return part.have == part.len and part.have > 0 and part:range(0):raw() or nil
end

-- The options, all captured, and the payload.
local function add_rest(packet, part, tree, segment, items)
	local options = W.read_stream_options(part, segment)
	local last, rest = options[#options], part:rest(segment.hdr_len)
	local known

	if not last or not last.wrong then
		known = W.converse(packet, segment, payload_of(rest))
	end
	if known then
		add_known(packet, tree, items, segment, known)
	end
	local base = set_info(packet, tree, segment, known)

	W.add_stream_options(packet, part, tree, options, segment, base)
	add_payload(packet, rest, tree, segment, known)
end

-- A quote may end in the header.
local function add_quote(part, tree)
	W.add_port(tree, S, S.srcport, part:range(0, 2))
	W.add_port(tree, S, S.dstport, part:range(2, 2))
	tree:add(S.seq, part:range(4, 4))
end

W.transports[STREAM] = function(packet, part)
	local tree = packet.tree:add(W.weft_stream, part:range(0))

	W.set_protocol(packet, "Weft-Stream")
	W.set_info(packet, "Stream segment")
	if W.lacks(packet, part, HDR_LEN, tree, "DropStreamShort", "No room for a segment's header") then
		if packet.quoted and part.have >= QUOTE_LEN then
			add_quote(part, tree)
		end
		return
	end
	local segment = read(part)
	local items = add_header(packet, part, tree, segment)

	if not items or W.lacks(packet, part, segment.hdr_len, tree) then
		set_info(packet, tree, segment)
	else
		add_rest(packet, part, tree, segment, items)
	end
end
