// SPDX-License-Identifier: GPL-2.0
/* userspace/lib/error.c */
#include <errno.h>

#include "internal.h"
#include "tap.h"

static void names_every_error(void)
{
	int i, j;

	CHECK_STR(weft_eai_strerror(0), "Success");
	CHECK_STR(weft_eai_strerror(WEFT_EAI_SYSTEM + 1), "unknown error");
	CHECK_STR(weft_eai_strerror(-1), "unknown error");
	errno = ENOENT;
	for (i = 1; i <= WEFT_EAI_SYSTEM; i++)
		for (j = 0; j < i; j++)
			CHECK(strcmp(weft_eai_strerror(i),
				     weft_eai_strerror(j)));
}

static void tells_how_to_load(void)
{
	CHECK(strstr(weft_strerror(EAFNOSUPPORT), "modprobe weft"));
	CHECK(strstr(weft_eai_strerror(WEFT_EAI_FAMILY), "modprobe weft"));
	CHECK_STR(weft_strerror(ENOENT), strerror(ENOENT));
}

int main(void)
{
	TAP_RUN(names_every_error);
	TAP_RUN(tells_how_to_load);
	return tap_done();
}
