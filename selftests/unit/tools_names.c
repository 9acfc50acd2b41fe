// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/names.c */
#include "names.h"
#include "tools.h"

static void load(enum names_kind kind, const char *text)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	names_load(kind, f);
	fclose(f);
}

static void are_known_without_files(void)
{
	char buf[NAMES_LEN];
	uint32_t n;

	CHECK_STR(names_text(NAMES_TABLE, 254, buf), "main");
	CHECK_STR(names_text(NAMES_PROTO, 2, buf), "kernel");
	CHECK_STR(names_text(NAMES_SCOPE, 253, buf), "link");
	CHECK_STR(names_text(NAMES_ADDRPROTO, 3, buf), "kernel_ll");
	CHECK(!names_value(NAMES_TABLE, "local", &n) && n == 255);
	CHECK(names_value(NAMES_TABLE, "nonesuch", &n));
}

static void numbers_stay_numbers(void)
{
	char buf[NAMES_LEN];
	uint32_t n;

	CHECK_STR(names_text(NAMES_TABLE, 4000000000U, buf), "4000000000");
	CHECK(!names_value(NAMES_TABLE, "4294967295", &n) && n == UINT32_MAX);
	CHECK(names_value(NAMES_TABLE, "4294967296", &n));
	CHECK(!names_value(NAMES_PROTO, "255", &n) && n == 255);
	CHECK(names_value(NAMES_PROTO, "256", &n));
	CHECK(names_value(NAMES_PROTO, "-1", &n));
}

static void files_add_and_replace(void)
{
	char buf[NAMES_LEN];
	uint32_t n;

	load(NAMES_TABLE, "# comment\n4711\tblue # of the net\n0x1000 red\n254 principal\n");
	CHECK_STR(names_text(NAMES_TABLE, 4711, buf), "blue");
	CHECK(!names_value(NAMES_TABLE, "red", &n) && n == 4096);
	CHECK_STR(names_text(NAMES_TABLE, 254, buf), "principal");
	CHECK(!names_value(NAMES_TABLE, "main", &n) && n == 254);
}

static void bad_lines_are_skipped(void)
{
	char buf[NAMES_LEN];
	uint32_t n;

	load(NAMES_PROTO, "x y\n300 big\n77\n 78 good\n79x bad\n#80 no\n");
	CHECK(names_value(NAMES_PROTO, "big", &n));
	CHECK(names_value(NAMES_PROTO, "bad", &n));
	CHECK(names_value(NAMES_PROTO, "no", &n));
	CHECK_STR(names_text(NAMES_PROTO, 77, buf), "77");
	CHECK_STR(names_text(NAMES_PROTO, 78, buf), "good");
}

static void types(void)
{
	char buf[NAMES_LEN];

	CHECK_STR(names_route_type(6, buf), "blackhole");
	CHECK_STR(names_route_type(200, buf), "200");
	CHECK(names_route_type_value("unicast") == 1);
	CHECK(names_route_type_value("none") == -1);
	CHECK(names_route_type_value("uni") == -1);
}

int main(void)
{
	TAP_RUN(are_known_without_files);
	TAP_RUN(numbers_stay_numbers);
	TAP_RUN(files_add_and_replace);
	TAP_RUN(bad_lines_are_skipped);
	TAP_RUN(types);
	return tap_done();
}
