// SPDX-License-Identifier: GPL-2.0
/* userspace/lib/hosts.c */
#include <stdlib.h>

#include "internal.h"
#include "tap.h"

/* What a scan found: addresses and devices in one line of text. */
static char found[256];

static int note(const struct weft_hosts_entry *entry, void *arg)
{
	char text[WEFT_ADDRSTRLEN];
	size_t n = strlen(found);

	(void)arg;
	weft_addr_format(&entry->addr, text, sizeof(text));
	snprintf(found + n, sizeof(found) - n, "%s%s%.*s;", text,
		 entry->dev.s ? "%" : "", (int)entry->dev.len,
		 entry->dev.s ? entry->dev.s : "");
	return 0;
}

static int scan_bytes(const char *file, size_t len, const char *name)
{
	struct weft_span span = { name, strlen(name) };
	FILE *f = fmemopen((void *)(size_t)file, len, "r");
	int err;

	found[0] = '\0';
	err = weft__hosts_scan(f, span, note, NULL);
	fclose(f);
	return err;
}

static int scan(const char *file, const char *name)
{
	return scan_bytes(file, strlen(file), name);
}

static void finds_names(void)
{
	static const char file[] =
		"# nodes\n"
		"\n"
		"7::1 alpha\n"
		"  7::2\tbeta beta.example\t# the second\n"
		"fe80::3%eth0 gamma\n"
		"7::4 alpha";

	CHECK(!scan(file, "alpha"));
	CHECK_STR(found, "7::1;7::4;");
	CHECK(!scan(file, "beta.example"));
	CHECK_STR(found, "7::2;");
	CHECK(!scan(file, "gamma"));
	CHECK_STR(found, "fe80::3%eth0;");
	CHECK(!scan(file, "the"));
	CHECK_STR(found, "");
	CHECK(!scan(file, "alph"));
	CHECK_STR(found, "");
	CHECK(!scan(file, "BETA"));
	CHECK_STR(found, "7::2;");
}

static void tells_malformed_lines(void)
{
	CHECK(scan("7::1\n", "a") == WEFT_EAI_HOSTS);
	CHECK(scan("7::1 # a\n", "a") == WEFT_EAI_HOSTS);
	CHECK(scan("a 7::1\n", "a") == WEFT_EAI_HOSTS);
	CHECK(scan("7::1% a\n", "a") == WEFT_EAI_HOSTS);
	CHECK(scan("7::1 a b!\n", "a") == WEFT_EAI_HOSTS);
	CHECK(scan("7::1 -a\n", "a") == WEFT_EAI_HOSTS);
	CHECK(scan("7::1 a\r\n", "a") == WEFT_EAI_HOSTS);
	CHECK_STR(found, "");
	/* The other lines still count. */
	CHECK(scan("rubbish\n7::1 a\n", "a") == WEFT_EAI_HOSTS);
	CHECK_STR(found, "7::1;");
}

static void survives_odd_bytes(void)
{
	static const char nul[] = "7::1 a\0b\n7::2 a\n";
	char *line = malloc(100000);

	CHECK(scan_bytes(nul, sizeof(nul) - 1, "a") == WEFT_EAI_HOSTS);
	CHECK_STR(found, "7::2;");
	memset(line, 'x', 99999);
	line[99999] = '\0';
	CHECK(scan(line, "a") == WEFT_EAI_HOSTS);
	memcpy(line, "7::1 a ", 7);
	CHECK(scan(line, "a") == WEFT_EAI_HOSTS);
	CHECK_STR(found, "");
	free(line);
}

static int stop(const struct weft_hosts_entry *entry, void *arg)
{
	(void)entry;
	(*(int *)arg)++;
	return WEFT_EAI_MEMORY;
}

static void stops_when_told(void)
{
	static const char file[] = "7::1 a\n7::2 a\n";
	struct weft_span name = { "a", 1 };
	FILE *f = fmemopen((void *)(size_t)file, strlen(file), "r");
	int calls = 0;

	CHECK(weft__hosts_scan(f, name, stop, &calls) == WEFT_EAI_MEMORY);
	CHECK(calls == 1);
	fclose(f);
}

static void knows_names(void)
{
	struct weft_span max = { NULL, 253 }, name = { "n", 1 };
	char text[256];

	CHECK(weft__name_valid(name));
	memset(text, 'a', sizeof(text));
	max.s = text;
	CHECK(weft__name_valid(max));
	max.len++;
	CHECK(!weft__name_valid(max));
	max.len = 0;
	CHECK(!weft__name_valid(max));
	text[0] = '.';
	max.len = 3;
	CHECK(!weft__name_valid(max));
}

int main(void)
{
	TAP_RUN(finds_names);
	TAP_RUN(tells_malformed_lines);
	TAP_RUN(survives_odd_bytes);
	TAP_RUN(stops_when_told);
	TAP_RUN(knows_names);
	return tap_done();
}
