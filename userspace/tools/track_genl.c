// SPDX-License-Identifier: GPL-2.0
/* Where the family weft_track is on generic netlink. See track.h. */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "track.h"

static void take_group(struct track_bus *bus, const struct nlattr *group)
{
	const struct nlattr *attr;
	const char *name = "";
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME &&
		    !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
			name = mnl_attr_get_str(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			nl_attr_copy(attr, &id, sizeof(id));
	}
	if (!strcmp(name, WEFT_TRACK_GROUP_EVENTS))
		bus->group = id;
}

static int take_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr, *group;
	struct track_bus *bus = arg;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			nl_attr_copy(attr, &bus->type, sizeof(bus->type));
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(group, attr)
			take_group(bus, group);
	}
	return MNL_CB_OK;
}

static bool is_missing(int error)
{
	return error == ENOENT;
}

/* Opens the socket and finds the family; tells when there is none. */
int track_open(struct track_bus *bus)
{
	struct genlmsghdr *genl;
	struct nl_request r;

	memset(bus, 0, sizeof(*bus));
	if (nl_open_generic(&bus->nl))
		return -1;
	genl = nl_request(&r, GENL_ID_CTRL, 0, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	nl_put(&r, CTRL_ATTR_FAMILY_NAME, sizeof(WEFT_TRACK_GENL_NAME),
	       WEFT_TRACK_GENL_NAME);
	if (nl_ask_quietly(&bus->nl, &r.nlh, take_family, bus, is_missing) == CLI_OK &&
	    bus->type)
		return 0;
	if (!bus->type)
		cli_error("no connection tracking: load the module with 'modprobe weft_filter'");
	nl_close(&bus->nl);
	return -1;
}
