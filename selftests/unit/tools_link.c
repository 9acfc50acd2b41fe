// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/link_entry.c */
#include "link.h"
#include "tools.h"

#include <linux/if_arp.h>

#define FAMILY	18

static const unsigned char mac[] = { 2, 0, 0, 0, 0, 0xab };

static struct ifinfomsg *make(struct nl_request *r)
{
	struct ifinfomsg *ifi = nl_request(r, RTM_NEWLINK, 0, sizeof(*ifi));

	ifi->ifi_index = 2;
	ifi->ifi_type = ARPHRD_ETHER;
	ifi->ifi_flags = IFF_UP | IFF_RUNNING | IFF_BROADCAST;
	nl_put(r, IFLA_IFNAME, 5, "eth0");
	nl_put_u32(r, IFLA_MTU, 1500);
	nl_put_u8(r, IFLA_OPERSTATE, 6);
	nl_put(r, IFLA_ADDRESS, sizeof(mac), mac);
	return ifi;
}

static void put_settings(struct nl_request *r, uint16_t family)
{
	struct nlattr *spec, *af;

	spec = mnl_attr_nest_start(&r->nlh, IFLA_AF_SPEC);
	af = mnl_attr_nest_start(&r->nlh, family);
	nl_put_u8(r, WEFT_LINK_FORWARDING, WEFT_FORWARDING_DEFAULT);
	nl_put_u32(r, WEFT_LINK_MAX + 1, 1);
	mnl_attr_nest_end(&r->nlh, af);
	mnl_attr_nest_end(&r->nlh, spec);
}

static void prints(int where, const struct nl_request *r, const char *should)
{
	struct link l;
	struct out o;

	CHECK(!link_parse(&r->nlh, FAMILY, &l));
	print_begin(&o);
	link_print(&o, &l);
	print_end(&o, __FILE__, where, should);
}

static void are_lines(void)
{
	struct nl_request r;

	make(&r);
	prints(__LINE__, &r, "2: eth0: <BROADCAST,UP> mtu 1500 state UP\n"
	       "    link/ether 02:00:00:00:00:ab");
	make(&r)->ifi_flags = IFF_UP;
	prints(__LINE__, &r, "2: eth0: <NO-CARRIER,UP> mtu 1500 state UP\n"
	       "    link/ether 02:00:00:00:00:ab");
	make(&r)->ifi_flags = 0;
	put_settings(&r, FAMILY);
	prints(__LINE__, &r,
	       "2: eth0: <> mtu 1500 state UP\n"
	       "    link/ether 02:00:00:00:00:ab\n"
	       "    weft forwarding default");
}

static void are_json(void)
{
	struct nl_request r;

	make(&r);
	put_settings(&r, FAMILY);
	cli.json = true;
	prints(__LINE__, &r,
	       "{\"ifindex\":2,\"ifname\":\"eth0\",\"flags\":[\"BROADCAST\",\"UP\"],\"mtu\":1500,\"operstate\":\"UP\",\"link_type\":\"ether\",\"address\":\"02:00:00:00:00:ab\",\"weft\":{\"forwarding\":\"default\"}}");
	cli.json = false;
}

static void settings_of_others_are_none(void)
{
	struct nl_request r;
	struct link l;

	make(&r);
	put_settings(&r, FAMILY + 1);
	CHECK(!link_parse(&r.nlh, FAMILY, &l) && !l.known);
}

static void messages_that_are_none(void)
{
	struct nl_request r;
	struct link l;

	make(&r)->ifi_family = 7;
	CHECK(link_parse(&r.nlh, FAMILY, &l));
	make(&r);
	r.nlh.nlmsg_type = RTM_NEWADDR;
	CHECK(link_parse(&r.nlh, FAMILY, &l));
}

int main(void)
{
	TAP_RUN(are_lines);
	TAP_RUN(are_json);
	TAP_RUN(settings_of_others_are_none);
	TAP_RUN(messages_that_are_none);
	return tap_done();
}
