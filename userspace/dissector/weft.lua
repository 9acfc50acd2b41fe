-- SPDX-License-Identifier: GPL-2.0
--
-- Weft in Wireshark and tshark: all that doc/protocol.md puts on the wire.
-- doc/dissector.md tells how to use it. This file has the network header and the
-- registration, and takes the rest from the files beside it.
--
-- luacheck: read globals Address DissectorTable Pref __DIR__

local HDR_LEN, VERSION = 24, 1
local NOTHING = 59
local ETHERTYPE = 0x88b5

-- What the files share. Next header: function(packet, part, item of the next header).
local W = { transports = {} }

local directory = __DIR__ == "" and "" or __DIR__ .. "/"

for _, noun in ipairs({ "field", "packet", "payload", "question", "datagram", "conversation",
		"part", "stream-option", "stream", "control", "neighbour", "router",
		"membership", "fragment" }) do
	assert(loadfile(directory .. "weft-" .. noun .. ".lua"))(W)
end

local F, E = W.F, W.E
local weft = W.weft

-- --- after the header -----------------------------------------------------------------------

W.transports[NOTHING] = function(packet, part, item)
	W.set_info(packet, "No next header")
	W.add_rest(packet.item, F.payload, part, 0)
	if part.len > 0 then
		W.remark(item, E.unusual, "Bytes follow where nothing should")
	end
end

-- Shows what the next header announces.
function W.transport(packet, part, item)
	local show = W.transports[packet.next]

	if show then
		show(packet, part, item)
		return
	end
	W.set_info(packet, ("Unknown next header %d"):format(packet.next))
	W.invalid(packet, item, "DropNoProtocol", "Nobody takes this next header")
	W.add_rest(packet.item, F.payload, part, 0)
end

-- --- addresses --------------------------------------------------------------------------------

-- As dissectors of payloads understand it.
local function ipv6_of(addr)
	local groups = W.address_groups(addr)

	return Address.ipv6(("::%x:%x:%x:%x"):format(groups[1], groups[2], groups[3], groups[4]))
end

-- Without addresses in pinfo the columns keep their text.
local function set_columns(packet)
	local pinfo = packet.pinfo

	if packet.quoted then
		return
	end
	pinfo.src, pinfo.dst = pinfo.net_src, pinfo.net_dst
	pinfo.cols.src = W.address_text(packet.src)
	pinfo.cols.dst = W.address_text(packet.dst)
	packet.src_ipv6, packet.dst_ipv6 = ipv6_of(packet.src), ipv6_of(packet.dst)
end

local no_mac = Address.ether("00:00:00:00:00:00")

-- What holds for a source as for a destination.
local function check_address(packet, item, addr)
	-- Frames of the loopback device have MACs of zeros.
	if W.is_node_only(addr) and not packet.quoted and packet.pinfo.dl_src ~= no_mac then
		W.invalid(packet, item, "DropMartian", "This address is for the loopback device alone")
	elseif W.is_linklocal(addr) and not W.has_mac(addr) then
		W.remark(item, E.unusual, "No device has a MAC like this")
	end
end

local function add_addresses(packet, part, tree)
	local src_item, src, src_text = W.add_address(tree, F.src, part, 8)
	local dst_item, dst, dst_text = W.add_address(tree, F.dst, part, 16)

	for _, offset in ipairs({ 8, 16 }) do
		W.add_address(tree, F.addr, part, offset):set_hidden()
	end
	tree:append_text((", Src: %s, Dst: %s"):format(src_text, dst_text))
	packet.src, packet.dst, packet.src_mac = src, dst, part:range(10, 6)
	if src == W.ANY or W.is_group(src) then
		W.invalid(packet, src_item, "DropAddress", "A source is one node")
	end
	if dst == W.ANY then
		W.invalid(packet, dst_item, "DropAddress", "A destination is somebody")
	end
	check_address(packet, src_item, src)
	check_address(packet, dst_item, dst)
end

-- --- the network header -------------------------------------------------------------------------

local function add_flags(tree, range)
	local item = tree:add(F.flags, range)

	W.add_reserved(item, F.flags_reserved, range, range:uint() - range:uint() % 8)
	item:add(F.flags_fragok, range)
	item:add(F.flags_ecn, range)
end

-- Returns the packet's length, nil if it cannot be.
local function add_length(packet, part, tree)
	local total = part:uint(2, 2)
	local item = tree:add(F.len, part:range(2, 2))

	if total < HDR_LEN then
		W.malformed(packet, item, "DropLength", "The total length is less than the header's")
		return nil
	elseif total > part.len then
		W.malformed(packet, item, "DropLength",
			("The total length is %d, and %d bytes arrived"):format(total, part.len))
	end
	return total
end

-- Adds what follows the version; returns the item of the next header.
local function add_header(packet, part, tree)
	packet.class = part:uint(0, 1) % 16
	packet.hop_limit = part:uint(6, 1)
	packet.next = part:uint(7, 1)
	tree:add(F.class, part:range(0, 1))
	add_flags(tree, part:range(1, 1))
	packet.len = add_length(packet, part, tree)
	tree:add(F.id, part:range(4, 2))
	tree:add(F.hop_limit, part:range(6, 1))
	local next_item = tree:add(F.next, part:range(7, 1))

	add_addresses(packet, part, tree)
	set_columns(packet)
	return next_item
end

local function check_version(packet, part, tree)
	local range = part:range(0, 1)
	local version = math.floor(range:uint() / 16)
	local item = tree:add(F.version, range)

	if version ~= VERSION then
		W.set_info(packet, ("Version %d"):format(version))
		W.invalid(packet, item, "DropVersion", ("The version is not %d"):format(VERSION))
		W.add_rest(tree, F.payload, part, 1)
	end
	return version == VERSION
end

-- Shows a packet; returns true if its header is good.
function W.network(packet, part)
	local tree = packet.tree:add(weft, part:range(0, math.min(part.have, HDR_LEN)))

	packet.item = tree
	if W.lacks(packet, part, HDR_LEN, tree, "DropHeaderShort", "No room for a network header") or
			not check_version(packet, part, tree) then
		return false
	end
	local next_item = add_header(packet, part, tree)
	local good, body = not packet.dropped, part:rest(HDR_LEN)

	if packet.len then
		W.add_rest(tree, F.padding, part, packet.len)
		W.transport(packet, W.Part.new(body.tvb, body.at, packet.len - HDR_LEN, body.have),
			next_item)
	end
	return good
end

function weft.dissector(tvb, pinfo, tree)
	local packet = { pinfo = pinfo, tree = tree }

	pinfo.cols.protocol = "Weft"
	pinfo.cols.info = "Weft"
	W.network(packet, W.Part.new(tvb, 0, tvb:reported_len(), tvb:captured_len()))
	if packet.malformed then
		pinfo.cols.info:append(" [Malformed packet]")
	end
	return tvb:captured_len()
end

function weft.init()
	W.question_init()
	W.fragment_init()
	W.conversation_init()
end

-- --- registration ----------------------------------------------------------------------------

weft.prefs.ethertype = Pref.uint("EtherType", ETHERTYPE,
	"The module parameter ethertype of weft.ko, in decimal: 34997 is 0x88b5")
weft.prefs.checksum = Pref.bool("Verify checksums", true,
	"Of datagrams, stream segments and control messages")
weft.prefs.relative = Pref.bool("Relative sequence numbers", true,
	"Count those of a stream from the first one that the capture has")
weft.prefs.reassemble = Pref.bool("Reassemble fragments", true,
	"Show a packet with the last of its fragments")

local ethertypes = DissectorTable.get("ethertype")
local registered

local function register()
	if weft.prefs.ethertype == registered then
		return
	end
	if registered then
		ethertypes:remove(registered, weft)
	end
	registered = weft.prefs.ethertype
	ethertypes:add(registered, weft)
end

weft.prefs_changed = register
register()
