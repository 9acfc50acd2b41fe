// SPDX-License-Identifier: GPL-2.0
/* userspace/lib/family.c */
#include <errno.h>
#include <unistd.h>

#include "internal.h"
#include "tap.h"

/* Whichever state the machine is in, the answer must fit it. */
static void finds_the_family(void)
{
	bool loaded = !access(WEFT_FAMILY_PATH, R_OK);

	errno = 0;
	if (loaded) {
		CHECK(weft_family() > 0);
	} else {
		CHECK(weft_family() == -1 && errno == EAFNOSUPPORT);
		errno = 0;
		CHECK(weft_socket(SOCK_DGRAM, 0) == -1);
		CHECK(errno == EAFNOSUPPORT);
	}
}

int main(void)
{
	TAP_RUN(finds_the_family);
	return tap_done();
}
