// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/ping_stat.c */
#include <arpa/inet.h>
#include <stdlib.h>

#include "cli.h"
#include "ping.h"
#include "tap.h"

static struct ping_stat *s;
static double rtt;

static struct sockaddr_weft node(unsigned int n)
{
	struct sockaddr_weft sa = { .sweft_scope = 2 };

	sa.sweft_addr.a32[1] = htonl(n);
	return sa;
}

static int reply(uint16_t seq, double now, unsigned int from)
{
	struct sockaddr_weft sa = node(from);

	return ping_stat_reply(s, seq, now, &sa, &rtt);
}

static void start(void)
{
	s = calloc(1, sizeof(*s));
}

static void end(void)
{
	unsigned int i;

	for (i = 0; i < s->responders; i++)
		free(s->responder[i]);
	free(s);
}

static void counts_replies(void)
{
	start();
	ping_stat_sent(s, 1, 10);
	ping_stat_sent(s, 2, 11);
	CHECK(reply(1, 10.5, 7) == 0 && rtt == 0.5);
	CHECK(reply(2, 12.5, 7) == 0 && rtt == 1.5);
	CHECK(s->sent == 2 && s->received == 2 && !s->duplicates);
	CHECK(s->min == 0.5 && s->max == 1.5 && s->sum == 2.0);
	CHECK(s->responders == 1 && s->responder[0]->received == 2);
	end();
}

static void ignores_what_nobody_asked(void)
{
	start();
	CHECK(reply(1, 10, 7) == -1);
	ping_stat_sent(s, 1, 10);
	CHECK(reply(2, 10, 7) == -1);
	CHECK(!s->received && !s->responders);
	end();
}

static void tells_duplicates(void)
{
	start();
	ping_stat_sent(s, 1, 10);
	CHECK(reply(1, 11, 7) == 0);
	CHECK(reply(1, 12, 7) == 1);
	CHECK(s->received == 1 && s->duplicates == 1 && s->max == 1);
	end();
}

static void counts_a_group_once(void)
{
	start();
	ping_stat_sent(s, 1, 10);
	CHECK(reply(1, 11, 7) == 0);
	CHECK(reply(1, 12, 8) == 1);
	CHECK(reply(1, 12, 8) == 1);
	CHECK(s->received == 1 && s->responders == 2 && s->duplicates == 2);
	CHECK(s->responder[1]->received == 1);
	end();
}

static void takes_sequence_numbers_again(void)
{
	start();
	ping_stat_sent(s, 65535, 10);
	CHECK(reply(65535, 11, 7) == 0);
	ping_stat_sent(s, 65535, 20);
	CHECK(reply(65535, 21, 7) == 0);
	CHECK(s->received == 2 && !s->duplicates);
	end();
}

static void bounds_responders(void)
{
	unsigned int i;

	start();
	ping_stat_sent(s, 1, 10);
	for (i = 1; i <= PING_RESPONDERS + 10; i++)
		CHECK(reply(1, 11, i) == (i > 1));
	CHECK(s->responders == PING_RESPONDERS && s->received == 1);
	end();
}

int main(void)
{
	TAP_RUN(counts_replies);
	TAP_RUN(ignores_what_nobody_asked);
	TAP_RUN(tells_duplicates);
	TAP_RUN(counts_a_group_once);
	TAP_RUN(takes_sequence_numbers_again);
	TAP_RUN(bounds_responders);
	return tap_done();
}
