// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family weft_filter. See filter_netlink.h. */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "filter_netlink.h"

/*
 * Messages go to the kernel together, and so many that what it answers fits into the
 * receive buffer that everybody gets.
 */
#define SEND_MESSAGES	64
#define SEND_BYTES	131072
#define BUFFER_BYTES	8388608

/* --- the family --------------------------------------------------------------------- */

static void take_group(struct filter_socket *s, const struct nlattr *nest)
{
	const struct nlattr *attr;
	const char *name = "";
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			name = mnl_attr_get_str(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			filter_get(attr, &id, sizeof(id));
	}
	if (!strcmp(name, WEFT_FILTER_GROUP_CHANGES))
		s->changes = id;
	else if (!strcmp(name, WEFT_FILTER_GROUP_TRACE))
		s->trace = id;
}

static int on_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr, *group;
	struct filter_socket *s = arg;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			filter_get(attr, &s->family, sizeof(s->family));
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(group, attr)
			take_group(s, group);
	}
	return MNL_CB_OK;
}

static void set_buffers(const struct filter_socket *s)
{
	int bytes = BUFFER_BYTES, one = 1, fd = mnl_socket_get_fd(s->nl.sock);

	/* Refinements: with less it takes longer, or more is lost. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	mnl_socket_setsockopt(s->nl.sock, NETLINK_CAP_ACK, &one, sizeof(one));
}

int filter_open(struct filter_socket *s)
{
	struct nl_request r;
	struct nlmsghdr *nlh;

	memset(s, 0, sizeof(*s));
	if (nl_open_generic(&s->nl))
		return CLI_ERROR;
	nlh = filter_message(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	filter_put_string(nlh, CTRL_ATTR_FAMILY_NAME, WEFT_FILTER_GENL_NAME);
	if (nl_ask(&s->nl, nlh, on_family, s) != CLI_OK || !s->family) {
		cli_error("the kernel has no firewall for Weft: is the module weft_filter loaded?");
		nl_close(&s->nl);
		return CLI_ERROR;
	}
	set_buffers(s);
	return CLI_OK;
}

/* --- all that the kernel has -------------------------------------------------------- */

static int on_gen(const struct nlmsghdr *nlh, void *arg)
{
	struct filter_arena arena = { 0 };
	struct filter_message m;
	uint32_t *gen = arg;

	if (filter_decode(&arena, nlh, NULL, NULL, &m) && m.cmd == WEFT_FILTER_CMD_GEN && m.has_gen)
		*gen = m.gen;
	return MNL_CB_OK;
}

static int get_gen(struct filter_socket *s, uint32_t *gen)
{
	struct nl_request r;

	*gen = 0;
	return nl_ask(&s->nl, filter_message(&r, s->family, WEFT_FILTER_CMD_GET_GEN, 0), on_gen,
		      gen);
}

static int take_all(struct filter_ruleset *r, const struct nl_messages *m)
{
	const struct nlmsghdr *nlh = NULL;

	while ((nlh = nl_messages_next(m, nlh))) {
		if (filter_ruleset_take(r, nlh))
			continue;
		cli_error("the kernel has a ruleset that this program does not understand");
		return CLI_ERROR;
	}
	return CLI_OK;
}

static int dump(struct filter_socket *s, uint8_t cmd, const struct filter_wish *wish,
		struct filter_ruleset *r)
{
	struct nl_request request;
	struct nlmsghdr *nlh = filter_message(&request, s->family, cmd, NLM_F_DUMP);
	struct nl_messages m;
	int code;

	if (wish->table && cmd != WEFT_FILTER_CMD_GET_TABLE)
		filter_put_string(nlh, WEFT_FILTER_A_TABLE, wish->table);
	if (wish->set && cmd == WEFT_FILTER_CMD_GET_ELEM)
		filter_put_string(nlh, WEFT_FILTER_A_SET, wish->set);
	code = nl_collect(&s->nl, nlh, &m);
	if (code == CLI_OK)
		code = take_all(r, &m);
	nl_messages_free(&m);
	return code;
}

static int load_once(struct filter_socket *s, const struct filter_wish *wish,
		     struct filter_ruleset *r)
{
	static const uint8_t cmds[] = {
		WEFT_FILTER_CMD_GET_TABLE, WEFT_FILTER_CMD_GET_SET, WEFT_FILTER_CMD_GET_CHAIN,
		WEFT_FILTER_CMD_GET_ELEM, WEFT_FILTER_CMD_GET_RULE,
	};
	int code = CLI_OK;
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(cmds) && code == CLI_OK; i++) {
		if ((cmds[i] == WEFT_FILTER_CMD_GET_ELEM && !wish->elements) ||
		    (cmds[i] == WEFT_FILTER_CMD_GET_RULE && !wish->rules))
			continue;
		/* What is to be narrowed to a table needs one that is there. */
		if (i && wish->table && !filter_table_find(r, wish->table))
			break;
		code = dump(s, cmds[i], wish, r);
	}
	return code;
}

/* All of one generation; @r is to be freed by the caller, also after an error. */
int filter_load(struct filter_socket *s, const struct filter_wish *wish,
		struct filter_ruleset *r)
{
	uint32_t before, after;
	int tries, code;

	filter_ruleset_init(r);
	for (tries = 0; tries < NL_DUMP_TRIES; tries++) {
		filter_free(&r->arena);
		filter_ruleset_init(r);
		code = get_gen(s, &before);
		if (code == CLI_OK)
			code = load_once(s, wish, r);
		if (code == CLI_OK)
			code = get_gen(s, &after);
		if (code != CLI_OK)
			return code;
		if (before != after)
			continue;
		r->gen = before;
		filter_ruleset_finish(r);
		return CLI_OK;
	}
	cli_error("the ruleset changes too fast to be read");
	return CLI_ERROR;
}

/* Asks for some elements; they are put into the sets of @r. */
int filter_get_elements(struct filter_socket *s, struct filter_batch *question,
			struct filter_ruleset *r)
{
	struct nl_messages m;
	int code = CLI_OK;
	size_t i;

	for (i = 0; i < question->n && code == CLI_OK; i++) {
		struct nlmsghdr *nlh = (void *)(question->m.data + question->origin[i].at);

		nlh->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
		code = nl_collect(&s->nl, nlh, &m);
		if (code == CLI_OK)
			code = take_all(r, &m);
		nl_messages_free(&m);
	}
	filter_ruleset_finish(r);
	return code;
}

/* --- transactions ------------------------------------------------------------------- */

struct transaction {
	const struct filter_batch *b;
	const struct filter_source *src;
	unsigned int first_seq;
	size_t answered;
	bool refused;
	bool stale;
};

/* The place of the element that the error is in, else that of the message. */
static struct filter_pos place_of(const struct filter_batch *b, size_t i, uint32_t offset)
{
	const struct filter_origin *o = &b->origin[i];
	const struct nlmsghdr *nlh = (const void *)(b->m.data + o->at);
	const struct nlattr *attr, *elem;
	const char *at = (const char *)nlh + offset;
	size_t n = 0;

	if (!o->elems || offset >= nlh->nlmsg_len)
		return o->pos;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != WEFT_FILTER_A_ELEMS)
			continue;
		mnl_attr_for_each_nested(elem, attr) {
			if (at >= (const char *)elem &&
			    at < (const char *)elem + mnl_attr_get_len(elem))
				return o->elems[n].pos;
			n++;
		}
	}
	return o->pos;
}

static void tell_refusal(const struct transaction *t, const struct nlmsghdr *nlh, size_t i,
			 int error)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	const char *why = weft_strerror(error);
	const struct nlattr *attr;
	struct filter_pos pos;
	uint32_t offset = UINT32_MAX;
	size_t skip = sizeof(*e);

	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - sizeof(e->msg);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && MNL_ALIGN(skip) < mnl_nlmsg_get_payload_len(nlh)) {
		mnl_attr_for_each(attr, nlh, MNL_ALIGN(skip)) {
			if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS)
				filter_get(attr, &offset, sizeof(offset));
			else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
				 mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
				why = mnl_attr_get_str(attr);
		}
	}
	pos = place_of(t->b, i, offset);
	if (pos.line)
		filter_tell(t->src, pos, "the kernel refuses: %s", why);
	else
		cli_error("the kernel refuses: %s", why);
}

/* An answer to one of the messages; those to others are not ours. */
static void take_answer(struct transaction *t, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t i = nlh->nlmsg_seq - t->first_seq;

	if (nlh->nlmsg_type != NLMSG_ERROR || i >= t->b->n ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*e)))
		return;
	t->answered++;
	if (!e->error || t->refused)
		return;
	t->refused = true;
	t->stale = e->error == -ESTALE && !t->b->origin[i].pos.line;
	if (!t->stale)
		tell_refusal(t, nlh, i, -e->error);
}

/* Waits until so many messages have been answered. */
static int await(struct filter_socket *s, struct transaction *t, size_t until)
{
	char buf[NL_BUFSIZE] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh;
	ssize_t n;
	int left;

	while (t->answered < until) {
		n = mnl_socket_recvfrom(s->nl.sock, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			cli_error("netlink: %s", strerror(errno));
			return CLI_ERROR;
		}
		left = (int)n;
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
			take_answer(t, nlh);
	}
	return CLI_OK;
}

/* How many messages from @i on go together. */
static size_t portion(const struct filter_batch *b, size_t i, size_t *bytes)
{
	size_t n, end;

	for (n = 1; i + n < b->n && n < SEND_MESSAGES; n++) {
		end = i + n + 1 < b->n ? b->origin[i + n + 1].at : b->m.len;
		if (end - b->origin[i].at > SEND_BYTES)
			break;
	}
	end = i + n < b->n ? b->origin[i + n].at : b->m.len;
	*bytes = end - b->origin[i].at;
	return n;
}

int filter_send(struct filter_socket *s, struct filter_batch *b,
		const struct filter_source *src)
{
	struct transaction t = { .b = b, .src = src, .first_seq = s->nl.seq + 1 };
	int code = CLI_OK;
	size_t i, n, bytes;

	for (i = 0; i < b->n; i++)
		((struct nlmsghdr *)(void *)(b->m.data + b->origin[i].at))->nlmsg_seq = ++s->nl.seq;
	for (i = 0; i < b->n && code == CLI_OK && !t.refused; i += n) {
		n = portion(b, i, &bytes);
		if (mnl_socket_sendto(s->nl.sock, b->m.data + b->origin[i].at, bytes) < 0) {
			cli_error("netlink: %s", strerror(errno));
			return CLI_ERROR;
		}
		code = await(s, &t, i + n);
	}
	if (code != CLI_OK || !t.refused)
		return code;
	return t.stale ? FILTER_STALE : CLI_ERROR;
}

/* --- what the kernel tells ---------------------------------------------------------- */

int filter_join(struct filter_socket *s, uint32_t group)
{
	if (group && !mnl_socket_setsockopt(s->nl.sock, NETLINK_ADD_MEMBERSHIP, &group,
					    sizeof(group)))
		return CLI_OK;
	cli_error("cannot listen: %s", group ? strerror(errno) : "the kernel has no such group");
	return CLI_ERROR;
}

int filter_listen(struct filter_socket *s, mnl_cb_t fn, void *arg)
{
	char buf[NL_BUFSIZE * 2] __attribute__((aligned(8)));
	ssize_t n;

	for (;;) {
		n = mnl_socket_recvfrom(s->nl.sock, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS) {
			cli_error("messages were lost");
			continue;
		}
		if (n < 0) {
			cli_error("netlink: %s", strerror(errno));
			return CLI_ERROR;
		}
		/* An error of @fn has been told. */
		if (mnl_cb_run(buf, (size_t)n, 0, 0, fn, arg) < 0)
			return CLI_ERROR;
	}
}
