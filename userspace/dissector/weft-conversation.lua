-- SPDX-License-Identifier: GPL-2.0
-- Connections: what segments say of each other. A segment is taken when its frame is
-- dissected for the first time; each capture file begins anew.
--
-- A connection is its two directions and
--	index		its number in the capture
--	messages	it carries messages
-- and a direction is
--	base		the sequence number that is shown as 0
--	next		behind the highest number sent
--	acked		the highest acknowledgment that came back
--	stamp		the latest time stamp
--	stamps		time stamp: the first frame with it, and its time
--	reader		where messages are read on, see weft-part.lua

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local connections	-- key of both ends: the latest connection
local taken		-- frame: what is known of the segment in it
local count

function W.conversation_init()
	connections, taken, count = {}, {}, 0
end

-- How far a number is after another one on the circle; negative if it is before.
function W.seq_after(number, other)
	local distance = (number - other) % 2^32

	return distance < 2^31 and distance or distance - 2^32
end

local seq_after = W.seq_after

-- Both ends have one key; returns it, and which of the directions this one is.
local function key_of(packet, segment)
	local source = packet.src .. ("%5d"):format(segment.sport)
	local destination = packet.dst .. ("%5d"):format(segment.dport)

	if source < destination then
		return source .. destination, 1
	end
	return destination .. source, 2
end

-- SYN with a new number opens another connection between the same ends.
local function find(packet, segment)
	local key, side = key_of(packet, segment)
	local connection = connections[key]
	local opens = segment.syn and not segment.with_ack

	if not connection or
			(opens and connection[side].base and connection[side].base ~= segment.seq) then
		connection = { { stamps = {} }, { stamps = {} }, index = count }
		connections[key] = connection
		count = count + 1
	end
	return connection, connection[side], connection[3 - side]
end

local function learn_base(segment, own, other)
	if segment.syn then
		own.base = segment.seq
	elseif not own.base then
		own.base = (segment.seq - 1) % 2^32
	end
	if segment.with_ack and not other.base then
		other.base = (segment.ack - 1) % 2^32
	end
end

-- What has numbers that were sent before: by its time stamp it is late, or sent again.
local function judge_old(segment, own)
	if own.stamp and seq_after(segment.stamp, own.stamp) < 0 then
		return "out_of_order"
	elseif own.acked and seq_after(segment.seq + segment.len, own.acked) <= 0 then
		return "needless"
	end
	return "retransmission"
end

-- The name of a remark, or nil.
local function judge(segment, own)
	local ahead = own.next and seq_after(segment.seq, own.next) or 0

	if segment.len > 0 and ahead > 0 then
		return "gap"
	elseif segment.len > 0 and ahead < 0 then
		return judge_old(segment, own)
	elseif segment.len == 0 and ahead == -1 and not segment.reset then
		return "probe"
	elseif segment.window == 0 and not segment.reset then
		return "zero_window"
	end
	return nil
end

local function advance(pinfo, segment, own, other)
	local stop = (segment.seq + segment.len) % 2^32

	if not own.next or seq_after(stop, own.next) > 0 then
		own.next = stop
	end
	if not own.stamp or seq_after(segment.stamp, own.stamp) > 0 then
		own.stamp = segment.stamp
	end
	own.stamps[segment.stamp] = own.stamps[segment.stamp] or
		{ frame = pinfo.number, time = pinfo.rel_ts }
	if segment.with_ack and (not other.acked or seq_after(segment.ack, other.acked) > 0) then
		other.acked = segment.ack
	end
end

-- What the others tell of a segment that a receiver takes: nil in a quote, else
--	connection, own, other	and its directions
--	remark		the name of one, or nil
--	echo		the frame whose time stamp it echoes and its time, or nil
--	parts		see weft-part.lua
function W.converse(packet, segment, payload)
	local pinfo = packet.pinfo

	if packet.quoted or packet.dropped then
		return nil
	elseif taken[pinfo.number] then
		return taken[pinfo.number]
	end
	local connection, own, other = find(packet, segment)
	local known = { connection = connection, own = own, other = other }

	taken[pinfo.number] = known
	learn_base(segment, own, other)
	known.remark = judge(segment, own)
	known.echo = segment.with_ack and other.stamps[segment.echo] or nil
	if segment.messages then
		connection.messages = true
	end
	W.learn_parts(known, segment, payload)
	advance(pinfo, segment, own, other)
	return known
end
