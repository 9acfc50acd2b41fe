-- SPDX-License-Identifier: GPL-2.0
-- What all of the dissector works with: addresses, stretches of a packet, remarks,
-- columns, the checksum. An address is the string of its 8 bytes.
--
-- A packet is a table:
--	pinfo, tree	as Wireshark gives them; the tree is where the next protocol goes
--	item		the network header in the tree
--	src, dst, class, hop_limit, next	of the header
--	quoted		an error or a redirect has it: it says nothing of this frame
--	whole		reassembled
--	first_fragment	only the beginning of the transport is here
--	dropped, malformed	what is wrong has been told
--
-- luacheck: read globals NSTime

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local F, E = W.F, W.E

-- --- addresses ------------------------------------------------------------------------

W.ADDR_LEN = 8
W.ANY = ("\0"):rep(W.ADDR_LEN)

local LOOPBACK = ("\0"):rep(W.ADDR_LEN - 1) .. "\1"

function W.is_group(addr)
	return addr:byte(1) == 0xff
end

function W.is_linklocal(addr)
	return addr:sub(1, 2) == "\xfe\x80"
end

-- Of a link-local address: has it the MAC of a device?
function W.has_mac(addr)
	return addr:byte(3) % 2 == 0 and addr:sub(3) ~= W.ANY:sub(3)
end

function W.is_node_only(addr)
	return addr == LOOPBACK or (W.is_group(addr) and addr:byte(2) % 16 <= 1)
end

function W.address_groups(addr)
	local groups = {}

	for i = 1, W.ADDR_LEN, 2 do
		groups[#groups + 1] = addr:byte(i) * 256 + addr:byte(i + 1)
	end
	return groups
end

-- The longest run of two or more zeros, the first of equals: where, and how long.
local function longest_run(groups)
	local start, length, run = nil, 1, 0

	for i, value in ipairs(groups) do
		run = value == 0 and run + 1 or 0
		if run > length then
			start, length = i - run + 1, run
		end
	end
	return start, length
end

function W.address_text(addr)
	local groups, text = W.address_groups(addr), {}
	local start, length = longest_run(groups)

	for i, value in ipairs(groups) do
		text[i] = ("%x"):format(value)
	end
	if not start then
		return table.concat(text, ":")
	end
	return table.concat(text, ":", 1, start - 1) .. "::" ..
		table.concat(text, ":", start + length)
end

-- --- stretches of a packet --------------------------------------------------------------

-- `len` bytes by what the packet says, of which the first `have` are in the buffer
-- `tvb`, from `at` on. Whoever reads has made sure that the bytes are there.
local Part = {}
Part.__index = Part
W.Part = Part

function Part.new(tvb, at, len, have)
	return setmetatable({ tvb = tvb, at = at, len = len, have = math.min(len, have) }, Part)
end

-- From an offset on `len` bytes, or all that there are.
function Part:range(offset, len)
	return self.tvb:range(self.at + offset, len or self.have - offset)
end

function Part:uint(offset, len)
	return self:range(offset, len):uint()
end

function Part:address(offset)
	return self:range(offset, W.ADDR_LEN):raw()
end

function Part:rest(offset)
	return Part.new(self.tvb, self.at + offset, self.len - offset, self.have - offset)
end

-- --- what is wrong with a packet ----------------------------------------------------------

function W.remark(item, kind, text)
	item:add_proto_expert_info(kind, text)
end

-- Names the counter of the first check that fails, which is the one that counts.
local function count(packet, counter)
	if not packet.dropped and not packet.quoted then
		packet.item:add(F.drop, counter):set_generated()
	end
	packet.dropped = true
end

function W.invalid(packet, item, counter, text)
	W.remark(item, E.invalid, text)
	count(packet, counter)
end

function W.malformed(packet, item, counter, text)
	W.remark(item, E.malformed, text)
	count(packet, counter)
	packet.malformed = true
end

-- True if the part has not n bytes, which is told: it is too short, or the capture is.
-- A quote may be cut short anywhere.
function W.lacks(packet, part, n, item, counter, text)
	if part.have >= n then
		return false
	end
	if part.len < n then
		W.malformed(packet, item, counter, text)
	elseif not packet.quoted then
		W.remark(item, E.cut, "The capture holds no more of this packet")
	end
	return true
end

-- --- columns and tree -----------------------------------------------------------------------

function W.set_protocol(packet, text)
	if not packet.quoted then
		packet.pinfo.cols.protocol = text
	end
end

function W.set_info(packet, text)
	if not packet.quoted then
		packet.pinfo.cols.info = text
	end
end

function W.append_info(packet, text)
	if not packet.quoted then
		packet.pinfo.cols.info:append(text)
	end
end

-- Returns the item, the address and its text.
function W.add_address(tree, field, part, offset)
	local addr = part:address(offset)
	local text = W.address_text(addr)

	return tree:add(field, part:range(offset, W.ADDR_LEN), text), addr, text
end

-- Adds what there is from an offset on.
function W.add_rest(tree, field, part, offset)
	if part.have > offset then
		tree:add(field, part:range(offset))
	end
end

-- Adds seconds that the dissector found out.
function W.add_duration(tree, field, took)
	local seconds = math.floor(took)
	local time = NSTime.new(seconds, math.floor((took - seconds) * 1e9 + 0.5))

	tree:add(field, time):set_generated()
end

-- Adds bits that are sent as 0; `value` is theirs where others share their bytes.
function W.add_reserved(tree, field, range, value)
	local item = value and tree:add(field, range, value) or tree:add(field, range)

	if (value or range:uint()) ~= 0 then
		W.remark(item, E.reserved, "Reserved bits are set")
	end
end

-- --- checksum ---------------------------------------------------------------------------

local function sum_words(bytes)
	local sum = 0

	for i = 1, #bytes - 1, 2 do
		local high, low = bytes:byte(i, i + 1)

		sum = sum + high * 256 + low
	end
	if #bytes % 2 == 1 then
		sum = sum + bytes:byte(#bytes) * 256
	end
	return sum
end

-- Folding a sum that is not 0 into 16 bits is taking it modulo 65535, with 65535 for 0.
local function fold(sum)
	local folded = sum % 0xffff

	return folded == 0 and 0xffff or folded
end

-- Returns the state of the field at an offset, and the value that it should have.
local function verify(packet, part, offset)
	local pseudo = sum_words(packet.src) + sum_words(packet.dst) + part.len + packet.next
	local found = part:uint(offset, 2)
	local sum = pseudo + sum_words(part:range(0):raw()) - found
	local wanted = 0xffff - sum % 0xffff

	if found == wanted then
		return W.CHECK_GOOD, wanted
	elseif found == fold(pseudo) then
		return W.CHECK_PARTIAL, wanted
	end
	return W.CHECK_BAD, wanted
end

-- Shows the checksum at an offset of a transport's header.
function W.add_checksum(packet, part, tree, offset, fields)
	local range = part:range(offset, 2)
	local item = tree:add(fields.check, range)
	local status, wanted = W.CHECK_UNVERIFIED, range:uint()

	if W.weft.prefs.checksum and part.have == part.len and not packet.first_fragment then
		status, wanted = verify(packet, part, offset)
	end
	local right = wanted == range:uint() and "" or (", 0x%04x is right"):format(wanted)

	item:append_text((" [%s%s]"):format(W.check_names[status]:lower(), right))
	tree:add(fields.check_status, range, status):set_generated()
	if status == W.CHECK_PARTIAL then
		W.remark(item, E.partial, "The checksum was left to the device")
	elseif status == W.CHECK_BAD then
		W.remark(item, E.checksum, "Wrong checksum")
		count(packet, "DropChecksum")
	end
end
