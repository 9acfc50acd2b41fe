// SPDX-License-Identifier: GPL-2.0
/* weft trace: what was found, as text and JSON. See trace.h. */
#include <string.h>

#include "trace.h"

/* traceroute's marks of errors; NULL for an answer that is as it should be. */
const char *trace_mark(const struct trace *t, const struct trace_answer *answer,
		       char buf[16])
{
	static const char *const unreachable[] = {
		[WEFT_UNREACH_NOROUTE] = "!N",
		[WEFT_UNREACH_PROHIBITED] = "!X",
		[WEFT_UNREACH_SCOPE] = "!S",
		[WEFT_UNREACH_ADDR] = "!H",
		[WEFT_UNREACH_PORT] = "!<1-4>",
		[WEFT_UNREACH_PROTO] = "!P",
	};

	if (answer->type == WEFT_CTL_ECHO_REPLY ||
	    (answer->type == WEFT_CTL_TIME && answer->code == WEFT_TIME_HOP_LIMIT))
		return NULL;
	if (answer->type == WEFT_CTL_UNREACH &&
	    answer->code <= WEFT_UNREACH_PROTO) {
		if (t->udp && answer->code == WEFT_UNREACH_PORT)
			return NULL;
		return unreachable[answer->code];
	}
	snprintf(buf, 16, "!<%u-%u>", answer->type, answer->code);
	return buf;
}

static bool same_node(const struct sockaddr_weft *a, const struct sockaddr_weft *b)
{
	return weft_addr_equal(&a->sweft_addr, &b->sweft_addr) &&
	       a->sweft_scope == b->sweft_scope;
}

static void print_node(FILE *out, const struct sockaddr_weft *node, bool numeric)
{
	char text[WEFT_SOCKADDRSTRLEN], name[WEFT_HOSTNAME_MAX];

	weft_sockaddr_format(node, text, sizeof(text));
	if (!numeric && !weft_name(node, name, sizeof(name)))
		fprintf(out, "  %s (%s)", name, text);
	else
		fprintf(out, "  %s", text);
}

/* One line: each node once before the times of its answers. */
void trace_print_hop(FILE *out, const struct trace *t, unsigned int hop,
		     bool numeric)
{
	const struct trace_probe *p = &t->probe[(hop - 1) * t->queries];
	const struct sockaddr_weft *node = NULL;
	const char *mark;
	char buf[16];
	unsigned int i;

	fprintf(out, "%2u", hop);
	for (i = 0; i < t->queries; i++, p++) {
		if (p->state != TRACE_ANSWERED) {
			fputs("  *", out);
			continue;
		}
		if (!node || !same_node(node, &p->answer.from))
			print_node(out, &p->answer.from, numeric);
		node = &p->answer.from;
		fprintf(out, "  %.3f ms", p->rtt * 1e3);
		mark = trace_mark(t, &p->answer, buf);
		if (mark)
			fprintf(out, " %s", mark);
	}
	if (t->told[hop])
		fprintf(out, "  F=%u", t->told[hop]);
	fputc('\n', out);
}

static void json_probe(struct json *j, const struct trace *t,
		       const struct trace_probe *p, bool numeric)
{
	char text[WEFT_SOCKADDRSTRLEN], name[WEFT_HOSTNAME_MAX], buf[16];
	const char *mark;

	json_open(j, NULL, '{');
	if (p->state == TRACE_ANSWERED) {
		json_string(j, "address",
			    weft_sockaddr_format(&p->answer.from, text,
						 sizeof(text)));
		if (!numeric && !weft_name(&p->answer.from, name, sizeof(name)))
			json_string(j, "name", name);
		json_double(j, "rtt_ms", p->rtt * 1e3);
		mark = trace_mark(t, &p->answer, buf);
		if (mark)
			json_string(j, "error", mark);
	} else {
		json_bool(j, "timeout", true);
	}
	json_close(j, '}');
}

/* Members of an object that is open. */
void trace_json(struct json *j, const struct trace *t, bool numeric)
{
	unsigned int hop, i;

	json_bool(j, "reached", t->reached);
	if (t->mtu)
		json_uint(j, "mtu", t->mtu);
	json_open(j, "hops", '[');
	for (hop = t->first; hop <= t->last; hop++) {
		json_open(j, NULL, '{');
		json_uint(j, "hop", hop);
		if (t->told[hop])
			json_uint(j, "mtu", t->told[hop]);
		json_open(j, "probes", '[');
		for (i = 0; i < t->queries; i++)
			json_probe(j, t, &t->probe[(hop - 1) * t->queries + i],
				   numeric);
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}
