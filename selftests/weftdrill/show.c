// SPDX-License-Identifier: GPL-2.0
/* Segments as a script writes them. */
#include <string.h>
#include "names.h"
#include "show.h"

static void show_expr(FILE *f, const char *what, const struct drill_expr *e)
{
	switch (e->kind) {
	case DRILL_EXPR_NONE:
		return;
	case DRILL_EXPR_ANY:
		fprintf(f, " %s *", what);
		return;
	case DRILL_EXPR_NUMBER:
		fprintf(f, " %s %lld", what, e->n);
		if (e->to != e->n)
			fprintf(f, "..%lld", e->to);
		return;
	case DRILL_EXPR_KEEP:
		fprintf(f, " %s =%s", what, e->name);
		return;
	default:
		fprintf(f, " %s %s", what, e->name);
		if (e->n || e->to)
			fprintf(f, "%+lld", e->n);
		if (e->to != e->n)
			fprintf(f, "..%lld", e->to);
	}
}

/* Runs are shown relative to an initial sequence number. */
static void show_opt(FILE *f, const struct drill_opt *opt, uint32_t isn)
{
	unsigned int i;

	switch (opt->kind) {
	case DRILL_OPT_MSS:
		fprintf(f, "mss %u", opt->value);
		return;
	case DRILL_OPT_KIND:
		fprintf(f, "kind %u", opt->value);
		return;
	case DRILL_OPT_SACK:
		fputs("sack", f);
		for (i = 0; i < opt->n; i++)
			fprintf(f, " %d:%d", (int)(opt->sack[i].from - isn),
				(int)(opt->sack[i].to - isn));
		return;
	case DRILL_OPT_RAW:
		fputs("raw", f);
		for (i = 0; i < opt->n; i++)
			fprintf(f, " %02x", opt->raw[i]);
	}
}

static void show_seq(FILE *f, uint32_t seq, uint32_t len)
{
	fprintf(f, " %d", (int)seq);
	if (len)
		fprintf(f, ":%d(%u)", (int)(seq + len), len);
}

static void show_ecn(FILE *f, int ecn)
{
	static const char * const names[] = { "0", "ect1", "ect0", "ce" };

	if (ecn >= 0)
		fprintf(f, " ecn %s", names[ecn & 3]);
}

/* What is sent or expected. */
void show_packet(FILE *f, const struct drill_packet *p)
{
	char flags[16];
	unsigned int i;

	drill_flags_show(p->flags, flags);
	fprintf(f, "%c ", p->out ? '>' : '<');
	if (strcmp(p->conn, DRILL_CONN_DEFAULT))
		fprintf(f, "@%s ", p->conn);
	fputs(flags, f);
	if (p->flags_any) {
		drill_flags_show(p->flags_any, flags);
		fprintf(f, " (or %s)", flags);
	}
	if (p->seq_any)
		fputs(" *", f);
	else
		show_seq(f, p->seq, p->len);
	show_expr(f, "ack", &p->ack);
	show_expr(f, "win", &p->win);
	for (i = 0; i < p->n_opts; i++) {
		fputs(i ? ", " : " <", f);
		show_opt(f, &p->opt[i], 0);
	}
	if (p->n_opts || p->opts_any)
		fputs(p->n_opts ? ">" : " <*>", f);
	show_expr(f, "stamp", &p->stamp);
	show_expr(f, "echo", &p->echo);
	show_ecn(f, p->ecn);
}

/* What came, its numbers relative to the two initial sequence numbers. */
void show_seen(FILE *f, const struct drill_seen *seen, uint32_t us_isn, uint32_t them_isn)
{
	const unsigned char *opts = seen->opts;
	unsigned int left = seen->opts_len, n = 0;
	struct drill_opt opt;
	char flags[16];

	drill_flags_show(seen->flags, flags);
	fprintf(f, "> %s", flags);
	show_seq(f, seen->seq - us_isn, seen->len);
	if (seen->flags & WEFT_STREAM_ACK)
		fprintf(f, " ack %d", (int)(seen->ack - them_isn));
	fprintf(f, " win %u", seen->win);
	while (drill_opt_next(&opts, &left, &opt) > 0) {
		fputs(n++ ? ", " : " <", f);
		show_opt(f, &opt, them_isn);
	}
	if (n)
		fputc('>', f);
	show_ecn(f, seen->ecn);
}
