// SPDX-License-Identifier: GPL-2.0
/*
 * weft perf: control messages. A message is a header of 8 bytes, magic (32), version (8),
 * type (8), length of the body (16), and a body whose length follows from the type; all in
 * network byte order. weft-perf(8) has the bodies.
 */
#include <string.h>

#include "perf.h"

#define REQUEST_LEN	56
#define FLOW_LEN	16
#define RESULT_LEN	40
#define COUNT_LEN	40

/* Bits of the flags of PERF_REQUEST. */
enum {
	FLAG_REVERSE	= 0x01,
	FLAG_BIDIR	= 0x02,
	FLAG_MESSAGES	= 0x04,
	FLAG_NODELAY	= 0x08,
	FLAG_ZEROCOPY	= 0x10,
	FLAGS_ALL	= 0x1f,
};

/* --- numbers ---------------------------------------------------------------------- */

static uint8_t *put(uint8_t *p, unsigned int bytes, uint64_t value)
{
	unsigned int i;

	for (i = bytes; i--; value >>= 8)
		p[i] = (uint8_t)value;
	return p + bytes;
}

static uint64_t take(const uint8_t **p, unsigned int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | *(*p)++;
	return value;
}

/* --- bodies ----------------------------------------------------------------------- */

static uint8_t *put_params(uint8_t *p, const struct perf_params *a)
{
	p = put(p, 1, a->mode);
	p = put(p, 1, (a->reverse ? FLAG_REVERSE : 0U) | (a->bidir ? FLAG_BIDIR : 0U) |
		      (a->messages ? FLAG_MESSAGES : 0U) | (a->nodelay ? FLAG_NODELAY : 0U) |
		      (a->zerocopy ? FLAG_ZEROCOPY : 0U));
	p = put(p, 2, 0);
	p = put(p, 4, a->flows);
	p = put(p, 4, a->length);
	p = put(p, 4, a->request);
	p = put(p, 4, a->response);
	p = put(p, 4, a->buffer);
	p = put(p, 4, a->duration);
	p = put(p, 4, a->omit);
	p = put(p, 8, a->amount);
	memcpy(p, a->congestion, PERF_NAME_MAX);
	return p + PERF_NAME_MAX;
}

static bool take_params(const uint8_t *p, struct perf_params *a)
{
	uint64_t mode = take(&p, 1), flags = take(&p, 1);

	if (mode >= PERF_MODES || flags & ~(uint64_t)FLAGS_ALL || take(&p, 2))
		return false;
	a->mode = (enum perf_mode)mode;
	a->reverse = flags & FLAG_REVERSE;
	a->bidir = flags & FLAG_BIDIR;
	a->messages = flags & FLAG_MESSAGES;
	a->nodelay = flags & FLAG_NODELAY;
	a->zerocopy = flags & FLAG_ZEROCOPY;
	a->flows = (uint32_t)take(&p, 4);
	a->length = (uint32_t)take(&p, 4);
	a->request = (uint32_t)take(&p, 4);
	a->response = (uint32_t)take(&p, 4);
	a->buffer = (uint32_t)take(&p, 4);
	a->duration = (uint32_t)take(&p, 4);
	a->omit = (uint32_t)take(&p, 4);
	a->amount = take(&p, 8);
	memcpy(a->congestion, p, PERF_NAME_MAX);
	return !perf_params_check(a);
}

static uint8_t *put_result(uint8_t *p, const struct perf_result *r)
{
	p = put(p, 8, r->window);
	p = put(p, 8, r->busy);
	p = put(p, 8, r->transactions);
	p = put(p, 8, r->retransmits);
	p = put(p, 4, r->flows);
	return put(p, 4, r->failed);
}

static bool take_result(const uint8_t *p, struct perf_result *r)
{
	uint64_t failed;

	r->window = take(&p, 8);
	r->busy = take(&p, 8);
	r->transactions = take(&p, 8);
	r->retransmits = take(&p, 8);
	r->flows = (uint32_t)take(&p, 4);
	failed = take(&p, 4);
	r->failed = failed;
	return failed <= 1 && r->flows <= PERF_FLOWS_MAX;
}

static uint8_t *put_count(uint8_t *p, uint32_t index, const struct perf_count *c)
{
	p = put(p, 4, index);
	p = put(p, 4, 0);
	p = put(p, 8, c->sent);
	p = put(p, 8, c->received);
	p = put(p, 8, c->sent_window);
	return put(p, 8, c->received_window);
}

static bool take_count(const uint8_t *p, uint32_t *index, struct perf_count *c)
{
	*index = (uint32_t)take(&p, 4);
	if (*index >= PERF_FLOWS_MAX || take(&p, 4))
		return false;
	c->sent = take(&p, 8);
	c->received = take(&p, 8);
	c->sent_window = take(&p, 8);
	c->received_window = take(&p, 8);
	return c->sent_window <= c->sent && c->received_window <= c->received;
}

/* A token and a number of 32 bits. */
static uint8_t *put_token(uint8_t *p, uint64_t token, uint32_t number)
{
	p = put(p, 8, token);
	p = put(p, 4, number);
	return put(p, 4, 0);
}

static bool take_token(const uint8_t *p, uint64_t *token, uint32_t *number)
{
	*token = take(&p, 8);
	*number = (uint32_t)take(&p, 4);
	return !take(&p, 4);
}

/* It is printed: plain ASCII, and something of it. */
static bool take_text(const uint8_t *p, size_t len, char *text)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (p[i] < 0x20 || p[i] >= 0x7f)
			return false;
		text[i] = (char)p[i];
	}
	text[len] = '\0';
	return len;
}

/* --- messages ---------------------------------------------------------------------- */

/* Writes a message to @buf, PERF_MESSAGE_MAX bytes, and returns its length. */
size_t perf_message_encode(const struct perf_message *m, uint8_t *buf)
{
	uint8_t *p = buf + PERF_MESSAGE_HDR;
	size_t len;

	switch (m->type) {
	case PERF_REQUEST:
		p = put_params(p, &m->params);
		break;
	case PERF_ACCEPT:
		p = put_token(p, m->token, m->port);
		break;
	case PERF_REFUSE:
		len = strnlen(m->text, PERF_TEXT_MAX);
		memcpy(p, m->text, len);
		p += len;
		break;
	case PERF_FLOW:
		p = put_token(p, m->flow_token, m->flow_index);
		break;
	case PERF_RESULT:
		p = put_result(p, &m->result);
		break;
	case PERF_COUNT:
		p = put_count(p, m->index, &m->count);
		break;
	case PERF_GO:
	case PERF_END:
		break;
	}
	len = (size_t)(p - buf);
	p = put(buf, 4, PERF_MESSAGE_MAGIC);
	p = put(p, 1, PERF_MESSAGE_VERSION);
	p = put(p, 1, m->type);
	put(p, 2, len - PERF_MESSAGE_HDR);
	return len;
}

/* Bytes of a type's body; that of PERF_REFUSE differs, and unknown types have -1. */
static int body_len(unsigned int type, unsigned int said)
{
	switch (type) {
	case PERF_REQUEST:
		return REQUEST_LEN;
	case PERF_ACCEPT:
	case PERF_FLOW:
		return FLOW_LEN;
	case PERF_REFUSE:
		return said <= PERF_TEXT_MAX ? (int)said : -1;
	case PERF_GO:
	case PERF_END:
		return 0;
	case PERF_RESULT:
		return RESULT_LEN;
	case PERF_COUNT:
		return COUNT_LEN;
	}
	return -1;
}

static bool take_body(const uint8_t *p, size_t len, struct perf_message *m)
{
	switch (m->type) {
	case PERF_REQUEST:
		return take_params(p, &m->params);
	case PERF_ACCEPT:
		return take_token(p, &m->token, &m->port);
	case PERF_REFUSE:
		return take_text(p, len, m->text);
	case PERF_FLOW:
		return take_token(p, &m->flow_token, &m->flow_index);
	case PERF_RESULT:
		return take_result(p, &m->result);
	case PERF_COUNT:
		return take_count(p, &m->index, &m->count);
	case PERF_GO:
	case PERF_END:
		return true;
	}
	return false;
}

/*
 * Reads the message that @buf begins with. Returns its length, 0 if some of it is missing,
 * PERF_BAD_VERSION or PERF_BAD_MESSAGE. What it gives has been checked.
 */
int perf_message_decode(const uint8_t *buf, size_t len, struct perf_message *m)
{
	const uint8_t *p = buf;
	unsigned int type, said;
	int body;

	if (len < PERF_MESSAGE_HDR)
		return 0;
	if (take(&p, 4) != PERF_MESSAGE_MAGIC)
		return PERF_BAD_MESSAGE;
	if (take(&p, 1) != PERF_MESSAGE_VERSION)
		return PERF_BAD_VERSION;
	type = (unsigned int)take(&p, 1);
	said = (unsigned int)take(&p, 2);
	body = body_len(type, said);
	if (body < 0 || (unsigned int)body != said)
		return PERF_BAD_MESSAGE;
	if (len < PERF_MESSAGE_HDR + said)
		return 0;
	memset(m, 0, sizeof(*m));
	m->type = (enum perf_message_type)type;
	if (!take_body(p, said, m))
		return PERF_BAD_MESSAGE;
	return PERF_MESSAGE_HDR + body;
}
