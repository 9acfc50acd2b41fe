// SPDX-License-Identifier: GPL-2.0
/* Commands as messages for the kernel. See filter_build.h. */
#include <inttypes.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "filter_build.h"

/* A message with elements is sent when it is this long; one element is far shorter. */
#define ELEMS_LEN	16384

static void out_of_memory(void)
{
	cli_error("out of memory");
	exit(CLI_ERROR);
}

void filter_batch_init(struct filter_batch *b, uint16_t family, uint64_t seed)
{
	memset(b, 0, sizeof(*b));
	b->family = family;
	b->seed = seed;
	b->scratch = calloc(1, FILTER_MESSAGE_SIZE);
	if (!b->scratch)
		out_of_memory();
}

void filter_batch_free(struct filter_batch *b)
{
	nl_messages_free(&b->m);
	free(b->origin);
	free(b->scratch);
}

struct nlmsghdr *filter_message(void *buf, uint16_t family, uint8_t cmd, unsigned int flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = WEFT_FILTER_GENL_VERSION;
	return nlh;
}

static struct nlmsghdr *begin(struct filter_batch *b, uint8_t cmd, unsigned int flags)
{
	return filter_message(b->scratch, b->family, cmd, NLM_F_ACK | flags);
}

/* The same, for something in a table. */
static struct nlmsghdr *begin_in(struct filter_batch *b, uint8_t cmd, unsigned int flags,
				 const struct filter_command *c)
{
	struct nlmsghdr *nlh = begin(b, cmd, flags);

	if (c->table[0])
		filter_put_string(nlh, WEFT_FILTER_A_TABLE, c->table);
	if (c->chain[0])
		filter_put_string(nlh, WEFT_FILTER_A_CHAIN, c->chain);
	if (c->set[0])
		filter_put_string(nlh, WEFT_FILTER_A_SET, c->set);
	return nlh;
}

static void end(struct filter_batch *b, struct filter_pos pos, const struct filter_elem *elems)
{
	size_t room = b->room ? b->room * 2 : 64;
	struct filter_origin *origin;

	if (b->n == b->room) {
		origin = realloc(b->origin, room * sizeof(*origin));
		if (!origin)
			out_of_memory();
		b->origin = origin;
		b->room = room;
	}
	b->origin[b->n++] = (struct filter_origin){ b->m.len, pos, elems };
	if (nl_messages_add(&b->m, b->scratch))
		out_of_memory();
}

void filter_batch_begin(struct filter_batch *b, const uint32_t *gen)
{
	struct nlmsghdr *nlh = begin(b, WEFT_FILTER_CMD_BEGIN, 0);

	if (gen)
		filter_put_u32(nlh, WEFT_FILTER_A_GEN, *gen);
	end(b, (struct filter_pos){ 0, 0 }, NULL);
}

void filter_batch_end(struct filter_batch *b, bool check)
{
	begin(b, check ? WEFT_FILTER_CMD_CHECK : WEFT_FILTER_CMD_COMMIT, 0);
	end(b, (struct filter_pos){ 0, 0 }, NULL);
}

/* NLM_F_CREATE, and NLM_F_EXCL for what must not be there. */
static unsigned int new_flags(const struct filter_command *c)
{
	return NLM_F_CREATE | (c->op == FILTER_CREATE ? NLM_F_EXCL : 0);
}

/* --- elements ----------------------------------------------------------------------- */

static void put_elem(struct nlmsghdr *nlh, const struct filter_set *s,
		     const struct filter_elem *e)
{
	size_t len = filter_key_words(&s->key) * sizeof(e->key[0]);
	struct nlattr *nest = mnl_attr_nest_start(nlh, WEFT_FILTER_A_ELEM);

	filter_put(nlh, WEFT_FILTER_EL_KEY, len, e->key);
	if (e->range)
		filter_put(nlh, WEFT_FILTER_EL_KEY_END, len, e->end);
	if (s->data == WEFT_FILTER_DATA_VERDICT) {
		filter_put_u32(nlh, WEFT_FILTER_EL_VERDICT, e->verdict.code);
		if (e->verdict.chain[0])
			filter_put_string(nlh, WEFT_FILTER_EL_VERDICT_CHAIN, e->verdict.chain);
	} else if (s->data == WEFT_FILTER_DATA_MARK) {
		filter_put_u32(nlh, WEFT_FILTER_EL_MARK, e->mark);
	}
	if (e->has_timeout)
		filter_put_u64(nlh, WEFT_FILTER_EL_TIMEOUT, e->timeout);
	if (e->has_expires)
		filter_put_u64(nlh, WEFT_FILTER_EL_EXPIRES, e->expires);
	if (e->comment)
		filter_put_string(nlh, WEFT_FILTER_EL_COMMENT, e->comment);
	mnl_attr_nest_end(nlh, nest);
}

/* As many messages as the elements of a set need. */
static void add_elems(struct filter_batch *b, uint8_t cmd, unsigned int flags, const char *table,
		      const char *name, const struct filter_set *s, struct filter_pos pos)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	size_t i = 0, first;

	while (i < s->n_elems) {
		nlh = begin(b, cmd, flags);
		filter_put_string(nlh, WEFT_FILTER_A_TABLE, table);
		filter_put_string(nlh, WEFT_FILTER_A_SET, name);
		nest = mnl_attr_nest_start(nlh, WEFT_FILTER_A_ELEMS);
		for (first = i; i < s->n_elems && nlh->nlmsg_len < ELEMS_LEN; i++)
			put_elem(nlh, s, &s->elem[i]);
		mnl_attr_nest_end(nlh, nest);
		end(b, pos, s->elem + first);
	}
}

static void change_elems(struct filter_batch *b, const struct filter_command *c)
{
	bool adds = c->op == FILTER_ADD || c->op == FILTER_CREATE;

	add_elems(b, adds ? WEFT_FILTER_CMD_NEW_ELEM : WEFT_FILTER_CMD_DEL_ELEM,
		  adds ? new_flags(c) : 0, c->table, c->set, c->set_new, c->pos);
}

void filter_batch_get(struct filter_batch *b, const struct filter_command *c)
{
	add_elems(b, WEFT_FILTER_CMD_GET_ELEM, NLM_F_DUMP, c->table, c->set, c->set_new, c->pos);
}

/* --- tables, chains, sets ----------------------------------------------------------- */

static void add_table(struct filter_batch *b, const struct filter_command *c)
{
	struct nlmsghdr *nlh = begin_in(b, WEFT_FILTER_CMD_NEW_TABLE, new_flags(c), c);

	if (c->table_new->flags)
		filter_put_u32(nlh, WEFT_FILTER_A_FLAGS, c->table_new->flags);
	if (c->table_new->comment)
		filter_put_string(nlh, WEFT_FILTER_A_COMMENT, c->table_new->comment);
	end(b, c->pos, NULL);
}

static void add_chain(struct filter_batch *b, const struct filter_command *c)
{
	struct nlmsghdr *nlh = begin_in(b, WEFT_FILTER_CMD_NEW_CHAIN, new_flags(c), c);
	const struct filter_chain *chain = c->chain_new;

	if (chain->is_base) {
		filter_put_u32(nlh, WEFT_FILTER_A_HOOK, chain->hook);
		filter_put_u32(nlh, WEFT_FILTER_A_PRIORITY, (uint32_t)chain->priority);
		if (chain->has_policy)
			filter_put_u32(nlh, WEFT_FILTER_A_POLICY, chain->policy);
	}
	if (chain->comment)
		filter_put_string(nlh, WEFT_FILTER_A_COMMENT, chain->comment);
	end(b, c->pos, NULL);
}

static void put_set(struct nlmsghdr *nlh, const struct filter_set *s)
{
	filter_put_key(nlh, WEFT_FILTER_A_KEY, &s->key);
	if (s->flags)
		filter_put_u32(nlh, WEFT_FILTER_A_FLAGS, s->flags);
	if (s->data != WEFT_FILTER_DATA_NONE)
		filter_put_u32(nlh, WEFT_FILTER_A_DATA, s->data);
	if (s->timeout)
		filter_put_u64(nlh, WEFT_FILTER_A_TIMEOUT, s->timeout);
	if (s->size)
		filter_put_u32(nlh, WEFT_FILTER_A_SIZE, s->size);
	if (s->comment)
		filter_put_string(nlh, WEFT_FILTER_A_COMMENT, s->comment);
}

static void add_set(struct filter_batch *b, const struct filter_command *c)
{
	put_set(begin_in(b, WEFT_FILTER_CMD_NEW_SET, new_flags(c), c), c->set_new);
	end(b, c->pos, NULL);
}

/* --- rules -------------------------------------------------------------------------- */

/* The sets of a rule that have no name get one, and are made before it. */
static void add_anonymous(struct filter_batch *b, const struct filter_command *c)
{
	struct filter_expr *e;
	struct nlmsghdr *nlh;

	for (e = c->rule_new->exprs; e; e = e->next) {
		if (!e->anonymous)
			continue;
		snprintf(e->set, sizeof(e->set), "__set%012" PRIx64 "%06x",
			 b->seed & UINT64_C(0xffffffffffff), b->anonymous++ & 0xffffff);
		nlh = begin(b, WEFT_FILTER_CMD_NEW_SET, NLM_F_CREATE | NLM_F_EXCL);
		filter_put_string(nlh, WEFT_FILTER_A_TABLE, c->table);
		filter_put_string(nlh, WEFT_FILTER_A_SET, e->set);
		put_set(nlh, e->anonymous);
		end(b, c->pos, NULL);
		add_elems(b, WEFT_FILTER_CMD_NEW_ELEM, NLM_F_CREATE, c->table, e->set,
			  e->anonymous, c->pos);
	}
}

static void add_rule(struct filter_batch *b, const struct filter_command *c)
{
	unsigned int flags = NLM_F_CREATE;
	struct nlmsghdr *nlh;

	if (c->op == FILTER_ADD)
		flags |= NLM_F_APPEND;
	else if (c->op == FILTER_REPLACE)
		flags = NLM_F_REPLACE;
	add_anonymous(b, c);
	nlh = begin_in(b, WEFT_FILTER_CMD_NEW_RULE, flags, c);
	if (c->op == FILTER_REPLACE)
		filter_put_u64(nlh, WEFT_FILTER_A_HANDLE, c->handle);
	else if (c->position)
		filter_put_u64(nlh, WEFT_FILTER_A_POSITION, c->position);
	if (c->rule_new->comment)
		filter_put_string(nlh, WEFT_FILTER_A_COMMENT, c->rule_new->comment);
	filter_put_exprs(nlh, WEFT_FILTER_A_EXPRS, c->rule_new->exprs);
	end(b, c->pos, NULL);
}

/* --- commands ----------------------------------------------------------------------- */

static void add(struct filter_batch *b, const struct filter_command *c)
{
	if (c->noun == FILTER_TABLE)
		add_table(b, c);
	else if (c->noun == FILTER_CHAIN)
		add_chain(b, c);
	else if (c->noun == FILTER_RULE)
		add_rule(b, c);
	else if (c->noun == FILTER_ELEMENT)
		change_elems(b, c);
	else
		add_set(b, c);
}

static void del(struct filter_batch *b, const struct filter_command *c)
{
	static const uint8_t cmds[] = {
		[FILTER_TABLE] = WEFT_FILTER_CMD_DEL_TABLE,
		[FILTER_CHAIN] = WEFT_FILTER_CMD_DEL_CHAIN,
		[FILTER_RULE] = WEFT_FILTER_CMD_DEL_RULE,
		[FILTER_SET] = WEFT_FILTER_CMD_DEL_SET,
		[FILTER_MAP] = WEFT_FILTER_CMD_DEL_SET,
	};
	struct nlmsghdr *nlh;

	if (c->noun == FILTER_ELEMENT) {
		change_elems(b, c);
		return;
	}
	nlh = begin_in(b, cmds[c->noun], 0, c);
	if (c->noun == FILTER_RULE)
		filter_put_u64(nlh, WEFT_FILTER_A_HANDLE, c->handle);
	end(b, c->pos, NULL);
}

void filter_batch_command(struct filter_batch *b, const struct filter_command *c)
{
	struct nlmsghdr *nlh;

	switch (c->op) {
	case FILTER_DELETE:
	case FILTER_DESTROY:
		del(b, c);
		break;
	case FILTER_FLUSH:
		/* A set is empty when all its elements are gone. */
		begin_in(b, c->set[0] ? WEFT_FILTER_CMD_DEL_ELEM : WEFT_FILTER_CMD_FLUSH, 0, c);
		end(b, c->pos, NULL);
		break;
	case FILTER_RESET:
		nlh = begin_in(b, WEFT_FILTER_CMD_RESET, 0, c);
		if (c->handle)
			filter_put_u64(nlh, WEFT_FILTER_A_HANDLE, c->handle);
		end(b, c->pos, NULL);
		break;
	default:
		add(b, c);
	}
}
