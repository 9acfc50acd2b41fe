// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: rulesets of weft filter. What can be read comes back from the kernel's messages
 * as text that can be read again, and that is printed the same then. An input that begins
 * with a NUL is a message of the kernel.
 */
#include <stdint.h>

#include "filter.h"
#include "mutate.h"
#include "filter_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- words of the grammar ----------------------------------------------------------- */

static const char *const words[] = {
	"table t {", "chain c {", "set s {", "map m {", "}", "\n", ";", "type", "addr", "port", ".",
	":", "verdict", "mark", "ifname", "proto", "flags interval", "timeout 1h", "size 5",
	"elements = {", "{", ",", "7::1", "7::/16", "7::1-7::5", "80", "1000-2000", "\"eth*\"",
	"src", "dst", "sport", "dport", "stream dport", "dgram sport", "stream flags", "syn,ack",
	"& (syn | ack) ==", "proto stream", "proto", "class", "ecn ce", "length", ">", "<=", "!=",
	"==", "hoplimit", "fragment later", "cast group", "iif", "iifname", "oifname", "meta mark",
	"0x1/0xff", "& 0xff ==", "skuid root", "cgroup level 1 5", "ct state", "new,established",
	"ct direction reply", "ct mark", "ct label 5", "ct zone", "ct packets", "meta hour",
	"\"22:00\"-\"06:00\"", "meta day Monday", "meta time", "\"2026-01-01\"", "probability 9%",
	"@s", "vmap @m", "vmap {", "map {", "meta mark set",
	"ct mark set", "class set 3",
	"meta mark & 1 | 2", "counter packets 5 bytes 6", "limit rate over", "10/second",
	"5 mbytes/day", "burst 5 packets", "per src . dport", "quota over 5 kbytes",
	"used 3 bytes", "add @s {", "update @s {", "log", "prefix \"x\"", "level debug", "group 5",
	"trace", "notrack", "reject", "with reset", "with unreachable node", "accept", "drop",
	"jump c", "goto c", "return", "continue", "comment \"x\"", "define a =", "$a",
	"type filter hook input priority filter", "policy drop", "add rule t c",
	"add element t s {",
	"timeout 5s", "expires 3s", "flush ruleset", "\\\n", "#", "\"\\\"\"",
};

#define N_WORDS	(sizeof(words) / sizeof(words[0]))

/* Puts a word of the grammar where a blank is, in place of what stands there or before it. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	const char *word = words[seed / 7 % N_WORDS];
	size_t len = strlen(word), at, end;

	if (((size && !data[0]) || seed % 7 > 4) && LLVMFuzzerMutate)
		return LLVMFuzzerMutate(data, size, max);
	at = size ? seed / 1009 % size : 0;
	while (at < size && data[at] != ' ' && data[at] != '\n')
		at++;
	end = at;
	if (seed % 7 < 2) {
		for (end = at < size ? at + 1 : at; end < size; end++)
			if (data[end] == ' ' || data[end] == '\n')
				break;
	}
	if (size - (end - at) + len + 2 > max)
		return size;
	memmove(data + at + len + 2, data + end, size - end);
	data[at] = ' ';
	memcpy(data + at + 1, word, len);
	data[at + 1 + len] = ' ';
	return size - (end - at) + len + 2;
}

/* --- what must hold ----------------------------------------------------------------- */

/* The kernel refuses a second set of a name; here it would get the other's elements. */
static bool has_twins(const struct filter_command *c)
{
	const struct filter_command *d;

	for (; c; c = c->next)
		for (d = c->next; c->set_new && d; d = d->next)
			if (d->set_new && d->set_new != c->set_new && !strcmp(c->set, d->set) &&
			    !strcmp(c->table, d->table) && d->noun != FILTER_ELEMENT)
				return true;
	return false;
}

/* A ruleset that some messages have made, printed; another text than before is a bug. */
static void again(const char *text)
{
	struct filter_trip t;
	char *twice;

	filter_trip_begin(&t, text, strlen(text));
	if (!t.known)
		abort();
	twice = filter_trip_print(&t, false, false);
	if (strcmp(text, twice))
		abort();
	free(twice);
	filter_trip_end(&t);
}

static void message(const uint8_t *data, size_t size)
{
	static const char before[] =
		"table t { map m { type addr . ifname : verdict; }; chain c { }; }";
	/* Buffers of libmnl end at multiples of 4. */
	struct nlmsghdr *nlh = calloc(1, NLMSG_HDRLEN + NLMSG_ALIGN(size));
	struct filter_trip t;

	filter_trip_begin(&t, before, strlen(before));
	nlh->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + size);
	memcpy((char *)nlh + NLMSG_HDRLEN, data, size);
	filter_ruleset_take(&t.ruleset, nlh);
	filter_ruleset_finish(&t.ruleset);
	free(filter_trip_print(&t, true, false));
	filter_trip_end(&t);
	free(nlh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy, *nothing = NULL, *text;
	struct filter_source src = { .name = "f" };
	struct filter_trip t;
	size_t len;

	if (size && !data[0]) {
		message(data + 1, size - 1);
		return 0;
	}
	copy = malloc(size);
	memcpy(copy, data, size);
	filter_trip_begin(&t, copy, size);
	if (t.commands && !t.known && !has_twins(t.commands))
		abort();
	if (!has_twins(t.commands)) {
		text = filter_trip_print(&t, false, false);
		again(text);
		free(text);
	}
	filter_trip_end(&t);
	src.text = copy;
	src.len = size;
	src.err = open_memstream(&nothing, &len);
	filter_nft(&src, size & 1, src.err);
	fclose(src.err);
	free(nothing);
	free(copy);
	return 0;
}
