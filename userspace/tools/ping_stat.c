// SPDX-License-Identifier: GPL-2.0
/* weft ping: who answered what, and the sums of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "json.h"
#include "ping.h"

/* A sequence number comes again after 65536 requests: forget its answers. */
void ping_stat_sent(struct ping_stat *s, uint16_t seq, double now)
{
	unsigned int i;

	s->sent++;
	s->sent_at[seq] = now;
	s->answered[seq] = false;
	for (i = 0; i < s->responders; i++)
		s->responder[i]->seen[seq / 8] &= (uint8_t)~(1 << seq % 8);
}

static struct ping_responder *find_responder(struct ping_stat *s,
					     const struct sockaddr_weft *from)
{
	struct ping_responder *r;
	unsigned int i;

	for (i = 0; i < s->responders; i++) {
		r = s->responder[i];
		if (weft_addr_equal(&r->addr.sweft_addr, &from->sweft_addr) &&
		    r->addr.sweft_scope == from->sweft_scope)
			return r;
	}
	if (s->responders == PING_RESPONDERS)
		return NULL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->addr = *from;
	r->addr.sweft_port = 0;
	s->responder[s->responders++] = r;
	return r;
}

/*
 * Takes a reply into account and gives its round-trip time. Returns 0, 1 for another
 * reply to the same request, by the same or another node, or -1 when nobody asked.
 */
int ping_stat_reply(struct ping_stat *s, uint16_t seq, double now,
		    const struct sockaddr_weft *from, double *rtt)
{
	uint8_t bit = (uint8_t)(1 << seq % 8);
	struct ping_responder *r;

	if (s->sent_at[seq] <= 0)
		return -1;
	*rtt = now - s->sent_at[seq];
	r = find_responder(s, from);
	if (r && !(r->seen[seq / 8] & bit)) {
		r->seen[seq / 8] |= bit;
		r->received++;
	}
	if (s->answered[seq]) {
		s->duplicates++;
		return 1;
	}
	s->received++;
	s->answered[seq] = true;

	if (!s->timed || *rtt < s->min)
		s->min = *rtt;
	if (*rtt > s->max)
		s->max = *rtt;
	s->sum += *rtt;
	s->sum2 += *rtt * *rtt;
	s->timed++;
	return 0;
}

static double average(const struct ping_stat *s)
{
	return s->timed ? s->sum / (double)s->timed : 0;
}

/* The standard deviation, as ping's mdev. */
static double deviation(const struct ping_stat *s)
{
	double avg = average(s), var;

	if (!s->timed)
		return 0;
	var = s->sum2 / (double)s->timed - avg * avg;
	return var > 0 ? sqrt(var) : 0;
}

static double loss_percent(const struct ping_stat *s)
{
	if (!s->sent)
		return 0;
	return 100.0 * (double)(s->sent - s->received) / (double)s->sent;
}

void ping_stat_print(const struct ping_stat *s, const char *name, bool group)
{
	printf("\n--- %s ping statistics ---\n", name);
	printf("%lu packets transmitted, %lu received", s->sent, s->received);
	if (group)
		printf(", %u responders", s->responders);
	if (s->duplicates)
		printf(", +%lu duplicates", s->duplicates);
	if (s->corrupted)
		printf(", +%lu corrupted", s->corrupted);
	if (s->errors)
		printf(", +%lu errors", s->errors);
	printf(", %.6g%% packet loss, time %.0fms\n", loss_percent(s),
	       (cli_now() - s->started) * 1e3);
	if (s->timed)
		printf("rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n",
		       s->min * 1e3, average(s) * 1e3, s->max * 1e3,
		       deviation(s) * 1e3);
}

void ping_stat_print_short(const struct ping_stat *s)
{
	fprintf(stderr, "\r%lu/%lu packets, %.0f%% loss", s->received, s->sent,
		loss_percent(s));
	if (s->timed)
		fprintf(stderr, ", min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms",
			s->min * 1e3, average(s) * 1e3, s->max * 1e3,
			deviation(s) * 1e3);
	fputc('\n', stderr);
}

static void json_responders(struct json *j, const struct ping_stat *s)
{
	char text[WEFT_SOCKADDRSTRLEN];
	unsigned int i;

	json_open(j, "responders", '[');
	for (i = 0; i < s->responders; i++) {
		json_open(j, NULL, '{');
		json_string(j, "address",
			    weft_sockaddr_format(&s->responder[i]->addr, text,
						 sizeof(text)));
		json_uint(j, "received", s->responder[i]->received);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void ping_stat_json(const struct ping_stat *s, const char *name,
		    const struct sockaddr_weft *dest)
{
	char text[WEFT_SOCKADDRSTRLEN];
	struct json j;

	json_init(&j, stdout, cli.pretty);
	json_open(&j, NULL, '{');
	json_string(&j, "destination", name);
	json_string(&j, "address",
		    weft_sockaddr_format(dest, text, sizeof(text)));
	json_uint(&j, "transmitted", s->sent);
	json_uint(&j, "received", s->received);
	json_uint(&j, "duplicates", s->duplicates);
	json_uint(&j, "corrupted", s->corrupted);
	json_uint(&j, "errors", s->errors);
	json_double(&j, "loss_percent", loss_percent(s));
	json_double(&j, "time_ms", (cli_now() - s->started) * 1e3);
	if (s->timed) {
		json_open(&j, "rtt_ms", '{');
		json_double(&j, "min", s->min * 1e3);
		json_double(&j, "avg", average(s) * 1e3);
		json_double(&j, "max", s->max * 1e3);
		json_double(&j, "mdev", deviation(s) * 1e3);
		json_close(&j, '}');
	}
	json_responders(&j, s);
	json_close(&j, '}');
}
