// SPDX-License-Identifier: GPL-2.0
/* The peer that a script plays: its segments go out, Weft's are compared. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "run.h"
#include "show.h"

/* Of the peer's clock when a script begins. */
#define PEER_STAMP	0x40000000u
#define PEER_ISN	0x57000000u
#define PEER_PORT	8000
#define PEER_WIN	65535
/* Port of Weft's that nothing was bound to. */
#define UNBOUND_PORT	5000
/* The last bits of a time stamp may say what a cookie needs, so it may go back by these. */
#define STAMP_BITS	31

/* A connection by its name; it begins to be when it is first named. */
struct drill_conn *run_conn(struct drill_run *run, const char *name)
{
	struct drill_conn *c;
	int i;

	for (i = 0; i < run->n_conns; i++)
		if (!strcmp(run->conn[i].name, name))
			return &run->conn[i];
	if (i == RUN_CONNS)
		abort();
	c = &run->conn[run->n_conns++];
	*c = (struct drill_conn){
		.them = PEER_PORT + i, .win = PEER_WIN, .them_isn = PEER_ISN + (i << 20),
	};
	strcpy(c->name, name);
	return c;
}

/* A value by its name; it is 0 when it is first named. */
struct drill_kept *run_kept(struct drill_run *run, const char *name)
{
	int i;

	for (i = 0; i < run->n_kept; i++)
		if (!strcmp(run->kept[i].name, name))
			return &run->kept[i];
	if (i == RUN_KEPT)
		abort();
	run->n_kept++;
	strcpy(run->kept[i].name, name);
	return &run->kept[i];
}

/* The peer's clock. */
uint32_t run_stamp(const struct drill_run *run)
{
	return PEER_STAMP + run_now(run);
}

/* --- sending ----------------------------------------------------------------------- */

/* What a field of the clock is to be, @usual if nothing was said. */
static uint32_t clock_value(struct drill_run *run, const struct drill_expr *e,
			    uint32_t usual)
{
	switch (e->kind) {
	case DRILL_EXPR_NUMBER:
		return e->n;
	case DRILL_EXPR_NOW:
		return run_stamp(run) + e->n;
	case DRILL_EXPR_NAME:
		return run_kept(run, e->name)->n + e->n;
	case DRILL_EXPR_KEEP:
		run_kept(run, e->name)->n = usual;
		return usual;
	default:
		return usual;
	}
}

static bool put_frame(struct drill_run *run, const unsigned char *frame, size_t len,
		      FILE *why)
{
	if (write(run->tap, frame, len) == (ssize_t)len)
		return true;
	fprintf(why, "cannot send: %s", strerror(errno));
	return false;
}

/*
 * The peer acknowledges more: what it echoes is the stamp of the segment that was next,
 * as it came last (RFC 7323, 4.3). What it does not acknowledge it has not got.
 */
static void acknowledge(struct drill_conn *c, uint32_t ack)
{
	unsigned int i, n = c->n_out < RUN_SENT ? c->n_out : RUN_SENT;
	const struct drill_sent *s;

	if ((int32_t)(ack - c->acked) <= 0)
		return;
	for (i = 1; i <= n; i++) {
		s = &c->out[(c->n_out - i) % RUN_SENT];
		if ((int32_t)(s->seq - c->acked) <= 0 && (int32_t)(s->end - c->acked) > 0) {
			c->recent = s->stamp;
			break;
		}
	}
	c->acked = ack;
}

/* Sends a segment of the peer. */
bool peer_send(struct drill_run *run, const struct drill_packet *p, FILE *why)
{
	static unsigned char frame[DRILL_FRAME_MAX];
	struct drill_conn *c = run_conn(run, p->conn);
	bool acks = p->flags & WEFT_STREAM_ACK;
	struct drill_numbers n;
	size_t len;

	if (!c->us)
		c->us = run->port ? run->port : UNBOUND_PORT;
	if (p->win.kind)
		c->win = p->win.n;
	if (acks)
		acknowledge(c, c->us_isn + p->ack.n);
	n = (struct drill_numbers){
		.us = p->dport < 0 ? c->us : p->dport,
		.them = p->sport < 0 ? c->them : p->sport,
		.seq = c->them_isn + p->seq,
		.ack = p->ack.kind ? c->us_isn + p->ack.n : 0,
		.win = c->win,
		.stamp = clock_value(run, &p->stamp, run_stamp(run)),
		.echo = clock_value(run, &p->echo, acks ? c->recent : 0),
		.us_isn = c->us_isn,
	};
	c->sent = n.seq + p->len + !!(p->flags & WEFT_STREAM_SYN) +
		  !!(p->flags & WEFT_STREAM_FIN);
	len = drill_frame_make(frame, p, &n, p->seq - 1);
	return put_frame(run, frame, len, why);
}

/* Sends a control message about the last segment of a connection. */
bool peer_error(struct drill_run *run, const struct drill_error *e, FILE *why)
{
	static unsigned char frame[DRILL_FRAME_MAX];
	struct drill_conn *c = run_conn(run, e->conn);
	size_t len;

	if (!c->last) {
		fputs("there is no segment to quote", why);
		return false;
	}
	len = drill_frame_error(frame, e, c->last, c->last_len, c->us_isn);
	return put_frame(run, frame, len, why);
}

/* The peer forgets a connection: RST with the number that Weft expects next. */
static void hang_up(struct drill_run *run, const struct drill_conn *c, uint32_t seq,
		    uint32_t ack)
{
	static unsigned char frame[DRILL_FRAME_MAX];
	static const struct drill_packet rst = {
		.flags = WEFT_STREAM_RST | WEFT_STREAM_ACK,
		.hdr_len = -1, .cut = -1, .ecn = -1, .hops = 64,
	};
	const struct drill_numbers n = {
		.us = c->us, .them = c->them, .seq = seq, .ack = ack,
		.stamp = run_stamp(run), .echo = c->recent,
	};

	put_frame(run, frame, drill_frame_make(frame, &rst, &n, 0), stderr);
}

/*
 * Ends what a script has left, so that no socket goes on in the kernel: each connection
 * expects what it acknowledged last or what was sent to it last.
 */
void peer_hang_up(struct drill_run *run)
{
	struct drill_conn *c;

	for (c = run->conn; c < run->conn + run->n_conns; c++) {
		if (!c->us)
			continue;
		hang_up(run, c, c->acked_us, c->us_isn + 1);
		if (c->sent != c->acked_us)
			hang_up(run, c, c->sent, c->us_isn + 1);
	}
}

/* --- comparing --------------------------------------------------------------------- */

static bool number_right(const struct drill_expr *e, long long is)
{
	return e->kind != DRILL_EXPR_NUMBER || (is >= e->n && is <= e->to);
}

static bool clock_right(struct drill_run *run, const struct drill_expr *e, uint32_t is)
{
	int32_t difference;

	switch (e->kind) {
	case DRILL_EXPR_NUMBER:
		return is >= e->n && is <= e->to;
	case DRILL_EXPR_NOW:
		difference = is - run_stamp(run);
		return difference >= e->n && difference <= e->to;
	case DRILL_EXPR_NAME:
		difference = is - (uint32_t)run_kept(run, e->name)->n;
		return difference >= e->n && difference <= e->to;
	case DRILL_EXPR_KEEP:
		run_kept(run, e->name)->n = is;
		return true;
	default:
		return true;
	}
}

/* What never may be, whatever was expected. */
static const char *always_wrong(const struct drill_conn *c, const struct drill_seen *seen)
{
	if (seen->wrong)
		return seen->wrong;
	if (!c->stamp_known || seen->flags & (WEFT_STREAM_RST | WEFT_STREAM_SYN))
		return NULL;
	if ((int32_t)(seen->stamp - c->stamp) < -STAMP_BITS)
		return "the time stamp goes back";
	if ((int32_t)(seen->ack + seen->win - c->edge) < 0)
		return "the window's right edge goes back";
	return NULL;
}

/* The first field that differs, NULL if none does. */
static const char *difference(struct drill_run *run, const struct drill_packet *p,
			      const struct drill_conn *c, const struct drill_seen *seen)
{
	uint32_t seq = c->us_isn + p->seq;

	if ((seen->flags & ~p->flags_any) != p->flags)
		return "flags";
	if (!p->seq_any && seen->seq != seq)
		return "sequence number";
	if (!p->seq_any && seen->len != p->len)
		return "length";
	if ((seen->flags & WEFT_STREAM_ACK) &&
	    !number_right(&p->ack, (int32_t)(seen->ack - c->them_isn)))
		return "ack";
	if (!number_right(&p->win, seen->win))
		return "win";
	if (!clock_right(run, &p->stamp, seen->stamp))
		return "stamp";
	if (!clock_right(run, &p->echo, seen->echo))
		return "echo";
	if (p->ecn >= 0 && seen->ecn != p->ecn)
		return "ecn";
	if (!drill_data_check(seen, p, seen->seq - c->us_isn - 1))
		return "payload";
	return drill_opts_check(seen, p, c->them_isn);
}

/* What the peer remembers of a segment. */
static void remember(struct drill_conn *c, const struct drill_seen *seen)
{
	uint32_t len = seen->len + !!(seen->flags & (WEFT_STREAM_SYN | WEFT_STREAM_FIN));

	if (!(seen->flags & WEFT_STREAM_RST)) {
		if (!c->stamp_known || (!len && seen->seq == c->acked))
			c->recent = seen->stamp;
		c->out[c->n_out++ % RUN_SENT] = (struct drill_sent){
			seen->seq, seen->seq + len, seen->stamp,
		};
		c->stamp = seen->stamp;
		c->edge = seen->ack + seen->win;
		c->acked_us = seen->ack;
		c->stamp_known = true;
	}
	free(c->last);
	c->last = malloc(seen->frame_len);
	if (!c->last)
		abort();
	memcpy(c->last, seen->frame, seen->frame_len);
	c->last_len = seen->frame_len;
}

/* Compares a segment with what the script expects, and tells what differs. */
bool peer_match(struct drill_run *run, const struct drill_packet *p,
		const struct drill_seen *seen, FILE *why)
{
	struct drill_conn *c = run_conn(run, p->conn);
	const char *wrong;

	if (seen->them != c->them || (c->us && seen->us != c->us)) {
		fputs("another connection", why);
		return false;
	}
	c->us = seen->us;
	if ((seen->flags & WEFT_STREAM_SYN) && (p->new_isn || !c->us_known)) {
		c->us_isn = seen->seq - p->seq;
		c->acked = c->us_isn;
		c->us_known = true;
		c->stamp_known = false;
	}
	wrong = always_wrong(c, seen);
	if (!wrong)
		wrong = difference(run, p, c, seen);
	if (wrong) {
		fputs(wrong, why);
		return false;
	}
	remember(c, seen);
	return true;
}

/* Shows a segment, relative to the numbers of its connection if there is one. */
void peer_show(struct drill_run *run, FILE *f, const struct drill_seen *seen)
{
	static const struct drill_conn none = { 0 };
	const struct drill_conn *c = &none;
	int i;

	for (i = 0; i < run->n_conns; i++)
		if (run->conn[i].them == seen->them)
			c = &run->conn[i];
	show_seen(f, seen, c->us_isn, c->them_isn);
	if (c == &none)
		fprintf(f, " (ports %u to %u)", seen->us, seen->them);
}
