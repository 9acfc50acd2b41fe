// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/args.c */
#include "tools.h"

struct request {
	uint32_t number;
	int index;
	int again;
	int bare;
};

static int take_number(struct args *a, void *into)
{
	return args_u32(a, 1, 100, &((struct request *)into)->number);
}

static int take_device(struct args *a, void *into)
{
	return args_device(a, &((struct request *)into)->index);
}

static int take_again(struct args *a, void *into)
{
	(void)a;
	((struct request *)into)->again++;
	return CLI_OK;
}

static int take_bare(struct args *a, void *into)
{
	a->word++;
	((struct request *)into)->bare++;
	return CLI_OK;
}

static const struct keyword table[] = {
	{ .name = "number", .take = take_number },
	{ .name = "nummer", .take = take_number },
	{ .name = "device", .take = take_device },
	{ .name = "again", .take = take_again, .again = true },
	{ .take = take_bare, .again = true },
};

static const struct keyword strict_table[] = {
	{ .name = "number", .take = take_number },
	{ 0 },
};

static int read_words(const char *line, struct request *req)
{
	struct args a = words(line);

	memset(req, 0, sizeof(*req));
	return args_read(&a, table, req);
}

static void keywords_and_values(void)
{
	struct request req;

	CHECK(read_words("number 7 again device eth0 again x", &req) == CLI_OK);
	CHECK(req.number == 7 && req.index == 2);
	CHECK(req.again == 2 && req.bare == 1);
	CHECK(read_words("", &req) == CLI_OK);
	CHECK(read_words("num 7 d eth1", &req) == CLI_OK);
	CHECK(req.number == 7 && req.index == 3);
	CHECK(read_words("numberx", &req) == CLI_OK && req.bare == 1);
}

static void refusals(void)
{
	struct request req;
	struct args a;

	CHECK(read_words("number", &req) == CLI_USAGE);
	CHECK(read_words("number 0", &req) == CLI_USAGE);
	CHECK(read_words("number 101", &req) == CLI_USAGE);
	CHECK(read_words("number 7x", &req) == CLI_USAGE);
	CHECK(read_words("number -7", &req) == CLI_USAGE);
	CHECK(read_words("number 7 number 7", &req) == CLI_USAGE);
	CHECK(read_words("number 7 nummer 7", &req) == CLI_USAGE);
	CHECK(read_words("device nodev", &req) == CLI_ERROR);
	CHECK(read_words("number 7 help", &req) == CLI_HELP);
	a = words("frob");
	CHECK(args_read(&a, strict_table, &req) == CLI_USAGE);
}

static int lifetime(const char *word, uint32_t *value)
{
	struct args a = words(word);

	a.key = "valid_lft";
	return args_lifetime(&a, value);
}

static void lifetimes(void)
{
	uint32_t n;

	CHECK(lifetime("forever", &n) == CLI_OK && n == UINT32_MAX);
	CHECK(lifetime("10", &n) == CLI_OK && n == 10);
	CHECK(lifetime("10sec", &n) == CLI_OK && n == 10);
	CHECK(lifetime("10s", &n) == CLI_OK && n == 10);
	CHECK(lifetime("4294967294", &n) == CLI_OK && n == UINT32_MAX - 1);
	CHECK(lifetime("4294967295", &n) == CLI_USAGE);
	CHECK(lifetime("99999999999999999999", &n) == CLI_USAGE);
	CHECK(lifetime("-1", &n) == CLI_USAGE);
	CHECK(lifetime("10m", &n) == CLI_USAGE);
	CHECK(lifetime("", &n) == CLI_USAGE);
}

static int hex(const char *word, uint32_t *value)
{
	struct args a = { .key = "mark" };

	return args_hex(&a, word, value);
}

static void marks(void)
{
	uint32_t n;

	CHECK(hex("0x1F", &n) == CLI_OK && n == 31);
	CHECK(hex("31", &n) == CLI_OK && n == 31);
	CHECK(hex("010", &n) == CLI_OK && n == 10);
	CHECK(hex("0xffffffff", &n) == CLI_OK && n == UINT32_MAX);
	CHECK(hex("0x100000000", &n) == CLI_USAGE);
	CHECK(hex("0x", &n) == CLI_USAGE);
	CHECK(hex("x", &n) == CLI_USAGE);
	CHECK(hex("-1", &n) == CLI_USAGE);
	CHECK(hex("1 ", &n) == CLI_USAGE);
	CHECK(hex("", &n) == CLI_USAGE);
}

static int scoped(const char *word, int *index)
{
	struct args a = words(word);
	struct weft_addr addr;

	a.key = "via";
	return args_addr_scoped(&a, &addr, index);
}

static void addresses_of_a_link(void)
{
	int index = 0;

	CHECK(scoped("fe80::1", &index) == CLI_OK && !index);
	CHECK(scoped("fe80::1%eth1", &index) == CLI_OK && index == 3);
	CHECK(scoped("fe80::1%eth1", &index) == CLI_OK && index == 3);
	CHECK(scoped("fe80::1%eth0", &index) == CLI_USAGE);
	CHECK(scoped("fe80::1%nodev", &index) == CLI_ERROR);
	CHECK(scoped("fe80::1%", &index) == CLI_ERROR);
	CHECK(scoped("%eth1", &index) == CLI_USAGE);
	CHECK(scoped("1111:2222:3333:44445", &index) == CLI_USAGE);
	CHECK(scoped("1111:2222:3333:4444", &index) == CLI_OK);
	CHECK(scoped("1111:2222:3333:4444%eth1", &index) == CLI_OK);
}

static int prefix(const char *word, struct prefix *p)
{
	struct args a = words(word);

	memset(p, 0, sizeof(*p));
	a.key = "to";
	return args_prefix(&a, p);
}

static bool has(const char *p, const char *addr)
{
	struct weft_addr a;
	struct prefix q;

	CHECK(prefix(p, &q) == CLI_OK);
	CHECK(!weft_addr_parse(addr, &a));
	return prefix_has(&q, &a);
}

static void prefixes(void)
{
	static const struct prefix none;
	struct weft_addr addr = WEFT_ADDR_LOOPBACK_INIT;
	struct prefix p;

	CHECK(prefix("default", &p) == CLI_OK && p.set && !p.len);
	CHECK(prefix("all", &p) == CLI_OK && p.set && !p.len);
	CHECK(prefix("7::1", &p) == CLI_OK && p.set && p.len == 64);
	CHECK(prefix("7::/65", &p) == CLI_USAGE && !p.set);
	CHECK(prefix("defaul", &p) == CLI_USAGE);
	CHECK(has("7::/16", "7:1::1") && !has("7::/16", "8::1"));
	CHECK(has("default", "8::1") && has("7::1", "7::1"));
	CHECK(has("7:8000::/17", "7:ffff::") && !has("7:8000::/17", "7::"));
	CHECK(prefix_has(&none, &addr));
}

static void devices(void)
{
	char name[IF_NAMESIZE];

	CHECK_STR(device_name(2, name), "eth0");
	CHECK_STR(device_name(77, name), "if77");
}

int main(void)
{
	be_quiet();
	TAP_RUN(keywords_and_values);
	TAP_RUN(refusals);
	TAP_RUN(lifetimes);
	TAP_RUN(marks);
	TAP_RUN(addresses_of_a_link);
	TAP_RUN(prefixes);
	TAP_RUN(devices);
	return tap_done();
}
