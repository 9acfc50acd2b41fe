// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/router_message.c and router_text.c */
#include "router.h"
#include "tools.h"

static struct router_config config, before;
static uint8_t msg[ROUTER_MESSAGE_MAX] __attribute__((aligned(8)));

static struct router_link *parse(const char *text, struct router_config *c)
{
	router_config_free(c);
	CHECK(!router_config_parse(text, strlen(text), "f", stdout, c));
	return c->link;
}

static size_t build(const char *text, enum router_mode mode)
{
	return router_announce_build(msg, parse(text, &config), NULL, mode);
}

/* How much of the message was looked at. */
static size_t seen;

static bool is_next(const char *bytes, size_t len)
{
	seen += len;
	return !memcmp(msg + seen - len, bytes, len);
}

/* What follows in the message is @bytes. */
#define NEXT(bytes)	is_next(bytes, sizeof(bytes) - 1)

/* Begins to look at a new one of @len bytes. */
static bool starts(size_t len, size_t should)
{
	seen = 0;
	return len == should;
}

static void heads(void)
{
	CHECK(starts(build("link e { }", ROUTER_SERVES), 16));
	CHECK(NEXT("\x86\0\0\0\0\0\x07\x08\0\0\0\0\0\0\0\0"));
	CHECK(starts(build("link e { hop-limit 32; preference high; lifetime 900; }",
			   ROUTER_SERVES), 16));
	CHECK(NEXT("\x86\0\0\0\x20\x40\x03\x84\0\0\0\0\0\0\0\0"));
	CHECK(starts(build("link e { preference low; reachable 2; retrans 256ms; }",
			   ROUTER_SERVES), 16));
	CHECK(NEXT("\x86\0\0\0\0\xc0\x07\x08\0\0\x07\xd0\0\0\x01\0"));
}

static const char everything[] =
	"link e { route 9::/16 { lifetime 2; preference high; } mtu 1400; preference high;\n"
	"prefix 7::/16 { valid 1h; preferred 60; } route a::/16 { preference low; }\n"
	"prefix 8::/32 { onlink off; valid forever; preferred forever; } }\n";

static void options(void)
{
	CHECK(starts(build(everything, ROUTER_SERVES), 16 + 8 + 2 * 24 + 2 * 16));
	CHECK(NEXT("\x86\0\0\0\0\x40\x07\x08\0\0\0\0\0\0\0\0"));
	CHECK(NEXT("\x05\x01\0\0\0\0\x05\x78"));
	CHECK(NEXT("\x03\x03\x10\xc0\0\0\x0e\x10\0\0\0\x3c\0\0\0\0"));
	CHECK(NEXT("\0\x07\0\0\0\0\0\0"));
	CHECK(NEXT("\x03\x03\x20\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"));
	CHECK(NEXT("\0\x08\0\0\0\0\0\0"));
	CHECK(NEXT("\x18\x02\x10\x08\0\0\0\x02\0\x09\0\0\0\0\0\0"));
	CHECK(NEXT("\x18\x02\x10\x18\0\0\x07\x08\0\x0a\0\0\0\0\0\0"));
}

/* RFC 4191, section 2.2: without a lifetime the preference is medium. */
static void routers_end(void)
{
	CHECK(starts(build(everything, ROUTER_IDLE), 104));
	CHECK(NEXT("\x86\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\x01\0\0\0\0\x05\x78"));
	CHECK(NEXT("\x03\x03\x10\xc0\0\0\x0e\x10\0\0\0\x3c\0\0\0\0"));
	seen = 72;
	CHECK(NEXT("\x18\x02\x10\x08\0\0\0\x02\0\x09\0\0\0\0\0\0"));
	CHECK(starts(build(everything, ROUTER_ENDS), 104));
	CHECK(NEXT("\x86\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\x01\0\0\0\0\x05\x78"));
	CHECK(NEXT("\x03\x03\x10\xc0\0\0\x0e\x10\0\0\0\x3c\0\0\0\0"));
	seen = 72;
	CHECK(NEXT("\x18\x02\x10\x08\0\0\0\0\0\x09\0\0\0\0\0\0"));
}

static void what_is_told_no_more_ends(void)
{
	struct router_link *old, *new;
	char text[512];
	size_t len;

	old = parse("link e { prefix 6::/16; prefix 7::/16; route 8::/16; route 9::/16; }",
		    &before);
	new = parse("link e { prefix 7::/16 { valid 9; } route 9::/16; }", &config);
	len = router_announce_build(msg, new, old, ROUTER_SERVES);
	CHECK(router_announce_valid(msg, len));
	router_message_text(msg, len, text, sizeof(text));
	CHECK(strstr(text, ", prefix 7::/16 valid 9 preferred 9 onlink auto, route 9::/16 "));
	CHECK(strstr(text, ", prefix 6::/16 valid 0 preferred 0 onlink auto, route 8::/16 "));
	CHECK(!strcmp(text + strlen(text) - 11, " lifetime 0"));
	/* The same bits with another length are another prefix. */
	old = parse("link e { route 8::/16; }", &before);
	new = parse("link e { route 8::/32; }", &config);
	len = router_announce_build(msg, new, old, ROUTER_SERVES);
	CHECK(len == 16 + 16 + 16);
}

#define TEXT "announcement, lifetime 1800 preference low, hop limit 9, " REST
#define REST "reachable 1000 ms, retrans 2000 ms"

static void texts(void)
{
	static const uint8_t solicit[8] __attribute__((aligned(8))) = { 133 };
	char text[512], small[20];
	size_t len;

	CHECK_STR(router_message_text(solicit, sizeof(solicit), text, sizeof(text)),
		  "solicitation");
	len = build("link e { preference low; hop-limit 9; reachable 1; retrans 2; }",
		    ROUTER_SERVES);
	CHECK_STR(router_message_text(msg, len, text, sizeof(text)), TEXT);
	len = build("link e { mtu 600; route 8::/16 { preference high; } }", ROUTER_SERVES);
	CHECK_STR(router_message_text(msg, len, text, sizeof(text)),
		  "announcement, lifetime 1800, mtu 600, route 8::/16 lifetime 1800 preference high");
	len = build("link e { prefix 7::/20 { valid forever; } }", ROUTER_SERVES);
	CHECK_STR(router_message_text(msg, len, text, sizeof(text)),
		  "announcement, lifetime 1800, prefix 7::/20 valid forever preferred 604800 onlink");
	CHECK_STR(router_message_text(msg, len, small, sizeof(small)),
		  "announcement, lifet");
}

static void messages_of_neighbours(void)
{
	struct weft_addr addr = { { { 0xfe, 0x80, 2, 0, 0, 0, 0, 1 } } };
	int i;

	for (i = -1; i < 256; i++)
		CHECK(router_from_neighbour(&addr, i) == (i == 255));
	addr.a8[2] = 3;
	CHECK(!router_from_neighbour(&addr, 255));
	memset(addr.a8 + 2, 0, 6);
	CHECK(!router_from_neighbour(&addr, 255));
	addr = (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, 0, 1 } } };
	CHECK(!router_from_neighbour(&addr, 255));
}

static void solicitations_are_checked(void)
{
	uint8_t m[16] __attribute__((aligned(8))) = { 133 };
	size_t len;

	for (len = 0; len <= sizeof(m); len++)
		CHECK(router_solicit_valid(m, len) == (len >= 8));
	m[1] = 1;
	CHECK(!router_solicit_valid(m, 8));
	m[0] = 134;
	m[1] = 0;
	CHECK(!router_solicit_valid(m, 8));
}

static void announcements_are_checked(void)
{
	uint8_t m[48] __attribute__((aligned(8))) = { 134 };
	size_t len;

	for (len = 0; len <= 16; len++)
		CHECK(router_announce_valid(m, len) == (len == 16));
	m[16] = 99;
	CHECK(!router_announce_valid(m, 24));
	m[17] = 1;
	CHECK(router_announce_valid(m, 24));
	CHECK(!router_announce_valid(m, 23));
	CHECK(!router_announce_valid(m, 25));
	m[17] = 2;
	CHECK(!router_announce_valid(m, 24));
	CHECK(router_announce_valid(m, 32));
	m[17] = 255;
	CHECK(!router_announce_valid(m, 48));
	m[1] = 1;
	CHECK(!router_announce_valid(m, 16));
}

/* What our link "ours" finds different in the announcement "theirs". */
static unsigned int differs(const char *ours, const char *theirs)
{
	size_t len = build(theirs, ROUTER_SERVES);

	return router_announce_differs(parse(ours, &config), msg, len);
}

static void routers_agree(void)
{
	static const char all[] =
		"link e { hop-limit 9; reachable 1; retrans 2; mtu 600; prefix 7::/16; }";
	char text[128];

	CHECK(!differs(all, all));
	CHECK(!differs(all, "link e { }"));
	CHECK(!differs("link e { }", all));
	CHECK(!differs(all, "link e { preference high; lifetime 0; prefix 8::/16; }"));
	CHECK(differs(all, "link e { hop-limit 8; }") == ROUTER_DIFFERS_HOP_LIMIT);
	CHECK(differs(all, "link e { reachable 8; }") == ROUTER_DIFFERS_REACHABLE);
	CHECK(differs(all, "link e { retrans 8; }") == ROUTER_DIFFERS_RETRANS);
	CHECK(differs(all, "link e { mtu 601; }") == ROUTER_DIFFERS_MTU);
	CHECK(differs(all, "link e { prefix 7::/16 { preferred 1; } }") ==
	      ROUTER_DIFFERS_PREFERRED);
	CHECK(differs(all, "link e { prefix 7::/16 { valid 1; } }") ==
	      (ROUTER_DIFFERS_VALID | ROUTER_DIFFERS_PREFERRED));
	CHECK_STR(router_differs_text(ROUTER_DIFFERS_MTU, text, sizeof(text)), "MTU");
	CHECK_STR(router_differs_text(7, text, sizeof(text)),
		  "hop limit, reachable time, time between questions");
	CHECK_STR(router_differs_text(48, text, sizeof(text)),
		  "valid lifetime, preferred lifetime");
}

static void options_of_others_may_be_odd(void)
{
	struct router_link *l = parse("link e { mtu 600; prefix 7::/16; }", &config);
	uint8_t m[48] __attribute__((aligned(8))) = { 134 };
	char text[64];

	/* A prefix and a route that are too short, and a length that no prefix has. */
	m[16] = WEFT_RA_PREFIX;
	m[17] = 1;
	m[24] = WEFT_RA_ROUTE;
	m[25] = 1;
	CHECK(!router_announce_differs(l, m, 32));
	CHECK_STR(router_message_text(m, 32, text, sizeof(text)), "announcement, lifetime 0");
	m[17] = 3;
	m[18] = 200;
	CHECK(!router_announce_differs(l, m, 40));
	CHECK_STR(router_message_text(m, 40, text, sizeof(text)), "announcement, lifetime 0");
}

int main(void)
{
	TAP_RUN(heads);
	TAP_RUN(options);
	TAP_RUN(routers_end);
	TAP_RUN(what_is_told_no_more_ends);
	TAP_RUN(texts);
	TAP_RUN(messages_of_neighbours);
	TAP_RUN(solicitations_are_checked);
	TAP_RUN(announcements_are_checked);
	TAP_RUN(routers_agree);
	TAP_RUN(options_of_others_may_be_odd);
	router_config_free(&config);
	router_config_free(&before);
	return tap_done();
}
