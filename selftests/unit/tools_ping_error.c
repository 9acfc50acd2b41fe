// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/ping_error.c: errors in words. */
#include "cli.h"
#include "ping.h"
#include "tap.h"

static void errors_in_words(void)
{
	static const struct { uint8_t type, code; uint32_t info; const char *text; } cases[] = {
		{ WEFT_CTL_UNREACH, 0, 0, "Destination unreachable: no route" },
		{ WEFT_CTL_UNREACH, 1, 0, "Destination unreachable: prohibited" },
		{ WEFT_CTL_UNREACH, 2, 0,
		  "Destination unreachable: beyond the scope of the source" },
		{ WEFT_CTL_UNREACH, 3, 0, "Destination unreachable: address does not answer" },
		{ WEFT_CTL_UNREACH, 4, 0, "Destination unreachable: no socket at the port" },
		{ WEFT_CTL_UNREACH, 5, 0, "Destination unreachable: no protocol" },
		{ WEFT_CTL_UNREACH, 6, 0, "Destination unreachable: unknown code" },
		{ WEFT_CTL_UNREACH, 255, 0, "Destination unreachable: unknown code" },
		{ WEFT_CTL_TOOBIG, 0, 1300, "Packet too big: mtu=1300" },
		{ WEFT_CTL_TIME, 0, 0, "Time exceeded: hop limit" },
		{ WEFT_CTL_TIME, 1, 0, "Time exceeded: reassembly" },
		{ WEFT_CTL_PARAM, 0, 7, "Parameter problem: byte 7" },
		{ 99, 3, 0, "Error 99, code 3" },
	};
	struct ping_error e = { 0 };
	char buf[80];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		e.type = cases[i].type;
		e.code = cases[i].code;
		e.info = cases[i].info;
		CHECK_STR(ping_error_text(&e, buf, sizeof(buf)), cases[i].text);
	}
}

int main(void)
{
	TAP_RUN(errors_in_words);
	return tap_done();
}
