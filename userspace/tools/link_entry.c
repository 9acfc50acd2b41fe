// SPDX-License-Identifier: GPL-2.0
/* A device: from a message, and printed. See link.h. */
#include <stdio.h>
#include <string.h>

#include <net/if.h>
#include <linux/if.h>
#include <linux/if_arp.h>

#include "cli.h"
#include "link.h"

/* --- from a message -------------------------------------------------------------- */

static void parse_setting(struct link *l, const struct nlattr *attr)
{
	unsigned int type = mnl_attr_get_type(attr);
	uint32_t word;
	uint8_t byte;

	if (type == 0 || type > WEFT_LINK_MAX ||
	    !nl_attr_copy(attr, &byte, sizeof(byte)))
		return;
	l->value[type] = nl_attr_copy(attr, &word, sizeof(word)) ? word : byte;
	l->known |= 1U << type;
}

static void parse_families(struct link *l, const struct nlattr *spec,
			   int family)
{
	const struct nlattr *af, *attr;

	mnl_attr_for_each_nested(af, spec)
		if (mnl_attr_get_type(af) == family)
			mnl_attr_for_each_nested(attr, af)
				parse_setting(l, attr);
}

static void parse_attr(struct link *l, const struct nlattr *attr, int family)
{
	unsigned int len = mnl_attr_get_payload_len(attr);

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		snprintf(l->name, sizeof(l->name), "%.*s", (int)len,
			 mnl_attr_get_str(attr));
		break;
	case IFLA_MTU:
		nl_attr_copy(attr, &l->mtu, sizeof(l->mtu));
		break;
	case IFLA_OPERSTATE:
		nl_attr_copy(attr, &l->operstate, sizeof(l->operstate));
		break;
	case IFLA_ADDRESS:
		if (len > sizeof(l->mac))
			break;
		l->mac_len = len;
		memcpy(l->mac, mnl_attr_get_payload(attr), len);
		break;
	case IFLA_AF_SPEC:
		parse_families(l, attr, family);
		break;
	}
}

/* Returns -1 for a message that tells of no device. */
int link_parse(const struct nlmsghdr *nlh, int family, struct link *l)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if ((nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK) ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*ifi)))
		return -1;
	/* A bridge tells of its ports in messages of its own family. */
	if (ifi->ifi_family != AF_UNSPEC)
		return -1;
	memset(l, 0, sizeof(*l));
	l->index = ifi->ifi_index;
	l->flags = ifi->ifi_flags;
	l->type = ifi->ifi_type;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi))
		parse_attr(l, attr, family);
	return 0;
}

/* All devices; @m is to be freed by the caller. Returns CLI_OK or CLI_ERROR. */
int link_collect(struct nl *nl, struct nl_messages *m)
{
	struct nl_request r;

	nl_request(&r, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	nl_put_u32(&r, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return nl_collect(nl, &r.nlh, m);
}

/* --- printed ------------------------------------------------------------------------ */

static const struct {
	unsigned int bit;
	const char *name;
} flag_names[] = {
	{ IFF_LOOPBACK, "LOOPBACK" },
	{ IFF_BROADCAST, "BROADCAST" },
	{ IFF_POINTOPOINT, "POINTOPOINT" },
	{ IFF_MULTICAST, "MULTICAST" },
	{ IFF_NOARP, "NOARP" },
	{ IFF_ALLMULTI, "ALLMULTI" },
	{ IFF_PROMISC, "PROMISC" },
	{ IFF_MASTER, "MASTER" },
	{ IFF_SLAVE, "SLAVE" },
	{ IFF_UP, "UP" },
	{ IFF_LOWER_UP, "LOWER_UP" },
	{ IFF_DORMANT, "DORMANT" },
};

static const char *operstate_name(unsigned char state)
{
	static const char *const names[] = {
		[IF_OPER_UNKNOWN] = "UNKNOWN",
		[IF_OPER_NOTPRESENT] = "NOTPRESENT",
		[IF_OPER_DOWN] = "DOWN",
		[IF_OPER_LOWERLAYERDOWN] = "LOWERLAYERDOWN",
		[IF_OPER_TESTING] = "TESTING",
		[IF_OPER_DORMANT] = "DORMANT",
		[IF_OPER_UP] = "UP",
	};

	return state < MNL_ARRAY_SIZE(names) ? names[state] : "UNKNOWN";
}

static enum out_colour operstate_colour(unsigned char state)
{
	if (state == IF_OPER_UP)
		return OUT_UP;
	return state == IF_OPER_DOWN ? OUT_DOWN : OUT_PLAIN;
}

const char *link_mac_format(const unsigned char *mac, unsigned int len,
			    char *buf, size_t size)
{
	size_t n = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < len && n + 4 <= size; i++)
		n += (size_t)snprintf(buf + n, size - n, i ? ":%02x" : "%02x",
				      mac[i]);
	return buf;
}

static void print_flags(struct out *o, const struct link *l)
{
	struct json *json = out_json(o);
	char text[128];
	size_t i, n = 0;

	text[0] = '\0';
	out_list(o, "flags");
	if (l->flags & IFF_UP && !(l->flags & IFF_RUNNING)) {
		n = (size_t)sprintf(text, ",NO-CARRIER");
		if (json)
			json_string(json, NULL, "NO-CARRIER");
	}
	for (i = 0; i < MNL_ARRAY_SIZE(flag_names); i++) {
		if (!(l->flags & flag_names[i].bit))
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n, ",%s",
				      flag_names[i].name);
		if (json)
			json_string(json, NULL, flag_names[i].name);
	}
	out_list_end(o);
	out_text(o, "<%s>", n ? text + 1 : "");
}

/* What stands between 'link/' and the MAC. */
static const char *type_name(unsigned short type, char buf[16])
{
	if (type == ARPHRD_ETHER)
		return "ether";
	if (type == ARPHRD_LOOPBACK)
		return "loopback";
	snprintf(buf, 16, "%u", type);
	return buf;
}

/* The device itself, in one line and one more for its MAC. */
void link_print_head(struct out *o, const struct link *l)
{
	char mac[LINK_MACSTRLEN], type[16], label[24];

	if (out_json(o)) {
		json_uint(out_json(o), "ifindex", (unsigned int)l->index);
		json_string(out_json(o), "ifname", l->name);
	} else {
		out_text(o, "%d:", l->index);
		out_string(o, OUT_DEVICE, NULL, NULL, l->name);
		o->spaced = false;
		out_text(o, ":");
	}
	print_flags(o, l);
	out_uint(o, "mtu", "mtu", l->mtu);
	out_string(o, operstate_colour(l->operstate), "operstate", "state",
		   operstate_name(l->operstate));
	if (out_json(o))
		json_string(out_json(o), "link_type", type_name(l->type, type));
	if (!l->mac_len)
		return;
	snprintf(label, sizeof(label), "link/%s", type_name(l->type, type));
	out_break(o, "    ");
	out_string(o, OUT_MAC, "address", label,
		   link_mac_format(l->mac, l->mac_len, mac, sizeof(mac)));
}

static const char *const forwarding_names[] = {
	[WEFT_FORWARDING_OFF] = "off",
	[WEFT_FORWARDING_ON] = "on",
	[WEFT_FORWARDING_DEFAULT] = "default",
};

const char *const link_accept_names[] = {
	[WEFT_ACCEPT_NEVER] = "never",
	[WEFT_ACCEPT_HOST] = "host",
	[WEFT_ACCEPT_ALWAYS] = "always",
	NULL
};

static const char *const switch_names[] = { "off", "on" };

/*
 * A setting: its word, the names of its values or NULL for a number, and the value
 * that goes without saying.
 */
static const struct setting {
	const char *word;
	const char *const *names;
	uint32_t n_names;
	uint32_t usual;
	bool always;
} settings[WEFT_LINK_MAX + 1] = {
	[WEFT_LINK_FORWARDING] = {
		"forwarding", forwarding_names, 3, WEFT_FORWARDING_DEFAULT, true
	},
	[WEFT_LINK_ACCEPT_RA] = {
		"accept_ra", link_accept_names, 3, WEFT_ACCEPT_HOST, false
	},
	[WEFT_LINK_ACCEPT_REDIRECTS] = {
		"accept_redirects", link_accept_names, 3, WEFT_ACCEPT_HOST, false
	},
	[WEFT_LINK_SEND_REDIRECTS] = {
		"send_redirects", switch_names, 2, 1, false
	},
	[WEFT_LINK_HOP_LIMIT] = { "hoplimit", NULL, 0, 0, false },
	[WEFT_LINK_MTU] = { "mtu", NULL, 0, 0, false },
	[WEFT_LINK_REACHABLE] = { "reachable", NULL, 0, 30000, false },
	[WEFT_LINK_RETRANS] = { "retrans", NULL, 0, 1000, false },
};

static void print_setting(struct out *o, const struct setting *s, uint32_t value)
{
	if (value == s->usual && !s->always && !cli.details && !out_json(o))
		return;
	if (!s->names)
		out_uint(o, s->word, s->word, value);
	else if (value < s->n_names)
		out_string(o, OUT_PLAIN, s->word, s->word, s->names[value]);
}

static void print_settings(struct out *o, const struct link *l)
{
	unsigned int type;

	if (out_json(o))
		json_open(out_json(o), "weft", '{');
	out_break(o, "    ");
	out_text(o, "weft");
	for (type = 1; type <= WEFT_LINK_MAX; type++)
		if (l->known & 1U << type)
			print_setting(o, &settings[type], l->value[type]);
	if (out_json(o))
		json_close(out_json(o), '}');
}

/* The device and, where it carries Weft, its settings. */
void link_print(struct out *o, const struct link *l)
{
	link_print_head(o, l);
	if (l->known)
		print_settings(o, l);
}
