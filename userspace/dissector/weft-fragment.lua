-- SPDX-License-Identifier: GPL-2.0
-- Fragments, and the packets that they are put together to. A frame's fragment is
-- taken when the frame is dissected for the first time; each capture file begins anew.
--
-- luacheck: read globals ByteArray

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local FRAGMENT, HDR_LEN = 44, 8
local NETWORK_HDR_LEN, LEN_MAX = 24, 65535
local DATA_MIN = 256
local WAIT = 30		-- seconds

local F, E = W.F, W.E

-- --- queues -----------------------------------------------------------------------------
-- A queue is the list of fragments of one packet and
--	time	when the first came
--	have	bytes of data
--	stop	the end of the last by offset
--	total	bytes of the whole, once the last fragment is there
--	overlap	fragments overlap: nothing comes of it
--	whole, next, frame	the packet put together, its next header, in which frame

local queues		-- key: the queue that waits
local taken		-- frame: the fragment in it and its queue

function W.fragment_init()
	queues, taken = {}, {}
end

local function overlaps(queue, fragment)
	local stop = fragment.offset + fragment.len

	for _, other in ipairs(queue) do
		if fragment.offset < other.offset + other.len and other.offset < stop then
			return true
		end
	end
	if fragment.more then
		return queue.total and stop > queue.total
	end
	return queue.total or queue.stop > stop
end

local function is_duplicate(queue, fragment)
	for _, other in ipairs(queue) do
		if other.offset == fragment.offset and other.more == fragment.more and
				other.data == fragment.data then
			return true
		end
	end
	return false
end

local function queue_add(queue, fragment)
	local stop = fragment.offset + fragment.len

	table.insert(queue, fragment)
	queue.have = queue.have + fragment.len
	queue.stop = math.max(queue.stop, stop)
	if not fragment.more then
		queue.total = stop
	end
end

local function queue_join(queue, frame)
	local data = {}

	table.sort(queue, function(a, b) return a.offset < b.offset end)
	for i, fragment in ipairs(queue) do
		data[i], fragment.data = fragment.data, nil
	end
	queue.whole = table.concat(data)
	queue.next = queue[1].next
	queue.frame = frame
end

local function queue_find(key, now)
	local queue = queues[key]

	if not queue or now - queue.time > WAIT then
		queue = { time = now, have = 0, stop = 0 }
		queues[key] = queue
	end
	return queue
end

local function queue_take(queue, fragment)
	if queue.overlap then
		return
	elseif is_duplicate(queue, fragment) then
		fragment.duplicate = true
	elseif overlaps(queue, fragment) then
		queue.overlap = true
	else
		queue_add(queue, fragment)
	end
end

-- Returns the fragment of this frame and its queue.
local function learn(packet, fragment)
	local pinfo = packet.pinfo
	local known = taken[pinfo.number]

	if known then
		return known.fragment, known.queue
	end
	local key = packet.src .. packet.dst .. packet.class .. "/" .. fragment.id
	local queue = queue_find(key, pinfo.rel_ts)

	fragment.frame = pinfo.number
	taken[pinfo.number] = { fragment = fragment, queue = queue }
	queue_take(queue, fragment)
	if queue.have == queue.total and not queue.overlap then
		queue_join(queue, pinfo.number)
		queues[key] = nil
	end
	return fragment, queue
end

-- --- the packet put together ------------------------------------------------------------------

local function add_fragments(tree, queue, tvb)
	local item = tree:add(F.fragments, tvb:range(0))

	item:set_text(("%d fragments, %d bytes"):format(#queue, #queue.whole))
	item:set_generated()
	for _, fragment in ipairs(queue) do
		local line = item:add(F.fragment, tvb:range(fragment.offset, fragment.len), fragment.frame)

		line:append_text((", bytes %d to %d"):format(fragment.offset,
			fragment.offset + fragment.len - 1))
		line:set_generated()
	end
	item:add(F.fragment_count, #queue):set_generated()
	item:add(F.reassembled_len, #queue.whole):set_generated()
end

local function show_whole(packet, queue)
	local tvb = ByteArray.new(queue.whole, true):tvb("Reassembled packet")

	add_fragments(packet.item, queue, tvb)
	packet.next = queue.next
	packet.whole = true
	W.transport(packet, W.Part.new(tvb, 0, tvb:len(), tvb:len()), packet.item)
end

local function reassemble(packet, tree, this)
	local fragment, queue = learn(packet, this)

	if queue.overlap then
		W.invalid(packet, tree, "DropFragOverlap", "Fragments of this packet overlap")
	elseif fragment.duplicate then
		W.remark(tree, E.unusual, "An exact duplicate is ignored")
	elseif queue.frame == packet.pinfo.number then
		show_whole(packet, queue)
	elseif queue.frame then
		tree:add(F.reassembled_in, queue.frame):set_generated()
		W.append_info(packet, (" [Reassembled in #%d]"):format(queue.frame))
	end
end

-- --- one fragment -----------------------------------------------------------------------------

local function add_header(packet, part, tree)
	local word = part:range(2, 2)
	local value = word:uint()
	local fragment = {
		next = part:uint(0, 1),
		offset = value - value % 8,
		more = value % 2 == 1,
		id = part:range(4, 4):raw(),
		len = part.len - HDR_LEN,
	}

	tree:add(F.frag_next, part:range(0, 1))
	W.add_reserved(tree, F.frag_reserved, part:range(1, 1))
	tree:add(F.frag_offset, word, fragment.offset)
	W.add_reserved(tree, F.frag_bits, word, value % 8 - value % 2)
	tree:add(F.frag_more, word)
	tree:add(F.frag_id, part:range(4, 4))
	W.set_info(packet, ("Fragment (offset=%d more=%s id=0x%08x next=%d)"):format(
		fragment.offset, fragment.more and "yes" or "no", part:uint(4, 4), fragment.next))
	return fragment
end

-- Returns true if a receiver takes the fragment.
local function check(packet, tree, fragment)
	if fragment.len < 1 then
		W.malformed(packet, tree, "DropFragShort", "A fragment has data")
	elseif fragment.offset == 0 and not fragment.more then
		W.invalid(packet, tree, "DropFragAtomic", "The only fragment of its packet")
	elseif fragment.more and fragment.len % 8 ~= 0 then
		W.malformed(packet, tree, "DropFragLength",
			"Others follow, and its length is no multiple of 8")
	elseif fragment.more and fragment.len < DATA_MIN then
		W.invalid(packet, tree, "DropFragTiny",
			("Others follow, and it has less than %d bytes"):format(DATA_MIN))
	elseif NETWORK_HDR_LEN + fragment.offset + fragment.len > LEN_MAX then
		W.malformed(packet, tree, "DropFragLength",
			("The packet would have more than %d bytes"):format(LEN_MAX))
	else
		return true
	end
	return false
end

W.transports[FRAGMENT] = function(packet, part)
	local tree = packet.item:add(F.frag, part:range(0, math.min(part.have, HDR_LEN)))

	W.set_info(packet, "Fragment")
	if W.lacks(packet, part, HDR_LEN, tree, "DropFragShort", "No room for a fragment's header") then
		return
	end
	local fragment = add_header(packet, part, tree)
	local good = check(packet, tree, fragment)

	packet.later_fragment = fragment.offset > 0
	if packet.quoted and not packet.first_fragment and fragment.offset == 0 then
		packet.next, packet.first_fragment = fragment.next, true
		W.transport(packet, part:rest(HDR_LEN), tree)
		return
	end
	W.add_rest(tree, F.frag_data, part, HDR_LEN)
	if good and not packet.quoted and not packet.whole and part.have == part.len and
			W.weft.prefs.reassemble then
		fragment.data = part:range(HDR_LEN):raw()
		reassemble(packet, tree, fragment)
	end
end
