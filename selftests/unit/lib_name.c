// SPDX-License-Identifier: GPL-2.0
/* userspace/lib/name.c; there are devices eth0, 2, and eth1, 3. */
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"
#include "weft.h"

static char path[32];

static void write_hosts(const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

/* The name of an address, "" for none, "?" for another failure. */
static const char *name_of(const char *text, unsigned int scope)
{
	static char buf[WEFT_HOSTNAME_MAX];
	struct sockaddr_weft sa = { .sweft_scope = scope };
	int err;

	CHECK(!weft_addr_parse(text, &sa.sweft_addr));
	err = weft_name(&sa, buf, sizeof(buf));
	if (err)
		return err == WEFT_EAI_NONAME ? "" : "?";
	return buf;
}

static void finds_the_first_name(void)
{
	write_hosts("# nodes\n7::1 one uno # eins\n7::2 two\n7::1 other\n");
	CHECK_STR(name_of("7::1", 0), "one");
	CHECK_STR(name_of("7::2", 0), "two");
	CHECK_STR(name_of("7::3", 0), "");
}

static void looks_at_the_link(void)
{
	write_hosts("fe80::1%eth0 a\nfe80::1%eth1 b\nfe80::2 c\nfe80::3%nodev d\n");
	CHECK_STR(name_of("fe80::1", 2), "a");
	CHECK_STR(name_of("fe80::1", 3), "b");
	CHECK_STR(name_of("fe80::1", 4), "");
	CHECK_STR(name_of("fe80::2", 4), "c");
	CHECK_STR(name_of("fe80::3", 2), "");
}

static void passes_over_malformed_lines(void)
{
	write_hosts("7::1\n7::1 # x\n7::1 b!\n7::1% c\n7::1 -d\nname 7::1\n7::1 good");
	CHECK_STR(name_of("7::1", 0), "good");
}

static void needs_room_and_a_file(void)
{
	struct sockaddr_weft sa = { 0 };
	char buf[4];

	write_hosts("7::1 four\n7::1 fiv\n");
	weft_addr_parse("7::1", &sa.sweft_addr);
	CHECK(!weft_name(&sa, buf, sizeof(buf)));
	CHECK_STR(buf, "fiv");
	unlink(path);
	CHECK_STR(name_of("7::1", 0), "");
}

int main(void)
{
	int fd;

	strcpy(path, "/tmp/lib_name.XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || setenv("WEFT_HOSTS", path, 1))
		return 1;
	close(fd);
	TAP_RUN(finds_the_first_name);
	TAP_RUN(looks_at_the_link);
	TAP_RUN(passes_over_malformed_lines);
	TAP_RUN(needs_room_and_a_file);
	return tap_done();
}
