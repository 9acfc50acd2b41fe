// SPDX-License-Identifier: GPL-2.0
/* The words of weft track, and the requests that they make. See track.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "track.h"

#define ADDRESS_BITS	64

/* --- words ------------------------------------------------------------------------------ */

static int take_prefix(struct args *a, struct track_request *req, struct prefix *p,
		       unsigned int bit)
{
	req->has |= 1U << bit;
	return args_prefix(a, p);
}

static int take_src(struct args *a, void *into)
{
	struct track_request *req = into;

	return take_prefix(a, req, &req->src, WEFT_TRACK_F_SRC);
}

static int take_dst(struct args *a, void *into)
{
	struct track_request *req = into;

	return take_prefix(a, req, &req->dst, WEFT_TRACK_F_DST);
}

static int take_proto(struct args *a, void *into)
{
	struct track_request *req = into;
	const char *word;
	int proto, code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	proto = track_proto_value(word);
	if (proto < 0)
		return args_bad(a, word, "stream, dgram, control or a number");
	req->proto = (uint8_t)proto;
	req->has |= 1U << WEFT_TRACK_F_PROTO;
	return CLI_OK;
}

static int take_port(struct args *a, struct track_request *req, uint16_t *port,
		     unsigned int bit)
{
	uint32_t value;
	int code = args_u32(a, 0, UINT16_MAX, &value);

	*port = (uint16_t)value;
	req->has |= 1U << bit;
	return code;
}

static int take_sport(struct args *a, void *into)
{
	struct track_request *req = into;

	return take_port(a, req, &req->sport, WEFT_TRACK_F_SPORT);
}

static int take_dport(struct args *a, void *into)
{
	struct track_request *req = into;

	return take_port(a, req, &req->dport, WEFT_TRACK_F_DPORT);
}

static int take_state(struct args *a, void *into)
{
	struct track_request *req = into;
	const char *word;
	int state, code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	if (!strcmp(word, "answered") || !strcmp(word, "unanswered")) {
		req->replied = *word == 'a' ? WEFT_TRACK_ESTABLISHED : WEFT_TRACK_NEW;
		req->has |= 1U << WEFT_TRACK_F_STATE;
		return CLI_OK;
	}
	state = track_state_value(word);
	if (state < 0)
		return args_bad(a, word, "a state of connections");
	req->state = (uint32_t)state;
	req->has |= 1U << WEFT_TRACK_F_STREAM_STATE;
	return CLI_OK;
}

/* VALUE or VALUE/MASK. */
static int take_mark(struct args *a, void *into)
{
	struct track_request *req = into;
	const char *word;
	char value[16], *mask;
	int code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	if (strlen(word) >= sizeof(value) * 2)
		return args_bad(a, word, "a mark");
	mask = strchr(word, '/');
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(word, "/"), word);
	req->mark_mask = UINT32_MAX;
	req->has |= 1U << WEFT_TRACK_F_MARK;
	code = args_hex(a, value, &req->mark);
	return code == CLI_OK && mask ? args_hex(a, mask + 1, &req->mark_mask) : code;
}

static int take_zone(struct args *a, void *into)
{
	struct track_request *req = into;
	uint32_t zone;
	int code = args_u32(a, 0, UINT16_MAX, &zone);

	req->zone = (uint16_t)zone;
	req->has |= 1U << WEFT_TRACK_F_ZONE;
	return code;
}

static int take_id(struct args *a, void *into)
{
	struct track_request *req = into;

	return args_u32(a, 1, UINT32_MAX, &req->id);
}

static int take_dev(struct args *a, void *into)
{
	struct track_request *req = into;

	return args_device(a, &req->link);
}

static int take_set_mark(struct args *a, void *into)
{
	struct track_request *req = into;
	uint32_t has = req->has;
	int code = take_mark(a, into);

	req->has = has;
	req->set |= 1U << WEFT_TRACK_A_MARK;
	return code;
}

static int take_set_labels(struct args *a, void *into)
{
	struct track_request *req = into;
	const char *word;
	char *end;
	int code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	errno = 0;
	req->labels = strtoull(word, &end, 0);
	if (*word < '0' || *word > '9' || *end || errno)
		return args_bad(a, word, "a number of 64 bits");
	req->set |= 1U << WEFT_TRACK_A_LABELS;
	return CLI_OK;
}

static int take_set_timeout(struct args *a, void *into)
{
	struct track_request *req = into;

	req->set |= 1U << WEFT_TRACK_A_TIMEOUT;
	return args_u32(a, 0, UINT32_MAX, &req->timeout);
}

static const struct keyword filter_words[] = {
	{ .name = "src", .take = take_src },
	{ .name = "dst", .take = take_dst },
	{ .name = "proto", .take = take_proto },
	{ .name = "sport", .take = take_sport },
	{ .name = "dport", .take = take_dport },
	{ .name = "zone", .take = take_zone },
	{ .name = "state", .take = take_state },
	{ .name = "mark", .take = take_mark },
	{ 0 }
};

static const struct keyword one_words[] = {
	{ .name = "id", .take = take_id },
	{ .name = "src", .take = take_src },
	{ .name = "dst", .take = take_dst },
	{ .name = "proto", .take = take_proto },
	{ .name = "sport", .take = take_sport },
	{ .name = "dport", .take = take_dport },
	{ .name = "zone", .take = take_zone },
	{ .name = "dev", .take = take_dev },
	{ 0 }
};

static const struct keyword set_words[] = {
	{ .name = "id", .take = take_id },
	{ .name = "src", .take = take_src },
	{ .name = "dst", .take = take_dst },
	{ .name = "proto", .take = take_proto },
	{ .name = "sport", .take = take_sport },
	{ .name = "dport", .take = take_dport },
	{ .name = "zone", .take = take_zone },
	{ .name = "dev", .take = take_dev },
	{ .name = "mark", .take = take_set_mark },
	{ .name = "labels", .take = take_set_labels },
	{ .name = "timeout", .take = take_set_timeout },
	{ 0 }
};

/* Which connections. */
int track_read_filter(char **words, struct track_request *req)
{
	struct args a = { .word = words };

	memset(req, 0, sizeof(*req));
	return args_read(&a, filter_words, req);
}

/* One is named by its number, or by its ends as one direction's packets have them. */
static int check_one(const struct track_request *req)
{
	uint32_t needed = 1U << WEFT_TRACK_F_SRC | 1U << WEFT_TRACK_F_DST |
			  1U << WEFT_TRACK_F_PROTO;

	if (req->id)
		return req->has ? CLI_SYNTAX : CLI_OK;
	if ((req->has & needed) != needed)
		return CLI_SYNTAX;
	if (req->src.len == ADDRESS_BITS && req->dst.len == ADDRESS_BITS)
		return CLI_OK;
	cli_error("src and dst of one connection are addresses");
	return CLI_USAGE;
}

int track_read_one(char **words, struct track_request *req)
{
	struct args a = { .word = words };
	int code;

	memset(req, 0, sizeof(*req));
	code = args_read(&a, one_words, req);
	return code == CLI_OK ? check_one(req) : code;
}

int track_read_set(char **words, struct track_request *req)
{
	struct args a = { .word = words };
	int code;

	memset(req, 0, sizeof(*req));
	code = args_read(&a, set_words, req);
	if (code == CLI_OK)
		code = check_one(req);
	return code == CLI_OK && !req->set ? CLI_SYNTAX : code;
}

/* --- requests ------------------------------------------------------------------------------ */

static void put_u16(struct nl_request *r, uint16_t type, uint16_t value)
{
	nl_put(r, type, sizeof(value), &value);
}

static void put_prefix(struct nl_request *r, uint16_t type, const struct prefix *p)
{
	if (!p->set)
		return;
	nl_put(r, type, sizeof(p->addr), &p->addr);
	nl_put_u8(r, type + 1, (uint8_t)p->len);
}

static bool has(const struct track_request *req, unsigned int bit)
{
	return req->has >> bit & 1;
}

void track_put_filter(struct nl_request *r, const struct track_request *req)
{
	struct nlattr *nest;

	if (!req->has)
		return;
	nest = mnl_attr_nest_start(&r->nlh, WEFT_TRACK_A_FILTER);
	put_prefix(r, WEFT_TRACK_F_SRC, &req->src);
	put_prefix(r, WEFT_TRACK_F_DST, &req->dst);
	if (has(req, WEFT_TRACK_F_PROTO))
		nl_put_u8(r, WEFT_TRACK_F_PROTO, req->proto);
	if (has(req, WEFT_TRACK_F_SPORT))
		put_u16(r, WEFT_TRACK_F_SPORT, htons(req->sport));
	if (has(req, WEFT_TRACK_F_DPORT))
		put_u16(r, WEFT_TRACK_F_DPORT, htons(req->dport));
	if (has(req, WEFT_TRACK_F_STATE))
		nl_put_u32(r, WEFT_TRACK_F_STATE, req->replied);
	if (has(req, WEFT_TRACK_F_STREAM_STATE))
		nl_put_u32(r, WEFT_TRACK_F_STREAM_STATE, req->state);
	if (has(req, WEFT_TRACK_F_MARK)) {
		nl_put_u32(r, WEFT_TRACK_F_MARK, req->mark);
		nl_put_u32(r, WEFT_TRACK_F_MARK_MASK, req->mark_mask);
	}
	if (has(req, WEFT_TRACK_F_ZONE))
		put_u16(r, WEFT_TRACK_F_ZONE, req->zone);
	mnl_attr_nest_end(&r->nlh, nest);
}

/* The first packet of an echo is a request, and has one identifier for both ports. */
void track_put_one(struct nl_request *r, const struct track_request *req)
{
	bool control = req->proto == WEFT_PROTO_CONTROL;
	struct nlattr *nest;

	if (req->id) {
		nl_put_u32(r, WEFT_TRACK_A_ID, req->id);
		return;
	}
	nest = mnl_attr_nest_start(&r->nlh, WEFT_TRACK_A_TUPLE);
	nl_put(r, WEFT_TRACK_T_SRC, sizeof(req->src.addr), &req->src.addr);
	nl_put(r, WEFT_TRACK_T_DST, sizeof(req->dst.addr), &req->dst.addr);
	nl_put_u8(r, WEFT_TRACK_T_PROTO, req->proto);
	put_u16(r, WEFT_TRACK_T_SPORT, htons(req->sport));
	put_u16(r, WEFT_TRACK_T_DPORT, htons(control ? req->sport : req->dport));
	if (control)
		nl_put_u8(r, WEFT_TRACK_T_TYPE, WEFT_CTL_ECHO_REQUEST);
	if (req->link)
		nl_put_u32(r, WEFT_TRACK_T_LINK, (uint32_t)req->link);
	mnl_attr_nest_end(&r->nlh, nest);
	put_u16(r, WEFT_TRACK_A_ZONE, req->zone);
}

void track_put_set(struct nl_request *r, const struct track_request *req)
{
	track_put_one(r, req);
	if (req->set >> WEFT_TRACK_A_MARK & 1) {
		nl_put_u32(r, WEFT_TRACK_A_MARK, req->mark);
		nl_put_u32(r, WEFT_TRACK_A_MARK_MASK, req->mark_mask);
	}
	if (req->set >> WEFT_TRACK_A_LABELS & 1)
		nl_put(r, WEFT_TRACK_A_LABELS, sizeof(req->labels), &req->labels);
	if (req->set >> WEFT_TRACK_A_TIMEOUT & 1)
		nl_put_u32(r, WEFT_TRACK_A_TIMEOUT, req->timeout);
}
