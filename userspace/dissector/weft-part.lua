-- SPDX-License-Identifier: GPL-2.0
-- Messages in a connection of messages: parts with a header each, cut into segments
-- anywhere. They are read in the order of their sequence numbers.
--
-- A reader is
--	at		the sequence number where it goes on
--	waiting		sequence number: payload that came before its turn, and what is
--			known of its segment
--	header		the bytes of a part's header that came
--	left		bytes of payload of the part that are still to come
--	size		bytes of the message so far
--	inside		the message has begun
--	ends		the part is its last one
-- and a stretch of payload, which belongs to one part,
--	at, header, payload	its offset, bytes of the header in it, bytes after these
--	word		the header, if it ends in this stretch
--	left		bytes of the part that follow elsewhere
--	ends		the message ends here
--	whole		and began here
--	too_long	nobody reads such a message

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local HDR_LEN = 4
local END = 2^31
local MESSAGE_MAX = 262144

local S, E = W.S, W.E

-- --- reading ---------------------------------------------------------------------------

local function word_of(bytes)
	local a, b, c, d = bytes:byte(1, HDR_LEN)

	return ((a * 256 + b) * 256 + c) * 256 + d
end

-- Reads bytes of a header, all of it or what there is; returns how many.
local function read_header(reader, bytes, stretch)
	local piece = bytes:sub(1, HDR_LEN - #reader.header)

	reader.header = reader.header .. piece
	stretch.whole = not reader.inside and #piece == HDR_LEN
	reader.inside = true
	if #reader.header == HDR_LEN then
		stretch.word = word_of(reader.header)
		reader.header = ""
		reader.ends = stretch.word >= END
		reader.left = stretch.word % END
		reader.size = reader.size + reader.left
	end
	return #piece
end

-- Reads the next stretch from an offset on; returns it and the offset behind it.
local function read_stretch(reader, payload, at)
	local stretch = { at = at, header = 0 }

	if reader.left == 0 then
		stretch.header = read_header(reader, payload:sub(at + 1, at + HDR_LEN), stretch)
	end
	at = at + stretch.header
	stretch.payload = math.min(reader.left, #payload - at)
	reader.left = reader.left - stretch.payload
	stretch.left = reader.left
	stretch.ends = reader.header == "" and reader.left == 0 and reader.ends
	stretch.whole = stretch.whole and stretch.ends
	stretch.too_long = reader.size > MESSAGE_MAX
	if stretch.ends then
		reader.inside, reader.size = false, 0
	end
	return stretch, at + stretch.payload
end

local function read(reader, payload, at)
	local stretches = {}
	local stretch

	while at < #payload do
		stretch, at = read_stretch(reader, payload, at)
		stretches[#stretches + 1] = stretch
		if stretch.too_long then
			break
		end
	end
	return stretches
end

-- Takes payload whose turn it is: returns it, and how many of its bytes have been read.
local function take(reader)
	for seq, piece in pairs(reader.waiting) do
		local old = -W.seq_after(seq, reader.at)

		if old >= 0 then
			reader.waiting[seq] = nil
			if old < #piece.payload then
				return piece, old
			end
		end
	end
	return nil
end

-- Reads on with the payload of a segment, nil if the capture has not all of it.
function W.learn_parts(known, segment, payload)
	local own = known.own

	if segment.syn then
		own.reader = { at = (segment.seq + 1) % 2^32, waiting = {}, header = "", left = 0,
			size = 0 }
	end
	local reader = own.reader

	if not reader or not known.connection.messages or not payload or payload == "" then
		return
	end
	local first = (segment.seq + (segment.syn and 1 or 0)) % 2^32

	reader.waiting[first] = { payload = payload, known = known }
	local piece, old = take(reader)

	while piece do
		piece.known.parts = read(reader, piece.payload, old)
		reader.at = (reader.at + #piece.payload - old) % 2^32
		piece, old = take(reader)
	end
end

-- --- showing ---------------------------------------------------------------------------

local function describe(stretch)
	local text = "Part"

	if stretch.word then
		text = ("Part, %d bytes"):format(stretch.word % END)
	elseif stretch.header > 0 then
		text = "Part, the header goes on"
	end
	if stretch.left > 0 then
		text = ("%s, %d follow"):format(text, stretch.left)
	end
	return stretch.ends and text .. ", ends a message" or text
end

local function add_stretch(packet, part, tree, stretch, segment)
	local item = tree:add(S.part, part:range(stretch.at, stretch.header + stretch.payload))

	item:set_text(describe(stretch))
	if stretch.word then
		local header = part:range(stretch.at, stretch.header)

		item:add(S.part_end, header, stretch.word)
		item:add(S.part_len, header, stretch.word)
	end
	if stretch.payload > 0 then
		local range = part:range(stretch.at + stretch.header, stretch.payload)

		item:add(S.message, range)
		if stretch.whole then
			W.hand_on(packet, W.segment_table, range, segment.sport, segment.dport)
		end
	end
	if stretch.too_long then
		W.remark(item, E.invalid, ("A message of more than %d bytes ends the connection"):format(
			MESSAGE_MAX))
	end
end

-- Shows what is known of the parts in a payload.
function W.add_parts(packet, part, tree, segment, known)
	for _, stretch in ipairs(known.parts or {}) do
		add_stretch(packet, part, tree, stretch, segment)
	end
end
