// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/addr_entry.c */
#include "addr.h"
#include "tools.h"

#define FAMILY	18

static void make(struct nl_request *r, uint32_t flags)
{
	struct weft_addr addr;
	struct ifaddrmsg *ifa;

	weft_addr_parse("7::1", &addr);
	ifa = nl_request(r, RTM_NEWADDR, 0, sizeof(*ifa));
	ifa->ifa_family = FAMILY;
	ifa->ifa_prefixlen = 16;
	ifa->ifa_index = 2;
	nl_put(r, IFA_LOCAL, sizeof(addr), &addr);
	nl_put_u32(r, IFA_FLAGS, flags);
}

static void prints(int where, const struct nl_request *r, bool with_device,
		   const char *should)
{
	struct address a;
	struct out o;

	CHECK(!address_parse(&r->nlh, FAMILY, &a));
	print_begin(&o);
	address_print(&o, &a, with_device);
	address_print_lifetime(&o, &a);
	print_end(&o, __FILE__, where, should);
}

static void are_lines(void)
{
	struct ifa_cacheinfo life = { .ifa_valid = 10, .ifa_prefered = 5 };
	struct nl_request r;

	make(&r, IFA_F_PERMANENT);
	prints(__LINE__, &r, false, "7::1/16 scope global");
	prints(__LINE__, &r, true, "7::1/16 dev eth0 scope global");
	make(&r, IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_NODAD);
	nl_put_u8(&r, IFA_PROTO, IFAPROT_KERNEL_RA);
	nl_put_u32(&r, IFA_RT_PRIORITY, 77);
	nl_put(&r, IFA_CACHEINFO, sizeof(life), &life);
	prints(__LINE__, &r, false,
	       "7::1/16 metric 77 scope global dynamic tentative dadfailed nodad proto kernel_ra\n       valid_lft 10sec preferred_lft 5sec");
	cli.json = true;
	prints(__LINE__, &r, false,
	       "{\"family\":\"weft\",\"local\":\"7::1\",\"prefixlen\":16,\"metric\":77,\"scope\":\"global\",\"dynamic\":true,\"tentative\":true,\"dadfailed\":true,\"nodad\":true,\"protocol\":\"kernel_ra\",\"valid_life_time\":10,\"preferred_life_time\":5}");
	cli.json = false;
}

static bool has(const char *filter, uint32_t flags)
{
	struct addr_filter f = { 0 };
	struct nl_request r;
	struct address a;
	struct args w;

	make(&r, flags);
	CHECK(!address_parse(&r.nlh, FAMILY, &a));
	w = words(filter);
	CHECK(addr_filter_read(&w, &f) == CLI_OK);
	return addr_filter_has(&f, &a);
}

static void filters(void)
{
	CHECK(has("", 0) && has("eth0", 0) && !has("dev eth1", 0));
	CHECK(has("to 7::/16", 0) && has("to 7::1", 0) && !has("to 7::2", 0));
	CHECK(has("scope global", 0) && !has("scope link", 0));
	CHECK(has("tentative", IFA_F_TENTATIVE) && !has("tentative", 0));
	CHECK(has("-tentative", 0) && !has("-tentative", IFA_F_TENTATIVE));
	CHECK(has("permanent", IFA_F_PERMANENT) && !has("permanent", 0));
	CHECK(has("dynamic", 0) && !has("dynamic", IFA_F_PERMANENT));
	CHECK(has("dadfailed -deprecated", IFA_F_DADFAILED));
	CHECK(!has("dadfailed -deprecated",
		   IFA_F_DADFAILED | IFA_F_DEPRECATED));
}

static void filters_that_are_none(void)
{
	static const char *const lines[] = {
		"eth0 eth1", "nodev", "to x", "scope frob", "-frob", "-",
		"eth0 dev eth0",
	};
	struct addr_filter f;
	struct args a;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		memset(&f, 0, sizeof(f));
		a = words(lines[i]);
		CHECK(addr_filter_read(&a, &f) != CLI_OK);
	}
}

static void messages_that_are_none(void)
{
	struct ifaddrmsg *ifa;
	struct nl_request r;
	struct address a;

	make(&r, 0);
	CHECK(address_parse(&r.nlh, FAMILY + 1, &a));
	ifa = mnl_nlmsg_get_payload(&r.nlh);
	ifa->ifa_prefixlen = 65;
	CHECK(address_parse(&r.nlh, FAMILY, &a));
	ifa = nl_request(&r, RTM_NEWADDR, 0, sizeof(*ifa));
	ifa->ifa_family = FAMILY;
	CHECK(address_parse(&r.nlh, FAMILY, &a));
}

int main(void)
{
	be_quiet();
	TAP_RUN(are_lines);
	TAP_RUN(filters);
	TAP_RUN(filters_that_are_none);
	TAP_RUN(messages_that_are_none);
	return tap_done();
}
