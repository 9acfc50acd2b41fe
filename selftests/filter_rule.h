/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of the firewall in a namespace of their own: its rules in a few words, and
 * datagrams of this node to itself, which meet them.
 */
#ifndef FILTER_RULE_H
#define FILTER_RULE_H

#include <poll.h>
#include <stdbool.h>
#include "filter.h"
#include "sock.h"

#define PORT	5000

static int nl, weft, rx, tx;
static struct filter_msg m;
static struct nlattr *exprs;

/* --- requests ------------------------------------------------------------------------ */

static inline const struct filter_answer *ask(void)
{
	return filter_ask(nl, &m);
}

static inline void good(int line)
{
	const struct filter_answer *a = ask();

	if (a->err)
		printf("# line %d: %s: \"%s\"\n", line, strerror(a->err), a->why);
	CHECK(!a->err);
}

static inline void refused(int line, int err, const char *why)
{
	const struct filter_answer *a = ask();

	if (a->err != err || !strstr(a->why, why))
		printf("# line %d: %s: \"%s\"\n", line, strerror(a->err), a->why);
	CHECK(a->err == err);
	CHECK(strstr(a->why, why));
}

#define GOOD()			good(__LINE__)
#define REFUSED(err, why)	refused(__LINE__, err, why)

static inline void begin(int cmd, int flags, const char *table, const char *chain)
{
	filter_init(&m, cmd, flags);
	if (table)
		filter_str(&m, WEFT_FILTER_A_TABLE, table);
	if (chain)
		filter_str(&m, WEFT_FILTER_A_CHAIN, chain);
}

static inline void simple(int cmd)
{
	begin(cmd, 0, NULL, NULL);
	GOOD();
}

static inline void base_chain(const char *table, const char *chain, int hook, int priority)
{
	int32_t prio = priority;

	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, table, chain);
	filter_u32(&m, WEFT_FILTER_A_HOOK, hook);
	filter_put(&m, WEFT_FILTER_A_PRIORITY, &prio, sizeof(prio));
}

/* Ends with rule_end(). */
static inline void rule(const char *chain, int flags)
{
	begin(WEFT_FILTER_CMD_NEW_RULE, flags, "t", chain);
	exprs = filter_nest(&m, WEFT_FILTER_A_EXPRS);
}

static inline void rule_end(void)
{
	filter_end(&m, exprs);
}

static inline void match(int field, uint64_t first, uint64_t last, int flags)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_E_MATCH);

	filter_u32(&m, WEFT_FILTER_EA_FIELD, field);
	filter_u64(&m, WEFT_FILTER_EA_FIRST, first);
	if (first != last)
		filter_u64(&m, WEFT_FILTER_EA_LAST, last);
	if (flags)
		filter_u32(&m, WEFT_FILTER_EA_FLAGS, flags);
	filter_end(&m, at);
}

static inline void verdict(int value, const char *chain)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_E_VERDICT);

	filter_u32(&m, WEFT_FILTER_EA_VERDICT, value);
	if (chain)
		filter_str(&m, WEFT_FILTER_EA_CHAIN, chain);
	filter_end(&m, at);
}

/* The last rule of the chain. */
static inline void drop_the_rest(void)
{
	rule("in", NLM_F_APPEND);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
}

static inline void counter(void)
{
	filter_end(&m, filter_nest(&m, WEFT_FILTER_E_COUNTER));
}

static inline void set_expr(const char *set, const uint16_t *key, size_t n)
{
	filter_str(&m, WEFT_FILTER_EA_SET, set);
	filter_put(&m, WEFT_FILTER_EA_KEY, key, n * sizeof(*key));
}

static inline void lookup(const char *set, const uint16_t *key, size_t n, int flags)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_E_LOOKUP);

	set_expr(set, key, n);
	if (flags)
		filter_u32(&m, WEFT_FILTER_EA_FLAGS, flags);
	filter_end(&m, at);
}

static inline void set_begin(const char *set, const uint16_t *key, size_t n, int flags)
{
	begin(WEFT_FILTER_CMD_NEW_SET, NLM_F_EXCL, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, set);
	filter_put(&m, WEFT_FILTER_A_KEY, key, n * sizeof(*key));
	filter_u32(&m, WEFT_FILTER_A_FLAGS, flags);
}

static struct nlattr *elems;

static inline void elems_begin(int cmd, const char *set)
{
	begin(cmd, cmd == WEFT_FILTER_CMD_GET_ELEM ? NLM_F_DUMP : NLM_F_EXCL, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, set);
	elems = filter_nest(&m, WEFT_FILTER_A_ELEMS);
}

/* An element of one number, or of two of them. */
static inline void elem(const uint64_t *first, const uint64_t *last, size_t n)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_A_ELEM);

	filter_put(&m, WEFT_FILTER_EL_KEY, first, n * sizeof(*first));
	if (last)
		filter_put(&m, WEFT_FILTER_EL_KEY_END, last, n * sizeof(*last));
	filter_end(&m, at);
}

static inline void range(int cmd, const char *set, uint64_t first, uint64_t last)
{
	elems_begin(cmd, set);
	elem(&first, &last, 1);
	filter_end(&m, elems);
}

static inline int dump(int cmd, const char *table)
{
	const struct filter_answer *a;

	begin(cmd, NLM_F_DUMP, table, NULL);
	a = ask();
	return a->err ? -a->err : a->count;
}

static inline uint32_t generation(void)
{
	begin(WEFT_FILTER_CMD_GET_GEN, 0, NULL, NULL);
	return filter_attr_u32(&ask()->last, WEFT_FILTER_A_GEN);
}

/* A table "t" with a base chain "in" for what comes in. */
static inline void fresh(void)
{
	begin(WEFT_FILTER_CMD_FLUSH, 0, NULL, NULL);
	GOOD();
	begin(WEFT_FILTER_CMD_NEW_TABLE, NLM_F_EXCL, "t", NULL);
	GOOD();
	base_chain("t", "in", WEFT_FILTER_HOOK_INPUT, 0);
	GOOD();
}

/* --- packets ------------------------------------------------------------------------- */

static inline void empty(void)
{
	char c;

	while (recv(rx, &c, 1, MSG_DONTWAIT) >= 0)
		;
}

/* Sends a datagram to this node; does it come through? */
static inline int passes(void)
{
	struct pollfd p = { .fd = rx, .events = POLLIN };
	struct sock_name to = sock_loopback(weft, PORT);

	empty();
	if (sendto(tx, "x", 1, 0, &to.sa, to.len) != 1)
		return 0;
	return poll(&p, 1, 100) == 1;
}

static const uint16_t dport[] = { WEFT_FILTER_F_DPORT };
static const uint16_t dst_dport[] = { WEFT_FILTER_F_DST, WEFT_FILTER_F_DPORT };

static inline void drop_if_in(const char *set, const uint16_t *key, size_t n, int flags)
{
	rule("in", NLM_F_APPEND);
	lookup(set, key, n, flags);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
}

/* Begins, or says why it cannot. */
static inline void filter_begin(void)
{
	struct sock_name here;

	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up"))
		exit(1);
	nl = filter_open();
	if (filter_resolve(nl)) {
		printf("# weft_filter is not loaded\n");
		exit(1);
	}
	rx = socket(weft, SOCK_DGRAM, 0);
	tx = socket(weft, SOCK_DGRAM, 0);
	here = sock_loopback(weft, PORT);
	if (bind(rx, &here.sa, here.len))
		perror("# bind");
}

#endif /* FILTER_RULE_H */
