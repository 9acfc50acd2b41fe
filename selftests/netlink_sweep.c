// SPDX-License-Identifier: GPL-2.0
/*
 * Every attribute and every field of every rtnetlink message that Weft takes, at 0, at
 * 1, at the most, at the least, missing, twice, too short, too long and nested where it
 * must not be. Each request is answered. One that is refused says why in words and
 * changes nothing of what all dumps tell; one that is obeyed shows there, and is undone.
 *
 * lab: --nodes 1 --nic none
 * timeout: 200
 */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/weft.h>
#include <net/if.h>
#include <stdbool.h>
#include "netns.h"
#include "rtnl.h"
#include "tap.h"

#define ATTRS_MAX	16
#define WIDTH_MAX	64

/**
 * struct sweep_attr - an attribute of a request
 * @type: its number
 * @len: bytes
 * @data: value in a request that is obeyed; NULL if that has it not
 */
struct sweep_attr {
	int type;
	int len;
	const void *data;
};

/**
 * struct sweep - a message, and what to try with it
 * @name: for the log
 * @type: RTM_*
 * @flags: NLM_F_*
 * @fixed: fixed part
 * @fixed_len: its length
 * @fields: lengths of the fields of the fixed part after the family, in order, 0 ends
 * @max: the highest number of an attribute
 * @lens: lengths of attributes that @base has not; a type of 0 ends. Others have 4 bytes
 * @base: attributes of a request that is obeyed, and lengths of others; a type of 0 ends
 * @nest: numbers of the attributes around @attrs, from the outside; 0 for none
 * @hop: there is a struct rtnexthop before @attrs
 * @attrs: as @base, of the nested ones, which are tried then; else @base is
 * @silent: this errno is an answer, not a refusal: it needs no words
 * @may_idle: it may be obeyed and change nothing
 */
struct sweep {
	const char *name;
	int type;
	int flags;
	const void *fixed;
	int fixed_len;
	int fields[12];
	int max;
	const struct sweep_attr *lens;
	struct sweep_attr base[ATTRS_MAX];
	int nest[2];
	bool hop;
	struct sweep_attr attrs[ATTRS_MAX];
	int silent;
	bool may_idle;
};

/**
 * struct trial - one request made from a message
 * @sweep: the message
 * @attr: the attribute to change, 0 for none
 * @len: its length, -1 to leave it out
 * @value: its bytes are like that
 * @copies: how often it is there
 * @flag: what is set in its number, too
 */
struct trial {
	const struct sweep *sweep;
	int attr;
	int len;
	unsigned char value[WIDTH_MAX];
	int copies;
	int flag;
};

static const struct weft_addr a1 = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
static const struct weft_addr a2 = { { { 0, 7, 0, 0, 0, 0, 0, 2 } } };
static const struct weft_addr prefix = { { { 0, 8, 0, 0, 0, 0, 0, 0 } } };
static const struct weft_addr inside = { { { 0, 8, 0, 0, 0, 0, 0, 1 } } };
static const struct ifa_cacheinfo forever = { .ifa_prefered = ~0U, .ifa_valid = ~0U };
static const unsigned char mac[] = { 2, 0, 0, 0, 0, 0x77 };
static const unsigned int one = 1, nodad = IFA_F_NODAD, hundred = 100, mtu = 1000;
static const unsigned char forwards = WEFT_FORWARDING_ON;
static int nl, weft, dev, trials, obeyed;

/* --- requests ------------------------------------------------------------------ */

static int nest_begin(struct rtnl_request *req, int type)
{
	int at = NLMSG_ALIGN(req->nlh.nlmsg_len);

	rtnl_put(req, type, "", 0);
	return at;
}

static void nest_end(struct rtnl_request *req, int at)
{
	((struct rtattr *)((char *)req + at))->rta_len = req->nlh.nlmsg_len - at;
}

/* All attributes of a list, the one of the trial as that wants it. */
static void put_attrs(struct rtnl_request *req, const struct sweep_attr *attrs,
		      const struct trial *t)
{
	bool there = !t;
	int i;

	for (; attrs->type; attrs++) {
		if (t && attrs->type == t->attr)
			there = true;
		else if (attrs->data)
			rtnl_put(req, attrs->type, attrs->data, attrs->len);
		if (!t || attrs->type != t->attr || t->len < 0)
			continue;
		/* A copy is the value that is obeyed, where there is one, then another. */
		if (t->copies > 1 && attrs->data)
			rtnl_put(req, attrs->type, attrs->data, attrs->len);
		rtnl_put(req, t->attr | t->flag, t->value, t->len);
	}
	for (i = 0; !there && t->attr && t->len >= 0 && i < t->copies; i++)
		rtnl_put(req, t->attr | t->flag, t->value, t->len);
}

static struct rtnl_request build(const struct sweep *s, const struct trial *t)
{
	struct rtnl_request req = rtnl_request(s->type, s->flags, s->fixed,
					       s->fixed_len);
	struct rtnexthop hop = { .rtnh_ifindex = dev };
	int at[2], depth, begin;

	put_attrs(&req, s->base, s->nest[0] ? NULL : t);
	if (!s->nest[0])
		return req;
	for (depth = 0; depth < 2 && s->nest[depth]; depth++)
		at[depth] = nest_begin(&req, s->nest[depth] | (s->hop ? 0 : NLA_F_NESTED));
	begin = req.nlh.nlmsg_len;
	if (s->hop)
		req.nlh.nlmsg_len += sizeof(hop);
	put_attrs(&req, s->attrs, t);
	hop.rtnh_len = req.nlh.nlmsg_len - begin;
	if (s->hop)
		memcpy((char *)&req + begin, &hop, sizeof(hop));
	while (depth--)
		nest_end(&req, at[depth]);
	return req;
}

/* --- what the dumps tell ------------------------------------------------------------ */

/**
 * struct state - all objects of a namespace
 * @len: bytes of @objects
 * @objects: messages, without what passes with time
 */
struct state {
	int len;
	unsigned char objects[16384];
};

/* Attributes that change by themselves, and of a link all but what is ours. */
static bool passes(int msg, int attr)
{
	switch (msg) {
	case RTM_NEWADDR:
		return attr == IFA_CACHEINFO;
	case RTM_NEWROUTE:
		return attr == RTA_CACHEINFO;
	case RTM_NEWNEIGH:
		return attr == NDA_CACHEINFO || attr == NDA_PROBES;
	case RTM_NEWLINK:
		return attr != IFLA_AF_SPEC;
	}
	return false;
}

static int fixed_len(int msg)
{
	static const int lens[] = {
		[RTM_NEWADDR] = sizeof(struct ifaddrmsg),
		[RTM_NEWROUTE] = sizeof(struct rtmsg),
		[RTM_NEWNEIGH] = sizeof(struct ndmsg),
		[RTM_NEWRULE] = sizeof(struct fib_rule_hdr),
		[RTM_NEWLINK] = sizeof(struct ifinfomsg),
	};

	return lens[msg];
}

static void keep(struct state *s, const void *data, int len)
{
	if (s->len + len > (int)sizeof(s->objects)) {
		CHECK(!"more than a state can hold");
		return;
	}
	memcpy(s->objects + s->len, data, len);
	s->len += len;
}

/* What IFLA_AF_SPEC has of Weft; of others counters may be there. */
static void keep_link(struct state *s, struct rtattr *spec)
{
	struct rtattr *rta = RTA_DATA(spec);
	int left = RTA_PAYLOAD(spec);

	for (; RTA_OK(rta, left); rta = RTA_NEXT(rta, left))
		if ((rta->rta_type & NLA_TYPE_MASK) == weft)
			keep(s, rta, rta->rta_len);
}

/* A message with its length made right, so that objects can be told apart. */
static void keep_object(struct state *s, struct nlmsghdr *nlh)
{
	int fixed = NLMSG_ALIGN(fixed_len(nlh->nlmsg_type)), begin = s->len;
	struct rtattr *rta = (void *)((char *)NLMSG_DATA(nlh) + fixed);
	int left = nlh->nlmsg_len - NLMSG_LENGTH(fixed);
	struct nlmsghdr copy = { .nlmsg_type = nlh->nlmsg_type };

	keep(s, &copy, sizeof(copy));
	if (nlh->nlmsg_type != RTM_NEWLINK)
		keep(s, NLMSG_DATA(nlh), fixed);
	for (; RTA_OK(rta, left); rta = RTA_NEXT(rta, left)) {
		if (passes(nlh->nlmsg_type, rta->rta_type))
			continue;
		if (nlh->nlmsg_type == RTM_NEWLINK)
			keep_link(s, rta);
		else
			keep(s, rta, RTA_ALIGN(rta->rta_len));
	}
	copy.nlmsg_len = s->len - begin;
	memcpy(s->objects + begin, &copy, sizeof(copy));
}

static void dump(struct state *s, int type, const void *fixed, int len)
{
	struct rtnl_request req = rtnl_request(type, NLM_F_DUMP, fixed, len);
	static char buf[65536];
	struct nlmsghdr *nlh;
	ssize_t n;

	CHECK(send(nl, &req, req.nlh.nlmsg_len, 0) > 0);
	while ((n = recv(nl, buf, sizeof(buf), 0)) > 0)
		for (nlh = (void *)buf; NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			if (nlh->nlmsg_type == NLMSG_DONE ||
			    nlh->nlmsg_type == NLMSG_ERROR)
				return;
			keep_object(s, nlh);
		}
}

static void look(struct state *s)
{
	struct ifaddrmsg ifa = { .ifa_family = weft };
	struct rtmsg rtm = { .rtm_family = weft };
	struct ndmsg ndm = { .ndm_family = weft };
	struct fib_rule_hdr frh = { .family = weft };
	struct ifinfomsg ifi = {};

	s->len = 0;
	dump(s, RTM_GETADDR, &ifa, sizeof(ifa));
	dump(s, RTM_GETROUTE, &rtm, sizeof(rtm));
	dump(s, RTM_GETNEIGH, &ndm, sizeof(ndm));
	ndm.ndm_flags = NTF_PROXY;
	dump(s, RTM_GETNEIGH, &ndm, sizeof(ndm));
	dump(s, RTM_GETRULE, &frh, sizeof(frh));
	dump(s, RTM_GETLINK, &ifi, sizeof(ifi));
}

static bool same(const struct state *a, const struct state *b)
{
	return a->len == b->len && !memcmp(a->objects, b->objects, a->len);
}

/* --- undoing ----------------------------------------------------------------------- */

static bool has(const struct state *s, const struct nlmsghdr *object)
{
	const unsigned char *p = s->objects;

	for (; p < s->objects + s->len; p += ((struct nlmsghdr *)p)->nlmsg_len)
		if (!memcmp(p, object, object->nlmsg_len))
			return true;
	return false;
}

/* What of an object is needed to name it. */
static bool names(int msg, int attr)
{
	switch (msg) {
	case RTM_NEWADDR:
		return attr == IFA_LOCAL;
	case RTM_NEWROUTE:
		return attr == RTA_DST || attr == RTA_TABLE || attr == RTA_PRIORITY;
	case RTM_NEWNEIGH:
		return attr == NDA_DST;
	}
	return true;
}

static void remove_object(const struct nlmsghdr *object)
{
	int fixed = fixed_len(object->nlmsg_type);
	struct rtnl_request req = rtnl_request(object->nlmsg_type + 1, 0,
					       NLMSG_DATA(object), fixed);
	struct rtattr *rta = (void *)((char *)NLMSG_DATA(object) + NLMSG_ALIGN(fixed));
	int left = object->nlmsg_len - NLMSG_LENGTH(NLMSG_ALIGN(fixed));
	struct rtnl_answer a;

	for (; RTA_OK(rta, left); rta = RTA_NEXT(rta, left))
		if (names(object->nlmsg_type, rta->rta_type))
			rtnl_put(&req, rta->rta_type, RTA_DATA(rta), RTA_PAYLOAD(rta));
	a = rtnl_ask(nl, &req);
	/* The route of an address goes with that. */
	if (a.err && object->nlmsg_type != RTM_NEWROUTE) {
		printf("# %d: %s: %s\n", object->nlmsg_type, strerror(a.err), a.why);
		CHECK(!a.err);
	}
}

/* The links' settings are what they were before all. */
static void reset_links(void)
{
	static const unsigned char defaults[] = {
		[WEFT_LINK_FORWARDING] = WEFT_FORWARDING_DEFAULT,
		[WEFT_LINK_ACCEPT_RA] = WEFT_ACCEPT_HOST,
		[WEFT_LINK_ACCEPT_REDIRECTS] = WEFT_ACCEPT_HOST,
		[WEFT_LINK_SEND_REDIRECTS] = 1,
	};
	struct ifinfomsg ifi = { .ifi_index = dev };
	struct rtnl_request req = rtnl_request(RTM_SETLINK, 0, &ifi, sizeof(ifi));
	int spec = nest_begin(&req, IFLA_AF_SPEC | NLA_F_NESTED);
	int own = nest_begin(&req, weft | NLA_F_NESTED);
	unsigned int i;

	for (i = WEFT_LINK_FORWARDING; i < sizeof(defaults); i++)
		rtnl_put(&req, i, &defaults[i], 1);
	nest_end(&req, own);
	nest_end(&req, spec);
	CHECK(!rtnl_ask(nl, &req).err);
}

/* Removes what was not there before, and makes again what is there no more. */
static void undo(const struct state *before, const struct state *after,
		 const struct sweep *maker)
{
	const unsigned char *p = after->objects;
	struct rtnl_request req;
	struct state now;

	for (; p < after->objects + after->len; p += ((struct nlmsghdr *)p)->nlmsg_len)
		if (((struct nlmsghdr *)p)->nlmsg_type != RTM_NEWLINK &&
		    !has(before, (struct nlmsghdr *)p))
			remove_object((struct nlmsghdr *)p);
	reset_links();
	if (maker) {
		req = build(maker, NULL);
		CHECK(!rtnl_ask(nl, &req).err);
	}
	look(&now);
	if (!same(before, &now))
		printf("# %d bytes of state, %d before\n", now.len, before->len);
	CHECK(same(before, &now));
}

/* --- trials ------------------------------------------------------------------------- */

static struct state before, after;

static void tell(const struct trial *t, const struct rtnl_answer *a, const char *what)
{
	printf("# %s: attribute %d, length %d, bytes %02x..%02x, %d times: %s: \"%s\": %s\n",
	       t->sweep->name, t->attr, t->len, t->value[0],
	       t->len > 0 ? t->value[t->len - 1] : 0, t->copies, strerror(a->err), a->why,
	       what);
}

/*
 * Asks, and looks at what comes of it. @maker makes the object again that is removed;
 * NULL for a message that adds something, itself for one that reads.
 */
static void ask(const struct trial *t, const struct rtnl_request *req,
		const struct sweep *maker)
{
	struct rtnl_answer a = rtnl_ask(nl, req);
	bool reads = maker == t->sweep, changed, right;

	trials++;
	look(&after);
	changed = !same(&before, &after);
	if (a.err < 0)
		tell(t, &a, "no answer");
	CHECK(a.err >= 0);
	if (a.err) {
		if (!a.why[0] && a.err != t->sweep->silent)
			tell(t, &a, "no reason");
		CHECK(a.why[0] || a.err == t->sweep->silent);
	} else {
		obeyed++;
	}
	right = changed ? !a.err && !reads : a.err || reads || t->sweep->may_idle;
	if (!right)
		tell(t, &a, changed ? "changed" : "unchanged");
	CHECK(right);
	if (changed)
		undo(&before, &after, maker);
}

static void try(struct trial *t, const struct sweep *maker)
{
	struct rtnl_request req = build(t->sweep, t);

	ask(t, &req, maker);
}

static void fill(struct trial *t, int len, int first, int rest, int last)
{
	t->len = len;
	memset(t->value, rest, sizeof(t->value));
	if (!len)
		return;
	t->value[0] = first;
	t->value[len - 1] = last;
}

/* One attribute, whose right length is @len. */
static void sweep_attr(const struct sweep *s, int attr, int len,
		       const struct sweep *maker)
{
	struct trial t = { .sweep = s, .attr = attr, .copies = 1 };
	const int lens[] = { 0, 1, len - 1, len + 1, len + 4 };
	unsigned int i;

	t.len = -1;
	try(&t, maker);
	fill(&t, len, 0, 0, 0);
	try(&t, maker);
	/* 1 in either byte order, the most, and the least that is negative. */
	fill(&t, len, 1, 0, len == 1);
	try(&t, maker);
	fill(&t, len, len == 1, 0, 1);
	try(&t, maker);
	fill(&t, len, 0xff, 0xff, 0xff);
	try(&t, maker);
	t.copies = 2;
	try(&t, maker);
	t.copies = 1;
	fill(&t, len, len == 1 ? 0x80 : 0, 0, 0x80);
	try(&t, maker);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		fill(&t, lens[i], 0, 0, 0);
		if (lens[i] != len && lens[i] >= 0)
			try(&t, maker);
	}
	t.flag = NLA_F_NESTED;
	fill(&t, len, 0xff, 0xff, 0xff);
	try(&t, maker);
	fill(&t, 8, 8, 0, 0);
	try(&t, maker);
}

static int attr_len(const struct sweep *s, int type)
{
	const struct sweep_attr *attr = s->nest[0] ? s->attrs : s->base;

	for (; attr->type; attr++)
		if (attr->type == type)
			return attr->len;
	for (attr = s->lens; attr && attr->type; attr++)
		if (attr->type == type)
			return attr->len;
	return 4;
}

/* One field of the fixed part at 0, 1, and the most. */
static void sweep_field(const struct sweep *s, int at, int len,
			const struct sweep *maker)
{
	static const unsigned char values[][2] = { { 0, 0 }, { 1, 0 }, { 0xff, 0xff },
						   { 0, 0x80 }, { 65, 0 } };
	struct trial t = { .sweep = s, .attr = -at };
	struct rtnl_request req;
	unsigned int i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		req = build(s, NULL);
		memset(req.parts + at, values[i][0] == 0xff ? 0xff : 0, len);
		req.parts[at] = len == 1 ? values[i][0] | values[i][1] : values[i][0];
		if (len > 1)
			req.parts[at + len - 1] = values[i][1];
		t.value[0] = req.parts[at];
		ask(&t, &req, maker);
	}
}

/* A message cut off before its end. */
static void sweep_short(const struct sweep *s, const struct sweep *maker)
{
	struct rtnl_request req;
	struct trial t = { .sweep = s };
	int len;

	for (len = NLMSG_HDRLEN + 1; len < NLMSG_LENGTH(s->fixed_len); len++) {
		req = build(s, NULL);
		req.nlh.nlmsg_len = len;
		t.len = len;
		ask(&t, &req, maker);
	}
}

static void sweep(const struct sweep *s, const struct sweep *maker)
{
	struct rtnl_request plain = build(s, NULL);
	struct trial none = { .sweep = s };
	int i, at = 1, begun = trials, well = obeyed;

	look(&before);
	ask(&none, &plain, maker);
	if (obeyed == well)
		printf("# %s is not obeyed\n", s->name);
	CHECK(obeyed > well);
	for (i = 1; i <= s->max + 1; i++)
		sweep_attr(s, i, attr_len(s, i), maker);
	for (i = 0; s->fields[i]; i++) {
		sweep_field(s, at, s->fields[i], maker);
		at += s->fields[i];
	}
	if (!s->nest[0])
		sweep_short(s, maker);
	printf("# %s: %d requests, %d obeyed\n", s->name, trials - begun, obeyed - well);
}

/* Makes what a message needs, tries it, and unmakes that. */
static void sweep_with(const struct sweep *s, const struct sweep *maker)
{
	struct rtnl_request req = build(maker, NULL);
	struct state empty, full;
	bool reads;

	look(&empty);
	CHECK(!rtnl_ask(nl, &req).err);
	reads = s->type == RTM_GETADDR || s->type == RTM_GETROUTE ||
		s->type == RTM_GETNEIGH || s->type == RTM_GETRULE;
	sweep(s, reads ? s : maker);
	look(&full);
	undo(&empty, &full, NULL);
}

/* --- addresses ---------------------------------------------------------------------- */

static struct ifaddrmsg ifa = { .ifa_prefixlen = 32 };

static struct sweep newaddr = {
	.name = "RTM_NEWADDR", .type = RTM_NEWADDR, .flags = NLM_F_CREATE | NLM_F_EXCL,
	.fixed = &ifa, .fixed_len = sizeof(ifa), .fields = { 1, 1, 1, 4 },
	.max = IFA_MAX,
	.base = { { IFA_LOCAL, sizeof(a2), &a2 }, { IFA_FLAGS, 4, &nodad },
		  { IFA_ADDRESS, sizeof(a2), NULL }, { IFA_PROTO, 1, NULL },
		  { IFA_CACHEINFO, sizeof(forever), &forever },
		  { IFA_RT_PRIORITY, 4, &hundred } },
};

static struct sweep deladdr = {
	.name = "RTM_DELADDR", .type = RTM_DELADDR,
	.fixed = &ifa, .fixed_len = sizeof(ifa), .fields = { 1, 1, 1, 4 },
	.max = IFA_MAX,
	.base = { { IFA_LOCAL, sizeof(a2), &a2 }, { IFA_ADDRESS, sizeof(a2), NULL },
		  { IFA_PROTO, 1, NULL }, { IFA_CACHEINFO, sizeof(forever), NULL } },
};

static void addresses(void)
{
	struct ifaddrmsg all = { .ifa_family = weft };
	struct sweep getaddr = {
		.name = "RTM_GETADDR dump", .type = RTM_GETADDR, .flags = NLM_F_DUMP,
		.fixed = &all, .fixed_len = sizeof(all), .fields = { 1, 1, 1, 4 },
		.max = IFA_MAX,
		.base = { { IFA_LOCAL, sizeof(a2), NULL } },
	};

	ifa.ifa_family = weft;
	ifa.ifa_index = dev;
	sweep(&newaddr, NULL);
	sweep_with(&deladdr, &newaddr);
	sweep_with(&getaddr, &newaddr);
}

/* --- routes ------------------------------------------------------------------------- */

static struct rtmsg rtm = { .rtm_dst_len = 16, .rtm_table = RT_TABLE_MAIN,
			    .rtm_protocol = RTPROT_BOOT, .rtm_type = RTN_UNICAST };

static const struct sweep_attr route_lens[] = {
	{ RTA_DST, 8, NULL }, { RTA_SRC, 8, NULL }, { RTA_GATEWAY, 8, NULL },
	{ RTA_PREFSRC, 8, NULL }, { RTA_METRICS, 8, NULL },
	{ RTA_MULTIPATH, sizeof(struct rtnexthop), NULL },
	{ RTA_CACHEINFO, sizeof(struct rta_cacheinfo), NULL }, {},
};

static struct sweep newroute = {
	.name = "RTM_NEWROUTE dev", .type = RTM_NEWROUTE,
	.flags = NLM_F_CREATE | NLM_F_EXCL,
	.fixed = &rtm, .fixed_len = sizeof(rtm), .fields = { 1, 1, 1, 1, 1, 1, 1, 4 },
	.max = RTA_MAX, .lens = route_lens,
	.base = { { RTA_DST, 8, &prefix }, { RTA_OIF, 4, &dev },
		  { RTA_PRIORITY, 4, &hundred } },
};

static struct sweep newroute_via = {
	.name = "RTM_NEWROUTE via", .type = RTM_NEWROUTE,
	.flags = NLM_F_CREATE | NLM_F_EXCL,
	.fixed = &rtm, .fixed_len = sizeof(rtm), .max = RTA_MAX, .lens = route_lens,
	.base = { { RTA_DST, 8, &prefix }, { RTA_GATEWAY, 8, &a2 },
		  { RTA_PREFSRC, 8, &a1 }, { RTA_TABLE, 4, &hundred },
		  { RTA_EXPIRES, 4, &hundred } },
};

static const struct sweep newroute_metrics = {
	.name = "RTA_METRICS", .type = RTM_NEWROUTE, .flags = NLM_F_CREATE | NLM_F_EXCL,
	.fixed = &rtm, .fixed_len = sizeof(rtm), .max = RTAX_MAX,
	.base = { { RTA_DST, 8, &prefix }, { RTA_OIF, 4, &dev } },
	.nest = { RTA_METRICS },
	.attrs = { { RTAX_MTU, 4, &mtu }, { RTAX_HOPLIMIT, 4, &one } },
};

static const struct sweep newroute_hop = {
	.name = "RTA_MULTIPATH", .type = RTM_NEWROUTE,
	.flags = NLM_F_CREATE | NLM_F_EXCL,
	.fixed = &rtm, .fixed_len = sizeof(rtm), .max = RTA_MAX, .lens = route_lens,
	.base = { { RTA_DST, 8, &prefix } },
	.nest = { RTA_MULTIPATH }, .hop = true,
	.attrs = { { RTA_GATEWAY, 8, &a2 } },
};

static struct sweep delroute = {
	.name = "RTM_DELROUTE", .type = RTM_DELROUTE,
	.fixed = &rtm, .fixed_len = sizeof(rtm), .fields = { 1, 1, 1, 1, 1, 1, 1, 4 },
	.max = RTA_MAX, .lens = route_lens,
	.base = { { RTA_DST, 8, &prefix }, { RTA_OIF, 4, &dev },
		  { RTA_PRIORITY, 4, &hundred } },
};

static void routes(void)
{
	struct rtmsg one_way = { .rtm_family = weft, .rtm_dst_len = 64 };
	struct rtmsg all = { .rtm_family = weft };
	struct sweep getroute = {
		.name = "RTM_GETROUTE", .type = RTM_GETROUTE,
		.fixed = &one_way, .fixed_len = sizeof(one_way),
		.fields = { 1, 1, 1, 1, 1, 1, 1, 4 }, .max = RTA_MAX, .lens = route_lens,
		.base = { { RTA_DST, 8, &inside } },
		.silent = ENETUNREACH,
	};
	struct sweep dumproute = {
		.name = "RTM_GETROUTE dump", .type = RTM_GETROUTE, .flags = NLM_F_DUMP,
		.fixed = &all, .fixed_len = sizeof(all),
		.fields = { 1, 1, 1, 1, 1, 1, 1, 4 }, .max = RTA_MAX, .lens = route_lens,
	};

	rtm.rtm_family = weft;
	sweep(&newroute, NULL);
	sweep(&newroute_via, NULL);
	sweep(&newroute_metrics, NULL);
	sweep(&newroute_hop, NULL);
	sweep_with(&delroute, &newroute);
	sweep_with(&getroute, &newroute);
	sweep_with(&dumproute, &newroute);
}

static void refused_so(const struct sweep *s, const struct trial *t, const char *why)
{
	struct rtnl_request req = build(s, t);
	struct rtnl_answer a = rtnl_ask(nl, &req);

	if (a.err != EINVAL || !strstr(a.why, why))
		tell(t, &a, why);
	CHECK(a.err == EINVAL && strstr(a.why, why));
}

/* What a route has not is refused, not forgotten. */
static void what_routes_have_not(void)
{
	static const int selectors[] = { RTA_IIF, RTA_MARK, RTA_UID };
	struct trial t = { .len = 4, .copies = 1 };
	unsigned int i;

	t.sweep = &newroute;
	for (i = 0; i < sizeof(selectors) / sizeof(selectors[0]); i++) {
		t.attr = selectors[i];
		refused_so(&newroute, &t, "rules");
	}
	t.sweep = &newroute_metrics;
	for (t.attr = 1; t.attr <= RTAX_MAX; t.attr++)
		if (t.attr != RTAX_MTU && t.attr != RTAX_HOPLIMIT)
			refused_so(&newroute_metrics, &t, "nsupported attribute");
}

/* Lists of next hops that cannot be: their lengths, and too many. */
static void next_hops(void)
{
	static const int lens[] = { 0, 7, 9, 16, 255 };
	struct rtnexthop hops[65] = {};
	struct rtnl_request req;
	struct trial t = { .sweep = &newroute_hop };
	unsigned int i;

	look(&before);
	for (i = 0; i < 65; i++)
		hops[i] = (struct rtnexthop){ .rtnh_len = sizeof(hops[i]),
					      .rtnh_ifindex = dev };
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		req = rtnl_request(RTM_NEWROUTE, NLM_F_CREATE, &rtm, sizeof(rtm));
		rtnl_put(&req, RTA_DST, &prefix, sizeof(prefix));
		hops[1].rtnh_len = lens[i];
		rtnl_put(&req, RTA_MULTIPATH, hops, 2 * sizeof(hops[0]) + 3);
		t.len = lens[i];
		CHECK(rtnl_ask(nl, &req).err == EINVAL);
		ask(&t, &req, NULL);
	}
	hops[1].rtnh_len = sizeof(hops[1]);
	for (i = 64; i < 66; i++) {
		req = rtnl_request(RTM_NEWROUTE, NLM_F_CREATE, &rtm, sizeof(rtm));
		rtnl_put(&req, RTA_DST, &prefix, sizeof(prefix));
		rtnl_put(&req, RTA_MULTIPATH, hops, i * sizeof(hops[0]));
		t.len = i;
		ask(&t, &req, NULL);
	}
}

/* --- neighbours --------------------------------------------------------------------- */

static struct ndmsg ndm = { .ndm_state = NUD_PERMANENT };
static struct ndmsg proxy = { .ndm_flags = NTF_PROXY };

static struct sweep newneigh = {
	.name = "RTM_NEWNEIGH", .type = RTM_NEWNEIGH, .flags = NLM_F_CREATE | NLM_F_EXCL,
	.fixed = &ndm, .fixed_len = sizeof(ndm), .fields = { 1, 2, 4, 2, 1, 1 },
	.max = NDA_MAX,
	.base = { { NDA_DST, 8, &a2 }, { NDA_LLADDR, 6, mac }, { NDA_PROTOCOL, 1, NULL },
		  { NDA_CACHEINFO, sizeof(struct nda_cacheinfo), NULL } },
};

static struct sweep newproxy = {
	.name = "RTM_NEWNEIGH proxy", .type = RTM_NEWNEIGH,
	.flags = NLM_F_CREATE | NLM_F_EXCL,
	.fixed = &proxy, .fixed_len = sizeof(proxy), .fields = { 1, 2, 4, 2, 1, 1 },
	.max = NDA_MAX,
	.base = { { NDA_DST, 8, &a2 }, { NDA_LLADDR, 6, NULL },
		  { NDA_PROTOCOL, 1, NULL } },
};

static struct sweep delneigh = {
	.name = "RTM_DELNEIGH", .type = RTM_DELNEIGH,
	.fixed = &ndm, .fixed_len = sizeof(ndm), .fields = { 1, 2, 4, 2, 1, 1 },
	.max = NDA_MAX,
	.base = { { NDA_DST, 8, &a2 }, { NDA_LLADDR, 6, NULL },
		  { NDA_PROTOCOL, 1, NULL } },
};

static void neighbours(void)
{
	struct ndmsg which = { .ndm_family = weft, .ndm_ifindex = dev };
	struct ndmsg all = { .ndm_family = weft };
	struct sweep getneigh = {
		.name = "RTM_GETNEIGH", .type = RTM_GETNEIGH,
		.fixed = &which, .fixed_len = sizeof(which),
		.fields = { 1, 2, 4, 2, 1, 1 }, .max = NDA_MAX,
		.base = { { NDA_DST, 8, &a2 }, { NDA_LLADDR, 6, NULL } },
	};
	struct sweep dumpneigh = {
		.name = "RTM_GETNEIGH dump", .type = RTM_GETNEIGH, .flags = NLM_F_DUMP,
		.fixed = &all, .fixed_len = sizeof(all),
		.fields = { 1, 2, 4, 2, 1, 1 }, .max = NDA_MAX,
		.base = { { NDA_IFINDEX, 4, &dev }, { NDA_DST, 8, NULL } },
	};

	ndm.ndm_family = weft;
	ndm.ndm_ifindex = dev;
	proxy.ndm_family = weft;
	proxy.ndm_ifindex = dev;
	sweep(&newneigh, NULL);
	sweep(&newproxy, NULL);
	sweep_with(&delneigh, &newneigh);
	sweep_with(&getneigh, &newneigh);
	sweep_with(&dumpneigh, &newneigh);
}

/* --- rules and links ---------------------------------------------------------------- */

static struct fib_rule_hdr frh = { .action = FR_ACT_TO_TBL, .table = 100 };

static const struct sweep_attr rule_lens[] = {
	{ FRA_DST, 8, NULL }, { FRA_SRC, 8, NULL }, { FRA_L3MDEV, 1, NULL },
	{ FRA_PROTOCOL, 1, NULL }, { FRA_IP_PROTO, 1, NULL },
	{ FRA_UID_RANGE, sizeof(struct fib_rule_uid_range), NULL },
	{ FRA_TUN_ID, 8, NULL }, {},
};

/*
 * The flags are left out: one of them makes a rule that nobody can remove, and that is the
 * same for all families. So is that the kernel has no words for a rule that is not there.
 */
static struct sweep newrule = {
	.name = "RTM_NEWRULE", .type = RTM_NEWRULE, .flags = NLM_F_CREATE | NLM_F_EXCL,
	.fixed = &frh, .fixed_len = sizeof(frh), .fields = { 1, 1, 1, 1, 1, 1, 1 },
	.max = FRA_MAX, .lens = rule_lens,
	.base = { { FRA_PRIORITY, 4, &hundred }, { FRA_TABLE, 4, &hundred } },
};

static struct sweep delrule = {
	.name = "RTM_DELRULE", .type = RTM_DELRULE,
	.fixed = &frh, .fixed_len = sizeof(frh), .fields = { 1, 1, 1, 1, 1, 1, 1 },
	.max = FRA_MAX, .lens = rule_lens,
	.base = { { FRA_PRIORITY, 4, &hundred }, { FRA_TABLE, 4, &hundred } },
	.silent = ENOENT,
};

static void rules(void)
{
	frh.family = weft;
	sweep(&newrule, NULL);
	sweep_with(&delrule, &newrule);
}

static void links(void)
{
	struct ifinfomsg ifi = { .ifi_index = dev };
	struct sweep setlink = {
		.name = "IFLA_AF_SPEC", .type = RTM_SETLINK, .fixed = &ifi,
		.fixed_len = sizeof(ifi), .max = WEFT_LINK_MAX,
		.nest = { IFLA_AF_SPEC, weft },
		.attrs = { { WEFT_LINK_FORWARDING, 1, &forwards } },
		.may_idle = true,
	};

	sweep(&setlink, NULL);
}

int main(void)
{
	const struct timeval patience = { .tv_sec = 10 };

	weft = netns_weft_family();
	if (netns_enter() ||
	    netns_run("ip link add us address 02:00:00:00:00:01 type veth peer name them") ||
	    netns_run("ip link set lo up && ip link set us up && ip link set them up") ||
	    netns_run("weft addr add 7::1/32 dev us nodad"))
		return 1;
	dev = if_nametoindex("us");
	nl = rtnl_open(0);
	setsockopt(nl, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));

	TAP_RUN(addresses);
	TAP_RUN(routes);
	TAP_RUN(what_routes_have_not);
	TAP_RUN(next_hops);
	TAP_RUN(neighbours);
	TAP_RUN(rules);
	TAP_RUN(links);
	return tap_done();
}
