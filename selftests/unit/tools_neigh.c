// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/neigh_entry.c */
#include <unistd.h>

#include "neigh.h"
#include "tools.h"

#define FAMILY	18

static const struct weft_addr addr = WEFT_ADDR_LOOPBACK_INIT;
static const unsigned char mac[] = { 2, 0, 0, 0, 0, 0xab };

static struct ndmsg *begin(struct nl_request *r, uint16_t state, uint8_t flags)
{
	struct ndmsg *ndm = nl_request(r, RTM_NEWNEIGH, 0, sizeof(*ndm));

	ndm->ndm_family = FAMILY;
	ndm->ndm_ifindex = 2;
	ndm->ndm_state = state;
	ndm->ndm_flags = flags;
	nl_put(r, NDA_DST, sizeof(addr), &addr);
	return ndm;
}

static void prints(int where, const struct nl_request *r, const char *should)
{
	struct neigh n;
	struct out o;

	CHECK(!neigh_parse(&r->nlh, FAMILY, &n));
	print_begin(&o);
	neigh_print(&o, &n);
	print_end(&o, __FILE__, where, should);
}

static void are_lines(void)
{
	struct nl_request r;

	begin(&r, NUD_FAILED, 0);
	prints(__LINE__, &r, "::1 dev eth0 FAILED");
	begin(&r, NUD_REACHABLE, NTF_ROUTER);
	nl_put(&r, NDA_LLADDR, sizeof(mac), mac);
	nl_put_u8(&r, NDA_PROTOCOL, RTPROT_STATIC);
	prints(__LINE__, &r,
	       "::1 dev eth0 lladdr 02:00:00:00:00:ab router proto static REACHABLE");
	begin(&r, NUD_NONE, 0);
	prints(__LINE__, &r, "::1 dev eth0 NONE");
	begin(&r, 0, NTF_PROXY)->ndm_ifindex = 0;
	prints(__LINE__, &r, "::1 proxy");
}

static void have_statistics(void)
{
	uint32_t hz = (uint32_t)sysconf(_SC_CLK_TCK);
	struct nda_cacheinfo times = {
		.ndm_used = 3 * hz,
		.ndm_confirmed = 2 * hz,
		.ndm_updated = hz,
	};
	struct nl_request r;

	begin(&r, NUD_PROBE, 0);
	nl_put(&r, NDA_CACHEINFO, sizeof(times), &times);
	nl_put_u32(&r, NDA_PROBES, 2);
	prints(__LINE__, &r, "::1 dev eth0 PROBE");
	cli.stats = 1;
	prints(__LINE__, &r, "::1 dev eth0 used 3/2/1 probes 2 PROBE");
	cli.json = true;
	prints(__LINE__, &r,
	       "{\"dst\":\"::1\",\"dev\":\"eth0\",\"used\":3,\"confirmed\":2,\"updated\":1,\"probes\":2,\"state\":[\"PROBE\"]}");
	cli.json = false;
	cli.stats = 0;
}

static void messages_that_are_none(void)
{
	struct nl_request r;
	struct ndmsg *ndm;
	struct neigh n;

	begin(&r, NUD_STALE, 0)->ndm_family = FAMILY + 1;
	CHECK(neigh_parse(&r.nlh, FAMILY, &n));
	ndm = nl_request(&r, RTM_NEWNEIGH, 0, sizeof(*ndm));
	ndm->ndm_family = FAMILY;
	CHECK(neigh_parse(&r.nlh, FAMILY, &n));
	nl_put(&r, NDA_DST, sizeof(addr) - 1, &addr);
	CHECK(neigh_parse(&r.nlh, FAMILY, &n));
}

/* An address of the link layer that is too long is left out. */
static void long_addresses(void)
{
	unsigned char more[64] = { 0 };
	struct nl_request r;

	begin(&r, NUD_STALE, 0);
	nl_put(&r, NDA_LLADDR, sizeof(more), more);
	prints(__LINE__, &r, "::1 dev eth0 STALE");
}

static void states(void)
{
	CHECK(neigh_state_value("permanent") == NUD_PERMANENT);
	CHECK(neigh_state_value("none") == NUD_NONE);
	CHECK(neigh_state_value("STALE") == -1);
	CHECK(neigh_state_value("") == -1);
}

int main(void)
{
	TAP_RUN(are_lines);
	TAP_RUN(have_statistics);
	TAP_RUN(messages_that_are_none);
	TAP_RUN(long_addresses);
	TAP_RUN(states);
	return tap_done();
}
