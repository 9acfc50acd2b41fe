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

/* Numbers of a router, and settings by hand. */
static void put_all(struct nl_request *r)
{
	struct nlattr *spec, *af;

	spec = mnl_attr_nest_start(&r->nlh, IFLA_AF_SPEC);
	af = mnl_attr_nest_start(&r->nlh, FAMILY);
	nl_put_u8(r, WEFT_LINK_FORWARDING, WEFT_FORWARDING_OFF);
	nl_put_u8(r, WEFT_LINK_ACCEPT_RA, WEFT_ACCEPT_ALWAYS);
	nl_put_u8(r, WEFT_LINK_ACCEPT_REDIRECTS, WEFT_ACCEPT_ALWAYS + 1);
	nl_put_u8(r, WEFT_LINK_SEND_REDIRECTS, 1);
	nl_put_u8(r, WEFT_LINK_HOP_LIMIT, 32);
	nl_put_u32(r, WEFT_LINK_MTU, 1280);
	nl_put_u32(r, WEFT_LINK_REACHABLE, 30000);
	nl_put_u32(r, WEFT_LINK_RETRANS, 500);
	mnl_attr_nest_end(&r->nlh, af);
	mnl_attr_nest_end(&r->nlh, spec);
}

static void what_is_usual_goes_unsaid(void)
{
	struct nl_request r;

	make(&r);
	put_all(&r);
	prints(__LINE__, &r,
	       "2: eth0: <BROADCAST,UP> mtu 1500 state UP\n"
	       "    link/ether 02:00:00:00:00:ab\n"
	       "    weft forwarding off accept_ra always hoplimit 32 mtu 1280 retrans 500");
	cli.details = true;
	prints(__LINE__, &r,
	       "2: eth0: <BROADCAST,UP> mtu 1500 state UP\n"
	       "    link/ether 02:00:00:00:00:ab\n"
	       "    weft forwarding off accept_ra always send_redirects on hoplimit 32 mtu 1280 reachable 30000 retrans 500");
	cli.details = false;
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
	TAP_RUN(what_is_usual_goes_unsaid);
	TAP_RUN(settings_of_others_are_none);
	TAP_RUN(messages_that_are_none);
	return tap_done();
}
