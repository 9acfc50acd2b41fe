-- SPDX-License-Identifier: GPL-2.0
-- What can be shown and filtered by: protocols, fields, the names of their values, and
-- what may be remarked of a packet.
--
-- luacheck: read globals Dissector DissectorTable Proto ProtoExpert ProtoField
-- luacheck: read globals base expert frametype ftypes

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

-- --- names of values ----------------------------------------------------------------

local next_names = {
	[1] = "control message",
	[6] = "stream segment",
	[17] = "datagram",
	[44] = "fragment",
	[59] = "nothing",
}

local ecn_names = { [0] = "not ECN-capable", "ECT(1)", "ECT(0)", "congestion experienced" }

W.type_names = {
	[1] = "Destination unreachable",
	[2] = "Packet too big",
	[3] = "Time exceeded",
	[4] = "Parameter problem",
	[128] = "Echo (ping) request",
	[129] = "Echo (ping) reply",
	[130] = "Membership query",
	[133] = "Router solicitation",
	[134] = "Router announcement",
	[135] = "Neighbour solicitation",
	[136] = "Neighbour announcement",
	[137] = "Redirect",
	[143] = "Membership report",
}

W.record_names = {
	"is include",
	"is exclude",
	"change to include",
	"change to exclude",
	"allow new sources",
	"block old sources",
}

W.code_names = {
	[1] = {
		[0] = "no route",
		"prohibited",
		"beyond the source's scope",
		"address does not answer",
		"no socket at the port",
		"no protocol for the next header",
	},
	[2] = { [0] = "longer than the MTU of the next link" },
	[3] = { [0] = "hop limit used up", "fragments missing after the reassembly time" },
	[4] = { [0] = "a field is wrong" },
}

W.stream_opt_names = {
	[0] = "end of options",
	[1] = "no operation",
	[2] = "MSS",
	[5] = "SACK",
	[64] = "kind of connection",
}

local kind_names = { [0] = "bytes", "messages" }

-- RFC 4191, 2.1.
local pref_names = { [0] = "medium", "high", "reserved, read as medium", "low" }

W.opt_names = { [3] = "Prefix", [5] = "MTU", [24] = "Route" }

W.CHECK_BAD, W.CHECK_GOOD, W.CHECK_UNVERIFIED, W.CHECK_PARTIAL = 0, 1, 2, 3

W.check_names = { [0] = "Bad", "Good", "Unverified", "Partial" }

-- --- protocols and fields -------------------------------------------------------------

W.weft = Proto("weft", "Weft")
W.weft_dgram = Proto("weft.dgram", "Weft datagram")
W.weft_stream = Proto("weft.stream", "Weft stream segment")
W.weft_ctl = Proto("weft.ctl", "Weft control message")

W.payload_table = DissectorTable.new("weft.dgram.port", "Weft datagram port", ftypes.UINT16,
	base.DEC, W.weft_dgram)
W.segment_table = DissectorTable.new("weft.stream.port", "Weft stream port", ftypes.UINT16,
	base.DEC, W.weft_stream)
W.data_dissector = Dissector.get("data")

local function number(bits, abbr, name, names, mask)
	return ProtoField["uint" .. bits](abbr, name, base.DEC, names, mask)
end

local function hex(bits, abbr, name, mask)
	return ProtoField["uint" .. bits](abbr, name, base.HEX, nil, mask)
end

local function quantity(bits, abbr, name, unit)
	return ProtoField["uint" .. bits](abbr, name, base.UNIT_STRING, { " " .. unit })
end

local function bit(abbr, name, width, mask)
	return ProtoField.bool(abbr, name, width, { "Set", "Not set" }, mask)
end

local function frame(abbr, name, kind)
	return ProtoField.framenum(abbr, name, base.NONE, kind)
end

W.F = {
	version = number(8, "weft.version", "Version", nil, 0xf0),
	class = number(8, "weft.class", "Class", nil, 0x0f),
	flags = hex(8, "weft.flags", "Flags"),
	flags_reserved = hex(8, "weft.flags.reserved", "Reserved", 0xf8),
	flags_fragok = bit("weft.flags.fragok", "Gateways may fragment", 8, 0x04),
	flags_ecn = number(8, "weft.flags.ecn", "ECN", ecn_names, 0x03),
	len = quantity(16, "weft.len", "Total length", "bytes"),
	id = hex(16, "weft.id", "Packet id"),
	hop_limit = number(8, "weft.hop_limit", "Hop limit"),
	next = number(8, "weft.next", "Next header", next_names),
	src = ProtoField.string("weft.src", "Source"),
	dst = ProtoField.string("weft.dst", "Destination"),
	addr = ProtoField.string("weft.addr", "Source or destination"),
	payload = ProtoField.bytes("weft.payload", "Payload"),
	padding = ProtoField.bytes("weft.padding", "Padding"),
	drop = ProtoField.string("weft.drop", "A receiver drops it and counts"),

	frag = ProtoField.none("weft.frag", "Fragment header"),
	frag_next = number(8, "weft.frag.next", "Next header", next_names),
	frag_reserved = hex(8, "weft.frag.reserved", "Reserved"),
	frag_offset = quantity(16, "weft.frag.offset", "Offset", "bytes"),
	frag_bits = number(16, "weft.frag.reserved_bits", "Reserved", nil, 0x0006),
	frag_more = bit("weft.frag.more", "More fragments", 16, 0x0001),
	frag_id = hex(32, "weft.frag.id", "Identification"),
	frag_data = ProtoField.bytes("weft.frag.data", "Data"),
	fragments = ProtoField.none("weft.fragments", "Fragments"),
	fragment = frame("weft.fragment", "Fragment"),
	fragment_count = number(32, "weft.fragment.count", "Number of fragments"),
	reassembled_in = frame("weft.reassembled_in", "Reassembled in"),
	reassembled_len = quantity(32, "weft.reassembled.length", "Reassembled length", "bytes"),
}

W.D = {
	srcport = number(16, "weft.dgram.srcport", "Source port"),
	dstport = number(16, "weft.dgram.dstport", "Destination port"),
	port = number(16, "weft.dgram.port", "Source or destination port"),
	len = quantity(16, "weft.dgram.length", "Length", "bytes"),
	check = hex(16, "weft.dgram.checksum", "Checksum"),
	check_status = number(8, "weft.dgram.checksum.status", "Checksum status", W.check_names),
	payload = ProtoField.bytes("weft.dgram.payload", "Payload"),
}

W.S = {
	srcport = number(16, "weft.stream.srcport", "Source port"),
	dstport = number(16, "weft.stream.dstport", "Destination port"),
	port = number(16, "weft.stream.port", "Source or destination port"),
	index = number(32, "weft.stream.index", "Connection in this capture"),
	seq = number(32, "weft.stream.seq", "Sequence number"),
	seq_relative = number(32, "weft.stream.seq.relative", "Sequence number, relative"),
	next_relative = number(32, "weft.stream.next.relative", "Next sequence number, relative"),
	ack = number(32, "weft.stream.ack", "Acknowledgment number"),
	ack_relative = number(32, "weft.stream.ack.relative", "Acknowledgment number, relative"),
	len = quantity(8, "weft.stream.length", "Header length", "bytes"),
	flags = hex(8, "weft.stream.flags", "Flags"),
	cwr = bit("weft.stream.flags.cwr", "C: the window was made smaller", 8, 0x80),
	ece = bit("weft.stream.flags.ece", "E: congestion was marked", 8, 0x40),
	flags_reserved = hex(8, "weft.stream.flags.reserved", "Reserved", 0x20),
	with_ack = bit("weft.stream.flags.ack", "A: has an acknowledgment", 8, 0x10),
	push = bit("weft.stream.flags.push", "P: the program wrote so far", 8, 0x08),
	reset = bit("weft.stream.flags.reset", "R: reset", 8, 0x04),
	syn = bit("weft.stream.flags.syn", "S: opens", 8, 0x02),
	fin = bit("weft.stream.flags.fin", "F: ends", 8, 0x01),
	check = hex(16, "weft.stream.checksum", "Checksum"),
	check_status = number(8, "weft.stream.checksum.status", "Checksum status", W.check_names),
	window = quantity(32, "weft.stream.window", "Window", "bytes"),
	stamp = number(32, "weft.stream.stamp", "Time stamp"),
	echo = number(32, "weft.stream.echo", "Time stamp echo"),
	echo_of = frame("weft.stream.echo.of", "Time stamp of"),
	echo_time = ProtoField.relative_time("weft.stream.echo.time", "Time since then"),
	number = number(16, "weft.stream.number", "Stream number"),
	reserved = hex(16, "weft.stream.reserved", "Reserved"),
	payload = ProtoField.bytes("weft.stream.payload", "Payload"),

	opt = ProtoField.none("weft.stream.opt", "Option"),
	opt_type = number(8, "weft.stream.opt.type", "Type", W.stream_opt_names),
	opt_len = quantity(8, "weft.stream.opt.length", "Length", "bytes"),
	opt_data = ProtoField.bytes("weft.stream.opt.data", "Data"),
	mss = quantity(16, "weft.stream.mss", "Most options and payload", "bytes"),
	kind = number(8, "weft.stream.kind", "Carries", kind_names),
	kind_reserved = hex(8, "weft.stream.kind.reserved", "Reserved"),
	sack = ProtoField.none("weft.stream.sack", "Came"),
	sack_from = number(32, "weft.stream.sack.from", "First sequence number"),
	sack_to = number(32, "weft.stream.sack.to", "Behind the last one"),
	sack_twice = ProtoField.none("weft.stream.sack.duplicate", "Came twice"),

	message = ProtoField.bytes("weft.stream.part.payload", "Payload"),
	part = ProtoField.none("weft.stream.part", "Part"),
	part_end = bit("weft.stream.part.end", "Ends a message", 32, 0x80000000),
	part_len = number(32, "weft.stream.part.length", "Length, bytes", nil, 0x7fffffff),
}

W.C = {
	type = number(8, "weft.ctl.type", "Type", W.type_names),
	code = number(8, "weft.ctl.code", "Code"),
	check = hex(16, "weft.ctl.checksum", "Checksum"),
	check_status = number(8, "weft.ctl.checksum.status", "Checksum status", W.check_names),
	reserved = hex(32, "weft.ctl.reserved", "Reserved"),
	mtu = quantity(32, "weft.ctl.mtu", "MTU", "bytes"),
	pointer = number(32, "weft.ctl.pointer", "Offset of the field"),
	quote = ProtoField.none("weft.ctl.quote", "Quoted packet"),
	data = ProtoField.bytes("weft.ctl.data", "Data"),
	asked_in = frame("weft.ctl.response_to", "Request in", frametype.REQUEST),
	answered_in = frame("weft.ctl.response_in", "Response in", frametype.RESPONSE),
	took = ProtoField.relative_time("weft.ctl.response_time", "Response time"),

	echo_id = number(16, "weft.echo.id", "Identifier"),
	echo_seq = number(16, "weft.echo.seq", "Sequence number"),
	echo_data = ProtoField.bytes("weft.echo.data", "Data"),

	neigh_probe = bit("weft.neigh.probe", "P: probe for a duplicate", 32, 0x80000000),
	neigh_router = bit("weft.neigh.router", "R: the sender is a router", 32, 0x80000000),
	neigh_solicited = bit("weft.neigh.solicited", "S: answers a solicitation", 32, 0x40000000),
	neigh_override = bit("weft.neigh.override", "O: replaces a known MAC", 32, 0x20000000),
	neigh_target = ProtoField.string("weft.neigh.target", "Target"),
	neigh_asker = ProtoField.string("weft.neigh.asker", "Asker"),
	neigh_mac = ProtoField.ether("weft.neigh.mac", "MAC that the message speaks for"),

	group = ProtoField.string("weft.group", "Group"),
	group_source = ProtoField.string("weft.group.source", "Source"),
	group_sources = number(16, "weft.group.sources", "Number of sources"),
	group_response = quantity(32, "weft.group.max_response", "Maximum response time", "ms"),
	group_flags_reserved = hex(8, "weft.group.flags.reserved", "Reserved", 0xf0),
	group_suppress = bit("weft.group.suppress", "S: routers keep their timers", 8, 0x08),
	group_robustness = number(8, "weft.group.robustness", "Robustness", nil, 0x07),
	group_interval = quantity(16, "weft.group.interval", "Query interval", "s"),
	group_reserved8 = hex(8, "weft.group.reserved8", "Reserved"),
	group_reserved16 = hex(16, "weft.group.reserved16", "Reserved"),
	group_records = number(16, "weft.group.records", "Number of records"),
	group_record = ProtoField.none("weft.group.record", "Record"),
	group_record_type = number(8, "weft.group.record.type", "Type", W.record_names),

	ra_hop_limit = number(8, "weft.ra.hop_limit", "Hop limit"),
	ra_pref = number(8, "weft.ra.pref", "Preference", pref_names, 0xc0),
	ra_reserved = hex(8, "weft.ra.reserved", "Reserved", 0x3f),
	ra_lifetime = quantity(16, "weft.ra.lifetime", "Router lifetime", "s"),
	ra_reachable = quantity(32, "weft.ra.reachable", "Reachable time", "ms"),
	ra_retrans = quantity(32, "weft.ra.retrans", "Time between questions", "ms"),

	opt = ProtoField.none("weft.ra.opt", "Option"),
	opt_type = number(8, "weft.ra.opt.type", "Type", W.opt_names),
	opt_len = quantity(8, "weft.ra.opt.length", "Length", "units of 8 bytes"),
	opt_data = ProtoField.bytes("weft.ra.opt.data", "Data"),
	opt_reserved = hex(32, "weft.ra.opt.reserved", "Reserved"),
	opt_mtu = quantity(32, "weft.ra.mtu", "MTU", "bytes"),
	prefix = ProtoField.string("weft.ra.prefix", "Prefix"),
	prefix_len = quantity(8, "weft.ra.prefix.length", "Prefix length", "bits"),
	prefix_onlink = bit("weft.ra.prefix.onlink", "L: on this link", 8, 0x80),
	prefix_auto = bit("weft.ra.prefix.auto", "A: make an address", 8, 0x40),
	prefix_reserved = hex(8, "weft.ra.prefix.reserved", "Reserved", 0x3f),
	prefix_valid = quantity(32, "weft.ra.prefix.valid", "Valid lifetime", "s"),
	prefix_preferred = quantity(32, "weft.ra.prefix.preferred", "Preferred lifetime", "s"),
	route = ProtoField.string("weft.ra.route", "Route"),
	route_len = quantity(8, "weft.ra.route.length", "Prefix length", "bits"),
	route_pref = number(8, "weft.ra.route.pref", "Preference", pref_names, 0x18),
	route_reserved = hex(8, "weft.ra.route.reserved", "Reserved", 0xe7),
	route_lifetime = quantity(32, "weft.ra.route.lifetime", "Lifetime", "s"),

	redirect_target = ProtoField.string("weft.redirect.target", "Better first hop"),
	redirect_dst = ProtoField.string("weft.redirect.dst", "For the destination"),
}

-- --- remarks ---------------------------------------------------------------------------

local group, severity = expert.group, expert.severity

W.E = {
	malformed = ProtoExpert.new("weft.malformed", "Malformed",
		group.MALFORMED, severity.ERROR),
	invalid = ProtoExpert.new("weft.invalid", "A receiver drops it",
		group.PROTOCOL, severity.WARN),
	checksum = ProtoExpert.new("weft.checksum.bad", "Wrong checksum",
		group.CHECKSUM, severity.ERROR),
	partial = ProtoExpert.new("weft.checksum.partial", "The checksum was left to the device",
		group.CHECKSUM, severity.NOTE),
	reserved = ProtoExpert.new("weft.reserved", "Reserved bits are set",
		group.PROTOCOL, severity.NOTE),
	unusual = ProtoExpert.new("weft.unusual", "Unusual",
		group.PROTOCOL, severity.NOTE),
	cut = ProtoExpert.new("weft.cut", "The capture holds no more of this packet",
		group.UNDECODED, severity.NOTE),
	retransmission = ProtoExpert.new("weft.stream.retransmission", "Sent again",
		group.SEQUENCE, severity.NOTE),
	needless = ProtoExpert.new("weft.stream.needless", "Sent again after it was acknowledged",
		group.SEQUENCE, severity.NOTE),
	out_of_order = ProtoExpert.new("weft.stream.out_of_order", "Out of order",
		group.SEQUENCE, severity.NOTE),
	gap = ProtoExpert.new("weft.stream.gap", "What comes before is not in the capture yet",
		group.SEQUENCE, severity.NOTE),
	probe = ProtoExpert.new("weft.stream.probe", "A probe, to be answered",
		group.SEQUENCE, severity.NOTE),
	zero_window = ProtoExpert.new("weft.stream.zero_window", "The sender takes nothing",
		group.SEQUENCE, severity.NOTE),
	no_reply = ProtoExpert.new("weft.echo.no_reply", "No reply seen",
		group.SEQUENCE, severity.WARN),
}

local function values(fields)
	local list = {}

	for _, field in pairs(fields) do
		list[#list + 1] = field
	end
	return list
end

W.weft.fields = values(W.F)
W.weft_dgram.fields = values(W.D)
W.weft_stream.fields = values(W.S)
W.weft_ctl.fields = values(W.C)
W.weft.experts = values(W.E)
