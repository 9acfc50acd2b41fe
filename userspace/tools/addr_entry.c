// SPDX-License-Identifier: GPL-2.0
/* An address of a device: from a message, printed, and filtered. See addr.h. */
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "names.h"

/* --- from a message -------------------------------------------------------------- */

static void parse_attr(struct address *a, const struct nlattr *attr)
{
	struct weft_addr *addr = &a->prefix.addr;

	switch (mnl_attr_get_type(attr)) {
	case IFA_LOCAL:
		a->prefix.set = nl_attr_copy(attr, addr, sizeof(*addr));
		break;
	case IFA_ADDRESS:
		if (!a->prefix.set)
			a->prefix.set = nl_attr_copy(attr, addr, sizeof(*addr));
		break;
	case IFA_FLAGS:
		nl_attr_copy(attr, &a->flags, sizeof(a->flags));
		break;
	case IFA_PROTO:
		nl_attr_copy(attr, &a->proto, sizeof(a->proto));
		break;
	case IFA_RT_PRIORITY:
		nl_attr_copy(attr, &a->metric, sizeof(a->metric));
		break;
	case IFA_CACHEINFO:
		a->has_lifetime = nl_attr_copy(attr, &a->lifetime,
					       sizeof(a->lifetime));
		break;
	}
}

/* Returns -1 for messages that are of another family or have no address. */
int address_parse(const struct nlmsghdr *nlh, int family, struct address *a)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if ((nlh->nlmsg_type != RTM_NEWADDR && nlh->nlmsg_type != RTM_DELADDR) ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*ifa)) ||
	    ifa->ifa_family != family || ifa->ifa_prefixlen > WEFT_ADDR_BITS)
		return -1;
	memset(a, 0, sizeof(*a));
	a->index = (int)ifa->ifa_index;
	a->prefix.len = ifa->ifa_prefixlen;
	a->flags = ifa->ifa_flags;
	a->scope = ifa->ifa_scope;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa))
		parse_attr(a, attr);
	return a->prefix.set ? 0 : -1;
}

/* --- printed ------------------------------------------------------------------------ */

/* Bits of the flags that say more than 'permanent' does. */
static const struct {
	uint32_t bit;
	const char *name;
} flag_names[] = {
	{ IFA_F_TENTATIVE, "tentative" },
	{ IFA_F_DADFAILED, "dadfailed" },
	{ IFA_F_DEPRECATED, "deprecated" },
	{ IFA_F_NODAD, "nodad" },
	{ IFA_F_NOPREFIXROUTE, "noprefixroute" },
};

static const char *lifetime_format(uint32_t seconds, char *buf, size_t size)
{
	if (seconds == UINT32_MAX)
		return "forever";
	snprintf(buf, size, "%usec", seconds);
	return buf;
}

/*
 * Without the lifetimes, which text has in a line of their own, and with the
 * device where the entry does not stand below it.
 */
void address_print(struct out *o, const struct address *a, bool with_device)
{
	char text[WEFT_PREFIXSTRLEN], name[NAMES_LEN];
	size_t i;

	if (out_json(o)) {
		json_string(out_json(o), "family", "weft");
		out_addr(o, "local", NULL, &a->prefix.addr);
		json_uint(out_json(o), "prefixlen", a->prefix.len);
	} else {
		out_string(o, OUT_ADDR, NULL, NULL,
			   weft_prefix_format(&a->prefix.addr, a->prefix.len,
					      text, sizeof(text)));
	}
	if (with_device)
		out_device(o, "ifname", "dev", a->index);
	if (a->metric)
		out_uint(o, "metric", "metric", a->metric);
	out_string(o, OUT_PLAIN, "scope", "scope",
		   names_text(NAMES_SCOPE, a->scope, name));
	if (!(a->flags & IFA_F_PERMANENT))
		out_flag(o, "dynamic");
	for (i = 0; i < MNL_ARRAY_SIZE(flag_names); i++)
		if (a->flags & flag_names[i].bit)
			out_flag(o, flag_names[i].name);
	if (a->proto)
		out_string(o, OUT_PLAIN, "protocol", "proto",
			   names_text(NAMES_ADDRPROTO, a->proto, name));
}

void address_print_lifetime(struct out *o, const struct address *a)
{
	char valid[16], preferred[16];

	if (!a->has_lifetime)
		return;
	if (out_json(o)) {
		json_uint(out_json(o), "valid_life_time",
			  a->lifetime.ifa_valid);
		json_uint(out_json(o), "preferred_life_time",
			  a->lifetime.ifa_prefered);
		return;
	}
	out_break(o, "       ");
	out_text(o, "valid_lft %s preferred_lft %s",
		 lifetime_format(a->lifetime.ifa_valid, valid, sizeof(valid)),
		 lifetime_format(a->lifetime.ifa_prefered, preferred,
				 sizeof(preferred)));
}

/* --- filtered ----------------------------------------------------------------------- */

static int take_device(struct args *a, void *into)
{
	struct addr_filter *f = into;

	a->key = "dev";
	if (f->index) {
		cli_error("one device at a time: '%s'", *a->word);
		return CLI_USAGE;
	}
	return args_device(a, &f->index);
}

static int take_to(struct args *a, void *into)
{
	struct addr_filter *f = into;

	return args_prefix(a, &f->to);
}

static int take_scope(struct args *a, void *into)
{
	struct addr_filter *f = into;

	f->has_scope = true;
	return args_name(a, NAMES_SCOPE, &f->scope);
}

static int take_up(struct args *a, void *into)
{
	struct addr_filter *f = into;

	(void)a;
	f->up = true;
	return CLI_OK;
}

static int take_permanent(struct args *a, void *into)
{
	struct addr_filter *f = into;

	(void)a;
	f->flags |= IFA_F_PERMANENT;
	f->flags_set |= IFA_F_PERMANENT;
	return CLI_OK;
}

static int take_dynamic(struct args *a, void *into)
{
	struct addr_filter *f = into;

	(void)a;
	f->flags |= IFA_F_PERMANENT;
	f->flags_set &= ~(uint32_t)IFA_F_PERMANENT;
	return CLI_OK;
}

/* The name of a flag, with '-' before it for addresses that have it not. */
static int take_flag(struct args *a, void *into)
{
	const char *name = *a->word;
	struct addr_filter *f = into;
	bool not = *name == '-';
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(flag_names); i++) {
		if (strcmp(name + not, flag_names[i].name))
			continue;
		f->flags |= flag_names[i].bit;
		if (!not)
			f->flags_set |= flag_names[i].bit;
		a->word++;
		return CLI_OK;
	}
	return take_device(a, into);
}

static const struct keyword filter_words[] = {
	{ .name = "dev", .take = take_device },
	{ .name = "to", .take = take_to },
	{ .name = "scope", .take = take_scope },
	{ .name = "up", .take = take_up },
	{ .name = "permanent", .take = take_permanent },
	{ .name = "dynamic", .take = take_dynamic },
	{ .take = take_flag, .again = true },
};

int addr_filter_read(struct args *a, struct addr_filter *f)
{
	f->given = *a->word;
	return args_read(a, filter_words, f);
}

/* Whether the device is up, the caller knows. */
bool addr_filter_has(const struct addr_filter *f, const struct address *a)
{
	return (!f->index || f->index == a->index) &&
	       (!f->has_scope || f->scope == a->scope) &&
	       (a->flags & f->flags) == f->flags_set &&
	       prefix_has(&f->to, &a->prefix.addr);
}
