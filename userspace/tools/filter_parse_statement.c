// SPDX-License-Identifier: GPL-2.0
/* Rules: what they do. See filter_parse.h. */
#include <stdlib.h>
#include <string.h>

#include "filter_field.h"
#include "filter_parse.h"
#include "weft.h"

static bool take_name(struct filter_parser *p, const struct filter_name *names, uint64_t *value)
{
	const struct filter_name *n;

	if (p->lex.token != FILTER_WORD)
		return false;
	n = filter_name_find(names, p->lex.text);
	if (!n)
		return false;
	*value = n->value;
	filter_lex_next(&p->lex);
	return true;
}

/* --- counters, limits, quotas ------------------------------------------------------- */

static const struct filter_name bytes_units[] = {
	{ "bytes", 1 },
	{ "kbytes", 1024 },
	{ "mbytes", 1024 * 1024 },
	{ "gbytes", 1024 * 1024 * 1024 },
	{ NULL, 0 }
};

static const struct filter_name periods[] = {
	{ "second", 1 },
	{ "minute", 60 },
	{ "hour", 3600 },
	{ "day", 86400 },
	{ "week", 604800 },
	{ NULL, 0 }
};

static uint64_t take_bytes(struct filter_parser *p, uint64_t max)
{
	struct filter_pos pos = p->lex.pos;
	uint64_t n = filter_want_number(p, UINT64_MAX, "a number"), unit = 1;

	if (!take_name(p, bytes_units, &unit))
		filter_unexpected(p, "bytes, kbytes, mbytes or gbytes");
	else if (n > max / unit)
		filter_error(p, pos, "these are too many bytes");
	return n * unit;
}

static void take_counter(struct filter_parser *p, struct filter_exprs *list)
{
	struct filter_expr *e = filter_expr_add(p->arena, list, WEFT_FILTER_E_COUNTER);

	if (!filter_take_word(p, "packets"))
		return;
	e->counters.packets = filter_want_number(p, UINT64_MAX, "a number of packets");
	if (!filter_take_word(p, "bytes"))
		filter_unexpected(p, "'bytes'");
	e->counters.bytes = filter_want_number(p, UINT64_MAX, "a number of bytes");
}

static uint32_t take_over(struct filter_parser *p)
{
	if (filter_take_word(p, "over"))
		return WEFT_FILTER_X_INVERT;
	filter_take_word(p, "until");
	return 0;
}

static void take_burst(struct filter_parser *p, struct filter_expr *e)
{
	if (e->flags & WEFT_FILTER_X_BYTES) {
		e->burst = (uint32_t)take_bytes(p, UINT32_MAX);
	} else {
		e->burst = (uint32_t)filter_want_number(p, UINT32_MAX, "a number of packets");
		if (!filter_take_word(p, "packets"))
			filter_unexpected(p, "'packets'");
	}
	e->has |= 1U << WEFT_FILTER_EA_BURST;
}

/* Behind `limit rate`. */
static void take_limit(struct filter_parser *p, struct filter_exprs *list)
{
	struct filter_expr *e = filter_expr_add(p->arena, list, WEFT_FILTER_E_LIMIT);
	struct filter_pos pos;
	uint64_t unit = 1;

	if (!filter_take_word(p, "rate"))
		filter_unexpected(p, "'rate'");
	e->flags = take_over(p);
	pos = p->lex.pos;
	e->rate = filter_want_number(p, UINT64_MAX, "a rate");
	if (take_name(p, bytes_units, &unit)) {
		e->flags |= WEFT_FILTER_X_BYTES;
	} else {
		filter_take_word(p, "packets");
		e->burst = 5;
		e->has |= 1U << WEFT_FILTER_EA_BURST;
	}
	if (!e->rate || e->rate > UINT64_MAX / unit)
		filter_error(p, pos, "the rate is none that can be kept");
	e->rate *= unit;
	filter_want_mark(p, "/");
	if (!take_name(p, periods, &unit))
		unit = filter_want_time(p) / 1000;
	if (!unit || unit > UINT32_MAX)
		filter_error(p, pos, "the rate is of seconds, minutes, hours, days or weeks");
	e->period = (uint32_t)unit;
	if (filter_take_word(p, "burst"))
		take_burst(p, e);
	if (filter_take_word(p, "per"))
		filter_parse_key(p, NULL, &e->key, NULL);
}

static void take_quota(struct filter_parser *p, struct filter_exprs *list)
{
	struct filter_expr *e = filter_expr_add(p->arena, list, WEFT_FILTER_E_QUOTA);

	e->flags = take_over(p);
	e->bytes = take_bytes(p, UINT64_MAX);
	if (filter_take_word(p, "used"))
		e->used = take_bytes(p, UINT64_MAX);
}

/* `probability 12.5%`: of 2^32 numbers, so many. */
static void take_probability(struct filter_parser *p, struct filter_exprs *list)
{
	struct filter_expr *e = filter_expr_add(p->arena, list, WEFT_FILTER_E_MATCH);
	struct filter_pos pos = p->lex.pos;
	double percent, numbers;
	char *end;

	percent = strtod(p->lex.text, &end);
	if (p->lex.token != FILTER_WORD || end == p->lex.text || *end ||
	    strspn(p->lex.text, "0123456789.") != strlen(p->lex.text)) {
		filter_unexpected(p, "a number of percent");
		return;
	}
	numbers = percent / 100 * 4294967296.0 + 0.5;
	filter_lex_next(&p->lex);
	filter_want_mark(p, "%");
	if (numbers < 1 || numbers >= 4294967297.0) {
		filter_error(p, pos, "the probability is not above 0 and up to 100%%");
		return;
	}
	e->field = WEFT_FILTER_F_RANDOM;
	e->last[0] = (uint64_t)numbers - 1;
}

/* --- sets that rules change --------------------------------------------------------- */

static void take_update(struct filter_parser *p, struct filter_exprs *list, uint32_t op)
{
	char name[WEFT_FILTER_NAME_MAX];
	struct filter_exprs limit;
	struct filter_key key;
	struct filter_expr *e;
	uint32_t arg = 0;

	filter_want_mark(p, "@");
	filter_want_name(p, name, "the name of a set");
	filter_want_mark(p, "{");
	filter_parse_key(p, list, &key, &arg);
	e = filter_expr_add(p->arena, list, WEFT_FILTER_E_UPDATE);
	memcpy(e->set, name, sizeof(name));
	e->key = key;
	e->arg = arg;
	e->op = op;
	if (op != WEFT_FILTER_UPDATE_DELETE && filter_take_word(p, "timeout")) {
		e->timeout = filter_want_time(p);
		e->has |= 1U << WEFT_FILTER_EA_TIMEOUT;
	}
	if (op != WEFT_FILTER_UPDATE_DELETE && filter_take_word(p, "limit")) {
		filter_exprs_init(&limit);
		take_limit(p, &limit);
		e->limit = limit.first;
	}
	filter_want_mark(p, "}");
}

/* --- logs, rejections --------------------------------------------------------------- */

static const struct filter_name levels[] = {
	{ "emerg", 0 }, { "alert", 1 }, { "crit", 2 }, { "err", 3 }, { "warn", 4 },
	{ "notice", 5 }, { "info", 6 }, { "debug", 7 }, { NULL, 0 }
};

static void take_level(struct filter_parser *p, struct filter_expr *e)
{
	uint64_t level;

	if (take_name(p, levels, &level)) {
		e->level = (uint32_t)level;
		e->has |= 1U << WEFT_FILTER_EA_LEVEL;
	} else {
		filter_unexpected(p, "emerg, alert, crit, err, warn, notice, info or debug");
	}
}

static bool take_log_option(struct filter_parser *p, struct filter_expr *e)
{
	if (filter_take_word(p, "prefix")) {
		e->prefix = filter_want_string(p, WEFT_FILTER_PREFIX_MAX, "a prefix");
	} else if (filter_take_word(p, "level")) {
		take_level(p, e);
	} else if (filter_take_word(p, "group")) {
		e->group = (uint16_t)filter_want_number(p, UINT16_MAX, "a group");
		e->has |= 1U << WEFT_FILTER_EA_GROUP;
	} else if (filter_take_word(p, "snaplen")) {
		e->snaplen = (uint32_t)filter_want_number(p, UINT32_MAX, "a length");
		e->has |= 1U << WEFT_FILTER_EA_SNAPLEN;
	} else if (filter_take_word(p, "queue-threshold")) {
		e->threshold = (uint16_t)filter_want_number(p, UINT16_MAX, "a threshold");
		e->has |= 1U << WEFT_FILTER_EA_THRESHOLD;
	} else {
		return false;
	}
	return true;
}

static void take_log(struct filter_parser *p, struct filter_exprs *list)
{
	struct filter_expr *e = filter_expr_add(p->arena, list, WEFT_FILTER_E_LOG);
	struct filter_pos pos = p->lex.pos;
	bool group;

	while (take_log_option(p, e))
		;
	group = filter_has(e, WEFT_FILTER_EA_GROUP);
	if (group && filter_has(e, WEFT_FILTER_EA_LEVEL))
		filter_error(p, pos, "what goes to a group has no level");
	if (!group && (filter_has(e, WEFT_FILTER_EA_SNAPLEN) ||
		       filter_has(e, WEFT_FILTER_EA_THRESHOLD)))
		filter_error(p, pos, "snaplen and queue-threshold are for a group");
}

static const struct filter_name codes[] = {
	{ "network", WEFT_UNREACH_NOROUTE },
	{ "prohibited", WEFT_UNREACH_PROHIBITED },
	{ "scope", WEFT_UNREACH_SCOPE },
	{ "node", WEFT_UNREACH_ADDR },
	{ "port", WEFT_UNREACH_PORT },
	{ "protocol", WEFT_UNREACH_PROTO },
	{ NULL, 0 }
};

static void take_reject(struct filter_parser *p, struct filter_exprs *list)
{
	struct filter_expr *e = filter_expr_add(p->arena, list, WEFT_FILTER_E_REJECT);
	uint64_t code = WEFT_UNREACH_PORT;

	e->value = WEFT_FILTER_REJECT_UNREACH;
	if (filter_take_word(p, "with")) {
		if (filter_take_word(p, "reset"))
			e->value = WEFT_FILTER_REJECT_RESET;
		else if (!filter_take_word(p, "unreachable"))
			filter_unexpected(p, "'reset' or 'unreachable'");
		else if (!take_name(p, codes, &code))
			filter_unexpected(p, "port, node, network, prohibited, scope or protocol");
	}
	e->code = (uint32_t)code;
}

/* --- what is set -------------------------------------------------------------------- */

static const struct {
	unsigned int field;
	uint32_t target;
	uint64_t max;
} targets[] = {
	{ WEFT_FILTER_F_MARK, WEFT_FILTER_TARGET_MARK, UINT32_MAX },
	{ WEFT_FILTER_F_CT_MARK, WEFT_FILTER_TARGET_CT_MARK, UINT32_MAX },
	{ WEFT_FILTER_F_CT_LABEL, WEFT_FILTER_TARGET_CT_LABEL, 127 },
	{ WEFT_FILTER_F_CT_ZONE, WEFT_FILTER_TARGET_CT_ZONE, UINT16_MAX },
	{ WEFT_FILTER_F_CLASS, WEFT_FILTER_TARGET_CLASS, 15 },
};

/* `meta mark & KEEP | VALUE`, behind the name of the field itself. */
static void take_change(struct filter_parser *p, struct filter_expr *e, uint64_t max)
{
	uint64_t keep = max;

	if (filter_take_mark(p, "&") || filter_take_word(p, "and"))
		keep = filter_want_number(p, max, "a mask");
	if (filter_take_mark(p, "|") || filter_take_word(p, "or"))
		e->value = filter_want_number(p, max, "a value");
	e->mask[0] = (max & ~keep) | e->value;
	e->has |= 1U << WEFT_FILTER_EA_MASK;
}

/* A field: of a map, or the one that is set. */
static void take_computed(struct filter_parser *p, struct filter_exprs *list,
			  unsigned int field, uint32_t target, uint64_t max)
{
	struct filter_pos pos = p->lex.pos;
	struct filter_expr *e;
	struct filter_key key;
	uint32_t arg = 0;

	if (!filter_parse_key(p, list, &key, &arg))
		return;
	e = filter_expr_add(p->arena, list, WEFT_FILTER_E_LOOKUP);
	e->target = target;
	if (!filter_take_word(p, "map")) {
		if (key.n != 1 || key.field[0] != field)
			filter_error(p, pos, "a field is asked for a map: 'map' must follow");
		e->type = WEFT_FILTER_E_SET;
		take_change(p, e, max);
		return;
	}
	e->key = key;
	e->arg = arg;
	e->data = WEFT_FILTER_DATA_MARK;
	e->has = 1U << WEFT_FILTER_EA_TARGET;
	if (filter_take_mark(p, "@"))
		filter_want_name(p, e->set, "the name of a map");
	else if (filter_is_mark(p, "{"))
		e->anonymous = filter_parse_anonymous(p, &key, WEFT_FILTER_DATA_MARK);
	else
		filter_unexpected(p, "'{' or '@'");
}

bool filter_parse_assign(struct filter_parser *p, struct filter_exprs *list,
			 unsigned int field)
{
	struct filter_expr *e;
	uint64_t value;
	size_t i;

	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (targets[i].field == field)
			break;
	if (i == sizeof(targets) / sizeof(targets[0]))
		return false;
	filter_lex_next(&p->lex);
	if (p->lex.token == FILTER_WORD && !filter_number(p->lex.text, &value)) {
		take_computed(p, list, field, targets[i].target, targets[i].max);
		return true;
	}
	e = filter_expr_add(p->arena, list, WEFT_FILTER_E_SET);
	e->target = targets[i].target;
	e->value = filter_want_number(p, targets[i].max, "a value");
	return true;
}

/* --- all of them -------------------------------------------------------------------- */

/* `meta nftrace set 1`, as nft(8) has it. */
static bool take_nftrace(struct filter_parser *p)
{
	struct filter_lexer before = p->lex;

	if (filter_take_word(p, "meta") && filter_take_word(p, "nftrace")) {
		if (!filter_take_word(p, "set"))
			filter_unexpected(p, "'set'");
		if (filter_want_number(p, 1, "1") != 1)
			filter_error(p, before.pos, "what is traced stays so");
		return true;
	}
	p->lex = before;
	return false;
}

/* False when no statement begins here. */
bool filter_parse_statement(struct filter_parser *p, struct filter_exprs *list)
{
	if (filter_take_word(p, "counter"))
		take_counter(p, list);
	else if (filter_take_word(p, "limit"))
		take_limit(p, list);
	else if (filter_take_word(p, "quota"))
		take_quota(p, list);
	else if (filter_take_word(p, "probability"))
		take_probability(p, list);
	else if (filter_take_word(p, "add"))
		take_update(p, list, WEFT_FILTER_UPDATE_ADD);
	else if (filter_take_word(p, "update"))
		take_update(p, list, WEFT_FILTER_UPDATE_UPDATE);
	else if (filter_take_word(p, "delete"))
		take_update(p, list, WEFT_FILTER_UPDATE_DELETE);
	else if (filter_take_word(p, "log"))
		take_log(p, list);
	else if (filter_take_word(p, "trace") || take_nftrace(p))
		filter_expr_add(p->arena, list, WEFT_FILTER_E_TRACE);
	else if (filter_take_word(p, "notrack"))
		filter_expr_add(p->arena, list, WEFT_FILTER_E_NOTRACK);
	else if (filter_take_word(p, "reject"))
		take_reject(p, list);
	else
		return false;
	return true;
}
