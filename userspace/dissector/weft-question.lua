-- SPDX-License-Identifier: GPL-2.0
-- Questions and their answers in other frames. They are learned when a frame is
-- dissected for the first time; each capture file begins anew.

local W = ...
if type(W) ~= "table" then return end	-- Wireshark runs every file of its plugin folder

local C = W.C
local latest		-- key: the latest question of its kind
local asked		-- frame: the question in it
local answered		-- frame: the question that it answers

function W.question_init()
	latest, asked, answered = {}, {}, {}
end

local function learn_question(pinfo, key)
	local question = { frame = pinfo.number, time = pinfo.rel_ts, answers = {} }

	asked[pinfo.number] = question
	latest[key] = question
end

local function learn_answer(pinfo, question)
	answered[pinfo.number] = question
	if question then
		table.insert(question.answers, pinfo.number)
	end
end

-- This frame asks; shows who answers. Returns true if anybody does.
function W.add_question(packet, tree, key)
	local pinfo = packet.pinfo

	if packet.quoted then
		return false
	end
	if not pinfo.visited then
		learn_question(pinfo, key)
	end
	local question = asked[pinfo.number]

	for _, frame in ipairs(question.answers) do
		tree:add(C.answered_in, frame):set_generated()
	end
	if not question.answers[1] then
		return false
	end
	W.append_info(packet, (" (reply in %d)"):format(question.answers[1]))
	return true
end

-- This frame answers the question of the first key that is known; shows it.
function W.add_answer(packet, tree, key, other_key)
	local pinfo = packet.pinfo

	if packet.quoted then
		return
	end
	if not pinfo.visited then
		learn_answer(pinfo, latest[key] or latest[other_key])
	end
	local question = answered[pinfo.number]

	if question then
		tree:add(C.asked_in, question.frame):set_generated()
		W.add_duration(tree, C.took, pinfo.rel_ts - question.time)
		W.append_info(packet, (" (request in %d)"):format(question.frame))
	end
end
