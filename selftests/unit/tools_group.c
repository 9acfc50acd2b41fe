// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/group_entry.c */
#include "group.h"
#include "tools.h"

#define FAMILY	18

static const struct weft_addr addr = WEFT_ADDR_REPORTS_INIT;

static const struct weft_addr sources[] = {
	{ { { 0, 7, 0, 0, 0, 0, 0, 1 } } },
	{ { { 0, 7, 0, 0, 0, 0, 0, 2 } } },
};

static struct ifaddrmsg *begin(struct nl_request *r, uint8_t mode)
{
	struct ifaddrmsg *ifa = nl_request(r, WEFT_RTM_NEWMULTICAST, 0, sizeof(*ifa));

	ifa->ifa_family = FAMILY;
	ifa->ifa_index = 2;
	nl_put(r, IFA_MULTICAST, sizeof(addr), &addr);
	nl_put_u8(r, WEFT_IFA_MODE, mode);
	nl_put_u32(r, WEFT_IFA_USERS, 3);
	return ifa;
}

static void prints(int where, const struct nl_request *r, const char *should)
{
	struct group g;
	struct out o;

	CHECK(!group_parse(&r->nlh, FAMILY, &g));
	print_begin(&o);
	group_print(&o, &g);
	print_end(&o, __FILE__, where, should);
}

static void are_lines(void)
{
	struct nl_request r;

	begin(&r, WEFT_FILTER_EXCLUDE);
	prints(__LINE__, &r, "ff02::16 dev eth0");
	nl_put(&r, WEFT_IFA_BY_HAND, 0, NULL);
	prints(__LINE__, &r, "ff02::16 dev eth0 static");
	nl_put(&r, WEFT_IFA_SOURCES, sizeof(sources), sources);
	prints(__LINE__, &r, "ff02::16 dev eth0 static exclude 7::1 7::2");
	begin(&r, WEFT_FILTER_INCLUDE);
	nl_put(&r, WEFT_IFA_SOURCES, sizeof(sources[0]), sources);
	prints(__LINE__, &r, "ff02::16 dev eth0 include 7::1");
	cli.stats = 1;
	cli.details = true;
	begin(&r, WEFT_FILTER_EXCLUDE);
	prints(__LINE__, &r, "ff02::16 dev eth0 users 3 exclude");
	cli.stats = 0;
	cli.details = false;
}

static void are_json(void)
{
	struct nl_request r;

	cli.json = true;
	begin(&r, WEFT_FILTER_INCLUDE);
	nl_put(&r, WEFT_IFA_SOURCES, sizeof(sources), sources);
	prints(__LINE__, &r,
	       "{\"group\":\"ff02::16\",\"dev\":\"eth0\",\"mode\":\"include\",\"sources\":[\"7::1\",\"7::2\"]}");
	cli.json = false;
}

static void broken_ones_are_refused(void)
{
	struct weft_addr many[WEFT_GROUP_SOURCES_MAX + 1] = { 0 };
	struct nl_request r;
	struct group g;

	begin(&r, WEFT_FILTER_INCLUDE)->ifa_family = FAMILY + 1;
	CHECK(group_parse(&r.nlh, FAMILY, &g));
	begin(&r, WEFT_FILTER_INCLUDE);
	r.nlh.nlmsg_type = RTM_NEWADDR;
	CHECK(group_parse(&r.nlh, FAMILY, &g));
	begin(&r, WEFT_FILTER_INCLUDE);
	r.nlh.nlmsg_len = MNL_NLMSG_HDRLEN + 4;
	CHECK(group_parse(&r.nlh, FAMILY, &g));
	begin(&r, WEFT_FILTER_INCLUDE);
	r.nlh.nlmsg_len = MNL_NLMSG_HDRLEN + sizeof(struct ifaddrmsg);
	CHECK(group_parse(&r.nlh, FAMILY, &g));
	begin(&r, WEFT_FILTER_INCLUDE);
	nl_put(&r, WEFT_IFA_SOURCES, sizeof(many), many);
	CHECK(!group_parse(&r.nlh, FAMILY, &g) && !g.n_sources);
	begin(&r, WEFT_FILTER_INCLUDE);
	nl_put(&r, WEFT_IFA_SOURCES, 7, many);
	CHECK(!group_parse(&r.nlh, FAMILY, &g) && !g.n_sources);
}

int main(void)
{
	TAP_RUN(are_lines);
	TAP_RUN(are_json);
	TAP_RUN(broken_ones_are_refused);
	return tap_done();
}
