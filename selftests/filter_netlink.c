// SPDX-License-Identifier: GPL-2.0
/*
 * The firewall by netlink: transactions are all or nothing, each bad request is refused
 * with an errno and a reason, and who listens is told what changed.
 *
 * lab: --nodes 1 --nic none
 */
#include "filter_rule.h"

/* --- transactions -------------------------------------------------------------------- */

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
	/* So does what no command could understand. */
	simple(WEFT_FILTER_CMD_BEGIN);
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "other", NULL);
	GOOD();
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "another", NULL);
	filter_u16(&m, WEFT_FILTER_A_FLAGS, 0);
	REFUSED(EINVAL, "");
	begin(WEFT_FILTER_CMD_COMMIT, 0, NULL, NULL);
	REFUSED(ECANCELED, "refused before");
	CHECK(dump(WEFT_FILTER_CMD_GET_TABLE, NULL) == 1);
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

/* --- refusals ------------------------------------------------------------------------ */

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
	rule("in", 0);
	match(WEFT_FILTER_F_CGROUP, 1, 1, 0);
	rule_end();
	REFUSED(EINVAL, "level from 1 on");
	CHECK(!dump(WEFT_FILTER_CMD_GET_RULE, "t"));
}

/* All bits of a field are no mask, whatever bits there are beside. */
static void masks_are_trimmed(void)
{
	struct nlattr *at;

	fresh();
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_MATCH);
	filter_u32(&m, WEFT_FILTER_EA_FIELD, WEFT_FILTER_F_DPORT);
	filter_u64(&m, WEFT_FILTER_EA_FIRST, PORT);
	filter_u64(&m, WEFT_FILTER_EA_MASK, 0x7fffffffffffffff);
	filter_end(&m, at);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(!passes());
	CHECK(!netns_run("weft filter list ruleset | grep -qx '\t*dport 5000 drop'"));
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

/* A chain of @n rules, each a verdict that leads to @to, or without it none. */
static void chain_of(const char *chain, int n, int value, const char *to)
{
	begin(WEFT_FILTER_CMD_NEW_CHAIN, NLM_F_EXCL, "t", chain);
	GOOD();
	while (n--) {
		rule(chain, NLM_F_APPEND);
		if (to)
			verdict(value, to);
		rule_end();
		GOOD();
	}
}

/* Each way through 160 x 160 x 163 rules is too long; one through 160 + 160 + 300 is not. */
static void ways_are_bounded(void)
{
	int i;

	fresh();
	simple(WEFT_FILTER_CMD_BEGIN);
	chain_of("c", 160, 0, NULL);
	chain_of("b", 160, WEFT_FILTER_JUMP, "c");
	chain_of("a", 160, WEFT_FILTER_JUMP, "b");
	simple(WEFT_FILTER_CMD_COMMIT);
	for (i = 0; i < 2; i++) {
		rule("c", 0);
		rule_end();
		GOOD();
	}
	rule("c", 0);
	rule_end();
	REFUSED(E2BIG, "too many rules");
	CHECK(dump(WEFT_FILTER_CMD_GET_RULE, "t") == 160 + 160 + 162);
	fresh();
	simple(WEFT_FILTER_CMD_BEGIN);
	chain_of("c", 300, 0, NULL);
	chain_of("b", 160, WEFT_FILTER_GOTO, "c");
	chain_of("a", 160, WEFT_FILTER_GOTO, "b");
	simple(WEFT_FILTER_CMD_COMMIT);
	CHECK(passes());
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
		if (filter_ask(fd, &m)->err != EPERM)
			_exit(3);
		/* What is told of packets has bytes of them. */
		if (filter_listen(filter_group_changes) >= 0 ||
		    filter_listen(filter_group_trace) >= 0)
			_exit(4);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
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

int main(void)
{
	filter_begin();
	TAP_RUN(a_change_alone);
	TAP_RUN(a_commit_changes_all_at_once);
	TAP_RUN(an_abort_changes_nothing);
	TAP_RUN(what_is_refused_spoils);
	TAP_RUN(who_is_late_is_stale);
	TAP_RUN(a_closed_socket_forgets);
	TAP_RUN(names_are_checked);
	TAP_RUN(chains_are_checked);
	TAP_RUN(comparisons_are_checked);
	TAP_RUN(masks_are_trimmed);
	TAP_RUN(loops_are_refused);
	TAP_RUN(ways_are_bounded);
	TAP_RUN(who_has_no_right);
	TAP_RUN(changes_are_told);
	return tap_done();
}
