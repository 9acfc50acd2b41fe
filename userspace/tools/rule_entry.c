// SPDX-License-Identifier: GPL-2.0
/* A routing rule: from a message, into one, and printed. See rule.h. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "names.h"
#include "rule.h"

/* --- from a message -------------------------------------------------------------- */

static void parse_number(struct rule *rule, const struct nlattr *attr,
			 unsigned int bit, uint32_t *value)
{
	if (nl_attr_copy(attr, value, sizeof(*value)))
		rule->given |= bit;
}

static void parse_prefix(struct prefix *p, const struct nlattr *attr,
			 unsigned int len)
{
	p->set = len <= WEFT_ADDR_BITS &&
		 nl_attr_copy(attr, &p->addr, sizeof(p->addr));
	p->len = len;
}

static void parse_name(char name[IF_NAMESIZE], const struct nlattr *attr)
{
	snprintf(name, IF_NAMESIZE, "%.*s",
		 (int)mnl_attr_get_payload_len(attr), mnl_attr_get_str(attr));
}

static void parse_users(struct rule *rule, const struct nlattr *attr)
{
	if (nl_attr_copy(attr, &rule->uids, sizeof(rule->uids)))
		rule->given |= RULE_UIDS;
}

static void parse_proto(struct rule *rule, const struct nlattr *attr)
{
	uint8_t proto;

	if (!nl_attr_copy(attr, &proto, sizeof(proto)))
		return;
	rule->proto = proto;
	rule->given |= RULE_PROTO;
}

static void parse_attr(struct rule *rule, const struct nlattr *attr,
		       const struct fib_rule_hdr *hdr)
{
	switch (mnl_attr_get_type(attr)) {
	case FRA_SRC:
		parse_prefix(&rule->from, attr, hdr->src_len);
		break;
	case FRA_DST:
		parse_prefix(&rule->to, attr, hdr->dst_len);
		break;
	case FRA_IIFNAME:
		parse_name(rule->iif, attr);
		break;
	case FRA_OIFNAME:
		parse_name(rule->oif, attr);
		break;
	case FRA_TABLE:
		parse_number(rule, attr, RULE_TABLE, &rule->table);
		break;
	case FRA_PRIORITY:
		parse_number(rule, attr, RULE_PREF, &rule->pref);
		break;
	case FRA_FWMARK:
		parse_number(rule, attr, RULE_MARK, &rule->mark);
		break;
	case FRA_FWMASK:
		parse_number(rule, attr, RULE_MASK, &rule->mask);
		break;
	case FRA_SUPPRESS_PREFIXLEN:
		parse_number(rule, attr, RULE_SUPPRESS, &rule->suppress);
		break;
	case FRA_GOTO:
		parse_number(rule, attr, RULE_GOTO, &rule->go);
		break;
	case FRA_UID_RANGE:
		parse_users(rule, attr);
		break;
	case FRA_PROTOCOL:
		parse_proto(rule, attr);
		break;
	}
}

/* Returns -1 for messages of another family. */
int rule_parse(const struct nlmsghdr *nlh, int family, struct rule *rule)
{
	const struct fib_rule_hdr *hdr = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if ((nlh->nlmsg_type != RTM_NEWRULE &&
	     nlh->nlmsg_type != RTM_DELRULE) ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*hdr)) ||
	    hdr->family != family)
		return -1;
	memset(rule, 0, sizeof(*rule));
	rule->flags = hdr->flags;
	rule->action = hdr->action;
	rule->table = hdr->table;
	rule->mask = UINT32_MAX;
	rule->given = RULE_ACTION | (hdr->table ? RULE_TABLE : 0);
	mnl_attr_for_each(attr, nlh, sizeof(*hdr))
		parse_attr(rule, attr, hdr);
	/* The kernel says so where nothing is suppressed. */
	if (rule->suppress == UINT32_MAX)
		rule->given &= ~(unsigned int)RULE_SUPPRESS;
	return 0;
}

/* --- into a message ------------------------------------------------------------------ */

static void put_prefix(struct nl_request *r, uint16_t type,
		       const struct prefix *p, uint8_t *len)
{
	if (!p->set || !p->len)
		return;
	*len = (uint8_t)p->len;
	nl_put(r, type, sizeof(p->addr), &p->addr);
}

static void put_number(struct nl_request *r, uint16_t type,
		       const struct rule *rule, unsigned int bit,
		       uint32_t value)
{
	if (rule->given & bit)
		nl_put_u32(r, type, value);
}

static void put_name(struct nl_request *r, uint16_t type, const char *name)
{
	if (*name)
		nl_put(r, type, strlen(name) + 1, name);
}

/* A request to add or to delete a rule. */
void rule_put(struct nl_request *r, int family, int type, unsigned int flags,
	      const struct rule *rule)
{
	struct fib_rule_hdr *hdr = nl_request(r, type, flags, sizeof(*hdr));

	hdr->family = (uint8_t)family;
	hdr->action = rule->action;
	hdr->flags = rule->flags & FIB_RULE_INVERT;
	if (rule->given & RULE_TABLE && rule->table < 256)
		hdr->table = (uint8_t)rule->table;
	put_prefix(r, FRA_SRC, &rule->from, &hdr->src_len);
	put_prefix(r, FRA_DST, &rule->to, &hdr->dst_len);
	put_name(r, FRA_IIFNAME, rule->iif);
	put_name(r, FRA_OIFNAME, rule->oif);
	put_number(r, FRA_TABLE, rule, RULE_TABLE, rule->table);
	put_number(r, FRA_PRIORITY, rule, RULE_PREF, rule->pref);
	put_number(r, FRA_FWMARK, rule, RULE_MARK, rule->mark);
	put_number(r, FRA_FWMASK, rule, RULE_MASK, rule->mask);
	put_number(r, FRA_SUPPRESS_PREFIXLEN, rule, RULE_SUPPRESS,
		   rule->suppress);
	put_number(r, FRA_GOTO, rule, RULE_GOTO, rule->go);
	if (rule->given & RULE_UIDS)
		nl_put(r, FRA_UID_RANGE, sizeof(rule->uids), &rule->uids);
	if (rule->given & RULE_PROTO)
		nl_put_u8(r, FRA_PROTOCOL, (uint8_t)rule->proto);
}

/* --- printed ------------------------------------------------------------------------ */

static void print_prefix(struct out *o, const char *key, const char *key_len,
			 const char *label, const struct prefix *p)
{
	char text[WEFT_PREFIXSTRLEN];

	if (p->len == WEFT_ADDR_BITS) {
		out_addr(o, key, label, &p->addr);
	} else if (out_json(o)) {
		out_addr(o, key, label, &p->addr);
		json_uint(out_json(o), key_len, p->len);
	} else {
		out_string(o, OUT_ADDR, key, label,
			   weft_prefix_format(&p->addr, p->len, text,
					      sizeof(text)));
	}
}

static void print_from_to(struct out *o, const struct rule *rule)
{
	if (rule->from.set)
		print_prefix(o, "src", "srclen", "from", &rule->from);
	else
		out_string(o, OUT_PLAIN, "src", "from", "all");
	if (rule->to.set)
		print_prefix(o, "dst", "dstlen", "to", &rule->to);
}

static void print_mark(struct out *o, const struct rule *rule)
{
	char mark[16], mask[16];

	if (!(rule->given & (RULE_MARK | RULE_MASK)))
		return;
	snprintf(mark, sizeof(mark), "0x%x", rule->mark);
	snprintf(mask, sizeof(mask), "0x%x", rule->mask);
	if (out_json(o)) {
		json_string(out_json(o), "fwmark", mark);
		if (rule->mask != UINT32_MAX)
			json_string(out_json(o), "fwmask", mask);
	} else if (rule->mask != UINT32_MAX) {
		out_text(o, "fwmark %s/%s", mark, mask);
	} else {
		out_text(o, "fwmark %s", mark);
	}
}

/* A device that a rule names need not be there. */
static void print_device(struct out *o, const char *key, const char *name,
			 bool detached)
{
	char text[24];

	if (!*name)
		return;
	out_string(o, OUT_DEVICE, key, key, name);
	if (!detached)
		return;
	snprintf(text, sizeof(text), "%s_detached", key);
	if (out_json(o))
		json_bool(out_json(o), text, true);
	else
		out_text(o, "[detached]");
}

static void print_users(struct out *o, const struct fib_rule_uid_range *uids)
{
	if (out_json(o)) {
		json_uint(out_json(o), "uid_start", uids->start);
		json_uint(out_json(o), "uid_end", uids->end);
	} else {
		out_text(o, "uidrange %u-%u", uids->start, uids->end);
	}
}

static void print_goto(struct out *o, const struct rule *rule, bool save)
{
	out_uint(o, "goto", "goto", rule->go);
	if (save || !(rule->flags & FIB_RULE_UNRESOLVED))
		return;
	if (out_json(o))
		json_bool(out_json(o), "unresolved", true);
	else
		out_text(o, "[unresolved]");
}

static void print_action(struct out *o, const struct rule *rule, bool save)
{
	char text[NAMES_LEN];

	switch (rule->action) {
	case FR_ACT_TO_TBL:
		out_string(o, OUT_PLAIN, "table", "lookup",
			   names_text(NAMES_TABLE, rule->table, text));
		if (rule->given & RULE_SUPPRESS)
			out_uint(o, "suppress_prefixlen",
				 "suppress_prefixlength", rule->suppress);
		break;
	case FR_ACT_GOTO:
		print_goto(o, rule, save);
		break;
	case FR_ACT_NOP:
		out_flag(o, "nop");
		break;
	default:
		out_string(o, OUT_PLAIN, "action", NULL,
			   names_route_type(rule->action, text));
	}
}

static void print_pref(struct out *o, const struct rule *rule, bool save)
{
	if (out_json(o)) {
		json_uint(out_json(o), "priority", rule->pref);
	} else if (save) {
		out_text(o, "pref %u", rule->pref);
	} else {
		out_text(o, "%u:\t", rule->pref);
		o->spaced = false;
	}
}

/* With @save as it would be written to add it, without what only the state is. */
void rule_print(struct out *o, const struct rule *rule, bool save)
{
	char text[NAMES_LEN];

	print_pref(o, rule, save);
	if (rule->flags & FIB_RULE_INVERT)
		out_flag(o, "not");
	print_from_to(o, rule);
	print_mark(o, rule);
	print_device(o, "iif", rule->iif,
		     !save && rule->flags & FIB_RULE_IIF_DETACHED);
	print_device(o, "oif", rule->oif,
		     !save && rule->flags & FIB_RULE_OIF_DETACHED);
	if (rule->given & RULE_UIDS)
		print_users(o, &rule->uids);
	print_action(o, rule, save);
	if (rule->given & RULE_PROTO &&
	    (rule->proto > RTPROT_KERNEL || cli.details))
		out_string(o, OUT_PLAIN, "protocol", "proto",
			   names_text(NAMES_PROTO, rule->proto, text));
}
