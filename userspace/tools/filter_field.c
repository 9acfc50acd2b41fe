// SPDX-License-Identifier: GPL-2.0
/* The fields that rules look at: the table of them. See filter_field.h. */
#include <string.h>

#include <linux/weft.h>
#include <linux/weft_track.h>

#include "filter_field.h"

static const struct filter_name protos[] = {
	{ "control", WEFT_PROTO_CONTROL },
	{ "stream", WEFT_PROTO_STREAM },
	{ "dgram", WEFT_PROTO_DGRAM },
	{ "none", WEFT_PROTO_NONE },
	{ NULL, 0 }
};

static const struct filter_name ecn[] = {
	{ "not-ect", 0 },
	{ "ect1", 1 },
	{ "ect0", 2 },
	{ "ce", 3 },
	{ NULL, 0 }
};

static const struct filter_name parts[] = {
	{ "whole", 0 },
	{ "first", 1 },
	{ "later", 2 },
	{ NULL, 0 }
};

static const struct filter_name control_types[] = {
	{ "unreachable", WEFT_CTL_UNREACH },
	{ "too-big", WEFT_CTL_TOOBIG },
	{ "time-exceeded", WEFT_CTL_TIME },
	{ "parameter-problem", WEFT_CTL_PARAM },
	{ "echo-request", WEFT_CTL_ECHO_REQUEST },
	{ "echo-reply", WEFT_CTL_ECHO_REPLY },
	{ "group-query", WEFT_CTL_GROUP_QUERY },
	{ "router-solicit", WEFT_CTL_ROUTER_SOLICIT },
	{ "router-announce", WEFT_CTL_ROUTER_ANNOUNCE },
	{ "neigh-solicit", WEFT_CTL_NEIGH_SOLICIT },
	{ "neigh-announce", WEFT_CTL_NEIGH_ANNOUNCE },
	{ "redirect", WEFT_CTL_REDIRECT },
	{ "group-report", WEFT_CTL_GROUP_REPORT },
	{ "destination-unreachable", WEFT_CTL_UNREACH },
	{ "packet-too-big", WEFT_CTL_TOOBIG },
	{ NULL, 0 }
};

static const struct filter_name stream_flags[] = {
	{ "fin", WEFT_STREAM_FIN },
	{ "syn", WEFT_STREAM_SYN },
	{ "rst", WEFT_STREAM_RST },
	{ "psh", WEFT_STREAM_PSH },
	{ "ack", WEFT_STREAM_ACK },
	{ "ece", WEFT_STREAM_ECE },
	{ "cwr", WEFT_STREAM_CWR },
	{ NULL, 0 }
};

static const struct filter_name casts[] = {
	{ "unicast", 0 },
	{ "group", 1 },
	{ "broadcast", 2 },
	{ "multicast", 1 },
	{ NULL, 0 }
};

static const struct filter_name states[] = {
	{ "invalid", WEFT_TRACK_INVALID },
	{ "new", WEFT_TRACK_NEW },
	{ "established", WEFT_TRACK_ESTABLISHED },
	{ "related", WEFT_TRACK_RELATED },
	{ "untracked", WEFT_TRACK_UNTRACKED },
	{ NULL, 0 }
};

static const struct filter_name directions[] = {
	{ "original", 0 },
	{ "reply", 1 },
	{ NULL, 0 }
};

static const struct filter_name days[] = {
	{ "Sunday", 0 },
	{ "Monday", 1 },
	{ "Tuesday", 2 },
	{ "Wednesday", 3 },
	{ "Thursday", 4 },
	{ "Friday", 5 },
	{ "Saturday", 6 },
	{ NULL, 0 }
};

static const struct filter_field fields[] = {
	[WEFT_FILTER_F_SRC] = { "src", "addr", FILTER_ADDRESS, 64, NULL, false },
	[WEFT_FILTER_F_DST] = { "dst", "addr", FILTER_ADDRESS, 64, NULL, false },
	[WEFT_FILTER_F_PROTO] = { "proto", "proto", FILTER_NAMES, 8, protos, false },
	[WEFT_FILTER_F_SPORT] = { "sport", "port", FILTER_PORT, 16, NULL, false },
	[WEFT_FILTER_F_DPORT] = { "dport", "port", FILTER_PORT, 16, NULL, false },
	[WEFT_FILTER_F_CLASS] = { "class", "class", FILTER_NUMBER, 4, NULL, false },
	[WEFT_FILTER_F_ECN] = { "ecn", "ecn", FILTER_NAMES, 2, ecn, false },
	[WEFT_FILTER_F_LEN] = { "length", "length", FILTER_NUMBER, 16, NULL, true },
	[WEFT_FILTER_F_HOP_LIMIT] = { "hoplimit", "hoplimit", FILTER_NUMBER, 8, NULL, true },
	[WEFT_FILTER_F_FRAG] = { "fragment", "fragment", FILTER_NAMES, 2, parts, false },
	[WEFT_FILTER_F_CTL_TYPE] = { "control type", "control_type", FILTER_NAMES, 8,
				     control_types, false },
	[WEFT_FILTER_F_CTL_CODE] = { "control code", "control_code", FILTER_NUMBER, 8, NULL,
				     false },
	[WEFT_FILTER_F_STREAM_FLAGS] = { "stream flags", "stream_flags", FILTER_FLAGS, 8,
					 stream_flags, false },
	[WEFT_FILTER_F_CAST] = { "cast", "cast", FILTER_NAMES, 2, casts, false },
	[WEFT_FILTER_F_IIF] = { "iif", "iface_index", FILTER_DEVICE, 32, NULL, false },
	[WEFT_FILTER_F_OIF] = { "oif", "iface_index", FILTER_DEVICE, 32, NULL, false },
	[WEFT_FILTER_F_IIFNAME] = { "iifname", "ifname", FILTER_DEVICE_NAME, 128, NULL,
				    false },
	[WEFT_FILTER_F_OIFNAME] = { "oifname", "ifname", FILTER_DEVICE_NAME, 128, NULL,
				    false },
	[WEFT_FILTER_F_MARK] = { "meta mark", "mark", FILTER_HEX, 32, NULL, false },
	[WEFT_FILTER_F_UID] = { "skuid", "uid", FILTER_USER, 32, NULL, false },
	[WEFT_FILTER_F_GID] = { "skgid", "gid", FILTER_USERS, 32, NULL, false },
	[WEFT_FILTER_F_CGROUP] = { "cgroup", "cgroup", FILTER_CGROUP, 64, NULL, false },
	[WEFT_FILTER_F_CT_STATE] = { "ct state", "ct_state", FILTER_FLAGS, 8, states, false },
	[WEFT_FILTER_F_CT_DIRECTION] = { "ct direction", "ct_dir", FILTER_NAMES, 1,
					 directions, false },
	[WEFT_FILTER_F_CT_STATUS] = { "ct status", "ct_status", FILTER_HEX, 32, NULL, false },
	[WEFT_FILTER_F_CT_MARK] = { "ct mark", "mark", FILTER_HEX, 32, NULL, false },
	[WEFT_FILTER_F_CT_LABEL] = { "ct label", "ct_label", FILTER_NUMBER, 7, NULL, false },
	[WEFT_FILTER_F_CT_ZONE] = { "ct zone", "ct_zone", FILTER_NUMBER, 16, NULL, false },
	[WEFT_FILTER_F_CT_PACKETS] = { "ct packets", "packets", FILTER_NUMBER, 64, NULL,
				       true },
	[WEFT_FILTER_F_CT_BYTES] = { "ct bytes", "bytes", FILTER_NUMBER, 64, NULL, true },
	[WEFT_FILTER_F_TIME] = { "meta time", "time", FILTER_TIME, 64, NULL, true },
	[WEFT_FILTER_F_HOUR] = { "meta hour", "hour", FILTER_HOUR, 17, NULL, false },
	[WEFT_FILTER_F_DAY] = { "meta day", "day", FILTER_NAMES, 3, days, false },
	[WEFT_FILTER_F_RANDOM] = { "meta random", "random", FILTER_NUMBER, 32, NULL, true },
};

/* Other names, as nft(8) has them. */
static const struct {
	const char *name;
	unsigned int field;
} aliases[] = {
	{ "mark", WEFT_FILTER_F_MARK },
	{ "meta length", WEFT_FILTER_F_LEN },
	{ "meta iif", WEFT_FILTER_F_IIF },
	{ "meta oif", WEFT_FILTER_F_OIF },
	{ "meta iifname", WEFT_FILTER_F_IIFNAME },
	{ "meta oifname", WEFT_FILTER_F_OIFNAME },
	{ "meta skuid", WEFT_FILTER_F_UID },
	{ "meta skgid", WEFT_FILTER_F_GID },
	{ "meta cast", WEFT_FILTER_F_CAST },
};

#define N_FIELDS	(sizeof(fields) / sizeof(fields[0]))
#define N_ALIASES	(sizeof(aliases) / sizeof(aliases[0]))

/* NULL for numbers that are no fields. */
const struct filter_field *filter_field(unsigned int number)
{
	return number < N_FIELDS && fields[number].name ? &fields[number] : NULL;
}

/* Numbers of a value. */
unsigned int filter_field_words(unsigned int number)
{
	return number < N_FIELDS && fields[number].bits > 64 ? 2 : 1;
}

/* Is @name @first, or @first and @second? */
static bool is_called(const char *name, const char *first, const char *second)
{
	size_t len = strlen(first);

	if (strncmp(name, first, len))
		return false;
	if (!second)
		return !name[len];
	return name[len] == ' ' && !strcmp(name + len + 1, second);
}

unsigned int filter_field_find(const char *first, const char *second)
{
	size_t i;

	for (i = 1; i < N_FIELDS; i++)
		if (is_called(fields[i].name, first, second))
			return (unsigned int)i;
	for (i = 0; i < N_ALIASES; i++)
		if (is_called(aliases[i].name, first, second))
			return aliases[i].field;
	return 0;
}

bool filter_field_begins(const char *first)
{
	size_t i, len = strlen(first);

	for (i = 1; i < N_FIELDS; i++)
		if (!strncmp(fields[i].name, first, len) && fields[i].name[len] == ' ')
			return true;
	return false;
}

/* The first field that holds this, or 0. */
unsigned int filter_field_of_type(const char *type)
{
	size_t i;

	for (i = 1; i < N_FIELDS; i++)
		if (!strcmp(fields[i].type, type))
			return (unsigned int)i;
	return 0;
}

const char *filter_name_of(const struct filter_name *names, uint64_t value)
{
	for (; names->text; names++)
		if (names->value == value)
			return names->text;
	return NULL;
}

const struct filter_name *filter_name_find(const struct filter_name *names,
					   const char *text)
{
	for (; names->text; names++)
		if (!strcasecmp(names->text, text))
			return names;
	return NULL;
}
