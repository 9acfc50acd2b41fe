// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/json.c */
#include <stdlib.h>

#include "json.h"
#include "tap.h"

static char *out;
static size_t out_len;
static struct json j;

static void start(bool pretty)
{
	json_init(&j, open_memstream(&out, &out_len), pretty);
}

static void expect(const char *text)
{
	fclose(j.out);
	CHECK_STR(out, text);
	free(out);
}

static void prints_empty_values(void)
{
	start(false);
	json_open(&j, NULL, '[');
	json_close(&j, ']');
	expect("[]\n");
	start(true);
	json_open(&j, NULL, '{');
	json_open(&j, "a", '[');
	json_close(&j, ']');
	json_close(&j, '}');
	expect("{\n    \"a\": []\n}\n");
}

static void puts_commas(void)
{
	start(false);
	json_open(&j, NULL, '[');
	json_open(&j, NULL, '{');
	json_uint(&j, "n", 18446744073709551615ULL);
	json_bool(&j, "b", true);
	json_close(&j, '}');
	json_open(&j, NULL, '{');
	json_double(&j, "d", 0.5);
	json_bool(&j, "c", false);
	json_close(&j, '}');
	json_close(&j, ']');
	expect("[{\"n\":18446744073709551615,\"b\":true},{\"d\":0.500,\"c\":false}]\n");
}

static void escapes(void)
{
	start(false);
	json_open(&j, NULL, '[');
	json_string(&j, NULL, "a\"b\\c\n\x01\x7f\xff");
	json_close(&j, ']');
	expect("[\"a\\\"b\\\\c\\u000a\\u0001\\u007f\\u00ff\"]\n");
}

static void prints_one_value_after_the_other(void)
{
	start(false);
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	expect("{}\n{}\n");
}

int main(void)
{
	TAP_RUN(prints_empty_values);
	TAP_RUN(puts_commas);
	TAP_RUN(escapes);
	TAP_RUN(prints_one_value_after_the_other);
	return tap_done();
}
