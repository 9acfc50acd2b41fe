// SPDX-License-Identifier: GPL-2.0
/*
 * The firewall by netlink: transactions are all or nothing, each bad request is refused
 * with an errno and a reason, sets find what they should, and packets meet the verdicts.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include "filter.h"
#include "sock.h"

#define PORT	5000

static int nl, weft, rx, tx;
static struct filter_msg m;
static struct nlattr *exprs;

/* --- requests --------------------------------------------------------------------------- */

static const struct filter_answer *ask(void)
{
	return filter_ask(nl, &m);
}

static void good(int line)
{
	const struct filter_answer *a = ask();

	if (a->err)
		printf("# line %d: %s: \"%s\"\n", line, strerror(a->err), a->why);
	CHECK(!a->err);
}

static void refused(int line, int err, const char *why)
{
	const struct filter_answer *a = ask();

	if (a->err != err || !strstr(a->why, why))
		printf("# line %d: %s: \"%s\"\n", line, strerror(a->err), a->why);
	CHECK(a->err == err);
	CHECK(strstr(a->why, why));
}

#define GOOD()			good(__LINE__)
#define REFUSED(err, why)	refused(__LINE__, err, why)

static void begin(int cmd, int flags, const char *table, const char *chain)
{
	filter_init(&m, cmd, flags);
	if (table)
		filter_str(&m, WEFT_FILTER_A_TABLE, table);
	if (chain)
		filter_str(&m, WEFT_FILTER_A_CHAIN, chain);
}

static void simple(int cmd)
{
	begin(cmd, 0, NULL, NULL);
	GOOD();
}

static void base_chain(const char *table, const char *chain, int hook, int priority)
{
	int32_t prio = priority;

	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, table, chain);
	filter_u32(&m, WEFT_FILTER_A_HOOK, hook);
	filter_put(&m, WEFT_FILTER_A_PRIORITY, &prio, sizeof(prio));
}

/* Ends with rule_end(). */
static void rule(const char *chain, int flags)
{
	begin(WEFT_FILTER_CMD_NEW_RULE, flags, "t", chain);
	exprs = filter_nest(&m, WEFT_FILTER_A_EXPRS);
}

static void rule_end(void)
{
	filter_end(&m, exprs);
}

static void match(int field, uint64_t first, uint64_t last, int flags)
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

static void verdict(int value, const char *chain)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_E_VERDICT);

	filter_u32(&m, WEFT_FILTER_EA_VERDICT, value);
	if (chain)
		filter_str(&m, WEFT_FILTER_EA_CHAIN, chain);
	filter_end(&m, at);
}

static void counter(void)
{
	filter_end(&m, filter_nest(&m, WEFT_FILTER_E_COUNTER));
}

static void set_expr(const char *set, const uint16_t *key, size_t n)
{
	filter_str(&m, WEFT_FILTER_EA_SET, set);
	filter_put(&m, WEFT_FILTER_EA_KEY, key, n * sizeof(*key));
}

static void lookup(const char *set, const uint16_t *key, size_t n, int flags)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_E_LOOKUP);

	set_expr(set, key, n);
	if (flags)
		filter_u32(&m, WEFT_FILTER_EA_FLAGS, flags);
	filter_end(&m, at);
}

static void set_begin(const char *set, const uint16_t *key, size_t n, int flags)
{
	begin(WEFT_FILTER_CMD_NEW_SET, NLM_F_EXCL, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, set);
	filter_put(&m, WEFT_FILTER_A_KEY, key, n * sizeof(*key));
	filter_u32(&m, WEFT_FILTER_A_FLAGS, flags);
}

static struct nlattr *elems;

static void elems_begin(int cmd, const char *set)
{
	begin(cmd, cmd == WEFT_FILTER_CMD_GET_ELEM ? NLM_F_DUMP : NLM_F_EXCL, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, set);
	elems = filter_nest(&m, WEFT_FILTER_A_ELEMS);
}

/* An element of one number, or of two of them. */
static void elem(const uint64_t *first, const uint64_t *last, size_t n)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_A_ELEM);

	filter_put(&m, WEFT_FILTER_EL_KEY, first, n * sizeof(*first));
	if (last)
		filter_put(&m, WEFT_FILTER_EL_KEY_END, last, n * sizeof(*last));
	filter_end(&m, at);
}

static void range(int cmd, const char *set, uint64_t first, uint64_t last)
{
	elems_begin(cmd, set);
	elem(&first, &last, 1);
	filter_end(&m, elems);
}

static int dump(int cmd, const char *table)
{
	const struct filter_answer *a;

	begin(cmd, NLM_F_DUMP, table, NULL);
	a = ask();
	return a->err ? -a->err : a->count;
}

static uint32_t generation(void)
{
	begin(WEFT_FILTER_CMD_GET_GEN, 0, NULL, NULL);
	return filter_attr_u32(&ask()->last, WEFT_FILTER_A_GEN);
}

/* A table "t" with a base chain "in" for what comes in. */
static void fresh(void)
{
	begin(WEFT_FILTER_CMD_FLUSH, 0, NULL, NULL);
	GOOD();
	begin(WEFT_FILTER_CMD_NEW_TABLE, NLM_F_EXCL, "t", NULL);
	GOOD();
	base_chain("t", "in", WEFT_FILTER_HOOK_INPUT, 0);
	GOOD();
}

/* --- packets -------------------------------------------------------------------------------- */

static void empty(void)
{
	char c;

	while (recv(rx, &c, 1, MSG_DONTWAIT) >= 0)
		;
}

/* Sends a datagram to this node; does it come through? */
static int passes(void)
{
	struct pollfd p = { .fd = rx, .events = POLLIN };
	struct sock_name to = sock_loopback(weft, PORT);

	empty();
	if (sendto(tx, "x", 1, 0, &to.sa, to.len) != 1)
		return 0;
	return poll(&p, 1, 100) == 1;
}

/* --- transactions ------------------------------------------------------------------------------ */

static void a_change_alone(void)
{
	uint32_t before = generation();

	fresh();
	CHECK(generation() == before + 3);
	CHECK(dump(WEFT_FILTER_CMD_GET_TABLE, NULL) == 1);
	CHECK(dump(WEFT_FILTER_CMD_GET_CHAIN, "t") == 1);
	CHECK(passes());
}

static void a_commit_changes_all_at_once(void)
{
	uint32_t before;

	fresh();
	before = generation();
	simple(WEFT_FILTER_CMD_BEGIN);
	rule("in", NLM_F_APPEND);
	match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(passes());
	CHECK(generation() == before);
	CHECK(!dump(WEFT_FILTER_CMD_GET_RULE, "t"));
	simple(WEFT_FILTER_CMD_COMMIT);
	CHECK(generation() == before + 1);
	CHECK(dump(WEFT_FILTER_CMD_GET_RULE, "t") == 1);
	CHECK(!passes());
	begin(WEFT_FILTER_CMD_COMMIT, 0, NULL, NULL);
	REFUSED(EINVAL, "no transaction");
}

static void an_abort_changes_nothing(void)
{
	uint32_t before;

	fresh();
	before = generation();
	simple(WEFT_FILTER_CMD_BEGIN);
	begin(WEFT_FILTER_CMD_DEL_TABLE, 0, "t", NULL);
	GOOD();
	simple(WEFT_FILTER_CMD_ABORT);
	CHECK(generation() == before);
	CHECK(dump(WEFT_FILTER_CMD_GET_TABLE, NULL) == 1);
	simple(WEFT_FILTER_CMD_BEGIN);
	begin(WEFT_FILTER_CMD_DEL_TABLE, 0, "t", NULL);
	GOOD();
	simple(WEFT_FILTER_CMD_CHECK);
	CHECK(generation() == before);
	CHECK(dump(WEFT_FILTER_CMD_GET_TABLE, NULL) == 1);
}

static void what_is_refused_spoils(void)
{
	fresh();
	simple(WEFT_FILTER_CMD_BEGIN);
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "other", NULL);
	GOOD();
	begin(WEFT_FILTER_CMD_DEL_TABLE, 0, "nobody", NULL);
	REFUSED(ENOENT, "no such table");
	begin(WEFT_FILTER_CMD_COMMIT, 0, NULL, NULL);
	REFUSED(ECANCELED, "refused before");
	CHECK(dump(WEFT_FILTER_CMD_GET_TABLE, NULL) == 1);
	begin(WEFT_FILTER_CMD_ABORT, 0, NULL, NULL);
	REFUSED(EINVAL, "no transaction");
}

static void who_is_late_is_stale(void)
{
	int other = filter_open();

	fresh();
	simple(WEFT_FILTER_CMD_BEGIN);
	begin(WEFT_FILTER_CMD_BEGIN, 0, NULL, NULL);
	REFUSED(EALREADY, "is open");
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "mine", NULL);
	GOOD();
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "theirs", NULL);
	CHECK(!filter_ask(other, &m)->err);
	begin(WEFT_FILTER_CMD_COMMIT, 0, NULL, NULL);
	REFUSED(ESTALE, "meanwhile");
	CHECK(dump(WEFT_FILTER_CMD_GET_TABLE, NULL) == 2);
	begin(WEFT_FILTER_CMD_BEGIN, 0, NULL, NULL);
	filter_u32(&m, WEFT_FILTER_A_GEN, 0);
	REFUSED(ESTALE, "generation");
	close(other);
}

static void a_closed_socket_forgets(void)
{
	int other;
	unsigned int i;

	fresh();
	for (i = 0; i < 100; i++) {
		other = filter_open();
		begin(WEFT_FILTER_CMD_BEGIN, 0, NULL, NULL);
		CHECK(!filter_ask(other, &m)->err);
		begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "other", NULL);
		CHECK(!filter_ask(other, &m)->err);
		close(other);
	}
	CHECK(dump(WEFT_FILTER_CMD_GET_TABLE, NULL) == 1);
}

/* --- refusals ---------------------------------------------------------------------------------- */

static void names_are_checked(void)
{
	static const char *const bad[] = { "", "a b", "a/b", "\xc3\xa4", "a\n" };
	unsigned int i;

	fresh();
	for (i = 0; i < 5; i++) {
		begin(WEFT_FILTER_CMD_NEW_TABLE, 0, bad[i], NULL);
		REFUSED(EINVAL, "letters");
	}
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "a234567890123456789012345678901", NULL);
	GOOD();
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "a2345678901234567890123456789012", NULL);
	REFUSED(EINVAL, "");
	filter_init(&m, WEFT_FILTER_CMD_NEW_TABLE, 0);
	filter_put(&m, WEFT_FILTER_A_TABLE, "abc", 3);
	REFUSED(EINVAL, "");
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, NULL, NULL);
	REFUSED(EINVAL, "missing");
	begin(WEFT_FILTER_CMD_NEW_TABLE, NLM_F_EXCL, "t", NULL);
	REFUSED(EEXIST, "is there");
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "t", NULL);
	filter_u32(&m, WEFT_FILTER_A_FLAGS, 2);
	REFUSED(EINVAL, "flag");
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "t", NULL);
	filter_u32(&m, WEFT_FILTER_A_MAX + 1, 2);
	REFUSED(EINVAL, "");
}

static void chains_are_checked(void)
{
	fresh();
	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, "t", "c");
	filter_u32(&m, WEFT_FILTER_A_POLICY, WEFT_FILTER_DROP);
	REFUSED(EINVAL, "policy");
	base_chain("t", "c", 5, 0);
	REFUSED(ERANGE, "");
	base_chain("t", "c", 1, 0);
	filter_u32(&m, WEFT_FILTER_A_POLICY, WEFT_FILTER_JUMP);
	REFUSED(EINVAL, "policy");
	base_chain("t", "in", 2, 0);
	REFUSED(EEXIST, "hook");
	base_chain("t", "in", 1, 1);
	REFUSED(EEXIST, "priority");
	begin(WEFT_FILTER_CMD_DEL_CHAIN, 0, "t", "nobody");
	REFUSED(ENOENT, "chain");
	rule("in", 0);
	verdict(WEFT_FILTER_JUMP, "in");
	rule_end();
	REFUSED(EOPNOTSUPP, "base chain");
	rule("in", 0);
	verdict(WEFT_FILTER_JUMP, "nobody");
	rule_end();
	REFUSED(ENOENT, "no such chain");
	rule("in", 0);
	verdict(WEFT_FILTER_ACCEPT, "in");
	rule_end();
	REFUSED(EINVAL, "jump and goto");
	rule("in", 0);
	verdict(WEFT_FILTER_ACCEPT, NULL);
	counter();
	rule_end();
	REFUSED(EINVAL, "after a verdict");
	CHECK(!dump(WEFT_FILTER_CMD_GET_RULE, "t"));
}

static void comparisons_are_checked(void)
{
	struct nlattr *at;

	fresh();
	rule("in", 0);
	match(WEFT_FILTER_F_MAX + 1, 1, 1, 0);
	rule_end();
	REFUSED(EINVAL, "no such field");
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, 65536, 65536, 0);
	rule_end();
	REFUSED(ERANGE, "too great");
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, 5, 4, 0);
	rule_end();
	REFUSED(EINVAL, "ends before");
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, 5, 5, 8);
	rule_end();
	REFUSED(EINVAL, "");
	rule("in", 0);
	match(WEFT_FILTER_F_IIFNAME, 5, 5, 0);
	rule_end();
	REFUSED(EINVAL, "number of numbers");
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_MATCH);
	filter_u32(&m, WEFT_FILTER_EA_FIELD, WEFT_FILTER_F_SRC);
	filter_end(&m, at);
	rule_end();
	REFUSED(EINVAL, "lacks");
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_COUNTER);
	filter_u32(&m, WEFT_FILTER_EA_FIELD, WEFT_FILTER_F_SRC);
	filter_end(&m, at);
	rule_end();
	REFUSED(EINVAL, "does not take");
	rule("in", 0);
	filter_end(&m, filter_nest(&m, WEFT_FILTER_E_MAX + 1));
	rule_end();
	REFUSED(EINVAL, "no such expression");
	rule("in", 0);
	filter_end(&m, filter_nest(&m, WEFT_FILTER_E_NOTRACK));
	rule_end();
	REFUSED(EOPNOTSUPP, "notrack");
	CHECK(!dump(WEFT_FILTER_CMD_GET_RULE, "t"));
}

static void loops_are_refused(void)
{
	char a[8], b[8];
	int i;

	fresh();
	simple(WEFT_FILTER_CMD_BEGIN);
	for (i = 0; i <= WEFT_FILTER_JUMPS_MAX; i++) {
		sprintf(a, "c%d", i);
		begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, "t", a);
		GOOD();
		if (!i)
			continue;
		sprintf(b, "c%d", i - 1);
		rule(b, NLM_F_APPEND);
		verdict(WEFT_FILTER_JUMP, a);
		rule_end();
		GOOD();
	}
	simple(WEFT_FILTER_CMD_COMMIT);
	rule("in", 0);
	verdict(WEFT_FILTER_JUMP, "c1");
	rule_end();
	GOOD();
	CHECK(passes());
	rule("in", 0);
	verdict(WEFT_FILTER_JUMP, "c0");
	rule_end();
	REFUSED(ELOOP, "circle");
	rule("c5", 0);
	verdict(WEFT_FILTER_GOTO, "c3");
	rule_end();
	REFUSED(ELOOP, "circle");
	begin(WEFT_FILTER_CMD_DEL_CHAIN, 0, "t", "c16");
	REFUSED(EBUSY, "leads to");
	begin(WEFT_FILTER_CMD_DEL_CHAIN, 0, "t", "c0");
	REFUSED(EBUSY, "has rules");
}

static void who_has_no_right(void)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		int fd;

		if (setuid(1000))
			_exit(2);
		fd = filter_open();
		begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "u", NULL);
		if (filter_ask(fd, &m)->err != EPERM)
			_exit(1);
		begin(WEFT_FILTER_CMD_GET_TABLE, NLM_F_DUMP, NULL, NULL);
		_exit(filter_ask(fd, &m)->err != EPERM);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
}

/* --- verdicts ------------------------------------------------------------------------------------ */

static void rules_in_order(void)
{
	uint64_t handle;

	fresh();
	rule("in", NLM_F_APPEND);
	match(WEFT_FILTER_F_PROTO, WEFT_PROTO_DGRAM, WEFT_PROTO_DGRAM, 0);
	counter();
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(!passes());
	begin(WEFT_FILTER_CMD_GET_RULE, NLM_F_DUMP, "t", NULL);
	handle = filter_attr_u64(&ask()->last, WEFT_FILTER_A_HANDLE);
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, PORT - 5, PORT + 5, 0);
	match(WEFT_FILTER_F_DST, 1, 1, 0);
	match(WEFT_FILTER_F_SPORT, 1, 2, WEFT_FILTER_X_INVERT);
	match(WEFT_FILTER_F_CTL_TYPE, 1, 1, WEFT_FILTER_X_INVERT);
	verdict(WEFT_FILTER_ACCEPT, NULL);
	rule_end();
	GOOD();
	/* A datagram has no type of a control message: not even one that differs. */
	CHECK(!passes());
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, PORT - 5, PORT + 5, 0);
	match(WEFT_FILTER_F_DST, 1, 1, 0);
	match(WEFT_FILTER_F_SPORT, 1, 2, WEFT_FILTER_X_INVERT);
	match(WEFT_FILTER_F_LEN, 33, 33, 0);
	match(WEFT_FILTER_F_CAST, 0, 0, 0);
	match(WEFT_FILTER_F_FRAG, 0, 0, 0);
	match(WEFT_FILTER_F_OIF, 1, 1, 0);
	rule_end();
	filter_put(&m, WEFT_FILTER_A_POSITION, &handle, sizeof(handle));
	GOOD();
	CHECK(!passes());
	rule("in", NLM_F_REPLACE);
	counter();
	verdict(WEFT_FILTER_ACCEPT, NULL);
	rule_end();
	filter_put(&m, WEFT_FILTER_A_HANDLE, &handle, sizeof(handle));
	GOOD();
	CHECK(passes());
	CHECK(dump(WEFT_FILTER_CMD_GET_RULE, "t") == 3);
	begin(WEFT_FILTER_CMD_DEL_RULE, 0, "t", "in");
	filter_u64(&m, WEFT_FILTER_A_HANDLE, handle);
	REFUSED(ENOENT, "no such rule");
}

static void policies_and_counters(void)
{
	const struct weft_filter_counters *c;
	long dropped;

	fresh();
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
	counter();
	rule_end();
	GOOD();
	CHECK(passes());
	CHECK(passes());
	base_chain("t", "in", WEFT_FILTER_HOOK_INPUT, 0);
	filter_u32(&m, WEFT_FILTER_A_POLICY, WEFT_FILTER_DROP);
	GOOD();
	dropped = netns_counter("DropHook");
	CHECK(!passes());
	CHECK(netns_counter("DropHook") == dropped + 1);
	begin(WEFT_FILTER_CMD_GET_RULE, NLM_F_DUMP, "t", "in");
	c = filter_attr(&ask()->last, WEFT_FILTER_A_COUNTERS);
	CHECK(c && c->packets == 3 && c->bytes == 3 * 33);
	begin(WEFT_FILTER_CMD_GET_CHAIN, NLM_F_DUMP, "t", "in");
	c = filter_attr(&ask()->last, WEFT_FILTER_A_COUNTERS);
	CHECK(c && c->packets == 3);
	begin(WEFT_FILTER_CMD_RESET, 0, "t", "in");
	GOOD();
	begin(WEFT_FILTER_CMD_GET_RULE, NLM_F_DUMP, "t", "in");
	c = filter_attr(&ask()->last, WEFT_FILTER_A_COUNTERS);
	CHECK(c && !c->packets && !c->bytes);
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "t", NULL);
	filter_u32(&m, WEFT_FILTER_A_FLAGS, WEFT_FILTER_TABLE_DORMANT);
	GOOD();
	CHECK(passes());
}

static void jumps_and_returns(void)
{
	fresh();
	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, "t", "a");
	GOOD();
	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, "t", "b");
	GOOD();
	rule("a", NLM_F_APPEND);
	verdict(WEFT_FILTER_RETURN, NULL);
	rule_end();
	GOOD();
	rule("a", NLM_F_APPEND);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	rule("in", NLM_F_APPEND);
	verdict(WEFT_FILTER_JUMP, "a");
	rule_end();
	GOOD();
	CHECK(passes());
	rule("in", NLM_F_APPEND);
	verdict(WEFT_FILTER_GOTO, "b");
	rule_end();
	GOOD();
	rule("in", NLM_F_APPEND);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(passes());
	rule("b", NLM_F_APPEND);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(!passes());
}

/* --- sets ----------------------------------------------------------------------------------------- */

static const uint16_t dport[] = { WEFT_FILTER_F_DPORT };
static const uint16_t dst_dport[] = { WEFT_FILTER_F_DST, WEFT_FILTER_F_DPORT };

static void drop_if_in(const char *set, const uint16_t *key, size_t n, int flags)
{
	rule("in", NLM_F_APPEND);
	lookup(set, key, n, flags);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
}

static void exact_sets(void)
{
	uint64_t key = PORT, other = 7;

	fresh();
	set_begin("s", dport, 1, 0);
	GOOD();
	set_begin("s", dport, 1, 0);
	REFUSED(EEXIST, "is there");
	drop_if_in("s", dport, 1, 0);
	CHECK(passes());
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(&key, NULL, 1);
	elem(&other, NULL, 1);
	filter_end(&m, elems);
	GOOD();
	CHECK(!passes());
	REFUSED(EEXIST, "such a key");
	elems_begin(WEFT_FILTER_CMD_DEL_ELEM, "s");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	GOOD();
	CHECK(passes());
	REFUSED(ENOENT, "no such element");
	begin(WEFT_FILTER_CMD_DEL_SET, 0, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "s");
	REFUSED(EBUSY, "uses the set");
	key = 65536;
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	REFUSED(ERANGE, "too great");
	CHECK(dump(WEFT_FILTER_CMD_GET_ELEM, "t") == 1);
}

static void ranges_do_not_overlap(void)
{
	fresh();
	set_begin("s", dport, 1, WEFT_FILTER_SET_INTERVAL);
	GOOD();
	drop_if_in("s", dport, 1, 0);
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4000, 4999);
	GOOD();
	CHECK(passes());
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 5000, 5000);
	GOOD();
	CHECK(!passes());
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4999, 5001);
	REFUSED(EEXIST, "such a key");
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 4000, 5000);
	REFUSED(ENOENT, "no such element");
	/* One range in the place of two, at once. */
	simple(WEFT_FILTER_CMD_BEGIN);
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 5000, 5000);
	GOOD();
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 4000, 4999);
	GOOD();
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4500, 5500);
	GOOD();
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 5500, 5501);
	REFUSED(EEXIST, "such a key");
	simple(WEFT_FILTER_CMD_ABORT);
	CHECK(!passes());
	simple(WEFT_FILTER_CMD_BEGIN);
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 5000, 5000);
	GOOD();
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 4000, 4999);
	GOOD();
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4500, 5500);
	GOOD();
	simple(WEFT_FILTER_CMD_CHECK);
	CHECK(!passes());
	simple(WEFT_FILTER_CMD_BEGIN);
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 5000, 5000);
	GOOD();
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 4000, 4999);
	GOOD();
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4500, 4999);
	GOOD();
	simple(WEFT_FILTER_CMD_COMMIT);
	CHECK(passes());
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 5000, 6000);
	GOOD();
	CHECK(!passes());
	begin(WEFT_FILTER_CMD_DEL_ELEM, 0, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "s");
	GOOD();
	CHECK(passes());
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 0, 65535);
	GOOD();
	CHECK(!passes());
}

static void ranges_of_several_fields(void)
{
	uint64_t first[2] = { 0, 4990 }, last[2] = { 7, 5010 };

	fresh();
	set_begin("s", dst_dport, 2, WEFT_FILTER_SET_INTERVAL);
	GOOD();
	drop_if_in("s", dst_dport, 2, 0);
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(first, last, 2);
	filter_end(&m, elems);
	GOOD();
	CHECK(!passes());
	REFUSED(EEXIST, "such a key");
	elems_begin(WEFT_FILTER_CMD_DEL_ELEM, "s");
	elem(first, last, 2);
	filter_end(&m, elems);
	GOOD();
	CHECK(passes());
	first[0] = 2;
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(first, last, 2);
	filter_end(&m, elems);
	GOOD();
	CHECK(passes());
	first[0] = 1;
	last[0] = ~0ULL - 1;
	first[1] = 1;
	last[1] = 65534;
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(first, last, 2);
	filter_end(&m, elems);
	REFUSED(E2BIG, "prefixes");
}

static void times_end(void)
{
	uint64_t key = PORT;
	struct nlattr *at;

	fresh();
	set_begin("s", dport, 1, WEFT_FILTER_SET_TIMEOUT);
	filter_u64(&m, WEFT_FILTER_A_TIMEOUT, 3600000);
	GOOD();
	drop_if_in("s", dport, 1, 0);
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	at = filter_nest(&m, WEFT_FILTER_A_ELEM);
	filter_put(&m, WEFT_FILTER_EL_KEY, &key, sizeof(key));
	filter_u64(&m, WEFT_FILTER_EL_TIMEOUT, 700);
	filter_end(&m, at);
	filter_end(&m, elems);
	GOOD();
	CHECK(!passes());
	usleep(800000);
	CHECK(passes());
	GOOD();
	usleep(2500000);
	CHECK(!dump(WEFT_FILTER_CMD_GET_ELEM, "t"));
}

static void rules_add_elements(void)
{
	static const uint16_t sport[] = { WEFT_FILTER_F_SPORT };
	struct nlattr *at;

	fresh();
	set_begin("s", dport, 1, 0);
	GOOD();
	set_begin("d", dport, 1, WEFT_FILTER_SET_DYNAMIC);
	filter_u32(&m, WEFT_FILTER_A_SIZE, 1);
	GOOD();
	rule("in", NLM_F_APPEND);
	at = filter_nest(&m, WEFT_FILTER_E_UPDATE);
	set_expr("s", dport, 1);
	filter_u32(&m, WEFT_FILTER_EA_OP, WEFT_FILTER_UPDATE_ADD);
	filter_end(&m, at);
	rule_end();
	REFUSED(EOPNOTSUPP, "not dynamic");
	drop_if_in("d", dport, 1, 0);
	rule("in", NLM_F_APPEND);
	at = filter_nest(&m, WEFT_FILTER_E_UPDATE);
	set_expr("d", dport, 1);
	filter_u32(&m, WEFT_FILTER_EA_OP, WEFT_FILTER_UPDATE_ADD);
	filter_end(&m, at);
	rule_end();
	GOOD();
	CHECK(passes());
	CHECK(!passes());
	CHECK(dump(WEFT_FILTER_CMD_GET_ELEM, "t") == 1);
	/* The set is full: the rule does not match. */
	begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "in");
	GOOD();
	rule("in", NLM_F_APPEND);
	at = filter_nest(&m, WEFT_FILTER_E_UPDATE);
	set_expr("d", sport, 1);
	filter_u32(&m, WEFT_FILTER_EA_OP, WEFT_FILTER_UPDATE_ADD);
	filter_end(&m, at);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(passes());
}

static void maps(void)
{
	static const uint16_t none[] = { WEFT_FILTER_F_DPORT };
	uint64_t key = PORT;
	struct nlattr *at;

	fresh();
	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, "t", "c");
	GOOD();
	rule("c", 0);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	set_begin("v", dport, 1, 0);
	filter_u32(&m, WEFT_FILTER_A_DATA, WEFT_FILTER_DATA_VERDICT);
	GOOD();
	set_begin("k", dport, 1, 0);
	filter_u32(&m, WEFT_FILTER_A_DATA, WEFT_FILTER_DATA_MARK);
	GOOD();
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "v");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	REFUSED(EINVAL, "for each key");
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "v");
	at = filter_nest(&m, WEFT_FILTER_A_ELEM);
	filter_put(&m, WEFT_FILTER_EL_KEY, &key, sizeof(key));
	filter_u32(&m, WEFT_FILTER_EL_VERDICT, WEFT_FILTER_JUMP);
	filter_str(&m, WEFT_FILTER_EL_VERDICT_CHAIN, "c");
	filter_end(&m, at);
	filter_end(&m, elems);
	GOOD();
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "k");
	at = filter_nest(&m, WEFT_FILTER_A_ELEM);
	filter_put(&m, WEFT_FILTER_EL_KEY, &key, sizeof(key));
	filter_u32(&m, WEFT_FILTER_EL_MARK, 77);
	filter_end(&m, at);
	filter_end(&m, elems);
	GOOD();
	begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "c");
	GOOD();
	begin(WEFT_FILTER_CMD_DEL_CHAIN, 0, "t", "c");
	REFUSED(EBUSY, "leads to");
	rule("c", 0);
	match(WEFT_FILTER_F_MARK, 77, 77, 0);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	rule("in", NLM_F_APPEND);
	lookup("v", none, 1, 0);
	rule_end();
	GOOD();
	CHECK(passes());
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_LOOKUP);
	set_expr("k", dport, 1);
	filter_u32(&m, WEFT_FILTER_EA_TARGET, WEFT_FILTER_TARGET_MARK);
	filter_end(&m, at);
	rule_end();
	GOOD();
	CHECK(!passes());
	/* The map leads from the chain to itself. */
	rule("c", 0);
	lookup("v", dport, 1, 0);
	rule_end();
	REFUSED(ELOOP, "circle");
	begin(WEFT_FILTER_CMD_DEL_ELEM, 0, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "v");
	GOOD();
	begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "c");
	GOOD();
	begin(WEFT_FILTER_CMD_DEL_CHAIN, 0, "t", "c");
	GOOD();
}

static void anonymous_sets_go_with_their_rule(void)
{
	uint64_t key = PORT;

	fresh();
	simple(WEFT_FILTER_CMD_BEGIN);
	set_begin("__set1", dport, 1, WEFT_FILTER_SET_ANONYMOUS | WEFT_FILTER_SET_CONSTANT);
	GOOD();
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "__set1");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	GOOD();
	drop_if_in("__set1", dport, 1, 0);
	simple(WEFT_FILTER_CMD_COMMIT);
	CHECK(!passes());
	key++;
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "__set1");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	REFUSED(EBUSY, "constant");
	rule("in", 0);
	lookup("__set1", dport, 1, 0);
	rule_end();
	REFUSED(EBUSY, "another rule");
	CHECK(dump(WEFT_FILTER_CMD_GET_SET, "t") == 1);
	begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "in");
	GOOD();
	CHECK(!dump(WEFT_FILTER_CMD_GET_SET, "t"));
	CHECK(passes());
}

static void many_elements(void)
{
	uint64_t key, n = 0;
	int i, count = 0;

	fresh();
	set_begin("s", dst_dport, 1, 0);
	GOOD();
	simple(WEFT_FILTER_CMD_BEGIN);
	for (i = 0; i < 20; i++) {
		elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
		for (count = 0; count < 1000; count++) {
			key = n++;
			elem(&key, NULL, 1);
		}
		filter_end(&m, elems);
		GOOD();
	}
	simple(WEFT_FILTER_CMD_COMMIT);
	begin(WEFT_FILTER_CMD_GET_ELEM, NLM_F_DUMP, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "s");
	CHECK(ask()->count > 5);
	key = n;
	elems_begin(WEFT_FILTER_CMD_GET_ELEM, "s");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	CHECK(!ask()->err);
	begin(WEFT_FILTER_CMD_DEL_ELEM, 0, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "s");
	GOOD();
	CHECK(!dump(WEFT_FILTER_CMD_GET_ELEM, "t"));
}

/* --- what rules do ------------------------------------------------------------------------------ */

static void limits_and_quotas(void)
{
	struct nlattr *at;
	int i, n = 0;

	fresh();
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_LIMIT);
	filter_u64(&m, WEFT_FILTER_EA_RATE, 1);
	filter_u32(&m, WEFT_FILTER_EA_PERIOD, 3600);
	filter_u32(&m, WEFT_FILTER_EA_BURST, 3);
	filter_put(&m, WEFT_FILTER_EA_KEY, dport, sizeof(dport));
	filter_end(&m, at);
	verdict(WEFT_FILTER_ACCEPT, NULL);
	rule_end();
	GOOD();
	rule("in", NLM_F_APPEND);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	for (i = 0; i < 6; i++)
		n += passes();
	CHECK(n == 3);
	fresh();
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_QUOTA);
	filter_u64(&m, WEFT_FILTER_EA_BYTES, 2 * 33);
	filter_u32(&m, WEFT_FILTER_EA_FLAGS, WEFT_FILTER_X_INVERT);
	filter_end(&m, at);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	for (n = 0, i = 0; i < 4; i++)
		n += passes();
	CHECK(n == 2);
	begin(WEFT_FILTER_CMD_RESET, 0, NULL, NULL);
	GOOD();
	CHECK(passes());
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_LIMIT);
	filter_u64(&m, WEFT_FILTER_EA_RATE, 0);
	filter_u32(&m, WEFT_FILTER_EA_PERIOD, 1);
	filter_end(&m, at);
	rule_end();
	REFUSED(ERANGE, "rate");
}

static void reject(int how, int code)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_E_REJECT);

	filter_u64(&m, WEFT_FILTER_EA_VALUE, how);
	filter_u32(&m, WEFT_FILTER_EA_CODE, code);
	filter_end(&m, at);
}

static void rejects_are_told(void)
{
	struct sock_name to = sock_loopback(weft, PORT);
	int fd, listener;
	char c;

	fresh();
	listener = socket(weft, SOCK_STREAM, 0);
	CHECK(!bind(listener, &to.sa, to.len));
	CHECK(!listen(listener, 5));
	rule("in", 0);
	match(WEFT_FILTER_F_PROTO, WEFT_PROTO_STREAM, WEFT_PROTO_STREAM, 0);
	match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
	reject(WEFT_FILTER_REJECT_RESET, 0);
	rule_end();
	GOOD();
	fd = socket(weft, SOCK_STREAM, 0);
	CHECK(connect(fd, &to.sa, to.len) && errno == ECONNREFUSED);
	close(fd);
	close(listener);
	rule("in", 0);
	match(WEFT_FILTER_F_PROTO, WEFT_PROTO_DGRAM, WEFT_PROTO_DGRAM, 0);
	reject(WEFT_FILTER_REJECT_UNREACH, WEFT_UNREACH_PROHIBITED);
	rule_end();
	GOOD();
	fd = socket(weft, SOCK_DGRAM, 0);
	CHECK(!connect(fd, &to.sa, to.len));
	CHECK(send(fd, "x", 1, 0) == 1);
	usleep(100000);
	CHECK(recv(fd, &c, 1, MSG_DONTWAIT) < 0 && errno == EACCES);
	close(fd);
	base_chain("t", "out", WEFT_FILTER_HOOK_OUTPUT, 0);
	GOOD();
	rule("out", 0);
	match(WEFT_FILTER_F_UID, 0, 0, 0);
	reject(WEFT_FILTER_REJECT_UNREACH, WEFT_UNREACH_PORT);
	rule_end();
	GOOD();
	CHECK(sendto(tx, "x", 1, 0, &to.sa, to.len) < 0 && errno == ECONNREFUSED);
}

static void traces_are_told(void)
{
	int fd = filter_listen(filter_group_trace), kinds = 0;
	struct filter_msg got;
	struct nlattr *at;
	const void *trace;
	ssize_t n;

	fresh();
	CHECK(fd >= 0);
	rule("in", NLM_F_APPEND);
	match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
	at = filter_nest(&m, WEFT_FILTER_E_TRACE);
	filter_end(&m, at);
	rule_end();
	GOOD();
	rule("in", NLM_F_APPEND);
	counter();
	rule_end();
	GOOD();
	CHECK(passes());
	while ((n = recv(fd, &got, sizeof(got), 0)) > 0) {
		CHECK(got.genl.cmd == WEFT_FILTER_CMD_TRACE);
		trace = filter_attr(&got, WEFT_FILTER_A_TRACE);
		kinds = 10 * kinds + *(const uint32_t *)
			filter_find(trace, n - NLMSG_LENGTH(GENL_HDRLEN) - NLA_HDRLEN,
				    WEFT_FILTER_TR_KIND);
	}
	/* The packet (0), two rules, the policy. */
	CHECK(kinds == 113);
	close(fd);
}

static void changes_are_told(void)
{
	int fd = filter_listen(filter_group_changes);
	struct filter_msg got;
	long cmds = 0;

	begin(WEFT_FILTER_CMD_FLUSH, 0, NULL, NULL);
	GOOD();
	while (recv(fd, &got, sizeof(got), 0) > 0)
		;
	simple(WEFT_FILTER_CMD_BEGIN);
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "t", NULL);
	GOOD();
	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, "t", "in");
	GOOD();
	rule("in", 0);
	counter();
	rule_end();
	GOOD();
	CHECK(recv(fd, &got, sizeof(got), 0) < 0);
	simple(WEFT_FILTER_CMD_COMMIT);
	while (recv(fd, &got, sizeof(got), 0) > 0)
		cmds = 100 * cmds + got.genl.cmd;
	CHECK(cmds == ((WEFT_FILTER_CMD_NEW_TABLE * 100L + WEFT_FILTER_CMD_NEW_CHAIN) * 100 +
		       WEFT_FILTER_CMD_NEW_RULE) * 100 + WEFT_FILTER_CMD_GEN);
	close(fd);
}

/* What nfnetlink_log is told, to hear of a group. */
static int nflog_command(int fd, int family, int group, int command)
{
	struct {
		struct nlmsghdr nlh;
		struct nfgenmsg nf;
		struct nlattr nla;
		struct nfulnl_msg_config_cmd cmd;
		char pad[3];
	} req = {
		.nlh = { .nlmsg_len = sizeof(req), .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
			 .nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG },
		.nf = { .nfgen_family = family, .res_id = htons(group) },
		.nla = { .nla_len = NLA_HDRLEN + 1, .nla_type = NFULA_CFG_CMD },
		.cmd.command = command,
	};
	char buf[256];

	if (send(fd, &req, sizeof(req), 0) < 0 || recv(fd, buf, sizeof(buf), 0) < 0)
		return -1;
	return *(int *)NLMSG_DATA(buf);
}

static void a_group_hears_of_packets(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	struct timeval wait = { .tv_sec = 2 };
	struct nlattr *at;
	char buf[4096];
	const char *payload, *prefix;
	ssize_t n;

	fresh();
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
	at = filter_nest(&m, WEFT_FILTER_E_LOG);
	filter_u16(&m, WEFT_FILTER_EA_GROUP, 5);
	filter_str(&m, WEFT_FILTER_EA_PREFIX, "hello");
	filter_end(&m, at);
	rule_end();
	GOOD();
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	CHECK(!nflog_command(fd, AF_UNSPEC, 5, NFULNL_CFG_CMD_BIND));
	CHECK(passes());
	n = recv(fd, buf, sizeof(buf), 0);
	CHECK(n > 0);
	if (n > 0) {
		size_t skip = NLMSG_LENGTH(sizeof(struct nfgenmsg));

		payload = filter_find(buf + skip, n - skip, NFULA_PAYLOAD);
		prefix = filter_find(buf + skip, n - skip, NFULA_PREFIX);
		CHECK(payload && (unsigned char)payload[0] >> 4 == WEFT_VERSION);
		CHECK_STR(prefix, "hello");
	}
	close(fd);
}

/* --- under traffic -------------------------------------------------------------------------------- */

static volatile int stop;

static void *flood(void *arg)
{
	struct sock_name to = sock_loopback(weft, PORT);
	int fd = socket(weft, SOCK_DGRAM, 0);

	while (!*(volatile int *)arg)
		if (sendto(fd, "y", 1, 0, &to.sa, to.len) < 0)
			usleep(10);
	close(fd);
	return NULL;
}

/*
 * Each ruleset drops the packets in one of two ways, by a set or by a rule. If a packet
 * saw half of a commit it would come through.
 */
static void no_packet_sees_half_a_commit(void)
{
	uint64_t key = PORT;
	pthread_t thread;
	int i;

	fresh();
	set_begin("s", dport, 1, WEFT_FILTER_SET_INTERVAL);
	GOOD();
	simple(WEFT_FILTER_CMD_BEGIN);
	drop_if_in("s", dport, 1, 0);
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", key, key);
	GOOD();
	simple(WEFT_FILTER_CMD_COMMIT);
	empty();
	stop = 0;
	pthread_create(&thread, NULL, flood, (void *)&stop);
	for (i = 0; i < 100; i++) {
		simple(WEFT_FILTER_CMD_BEGIN);
		range(WEFT_FILTER_CMD_DEL_ELEM, "s", key - i % 7, key + i % 7);
		GOOD();
		if (i % 3 != 2) {
			range(WEFT_FILTER_CMD_NEW_ELEM, "s", key - (i + 1) % 7,
			      key + (i + 1) % 7);
			GOOD();
			simple(WEFT_FILTER_CMD_COMMIT);
			continue;
		}
		rule("in", 0);
		match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
		verdict(WEFT_FILTER_DROP, NULL);
		rule_end();
		GOOD();
		simple(WEFT_FILTER_CMD_COMMIT);
		simple(WEFT_FILTER_CMD_BEGIN);
		begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "in");
		GOOD();
		drop_if_in("s", dport, 1, 0);
		range(WEFT_FILTER_CMD_NEW_ELEM, "s", key - (i + 1) % 7, key + (i + 1) % 7);
		GOOD();
		simple(WEFT_FILTER_CMD_COMMIT);
	}
	stop = 1;
	pthread_join(thread, NULL);
	CHECK(recv(rx, &key, 1, MSG_DONTWAIT) < 0);
	simple(WEFT_FILTER_CMD_FLUSH);
	CHECK(passes());
}

int main(void)
{
	struct sock_name here;

	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up"))
		return tap_done();
	nl = filter_open();
	if (filter_resolve(nl)) {
		printf("1..0 # SKIP weft_filter is not loaded\n");
		return 0;
	}
	rx = socket(weft, SOCK_DGRAM, 0);
	tx = socket(weft, SOCK_DGRAM, 0);
	here = sock_loopback(weft, PORT);
	if (bind(rx, &here.sa, here.len))
		perror("# bind");
	TAP_RUN(a_change_alone);
	TAP_RUN(a_commit_changes_all_at_once);
	TAP_RUN(an_abort_changes_nothing);
	TAP_RUN(what_is_refused_spoils);
	TAP_RUN(who_is_late_is_stale);
	TAP_RUN(a_closed_socket_forgets);
	TAP_RUN(names_are_checked);
	TAP_RUN(chains_are_checked);
	TAP_RUN(comparisons_are_checked);
	TAP_RUN(loops_are_refused);
	TAP_RUN(who_has_no_right);
	TAP_RUN(rules_in_order);
	TAP_RUN(policies_and_counters);
	TAP_RUN(jumps_and_returns);
	TAP_RUN(exact_sets);
	TAP_RUN(ranges_do_not_overlap);
	TAP_RUN(ranges_of_several_fields);
	TAP_RUN(times_end);
	TAP_RUN(rules_add_elements);
	TAP_RUN(maps);
	TAP_RUN(anonymous_sets_go_with_their_rule);
	TAP_RUN(many_elements);
	TAP_RUN(limits_and_quotas);
	TAP_RUN(rejects_are_told);
	TAP_RUN(traces_are_told);
	TAP_RUN(changes_are_told);
	TAP_RUN(a_group_hears_of_packets);
	TAP_RUN(no_packet_sees_half_a_commit);
	return tap_done();
}
