// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/out.c */
#include "tools.h"

/* The same calls for each form. */
static void print(const char *file, int line, const char *should)
{
	struct weft_addr addr = WEFT_ADDR_LOOPBACK_INIT;
	struct out o;

	print_begin(&o);
	out_string(&o, OUT_ADDR, "dst", NULL, "7::/16");
	out_addr(&o, "gateway", "via", &addr);
	out_device(&o, "dev", "dev", 2);
	out_uint(&o, "metric", "metric", 1024);
	out_flag(&o, "onlink");
	out_break(&o, "  ");
	out_list(&o, "state");
	out_string(&o, OUT_PLAIN, NULL, NULL, "STALE");
	out_list_end(&o);
	print_end(&o, file, line, should);
}

static void a_line(void)
{
	print(__FILE__, __LINE__,
	      "7::/16 via ::1 dev eth0 metric 1024 onlink\n  STALE");
}

static void one_line(void)
{
	cli.oneline = true;
	print(__FILE__, __LINE__,
	      "7::/16 via ::1 dev eth0 metric 1024 onlink\\  STALE");
	cli.oneline = false;
}

static void an_object(void)
{
	cli.json = true;
	print(__FILE__, __LINE__,
	      "{\"dst\":\"7::/16\",\"gateway\":\"::1\",\"dev\":\"eth0\",\"metric\":1024,\"onlink\":true,\"state\":[\"STALE\"]}");
	cli.json = false;
}

static void colours(void)
{
	cli.colour = true;
	print(__FILE__, __LINE__,
	      "\033[34m7::/16\033[0m via \033[34m::1\033[0m dev \033[36meth0\033[0m metric 1024 onlink\n  STALE");
	cli.colour = false;
}

int main(void)
{
	TAP_RUN(a_line);
	TAP_RUN(one_line);
	TAP_RUN(an_object);
	TAP_RUN(colours);
	return tap_done();
}
